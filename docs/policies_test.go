package docs

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// A decision is what a policy does to a packet.
type decision string

const (
	denied  decision = "denied"
	allowed decision = "allowed"
	passed  decision = "passed to the other policies"
)

// A policy decides on the packets that pods send.
type policy interface {
	check() error // what the API would refuse
	decide(to netip.Addr) decision
}

// TestPolicies fails unless the objects in pods.md are those that are known here, follow
// their published schemas, and do what they are there for.
func TestPolicies(t *testing.T) {
	checks := map[string]func(*testing.T, *yaml.Node){
		"networking.k8s.io/v1 NetworkPolicy": func(t *testing.T, object *yaml.Node) {
			checkPolicy(t, object, &networkPolicy{})
		},
		"networking.k8s.aws/v1alpha1 ClusterNetworkPolicy": func(t *testing.T, object *yaml.Node) {
			checkPolicy(t, object, &clusterNetworkPolicy{})
		},
		"projectcalico.org/v3 GlobalNetworkPolicy": func(t *testing.T, object *yaml.Node) {
			checkPolicy(t, object, &globalNetworkPolicy{})
		},
		"cilium.io/v2 CiliumClusterwideNetworkPolicy": func(t *testing.T, object *yaml.Node) {
			checkPolicy(t, object, &ciliumPolicy{})
		},
		"projectcalico.org/v3 Tier":                                        checkTier,
		"admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy":        checkAdmissionPolicy,
		"admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding": checkAdmissionBinding,
	}
	seen := map[string]bool{}
	for _, object := range yamlObjects(t, read(t, "docs/pods.md")) {
		var head objectHead
		if err := object.Decode(&head); err != nil {
			t.Fatal(err)
		}
		name := head.APIVersion + " " + head.Kind
		seen[name] = true
		check, ok := checks[name]
		if !ok {
			t.Errorf("nobody knows the schema of %s", name)
			continue
		}
		check(t, object)
	}
	if len(seen) != len(checks) {
		t.Errorf("%d kinds of objects: %v", len(seen), seen)
	}
}

// checkPolicy fails unless a policy denies the metadata service, and neither Pod
// Identity nor anything else.
func checkPolicy(t *testing.T, object *yaml.Node, into policy) {
	t.Helper()
	strictly(t, object, into)
	if err := into.check(); err != nil {
		t.Errorf("%T: %v", into, err)
	}
	for address, isMetadata := range map[string]bool{
		"169.254.169.254": true, "fd00:ec2::254": true,
		"169.254.170.23": false, "fd00:ec2::23": false, "169.254.169.253": false, "10.0.0.10": false, "8.8.8.8": false, "2001:db8::1": false,
	} {
		if got := into.decide(netip.MustParseAddr(address)); (got == denied) != isMetadata {
			t.Errorf("%T: %s is %s", into, address, got)
		}
	}
}

// checkTier fails unless the tier is that of the policy, and passes all else on.
func checkTier(t *testing.T, object *yaml.Node) {
	t.Helper()
	var tier calicoTier
	if strictly(t, object, &tier); tier.Spec.DefaultAction != "Pass" || tier.Metadata.Name != "metadata" {
		t.Errorf("%+v", tier)
	}
}

// checkAdmissionPolicy fails unless what cannot be judged is refused, by one rule.
func checkAdmissionPolicy(t *testing.T, object *yaml.Node) {
	t.Helper()
	var p admissionPolicy
	if strictly(t, object, &p); p.Spec.FailurePolicy != "Fail" || len(p.Spec.MatchConstraints.ResourceRules) != 1 || len(p.Spec.Validations) != 1 {
		t.Errorf("%+v", p)
	}
}

// checkAdmissionBinding fails unless the policy is bound to deny.
func checkAdmissionBinding(t *testing.T, object *yaml.Node) {
	t.Helper()
	var b admissionBinding
	if strictly(t, object, &b); b.Spec.PolicyName != "host-network" || len(b.Spec.ValidationActions) != 1 || b.Spec.ValidationActions[0] != "Deny" {
		t.Errorf("%+v", b)
	}
}

// yamlObjects returns the objects of the YAML blocks of a document.
func yamlObjects(t *testing.T, d document) []*yaml.Node {
	t.Helper()
	var all []*yaml.Node
	for _, block := range d.blocks() {
		if block.language != "yaml" {
			continue
		}
		decoder := yaml.NewDecoder(strings.NewReader(block.text))
		for {
			var n yaml.Node
			err := decoder.Decode(&n)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s:%d: %v", d.path, block.line, err)
			}
			all = append(all, &n)
		}
	}
	return all
}

