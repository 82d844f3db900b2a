package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

// formula installs an archive with Homebrew, on macOS and Linux.
// https://docs.brew.sh/Formula-Cookbook
var formula = template.Must(template.New("formula").Parse(`class Imdslock < Formula
  desc "Keeps pods off the EC2 instance metadata service"
  homepage "{{.Homepage}}"
  version "{{.Version}}"
  license "MIT-0"
{{range .Systems}}
  on_{{.Name}} do
{{- range .Archives}}
    on_{{.Processor}} do
      url "{{.URL}}"
      sha256 "{{.SHA256}}"
    end
{{- end}}
  end
{{end}}
  def install
    bin.install "imdslock"
    man1.install "imdslock.1"
    bash_completion.install "completion/imdslock.bash" => "imdslock"
    zsh_completion.install "completion/_imdslock"
    fish_completion.install "completion/imdslock.fish"
    doc.install "README.md", "LICENSE", "THIRD_PARTY_LICENSES"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/imdslock --version")
  end
end
`))

type (
	brewSystem struct {
		Name     string
		Archives []brewArchive
	}
	brewArchive struct{ Processor, URL, SHA256 string }

	// A scoopManifest installs an archive with Scoop, on Windows.
	// https://github.com/ScoopInstaller/Scoop/wiki/App-Manifests
	scoopManifest struct {
		Version      string                  `json:"version"`
		Description  string                  `json:"description"`
		Homepage     string                  `json:"homepage"`
		License      string                  `json:"license"`
		Architecture map[string]scoopArchive `json:"architecture"`
		Bin          string                  `json:"bin"`
	}
	scoopArchive struct {
		URL        string `json:"url"`
		Hash       string `json:"hash"`
		ExtractDir string `json:"extract_dir"`
	}
)

// addTaps adds a formula and a manifest for archives that are published below an
// address.
func (r release) addTaps(files map[string][]byte, address string, targets []target) error {
	number, err := r.number()
	if err != nil {
		return err
	}
	address = strings.TrimSuffix(address, "/")
	systems := []brewSystem{{Name: "macos"}, {Name: "linux"}}
	processors := map[string]string{"amd64": "intel", "arm64": "arm"}
	manifest := scoopManifest{number, "Keeps pods off the EC2 instance metadata service", address, "MIT-0", map[string]scoopArchive{}, "imdslock.exe"}
	for _, t := range targets {
		folder := r.folder(t)
		name := folder + archiveEnd(t)
		sum := fmt.Sprintf("%x", sha256.Sum256(files[name]))
		archive := brewArchive{processors[t.arch], address + "/" + name, sum}
		switch t.os {
		case "darwin":
			systems[0].Archives = append(systems[0].Archives, archive)
		case "linux":
			systems[1].Archives = append(systems[1].Archives, archive)
		case "windows":
			manifest.Architecture[map[string]string{"amd64": "64bit", "arm64": "arm64"}[t.arch]] = scoopArchive{archive.URL, sum, folder}
		}
	}
	var b bytes.Buffer
	if err := formula.Execute(&b, map[string]any{"Homepage": address, "Version": number, "Systems": systems}); err != nil {
		return err
	}
	files["imdslock.rb"] = b.Bytes()
	text, err := json.MarshalIndent(manifest, "", "    ")
	if err != nil {
		return err
	}
	files["imdslock.json"] = append(text, '\n')
	return nil
}
