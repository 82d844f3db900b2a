package eval

import (
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// Reference returns the logical ID of the resource that v refers to, and the
// attribute of it, which is empty for Ref. The ID is empty if v is not exactly one
// reference.
func (v Value) Reference() (logicalID, attribute string) {
	x := v.only()
	if x == nil || v.Kind != Unknown {
		return "", ""
	}
	return x.resource, x.attribute
}

// resource returns the value of Ref, Fn::GetAtt or Fn::Sub for a resource, of which
// only the name is known: "ID" or "ID.Attribute".
func (e *Evaluator) resource(at int, function, name string) Value {
	v := e.unknown(at, function+" "+name+" is not known before the deployment", "Ref "+name)
	x := v.pieces[0].variable
	x.resource, x.attribute, _ = strings.Cut(name, ".")
	return v
}

// attribute returns the value of Fn::GetAtt.
func (e *Evaluator) attribute(n, arg *cfn.Node) Value {
	at := n.Span.Start
	switch {
	case arg.Kind == cfn.Scalar:
		return e.resource(at, "Fn::GetAtt", arg.Value)
	case len(arg.Items) == 2 && arg.Items[1].Kind == cfn.Scalar && e.Name(arg, arg.Items[0]) != "":
		return e.resource(at, "Fn::GetAtt", e.Name(arg, arg.Items[0])+"."+arg.Items[1].Value)
	}
	return e.unknown(at, "Fn::GetAtt is not known before the deployment", e.source(n))
}

// Name returns the name of a parameter, resource or condition in n, a call or a list
// of its arguments: that of a scalar, or with AWS::LanguageExtensions the text of an
// Fn::Sub, which tells the resources of an Fn::ForEach apart. It is "" for any other
// expression.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
func (e *Evaluator) Name(n, name *cfn.Node) string {
	if sub := name.Call("Fn::Sub"); sub != nil {
		n, name = name, sub
	}
	if name.Kind != cfn.Scalar {
		return ""
	}
	text, ok := e.literal(n, name)
	if !ok {
		return name.Value
	}
	if key, ok := cfn.PlainText(text); ok && key != text && name.Style == cfn.Plain && !e.hasName(text) {
		// The tag of a short form makes a text, and the key may be a boolean or a number.
		// Whether CloudFormation refuses that is not documented.
		return key
	}
	return text
}

// hasName reports whether a parameter, resource or condition of that name exists.
func (e *Evaluator) hasName(name string) bool {
	return e.parameters[name] != nil || e.definitions[name] != nil || e.t.Root().Get("Resources", name) != nil
}
