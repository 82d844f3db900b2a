package main

import (
	"os/exec"
	"strconv"
	"testing"
)

// launcher runs a program and prints its largest resident set in KiB. A program
// starts with that of the one that starts it, which is small here.
const launcher = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	if err := cmd.Run(); err != nil {
		panic(err)
	}
	fmt.Print(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
`

// BenchmarkResident reports how much memory one run holds at most.
func BenchmarkResident(b *testing.B) {
	dir := b.TempDir()
	imdslock, launch := goBuild(b, dir, "imdslock", "."), goProgram(b, dir, "launch", launcher)
	peak := 0
	for b.Loop() {
		out, err := exec.Command(launch, imdslock, "--template", "linux").Output()
		if err != nil {
			b.Fatal(err)
		}
		kib, err := strconv.Atoi(string(out))
		if err != nil {
			b.Fatal(err)
		}
		peak = max(peak, kib)
	}
	b.ReportMetric(float64(peak)*1024/1e6, "MB-resident")
}
