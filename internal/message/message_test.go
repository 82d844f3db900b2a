package message

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// TestErrorsAndNotes expects names with control characters in them to begin no line of
// their own, in a log or in an answer.
func TestErrorsAndNotes(t *testing.T) {
	at := cfn.Position{Line: 1, Column: 2}
	err := fmt.Errorf("wrapped: %w", &cfn.Error{Position: at, Message: "no \n\x1b[1m\u0085é", Hint: "take\r\nno"})
	if got, want := Error("a\nb", err), `a\nb:wrapped: 1:2: no \n\x1b[1m\u0085é`+"\nhint: "+`take\r\nno`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	notes := []transform.Finding{{Kind: transform.KindNote, Start: at, Message: "L\nT"}}
	if got, want := Notes("a\nb", notes), `a\nb:1:2: note: L\nT`+"\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestUnseen expects what turns the direction of writing, ends a line or has no
// picture to be seen, in a message and in JSON, which stays the same document.
func TestUnseen(t *testing.T) {
	name := "a\u202eb\u2066c\u200fd\u061ce\u2028f\u00a0g\u009bh\x7fi\u200bj\U000e0001k é漢🙂"
	want := `a\u202eb\u2066c\u200fd\u061ce\u2028f\u00a0g\u009bh\x7fi\u200bj\U000e0001k é漢🙂`
	if got := Line(name); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]string{name: name}); err != nil {
		t.Fatal(err)
	}
	safe := SafeJSON(plain.Bytes())
	if i := bytes.IndexFunc(safe, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q at %d", safe[i:], i)
	}
	var back map[string]string
	if err := json.Unmarshal(safe, &back); err != nil || back[name] != name {
		t.Errorf("%v: %q", err, back)
	}
}

func TestTruncate(t *testing.T) {
	lines := strings.Repeat("a line with é\n", 100)
	for n := 40; n < 120; n++ {
		got := Truncate(lines, n)
		if len(got) > n || !utf8.ValidString(got) || !strings.HasSuffix(got, "é\n(and more)") {
			t.Errorf("%d: %q", n, got)
		}
		if got := Truncate(strings.Repeat("é", 100), n); len(got) > n || !utf8.ValidString(got) || !strings.HasPrefix(got, "éé") {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := Truncate("short", 5); got != "short" {
		t.Errorf("%q", got)
	}
}

// TestLine expects a line to be harmless to a terminal and to a runner, and a
// harmless one to stay as it is.
func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"plain é 世界 \xff ## heading #1 a::b": "plain é 世界 \xff ## heading #1 a::b",
		"\x1b]0;title\a":             `\x1b]0;title\a`,
		"a\u202eb\u2066c":            `a\u202eb\u2066c`,
		"a\u2028b":                   `a\u2028b`,
		"::stop-commands::x":         `\x3a:stop-commands::x`,
		"  ::set-output name=a::b":   `  \x3a:set-output name=a::b`,
		"a ##[error]b":               `a \x23#[error]b`,
		"a ##vso[task.setvariable]b": `a \x23#vso[task.setvariable]b`,
		"###[x]":                     `#\x23#[x]`,
	} {
		if got := Line(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestName expects a name to be no option, no command and no control sequence.
func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"nodes.yaml":      "nodes.yaml",
		"-":               "-",
		"-w.yaml":         "./-w.yaml",
		"::error::.yaml":  "./::error::.yaml",
		" ::error::.yaml": "./ ::error::.yaml",
		"b\xff.yaml":      "b\xff.yaml",
		"\x1b[31m.yaml":   `"\033[31m.yaml"`,
		"\u202ea.yaml":    `"\342\200\256a.yaml"`,
		"a##[debug]b":     `"a\043\043[debug]b"`,
		"-\n\"\\":         `"./-\n\"\\"`,
	} {
		if got := Name(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
