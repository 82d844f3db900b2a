package cfn

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// yamlReader turns yaml.v3's nodes, which have a start but no end, into Nodes
// with exact spans by reading the source along with them.
type yamlReader struct {
	*Template

	depth int // how many collections are around what is read

	// Where the last position asked for was, so that the columns of a long
	// line are counted once.
	line, column, offset int

	spare []Node // allocated, not used yet
}

// newNode returns an empty node that starts at an offset.
func (r *yamlReader) newNode(kind Kind, start int) *Node {
	if len(r.spare) == 0 {
		r.spare = make([]Node, min(128, 4+len(r.src)/16))
	}
	n := &r.spare[0]
	r.spare = r.spare[1:]
	n.Kind, n.Span.Start, n.body = kind, start, start
	return n
}

// readYAML reads the one document of the template.
func (t *Template) readYAML() (*Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(t.src))
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
		return nil, t.NotTemplate(at, "a second YAML document", "a template is one document")
	case !errors.Is(err, io.EOF):
		return nil, t.yamlError(err)
	}
	return root, nil
}

// at returns the byte offset of yaml.v3's line and column, which counts runes.
func (r *yamlReader) at(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.lines) {
		return len(r.src)
	}
	if r.isASCII {
		return min(r.lines[n.Line-1]+n.Column-1, len(r.src))
	}
	if n.Line != r.line || n.Column < r.column {
		r.line, r.column, r.offset = n.Line, 1, r.lines[n.Line-1]
	}
	for r.column < n.Column && r.offset < len(r.src) {
		_, size := utf8.DecodeRuneInString(r.src[r.offset:])
		r.offset += size
		r.column++
	}
	return r.offset
}

// node converts one node and all below it.
func (r *yamlReader) node(y *yaml.Node) (*Node, error) {
	start := r.at(y)
	n := r.newNode(Scalar, start)
	n.Value = y.Value
	tag := ""
	if y.Kind != yaml.AliasNode && r.hasProperties(y, start) {
		tag, n.body = r.properties(start, y)
	}
	if y.Kind == yaml.MappingNode || y.Kind == yaml.SequenceNode {
		if r.depth++; r.depth > maxDepth {
			return nil, r.tooDeep(start)
		}
		defer func() { r.depth-- }()
	}
	var err error
	switch y.Kind {
	case yaml.MappingNode:
		err = r.mapping(n, y)
	case yaml.SequenceNode:
		err = r.sequence(n, y)
	case yaml.AliasNode:
		n.Kind = Alias
		if r.aliases == nil {
			r.aliases = map[string]bool{}
		}
		r.aliases[y.Value] = true
		n.Span.End = n.body + len("*") + len(y.Value)
	default:
		r.scalar(n, y)
	}
	if err != nil {
		return nil, err
	}
	if name := functionOfTag(tag); name != "" {
		n = r.shortForm(n, name, tag)
	}
	if y.Anchor != "" {
		if r.anchors == nil {
			r.anchors = map[*Node]string{}
		}
		r.anchors[n] = y.Anchor
	}
	return n, nil
}

// hasProperties reports whether y has a tag or an anchor before its value. A
// block mapping starts where its first key does, whose properties are its own.
func (r *yamlReader) hasProperties(y *yaml.Node, start int) bool {
	if start >= len(r.src) || (r.src[start] != '!' && r.src[start] != '&') {
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
	anchored := y.Anchor == ""
	// What follows on the next line may be those of the next node.
	for i < len(r.src) && (r.src[i] == '!' && tag == "" || r.src[i] == '&' && !anchored) {
		if r.src[i] == '&' {
			anchored = true
			body = i + len("&") + len(y.Anchor)
		} else {
			body = r.tagEnd(i, y)
			tag = r.src[i:body]
		}
		i = r.skipSpace(body)
	}
	if y.Kind == yaml.ScalarNode && y.Value == "" && y.Style&^yaml.TaggedStyle == 0 {
		return tag, body // an empty plain scalar
	}
	return tag, i
}

// tagEnd returns where the tag at start ends.
func (r *yamlReader) tagEnd(start int, y *yaml.Node) int {
	if len(y.Tag) > 1 && strings.HasPrefix(r.src[start:], y.Tag) {
		return start + len(y.Tag) // a comma or a bracket may belong to it
	}
	end := start + 1 // written in another way, as with %21
	for end < len(r.src) && !isBlank(r.src[end]) {
		end++
	}
	return end
}

// functionOfTag returns the intrinsic function that a tag stands for, or "".
func functionOfTag(tag string) string {
	if len(tag) < 2 || tag[0] != '!' || tag[1] == '!' || tag[1] == '<' {
		return ""
	}
	switch tag {
	case "!Ref", "!Condition":
		return tag[1:]
	case "!Sub": // without an allocation, as the most frequent
		return "Fn::Sub"
	case "!If":
		return "Fn::If"
	case "!GetAtt":
		return "Fn::GetAtt"
	}
	return "Fn::" + tag[1:]
}

// shortForm wraps the argument of a short form into a mapping. The tag stands
// for the key; an anchor stays with the whole.
func (r *yamlReader) shortForm(arg *Node, name, tag string) *Node {
	r.hasShort = true
	start := arg.Span.Start
	call := r.newNode(Mapping, start)
	call.Style, call.Span.End = ShortForm, arg.Span.End
	key := r.newNode(Scalar, start+max(strings.Index(r.src[start:arg.body], tag), 0))
	key.Value, key.Span.End = name, key.Span.Start+len(tag)
	arg.Span.Start = arg.body
	call.Pairs = []Pair{{Key: key, Value: arg}}
	return call
}

func (r *yamlReader) mapping(n *Node, y *yaml.Node) error {
	n.Kind, n.Style = Mapping, Block
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	}
	pairs := make([]Pair, 0, len(y.Content)/2)
	end := n.body
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, err := r.node(y.Content[i])
		if err != nil {
			return err
		}
		if key.Kind != Scalar {
			return r.unreadable(key.Span.Start, "a key of a mapping is not a string")
		}
		if text, ok := ScalarText(r.Template, key); ok {
			key.Value = text
		}
		value, err := r.node(y.Content[i+1])
		if err != nil {
			return err
		}
		pairs = append(pairs, Pair{key, value})
		end = max(key.Span.End, value.Span.End)
	}
	if n.Style == Block && len(pairs) > 0 {
		n.body = pairs[0].Key.Span.Start
	}
	r.setPairs(n, pairs)
	if name, _ := n.Function(); name != "" {
		r.hasLong = true
	}
	n.Span.End = r.closing(n, end, '{', '}')
	return nil
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
