package userdata

import (
	"strings"
	"testing"
)

// TestScalars has elements of commands in cloud-config, and what Python's str writes of
// what PyYAML makes of them. "?" is for numbers and times that are not followed.
func TestScalars(t *testing.T) {
	for _, test := range [...][2]string{
		{`a`, `a`}, {`1`, `1`}, {`0`, `0`}, {`-0`, `0`}, {`+0`, `0`}, {`00`, `0`}, {`01`, `1`}, {`010`, `8`}, {`0o10`, `0o10`}, {`08`, `08`}, {`09`, `09`},
		{`0x1F`, `31`}, {`0X1F`, `0X1F`}, {`-0x1f`, `-31`}, {`+0x1f`, `31`}, {`0b101`, `5`}, {`-0b1`, `-1`}, {`1_000`, `1000`}, {`0b1_0`, `2`},
		{`0x_f`, `15`}, {`0_`, `0`}, {`1:30`, `90`}, {`1:60`, `1:60`}, {`190:20:30`, `685230`}, {`-1:30`, `-90`}, {`1:5`, `65`}, {`01:30`, `01:30`},
		{`1:30.5`, "?"}, {`+12`, `12`}, {`-12`, `-12`}, {`++1`, `++1`}, {`1.5`, "?"}, {`1.`, "?"}, {`.5`, "?"}, {`1e3`, `1e3`}, {`1.0e+3`, "?"},
		{`1.0e3`, `1.0e3`}, {`.inf`, "?"}, {`-.Inf`, "?"}, {`+.INF`, "?"}, {`.nan`, "?"}, {`.NaN`, "?"}, {`.NAN`, "?"}, {`-.nan`, `-.nan`},
		{`.`, `.`}, {`.x`, `.x`}, {`1.2.3`, `1.2.3`}, {`yes`, `True`}, {`Yes`, `True`}, {`YES`, `True`}, {`yEs`, `yEs`}, {`no`, `False`}, {`No`, `False`},
		{`NO`, `False`}, {`on`, `True`}, {`On`, `True`}, {`ON`, `True`}, {`off`, `False`}, {`Off`, `False`}, {`OFF`, `False`}, {`true`, `True`},
		{`True`, `True`}, {`TRUE`, `True`}, {`tRue`, `tRue`}, {`false`, `False`}, {`False`, `False`}, {`FALSE`, `False`}, {`~`, `None`}, {`null`, `None`},
		{`Null`, `None`}, {`NULL`, `None`}, {`nULL`, `nULL`}, {`y`, `y`}, {`n`, `n`}, {`2001-01-01`, "?"}, {`2001-1-1`, `2001-1-1`},
		{`2001-01-01T01:01:01Z`, "?"}, {`12:30:45`, `45045`}, {`12e03`, `12e03`}, {`0.`, "?"}, {`00.5`, "?"}, {`==`, `==`}, {`<<<`, `<<<`}, {`1_`, `1`},
		{`_1`, `_1`}, {`0x`, `0x`}, {`0b`, `0b`}, {`0b2`, `0b2`}, {`12345678901234567890`, `12345678901234567890`}, {`0777`, `511`}, {`0789`, `0789`},
		{`1__0`, `10`}, {`2001-01-01t1:01:01`, "?"}, {`.1_0`, "?"}, {`1:1:1.5`, "?"}, {`-1.5`, "?"}, {`+1.5`, "?"}, {`2001-01-01 01:01:01`, "?"},
		{`2001-01-01 1:01:01.5 +1:00`, "?"}, {`"1"`, `1`}, {`'yes'`, `yes`}, {`""`, ``}, {`''`, ``}, {`"a\"b"`, `a"b`}, {`'it''s'`, `it's`},
		{`it's`, `it's`},
	} {
		text := "#cloud-config\nruncmd:\n- [x, " + test[0] + "]\n"
		want := "#!/bin/sh\n'x' '" + strings.ReplaceAll(test[1], "'", `'\''`) + "'\n"
		got := readScripts(text)
		switch {
		case len(got) != 1:
			t.Errorf("%s: %v", test[0], got)
		case test[1] == "?":
			if got[0].unknown != "an element of a command in its cloud-config is not text" {
				t.Errorf("%s: %v", test[0], got[0])
			}
		case got[0].text != want || got[0].unknown != "":
			t.Errorf("%s: %q, not %q", test[0], got[0], want)
		}
	}
}

