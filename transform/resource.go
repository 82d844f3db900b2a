package transform

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// A resource is one of the section Resources, or one that Fn::ForEach repeats.
type resource struct {
	cfn.Pair
	section *cfn.Node // the mapping that it is in: Resources, or that of a loop
	loops   []loop    // around it
	types   []string  // that it can have, sorted; several if the variable of a loop chooses
	untold  bool      // it can have a type that the template does not show
}

// typ returns the type of the resource, or "" if it is not one for certain.
func (r resource) typ() string {
	if len(r.types) != 1 || r.untold {
		return ""
	}
	return r.types[0]
}

// mayBe reports whether a type that the resource can have is one of some.
func (r resource) mayBe(types ...string) bool {
	return slices.ContainsFunc(r.types, func(typ string) bool { return slices.Contains(types, typ) })
}

// hidesType returns what keeps the type of a resource from being known, or nil.
func (r resource) hidesType() *cfn.Node {
	if r.untold {
		return r.Value.Get("Type")
	}
	if _, hidden := reach(r.Value, "Type"); len(hidden) > 0 {
		return hidden[0]
	}
	return nil
}

// A loop is an Fn::ForEach around a resource.
type loop struct {
	variable string
	of       string // the collection, as it is written
	values   []string
	untold   bool // it has values that the template does not show
}

// readResources reads the resources of a section, those that Fn::ForEach makes
// included, and what brings in others.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
func (s *survey) readResources(section *cfn.Node, loops []loop) error {
	for _, p := range section.Pairs {
		switch name := p.Key.Value; {
		case strings.HasPrefix(name, "Fn::ForEach::"):
			items := p.Value.Items
			if len(items) != 3 || items[2].Kind != cfn.Mapping {
				s.unread = append(s.unread, p.Key)
				continue
			}
			l, err := s.readLoop(items[0], items[1])
			if err != nil {
				return err
			}
			if err := s.readResources(items[2], append(slices.Clone(loops), l)); err != nil {
				return err
			}
		case name == "Fn::Transform":
			s.includes = append(s.includes, p.Key)
		default:
			r := resource{Pair: p, section: section, loops: loops}
			if n := p.Value.Get("Type"); n != nil {
				if err := s.readTypes(&r, n, loops); err != nil {
					return err
				}
			}
			s.resources = append(s.resources, r)
		}
	}
	return nil
}

// readLoop reads the variable of an Fn::ForEach and its values.
func (s *survey) readLoop(variable, collection *cfn.Node) (loop, error) {
	l := loop{variable: variable.Value, of: string(s.t.Source()[collection.Span.Start:collection.Span.End])}
	outcomes, err := s.values.Outcomes(collection)
	if err != nil {
		return l, cannotEdit("Fn::ForEach", "Resources", err)
	}
	for _, o := range outcomes {
		if o.Value.Kind != eval.List {
			l.untold = true
			continue
		}
		for _, item := range o.Value.Items {
			if item.Kind != eval.Text {
				l.untold = true
				continue
			}
			l.values = append(l.values, item.Text)
		}
	}
	return l, nil
}

// readTypes reads which types a resource can have: one text, or what the loops
// around it and the conditions and parameters in it make.
func (s *survey) readTypes(r *resource, n *cfn.Node, loops []loop) error {
	text := n.Value
	if ref := n.Call("Ref"); ref != nil {
		text = "${" + ref.Value + "}"
	}
	if sub := n.Call("Fn::Sub"); sub != nil {
		text = sub.Value
	}
	types := repeated(text, loops)
	if isLooped := !slices.Equal(types, []string{text}); !isLooped && n.Kind != cfn.Scalar {
		outcomes, err := s.values.Outcomes(n)
		if err != nil {
			return cannotEdit(r.Key.Value, "Type", err)
		}
		types = r.told(outcomes)
	}
	slices.Sort(types)
	for _, typ := range slices.Compact(types) {
		if strings.Contains(typ, "${") || strings.Contains(typ, untold) {
			r.untold = true
			continue
		}
		r.types = append(r.types, typ)
	}
	return nil
}

// untold stands for the values of a loop that the template does not show.
const untold = edit.Placeholder

// maxRepeated is the largest number of texts that repeated makes of one: a template
// has no more resources.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const maxRepeated = 500

