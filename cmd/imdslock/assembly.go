package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/imdslock/imdslock/inputs/cdk"
	"github.com/imdslock/imdslock/transform"
)

// renewAssemblies gives templates that are written into cloud assemblies of the
// CDK their new hashes, so that "cdk deploy" publishes them. It adds the other files
// that this changes to the results.
func renewAssemblies(results []patched) ([]patched, error) {
	opened := assemblies{}
	changed := map[string]map[string]int{} // by the folder of the assembly: the results
	for i, p := range results {
		if p.write == nil || p.isConfiguration {
			continue
		}
		dir, err := opened.of(p.write.path)
		if err != nil {
			return nil, err
		}
		if dir == "" {
			continue
		}
		if changed[dir] == nil {
			changed[dir] = map[string]int{}
		}
		changed[dir][filepath.Clean(p.write.path)] = i
	}
	for _, dir := range slices.Sorted(maps.Keys(changed)) {
		renewed, err := renewAssembly(opened[dir], results, changed[dir])
		if err != nil {
			return nil, err
		}
		results = append(results, renewed...)
	}
	return results, nil
}

// renewAssembly renews one assembly after some of its templates have changed, and
// returns its other files that do.
func renewAssembly(a *cdk.Assembly, results []patched, changed map[string]int) ([]patched, error) {
	contents := map[string][]byte{}
	for path, i := range changed {
		contents[path] = results[i].write.data
	}
	renewed, err := a.Renew(contents)
	if err != nil {
		return nil, err
	}
	var more []patched
	for _, path := range slices.Sorted(maps.Keys(renewed)) {
		f := renewed[path]
		if i, ok := changed[path]; ok {
			results[i].write.data = f.After
			continue
		}
		p := patched{source: fileSource(path, true), changed: true, differs: true, renewed: true}
		p.write = &write{path, contentOf(f.Before), f.After}
		more = append(more, p)
	}
	return more, nil
}

// withoutSeen leaves out of the findings on a template the notes on those of its nested
// stacks whose templates are among the paths of the judged: those that the same run judges
// for all values of their parameters.
func (all assemblies) withoutSeen(path string, findings []transform.Finding, judged map[string]bool) []transform.Finding {
	isNote := func(f transform.Finding) bool { return f.Rule == transform.RuleNotSeen && f.LogicalID != "" }
	if path == "" || !slices.ContainsFunc(findings, isNote) {
		return findings
	}
	dir, err := all.of(path)
	if err != nil || dir == "" {
		return findings
	}
	nested, err := all[dir].NestedStacks(filepath.Clean(path))
	if err != nil {
		return findings
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f transform.Finding) bool {
		return isNote(f) && slices.ContainsFunc(nested, func(s cdk.NestedStack) bool {
			return f.LogicalID == s.LogicalID && f.Start == s.At && judged[s.Template]
		})
	})
}

// assemblies are those that were opened, by their folders; nil if there is none.
type assemblies map[string]*cdk.Assembly

// of returns the folder of the outermost cloud assembly that has a file as a
// template, or "".
func (all assemblies) of(path string) (found string, err error) {
	path = filepath.Clean(path)
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		a, known := all[dir]
		if !known {
			if a, err = cdk.Open(dir); err != nil {
				return "", fmt.Errorf("%s is in a cloud assembly: %w", shownName(path), err)
			}
			all[dir] = a
		}
		if a == nil || !slices.Contains(a.Templates(), path) {
			return found, nil
		}
		found = dir
		if dir == filepath.Dir(dir) || dir == "." {
			return found, nil
		}
	}
}
