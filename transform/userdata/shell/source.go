package shell

import (
	"slices"
	"strings"
)

// systemFiles are files that scripts read and that only set variables.
var systemFiles = [...]string{"/dev/null", "/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release", "/etc/environment", "/etc/profile", "/etc/bashrc", "/etc/bash.bashrc", "/root/.bashrc", "/root/.bash_profile", "/root/.profile"}

// source runs a file in the shell.
func (r *runner) source(c invocation) status {
	if len(c.words) < 2 {
		return unsure
	}
	name := r.abs(c.words[1].Text)
	f := r.m.Files.Get(name)
	switch {
	case name == "/dev/null":
		return success
	case f != nil:
		doubt := ""
		if !f.Sure {
			doubt = "what is in " + name + " may not be known"
		}
		place, params := r.place, r.s.params
		r.place = func(int) int { return c.at }
		if len(c.words) > 2 { // which are its own, as long as it runs
			r.s.params = c.words[2:]
		}
		for _, text := range f.Texts() {
			r.doubting(doubt, func() status { r.parse(text); return unsure })
		}
		if r.place = place; len(c.words) > 2 {
			r.s.params = params
		}
		return unsure
	case slices.Contains(systemFiles[:], name), strings.HasPrefix(name, "/etc/profile.d/"), strings.HasPrefix(name, "/etc/sysconfig/"),
		strings.HasPrefix(name, "/etc/default/"), strings.HasPrefix(name, Unknown+"/.bash"):
		r.login(c.at)
		r.s.havoc()
		if r.s.posix && r.s.ended == "" && name != "/etc/os-release" {
			r.s.ended = "a POSIX shell ends if " + name + " is not there"
		}
		return unsure
	}
	r.emit(&Step{Words: c.words[1:], At: c.at, Reason: "what is in " + strings.ReplaceAll(name, Unknown, "…") + " is not known"})
	r.s.havoc()
	r.s.ended, r.s.anyDef = "what runs before it is not known", true
	return unsure
}

// login runs what scripts have written into the files that a shell reads when it
// starts, as for a login.
func (r *runner) login(at int) {
	outer := r.place
	r.place = func(int) int { return at }
	for _, name := range r.m.Files.All() {
		if !strings.HasPrefix(name, "/etc/profile") && !strings.HasPrefix(name, "/etc/bash") && !strings.HasPrefix(name, "/root/.") && !strings.HasPrefix(name, Unknown+"/.") {
			continue
		}
		for _, text := range r.m.Files.Get(name).Written() {
			r.doubting("a shell may read it when it starts", func() status { r.parse(text); return unsure })
		}
	}
	r.place = outer
}
