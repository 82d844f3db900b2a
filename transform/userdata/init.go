package userdata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// An Init is the metadata AWS::CloudFormation::Init of a resource, written as a shell
// script that does what cfn-init does for it.
type Init struct {
	Resource string // its logical ID
	Text     string
}

// Metadata returns what cfn-init may run if it is called for a resource. The resource is
// "" if the call names none, and has U+FFFC for what is not known of its name.
type Metadata func(resource string) []Init

// An InitProblem is what is wrong with user data if cfn-init runs metadata where it is
// called.
type InitProblem struct {
	Problem

	// Resource is that whose metadata the place of the problem is in, or "" if the place
	// is in the user data.
	Resource string
}

// InitCalls returns the resources for which cfn-init is called, as for Metadata, by what
// user data runs and by the metadata that this runs, in order. User data that is not read
// as scripts calls it for any resource, if it has the name of cfn-init or cfn-hup.
func InitCalls(text string, of Metadata) []string {
	d := read(text)
	if cmp.Or(d.reason, d.kind.NoCommands()) != "" {
		if initCall().MatchString(text) {
			return []string{""}
		}
		return nil
	}
	names := func(s script) bool { return strings.Contains(strings.ReplaceAll(s.text, "cfn-signal", ""), "cfn") }
	if !slices.ContainsFunc(d.scripts, names) {
		return nil
	}
	scripts := slices.Clone(d.scripts)
	for i := range scripts {
		if scripts[i].text != "" { // which may run
			scripts[i].unknown = ""
		}
	}
	return booted(scripts, Block{inits: &inits{of: of, end: len(text)}}, 0, false).initCalls
}

// initCall matches a call of cfn-init or cfn-hup in a text that is not read as scripts.
var initCall = pattern(`(?:^|[\s/"'=;&|(])cfn-(?:init|hup)(?:["'\s;&|)\\,]|$)`)

// JudgeInit returns what is wrong with user data where cfn-init runs metadata and would
// not be wrong without it, however the nodes come to run more.
func JudgeInit(text string, want Block, of Metadata) []InitProblem {
	d := read(text)
	if cmp.Or(d.reason, d.kind.NoCommands()) != "" {
		return nil
	}
	without := d.problems(want)
	if slices.ContainsFunc(without, func(p Problem) bool { return p.Code == Absent }) {
		return nil
	}
	want.inits = &inits{of: of, end: len(text)}
	var problems []InitProblem
	for _, p := range d.problems(want) {
		found := want.inits.problem(p)
		isKnown := slices.ContainsFunc(without, func(q Problem) bool { return p.Code == q.Code })
		if found.Resource != "" || !isKnown {
			problems = append(problems, found)
		}
	}
	return problems
}

// inits is the metadata that cfn-init runs on a node. The places of the commands in it
// are after the end of the user data, one metadata after the other.
type inits struct {
	of     Metadata
	end    int
	placed []*placedInit
}

// A placedInit is metadata whose commands have places from an offset on.
type placedInit struct {
	Init

	start int
	runs  bool // it is being run
}

// place returns the metadata with a place, the same at each call.
func (in *inits) place(init Init) *placedInit {
	start := in.end + 1
	for _, p := range in.placed {
		if p.Init == init {
			return p
		}
		start = p.start + len(p.Text) + 1
	}
	p := &placedInit{Init: init, start: start}
	in.placed = append(in.placed, p)
	return p
}

// problem returns a problem with its place in the metadata that it is in.
func (in *inits) problem(p Problem) InitProblem {
	for _, init := range slices.Backward(in.placed) {
		if p.At >= init.start {
			p.At -= init.start
			return InitProblem{p, init.Resource}
		}
	}
	return InitProblem{p, ""}
}

// cfnInit runs the metadata that a call of cfn-init runs.
func (n *node) cfnInit(s *shell.Step) {
	resource := initResource(s.Words[1:])
	n.initCall(resource)
	in := n.want.inits
	if in == nil || n.force {
		return
	}
	sure := n.sure(s)
	for _, init := range in.of(resource) {
		if p := in.place(init); !p.runs {
			p.runs = true
			n.beside(p.Text, sure, "", func(at int) int { return p.start + at })
			p.runs = false
		}
	}
}

// initCall records a call of cfn-init.
func (n *node) initCall(resource string) {
	if !slices.Contains(n.initCalls, resource) {
		n.initCalls = append(n.initCalls, resource)
	}
}

// cfnHup records that cfn-hup may run. What it runs are its hooks, which are judged where
// they are written; hooks that are not seen may call cfn-init for any resource.
func (n *node) cfnHup() {
	for _, file := range n.machine.Files.All() {
		if strings.HasPrefix(file, "/etc/cfn/hooks") {
			return
		}
	}
	n.initCall("")
}

// initResource returns the resource that the words after cfn-init name, or "". A long
// option may be abbreviated.
func initResource(words []shell.Word) string {
	for i, w := range words {
		option, value, isOne := strings.Cut(w.Text, "=")
		isLong := len(option) > len("--re") && strings.HasPrefix("--resource", option)
		switch {
		case isLong && isOne:
			return value
		case strings.HasPrefix(w.Text, "-r") && len(w.Text) > 2:
			return w.Text[2:]
		case (isLong || w.Text == "-r") && i+1 < len(words):
			return words[i+1].Text
		}
	}
	return ""
}
