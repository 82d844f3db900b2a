package main

import (
	"os"
	"os/signal"
	"syscall"
)

// endingSignals are those that ask a process to end. One that whoever started
// it has it ignore, as nohup does, is not among them.
func endingSignals() (all []os.Signal) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			all = append(all, s)
		}
	}
	return all
}

// signalOf returns the signal that ended a context of signal.NotifyContext, by
// the cause that it gives.
func signalOf(err error) (os.Signal, bool) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if err.Error() == s.String()+" signal received" {
			return s, true
		}
	}
	return nil, false
}

// signalStatus is the exit status by which shells know the end by a signal.
func signalStatus(sig os.Signal) int {
	if number, ok := sig.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitUsage
}
