package stack

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A Use is a launch template of the template that something launches nodes
// from, and the version that it asks for.
type Use struct {
	LogicalID string // of the group or instance
	Path      string // of the LaunchTemplate within its properties
	Template  string // logical ID of the launch template
	Version   string // a number, $Latest or $Default
	Launch    Launch // what that version has; only set by Update
}

// Uses returns which launch templates of the template are used, and by what,
// sorted by logical ID and path. Launch templates from elsewhere are left out.
func (t *Template) Uses(passed map[string]string) ([]Use, error) {
	e, err := t.evaluate(passed)
	if err != nil {
		return nil, err
	}
	var uses []Use
	resources := t.section("Resources")
	for _, name := range sortedKeys(resources) {
		resource := asMap(resources[name])
		if holds, err := e.exists(resource); err != nil || !holds {
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if resource["Type"] == "AWS::EC2::LaunchTemplate" {
			continue
		}
		properties, err := e.value(resource["Properties"])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		uses = append(uses, t.usesBelow(name, "", properties)...)
	}
	return uses, nil
}

func (e *evaluation) exists(resource map[string]any) (bool, error) {
	if c, ok := resource["Condition"]; ok {
		return e.condition(c)
	}
	return true, nil
}

// usesBelow looks for specifications of launch templates in evaluated
// properties: mappings that name one by id or name.
func (t *Template) usesBelow(name, path string, v any) []Use {
	var uses []Use
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			uses = append(uses, t.usesBelow(name, path+"."+strconv.Itoa(i), item)...)
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			within := strings.TrimPrefix(path+"."+key, ".")
			if template, ok := t.named(asMap(v[key])); ok && slices.Contains([]string{"LaunchTemplate", "LaunchTemplateSpecification"}, key) {
				uses = append(uses, Use{LogicalID: name, Path: within, Template: template, Version: version(asMap(v[key])["Version"])})
				continue
			}
			uses = append(uses, t.usesBelow(name, within, v[key])...)
		}
	}
	return uses
}

// named returns the logical id of the launch template that a specification
// names.
func (t *Template) named(specification map[string]any) (string, bool) {
	for _, key := range []string{"Id", "LaunchTemplateId", "Name", "LaunchTemplateName"} {
		text, _ := specification[key].(string)
		for id, resource := range t.section("Resources") {
			r := asMap(resource)
			if r["Type"] != "AWS::EC2::LaunchTemplate" {
				continue
			}
			own, named := asMap(r["Properties"])["LaunchTemplateName"].(string)
			if text == "<"+id+">" || text == fmt.Sprintf("<Fn::GetAtt %v>", []any{id, "LaunchTemplateId"}) || named && text == own {
				return id, true
			}
		}
	}
	return "", false
}

// version reads the version of a specification. Without one it is the default.
func version(v any) string {
	text, ok := v.(string)
	switch {
	case !ok:
		return "$Default"
	case strings.HasPrefix(text, "<Fn::GetAtt ") && strings.Contains(text, "LatestVersionNumber"):
		return "$Latest"
	case strings.HasPrefix(text, "<Fn::GetAtt ") && strings.Contains(text, "DefaultVersionNumber"):
		return "$Default"
	}
	return text
}

// Update makes a stack of a template and updates it with another, and returns
// what each use of a launch template launches then. An update makes version 2
// of a launch template that has changed, and leaves version 1 the default
// ("AWS::EC2::LaunchTemplate" in the AWS CloudFormation Template Reference). A
// group that is only in the second template uses version 1 of a launch template
// that is only there too.
func Update(before, after *Template, passed map[string]string) ([]Use, error) {
	first, err := before.Launches(passed)
	if err != nil {
		return nil, err
	}
	second, err := after.Launches(passed)
	if err != nil {
		return nil, err
	}
	uses, err := after.Uses(passed)
	if err != nil {
		return nil, err
	}
	for i := range uses {
		versions := versionsOf(uses[i].Template, first, second)
		number := 1
		switch uses[i].Version {
		case "$Default":
		case "$Latest":
			number = len(versions)
		default:
			if number, err = strconv.Atoi(uses[i].Version); err != nil {
				return nil, fmt.Errorf("%s: version %q is not evaluated here", uses[i].LogicalID, uses[i].Version)
			}
		}
		if number < 1 || number > len(versions) {
			return nil, fmt.Errorf("%s: %s has no version %d", uses[i].LogicalID, uses[i].Template, number)
		}
		uses[i].Launch = versions[number-1]
	}
	return uses, nil
}

// versionsOf returns the versions of a launch template, the first of which is
// the default.
func versionsOf(template string, launches ...[]Launch) []Launch {
	var versions []Launch
	for _, stack := range launches {
		for _, l := range stack {
			if l.LogicalID == template && (len(versions) == 0 || !reflect.DeepEqual(versions[len(versions)-1], l)) {
				versions = append(versions, l)
			}
		}
	}
	return versions
}
