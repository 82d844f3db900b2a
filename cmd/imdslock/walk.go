package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/imdslock/imdslock/inputs/cdk"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// walkHint states the rule by which a folder is searched.
const walkHint = "a folder is searched for .yaml, .yml, .json, .template and .cfn files, hidden folders too, but not what git ignores, nor links to other folders"

// A walker searches a directory.
type walker struct {
	opts    options
	root    string
	ignored map[string]bool // by git, relative to the root; a folder stands for all in it
	found   []source
}

// walk returns the files of a directory that are templates by their names. In a
// cloud assembly of the CDK they are those that its manifest names. For what cannot
// be read it returns a source that fails when it is read.
func walk(opts options, dir string) ([]source, error) {
	if dir == filepath.VolumeName(dir) {
		dir += "." // on Windows, C: is the current folder of that drive, and C:\ its root
	}
	w := &walker{opts: opts, root: dir + string(filepath.Separator)} // the folder that a link leads to, if dir is one
	if !opts.noIgnore {
		w.ignored = ignored(dir)
	}
	if err := filepath.WalkDir(w.root, w.visit); err != nil {
		return nil, fmt.Errorf("walking: %w", err)
	}
	return w.found, nil
}

// visit is called for each file and folder.
func (w *walker) visit(path string, d fs.DirEntry, err error) error {
	switch {
	case err != nil && path == w.root:
		return err
	case err != nil:
		w.failed(path, failure("reading", path, err))
		return nil
	case path != w.root && w.leavesOut(path, d.IsDir()):
		if d.IsDir() {
			w.noteIgnored(path)
			return fs.SkipDir
		}
		return nil
	case d.IsDir():
		return w.folder(path)
	case d.Type()&fs.ModeSymlink != 0 && isDir(path):
		if !isWithin(w.root, path) {
			w.found = append(w.found, source{name: shownName(path), path: path, walked: true, leadsOut: true, unread: "a link to a folder elsewhere"})
		}
	case mayBeTemplate(path):
		w.file(path, d.Type()&fs.ModeSymlink != 0)
	}
	return nil
}

// mayBeTemplate reports whether a file may be a template, by its name in any case.
func mayBeTemplate(path string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json", ".template", ".cfn"}, strings.ToLower(filepath.Ext(path)))
}

// folder passes over what version control keeps for itself, and takes the
// templates of a cloud assembly.
func (w *walker) folder(path string) error {
	if isVersionControl(path) && path != w.root {
		return fs.SkipDir
	}
	a, err := cdk.Open(path)
	if err != nil {
		w.failed(path, err)
		return fs.SkipDir
	}
	if a == nil {
		return nil
	}
	for _, template := range a.Templates() {
		if w.leavesOut(template, false) {
			continue
		}
		if _, err := os.Stat(template); err != nil {
			w.failed(template, failure("reading", template, err))
			continue
		}
		w.file(template, true)
	}
	w.notNamed(path, a)
	return fs.SkipDir
}

// noteIgnored notes that a folder which git ignores, as it does cdk.out in most projects
// of the CDK, is a cloud assembly that may launch nodes.
func (w *walker) noteIgnored(path string) {
	if w.excludes(path) {
		return
	}
	a, err := cdk.Open(path)
	if err == nil && (a == nil || !slices.ContainsFunc(a.Templates(), mayLaunchNodes)) {
		return
	}
	w.found = append(w.found, source{name: shownName(path), path: path, walked: true, unread: "git ignores this cloud assembly: name it to have it read"})
}

// notNamed notes the files in the folder of a cloud assembly that would be read in
// another folder, and may launch nodes, but that its manifest does not name.
func (w *walker) notNamed(dir string, a *cdk.Assembly) {
	files := a.Files()
	first, n := "", 0
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		isFolder := d != nil && d.IsDir()
		switch {
		case path == dir && err == nil:
			return nil
		case files[path], w.leavesOut(path, isFolder), isFolder && isVersionControl(path):
			if isFolder {
				return fs.SkipDir
			}
			return nil
		case err != nil, !isFolder && mayBeTemplate(path) && mayLaunchNodes(path):
			if n++; n == 1 {
				first = path
			}
		}
		return nil
	})
	if n > 0 {
		w.noteNotNamed(dir, first, n)
	}
}

// noteNotNamed makes a note of n files, and names the first.
func (w *walker) noteNotNamed(dir, first string, n int) {
	if rel, err := filepath.Rel(dir, first); err == nil {
		first = rel
	}
	what := "1 file that may launch nodes and is not in this manifest: " + first
	if n > 1 {
		what = fmt.Sprintf("%d files that may launch nodes and are not in this manifest; the first is %s", n, first)
	}
	manifest := filepath.Join(dir, cdk.ManifestName)
	w.found = append(w.found, source{name: shownName(manifest), path: manifest, walked: true, unread: what})
}

// mayLaunchNodes reports whether a file names what launches nodes, or cannot be read.
func mayLaunchNodes(path string) bool {
	info, err := os.Stat(path)
	if leadsNowhere(err) || err == nil && !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	found, err := mentions(f)
	return err != nil || found.has(sightsNodes)
}

