package transform_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"imdslock/transform"
)

// FuzzPatch holds the laws on whatever comes: no panic; no output beside an
// error; what is patched stays as it is when it is patched again, and Check
// finds nothing open in it that was promised.
func FuzzPatch(f *testing.F) {
	files, err := filepath.Glob("../fixtures/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		original := bytes.Clone(src)
		opts := transform.Defaults()
		result, err := transform.Patch(src, opts)
		if !bytes.Equal(src, original) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if result.Output != nil {
				t.Fatalf("output beside the error %v", err)
			}
			return
		}
		again, err := transform.Patch(result.Output, opts)
		if err != nil {
			t.Fatalf("the result cannot be patched again: %v\n%s", err, result.Output)
		}
		if !bytes.Equal(again.Output, result.Output) {
			t.Fatalf("a second run changes\n%s\nto\n%s", result.Output, again.Output)
		}
		if _, err := transform.Check(result.Output, transform.CheckOptions{Options: opts}); err != nil {
			t.Fatalf("the result cannot be checked: %v", err)
		}
	})
}
