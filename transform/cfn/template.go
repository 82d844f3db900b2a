// Package cfn reads a CloudFormation template as text.
//
// Two readers, one for YAML and one for JSON, build the same tree of [Node]s.
// Every node knows the exact bytes of the source that it stands for, and a scalar
// knows which of them each part of its text comes from. Nothing is ever printed
// through an encoder: what changes a template edits those bytes.
//
// Package edit makes such changes. Package eval says which values an expression
// can have when CloudFormation deploys it.
package cfn

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Format is the notation of a template.
type Format uint8

// The two notations that CloudFormation reads.
const (
	YAML Format = iota
	JSON
)

func (f Format) String() string {
	if f == JSON {
		return "JSON"
	}
	return "YAML"
}

// A Template is the text of one template and the tree that was read from it.
// It is immutable as long as nobody writes into its nodes, and safe for concurrent
// use.
type Template struct {
	src    string
	format Format
	root   *Node // always a mapping

	lines   []int // byte offset of the start of each line
	isASCII bool  // so that a column is a number of bytes
	runes   []int // how many characters come before each runeStep bytes

	duplicates []Duplicate
	hasShort   bool // functions in short form
	hasLong    bool // and in long form

	anchors map[*Node]string // the names of those (&name) on nodes
	aliases map[string]bool  // the names that aliases (*name) use
}

// MaxTemplate is the largest size of a template in bytes: the quota "template body
// size in an S3 object", 1 MB. Parse takes larger ones too.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MaxTemplate = 1 << 20

// bom is the UTF-8 byte order mark.
const bom = "\uFEFF"

// Parse reads a template. The source must be one UTF-8 document, with or without a
// byte order mark, whose root is a mapping. It is read as JSON if it is well-formed
// JSON, or else as YAML 1.1 as CloudFormation takes it. The error is an [*Error]
// with the place where reading stopped.
func Parse(source []byte) (*Template, error) {
	src := string(source)
	t := &Template{src: src, lines: lineStarts(src)}
	t.isASCII = isASCII(src)
	if !t.isASCII {
		t.countRunes()
	}
	if err := t.checkText(); err != nil {
		return nil, err
	}
	body := len(src) - len(strings.TrimPrefix(src, bom))
	if first := strings.TrimLeft(src[body:], " \t\r\n"); len(first) > 0 && first[0] == '{' {
		root, jsonErr := t.readJSON(body)
		if jsonErr == nil {
			t.format, t.root = JSON, root
			return t, nil
		}
		// A YAML flow mapping starts with a brace too. If neither reader can read
		// the file, it was probably meant to be JSON.
		root, err := t.readYAML()
		if err != nil || root.Kind != Mapping {
			return nil, jsonErr
		}
		t.root = root
		return t, nil
	}
	root, err := t.readYAML()
	if err != nil {
		return nil, err
	}
	if root.Kind != Mapping {
		return nil, t.NotTemplate(root.Span.Start, "the document is not a mapping", "a template is a mapping with Resources; of Terraform or the CDK it is what they make")
	}
	t.root = root
	return t, nil
}

// isASCII reports whether every character of a text is one byte.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Source returns the text that was read, byte for byte.
func (t *Template) Source() string { return t.src }

// Format returns the notation of the template.
func (t *Template) Format() Format { return t.format }

// Root returns the tree, which is always a mapping. Nobody may write into it.
func (t *Template) Root() *Node { return t.root }

// UsesShortForm reports whether a function that is added to the template should be
// written as !Ref rather than as Ref, as its others are: in YAML that has short
// forms, or no functions.
func (t *Template) UsesShortForm() bool {
	return t.format == YAML && (t.hasShort || !t.hasLong)
}

// Anchor returns the name of the anchor (&name) on a node, or "".
func (t *Template) Anchor(n *Node) string { return t.anchors[n] }

// Anchored returns the node that an alias stands for: that with the last anchor of its
// name before it. It returns nil if there is none.
func (t *Template) Anchored(alias *Node) *Node {
	var found *Node
	for n, name := range t.anchors {
		if name == alias.Value && n.Span.Start < alias.Span.Start && (found == nil || n.Span.Start > found.Span.Start) {
			found = n
		}
	}
	return found
}

// HasAlias reports whether an alias uses the anchor of that name or, if the name is
// "", whether there is any alias.
func (t *Template) HasAlias(name string) bool {
	return t.aliases[name] || name == "" && len(t.aliases) > 0
}

// checkText returns an error if the source is not UTF-8 text.
func (t *Template) checkText() error {
	src := t.src
	if len(strings.TrimSpace(strings.TrimPrefix(src, bom))) == 0 {
		return t.Errorf(0, "the template is empty")
	}
	if strings.HasPrefix(src, "\xff\xfe") || strings.HasPrefix(src, "\xfe\xff") {
		return t.Errorf(0, "the template is UTF-16, not UTF-8")
	}
	if i := strings.IndexByte(src, 0); i >= 0 {
		return t.Errorf(i, "NUL byte: the template is not text")
	}
	for i := 0; i < len(src) && !t.isASCII; {
		if src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(src[i:])
		if r == utf8.RuneError && n == 1 {
			return t.Errorf(i, "invalid UTF-8 byte 0x%02x", src[i])
		}
		i += n
	}
	return nil
}

// An Error says what is wrong at one place of a template.
type Error struct {
	Position
	Message string
	Hint    string // what to do about it; may be empty

	// NotTemplate is set if the text can be read but is something else.
	NotTemplate bool
}

// Error returns "LINE:COL: message", ready to have "FILE:" put before it.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// NotTemplate makes the error for a text that can be read but is not a template.
func (t *Template) NotTemplate(offset int, what, hint string) *Error {
	e := t.Errorf(offset, "not a CloudFormation template: %s", what)
	e.Hint, e.NotTemplate = hint, true
	return e
}

// Errorf makes an [*Error] at a byte offset.
func (t *Template) Errorf(offset int, format string, args ...any) *Error {
	return &Error{Position: t.Position(offset), Message: fmt.Sprintf(format, args...)}
}
