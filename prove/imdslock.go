//go:build linux

package prove

import (
	"context"

	"github.com/imdslock/imdslock/transform"
)

// What is judged is called from here alone.

// patched returns what imdslock makes of a template.
func patched(src []byte, opts transform.Options) (transform.Result, error) {
	return transform.Patch(context.Background(), src, opts)
}

// checked returns what imdslock finds open in a template, and cannot judge.
func checked(src []byte) ([]transform.Finding, error) {
	return transform.Check(context.Background(), src, transform.CheckOptions{Options: transform.Defaults()})
}
