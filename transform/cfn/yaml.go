package cfn

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// yamlReader turns yaml.v3's nodes, which have a start but no end, into Nodes
// with exact spans by reading the source beside them.
type yamlReader struct {
	*Template

	// Where the last position asked for was, so that the columns of a long
	// line are counted once.
	line, column, offset int
}

// readYAML reads the one document of the template.
func (t *Template) readYAML() (*Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(t.Source))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, t.Errorf(0, "the template is empty")
		}
		return nil, t.yamlError(err)
	}
	r := &yamlReader{Template: t}
	root, err := r.node(document.Content[0])
	if err != nil {
		return nil, err
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == nil:
		at := r.at(&second)
		return nil, t.Errorf(at, "a second YAML document: a template is one document")
	case !errors.Is(err, io.EOF):
		return nil, t.yamlError(err)
	}
	return root, nil
}

// yamlError gives an error of yaml.v3 its place. Its parser, unlike its
// scanner, counts lines from 0 in messages.
func (t *Template) yamlError(err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if number, what, ok := strings.Cut(rest, ": "); ok {
			line, _ = strconv.Atoi(number)
			message = what
		}
	}
	if fromYAMLParser(message) {
		line++
	}
	offset := t.lines[min(max(line, 1), len(t.lines))-1]
	offset += len(t.lineIndent(offset))
	return t.Errorf(offset, "not YAML: %s", message)
}

// fromYAMLParser reports whether a message of yaml.v3 comes from its parser.
func fromYAMLParser(message string) bool {
	what, ok := strings.CutPrefix(message, "did not find expected ")
	if !ok {
		return false
	}
	for _, p := range []string{"<", "node content", "key", "','", "'-'"} {
		if strings.HasPrefix(what, p) {
			return true
		}
	}
	return false
}

// at returns the byte offset of yaml.v3's line and column, which counts runes.
func (r *yamlReader) at(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.lines) {
		return len(r.Source)
	}
	if n.Line != r.line || n.Column < r.column {
		r.line, r.column, r.offset = n.Line, 1, r.lines[n.Line-1]
	}
	for r.column < n.Column && r.offset < len(r.Source) {
		_, size := utf8.DecodeRune(r.Source[r.offset:])
		r.offset += size
		r.column++
	}
	return r.offset
}

// node converts one node and all below it.
func (r *yamlReader) node(y *yaml.Node) (*Node, error) {
	start := r.at(y)
	n := &Node{Span: Span{Start: start}, body: start, Anchor: y.Anchor, Value: y.Value}
	tag := ""
	if y.Kind != yaml.AliasNode && r.hasProperties(y, start) {
		tag, n.body = r.properties(start, y)
	}
	var err error
	switch y.Kind {
	case yaml.MappingNode:
		err = r.mapping(n, y)
	case yaml.SequenceNode:
		err = r.sequence(n, y)
	case yaml.AliasNode:
		n.Kind = Alias
		n.Span.End = n.body + len("*") + len(y.Value)
	default:
		n.Kind = Scalar
		r.scalar(n, y)
	}
	if err != nil {
		return nil, err
	}
	if name := functionOfTag(tag); name != "" {
		return r.shortForm(n, name, tag), nil
	}
	return n, nil
}

// hasProperties reports whether y has a tag or an anchor before its value. A
// block mapping starts where its first key does, whose properties are its own.
func (r *yamlReader) hasProperties(y *yaml.Node, start int) bool {
	if start >= len(r.Source) || (r.Source[start] != '!' && r.Source[start] != '&') {
		return false
	}
	if y.Kind == yaml.MappingNode && y.Style&yaml.FlowStyle == 0 {
		return y.Anchor != "" || y.Style&yaml.TaggedStyle != 0
	}
	return true
}

// properties reads the tag and the anchor at start, and where the value starts.
func (r *yamlReader) properties(start int, y *yaml.Node) (tag string, body int) {
	i := start
	for i < len(r.Source) && (r.Source[i] == '!' || r.Source[i] == '&') {
		end := i + 1
		for end < len(r.Source) && !isBlank(r.Source[end]) && !bytes.ContainsRune([]byte(",[]{}"), rune(r.Source[end])) {
			end++
		}
		if r.Source[i] == '!' {
			tag = string(r.Source[i:end])
		}
		body = end
		i = r.skipSpace(end)
	}
	if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0 {
		return tag, body // an empty plain scalar
	}
	return tag, i
}

