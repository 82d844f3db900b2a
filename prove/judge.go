//go:build linux

package prove

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/prove/stack"
)

// A Verdict says which pods read the node's credentials, and when. Pods that
// could read at any of several moments count as reading.
type Verdict struct {
	Start  Pods // whenever the kubelet started in the first boot
	End    Pods // at the end of the first boot
	Reboot Pods // whenever the kubelet started after a reboot, and at the end of that

	// Stopped are pods that reached nobody at all at one of the moments, so that
	// nothing can be seen through them: for example because of rules that a
	// package came with, which are not a lock and do not stay.
	Stopped []string
	// Unplayed are commands that the stubs do not know. If there are any, the
	// verdict is not sound.
	Unplayed []string
	// Console is what was printed on the node.
	Console string
}

// moments returns the moments of a verdict.
func (v Verdict) moments() []struct {
	name string
	pods Pods
} {
	return []struct {
		name string
		pods Pods
	}{{"when the kubelet starts", v.Start}, {"at the end of the boot", v.End}, {"after a reboot", v.Reboot}}
}

// CutOff reports whether pods with an interface of the Amazon VPC CNI, of the
// node's own or a branch network interface, never read, and reach others.
func (v Verdict) CutOff() bool {
	if len(v.Stopped) > 0 {
		return false
	}
	for _, m := range v.moments() {
		if len(m.pods.ofCNI()) > 0 {
			return false
		}
	}
	return true
}

// String says who reads when.
func (v Verdict) String() string {
	var open []string
	for _, m := range v.moments() {
		if who := m.pods.ofCNI(); len(who) > 0 {
			open = append(open, strings.Join(who, " and ")+" "+m.name)
		}
	}
	text := "cut off"
	if len(open) > 0 {
		text = "open: " + strings.Join(open, "; ")
	}
	if len(v.Stopped) > 0 {
		text = strings.TrimPrefix(text+"; ", "cut off; ") + "broken: " + strings.Join(v.Stopped, ", ")
	}
	if len(v.Unplayed) > 0 {
		text += " (not played here: " + strings.Join(v.Unplayed, "; ") + ")"
	}
	return text
}

// ofCNI names the pods behind interfaces of the Amazon VPC CNI that read.
func (p Pods) ofCNI() []string {
	var who []string
	for _, pod := range []struct {
		name   string
		access Access
	}{{"pod", p.Pod}, {"branch pod", p.Branch}, {"pod by IPv6", p.Pod6}} {
		if pod.access != No {
			who = append(who, pod.name)
		}
	}
	return who
}

// or returns the pods that read in one of two views.
func (p Pods) or(q Pods) Pods {
	return Pods{p.Pod | q.Pod, p.Branch | q.Branch, p.Other | q.Other, p.Pod6 | q.Pod6, p.DNAT | q.DNAT, p.MacVLAN | q.MacVLAN}
}

// reopened returns the launch with metadata options as an API call may set them on a
// running node, so that only the rules on the node protect it.
func reopened(l stack.Launch) stack.Launch {
	l.Options.HTTPEndpoint, l.Options.HTTPTokens, l.Options.HTTPPutResponseHopLimit = "enabled", "optional", 64
	return l
}

// judge launches a node, boots it, reboots it, and looks at every start of the
// kubelet and at the end of both boots. If the user data does not start the
// kubelet, it is started after that, as what EKS adds to user data does; and once
// more if its unit failed, as systemd does. If it never starts, there are no pods.
func judge(l stack.Launch, image Image) (v Verdict, err error) {
	if len(l.UserData) > maxUserData {
		return Verdict{}, fmt.Errorf("EC2 does not launch it: %d bytes of user data, more than %d", len(l.UserData), maxUserData)
	}
	image.Joined = true
	slots() <- struct{}{}
	defer func() { <-slots() }()
	n, err := launch(l, image)
	if err != nil {
		return Verdict{}, err
	}
	defer func() {
		if closeErr := n.close(); err == nil {
			err = closeErr
		}
	}()
	if v.Start, v.End, err = n.pods((*node).boot, &v); err != nil {
		return Verdict{}, err
	}
	started, end, err := n.pods(reboot, &v)
	if err != nil {
		return Verdict{}, err
	}
	v.Reboot = started.or(end)
	for _, e := range n.events() {
		if what, ok := strings.CutPrefix(e, "unplayed "); ok {
			v.Unplayed = append(v.Unplayed, what)
		}
	}
	v.Console = n.console()
	return v, nil
}

// maxUserData is the largest size in bytes of user data that EC2 takes ("Run commands
// when you launch an EC2 instance with user data input" in the Amazon EC2 User Guide).
const maxUserData = 16384

// pods boots and returns who reads when the kubelet starts, and in the end.
func (n *node) pods(boot Step, v *Verdict) (started, end Pods, err error) {
	if err := boot(n); err != nil {
		return Pods{}, Pods{}, err
	}
	if n.failed() {
		if err := restartKubelet(n); err != nil && !n.failed() {
			return Pods{}, Pods{}, err
		}
	}
	var views []View
	n.mu.Lock()
	for _, s := range n.starts {
		if s.boot == n.boots {
			started = started.or(s.Pods)
			views = append(views, s.View)
		}
	}
	n.mu.Unlock()
	if len(views) == 0 {
		return Pods{}, Pods{}, nil
	}
	last := n.look()
	for _, view := range append(views, last) {
		if view.VPC == No {
			return Pods{}, Pods{}, errors.New("the metadata service answers nobody, so nothing is seen")
		}
		for _, path := range [...]string{"pod to server", "branch pod to server"} {
			if view.Rest.stops(path) && !slices.Contains(v.Stopped, path) {
				v.Stopped = append(v.Stopped, path)
			}
		}
	}
	return started, last.Pods, nil
}

// failed reports whether the kubelet's unit failed when it was last started.
func (n *node) failed() bool {
	failed := false
	for _, e := range n.events() {
		switch {
		case e == "boot", e == "kubelet":
			failed = false
		case strings.HasPrefix(e, "failed ") && strings.Contains(e, "kubelet"):
			failed = true
		}
	}
	return failed
}
