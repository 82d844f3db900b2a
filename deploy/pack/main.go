// Command pack puts a program into a ZIP file for AWS Lambda, as its only file,
// bootstrap: pack PROGRAM ZIP. The same program gives the same ZIP file.
//
// https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
)

func main() { os.Exit(run(os.Args)) }

func run(args []string) int {
	if len(args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack PROGRAM ZIP")
		return 2
	}
	program, err := os.ReadFile(args[1])
	if err == nil {
		err = os.WriteFile(args[2], pack(program), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack: "+err.Error())
		return 2
	}
	return 0
}

// pack returns a ZIP file with a program that everybody may run. It has no time
// of its own: that would be another ZIP file each time.
func pack(program []byte) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	// A buffer takes whatever is written to it.
	f, _ := w.CreateHeader(header)
	_, _ = f.Write(program)
	_ = w.Close()
	return out.Bytes()
}