// functionOfTag returns the intrinsic function that a tag stands for, or "".
func functionOfTag(tag string) string {
	if len(tag) < 2 || tag[0] != '!' || tag[1] == '!' || tag[1] == '<' {
		return ""
	}
	if tag == "!Ref" || tag == "!Condition" {
		return tag[1:]
	}
	return "Fn::" + tag[1:]
}

// shortForm wraps the argument of a short form into a mapping. The tag stands
// for the key; an anchor stays with the whole.
func (r *yamlReader) shortForm(arg *Node, name, tag string) *Node {
	start := arg.Span.Start
	call := &Node{Kind: Mapping, Style: ShortForm, Anchor: arg.Anchor, Span: arg.Span, body: start}
	at := start + max(bytes.Index(r.Source[start:arg.body], []byte(tag)), 0)
	key := &Node{Kind: Scalar, Value: name, Span: Span{at, at + len(tag)}, body: at}
	arg.Anchor, arg.Span.Start = "", arg.body
	call.Pairs = []Pair{{Key: key, Value: arg}}
	return call
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node) error {
	n.Kind, n.Style = Mapping, Block
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	}
	n.Pairs = make([]Pair, 0, len(y.Content)/2)
	end := n.body
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, err := r.node(y.Content[i])
		if err != nil {
			return err
		}
		if key.Kind != Scalar {
			return r.Errorf(key.Span.Start, "a key of a mapping is not a string")
		}
		value, err := r.node(y.Content[i+1])
		if err != nil {
			return err
		}
		n.Pairs = append(n.Pairs, Pair{key, value})
		end = max(key.Span.End, value.Span.End)
	}
	if key := duplicateKey(n.Pairs); key != nil {
		return r.duplicate(n, key)
	}
	if n.Style == Block && len(n.Pairs) > 0 {
		n.body = min(n.Pairs[0].Key.Span.Start, max(n.body, n.Span.Start))
		if n.Span.Start != n.body { // a tag or an anchor on a line before
			n.body = n.Pairs[0].Key.Span.Start
		}
	}
	n.Span.End = r.closing(n, end, '{', '}')
	return nil
}

// duplicate is the error for a key that stands twice in n.
func (t *Template) duplicate(n, key *Node) error {
	first, _ := n.Pair(key.Value)
	return t.Errorf(key.Span.Start, "duplicate key %q: it stands at line %d already", key.Value, t.Position(first.Key.Span.Start).Line)
}

func (r *yamlReader) sequence(n *Node, y *yaml.Node) error {
	n.Kind, n.Style = Sequence, Block
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	}
	n.Items = make([]*Node, 0, len(y.Content))
	end := n.body
	for _, item := range y.Content {
		v, err := r.node(item)
		if err != nil {
			return err
		}
		n.Items = append(n.Items, v)
		end = v.Span.End
	}
	n.Span.End = r.closing(n, end, '[', ']')
	return nil
}

// closing returns the end of a collection whose last child ends at end: behind
// the closing bracket of a flow collection, else that very place.
func (r *yamlReader) closing(n *Node, end int, opening, bracket byte) int {
	if n.Style != Flow || n.body >= len(r.Source) || r.Source[n.body] != opening {
		return end // also the pair of "[a: b]", a mapping without brackets
	}
	if end == n.body {
		end++
	}
	for {
		end = r.skipSpace(end)
		switch {
		case end < len(r.Source) && (r.Source[end] == ',' || r.Source[end] == ':'):
			end++
		case end < len(r.Source) && r.Source[end] == bracket:
			return end + 1
		default:
			return end
		}
	}
}