// strictly decodes an object and refuses members that are not in its schema.
func strictly(t *testing.T, object *yaml.Node, into any) {
	t.Helper()
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Errorf("%T: %v", into, err)
	}
}

// covers reports whether a block has an address, and fails on what is no block.
func covers(block string, to netip.Addr) bool {
	return netip.MustParsePrefix(block).Contains(to)
}

func (p *networkPolicy) check() error {
	if p.Metadata.Namespace == "" || p.Spec.PodSelector == nil || len(p.Spec.PolicyTypes) != 1 || p.Spec.PolicyTypes[0] != "Egress" {
		return fmt.Errorf("not a policy on what all pods of a namespace send: %+v", p.Spec)
	}
	for _, rule := range p.Spec.Egress {
		for _, to := range rule.To {
			for _, except := range to.IPBlock.Except {
				within, outer := netip.MustParsePrefix(except), netip.MustParsePrefix(to.IPBlock.CIDR)
				if within.Bits() <= outer.Bits() || !outer.Contains(within.Addr()) {
					return fmt.Errorf("%s is not within %s", except, to.IPBlock.CIDR)
				}
			}
		}
	}
	return nil
}

func (p *networkPolicy) decide(to netip.Addr) decision {
	for _, rule := range p.Spec.Egress {
		for _, peer := range rule.To {
			excepted := false
			for _, except := range peer.IPBlock.Except {
				excepted = excepted || covers(except, to)
			}
			if covers(peer.IPBlock.CIDR, to) && !excepted {
				return allowed
			}
		}
	}
	return denied
}

func (p *clusterNetworkPolicy) check() error {
	if p.Spec.Tier != "Admin" || p.Spec.Priority == nil || *p.Spec.Priority < 0 || *p.Spec.Priority > 1000 || p.Spec.Subject.Namespaces == nil || p.Spec.Subject.Pods != nil {
		return fmt.Errorf("not of the tier Admin for all namespaces: %+v", p.Spec)
	}
	return nil
}

func (p *clusterNetworkPolicy) decide(to netip.Addr) decision {
	for _, rule := range p.Spec.Egress {
		for _, peer := range rule.To {
			for _, network := range peer.Networks {
				if covers(network, to) {
					return map[string]decision{"Deny": denied, "Accept": allowed, "Pass": passed}[rule.Action]
				}
			}
		}
	}
	return passed
}

func (p *globalNetworkPolicy) check() error {
	if p.Spec.Tier != "metadata" || !strings.HasPrefix(p.Metadata.Name, "metadata.") || len(p.Spec.Types) != 1 || p.Spec.Types[0] != "Egress" {
		return fmt.Errorf("not of the tier, or not on what pods send: %+v", p.Spec)
	}
	for _, rule := range p.Spec.Egress {
		for _, net := range rule.Destination.Nets[min(1, len(rule.Destination.Nets)):] {
			if netip.MustParsePrefix(net).Addr().Is4() != netip.MustParsePrefix(rule.Destination.Nets[0]).Addr().Is4() {
				return fmt.Errorf("both versions of IP in one rule: %v", rule.Destination.Nets)
			}
		}
	}
	return nil
}

func (p *globalNetworkPolicy) decide(to netip.Addr) decision {
	for _, rule := range p.Spec.Egress {
		matches := len(rule.Destination.Nets) == 0
		for _, net := range rule.Destination.Nets {
			matches = matches || covers(net, to)
		}
		if matches {
			return map[string]decision{"Deny": denied, "Allow": allowed, "Pass": passed}[rule.Action]
		}
	}
	return denied // what a tier says nothing of, unless its default action is another
}

func (p *ciliumPolicy) check() error {
	if p.Spec.EndpointSelector == nil || p.Spec.NodeSelector != nil || len(p.Spec.Egress) > 0 {
		return fmt.Errorf("not on what all pods send: %+v", p.Spec)
	}
	return nil
}

func (p *ciliumPolicy) decide(to netip.Addr) decision {
	for _, rule := range p.Spec.EgressDeny {
		for _, block := range rule.ToCIDR {
			if covers(block, to) {
				return denied
			}
		}
	}
	if isolates := p.Spec.EnableDefaultDeny.Egress; isolates == nil || *isolates {
		return denied // all that no rule allows
	}
	return passed
}
