package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestPack(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if err := os.WriteFile(program, []byte("\x7fELF"), 0o600); err != nil {
		t.Fatal(err)
	}
	var packed [2][]byte
	for i := range packed {
		out := filepath.Join(dir, "out.zip")
		if status := run([]string{"pack", program, out}); status != 0 {
			t.Fatal(status)
		}
		var err error
		if packed[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(packed[0], packed[1]) {
		t.Error("the same program gives two ZIP files")
	}
	r, err := zip.NewReader(bytes.NewReader(packed[0]), int64(len(packed[0])))
	if err != nil || len(r.File) != 1 || r.File[0].Name != "bootstrap" || r.File[0].Mode() != 0o755 {
		t.Fatalf("%v %+v", err, r)
	}
	f, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(f); err != nil || string(content) != "\x7fELF" {
		t.Errorf("%v %q", err, content)
	}
}

func TestUsage(t *testing.T) {
	if status := run([]string{"pack"}); status != 2 {
		t.Error(status)
	}
	if status := run([]string{"pack", filepath.Join(t.TempDir(), "none"), "out"}); status != 2 {
		t.Error(status)
	}
}
