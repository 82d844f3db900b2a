//go:build linux

package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/fixtures"
	"github.com/imdslock/imdslock/prove/stack"
	"github.com/imdslock/imdslock/transform"
)

// patch returns what the command makes of a template, and whether it says
// nothing but what it changed.
func patch(src []byte, opts transform.Options) (output []byte, silent bool, err error) {
	result, err := patched(src, opts)
	if err != nil {
		return nil, false, err
	}
	says := func(f transform.Finding) bool { return f.Kind != transform.KindChange }
	return result.Output, !slices.ContainsFunc(result.Findings, says), nil
}

// checked returns what the command finds open in a template, and cannot judge.
func checked(src []byte) ([]transform.Finding, error) {
	return transform.Check(context.Background(), src, transform.CheckOptions{Options: transform.Defaults()})
}

// A lawCase is a template, and the file that it is from.
type lawCase struct {
	name string
	src  []byte
}

// lawCases returns the written user data in templates that lock the metadata
// options, the project's fixtures, and the templates that others have shown to
// go wrong, where there are some.
func lawCases(t *testing.T) []lawCase {
	t.Helper()
	var cases []lawCase
	for _, w := range writtenCases(t) {
		if !w.image.Snap { // Check does not know that it is Ubuntu
			cases = append(cases, lawCase{w.name, inTemplate(w)})
		}
	}
	all, err := fixtures.Read("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		cases = append(cases, lawCase{f.Name, f.Source()})
	}
	for _, pattern := range []string{"../../shared/cases/*/*", corpus + "*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if src, err := os.ReadFile(name); err == nil {
				cases = append(cases, lawCase{name, src})
			}
		}
	}
	return cases
}

// inTemplate puts user data into a launch template whose options are locked.
func inTemplate(w written) []byte {
	ipv6 := ""
	if w.ipv6 {
		ipv6 = "          HttpProtocolIpv6: enabled\n"
	}
	text := launchTemplate(ipv6, strings.ReplaceAll(w.userData, "${", "${!"))
	text = strings.Replace(text, "HttpTokens: optional", "HttpTokens: required", 1)
	return []byte(strings.Replace(text, "HttpPutResponseHopLimit: 2", "HttpPutResponseHopLimit: 1", 1))
}

// A claim is that silence makes about a template: its nodes are locked.
type claim struct {
	by  string // "check" or "a patch"
	src []byte
}

// claims returns what is claimed of a template.
func claims(src []byte) []claim {
	var claimed []claim
	if findings, err := checked(src); err == nil && len(findings) == 0 {
		claimed = append(claimed, claim{"check", src})
	}
	if output, silent, err := patch(src, transform.Defaults()); err == nil && silent {
		claimed = append(claimed, claim{"a patch", output})
	}
	return claimed
}

// A violation is a claim that is not true.
type violation struct{ name, by, why string }

// violations judges claims, each node once, however many templates launch it.
func violations(cases []lawCase, claims func([]byte) []claim) (found []violation, nodes int) {
	type key struct {
		userData, ipv6 string
		ubuntu         bool
	}
	verdicts := map[key]*Judgement{}
	type node struct {
		lawCase
		claim
		key
	}
	var all []node
	for _, c := range cases {
		for _, made := range claims(c.src) {
			launched, err := launchedBy(made.src)
			if errors.Is(err, stack.ErrRefused) {
				continue // nothing is launched
			}
			if err != nil {
				found = append(found, violation{c.name, made.by, "cannot be judged: " + err.Error()})
			}
			for _, l := range launched {
				if l.Instance && !joins(l.UserData) {
					continue // no node
				}
				if !l.Options.Locked() {
					found = append(found, violation{c.name, made.by, fmt.Sprintf("%s: %+v", l.LogicalID, l.Options)})
				}
				k := key{string(l.UserData), l.Options.HTTPProtocolIPv6, strings.Contains(l.ImageID, "ubuntu")}
				if !strings.Contains(k.userData, "<powershell>") {
					verdicts[k] = &Judgement{Launch: reopened(l)}
					all = append(all, node{c, made, k})
				}
			}
		}
	}
	keys := make([]key, 0, len(verdicts))
	for k := range verdicts {
		keys = append(keys, k)
	}
	each(len(keys), func(i int) {
		j := verdicts[keys[i]]
		j.Verdict, j.Err = judge(j.Launch, Image{IPTables: NFT, Snap: keys[i].ubuntu})
	})
	for _, n := range all {
		if j := verdicts[n.key]; j.Err != nil || !j.CutOff() {
			found = append(found, violation{n.name, n.by, j.String()})
		}
	}
	return found, len(keys)
}

