package cfn

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

func TestDocuments(t *testing.T) {
	for _, test := range []struct {
		src   string
		texts []string
		lines []int
	}{
		{"", []string{""}, []int{1}},
		{"a: 1\n", []string{"a: 1\n"}, []int{1}},
		{"---\na: 1\n", []string{"---\na: 1\n"}, []int{1}},
		{"# x\n---\na: 1\n---\nb: 2\n", []string{"# x\n---\na: 1\n", "---\nb: 2\n"}, []int{1, 4}},
		{"a: 1\n...\n# end\n", []string{"a: 1\n...\n# end\n"}, []int{1}},
		{"a: 1\r\n--- {b: 2}\r\n---\r\n", []string{"a: 1\r\n", "--- {b: 2}\r\n", "---\r\n"}, []int{1, 2, 3}},
		{"---\n---\na: 1\n---\n# end\n", []string{"---\n", "---\na: 1\n", "---\n# end\n"}, []int{1, 2, 4}},
		{"---\u0085a: 1\u0085---\u2028b: 2", []string{"---\u0085a: 1\u0085", "---\u2028b: 2"}, []int{1, 3}},
		{"%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n", []string{"%YAML 1.1\n---\na: 1\n...\n", "%YAML 1.1\n---\nb: 2\n"}, []int{1, 5}},
		{"\uFEFFa: |\n  ---\n ...\n--- x\n---y: 1\n", []string{"\uFEFFa: |\n  ---\n ...\n", "--- x\n---y: 1\n"}, []int{1, 4}},
	} {
		var texts []string
		var lines []int
		for _, d := range Documents(test.src) {
			texts, lines = append(texts, d.Text), append(lines, d.Start.Line)
		}
		if diff := cmp.Diff(test.texts, texts); diff != "" {
			t.Errorf("%q: -want +got\n%s", test.src, diff)
		}
		if diff := cmp.Diff(test.lines, lines); diff != "" {
			t.Errorf("%q: -want +got\n%s", test.src, diff)
		}
	}
}

func TestDocumentPlaces(t *testing.T) {
	src := "a: ä\n---\nb:\n  c: 1\n---\nd: [\n"
	all := Documents(src)
	second, err := all[1].Parse()
	if err != nil {
		t.Fatal(err)
	}
	got := all[1].Place(second.Position(second.Root().Get("b", "c").Span.Start))
	if want := (Position{strings.Index(src, "1"), 4, 6}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	var at *Error
	if _, err = all[2].Parse(); !errors.As(err, &at) || at.Line < 6 {
		t.Errorf("got %v", err)
	}
}

// FuzzDocuments holds the texts to the stream, and their number to yaml.v3's
// count of documents.
func FuzzDocuments(f *testing.F) {
	for _, src := range []string{"a: 1\n---\nb: 2\n", "# x\n--- |\n ---\n...\n", "\uFEFF--- \n- a\n---\n- b"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		all := Documents(src)
		var joined strings.Builder
		for _, d := range all {
			joined.WriteString(d.Text)
		}
		if joined.String() != src {
			t.Fatal("the texts do not come to the stream")
		}
		if (&Template{src: src}).checkText() != nil {
			return // which is refused whole
		}
		decoder := yaml.NewDecoder(strings.NewReader(src))
		n := 0
		for {
			var node yaml.Node
			err := decoder.Decode(&node)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			n++
		}
		for _, d := range all {
			if d.Empty {
				continue
			}
			if err := yaml.Unmarshal([]byte(d.Text), new(yaml.Node)); err != nil {
				t.Fatalf("%q alone: %v", d.Text, err)
			}
		}
		if n != len(all) && !(n == 0 && all[0].Empty) && !all[len(all)-1].Empty {
			t.Fatalf("%d documents, yaml.v3 has %d", len(all), n)
		}
	})
}
