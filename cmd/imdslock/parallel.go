package main

import (
	"errors"
	"runtime"
	"sync"
)

// inParallel does the work for every source, on all cores, and returns the
// results in the order of the sources, or all errors in that order.
func inParallel[R any](all []source, work func(source) (R, error)) ([]R, error) {
	results := make([]R, len(all))
	failures := make([]error, len(all))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		workers.Go(func() {
			for i := range next {
				results[i], failures[i] = work(all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, errors.Join(failures...)
}
