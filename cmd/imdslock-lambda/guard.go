package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"
)

// maxAnswer is the largest size of an answer in bytes: the quota "invocation
// payload", 6 MB, of a synchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxAnswer = 6 << 20

// late is the reason why an event fails that takes too long.
const late = "imdslock did not finish in time"

// A function answers events of one kind.
type function interface {
	// Answer answers an event, before the context ends. The error is for
	// Lambda: it counts, and is tried again where the caller does not wait.
	Answer(ctx context.Context, event []byte) ([]byte, error)
	// Fail answers an event, whatever is in it, that it failed, and why.
	Fail(ctx context.Context, event []byte, why string) ([]byte, error)
}

// A guard keeps a function within its bounds: if it panics, takes too long or
// answers too much, the answer is a failure, and the next event is served.
// Without it a panic would end the process, and the caller would be told only
// that.
type guard struct {
	function
	margin time.Duration // left of an event's time to answer that it failed
	log    io.Writer
}

// An outcome is how a function ended.
type outcome struct {
	answer []byte
	err    error
	failed string // why the function itself cannot answer
}

// Invoke answers an event of Lambda.
func (g guard) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	// What runs on after its time must not see the buffer's next event.
	event := bytes.Clone(payload)
	inTime, cancel := g.before(ctx)
	defer cancel()
	ended := make(chan outcome, 1)
	go func() { ended <- g.answer(inTime, event) }()
	var o outcome
	select {
	case o = <-ended:
		if o.err != nil && inTime.Err() != nil {
			o.failed = late
		}
	case <-inTime.Done():
		o.failed = late
	}
	if len(o.answer) > maxAnswer {
		o.failed = fmt.Sprintf("imdslock's answer has %d bytes: Lambda takes %d", len(o.answer), maxAnswer)
	}
	if o.failed == "" {
		return o.answer, o.err
	}
	fmt.Fprintln(g.log, o.failed)
	return g.Fail(ctx, event, o.failed)
}

// before returns a context that ends while there is time to answer that it did.
func (g guard) before(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	margin := min(g.margin, time.Until(deadline)/4)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// answer calls the function, and turns a panic in it into an outcome. Only the log
// says what panicked, since others read the answer.
func (g guard) answer(ctx context.Context, event []byte) (o outcome) {
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(g.log, "panic: %v\n%s", cause, debug.Stack())
			o = outcome{failed: "imdslock itself failed; the function's log says where"}
		}
	}()
	answer, err := g.Answer(ctx, event)
	return outcome{answer: answer, err: err}
}
