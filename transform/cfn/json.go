package cfn

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a template may nest, which bounds whatever walks the tree.
// CloudFormation's templates stay below 50.
const maxDepth = 1000

// tooDeep returns the error for a node that nests deeper.
func (t *Template) tooDeep(offset int) *Error {
	return t.Errorf(offset, "nested more than %d levels deep", maxDepth)
}

// jsonReader builds the tree from the tokens of encoding/json, whose
// InputOffset is the exact end of each.
type jsonReader struct {
	*Template
	decoder *json.Decoder
	base    int // offset of the decoder's input in the source
	depth   int
}

// readJSON reads the one JSON value of the template, from a byte offset on.
func (t *Template) readJSON(from int) (*Node, error) {
	r := &jsonReader{Template: t, decoder: json.NewDecoder(strings.NewReader(t.src[from:])), base: from}
	r.decoder.UseNumber()
	root, err := r.value()
	if err != nil {
		return nil, err
	}
	if rest := r.skipBlanks(r.offset()); rest < len(t.src) {
		return nil, t.Errorf(rest, "not JSON: text after the end of the template")
	}
	return root, nil
}

func (r *jsonReader) offset() int { return r.base + int(r.decoder.InputOffset()) }

// skipSeparators returns where the token after i starts.
func (r *jsonReader) skipSeparators(i int) int {
	for i < len(r.src) && (isBlank(r.src[i]) || r.src[i] == ',' || r.src[i] == ':') {
		i++
	}
	return i
}

// token reads a token and its span.
func (r *jsonReader) token() (json.Token, Span, error) {
	start := r.skipSeparators(r.offset())
	token, err := r.decoder.Token()
	if err != nil {
		return nil, Span{}, r.syntaxError(err)
	}
	return token, Span{start, r.offset()}, nil
}

// syntaxError gives an error of encoding/json its place.
func (r *jsonReader) syntaxError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.Errorf(len(r.src), "not JSON: the template ends too early")
	}
	at := r.skipBlanks(r.offset())
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		// The offset is the number of bytes read, the wrong one included.
		at = max(at, min(r.base+int(syntax.Offset)-1, len(r.src)))
	}
	for at > 0 && at < len(r.src) && !utf8.RuneStart(r.src[at]) {
		at--
	}
	return r.unreadable(at, "not JSON: "+err.Error())
}

// skipBlanks returns where what is not white space starts: a comma or a colon may be
// what is wrong.
func (r *jsonReader) skipBlanks(i int) int {
	for i < len(r.src) && isBlank(r.src[i]) {
		i++
	}
	return i
}

func (r *jsonReader) value() (*Node, error) {
	token, span, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &Node{Kind: Scalar, Span: span, body: span.Start}
	switch v := token.(type) {
	case json.Delim:
		if r.depth++; r.depth > maxDepth {
			return nil, r.tooDeep(span.Start)
		}
		n.Style = Flow
		if v == '{' {
			err = r.object(n)
		} else {
			err = r.array(n)
		}
		r.depth--
		if err != nil {
			return nil, err
		}
	case string:
		n.Style, n.Value = JSONString, v
	default: // a number, true, false, null: as written
		n.Value = r.src[span.Start:span.End]
	}
	return n, nil
}

func (r *jsonReader) object(n *Node) error {
	n.Kind = Mapping
	var pairs []Pair
	for r.decoder.More() {
		token, span, err := r.token()
		if err != nil {
			return err
		}
		name, ok := token.(string)
		if !ok {
			return r.Errorf(span.Start, "not JSON: a key of an object is not a string")
		}
		key := &Node{Kind: Scalar, Style: JSONString, Value: name, Span: span, body: span.Start}
		value, err := r.value()
		if err != nil {
			return err
		}
		pairs = append(pairs, Pair{key, value})
	}
	r.setPairs(n, pairs)
	return r.end(n)
}

func (r *jsonReader) array(n *Node) error {
	n.Kind = Sequence
	for r.decoder.More() {
		item, err := r.value()
		if err != nil {
			return err
		}
		n.Items = append(n.Items, item)
	}
	return r.end(n)
}

// end reads the closing bracket of n.
func (r *jsonReader) end(n *Node) error {
	_, span, err := r.token()
	n.Span.End = span.End
	return err
}
