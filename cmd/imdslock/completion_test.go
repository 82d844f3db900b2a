package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// TestCompletionOffersWhatIsAccepted compares the words that help and completion
// show for an option with those that the command names when it gets another.
func TestCompletionOffersWhatIsAccepted(t *testing.T) {
	app := newApp(&command{args: []string{"imdslock"}})
	compared := 0
	for name, flags := range map[string][]string{
		"": {"--imdsv1", "--iptables", "--os", "--template"}, "check": {"--format", "--imdsv1"}, "templates": {"--format"},
	} {
		all := app.Flags
		if name != "" {
			all = app.Command(name).Flags
		}
		for _, flag := range flags {
			o, ok := lookUp(all, flag)
			if !ok {
				t.Fatalf("%s has no %s", name, flag)
			}
			var stdout, stderr bytes.Buffer
			args := append([]string{"imdslock"}, strings.Fields(name+" "+flag+" nonsense")...)
			run(args, strings.NewReader(""), &stdout, &stderr)
			_, want, _ := strings.Cut(strings.SplitN(stderr.String(), "\n", 2)[0], "nonsense: want ")
			if !slices.Equal(strings.Split(want, ", "), o.words()) {
				t.Errorf("%s %s offers %q, but: %s", name, flag, o.words(), stderr.String())
			}
			compared++
		}
	}
	if compared != 7 {
		t.Errorf("compared %d options", compared)
	}
}
