// Package cfn reads a CloudFormation template as text.
//
// Two readers, one for YAML and one for JSON, build the same tree of [Node]s.
// The tree is read-only, and every node knows the exact bytes of the source
// that it stands for. A change is an [Edit] of those bytes; [Apply] makes the
// edits and copies everything else verbatim. Nothing is ever printed through
// an encoder, so comments, quotes, blank lines and line ends stay as they are.
//
// [Text] is the string that an expression such as Fn::Sub or Fn::Join makes,
// with the way back from a place in that string to the source. [Evaluator]
// says which values an expression can have when CloudFormation deploys it.
package cfn

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
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

	mentioned sync.Once
	values    map[string][]string // see mentions

	named      sync.Once
	conditions map[string]*Node // see condition
}

// runeStep is how far apart characters have been counted: a template may be one
// line, whose every column would else be counted from its start.
const runeStep = 1 << 10

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
		return nil, t.Errorf(root.Span.Start, "not a CloudFormation template: the document is not a mapping")
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

// A Position is a place in a template.
type Position struct {
	Offset int // bytes, from 0
	Line   int // from 1
	Column int // characters, from 1; a byte order mark counts as none
}

func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// condition returns the definition of a condition, or nil.
func (t *Template) condition(name string) *Node {
	t.named.Do(func() {
		t.conditions = map[string]*Node{}
		if section := t.Root.Get("Conditions"); section != nil {
			for _, p := range section.Pairs {
				t.conditions[p.Key.Value] = p.Value
			}
		}
	})
	return t.conditions[name]
}

// Position returns the place of a byte offset.
func (t *Template) Position(offset int) Position {
	line := sort.SearchInts(t.lines, offset+1) - 1
	if line < 0 {
		return Position{Offset: offset, Line: 1, Column: 1}
	}
	column := offset - t.lines[line]
	if !t.isASCII {
		column = t.runesBefore(offset) - t.runesBefore(t.lines[line])
	}
	return Position{Offset: offset, Line: line + 1, Column: column + 1}
}

// runesBefore returns how many characters start before a byte offset.
func (t *Template) runesBefore(offset int) int {
	step := offset / runeStep
	return t.runes[step] + runeStarts(t.Source[step*runeStep:offset])
}

// countRunes counts the characters before every runeStep bytes.
func (t *Template) countRunes() {
	n := 0
	for at := 0; ; at += runeStep {
		t.runes = append(t.runes, n)
		if at+runeStep > len(t.Source) {
			return
		}
		n += runeStarts(t.Source[at : at+runeStep])
	}
}

// runeStarts returns how many characters start in a part of UTF-8 text.
func runeStarts(src []byte) (n int) {
	for _, c := range src {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// An Error says what is wrong at one place of a template.
type Error struct {
	Position
	Message string
	Hint    string // what to do about it; may be empty
}

// Error returns "LINE:COL: message", ready to have "FILE:" put before it.
func (e *Error) Error() string { return e.Position.String() + ": " + e.Message }

// Errorf makes an [*Error] at a byte offset.
func (t *Template) Errorf(offset int, format string, args ...any) *Error {
	return &Error{Position: t.Position(offset), Message: fmt.Sprintf(format, args...)}
}

// lineStarts returns the offsets of the starts of the lines as YAML counts
// them: LF, CR LF, CR, NEL, LS and PS end a line (YAML 1.1, section 5.4).
// A byte order mark does not belong to the first line.
func lineStarts(src []byte) []int {
	starts := make([]int, 1, bytes.Count(src, []byte{'\n'})+2)
	if bytes.HasPrefix(src, []byte(bom)) {
		starts[0] = len(bom)
	}
	for i := 0; i < len(src); {
		if c := src[i]; c > '\r' && c < 0xC2 { // nearly all
			i++
			continue
		}
		n := lineBreak(src, i)
		if n == 0 {
			i++
			continue
		}
		i += n
		starts = append(starts, i)
	}
	return starts
}

// lineBreak returns the length in bytes of the line break at i, or 0.
func lineBreak[T string | []byte](s T, i int) int {
	switch s[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(s) && s[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2: // U+0085
		if i+1 < len(s) && s[i+1] == 0x85 {
			return 2
		}
	case 0xE2: // U+2028, U+2029
		if i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xA8 || s[i+2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// lineStart returns the offset at which the line of offset starts.
func (t *Template) lineStart(offset int) int {
	line := max(sort.SearchInts(t.lines, offset+1)-1, 0)
	return t.lines[line]
}

// lineEnd returns the offset of the line break that ends the line of offset,
// or of the end of the source.
func (t *Template) lineEnd(offset int) int {
	next := sort.SearchInts(t.lines, offset+1)
	if next == len(t.lines) {
		return len(t.Source)
	}
	end := t.lines[next]
	for _, n := range []int{2, 3} { // CR LF and NEL, LS and PS
		if i := end - n; i >= offset && lineBreak(t.Source, i) == n {
			return i
		}
	}
	return end - 1
}

// eol returns the line end to write at offset: the one that ends the line of
// offset, or the line before it where that is the last.
func (t *Template) eol(offset int) string {
	end := t.lineEnd(offset)
	if end == len(t.Source) && len(t.lines) > 1 {
		end = t.lineEnd(t.lines[len(t.lines)-2])
	}
	if bytes.HasPrefix(t.Source[end:], []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// indent returns the white space that puts a new line into the column of
// offset: the line's own where only white space comes before, else spaces.
func (t *Template) indent(offset int) string {
	before := string(t.Source[t.lineStart(offset):offset])
	if strings.Trim(before, " \t") == "" {
		return before
	}
	return strings.Repeat(" ", utf8.RuneCountInString(before))
}

// lineIndent returns the white space at the start of the line of offset.
func (t *Template) lineIndent(offset int) string {
	start := t.lineStart(offset)
	end := start
	for end < len(t.Source) && (t.Source[end] == ' ' || t.Source[end] == '\t') {
		end++
	}
	return string(t.Source[start:end])
}

// hasLines reports whether the template has more than one line.
func (t *Template) hasLines() bool {
	return len(t.lines) > 2 || len(t.lines) == 2 && t.lines[1] < len(t.Source)
}
