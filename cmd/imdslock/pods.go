package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/docker/go-units"
	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/pods"
)

const podsDescription = `Says what the pods of a cluster would lose when it is locked. It needs no access
to the cluster, but reads what kubectl prints, all of this or any part of it:

  kubectl get -A -o json > cluster.json \
    pods,serviceaccounts,daemonsets,deployments,statefulsets,nodes

Prints FILE:LINE:COL: VERDICT WORKLOAD: MESSAGE and, indented, what to do.

examples:
  imdslock pods cluster.json
  imdslock pods --template nodegroup.yaml cluster.json
  imdslock pods --format json - < cluster.json`

// podsCommand is "imdslock pods".
func podsCommand() *cli.Command {
	return &cli.Command{
		Name:         "pods",
		Usage:        "say which pods of a cluster break",
		UsageText:    "  imdslock pods [OPTION]... [FILE|-]...",
		Description:  podsDescription,
		Action:       podsAction,
		BashComplete: completeFiles,
		Flags: newFlags("0 nothing breaks, 1 something does, 2 bad usage or input,\n3 the template cannot be judged",
			group{"result", []cli.Flag{
				&cli.StringFlag{Name: "format", Value: string(report.Text), Usage: "how to print: `text|json|sarif|github|gitlab|junit`"},
			}},
			group{"input", []cli.Flag{
				&cli.StringFlag{Name: "template", Usage: "judge for nodes as `FILE` makes them"},
				&cli.StringFlag{Name: "name", Value: "stdin", Usage: "`NAME` of stdin in messages"},
				&cli.StringFlag{Name: "max-size", Value: "2G", Usage: "refuse more than `N` bytes"},
			}},
			group{"messages", []cli.Flag{quietFlag()}}),
	}
}

// podsFormats returns the formats of pods.
func podsFormats() []report.Format {
	return []report.Format{report.Text, report.JSON, report.SARIF, report.GitHub, report.GitLab, report.JUnit}
}

// podsOptions are what the command line of pods says.
type podsOptions struct {
	format         report.Format
	template, name string
	maxSize        int64
	quiet          bool
}

func readPodsOptions(c *cli.Context) (opts podsOptions, err error) {
	if err := refuseEmpty(c); err != nil {
		return opts, err
	}
	opts = podsOptions{template: c.String("template"), name: c.String("name"), quiet: c.Bool("quiet")}
	if opts.maxSize, err = units.RAMInBytes(c.String("max-size")); err != nil || opts.maxSize < 1 || opts.maxSize == math.MaxInt64 {
		return opts, usagef("--max-size %s: must be a number of bytes, as in 1500000, 1500k or 2M", c.String("max-size"))
	}
	opts.format, err = choice(c, "format", podsFormats()...)
	return opts, err
}

func podsAction(c *cli.Context) error {
	opts, err := readPodsOptions(c)
	if err != nil {
		return err
	}
	args := c.Args().Slice()
	if len(args) == 0 {
		if isTerminal(c.App.Reader) {
			return &usageError{"stdin is a terminal: name a file, or pipe the output of kubectl in",
				"kubectl get pods,serviceaccounts,daemonsets,deployments,statefulsets,nodes -A -o json | imdslock pods"}
		}
		args = []string{"-"}
	}
	lock := pods.DefaultLock()
	if opts.template != "" {
		if lock, err = lockOf(c.Context, opts); err != nil {
			return err
		}
	}
	cluster := &pods.Cluster{MaxSize: opts.maxSize}
	for i, arg := range args {
		if arg == "-" && slices.Contains(args[:i], arg) {
			return usagef("stdin is named twice")
		}
		if err := readPods(cluster, opts, arg, c.App.Reader); err != nil {
			return err
		}
	}
	found, err := cluster.Judge(lock)
	if err != nil {
		return err
	}
	if err := printPods(opts, found, c.App.Writer, c.App.ErrWriter); err != nil {
		return err
	}
	if len(found.Workloads) == 0 { // as from a cluster that shows nothing
		return &usageError{"there is nothing to judge: the input has neither pods nor what makes them", "is kubectl's context the right one, and may it list pods in all namespaces?"}
	}
	if found.Breaks() {
		return errDifference
	}
	return nil
}

// readPods reads one argument.
func readPods(cluster *pods.Cluster, opts podsOptions, arg string, stdin io.Reader) error {
	if arg == "-" {
		if err := cluster.Read(shownName(opts.name), stdin); err != nil {
			return podsError(shownName(opts.name), err)
		}
		return nil
	}
	f, err := openFile(arg)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := cluster.Read(arg, f); err != nil {
		return podsError(arg, err)
	}
	return nil
}

