package userdata

import (
	"cmp"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata/shell"
)

// The messages about a request without a token.
const (
	asksWithoutToken   = "asks the metadata service without a token here, which required tokens refuse"
	toolWithoutToken   = "runs a tool here that asks the metadata service without a token in its older versions, which required tokens refuse"
	nodeMayNotJoin     = ", and so the node may not join"
	metadataPath       = `(?:/(?:latest|1\.0|\d{4}-\d{2}-\d{2})(?:/|\b))`
	metadataHost       = `(?:169\.254\.169\.254|\[?fd00:ec2::254\]?|\binstance-data(?:\.ec2\.internal)?\b)(?::80)?`
	metadataTokenField = `(?i)x-aws-ec2-metadata-token["']?\s*[:=]`
)

var (
	metadataRequest = pattern(metadataHost + metadataPath)
	metadataAny     = pattern(metadataHost)
	metadataToken   = pattern(metadataTokenField)
)

// mentionsMetadata reports whether a text may ask the metadata service for
// something. It is quicker than the patterns.
func mentionsMetadata(text string) bool {
	for _, host := range [...]string{"169.254.169.254", "fd00:ec2::254", "instance-data", "ec2-metadata", "ec2metadata"} {
		for rest := text; ; {
			i := strings.Index(rest, host)
			if i < 0 {
				break
			}
			rest = rest[i+len(host):]
			if !strings.HasPrefix(rest, "/32") && !strings.HasPrefix(rest, "/128") {
				return true
			}
		}
	}
	return false
}

// withoutToken returns a problem for each request to the metadata service without
// a token of IMDSv2 ("Use the Instance Metadata Service to access instance
// metadata" in the Amazon EC2 User Guide).
func (d *document) withoutToken() []Problem {
	if !mentionsMetadata(d.text) && !slices.ContainsFunc(d.scripts, func(s script) bool { return mentionsMetadata(s.text) }) {
		return nil
	}
	var problems []Problem
	if d.reason != "" || d.kind.NoCommands() != "" { // then it has no scripts
		for _, at := range requestsInLines(d.text) {
			problems = append(problems, Problem{Code: WithoutToken, At: at, Message: asksWithoutToken})
		}
	}
	for _, s := range d.scripts {
		if !mentionsMetadata(s.text) {
			continue
		}
		for _, r := range requestsIn(s.text) {
			message := r.message
			if r.joins {
				message += nodeMayNotJoin
			}
			problems = append(problems, Problem{Code: WithoutToken, At: s.origin(r.at), Message: message})
		}
	}
	return problems
}

// requestsInLines returns the offsets of the requests in lines that are not read as
// a shell would.
func requestsInLines(text string) []int {
	var found []int
	at := 0
	for line := range strings.Lines(text) {
		bare := strings.TrimSpace(line)
		carries := metadataToken().MatchString(line) || strings.Contains(line, "-Headers") || strings.Contains(line, "headers=")
		if !strings.HasPrefix(bare, "#") && !carries {
			for _, m := range metadataRequest().FindAllStringIndex(line, -1) {
				if !strings.Contains(line[m[0]:], "/api/token") {
					found = append(found, at+m[0])
				}
			}
		}
		at += len(line)
	}
	return found
}

// A request asks the metadata service for something without a token.
type request struct {
	at      int // offset of the address, or of the tool
	message string
	joins   bool // the node joins its cluster with the answer
}

// requestsIn returns the requests of a shell script, in the order of its text.
func requestsIn(text string) []*request {
	r := &requestReader{text: text}
	m := shell.Machine{Run: r.step}
	m.Shell(text, func(at int) int { return at })
	for _, name := range m.Files.All() {
		if f := m.Files.Get(name); f != nil {
			r.lines(f.Text, f.At, !isCode(name) && !isBootScript(name) && !strings.HasPrefix(f.Text, "#!"))
		}
	}
	slices.SortStableFunc(r.found, func(a, b *request) int { return cmp.Compare(a.at, b.at) })
	return r.found
}

// A requestReader goes through the steps of a script.
type requestReader struct {
	text  string
	found []*request
}

// firstAnswer stands in a text for the answer to the first request, the next
// character for the answer to the next one, and so on.
const (
	firstAnswer = '\uF000'
	lastAnswer  = '\uF8FF'
)

