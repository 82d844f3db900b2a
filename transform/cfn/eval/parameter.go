package eval

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A parameter is what the section Parameters says about one parameter.
type parameter struct {
	name     string
	node     *cfn.Node
	kind     string   // its Type
	allowed  []string // the AllowedValues, nil if there are none or not all are known
	standard *string  // the Default, nil if there is none or it is not known
	isList   bool
	isNumber bool
	isStored bool // its value is the name of a value in the SSM parameter store
}

// readParameters reads the section Parameters.
func (e *Evaluator) readParameters() {
	section := e.t.Root().Get("Parameters")
	if section == nil {
		return
	}
	loops := loopVariables(e.t.Root())
	e.parameters = make(map[string]*parameter, len(section.Pairs))
	all := make([]parameter, len(section.Pairs))
	for i, pair := range section.Pairs {
		p := &all[i]
		p.name, p.node = pair.Key.Value, pair.Value
		p.kind, _ = cfn.ScalarText(e.t, p.node.Get("Type"))
		p.isList = p.kind == "CommaDelimitedList" || strings.HasPrefix(p.kind, "List<")
		p.isNumber = p.kind == "Number"
		p.isStored = strings.HasPrefix(p.kind, "AWS::SSM::Parameter::Value")
		if d, ok := cfn.ScalarText(e.t, p.node.Get("Default")); ok {
			p.standard = &d
		}
		p.allowed = e.allowedValues(p.node)
		if !loops[p.name] { // a Ref to that name may be to the variable of a loop
			e.parameters[p.name] = p
		}
	}
}

// loopVariables returns the names of the variables of each Fn::ForEach.
func loopVariables(root *cfn.Node) map[string]bool {
	names := map[string]bool{}
	for n := range root.All {
		for _, p := range n.Pairs {
			if strings.HasPrefix(p.Key.Value, "Fn::ForEach::") && len(p.Value.Items) > 0 {
				names[p.Value.Items[0].Value] = true
			}
		}
	}
	return names
}

