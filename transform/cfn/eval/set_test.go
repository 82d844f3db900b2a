package eval

import (
	"slices"
	"testing"
)

// universe has every text that the sets of allSets name, and "z" for all others.
var universe = [...]string{"a", "b", "c", "z"}

// allSets returns every set of the texts before "z", and every set without some of
// them.
func allSets() (all []set) {
	for bits := range 8 {
		names := []string{} // not nil: none
		for i, name := range universe[:3] {
			if bits>>i&1 == 1 {
				names = append(names, name)
			}
		}
		all = append(all, set{only: names}, set{except: names})
	}
	return all
}

// checkSet holds a set to what is wanted of each text, and to having none twice.
func checkSet(t *testing.T, what string, s set, want func(string) bool) {
	t.Helper()
	for _, text := range universe {
		if s.admits(text) != want(text) {
			t.Errorf("%s: %+v admits %s: %v", what, s, text, s.admits(text))
		}
	}
	for _, list := range [][]string{s.only, s.except} {
		if sorted := slices.Sorted(slices.Values(list)); len(slices.Compact(sorted)) != len(list) {
			t.Errorf("%s: %+v has a text twice", what, s)
		}
	}
}

// TestSets holds sets, and what they make together, to what they say of each text.
func TestSets(t *testing.T) {
	for _, s := range allSets() {
		checkSet(t, "itself", s, func(text string) bool {
			return slices.Contains(s.only, text) || s.only == nil && !slices.Contains(s.except, text)
		})
		for _, other := range allSets() {
			checkSet(t, "and", s.and(other), func(text string) bool { return s.admits(text) && other.admits(text) })
			checkSet(t, "or", s.or(other), func(text string) bool { return s.admits(text) || other.admits(text) })
		}
	}
}

// TestSetWithout takes a text out of the sets that admit it, as fork does.
func TestSetWithout(t *testing.T) {
	for _, s := range allSets() {
		for _, without := range []string{"a", "c"} {
			if s.admits(without) {
				checkSet(t, "without "+without, s.without(without), func(text string) bool { return s.admits(text) && text != without })
			}
		}
	}
}

// TestSetIsOne wants the sets to be told apart that admit one text.
func TestSetIsOne(t *testing.T) {
	for _, s := range allSets() {
		if s.isOne() != (len(s.only) == 1) {
			t.Errorf("%+v is one: %v", s, s.isOne())
		}
	}
}

// TestSetIsAll asks whether a set admits all that a variable can be.
func TestSetIsAll(t *testing.T) {
	free, few := &variable{}, &variable{only: []string{"a", "b"}}
	for _, test := range []struct {
		s    set
		x    *variable
		want bool
	}{
		{set{}, free, true},
		{set{except: []string{"a"}}, free, false},
		{set{only: []string{"a"}}, free, false},
		{set{only: []string{}}, free, false},
		{set{only: []string{"b", "a"}}, few, true},
		{set{only: []string{"a"}}, few, false},
	} {
		if got := test.s.isAll(test.x); got != test.want {
			t.Errorf("%+v is all: %v", test.s, got)
		}
	}
}

// TestWorlds holds what two worlds say together, and what either says, to what
// they say of each variable.
func TestWorlds(t *testing.T) {
	x, y, z := &variable{index: 1}, &variable{index: 2, only: []string{"a", "b"}}, &variable{index: 3}
	a, b, notA := set{only: []string{"a"}}, set{only: []string{"b"}}, set{except: []string{"a"}}
	w := func(facts ...fact) world { return facts }
	for _, test := range []struct {
		name    string
		v, w    world
		and, or string
	}{
		{"one variable", w(fact{x, a}), w(fact{x, notA}), "none", ""},
		{"one that is two texts", w(fact{y, a}), w(fact{y, b}), "none", ""},
		{"one of many texts", w(fact{x, a}), w(fact{x, b}), "none", `1 ["b" "a"] [];`},
		{"two in order", w(fact{x, a}), w(fact{z, b}), `1 ["a"] [];3 ["b"] [];`, "none"},
		{"two the other way", w(fact{z, b}), w(fact{x, a}), `1 ["a"] [];3 ["b"] [];`, "none"},
		{"the same", w(fact{x, a}, fact{z, b}), w(fact{x, a}, fact{z, b}), `1 ["a"] [];3 ["b"] [];`, `1 ["a"] [];3 ["b"] [];`},
		{"one of two differs", w(fact{x, a}, fact{z, b}), w(fact{x, a}, fact{z, a}), "none", `1 ["a"] [];3 ["a" "b"] [];`},
		{"and comes to all", w(fact{x, b}, fact{y, b}), w(fact{x, b}, fact{y, a}), "none", `1 ["b"] [];`},
		{"both differ", w(fact{x, a}, fact{z, b}), w(fact{x, notA}, fact{z, a}), "none", "none"},
		{"a narrower one", w(fact{x, notA}), w(fact{x, b}), `1 ["b"] [];`, `1 [] ["a"];`},
		{"nothing and something", nil, w(fact{x, a}), `1 ["a"] [];`, ""},
		{"something after", w(fact{x, a}), w(fact{x, a}, fact{y, b}, fact{z, b}), `1 ["a"] [];2 ["b"] [];3 ["b"] [];`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			show := func(w world, ok bool) string {
				if !ok {
					return "none"
				}
				return w.key()
			}
			if got := show(test.v.and(test.w)); got != test.and {
				t.Errorf("and: got %s, want %s", got, test.and)
			}
			if len(test.v) != len(test.w) {
				return
			}
			if got := show(test.v.or(test.w)); got != test.or {
				t.Errorf("or: got %s, want %s", got, test.or)
			}
		})
	}
	before := w(fact{x, a}, fact{z, b})
	if got := before.with(y, a).key(); got != `1 ["a"] [];2 ["a"] [];3 ["b"] [];` {
		t.Errorf("with: %s", got)
	}
	if got := before.with(z, a).key(); got != `1 ["a"] [];3 ["a"] [];` {
		t.Errorf("with another: %s", got)
	}
	if got := before.withoutFact(x).key() + before.withoutFact(y).key(); got != `3 ["b"] [];1 ["a"] [];3 ["b"] [];` {
		t.Errorf("without: %s", got)
	}
	if got := before.key(); got != `1 ["a"] [];3 ["b"] [];` {
		t.Errorf("it has changed to %s", got)
	}
}

