package cdk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// A File is the content of a file of the assembly.
type File struct {
	Before, After []byte // Before is nil for a template that the caller has changed
}

// Renew returns, by path, the new content of all files of the assembly that must change
// after some templates have changed: these templates, those that refer to them, and the
// manifests. The error wraps a [*cfn.Error], after the path of a file, if something does
// not have the form that can be renewed.
func (a *Assembly) Renew(changed map[string][]byte) (map[string]File, error) {
	r := &renewal{Assembly: a, changed: map[string][]byte{}, before: map[string][]byte{}, final: map[string][]byte{}, hashes: map[*asset]string{}}
	for _, given := range slices.Sorted(maps.Keys(changed)) {
		path := filepath.Clean(given)
		if slices.Contains(a.loose, path) {
			return nil, fmt.Errorf("%s: no asset manifest names it, so its hash cannot be renewed: the legacy stack synthesizer of the CDK made it; use the default one, or lock the launch templates in the app", path)
		}
		r.changed[path] = changed[given]
	}
	out := map[string]File{}
	for _, path := range a.named() {
		content, isNew, err := r.template(path)
		if err != nil {
			return nil, err
		}
		if isNew {
			out[path] = File{r.before[path], content}
		}
	}
	for _, m := range a.manifests {
		edits, err := r.manifest(m)
		if err != nil {
			return nil, err
		}
		if len(edits) == 0 {
			continue
		}
		before := []byte(m.t.Source())
		after, err := edit.Apply(before, edits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.path, err)
		}
		out[m.path] = File{before, after}
	}
	return out, nil
}

// A renewal is the state of a call of [Assembly.Renew].
type renewal struct {
	*Assembly
	changed map[string][]byte // the templates that the caller has changed
	before  map[string][]byte // the other files, as they were
	final   map[string][]byte // the files with the new hashes of others in them; nil while one is being made
	hashes  map[*asset]string // the new ones
}

// template returns what a template becomes, and whether that is new.
func (r *renewal) template(path string) ([]byte, bool, error) {
	if content, ok := r.final[path]; ok {
		if content == nil {
			return nil, false, fmt.Errorf("%s: it refers to itself by its hash", path)
		}
		return content, r.isNew(path), nil
	}
	r.final[path] = nil
	content, ok := r.changed[path]
	if !ok {
		var err error
		if content, err = readFile(path); err != nil {
			return nil, false, err
		}
		r.before[path] = content
	}
	var own *manifest
	for _, f := range r.assets {
		if f.path == path {
			own = f.in
		}
	}
	renewed, err := r.references(path, content, own)
	if err != nil {
		return nil, false, err
	}
	if string(renewed) != string(content) {
		r.changed[path] = renewed
	}
	r.final[path] = renewed
	return renewed, r.isNew(path), nil
}

func (r *renewal) isNew(path string) bool { _, ok := r.changed[path]; return ok }

// references puts the new hashes into a template for the old ones of others. One
// hash in two asset manifests is that of its own manifest, or else must have
// become the same in both.
func (r *renewal) references(path string, content []byte, own *manifest) ([]byte, error) {
	renamed := map[string]string{}
	for _, f := range r.assets {
		old := f.entry.Key.Value
		if f.path == path || !strings.Contains(string(content), old) {
			continue
		}
		hash, err := r.hash(f)
		if err != nil {
			return nil, err
		}
		if other, ok := renamed[old]; ok && other != hash && f.in != own {
			if r.hasOwn(own, old) {
				continue
			}
			return nil, fmt.Errorf("%s: the template with the hash %s, to which it refers, is changed in one asset manifest and not in another", path, old)
		}
		renamed[old] = hash
	}
	t, err := cfn.Parse(content)
	if err != nil {
		return content, nil // an asset that is something else
	}
	return edit.Apply(content, rename(t.Root(), t, renamed))
}

func (r *renewal) hasOwn(own *manifest, hash string) bool {
	return own != nil && own.t.Root().Get("files", hash) != nil
}

