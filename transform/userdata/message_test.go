package userdata

import (
	"strings"
	"testing"
)

// shownMessage is a message in short: its fields, and its payload or its parts.
func shownMessage(text string, m *message) string {
	var b strings.Builder
	for _, f := range m.fields {
		b.WriteString(f.name + "=" + f.value + ";")
	}
	if m.odd != "" {
		return b.String() + "!" + m.odd
	}
	if m.parts == nil {
		return b.String() + "{" + text[m.body:m.end] + "}"
	}
	b.WriteString("[")
	for _, p := range m.parts {
		b.WriteString(shownMessage(text, p))
	}
	return b.String() + "]"
}

// multi is the header of a multipart, with a type that is not shown.
const multi = "Content-Type: multipart/mixed; boundary="

// TestParseMessage reads messages as Python's email package does.
func TestParseMessage(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "{}"},
		{"A: b\nC:d\n\nx\ny\n", "A=b;C=d;{x\ny\n}"},
		{"A: b\n c\n\td\nE:\t f\n\nx", "A=b\n c\n\td;E=f;{x}"},
		{" x\nA: b\n\ny", "A=b;{y}"},
		{"From x\nA: b\n\ny", "A=b;{y}"},
		{"A: b\nFrom x\nC: d\n\ny", "A=b;C=d;!a line in the header of a part begins with From"},
		{"A: b\nx\nC: d\n", "A=b;{x\nC: d\n}"},
		{"A: b\nx y: z\n", "A=b;{x y: z\n}"},
		{"A: b\n:x\n\ny", "A=b;!a line in the header of a part begins with a colon"},
		{"A: b\r\nC: d\r\n\r\nx\r\n", "A=b;C=d;{x\r\n}"},
		{"A: b\rC: d\r\rx", "A=b;C=d;{x}"},
		{"A~!: b\n\nx", "A~!=b;{x}"},
		{"A\x7f: b\n\nx", "{A\x7f: b\n\nx}"},
		{"\x7fA: b\n\nx", "{\x7fA: b\n\nx}"},
		{"\x01: b\n\nx", "{\x01: b\n\nx}"},
		{"A", "{A}"},
		{"A:", "A=;{}"},

		{multi + "B\n\n--B\nA: b\n\nx\n--B\n\ny\n\n--B--\nz\n", "[A=b;{x}{y\n}]"},
		{multi + "B\r\n\r\n--B\r\n\r\nx\r\n--B--\r\n", "[{x}]"},
		{multi + "B\r\r--B\r\rx\r--B--\r", "[{x}]"},
		{multi + "B\n\n--B\n\nx\n\r\n--B--\n", "[{x\n}]"},
		{multi + "B\n\np\n--Bx\n--B \t\n\nx\n--B--x\n--B-- \ny\n--B\n\nz\n", "[{x\n--B--x}]"},
		{multi + "B\n\n--B\n--B\nA: b\n\nx\n--B--\n", "[A=b;{x}]"},
		{multi + "B\n\n--B\n\nx\n", "[{x}]"},
		{multi + "\"B \"\n\n--B\n\nx\n--B--\n", "[{x}]"},
		{multi + "B\n\n--B\n" + multi + "C\n\n--C\n\nx\n--C\n\ny\n--B\n\nz\n--B--\n", "[[{x}{y}]{z}]"},
		{multi + "B\n\n--B\n" + multi + "C\n\n--C\n\nx\n--C--\ne\n--B--\n", "[[{x}]]"},
		{"Content-Type: multipart/mixed\n\n--B\n\nx\n", "{--B\n\nx\n}"},
		{"Content-Type: text/plain; boundary=B\n\n--B\n\nx\n--B--\n", "{--B\n\nx\n--B--\n}"},
		{"Content-Type: message/rfc822\n\nx", "!it has a part of type message/rfc822"},
		{"Content-Type: multipart/digest; boundary=B\n\nx", "!it has a part of type multipart/digest"},
		{multi + "\uFFFC\n\n--\uFFFC\n\nx\n", "!its boundary is not known before the deployment"},
		{multi + "\uE000\n\n--\uE000\n\nx\n--\uE001--\n", "[{x\n--\uE001--}]"},
		{multi + "B\n\n--B\n" + multi + "\uE000\n\n--\uE000\n\nx\n", "[!its boundary is not known before the deployment]"},
		{multi + "\uE000\n\n--\uE000\n" + multi + "B\n\n--B\n\nx\n", "[!its boundary is not known before the deployment]"},
	} {
		m := parseMessage(test.text)
		got := shownMessage(test.text, m)
		for _, boundary := range []string{"B", "C", "\"B \"", "\uFFFC", "\uE000"} {
			got = strings.ReplaceAll(got, "Content-Type=multipart/mixed; boundary="+boundary+";", "")
		}
		if strings.HasPrefix(got, "Content-Type=") {
			_, got, _ = strings.Cut(got, ";")
			got = strings.TrimPrefix(got, " boundary=B;")
		}
		if got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
		if at := strings.Index(test.text, "\n--"); m.parts != nil && m.insert <= at {
			t.Errorf("%q: parts are put at %d", test.text, m.insert)
		}
	}
}

