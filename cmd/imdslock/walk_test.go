package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestMentionsAtEveryPlace puts the words at every place around the end of what is
// held at a time.
func TestMentionsAtEveryPlace(t *testing.T) {
	for _, words := range []string{"AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration", "AWS::EKS::Nodegroup"} {
		for before := 64<<10 - 80; before < 64<<10+80; before++ {
			text := bytes.Repeat([]byte("x"), 200<<10)
			copy(text[before:], words)
			if found, err := mentions(bytes.NewReader(text)); err != nil || !found.has(sightsNodes) {
				t.Fatalf("%s after %d bytes: %v, %v", words, before, found, err)
			}
		}
	}
}

// TestMentionsEscaped expects nodes to be seen however a text spells them, at its
// start and across the end of what is held at a time.
func TestMentionsEscaped(t *testing.T) {
	for _, text := range []string{
		`"AWS::EC2::Launch\u0054emplate"`, `"\x41\u0057\U00000053::EC2::LaunchTemplate"`, "\"AWS::EC2::\\\n    LaunchTemplate\"", "\"AWS::EC2::\\\r\n\t LaunchTemplate\"",
		`{"Body": "{\"Type\": \"AWS::EC2::Launch\\u0054emplate\"}"}`, `'\u', "AWS::EC2::Launch\u0054emplate"`, `'\u',"\u0041WS::EC2::LaunchTemplate"`,
		`'\',"\u0041WS::EC2::LaunchTemplate"`, "kind: ClusterConfig\napiVersion: eksctl.io/v1alpha5",
	} {
		for _, r := range []io.Reader{strings.NewReader(text), io.MultiReader(strings.NewReader(strings.Repeat("x", 64<<10-9)), strings.NewReader(text))} {
			if found, err := mentions(r); err != nil || !found.has(sightsNodes) {
				t.Errorf("%q: %v, %v", text, found, err)
			}
		}
	}
}

// TestMentionsNoText expects nodes to be taken to be in UTF-16 and in what is no text,
// which are not searched.
func TestMentionsNoText(t *testing.T) {
	for _, text := range []string{"\xff\xfeA\x00", "\xff\xfe\x01\x4e", "R\x00e\x00s\x00", "Type: AWS::EC2::Launch\x00Template"} {
		if found, err := mentions(strings.NewReader(text)); err != nil || !found.has(sightsNodes) {
			t.Errorf("%q: %v, %v", text, found, err)
		}
	}
}

// TestMentionsOthers expects resources and what runs to be told from nodes.
func TestMentionsOthers(t *testing.T) {
	for text, want := range map[string]sighting{
		"Resources: {B: {Type: AWS::S3::Bucket}}":                     sightsResources | sightsAWS,
		`{"\u0052esources": {"B": {"Type": "AWS\u003a:S3::Bucket"}}}`: sightsResources | sightsAWS,
		`[{"InstanceId": "i-1"}]`:                                     sightsRunning,
		"- HttpTokens: optional\n":                                    sightsRunning,
	} {
		if found, err := mentions(strings.NewReader(text)); err != nil || found != want {
			t.Errorf("%q: %v, %v, want %v", text, found, err, want)
		}
	}
	for _, text := range []string{"", "AWS::EC2::LaunchTemplat", strings.Repeat("AWS::EC2::Volume ", 20_000)} {
		if found, err := mentions(strings.NewReader(text)); err != nil || found.has(sightsNodes|sightsResources) {
			t.Errorf("%.30q: %v, %v", text, found, err)
		}
	}
}

// TestMentionsUnreadable expects an error where reading fails.
func TestMentionsUnreadable(t *testing.T) {
	failing := io.MultiReader(strings.NewReader("x"), iotest.ErrReader(fmt.Errorf("disk on fire")))
	if _, err := mentions(failing); err == nil {
		t.Error("no error where reading fails")
	}
}

// TestUnescaper writes texts in one piece and byte by byte.
func TestUnescaper(t *testing.T) {
	for text, want := range map[string]string{
		`a\u0054b\x41\U00000042c`: "aTbABc",
		`'\u',"\u0041"`:           `'u',"A"`,
		`\\u0041\"\/`:             `\u0041"/`,
		"a\\\n  \t b\\\r\nc":      "abc",
		`C:\users\xx\u00`:         "C:usersxx",
	} {
		var whole, pieces strings.Builder
		fmt.Fprint(&unescaper{next: &whole}, text)
		u := &unescaper{next: &pieces}
		for i := range len(text) {
			fmt.Fprint(u, text[i:i+1])
		}
		if whole.String() != want || pieces.String() != want {
			t.Errorf("%q: %q, in pieces %q, want %q", text, whole.String(), pieces.String(), want)
		}
	}
}
