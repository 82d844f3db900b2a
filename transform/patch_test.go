package transform

import (
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform/cfn/edit"
)

// TestInputOffset wants the place in the input of a place in the output, and the
// change that is there.
func TestInputOffset(t *testing.T) {
	change := func(name string, start, end int, text string) Finding {
		e := edit.Edit{New: text}
		e.Start, e.End = start, end
		return Finding{Message: name, Edits: []edit.Edit{e}}
	}
	const in = "abcdefghij"
	r := Result{Findings: []Finding{{Message: "note"}, change("late", 6, 8, ""), change("early", 2, 3, "XYZ")}}
	out, err := edit.Apply([]byte(in), r.Edits())
	if err != nil || string(out) != "abXYZdefij" {
		t.Fatalf("%s, %v", out, err)
	}
	for at, want := range []int{0, 1, 2, 2, 2, 3, 4, 5, 8, 9, 10} {
		if got := r.inputOffset(at, len(in)); got != want {
			t.Errorf("output %d is at %d, want %d", at, got, want)
		}
	}
	if got := r.inputOffset(99, len(in)); got != len(in) {
		t.Errorf("after the end: %d", got)
	}
	for at, want := range map[int]string{0: "late", 2: "early", 5: "early", 6: "late", 9: "late"} {
		if got := r.changeAt(at).Message; got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// TestQuoteFor wants quotes for what YAML would read as another text without them.
func TestQuoteFor(t *testing.T) {
	tmpl := parsed(t, []byte("a: plain\nb: 'single'\nc: \"double\"\nd: [x]\n"))
	for _, test := range []struct {
		value, old string
		want       edit.Quote
	}{
		{"word", "a", edit.Unquoted}, {"a_b.c/d-e1", "a", edit.Unquoted}, {"true", "a", edit.Unquoted}, {"yes", "a", edit.InDoubleQuotes}, {"1.50", "a", edit.InDoubleQuotes},
		{"a b", "a", edit.InDoubleQuotes}, {"a:b", "a", edit.InDoubleQuotes}, {"-a", "a", edit.InDoubleQuotes}, {"12", "a", edit.Unquoted}, {"", "a", edit.InDoubleQuotes},
		{"word", "b", edit.InSingleQuotes}, {"true", "c", edit.InDoubleQuotes}, {"word", "d", edit.InDoubleQuotes}, {"word", "none", edit.InDoubleQuotes},
	} {
		if got := quoteFor(test.value, tmpl.Root().Get(test.old)); got != test.want {
			t.Errorf("%q for %s: got %d, want %d", test.value, test.old, got, test.want)
		}
	}
}

// TestTooManyCombinations wants a template whose conditions are too much to evaluate
// refused for that, and not for what is locked in it.
func TestTooManyCombinations(t *testing.T) {
	var keys, values strings.Builder
	for i := range 300 {
		fmt.Fprintf(&keys, "k%d, ", i)
		fmt.Fprintf(&values, "    k%d: {v: a%d}\n", i, i)
	}
	src := fmt.Sprintf(`Parameters:
  P: {Type: String, AllowedValues: [%[1]s]}
  Q: {Type: String, AllowedValues: [%[1]s]}
Mappings:
  M:
%[2]sConditions:
  C: !Equals [!FindInMap [M, !Ref P, v], !FindInMap [M, !Ref Q, v]]
Resources:
  L:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: !If [C, required, optional], HttpPutResponseHopLimit: 1}
        UserData: !Base64 <powershell>x</powershell>
`, keys.String(), values.String())
	_, err := Patch(t.Context(), []byte(src), Defaults())
	if err == nil || !strings.HasSuffix(err.Error(), ": L: too many combinations of parameter values and conditions to try") {
		t.Errorf("got the error %v", err)
	}
}
