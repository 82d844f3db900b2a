package userdata

import "testing"

// TestExtends has files, and whether systemd reads them with the unit of the kubelet.
func TestExtends(t *testing.T) {
	for file, want := range map[string]bool{
		"/etc/systemd/system/kubelet.service.d/x.conf":                 true,
		"/run/systemd/system/kubelet.service.d/x.conf":                 true,
		"/usr/lib/systemd/system/kubelet.service.d/x.conf":             true,
		"/etc/systemd/system/service.d/x.conf":                         true,
		"/etc/systemd/system/kubelet.service.d/x":                      false,
		"/etc/systemd/system/kubelet.service.d/x.conf.bak":             false,
		"/etc/systemd/system/kubelet.service":                          false,
		"/etc/systemd/system/docker.service.d/x.conf":                  false,
		"/etc/systemd/system/kube-.service.d/x.conf":                   false,
		"/etc/systemd/system/kubelet-.service.d/x.conf":                false,
		"/opt/kubelet.service.d/x.conf":                                false,
		"/etc/systemd/network/kubelet.service.d/x.conf":                false,
		"/etc/systemd/system/snap.kubelet-.service.d/x.conf":           true,
		"/etc/systemd/system/snap.kubelet-eks.daemon.service":          false,
		"/etc/systemd/system/snap.kubelet-eks.daemon.service.d/x.conf": true,
	} {
		if got := isDropIn(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
	if extends("/etc/systemd/system/a-.service.d/x.conf", "b-a-c.service") || !extends("/etc/systemd/system/b-.service.d/x.conf", "b-a-c.service") {
		t.Error("a drop-in for a beginning of the unit's name")
	}
}

// TestDropIns has drop-ins of the kubelet's unit, alone and beside the strict block.
func TestDropIns(t *testing.T) {
	const (
		rule   = "ExecStartPre=/sbin/iptables -w -t raw -I PREROUTING -d 169.254.169.254/32 -j DROP\\n"
		reload = "systemctl daemon-reload\n"
		none   = "absent: no command drops the packets of pods to the metadata service"
		dir    = "/etc/systemd/system/kubelet.service.d/"
	)
	writes := func(file, text string) string {
		return "mkdir -p " + file[:len(file)-len("/x.conf")] + "; printf '" + text + "' > " + file + "\n"
	}
	says := func(what string) string {
		return "not-judged: what " + what + "= in " + dir + "x.conf has the kubelet's unit run is not known"
	}
	for _, test := range []struct{ script, want string }{
		{writes(dir+"x.conf", "[Service]\\n"+rule) + reload, ""},
		{writes(dir+"x.conf", "[Service]\\n"+rule), none},
		{writes(dir+"x.conf", "[Unit]\\n"+rule) + reload, none},
		{writes(dir+"x.conf", "[Service]\\n"+rule+"ExecStartPre=\\n") + reload, none},
		{writes(dir+"x.conf", "[Service]\\nExecStartPre=\\n"+rule) + reload, ""},
		{writes("/run/systemd/system/kubelet.service.d/x.conf", "[Service]\\n"+rule) + reload, none},
		{writes("/etc/systemd/system/docker.service.d/x.conf", "[Service]\\n"+rule) + reload, "absent: the rule here does not drop the packets: it runs by itself"},
		{writes(dir+"x.conf", "[Service]\\n"+rule) + reload + "rm " + dir + "x.conf\n", none},
		{writes(dir+"x.conf", "[Service]\\n"+rule) + "[ -e /x ] && rm " + dir + "x.conf\n" + reload, none},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nExecStartPre=/bin/true\\n"), ""},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nEnvironment=A=b\\n"), ""},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nEnvironment=PATH=/x\\n"), says("Environment")},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nPassEnvironment=A\\n"), says("PassEnvironment")},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nRootDirectory=/x\\n"), says("RootDirectory")},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nExecSearchPath=/x\\n"), says("ExecSearchPath")},
		{strictCommands + "\n" + writes(dir+"x.conf", "[Service]\\nSlice=PATH\\n"), ""},
		{strictCommands + "\n" + "echo $X > " + dir + "00.conf\n", "not-judged: what is in " + dir + "00.conf, a drop-in of the kubelet's unit, is not known"},
		{strictCommands + "\n" + "echo $X > " + dir + "zzz.conf\n", "absent: no command that can be judged drops the packets of pods to the metadata service; not-judged: what is in " + dir + "zzz.conf, a drop-in of the kubelet's unit, is not known"},
	} {
		if got := messages(judgeText(bang+test.script+boot, Block{})); got != test.want {
			t.Errorf("%s: got %q, want %q", test.script, got, test.want)
		}
	}
	// What a drop-in that may not be there fails to do is not what is said.
	script := bang + "[ -e /x ] && {\n" + writes(dir+"x.conf", "[Service]\\n"+rule) + "}\n" + reload + boot
	if got := messages(judgeText(script, Block{})); got != none {
		t.Errorf("perhaps: %q", got)
	}
}
