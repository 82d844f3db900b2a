package userdata_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"imdslock/transform/userdata"
)

func TestInspect(t *testing.T) {
	const (
		script  = "#!/bin/bash\n"
		start   = "/etc/eks/bootstrap.sh c\n"
		forward = "iptables -I FORWARD 1 -i eni+ -d 169.254.169.254/32 -j DROP\n"
		vlan    = "iptables -t mangle -A POSTROUTING -o vlan+ -d 169.254.169.254 -j DROP\n"
		save    = "iptables-save > /etc/sysconfig/iptables\n"
	)
	sh := userdata.ShellScript
	for _, test := range []struct {
		name, text string
		want       userdata.State
	}{
		{"nothing", script + start, userdata.State{Kind: sh, At: len(script)}},
		{"AWS's commands", script + forward + vlan + save + start, userdata.State{Kind: sh, Rules: true, BranchENI: true}},
		{"behind the bootstrap", script + start + forward + vlan + save, userdata.State{Kind: sh, Late: true, At: len(script)}},
		{"no rule for branch ENIs", script + forward + save + start, userdata.State{Kind: sh, Rules: true}},
		{"saved too early", script + forward + save + vlan + start, userdata.State{Kind: sh, Rules: true, BranchENI: true, Unsaved: true}},
		{"saved twice", script + forward + save + vlan + save + start, userdata.State{Kind: sh, Rules: true, BranchENI: true}},
		{"any interface", script + "iptables -t raw -A PREROUTING -d 169.254.169.254 -j DROP\n" + start, userdata.State{Kind: sh, Rules: true, BranchENI: true}},
		{"the node itself", script + "iptables -A OUTPUT -d 169.254.169.254 -j DROP\n" + start, userdata.State{Kind: sh, At: len(script) + len("iptables -A OUTPUT -d 169.254.169.254 -j DROP\n")}},
		{"strict", protect(t, script+start, userdata.Block{Strict: true}), userdata.State{Kind: sh, Rules: true, Strict: true, BranchENI: true}},
		{"cloud-config", protect(t, "#cloud-config\nruncmd:\n- "+start, aws), userdata.State{Kind: userdata.CloudConfig, Rules: true, BranchENI: true}},
		{"strict, kubelet in runcmd", protect(t, "#cloud-config\nruncmd:\n- "+start+"bootcmd:\n- a\n", userdata.Block{Strict: true}), userdata.State{Kind: userdata.CloudConfig, Rules: true, Strict: true, BranchENI: true}},
		{"flushed later", script + forward + vlan + save + start + "iptables -F\n", userdata.State{Kind: sh, Rules: true, BranchENI: true, Undone: true, At: len(script + forward + vlan + save + start)}},
		{"flushed before", script + "iptables -F\n" + forward + vlan + save + start, userdata.State{Kind: sh, Rules: true, BranchENI: true}},
		{"another table flushed", script + forward + vlan + save + start + "iptables -t nat -F\n", userdata.State{Kind: sh, Rules: true, BranchENI: true}},
		{"accepted later", protect(t, script+start+"iptables -I FORWARD 1 -d 169.254.169.254/32 -j ACCEPT\n", aws), userdata.State{Kind: sh, Rules: true, BranchENI: true, Undone: true, At: len(script + block + start)}},
		{"strict, flushed later", protect(t, script+start+"iptables -F\n", userdata.Block{Strict: true}), userdata.State{Kind: sh, Rules: true, Strict: true, BranchENI: true}},
		{"in a comment of here-document", script + ": <<'X'\n" + forward + vlan + save + "X\n" + start, userdata.State{Kind: sh, Late: false, At: len(script + ": <<'X'\n" + forward + vlan + save + "X\n")}},
		{"in a function", script + "f() {\n" + forward + "}\n" + start, userdata.State{Kind: sh, At: len(script + "f() {\n" + forward + "}\n")}},
		{"in quotes", script + "x='\n" + forward + "'\n" + start, userdata.State{Kind: sh, At: len(script + "x='\n" + forward + "'\n")}},
		{"behind exit", script + "exit 0\n" + forward + start, userdata.State{Kind: sh, At: len(script + "exit 0\n" + forward)}},
		{"Windows", "<powershell>", userdata.State{Kind: userdata.Windows, Reason: "Windows has no iptables"}},
		{"unknown", "${X}", userdata.State{Reason: "what it is is not known before the deployment"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, userdata.Inspect(test.text)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if text := protect(t, script+forward+save+vlan+start, aws); strings.Count(text, vlan) != 1 || !userdata.Inspect(text).BranchENI || userdata.Inspect(text).Unsaved {
		t.Errorf("a rule that is saved too early is not made good:\n%s", text)
	}
}
