package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// The page, as html/template reads it, and its style. What the page says of a run is
// escaped for its place in it; before that, [shown] makes characters visible that
// change the direction of text or have no picture.
var (
	//go:embed html/report.html
	pageTemplate string
	//go:embed html/report.css
	pageStyle string
)

// A page is a run as a person reads it.
type page struct {
	Version   string
	Style     template.CSS
	StyleHash string // of a Content-Security-Policy
	Total     tally
	Templates int // that were judged
	NotLocked int // of them
	Rules     []ruleRow
	Files     []fileSection
	Locked    []string // names of templates about which there is nothing to say
	Failures  []failureRow
}

// A tally counts findings.
type tally struct{ Open, Notes, Accepted int }

func (t *tally) add(f transform.Finding) {
	switch f.Kind {
	case transform.KindOpen:
		t.Open++
	case transform.KindAccepted:
		t.Accepted++
	default:
		t.Notes++
	}
}

// A ruleRow is a rule by which something was found.
type ruleRow struct {
	transform.Description
	tally
}

// A fileSection is a template in which something was found.
type fileSection struct {
	ID       string
	Name     string
	Findings []findingBox
	Diff     []diffLine
	Refused  string // why there is no diff, if something is open
	tally
}

// A findingBox is a finding with its lines.
type findingBox struct {
	ID        string
	Rule      transform.Rule
	Title     string
	Kind      transform.Kind
	Label     string
	LogicalID string
	Place     string
	Message   string
	Reason    string
	Excerpt   []excerptLine
}

// A failureRow is a file that cannot be judged.
type failureRow struct{ Name, Place, Message, Hint string }

// writeHTML writes a self-contained page: it loads nothing and has no script.
func writeHTML(w io.Writer, run Run) error {
	t, err := template.New("report").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, newPage(run))
}

func newPage(run Run) page {
	sum := sha256.Sum256([]byte(pageStyle))
	p := page{
		Version: run.Version,
		Style:   template.CSS(pageStyle), StyleHash: base64.StdEncoding.EncodeToString(sum[:]),
	}
	rules := map[transform.Rule]tally{}
	for _, c := range run.Files {
		if !c.PassedOver {
			p.Templates++
		}
		if len(c.Findings) == 0 && c.PassedOver {
			continue
		}
		if len(c.Findings) == 0 {
			p.Locked = append(p.Locked, shown(c.Name))
			continue
		}
		section := newSection(c, fmt.Sprintf("file-%d", len(p.Files)+1))
		if section.Open > 0 {
			p.NotLocked++
		}
		for _, f := range c.Findings {
			t := rules[f.Rule]
			t.add(f)
			rules[f.Rule] = t
			p.Total.add(f)
		}
		p.Files = append(p.Files, section)
	}
	p.Rules = newRuleRows(rules)
	for _, f := range run.Failures {
		p.Failures = append(p.Failures, newFailureRow(f))
	}
	return p
}

// newRuleRows lists rules: first what is open, the most serious and then the most frequent.
func newRuleRows(found map[transform.Rule]tally) (rows []ruleRow) {
	for _, d := range transform.Rules() {
		if t, ok := found[d.Rule]; ok {
			rows = append(rows, ruleRow{d, t})
		}
	}
	slices.SortStableFunc(rows, func(a, b ruleRow) int {
		isOpen := func(r ruleRow) int { return min(r.Open, 1) }
		return cmp.Or(isOpen(b)-isOpen(a), cmp.Compare(b.Severity, a.Severity), b.Open-a.Open)
	})
	return rows
}

func newSection(c File, id string) fileSection {
	s := fileSection{ID: id, Name: shown(c.Name), Diff: newDiffLines(c.Diff)}
	lines := lineStarts(c.Source)
	for i, f := range c.Findings {
		s.add(f)
		d, _ := transform.Describe(f.Rule)
		s.Findings = append(s.Findings, findingBox{
			ID: fmt.Sprintf("%s-%d", id, i+1), Rule: f.Rule, Title: d.Title, Kind: f.Kind, Label: label(f.Kind),
			LogicalID: shown(f.LogicalID), Place: f.Start.String(), Message: shown(strings.TrimPrefix(f.Message, f.LogicalID+": ")),
			Reason: shown(f.Reason), Excerpt: newExcerpt(c.Source, lines, f),
		})
	}
	switch {
	case s.Open == 0:
		s.Diff = nil
	case c.Refused != nil:
		s.Refused = shown(Failure{Err: c.Refused}.message())
	case len(s.Diff) == 0:
		s.Refused = "with these options, no change to this template locks what is open"
	}
	return s
}

// label returns what to call a kind of finding.
func label(k transform.Kind) string {
	if k == transform.KindOpen {
		return "not locked"
	}
	return string(k)
}

func newFailureRow(f Failure) failureRow {
	row := failureRow{Name: shown(f.Name), Message: shown(f.message())}
	if at := f.place(); at.Line > 0 {
		row.Place = at.String()
	}
	var hinted *cfn.Error
	if errors.As(f.Err, &hinted) {
		row.Hint = shown(hinted.Hint)
	}
	return row
}

// shown returns one line of untrusted text, written so that a reader sees all of it
// in its order.
func shown(text string) string {
	parts := strings.Split(strings.ToValidUTF8(text, "\uFFFD"), "\t")
	for i, part := range parts {
		parts[i] = message.Line("|" + part)[1:]
	}
	return strings.Join(parts, "\t")
}
