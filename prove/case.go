//go:build linux

package prove

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/prove/stack"
	"github.com/imdslock/imdslock/transform"
)

// A Case is one node: what it is launched from, what happens to it, and what
// its pods are expected to see in the end.
type Case struct {
	Row      string // what the case is about; the key of its row in a table
	Template string
	Options  transform.Options
	Passed   map[string]string          // values for the template's parameters
	Updated  func(output string) string // if set, the stack is made of Template as it is and updated with what this makes of the output
	Break    func(userData string) string
	Image    Image
	Then     []Step // after the first boot
	Want     Seen
}

// A Step happens to a node that is up.
type Step func(*node) error

// Seen is what came of a case.
type Seen struct {
	Refused string  // why there is no node, else ""
	First   Pods    // when the kubelet first started; no access if it never did
	Pods            // in the end
	Node    Access  // and a pod with hostNetwork, in the end
	Node6   Access  // the node by IPv6
	Kubelet Kubelet // in the end
	Signal  string  // exit status that cfn-signal was given, or ""
	Stopped string  // other traffic that does not get through in the end
	Agent   bool    // kube2iam's agent answers a pod that asks the metadata service
}

// Kubelet says whether the kubelet runs in the end.
type Kubelet string

// The states of the kubelet. The zero value is that it runs.
const (
	Started    Kubelet = ""
	NotStarted Kubelet = "does not start"
	NotReached Kubelet = "is not reached"
)

// run launches the node of a case and returns what was seen.
func (c Case) run() (seen Seen, err error) {
	result, err := patched([]byte(c.Template), c.Options)
	if err != nil {
		return Seen{}, err
	}
	l, err := c.deploy(result.Output)
	if errors.Is(err, stack.ErrRefused) {
		return Seen{Refused: err.Error()}, nil
	}
	if err != nil {
		return Seen{}, err
	}
	if c.Break != nil {
		broken := c.Break(string(l.UserData))
		if broken == string(l.UserData) {
			return Seen{}, fmt.Errorf("nothing to break in\n%s", broken)
		}
		l.UserData = []byte(broken)
	}
	slots() <- struct{}{}
	defer func() { <-slots() }()
	n, err := launch(l, c.Image)
	if err != nil {
		return Seen{}, err
	}
	defer func() {
		if closeErr := n.close(); err == nil {
			err = closeErr
		}
	}()
	for _, step := range append([]Step{(*node).boot}, c.Then...) {
		if err := step(n); err != nil {
			return Seen{}, err
		}
	}
	return n.seen(), nil
}

// deploy returns the node that a deployment of the patched template launches.
func (c Case) deploy(output []byte) (stack.Launch, error) {
	if c.Updated == nil {
		return deploy(output, c.Passed)
	}
	before, err := stack.Parse([]byte(c.Template))
	if err != nil {
		return stack.Launch{}, err
	}
	after, err := stack.Parse([]byte(c.Updated(string(output))))
	if err != nil {
		return stack.Launch{}, err
	}
	uses, err := stack.Update(before, after, c.Passed)
	if err != nil {
		return stack.Launch{}, err
	}
	if len(uses) != 1 {
		return stack.Launch{}, fmt.Errorf("%d groups use launch templates, not one", len(uses))
	}
	return uses[0].Launch, nil
}

// deploy returns the first node that a stack of a template launches.
func deploy(src []byte, passed map[string]string) (stack.Launch, error) {
	t, err := stack.Parse(src)
	if err != nil {
		return stack.Launch{}, err
	}
	launches, err := t.Launches(passed)
	if err != nil {
		return stack.Launch{}, err
	}
	if len(launches) == 0 {
		return stack.Launch{}, errors.New("the template launches no nodes")
	}
	return launches[0], nil
}

// seen looks around and sums up what happened.
func (n *node) seen() Seen {
	v := n.look()
	s := Seen{Pods: v.Pods, Node: v.Node & v.Host, Node6: v.Node6, Agent: v.Agent, Signal: n.signal(), Kubelet: NotReached}
	if !v.Rest.flows() {
		s.Stopped = v.Rest.String()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.starts) > 0 {
		s.First = n.starts[0].Pods
	}
	for _, e := range slices.Backward(n.events()) {
		if e == "kubelet" {
			s.Kubelet = Started
			break
		}
		if strings.HasPrefix(e, "failed ") {
			s.Kubelet = NotStarted
			break
		}
	}
	return s
}

// An Observation is a case and what was seen.
type Observation struct {
	Case
	Seen Seen
	Err  error
}

// OK reports whether everything was as expected.
func (o Observation) OK() bool { return o.Err == nil && o.Seen == o.Want }

// String says what was seen and what was expected.
func (o Observation) String() string {
	name := fmt.Sprintf("%s, --iptables %s, iptables-%s", o.Row, o.Options.IPTables, o.Image.IPTables)
	if o.Err != nil {
		return fmt.Sprintf("%s: %v", name, o.Err)
	}
	return fmt.Sprintf("%s:\nsaw  %+v\nwant %+v", name, o.Seen, o.Want)
}

// Observe runs cases, several at once since they mostly wait for answers that
// do not come.
func Observe(cases []Case) []Observation {
	observed := make([]Observation, len(cases))
	each(len(cases), func(i int) {
		seen, err := cases[i].run()
		observed[i] = Observation{cases[i], seen, err}
	})
	return observed
}
