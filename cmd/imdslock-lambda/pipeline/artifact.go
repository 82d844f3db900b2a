package pipeline

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// The bounds of an artifact. A template may have 1 MB, CloudFormation's quota
// "template body size in an S3 object".
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const (
	maxArtifact = 64 << 20 // bytes of the ZIP file, which is held in memory
	maxEntries  = 10_000
	maxFile     = cfn.MaxTemplate // bytes of a file that is read
	maxRead     = 16 << 20        // bytes of all files that are read
)

// An artifact is a ZIP file in which some files are replaced. All others are
// passed on as they are, compressed, and in their order.
type artifact struct {
	reader   *zip.Reader
	files    map[string]*zip.File
	replaced map[string][]byte
	left     int64 // bytes that may still be read
}

// openArtifact reads the directory of a ZIP file. Names that could lead out of
// the folder into which the file is unpacked, names that occur twice, and links are
// errors: what comes later in the pipeline unpacks it.
func openArtifact(content []byte) (*artifact, error) {
	if n := countEntries(content); n > maxEntries {
		return nil, fmt.Errorf("the input artifact has %d files: at most %d are taken", n, maxEntries)
	}
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("the input artifact is not a ZIP file: %w", err)
	}
	a := &artifact{reader: r, files: map[string]*zip.File{}, replaced: map[string][]byte{}, left: maxRead}
	for _, file := range r.File {
		name := strings.TrimSuffix(file.Name, "/")
		switch mode := file.Mode(); {
		case !localName(name):
			return nil, fmt.Errorf("the input artifact has a file with the name %q", file.Name)
		case a.files[name] != nil:
			return nil, fmt.Errorf("the input artifact has two files with the name %s", name)
		case !mode.IsRegular() && !mode.IsDir():
			return nil, fmt.Errorf("%s in the input artifact is not a regular file: it is %s", name, kindOf(mode))
		}
		a.files[name] = file
	}
	return a, nil
}

// The signatures of ZIP ("central directory structure" in section 4.3 of PKWARE's
// APPNOTE.TXT).
const (
	signatureOfEntry = "PK\x01\x02"
	signatureOfEnd   = "PK\x05\x06"
)

// countEntries returns how many entries the directory of a ZIP file has, or a few
// more, without memory for any of them: an entry of 46 bytes takes some hundred
// when it is read.
func countEntries(content []byte) int {
	end := bytes.LastIndex(content, []byte(signatureOfEnd))
	if end < 0 || len(content) < end+16 {
		return bytes.Count(content, []byte(signatureOfEntry))
	}
	start := end - int(binary.LittleEndian.Uint32(content[end+12:])) // the size of the directory
	if start < 0 {
		start = 0 // ZIP64 says it elsewhere
	}
	return bytes.Count(content[start:end], []byte(signatureOfEntry))
}

// localName reports whether a name stays within the folder it is unpacked into,
// on every system.
func localName(name string) bool {
	return fs.ValidPath(name) && name != "." && filepath.IsLocal(name) && !strings.ContainsAny(name, "\\:\x00")
}

func kindOf(mode fs.FileMode) string {
	if mode&fs.ModeSymlink != 0 {
		return "a symbolic link"
	}
	return mode.Type().String()
}

// read returns the content of a file. Its limits apply to the size that comes out, not
// to the one that the directory states.
func (a *artifact) read(name string) ([]byte, error) {
	file, ok := a.files[name]
	if !ok || file.Mode().IsDir() {
		return nil, fmt.Errorf("the input artifact has no file %s", name)
	}
	r, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("%s in the input artifact: %w", name, err)
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, min(maxFile, a.left)+1))
	if err != nil {
		return nil, fmt.Errorf("%s in the input artifact: %w", name, err)
	}
	a.left -= int64(len(content))
	if len(content) > maxFile {
		return nil, fmt.Errorf("%s in the input artifact has more than %d bytes", name, maxFile)
	}
	if a.left < 0 {
		return nil, fmt.Errorf("the templates in the input artifact have more than %d bytes", maxRead)
	}
	return content, nil
}

// replace gives a file new content.
func (a *artifact) replace(name string, content []byte) { a.replaced[name] = content }

// configure sets parameters in a CodePipeline template configuration, which need not
// exist yet.
func (a *artifact) configure(name string, values map[string]string) error {
	var content []byte
	var err error
	if a.files[name] != nil {
		content, err = a.read(name)
	} else {
		err = a.hasRoom(name)
	}
	if err != nil {
		return err
	}
	content, err = transform.SetParameters(content, values)
	if err != nil {
		return errors.New(message.Error(name, err))
	}
	a.replace(name, content)
	return nil
}

// hasRoom returns an error if a new file would be below another file, or other files
// below it: that could not be unpacked.
func (a *artifact) hasRoom(name string) error {
	for other, file := range a.files {
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") && !file.Mode().IsDir() {
			return fmt.Errorf("the input artifact has no room for %s beside %s", name, other)
		}
	}
	return nil
}

// bytes returns the artifact as a ZIP file.
func (a *artifact) bytes() ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if err := w.SetComment(a.reader.Comment); err != nil {
		return nil, fmt.Errorf("writing the output artifact: %w", err)
	}
	for _, file := range a.reader.File {
		content, ok := a.replaced[file.Name]
		if !ok {
			if err := w.Copy(file); err != nil {
				return nil, fmt.Errorf("%s: passing it on: %w", file.Name, err)
			}
			continue
		}
		header := zip.FileHeader{Name: file.Name, Comment: file.Comment, Method: zip.Deflate, Modified: file.Modified, ExternalAttrs: file.ExternalAttrs, CreatorVersion: file.CreatorVersion}
		if err := add(w, &header, content); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.replaced)) {
		if a.files[name] == nil {
			if err := add(w, &zip.FileHeader{Name: name, Method: zip.Deflate}, a.replaced[name]); err != nil {
				return nil, err
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing the output artifact: %w", err)
	}
	return out.Bytes(), nil
}

func add(w *zip.Writer, header *zip.FileHeader, content []byte) error {
	f, err := w.CreateHeader(header)
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		return fmt.Errorf("%s: writing it into the output artifact: %w", header.Name, err)
	}
	return nil
}
