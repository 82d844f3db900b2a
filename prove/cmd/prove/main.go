//go:build linux

// Command prove launches nodes in network namespaces and says who reads their
// credentials.
//
//	prove                          the tables of docs/proof.md, as Markdown, and what they prove
//	prove -userdata FILE...        nodes that are launched with these user data
//	prove -template FILE...        all nodes that stacks of these templates can launch
//
// Nodes of files have open metadata options, as an API call may set them: what
// is seen are the rules that the user data leaves on the node. A line each says
// whether pods are cut off when the kubelet starts, at the end of the boot and
// after a reboot, by the node's interfaces and by branch network interfaces.
// "-" is standard input.
//
// It needs root, iptables, iproute2 and cloud-init's Python package, which it
// gets itself on Debian and Ubuntu. CLOUD_INIT names the folder of that package
// if it is neither installed nor available. If something is missing, a line says
// what to do.
//
// The exit status is 1 if something was not seen as expected or a pod reads, and 2
// if something could not be judged.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/prove"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("prove", flag.ContinueOnError)
	flags.SetOutput(stderr)
	userData := flags.Bool("userdata", false, "the files are user data")
	template := flags.Bool("template", false, "the files are CloudFormation templates")
	legacy := flags.Bool("legacy", false, "the nodes have iptables-legacy in place of iptables-nft")
	ubuntu := flags.Bool("ubuntu", false, "the nodes run Ubuntu: apt-get, and the kubelet as a snap")
	ipv6 := flags.Bool("ipv6", false, "with -userdata: the metadata service has its IPv6 address on")
	verbose := flags.Bool("v", false, "print what was printed on the nodes")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *userData == *template && (*userData || flags.NArg() > 0) || (*userData || *template) && flags.NArg() == 0 {
		fmt.Fprintln(stderr, "prove: give no files, or -userdata or -template with files")
		return 2
	}
	if err := missing(stderr); err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(stderr, "prove: %s\n", strings.TrimSpace(line))
		}
		return 2
	}
	if flags.NArg() == 0 {
		return tables(stdout, stderr)
	}
	j := judge{image: prove.Image{IPTables: prove.NFT, Snap: *ubuntu}, userData: *userData, ipv6: *ipv6, verbose: *verbose, stdin: stdin}
	if *legacy {
		j.image.IPTables = prove.Legacy
	}
	return j.files(flags.Args(), stdout, stderr)
}

// missing gets what it can and returns an error for everything else that is missing,
// a line for each thing.
func missing(stderr io.Writer) error {
	err := prove.NamespacesMissing()
	if err == nil {
		if err := prove.FetchCloudInit(stderr); err != nil {
			return err
		}
	}
	return errors.Join(err, prove.CloudInitMissing())
}

// tables prints everything that is proved, and a sentence that sums it up.
func tables(stdout, stderr io.Writer) int {
	status, nodes, unexpected := 0, 0, 0
	for _, study := range prove.Studies() {
		fmt.Fprintf(stderr, "prove: %s: %d nodes\n", study.Title, len(study.Cases))
		observed := prove.Observe(study.Cases)
		study.Print(stdout, observed)
		nodes += len(observed)
		for _, o := range observed {
			if !o.OK() {
				fmt.Fprintf(stderr, "prove: %s\n", o)
				unexpected++
				status = 1
			}
		}
	}
	if unexpected > 0 {
		fmt.Fprintf(stdout, "Not proven: %d of %d nodes were not as expected.\n", unexpected, nodes)
		return status
	}
	fmt.Fprintf(stdout, "Proven on %d nodes: %s\n", nodes, prove.Conclusion)
	return status
}

// A judge judges files.
type judge struct {
	image                   prove.Image
	userData, ipv6, verbose bool
	stdin                   io.Reader
}

func (j judge) files(names []string, stdout, stderr io.Writer) int {
	status := 0
	texts := make([]string, len(names))
	statuses := make([]int, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { texts[i], statuses[i] = j.file(name) })
	}
	wg.Wait()
	for i, text := range texts {
		w := stdout
		if statuses[i] == 2 {
			w = stderr
		}
		fmt.Fprint(w, text)
		status = max(status, statuses[i])
	}
	return status
}

// file returns what to print about a file, and the exit status.
func (j judge) file(name string) (text string, status int) {
	src, err := j.read(name)
	if err != nil {
		return fmt.Sprintf("prove: %v\n", err), 2
	}
	var judgements []prove.Judgement
	if j.userData {
		judgements = []prove.Judgement{prove.JudgeUserData(src, j.ipv6, j.image)}
	} else if judgements, err = prove.JudgeTemplate(src, j.image); err != nil {
		return fmt.Sprintf("prove: %s: %v\n", name, err), 2
	}
	if len(judgements) == 0 {
		text = fmt.Sprintf("%s: launches no nodes\n", name)
	}
	for _, judgement := range judgements {
		text += fmt.Sprintf("%s: %s\n", name, judgement)
		switch {
		case judgement.Err != nil || len(judgement.Unplayed) > 0:
			status = 2
		case !judgement.CutOff() || !j.userData && !judgement.Locked():
			status = max(status, 1)
		}
		if j.verbose {
			text += judgement.Console
		}
	}
	return text, status
}

func (j judge) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(j.stdin)
	}
	return os.ReadFile(name)
}
