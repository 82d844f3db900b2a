package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/internal/needs"
)

var update = flag.Bool("update", false, "write the man page")

const manPage = "../../docs/imdslock.1"

// A manGroup is a group of options in the man page.
type manGroup struct {
	Title   string
	Options []manOption
	NoHelp  []manOption // without --help
	Own     []manOption // of NoHelp, those that the command without a name lacks, or has as another option
}

// A manOption is an option in Markdown.
type manOption struct{ Spelling, Text string }

// newManPage makes the man page of the options and pages of help, by
// testdata/man.md. A test makes it, so that what makes it is no part of the
// command.
func newManPage(t *testing.T) []byte {
	t.Helper()
	source, err := os.ReadFile("testdata/man.md")
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(&command{args: []string{"imdslock"}})
	page, err := template.New("man").Funcs(template.FuncMap{
		"groups": func(flags []cli.Flag) []manGroup { return manGroups(flags, app.Flags) },
		"prose":  prose,
	}).Parse(string(source))
	if err != nil {
		t.Fatal(err)
	}
	var markdown bytes.Buffer
	if err := page.Execute(&markdown, app); err != nil {
		t.Fatal(err)
	}
	return md2man.Render(markdown.Bytes())
}

func manGroups(flags, main []cli.Flag) []manGroup {
	var all []manGroup
	for _, g := range flags[0].(helpFlag).groups {
		group := manGroup{Title: g.title}
		for _, f := range g.flags {
			o := describe(f)
			names := "**" + strings.Join(o.names, "**, **") + "**"
			switch words := o.words(); {
			case words != nil:
				names += " **" + strings.Join(words, "**|**") + "**"
			case o.value != "":
				names += " *" + o.value + "*"
			}
			group.Options = append(group.Options, manOption{names, o.text})
			if slices.Contains(f.Names(), "help") {
				continue
			}
			group.NoHelp = append(group.NoHelp, manOption{names, o.text})
			if same, ok := lookUp(main, o.names[len(o.names)-1]); !ok || same.text != o.text {
				group.Own = append(group.Own, manOption{names, o.text})
			}
		}
		all = append(all, group)
	}
	return all
}

// prose is a description of the help in Markdown: what is indented there is
// code, and examples need no heading.
func prose(text string) string {
	text = strings.ReplaceAll(text, "examples:\n", "\n")
	return strings.ReplaceAll(text, "\n  ", "\n      ")
}

// TestManPage expects the man page to be that of the options as they are. It is
// written by: go test ./cmd/imdslock -run TestManPage -update
func TestManPage(t *testing.T) {
	want := newManPage(t)
	if *update {
		if err := os.WriteFile(manPage, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("write it by go test ./cmd/imdslock -run TestManPage -update: -want +got\n%s", diff)
	}
}

// TestManPageIsClean has mandoc look for mistakes.
func TestManPageIsClean(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		needs.Missing(t, "mandoc", err.Error())
	}
	out, err := exec.Command("mandoc", "-Tlint", "-Wwarning", manPage).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
