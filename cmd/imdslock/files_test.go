package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// namesIn returns the names of all files in a folder, hidden ones included.
func namesIn(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func nothingBetween() error { return nil }

// TestFileSetRefusesChangedFile lets somebody else change one of two files
// between reading and writing: neither is written.
func TestFileSetRefusesChangedFile(t *testing.T) {
	old := contentOf([]byte("old"))
	for name, test := range map[string]struct {
		before *content
		change func(path string) error
		want   string // in b, or "" where it is gone
		fails  bool
	}{
		"nobody changes it":        {old, func(string) error { return nil }, "new", false},
		"changed":                  {old, func(path string) error { return os.WriteFile(path, []byte("other"), 0o644) }, "other", true},
		"removed":                  {old, os.Remove, "", true},
		"the new content is there": {old, func(path string) error { return os.WriteFile(path, []byte("new"), 0o644) }, "new", false},
		"it was not there":         {&content{}, func(string) error { return nil }, "old", true},
		"whatever there is":        {nil, func(path string) error { return os.WriteFile(path, []byte("other"), 0o644) }, "new", false},
		"a link to the same": {old, func(path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.Symlink(path+".moved", path))
		}, "old", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
			writeText(t, a, "old")
			writeText(t, b, "old")
			var files fileSet
			if err := errors.Join(files.stage(a, old, []byte("new")), files.stage(b, test.before, []byte("new"))); err != nil {
				t.Fatal(err)
			}
			if err := test.change(b); err != nil {
				t.Fatal(err)
			}
			err := files.commit(t.Context(), nothingBetween)
			files.discard()
			if (err != nil) != test.fails {
				t.Errorf("got %v", err)
			}
			if test.fails && !strings.HasSuffix(err.Error(), "b was changed by somebody else while it was read: it stays as it is now") {
				t.Errorf("got %v", err)
			}
			if got := readText(t, a); (got == "new") == test.fails {
				t.Errorf("a is %q", got)
			}
			if got, err := os.ReadFile(b); string(got) != test.want || (err != nil) != (test.want == "") {
				t.Errorf("b is %q, %v, want %q", got, err, test.want)
			}
			if names := namesIn(t, dir); strings.Contains(names, ".a") || strings.Contains(names, ".b") {
				t.Errorf("left behind: %s", names)
			}
		})
	}
}

// TestFileSetDiscards leaves nothing behind if stdout fails, or if the run ends
// before the files are in place.
func TestFileSetDiscards(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	var files fileSet
	if err := files.stage(path, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if names := namesIn(t, dir); !strings.HasPrefix(names, ".a.yaml") || filepath.Ext(names) == ".yaml" {
		t.Errorf("staged as %q, which a walk would take for a template", names)
	}
	err := files.commit(t.Context(), func() error { return errors.New("stdout is full") })
	if err == nil || err.Error() != "stdout is full; no file is written" {
		t.Errorf("got %v", err)
	}
	files.discard()
	ended := errors.New("ended")
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := files.stage(path, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	cancel(ended)
	if err := files.commit(ctx, nothingBetween); err != ended {
		t.Errorf("got %v", err)
	}
	files.discard()
	if names := namesIn(t, dir); names != "" {
		t.Errorf("left behind: %s", names)
	}
}

// TestFileSetTakesLongNames writes files with the longest names that there are.
func TestFileSetTakesLongNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{strings.Repeat("x", 250) + ".yaml", strings.Repeat("ä", 125) + ".yaml"} {
		path := filepath.Join(dir, name)
		writeText(t, path, "old")
		var files fileSet
		if err := errors.Join(files.stage(path, nil, []byte("new")), files.commit(t.Context(), nothingBetween)); err != nil {
			t.Error(err)
		}
		if got := readText(t, path); got != "new" {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// TestFileSetRefusesTwoContents stages a file under two spellings, there or not.
func TestFileSetRefusesTwoContents(t *testing.T) {
	t.Chdir(t.TempDir())
	writeText(t, "there", "old")
	var files fileSet
	defer files.discard()
	for _, name := range []string{"there", "new"} {
		absolute, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(files.stage(name, nil, []byte("a")), files.stage("./"+name, nil, []byte("a"))); err != nil {
			t.Fatal(err)
		}
		if err := files.stage(absolute, nil, []byte("b")); err == nil || err.Error() != absolute+" cannot have two contents: it is named twice" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
