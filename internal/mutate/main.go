// Command mutate changes the source of packages at random, a place at a time,
// and reports the changes that no test notices:
//
//	go run ./internal/mutate [-n 200] [-seed 1] ./transform/...
//
// A mutant is one change: a condition is negated, a boundary moves, a statement
// or a case is dropped, a constant changes, branches are swapped, a function
// returns at once. Those that do not compile do not count. The tests of
// the mutant's own package run first, then those of the named packages that
// import it, until one fails. The working tree stays as it is: a mutant is an
// overlay of the build.
//
// The report has a line for each survivor with its file, its line and a diff,
// and at the end the rate. The exit status is 1 if more than the percentage of
// -max survive, and 2 if there is no answer. The same seed and the same sources
// give the same mutants.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"
)

// errWeak says that too many mutants survived.
var errWeak = errors.New("the tests are too weak")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, errWeak):
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	case err != nil && !errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
}

// options are what the command line says.
type options struct {
	n, workers int
	seed       uint64
	percent    float64
	only       string
	verbose    bool
}

// run parses the command line and reports.
func run(ctx context.Context, args []string) error {
	var o options
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.IntVar(&o.n, "n", 200, "how many `mutants` that compile")
	flags.Uint64Var(&o.seed, "seed", 1, "`seed` of the choice")
	flags.IntVar(&o.workers, "j", 2, "how many mutants at a `time`")
	flags.Float64Var(&o.percent, "max", 10, "how many `percent` may survive")
	flags.StringVar(&o.only, "only", "", "only files whose path has this `part`")
	flags.BoolVar(&o.verbose, "v", false, "print also what noticed each mutant")
	if err := flags.Parse(args); err != nil {
		return err
	}
	packages, err := list(ctx, flags.Args())
	if err != nil {
		return err
	}
	mutants, err := find(packages, o.only)
	if err != nil {
		return err
	}
	fmt.Printf("%d possible changes, seed %d\n", len(mutants), o.seed)
	if err := measure(ctx, reached(mutants)); err != nil {
		return err
	}
	shuffle(mutants, o.seed)
	tally, err := tryAll(ctx, mutants, o)
	if report := tally.report(o.percent); err == nil { // what was tried counts, if it was stopped too
		err = report
	}
	return err
}

// reached returns the packages whose tests mutants can meet.
func reached(mutants []mutant) []*pkg {
	var all []*pkg
	for _, m := range mutants {
		for _, p := range m.pkg.tests {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// shuffle brings mutants into the order of a seed.
func shuffle(mutants []mutant, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(mutants), func(i, k int) { mutants[i], mutants[k] = mutants[k], mutants[i] })
}

// A tally counts what became of mutants.
type tally struct {
	killed, survived, invalid int
}

func (t tally) tried() int { return t.killed + t.survived }

// report prints the rate, and returns an error if it is over the percentage.
func (t tally) report(percent float64) error {
	rate := 100 * float64(t.survived) / float64(max(t.tried(), 1))
	fmt.Printf("%d of %d mutants survive (%.1f %%); %d more do not compile\n", t.survived, t.tried(), rate, t.invalid)
	if rate > percent {
		return fmt.Errorf("%w: more than %g %% survive", errWeak, percent)
	}
	return nil
}

// tryAll tries mutants in their order until n of them compiled. Which these are
// does not depend on the workers: the answers count in the order of the mutants.
func tryAll(ctx context.Context, mutants []mutant, o options) (tally, error) {
	enough := make(chan struct{})
	answers := make([]chan answer, len(mutants))
	for i := range answers {
		answers[i] = make(chan answer, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range o.workers {
		workers.Go(func() {
			for i := range next {
				answers[i] <- try(ctx, mutants[i])
			}
		})
	}
	go func() {
		defer close(next)
		for i := range mutants {
			select {
			case next <- i:
			case <-enough:
				return
			}
		}
	}()
	var sum tally
	var err error
	for i := 0; i < len(mutants) && sum.tried() < o.n && err == nil; i++ {
		err = sum.add(mutants[i], <-answers[i], o.verbose)
	}
	close(enough)
	workers.Wait()
	return sum, err
}

// add counts the answer for a mutant, and prints what it says.
func (t *tally) add(m mutant, a answer, verbose bool) error {
	switch {
	case a.err != nil:
		return a.err
	case a.invalid:
		t.invalid++
	case a.by == "":
		t.survived++
		fmt.Printf("\n%s: survives: %s\n%s", m.place(), m.what, m.diff())
	default:
		t.killed++
		if verbose {
			fmt.Printf("%s: %s: %s in %v\n", m.place(), m.what, a.by, a.took.Round(time.Second))
		}
	}
	return nil
}
