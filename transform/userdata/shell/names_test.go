package shell

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is")

// TestNames holds what is taken for granted about programs and files by their
// names to a list that can be read, and reviewed, without the code. Each section
// has the names of which one thing is said: of all others in the list it is not.
func TestNames(t *testing.T) {
	said := map[string]func(string) bool{
		"reads or computes only":                        isReader,
		"changes parts that have nothing to do with it": administers,
		"writes files that its words name":              writes,
		"is about packets":                              aboutPackets,
		"may change the rules or start the kubelet":     Matters,
		"is a shell": isShell,
		"runs nothing of its words and its input": quiet,
		"leaves its standard input":               leavesStdin,
		"is relied on by commands for rules":      reliedOn,
		"is read or run by the node itself":       ReadAtBoot,
		"is in the path of programs":              inProgramPath,
	}
	named := slices.Collect(maps.Values(said))
	said["nothing of these"] = func(name string) bool {
		return !slices.ContainsFunc(named, func(is func(string) bool) bool { return is(name) })
	}
	const file = "testdata/names.txtar"
	list, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, section := range list.Files {
		for name := range strings.FieldsSeq(string(section.Data)) {
			all[name] = true
		}
	}
	got := &txtar.Archive{Comment: list.Comment}
	for _, what := range slices.Sorted(maps.Keys(said)) {
		section := txtar.File{Name: what}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if said[what](name) {
				section.Data = append(section.Data, name+"\n"...)
			}
		}
		got.Files = append(got.Files, section)
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(txtar.Format(list)), string(txtar.Format(got))); diff != "" {
		t.Errorf("-list +code\n%s", diff)
	}
}
