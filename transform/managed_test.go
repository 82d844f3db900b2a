package transform

import "testing"

// TestCannotAddLaunchTemplate has managed node groups that can be given no launch
// template.
func TestCannotAddLaunchTemplate(t *testing.T) {
	const start = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, c]}\nResources: {N: {Type: AWS::EKS::Nodegroup"
	for properties, want := range map[string]string{
		"":                             "3:13: N: it has no Properties",
		", Properties: {}":             "3:13: N: it has no Properties",
		", Properties: null":           "3:13: N: it has no Properties",
		", Properties: {DiskSize: 20}": "3:67: N: DiskSize cannot be used together with a launch template",
		", Properties: {LaunchTemplate: !If [C, {Id: x}, !Ref AWS::NoValue]}": "3:13: N: its launch template depends on a condition",
	} {
		opts := Defaults()
		opts.AddLaunchTemplate = true
		if _, err := Patch(t.Context(), []byte(start+properties+"}}\n"), opts); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", properties, err, want)
		}
	}
}
