package transform

import (
	"slices"
	"testing"
)

// TestSqueezed wants the operations in all calls to be as squeezed texts have them,
// and long enough.
func TestSqueezed(t *testing.T) {
	for _, text := range []string{"ModifyLaunchTemplate", "modify_launch_template", "modify-launch-template"} {
		if got := squeezed(text); got != "modifylaunchtemplate" {
			t.Errorf("%s: got %s", text, got)
		}
	}
	names := []string{updatesGroup}
	for _, c := range slices.Concat(openingCalls[:], launchingCalls[:]) {
		names = append(names, c.names...)
	}
	for _, name := range names {
		if squeezed(name) != name || len(name) < shortest {
			t.Errorf("%s is squeezed to %q", name, squeezed(name))
		}
	}
	if !slices.ContainsFunc(names, func(name string) bool { return len(name) == shortest }) {
		t.Errorf("no operation has %d bytes", shortest)
	}
}
