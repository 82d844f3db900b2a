package userdata

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSize is the largest size in bytes of user data that EC2 takes, before it is
// encoded in base64 ("Run commands when you launch an EC2 instance with user data
// input" in the Amazon EC2 User Guide).
const MaxSize = 16 << 10

// maxText is the largest size in bytes of a text that is compressed in user data.
const maxText = 1 << 20

// An Encoding says how user data was encoded.
type Encoding struct {
	// Gzip is set if the text is compressed. Then [Block.Compressed] must be set
	// too, since EC2's limit is for the compressed text.
	Gzip bool

	width int    // of a line of base64, or 0 for all on one
	eol   string // between lines
	tail  string // white space after the last line
}

// Decode returns the text of user data that is literally base64, as the
// UserData of a launch template is without Fn::Base64. There may be white space in
// it and after it. It returns false if s is not the base64 of text, or of text that
// is compressed by gzip.
func Decode(s string) (text string, enc Encoding, ok bool) {
	bare := strings.TrimRight(s, " \t\r\n")
	enc.tail = s[len(bare):]
	if i := strings.IndexByte(bare, '\n'); i >= 0 {
		enc.eol = eolOf(bare)
		enc.width = i + 1 - len(enc.eol)
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(bare), ""))
	if err != nil || len(data) == 0 {
		return "", Encoding{}, false
	}
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		enc.Gzip = true
		if data, ok = gunzip(data); !ok {
			return "", Encoding{}, false
		}
	}
	if !isText(data) {
		return "", Encoding{}, false
	}
	return string(data), enc, true
}

func gunzip(data []byte) ([]byte, bool) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, false
	}
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	return text, err == nil && len(text) <= maxText
}

// isText reports whether data is UTF-8 without control characters other than white space.
func isText(data []byte) bool {
	return utf8.Valid(data) && bytes.IndexFunc(data, func(r rune) bool {
		return unicode.IsControl(r) && !unicode.IsSpace(r) && r != '\x1b'
	}) < 0
}

// Encode encodes a text again. It returns an error if the text, compressed if it is
// to be, has more than [MaxSize] bytes.
func (enc Encoding) Encode(text string) (string, error) {
	data := []byte(text)
	if enc.Gzip {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return "", err
		}
		if _, err := w.Write(data); err != nil {
			return "", err
		}
		if err := w.Close(); err != nil {
			return "", err
		}
		data = b.Bytes()
	}
	if len(data) > MaxSize {
		return "", fmt.Errorf("user data of %d bytes: EC2 takes %d", len(data), MaxSize)
	}
	encoded := base64.StdEncoding.EncodeToString(data)
	if enc.width == 0 {
		return encoded + enc.tail, nil
	}
	var lines []string
	for len(encoded) > enc.width {
		lines = append(lines, encoded[:enc.width])
		encoded = encoded[enc.width:]
	}
	return strings.Join(append(lines, encoded), enc.eol) + enc.tail, nil
}
