package userdata

import "strings"

// FirstWithoutToken returns the offset of the first line that asks the metadata
// service for something without a token of IMDSv2, or -1. Text that fetches a
// token anywhere is taken to use it.
func FirstWithoutToken(text string) int {
	if !strings.Contains(text, "/latest/") || strings.Contains(text, "/api/token") {
		return -1
	}
	at := 0
	for line := range strings.Lines(text) {
		comment := strings.HasPrefix(strings.TrimSpace(line), "#")
		for _, address := range [...]string{"169.254.169.254/latest/", "[fd00:ec2::254]/latest/"} {
			if i := strings.Index(line, address); i >= 0 && !comment {
				return at + i
			}
		}
		at += len(line)
	}
	return -1
}
