package shell

import "strings"

// imageLinks are the links that the images of nodes have: of a merged /usr, and of
// /proc to the root directory.
var imageLinks = [...][2]string{
	{"/bin/", "/usr/bin/"}, {"/sbin/", "/usr/sbin/"}, {"/lib/", "/usr/lib/"}, {"/lib64/", "/usr/lib64/"}, {"/var/run/", "/run/"},
	{"/proc/1/root/", "/"}, {"/proc/self/root/", "/"}, {"/proc/1/cwd/", "/"}, {"/proc/self/cwd/", "/"},
}

// maxLinks is how many links Linux follows in a path (man 7 path_resolution).
const maxLinks = 40

// resolve returns the path that a path stands for if a directory in it is a link.
func (fs *Files) resolve(name string) string {
	for _, link := range imageLinks {
		if rest, ok := strings.CutPrefix(name, link[0]); ok {
			name = link[1] + rest
		}
	}
	for range maxLinks {
		resolved := fs.follow(name)
		if resolved == name {
			break
		}
		name = resolved
	}
	return name
}

// follow replaces the first directory of a path that is a link.
func (fs *Files) follow(name string) string {
	for i := 1; i < len(name); i++ {
		if target, ok := fs.links[name[:i]]; ok && name[i] == '/' {
			return clean(strings.TrimSuffix(target, "/") + name[i:])
		}
	}
	return name
}

// link makes a path stand for another.
func (fs *Files) link(name, target string) {
	if fs.links == nil {
		fs.links = map[string]string{}
	}
	fs.links[strings.TrimSuffix(name, "/")] = strings.TrimSuffix(target, "/")
}

// cover records that what is, or will be, in a file or a directory may not be there
// later: something is mounted over it, or it cannot be changed.
func (fs *Files) cover(name string) {
	name = strings.TrimSuffix(name, "/")
	fs.covered = append(fs.covered, name)
	for _, other := range fs.All() {
		if isIn(other, name) {
			f := fs.byPath[other]
			fs.version++
			f.Sure, f.Gone, f.Version, f.At = false, true, fs.version, fs.at
		}
	}
}

// leaveOpen says that a descriptor is open by which commands may write to a file at
// any time.
func (fs *Files) leaveOpen(name string) {
	name = fs.resolve(name)
	fs.open = append(fs.open, name)
	fs.write(name, Unknown, false)
}

func (fs *Files) isCovered(name string) bool {
	for _, c := range fs.covered {
		if isIn(name, c) {
			return true
		}
	}
	return false
}

// isIn reports whether a path is, or may be, a directory or in it.
func isIn(name, dir string) bool {
	if name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") {
		return true
	}
	if !strings.Contains(dir, Unknown) {
		return false
	}
	for i := 1; i < len(name); i++ {
		if name[i] == '/' && may(dir, name[:i]) {
			return true
		}
	}
	return may(dir, name)
}