// podsError returns an error of reading, or about what was read.
func podsError(name string, err error) error {
	if at, ok := err.(*pods.Error); ok {
		return at
	}
	return failure("reading", name, err)
}

// printPods prints the report, and its notes if the format has no place for them.
func printPods(opts podsOptions, found pods.Report, stdout, stderr io.Writer) error {
	switch opts.format {
	case report.JSON:
		return writeJSON(jsonReport(found), stdout)
	case report.Text:
		printVerdicts(found, stdout)
	default:
		run := podsRun(found)
		if err := opts.format.Write(stdout, run); err != nil {
			return err
		}
	}
	if !opts.quiet && opts.format != report.SARIF {
		for _, n := range podsNotes(found) {
			fmt.Fprintln(stderr, message.Line(noteText(n)))
		}
	}
	return nil
}

// printVerdicts prints all workloads, and how many have which verdict.
func printVerdicts(found pods.Report, stdout io.Writer) {
	for _, w := range found.Workloads {
		printWorkload(w, stdout)
	}
	counts := countVerdicts(found)
	var parts []string
	for _, v := range pods.Verdicts() {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	fmt.Fprintln(stdout, strings.TrimSuffix(fmt.Sprintf("%s: %s", workloads(len(found.Workloads)), strings.Join(parts, ", ")), ": "))
}

// workloads returns the words for n workloads.
func workloads(n int) string {
	if n == 1 {
		return "1 workload"
	}
	return fmt.Sprintf("%d workloads", n)
}

func countVerdicts(found pods.Report) map[pods.Verdict]int {
	counts := map[pods.Verdict]int{}
	for _, w := range found.Workloads {
		counts[w.Verdict]++
	}
	return counts
}

// podsNotes returns the notes of a report, and one on how much of it is not known.
func podsNotes(found pods.Report) []pods.Note {
	notes := slices.Clone(found.Notes)
	if n := countVerdicts(found)[pods.Unknown]; n > 0 {
		notes = append(notes, pods.Note{Message: fmt.Sprintf("%d of %s cannot be judged; docs/pods.md of the project says how to look for callers on a node", n, workloads(len(found.Workloads)))})
	}
	return notes
}

// noteText returns the text of a note with its place.
func noteText(n pods.Note) string {
	if n.Place.File == "" {
		return "note: " + n.Message
	}
	return n.Place.String() + ": note: " + n.Message
}

// printWorkload prints the findings of one workload. What is fine is one line.
func printWorkload(w pods.Workload, stdout io.Writer) {
	if w.Verdict == pods.KeepsWorking {
		first := w.Findings[0]
		others := ""
		if n := len(w.Findings) - 1; n > 0 {
			others = fmt.Sprintf(" (and %d more)", n)
		}
		fmt.Fprintln(stdout, message.Line(fmt.Sprintf("%v: %s %v: %s%s", first.Place, first.Verdict, w, first.Message, others)))
		return
	}
	for i, f := range w.Findings {
		if f.Verdict == pods.KeepsWorking {
			break // containers of a workload of which there is more to say
		}
		container := ""
		if f.Container != "" && len(w.Findings) > 1 {
			container = " (" + f.Container + ")"
		}
		fmt.Fprintln(stdout, message.Line(fmt.Sprintf("%v: %s %v%s: %s", f.Place, f.Verdict, w, container, f.Message)))
		if i == 0 {
			fmt.Fprintln(stdout, message.Line("  has: "+podsFacts(w)))
		}
		for _, fix := range f.Fixes {
			fmt.Fprintln(stdout, message.Line("  "+fix.Label+": "+fix.Text))
		}
		if f.Source != "" {
			fmt.Fprintln(stdout, "  source: "+f.Source)
		}
	}
}

// podsFacts says what a workload has.
func podsFacts(w pods.Workload) string {
	facts := []string{"no pod, only its template"}
	if w.Pods == 1 {
		facts[0] = "1 pod"
	} else if w.Pods > 1 {
		facts[0] = fmt.Sprintf("%d pods", w.Pods)
	}
	if w.HostNetwork {
		facts = append(facts, "host network")
	}
	if len(w.Credentials) > 0 {
		facts = append(facts, "credentials: "+strings.Join(w.Credentials, ", "))
	}
	region := "none given"
	if len(w.Region) > 0 {
		region = strings.Join(w.Region, ", ")
	}
	facts = append(facts, "region: "+region)
	if w.MetadataDisabled {
		facts = append(facts, "AWS_EC2_METADATA_DISABLED")
	}
	return strings.Join(facts, "; ")
}
