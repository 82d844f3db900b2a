package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/runtimetest"
)

// BenchmarkColdStart measures a new instance: from the start of the program to
// its first request for an event, to its first answer, and its memory then.
func BenchmarkColdStart(b *testing.B) {
	for _, handler := range []string{"macro", "hook", "codepipeline"} {
		b.Run(handler, func(b *testing.B) {
			bootstrap, event := program(b, "bootstrap"), macroEvent("1", string(linux(b)), "{}", linuxValues(b, "true"))
			var ready, answered, memory []float64
			for b.Loop() {
				began := time.Now()
				i := runtimetest.Start(b, bootstrap, handler)
				ready = append(ready, i.Ready().Seconds()*1000)
				i.Invoke(event, time.Minute)
				answered = append(answered, time.Since(began).Seconds()*1000)
				memory = append(memory, peak(b, i.PID()))
			}
			b.ReportMetric(median(ready), "ms-to-ready")
			b.ReportMetric(median(answered), "ms-to-answer")
			b.ReportMetric(median(memory), "MB")
		})
	}
}

// BenchmarkEvent measures an event on an instance that is warm, the way over
// loopback included.
func BenchmarkEvent(b *testing.B) {
	fragment := string(linux(b))
	large := strings.Replace(fragment, `"Metadata":{`, `"Metadata":{`+metadata(900<<10), 1)
	for name, fragment := range map[string]string{"linux": fragment, "900kB": large} {
		b.Run(name, func(b *testing.B) {
			i := runtimetest.Start(b, program(b, "bootstrap"), "macro")
			event := macroEvent("1", fragment, "{}", linuxValues(b, "true"))
			var times []float64
			for b.Loop() {
				began := time.Now()
				if a := i.Invoke(event, time.Minute); !strings.HasPrefix(string(a.Body), `{"requestId":"1","status":"success"`) {
					b.Fatalf("%.300s", a.Body)
				}
				times = append(times, time.Since(began).Seconds()*1000)
			}
			b.ReportMetric(median(times), "ms/event")
			b.ReportMetric(processorTime(b, i.PID())/float64(len(times)), "CPU-ms/event")
			b.ReportMetric(peak(b, i.PID()), "MB")
		})
	}
}

// metadata returns pairs of JSON, about as many bytes as asked for.
func metadata(bytes int) string {
	var pairs strings.Builder
	for i := 0; pairs.Len() < bytes; i++ {
		fmt.Fprintf(&pairs, `"K%d":{"Ref":"AWS::Region","List":[1,2,"three"]},`, i)
	}
	return pairs.String()
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// peak returns the most memory that a process has had resident, in MB.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip(err) // not on Linux
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}

// processorTime returns the time that a process has computed, in ms.
func processorTime(b *testing.B, pid int) float64 {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skip(err) // not on Linux
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	var ticks float64
	for _, field := range strings.Fields(after)[11:13] { // utime and stime
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return ticks * 10 // of 100 a second
}
