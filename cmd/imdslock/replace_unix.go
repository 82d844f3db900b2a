//go:build !windows

package main

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

// replaceFile replaces a file by renaming a new one over it.
func replaceFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o666,
		renameio.WithTempDir(filepath.Dir(path)), renameio.WithExistingPermissions())
}
