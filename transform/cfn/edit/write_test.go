package edit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestCall wants functions in the form that the template has its own in, on one
// line or over several.
func TestCall(t *testing.T) {
	version := Pair{"Version", GetAtt("Nodes", "LatestVersionNumber")}
	document := Pair{"UserData", Call("Fn::Base64", Sub("#!/bin/bash\necho ${AWS::Region}\n", Lines))}
	script := Pair{"UserData", Sub("#!/bin/bash\necho ${AWS::Region}\n", Lines)}
	for _, test := range []struct {
		name, src string
		pair      Pair
		want      string
	}{
		{"short", "m:\n  a: !Ref b\n", version, "m:\n  a: !Ref b\n  Version: !GetAtt Nodes.LatestVersionNumber\n"},
		{"short of a loop", "m:\n  a: !Ref b\n", Pair{"Version", GetAtt("N${X}", "V")}, "m:\n  a: !Ref b\n  Version: !GetAtt [!Sub \"N${X}\", V]\n"},
		{"long of a loop in flow", "m: {a: {Ref: b}}\n", Pair{"N${X}", Ref("N${X}")}, "m: {a: {Ref: b}, \"N${X}\": {Ref: {\"Fn::Sub\": \"N${X}\"}}}\n"},
		{"no functions", "m:\n  a: b\n", version, "m:\n  a: b\n  Version: !GetAtt Nodes.LatestVersionNumber\n"},
		{"long", "m:\n  a:\n    Ref: b\n", version, "m:\n  a:\n    Ref: b\n  Version:\n    Fn::GetAtt: [Nodes, LatestVersionNumber]\n"},
		{"long in flow", "m: {a: {Ref: b}}\n", version, "m: {a: {Ref: b}, Version: {\"Fn::GetAtt\": [Nodes, LatestVersionNumber]}}\n"},
		{"short in flow", "m: {a: !Ref b}\n", version, "m: {a: !Ref b, Version: !GetAtt Nodes.LatestVersionNumber}\n"},
		{"JSON", "{\"m\": {\"a\": 1}}\n", version, "{\"m\": {\"a\": 1, \"Version\": {\"Fn::GetAtt\": [\"Nodes\", \"LatestVersionNumber\"]}}}\n"},
		{"JSON over lines", "{\n  \"m\": {\n    \"a\": 1\n  }\n}\n", Pair{"b", Ref("c")}, "{\n  \"m\": {\n    \"a\": 1,\n    \"b\": {\n      \"Ref\": \"c\"\n    }\n  }\n}\n"},
		{"a tag before the mapping", "m: !!map\n  a: 1\n", Pair{"b", Ref("c")}, "m: !!map\n  a: 1\n  b: !Ref c\n"},
		{"an anchor before the mapping", "m: &m\n    a: 1\n", Pair{"b", Ref("c")}, "m: &m\n    a: 1\n    b: !Ref c\n"},
		{"an anchor before the first key", "m:\n  &a a: 1\n", Pair{"b", Ref("c")}, "m:\n  &a a: 1\n  b: !Ref c\n"},
		{"Ref", "m:\n  a: 1\n", Pair{"b", Ref("AWS::Region")}, "m:\n  a: 1\n  b: !Ref AWS::Region\n"},
		{"long Ref", "m:\n  a:\n    Ref: x\n", Pair{"b", Ref("c")}, "m:\n  a:\n    Ref: x\n  b:\n    Ref: c\n"},
		{"Sub", "m:\n  a: 1\n", Pair{"b", Sub("x-${y}", InSingleQuotes)}, "m:\n  a: 1\n  b: !Sub 'x-${y}'\n"},
		{"Sub of lines", "m:\n  a: 1\n", script, "m:\n  a: 1\n  UserData: !Sub |\n    #!/bin/bash\n    echo ${AWS::Region}\n"},
		{"a function in a function", "m:\n  a: 1\n", document, "m:\n  a: 1\n  UserData: !Base64\n    Fn::Sub: |\n      #!/bin/bash\n      echo ${AWS::Region}\n"},
		{"both long", "m:\n  a:\n    Ref: x\n", document, "m:\n  a:\n    Ref: x\n  UserData:\n    Fn::Base64:\n      Fn::Sub: |\n        #!/bin/bash\n        echo ${AWS::Region}\n"},
		{"both in flow", "m: {a: 1}\n", document, "m: {a: 1, UserData: !Base64 {\"Fn::Sub\": \"#!/bin/bash\\necho ${AWS::Region}\\n\"}}\n"},
		{"a list of functions", "m:\n  a: 1\n", Pair{"b", List(Ref("c"), Scalar("d", Unquoted))}, "m:\n  a: 1\n  b:\n    - !Ref c\n    - d\n"},
		{"a list of mappings", "m:\n- a: 1\nn:\n  o: 1\n", Pair{"b", List(Map(Pair{"c", Ref("d")}, Pair{"e", Map(Pair{"f", Scalar("g", Unquoted)})}))}, "m:\n- a: 1\nn:\n  o: 1\n  b:\n  - c: !Ref d\n    e:\n      f: g\n"},
		{"what a literal scalar would not keep", "m:\n  a: 1\n", Pair{"b", Scalar(" x\ny", Lines)}, "m:\n  a: 1\n  b: \" x\\ny\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			m := tmpl.Root().Pairs[len(tmpl.Root().Pairs)-1].Value
			got := apply(t, tmpl, func() (Edit, error) { return Add(tmpl, m, test.pair) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestReplaceByCall wants a value to become a function.
func TestReplaceByCall(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"short", "m:\n  a: '1' # one\n", "m:\n  a: !GetAtt Nodes.LatestVersionNumber # one\n"},
		{"a function", "m:\n  a: !GetAtt Nodes.DefaultVersionNumber\n  b: 1\n", "m:\n  a: !GetAtt Nodes.LatestVersionNumber\n  b: 1\n"},
		{"long", "m:\n  a: 1\n  b: {Ref: c}\n", "m:\n  a:\n    Fn::GetAtt: [Nodes, LatestVersionNumber]\n  b: {Ref: c}\n"},
		{"long for long", "m:\n  a:\n    Fn::GetAtt: [Nodes, DefaultVersionNumber]\n  b: 1\n", "m:\n  a:\n    Fn::GetAtt: [Nodes, LatestVersionNumber]\n  b: 1\n"},
		{"long in flow", "m: {a: 1, b: {Ref: c}}\n", "m: {a: {\"Fn::GetAtt\": [Nodes, LatestVersionNumber]}, b: {Ref: c}}\n"},
		{"JSON", "{\"m\": {\"a\": \"1\"}}", "{\"m\": {\"a\": {\"Fn::GetAtt\": [\"Nodes\", \"LatestVersionNumber\"]}}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			got := apply(t, tmpl, func() (Edit, error) {
				return Replace(tmpl, tmpl.Root().Get("m", "a"), GetAtt("Nodes", "LatestVersionNumber"))
			})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAddResource wants a resource to look as the others do.
func TestAddResource(t *testing.T) {
	resource := Pair{"Added", Map(Pair{"Type", Scalar("AWS::SNS::Topic", Unquoted)}, Pair{"Properties", Map(Pair{"DisplayName", Ref("Name")})})}
	const lines = "Added:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: !Ref Name\n"
	for _, test := range []struct{ name, src, want string }{
		{"close", "Resources:\n  A:\n    Type: X\n  B:\n    Type: Y\n", "Resources:\n  A:\n    Type: X\n  B:\n    Type: Y\n  " + lines},
		{"after an anchor", "Resources: &r\n  A:\n    Type: X\n  B:\n    Type: Y\n", "Resources: &r\n  A:\n    Type: X\n  B:\n    Type: Y\n  " + lines},
		{"apart", "Resources:\n  A:\n    Type: X\n\n  # the second\n  B:\n    Type: Y\n\nOutputs: {}\n", "Resources:\n  A:\n    Type: X\n\n  # the second\n  B:\n    Type: Y\n\n  " + lines + "\nOutputs: {}\n"},
		{"one, and sections apart", "Description: x\n\nResources:\n  A:\n    Type: X\n", "Description: x\n\nResources:\n  A:\n    Type: X\n\n  " + lines},
		{"after a block scalar", "Resources:\n  A:\n    Type: X\n\n  B:\n    U: |\n      x\n\nOutputs: {}\n", "Resources:\n  A:\n    Type: X\n\n  B:\n    U: |\n      x\n\n  " + lines + "\nOutputs: {}\n"},
		{"after one that keeps lines", "Resources:\n  A:\n    Type: X\n\n  B:\n    U: |+\n      x\n", "Resources:\n  A:\n    Type: X\n\n  B:\n    U: |+\n      x\n  " + lines},
		{"after one without a line end", "Resources:\n  A:\n    U: |-\n      x", "Resources:\n  A:\n    U: |-\n      x\n  " + lines[:len(lines)-1]},
		{"CRLF", "Resources:\r\n  A:\r\n    T: X\r\n\r\n  B:\r\n    T: Y\r\n", "Resources:\r\n  A:\r\n    T: X\r\n\r\n  B:\r\n    T: Y\r\n\r\n  Added:\r\n    Type: AWS::SNS::Topic\r\n    Properties:\r\n      DisplayName: !Ref Name\r\n"},
		{"JSON", "{\n  \"Resources\": {\n    \"A\": {\n      \"Type\": \"X\"\n    }\n  }\n}\n", "{\n  \"Resources\": {\n    \"A\": {\n      \"Type\": \"X\"\n    },\n    \"Added\": {\n      \"Type\": \"AWS::SNS::Topic\",\n      \"Properties\": {\n        \"DisplayName\": {\n          \"Ref\": \"Name\"\n        }\n      }\n    }\n  }\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			got := apply(t, tmpl, func() (Edit, error) { return Add(tmpl, tmpl.Root().Get("Resources"), resource) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestRefusesDuplicates wants no change of what stands twice.
func TestRefusesDuplicates(t *testing.T) {
	tmpl := parse(t, "a: {b: [x], c: 1, b: [x, y]}\nd: {e: 1}\nf: 1\nf:\n  g: '#!/bin/sh'\n")
	twice, inside := tmpl.Root().Get("a", "b"), tmpl.Root().Get("f")
	for name, change := range map[string]func() error{
		"Replace":            func() error { _, err := Replace(tmpl, twice, Scalar("x", Unquoted)); return err },
		"Replace an item":    func() error { _, err := Replace(tmpl, twice.Items[0], Scalar("x", Unquoted)); return err },
		"KeepItem":           func() error { _, err := KeepItem(tmpl, twice, "x"); return err },
		"Remove":             func() error { _, err := Remove(tmpl, tmpl.Root().Get("a"), "b"); return err },
		"Add":                func() error { _, err := Add(tmpl, inside, Pair{"h", Ref("x")}); return err },
		"Add of one that is": func() error { _, err := Add(tmpl, tmpl.Root().Get("d"), Pair{"e", Ref("x")}); return err },
		"Text.Replace":       func() error { _, err := textOf(t, tmpl, inside.Get("g")).Replace(0, 0, "x"); return err },
	} {
		if _, ok := change().(*cfn.Error); !ok {
			t.Errorf("%s: %v", name, change())
		}
	}
	for name, change := range map[string]func() error{
		"Replace":      func() error { _, err := Replace(tmpl, tmpl.Root().Get("a", "c"), Scalar("x", Unquoted)); return err },
		"Remove":       func() error { _, err := Remove(tmpl, tmpl.Root().Get("a"), "c"); return err },
		"Add":          func() error { _, err := Add(tmpl, tmpl.Root().Get("d"), Pair{"h", Ref("x")}); return err },
		"Add to both":  func() error { _, err := Add(tmpl, tmpl.Root().Get("a"), Pair{"h", Ref("x")}); return err },
		"Text.Replace": func() error { _, err := textOf(t, tmpl, tmpl.Root().Get("d", "e")).Replace(0, 0, "x"); return err },
	} {
		if err := change(); err != nil {
			t.Errorf("%s beside: %v", name, err)
		}
	}
}

// TestQuoteJSON wants JSON's escapes, and those without which YAML has no such
// character.
func TestQuoteJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                    `""`,
		"a\"\\/\n\t'":         `"a\"\\/\n\t'"`,
		"<&>é€𝄞":              `"<&>é€𝄞"`,
		"~\u007f":             `"~\u007f"`,
		"é\u0080\u009f\u00a0": "\"é\\u0080\\u009f\u00a0\"",
		"\ufefe\ufeff\uff00":  "\"\ufefe\\ufeff\uff00\"",
		"\ufffd\ufffe\uffff𝄞": "\"\ufffd\\ufffe\\uffff𝄞\"",
	} {
		if got := quoteJSON(text); got != want {
			t.Errorf("%+q: got %+q, want %+q", text, got, want)
		}
		tmpl := parse(t, "a: "+quoteJSON(text)+"\n")
		if got := tmpl.Root().Get("a").Value; got != text {
			t.Errorf("%+q is read as %+q", text, got)
		}
	}
}

// apply makes a change, and returns the result or the error.
func apply(t *testing.T, tmpl *cfn.Template, change func() (Edit, error)) string {
	t.Helper()
	e, err := change()
	if err != nil {
		return err.Error()
	}
	out, err := Apply([]byte(tmpl.Source()), []Edit{e})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
