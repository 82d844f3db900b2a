package userdata

import (
	"strings"
	"testing"
)

// TestHostile reads texts that would make a careless reader slow: nothing that EC2
// takes may take long.
func TestHostile(t *testing.T) {
	fill := func(before, piece, after string) string {
		return before + strings.Repeat(piece, (MaxSize-len(before)-len(after))/len(piece)) + after
	}
	for name, text := range map[string]string{
		"aliases":       fill("#cloud-config\nx: &x ["+strings.Repeat("a,", 3000)+"]\nruncmd: [", "*x,", "]\n"),
		"one long line": fill("#cloud-config\nruncmd: [", "a,", "]\n"),
		"markers":       fill("#!/bin/sh\n", Begin+"\n"+End+"\n", ""),
		"nesting":       "MIME-Version: 1.0\n" + fill("", "Content-Type: multipart/mixed; boundary=B\n\n--B\n", ""),
		"escapes":       fill("MIME-Version: 1.0\nContent-Type: text/cloud-config\nContent-Transfer-Encoding: quoted-printable\n\nruncmd: [", "=61,", "]\n"),
		"doubled":       fill("#!/bin/sh\nA=http://169.254.169.254/latest/\n", "A=$A$A\n", "curl $A\n"),
		"rules by hand": "#!/bin/sh\n" + strings.Repeat("iptables -t raw -I PREROUTING -d 169.254.169.254 -j DROP\n", 260),
		"substitutions": fill("#!/bin/sh\n", "A=$(", "curl 169.254.169.254/latest/"+strings.Repeat(")", 3000)+"\n"),
		"boothooks":     "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n" + fill("", "--B\nContent-Type: text/cloud-boothook\n\na\n", "--B--\n"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, mode := range []Mode{AWS, Strict} {
				Judge(text, Block{Mode: mode})
				if p, err := Protect(text, Block{Mode: mode}); err == nil {
					Judge(Apply(text, p.Changes), Block{Mode: mode})
				}
			}
		})
	}
}
