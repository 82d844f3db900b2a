package hook

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// properties are properties of a resource by name, as they are written.
type properties map[string]json.RawMessage

// oneResource returns a template with one resource, that of an event.
func oneResource(target requestData) ([]byte, error) {
	var all properties
	if err := json.Unmarshal(target.TargetModel.ResourceProperties, &all); err != nil {
		return nil, fmt.Errorf("the properties of %s cannot be read: %w", logicalID(target.TargetLogicalID), err)
	}
	if len(all) == 0 {
		return nil, errors.New("the event has no properties to judge")
	}
	if err := decodeUserData(all); err != nil {
		return nil, fmt.Errorf("the properties of %s cannot be read: %w", logicalID(target.TargetLogicalID), err)
	}
	return json.Marshal(map[string]any{"Resources": map[string]any{
		logicalID(target.TargetLogicalID): map[string]any{"Type": target.TargetName, "Properties": all},
	}})
}

// logicalID returns an id that CloudFormation would take in a template. That of
// a resource made by Cloud Control is a constructed value.
func logicalID(id string) string {
	for _, c := range id {
		if c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return "Resource"
		}
	}
	return cmp.Or(id, "Resource")
}

// decodeUserData puts user data back into Fn::Base64, which CloudFormation has
// evaluated by now. What is no base64 of a text is left as it is: it cannot be
// judged.
func decodeUserData(p properties) error {
	if nested, ok := p["LaunchTemplateData"]; ok {
		var data properties
		if err := json.Unmarshal(nested, &data); err != nil {
			return fmt.Errorf("LaunchTemplateData: %w", err)
		}
		if err := decodeUserData(data); err != nil {
			return err
		}
		encoded, err := json.Marshal(data)
		p["LaunchTemplateData"] = encoded
		return err
	}
	var text string
	if json.Unmarshal(p["UserData"], &text) != nil {
		return nil // there is none, or it is not resolved
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(decoded) == 0 || !utf8.Valid(decoded) {
		return nil
	}
	p["UserData"], err = json.Marshal(map[string]string{"Fn::Base64": string(decoded)})
	return err
}
