package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
)

// validSARIF writes a run as a log and holds that to the schema of SARIF 2.1.0.
func validSARIF(t *testing.T, run report.Run) *sarif.Run {
	t.Helper()
	text := written(t, report.SARIF, run)
	log, err := sarif.FromBytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Validate(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return log.Runs[0]
}

// An issue is one of Code Quality.
type issue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// validGitLab writes a run as Code Quality and holds that to what GitLab
// documents.
func validGitLab(t *testing.T, run report.Run) []issue {
	t.Helper()
	var issues []issue
	decoder := json.NewDecoder(strings.NewReader(written(t, report.GitLab, run)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&issues); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range issues {
		if seen[i.Fingerprint] || i.Fingerprint == "" {
			t.Errorf("fingerprint %q is not unique", i.Fingerprint)
		}
		seen[i.Fingerprint] = true
		if !strings.Contains(" info minor major critical blocker ", " "+i.Severity+" ") || i.Description == "" || i.CheckName == "" || i.Location.Lines.Begin < 1 || strings.HasPrefix(i.Location.Path, ".") {
			t.Errorf("%+v", i)
		}
	}
	return issues
}

// A junitElement is what junit-10.xsd of Jenkins' xUnit plugin allows in an
// element.
type junitElement struct{ attributes, children string }

// validJUnit writes a run as JUnit's XML, holds that to the schema, and counts
// its elements.
func validJUnit(t *testing.T, run report.Run) (text string, count map[string]int) {
	t.Helper()
	schema := map[string]junitElement{
		"":           {"", "testsuites"},
		"testsuites": {"name time tests failures errors skipped", "testsuite"},
		"testsuite":  {"name tests failures errors group time skipped timestamp hostname id package file log url version", "testsuite properties testcase system-out system-err"},
		"testcase":   {"name time classname group", "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err"},
		"failure":    {"type message", ""},
		"error":      {"type message", ""},
		"skipped":    {"type message", ""},
		"system-out": {"", ""},
	}
	text = written(t, report.JUnit, run)
	decoder := xml.NewDecoder(strings.NewReader(text))
	path := []string{""}
	count = map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text, count
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			if parent := schema[path[len(path)-1]]; !strings.Contains(" "+parent.children+" ", " "+name+" ") {
				t.Errorf("<%s> in <%s>", name, path[len(path)-1])
			}
			for _, a := range e.Attr {
				if !strings.Contains(" "+schema[name].attributes+" ", " "+a.Name.Local+" ") {
					t.Errorf("%s of <%s>", a.Name.Local, name)
				}
			}
			path = append(path, name)
			count[name]++
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}
