package userdata

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDecode decodes, changes and encodes again.
func TestDecode(t *testing.T) {
	const text = "#!/bin/bash\n# ü, and a line that is long enough to be wrapped when it is encoded\n/etc/eks/bootstrap.sh blue\n"
	plain := base64.StdEncoding.EncodeToString([]byte(text))
	for name, s := range map[string]string{
		"one line":            plain,
		"a line end":          plain + "\n",
		"wrapped":             strings.TrimSuffix(wrap(plain), "\n") + "\n",
		"wrapped as in DOS":   strings.ReplaceAll(wrap(plain), "\n", "\r\n"),
		"gzip":                base64.StdEncoding.EncodeToString(compressed(t, text)),
		"gzip in lines of 60": wrap(base64.StdEncoding.EncodeToString(compressed(t, text))),
	} {
		got, enc, ok := Decode(s)
		if !ok || got != text || enc.Gzip != strings.HasPrefix(name, "gzip") {
			t.Errorf("%s: %q, %+v, %v", name, got, enc, ok)
			continue
		}
		same, err := enc.Encode(text)
		if err != nil || !enc.Gzip && same != s {
			t.Errorf("%s: encoded again it is %q, %v, want %q", name, same, err, s)
		}
		if strings.Contains(s, "\n") != strings.Contains(same, "\n") {
			t.Errorf("%s: the lines changed to %q", name, same)
		}
		again, _, ok := Decode(same)
		if !ok || again != text {
			t.Errorf("%s: decoded again it is %q, %v", name, again, ok)
		}
	}
	for _, s := range []string{"", "====", "#!/bin/bash\n", "${X}", "AAAA", base64.StdEncoding.EncodeToString([]byte("\x1f\x8bx")), base64.StdEncoding.EncodeToString([]byte("a\xff"))} {
		if text, _, ok := Decode(s); ok || text != "" {
			t.Errorf("%q is decoded to %q", s, text)
		}
	}
}

// TestDecodeSize has texts that are compressed, and what is no text.
func TestDecodeSize(t *testing.T) {
	encoded := func(text string) string {
		return base64.StdEncoding.EncodeToString(compressed(t, text))
	}
	for name, test := range map[string]struct {
		encoded string
		ok      bool
	}{
		"as much as there may be": {encoded(strings.Repeat("x", maxText)), true},
		"more than there may be":  {encoded(strings.Repeat("x", maxText+1)), false},
		"cut short":               {base64.StdEncoding.EncodeToString(compressed(t, "x")[:20]), false},
		"compressed data":         {encoded("\x00"), false},
		"white space":             {base64.StdEncoding.EncodeToString([]byte("a\t\r\n\v\f\u0085b")), true},
		"a color":                 {base64.StdEncoding.EncodeToString([]byte("\x1b[0m")), true},
		"a control character":     {base64.StdEncoding.EncodeToString([]byte("a\x01")), false},
		"spaces":                  {"YW Jj\t\n", true},
	} {
		if text, enc, ok := Decode(test.encoded); ok != test.ok || !ok && (text != "" || enc != Encoding{}) {
			t.Errorf("%s: %v, %d bytes, %+v", name, ok, len(text), enc)
		}
	}
	for width, want := range map[int]string{0: "YWJjZGVm", 3: "YWJ-jZG-Vm", 4: "YWJj-ZGVm", 8: "YWJjZGVm", 9: "YWJjZGVm"} {
		if got, err := (Encoding{width: width, eol: "-"}).Encode("abcdef"); got != want || err != nil {
			t.Errorf("lines of %d: %q, %v", width, got, err)
		}
	}
	if _, err := (Encoding{}).Encode(strings.Repeat("x", MaxSize+1)); err == nil || err.Error() != "user data of 16385 bytes: EC2 takes 16384" {
		t.Error(err)
	}
}

// TestEncodeSize wants an error for what EC2 does not take.
func TestEncodeSize(t *testing.T) {
	if _, err := (Encoding{}).Encode(strings.Repeat("x", MaxSize)); err != nil {
		t.Error(err)
	}
	if _, err := (Encoding{}).Encode(strings.Repeat("x", MaxSize+1)); err == nil {
		t.Error("no error for one byte too many")
	}
	if _, err := (Encoding{Gzip: true}).Encode(strings.Repeat("x", 4*MaxSize)); err != nil {
		t.Error(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	for b.Len() < 4*MaxSize {
		fmt.Fprintf(&b, "%x", random.Uint64())
	}
	if _, err := (Encoding{Gzip: true}).Encode(b.String()); err == nil {
		t.Error("no error for what is too large even when it is compressed")
	}
}
