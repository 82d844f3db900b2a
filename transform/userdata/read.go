package userdata

import (
	"cmp"
	"slices"
	"strings"
)

// A document is what cloud-init and nodeadm make of user data.
type document struct {
	text string
	kind Kind

	plain string // the text without the names of variables

	// reason is why nothing is known of what the text runs, or "".
	reason string

	message *message // of kind MIME
	parts   []part
	config  config // merged of all cloud-config in it

	// scripts are in the order in which they run. One that is unknown and has a
	// text nevertheless may run or not.
	scripts []script
}

// read reads user data as cloud-init does, and the configuration for nodeadm as
// nodeadm does. A script that is not certain to be run as it is written is unknown.
func read(text string) *document {
	d := &document{text: text, plain: Unnamed(text)}
	d.kind, d.reason = detect(d.plain)
	switch {
	case d.reason != "", d.kind.NoCommands() != "":
		return d
	case d.kind == NodeConfig:
		d.nodeadm(0)
		d.nodeConfig(d.plain, 0)
		return d
	}
	if isMessage(text) {
		d.message = parseMessage(text)
		if d.reason = d.reasonOfMessage(); d.reason != "" {
			return d
		}
	}
	d.parts = partsOf(d.plain, d.message)
	for _, p := range d.parts {
		d.take(p)
	}
	d.takeConfig()
	d.order()
	return d
}

// reasonOfMessage says why nothing can be said of a MIME message, or "".
func (d *document) reasonOfMessage() string {
	m := d.message
	switch {
	case m.oddity() != "":
		return m.oddity()
	case !m.isMultipart():
		return d.reason
	case m.boundary == "":
		return "its Content-Type names no boundary"
	case m.insert < 0:
		return "its boundary \"" + shown(m.boundary) + "\" is never on a line of its own"
	}
	return d.reason
}

// take does what the handler of a part does (cloudinit/handlers).
func (d *document) take(p part) {
	if p.unknown != "" {
		d.takeUnknown(p)
		return
	}
	switch p.contentType {
	case typeScript:
		d.add(stageScript, p)
	case typePerOnce:
		d.add(stagePerOnce, p)
	case typePerBoot:
		d.add(stagePerBoot, p)
	case typePerInstance:
		d.add(stagePerInstance, p)
	case typeBoothook:
		d.add(stageBoothook, p)
	case typeConfig:
		d.config.unknown = cmp.Or(d.config.unknown, p.perhaps)
		d.config.merge(p)
	case typeNodeConfig:
		d.nodeadm(p.source.origin(0))
		d.nodeConfig(p.source.text, p.source.origin(0))
	case typeJinja:
		d.takeJinja(p)
	}
}

// takeJinja takes what a template renders to: a script, or cloud-config. Nothing of
// any other template runs, or of a text that is not a template.
func (d *document) takeJinja(p part) {
	if !isJinja(p.source.text) {
		return
	}
	p.source, p.unknown = renderJinja(p.source)
	p.contentType = sniff(p.source.text)
	if p.unknown != "" || p.contentType == typeScript || p.contentType == typeConfig {
		d.take(p)
	}
}

// takeUnknown takes a part that may run something unknown: the commands of
// cloud-config, the text of a script, and, of any other part, it is not even known
// when it runs.
func (d *document) takeUnknown(p part) {
	s := script{unknown: p.unknown, origin: p.source.origin}
	switch p.contentType {
	case typeConfig:
		d.config.unknown = cmp.Or(d.config.unknown, p.unknown)
		return
	case typeScript:
		s.stage = stageScript
	case typePerOnce:
		s.stage = stagePerOnce
	case typePerBoot:
		s.stage = stagePerBoot
	case typePerInstance:
		s.stage = stagePerInstance
	}
	if !hasPlaceholder(p.name) {
		s.name = s.stage.fileName(p.name)
	}
	d.put(s)
}

