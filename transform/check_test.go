package transform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// TestCheckAgreesWithPatch wants Check to find nothing open in what Patch has
// made; something in what it had to change; and, where any one of the changes
// is left out, that.
func TestCheckAgreesWithPatch(t *testing.T) {
	mutants := 0
	for _, each := range allTemplates(t) {
		file, src := each.name, each.src
		opts := transform.Defaults()
		result, err := transform.Patch(t.Context(), src, opts)
		if err != nil {
			continue
		}
		said := saidOpen(result)
		isSaid := func(rule transform.Rule) bool { return slices.Contains(said, rule) }
		if open := slices.DeleteFunc(openRules(t, file, result.Output, opts), isSaid); len(open) > 0 {
			t.Errorf("%s: patched, and still open: %v", file, open)
		}
		if open := openRules(t, file, src, opts); len(open) == 0 && result.Changed() && !onlyCompletes(result) {
			t.Errorf("%s: Patch has something to change, Check finds nothing", file)
		}
		for i, f := range result.Findings {
			if f.Kind != transform.KindChange || onlyCompletes(transform.Result{Findings: []transform.Finding{f}}) {
				continue
			}
			var others []edit.Edit
			for j, g := range result.Findings {
				if j != i {
					others = append(others, g.Edits...)
				}
			}
			mutant, err := edit.Apply(src, others)
			if err != nil {
				t.Fatal(err)
			}
			mutants++
			if open := openRules(t, file, mutant, opts); len(open) == 0 {
				t.Errorf("%s: without the change %q nothing is found open", file, f.Message)
			}
		}
	}
	if mutants < 300 {
		t.Errorf("only %d mutants", mutants)
	}
	t.Logf("%d mutants", mutants)
}

// saidOpen returns the rules that a patch says do not hold in its result.
func saidOpen(r transform.Result) []transform.Rule {
	var open []transform.Rule
	for _, f := range r.Findings {
		switch {
		case f.Kind == transform.KindOpen:
			open = append(open, f.Rule)
		case f.Rule == transform.RuleUserData: // it is left as it is
			open = append(open, transform.RuleIPTables, transform.RuleIPTablesLate, transform.RuleUndone)
		}
	}
	return open
}

// onlyCompletes reports whether the changes only rewrite a block for other
// options: Check has nothing against that.
func onlyCompletes(r transform.Result) bool {
	for _, f := range r.Findings {
		if f.Kind != transform.KindChange ||
			f.Rule == transform.RuleIPTables && (strings.Contains(f.Message, "adapted to the options") || strings.HasSuffix(f.Message, " completed")) {
			continue
		}
		return false
	}
	return true
}

// openRules returns the rules that Check finds broken.
func openRules(t *testing.T, file string, src []byte, opts transform.Options) []transform.Rule {
	t.Helper()
	findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: opts})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var open []transform.Rule
	for _, f := range findings {
		if f.Kind == transform.KindOpen {
			open = append(open, f.Rule)
		}
	}
	return open
}

