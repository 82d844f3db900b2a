package main

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// inParallel does the work for every item, on all cores, and returns the results
// in the order of the items, with the error of each. Done is called after each.
// Once ctx is done, no more is begun.
func inParallel[T, R any](ctx context.Context, items []T, done func(), work func(T) (R, error)) ([]R, []error) {
	results := make([]R, len(items))
	failures := make([]error, len(items))
	if len(items) == 1 { // by far the most frequent case, and a goroutine costs a thread
		results[0], failures[0] = work(items[0])
		return results, failures
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		workers.Go(func() {
			for i := range next {
				if failures[i] = context.Cause(ctx); failures[i] == nil {
					results[i], failures[i] = work(items[i])
				}
				done()
			}
		})
	}
	for i := range items {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, failures
}

// firstCause joins errors, but returns the cause of ctx alone once it is done.
func firstCause(ctx context.Context, failures []error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(failures...)
}
