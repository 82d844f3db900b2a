package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progressDelay is how long a run may take before it shows how far it is.
const progressDelay = time.Second

// progress shows how many of several templates are done, on a terminal and
// while it takes long. The zero value shows nothing.
type progress struct {
	mu       sync.Mutex
	terminal io.Writer   // nil if nothing is to be shown
	timer    *time.Timer // until it shows
	isShown  bool
	done, of int
}

// wipe clears the line of the cursor and moves it back to the start (ECMA-48).
const wipe = "\x1b[2K\r"

// start starts to count to total.
func (p *progress) start(opts options, stderr io.Writer, total int) {
	if total < 2 || opts.quiet || !isTerminal(stderr) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.terminal, p.of = stderr, total
	p.timer = time.AfterFunc(progressDelay, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.isShown = p.terminal != nil // or it has ended meanwhile
		p.show()
	})
}

// step counts one.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.show()
}

// show writes the line. The cursor stays at its start, where the next prompt of
// a shell overwrites it if the run is interrupted.
func (p *progress) show() {
	if p.isShown {
		fmt.Fprintf(p.terminal, "%stemplates %d/%d\r", wipe, p.done, p.of)
	}
}

// end wipes the line away, before anything else is printed.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal == nil {
		return
	}
	p.timer.Stop()
	if p.isShown {
		io.WriteString(p.terminal, wipe)
	}
	p.terminal, p.isShown = nil, false
}
