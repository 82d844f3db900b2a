package main

import (
	"os"
	"os/signal"
	"syscall"
)

// endingSignals tells of the signals that ask a process to end. Those that
// whoever started it has it ignore, as nohup does, stay ignored. Writing into a
// closed pipe becomes an error like others.
func endingSignals() <-chan os.Signal {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			signal.Notify(signals, s)
		}
	}
	return signals
}

// signalStatus is the exit status by which shells know the end by a signal.
func signalStatus(sig os.Signal) int {
	if number, ok := sig.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitUsage
}