// add adds the script of a part. Without a #! line at its very beginning it cannot
// be executed, unless whatever runs it falls back to a shell.
func (d *document) add(at stage, p part) {
	text := p.source.unix()
	if at == stageBoothook {
		start := strings.TrimPrefix(text.text, "#cloud-boothook")
		start = strings.TrimLeftFunc(start, isPythonSpace)
		text = text.slice(len(text.text)-len(start), len(text.text))
	}
	s := script{
		stage:     at,
		name:      at.fileName(p.name),
		text:      text.text,
		unknown:   p.perhaps,
		everyBoot: at == stageBoothook || at == stagePerBoot,
		origin:    text.origin,
	}
	if !strings.HasPrefix(s.text, "#!") {
		s.unknown = cmp.Or(s.unknown, "it does not begin with #!, and so may not run")
	}
	if s.name == "" || strings.Trim(s.name, ".") == "" {
		return // there is no such file
	}
	d.put(s)
}

// fileName returns the name of the file that a part becomes: the last element of a
// path, except for boothooks and scripts of users.
func (at stage) fileName(name string) string {
	if at != stageBoothook && at != stageScript {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	return cleanName(name)
}

// put adds a script, in the place of another with the same name.
func (d *document) put(s script) {
	for i, other := range d.scripts {
		if s.stage != stageBoothook && s.stage == other.stage && s.name == other.name && s.name != "" {
			d.scripts[i] = s
			return
		}
	}
	d.scripts = append(d.scripts, s)
}

// nodeadm adds nodeadm-run.service, which starts the kubelet after cloud-init.
func (d *document) nodeadm(at int) {
	d.put(script{
		stage:     stageNodeadm,
		name:      "nodeadm",
		text:      "#!/bin/sh\nnodeadm init\n",
		everyBoot: true,
		origin:    func(int) int { return at },
	})
}

// order sorts the scripts as they run: boothooks in the order of their parts, others by their
// names.
func (d *document) order() {
	slices.SortStableFunc(d.scripts, func(a, b script) int {
		if a.stage != b.stage || a.stage == stageBoothook || a.stage == stageWriteFiles {
			return cmp.Compare(a.stage, b.stage)
		}
		return cmp.Compare(a.name, b.name)
	})
	perhaps(d.scripts)
}

// maxPerhaps is how many scripts that may run or not are followed. More of them
// are unknown altogether.
const maxPerhaps = 3

// perhaps returns the indexes of the scripts that may run or not. If there are too
// many, it takes their texts away, and returns none.
func perhaps(scripts []script) []int {
	var indexes []int
	for i, s := range scripts {
		if s.unknown != "" && s.text != "" {
			indexes = append(indexes, i)
		}
	}
	if len(indexes) <= maxPerhaps {
		return indexes
	}
	for _, i := range indexes {
		scripts[i].text = ""
	}
	return nil
}

// scriptsOn returns the scripts as the nodes that are wanted run them.
func (d *document) scriptsOn(want Block) []script {
	scripts := slices.Clone(d.scripts)
	for i := range scripts {
		s := &scripts[i]
		if want.AmazonLinux2 && stagePerOnce <= s.stage && s.stage <= stagePerInstance {
			s.unknown = cmp.Or(s.unknown, "the cloud-init of Amazon Linux 2 does not run a part of that type")
		}
	}
	return scripts
}

// problems returns what is wrong, whichever of the scripts that may run or not do run.
func (d *document) problems(want Block) []Problem {
	all := d.scriptsOn(want)
	mayRun := perhaps(all)
	var problems []Problem
	for run := range 1 << len(mayRun) {
		scripts := slices.Clone(all)
		dropped := ""
		for bit, i := range slices.Backward(mayRun) {
			if run&(1<<bit) != 0 {
				scripts[i].unknown = ""
			} else {
				dropped = scripts[i].unknown
				scripts = slices.Delete(scripts, i, i+1)
			}
		}
		for _, p := range judge(scripts, want) {
			if p.Code == Absent && dropped != "" {
				p.Message += ": " + dropped
			}
			if !slices.Contains(problems, p) {
				problems = append(problems, p)
			}
		}
	}
	return problems
}
