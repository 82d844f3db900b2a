package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/imdslock/imdslock/transform"
)

// The elements of JUnit's XML, with the attributes that the schema of Jenkins'
// xUnit plugin has (junit-10.xsd). A template is a suite. What is open in it are
// its failed cases, and one with nothing open has a case that passed. A file that is
// not a template has a case that is skipped, if there is something to say of it.
type (
	suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		counts
		Suites []suite `xml:"testsuite"`
	}
	suite struct {
		Name string `xml:"name,attr"`
		counts
		Cases []testCase `xml:"testcase"`
		Out   string     `xml:"system-out,omitempty"` // the notes
	}
	counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	testCase struct {
		Name      string  `xml:"name,attr"`
		ClassName string  `xml:"classname,attr"`
		Failure   *reason `xml:"failure"`
		Error     *reason `xml:"error"`
		Skipped   *reason `xml:"skipped"`
	}
	reason struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, run Run) error {
	all := suites{Name: "imdslock"}
	for _, c := range run.Files {
		if len(c.Findings) > 0 || !c.PassedOver {
			all.add(newSuite(c))
		}
	}
	for _, f := range run.Failures {
		path := slashed(f.Path, f.Name)
		why := &reason{Message: f.message(), Text: path}
		if at := f.place(); at.Line > 0 {
			why.Text = fmt.Sprintf("%s:%v", path, at)
		}
		all.add(suite{Name: path, Cases: []testCase{{Name: "readable", ClassName: path, Error: why}}})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// add adds a suite with its counts.
func (s *suites) add(one suite) {
	one.Tests = len(one.Cases)
	for _, c := range one.Cases {
		switch {
		case c.Failure != nil:
			one.Failures++
		case c.Error != nil:
			one.Errors++
		case c.Skipped != nil:
			one.Skipped++
		}
	}
	s.Tests += one.Tests
	s.Failures += one.Failures
	s.Errors += one.Errors
	s.Skipped += one.Skipped
	s.Suites = append(s.Suites, one)
}

func newSuite(c File) suite {
	path := slashed(c.Path, c.Name)
	one := suite{Name: path}
	var notes strings.Builder
	for _, f := range c.Findings {
		name := string(f.Rule)
		if f.LogicalID != "" {
			name += " " + f.LogicalID
		}
		place := fmt.Sprintf("%s:%v", path, f.Start)
		switch f.Kind {
		case transform.KindOpen:
			one.Cases = append(one.Cases, testCase{Name: name, ClassName: path, Failure: &reason{string(f.Rule), f.Message, place}})
		case KindPassed:
			one.Cases = append(one.Cases, testCase{Name: name, ClassName: path})
		case KindWarning, KindUnknown: // neither failed nor passed
			one.Cases = append(one.Cases, testCase{Name: name, ClassName: path, Skipped: &reason{Message: f.Message, Text: place}})
		case transform.KindAccepted:
			one.Cases = append(one.Cases, testCase{Name: name, ClassName: path, Skipped: &reason{Message: "accepted: " + f.Reason, Text: place}})
		default:
			fmt.Fprintf(&notes, "%s: note: %s\n", place, f.Message)
		}
	}
	switch {
	case len(one.Cases) > 0:
	case c.PassedOver:
		one.Cases = []testCase{{Name: "judged", ClassName: path, Skipped: &reason{Message: "passed over, as it is not a template"}}}
	default:
		one.Cases = []testCase{{Name: "locked", ClassName: path}}
	}
	one.Out = notes.String()
	return one
}
