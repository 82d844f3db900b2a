package userdata

import (
	"strings"
)

// partHeader is the header of the block's own part in a MIME document.
const partHeader = `Content-Type: text/x-shellscript; charset="us-ascii"`

// interpreter is the first line of the script in that part.
const interpreter = "#!/bin/bash"

// ownBoundary separates the parts of the documents that imdslock makes.
const ownBoundary = "==imdslock=="

// Document returns user data for a node that has none: a MIME document whose
// only part is the block. A managed node group merges it with its own parts
// ("Customize managed nodes with launch templates" in the Amazon EKS User
// Guide: Linux user data must be in the MIME multi-part format).
func Document(block Block) string {
	return documentStart("\n") + part(ownBoundary, "\n", block.commands(rules{}, false), partHeader) +
		"--" + ownBoundary + "--\n"
}

func documentStart(eol string) string {
	return "MIME-Version: 1.0" + eol +
		`Content-Type: multipart/mixed; boundary="` + ownBoundary + `"` + eol + eol
}

// boothookHeader is the header in a document that starts the kubelet before
// cloud-init runs scripts.
const boothookHeader = `Content-Type: text/cloud-boothook; charset="us-ascii"`

// part is a part with a script of the commands, its delimiter before it.
func part(boundary, eol string, commands []string, header ...string) string {
	lines := append([]string{"--" + boundary}, header...)
	lines = append(lines, "", interpreter)
	return join(append(lines, marked(commands)...), eol)
}

// intoNodeConfig wraps NodeConfig into a document, which nodeadm reads as well
// ("User data" in the documentation of nodeadm).
func intoNodeConfig(text string, commands []string) []Change {
	eol := eolOf(text)
	before := documentStart(eol) + part(ownBoundary, eol, commands, partHeader) +
		join([]string{"--" + ownBoundary, "Content-Type: application/node.eks.aws", ""}, eol)
	after := "--" + ownBoundary + "--" + eol
	if !strings.HasSuffix(text, "\n") { // a text without a line end stays one
		after = "\n--" + ownBoundary + "--"
	}
	return []Change{{0, 0, before}, {len(text), len(text), after}}
}

// header returns the header of the part before the given ones: a script, the
// first by its name, or a boothook where one of those parts starts the kubelet
// before cloud-init runs scripts.
func header(document, boundary string) []string {
	for _, p := range strings.Split(document, "--"+boundary) {
		p = strings.TrimLeft(p, "\r\n")
		field, body := headers(p)
		contentType, content := strings.ToLower(field("content-type")), p[body:]
		bootcmd := findModule(content, "bootcmd")
		isBoothook := strings.HasPrefix(contentType, "text/cloud-boothook") || strings.HasPrefix(content, "#cloud-boothook")
		isConfig := strings.HasPrefix(contentType, "text/cloud-config") || strings.HasPrefix(content, "#cloud-config")
		if isBoothook && kubeletStart(p) < len(p) || isConfig && bootcmd.kubeletStart(content) < bootcmd.end {
			return []string{boothookHeader}
		}
	}
	return append([]string{partHeader}, disposition(document)...)
}

// firstNames are file names for the part, in the order of preference.
var firstNames = [...]string{"00-imdslock.sh", "-imdslock.sh", "(imdslock).sh"}

// disposition returns the header field that makes the part's script the first
// where other parts have file names: cloud-init runs scripts in the order of
// their names, and calls those without one part-001, part-002 and so on.
func disposition(document string) []string {
	first := "part-001"
	for _, m := range fileName().FindAllStringSubmatch(document, -1) {
		first = min(first, m[1]+m[2])
	}
	if first == "part-001" {
		return nil
	}
	for _, name := range firstNames {
		if name < first {
			return []string{`Content-Disposition: attachment; filename="` + name + `"`}
		}
	}
	return nil
}

var (
	fileName          = pattern(`(?im)^(?:content-disposition:.*|[ \t].*)\bfilename\s*=\s*(?:"([^"\r\n]*)"|([^";\s]+))`)
	boundaryParameter = pattern(`(?i)\bboundary\s*=\s*(?:"([^"]*)"|([^";\s]+))`)
	fold              = pattern(`\r?\n[ \t]+`)
)

// intoMIME adds the part before the first, or changes the one text of a
// document that has no parts.
func intoMIME(text string, block Block, commands []string) ([]Change, error) {
	field, body := headers(text)
	contentType := field("content-type")
	switch lower := strings.ToLower(contentType); {
	case strings.HasPrefix(lower, "multipart/"):
	case strings.HasPrefix(lower, "text/x-shellscript"), strings.HasPrefix(lower, "text/cloud-config"),
		strings.HasPrefix(lower, "text/cloud-boothook"):
		if encoding := field("content-transfer-encoding"); strings.EqualFold(encoding, "base64") || strings.EqualFold(encoding, "quoted-printable") {
			return nil, unsupportedf(MIME, "it is encoded as %s", encoding)
		}
		changes, err := Protect(text[body:], block)
		for i := range changes {
			changes[i].Start += body
			changes[i].End += body
		}
		return changes, err
	default:
		return nil, unsupportedf(MIME, "it is a MIME document of type %q", contentType)
	}
	m := boundaryParameter().FindStringSubmatch(contentType)
	if m == nil {
		return nil, unsupportedf(MIME, "its Content-Type names no boundary")
	}
	boundary := m[1] + m[2]
	if strings.Contains(boundary, placeholder) {
		return nil, unsupportedf(MIME, "its boundary is not known before the deployment")
	}
	at := firstDelimiter(text, body, boundary)
	if at < 0 {
		return nil, unsupportedf(MIME, "its boundary %q never stands on a line of its own", boundary)
	}
	return []Change{{at, at, part(boundary, eolOf(text[at:]), commands, header(text[at:], boundary)...)}}, nil
}

// firstDelimiter returns the offset of the line that starts the first part, or -1.
func firstDelimiter(text string, body int, boundary string) int {
	at := body
	for line := range strings.Lines(text[body:]) {
		if strings.TrimRight(line, " \t\r\n") == "--"+boundary {
			return at
		}
		at += len(line)
	}
	return -1
}

// parts returns the offset at which the parts of a document begin: behind its
// headers and its preamble, which nothing runs.
func parts(text string) int {
	field, body := headers(text)
	if m := boundaryParameter().FindStringSubmatch(field("content-type")); m != nil {
		return max(body, firstDelimiter(text, body, m[1]+m[2]))
	}
	return body
}

// headers returns a look-up of the header fields at the start of a message,
// unfolded (RFC 5322, section 2.2.3), and where the body starts.
func headers(text string) (field func(name string) string, body int) {
	for line := range strings.Lines(text) {
		body += len(line)
		if strings.Trim(line, "\r\n") == "" {
			break
		}
	}
	unfolded := fold().ReplaceAllString(text[:body], " ")
	return func(name string) string {
		for line := range strings.Lines(unfolded) {
			key, value, ok := strings.Cut(line, ":")
			if ok && strings.EqualFold(strings.TrimSpace(key), name) {
				return strings.TrimSpace(value)
			}
		}
		return ""
	}, body
}
