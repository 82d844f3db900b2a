package main

import (
	"errors"
	"runtime"
	"sync"
)

// inParallel does the work for every source, on all cores, and returns the
// results in the order of the sources, or all errors in that order. It counts
// them, and ends the counting.
func inParallel[R any](counted *progress, all []source, work func(source) (R, error)) ([]R, error) {
	results := make([]R, len(all))
	failures := make([]error, len(all))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		workers.Go(func() {
			for i := range next {
				results[i], failures[i] = work(all[i])
				counted.step()
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	workers.Wait()
	counted.end()
	return results, errors.Join(failures...)
}
