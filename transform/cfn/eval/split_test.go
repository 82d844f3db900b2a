package eval

import (
	"slices"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestSplit divides the outcomes of an expression by a condition.
func TestSplit(t *testing.T) {
	tmpl := parse(t, `
Parameters: {P: {Type: String, AllowedValues: [a, b, c]}, Q: {Type: String}}
Rules: {R: {Assertions: [{Assert: !Not [!Equals [!Ref P, c]]}]}}
Conditions: {A: !Equals [!Ref P, a], NotA: !Not [!Condition A], C: !Equals [!Ref P, c], Q: !Equals [!Ref Q, q]}
Value: !If [A, x, z]
`)
	e := New(t.Context(), tmpl, nil)
	all, err := e.Outcomes(tmpl.Root().Get("Value"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		condition string
		yes, no   []string
	}{
		{"A", []string{"x with P=a"}, []string{"z with P=b"}},
		{"NotA", []string{"z with P=b"}, []string{"x with P=a"}},
		{"Q", []string{"x with P=a, Q=q", "z with P=b, Q=q"}, []string{"x with P=a, Q=any other value", "z with P=b, Q=any other value"}},
		{"missing", []string{"x with P=a", "z with P=b"}, nil}, // CloudFormation refuses the template
	} {
		var yes, no []string
		for _, o := range all {
			holds, doesNot := e.Split(o, &cfn.Node{Kind: cfn.Scalar, Value: test.condition})
			for _, o := range holds {
				yes = append(yes, o.Value.Text+" with "+o.String())
			}
			for _, o := range doesNot {
				no = append(no, o.Value.Text+" with "+o.String())
			}
		}
		if !slices.Equal(yes, test.yes) || !slices.Equal(no, test.no) {
			t.Errorf("%s: %q and %q, want %q and %q", test.condition, yes, no, test.yes, test.no)
		}
	}
}

// TestShown shows texts with what is not known in them.
func TestShown(t *testing.T) {
	tmpl := parse(t, `
Parameters: {P: {Type: String}}
A: text
B: !Sub 'a-${P}-${AWS::Region}'
C: !Ref P
D: [a]
E: !Ref AWS::NoValue
F: ""
`)
	e := New(t.Context(), tmpl, nil)
	for key, want := range map[string]string{"A": "text", "B": "a-\uFFFC-\uFFFC", "C": "\uFFFC", "D": "", "E": "", "F": ""} {
		all, err := e.Outcomes(tmpl.Root().Get(key))
		if err != nil || len(all) != 1 || all[0].Value.Shown() != want {
			t.Errorf("%s: %v, %v", key, all, err)
		}
	}
}

// TestIsMasked knows the value that CloudFormation gives in the place of a secret.
func TestIsMasked(t *testing.T) {
	tmpl := parse(t, `
Parameters:
  A: {Type: String, NoEcho: true}
  B: {Type: String, NoEcho: 'True'}
  C: {Type: String, NoEcho: false}
  D: {Type: String}
  E: {Type: String, NoEcho: !Ref A}
`)
	e := New(t.Context(), tmpl, nil)
	for name, want := range map[string]bool{"A": true, "B": true, "C": false, "D": false, "E": true, "F": false} {
		if e.IsMasked(name, "****") != want || e.IsMasked(name, "") || e.IsMasked(name, "**a") {
			t.Error(name)
		}
	}
}
