package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/imdslock/imdslock/internal/needs"
)

// TestMain lets the test binary be the command in scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"imdslock": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if what, ok := strings.CutPrefix(cond, "require:"); ok {
				return needs.Required(what), nil
			}
			return cond == "root" && os.Getuid() == 0, nil
		},
		RequireUniqueNames: true,
	})
}
