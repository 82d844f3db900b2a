// Package report writes what check and pods have found, in the formats that
// people, scripts and CI systems read.
//
// A [Run] has everything that can be reported: findings that are open, notes,
// findings that were accepted, and files that cannot be read. Each [Format] writes
// some or all of it. None of them reads a file or knows the command line.
package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// A Run is what one run has found.
type Run struct {
	Version  string // of imdslock
	Files    []File
	Failures []Failure

	// Rules are the rules of the findings; nil means those of check.
	Rules []Rule
	// Notes are about the run as a whole. SARIF alone has them.
	Notes []Note
}

// A Note is about what was read, and is not a finding.
type Note struct {
	Path    string       // "" if it is about no file
	At      cfn.Position // Line is 0 if that is nowhere
	Message string
}

// A File is a template, and what was found in it, in the order of its lines.
type File struct {
	Name     string // as a person reads it
	Path     string // "" for stdin and what is embedded
	Findings []transform.Finding
	// PassedOver is set if it is not a template.
	PassedOver bool

	// Source is the text, which some formats quote. It may be missing.
	Source []byte
	// Changes are the findings of a patch of Source, which become fixes.
	Changes []transform.Finding
	// Diff is what the patch does, as a unified diff, or Refused says why there is none.
	Diff    string
	Refused error
}

// A Failure is a file or a folder that cannot be judged.
type Failure struct {
	Name, Path string // as in a File
	Err        error
}

// A Format is a notation of a run.
type Format string

// The formats.
const (
	Text   Format = "text"   // FILE:LINE:COL: RULE MESSAGE, only what is open
	JSON   Format = "json"   // an object with findings and errors
	SARIF  Format = "sarif"  // SARIF 2.1.0
	GitHub Format = "github" // workflow commands, which become annotations
	GitLab Format = "gitlab" // Code Quality
	JUnit  Format = "junit"  // JUnit's XML, as Jenkins and Azure Pipelines read it
	HTML   Format = "html"   // a page that people read, pass round and print
)

// formats returns all formats.
func formats() []Format { return []Format{Text, JSON, SARIF, GitHub, GitLab, JUnit, HTML} }

// Set sets f to the format that a word names, or returns an error that lists them. It
// makes *Format a [flag.Value].
func (f *Format) Set(word string) error {
	if !slices.Contains(formats(), Format(word)) {
		return fmt.Errorf("must be %s", Choice(", ", " or "))
	}
	*f = Format(word)
	return nil
}

func (f *Format) String() string { return string(*f) }

// Choice lists the formats, with separators between them and before the last.
func Choice(separator, last string) string {
	var words []string
	for _, f := range formats() {
		words = append(words, string(f))
	}
	n := len(words) - 1
	return strings.Join(words[:n], separator) + last + words[n]
}

// Quotes reports whether a format quotes the text of a template.
func (f Format) Quotes() bool { return f == SARIF || f == HTML }

// Write writes a run in a format for machines, or as plain text. Untrusted names and
// values do nothing to a terminal or to a runner that shows it.
func (f Format) Write(w io.Writer, run Run) error {
	var b bytes.Buffer
	if err := f.write(&b, run); err != nil {
		return err
	}
	_, err := w.Write(f.safe(b.Bytes()))
	return err
}

// safe escapes what a terminal would obey, in a way that readers of the format undo
// or, if they undo nothing, as Go writes it.
func (f Format) safe(document []byte) []byte {
	switch f {
	case JSON, SARIF, GitLab:
		return message.SafeJSON(document)
	case Text, GitHub:
		return message.Safe(document, func(r rune) string { return strings.Trim(strconv.QuoteRuneToASCII(r), "'") })
	}
	return message.Safe(document, func(r rune) string { return fmt.Sprintf("&#x%X;", r) })
}

func (f Format) write(w io.Writer, run Run) error {
	switch f {
	case JSON:
		return writeJSON(w, newDocument(run))
	case SARIF:
		return WriteSARIF(w, run)
	case GitHub:
		return writeGitHub(w, run)
	case GitLab:
		return writeJSON(w, newIssues(run))
	case JUnit:
		return writeJUnit(w, run)
	case HTML:
		return writeHTML(w, run)
	}
	return TextStyle{}.Write(w, run)
}

// WriteSARIF writes a run as SARIF, for a program that needs no other format.
func WriteSARIF(w io.Writer, run Run) error { return writeJSON(w, newLog(run)) }

// HasOpen reports whether something is not locked.
func (r Run) HasOpen() bool {
	for _, f := range r.Files {
		if slices.ContainsFunc(f.Findings, isOpen) {
			return true
		}
	}
	return false
}

func isOpen(f transform.Finding) bool { return f.Kind == transform.KindOpen }

// file names a file for machines, where names are not quoted.
func file(path, name string) string { return cmp.Or(path, name) }

// slashed returns a file's name with slashes, relative to the folder of the run if it
// is below that, without "./".
func slashed(path, name string) string { return filepath.ToSlash(filepath.Clean(file(path, name))) }

// place returns where a file cannot be read. Its Line is 0 if that is nowhere.
func (f Failure) place() cfn.Position {
	var at *cfn.Error
	if errors.As(f.Err, &at) {
		return at.Position
	}
	return cfn.Position{}
}

// message says why a file cannot be read, without its place.
func (f Failure) message() string {
	var cannot *transform.CannotLock
	var at *cfn.Error
	switch {
	case errors.As(f.Err, &cannot):
		return cannot.LogicalID + ": " + cannot.Cause.Message
	case errors.As(f.Err, &at):
		return at.Message
	}
	return f.Err.Error()
}

// writeJSON writes a document for machines, which people can read too.
func writeJSON(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
