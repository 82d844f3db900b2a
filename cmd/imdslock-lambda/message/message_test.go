package message

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTruncate(t *testing.T) {
	lines := strings.Repeat("a line with é\n", 100)
	for n := 40; n < 120; n++ {
		got := Truncate(lines, n)
		if len(got) > n || !utf8.ValidString(got) || !strings.HasSuffix(got, "é\n(and more)") {
			t.Errorf("%d: %q", n, got)
		}
		if got := Truncate(strings.Repeat("é", 100), n); len(got) > n || !utf8.ValidString(got) || !strings.HasPrefix(got, "éé") {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := Truncate("short", 5); got != "short" {
		t.Errorf("%q", got)
	}
}
