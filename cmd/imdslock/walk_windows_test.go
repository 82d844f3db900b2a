package main

import (
	"path/filepath"
	"testing"
)

// TestWalkDrive walks the current folder of a drive, named by the drive alone.
func TestWalkDrive(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeText(t, "nodes.yaml", openTemplate)
	found, err := walk(options{}, filepath.VolumeName(dir))
	if err != nil || len(found) != 1 || filepath.Base(found[0].path) != "nodes.yaml" {
		t.Errorf("found %v, %v", found, err)
	}
}
