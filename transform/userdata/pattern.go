package userdata

import (
	"regexp"
	"sync"
)

// pattern returns a regular expression that is compiled when first used, so
// that nothing is paid at start-up for what is not needed.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
