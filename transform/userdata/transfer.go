package userdata

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// payload returns what a part of a message carries, decoded as its
// Content-Transfer-Encoding says, or why that is not known.
func (m *message) payload(text string) (source, string) {
	raw := whole(text[m.body:m.end], m.body)
	encoding, _ := m.get("Content-Transfer-Encoding")
	switch encoding = strings.ToLower(encoding); encoding {
	case "base64":
		return decodeBase64(raw)
	case "quoted-printable":
		return decodeQuotedPrintable(raw)
	case "x-uuencode", "uuencode", "uue", "x-uue":
		return raw, "a part of it is encoded as " + encoding
	}
	return raw, ""
}

// isASCII reports whether a text is ASCII, except for placeholders.
func isASCII(text string) bool {
	return strings.IndexFunc(strings.ReplaceAll(text, placeholder, ""), func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// decodeBase64 decodes a payload. All of it comes from where the payload begins.
func decodeBase64(raw source) (source, string) {
	text := strings.Join(strings.FieldsFunc(raw.text, func(r rune) bool { return r == '\r' || r == '\n' }), "")
	if missing := len(text) % 4; missing > 1 {
		text += strings.Repeat("=", 4-missing)
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return raw, "a part of it is not valid base64"
	}
	if !utf8.Valid(decoded) {
		return raw, "a part of it is not text"
	}
	return source{string(decoded), []run{{0, raw.origin(0), false}}}, ""
}

// decodeQuotedPrintable decodes a payload (RFC 2045, section 6.7) as Python's
// binascii does: what is not an escape stays as it is.
func decodeQuotedPrintable(raw source) (source, string) {
	var c composer
	text := raw.text
	at := 0
	for at < len(text) {
		i := strings.IndexByte(text[at:], '=')
		if i < 0 {
			break
		}
		c.copy(raw, at, at+i)
		at += i
		switch rest := text[at+1:]; {
		case rest == "":
			at++
		case rest[0] == '\n' || rest[0] == '\r':
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				at = len(text)
			} else {
				at += 1 + end + 1
			}
		case len(rest) >= 2 && isHex(rest[0]) && isHex(rest[1]):
			c.add(percentDecoded("%"+rest[:2]), raw.origin(at))
			at += 3
		case rest[0] == '=':
			c.add("=", raw.origin(at))
			at += 2
		default:
			c.copy(raw, at, at+1)
			at++
		}
	}
	c.copy(raw, at, len(text))
	if !utf8.ValidString(c.b.String()) {
		return raw, "a part of it is not text"
	}
	return c.source(), ""
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}

// isCompressed reports whether cloud-init takes parts of a type to be compressed.
func isCompressed(contentType string) bool {
	switch contentType {
	case "application/gzip", "application/gzip-compressed", "application/gzipped", "application/x-compress", "application/x-compressed",
		"application/x-gunzip", "application/x-gzip", "application/x-gzip-compressed":
		return true
	}
	return false
}
