package pods

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fixture is an input with the verdict that the page named in its annotations
// says, by the name of the pod.
type fixture struct {
	name    string
	content []byte
	want    map[string]Verdict
}

// fixtures reads the fixtures by another JSON package than that of the code.
func fixtures(t testing.TB) []fixture {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	var all []fixture
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Items []struct {
				Kind     string
				Metadata struct {
					Name        string
					Annotations map[string]string
				}
			}
		}
		if err := json.Unmarshal(content, &list); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		f := fixture{file, content, map[string]Verdict{}}
		for _, item := range list.Items {
			if item.Kind != "Pod" {
				continue
			}
			if !strings.HasPrefix(item.Metadata.Annotations["imdslock.example/says"], "https://") {
				t.Errorf("%s: %s: no page says so", file, item.Metadata.Name)
			}
			f.want[item.Metadata.Name] = Verdict(item.Metadata.Annotations["imdslock.example/verdict"])
		}
		all = append(all, f)
	}
	return all
}

// judged reads one input and judges it.
func judged(t testing.TB, name, content string, lock Lock) Report {
	t.Helper()
	var c Cluster
	if err := c.Read(name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	report, err := c.Judge(lock)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestFixtures expects controllers, as their charts and manifests install them, to
// be judged as their documents say. Each pod has the verdict as an annotation.
func TestFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		report := judged(t, f.name, string(f.content), DefaultLock())
		if len(report.Workloads) != len(f.want) {
			t.Errorf("%s: %d workloads, want %d", f.name, len(report.Workloads), len(f.want))
		}
		for _, w := range report.Workloads {
			want, matched := Verdict(""), ""
			for pod, v := range f.want { // a pod's name starts with that of its workload
				if strings.HasPrefix(pod+"-", w.Name+"-") && (matched == "" || len(pod) < len(matched)) {
					want, matched = v, pod
				}
			}
			if w.Verdict != want {
				t.Errorf("%s: %v is %s, want %s: %+v", f.name, w, w.Verdict, want, w.Findings)
			}
			for _, finding := range w.Findings {
				if got := at(f.content, finding.Place.Line); strings.TrimSpace(got) != "{" {
					t.Errorf("%s: %v is at line %d: %q", f.name, w, finding.Place.Line, got)
				}
				if !holdsContainer(t, f.content, finding) {
					t.Errorf("%s: %v: %s does not lead to container %q", f.name, w, finding.Place.Pointer, finding.Container)
				}
			}
		}
	}
}

// at returns a line, from 1.
func at(content []byte, line int) string {
	lines := bytes.Split(content, []byte("\n"))
	if line < 1 || line > len(lines) {
		return ""
	}
	return string(lines[line-1])
}

// holdsContainer follows the pointer of a finding and compares names.
func holdsContainer(t *testing.T, content []byte, f Finding) bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(f.Place.Pointer, "/"), "/") {
		switch in := v.(type) {
		case map[string]any:
			v = in[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(in) {
				return false
			}
			v = in[i]
		}
	}
	o, ok := v.(map[string]any)
	if f.Container == "" {
		return ok && o["kind"] == "Pod"
	}
	return ok && o["name"] == f.Container
}

// TestControllers expects the entries of controllers.yaml to be sound.
func TestControllers(t *testing.T) {
	all, err := knownControllers()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, k := range all {
		switch {
		case k.ID == "" || ids[k.ID]:
			t.Errorf("%q is no id of its own", k.ID)
		case k.Name == "" || len(k.Images) == 0:
			t.Errorf("%s: no name or no images", k.ID)
		case !strings.HasPrefix(k.Source, "https://"):
			t.Errorf("%s: no source", k.ID)
		case !slices.Contains([]credentials{credentialsRequired, credentialsOptional, credentialsNone}, k.Credentials):
			t.Errorf("%s: credentials %q", k.ID, k.Credentials)
		case k.Credentials == credentialsRequired && k.Role.Permissions == "":
			t.Errorf("%s: no permissions", k.ID)
		case k.Credentials == credentialsOptional && k.Role.For == "":
			t.Errorf("%s: does not say what for", k.ID)
		case !slices.Contains([]string{"", "passes", "filters"}, k.Proxy):
			t.Errorf("%s: proxy %q", k.ID, k.Proxy)
		}
		ids[k.ID] = true
	}
}

// TestControllerNeeds expects every need to say what is needed and a way to set it,
// and every condition to look at one thing.
func TestControllerNeeds(t *testing.T) {
	all, err := knownControllers()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		conditions := slices.Clone(k.When)
		for _, n := range k.Needs {
			if n.What == "" || len(n.Set) == 0 {
				t.Errorf("%s: a need without a word or a way out", k.ID)
			}
			conditions = slices.Concat(conditions, n.When, n.Unless)
		}
		for _, c := range conditions {
			looks := slices.DeleteFunc([]string{c.Env, c.Flag, c.Word, c.Kind}, func(s string) bool { return s == "" })
			if len(looks) != 1 {
				t.Errorf("%s: a condition about %q, want one thing", k.ID, looks)
			}
		}
	}
}

// TestControllersInFixtures expects each entry of controllers.yaml to be met in a
// fixture.
func TestControllersInFixtures(t *testing.T) {
	all, err := knownControllers()
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, f := range fixtures(t) {
		var c Cluster
		if err := c.Read(f.name, bytes.NewReader(f.content)); err != nil {
			t.Fatal(err)
		}
		for _, w := range c.workloads() {
			for p := range w.each {
				for container := range p.each {
					if k, ok := known(all, subject{container, w.kind}); ok {
						met[k.ID] = true
					}
				}
			}
		}
	}
	for _, k := range all {
		if !met[k.ID] {
			t.Errorf("%s: in no fixture", k.ID)
		}
	}
}
