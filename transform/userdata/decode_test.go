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
		if text, _, ok := Decode(s); ok {
			t.Errorf("%q is decoded to %q", s, text)
		}
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
