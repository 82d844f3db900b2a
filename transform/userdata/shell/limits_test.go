package shell_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// TestLimits tests scripts that are at a limit, or over it.
func TestLimits(t *testing.T) {
	const head = "#!/bin/bash\n"
	pad := func(n int) string { return "a\n" + strings.Repeat("#", n-len(head)-len("a\n\n")) }
	for _, test := range []struct{ what, text, want string }{
		{"a script as long as can be", pad(1 << 16), "! a"},
		{"one that is longer", pad(1<<16 + 1), "! (the shell cannot read it: it is longer than 65536 bytes)"},
		{"some shells in shells", strings.Repeat("eval ", 5) + "z", "! z"},
		{"many", strings.Repeat("eval ", 40) + "z", "! (its commands are nested too deeply)"},
		{"texts in texts", "x='eval \"$x\"'; eval \"$x\"", "! (its commands are nested too deeply)"},
		{"a text as long as is kept", "x=" + strings.Repeat("y", 1<<14) + "; test $x && z", "! z"},
		{"one that is longer", "x=" + strings.Repeat("y", 1<<14+1) + "; test $x && z", "? z"},
		{"as many elements as are kept", "x=(" + strings.Repeat("y ", 1000) + "); test ${x[1]} && z", "! z"},
		{"one more", "x=(" + strings.Repeat("y ", 1001) + "); test ${x[1]} && z", "? z"},
		{"many words", "z" + strings.Repeat(" y", 1000), "! z" + strings.Repeat(" y", 1000)},
		{"more", "z" + strings.Repeat(" y", 1001), "! z" + strings.Repeat(" y", 1000) + " <…>"},
		{"many braces", "z " + strings.Repeat("{a,", 4) + "b" + strings.Repeat("}", 4), "! z a a a a b"},
		{"many traps", strings.Repeat("a &\n", 30), "? a"},
		{"as many commands as may be", "a() { " + strings.Repeat(": x\n", 99) + "}\n" + strings.Repeat("a\n", 150) + "z", "! z"},
		{"too many", "a() { " + strings.Repeat(": x\n", 99) + "}\n" + strings.Repeat("a\n", 250) + "z", "? (it has too many commands)"},
	} {
		got := steps(head + test.text + "\n")
		if len(got) == 0 || got[len(got)-1] != test.want {
			t.Errorf("%s: the last of %d steps is %.200q, want %.200q", test.what, len(got), got[max(0, len(got)-1):], test.want)
		}
	}
}

// TestMay tests which texts a word that is not known may be.
func TestMay(t *testing.T) {
	for _, test := range []struct {
		word, text string
		want       bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"…", "", true}, {"…", "a", true}, {"a…", "ab", true}, {"a…", "b", false},
		{"…b", "ab", true}, {"…b", "ba", false}, {"a…c", "abc", true}, {"a…c", "ac", true}, {"a…c", "a", false}, {"ab…bc", "abc", false},
		{"a…b…c", "aXbYc", true}, {"a…b…c", "aXc", false}, {"a…b…b", "ab", false}, {"a…b…b", "abb", true}, {"…a…", "bab", true}, {"…a…", "b", false},
	} {
		w := shell.Word{Text: strings.ReplaceAll(test.word, "…", shell.Unknown)}
		if got := w.May(test.text); got != test.want {
			t.Errorf("that %s may be %q: %t", test.word, test.text, got)
		}
	}
}

// TestMayMatter tests which files and directories have to do with the lock of a
// node.
func TestMayMatter(t *testing.T) {
	var fs shell.Files
	fs.Write("/opt/x/y", "", true, 0)
	for name, want := range map[string]bool{
		"/": true, "/etc": true, "/etc/": true, "/etc/systemd": true, "/etc/systemd/": true, "/etc/systemd/system/x": true, "/etc/hosts": false,
		"/etc/fstab": true, "/etc/fstabx": true, "/usr": true, "/usr/": true, "/usr/sbin": true, "/usr/bin": true, "/usr/local": true, "/usr/local/sbin": true,
		"/usr/sbin/iptables": true, "/sbin/iptables": true, "/usr/sbin/xyz": false, "/usr/bin/bash": true, "/usr/bin/cat": true, "/usr/bin/zz": false, "/opt/iptables": false,
		"/lib/systemd/system": true, "/lib": true, "/usr/lib": true, "/usr/share": false, "/var": true, "/var/log": false, "/opt": true, "/opt/x": true, "/opt/x/y": true,
		"/opt/x/z": false, "/opt/xx": false, "/opt/aws/bin": false, "/root": true, "/root/bin": false, "/home": false, "/etc/cron*": true, "/home/*": false, "/etc/h*": true,
		"/opt/x/?": true, "/home/[ab]": false, "/home/%h": false, "/home/$x": false, "/$x": true, "x": true, "*": true, "etc/hosts": true, "/home/x]": false, "/etc/kubernetes/manifests": true,
	} {
		if got := fs.MayMatter(name); got != want {
			t.Errorf("that %s may matter: %t", name, got)
		}
	}
}

// TestFiltersPackets tests which files are programs of the packet filter.
func TestFiltersPackets(t *testing.T) {
	for name, want := range map[string]bool{
		"/usr/sbin/iptables": true, "/sbin/nft": true, "/usr/sbin/ip6tables-restore": true, "/usr/bin/cat": false, "/opt/iptables": false, "iptables": false,
	} {
		if got := shell.FiltersPackets(name); got != want {
			t.Errorf("that %s is one: %t", name, got)
		}
	}
}

