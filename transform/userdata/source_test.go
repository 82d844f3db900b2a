package userdata

import "testing"

// TestSource has texts that are made of others, and where each byte comes from.
func TestSource(t *testing.T) {
	const text = "ab\r\ncd\r\nef"
	for _, test := range []struct {
		name string
		made source
		text string
		from []int
	}{
		{"whole", whole("abc", 5), "abc", []int{5, 6, 7, 8}},
		{"a slice", whole("abcdef", 5).slice(2, 4), "cd", []int{7, 8, 9}},
		{"the whole slice", whole("abc", 0).slice(0, 3), "abc", []int{0, 1, 2, 3}},
		{"no slice", whole("abc", 3).slice(1, 1), "", []int{0}},
		{"replaced", whole("a--b--", 10).replaced("--", "+"), "a+b+", []int{10, 11, 13, 14}},
		{"nothing replaced", whole("ab", 1).replaced("x", "y"), "ab", []int{1, 2, 3}},
		{"replaced by nothing", whole("xaxb", 0).replaced("x", ""), "ab", []int{1, 3, 4}},
		{"DOS", whole(text, 0).unix(), "ab\ncd\nef", []int{0, 1, 2, 4, 5, 6, 8, 9}},
		{"Unix first", whole("a\nb\r\n", 0).unix(), "a\nb\r\n", []int{0, 1, 2, 3, 4, 5}},
		{"a line end first", whole("\nb\r\n", 0).unix(), "\nb\r\n", []int{0, 1, 2, 3}},
		{"DOS at once", whole("\r\nb\r\n", 0).unix(), "\nb\n", []int{0, 2, 3}},
		{"no line end", whole("ab\r", 0).unix(), "ab\r", []int{0, 1, 2}},
		{"a slice of replaced", whole("a--b--c", 0).replaced("--", "+").slice(1, 4), "+b+", []int{1, 3, 4}},
		{"a slice within a run that is not verbatim", source{"abcd", []run{{0, 7, false}, {2, 9, true}}}.slice(1, 3), "bc", []int{7, 9, 10}},
		{"nothing", source{}, "", []int{0}},
	} {
		if test.made.text != test.text {
			t.Errorf("%s: %q, not %q", test.name, test.made.text, test.text)
		}
		for at, want := range test.from {
			if got := test.made.origin(at); got != want {
				t.Errorf("%s: byte %d comes from %d, not %d", test.name, at, got, want)
			}
		}
	}
	var c composer
	c.add("a", 3)
	c.add("b", 3)
	c.copy(whole("xyz", 3), 0, 2)
	c.copy(whole("xyz", 3), 2, 3)
	c.copy(whole("xyz", 3), 0, 1)
	if got := c.source(); got.text != "abxyzx" || len(got.runs) != 3 {
		t.Errorf("%v", got)
	}
}

// TestSpelling has commands in the ways in which blocks and lists write them.
func TestSpelling(t *testing.T) {
	commands := []string{"a", "b \"c\""}
	here := []string{"cat <<X", "y", "X"}
	for _, test := range []struct {
		like     string
		commands []string
		want     string
	}{
		{"  - x\n", commands, Begin + "\n- a\n- b \"c\"\n" + End + "\n"},
		{"x\n  - y\n", commands, Begin + "\n- a\n- b \"c\"\n" + End + "\n"},
		{"-x\n", commands, Begin + "\na\nb \"c\"\n" + End + "\n"},
		{"  \"x\",\n", commands, Begin + "\n\"a\",\n\"b \\\"c\\\"\",\n" + End + "\n"},
		{"  \"x\"\n", commands, Begin + "\na\nb \"c\"\n" + End + "\n"},
		{"x,\n", commands, Begin + "\na\nb \"c\"\n" + End + "\n"},
		{"", commands, Begin + "\na\nb \"c\"\n" + End + "\n"},
		{"- x\n", here, Begin + "\n- |\n  cat <<X\n  y\n  X\n" + End + "\n"},
		{"\"x\",\n", here, Begin + "\n\"cat <<X\\ny\\nX\\n\",\n" + End + "\n"},
		{"x\n", here, Begin + "\ncat <<X\ny\nX\n" + End + "\n"},
	} {
		if got := join(linesLike(test.like, test.commands), "\n"); got != test.want {
			t.Errorf("like %q: %q, not %q", test.like, got, test.want)
		}
	}
	if got := indented([]string{"a", "b"}, "  ", "\r\n"); got != "  a\r\n  b\r\n" {
		t.Errorf("%q", got)
	}
	for text, want := range map[string]string{"a\r\nb\n": "\r\n", "a\nb\r\n": "\n", "\n": "\n", "\r\n": "\r\n", "": "\n", "\r": "\n", "\na\r\n": "\n"} {
		if got := eolOf(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestPlaceholders has the characters that stand for what is not known.
func TestPlaceholders(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "\uE000": "\uFFFC", "a\uE000b\uEFFFc": "a\uFFFCb\uFFFCc", "\uFFFC": "\uFFFC", "\uF000": "\uF000", "\uD7FF": "\uD7FF", "\uED00x": "\uFFFCx", "\xee\x80": "\xee\x80", "\xee\x80x": "\xee\x80x", "\xee": "\xee", "": "", "x\uE001": "x\uFFFC",
	} {
		if got := Unnamed(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for text, want := range map[string]bool{"a": false, "\uE000": true, "\uEFFF": true, "a\uFFFC": true, "\uF000": false, "\uFFFD": false, "": false} {
		if hasPlaceholder(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
	if got := shown("a\uE000b\uFFFC"); got != "a…b…" {
		t.Errorf("%q", got)
	}
}
