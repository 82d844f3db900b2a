package transform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// required is the value of HttpTokens that turns IMDSv1 off.
const required = "required"

// tokens makes HttpTokens required for every parameter value that CloudFormation
// accepts, as the option IMDSv1 asks for.
func (p *planner) tokens(l *launcher, options, key *cfn.Node, isLocked bool) error {
	if p.opts.keepsIMDSv1() || p.accepts(l.id, RuleIMDSv1, RuleIMDSv1Parameter) {
		return nil
	}
	pair, ok := options.Pair("HttpTokens")
	switch {
	case ok:
		return p.requireTokens(l, pair.Value, isLocked)
	case isLocked:
		return nil
	}
	e, err := edit.Add(p.t, options, edit.Pair{Key: "HttpTokens", Value: edit.Scalar(required, edit.Unquoted)})
	if err != nil {
		return err
	}
	p.change(RuleIMDSv1, l.id, key.Span, "no HttpTokens, so IMDSv1 is open: set to required", e)
	return nil
}

// requireTokens makes n, the value of HttpTokens, required by the parameter that
// decides about it, or else by a literal.
func (p *planner) requireTokens(l *launcher, n *cfn.Node, isLocked bool) error {
	if n.Kind == cfn.Scalar && n.Value == required {
		return nil
	}
	outcomes, err := p.values.Outcomes(n)
	if tooMany := (*cfn.Error)(nil); err != nil && !errors.As(err, &tooMany) {
		return err
	}
	if p.opts.IMDSv1 != IMDSv1Literal && (isLocked || err == nil && allRequired(outcomes)) {
		p.alreadyLocked(n)
		return nil
	}
	if err == nil && p.lockDriver(n, outcomes) && p.opts.IMDSv1 != IMDSv1Literal {
		return nil
	}
	e, err := edit.Replace(p.t, n, edit.Scalar(required, edit.Unquoted))
	if err != nil {
		return err
	}
	p.replaced = append(p.replaced, n)
	p.change(RuleIMDSv1, l.id, n.Span, fmt.Sprintf("HttpTokens is %s: set to required", n.Describe()), e)
	return nil
}

// lockDriver locks the one parameter that decides whether n is required. It returns
// false if there is none, or if it cannot be locked.
func (p *planner) lockDriver(n *cfn.Node, outcomes []eval.Outcome) bool {
	parameter, value := p.driver(n, outcomes)
	return parameter != "" && p.lockParameter(parameter, value)
}

// alreadyLocked records the parameter that decides about n and has one value
// left, so that a deployment passes it. CloudFormation refuses another default.
func (p *planner) alreadyLocked(n *cfn.Node) {
	for _, name := range p.values.ParametersBehind(n) {
		if values, others := p.values.Accepted(name); len(values) == 1 && !others {
			if d, ok := p.values.Default(name); ok && d != values[0] {
				p.lockParameter(name, values[0])
			}
			p.locks[name] = values[0]
		}
	}
}

func allRequired(outcomes []eval.Outcome) bool {
	for _, o := range outcomes {
		if !isRequired(o.Value) {
			return false
		}
	}
	return len(outcomes) > 0
}

// driver returns the one parameter that decides, by a condition, whether n is
// required, and the value that makes it so; "" if there is no such parameter, or
// if it decides about more than the metadata service.
func (p *planner) driver(n *cfn.Node, outcomes []eval.Outcome) (parameter, value string) {
	names := p.values.ParametersBehind(n)
	if n.Call("Fn::If") == nil || len(names) != 1 || p.t.Root().Get("Parameters", names[0]) == nil {
		return "", ""
	}
	values, _ := p.values.Accepted(names[0])
	for _, o := range outcomes {
		values = append(values, o.Parameters[names[0]].Only...)
	}
	for _, v := range values {
		if (value == "" || v == "true") && p.values.Validate(names[0], v) == nil && requiredWith(outcomes, names[0], v) {
			value = v
		}
	}
	if value == "" || !p.dedicated(names[0]) {
		return "", ""
	}
	return names[0], value
}

// requiredWith reports whether a value of a parameter alone makes tokens required.
func requiredWith(outcomes []eval.Outcome, parameter, value string) bool {
	var with []eval.Outcome
	for _, o := range outcomes {
		if o.Admits(parameter, value) {
			with = append(with, o)
		}
	}
	return allRequired(with)
}

// parameterOfAWS is what AWS's templates call the parameter for IMDSv1.
const parameterOfAWS = "DisableIMDSv1"

