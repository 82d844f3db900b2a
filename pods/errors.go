package pods

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An Error is why an input cannot be read.
type Error struct {
	Place   Place
	Message string
	Hint    string // what to do, or ""
}

// Error returns "FILE:LINE:COLUMN: what is wrong".
func (e *Error) Error() string { return e.Place.String() + ": " + e.Message }

// A tooLargeError is the error for an input of more than limit bytes.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string { return fmt.Sprintf("more than %d bytes", e.limit) }

const kubectlHint = "kubectl get pods,serviceaccounts,daemonsets,deployments,statefulsets,nodes -A -o json prints what this command reads"

// failed gives an error of the decoder its place. It returns an error of the system,
// about reading, as it is.
func (r *reader) failed(err error) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	var large *tooLargeError
	switch {
	case errors.As(err, &large):
		return r.errorAt(r.lines.read-r.skipped, "", large.Error(), "--max-size N raises the limit, as in --max-size 4G")
	case errors.As(err, &semantic):
		return r.errorAt(semantic.ByteOffset, semantic.JSONPointer, mistyped(semantic), "")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return r.errorAt(r.lines.read-r.skipped, "", "the JSON ends too early", "the output of kubectl was cut off: run it again")
	case errors.As(err, &syntactic):
		message := "this is not JSON: " + strings.TrimPrefix(syntactic.Err.Error(), "jsontext: ")
		if errors.Is(err, jsontext.ErrDuplicateName) {
			message = "a member occurs twice in an object"
		}
		return r.errorAt(syntactic.ByteOffset, syntactic.JSONPointer, message, kubectlHint)
	}
	return err
}

// maxPointer is the largest number of bytes of a pointer that an error shows.
const maxPointer = 200

// errorAt returns an error at an offset of what the decoder reads.
func (r *reader) errorAt(offset int64, pointer jsontext.Pointer, message, hint string) *Error {
	if len(pointer) > maxPointer {
		pointer = pointer[:maxPointer] + "…"
	}
	if pointer != "" {
		message = strings.ToValidUTF8(string(pointer), "") + ": " + message
	}
	line, column := r.lines.position(r.skipped + offset)
	return &Error{Place{r.name, line, column, string(pointer)}, message, hint}
}

// mistyped returns the message that a value is of the wrong type.
func mistyped(err *json.SemanticError) string {
	is := map[jsontext.Kind]string{'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "an array"}[err.JSONKind]
	want := "something else"
	if err.GoType != nil {
		switch err.GoType.Kind() {
		case reflect.Bool:
			want = "a boolean"
		case reflect.String:
			want = "a string"
		case reflect.Slice:
			want = "an array"
		case reflect.Struct, reflect.Map, reflect.Pointer:
			want = "an object"
		}
	}
	return fmt.Sprintf("this is %s, where Kubernetes has %s", cmp.Or(is, "a value"), want)
}
