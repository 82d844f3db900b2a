package main

import (
	"os"
	"os/signal"
	"syscall"
)

// endingSignals returns the signals that ask a process to end, without those that
// the process was started to ignore, as by nohup.
func endingSignals() (all []os.Signal) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			all = append(all, s)
		}
	}
	return all
}

// signalOf returns the signal that ended a context of signal.NotifyContext, as its
// cause names it.
func signalOf(err error) (os.Signal, bool) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if err.Error() == s.String()+" signal received" {
			return s, true
		}
	}
	return nil, false
}

// signalStatus returns the exit status that shells give to an end by a signal.
func signalStatus(sig os.Signal) int {
	if number, ok := sig.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitUsage
}