// TestCheckTokens is the table of what HttpTokens can be.
func TestCheckTokens(t *testing.T) {
	const template = `Metadata: {B: &b b, R: &r required}
Parameters:
  OnOff: {Type: String, Default: "%s", AllowedValues: ["true", "false"]}
  Tokens: {Type: String, Default: required}
  Allowed: {Type: String, Default: required, AllowedValues: [required]}
  Aliased: {Type: String, Default: a, AllowedValues: [a, *b]}
  Image: {Type: AWS::SSM::Parameter::Value<String>}
Mappings: {M: {a: {t: required}, b: {t: optional}}}
Conditions:
  On: !Equals [!Ref OnOff, "true"]
  Off: !Not [!Condition On]
  Never: !And [!Condition On, !Condition Off]
  Unknown: !Equals [!Ref Image, x]
  AliasedIsB: !Equals [!Ref Aliased, b]
  Lists: !Equals [!Split [",", "a,b"], [c]]
Resources:
  LT:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: %s}}}
`
	open, parameter, alone := transform.RuleIMDSv1, transform.RuleIMDSv1Parameter, transform.RuleHopLimitAlone
	for _, test := range []struct {
		tokens, deflt string
		want          []transform.Rule
	}{
		{"required", "false", nil},
		{"optional", "false", []transform.Rule{alone, open}},
		{"!If [On, required, optional]", "false", []transform.Rule{alone, parameter}},
		{"!If [On, required, optional]", "true", []transform.Rule{alone, parameter}},
		{"!If [On, required, required]", "false", nil},
		{"!If [Off, optional, !If [On, required, optional]]", "false", []transform.Rule{alone, parameter}},
		{"!If [Never, optional, required]", "false", nil},
		{"!If [On, !If [Off, optional, required], required]", "false", nil},
		{"!If [Unknown, required, optional]", "false", []transform.Rule{alone, open}},
		{"!If [Unknown, required, required]", "false", nil},
		{"!If [On, required, !Ref AWS::NoValue]", "false", []transform.Rule{alone, parameter}},
		{"!Ref Tokens", "false", []transform.Rule{alone, parameter}},
		{"!Ref Allowed", "false", nil},
		{"!Ref Image", "false", []transform.Rule{alone, open}},
		{"!FindInMap [M, a, t]", "false", nil},
		{"!FindInMap [M, b, t]", "false", []transform.Rule{alone, open}},
		{"!If [AliasedIsB, optional, required]", "false", []transform.Rule{alone, parameter}},
		{"!If [Lists, required, optional]", "false", []transform.Rule{alone, open}},
		{"!If [On, *r, required]", "false", []transform.Rule{alone, parameter}},
		{"!Sub '${Allowed}'", "false", nil},
		{"!Join ['', [req, uired]]", "false", nil},
		{"!GetAtt A.B", "false", []transform.Rule{alone, open}},
	} {
		src := fmt.Sprintf(template, test.deflt, test.tokens)
		opts := transform.Defaults()
		opts.IPTables = transform.IPTablesOff
		got := openRules(t, test.tokens, []byte(src), opts)
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s, default %s: -want +got\n%s", test.tokens, test.deflt, diff)
		}
	}
}

// TestConflictingParameter wants a literal where a parameter is locked to another
// value already.
func TestConflictingParameter(t *testing.T) {
	const src = `Parameters: {DisableIMDSv1: {Type: String, Default: "false"}}
Conditions: {Off: !Equals [!Ref DisableIMDSv1, "true"], On: !Not [!Condition Off]}
Resources:
  A: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {MetadataOptions: {HttpTokens: !If [Off, required, optional]}}}
  B: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {MetadataOptions: {HttpTokens: !If [Off, optional, required]}}}
`
	result := patch(t, []byte(src), transform.Defaults())
	if open := openRules(t, "conflict", result.Output, transform.Defaults()); len(open) > 0 {
		t.Errorf("open: %v in\n%s", open, result.Output)
	}
	if !strings.Contains(string(result.Output), "B: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {MetadataOptions: {HttpTokens: required,") {
		t.Errorf("one parameter cannot serve both:\n%s", result.Output)
	}
}

// TestCheckNodegroups is the table of what the LaunchTemplate of a managed node
// group can be.
func TestCheckNodegroups(t *testing.T) {
	const template = `Conditions: {Has: !Equals [!Ref "AWS::Region", x]}
Resources:
  LT:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: required}}}
  Custom: {Type: Custom::LaunchTemplate}
  Group: {Type: AWS::EKS::Nodegroup, Properties: {LaunchTemplate: %s}}
`
	without := []transform.Rule{transform.RuleNodegroup}
	for _, test := range []struct {
		launchTemplate string
		want           []transform.Rule
	}{
		{"{Id: !Ref LT}", nil},
		{"{Name: !Ref LT}", nil},
		{"{Id: !Ref Custom}", nil}, // from elsewhere, which is a note
		{"{Id: !ImportValue x}", nil},
		{"!If [Has, {Id: !Ref LT}, {Id: !ImportValue x}]", nil},
		{"!Ref AWS::NoValue", without},
		{"", without},
		{"!If [Has, {Id: !Ref LT}, !Ref AWS::NoValue]", without},
		{"{Id: !If [Has, !Ref LT, !Ref AWS::NoValue]}", without},
		{"{Id: !If [Has, !Ref LT, !Ref AWS::NoValue], Name: !If [Has, !Ref AWS::NoValue, y]}", nil},
	} {
		opts := transform.Defaults()
		opts.IPTables, opts.Version = transform.IPTablesOff, transform.VersionKeep
		got := openRules(t, test.launchTemplate, fmt.Appendf(nil, template, test.launchTemplate), opts)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.launchTemplate, diff)
		}
	}
}

