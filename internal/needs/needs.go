// Package needs skips tests that need something which not every machine has.
package needs

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Missing skips a test because something is missing, and says why. If the
// environment's IMDSLOCK_REQUIRE lists it, as in "cloud-init,corpus", the test
// fails instead, so that a run that must prove something cannot pass by
// skipping.
func Missing(t testing.TB, what, why string) {
	t.Helper()
	if Required(what) {
		t.Fatalf("%s is required: %s", what, why)
	}
	t.Skipf("no %s: %s", what, why)
}

// CFNLint returns the path of cfn-lint. It skips the test if cfn-lint is missing, or
// in a short run, since it takes seconds to start.
func CFNLint(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: cfn-lint takes seconds")
	}
	path, err := exec.LookPath("cfn-lint")
	if err != nil {
		Missing(t, "cfn-lint", err.Error())
	}
	return path
}

// Required reports whether the environment's IMDSLOCK_REQUIRE lists something.
func Required(what string) bool {
	return slices.Contains(strings.Split(os.Getenv("IMDSLOCK_REQUIRE"), ","), what)
}
