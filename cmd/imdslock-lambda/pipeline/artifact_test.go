package pipeline

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/awstest"
)

// TestHostileNames expects an artifact refused whose files would not stay in the
// folder that it is unpacked into.
func TestHostileNames(t *testing.T) {
	link := zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	device := zip.FileHeader{Name: "device"}
	device.SetMode(fs.ModeDevice | 0o666)
	for name, hostile := range map[string][]file{
		"up":              {{zip.FileHeader{Name: "../x"}, ""}},
		"up within":       {{zip.FileHeader{Name: "a/../../x"}, ""}},
		"absolute":        {{zip.FileHeader{Name: "/etc/x"}, ""}},
		"backslash":       {{zip.FileHeader{Name: `a\x`}, ""}},
		"drive":           {{zip.FileHeader{Name: "C:x"}, ""}},
		"dot":             {{zip.FileHeader{Name: "./x"}, ""}},
		"double slash":    {{zip.FileHeader{Name: "a//x"}, ""}},
		"empty":           {{zip.FileHeader{Name: "/"}, ""}},
		"NUL":             {{zip.FileHeader{Name: "a\x00b"}, ""}},
		"twice":           {{zip.FileHeader{Name: "x"}, "1"}, {zip.FileHeader{Name: "x"}, "2"}},
		"file and folder": {{zip.FileHeader{Name: "x"}, "1"}, {zip.FileHeader{Name: "x/"}, ""}},
		"link":            {{link, "/etc/passwd"}},
		"device":          {{device, ""}},
	} {
		if _, err := openArtifact(pack(t, append(files(t), hostile...))); err == nil || !strings.Contains(err.Error(), "in the input artifact") && !strings.Contains(err.Error(), "the input artifact has") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := openArtifact(pack(t, files(t))); err != nil {
		t.Error(err)
	}
}

// TestBombs expects files that are larger than they may be, and than they say they
// are, not to be read.
func TestBombs(t *testing.T) {
	bomb := pack(t, []file{{zip.FileHeader{Name: "bomb.yaml", Method: zip.Deflate}, strings.Repeat("x", maxFile+1)}})
	a, err := openArtifact(bomb)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.read("bomb.yaml"); err == nil || !strings.Contains(err.Error(), "has more than 1048576 bytes") {
		t.Error(err)
	}
	// The directory says that it is small.
	lying := bytes.ReplaceAll(bomb, []byte{1, 0, 0x10, 0}, []byte{1, 0, 0, 0})
	if bytes.Equal(lying, bomb) {
		t.Fatal("the size stands elsewhere")
	}
	if a, err := openArtifact(lying); err == nil {
		if content, err := a.read("bomb.yaml"); err == nil {
			t.Errorf("%d bytes were read", len(content))
		}
	}
	var many []file
	var names []string
	for i := range maxRead/maxFile + 1 {
		name := string(rune('a' + i))
		names = append(names, name)
		many = append(many, file{zip.FileHeader{Name: name, Method: zip.Deflate}, strings.Repeat("x", maxFile)})
	}
	if a, err = openArtifact(pack(t, many)); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		_, err := a.read(name)
		if isLast := i == len(names)-1; (err != nil) != isLast {
			t.Errorf("%s: %v", name, err)
		}
	}
	var crowd []file
	for i := range maxEntries + 1 {
		crowd = append(crowd, file{zip.FileHeader{Name: strings.Repeat("d/", i/100) + string(rune('a'+i%100))}, ""})
	}
	if _, err := openArtifact(pack(t, crowd)); err == nil || !strings.Contains(err.Error(), "at most 10000 are taken") {
		t.Error(err)
	}
}

// TestRoom expects a new file to stand where it can be unpacked.
func TestRoom(t *testing.T) {
	a, err := openArtifact(pack(t, append(files(t), file{zip.FileHeader{Name: "conf/dev/a.json"}, "{}"})))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"README.md/c.json":     "the input artifact has no room for README.md/c.json beside README.md",
		"README.md/deep/c":     "the input artifact has no room for README.md/deep/c beside README.md",
		"conf":                 "the input artifact has no room for conf beside conf/dev/a.json",
		"conf/dev":             "the input artifact has no room for conf/dev beside conf/dev/a.json",
		"infra":                "the input artifact has no file infra",
		"infra/c.json":         "",
		"conf/dev/a.json":      "",
		"conf/dev/b.json":      "",
		"new/folder/conf.json": "",
		"README":               "",
	} {
		err := a.configure(name, map[string]string{"DisableIMDSv1": "true"})
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLargeArtifact expects one that does not fit into memory refused while it is
// downloaded.
func TestLargeArtifact(t *testing.T) {
	aws := awstest.New(t)
	run(t, aws, make([]byte, maxArtifact+1), event(t, `{"Templates": "a"}`, ""))
	if got := aws.Told().Request.FailureDetails.Message; got != "the input artifact has more than 67108864 bytes" {
		t.Error(got)
	}
}
