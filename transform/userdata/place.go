package userdata

import (
	"strings"
)

// A place is where the block can be put.
type place struct {
	// changes are those that put commands there.
	changes func(commands []string) []Change

	// errexit is set if the script around it ends at the first error.
	errexit bool
}

// places returns where the block can be put, the best place first. Only reading
// the result shows whether it runs before everything else there. The reason is why
// there is no place.
func (d *document) places(strict bool) ([]place, string) {
	switch {
	case d.kind == NodeConfig:
		return []place{{changes: d.aroundNodeConfig}}, ""
	case d.message != nil && d.message.isMultipart():
		return d.partPlaces(), ""
	}
	p := d.parts[0]
	if p.message != nil && p.source.text != d.plain[p.message.body:p.message.end] {
		encoding, _ := p.message.get("Content-Transfer-Encoding")
		return nil, "it is encoded as " + encoding
	}
	switch p.contentType {
	case typeScript, typePerOnce, typePerBoot, typePerInstance, typeBoothook:
		return []place{d.inScript(p)}, ""
	case typeConfig:
		return d.configPlaces(p, strict)
	case typeJinja:
		if d.kind == CloudConfig || sniff(d.text[len(jinjaHeader):]) == typeConfig {
			return d.configPlaces(p, strict)
		}
		return []place{d.inScript(p)}, ""
	}
	return nil, "it is a MIME document of type \"" + shown(p.contentType) + "\""
}

// inScript returns the place after the lines with which a script begins.
func (d *document) inScript(p part) place {
	start := p.source.origin(0)
	text := d.text[start : start+len(p.source.text)]
	at := 0
	skipLine := func() {
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			at += i + 1
		} else {
			at = len(text)
		}
	}
	if p.contentType == typeJinja {
		skipLine()
	}
	if p.contentType == typeBoothook {
		at = len(text) - len(strings.TrimLeftFunc(text, isPythonSpace))
		if strings.HasPrefix(text[at:], "#cloud-boothook") {
			skipLine()
		}
		if rest := strings.TrimLeftFunc(text[at:], isPythonSpace); strings.HasPrefix(rest, "#!") {
			at = len(text) - len(rest)
		}
	}
	first := text[at:]
	if strings.HasPrefix(first, "#!") {
		skipLine()
	}
	return place{errexit: endsAtError(first), changes: func(commands []string) []Change {
		eol := eolOf(text)
		if at == len(text) && !strings.HasSuffix(text, "\n") { // without a line end
			return []Change{{start + at, start + at, "\n" + strings.Join(between(commands), "\n")}}
		}
		return []Change{{start + at, start + at, join(between(commands), eol)}}
	}}
}

// firstNames are names for a script, in the order of preference. The empty one
// is for a part without a name, which cloud-init numbers.
var firstNames = [...]string{"", "00-imdslock.sh", "-imdslock.sh", "(imdslock).sh"}

// partPlaces returns the places in a multipart: a part of its own before all
// others, which is a script, or else a boothook.
func (d *document) partPlaces() []place {
	var places []place
	for _, name := range firstNames {
		if name == "" {
			places = append(places, d.ownPart(partHeader))
		} else {
			places = append(places, d.ownPart(partHeader, `Content-Disposition: attachment; filename="`+name+`"`))
		}
	}
	return append(places, d.ownPart(boothookHeader))
}

// ownPart returns the place of a part before all others.
func (d *document) ownPart(header ...string) place {
	m := d.message
	return place{changes: func(commands []string) []Change {
		return []Change{{m.insert, m.insert, newPart(m.boundary, eolOf(d.text[m.insert:]), commands, header...)}}
	}}
}

// The headers of a part with the block.
const (
	partHeader     = `Content-Type: text/x-shellscript; charset="us-ascii"`
	boothookHeader = `Content-Type: text/cloud-boothook; charset="us-ascii"`
)

// interpreter is the first line of the script in that part.
const interpreter = "#!/bin/bash"

// ownBoundary separates the parts of the documents that imdslock makes.
const ownBoundary = "==imdslock=="

// newPart returns a part with a script of the commands, after its delimiter.
func newPart(boundary, eol string, commands []string, header ...string) string {
	lines := append([]string{"--" + boundary}, header...)
	lines = append(lines, "", interpreter)
	return join(append(lines, between(commands)...), eol)
}

// Document returns user data for nodes that have none: a MIME document whose
// only part is the block. A managed node group merges it with its own parts
// ("Customize managed nodes with launch templates" in the Amazon EKS User
// Guide: Linux user data must be in the MIME multi-part format).
func Document(block Block) string {
	if block.Mode == Auto && block.NoYum != "" {
		block.Mode = Strict
	}
	return documentStart("\n") + newPart(ownBoundary, "\n", block.commands(missing{all: true}), partHeader) +
		"--" + ownBoundary + "--\n"
}

func documentStart(eol string) string {
	return "MIME-Version: 1.0" + eol +
		`Content-Type: multipart/mixed; boundary="` + ownBoundary + `"` + eol + eol
}

// aroundNodeConfig wraps NodeConfig into a document, which nodeadm reads as well
// ("User data" in the documentation of nodeadm).
func (d *document) aroundNodeConfig(commands []string) []Change {
	eol := eolOf(d.text)
	before := documentStart(eol) + newPart(ownBoundary, eol, commands, partHeader) +
		join([]string{"--" + ownBoundary, "Content-Type: " + typeNodeConfig, ""}, eol)
	after := "--" + ownBoundary + "--" + eol
	if !strings.HasSuffix(d.text, "\n") { // a text without a line end stays one
		after = "\n--" + ownBoundary + "--"
	}
	return []Change{{0, 0, before}, {len(d.text), len(d.text), after}}
}