// TestReboot tests which files are gone after a reboot.
func TestReboot(t *testing.T) {
	m := shell.Machine{Run: func(*shell.Step) string { return "" }}
	m.Shell("#!/bin/bash\nmkdir -p /run/d /opt/d\nfor i in /run /var/run /tmp /dev/shm /var/lock /opt /etc /runx; do mkdir $i; echo a >$i/x; done\n", func(at int) int { return at })
	before := m.Files.Version()
	m.Files.Reboot()
	if m.Files.Version() == before {
		t.Error("the version is the same")
	}
	for name, stays := range map[string]bool{
		"/run/x": false, "/tmp/x": false, "/var/lock/x": false, "/opt/x": true, "/etc/x": true, "/runx/x": true,
	} {
		f := m.Files.Get(name)
		if f == nil || f.Sure != stays || f.Gone != !stays || (f.Version > before) == stays {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for name, sure := range map[string]bool{"/run/d/x": false, "/opt/d/x": true} {
		if m.Files.Write(name, "", true, 0); m.Files.Get(name).Sure != sure {
			t.Errorf("that there is %s is %t", name, !sure)
		}
	}
}

// TestWrite tests what the files say that the caller writes.
func TestWrite(t *testing.T) {
	var fs shell.Files
	fs.Write("/tmp/a", "x", true, 7)
	fs.Write("/tmp/b", "x", false, 8)
	fs.Write("/nonexistent/c", "x", true, 9)
	for name, sure := range map[string]bool{"/tmp/a": true, "/tmp/b": false, "/nonexistent/c": false} {
		if f := fs.Get(name); f.Sure != sure || f.Text != "x" || f.Gone == sure {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if a, b := fs.Get("/tmp/a"), fs.Get("/tmp/b"); a.At != 7 || b.At != 8 || a.Version >= b.Version {
		t.Errorf("%+v, %+v", a, b)
	}
	if fs.Get("/tmp/z") != nil || (*shell.File)(nil).Texts() != nil {
		t.Error("there is a file that nobody wrote")
	}
	before := fs.Version()
	if fs.Doubt("/tmp"); fs.Get("/tmp/a").Sure || !fs.Get("/tmp/a").Gone || fs.Version() == before {
		t.Errorf("in doubt: %+v", fs.Get("/tmp/a"))
	}
}

// TestAside tests that a script which runs at another time is in doubt as a whole,
// and that one which runs for certain then is not.
func TestAside(t *testing.T) {
	for doubt, want := range map[string]shell.Runs{"": shell.Certainly, "now and then": shell.Perhaps} {
		n := 0
		m := shell.Machine{Run: func(s *shell.Step) string {
			if n++; s.Runs != want || s.Doubt != doubt || s.At != 100 {
				t.Errorf("%q: %+v", doubt, s)
			}
			return ""
		}}
		if m.Aside("#!/bin/bash\na\n", func(int) int { return 100 }, doubt); n != 1 {
			t.Errorf("%q: it has %d steps", doubt, n)
		}
	}
}

// TestKilled tests that no script runs for certain after one that may have killed
// what runs them.
func TestKilled(t *testing.T) {
	for text, want := range map[string]shell.Runs{"a": shell.Certainly, "kill 1": shell.Perhaps, "kill $$": shell.Certainly, "pkill python": shell.Perhaps, "trap 'kill 1' EXIT": shell.Certainly, "trap 'kill 1' INT": shell.Perhaps, "exit": shell.Certainly} {
		var last shell.Runs
		m := shell.Machine{Run: func(s *shell.Step) string { last = s.Runs; return "" }}
		at := func(at int) int { return at }
		m.Shell("#!/bin/bash\n"+text+"\n", at)
		if m.Shell("#!/bin/bash\na\n", at); last != want {
			t.Errorf("after %s: %d", text, last)
		}
	}
}

// TestFails tests that a command which is said to fail perhaps is not taken to
// succeed.
func TestFails(t *testing.T) {
	for _, fails := range []bool{true, false} {
		var last shell.Runs
		m := shell.Machine{Run: func(s *shell.Step) string {
			s.Fails, last = fails, s.Runs
			return ""
		}}
		m.Shell("#!/bin/bash\niptables -F && a\n", func(at int) int { return at })
		if (last == shell.Certainly) == fails {
			t.Errorf("fails %t: %d", fails, last)
		}
	}
}

// TestFileAt tests that files say which command changed them last.
func TestFileAt(t *testing.T) {
	for _, test := range []struct{ text, at string }{
		{"echo >/tmp/x; tee -a /tmp/x", "tee"},
		{"tee /tmp/x; echo >/tmp/x", "echo"},
		{"tee /tmp/x; rm /tmp/x", "rm"},
		{"tee /tmp/x; rm -r /tmp", "rm"},
		{"tee /tmp/x; printf a >>/tmp/x", "printf"},
		{"tee /tmp/x; sed -i p /tmp/x", "sed"},
		{"tee /tmp/x; chattr +i /tmp/x", "chattr"},
		{"tee /tmp/x; mount /dev/a /tmp", "mount"},
		{"tee /tmp/x; chmod +x /tmp/x", "tee"},
	} {
		m := shell.Machine{Run: func(*shell.Step) string { return "" }}
		text := "#!/bin/bash\n" + test.text + "\n"
		m.Shell(text, func(at int) int { return at })
		if at := m.Files.Get("/tmp/x").At; !strings.HasPrefix(text[at:], test.at) {
			t.Errorf("%s: it is changed at %q", test.text, text[at:])
		}
	}
}
