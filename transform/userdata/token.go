package userdata

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
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
	if d.reason != "" || d.kind.NoCommands() != "" {
		for _, at := range requestsInLines(d.text) {
			problems = append(problems, Problem{WithoutToken, at, asksWithoutToken})
		}
		return problems
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
			problems = append(problems, Problem{WithoutToken, s.origin(r.at), message})
		}
	}
	return problems
}

// requestsInLines returns the offsets of the requests in lines that are not read
// as a shell's.
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

// requestsIn returns the requests of a shell script.
func requestsIn(text string) []*request {
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	r := &requestReader{text: text, values: map[string]string{}, answers: map[string][]*request{}, functions: map[string]*requestFunction{}}
	if err != nil {
		for _, at := range requestsInLines(text) {
			r.found = append(r.found, &request{at: at, message: asksWithoutToken})
		}
		return r.found
	}
	var open []syntax.Node
	syntax.Walk(file, func(n syntax.Node) bool {
		if n != nil {
			open = append(open, n)
			return true
		}
		r.leave(open[len(open)-1])
		open = open[:len(open)-1]
		return true
	})
	return r.found
}

// A requestReader goes through a script in the order of its text.
type requestReader struct {
	text  string
	found []*request

	values    map[string]string     // of variables, as far as they are literal
	answers   map[string][]*request // that have gone into variables
	functions map[string]*requestFunction
}

// A requestFunction is a function of the script.
type requestFunction struct {
	requests []*request
	carries  bool // it sends a token
}

// leave reads a node whose parts have been read.
func (r *requestReader) leave(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Assign:
		r.assign(n)
	case *syntax.CallExpr:
		r.call(n)
	case *syntax.FuncDecl:
		source := r.text[n.Pos().Offset():n.End().Offset()]
		r.functions[n.Name.Value] = &requestFunction{r.within(n), metadataToken().MatchString(source)}
	case *syntax.Redirect:
		if n.Hdoc != nil {
			start := int(n.Hdoc.Pos().Offset())
			body := r.text[start:min(int(n.Hdoc.End().Offset()), len(r.text))]
			if metadataToken().MatchString(body) {
				return // which of several requests carry it is not told by lines
			}
			for _, at := range requestsInLines(body) {
				r.found = append(r.found, &request{at: start + at, message: asksWithoutToken})
			}
		}
	}
}

// maxValue is how many bytes of a variable are followed.
const maxValue = 4 << 10

func (r *requestReader) assign(n *syntax.Assign) {
	if n.Name == nil {
		return
	}
	var words []string
	if n.Array != nil {
		for _, element := range n.Array.Elems {
			words = append(words, r.expand(element.Value))
		}
	}
	words = append(words, r.expand(n.Value))
	value := strings.Join(words, " ")
	if n.Append {
		value = r.values[n.Name.Value] + value
	}
	if len(value) > maxValue {
		value = placeholder
	}
	r.values[n.Name.Value] = value
	for _, request := range r.within(n) {
		if !slices.Contains(r.answers[n.Name.Value], request) {
			r.answers[n.Name.Value] = append(r.answers[n.Name.Value], request)
		}
	}
}

// within returns the requests whose answers a node has.
func (r *requestReader) within(n syntax.Node) []*request {
	var found []*request
	start, end := int(n.Pos().Offset()), int(n.End().Offset())
	for _, request := range r.found {
		if request.at >= start && request.at < end {
			found = append(found, request)
		}
	}
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			if n.Param != nil {
				found = append(found, r.answers[n.Param.Value]...)
			}
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				if f := r.functions[n.Args[0].Lit()]; f != nil {
					found = append(found, f.requests...)
				}
			}
		}
		return true
	})
	return found
}

// quiet are commands whose words go nowhere.
var quiet = [...]string{":", "awk", "echo", "grep", "ip", "ip6tables", "iptables", "logger", "nft", "printf", "route", "sed", "test", "["}

// joining are the commands that join a node to its cluster.
var joining = [...]string{"bootstrap.sh", "nodeadm", "kubelet", "kubeadm", "snap"}

func (r *requestReader) call(n *syntax.CallExpr) {
	if len(n.Args) == 0 {
		return
	}
	var words []string
	for _, arg := range n.Args {
		words = append(words, r.expand(arg))
	}
	name := path.Base(words[0])
	if name == "sudo" && len(words) > 1 {
		name = path.Base(words[1])
	}
	at := int(n.Pos().Offset())
	switch text := strings.Join(words, " "); {
	case slices.Contains(joining[:], name):
		for _, request := range r.within(n) {
			request.joins = true
		}
	case slices.Contains(quiet[:], name):
	case name == "ec2-metadata" || name == "ec2metadata":
		r.found = append(r.found, &request{at: at, message: toolWithoutToken})
	case metadataToken().MatchString(text), r.functions[name] != nil && r.functions[name].carries:
	case r.asks(name, text):
		source := r.text[at:min(int(n.End().Offset()), len(r.text))]
		if m := metadataAny().FindStringIndex(source); m != nil {
			at += m[0]
		}
		r.found = append(r.found, &request{at: at, message: asksWithoutToken})
	}
}

// asks reports whether the words of a command ask the metadata service for
// something other than a token.
func (r *requestReader) asks(name, text string) bool {
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

// expand returns a word as far as it is literal.
func (r *requestReader) expand(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	var b strings.Builder
	var write func(parts []syntax.WordPart)
	write = func(parts []syntax.WordPart) {
		for _, p := range parts {
			switch p := p.(type) {
			case *syntax.Lit:
				b.WriteString(strings.ReplaceAll(p.Value, "\\", ""))
			case *syntax.SglQuoted:
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				write(p.Parts)
			case *syntax.ParamExp:
				if p.Param != nil && r.values[p.Param.Value] != "" {
					b.WriteString(r.values[p.Param.Value])
					continue
				}
				b.WriteString(placeholder)
			default:
				b.WriteString(placeholder)
			}
		}
	}
	write(word.Parts)
	return b.String()
}
