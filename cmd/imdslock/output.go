package main

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/imdslock/imdslock/internal/message"
)

// writeJSON writes a document for machines, which people can read too, and which does
// nothing to their terminals.
func writeJSON(document any, stdout io.Writer) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return err
	}
	_, err := stdout.Write(message.SafeJSON(b.Bytes()))
	return err
}