// TestValuesString wants an example of values, and those that are among them.
func TestValuesString(t *testing.T) {
	for _, test := range []struct {
		v         Values
		want      string
		has, lack []string
	}{
		{Values{}, "any value", []string{"", "a"}, nil},
		{Values{Only: []string{"a", "b"}}, "a", []string{"a", "b"}, []string{"c", ""}},
		{Values{Only: []string{"", "b"}}, `""`, []string{""}, []string{"a"}},
		{Values{except: []string{"a"}}, "any other value", []string{"b"}, []string{"a"}},
		{Values{except: []string{"a"}, standard: "dev"}, "dev", []string{"dev", "b"}, []string{"a"}},
		{Values{Only: []string{}}, "any value", nil, []string{"a"}},
	} {
		if got := test.v.String(); got != test.want {
			t.Errorf("%+v: got %s, want %s", test.v, got, test.want)
		}
		o := Outcome{Parameters: map[string]Values{"P": test.v}}
		for _, value := range test.has {
			if !o.Admits("P", value) || !o.Admits("Q", value) {
				t.Errorf("%+v does not have %q", test.v, value)
			}
		}
		for _, value := range test.lack {
			if o.Admits("P", value) {
				t.Errorf("%+v has %q", test.v, value)
			}
		}
	}
	o := Outcome{Parameters: map[string]Values{"Q": {}, "P": {Only: []string{"a"}}}}
	if got := o.String() + (Outcome{}).String(); got != "P=a, Q=any value" {
		t.Errorf("got %s", got)
	}
}

