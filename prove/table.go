//go:build linux

package prove

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform"
)

// A Study is a group of cases and how to show it.
type Study struct {
	Title string
	Cases []Case
	print func(w io.Writer, observed []Observation)
}

// Studies returns everything that is proved.
func Studies() []Study {
	return []Study{
		{"Who reads the node's credentials", measureCases(), printMeasures},
		{"What the rules withstand", situationCases(), printSituations},
		{"Every form of user data", formCases(), printForms},
	}
}

// Conclusion sums up what is proven if every node was as expected.
const Conclusion = "with all that imdslock does by default no pod that has a network of its own by the Amazon VPC CNI reads the node's credentials, " +
	"in any form of user data and after a reboot, unless a table says so in bold, while the node reads and other traffic flows; " +
	"without it every such pod reads."

// Print writes what was observed as a table in Markdown.
func (s Study) Print(w io.Writer, observed []Observation) {
	fmt.Fprintf(w, "### %s\n\n", s.Title)
	s.print(w, observed)
	fmt.Fprintln(w)
}

// row writes a line of a table.
func row(w io.Writer, cells ...string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// header writes the first lines of a table.
func header(w io.Writer, cells ...string) {
	row(w, cells...)
	row(w, slices.Repeat([]string{"---"}, len(cells))...)
}

// rows returns the names of the rows, in order.
func rows(observed []Observation) []string {
	var names []string
	for _, o := range observed {
		if !slices.Contains(names, o.Row) {
			names = append(names, o.Row)
		}
	}
	return names
}

// cell describes what was seen in the cases of a row with one choice of commands:
// once if both implementations of iptables agree, or else both.
func cell(observed []Observation, name string, iptables transform.IPTables, describe func(Seen) string) string {
	var texts []string
	for _, o := range observed {
		if o.Row != name || o.Options.IPTables != iptables {
			continue
		}
		text := describe(o.Seen)
		if o.Err != nil {
			text = "error: " + strings.ReplaceAll(o.Err.Error(), "\n", " ")
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; with the other iptables: ")
}

func printMeasures(w io.Writer, observed []Observation) {
	header(w, "what is locked", "pod (`eni…`)", "pod with a branch interface (`vlan…`)", "pod behind another interface", "node, and pods with hostNetwork", "other traffic")
	for _, name := range rows(observed) {
		cells := []string{name}
		for _, of := range []func(Seen) string{
			func(s Seen) string { return reads(s.Pod) },
			func(s Seen) string { return reads(s.Branch) },
			func(s Seen) string { return reads(s.Other) },
			func(s Seen) string { return reads(s.Node) },
			func(s Seen) string { return flows(s) },
		} {
			i := slices.IndexFunc(observed, func(o Observation) bool { return o.Row == name })
			text := cell(observed, name, observed[i].Options.IPTables, of)
			if observed[i].Seen.Refused != "" {
				text = "no: the update is refused"
			}
			cells = append(cells, text)
		}
		row(w, cells...)
	}
}

// reads says how somebody reads the credentials.
func reads(a Access) string {
	switch a {
	case No:
		return "no"
	case V12:
		return "**reads**"
	case V1:
		return "**reads** by IMDSv1"
	}
	return "**reads** by IMDSv2"
}

func flows(s Seen) string {
	if s.Stopped != "" {
		return s.Stopped
	}
	return "flows"
}

// notTried are rows that cannot be seen in a namespace here. In both, packets
// reach the metadata service without passing a chain of iptables.
var notTried = []string{"Cilium's eBPF host routing", "a pod with an ipvlan interface (Multus)"}

func printSituations(w io.Writer, observed []Observation) {
	header(w, "when", "pods that read, with `aws` alone", "with `strict` alone", "with all that imdslock does by default")
	for _, name := range rows(observed) {
		row(w, name,
			cell(observed, name, transform.IPTablesAWS, readers),
			cell(observed, name, transform.IPTablesStrict, readers),
			cell(observed, name, transform.Defaults().IPTables, readers))
	}
	for _, name := range notTried {
		row(w, name, "not tried", "not tried", "not tried")
	}
}

// readers says which pods read the credentials and what else became of a node.
func readers(s Seen) string {
	switch s.Kubelet {
	case NotStarted:
		return "none: the kubelet does not start" + signalled(s)
	case NotReached:
		return "none: the kubelet is never started, the node does not join" + signalled(s)
	}
	var who []string
	for _, pod := range []struct {
		name   string
		access Access
	}{{"pod", s.Pod}, {"branch", s.Branch}, {"other", s.Other}, {"by IPv6", s.Pod6}, {"by the translated address", s.DNAT}, {"macvlan", s.MacVLAN}} {
		if pod.access != No {
			who = append(who, pod.name)
		}
	}
	text := "none"
	if len(who) > 0 {
		text = "**" + strings.Join(who, ", ") + "**"
	}
	if s.Stopped != "" {
		text += "; " + s.Stopped
	}
	if s.Agent {
		text += "; the agent answers"
	}
	return text
}

func signalled(s Seen) string {
	if s.Signal == "" {
		return ", cfn-signal is not called"
	}
	return ", cfn-signal gets " + s.Signal
}

func printForms(w io.Writer, observed []Observation) {
	header(w, "user data", "before", "`aws`", "`strict`")
	for _, name := range rows(observed) {
		row(w, name,
			cell(observed, name, transform.IPTables(""), formed),
			cell(observed, name, transform.IPTablesAWS, formed),
			cell(observed, name, transform.IPTablesStrict, formed))
	}
}

// formed says which pods read when the kubelet starts and after a reboot.
func formed(s Seen) string {
	first := s
	first.Pods = s.First
	text := readers(first) + ", then " + readers(s)
	if readers(first) == readers(s) {
		text = readers(s)
	}
	if s.Signal != "" {
		text += "; signal " + s.Signal
	}
	return text
}
