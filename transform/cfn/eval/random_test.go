package eval_test

import (
	"fmt"
	"math/rand/v2"
)

// A generator makes random templates.
type generator struct {
	*rand.Rand
	template   map[string]any
	texts      []string // names of what is one text
	lists      []string // names of list parameters
	conditions []string

	// plain makes only what can be decided: comparisons of one parameter with a
	// literal.
	plain bool
}

func (g *generator) word() string {
	return []string{"a", "b", "true", "prod", "prod-x", "a-b", "", "us-east-1", "us-east-1-x"}[g.IntN(9)]
}

// some returns a few words that differ.
func (g *generator) some() []any {
	words := []any{"a", "b", "true", "prod"}
	g.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return words[:1+g.IntN(3)]
}

// newTemplate returns the template of a seed.
func newTemplate(seed uint64, plain bool) map[string]any {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), plain: plain}
	parameters := map[string]any{}
	g.template = map[string]any{
		"Parameters": parameters,
		"Mappings":   map[string]any{"M": map[string]any{"a": map[string]any{"x": "a", "y": "prod"}, "prod": map[string]any{"x": "b", "y": "true"}}},
		"Conditions": map[string]any{},
	}
	for _, name := range []string{"P", "Q", "R"}[:1+g.IntN(3)] {
		parameter := map[string]any{"Type": "String"}
		parameters[name] = parameter
		switch n := g.IntN(10); {
		case n == 0 && !plain:
			parameter["Type"] = "CommaDelimitedList"
			g.lists = append(g.lists, name)
		case n == 1 && !plain:
			parameter["Type"] = "AWS::SSM::Parameter::Value<String>"
			g.texts = append(g.texts, name)
			continue
		default:
			g.texts = append(g.texts, name)
		}
		if g.IntN(2) == 0 {
			parameter["AllowedValues"] = g.some()
		}
		if g.IntN(2) == 0 {
			parameter["Default"] = g.some()[0]
			if allowed, ok := parameter["AllowedValues"].([]any); ok {
				parameter["Default"] = allowed[0]
			}
		}
	}
	g.texts = append(g.texts, "AWS::Region")
	for i := range 1 + g.IntN(3) {
		name := fmt.Sprintf("C%d", i)
		g.template["Conditions"].(map[string]any)[name] = g.condition(0)
		g.conditions = append(g.conditions, name)
	}
	if g.IntN(4) == 0 {
		g.template["Rules"] = map[string]any{"Rule": g.rule(), "Rule2": g.rule()}
	}
	g.template["Value"] = g.result(0)
	return g.template
}

func fn(name string, args ...any) any { return map[string]any{name: args} }

func (g *generator) ref() any { return map[string]any{"Ref": g.texts[g.IntN(len(g.texts))]} }

// text returns an expression that makes a text.
func (g *generator) text(depth int) any {
	n := g.IntN(20)
	if g.plain {
		n %= 12
	}
	switch {
	case depth > 2 || n < 6:
		return g.ref()
	case n < 8:
		return map[string]any{"Fn::Sub": "${" + g.texts[g.IntN(len(g.texts))] + "}"}
	case n < 10:
		return fn("Fn::Join", "-", []any{g.ref(), "x"})
	case n < 12:
		return fn("Fn::Sub", "a-${v}", map[string]any{"v": g.ref()})
	}
	return g.madeText(n, depth)
}

// madeText returns an expression whose text the template may not tell.
func (g *generator) madeText(n, depth int) any {
	switch {
	case n == 12:
		return fn("Fn::Join", []string{"", "-"}[g.IntN(2)], []any{g.text(depth + 1), g.text(depth + 1)})
	case n == 13:
		return fn("Fn::Select", []string{"0", "1"}[g.IntN(2)], fn("Fn::Split", "-", g.text(depth+1)))
	case n == 14:
		return map[string]any{"Fn::Base64": g.text(depth + 1)}
	case n == 15 && len(g.conditions) > 0:
		return fn("Fn::If", g.conditions[g.IntN(len(g.conditions))], g.text(depth+1), g.text(depth+1))
	case n == 16 && len(g.lists) > 0:
		return fn("Fn::Join", ",", map[string]any{"Ref": g.lists[0]})
	case n == 17 && len(g.lists) > 0:
		return fn("Fn::Select", "0", map[string]any{"Ref": g.lists[0]})
	case n == 18:
		return fn("Fn::FindInMap", "M", g.text(depth+1), []string{"x", "y"}[g.IntN(2)], map[string]any{"DefaultValue": g.word()})
	case n == 19:
		return fn("Fn::FindInMap", "M", g.text(depth+1), []string{"x", "y"}[g.IntN(2)])
	}
	return g.word()
}

func (g *generator) condition(depth int) any {
	n := g.IntN(20)
	switch {
	case n < 4 && len(g.conditions) > 0:
		return map[string]any{"Condition": g.conditions[g.IntN(len(g.conditions))]}
	case n < 7 && depth < 2:
		return fn("Fn::Not", g.condition(depth+1))
	case n < 11 && depth < 2:
		return fn([]string{"Fn::And", "Fn::Or"}[g.IntN(2)], g.condition(depth+1), g.condition(depth+1))
	case n < 14 && !g.plain:
		return fn("Fn::Equals", g.text(0), g.text(0))
	case n < 17:
		return fn("Fn::Equals", g.text(0), g.word())
	}
	return fn("Fn::Equals", g.word(), g.text(0))
}

// rule returns a rule about parameters.
func (g *generator) rule() any {
	rule := map[string]any{}
	if g.IntN(2) == 0 {
		rule["RuleCondition"] = fn("Fn::Equals", g.ref(), g.word())
	}
	var assertions []any
	for range 1 + g.IntN(2) {
		assertions = append(assertions, map[string]any{"Assert": g.assertion(0)})
	}
	rule["Assertions"] = assertions
	return rule
}

// assertion returns what a rule asserts.
func (g *generator) assertion(depth int) any {
	switch n := g.IntN(6); {
	case n == 0:
		return fn("Fn::Not", fn("Fn::Equals", g.ref(), g.word()))
	case n == 1:
		return fn("Fn::EachMemberIn", []any{g.ref()}, g.some())
	case n < 4 && depth == 0:
		return fn([]string{"Fn::And", "Fn::Or"}[n-2], g.assertion(1), g.assertion(1))
	}
	return fn("Fn::Contains", g.some(), g.ref())
}

// result returns what a property can be.
func (g *generator) result(depth int) any {
	switch n := g.IntN(10); {
	case depth < 2 && n < 7:
		return fn("Fn::If", g.conditions[g.IntN(len(g.conditions))], g.result(depth+1), g.result(depth+1))
	case n == 7 && !g.plain:
		return g.text(1)
	case n == 8:
		return map[string]any{"Ref": "AWS::NoValue"}
	}
	return []string{"required", "optional"}[g.IntN(2)]
}
