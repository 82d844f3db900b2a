package userdata

import (
	"strings"
	"testing"
)

// TestWithoutToken finds what required tokens break, "|" before the address.
func TestFirstWithoutToken(t *testing.T) {
	for _, text := range []string{
		"#!/bin/bash\nid=$(curl -s http://|169.254.169.254/latest/meta-data/instance-id)\n",
		"#!/bin/bash\nwget http://|[fd00:ec2::254]/latest/dynamic/instance-identity/document\n",
		"<powershell>\nInvoke-RestMethod http://|169.254.169.254/latest/meta-data/mac\n",
		"#!/bin/bash\n# curl http://169.254.169.254/latest/meta-data/\n",
		"#!/bin/bash\nTOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)\ncurl http://169.254.169.254/latest/meta-data/\n",
		"#!/bin/bash\niptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP\ncp /latest/x y\n",
		"#!/bin/bash\n",
	} {
		before, after, ok := strings.Cut(text, "|")
		want := -1
		if ok {
			want = len(before)
		}
		if got := FirstWithoutToken(before + after); got != want {
			t.Errorf("%q: %d, want %d", before+after, got, want)
		}
	}
}