// TestUnjudgedUserData wants Check to be as strict as Patch about user data of
// which nothing can be said: open where the commands are asked for explicitly.
func TestUnjudgedUserData(t *testing.T) {
	for _, userData := range []string{"aGVsbG8=", "!ImportValue x", "!Base64 '<powershell></powershell>'", "!Base64 ''", "!If [C, !Ref AWS::NoValue, x]"} {
		src := []byte("Conditions: {C: !Equals [a, a]}\nResources: {LT: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {" +
			"MetadataOptions: {HttpPutResponseHopLimit: 1, HttpTokens: required}, UserData: " + userData + "}}}}\n")
		opts := transform.Defaults()
		if open := openRules(t, userData, src, opts); len(open) > 0 {
			t.Errorf("%s: %v", userData, open)
		}
		opts.IPTables = transform.IPTablesStrict
		if open := openRules(t, userData, src, opts); !slices.Contains(open, transform.RuleUserData) {
			t.Errorf("%s with %s: %v", userData, opts.IPTables, open)
		}
		if _, err := transform.Patch(t.Context(), src, opts); err == nil {
			t.Errorf("%s with %s is patched", userData, opts.IPTables)
		}
	}
}

// TestOptions wants what is no option refused, by both.
func TestOptions(t *testing.T) {
	src := []byte("Resources: {}\n")
	for _, change := range []func(*transform.Options){
		func(o *transform.Options) { o.HopLimit = -3 },
		func(o *transform.Options) { o.HopLimit = 65 },
		func(o *transform.Options) { o.IMDSv1 = "Keep" },
		func(o *transform.Options) { o.IPTables = "Strict" },
		func(o *transform.Options) { o.OS = "Linux" },
		func(o *transform.Options) { o.Version = "Latest" },
	} {
		opts := transform.Defaults()
		change(&opts)
		if _, err := transform.Patch(t.Context(), src, opts); err == nil {
			t.Errorf("Patch takes %+v", opts)
		}
		if _, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: opts}); err == nil {
			t.Errorf("Check takes %+v", opts)
		}
	}
}

// TestIMDSv1UserData wants Patch and Check to note a line of the user data that
// required tokens break, at its address.
func TestIMDSv1UserData(t *testing.T) {
	src := []byte("Resources:\n  LT:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        UserData: !Base64 |\n" +
		"          #!/bin/bash\n          id=$(curl http://169.254.169.254/latest/meta-data/instance-id)\n")
	for _, test := range []struct {
		imdsv1 transform.IMDSv1
		want   []string
	}{{transform.IMDSv1Lock, []string{"8:28"}}, {transform.IMDSv1Keep, nil}} {
		opts := transform.Defaults()
		opts.IMDSv1 = test.imdsv1
		findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: opts})
		if err != nil {
			t.Fatal(err)
		}
		for name, findings := range map[string][]transform.Finding{"Patch": patch(t, src, opts).Findings, "Check": findings} {
			var got []string
			for _, f := range findings {
				if f.Rule == transform.RuleIMDSv1UserData && f.Kind == transform.KindNote {
					got = append(got, f.Start.String())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s with %s: -want +got\n%s", name, test.imdsv1, diff)
			}
		}
	}
}
