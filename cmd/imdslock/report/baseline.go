package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform"
)

// fingerprintName is the key of a result's fingerprint in SARIF. The number goes
// up when what it is made of changes.
const fingerprintName = "imdslock/v1"

// fingerprint identifies a finding of a file, named with slashes, from run to
// run: by its rule, its kind, the file, the logical ID and the message without the
// numbers of lines in it. Two findings may have the same fingerprint.
func fingerprint(path string, f transform.Finding) string {
	kind := f.Kind
	if kind == transform.KindAccepted {
		kind = transform.KindOpen
	}
	return hash(string(f.Rule), string(kind), path, f.LogicalID, withoutLines(f.Message))
}

// hash returns the start of the SHA-256 of some texts, in hexadecimal digits.
func hash(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// withoutLines removes the numbers after the word line from a text.
func withoutLines(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "line ")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("line ")
		text = strings.TrimLeft(after, "0123456789")
	}
}

// A Baseline is what an earlier run found: the number of findings by fingerprint.
type Baseline map[string]int

// ReadBaseline reads the SARIF that an earlier run wrote. It returns an error if
// it is anything else.
func ReadBaseline(content []byte) (Baseline, error) {
	var earlier struct {
		Version string
		Runs    []struct {
			Tool    struct{ Driver struct{ Name string } }
			Results []struct {
				PartialFingerprints map[string]string
				Suppressions        []json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(content, &earlier); err != nil {
		return nil, fmt.Errorf("not SARIF: %w", err)
	}
	if earlier.Version != sarifVersion || len(earlier.Runs) == 0 {
		return nil, errors.New("not SARIF " + sarifVersion)
	}
	known := Baseline{}
	for _, run := range earlier.Runs {
		if name := run.Tool.Driver.Name; name != toolName {
			return nil, fmt.Errorf("the results are those of %q, not of %s", name, toolName)
		}
		for i, r := range run.Results {
			print := r.PartialFingerprints[fingerprintName]
			if print == "" {
				return nil, fmt.Errorf("result %d has no fingerprint %s", i+1, fingerprintName)
			}
			if len(r.Suppressions) == 0 { // what was accepted then was not open
				known[print]++
			}
		}
	}
	return known, nil
}

// LeaveOut removes the findings that the baseline has from the run, and returns
// how many there were. What is accepted stays.
func (b Baseline) LeaveOut(run *Run) (n int) {
	left := Baseline{}
	for print, times := range b {
		left[print] = times
	}
	for i, c := range run.Files {
		var fresh []transform.Finding
		for _, f := range c.Findings {
			print := fingerprint(slashed(c.Path, c.Name), f)
			if f.Kind != transform.KindAccepted && left[print] > 0 {
				left[print]--
				n++
				continue
			}
			fresh = append(fresh, f)
		}
		run.Files[i].Findings = fresh
	}
	return n
}