// scalar sets the style and the end of a scalar.
func (r *yamlReader) scalar(n *Node, y *yaml.Node) {
	src := r.Source
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.Style = DoubleQuoted
		i := n.body + 1
		for i < len(src) && src[i] != '"' {
			if src[i] == '\\' {
				i++
			}
			i++
		}
		n.Span.End = min(i+1, len(src))
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.Style = SingleQuoted
		i := n.body + 1
		for i < len(src) {
			if src[i] == '\'' {
				if i+1 >= len(src) || src[i+1] != '\'' {
					break
				}
				i++
			}
			i++
		}
		n.Span.End = min(i+1, len(src))
	case y.Style&yaml.LiteralStyle != 0:
		n.Style = Literal
		n.Span.End = r.literalEnd(n)
	case y.Style&yaml.FoldedStyle != 0:
		n.Style = Folded
		n.Span.End = r.foldedEnd(n)
	default:
		n.Span.End = plainEnd(src, n.body, n.Value)
	}
}

// plainEnd returns the end of a plain scalar. It has no escapes, so its source
// is its text but for the white space at which lines were folded.
func plainEnd(src []byte, start int, value string) int {
	i, end := start, start
	for k := 0; k < len(value); {
		c := value[k]
		if n := lineBreak(value, k); n > 0 || isBlank(c) {
			k += max(n, 1)
			continue
		}
		for i < len(src) && src[i] != c {
			i++
		}
		if i >= len(src) {
			return end
		}
		i++
		k++
		end = i
	}
	return end
}

// blockLines returns where the first line of a block scalar starts.
func (t *Template) blockLines(n *Node) int {
	i := t.lineEnd(n.body)
	if i >= len(t.Source) {
		return i
	}
	return i + lineBreak(t.Source, i)
}

// literalEnd counts off the lines that the text of a literal scalar has.
func (t *Template) literalEnd(n *Node) int {
	lines := 0
	for i := 0; i < len(n.Value); {
		if k := lineBreak(n.Value, i); k > 0 {
			lines++
			i += k
			if i == len(n.Value) {
				lines--
			}
			continue
		}
		i++
	}
	if n.Value == "" {
		return t.lineEnd(n.body)
	}
	end := t.blockLines(n)
	for ; lines >= 0 && end < len(t.Source); lines-- {
		end = t.lineEnd(end)
		if end < len(t.Source) {
			end += lineBreak(t.Source, end)
		}
	}
	return end
}

// foldedEnd looks for the first line that is indented less than the text.
func (t *Template) foldedEnd(n *Node) int {
	indent, end := t.blockIndent(n), t.lineEnd(n.body)
	if indent < 0 {
		return end
	}
	for i := t.blockLines(n); i < len(t.Source); {
		next := t.lineEnd(i)
		line := t.Source[i:next]
		if next < len(t.Source) {
			next += lineBreak(t.Source, next)
		}
		text := bytes.TrimLeft(line, " ")
		if len(text) > 0 {
			if len(line)-len(text) < indent {
				break
			}
			end = next
		}
		i = next
	}
	// Of the empty lines behind, those belong to it whose line feeds it keeps.
	for kept := len(n.Value) - len(strings.TrimRight(n.Value, "\n")); kept > 1 && end < len(t.Source); kept-- {
		end = t.lineEnd(end)
		if end < len(t.Source) {
			end += lineBreak(t.Source, end)
		}
	}
	return end
}

// blockIndent returns the number of spaces by which the text of a block scalar
// is indented, or -1 where it has no text. Spaces that its first line has
// beyond that belong to its value and are seen there.
func (t *Template) blockIndent(n *Node) int {
	spaces := func(s []byte) int {
		text := bytes.TrimLeft(s, " \r\n")
		if len(text) == 0 {
			return -1
		}
		before := s[:len(s)-len(text)]
		return len(before) - (bytes.LastIndexAny(before, "\r\n") + 1)
	}
	inValue := spaces([]byte(n.Value))
	if inValue < 0 {
		return -1
	}
	return spaces(t.Source[t.blockLines(n):]) - inValue
}

// skipSpace returns the offset behind white space, line breaks and comments.
func (t *Template) skipSpace(i int) int {
	for i < len(t.Source) {
		switch {
		case isBlank(t.Source[i]):
			i++
		case lineBreak(t.Source, i) > 0:
			i += lineBreak(t.Source, i)
		case t.Source[i] == '#' && (i == 0 || isBlank(t.Source[i-1])):
			i = t.lineEnd(i)
		default:
			return i
		}
	}
	return i
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
