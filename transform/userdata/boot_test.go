package userdata

import (
	"strings"
	"testing"
)

// TestBootAgain has scripts of which some run at every boot: each line is one, with
// its stage, "always" where it runs again, and what it runs.
func TestBootAgain(t *testing.T) {
	stages := map[string]stage{"boothook": stageBoothook, "bootcmd": stageBootcmd, "per-boot": stagePerBoot, "script": stageScript, "nodeadm": stageNodeadm}
	const (
		raw  = "iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP"
		join = "/etc/eks/bootstrap.sh b"
	)
	for _, test := range []struct{ scripts, want string }{
		{"bootcmd always " + raw + "; " + join, ""},
		{"bootcmd once " + raw + "; " + join, "unsaved: after a reboot the packets of pods are not dropped: the rule is not saved"},
		{"boothook always " + raw + "\nscript once " + join, ""},
		{"bootcmd always " + raw + "\nscript once " + join, ""},
		{"per-boot always " + raw + "\nscript once " + join, "unsaved: after a reboot the kubelet may start before the packets to the metadata service are dropped"},
		{"per-boot always " + raw + "\nnodeadm always nodeadm init", ""},
		{"per-boot always " + raw + "\nscript once systemctl enable kubelet\nnodeadm always nodeadm init", "unsaved: after a reboot the kubelet may start before the packets to the metadata service are dropped"},
		{"bootcmd always " + raw + "\nscript once " + join + "; echo x > /etc/cloud/x.cfg", "unsaved: after a reboot the packets of pods are not dropped: what is in /etc/cloud/x.cfg decides whether cloud-init runs"},
		{"bootcmd always " + raw + "\nscript once " + join + "; systemctl disable cloud-init", "unsaved: after a reboot the packets of pods are not dropped: cloud-init is turned off here"},
		{"bootcmd always " + raw + "\nscript once " + join + "; yum remove -y cloud-init", "unsaved: after a reboot the packets of pods are not dropped: cloud-init is removed here"},
		{"bootcmd always " + raw + "\nscript once " + join + "; echo '* * * * * root iptables -t raw -F' > /etc/cron.d/x", "undone: a unit that is written here may take the rule back"},
	} {
		var scripts []script
		for line := range strings.Lines(test.scripts) {
			fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
			scripts = append(scripts, script{stage: stages[fields[0]], everyBoot: fields[1] == "always", text: bang + fields[2] + "\n"})
		}
		if got := messages(judge(scripts, Block{})); got != test.want {
			t.Errorf("%s: got %q, want %q", test.scripts, got, test.want)
		}
	}
}

// TestWithBootstrap has where the script of Amazon EKS runs among others.
func TestWithBootstrap(t *testing.T) {
	for names, want := range map[string]string{
		"": "*", "script/part-001": "script/part-001 *", "script/part-998 script/part-999": "script/part-998 script/part-999 *", "script/part-001 script/runcmd": "script/part-001 * script/runcmd",
		"boothook/x nodeadm/x": "boothook/x * nodeadm/x", "per-boot/z": "per-boot/z *",
	} {
		stages := map[string]stage{"boothook": stageBoothook, "per-boot": stagePerBoot, "script": stageScript, "nodeadm": stageNodeadm}
		var scripts []script
		for _, s := range strings.Fields(names) {
			of, name, _ := strings.Cut(s, "/")
			scripts = append(scripts, script{stage: stages[of], name: name, origin: func(int) int { return 0 }})
		}
		var got []string
		for _, s := range withBootstrap(scripts) {
			if s.origin == nil {
				got = append(got, "*")
				continue
			}
			for of, stage := range stages {
				if stage == s.stage {
					got = append(got, of+"/"+s.name)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, not %s", names, got, want)
		}
	}
}
