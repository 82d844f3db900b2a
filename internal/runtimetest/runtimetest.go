// Package runtimetest runs a function as AWS Lambda does: a program, started in
// Lambda's environment, that asks a server on loopback for its next event and
// posts the answer there.
//
// The server speaks the Runtime API and holds the program to its order: one
// event at a time, one answer for each.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package runtimetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const prefix = "/2018-06-01/runtime/"

// An Answer is what the program posted for an event.
type Answer struct {
	Body  []byte
	Error string // the type of the error, if it posted one
}

// An invocation is an event on its way.
type invocation struct {
	id       string
	event    []byte
	deadline time.Time
	answer   chan Answer
}

// An Instance is one execution environment: a program and its server.
type Instance struct {
	t       testing.TB
	server  *httptest.Server
	program *exec.Cmd
	log     buffer

	events chan *invocation
	ready  chan time.Duration // from the start to the first request for an event
	inits  chan Answer        // errors of the start
	exited chan struct{}

	mu      sync.Mutex
	started time.Time
	current *invocation
	first   bool // whether the program has asked for an event
	count   int
}

// buffer is a log that is written and read at the same time.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Start starts a program with a handler's name, and with NAME=VALUE pairs besides the
// environment that Lambda gives. The program ends with the test.
func Start(t testing.TB, program, handler string, environment ...string) *Instance {
	t.Helper()
	i := &Instance{t: t, events: make(chan *invocation), ready: make(chan time.Duration, 1), inits: make(chan Answer, 1), exited: make(chan struct{})}
	i.server = httptest.NewServer(http.HandlerFunc(i.serve))
	ctx, cancel := context.WithCancel(context.Background())
	i.program = exec.CommandContext(ctx, program)
	i.program.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(i.server.URL, "http://"),
		"_HANDLER=" + handler,
		"AWS_LAMBDA_FUNCTION_NAME=imdslock", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=ROLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token",
		"LAMBDA_TASK_ROOT=" + os.TempDir(), "TZ=:UTC",
	}, environment...)
	i.program.Stdout, i.program.Stderr = &i.log, &i.log
	i.mu.Lock()
	i.started = time.Now()
	i.mu.Unlock()
	if err := i.program.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = i.program.Wait() // the test ends it by a signal
		close(i.exited)
	}()
	t.Cleanup(func() {
		cancel()
		<-i.exited
		i.server.CloseClientConnections()
		i.server.Close()
	})
	return i
}

// Log returns what the program has printed.
func (i *Instance) Log() string { return i.log.String() }

// PID returns the process ID of the program.
func (i *Instance) PID() int { return i.program.Process.Pid }

// Ready waits for the first request for an event and returns how long after the
// start it came.
func (i *Instance) Ready() time.Duration {
	i.t.Helper()
	select {
	case d := <-i.ready:
		return d
	case <-i.exited:
		i.t.Fatalf("the program has ended:\n%s", i.Log())
	case <-time.After(5 * time.Minute):
		i.t.Fatalf("the program asks for no event:\n%s", i.Log())
	}
	return 0
}

// InitError waits for the program to report that it cannot start and to end,
// and returns the report and the exit status.
func (i *Instance) InitError() (Answer, int) {
	i.t.Helper()
	select {
	case <-i.exited:
	case <-time.After(5 * time.Minute):
		i.t.Fatalf("the program does not end:\n%s", i.Log())
	}
	select {
	case a := <-i.inits:
		return a, i.program.ProcessState.ExitCode()
	default:
		return Answer{}, i.program.ProcessState.ExitCode()
	}
}

// Invoke sends an event, with the time that the function may take, and waits for
// the answer.
func (i *Instance) Invoke(event []byte, timeout time.Duration) Answer {
	i.t.Helper()
	i.count++
	v := &invocation{id: fmt.Sprintf("event-%d", i.count), event: event, deadline: time.Now().Add(timeout), answer: make(chan Answer, 1)}
	late := time.NewTimer(timeout + 5*time.Minute)
	defer late.Stop()
	select {
	case i.events <- v:
	case <-i.exited:
		i.t.Fatalf("%s: the program has ended:\n%s", v.id, i.Log())
	case <-late.C:
		i.t.Fatalf("%s: the program asks for no event:\n%s", v.id, i.Log())
	}
	select {
	case a := <-v.answer:
		return a
	case <-i.exited:
		i.t.Fatalf("%s: the program has ended:\n%s", v.id, i.Log())
	case <-late.C:
		i.t.Fatalf("%s: no answer in time:\n%s", v.id, i.Log())
	}
	return Answer{}
}

// serve answers the program.
func (i *Instance) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, prefix)
	switch {
	case ok && r.Method == http.MethodGet && path == "invocation/next":
		i.next(w, r)
	case ok && r.Method == http.MethodPost && path == "init/error":
		body, _ := io.ReadAll(r.Body)
		i.inits <- Answer{body, r.Header.Get("Lambda-Runtime-Function-Error-Type")}
		w.WriteHeader(http.StatusAccepted)
	case ok && r.Method == http.MethodPost && strings.HasPrefix(path, "invocation/"):
		i.post(w, r, strings.TrimPrefix(path, "invocation/"))
	default:
		i.t.Errorf("the program asks for %s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusNotFound)
	}
}

// next hands out an event.
func (i *Instance) next(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	if !i.first {
		i.first = true
		i.ready <- time.Since(i.started)
	}
	if i.current != nil {
		i.t.Errorf("%s is not answered, and the program asks for another event", i.current.id)
	}
	i.mu.Unlock()
	select {
	case v := <-i.events:
		i.mu.Lock()
		i.current = v
		i.mu.Unlock()
		h := w.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", v.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(v.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:imdslock")
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1")
		h.Set("Content-Type", "application/json")
		w.Write(v.event) // a program that is gone is seen elsewhere
	case <-r.Context().Done():
	case <-i.exited:
	}
}

// post takes the answer for an event.
func (i *Instance) post(w http.ResponseWriter, r *http.Request, path string) {
	body, err := io.ReadAll(r.Body)
	id, kind, _ := strings.Cut(path, "/")
	i.mu.Lock()
	v := i.current
	i.current = nil
	i.mu.Unlock()
	if err != nil || v == nil || v.id != id || kind != "response" && kind != "error" {
		i.t.Errorf("the program posts %s (%v), and that is no answer to an event under way", path, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	a := Answer{Body: body}
	if kind == "error" {
		a.Error = r.Header.Get("Lambda-Runtime-Function-Error-Type")
		if a.Error == "" {
			a.Error = "error"
		}
	}
	v.answer <- a
}
