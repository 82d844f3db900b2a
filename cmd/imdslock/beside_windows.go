package main

import (
	"io/fs"
	"os"
	"path/filepath"
)

// createBeside makes an empty file in the folder of path. Its name begins with a dot,
// as hidden names do elsewhere, and ends in digits.
func createBeside(path string, _ fs.FileInfo) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+startOf(path))
}

// keepOwner does nothing: a new file has the rights that its folder gives.
func keepOwner(*os.File, fs.FileInfo) {}
