package cdk

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

const (
	inner     = "1111111111111111111111111111111111111111111111111111111111111111"
	outer     = "2222222222222222222222222222222222222222222222222222222222222222"
	stackHash = "3333333333333333333333333333333333333333333333333333333333333333"
)

// write makes an assembly: a stage with a stack that nests twice, and a pipeline
// that publishes the innermost template by its hash.
func write(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	entry := func(hash, path string) string {
		return fmt.Sprintf(`"%s": {"source": {"path": "%s", "packaging": "file"}, "destinations": {"d": {"objectKey": "deploy/%[1]s.json"}}}`, hash, path)
	}
	for path, text := range map[string]string{
		"manifest.json": `{"version": "1", "artifacts": {"stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage"}},
			"P": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "P.template.json"}}}}`,
		"P.template.json": `{"Resources": {"Build": {"BuildSpec": "cdk-assets publish ` + inner + `:account"}}}`,
		"stage/manifest.json": `{"version": "1", "artifacts": {"A": {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}},
			"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json", "stackTemplateAssetObjectUrl": "s3://b/` + stackHash + `.json"}}}}`,
		"stage/S.assets.json":            `{"files": {` + entry(outer, "asset."+outer+".json") + ", " + entry(stackHash, "S.template.json") + ", " + entry(inner, "inner.yaml") + `}}`,
		"stage/S.template.json":          `{"Resources": {"O": {"Metadata": {"aws:asset:path": "asset.` + outer + `.json"}, "URL": "x/` + outer + `.json"}}}`,
		"stage/asset." + outer + ".json": `{"Resources": {"I": {"URL": "x/` + inner + `.json"}}}`,
		"stage/inner.yaml":               "Resources: {}\n",
		"stage/tree.json":                `{"version": "tree-0.1"}`,
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRenew(t *testing.T) {
	dir := write(t)
	a, err := Open(dir)
	if err != nil || a == nil {
		t.Fatalf("%v, %v", a, err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	if diff := cmp.Diff([]string{in("P.template.json"), in("stage/S.template.json"), in("stage/asset." + outer + ".json"), in("stage/inner.yaml")}, a.Templates()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	locked := []byte("Resources: {Lt: locked}\n")
	got, err := a.Renew(map[string][]byte{in("stage/inner.yaml"): locked})
	if err != nil {
		t.Fatal(err)
	}
	renamed := map[string]string{}
	replace := func(name string) []byte {
		text, err := os.ReadFile(in(name))
		if err != nil {
			t.Fatal(err)
		}
		result := string(text)
		for old, hash := range renamed {
			result = strings.ReplaceAll(result, old, hash)
		}
		return []byte(strings.ReplaceAll(result, "asset."+renamed[outer], "asset."+outer))
	}
	sum := func(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }
	renamed[inner] = sum(locked)
	outerText := replace("stage/asset." + outer + ".json")
	renamed[outer] = sum(outerText)
	renamed[stackHash] = sum(replace("stage/S.template.json"))
	want := map[string]string{in("stage/inner.yaml"): string(locked)}
	for _, name := range []string{"P.template.json", "stage/manifest.json", "stage/S.assets.json", "stage/S.template.json", "stage/asset." + outer + ".json"} {
		want[in(name)] = string(replace(name))
	}
	texts := map[string]string{}
	for path, f := range got {
		texts[path] = string(f.After)
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if none, err := a.Renew(nil); err != nil || len(none) > 0 {
		t.Errorf("nothing changed: %v, %v", none, err)
	}
}

func TestOtherManifests(t *testing.T) {
	for text, fails := range map[string]bool{
		`{"name": "a web app"}`:           false,
		`{"artifacts": []}`:               false,
		`{"artifacts": {}, "name": "x"}`:  false,
		`{"version": "1", "artifacts": {`: true,
		`{"version": "1", "artifacts": {"S": {"type": "aws:cloudformation:stack"}}}`:                                true,
		`{"version": "1", "artifacts": {"S": {"type": "cdk:asset-manifest", "properties": {"file": "none.json"}}}}`: true,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ManifestName), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if a, err := Open(dir); a != nil || (err != nil) != fails {
			t.Errorf("%s: %v, %v", text, a, err)
		}
	}
	if a, err := Open(filepath.Join(t.TempDir(), "none")); a != nil || err != nil {
		t.Errorf("no folder: %v, %v", a, err)
	}
}

// TestRefuses expects no hash renewed that the CDK would not look at, and none that
// two templates would share.
func TestRefuses(t *testing.T) {
	for name, test := range map[string]struct{ file, old, now, want string }{
		"no hash in the key": {"stage/S.assets.json", "deploy/" + inner, "deploy/x", "the objectKey has no hash"},
		"no destinations":    {"stage/S.assets.json", `"destinations"`, `"nowhere"`, "the asset has no destinations"},
		"another URL":        {"stage/manifest.json", "s3://b/" + stackHash, "s3://b/x", "no asset has the hash"},
		"a circle":           {"stage/inner.yaml", "{}", "{a: " + outer + "}", "it refers to itself by its hash"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t)
			path := filepath.Join(dir, test.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), test.old, test.now, 1)), 0o666); err != nil {
				t.Fatal(err)
			}
			a, err := Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			content := "Resources: {a: b}\n"
			if name == "a circle" {
				content = "Resources: {a: " + outer + "}\n"
			}
			if _, err := a.Renew(map[string][]byte{filepath.Join(dir, "stage/inner.yaml"): []byte(content)}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConstructs(t *testing.T) {
	parsed, err := cfn.Parse([]byte(`{"Resources": {"A": {"Metadata": {"aws:cdk:path": "S/Lt/Resource"}}, "B": {}, "C": {"Metadata": {"aws:cdk:path": 1}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"A": "S/Lt", "C": "1"}, Constructs(parsed)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