// TestEqual compares values that two expressions have.
func TestEqual(t *testing.T) {
	const template = `
Parameters: {P: {Type: String}, Q: {Type: String}, T: {Type: String, AllowedValues: [a, b]}, U: {Type: String, AllowedValues: [b]}, L: {Type: CommaDelimitedList}, N: {Type: Number}}
Mappings: {M: {a: {k: v}}}
Value: [`
	for _, test := range []struct {
		a, b  string
		some  bool
		every bool
	}{
		{"a", "a", true, true},
		{"a", "b", false, false},
		{"!Ref P", "a", true, false},
		{"!Ref P", "!Sub '${P}'", true, true},
		{"!Ref P", "!Ref Q", true, false},
		{"!Ref P", "!Sub 'x${P}'", false, false},
		{"!Sub 'a${P}'", "!Sub 'b${P}'", false, false},
		{"!Sub '${P}'", "!Join ['', [!Ref P]]", true, true},
		{"!GetAtt A.B", "!GetAtt A.B", true, true},
		{"!GetAtt A.B", "{'Fn::GetAtt': [A, B]}", true, true},
		{"!GetAtt A.B", "!GetAtt A.C", true, false},
		{"!Ref A", "!Ref B", true, false},
		{"!ImportValue a", "{'Fn::ImportValue': a}", true, true},
		{"!ImportValue a", "!ImportValue b", true, false},
		{"!GetAZs {A: b}", "!GetAZs {A: b}", true, true},
		{"!GetAZs {A: b}", "!GetAZs {A: c}", true, false},
		{"!GetAZs {A: b}", "!GetAZs {B: b}", true, false},
		{"!GetAZs [a, b]", "!GetAZs [a, b]", true, true},
		{"!GetAZs [a, b]", "!GetAZs [a, [b]]", true, false},
		{"!GetAZs [1.50]", "!GetAZs [1.5]", true, false},
		{"!GetAZs [*x]", "!GetAZs [*x]", true, true},
		{"!GetAZs [*x]", "!GetAZs [*y]", true, false},
		{"[a, b]", "[a, b]", true, true},
		{"[a, b]", "[a, c]", true, false},
		{"[a, b]", "[a, b, c]", true, false},
		{"{a: b}", "{a: b}", true, true},
		{"{a: b}", "{a: c}", true, false},
		{"{a: b}", "{c: b}", true, false},
		{"[a, b]", "a", true, false},
		{"!Ref AWS::NoValue", "!Ref AWS::NoValue", true, true},
		{"!Ref L", "a", true, false},
		{"!Ref N", "1", true, false},
		{"!Base64 {Ref: P}", "!Base64 {Ref: P}", true, true},
		{"!Base64 {Ref: P}", "!Base64 {Ref: Q}", true, false},
		{"!FindInMap [M, b, k]", "!FindInMap [M, b, k]", false, false},
	} {
		tmpl := parse(t, "X: &x 1\nY: &y 1"+template+test.a+", "+test.b+"]\n")
		e := New(t.Context(), tmpl, nil)
		var values []Value
		for _, n := range tmpl.Root().Get("Value").Items {
			all, err := e.Outcomes(n)
			if err != nil || len(all) != 1 {
				t.Fatalf("%s, %s: %v, %v", test.a, test.b, all, err)
			}
			values = append(values, all[0].Value)
		}
		if some, every := e.Equal(values[0], values[1]); some != test.some || every != test.every {
			t.Errorf("%s, %s: got %v, %v", test.a, test.b, some, every)
		}
		if some, every := e.Equal(values[1], values[0]); some != test.some || every != test.every {
			t.Errorf("%s, %s: got %v, %v", test.b, test.a, some, every)
		}
	}
}

// TestEqualIn compares values in deployments that have all of some outcomes.
func TestEqualIn(t *testing.T) {
	tmpl := parse(t, `
Parameters: {P: {Type: String}, Q: {Type: String, AllowedValues: [a, b, c]}}
Conditions: {A: !Equals [!Ref P, a], B: !Equals [!Ref P, b]}
P: !Ref P
A: !If [A, a, other]
B: !If [B, b, other]
`)
	e := New(t.Context(), tmpl, nil)
	get := func(key string, i int) Outcome {
		all, err := e.Outcomes(tmpl.Root().Get(key))
		if err != nil {
			t.Fatal(err)
		}
		return all[i]
	}
	p := get("P", 0).Value
	isA, notA, isB := get("A", 0), get("A", 1), get("B", 0)
	for _, test := range []struct {
		name        string
		value       string
		in          []Outcome
		some, every bool
	}{
		{"a", "a", []Outcome{isA}, true, true},
		{"a and all", "a", []Outcome{isA, get("P", 0)}, true, true},
		{"not a", "a", []Outcome{notA}, false, false},
		{"b, not a", "b", []Outcome{notA}, true, false},
		{"b and not a", "b", []Outcome{notA, isB}, true, true},
		{"a and b", "a", []Outcome{isA, isB}, false, true}, // there is no such deployment
	} {
		if some, every := e.Equal(p, text(test.value), test.in...); some != test.some || every != test.every {
			t.Errorf("%s: got %v, %v", test.name, some, every)
		}
	}
}

// TestKey wants values that differ to have keys that differ, and the same to have the
// same.
func TestKey(t *testing.T) {
	x, y := &variable{index: 1}, &variable{index: 2}
	of := func(pieces ...piece) Value { return Value{Kind: Unknown, pieces: pieces} }
	list := func(items ...Value) Value { return Value{Kind: List, Items: items} }
	values := []Value{
		text(""), text("a"), text("$1"), {Kind: NoValue}, invalid(1, "x"), invalid(2, "x"),
		of(piece{variable: x}), of(piece{variable: y}), of(piece{text: "a"}, piece{variable: x}), of(piece{variable: x}, piece{text: "a"}),
		list(), list(text("a")), list(text("a"), text("b")), list(text("a,b")), list(list(text("a"), text("b"))), list(list(text("a")), text("b")),
		{Kind: Object}, {Kind: Object, Fields: []Field{{"a", text("b")}}}, {Kind: Object, Fields: []Field{{"b", text("a")}}}, {Kind: Object, Fields: []Field{{"a", text("b")}, {"c", text("d")}}},
	}
	for i, v := range values {
		for k, w := range values {
			if (v.key() == w.key()) != (i == k) {
				t.Errorf("%+v has the key %s, %+v %s", v, v.key(), w, w.key())
			}
		}
	}
}
