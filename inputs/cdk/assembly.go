// Package cdk reads a cloud assembly of the AWS CDK, the folder that "cdk synth"
// writes as cdk.out, and renews it after its templates have changed.
//
// A cloud assembly is recognised by its manifest.json. Its templates are those of its
// stacks, and the files among its assets that may be templates, as those of nested
// stacks are. Manifests, tree.json and other assets are not.
//
// The CDK publishes a template under a name that has a hash of it, and does not
// publish what is in the bucket already: a template that is merely edited is never
// deployed. [Assembly.Renew] gives an edited template a new hash wherever the
// assembly has the old one: in the asset manifest, in manifest.json, and in the
// templates that refer to it ("cloud-assembly-schema" in the repository
// https://github.com/aws/aws-cdk-cli says what is where).
package cdk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
)

// ManifestName is the name of the file by which a cloud assembly is recognised.
const ManifestName = "manifest.json"

// maxManifest is the largest size of a manifest in bytes. Manifests grow with the
// number of stacks and of feature flags, and stay far below.
const maxManifest = 64 << 20

// An Assembly is a cloud assembly, with the assemblies of its stages.
type Assembly struct {
	manifests []*manifest
	stacks    []*stack
	assets    []*asset
	loose     []string // templates that nothing in a manifest names
}

// A manifest is a manifest.json or an asset manifest.
type manifest struct {
	path string
	t    *cfn.Template
}

// A stack is a stack artifact.
type stack struct {
	in       *manifest
	template string    // its file
	url      *cfn.Node // where the template is to be published; nil if it is not
}

// An asset is a file that is published, and may be a template.
type asset struct {
	in    *manifest
	entry cfn.Pair // its hash, and its description
	path  string
}

// Open reads the cloud assembly in a folder. It returns nil if the folder has no
// manifest.json of a cloud assembly. The error names the file that cannot be read.
func Open(dir string) (*Assembly, error) {
	a := &Assembly{}
	found, err := a.open(dir)
	if err != nil || !found {
		return nil, err
	}
	return a, nil
}

// open adds the assembly in a folder.
func (a *Assembly) open(dir string) (found bool, err error) {
	if _, err := os.Stat(filepath.Join(dir, ManifestName)); errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return false, nil // a folder that cannot be entered is for the caller to name
	}
	src, err := readFile(filepath.Join(dir, ManifestName))
	if err == nil && !mayBeAssembly(src) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := readManifest(filepath.Join(dir, ManifestName), src)
	if err != nil {
		return false, err
	}
	artifacts := m.t.Root().Get("artifacts")
	if m.t.Root().Get("version") == nil || artifacts == nil || artifacts.Kind != cfn.Mapping {
		return false, nil
	}
	if !slices.ContainsFunc(artifacts.Pairs, func(p cfn.Pair) bool {
		return strings.HasPrefix(text(p.Value, "type"), "aws:") || strings.HasPrefix(text(p.Value, "type"), "cdk:")
	}) {
		return false, nil
	}
	a.manifests = append(a.manifests, m)
	for _, p := range artifacts.Pairs {
		if err := a.artifact(m, dir, p.Value); err != nil {
			return false, err
		}
	}
	return true, a.findLoose(dir)
}

// mayBeAssembly reports whether a manifest.json is worth reading: many have nothing to
// do with the CDK.
func mayBeAssembly(src []byte) bool { return strings.Contains(string(src), `"artifacts"`) }

// artifact adds one artifact of a manifest.json.
func (a *Assembly) artifact(m *manifest, dir string, n *cfn.Node) error {
	properties := n.Get("properties")
	switch text(n, "type") {
	case "aws:cloudformation:stack":
		file := text(properties, "templateFile")
		if file == "" {
			return m.errorf(n, "a stack without templateFile")
		}
		a.stacks = append(a.stacks, &stack{m, filepath.Join(dir, filepath.FromSlash(file)), properties.Get("stackTemplateAssetObjectUrl")})
	case "cdk:asset-manifest":
		return a.assetManifest(dir, filepath.Join(dir, filepath.FromSlash(text(properties, "file"))))
	case "cdk:cloud-assembly":
		nested := filepath.Join(dir, filepath.FromSlash(text(properties, "directoryName")))
		if _, err := os.Stat(filepath.Join(nested, ManifestName)); err != nil {
			return fmt.Errorf("reading the cloud assembly: %w", err)
		}
		_, err := a.open(nested)
		return err
	}
	return nil
}

