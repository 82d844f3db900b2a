package userdata_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform/userdata"
)

// kubeletUnit is a unit like the one of Amazon Linux 2023's EKS images.
const kubeletUnit = `[Unit]
Description=Kubernetes Kubelet
After=network-online.target
Wants=network-online.target

[Service]
ExecStartPre=/bin/true -P FORWARD ACCEPT -w 5
ExecStart=/bin/sleep infinity
Restart=on-failure
RestartForceExitStatus=SIGPIPE
RestartSec=5
KillMode=process
CPUAccounting=true
MemoryAccounting=true
`

// runStrict runs the strict block with root in the place of /etc/systemd/system
// and returns where it is.
func runStrict(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	script := protect(t, "#!/bin/bash\n", userdata.Block{Mode: userdata.Strict})
	script = strings.ReplaceAll(script, "/etc/systemd/system", root)
	script = strings.ReplaceAll(script, "systemctl daemon-reload", "true")
	if out, err := exec.Command("/bin/sh", "-ec", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return root
}

// TestStrictWritesDropIns runs the block and reads what it has written.
func TestStrictWritesDropIns(t *testing.T) {
	root := runStrict(t)
	for _, unit := range []string{"kubelet", "snap.kubelet-eks.daemon"} {
		conf, err := os.ReadFile(filepath.Join(root, unit+".service.d", "05-imdslock.conf"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{"[Service]\n", "iptables -w -t raw -I PREROUTING 1 -d 169.254.169.254/32 -j DROP'\n", "ip6tables -w -t raw -I PREROUTING 1 -d fd00:ec2::254/128 -j DROP'\n"} {
			if !strings.Contains(string(conf), want) {
				t.Errorf("%s: no %q in\n%s", unit, want, conf)
			}
		}
	}
}

// TestStrictDropInVerifies has systemd read the kubelet's unit with the drop-in,
// and sees that it would object to a broken one.
func TestStrictDropInVerifies(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		needs.Missing(t, "systemd", err.Error())
	}
	root := runStrict(t)
	unit := filepath.Join(root, "kubelet.service")
	if err := os.WriteFile(unit, []byte(kubeletUnit), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := verifyUnit(t, root, unit); out != "" {
		t.Errorf("systemd objects:\n%s", out)
	}
	dropIn := filepath.Join(root, "kubelet.service.d", "05-imdslock.conf")
	conf, err := os.ReadFile(dropIn)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(conf), "/bin/sh", "bin/sh", 1)
	if err := os.WriteFile(dropIn, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := verifyUnit(t, root, unit); out == "" {
		t.Error("systemd does not object to a broken drop-in: it was not read")
	}
}

// verifyUnit returns what systemd-analyze verify says about the unit and its
// drop-ins.
func verifyUnit(t *testing.T, root, unit string) string {
	t.Helper()
	cmd := exec.Command("systemd-analyze", "verify", "--man=no", unit)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+root+":")
	out, _ := cmd.CombinedOutput()
	var about []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "kubelet") {
			about = append(about, line)
		}
	}
	return strings.Join(about, "")
}
