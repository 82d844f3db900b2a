package transform

import (
	"strings"
	"testing"
)

// TestRepeated wants each text that the rounds of loops make of one, and "?" for
// what they have of values that are not known.
func TestRepeated(t *testing.T) {
	a := loop{variable: "A", values: []string{"x", "y-z"}}
	b := loop{variable: "B", values: []string{"1"}, untold: true}
	many := loop{variable: "M", values: strings.Fields(strings.Repeat("v ", maxRepeated))}
	for _, test := range []struct {
		text  string
		loops []loop
		want  string
	}{
		{"L", nil, "L"},
		{"L", []loop{a}, "L"},
		{"L${A}", nil, "L${A}"},
		{"L${A}", []loop{a}, "Lx Ly-z"},
		{"L&{A}", []loop{a}, "Lx Ly-z Lyz"},
		{"L${B}", []loop{a}, "L${B}"},
		{"L${A}${B}", []loop{a, b}, "Lx1 Lx? Ly-z1 Ly-z?"},
		{"&{B}L&{B}", []loop{b}, "1L1 ?L?"},
		{"${A}&{A}", []loop{a}, "xx y-zy-z y-zyz"},
		{"L${C}", []loop{{variable: "C"}}, ""},
		{"${B}${M}", []loop{b, many}, "1? ??"},
	} {
		got := strings.ReplaceAll(strings.Join(repeated(test.text, test.loops), " "), untold, "?")
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
	if got := len(repeated("${M}", []loop{many})); got != maxRepeated {
		t.Errorf("%d texts of %d values", got, maxRepeated)
	}
}

// TestMaybeSame compares texts in which "?" may be anything.
func TestMaybeSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"a", "ab", false},
		{"a?", "a", true}, {"a?", "ab", true}, {"a?", "b", false}, {"a?b", "axb", true}, {"a?b", "ab", true}, {"a?b", "axc", false},
		{"ab?ba", "aba", false}, {"?", "", true}, {"x?y?z", "xz", true}, {"x?y?z", "xa", false},
		{"a?", "ab?", true}, {"a?", "b?", false}, {"a?b", "a?c", true},
	} {
		a, b := strings.ReplaceAll(test.a, "?", untold), strings.ReplaceAll(test.b, "?", untold)
		if maybeSame(a, b) != test.want || maybeSame(b, a) != test.want {
			t.Errorf("%s and %s: got %v, %v", test.a, test.b, maybeSame(a, b), maybeSame(b, a))
		}
	}
}
