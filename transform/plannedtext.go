package transform

import (
	"fmt"
	"slices"

	"github.com/imdslock/imdslock/transform/cfn"
)

// A plannedText is a user data as it will be, in each of its variants.
type plannedText struct {
	l     *launcher
	id    textID
	at    int
	texts []string
}

// A textID tells one user data of a template from the others, before a patch and after
// it: the launcher's logical ID, and how many user data the launcher has before this one.
type textID struct {
	launcher string
	before   int
}

// nextText returns the ID of the next user data of a launcher.
func (p *planner) nextText(l *launcher) textID {
	id := textID{l.id, p.seen[l.id]}
	p.seen[l.id]++
	return id
}

// holdTexts returns an error unless the texts that a result has are those of the plan,
// and records which are not.
func (p *planner) holdTexts(t *cfn.Template, found []plannedText) error {
	var err error
	for _, planned := range p.texts {
		i := slices.IndexFunc(found, func(f plannedText) bool { return f.id == planned.id })
		if i >= 0 && slices.Equal(found[i].texts, planned.texts) {
			continue
		}
		p.lost = append(p.lost, planned.id)
		at := planned.at
		if i >= 0 {
			at = found[i].at
		}
		if err == nil {
			err = planned.l.cannot(t, at, "UserData", "its UserData cannot take the iptables commands: "+planned.notHeld(),
				"write each of its texts as a literal block scalar (|), or use --iptables auto to lock what can be locked")
		}
	}
	return err
}

// notHeld says why a result has other texts.
func (x plannedText) notHeld() string {
	if len(x.texts) == 1 {
		return "there is no place for them in the way it is written"
	}
	return fmt.Sprintf("its %d texts share parts, and there is no place for them in all of these texts", len(x.texts))
}

// lose records that a result cannot have the texts of a launcher that the plan changes.
func (p *planner) lose(id string) {
	for _, planned := range p.texts {
		if planned.id.launcher == id {
			p.lost = append(p.lost, planned.id)
		}
	}
}

// leaveLost adds the user data that a result does not have as planned to those that are
// left, with the reason. It returns false if all of them were left already.
func (p *planner) leaveLost(left map[textID]string) bool {
	before := len(left)
	for _, planned := range p.texts {
		if slices.Contains(p.lost, planned.id) && left[planned.id] == "" {
			left[planned.id] = planned.notHeld()
		}
	}
	return len(left) > before
}
