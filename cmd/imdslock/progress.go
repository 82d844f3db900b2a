package main

import (
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressDelay is how long a run may take before it shows how far it is.
const progressDelay = time.Second

// progress shows how many of several templates are done, on a terminal and
// while it takes long. The zero value shows nothing.
type progress struct {
	mu    sync.Mutex
	bar   *progressbar.ProgressBar // nil where nobody looks
	timer *time.Timer
	done  int
	shown bool
}

// start starts to count to total.
func (p *progress) start(opts options, stderr io.Writer, total int) {
	if total < 2 || opts.quiet || !isTerminal(stderr) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(stderr),
		progressbar.OptionSetDescription("templates"),
		progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionThrottle(50*time.Millisecond),
		progressbar.OptionUseANSICodes(true),
	)
	p.timer = time.AfterFunc(progressDelay, p.show)
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return // it has ended meanwhile
	}
	p.shown = true
	if p.done == 0 {
		p.bar.RenderBlank()
		return
	}
	p.bar.Set(p.done)
}

// step counts one.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if p.shown {
		p.bar.Set(p.done)
	}
}

// end wipes the bar away, before anything else is printed.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return
	}
	p.timer.Stop()
	if p.shown {
		p.bar.Clear()
	}
	p.bar, p.shown = nil, false
}