// dedicated reports whether nothing but MetadataOptions depends on a parameter,
// so that it can be locked without another effect.
func (p *planner) dedicated(parameter string) bool {
	if parameter == parameterOfAWS {
		return true
	}
	known, ok := p.dedications[parameter]
	if ok {
		return known
	}
	isDriven := p.values.ConditionsBehind(parameter)
	p.dedications[parameter] = true
	for _, section := range []string{"Resources", "Rules"} {
		if n := p.t.Root().Get(section); n != nil && p.uses(n, parameter, isDriven) {
			p.dedications[parameter] = false
		}
	}
	return p.dedications[parameter]
}

// uses reports whether n depends on a parameter or on one of the conditions
// that it drives, MetadataOptions aside.
func (p *planner) uses(n *cfn.Node, parameter string, isDriven map[string]bool) bool {
	switch name, arg := n.Function(); name {
	case "Ref":
		return p.values.Name(n, arg) == parameter
	case "Fn::If":
		if len(arg.Items) > 0 && isDriven[p.values.Name(arg, arg.Items[0])] {
			return true
		}
	case "Fn::Sub":
		if slices.Contains(p.values.ParametersBehind(n), parameter) {
			return true
		}
	}
	for _, pair := range n.Pairs {
		if pair.Key.Value == "MetadataOptions" {
			continue
		}
		if pair.Key.Value == "Condition" && isDriven[p.values.Name(n, pair.Value)] {
			return true
		}
		if p.uses(pair.Value, parameter, isDriven) {
			return true
		}
	}
	for _, item := range n.Items {
		if p.uses(item, parameter, isDriven) {
			return true
		}
	}
	return false
}

// lockParameter sets the default of a parameter to a value and, where the option
// is IMDSv1Lock, allows no other. It returns false where the parameter cannot
// be locked to that value.
func (p *planner) lockParameter(name, value string) bool {
	if locked, ok := p.locks[name]; ok {
		return locked == value
	}
	parameter := p.t.Root().Get("Parameters", name)
	if parameter.Kind != cfn.Mapping || len(parameter.Pairs) == 0 {
		return false
	}
	var edits []edit.Edit
	var changes []string
	quote := quoteFor(value, parameter.Get("Default"))
	change := func(what string, add []edit.Edit, err error) bool {
		edits, changes = append(edits, add...), append(changes, what)
		return err == nil
	}
	add := func(key string, v edit.Value) ([]edit.Edit, error) {
		e, err := edit.Add(p.t, parameter, edit.Pair{Key: key, Value: v})
		return []edit.Edit{e}, err
	}
	scalar := edit.Scalar(value, quote)
	if d, ok := parameter.Pair("Default"); !ok {
		e, err := add("Default", scalar)
		if !change(fmt.Sprintf("default set to %q", value), e, err) {
			return false
		}
	} else if text, ok := p.values.Default(name); !ok || text != value {
		e, err := edit.Replace(p.t, d.Value, scalar)
		if !change(fmt.Sprintf("default %q set to %q", d.Value.Value, value), []edit.Edit{e}, err) {
			return false
		}
	}
	if p.opts.IMDSv1 == IMDSv1Lock {
		what := fmt.Sprintf("no value allowed but %q", value)
		if allowed, ok := parameter.Pair("AllowedValues"); !ok {
			e, err := add("AllowedValues", edit.List(scalar))
			if !change(what, e, err) {
				return false
			}
		} else if len(allowed.Value.Items) != 1 {
			e, err := edit.KeepItem(p.t, allowed.Value, p.written(allowed.Value, value))
			if !change(what, e, err) {
				return false
			}
		}
	}
	p.locks[name] = value
	if len(edits) > 0 {
		pair, _ := p.t.Root().Get("Parameters").Pair(name)
		p.change(RuleIMDSv1Parameter, name, pair.Key.Span, "parameter leaves IMDSv1 open: "+strings.Join(changes, ", "), edits...)
	}
	return true
}

// written returns the item of a list that CloudFormation reads as a text, as it is
// written there, such as yes for "true".
func (p *planner) written(list *cfn.Node, text string) string {
	for _, item := range list.Items {
		if s, ok := cfn.ScalarText(p.t, item); ok && s == text {
			return item.Value
		}
	}
	return text
}

// isWord reports whether YAML reads a text as itself without quotes.
func isWord(text string) bool {
	for _, c := range text {
		if !strings.ContainsRune("_./-", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	plain, ok := cfn.PlainText(text)
	return ok && plain == text && text[0] != '-'
}

// quoteFor returns the quotes for a new value of a parameter: those of the old one, or
// double quotes, without which YAML reads true as a boolean.
func quoteFor(value string, old *cfn.Node) edit.Quote {
	if old == nil || old.Kind != cfn.Scalar {
		return edit.InDoubleQuotes
	}
	if q := edit.QuoteOf(old); q != edit.Unquoted || isWord(value) {
		return q
	}
	return edit.InDoubleQuotes
}
