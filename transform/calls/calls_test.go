package calls

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
	var names []string
	for _, c := range changes {
		names = append(names, c.name)
	}
	for _, c := range slices.Concat(opening[:], launching[:]) {
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
