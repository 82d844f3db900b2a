package hook

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
)

// properties are properties of a resource by name, as they are written.
type properties map[string]json.RawMessage

// oneResource returns a template with one resource, that of an event. Its user
// data is in base64, since CloudFormation has evaluated Fn::Base64 by now.
func oneResource(target requestData) ([]byte, error) {
	var all properties
	if err := json.Unmarshal(target.TargetModel.ResourceProperties, &all); err != nil {
		return nil, fmt.Errorf("the properties of %s cannot be read: %w", logicalID(target.TargetLogicalID), err)
	}
	if len(all) == 0 {
		return nil, errors.New("the event has no properties to judge")
	}
	return json.Marshal(map[string]any{"Resources": map[string]any{
		logicalID(target.TargetLogicalID): map[string]any{"Type": target.TargetName, "Properties": all},
	}})
}

// logicalID returns an ID that CloudFormation would take in a template. That of a
// resource made by Cloud Control is a constructed value.
func logicalID(id string) string {
	for _, c := range id {
		if c > unicode.MaxASCII || !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return "Resource"
		}
	}
	return cmp.Or(id, "Resource")
}
