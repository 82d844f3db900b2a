package edit

import (
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// maxTexts is the largest number of texts that [Texts] returns.
const maxTexts = 64

// A Choice is the side that a text takes of every Fn::If with a condition.
type Choice struct {
	Condition *cfn.Node // its name
	Holds     bool
}

// Conditions lists the conditions under which the expression makes the text, as
// "HasProxy" or "HasProxy, not IsArm". It is "" if the text depends on none.
func (x *Text) Conditions() string {
	var names []string
	for _, c := range x.choices {
		name := c.Condition.Value
		if !c.Holds {
			name = "not " + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// Choices returns the sides that the text takes, each condition once. The caller must not
// write into them.
func (x *Text) Choices() []Choice { return x.choices }

// Texts returns the strings that an expression can make: one, or several if an
// Fn::If around it, in an Fn::Join or in the variables of an Fn::Sub chooses. One
// condition takes the same side everywhere in a text. An expression that is not
// text, such as Ref, is all placeholder. The error is a [*cfn.Error] at the
// Fn::If with which there are more than maxTexts.
func Texts(t *cfn.Template, n *cfn.Node) ([]*Text, error) {
	var texts []*Text
	open := [][]Choice{nil}
	for len(open) > 0 {
		choices := open[len(open)-1]
		open = open[:len(open)-1]
		r := &reader{Text: &Text{template: newWriter(t), choices: choices}, leaves: map[*cfn.Node]*leaf{}}
		r.node = r.chosen(n)
		r.read(r.node)
		if r.undecided == nil {
			r.String = r.text.String()
			texts = append(texts, r.Text)
			continue
		}
		if len(texts)+len(open)+2 > maxTexts {
			e := t.Errorf(r.undecided.Span.Start, "more than %d texts are possible here", maxTexts)
			e.Hint = "choose whole texts with one Fn::If instead of their parts with many"
			return nil, e
		}
		for _, holds := range []bool{false, true} { // the last is read next
			open = append(open, append(slices.Clone(choices), Choice{r.undecided, holds}))
		}
	}
	return texts, nil
}

// A reader reads one text. It stops at the first condition without a choice.
type reader struct {
	*Text
	text      strings.Builder
	leaves    map[*cfn.Node]*leaf
	undecided *cfn.Node // the name of that condition
}

// chosen returns the branch that the choices take of an Fn::If, or n itself.
func (r *reader) chosen(n *cfn.Node) *cfn.Node {
	for r.undecided == nil {
		arg := n.Call("Fn::If")
		if arg == nil || len(arg.Items) != 3 || arg.Items[0].Kind != cfn.Scalar {
			break
		}
		i := slices.IndexFunc(r.choices, func(c Choice) bool { return c.Condition.Value == arg.Items[0].Value })
		switch {
		case i < 0:
			r.undecided = arg.Items[0]
		case r.choices[i].Holds:
			n = arg.Items[1]
		default:
			n = arg.Items[2]
		}
	}
	return n
}

// read appends what an expression makes.
func (r *reader) read(n *cfn.Node) {
	n = r.chosen(n)
	if r.undecided != nil {
		return
	}
	name, arg := n.Function()
	switch {
	case n.Kind == cfn.Scalar:
		r.scalar(n)
	case name == "Fn::Sub" && r.sub(subText(arg)):
	case name == "Fn::Join" && len(arg.Items) == 2 && arg.Items[0].Kind == cfn.Scalar && r.isList(arg.Items[1]):
		r.join(arg.Items[0].Value, r.chosen(arg.Items[1]))
	default:
		r.placeholder(nil, token{name: describe(n)}, n)
	}
}

// describe names what a placeholder stands for.
func describe(n *cfn.Node) string {
	switch name, arg := n.Function(); {
	case name == "Ref" && arg.Kind == cfn.Scalar && arg.Value != "":
		return arg.Value
	case name != "":
		return name
	}
	return n.Describe()
}

func (r *reader) isList(n *cfn.Node) bool {
	n = r.chosen(n)
	return n.Kind == cfn.Sequence || r.undecided != nil
}

// join appends the items of a list. AWS::NoValue is not one of them.
func (r *reader) join(delimiter string, list *cfn.Node) {
	isFirst, after := true, 0
	for i, item := range list.Items {
		item = r.chosen(item)
		if r.undecided != nil {
			return
		}
		if item.IsNoValue() {
			continue
		}
		if !isFirst {
			r.text.WriteString(delimiter)
		}
		isFirst = false
		r.places = append(r.places, itemPlace{r.text.Len(), list, i, after, delimiter})
		after = i + 1
		r.read(item)
	}
}

// leaf returns the leaf of a scalar, or nil if its text cannot be followed to the
// source.
func (r *reader) leaf(n *cfn.Node, isSub bool) *leaf {
	l, ok := r.leaves[n]
	if !ok {
		if segments, ok := r.template.Segments(n); ok {
			l = &leaf{node: n, segments: segments, isSub: isSub}
		}
		r.leaves[n] = l
	}
	if l != nil {
		l.times++
	}
	return l
}

func (r *reader) scalar(n *cfn.Node) {
	r.literal(r.leaf(n, false), token{text: n.Value, to: len(n.Value)})
}

// literal appends text of a scalar.
func (r *reader) literal(l *leaf, t token) {
	start := r.text.Len()
	r.text.WriteString(t.text)
	r.runs = append(r.runs, run{start: start, end: r.text.Len(), leaf: l, from: t.from, to: t.to})
}

// placeholder appends what only the deployment knows: an expression, or nil for a
// variable of Fn::Sub.
func (r *reader) placeholder(l *leaf, t token, of *cfn.Node) {
	start := r.text.Len()
	r.text.WriteString(Placeholder)
	r.runs = append(r.runs, run{start: start, end: r.text.Len(), leaf: l, from: t.from, to: t.to, name: t.name, of: of})
}

// sub appends the text of Fn::Sub, in which its own variables have their values.
// It returns false if there is no text.
func (r *reader) sub(n, own *cfn.Node) bool {
	if n == nil {
		return false
	}
	l := r.leaf(n, true)
	tokens := variables(n.Value)
	if len(tokens) == 0 {
		r.literal(l, token{})
	}
	for _, t := range tokens {
		value := own.Get(t.name)
		if value != nil {
			value = r.chosen(value)
		}
		if r.undecided != nil {
			return true
		}
		switch name, _ := value.Function(); {
		case t.name == "":
			r.literal(l, t)
		case value == nil:
			r.placeholder(l, t, nil)
		case value.Kind == cfn.Scalar || name == "Fn::Sub" || name == "Fn::Join":
			r.read(value)
		default:
			r.placeholder(l, token{name: describe(value), from: t.from, to: t.to}, value)
		}
	}
	return true
}
