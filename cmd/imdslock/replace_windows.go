package main

import "os"

// replaceFile writes a file in place: Windows renames over no open file.
func replaceFile(path string, data []byte) error { return os.WriteFile(path, data, 0o666) }
