//go:build linux

package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/prove/stack"
	"github.com/imdslock/imdslock/transform"
)

// opened are launch templates that a parameter value opens which the template does
// not name, or names in a roundabout way.
var opened = []struct {
	name       string
	parameters string
	condition  string
	options    string // of metadata, with the condition Opens
	passed     []string
}{
	{"Region", "", `!Equals [!Sub "in-${AWS::Region}", in-us-west-2]`, "HttpTokens: !If [OpensRegion, optional, required]", nil},
	{"Join", "JoinSite: {Type: String}", `!Equals [!Join ["-", [site, !Ref JoinSite]], site-blue]`, "HttpTokens: !If [OpensJoin, optional, required]",
		[]string{"JoinSite=blue"}},
	{"Sub", "SubSite: {Type: String, Default: red}", `!Equals [!Sub ["${Where}/x", {Where: !Ref SubSite}], blue/x]`, "HttpTokens: !If [OpensSub, optional, required]",
		[]string{"SubSite=blue"}},
	{"Two", "Left: {Type: String}\n  Right: {Type: String}", `!Equals [!Ref Left, !Ref Right]`, "HttpTokens: !If [OpensTwo, optional, required]",
		[]string{"Left=same", "Right=same"}},
	{"Allowed", "Known: {Type: String, AllowedValues: [old, new], Default: new}\n  Free: {Type: String}", `!Equals [!Ref Free, !Ref Known]`, "HttpTokens: !If [OpensAllowed, optional, required]",
		[]string{"Known=old", "Free=old"}},
	{"List", "Sites: {Type: CommaDelimitedList, Default: red, AllowedValues: [red]}", `!Not [!Equals [!Join ["+", !Ref Sites], red]]`, "HttpTokens: !If [OpensList, optional, required]",
		[]string{"Sites=red,red"}},
	{"Split", "SplitSite: {Type: String, Default: red-1}", `!Equals [!Select [0, !Split ["-", !Ref SplitSite]], blue]`, "HttpTokens: !If [OpensSplit, optional, required]",
		[]string{"SplitSite=blue-2"}},
	{"Mapped", "MapSite: {Type: String, Default: red}", `!Equals [!Ref MapSite, !FindInMap [Colors, north, color]]`, "HttpTokens: !If [OpensMapped, optional, required]",
		[]string{"MapSite=blue"}},
	{"Hops", "HopSite: {Type: String, Default: red}", `!Equals [!Sub "x${HopSite}", xblue]`, "HttpTokens: required, HttpPutResponseHopLimit: !If [OpensHops, 5, 1]",
		[]string{"HopSite=blue"}},
	{"Rules", "RuleSite: {Type: String, Default: red}", `!Equals [!Ref RuleSite, blue]`, "HttpTokens: !If [OpensRules, optional, required]",
		[]string{"RuleSite=blue"}},
}

// openedTemplate has all of them.
func openedTemplate() []byte {
	var parameters, conditions, resources strings.Builder
	for _, o := range opened {
		if o.parameters != "" {
			fmt.Fprintf(&parameters, "  %s\n", o.parameters)
		}
		fmt.Fprintf(&conditions, "  Opens%s: %s\n", o.name, o.condition)
		options := o.options
		if !strings.Contains(options, "HopLimit") {
			options += ", HttpPutResponseHopLimit: 1"
		}
		fmt.Fprintf(&resources, "  %s:\n    Type: AWS::EC2::LaunchTemplate\n    Properties:\n      LaunchTemplateData:\n        ImageId: ami-0123456789abcdef0\n        MetadataOptions: {HttpEndpoint: enabled, %s}\n", o.name, options)
	}
	return fmt.Appendf(nil, "Parameters:\n%sMappings:\n  Colors: {north: {color: blue}}\nRules:\n  Red: {Assertions: [{Assert: !Contains [[red, blue], !Ref RuleSite]}]}\nConditions:\n%sResources:\n%s",
		parameters.String(), conditions.String(), resources.String())
}

// openingValues are the values that open them, by the names of parameters.
func openingValues() map[string]string {
	values := map[string]string{}
	for _, o := range opened {
		for _, p := range o.passed {
			name, value, _ := strings.Cut(p, "=")
			values[name] = value
		}
	}
	return values
}

// TestOpenedFound wants check to find each of them open.
func TestOpenedFound(t *testing.T) {
	findings, err := checked(openedTemplate())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range opened {
		if !slices.ContainsFunc(findings, func(f transform.Finding) bool { return f.LogicalID == o.name && f.Kind == transform.KindOpen }) {
			t.Errorf("%s: check finds nothing open", o.name)
		}
	}
}

// TestOpenedRefused wants each value that opens a launch template, and that the locked
// one does not have, to be refused there beside values that are accepted.
func TestOpenedRefused(t *testing.T) {
	result, err := patched(openedTemplate(), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	accepted := acceptedValues(result)
	if _, err := deploy(result.Output, accepted); err != nil {
		t.Fatal(err)
	}
	for name, value := range openingValues() {
		if value == accepted[name] {
			continue
		}
		values := maps.Clone(accepted)
		values[name] = value
		if _, err := deploy(result.Output, values); !errors.Is(err, stack.ErrRefused) {
			t.Errorf("%s=%s is not refused: %v", name, value, err)
		}
	}
}

// acceptedValues are the values that open launch templates, but for those in whose place
// a result allows another alone.
func acceptedValues(result transform.Result) map[string]string {
	values := openingValues()
	for name, only := range result.Parameters {
		if _, ok := values[name]; ok {
			values[name] = only
		}
	}
	return values
}

// TestValuesDeployed creates a stack on moto with the values that open each launch
// template, and one of what imdslock makes of it: each is open in the first, and
// none in the second, for which a value that is refused counts as none.
func TestValuesDeployed(t *testing.T) {
	m := mustMoto(t)
	before := openedTemplate()
	result, err := patched(before, transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for id, options := range m.launchTemplates(before, openingValues()) {
		if options.Locked() {
			t.Errorf("%s is not open with the values that are to open it: %+v", id, options)
		}
	}
	m.aws("cloudformation", "delete-stack", "--stack-name", stackName)
	for id, options := range m.launchTemplates(result.Output, acceptedValues(result)) {
		if !options.Locked() {
			t.Errorf("%s is open: %+v\n%s", id, options, result.Output)
		}
	}
}

// launchTemplates creates the stack and returns the options of its launch
// templates by logical ID.
func (m *moto) launchTemplates(template []byte, values map[string]string) map[string]stack.MetadataOptions {
	m.t.Helper()
	var parameters []string
	for name, value := range values {
		parameters = append(parameters, fmt.Sprintf("ParameterKey=%s,ParameterValue=%q", name, value))
	}
	m.stack("create-stack", template, parameters...)
	var created struct {
		StackResources []struct{ LogicalResourceId, PhysicalResourceId string }
	}
	if err := json.Unmarshal(m.aws("cloudformation", "describe-stack-resources", "--stack-name", stackName), &created); err != nil || len(created.StackResources) != len(opened) {
		m.t.Fatalf("%d resources: %v", len(created.StackResources), err)
	}
	all := map[string]stack.MetadataOptions{}
	for _, r := range created.StackResources {
		all[r.LogicalResourceId], _ = m.version(r.PhysicalResourceId, "1")
	}
	return all
}
