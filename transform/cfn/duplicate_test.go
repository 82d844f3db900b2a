package cfn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDuplicates wants the last of equal keys to count, and the others to be
// listed with both places.
func TestDuplicates(t *testing.T) {
	var many strings.Builder
	for i := range 10 {
		fmt.Fprintf(&many, "k%d: %d\n", i, i)
	}
	for _, test := range []struct {
		name, src, key, want string
		duplicates           []string
	}{
		{"none", "a: 1\nb: {a: 2}\n", "a", "1", nil},
		{"two", "a: 1\nb: 2\na: 3\n", "a", "3", []string{"1:1 by 3:1"}},
		{"three", "a: 1\n\"a\": 2\na: 3\n", "a", "3", []string{"1:1 by 3:1", "2:1 by 3:1"}},
		{"among many", many.String() + "k3: last\n", "k3", "last", []string{"4:1 by 11:1"}},
		{"JSON", `{"a": 1, "b": {"c": 1, "c": 2}, "\u0061": 3}`, "a", "3", []string{"1:16 by 1:24", "1:2 by 1:33"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			if got := tmpl.Root().Get(test.key).Value; got != test.want {
				t.Errorf("%s is %s, want %s", test.key, got, test.want)
			}
			var got []string
			for _, d := range tmpl.Duplicates() {
				got = append(got, fmt.Sprintf("%v by %v", tmpl.Position(d.Pair.Key.Span.Start), tmpl.Position(d.Last.Key.Span.Start)))
			}
			if diff := cmp.Diff(test.duplicates, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for n := range tmpl.Root().All {
				seen := map[string]bool{}
				for _, p := range n.Pairs {
					if seen[p.Key.Value] {
						t.Errorf("%q is twice among the pairs", p.Key.Value)
					}
					seen[p.Key.Value] = true
				}
			}
		})
	}
}

// TestUsesShortForm wants functions to be added as the template writes its own.
func TestUsesShortForm(t *testing.T) {
	for src, want := range map[string]bool{
		"a: b\n":                   true,
		"a: !Ref b\n":              true,
		"a: {Ref: b}\n":            false,
		"a: {Ref: b}\nc: !Sub d":   true,
		`{"a": {"Ref": "b"}}`:      false,
		`{"a": "b"}`:               false,
		"a:\n  Fn::Base64: !Sub b": true,
	} {
		if got := parse(t, src).UsesShortForm(); got != want {
			t.Errorf("%q: got %v", src, got)
		}
	}
}
