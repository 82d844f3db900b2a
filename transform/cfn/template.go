// Package cfn reads a CloudFormation template as text.
//
// Two readers, one for YAML and one for JSON, build the same tree of [Node]s.
// The tree is read-only, and every node knows the exact bytes of the source
// that it stands for. A change is an [Edit] of those bytes; [Apply] makes the
// edits and copies everything else verbatim. Nothing is ever printed through
// an encoder, so comments, quotes, blank lines and line ends stay as they are.
//
// [Text] is the string that an expression such as Fn::Sub or Fn::Join makes,
// with the way back from a place in that string to the source. Package eval says
// which values an expression can have when CloudFormation deploys it.
package cfn

import (
	"bytes"
	"fmt"
	"slices"
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
// It is immutable and safe for concurrent use.
type Template struct {
	Source []byte
	Format Format
	Root   *Node // always a mapping

	lines   []int // byte offset of the start of each line
	isASCII bool  // so that a column is a number of bytes
	runes   []int // how many characters come before each runeStep bytes

	anchors map[*Node]string // the names of those (&name) on nodes
	aliases map[string]bool  // the names that aliases (*name) use
}

// MaxTemplate is how many bytes a template may have: the quota "template body
// size in an S3 object", 1 MB. Parse takes more.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MaxTemplate = 1 << 20

// bom is the UTF-8 byte order mark.
const bom = "\uFEFF"

// Parse reads a template. Source must be one UTF-8 document, with or without a
// byte order mark, whose root is a mapping: JSON where it is well-formed JSON,
// else YAML 1.1 as CloudFormation takes it. The error is an [*Error] with the
// place where reading stopped. The template keeps src, which must not change.
func Parse(src []byte) (*Template, error) {
	t := &Template{Source: src, lines: lineStarts(src)}
	t.isASCII = !slices.ContainsFunc(src, func(c byte) bool { return c >= utf8.RuneSelf })
	if !t.isASCII {
		t.countRunes()
	}
	if err := t.checkText(); err != nil {
		return nil, err
	}
	body := len(src) - len(bytes.TrimPrefix(src, []byte(bom)))
	if first := bytes.TrimLeft(src[body:], " \t\r\n"); len(first) > 0 && first[0] == '{' {
		root, jsonErr := t.readJSON(body)
		if jsonErr == nil {
			t.Format, t.Root = JSON, root
			return t, nil
		}
		// A YAML flow mapping starts with a brace too. Where neither reader is
		// content, the file meant to be JSON more often than not.
		root, err := t.readYAML()
		if err != nil || root.Kind != Mapping {
			return nil, jsonErr
		}
		t.Root = root
		return t, nil
	}
	root, err := t.readYAML()
	if err != nil {
		return nil, err
	}
	if root.Kind != Mapping {
		return nil, t.NotTemplate(root.Span.Start, "the document is not a mapping", "a template is a mapping with Resources; of Terraform or the CDK it is what they make")
	}
	t.Root = root
	return t, nil
}

// Anchor returns the name of the anchor (&name) on a node, or "".
func (t *Template) Anchor(n *Node) string { return t.anchors[n] }

// HasAlias reports whether an alias uses the anchor of that name; of "", whether
// there is any alias.
func (t *Template) HasAlias(name string) bool {
	return t.aliases[name] || name == "" && len(t.aliases) > 0
}

// checkText refuses what is no UTF-8 text at all.
func (t *Template) checkText() error {
	src := t.Source
	if len(bytes.TrimSpace(bytes.TrimPrefix(src, []byte(bom)))) == 0 {
		return t.Errorf(0, "the template is empty")
	}
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return t.Errorf(0, "the template is UTF-16, not UTF-8")
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return t.Errorf(i, "NUL byte: the template is not text")
	}
	for i := 0; i < len(src) && !t.isASCII; {
		if src[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
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

	// NotTemplate says that the text can be read, and is something else.
	NotTemplate bool
}

// Error returns "LINE:COL: message", ready to have "FILE:" put before it.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// NotTemplate makes the error for a text that is something else.
func (t *Template) NotTemplate(offset int, what, hint string) *Error {
	e := t.Errorf(offset, "not a CloudFormation template: %s", what)
	e.Hint, e.NotTemplate = hint, true
	return e
}

// Errorf makes an [*Error] at a byte offset.
func (t *Template) Errorf(offset int, format string, args ...any) *Error {
	return &Error{Position: t.Position(offset), Message: fmt.Sprintf(format, args...)}
}