// repeated returns what loops make of a text: one text for each of the values of
// their variables that are in it.
func repeated(text string, loops []loop) []string {
	texts := []string{text}
	for _, l := range loops {
		if !strings.Contains(text, "${"+l.variable+"}") && !strings.Contains(text, "&{"+l.variable+"}") {
			continue
		}
		values := slices.Clone(l.values)
		if l.untold {
			values = append(values, untold)
		}
		if len(texts)*len(values) > maxRepeated {
			values = []string{untold}
		}
		var made []string
		for _, text := range texts {
			for _, value := range values {
				text := strings.ReplaceAll(text, "${"+l.variable+"}", value)
				made = append(made, strings.ReplaceAll(text, "&{"+l.variable+"}", value))
				if short := alphanumeric(value); short != value && strings.Contains(text, "&{"+l.variable+"}") {
					made = append(made, strings.ReplaceAll(text, "&{"+l.variable+"}", short))
				}
			}
		}
		texts = made
	}
	return texts
}

// areIn reports whether the variables of some loops have no values that loops around
// another resource do not give them, where those have variables of the same name.
func areIn(loops, others []loop) bool {
	for _, other := range others {
		isMissing := func(value string) bool { return !slices.Contains(other.values, value) }
		for _, l := range loops {
			if l.variable == other.variable && l.of != other.of && (l.untold || slices.ContainsFunc(l.values, isMissing)) {
				return false
			}
		}
	}
	return true
}

// alphanumeric returns what a loop writes for &{…} in a logical ID.
func alphanumeric(value string) string {
	return strings.Map(func(r rune) rune {
		if string(r) != untold && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, value)
}

// maybeSame reports whether two texts that loops made may be the same.
func maybeSame(a, b string) bool {
	start, _, isOpen := strings.Cut(a, untold)
	start2, _, isOpen2 := strings.Cut(b, untold)
	switch {
	case !isOpen && !isOpen2:
		return a == b
	case isOpen && isOpen2:
		return strings.HasPrefix(start, start2) || strings.HasPrefix(start2, start)
	case isOpen2:
		a, b, start = b, a, start2
	}
	end := a[strings.LastIndex(a, untold)+len(untold):]
	return len(b) >= len(start)+len(end) && strings.HasPrefix(b, start) && strings.HasSuffix(b, end)
}

// told returns the types that are known among the outcomes of an expression.
func (r *resource) told(outcomes []eval.Outcome) []string {
	var types []string
	for _, o := range outcomes {
		if o.Value.Kind != eval.Text {
			r.untold = true
			continue
		}
		types = append(types, o.Value.Text)
	}
	return types
}

// ambiguous returns a launcher that cannot be read for a resource that may have
// several types, one of which launches nodes or says how. It returns nil for any
// other resource.
func ambiguous(r resource) *launcher {
	if r.typ() != "" || !r.mayBe(ResourceTypes()...) {
		return nil
	}
	types := strings.Join(r.types, " or ")
	if r.untold {
		types += " or another that is not known"
	}
	return &launcher{id: r.Key.Value, key: r.Key, resource: r.Value, options: true, texts: true,
		unread: fmt.Sprintf("its type is %s", types)}
}

// reach returns the values that a path of keys leads to, over every branch of
// every Fn::If on the way, and what on the way hides others: a function, an alias,
// or a key of a mapping that is a function and brings in other keys. "*" stands for
// the items of a list.
func reach(n *cfn.Node, path ...string) (found, hidden []*cfn.Node) {
	if n == nil {
		return nil, nil
	}
	add := func(next *cfn.Node) {
		more, also := reach(next, path[1:]...)
		found, hidden = append(found, more...), append(hidden, also...)
	}
	for _, branch := range n.Branches() {
		switch {
		case len(path) == 0:
			found = append(found, branch)
		case branch.IsNull() || branch.IsNoValue():
		case path[0] == "*" && branch.Kind == cfn.Sequence:
			for _, item := range branch.Items {
				add(item)
			}
		case path[0] == "*" || branch.Kind != cfn.Mapping:
			hidden = append(hidden, branch)
		default:
			for _, p := range branch.Pairs {
				if isFunction := strings.HasPrefix(p.Key.Value, "Fn::"); isFunction || p.Key.Value == "<<" || p.Key.Value == "Ref" {
					hidden = append(hidden, p.Key)
				}
			}
			add(branch.Get(path[0]))
		}
	}
	return found, hidden
}

// at returns the values that a path of keys leads to, as [reach] does.
func at(n *cfn.Node, path ...string) []*cfn.Node {
	found, _ := reach(n, path...)
	return found
}