// assetManifest adds the assets of an asset manifest that may be templates.
func (a *Assembly) assetManifest(dir, path string) error {
	src, err := readFile(path)
	if err != nil {
		return err
	}
	m, err := readManifest(path, src)
	if err != nil {
		return err
	}
	a.manifests = append(a.manifests, m)
	files := m.t.Root().Get("files")
	if files == nil {
		return nil
	}
	for _, p := range files.Pairs {
		file := text(p.Value.Get("source"), "path")
		if text(p.Value.Get("source"), "packaging") == "file" && mayBeTemplate(file) {
			a.assets = append(a.assets, &asset{m, p, filepath.Join(dir, filepath.FromSlash(file))})
		}
	}
	return nil
}

func mayBeTemplate(file string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml", ".template", ".cfn"}, strings.ToLower(filepath.Ext(file)))
}

// findLoose finds the templates in a folder that no manifest names as such: those
// of nested stacks, if the legacy synthesizer made them.
func (a *Assembly) findLoose(dir string) error {
	found, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.template.json"))
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, path := range a.named() {
		named[path] = true
	}
	for _, path := range found {
		if !named[path] {
			a.loose = append(a.loose, path)
		}
	}
	return nil
}

// escapeGlob returns the pattern that matches only a path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // patterns have no escapes there, and paths hardly a bracket
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// named returns the templates that manifests name.
func (a *Assembly) named() []string {
	var paths []string
	for _, s := range a.stacks {
		paths = append(paths, s.template)
	}
	for _, f := range a.assets {
		paths = append(paths, f.path)
	}
	return paths
}

// Templates returns the paths of the templates, sorted. Assets may turn out to be
// something else.
func (a *Assembly) Templates() []string {
	unique := map[string]bool{}
	for _, path := range append(a.named(), a.loose...) {
		unique[path] = true
	}
	return slices.Sorted(maps.Keys(unique))
}

// Files returns the paths of the files and folders that are the assembly's: its
// manifests, its templates, and what a manifest names as a file of it. The CDK did not
// make anything else beside them.
func (a *Assembly) Files() map[string]bool {
	files := map[string]bool{}
	for _, path := range a.Templates() {
		files[path] = true
	}
	for _, m := range a.manifests {
		files[m.path] = true
		dir := filepath.Dir(m.path)
		for n := range m.t.Root().All {
			for _, p := range n.Pairs {
				if path := filepath.Join(dir, filepath.FromSlash(p.Value.Value)); isFileKey(p.Key.Value) && p.Value.Kind == cfn.Scalar && path != dir {
					files[path] = true
				}
			}
		}
	}
	return files
}

// isFileKey reports whether a manifest has the path of a file or folder under a key.
func isFileKey(key string) bool {
	return slices.Contains([]string{"file", "path", "directory"}, key) || strings.HasSuffix(key, "File")
}

// text returns the text of a key of a mapping, or "".
func text(n *cfn.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == cfn.Scalar {
		return v.Value
	}
	return ""
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the cloud assembly: %w", err)
	case info.Size() > maxManifest:
		return nil, fmt.Errorf("reading the cloud assembly: %s has %d bytes", path, info.Size())
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the cloud assembly: %w", err)
	}
	return src, nil
}

func readManifest(path string, src []byte) (*manifest, error) {
	t, err := cfn.Parse(src)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return &manifest{path, t}, nil
}

func (m *manifest) errorf(at *cfn.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%w", m.path, m.t.Errorf(at.Span.Start, format, args...))
}
