package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestMentionsLaunchTemplate puts the words at every place around the end of
// what is held at a time.
func TestMentionsLaunchTemplate(t *testing.T) {
	for _, words := range []string{"AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration", "AWS::EKS::Nodegroup"} {
		for before := 64<<10 - 80; before < 64<<10+80; before++ {
			text := bytes.Repeat([]byte("x"), 200<<10)
			copy(text[before:], words)
			if found, err := mentionsLaunchTemplate(bytes.NewReader(text)); err != nil || !found {
				t.Fatalf("%s behind %d bytes: %v, %v", words, before, found, err)
			}
		}
	}
	for _, text := range []string{"", "AWS::EC2::LaunchTemplat", strings.Repeat("AWS::EC2::Volume ", 20_000)} {
		if found, err := mentionsLaunchTemplate(strings.NewReader(text)); err != nil || found {
			t.Errorf("%.30q: %v, %v", text, found, err)
		}
	}
	failing := io.MultiReader(strings.NewReader("x"), iotest.ErrReader(fmt.Errorf("disk on fire")))
	if _, err := mentionsLaunchTemplate(failing); err == nil {
		t.Error("no error where reading fails")
	}
}
