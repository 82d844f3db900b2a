package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
)

// A checked is a template that was checked, or a file that is not one.
type checked struct {
	source
	input      []byte // if a format quotes it
	findings   []transform.Finding
	changes    []transform.Finding // what a patch would do, if a format says that
	diff       string              // the same, from line to line
	refused    error               // why a patch would do nothing
	parameters map[string]string   // those of the options that it has; nil if it is passed over
}

// check says what is not locked in everything that is named. It goes on past what it
// cannot read, and says so.
func (c *command) check(cc *cli.Context) error {
	if err := c.readCheckOptions(cc); err != nil {
		return err
	}
	if err := c.refuseTerminal(cc); err != nil {
		return err
	}
	baseline, err := c.baseline()
	if err != nil {
		return err
	}
	found := report.Run{Version: version()}
	all, err := c.checkSources(cc.Args().Slice(), &found)
	if err != nil {
		return err
	}
	var counted progress
	counted.start(c.opts, c.stderr, len(all))
	results, failures := inParallel(cc.Context, all, counted.step, func(s source) (checked, error) { return c.checkOne(cc.Context, s, len(all) == 1) })
	counted.end()
	if err := c.knownParameters(results, failures); err != nil {
		return err
	}
	c.leaveOutSeen(results)
	for i, r := range results {
		if failures[i] != nil {
			found.Failures = append(found.Failures, report.Failure{Name: r.name, Path: r.path, Err: failures[i]})
			continue
		}
		found.Files = append(found.Files, r.file())
	}
	if len(results) > 0 && !slices.ContainsFunc(results, func(r checked) bool { return !r.namesNone || len(r.findings) > 0 }) && errors.Join(failures...) == nil && !c.opts.quiet {
		fmt.Fprintln(c.stderr, "imdslock: note: nothing is judged: no file that was read launches nodes")
	}
	if n := baseline.LeaveOut(&found); n > 0 && c.opts.verbose {
		fmt.Fprintf(c.stderr, "%d findings are in %s\n", n, shownName(c.opts.baseline))
	}
	return c.tell(found)
}

// leaveOutSeen leaves out the notes on nested stacks whose templates are judged too, for
// all values of their parameters.
func (c *command) leaveOutSeen(results []checked) {
	isForAll := len(c.opts.Resources) == 0 && c.opts.IMDSv1 != transform.IMDSv1Default
	judged := map[string]bool{}
	for _, r := range results {
		judged[filepath.Clean(r.path)] = isForAll && r.unread == "" && len(r.parameters) == 0
	}
	opened := assemblies{}
	for i, r := range results {
		results[i].findings = opened.withoutSeen(r.path, r.findings, judged)
	}
}

// baseline reads what an earlier run found.
func (c *command) baseline() (report.Baseline, error) {
	if c.opts.baseline == "" {
		return nil, nil
	}
	const largest = 1 << 30
	content, err := fileSource(c.opts.baseline, false).read(largest)
	if err != nil {
		return nil, err
	}
	known, err := report.ReadBaseline(content)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--baseline %s: %v", shownName(c.opts.baseline), err), "imdslock check --format sarif makes one"}
	}
	return known, nil
}

// checkSources returns what the arguments name. What is not there is a failure
// of the run.
func (c *command) checkSources(args []string, found *report.Run) (all []source, err error) {
	if len(args) == 0 || c.opts.template != "" {
		return sources(c.opts, args, c.stdin)
	}
	isStdin := func(s source) bool { return s.path == "" }
	for _, arg := range args {
		more, err := sources(c.opts, []string{arg}, c.stdin)
		switch {
		case err != nil:
			found.Failures = append(found.Failures, report.Failure{Name: shownName(arg), Path: arg, Err: err})
		case slices.ContainsFunc(all, isStdin) && slices.ContainsFunc(more, isStdin):
			return nil, usagef("stdin is named twice")
		default:
			all = append(all, more...)
		}
	}
	return all, nil
}

