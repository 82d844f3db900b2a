package cfn

import (
	"strconv"
	"strings"
)

// Kind says what a node is.
type Kind uint8

// The kinds of nodes. An Alias (*name) is not followed: CloudFormation has no
// aliases, and an edit at one place would change another.
const (
	Scalar Kind = iota + 1
	Mapping
	Sequence
	Alias
)

// Style says how a node is written.
type Style uint8

// The styles. Scalars are Plain (in JSON: numbers, true, false, null), quoted
// or block scalars; collections are Block or Flow (in JSON: always Flow).
const (
	Plain        Style = iota
	SingleQuoted       // 'text'
	DoubleQuoted       // "text" with YAML's escapes
	JSONString         // "text" with JSON's escapes
	Literal            // |
	Folded             // >
	Block
	Flow
	ShortForm // !Sub text: a mapping of the one key Fn::Sub
)

// A Span is a range of bytes of the source; End is exclusive.
type Span struct{ Start, End int }

// A Node is a value in a template. The short form of an intrinsic function
// (!Sub text) is read as its long form: a mapping in style [ShortForm] with
// the one key "Fn::Sub", so callers need not know the difference.
type Node struct {
	Kind  Kind
	Style Style
	Value string  // a scalar's text, decoded; an alias's name
	Pairs []Pair  // a mapping's, in order; of equal keys only the last
	Items []*Node // a sequence's, in order

	// Span covers the node from its tag or anchor, first key, dash, quote or
	// bracket to its end, without a comment or line break after it. Only a
	// block scalar's ends after the line break of its last line. The empty
	// value's is empty and sits after the colon.
	Span Span

	body int // see Body
}

// Body returns the offset at which n starts without its tag and anchor.
func (n *Node) Body() int { return n.body }

// A Pair is a key of a mapping and its value. The Value of the key is the text that
// CloudFormation makes of it, as [ScalarText] has it: "true" of yes without quotes.
type Pair struct{ Key, Value *Node }

// Pair returns the pair of a mapping with the given key. It returns false if
// there is no such pair, or if n is nil or not a mapping.
func (n *Node) Pair(key string) (Pair, bool) {
	if n == nil || n.Kind != Mapping {
		return Pair{}, false
	}
	for _, p := range n.Pairs {
		if p.Key.Value == key {
			return p, true
		}
	}
	return Pair{}, false
}

// Get returns the value that a path of keys leads to, or nil if there is none.
func (n *Node) Get(path ...string) *Node {
	for _, key := range path {
		p, ok := n.Pair(key)
		if !ok {
			return nil
		}
		n = p.Value
	}
	return n
}

// Function returns the name and argument of an intrinsic function in its long
// spelling ("Ref", "Condition", "Fn::Sub"), or "" if n is not a function.
func (n *Node) Function() (name string, arg *Node) {
	if n == nil || n.Kind != Mapping || len(n.Pairs) != 1 {
		return "", nil
	}
	name = n.Pairs[0].Key.Value
	if name == "Ref" || name == "Condition" || strings.HasPrefix(name, "Fn::") {
		return name, n.Pairs[0].Value
	}
	return "", nil
}

// Call returns the argument of n if n is a call of the named function, or nil if
// it is not.
func (n *Node) Call(name string) *Node {
	if fn, arg := n.Function(); fn == name {
		return arg
	}
	return nil
}

// IsNull reports whether n is absent, an empty value or a null.
func (n *Node) IsNull() bool {
	if n == nil {
		return true
	}
	if n.Kind != Scalar || n.Style != Plain {
		return false
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// IsNoValue reports whether n is Ref AWS::NoValue, which removes a property.
func (n *Node) IsNoValue() bool {
	ref := n.Call("Ref")
	return ref != nil && ref.Value == "AWS::NoValue"
}

// Branches returns the values that n may stand for: those of Fn::If, of the
// Fn::Ifs in its branches and so on, in order; n itself if it is not an Fn::If.
func (n *Node) Branches() []*Node {
	arg := n.Call("Fn::If")
	if arg == nil || len(arg.Items) != 3 {
		return []*Node{n}
	}
	return append(arg.Items[1].Branches(), arg.Items[2].Branches()...)
}

// All yields n and every node below it, keys included, in document order.
func (n *Node) All(yield func(*Node) bool) { n.walk(yield) }

func (n *Node) walk(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, p := range n.Pairs {
		if !p.Key.walk(yield) || !p.Value.walk(yield) {
			return false
		}
	}
	for _, item := range n.Items {
		if !item.walk(yield) {
			return false
		}
	}
	return true
}

// Describe names a value in a message: a scalar by its text, a call by the name
// of the function.
func (n *Node) Describe() string {
	if name, arg := n.Function(); name != "" {
		if name == "Ref" {
			return "Ref " + arg.Value
		}
		return name
	}
	switch n.Kind {
	case Scalar:
		if n.Value == "" {
			return "empty"
		}
		if _, err := strconv.Atoi(n.Value); err == nil && n.Style == Plain {
			return n.Value
		}
		return strconv.Quote(n.Value)
	case Alias:
		return "the alias *" + n.Value
	case Sequence:
		return "a list"
	}
	return "a mapping"
}
