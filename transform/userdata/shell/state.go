package shell

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A value is what a variable holds.
type value struct {
	text  string // with Unknown for what is not known
	array []Word
	isArr bool
}

// A function is what a name may call.
type function struct {
	bodies []*syntax.Stmt
	tokens []string // by body, see hide
	sure   bool     // one of bodies, never a program
}

// A state is a shell at a point of its script.
type state struct {
	vars   map[string]value // a name that is absent may be set or not, to anything
	funcs  map[string]function
	params []Word
	anyDef bool   // functions may be defined that are not known
	dir    string // the working directory, "" for the root
	moved  bool   // cd may have changed it

	samples  map[string][]string // texts that variables may well hold, which are tried in expressions: see outputs
	readonly map[string]bool     // names that may not be assigned, perhaps
	integer  map[string]bool     // names whose values are evaluated, perhaps

	dialect                                        dialect
	posix, errexit, nounset, pipefail, noglob, ifs bool
	noclobber, lastpipe, extglob                   bool
	aliases, expandAliases                         bool
	path                                           string // why a program may not be found by its name
	environ                                        string // why programs may do something else
	debugTrap                                      bool
	errTrap                                        bool // a trap may end the shell where set -e would
	refs                                           bool // variables may be names of others
	other                                          bool // another user than root may run it

	// Why what follows may not run: the script may have ended; the function may
	// have returned; the loop may have been left; a branch may not be taken.
	ended, returned, broke, skipped string

	// killed is like ended, but for a script with all the shells that it starts: any
	// of them may kill it.
	killed *string

	dead   bool    // the branch is not taken for certain
	unless []*Step // all that skipped is about, or nil

	onFailure bool // the branch, or one around it, is taken only where a program fails
}

func newState() *state {
	return &state{vars: map[string]value{}, funcs: map[string]function{}, samples: map[string][]string{}, readonly: map[string]bool{}, integer: map[string]bool{}, killed: new(string)}
}

// doubt returns why what follows may not run, or "".
func (s *state) doubt() string {
	for _, d := range [...]string{s.ended, *s.killed, s.returned, s.broke, s.skipped} {
		if d != "" {
			return d
		}
	}
	return ""
}

func (s *state) onlySkipped() bool {
	return s.ended == "" && *s.killed == "" && s.returned == "" && s.broke == ""
}

func (s *state) clone() *state {
	c := *s
	c.vars, c.funcs = maps.Clone(s.vars), maps.Clone(s.funcs)
	c.samples = maps.Clone(s.samples)
	c.readonly, c.integer = maps.Clone(s.readonly), maps.Clone(s.integer)
	return &c
}

// havoc forgets all variables.
func (s *state) havoc() {
	clear(s.vars)
	clear(s.samples)
	s.widen("PATH")
	s.params = []Word{{Unknown, true}}
	s.dir, s.moved = Unknown, true
}

// programPaths are the directories in which the programs of a node are, and
// those that people put in front of them.
var programPaths = [...]string{"/sbin", "/bin", "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/aws/bin", "/opt/bin", "/snap/bin", "/root/bin", "/root/.local/bin", "/usr/local/go/bin", ""}

// oldPath stands in the value of PATH for its value before.
const oldPath = "$PATH"

// pathDoubt says why programs may not be found by a value of PATH, or "".
func pathDoubt(v string) string {
	found := false
	for _, dir := range strings.Split(v, ":") {
		switch {
		case dir == oldPath, dir == "/usr/sbin", dir == "/sbin":
			found = true
		case found, slices.Contains(programPaths[:], strings.TrimSuffix(dir, "/")) && dir != "":
		default:
			return "PATH is changed before it"
		}
	}
	if !found {
		return "PATH is changed before it"
	}
	return ""
}

// join makes s the state that a and b have in common: what either of them may be.
func (s *state) join(a, b *state) {
	outer := *s
	*s = *a.clone()
	s.joinVars(a, b)
	s.joinFuncs(a, b)
	for name, texts := range b.samples {
		s.samples[name] = slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.samples[name], texts))))
	}
	if !slices.Equal(a.params, b.params) {
		s.params = []Word{{Unknown, true}}
	}
	if a.dir != b.dir {
		s.dir = Unknown
	}
	s.joinOptions(a, b)
	s.moved = a.moved || b.moved
	maps.Copy(s.readonly, b.readonly)
	maps.Copy(s.integer, b.integer)
	s.ifs, s.aliases, s.anyDef = a.ifs || b.ifs, a.aliases || b.aliases, a.anyDef || b.anyDef
	s.refs, s.debugTrap, s.errTrap = a.refs || b.refs, a.debugTrap || b.debugTrap, a.errTrap || b.errTrap
	s.other = a.other || b.other
	s.path, s.environ = either(a.path, b.path), either(a.environ, b.environ)
	s.ended, s.returned, s.broke = either(a.ended, b.ended), either(a.returned, b.returned), either(a.broke, b.broke)
	s.skipped, s.dead, s.unless = outer.skipped, outer.dead, outer.unless
}

// joinVars makes the variables of s, which are those of a, what those of either of
// two states may be.
func (s *state) joinVars(a, b *state) {
	for name, v := range a.vars {
		w, ok := b.vars[name]
		switch {
		case !ok:
			delete(s.vars, name)
		case v.isArr != w.isArr || v.text != w.text || !slices.Equal(v.array, w.array):
			s.vars[name] = value{text: Unknown}
		}
	}
}

// joinFuncs does for functions what joinVars does for variables.
func (s *state) joinFuncs(a, b *state) {
	for name, f := range b.funcs {
		g, ok := a.funcs[name]
		switch {
		case !ok:
			f.sure = false
			s.funcs[name] = f
		case !slices.Equal(f.bodies, g.bodies):
			s.funcs[name] = function{slices.Concat(g.bodies, f.bodies), slices.Concat(g.tokens, f.tokens), f.sure && g.sure}
		}
	}
	for name, g := range a.funcs {
		if _, ok := b.funcs[name]; !ok {
			g.sure = false
			s.funcs[name] = g
		}
	}
}

// joinOptions makes the options of s what those of either of two states may be.
func (s *state) joinOptions(a, b *state) {
	s.dialect = max(a.dialect, b.dialect)
	s.posix, s.errexit, s.nounset = a.posix || b.posix, a.errexit || b.errexit, a.nounset || b.nounset
	s.pipefail, s.noglob, s.noclobber = a.pipefail || b.pipefail, a.noglob && b.noglob, a.noclobber || b.noclobber
	s.lastpipe, s.extglob, s.expandAliases = a.lastpipe || b.lastpipe, a.extglob && b.extglob, a.expandAliases || b.expandAliases
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
