package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// A module is a module that is linked into a binary, with its licence terms.
type module struct {
	path, version, sum string
	licences           []string // SPDX identifiers
	texts              []file   // as the module has them
}

// modules returns Go's standard library, and then the modules that a binary's
// build info names.
func (r release) modules(info *debug.BuildInfo) ([]module, error) {
	all := []module{{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")}}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	folders := []string{strings.TrimSpace(string(root))}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		all = append(all, module{path: m.Path, version: m.Version, sum: m.Sum})
		folders = append(folders, "")
	}
	if err := r.findFolders(all, folders); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].texts, all[i].licences, err = readLicences(folders[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].path, err)
		}
	}
	return all, nil
}

// findFolders asks the go command where modules are.
func (r release) findFolders(all []module, folders []string) error {
	cmd := exec.Command("go", "list", "-m", "-json=Path,Dir")
	for _, m := range all[1:] {
		cmd.Args = append(cmd.Args, m.path)
	}
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list -m: %w", err)
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var found struct{ Path, Dir string }
		if err := decoder.Decode(&found); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		is := func(m module) bool { return m.path == found.Path }
		folders[slices.IndexFunc(all, is)] = found.Dir
	}
}

// isLicence matches the names of files with licence terms.
var isLicence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// readLicences returns the files with terms at the top of a module, and which
// licences they are, by their texts. It returns an error if it recognises none: what
// is passed on must say under which terms.
func readLicences(folder string) (texts []file, ids []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) == ".go" || !isLicence.MatchString(e.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		texts = append(texts, file{e.Name(), content, 0o644})
		for _, match := range licensecheck.Scan(content).Match {
			isPatent := strings.HasPrefix(match.ID, "GooglePatent") // a grant beside the licence, without an identifier of SPDX
			if !match.IsURL && !isPatent && !slices.Contains(ids, match.ID) {
				ids = append(ids, match.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil, fmt.Errorf("no licence that is known is in %s", folder)
	}
	slices.Sort(ids)
	return texts, ids, nil
}

// thirdParty returns the terms of all modules in one text.
func thirdParty(all []module) []byte {
	var b bytes.Buffer
	b.WriteString("imdslock is made of these modules as well, which come under their own terms.\n")
	for _, m := range all {
		fmt.Fprintf(&b, "\n%s\n%s %s (%s)\n", strings.Repeat("=", 80), m.path, m.version, strings.Join(m.licences, ", "))
		for _, text := range m.texts {
			fmt.Fprintf(&b, "%s\n%s\n\n%s\n", strings.Repeat("-", 80), text.name, bytes.TrimSpace(text.content))
		}
	}
	return b.Bytes()
}