// checkOne judges one template. If it is the only one, it must have all parameters
// that are given; one of several need not. A template that has none of them is not
// part of the deployment that they are about, and is judged for all values. A file
// that is not a template is passed over.
func (c *command) checkOne(ctx context.Context, s source, only bool) (checked, error) {
	r := checked{source: s}
	if passed, err := s.isPassedOver(); passed || err != nil {
		r.source, r.findings = s, s.notRead()
		return r, err
	}
	input, err := s.read(c.opts.maxSize)
	if err != nil {
		return r, err
	}
	s.know(input)
	r.source = s
	parameters := c.parametersFor(input, only)
	r.findings, err = inputs.Check(ctx, input, transform.CheckOptions{
		Options: c.opts.Options, Parameters: parameters,
		Deployment: len(parameters) > 0 || c.opts.IMDSv1 == transform.IMDSv1Default,
	})
	if s.isAnything(err) {
		return checked{source: s}, nil
	}
	r.findings = s.withoutNodes(r.findings)
	s.walked = s.path != "" // a name on the command line may come from a list of all files
	if note, ok := s.isNoTemplate(err, false); ok {
		r.findings = []transform.Finding{note}
		return r, nil
	}
	if len(r.findings) > 0 || !s.namesNone {
		r.parameters = parameters
	}
	if err != nil || len(r.findings) == 0 {
		return r, s.placed(err)
	}
	if c.opts.format.Quotes() || c.excerpts() > 0 {
		r.input = input
	}
	if c.opts.format.Quotes() {
		r.mend(ctx, input, c.opts.Options)
	}
	return r, nil
}

// parametersFor returns the parameters that are given for a template: all for the
// only one, those that it has for one of several.
func (c *command) parametersFor(input []byte, only bool) map[string]string {
	parameters := maps.Clone(c.opts.parameters)
	if !only && len(parameters) > 0 {
		has := inputs.HasParameter(input)
		maps.DeleteFunc(parameters, func(name, _ string) bool { return !has(name) })
	}
	return parameters
}

// file returns a template as a report has it.
func (r checked) file() report.File {
	return report.File{
		Name: r.name, Path: r.path, PassedOver: r.parameters == nil, Source: r.input,
		Findings: r.findings, Changes: r.changes, Diff: r.diff, Refused: r.refused,
	}
}

// mend says what a patch would do about what was found.
func (r *checked) mend(ctx context.Context, input []byte, opts transform.Options) {
	before, patched, err := inputs.Patch(ctx, input, opts)
	if err != nil {
		r.refused = err
		return
	}
	r.changes = patched.Findings
	if patched.Changed() {
		r.diff = report.UnifiedDiff(r.name, before, patched.Output, false)
	}
}

// knownParameters returns an error if none of the templates that are judged has
// a parameter that is given. One that cannot be read may have it.
func (c *command) knownParameters(results []checked, failures []error) error {
	judged := slices.DeleteFunc(slices.Clone(results), func(r checked) bool { return r.parameters == nil })
	if len(judged) == 0 || errors.Join(failures...) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.opts.parameters)) {
		has := func(r checked) bool { _, ok := r.parameters[name]; return ok }
		if !slices.ContainsFunc(judged, has) {
			return usagef("no template has the parameter %s", name)
		}
	}
	return nil
}

// tell prints what was found, and returns an error that sets the exit status.
func (c *command) tell(found report.Run) error {
	var err error
	if c.opts.format == report.Text {
		c.logNotes(found)
		err = report.TextStyle{Excerpts: c.excerpts(), Color: c.opts.color}.Write(&c.out, found)
	} else {
		err = c.opts.format.Write(&c.out, found)
	}
	if err != nil {
		return err
	}
	for _, f := range found.Failures {
		printError(c.stderr, f.Err)
		c.failed = errors.Join(c.failed, f.Err)
	}
	if found.HasOpen() {
		return errDifference
	}
	return nil
}

// logNotes prints notes and, with -v, what is accepted.
func (c *command) logNotes(found report.Run) {
	for _, r := range found.Files {
		for _, f := range r.Findings {
			switch {
			case f.Kind == transform.KindNote && !c.opts.quiet:
				fmt.Fprintln(c.stderr, message.Note(r.Name, f))
			case f.Kind == transform.KindAccepted:
				logAccepted(c.opts, r.Name, f, c.stderr)
			}
		}
	}
}

// logAccepted says, with -v, what a person accepted and why.
func logAccepted(opts options, name string, f transform.Finding, stderr io.Writer) {
	if opts.verbose {
		fmt.Fprintln(stderr, message.Line(fmt.Sprintf("%s:%v: accepted: %s %s (%s)", name, f.Start, f.Rule, f.Message, f.Reason)))
	}
}

// excerpts returns the width of the terminal on which lines of templates are shown,
// or 0 if they are not.
func (c *command) excerpts() int {
	stdout, ok := c.stdout.(*os.File)
	if !ok || c.opts.format != report.Text || !isTerminal(stdout) || os.Getenv("NO_COLOR") != "" {
		return 0
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil {
		return columns
	}
	columns, _, err := term.GetSize(int(stdout.Fd()))
	if err != nil || columns == 0 {
		return 80
	}
	return columns
}
