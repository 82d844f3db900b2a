package userdata

import "testing"

// TestPayload has parts of messages, as they are encoded, and what Python's email
// package and binascii decode, or why that is not followed.
func TestPayload(t *testing.T) {
	const notText, notBase64 = "a part of it is not text", "a part of it is not valid base64"
	for _, test := range []struct{ encoding, body, want, unknown string }{
		{"", "a=41", "a=41", ""},
		{"7bit", "YQ==", "YQ==", ""},
		{"8BIT", "=41", "=41", ""},
		{"x-uuencode", "a", "a", "a part of it is encoded as x-uuencode"},
		{"uuencode", "a", "a", "a part of it is encoded as uuencode"},
		{"UUE", "a", "a", "a part of it is encoded as uue"},
		{"x-uue", "a", "a", "a part of it is encoded as x-uue"},

		{"base64", "YQ==", "a", ""},
		{"Base64", "YQ==", "a", ""},
		{"base64", "YQ", "a", ""},
		{"base64", "YQ=", "a", ""},
		{"base64", "YWI", "ab", ""},
		{"base64", "YW\nJj\n", "abc", ""},
		{"base64", "YW\r\nJj", "abc", ""},
		{"base64", "YWJjZA", "abcd", ""},
		{"base64", "", "", ""},
		{"base64", "Y", "Y", notBase64},
		{"base64", "Y W J j", "Y W J j", notBase64},
		{"base64", "YW*Jj", "YW*Jj", notBase64},
		{"base64", "/w==", "/w==", notText},

		{"quoted-printable", "a", "a", ""},
		{"Quoted-Printable", "=41", "A", ""},
		{"quoted-printable", "a=\nb", "ab", ""},
		{"quoted-printable", "a=\r\nb", "ab", ""},
		{"quoted-printable", "a=", "a", ""},
		{"quoted-printable", "a=\n", "a", ""},
		{"quoted-printable", "=4", "=4", ""},
		{"quoted-printable", "=4g=g1=GG=@A=`a=:0=/0=0/", "=4g=g1=GG=@A=`a=:0=/0=0/", ""},
		{"quoted-printable", "==41", "=41", ""},
		{"quoted-printable", "==", "=", ""},
		{"quoted-printable", "===", "=", ""},
		{"quoted-printable", "=3D=3d=7E=5a=5A=39=30", "==~ZZ90", ""},
		{"quoted-printable", "=c3=bc=C3=BC=Ff", "=c3=bc=C3=BC=Ff", notText},
		{"quoted-printable", "=c3=bc=aB", "=c3=bc=aB", notText},
		{"quoted-printable", "=e2=82=ac", "€", ""},
		{"quoted-printable", "a =\n b", "a  b", ""},
		{"quoted-printable", "x=\r", "x", ""},
		{"quoted-printable", "=\rb", "", ""},
		{"quoted-printable", "=\r\r\nb", "b", ""},
		{"quoted-printable", "a=b=", "a=b", ""},
	} {
		text := "Content-Type: x/y\nContent-Transfer-Encoding: " + test.encoding + "\n\n"
		body := len(text)
		text += test.body
		m := message{fields: []field{{"Content-Transfer-Encoding", test.encoding}}, body: body, end: len(text)}
		got, unknown := m.payload(text)
		if got.text != test.want || unknown != test.unknown {
			t.Errorf("%s: %q: %q, %q, not %q, %q", test.encoding, test.body, got.text, unknown, test.want, test.unknown)
		}
		for at := range len(got.text) {
			if from := got.origin(at); from < body || from > len(text) {
				t.Errorf("%s: %q: byte %d comes from %d", test.encoding, test.body, at, from)
			}
		}
	}
	m := message{fields: []field{{"Content-Transfer-Encoding", "quoted-printable"}}, end: 13}
	got, _ := m.payload("ab=41=\ncd==e=")
	for at, want := range []int{0, 1, 2, 7, 8, 9, 11} {
		if from := got.origin(at); from != want {
			t.Errorf("byte %d of %q comes from %d, not %d", at, got.text, from, want)
		}
	}
}

// TestASCII has texts with other characters, or without.
func TestASCII(t *testing.T) {
	for text, want := range map[string]bool{"": true, "a\n~\u007f": true, "\u0080": false, "\u00fc": false, "a\u00fc": false, placeholder: true, "a" + placeholder + "b": true, placeholder + "\u00fc": false} {
		if isASCII(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}

// TestCompressed has the types that cloud-init decompresses (user_data.py).
func TestCompressed(t *testing.T) {
	for _, contentType := range []string{"application/gzip", "application/gzip-compressed", "application/gzipped", "application/x-compress", "application/x-compressed", "application/x-gunzip", "application/x-gzip", "application/x-gzip-compressed"} {
		text := mime("Content-Type: "+contentType+"\n\nx\n", plainScript+"#!/bin/sh\na\n")
		if got := readScripts(text); len(got) != 2 || got[0].unknown != "a part of it is compressed" {
			t.Errorf("%s: %v", contentType, got)
		}
	}
	if got := readScripts(mime("Content-Type: application/zip\n\nx\n", plainScript+"#!/bin/sh\na\n")); len(got) != 1 {
		t.Errorf("zip: %v", got)
	}
}
