package eksctl

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xeipuuv/gojsonschema"
	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform"
)

// The module of eksctl with the schema that it publishes, and the hash that
// go.sum would have for it. It is loaded as a file, none of it is built.
const (
	eksctlModule = "github.com/weaveworks/eksctl@v0.215.0"
	eksctlHash   = "h1:oCPoubT3UsW4Y2J43Y4dNRvXHEIsgg03Y3e6wv6bKG4="
)

// published returns the JSON schema that `eksctl utils schema` prints.
func published(t *testing.T) *gojsonschema.Schema {
	t.Helper()
	cmd := exec.Command("go", "mod", "download", "-json", eksctlModule)
	cmd.Dir = t.TempDir() // outside of this module, whose go.sum does not list it
	out, err := cmd.Output()
	if err != nil {
		needs.Missing(t, "modules", string(out))
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	if module.Sum != eksctlHash {
		t.Fatalf("%s has the hash %s", eksctlModule, module.Sum)
	}
	file := filepath.Join(module.Dir, "pkg/apis/eksctl.io/v1alpha5/assets/schema.json")
	schema, err := gojsonschema.NewSchema(gojsonschema.NewReferenceLoader("file://" + filepath.ToSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// violations returns what a schema has against a config, a line each.
func violations(t *testing.T, schema *gojsonschema.Schema, config []byte) []string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(config, &value); err != nil {
		t.Fatalf("%v\n%s", err, config)
	}
	result, err := schema.Validate(gojsonschema.NewGoLoader(value))
	if err != nil {
		t.Fatalf("%v\n%s", err, config)
	}
	var lines []string
	for _, v := range result.Errors() {
		lines = append(lines, v.String())
	}
	return lines
}

// TestPublishedSchema expects eksctl's own schema to have nothing against a
// patched config that it did not have before. (It takes no null, which eksctl
// does.)
func TestPublishedSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the schema is in a module of 14 MB")
	}
	schema := published(t)
	const wrong = head + "metadata: {name: blue, region: eu-west-1}\nnodeGroups: [{name: a, disablePodIMDS: [true]}]\n"
	if v := violations(t, schema, []byte(wrong)); len(v) != 1 {
		t.Errorf("a list for disablePodIMDS: %q", v)
	}
	random := rand.New(rand.NewPCG(3, 4))
	clean := 0
	for range 500 {
		src := randomConfig(random)
		before := violations(t, schema, []byte(src))
		r, err := mustRead(t, src).Patch(context.Background(), transform.Defaults())
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		after := violations(t, schema, r.Output)
		for _, v := range after {
			if !slices.Contains(before, v) {
				t.Fatalf("%s\n%s", v, r.Output)
			}
		}
		if len(r.Edits()) > 0 && len(after) == 0 {
			clean++
		}
	}
	if clean < 100 {
		t.Errorf("of the patched configs, the schema takes %d", clean)
	}
}
