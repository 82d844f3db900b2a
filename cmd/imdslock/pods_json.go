package main

import "github.com/imdslock/imdslock/pods"

// What pods prints with --format json.
type (
	podsDocument struct {
		Workloads []podsWorkload `json:"workloads"`
		Notes     []podsNote     `json:"notes"`
	}
	podsWorkload struct {
		Kind             string        `json:"kind"`
		Namespace        string        `json:"namespace"`
		Name             string        `json:"name"`
		Pods             int           `json:"pods"`
		Verdict          string        `json:"verdict"` // the worst of the findings
		HostNetwork      bool          `json:"hostNetwork"`
		Credentials      []string      `json:"credentials"`
		Region           []string      `json:"region"` // what gives it
		MetadataDisabled bool          `json:"metadataDisabled"`
		Proxied          bool          `json:"proxied"` // by kube2iam or kiam
		Findings         []podsFinding `json:"findings"`
	}
	podsFinding struct {
		File       string    `json:"file"`
		Line       int       `json:"line"`    // from 1
		Column     int       `json:"column"`  // from 1, in characters
		Pointer    string    `json:"pointer"` // RFC 6901, within the document
		Rule       string    `json:"rule"`
		Level      string    `json:"level"` // error, warning, note or none
		Container  string    `json:"container"`
		Controller string    `json:"controller"`
		Message    string    `json:"message"`
		Fixes      []podsFix `json:"fixes"`
		Source     string    `json:"source"`
	}
	podsFix struct {
		Label string `json:"label"`
		Text  string `json:"text"`
	}
	podsNote struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Column  int    `json:"column"`
		Message string `json:"message"`
	}
)

// jsonReport returns a report as JSON has it: lists are never null.
func jsonReport(report pods.Report) podsDocument {
	document := podsDocument{[]podsWorkload{}, []podsNote{}}
	for _, w := range report.Workloads {
		workload := podsWorkload{
			w.Kind, w.Namespace, w.Name, w.Pods, string(w.Verdict), w.HostNetwork,
			append([]string{}, w.Credentials...), append([]string{}, w.Region...), w.MetadataDisabled, w.Proxied, nil,
		}
		for _, f := range w.Findings {
			fixes := []podsFix{}
			for _, fix := range f.Fixes {
				fixes = append(fixes, podsFix(fix))
			}
			workload.Findings = append(workload.Findings, podsFinding{
				f.Place.File, f.Place.Line, f.Place.Column, f.Place.Pointer, string(f.Verdict), f.Verdict.Severity(),
				f.Container, f.Controller, f.Message, fixes, f.Source,
			})
		}
		document.Workloads = append(document.Workloads, workload)
	}
	for _, n := range report.Notes {
		document.Notes = append(document.Notes, podsNote{n.Place.File, n.Place.Line, n.Place.Column, n.Message})
	}
	return document
}
