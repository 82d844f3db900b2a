package userdata

import (
	"strings"
	"unicode/utf8"
)

// placeholder stands in a text for what is known only at the deployment.
const placeholder = "\uFFFC"

// Characters that stand in a text for variables of CloudFormation: the same for
// the same variable, whose value is known only at the deployment. They have as
// many bytes as U+FFFC, which stands for anything else that is not known.
const (
	FirstVariable = '\uE000'
	LastVariable  = '\uEFFF'
)

// variableByte is the first byte of each of those characters.
const variableByte = 0xEE

func isPlaceholder(r rune) bool {
	return r == '\uFFFC' || FirstVariable <= r && r <= LastVariable
}

func hasPlaceholder(s string) bool { return strings.ContainsFunc(s, isPlaceholder) }

// Unnamed returns a text of the same length with U+FFFC for each variable.
func Unnamed(s string) string {
	at := strings.IndexByte(s, variableByte)
	if at < 0 {
		return s
	}
	text := []byte(s)
	for ; at+len(placeholder) <= len(text); at++ {
		if text[at] != variableByte {
			continue
		}
		if r, _ := utf8.DecodeRune(text[at:]); isPlaceholder(r) {
			copy(text[at:], placeholder)
		}
	}
	return string(text)
}

// shown returns a text as messages show it.
func shown(s string) string { return strings.ReplaceAll(Unnamed(s), placeholder, "…") }
