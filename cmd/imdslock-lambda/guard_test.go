package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/imdslock/imdslock/internal/runtimetest"
)

// actAs in the environment makes the test's own program a function that does
// what no template makes the real one do.
const actAs = "IMDSLOCK_ACT_AS"

func act(string) int {
	lambda.StartWithOptions(guard{function: actor{}, margin: 50 * time.Millisecond, log: os.Stderr})
	return 1
}

// An actor does what an event says.
type actor struct{}

func (actor) Answer(ctx context.Context, event []byte) ([]byte, error) {
	switch string(event) {
	case "panic":
		panic("the engine's own words")
	case "index":
		return event[:cap(event)+1], nil
	case "sleep":
		time.Sleep(time.Minute)
	case "wait":
		<-ctx.Done()
		return nil, ctx.Err()
	case "linger":
		<-ctx.Done()
		time.Sleep(600 * time.Millisecond) // into the next event
		fmt.Fprintf(os.Stderr, "it was %s\n", event)
	case "too much":
		return make([]byte, maxAnswer+1), nil
	case "error":
		return nil, io.ErrUnexpectedEOF
	}
	return fmt.Appendf(nil, "answer to %s", event), nil
}

func (actor) Fail(_ context.Context, event []byte, why string) ([]byte, error) {
	return fmt.Appendf(nil, "%s: %s", event, why), nil
}

// TestContained expects a failure as the answer where a function goes out of its
// bounds, the same process to serve the next event, and what panicked to be in
// the log only.
func TestContained(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	i := runtimetest.Start(t, self, "any", actAs+"=function")
	for _, test := range []struct{ event, want string }{
		{"a", "answer to a"},
		{"panic", "panic: imdslock itself failed; the function's log says where"},
		{"b", "answer to b"},
		{"index", "index: imdslock itself failed; the function's log says where"},
		{"sleep", "sleep: imdslock did not finish in time"},
		{"c", "answer to c"},
		{"linger", "linger: imdslock did not finish in time"},
		{"other!", "answer to other!"},
		{"wait", "wait: imdslock did not finish in time"},
		{"too much", "too much: imdslock's answer has 6291457 bytes: Lambda takes 6291456"},
		{"d", "answer to d"},
	} {
		timeout := 5 * time.Minute
		if strings.HasSuffix(test.want, late) {
			timeout = time.Second
		}
		if a := i.Invoke([]byte(test.event), timeout); a.Error != "" || string(a.Body) != test.want {
			t.Errorf("%s: %s %s", test.event, a.Error, a.Body)
		}
	}
	if a := i.Invoke([]byte("error"), 5*time.Minute); a.Error == "" || !strings.Contains(string(a.Body), io.ErrUnexpectedEOF.Error()) {
		t.Errorf("an error is not one for Lambda: %s %s", a.Error, a.Body)
	}
	for !strings.Contains(i.Log(), "it was ") {
		time.Sleep(10 * time.Millisecond)
	}
	if log := i.Log(); !strings.Contains(log, "it was linger\n") {
		t.Errorf("what runs on after its time sees another event:\n%s", log)
	}
	if log := i.Log(); !strings.Contains(log, "panic: the engine's own words") || !strings.Contains(log, "actor.Answer") {
		t.Errorf("the log does not say where it panicked:\n%s", log)
	}
}
