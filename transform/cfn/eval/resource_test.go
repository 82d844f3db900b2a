package eval

import "testing"

// TestReference tests in which spellings a value is known to refer to a resource.
func TestReference(t *testing.T) {
	for _, test := range []struct{ expr, id, attribute string }{
		{"!Ref Nodes", "Nodes", ""},
		{"{Ref: Nodes}", "Nodes", ""},
		{"!Sub '${Nodes}'", "Nodes", ""},
		{"!Join ['', [!Ref Nodes]]", "Nodes", ""},
		{"!GetAtt Nodes.Version", "Nodes", "Version"},
		{"{'Fn::GetAtt': [Nodes, Outputs.Version]}", "Nodes", "Outputs.Version"},
		{"!Sub '${Nodes.Version}'", "Nodes", "Version"},
		{"!Ref {'Fn::Sub': 'Nodes${Name}'}", "Nodes${Name}", ""},
		{"!GetAtt [!Sub 'Nodes${Name}', Version]", "Nodes${Name}", "Version"},
		{"!Sub '${Nodes}-x'", "", ""},
		{"!Sub '${Nodes}${Nodes}'", "", ""},
		{"!Ref P", "", ""},
		{"!Ref AWS::Region", "", ""},
		{"!ImportValue Nodes", "", ""},
		{"Nodes", "", ""},
	} {
		tmpl := parse(t, "Parameters: {P: {Type: String}}\nValue: "+test.expr+"\n")
		outcomes, err := New(t.Context(), tmpl, nil).Outcomes(tmpl.Root().Get("Value"))
		if err != nil || len(outcomes) != 1 {
			t.Errorf("%s: %d outcomes, error %v", test.expr, len(outcomes), err)
			continue
		}
		if id, attribute := outcomes[0].Value.Reference(); id != test.id || attribute != test.attribute {
			t.Errorf("%s refers to %q, %q, not %q, %q", test.expr, id, attribute, test.id, test.attribute)
		}
	}
}
