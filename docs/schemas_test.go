package docs

import "gopkg.in/yaml.v3"

// The objects that pods.md shows, with all members of their published schemas
// that could stand there. Unknown members are refused.
type (
	objectHead struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Name, Namespace string }
	}
	labelSelector struct {
		MatchLabels      map[string]string `yaml:"matchLabels"`
		MatchExpressions []struct {
			Key, Operator string
			Values        []string
		} `yaml:"matchExpressions"`
	}

	// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/api/networking/v1/types.go
	networkPolicy struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			PodSelector *labelSelector `yaml:"podSelector"`
			PolicyTypes []string       `yaml:"policyTypes"`
			Ingress     []yaml.Node
			Egress      []struct {
				Ports []yaml.Node
				To    []struct {
					PodSelector       *labelSelector `yaml:"podSelector"`
					NamespaceSelector *labelSelector `yaml:"namespaceSelector"`
					IPBlock           *struct {
						CIDR   string
						Except []string
					} `yaml:"ipBlock"`
				}
			}
		}
	}

	// https://github.com/aws/aws-network-policy-agent/blob/main/yamls/clusternetworkpolicy.yaml
	clusterNetworkPolicy struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			Tier     string
			Priority *int
			Subject  struct {
				Namespaces *labelSelector
				Pods       *struct {
					NamespaceSelector labelSelector `yaml:"namespaceSelector"`
					PodSelector       labelSelector `yaml:"podSelector"`
				}
			}
			Ingress []yaml.Node
			Egress  []struct {
				Name, Action string
				To           []struct {
					Networks   []string
					Namespaces *labelSelector
					Pods       *yaml.Node
				}
				Ports []yaml.Node
			}
		}
	}

	// https://docs.tigera.io/calico/latest/reference/resources/tier
	calicoTier struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			Order         float64
			DefaultAction string `yaml:"defaultAction"`
		}
	}

	// https://github.com/projectcalico/calico/blob/master/libcalico-go/config/crd/crd.projectcalico.org_globalnetworkpolicies.yaml
	globalNetworkPolicy struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			Tier                   string
			Order                  float64
			Selector               string
			NamespaceSelector      string `yaml:"namespaceSelector"`
			ServiceAccountSelector string `yaml:"serviceAccountSelector"`
			Types                  []string
			DoNotTrack             bool        `yaml:"doNotTrack"`
			PreDNAT                bool        `yaml:"preDNAT"`
			ApplyOnForward         bool        `yaml:"applyOnForward"`
			PerformanceHints       []string    `yaml:"performanceHints"`
			Ingress                []yaml.Node `yaml:"ingress"`
			Egress                 []struct {
				Action      string
				IPVersion   int `yaml:"ipVersion"`
				Protocol    any
				NotProtocol any `yaml:"notProtocol"`
				Source      *yaml.Node
				Destination struct {
					Nets              []string
					NotNets           []string `yaml:"notNets"`
					Ports             []any
					NotPorts          []any  `yaml:"notPorts"`
					Selector          string `yaml:"selector"`
					NotSelector       string `yaml:"notSelector"`
					NamespaceSelector string `yaml:"namespaceSelector"`
				}
			}
		}
	}

	// https://github.com/cilium/cilium/blob/main/pkg/k8s/apis/cilium.io/client/crds/v2/ciliumclusterwidenetworkpolicies.yaml
	ciliumPolicy struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			Description       string
			EndpointSelector  *labelSelector `yaml:"endpointSelector"`
			NodeSelector      *labelSelector `yaml:"nodeSelector"`
			EnableDefaultDeny struct {
				Egress, Ingress *bool
			} `yaml:"enableDefaultDeny"`
			Egress      []yaml.Node
			Ingress     []yaml.Node
			IngressDeny []yaml.Node `yaml:"ingressDeny"`
			EgressDeny  []struct {
				ToCIDR    []string `yaml:"toCIDR"`
				ToCIDRSet []struct {
					CIDR   string
					Except []string
				} `yaml:"toCIDRSet"`
				ToEndpoints []labelSelector `yaml:"toEndpoints"`
				ToEntities  []string        `yaml:"toEntities"`
				ToPorts     []yaml.Node     `yaml:"toPorts"`
			} `yaml:"egressDeny"`
		}
	}

	// https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
	admissionPolicy struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			FailurePolicy    string `yaml:"failurePolicy"`
			MatchConstraints struct {
				ResourceRules []struct {
					APIGroups   []string `yaml:"apiGroups"`
					APIVersions []string `yaml:"apiVersions"`
					Operations  []string
					Resources   []string
					Scope       string
				} `yaml:"resourceRules"`
			} `yaml:"matchConstraints"`
			Validations []struct {
				Expression, Message, Reason string
			}
		}
	}

	// https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-binding-v1/
	admissionBinding struct {
		objectHead `yaml:",inline"`
		Spec       struct {
			PolicyName        string     `yaml:"policyName"`
			ValidationActions []string   `yaml:"validationActions"`
			MatchResources    *yaml.Node `yaml:"matchResources"`
		}
	}
)
