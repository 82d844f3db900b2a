package userdata

import (
	"bytes"
	"encoding/base64"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// writeFiles adds the commands that would write the files of write_files, those
// that are deferred last (cc_write_files.py).
func (d *document) writeFiles(v configValue) {
	unknown := func(reason string) {
		at := v.text.origin(v.key)
		d.put(script{stage: stageWriteFiles, name: "write_files", unknown: reason, origin: func(int) int { return at }})
	}
	if v.value.Kind != yaml.SequenceNode {
		if plainType(v.value) != plainNull || v.value.Kind != yaml.ScalarNode {
			unknown("which files write_files writes is not known")
		}
		return
	}
	var files, deferred []*yaml.Node
	for _, n := range v.value.Content {
		if n.Kind != yaml.MappingNode {
			unknown("which files write_files writes is not known")
			return
		}
		if later := scalar(n, "defer"); later != nil && plainType(later) != plainFalse {
			deferred = append(deferred, n)
		} else {
			files = append(files, n)
		}
	}
	var c composer
	c.add("#!/bin/sh\n", v.text.origin(v.key))
	for _, n := range slices.Concat(files, deferred) {
		if reason := v.text.addFile(&c, n); reason != "" {
			unknown(reason)
			return
		}
	}
	s := c.source()
	d.put(script{stage: stageWriteFiles, name: "write_files", text: s.text, origin: s.origin})
}

// scalar returns the value of a key if it is a scalar, or nil.
func scalar(n *yaml.Node, name string) *yaml.Node {
	var found *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			found = n.Content[i+1]
		}
	}
	if found != nil && found.Kind == yaml.AliasNode {
		found = found.Alias
	}
	if found == nil || found.Kind != yaml.ScalarNode {
		return nil
	}
	return found
}

// hasKey reports whether a mapping has a key.
func hasKey(n *yaml.Node, name string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return true
		}
	}
	return false
}

// cloudDirectory is where cloud-init keeps what it runs later.
const cloudDirectory = "/var/lib/cloud/"

// addFile adds the commands for a file, or returns why it is not known.
func (t yamlText) addFile(c *composer, n *yaml.Node) string {
	file := scalar(n, "path")
	if file == nil || file.Value == "" {
		return "" // cloud-init passes it over
	}
	name := path.Clean("/" + file.Value)
	content := scalar(n, "content")
	if c.b.Len() > maxText { // by aliases
		return "its write_files is too large"
	}
	if reason := unknownFile(name, content); reason != "" {
		return reason
	}
	var value composer
	if content != nil && plainType(content) != plainNull {
		t.addScalar(&value, content, false)
	}
	decoded, ok := decodeFile(value.source(), n, content)
	if hasKey(n, "source") { // what is fetched replaces the content
		ok = false
	}
	at := t.origin(n)
	if !ok {
		decoded = source{placeholder, []run{{0, at, false}}}
	}
	redirect := ">"
	if appends := scalar(n, "append"); appends != nil && plainType(appends) != plainFalse {
		redirect = ">>"
	}
	c.add("mkdir -p "+quoted(path.Dir(name))+"\ncat "+redirect+quoted(name), at)
	c.addHereDocument(decoded, at)
	c.add(changeMode(n, name), at)
	if mayRaise(n, content, ok) {
		c.add(mayEnd, at)
	}
	return ""
}

// unknownFile says why what cloud-init writes to a file is not known, or "". The
// content is nil if the file has none.
func unknownFile(name string, content *yaml.Node) string {
	switch {
	case strings.Contains(name, placeholder):
		return "the path of a file in write_files is not known"
	case strings.HasPrefix(name, cloudDirectory):
		return "write_files writes into " + cloudDirectory
	case content != nil && content.Style&yaml.TaggedStyle != 0 && content.Tag != "!!binary":
		return "the content of a file in write_files is not known"
	}
	return ""
}

// addHereDocument adds a here-document to a command, and ends the command. All but
// the content has its place at an offset.
func (c *composer) addHereDocument(content source, at int) {
	end := "EOF"
	for slices.Contains(strings.Split(content.text, "\n"), end) {
		end += "_"
	}
	c.add(" <<'"+end+"'\n", at)
	c.copy(content, 0, len(content.text))
	if content.text != "" && !strings.HasSuffix(content.text, "\n") {
		c.add("\n", at)
	}
	c.add(end+"\n", at)
}

// mayEnd is a command that may or may not end a script.
const mayEnd = "[ -n \"$" + "raised\" ] && exit\n"

// mayRaise reports whether cloud-init may stop at a file, so that it writes no
// later one: the user is not there yet, the content is no text, or is not encoded
// as it says.
func mayRaise(n, content *yaml.Node, decoded bool) bool {
	if owner := scalar(n, "owner"); owner != nil && owner.Value != "root:root" && owner.Value != "root" {
		return true
	}
	if hasKey(n, "owner") && scalar(n, "owner") == nil {
		return true
	}
	isText := content == nil && !hasKey(n, "content") || content != nil && (plainType(content) == plainText || content.Tag == "!!binary")
	return !isText || !decoded && !hasKey(n, "source")
}

// changeMode returns the command that sets the permissions of a file, or "".
func changeMode(n *yaml.Node, name string) string {
	mode := scalar(n, "permissions")
	if mode == nil {
		return ""
	}
	octal := strings.TrimPrefix(mode.Value, "0o")
	if plainType(mode) == plainInteger { // 755 without quotes is a number, and octal by its 0 only
		decimal, ok := pythonInteger(mode.Value)
		n, err := strconv.ParseUint(decimal, 10, 32)
		if !ok || err != nil {
			return ""
		}
		octal = strconv.FormatUint(n, 8)
	}
	if _, err := strconv.ParseUint(octal, 8, 32); err != nil || len(octal) < 3 {
		return ""
	}
	return "chmod " + octal + " " + quoted(name) + "\n"
}

// fileEncoding returns how the content of a file is encoded, and whether that is
// known.
func fileEncoding(n, content *yaml.Node) (isBase64, isGzip, ok bool) {
	encoding := ""
	if e := scalar(n, "encoding"); e != nil {
		encoding = strings.ToLower(strings.TrimSpace(e.Value))
	}
	isBinary := content != nil && content.Tag == "!!binary"
	switch encoding {
	case "b64", "base64":
		return true, false, !isBinary
	case "gz", "gzip":
		return isBinary, true, true
	case "gz+base64", "gzip+base64", "gz+b64", "gzip+b64":
		return true, true, !isBinary
	}
	return isBinary, false, !strings.Contains(encoding, placeholder)
}

// decodeFile returns the content of a file, decoded as its encoding says.
func decodeFile(s source, n, content *yaml.Node) (source, bool) {
	isBase64, isGzip, ok := fileEncoding(n, content)
	if !ok || !isBase64 && !isGzip {
		return s, ok
	}
	data := []byte(s.text)
	if isBase64 {
		var err error
		if data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.text), "")); err != nil {
			return s, false
		}
	}
	if isGzip {
		if data, ok = gunzip(data); !ok {
			return s, false
		}
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return s, false
	}
	return source{string(data), []run{{0, s.origin(0), false}}}, true
}

// quoted writes a word for the shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