// TestCommands has lists of commands, the script that cloud-init makes of them, and why
// it is not known.
func TestCommands(t *testing.T) {
	const first = "#!/bin/sh\n"
	for _, test := range []struct{ list, text, unknown string }{
		{"[a, b]", first + "a\nb\n", ""},
		{"[]", first, ""},
		{"[a, ~, '', b]", first + "a\n\nb\n", ""},
		{"[[a, b], []]", first + "'a' 'b'\n\n", ""},
		{"[[it's, \"it's\", 'it''s']]", first + `'it'\''s' 'it'\''s' 'it'\''s'` + "\n", ""},
		{"[it's]", first + "it's\n", ""},
		{"[&x a, *x]", first + "a\na\n", ""},
		{"[[&x a, *x]]", first + "'a' 'a'\n", ""},
		{"[&x [a], *x]", first + "'a'\n'a'\n", ""},
		{"[\"a\\tb\\x41\\u0042\\U00000043\\\"\"]", first + "a\tbABC\"\n", ""},
		{"[\"a \\\n   b\"]", first + "a b\n", ""},
		{"[\"a\n   b\"]", first + "a b\n", ""},
		{"[!!str a]", first, "an item of runcmd is not known"},
		{"[\uFFFC, b]", first + "b\n", "an item of runcmd is not known"},
		{"['\uFFFC', b]", first + "\uFFFC\nb\n", ""},
		{"[a\uFFFC]", first + "a\uFFFC\n", ""},
		{"[[\uFFFC]]", first + "'\uFFFC'\n", ""},
		{"[&x [" + strings.Repeat("abcdefgh, ", 100) + "], " + strings.Repeat("*x, ", maxText/1000) + "]", "", "its runcmd is too large"},
		{"[[[a]]]", first + "'", "an element of a command in its cloud-config is not text"},
		{"[[{a: b}]]", first + "'", "an element of a command in its cloud-config is not text"},
		{"[[!!str a]]", first + "'", "an element of a command in its cloud-config is not text"},
		{"\uFFFC", "", "the value of runcmd is not known before the deployment"},
		{"[[1.5], b]", first + "'b\n", "an element of a command in its cloud-config is not text"},
	} {
		got := readScripts("#cloud-config\nruncmd: " + test.list + "\n")
		if len(got) != 1 || got[0].unknown != test.unknown || test.unknown == "" && got[0].text != test.text {
			t.Errorf("%s: %q, not %q", test.list, got, test.text)
		}
	}
	for _, list := range []string{"a", "12", "{a: b}", "[1]", "[9]", "[yes]", "[True]", "[False]", "[a, {b: c}]", "[2001-01-01]", "[1.5]"} { // cloud-init makes none of them
		if got := readScripts("#cloud-config\nruncmd: " + list + "\n"); len(got) != 0 {
			t.Errorf("%s: %q", list, got)
		}
	}
}

// TestOriginOfCommands has items of a list of commands, and where the value stands in
// them: after "^".
func TestOriginOfCommands(t *testing.T) {
	for _, marked := range []string{
		"^abc", "&abc ^abc", "'^abc'", "\"^abc\"", "&ab \"^ab\"", "'^it''s'", "\"^a\\x41\\u0041\\U00000041b\"", "\"^a\\\\b\"",
		"|\n    ^abc\n", "| # abc\n    ^abc\n", ">-\n    ^abc\n    def\n", "&abc |+\n    ^abc\n", "|\n    ^a\n     b\n", "\"^a\\\n      b\"", "\"^\u00fc\\n\u00fc\"",
	} {
		item := strings.Replace(marked, "^", "", 1)
		before := "#cloud-config\nruncmd:\n- " + "- "
		text := before + item + "\n"
		scripts := read(text).scripts
		if len(scripts) != 1 || scripts[0].unknown != "" {
			t.Errorf("%s: %v", marked, scripts)
			continue
		}
		s, at := scripts[0], len("#!/bin/sh\n'")
		want := len(before) + strings.Index(marked, "^")
		if got := s.origin(at); got != want {
			t.Errorf("%s: begins at %d, not %d", marked, got, want)
		}
		for i := at; i < len(s.text)-len("'\n"); i++ { // letters that the item has as they are come in order
			if from := s.origin(i); from < want || from >= len(text) || i > at && from < s.origin(i-1) || s.text[i] >= 'a' && s.text[i] <= 'z' && text[from] != s.text[i] {
				t.Errorf("%s: byte %d (%q) comes from %d", marked, i, s.text[i], from)
			}
		}
	}
}