// add adds a request, once, and returns what stands for the answer.
func (r *requestReader) add(at int, message string) string {
	i := slices.IndexFunc(r.found, func(found *request) bool { return found.at == at })
	if i < 0 {
		i = len(r.found)
		r.found = append(r.found, &request{at: at, message: message})
	}
	if firstAnswer+i > lastAnswer {
		return ""
	}
	return string(rune(firstAnswer + i))
}

// lines adds the requests in lines that are somewhere after an offset and are not
// read as a shell would. Lines do not show which of several requests carry a token.
// Those of settings are requests only where they ask: a proxy sends on what it gets.
func (r *requestReader) lines(text string, after int, areSettings bool) {
	if !mentionsMetadata(text) || metadataToken().MatchString(text) {
		return
	}
	for _, at := range requestsInLines(text) {
		line, _, _ := strings.Cut(text[at:], "\n")
		start := strings.LastIndexByte(text[:at], '\n') + 1
		if areSettings && !asksInLine().MatchString(text[start:at]+line) {
			continue
		}
		if i := strings.Index(r.text[after:], text[start:at]+line); i >= 0 {
			r.add(after+i+at-start, asksWithoutToken)
		} else {
			r.add(after, asksWithoutToken)
		}
	}
}

// answers returns what stands for answers in a text.
func (r *requestReader) answers(text string) string {
	return strings.Map(func(c rune) rune {
		if c < firstAnswer || int(c-firstAnswer) >= len(r.found) {
			return -1
		}
		return c
	}, text)
}

// quiet are commands whose words go nowhere.
var quiet = [...]string{":", "awk", "echo", "grep", "ip", "ip6tables", "iptables", "logger", "nft", "printf", "route", "sed", "test", "["}

// joining are the commands that join a node to its cluster.
var joining = [...]string{"bootstrap.sh", "nodeadm", "kubelet", "kubeadm", "snap"}

// step reads a step, and returns what stands for the answers that its output may
// be made of.
func (r *requestReader) step(s *shell.Step) string {
	switch {
	case s.Runs == shell.Never:
		return shell.Unknown
	case len(s.Words) == 0:
		for _, at := range requestsInLines(r.text) {
			r.add(at, asksWithoutToken)
		}
		return shell.Unknown
	}
	var words []string
	for _, w := range s.Words {
		words = append(words, w.Text)
	}
	text, name := strings.Join(words, " "), s.Name()
	from := text
	if s.Stdin != nil {
		from += *s.Stdin
	}
	answers := r.answers(from)
	switch {
	case slices.Contains(joining[:], name):
		for _, c := range answers {
			r.found[c-firstAnswer].joins = true
		}
	case slices.Contains(quiet[:], name):
	case name == "ec2-metadata" || name == "ec2metadata":
		answers += r.add(s.At, toolWithoutToken)
	case metadataToken().MatchString(text):
	case asks(name, text):
		answers += r.add(r.address(s.At), asksWithoutToken)
	case s.Stdin != nil:
		r.lines(*s.Stdin, s.At, name == "cat" || name == "tee") // which make a file of it
	}
	return answers + shell.Unknown
}

// address returns the offset of the address in the command at an offset, or that
// offset.
func (r *requestReader) address(at int) int {
	end := at
	for ; end < len(r.text) && !strings.ContainsRune(";|&\n", rune(r.text[end])); end++ {
		if r.text[end] == '\\' {
			end++
		}
	}
	if m := metadataAny().FindStringIndex(r.text[at:min(end, len(r.text))]); m != nil {
		return at + m[0]
	}
	return at
}

// asks reports whether the words of a command ask the metadata service for
// something other than a token.
func asks(name, text string) bool {
	for _, m := range metadataRequest().FindAllStringIndex(text, -1) {
		if !strings.HasPrefix(text[m[1]:], "api/token") {
			return true
		}
	}
	if name != "curl" && name != "wget" {
		return false
	}
	m := metadataAny().FindStringIndex(text)
	return m != nil && !strings.Contains(text[m[1]:], "/api/token") && !strings.HasPrefix(text[max(0, m[0]-1):m[0]], "=")
}
