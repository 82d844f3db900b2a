package shell

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// A File is what a script has written to a path.
type File struct {
	Text    string   // what it holds, with Unknown for what is not known
	Sure    bool     // it is there, with Text
	Or      []string // what else it may hold if it is not sure
	Version int      // grows with each change of any file
	At      int      // the place of the command that changed it last
	Gone    bool     // it is, or may be, removed
	Runs    bool     // it is executable for certain
	Image   bool     // Text begins with what the node's image has in the file

	// Edits are the commands that have changed what was in the file, if Text is not
	// known for no other reason.
	Edits   string
	fetched bool // it may hold anything
}

// Texts returns all that a file may hold.
func (f *File) Texts() []string {
	if f == nil {
		return nil
	}
	return append([]string{f.Text}, f.Or...)
}

// Written returns all that scripts may have put into a file, without what the
// image has in it.
func (f *File) Written() []string {
	texts := f.Texts()
	if f != nil && f.Image {
		texts[0] = strings.TrimPrefix(texts[0], Unknown)
	}
	return texts
}

// Files are the files that scripts have written. The zero value has none.
type Files struct {
	byPath  map[string]*File
	dirs    map[string]bool
	links   map[string]string // paths that stand for others: symbolic links and bind mounts
	covered []string          // files and directories in which what is written may not last
	open    []string          // files that commands may write to at any time
	noexec  []noexec

	system   System
	programs bool // one of them may be a program that is called by its name

	version int
	at      int
	edit    string // the command that changes what the files hold that are written next, or ""
}

// Get returns the file at a path, or nil if no script has touched it.
func (fs *Files) Get(name string) *File { return fs.byPath[fs.resolve(name)] }

// touched returns the file at a path, or one whose name is not known and may be
// that, or nil.
func (fs *Files) touched(name string) *File {
	name = fs.resolve(name)
	if f := fs.byPath[name]; f != nil || len(fs.byPath) == 0 {
		return f
	}
	for _, other := range fs.All() {
		if strings.Contains(other, Unknown) && !strings.HasPrefix(other, Unknown) && may(other, name) {
			return fs.byPath[other]
		}
	}
	return nil
}

// Version returns the version of the last change.
func (fs *Files) Version() int { return fs.version }

// maxTexts is the largest number of texts that a file may hold.
const maxTexts = 4

// write puts a text into the file that a path names.
func (fs *Files) write(name, text string, sure bool) {
	if fs.byPath == nil {
		fs.byPath = map[string]*File{}
	}
	fs.version++
	sure = sure && !fs.isCovered(name)
	name = fs.resolve(name)
	if fs.writeLinked(name, text) {
		sure = false
	}
	sure = sure && !fs.isCovered(name) && !slices.Contains(fs.open, name)
	if strings.Contains(name, Unknown) {
		fs.writeMatching(name, text)
	}
	fs.programs = fs.programs || inProgramPath(name) || strings.HasPrefix(name, "/etc/alternatives/") || strings.Contains(name, Unknown)
	fs.put(name, text, sure)
}

// writeLinked writes the file that a link leads to. It returns false if the path is
// not a link.
func (fs *Files) writeLinked(name, text string) bool {
	target, ok := fs.links[name]
	if ok {
		delete(fs.links, name) // once
		fs.write(target, text, false)
		fs.links[name] = target
	}
	return ok
}

// writeMatching writes the files that a pattern may name.
func (fs *Files) writeMatching(pattern, text string) {
	for _, other := range fs.All() {
		if may(pattern, other) && !strings.Contains(other, Unknown) {
			fs.write(other, text, false)
		}
	}
}

// put records that a file holds a text. If that is not sure, the file may still hold
// what it held.
func (fs *Files) put(name, text string, sure bool) {
	f := fs.byPath[name]
	if f == nil {
		f = &File{Gone: !sure}
		fs.byPath[name] = f
	} else if !sure {
		f.Or = append(f.Or, f.Text)
		f.Or = f.Or[max(0, len(f.Or)-maxTexts):]
	}
	if sure {
		f.Or, f.Gone = nil, false
	}
	f.Text, f.Sure, f.Version, f.At, f.Image = text, sure, fs.version, fs.at, false
	f.madeBy(fs.edit)
}

