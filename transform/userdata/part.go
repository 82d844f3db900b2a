package userdata

import (
	"cmp"
	"strings"
)

// The types of parts that cloud-init handles, and nodeadm's.
const (
	typeScript      = "text/x-shellscript"
	typePerOnce     = "text/x-shellscript-per-once"
	typePerBoot     = "text/x-shellscript-per-boot"
	typePerInstance = "text/x-shellscript-per-instance"
	typeBoothook    = "text/cloud-boothook"
	typeConfig      = "text/cloud-config"
	typeConfigPatch = "text/cloud-config-jsonp"
	typeArchive     = "text/cloud-config-archive"
	typeInclude     = "text/x-include-url"
	typeIncludeOnce = "text/x-include-once-url"
	typePartHandler = "text/part-handler"
	typeUpstart     = "text/upstart-job"
	typeJinja       = "text/jinja2"
	typeNodeConfig  = "application/node.eks.aws"
)

// unknownTypes says what is not known of user data of a type, or "".
func unknownTypes(contentType string) string {
	switch contentType {
	case typeInclude, typeIncludeOnce:
		return "it is an #include list, and what that fetches is not known"
	case typeArchive:
		return "it is a cloud-config-archive"
	case typeConfigPatch:
		return "it patches cloud-config"
	case typePartHandler:
		return "it is a part-handler, and what that does is not known"
	case typeUpstart:
		return "it is an upstart job"
	}
	return ""
}

// sniff returns the type of a part by how it begins, or "" (type_from_starts_with
// in cloudinit/handlers).
func sniff(text string) string {
	start := strings.TrimLeftFunc(text, isPythonSpace)
	start = strings.ToLower(start[:min(len(start), 64)])
	for _, known := range [...]struct{ start, contentType string }{ // the longest first
		{"text/x-shellscript-per-instance", typePerInstance},
		{"text/x-shellscript-per-boot", typePerBoot},
		{"text/x-shellscript-per-once", typePerOnce},
		{"#cloud-config-archive", typeArchive},
		{"#cloud-config-jsonp", typeConfigPatch},
		{jinjaHeader, typeJinja},
		{"#cloud-boothook", typeBoothook},
		{"#include-once", typeIncludeOnce},
		{"#cloud-config", typeConfig},
		{"#part-handler", typePartHandler},
		{"#include", typeInclude},
		{"#!", typeScript},
	} {
		if strings.HasPrefix(start, known.start) {
			return known.contentType
		}
	}
	return ""
}

// A part is what cloud-init hands to a handler.
type part struct {
	contentType string
	name        string
	message     *message // nil for user data that is not a MIME message
	source      source

	// unknown says why its type or text is not known, and perhaps why it may run or
	// not, or they are "".
	unknown, perhaps string
}

// partsOf returns the parts of user data as cloud-init finds them (UserDataProcessor
// in cloudinit/user_data.py): their types, by their first lines where they are
// plain text or scripts, and their names.
func partsOf(text string, m *message) []part {
	if m == nil {
		p := part{contentType: sniff(text), name: numberedName(1), source: whole(text, 0)}
		return []part{p}
	}
	var parts []part
	m.leaves(func(leaf *message) {
		p := part{message: leaf, contentType: leaf.contentType()}
		p.source, p.unknown = leaf.payload(text)
		switch p.contentType {
		default:
			if !isHandled(p.contentType) {
				p.unknown = "" // it is not decoded
			}
		case "text/plain", "text/x-not-multipart", typeScript:
			if found := sniff(p.source.text); found != "" {
				p.contentType = found
			}
		}
		// cloud-init writes the Content-Type anew, and so without a name, where it
		// takes another type, and of a message that has no parts.
		p.name = leaf.fileName(leaf != m && p.contentType == leaf.contentType())
		if p.name == "" {
			p.name = numberedName(len(parts) + 1)
		}
		p.unknown = cmp.Or(p.unsure(), p.unknown)
		p.perhaps = p.mayNotRun(text)
		parts = append(parts, p)
	})
	return parts
}

// isHandled reports whether something is done with parts of a type.
func isHandled(contentType string) bool {
	switch contentType {
	case typeScript, typePerOnce, typePerBoot, typePerInstance, typeBoothook, typeConfig, typeJinja:
		return true
	}
	return false
}

// unsure says why it is not known what cloud-init makes of a part of a message,
// or "".
func (p part) unsure() string {
	start := strings.TrimLeftFunc(p.source.text, isPythonSpace)
	isPlain := p.contentType == "text/plain" || p.contentType == "text/x-not-multipart"
	switch {
	case hasPlaceholder(p.contentType):
		return "the type of a part is not known before the deployment"
	case isPlain && strings.HasPrefix(start, placeholder):
		return "the content of a part is not known before the deployment"
	case isCompressed(p.contentType):
		return "a part of it is compressed"
	case unknownTypes(p.contentType) != "":
		return "a part of " + unknownTypes(p.contentType)
	case isHandled(p.contentType) && hasPlaceholder(p.name):
		return "the name of a part is not known before the deployment"
	}
	return ""
}

// mayNotRun says why a part of a message may run or not, or "".
func (p part) mayNotRun(text string) string {
	_, indexed := p.message.get("Launch-Index")
	switch {
	case indexed:
		return "a part of it has a Launch-Index, and so runs on some instances only"
	case p.source.text == text[p.message.body:p.message.end] && !isASCII(p.source.text):
		return "a part of it has a character that is not ASCII, which versions of cloud-init read differently"
	}
	return ""
}
