package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMutate lists all mutants of small functions.
func TestMutate(t *testing.T) {
	for _, test := range []struct {
		src  string
		want []string
	}{
		{"if a < b { c() }", []string{
			"return at once:  if true { return  };if a < b { c() }",
			"drop the statement: ",
			"negate the condition: if !(a < b) { c() }",
			"< is <=: if a <= b { c() }",
			"< is >=: if a >= b { c() }",
			"drop the statement: if a < b {  }",
		}},
		{"x := 1; x = 2", []string{
			"return at once:  if true { return  };x := 1; x = 2",
			"drop the statement: x := 1; ",
			"one more: x := (1 + 1); x = 2",
			"one more: x := 1; x = (2 + 1)",
		}},
		{"if !a { b() } else { c() }", []string{
			"return at once:  if true { return  };if !a { b() } else { c() }",
			"drop the statement: ",
			"negate the condition: if !(!a) { b() } else { c() }",
			"swap the branches: if !a { c() } else { b() }",
			"drop the negation: if a { b() } else { c() }",
			"drop the statement: if !a {  } else { c() }",
			"drop the statement: if !a { b() } else {  }",
		}},
		{`switch a { case "", "b", true: c() }`, []string{
			`return at once:  if true { return  };switch a { case "", "b", true: c() }`,
			"drop the statement: ",
			"drop the case: switch a {  }",
			`drop the statement: switch a { case "", "b", true:  }`,
			`some text for none: switch a { case "mutant", "b", true: c() }`,
			`no text: switch a { case "", "", true: c() }`,
			`true is false: switch a { case "", "b", false: c() }`,
		}},
	} {
		const before, after = "package p\nfunc f() {", "}\n"
		mutants, err := mutate("p.go", []byte(before+test.src+after))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range mutants {
			body := strings.TrimSuffix(strings.TrimPrefix(string(m.Source()), before), after)
			got = append(got, m.what+": "+body)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", test.src, strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
		}
	}
}

// TestPlace tests where a mutant is said to be, and that its diff shows whole
// lines.
func TestPlace(t *testing.T) {
	mutants, err := mutate("p.go", []byte("package p\n\nfunc f() int {\n\treturn 1\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	last := mutants[len(mutants)-1]
	if got, want := last.diff(), "-\treturn 1\n+\treturn (1 + 1)\n"; got != want {
		t.Errorf("got the diff\n%swant\n%s", got, want)
	}
	if !strings.HasSuffix(last.place(), "p.go:4") {
		t.Errorf("it is at %s, not at line 4", last.place())
	}
}

// TestResults tests that a mutant may return at once from functions with any
// results.
func TestResults(t *testing.T) {
	for _, test := range []struct{ results, want string }{
		{"(a int, err error)", "return "},
		{"([]int, error)", "return *new([]int), *new(error)"},
	} {
		mutants, err := mutate("p.go", []byte("package p\nfunc f() "+test.results+" { panic(0) }\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(mutants[0].Source()); !strings.Contains(got, "{ if true { "+test.want+" }; panic(0) }") {
			t.Errorf("%s: %s", test.results, got)
		}
	}
}

// TestTry tries a mutant that a test notices, one that none does, and one that
// does not compile.
func TestTry(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module p\n\ngo 1.26\n",
		"p.go":      "package p\n\nfunc F() int { return 1 }\n\nfunc G() int { return 2 }\n\nvar x [len(\"a\")]int = [1]int{}\n",
		"p_test.go": "package p\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) {\n\tif F() != 1 {\n\t\tt.Fail()\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	packages, err := list(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	if err := measure(t.Context(), packages); err != nil {
		t.Fatal(err)
	}
	mutants, err := find(packages, "p.go")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, m := range mutants {
		a := try(t.Context(), m)
		switch {
		case a.err != nil:
			t.Fatal(a.err)
		case a.invalid:
			got["invalid"]++
		default:
			got[a.by]++
		}
	}
	if want := map[string]int{"TestF": 2, "": 2, "invalid": 4}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
