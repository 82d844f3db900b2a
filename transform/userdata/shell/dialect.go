package shell

// A dialect says whether a shell knows what bash has and POSIX does not.
type dialect uint8

const (
	bash     dialect = iota
	anyShell         // it may be dash
	dash
)

// dialectOf returns the dialect of a shell that is called by a name. On Amazon Linux sh is
// bash, and on Ubuntu it is dash.
func (s System) dialectOf(name string) dialect {
	switch {
	case name == "bash", name == "rbash", name == "sh" && (s == AmazonLinux || s == AmazonLinux2):
		return bash
	case name == "sh" && s == AnyLinux:
		return anyShell
	}
	return dash
}

// speaks makes the shell one that is called by a name. All but bash keep to POSIX where
// it has a say.
func (r *runner) speaks(name string) {
	r.s.posix, r.s.dialect = name != "bash", r.m.System.dialectOf(name)
}

// extension is called where a script uses something at which dash ends. A shell that goes
// on is bash.
func (r *runner) extension(why string) {
	switch r.s.dialect {
	case dash:
		r.s.ended = either(r.s.ended, why)
	case anyShell:
		if r.mayEnd(why); r.over == "" {
			r.s.dialect = bash
		}
	}
}