// leadsNowhere reports whether an error is that of a link whose target does not exist.
func leadsNowhere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP)
}

func isVersionControl(path string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn"}, filepath.Base(path))
}

// leavesOut reports whether a path is left out: by an option or by git.
func (w *walker) leavesOut(path string, isDir bool) bool {
	rel := w.relative(path)
	return w.ignored[rel] || isDir && w.ignored[rel+"/"] || w.excludes(path)
}

// excludes reports whether an option leaves a path out.
func (w *walker) excludes(path string) bool {
	rel := w.relative(path)
	return slices.ContainsFunc(w.opts.exclude, func(pattern string) bool { return doublestar.MatchUnvalidated(pattern, rel) })
}

// relative returns a path relative to the root, with slashes, as git and patterns write
// it. What is not below the root stays as it is.
func (w *walker) relative(path string) string {
	if rel, err := filepath.Rel(w.root, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}

// file takes a file, if it is a regular one. It may lead out of the folder if it is
// a link, or if a manifest names it.
func (w *walker) file(path string, mayLeadOut bool) {
	info, err := os.Stat(path)
	switch {
	case mayLeadOut && leadsNowhere(err):
	case err != nil:
		w.failed(path, failure("reading", path, err))
	case info.Mode().IsRegular():
		s := fileSource(path, true)
		s.leadsOut = mayLeadOut && !isWithin(w.root, path)
		w.found = append(w.found, s)
	}
}

// failed adds a source for what cannot be read, so that it is named.
func (w *walker) failed(path string, err error) {
	s := fileSource(path, true)
	s.open = func() (io.ReadCloser, error) { return nil, err }
	w.found = append(w.found, s)
}

// isWithin reports whether a file is in a folder once all links are followed.
func isWithin(dir, path string) bool {
	dir, errDir := destination(dir)
	path, errPath := destination(path)
	if errDir != nil || errPath != nil {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// refusePatterns returns an error if a pattern of --exclude is malformed.
func (o *options) refusePatterns() error {
	for _, pattern := range o.exclude {
		if !doublestar.ValidatePattern(pattern) {
			return &usageError{fmt.Sprintf("--exclude %s: malformed pattern", pattern), "write it as in 'vendor/**' or '**/*.test.yaml', for paths within the folder"}
		}
	}
	return nil
}

// isPassedOver reports whether a file was found in a directory and is not a template,
// or cannot have anything to lock, whatever its size. It marks a file that names no
// resource which launches nodes.
func (s *source) isPassedOver() (bool, error) {
	if !s.walked || s.unread != "" {
		return s.unread != "", nil
	}
	r, err := s.open()
	if err != nil {
		return false, err
	}
	defer r.Close()
	found, err := mentions(r)
	if err != nil {
		return false, failure("reading", s.name, err)
	}
	s.namesNone, s.namesAWS, s.mayRun = !found.has(sightsNodes), found.has(sightsAWS), found.has(sightsRunning)
	return s.namesNone && !found.has(sightsResources|sightsRunning), nil
}

// withoutNodes returns the findings to report about a file that names no resource
// which launches nodes: what the template does not show, but not that it has custom
// resources, as many have, or nothing to lock. Folders may hold templates of any kind.
func (s source) withoutNodes(findings []transform.Finding) []transform.Finding {
	if !s.namesNone {
		return findings
	}
	return slices.DeleteFunc(findings, func(f transform.Finding) bool {
		return slices.Contains([]transform.Rule{transform.RuleNothing, transform.RuleDuplicate, transform.RuleCustom}, f.Rule)
	})
}

// isAnything reports whether an error is about a file that is not a template: it names
// no resource which launches nodes, nothing of AWS or no resources, and nothing that
// runs.
func (s source) isAnything(err error) bool {
	var at *cfn.Error
	return s.namesNone && errors.As(err, &at) && (at.NotTemplate || !s.namesAWS && !s.mayRun)
}

// notRead returns the note that a link to a folder outside the one that is searched is
// not followed, or that files are left out, so that nobody takes silence to mean that
// they are locked. There is none for any other source.
func (s source) notRead() []transform.Finding {
	if s.unread == "" {
		return nil
	}
	start := cfn.Position{Line: 1, Column: 1}
	return []transform.Finding{{Rule: transform.RuleNotSeen, Kind: transform.KindNote, Start: start, End: start, Message: "passed over: " + s.unread}}
}

// isNoTemplate returns a note in place of an error if a file that was found in a
// directory can be read but is something else, although it names a type of resource:
// what Kubernetes keeps a template in, or a list of types. For a patch there is also
// a note for a file that cannot be read, if it names nothing to lock.
func (s source) isNoTemplate(err error, isPatch bool) (transform.Finding, bool) {
	var at *cfn.Error
	if !s.walked || !errors.As(err, &at) || !at.NotTemplate && !(isPatch && s.namesNone) {
		return transform.Finding{}, false
	}
	return transform.Finding{Rule: transform.RuleNothing, Kind: transform.KindNote, Start: at.Position, End: at.Position, Message: "passed over: " + at.Message}, true
}
