package cfn

import (
	"fmt"
	"strings"
	"testing"
)

// TestYAMLErrors wants an error at what is wrong, however far that is from what
// it is in.
func TestYAMLErrors(t *testing.T) {
	var long strings.Builder
	for i := range 300 {
		fmt.Fprintf(&long, "  P%d:\n    Type: String\n", i)
	}
	for _, test := range []struct{ name, src, want string }{
		{"indented less than the one above", "Parameters:\n" + long.String() + "   Last:\n    Type: String\nResources: {}\n", "602:4: not YAML: did not find expected key"},
		{"on the last line", "a:\n" + long.String() + "   b: 1", "602:4: not YAML: did not find expected key"},
		{"before comments", "a:\n  b: 1\n   # one\n c: 1\n\n # two\n # three\n\nd: 1\n", "4:2: not YAML: did not find expected key"},
		{"an item of a list", "a:\n  - b\n  - c\n - d\n", "4:2: not YAML: did not find expected key"},
		{"a key in a list", "a:\n  - b\n  c: d\n", "3:3: not YAML: did not find expected '-' indicator"},
		{"a second colon", "a:\n  b: c: d\n", "2:6: not YAML: mapping values are not allowed in this context"},
		{"a key without a colon", "a: 1\nfoo\nb: 2\n", "2:1: not YAML: could not find expected ':'"},
		{"a bracket too much", "a: 1\nb: [1, 2]]\nc: 1\n", "2:10: not YAML: did not find expected key"},
		{"a bracket of the other kind", "a: 1\nb: [1, {c: d], 2]\nc: 1\n", "2:13: not YAML: did not find expected ',' or '}'"},
		{"a bracket not closed", "a: 1\nb:\n  - [1, 2\n  - c\nd: 1\n", "5:1: not YAML: did not find expected ',' or ']'"},
		{"a bracket open at the end", "a: 1\nb: [1,\n  2,\n", "4:1: not YAML: did not find expected node content"},
		{"a quote open at the end", "a: 1\nb: \"x\nc: 1\nd: 2\n", "2:1: not YAML: found unexpected end of stream"},
		{"an escape", "a: \"\n  x\n  y \\q z\"\n", "3:5: not YAML: found unknown escape character"},
		{"a tab as indentation", "a:\n\tb: c\n", "2:1: not YAML: a tab, where YAML takes only spaces"},
		{"a tab far below", "a:\n" + long.String() + "\tb: c\n", "602:1: not YAML: a tab, where YAML takes only spaces"},
		{"a tab after a dash", "a:\n  b:\n    -\tone\n    -\ttwo\n", "3:6: not YAML: a tab, where YAML takes only spaces"},
		{"characters of several bytes", "ä: ö\nü:\n  - é\n  ö: 𝄞𝄞𝄞\n", "4:3: not YAML: did not find expected '-' indicator"},
		{"a byte order mark", bom + "a: b: c\n", "1:4: not YAML: mapping values are not allowed in this context"},
		{"CRLF", "a: 1\r\nb:\r\n    c: 1\r\n  d: 1\r\n", "4:3: not YAML: did not find expected key"},
		{"the second document", "a: 1\n---\nb: c: d\n", "3:4: not YAML: mapping values are not allowed in this context"},
		{"the start of a character", "a: \xe2\x80", "1:4: invalid UTF-8 byte 0xe2"},
		{"the start of a line break", "a: \xc2", "1:4: invalid UTF-8 byte 0xc2"},
		{"a list open at the end", "a: 1\n\nb: [1,\n  2\n\n", "3:1: not YAML: did not find expected ',' or ']'"},
		{"braces open at the end", "a: 1\nb: {c: 1\n", "2:1: not YAML: did not find expected ',' or '}'"},
		{"a bracket closed by the other", "a: [b}\n", "1:6: not YAML: did not find expected ',' or ']'"},
		{"a tab after indented comments", "a: 1\n  # c\n   # d\n\tb: 1\n", "4:1: not YAML: a tab, where YAML takes only spaces"},
		{"after a comment that looks like it", "a: b\n\n\n  # c: d: e\n  f: g: h\n", "5:3: not YAML: did not find expected key"},
		{"indented more than the one above", "a:\n  b: c\n    d: e\n", "3:5: not YAML: mapping values are not allowed in this context"},
		{"a list after a block scalar", "a: |\n x\n- b\n", "3:1: not YAML: did not find expected key"},
		{"an anchor without a name", "a: &\n", "1:4: not YAML: did not find expected alphabetic or numeric character"},
		{"at the start", "@\n", "1:1: not YAML: found character that cannot start any token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.src))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