// rename returns the edits that replace hashes in all texts below a node. The paths of
// files do not change.
func rename(n *cfn.Node, t *cfn.Template, renamed map[string]string) []edit.Edit {
	var edits []edit.Edit
	var visit func(n *cfn.Node)
	visit = func(n *cfn.Node) {
		for _, p := range n.Pairs {
			visit(p.Key)
			if p.Key.Value != "aws:asset:path" {
				visit(p.Value)
			}
		}
		for _, item := range n.Items {
			visit(item)
		}
		if n.Kind == cfn.Scalar {
			edits = append(edits, renameIn(n, t, renamed)...)
		}
	}
	visit(n)
	return edits
}

// renameIn replaces hashes in one text. Hexadecimal digits stand for themselves in
// every notation.
func renameIn(n *cfn.Node, t *cfn.Template, renamed map[string]string) []edit.Edit {
	var edits []edit.Edit
	src := t.Source()[n.Span.Start:n.Span.End]
	for old, hash := range renamed {
		if old == hash {
			continue
		}
		for at := 0; ; {
			i := strings.Index(src[at:], old)
			if i < 0 {
				break
			}
			start := n.Span.Start + at + i
			edits = append(edits, edit.Edit{Span: cfn.Span{Start: start, End: start + len(old)}, New: hash})
			at += i + len(old)
		}
	}
	return edits
}

// hash returns the hash that an asset gets: its old one if it stays as it is.
func (r *renewal) hash(f *asset) (string, error) {
	if hash, ok := r.hashes[f]; ok {
		return hash, nil
	}
	content, isNew, err := r.template(f.path)
	if err != nil {
		return "", err
	}
	hash := f.entry.Key.Value
	if isNew {
		sum := sha256.Sum256(content)
		hash = hex.EncodeToString(sum[:])
	}
	r.hashes[f] = hash
	return hash, nil
}

// manifest returns the edits of a manifest.json or of an asset manifest.
func (r *renewal) manifest(m *manifest) ([]edit.Edit, error) {
	var edits []edit.Edit
	for _, f := range r.assets {
		old := f.entry.Key.Value
		hash, err := r.hash(f)
		if err != nil {
			return nil, err
		}
		if f.in != m || hash == old {
			continue
		}
		if m.t.Root().Get("files", hash) != nil {
			return nil, m.errorf(f.entry.Key, "two assets would have the hash %s", hash)
		}
		renamed := map[string]string{old: hash}
		edits = append(edits, renameIn(f.entry.Key, m.t, renamed)...)
		destinations := f.entry.Value.Get("destinations")
		if destinations == nil {
			return nil, m.errorf(f.entry.Key, "the asset has no destinations")
		}
		for _, d := range destinations.Pairs {
			key := d.Value.Get("objectKey")
			if key == nil || !strings.Contains(key.Value, old) {
				return nil, m.errorf(d.Key, "the objectKey has no hash, so the CDK does not publish the template again: use the default synthesizer, or lock the launch templates in the app")
			}
			edits = append(edits, renameIn(key, m.t, renamed)...)
		}
	}
	for _, s := range r.stacks {
		if s.in != m || s.url == nil || !r.isNew(s.template) {
			continue
		}
		renamed, err := r.published(s)
		if err != nil {
			return nil, err
		}
		edits = append(edits, renameIn(s.url, m.t, renamed)...)
	}
	return edits, nil
}

// published returns the old and the new hash of the template of a stack, as its URL
// contains them.
func (r *renewal) published(s *stack) (map[string]string, error) {
	for _, f := range r.assets {
		if old := f.entry.Key.Value; f.path == s.template && strings.Contains(s.url.Value, old) {
			hash, err := r.hash(f)
			return map[string]string{old: hash}, err
		}
	}
	return nil, s.in.errorf(s.url, "no asset has the hash in stackTemplateAssetObjectUrl")
}
