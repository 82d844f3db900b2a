package hook

import (
	"fmt"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// An annotation is one finding, as GetHookResult shows it beside the message.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Annotation.html
type annotation struct {
	Name               string `json:"annotationName"`
	Status             string `json:"status"` // "PASSED", "FAILED" or "SKIPPED"
	StatusMessage      string `json:"statusMessage"`
	RemediationMessage string `json:"remediationMessage"`
	RemediationLink    string `json:"remediationLink"`
	SeverityLevel      string `json:"severityLevel"`
}

// How many annotations an answer has, and how many characters the message of one
// may have. The first is our own choice: an answer must not grow with a template.
const (
	maxAnnotations       = 50
	maxAnnotationMessage = 16384
)

// annotations says of each finding what is open or could not be judged, how
// serious that is, and what to do.
func (v verdict) annotations() (all []annotation) {
	for i, f := range v.findings {
		if i == maxAnnotations {
			break // the message has what is open
		}
		d, _ := transform.Describe(f.Rule)
		a := annotation{
			Name: string(f.Rule), Status: "SKIPPED", SeverityLevel: "INFORMATIONAL",
			StatusMessage:      message.Truncate(fmt.Sprintf("%s: %s", v.name, message.Line(f.Message)), maxAnnotationMessage),
			RemediationMessage: d.Fix, RemediationLink: d.Source,
		}
		if f.Kind == transform.KindOpen {
			a.Status, a.SeverityLevel = "FAILED", severityLevel(d.Severity)
		}
		all = append(all, a)
	}
	return all
}

// severityLevel returns how serious something is, by the bands of CVSS.
func severityLevel(cvss float64) string {
	switch {
	case cvss >= 9:
		return "CRITICAL"
	case cvss >= 7:
		return "HIGH"
	case cvss >= 4:
		return "MEDIUM"
	}
	return "LOW"
}
