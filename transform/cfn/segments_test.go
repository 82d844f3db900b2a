package cfn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSegments wants the parts of a scalar's text: those that stand for themselves
// by their source, others as SOURCE -> TEXT.
func TestSegments(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"plain", "a b:c", `"a b:c"`},
		{"plain over lines", "a  b  \n   c\n\n\n  d", `"a  b", "  \n   " -> " ", "c", "\n\n\n  " -> "\n\n", "d"`},
		{"single quotes", "'it''s \\n'", `"it", "''" -> "'", "s \\n"`},
		{"single quotes over lines", "' a \n\n b '", `" a", " \n\n " -> "\n", "b "`},
		{"double quotes", `"a \"b\" \\ c '"`, `"a ", "\\\"" -> "\"", "b", "\\\"" -> "\"", " ", "\\\\" -> "\\", " c '"`},
		{"escapes of one character", `"\0\a\b\t\n\v\f\r\e"`, `"\\0" -> "\x00", "\\a" -> "\a", "\\b" -> "\b", "\\t" -> "\t", "\\n" -> "\n", "\\v" -> "\v", "\\f" -> "\f", "\\r" -> "\r", "\\e" -> "\x1b"`},
		{"escaped blanks", `"\ \N\_\L\P"`, `"\\ " -> " ", "\\N" -> "\u0085", "\\_" -> "\u00a0", "\\L" -> "\u2028", "\\P" -> "\u2029"`},
		{"hexadecimal escapes", `"\x41\u00e9\U0001F600x"`, `"\\x41" -> "A", "\\u00e9" -> "\u00e9", "\\U0001F600" -> "\U0001f600", "x"`},
		{"double quotes over lines", "\"a \n b\n\n  c\"", `"a", " \n " -> " ", "b", "\n\n  " -> "\n", "c"`},
		{"an escaped line break", "\"a \\\n  \\ b\\\n\n\n c\"", `"a ", "\\\n  " -> "", "\\ " -> " ", "b", "\\\n\n\n " -> "\n\n", "c"`},
		{"an escaped CRLF", "\"a\\\r\n  b\"", `"a", "\\\r\n  " -> "", "b"`},
		{"literal", "|\n  a\n   b\n\n  c\n", `"a", "\n  " -> "\n", " b", "\n" -> "\n", "\n  " -> "\n", "c", "\n" -> "\n"`},
		{"literal with CRLF", "|\r\n  a\r\n\r\n  b\r\n", `"a", "\r\n" -> "\n", "\r\n  " -> "\n", "b", "\r\n" -> "\n"`},
		{"literal that strips", "|-\n  a\n\n", `"a"`},
		{"literal that keeps", "|+ # c\n  a\n\n", `"a", "\n" -> "\n", "\n" -> "\n"`},
		{"literal with an indicator", "|1\n   a\n  b\n", `"  a", "\n " -> "\n", " b", "\n" -> "\n"`},
		{"literal with spaces on an empty line", "|\n  a\n     \n \n  b\n", `"a", "\n  " -> "\n", "   ", "\n " -> "\n", "\n  " -> "\n", "b", "\n" -> "\n"`},
		{"literal that begins with an empty line", "|\n\n  a\n", `"\n  " -> "\n", "a", "\n" -> "\n"`},
		{"literal without a line end", "|\n  a", `"a"`},
		{"an empty literal", "|\n", ""},
		{"a literal of empty lines", "|+\n\n\n", "none"},
		{"folded", ">\n  a\n  b\n", `"a", "\n  " -> " ", "b", "\n" -> "\n"`},
		{"folded with empty lines", ">\n  a\n\n  b\n\n\n  c\n", `"a", "\n" -> "", "\n  " -> "\n", "b", "\n" -> "", "\n" -> "\n", "\n  " -> "\n", "c", "\n" -> "\n"`},
		{"folded with more indentation", ">\n  a\n   b\n   c\n  d\n\n   e\n\n  f\n", `"a", "\n  " -> "\n", " b", "\n  " -> "\n", " c", "\n  " -> "\n", "d", "\n" -> "\n", "\n  " -> "\n", " e", "\n" -> "\n", "\n  " -> "\n", "f", "\n" -> "\n"`},
		{"folded that begins with an empty line", ">\n\n  a\n  b\n", `"\n  " -> "\n", "a", "\n  " -> " ", "b", "\n" -> "\n"`},
		{"folded that strips", ">-\n  a\n\n  b\n\n", `"a", "\n" -> "", "\n  " -> "\n", "b"`},
		{"folded that keeps", ">+\n  a\n\n\n", `"a", "\n" -> "\n", "\n" -> "\n", "\n" -> "\n"`},
		{"a tag", "!!str 'a'", `"a"`},
		{"an empty one", "", ""},
		{"a line break of one and two bytes", "|\n  a\u0085  b\r  c\n", `"a", "\u0085  " -> "\n", "b", "\r  " -> "\n", "c", "\n" -> "\n"`},
		{"a line break that stays", "|\n  a\u2028  b\n", "none"},
		{"JSON", `{"v": "a'\"\/\\\b\f\n\r\t"}`, `"a'", "\\\"" -> "\"", "\\/" -> "/", "\\\\" -> "\\", "\\b" -> "\b", "\\f" -> "\f", "\\n" -> "\n", "\\r" -> "\r", "\\t" -> "\t"`},
		{"JSON with escapes of characters", `{"v": "\u0041\u00E9 \ud83d\ude00x"}`, `"\\u0041" -> "A", "\\u00E9" -> "\u00e9", " ", "\\ud83d\\ude00" -> "\U0001f600", "x"`},
		{"JSON with a half", `{"v": "\ud83dx\ude00"}`, `"\\ud83d" -> "\ufffd", "x", "\\ude00" -> "\ufffd"`},
		{"JSON with a half and another character", `{"v": "\ud83d\u0041"}`, `"\\ud83d" -> "\ufffd", "\\u0041" -> "A"`},
		{"JSON with two first halves", `{"v": "\ud83d\ud83d\ude00"}`, `"\\ud83d" -> "\ufffd", "\\ud83d\\ude00" -> "\U0001f600"`},
		{"JSON with a half at the end", `{"v": "\ud83d"}`, `"\\ud83d" -> "\ufffd"`},
		{"JSON with a half before another escape", `{"v": "\ud83d\n0000"}`, `"\\ud83d" -> "\ufffd", "\\n" -> "\n", "0000"`},
		{"JSON with spaces", `{"v": "a  b "}`, `"a  b "`},
		{"JSON with a number", `{"v": 1.50}`, `"1.50"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := test.src
			if !strings.HasPrefix(src, "{") {
				src = "v: " + src
				if !strings.HasSuffix(src, "\n") && !strings.HasSuffix(src, "a") {
					src += "\nw: 1\n"
				}
			}
			tmpl := parse(t, src)
			got := shownSegments(t, tmpl, tmpl.Root().Get("v"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// shownSegments shows the parts of a scalar's text, and fails unless they are all of it
// in order.
func shownSegments(t *testing.T, tmpl *Template, n *Node) string {
	t.Helper()
	segments, ok := tmpl.Segments(n)
	var shown []string
	at := 0
	for _, s := range segments {
		text, source := n.Value[s.Text.Start:s.Text.End], tmpl.src[s.Source.Start:s.Source.End]
		switch {
		case s.Text.Start != at:
			t.Errorf("a segment at %v, want it at %d", s.Text, at)
		case !s.Exact:
			shown = append(shown, fmt.Sprintf("%+q -> %+q", source, text))
		case ok && text != source:
			t.Errorf("%q is not %q", text, source)
		default:
			shown = append(shown, fmt.Sprintf("%+q", text))
		}
		at = s.Text.End
	}
	if !ok {
		return "none"
	}
	all := strings.Join(shown, ", ")
	if at != len(n.Value) {
		t.Errorf("%s are not %q", all, n.Value)
	}
	return all
}
