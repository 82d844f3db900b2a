package transform_test

import (
	"bytes"
	"testing"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// FuzzPatch holds the laws on whatever comes, with any options: no panic; no
// output beside an error; the edits are the whole difference; what is patched
// stays as it is when it is patched again, and Check can judge it.
func FuzzPatch(f *testing.F) {
	for i, fixture := range readFixtures(f) {
		f.Add(fixture.Source(), byte(0))
		f.Add(fixture.Source(), byte(i))
	}
	f.Fuzz(func(t *testing.T, src []byte, choice byte) {
		original := bytes.Clone(src)
		opts := chosen(choice)
		result, err := transform.Patch(t.Context(), src, opts)
		if !bytes.Equal(src, original) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if result.Output != nil {
				t.Fatalf("output beside the error %v", err)
			}
			return
		}
		if result.Changed() == bytes.Equal(result.Output, src) {
			t.Fatalf("Changed is %v\n%s", result.Changed(), result.Output)
		}
		if edited, err := edit.Apply(src, result.Edits()); err != nil || !bytes.Equal(edited, result.Output) {
			t.Fatalf("the edits do not make the output: %v\n%s\nbut\n%s", err, edited, result.Output)
		}
		again, err := transform.Patch(t.Context(), result.Output, opts)
		if err != nil {
			t.Fatalf("the result cannot be patched again: %v\n%s", err, result.Output)
		}
		if !bytes.Equal(again.Output, result.Output) {
			t.Fatalf("a second run changes\n%s\nto\n%s", result.Output, again.Output)
		}
		if _, err := transform.Check(t.Context(), result.Output, transform.CheckOptions{Options: opts}); err != nil {
			t.Fatalf("the result cannot be checked: %v", err)
		}
	})
}

// chosen returns the options that a number stands for; 0 is the defaults.
func chosen(choice byte) transform.Options {
	n := int(choice)
	pick := func(of int) int {
		k := n % of
		n /= of
		return k
	}
	opts := transform.Defaults()
	opts.IMDSv1 = []transform.IMDSv1{transform.IMDSv1Lock, transform.IMDSv1Default, transform.IMDSv1Literal, transform.IMDSv1Keep}[pick(4)]
	opts.IPTables = []transform.IPTables{transform.IPTablesAuto, transform.IPTablesAWS, transform.IPTablesStrict, transform.IPTablesOff}[pick(4)]
	opts.BranchENI = pick(2) == 0
	opts.OS = []transform.OS{transform.OSUnknown, transform.OSLinux, transform.OSWindows}[pick(3)]
	opts.HopLimit = []int{1, 0}[pick(2)]
	return opts
}
