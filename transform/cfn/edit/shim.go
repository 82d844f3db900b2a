package edit

import "imdslock/transform/cfn"

// Temporary.
func Texts(t *cfn.Template, n *cfn.Node) ([]*Text, error) { return []*Text{TextOf(t, n)}, nil }
func (x *Text) Conditions() string                        { return "" }
func Call(name string, arg Value) Value                   { return Map(Pair{Key: name, Value: arg}) }
func Remove(t *cfn.Template, m *cfn.Node, key string) (Edit, error) {
	return Edit{}, t.Errorf(0, "not yet")
}
func Variables(n *cfn.Node) []string { return nil }
