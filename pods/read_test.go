package pods

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const web = `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}`

// TestRead expects objects to be found however they are put together: what is read
// is given as the workloads, then the notes.
func TestRead(t *testing.T) {
	other := strings.ReplaceAll(web, `"web"`, `"other"`)
	for name, test := range map[string]struct{ input, want string }{
		"an object":            {web, "Pod shop/web;"},
		"a List":               {`{"kind": "List", "items": [` + web + `,` + other + `]}`, "Pod shop/other, Pod shop/web;"},
		"items before kind":    {`{"items": [` + web + `], "kind": "List"}`, "Pod shop/web;"},
		"a list in a list":     {`{"kind": "List", "items": [{"kind": "List", "items": [` + web + `]}]}`, "Pod shop/web;"},
		"documents":            {web + other + "\n" + web, "Pod shop/other, Pod shop/web;"},
		"a byte order mark":    {"\ufeff" + web, "Pod shop/web;"},
		"CRLF":                 {strings.ReplaceAll(web, ",", ",\r\n"), "Pod shop/web;"},
		"a PodList":            {`{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "web"}, "spec": {"containers": [{"name": "c"}]}}]}`, "Pod web;"},
		"a DaemonSetList":      {`{"kind": "DaemonSetList", "apiVersion": "apps/v1", "items": [{"metadata": {"name": "d"}, "spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}]}`, "DaemonSet d;"},
		"spec first":           {`{"spec": {"containers": [{"name": "c"}]}, "metadata": {"name": "web"}, "kind": "Pod", "apiVersion": "v1"}`, "Pod web;"},
		"an empty list":        {`{"kind": "List", "items": []}`, ";"},
		"null for what is not": {`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "labels": null, "ownerReferences": null}, "spec": {"containers": null, "hostNetwork": null}}`, "Pod web;"},
		"no spec":              {`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"}}`, "Pod web;"},
		"an own kind":          {`{"kind": "Prometheus", "apiVersion": "monitoring.coreos.com/v1", "metadata": {"name": "p"}, "spec": {"containers": 7, "template": []}}` + web, "Pod shop/web; x:1:1: passed over: Prometheus.monitoring.coreos.com (1)"},
		"another Pod":          {`{"kind": "Pod", "apiVersion": "example.com/v1", "spec": 1}`, "; x:1:1: passed over: Pod.example.com (1)"},
		"no kind":              {`{"metadata": {"name": "web"}, "spec": {}} {"a": 1}`, "; x:1:1: passed over: objects without a kind (2)"},
		"names in other case":  {strings.NewReplacer("hostNetwork", "HostNetwork").Replace(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "w"}, "spec": {"HostNetwork": true, "containers": [{"name": "c"}]}}`), "Pod w;"},
	} {
		report := judged(t, "x", test.input, DefaultLock())
		if name == "a byte order mark" && report.Workloads[0].Findings[0].Place.Column != 1 {
			t.Errorf("%s: %v", name, report.Workloads[0].Findings[0].Place)
		}
		var names, notes []string
		for _, w := range report.Workloads {
			names = append(names, w.String())
			if w.HostNetwork {
				t.Errorf("%s: %v is on the host network", name, w)
			}
		}
		for _, n := range report.Notes {
			notes = append(notes, fmt.Sprintf("%v: %s", n.Place, n.Message))
		}
		got := strings.TrimSpace(strings.Join(names, ", ") + "; " + strings.Join(notes, ", "))
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestColumns counts characters, not bytes, and those of the line alone.
func TestColumns(t *testing.T) {
	for _, before := range []string{"", `"ü": "世界"`, `"é": "` + strings.Repeat("ß", 200_000) + `"`} {
		if before != "" {
			before += ", "
		}
		input := "{\"ä\": \"ö\",\n" + before + `"kind": "List", "items": [` + web + `]}`
		report := judged(t, "x", input, DefaultLock())
		want := Place{"x", 2, len([]rune(before+`"kind": "List", "items": [`)) + 1, "/items/0/spec/containers/0"}
		if got := report.Workloads[0].Findings[0].Place; got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestReadErrors expects what cannot be read to be said with its place.
func TestReadErrors(t *testing.T) {
	long := strings.Repeat("x", 200_000) // more than any buffer
	for name, test := range map[string]struct{ input, want string }{
		"nothing":             {"", "x:1:1: there is no object in it"},
		"blanks":              {" \n\n", "x:1:1: there is no object in it"},
		"YAML":                {"apiVersion: v1\n", "x:1:1: this is not JSON: invalid character 'a' at start of value"},
		"a table":             {"NAME  READY\n", "x:1:1: this is not JSON: invalid character 'N' at start of value"},
		"an array":            {"\n [" + web + "]", "x:2:2: this is not a Kubernetes object"},
		"cut off":             {"{\n\"kind\": \"List\", \"items\": [\n" + web + ",\n{\"kind\"", "x:4:8: the JSON ends too early"},
		"cut off in a string": {`{"kind": "Po`, "x:1:13: the JSON ends too early"},
		"cut off in a list":   {`{"kind": "List", "items": [` + web, fmt.Sprintf("x:1:%d: the JSON ends too early", 28+len(web))},
		"a wrong type":        {"{\"kind\": \"List\", \"items\": [\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": 5}]}}]}", "x:2:70: /items/0/spec/containers/0/name: this is a number, where Kubernetes has a string"},
		"a wrong kind":        {`{"kind": {}}`, "x:1:10: /kind: this is an object, where Kubernetes has a string"},
		"a wrong kind, BOM":   {"\ufeff{\"kind\": {}}", "x:1:10: /kind: this is an object, where Kubernetes has a string"},
		"wrong labels":        {`{"kind": "Pod", "metadata": {"labels": []}}`, "x:1:40: /metadata/labels: this is an array, where Kubernetes has an object"},
		"a wrong late type":   {"{\"spec\": {\n\"hostNetwork\": \"yes\"}, \"kind\": \"Pod\", \"apiVersion\": \"v1\"}", "x:2:16: /spec/hostNetwork: this is a string, where Kubernetes has a boolean"},
		"twice":               {"{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n\"spec\": {\"hostNetwork\": true, \"hostNetwork\": false}}", "x:2:31: /spec/hostNetwork: a member occurs twice in an object"},
		"kind twice":          {`{"kind": "ConfigMap", "kind": "Pod"}`, "x:1:23: /kind: a member occurs twice in an object"},
		"twice in a label":    {`{"kind": "Pod", "metadata": {"labels": {"a": "1", "a": "2"}}}`, "x:1:51: /metadata/labels/a: a member occurs twice in an object"},
		"UTF-16":              {"\xff\xfe{\x00}\x00", "x:1:1: this is UTF-16, not UTF-8"},
		"bytes":               {"{\"kind\": \"P\xffd\"}", "x:1:12: /kind: this is not JSON: invalid UTF-8"},
		"after much":          {`{"a": "` + long + "\",\n\"kind\": 7}", "x:2:9: /kind: this is a number, where Kubernetes has a string"},
		"after an own kind":   {"{\"kind\": \"Own\", \"apiVersion\": \"v1\", \"spec\": {\"deep\": [[[{}]]]}}\n}", "x:2:1: this is not JSON: invalid character '}' at start of value"},
		"too deep":            {`{"spec": ` + strings.Repeat("[", 20_000), "x:1:10009: /spec" + strings.Repeat("/0", 97) + "/…: this is not JSON: exceeded max depth"},
		"lists in lists":      {strings.Repeat(`{"kind": "List", "items": [`, 20), "x:1:457: /items" + strings.Repeat("/0/items", 16) + ": there are too many lists within lists"},
	} {
		var c Cluster
		err := c.Read("x", iotest.HalfReader(strings.NewReader(test.input)))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err.Error() != test.want {
			t.Errorf("%s: %s\nwant %s", name, err, test.want)
		}
	}
}

// TestReadFails expects an error of the system to be that.
func TestReadFails(t *testing.T) {
	var c Cluster
	broken := errors.New("broken")
	err := c.Read("x", io.MultiReader(strings.NewReader(`{"kind": `), iotest.ErrReader(broken)))
	var e *Error
	if !errors.Is(err, broken) || errors.As(err, &e) {
		t.Errorf("%v", err)
	}
}

// TestMaxSize expects an input of more bytes to be refused, and one of as many not.
func TestMaxSize(t *testing.T) {
	c := Cluster{MaxSize: int64(len(web))}
	if err := c.Read("x", strings.NewReader(web)); err != nil {
		t.Error(err)
	}
	if err := c.Read("x", strings.NewReader(web+" ")); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("more than %d bytes", len(web))) {
		t.Error(err)
	}
}

// TestSkippedKinds expects an input of very many kinds to end, with few notes.
func TestSkippedKinds(t *testing.T) {
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, `{"kind": "K%d"}`, i)
	}
	report := judged(t, "x", b.String(), DefaultLock())
	if n := len(report.Notes); n != maxSkipped+1 {
		t.Fatalf("%d notes", n)
	}
	if got, want := report.Notes[maxSkipped].Message, "passed over: objects of other kinds (9900)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