// add appends a text to a file.
func (fs *Files) add(name, text string, sure bool) {
	name = fs.resolve(name)
	old := fs.byPath[name]
	switch {
	case old == nil:
		fs.write(name, Unknown+text, sure)
		if f := fs.byPath[name]; f != nil {
			f.Or, f.Image, f.fetched = append(f.Or, text), true, false
		}
	case len(old.Text)+len(text) > 1<<16:
		fs.write(name, Unknown, false)
	default:
		image := old.Image
		fs.write(name, old.Text+text, sure && old.Sure)
		old.Image = image
	}
}

// remove removes the files that a path, a directory or a pattern names, and reports
// whether scripts have written one of them.
func (fs *Files) remove(name string, sure bool) (found bool) {
	name = fs.resolve(strings.TrimSuffix(name, "/"))
	for _, other := range fs.All() {
		in := other == name || strings.HasPrefix(other, name+"/")
		if !in {
			for dir := other; len(dir) > 1 && !in; dir = path.Dir(dir) {
				in = strings.Contains(name, Unknown) && may(name, dir)
			}
		}
		if in {
			found = true
			f := fs.byPath[other]
			fs.version++
			f.Sure, f.Gone, f.Version, f.At = false, true, fs.version, fs.at
		}
	}
	if fs.byPath[name] == nil {
		fs.write(name, "", false)
	}
	for dir := range fs.dirs {
		if dir == name || strings.HasPrefix(dir, name+"/") || may(name, dir) {
			delete(fs.dirs, dir)
		}
	}
	return found
}

// copy copies a file, or what a pattern names, to a path or into a directory. It
// returns the path of the copy, and whether what is copied is known.
func (fs *Files) copy(from, to string, sure bool) (target string, found bool) {
	into := strings.HasSuffix(to, "/") || fs.isDir(to)
	to = strings.TrimSuffix(to, "/")
	for _, name := range fs.All() {
		f := fs.byPath[name]
		if !may(from, name) || strings.Contains(name, Unknown) {
			continue
		}
		target = to
		if into {
			target = to + "/" + path.Base(name)
		}
		found = true
		fs.write(target, f.Text, sure && f.Sure && fs.opens(target))
		if g := fs.Get(target); g != nil && g != f {
			g.Or, g.Edits, g.fetched = append(g.Or, f.Or...), f.Edits, f.fetched
			g.Runs = f.Runs && g.Sure
		}
	}
	if !found {
		if into {
			to = to + "/" + path.Base(from)
		}
		fs.write(to, copied(from), sure && !Matters(path.Base(from)))
		target = to
	}
	return target, found
}

// copied returns what is known of a copy of a file that no script has written. The
// copy of a program that matters runs that program.
func copied(from string) string {
	if Matters(path.Base(from)) {
		return "#!/bin/sh\n" + from + ` "$@"` + "\n"
	}
	return Unknown
}

func (fs *Files) isDir(name string) bool {
	return name == "" || fs.dirs[name] || fs.system.hasDir(name)
}

// opens reports whether a file can surely be opened for writing.
func (fs *Files) opens(name string) bool {
	if fs.isCovered(name) {
		return false
	}
	name = fs.resolve(name)
	return !strings.Contains(name, Unknown) && !strings.HasSuffix(name, "/") && fs.isDir(path.Dir(name)) && !fs.isDir(name) && !fs.isCovered(name)
}

// mkdir makes a directory and those above it.
func (fs *Files) mkdir(name string) {
	if fs.dirs == nil {
		fs.dirs = map[string]bool{}
	}
	for name = strings.TrimSuffix(name, "/"); len(name) > 1; name = path.Dir(name) {
		fs.dirs[name] = true
	}
}

// Write puts a text into a file, as the command at an offset does. The command is
// certain to run only if sure is set.
func (fs *Files) Write(name, text string, sure bool, at int) {
	fs.at = at
	fs.write(name, text, sure && fs.opens(name))
}

// Doubt says that the files in a directory may be gone.
func (fs *Files) Doubt(dir string) { fs.remove(dir, false) }

// All returns the paths of all files that scripts have changed, sorted.
func (fs *Files) All() []string { return slices.Sorted(maps.Keys(fs.byPath)) }
