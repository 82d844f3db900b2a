// Package needs is for tests that need something which not every machine has.
package needs

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Missing skips a test for want of something, and says why. Where the
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

// Required reports whether the environment's IMDSLOCK_REQUIRE lists something.
func Required(what string) bool {
	return slices.Contains(strings.Split(os.Getenv("IMDSLOCK_REQUIRE"), ","), what)
}
