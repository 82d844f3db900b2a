package userdata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/calls"
)

// A Verdict says what user data does about the metadata service.
type Verdict struct {
	Kind Kind

	// Strict says that the kubelet's unit makes sure of the rule.
	Strict bool

	// Problems are in the order of their places. If there are none, the pods are kept
	// off before the kubelet starts, and stay so after a reboot.
	Problems []Problem
}

// Judge reads user data as cloud-init, a shell and nodeadm would, and says what
// is missing from what a block asks for.
func Judge(text string, want Block) Verdict {
	d := read(text)
	if reason := cmp.Or(d.reason, d.kind.NoCommands()); reason != "" {
		problems := []Problem{{Code: NotJudged, Message: reason, Opens: d.kind == Windows}}
		if what := calls.Opens(text, nil); what != "" {
			problems = append(problems, Problem{Code: NotJudged, Message: "it " + what, Opens: true})
		}
		return d.verdict(want, problems)
	}
	return d.verdict(want, d.problems(want))
}

// RequestsWithoutToken returns the problems of the code [WithoutToken] alone, which
// takes much less time than to judge all.
func RequestsWithoutToken(text string) []Problem { return read(text).withoutToken() }

// Joins reports whether something in user data may start the kubelet, so that the
// node joins a cluster by it, and whether that is no more than a guess: by the name or
// the words of a script that is not known, or because whole lines are not known.
func Joins(text string) (joins, guessed bool) {
	d := read(text)
	if d.reason != "" || d.kind.NoCommands() != "" {
		joins = slices.ContainsFunc(joinWords[:], func(w string) bool { return strings.Contains(text, w) })
	} else {
		n := booted(d.scripts, Block{}, 0, false)
		joins, guessed = n.joins, n.joins && n.guessed
	}
	if !joins && hidesLine(text) {
		return true, true
	}
	return joins, guessed
}

// hidesLine reports whether a line of a text is known only at the deployment, all of it.
func hidesLine(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && strings.Trim(Unnamed(line), placeholder) == "" {
			return true
		}
	}
	return false
}

// joinWords are words of user data that no shell reads, which make a node join a
// cluster: on Windows, on Bottlerocket, and in scripts in other languages.
var joinWords = [...]string{"Start-EKSBootstrap", "settings.kubernetes", "/etc/eks/bootstrap.sh", "nodeadm", "kubelet"}

// verdict adds to what is wrong with the scripts what is wrong with the text.
func (d *document) verdict(want Block, problems []Problem) Verdict {
	v := Verdict{Kind: d.kind, Strict: d.isStrict(want), Problems: slices.Clone(problems)}
	if reason := want.tooLarge(d.text); reason != "" {
		v.Problems = append(v.Problems, Problem{Code: TooLarge, Message: reason})
	}
	if want.Managed && d.kind != MIME && d.kind != Windows && d.kind != Bottlerocket && d.text != "" {
		v.Problems = append(v.Problems, Problem{Code: NotMIME, Message: "EKS takes only MIME from the launch template of a managed node group"})
	}
	v.Problems = append(v.Problems, d.withoutToken()...)
	slices.SortStableFunc(v.Problems, func(a, b Problem) int { return cmp.Compare(a.At, b.At) })
	return v
}

// Problem returns the first problem of a kind, or nil.
func (v Verdict) Problem(code Code) *Problem {
	if i := slices.IndexFunc(v.Problems, func(p Problem) bool { return p.Code == code }); i >= 0 {
		return &v.Problems[i]
	}
	return nil
}

// dropIn is the file that the strict block writes.
const dropIn = "/kubelet.service.d/05-imdslock.conf"

// isStrict reports whether a block is the strict one.
func isStrict(block string) bool {
	return strings.Contains(block, dropIn) && strings.Contains(block, "-t raw")
}

// isStrict reports whether the strict rule is in force.
func (d *document) isStrict(want Block) bool {
	if !slices.ContainsFunc(d.scripts, func(s script) bool { return strings.Contains(s.text, ".service.d/") }) {
		return false // no drop-in of a unit, so there is no need to ask
	}
	want.Mode = Strict
	return !slices.ContainsFunc(d.problems(want), func(p Problem) bool {
		return p.Code != NotJudged
	})
}

// packageCommand is a command that installs packages on systems that have no yum.
var packageCommand = pattern(`(?m)(?:^|[;&|(!]|\b(?:sudo|then|do|else|if))\s*(?:\w+=\S*\s+)*(?:/usr/s?bin/)?(apt-get|apt|dpkg|snap|zypper|apk)(?:\s|$)`)

// withoutYum says why the nodes have no yum, or "".
func (d *document) withoutYum(block Block) string {
	if block.NoYum != "" {
		return block.NoYum
	}
	for _, name := range [...]string{"apt", "snap"} {
		if _, ok := d.config.values[name]; ok {
			return "its cloud-config has " + name + ", and so the nodes have no yum"
		}
	}
	for _, s := range d.scripts {
		if strings.Contains(s.text, "/home/ubuntu") {
			return "it uses /home/ubuntu, and so the nodes have no yum"
		}
		if m := packageCommand().FindStringSubmatch(s.text); m != nil {
			return "it uses " + m[1] + ", and so the nodes have no yum"
		}
	}
	return ""
}
