package edit

import (
	"slices"
	"strings"
	"testing"
)

// TestVariables wants the names in the text of Fn::Sub that come from elsewhere.
func TestVariables(t *testing.T) {
	for expr, want := range map[string]string{
		`"a"`:                           "",
		`"${A} ${!B} ${C.D} ${AWS::E}"`: "A C.D AWS::E",
		`"${A}${A}"`:                    "A A",
		`"${ A }${}${ }${!}$${B}"`:      "A B",
		`"${A"`:                         "",
		`"${A}${B"`:                     "A",
		`"}${A}{"`:                      "A",
		`["${A} ${B}"]`:                 "A B",
		`["${A} ${B}", {A: x}]`:         "B",
		`["${A}", [A]]`:                 "A",
		`["${A}", {A: x}, z]`:           "",
		`[[A]]`:                         "",
		`[[A], {B: "${C}"}]`:            "",
		`{A: "${B}"}`:                   "",
		`[]`:                            "",
	} {
		tmpl := parse(t, "v: "+expr+"\n")
		if got := strings.Join(Variables(tmpl.Root().Get("v")), " "); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
	if Variables(nil) != nil {
		t.Error("nothing has variables")
	}
}

// TestTokens wants each part of the text of Fn::Sub with its place, of which none is
// left out, and the parts between two places.
func TestTokens(t *testing.T) {
	show := func(text string, tokens []token) string {
		var all []string
		for _, tok := range tokens {
			if tok.name != "" {
				all = append(all, "<"+tok.name+">"+text[tok.from:tok.to])
				continue
			}
			if tok.text != text[tok.from:tok.to] {
				t.Errorf("%q is not %q", tok.text, text[tok.from:tok.to])
			}
			all = append(all, tok.text)
		}
		return strings.Join(all, "|")
	}
	for text, want := range map[string]string{
		"":                 "",
		"a":                "a",
		"${A}":             "<A>${A}",
		"a${A}b${ B }":     "a|<A>${A}|b|<B>${ B }",
		"${!A}":            "${|A}",
		"a${!A}${!B}c${D}": "a${|A}${|B}c|<D>${D}",
		"${}a":             "${}a",
		"${ }${A}":         "${ }|<A>${A}",
		"a${A":             "a${A",
		"${A}${B":          "<A>${A}|${B",
		"$${A}$":           "$|<A>${A}|$",
		"${A${B}}":         "<A${B>${A${B}|}",
	} {
		tokens := variables(text)
		if got := show(text, tokens); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		if from := slices.IndexFunc(tokens, func(tok token) bool { return tok.name == "A" }); from > 0 {
			if got := show(text, cut(tokens, 0, tokens[from].from)); got != show(text, tokens[:from]) {
				t.Errorf("%q: before A: %s", text, got)
			}
			if got := show(text, cut(tokens, tokens[from].to, len(text))); got != show(text, tokens[from+1:]) {
				t.Errorf("%q: after A: %s", text, got)
			}
		}
	}
	if got := cut(variables("abc${D}"), 1, 2); len(got) != 1 || got[0].text != "b" {
		t.Errorf("a part is %+v", got)
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"a${B}", "a${ B }", true},
		{"a${!B}c", "a${!B}c", true},
		{"${A}", "A", false},
		{"${A}${B}", "${B}${A}", false},
		{"a", "b", false},
	} {
		if got := sameTokens(variables(test.a), variables(test.b)); got != test.want {
			t.Errorf("%q and %q make the same: %v", test.a, test.b, got)
		}
	}
}
