package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/imdslock/imdslock/templates"
)

// BenchmarkFolder patches a folder of 2,000 templates, on one core and on all.
func BenchmarkFolder(b *testing.B) {
	linux, err := templates.Reference("linux")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	const files = 2000
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.yaml", i)), linux, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, cores := range []int{1, runtime.NumCPU()} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			b.SetBytes(int64(files * len(linux)))
			for b.Loop() {
				var stderr bytes.Buffer
				if status := run([]string{"imdslock", "--list", dir}, nil, io.Discard, &stderr); status != exitDifference {
					b.Fatalf("exit status %d: %s", status, &stderr)
				}
			}
		})
	}
}

// goBuild builds a package or a file as the command is built, and returns the
// program.
func goBuild(b *testing.B, dir, name, pkg string) string {
	b.Helper()
	bin := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-tags=urfave_cli_no_docs", "-ldflags=-s -w", "-o", bin, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// goProgram builds a program of one file.
func goProgram(b *testing.B, dir, name, src string) string {
	b.Helper()
	file := filepath.Join(dir, name+".go")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		b.Fatal(err)
	}
	return goBuild(b, dir, name, file)
}

// BenchmarkProcess runs the command from its start to its end, and a program of
// the same build flags that does nothing, for comparison.
func BenchmarkProcess(b *testing.B) {
	dir := b.TempDir()
	hello := goProgram(b, dir, "hello", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello, world\") }\n")
	imdslock := goBuild(b, dir, "imdslock", ".")
	for _, test := range []struct {
		name string
		args []string
	}{
		{"hello", []string{hello}},
		{"version", []string{imdslock, "--version"}},
		{"patch", []string{imdslock, "--template", "linux"}},
	} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(test.args[0], test.args[1:]...).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
