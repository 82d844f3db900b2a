//go:build linux

package prove

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/imdslock/imdslock/prove/stack"
)

// A Judgement is what was found out about a node of a template, or about a node
// with user data.
type Judgement struct {
	stack.Launch
	Values  []map[string]string     // of parameters with which it is launched so
	Options []stack.MetadataOptions // all those that it can have
	Verdict
	Err error
}

// Locked reports whether the metadata service answers no pod, for every value
// of the parameters. It is false for user data alone.
func (j Judgement) Locked() bool {
	for _, o := range j.Options {
		if !o.Locked() {
			return false
		}
	}
	return len(j.Options) > 0
}

// String says what was found out, on one line.
func (j Judgement) String() string {
	text := j.Verdict.String()
	if j.Err != nil {
		text = "cannot be judged: " + j.Err.Error()
	}
	if j.LogicalID == "" {
		return text
	}
	options := "metadata options locked"
	for i, o := range j.Options {
		if !o.Locked() {
			options = fmt.Sprintf("metadata options open with %v: %+v", j.Values[i], o)
			break
		}
	}
	return fmt.Sprintf("%s: %s; rules: %s", j.LogicalID, options, text)
}

// JudgeTemplate judges every node that a stack of a template can launch, with
// metadata options that have been reopened, so that what is seen are the rules.
func JudgeTemplate(src []byte, image Image) ([]Judgement, error) {
	t, err := stack.Parse(src)
	if err != nil {
		return nil, err
	}
	deployments, err := t.Deployments()
	if err != nil {
		return nil, err
	}
	var judgements []Judgement
	place := map[string]int{}
	for _, values := range deployments {
		launches, err := t.Launches(values)
		if err != nil {
			return nil, err
		}
		for _, l := range launches {
			key := fmt.Sprint(l.LogicalID, "\x00", l.Options.HTTPProtocolIPv6, "\x00", string(l.UserData))
			i, ok := place[key]
			if !ok {
				i = len(judgements)
				place[key] = i
				judgements = append(judgements, Judgement{Launch: l})
			}
			j := &judgements[i]
			j.Values = append(j.Values, values)
			j.Options = append(j.Options, l.Options)
		}
	}
	each(len(judgements), func(i int) {
		j := &judgements[i]
		image := image
		image.Snap = image.Snap || strings.Contains(j.ImageID, "ubuntu")
		j.Verdict, j.Err = judge(reopened(j.Launch), image)
	})
	return judgements, nil
}

// JudgeUserData judges a node that is launched with user data, on which the
// metadata service has its IPv6 address on or not.
func JudgeUserData(userData []byte, ipv6 bool, image Image) Judgement {
	j := Judgement{Launch: reopened(stack.Launch{UserData: userData})}
	if ipv6 {
		j.Launch.Options.HTTPProtocolIPv6 = "enabled"
	}
	j.Verdict, j.Err = judge(j.Launch, image)
	return j
}

// slots has room for as many nodes as run at the same time. They mostly wait for
// answers that do not come.
var slots = sync.OnceValue(func() chan struct{} { return make(chan struct{}, 6*runtime.NumCPU()) })

// each calls f for 0 to n-1, all at once.
func each(n int, f func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}
