//go:build !windows

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// createBeside makes an empty file in the folder of path, with the mode of old, the
// file that is there already, if any. Its name is hidden and ends in digits. The
// caller closes it and renames it by its name: renameio's own pending files would
// all stay open.
func createBeside(path string, old fs.FileInfo) (*os.File, error) {
	mode := renameio.WithPermissions(0o666)
	if old != nil {
		mode = renameio.WithStaticPermissions(old.Mode().Perm())
	}
	dir := filepath.Dir(path)
	f, err := renameio.NewPendingFile(filepath.Join(dir, startOf(path)), renameio.WithTempDir(dir), mode)
	if err != nil {
		return nil, err
	}
	return f.File, nil
}

// keepOwner gives f the owner and the group of the old file, or only the group, or
// neither, as far as the system allows. Then it sets the mode, since a change of the
// owner, or writing, clears the bits that run a file as its owner or group: these
// stay only with the same owner or group.
func keepOwner(f *os.File, old fs.FileInfo) {
	mode := old.Mode() & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
	stat, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	if err := f.Chown(int(stat.Uid), int(stat.Gid)); err != nil {
		mode &^= fs.ModeSetuid
		if err := f.Chown(-1, int(stat.Gid)); err != nil {
			mode &^= fs.ModeSetgid
		}
	}
	_ = f.Chmod(mode) // it has the permissions already
}