// TestNestedMessages has multiparts in multiparts, of which only so many are followed.
func TestNestedMessages(t *testing.T) {
	nested := func(depth int) string {
		text := ""
		for i := range depth {
			b := strings.Repeat("x", i+1)
			text += multi + b + "\n\n--" + b + "\n"
		}
		return text + "\nend\n"
	}
	if odd := parseMessage(nested(maxNesting)).oddity(); odd != "" {
		t.Error(odd)
	}
	if odd := parseMessage(nested(maxNesting + 1)).oddity(); odd != "its multiparts are nested too deep" {
		t.Errorf("too deep: %q", odd)
	}
	var leaves []string
	text := multi + "B\n\n--B\n\na\n--B\n" + multi + "C\n\n--C\n\nb\n--C--\n--B\n\nc\n--B--\n"
	parseMessage(text).leaves(func(m *message) { leaves = append(leaves, text[m.body:m.end]) })
	if got := strings.Join(leaves, " "); got != "a b c" {
		t.Errorf("leaves: %q", got)
	}
	text = multi + "B\n\n--B\nFrom: x\n\na\n--B\nA: b\nFrom x\n\n--B--\n"
	if odd := parseMessage(text).oddity(); odd != "a line in the header of a part begins with From" {
		t.Errorf("the second part: %q", odd)
	}
}

// TestContentType has the values of fields Content-Type, and what they mean.
func TestContentType(t *testing.T) {
	for header, want := range map[string]string{
		"":                                     "text/plain",
		"Content-Type:\n":                      "text/plain",
		"Content-Type: text\n":                 "text/plain",
		"Content-Type: a/b/c\n":                "text/plain",
		"CONTENT-type: Text/X ; a=b\n":         "text/x",
		"Content-Type: a/b\nContent-Type: c/d": "a/b",
		"Content-Type: a/\uE000\n":             "a/\uE000",
		"Content-Type: \uFFFC\n":               "\uFFFC",
		"Content-Types: a/b\n":                 "text/plain",
	} {
		if got := parseMessage(header + "\n").contentType(); got != want {
			t.Errorf("%q: %q, not %q", header, got, want)
		}
	}
}

// TestIsPythonSpace has the characters that str.strip of Python 3 takes away, and
// those beside them.
func TestIsPythonSpace(t *testing.T) {
	for _, r := range "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000" {
		if !isPythonSpace(r) {
			t.Errorf("%U is white space", r)
		}
	}
	for _, r := range "\x08\x0e\x1b!\u0084\u0086\u009f\u00a1\u167f\u1681\u1fff\u200b\u2027\u202a\u202e\u2030\u205e\u2060\u2fff\u3001\ufeff" {
		if isPythonSpace(r) {
			t.Errorf("%U is no white space", r)
		}
	}
}