// allowedValues returns the AllowedValues of a parameter, or nil if there are none
// or not all are known.
func (e *Evaluator) allowedValues(parameter *cfn.Node) []string {
	list := parameter.Get("AllowedValues")
	if list == nil || list.Kind != cfn.Sequence {
		return nil
	}
	var values []string
	for _, item := range list.Items {
		v, ok := cfn.ScalarText(e.t, item)
		if !ok {
			return nil
		}
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// list returns the items of a list parameter, "a, b".
func (p *parameter) list(e *Evaluator, value string) Value {
	v := Value{Kind: List, at: p.node.Span.Start}
	for _, item := range strings.Split(value, ",") {
		v.Items = append(v.Items, e.text(v.at, []piece{{text: strings.TrimSpace(item)}}))
	}
	return v
}

// ref returns the value of Ref: that of a parameter, or of a resource, which is unknown.
func (e *Evaluator) ref(at int, name string) Value {
	if name == "AWS::NoValue" {
		return Value{Kind: NoValue, at: at}
	}
	p := e.parameters[name]
	given, isGiven := e.given[name]
	isPseudo := strings.HasPrefix(name, "AWS::")
	switch {
	case p != nil && p.isStored && e.inRules:
		// Whether a rule sees the name that is passed or the value is not documented.
		return e.unknown(at, "what a rule sees of "+name+" is not known", "rule "+name)
	case p != nil && p.isStored || p == nil && !isPseudo && !isGiven:
		return e.resource(at, "Ref", name)
	}
	return e.variableValue(e.variable(name, func() *variable {
		x := &variable{at: at, reason: name + " may have any value", parameter: p, isPseudo: isPseudo}
		switch {
		case isGiven:
			x.only = []string{given}
		case p == nil:
			x.accepts = pseudoAccepts(name)
		case p.isList: // its AllowedValues hold for each item
		case p.allowed != nil:
			x.only = p.allowed
		default:
			x.accepts = func(text string) bool { return e.refusal(p, text) == "" }
		}
		return x
	}))
}

// Accepted returns the values that are known to be accepted for a parameter: its
// AllowedValues, or else its default; and whether CloudFormation accepts others
// too. For a list parameter they are values of its items. A value that is given is
// the only one.
func (e *Evaluator) Accepted(parameter string) (values []string, others bool) {
	if v, ok := e.given[parameter]; ok {
		return []string{v}, false
	}
	p := e.parameters[parameter]
	switch {
	case p == nil:
		return nil, true
	case p.allowed != nil:
		return slices.Clone(p.allowed), p.isList
	case p.standard != nil:
		return []string{*p.standard}, true
	}
	return nil, true
}

// Default returns the default of a parameter. It returns false if there is none, or
// if it is not certain how CloudFormation reads it; see [cfn.ScalarText].
func (e *Evaluator) Default(parameter string) (string, bool) {
	p := e.parameters[parameter]
	if p == nil || p.standard == nil {
		return "", false
	}
	return *p.standard, true
}

// Defaults returns the defaults of the parameters that have one.
func (e *Evaluator) Defaults() map[string]string {
	values := map[string]string{}
	for name, p := range e.parameters {
		if p.standard != nil {
			values[name] = *p.standard
		}
	}
	return values
}

// Validate returns an error if CloudFormation does not accept a value for a
// parameter, or if there is no such parameter. The error is a [*cfn.Error] at the
// parameter. It returns nil if that is not certain, as with an AllowedPattern that
// only Java understands.
func (e *Evaluator) Validate(name, value string) error {
	p := e.parameters[name]
	if p == nil {
		err := e.t.Errorf(e.t.Root().Span.Start, "there is no parameter %q", name)
		return err
	}
	if why := e.refusal(p, value); why != "" {
		return e.t.Errorf(p.node.Span.Start, "parameter %s does not accept %q, %s", name, value, why)
	}
	return nil
}

// IsMasked reports whether a value is what CloudFormation returns in the place of that
// of a parameter with NoEcho: asterisks ("Properties" on the page "Parameters" of the
// User Guide).
func (e *Evaluator) IsMasked(name, value string) bool {
	p := e.parameters[name]
	if p == nil || value == "" || strings.Trim(value, "*") != "" {
		return false
	}
	echo := p.node.Get("NoEcho")
	return echo != nil && (echo.Kind != cfn.Scalar || strings.EqualFold(echo.Value, "true"))
}

// refusal says why CloudFormation does not accept a value for a parameter, or "" if
// that is not certain ("Properties" on the page "Parameters" of the User Guide).
func (e *Evaluator) refusal(p *parameter, value string) string {
	items := []string{value}
	if p.isList {
		items = strings.Split(value, ",")
	}
	for _, item := range items {
		if p.isList {
			item = strings.TrimSpace(item)
		}
		if p.allowed != nil && !p.isStored && !slices.Contains(p.allowed, item) {
			return "only " + strings.Join(p.allowed, ", ")
		}
	}
	switch {
	case p.isList || p.isStored: // what is passed for one of these is a name
		return ""
	case p.isNumber:
		return e.refusedNumber(p, value)
	}
	return e.refusedText(p, value)
}

// refusedText says why CloudFormation does not accept a value for a String. Java
// counts characters beyond ASCII in another way.
func (e *Evaluator) refusedText(p *parameter, value string) string {
	if length := utf8.RuneCountInString(value); length == len(value) {
		if least := e.bound(p, "MinLength"); least != nil && float64(length) < *least {
			return fmt.Sprintf("only %g characters or more", *least)
		}
		if most := e.bound(p, "MaxLength"); most != nil && float64(length) > *most {
			return fmt.Sprintf("only %g characters or fewer", *most)
		}
	}
	if allowed, ok := cfn.ScalarText(e.t, p.node.Get("AllowedPattern")); ok && allowed != "" && !matches(allowed, value) {
		return "only what matches " + allowed
	}
	return ""
}

// partOfNumber are the characters of all numbers that Java may read, NaN and
// Infinity included.
const partOfNumber = "+-.0123456789abcdefABCDEFxXpPlL_ NIntiy"

// refusedNumber says why CloudFormation does not accept a value for a Number.
func (e *Evaluator) refusedNumber(p *parameter, value string) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		if value == "" || strings.Trim(value, partOfNumber) != "" {
			return "only a number"
		}
		return ""
	}
	switch least, most := e.bound(p, "MinValue"), e.bound(p, "MaxValue"); {
	case least != nil && n < *least:
		return fmt.Sprintf("only %g or more", *least)
	case most != nil && n > *most:
		return fmt.Sprintf("only %g or less", *most)
	}
	return ""
}

// bound returns a limit of a parameter, or nil if there is none that is certain.
func (e *Evaluator) bound(p *parameter, name string) *float64 {
	s, ok := cfn.ScalarText(e.t, p.node.Get(name))
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &n
}

// commonPattern matches the regular expressions that Java and Go read alike, for
// texts of ASCII without control characters.
var commonPattern = pattern(`^([-a-zA-Z0-9_ ,:;@/=%"'^$.*+?|()]|\\[dw.$/-]|\[\^?([-a-zA-Z0-9_ ,:;@/=%"'.*+?|()$]|\\[dw./-])+\]|\{[0-9]+(,[0-9]*)?\})*$`)

// matches reports whether a value matches an AllowedPattern as a whole, or whether
// that is not certain.
func matches(allowed, value string) bool {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return true
	}
	if !commonPattern().MatchString(allowed) || strings.Contains(allowed, "(?") {
		return true
	}
	re, err := regexp.Compile(`^(?:` + allowed + `)$`)
	return err != nil || re.MatchString(value)
}