// joins reports whether user data may make a node of an instance.
func joins(userData []byte) bool {
	for _, word := range []string{"/etc/eks", "nodeadm", "node.eks.aws", "kubelet"} {
		if bytes.Contains(userData, []byte(word)) {
			return true
		}
	}
	return false
}

// launchedBy returns all that a stack of a template can launch.
func launchedBy(src []byte) ([]stack.Launch, error) {
	t, err := stack.Parse(src)
	if err != nil {
		return nil, err
	}
	deployments, err := t.Deployments()
	if err != nil {
		return nil, err
	}
	var all []stack.Launch
	for _, values := range deployments {
		launches, err := t.Launches(values)
		if err != nil {
			return nil, err
		}
		all = append(all, launches...)
	}
	return all, nil
}

// TestSilenceMeansLocked holds imdslock to its promise: where check says
// nothing, or a patch says nothing but what it changed, the metadata options
// are locked for every value of the parameters, and the rules alone keep pods
// off the metadata service when the kubelet starts, at the end of the boot, and
// after a reboot.
func TestSilenceMeansLocked(t *testing.T) {
	mustProve(t)
	lawRequired(t)
	t.Parallel()
	found, nodes := violations(lawCases(t), claims)
	slices.SortFunc(found, func(a, b violation) int { return strings.Compare(a.name+a.by, b.name+b.by) })
	for _, v := range slices.Compact(found) {
		t.Errorf("%s: %s is silent, but %s", v.name, v.by, v.why)
	}
	t.Logf("%d nodes, %d violations", nodes, len(slices.Compact(found)))
}

// TestSilenceIsJudged claims what is not true, and wants that to be noticed: a
// wrong rule, a rule that is not saved or flushed again, options that are open
// for one value of a parameter.
func TestSilenceIsJudged(t *testing.T) {
	mustProve(t)
	t.Parallel()
	locked := func(userData string) lawCase {
		return lawCase{userData, inTemplate(written{userData: userData})}
	}
	const recipe = "#!/bin/bash\nyum install -y iptables-services\niptables -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\n" +
		"iptables-save >/etc/sysconfig/iptables\nsystemctl enable --now iptables\n/etc/eks/bootstrap.sh blue\n"
	without := func(old, new string) lawCase { return locked(strings.Replace(recipe, old, new, 1)) }
	open := locked(recipe)
	open.src = []byte(strings.Replace(string(open.src), "HttpTokens: required", "HttpTokens: !Ref ClusterName", 1))
	wrong := []lawCase{
		without("-j DROP", "-j ACCEPT"),
		without("iptables-save >/etc/sysconfig/iptables\n", "iptables-save -t filter >/etc/sysconfig/iptables\n"),
		without("/etc/eks", "iptables -t raw -F\n/etc/eks"),
		without("enable --now", "start"),
		open,
	}
	claimAll := func(src []byte) []claim { return []claim{{"a liar", src}} }
	found, _ := violations(append(wrong, locked(recipe)), claimAll)
	for _, c := range wrong {
		if !slices.ContainsFunc(found, func(v violation) bool { return v.name == c.name }) {
			t.Errorf("not noticed: %s", c.src)
		}
	}
	for _, v := range found {
		if v.name == recipe && !strings.Contains(v.why, "HTTPTokens") {
			t.Errorf("what is locked is taken for open: %+v", v)
		}
	}
}
