package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/transform/cfn"
)

// TestTexts wants every string that an expression can make, with the conditions
// under which it makes it, and the names of what is not known.
func TestTexts(t *testing.T) {
	const o = Placeholder
	for _, test := range []struct {
		name, expr string
		want       []string
	}{
		{"a scalar", `"a ${B} ${!C}"`, []string{"a ${B} ${!C}"}},
		{"Sub", `!Sub "a ${B} ${AWS::Region} ${!C} ${D.E}"`, []string{"a " + o + " " + o + " ${C} " + o + " B AWS::Region D.E"}},
		{"an open brace", `!Sub "a ${B"`, []string{"a ${B"}},
		{"a shell's own", `!Sub "${!A:-${B}} $C $(D) ${!E[@]}"`, []string{"${A:-${B}} $C $(D) ${E[@]}"}},
		{"Sub with a list of one", `!Sub ["a ${B}"]`, []string{"a " + o + " B"}},
		{"a variable that is text", `!Sub ["<${V}> ${W}", {V: "a ${b}"}]`, []string{"<a ${b}> " + o + " W"}},
		{"variables in variables", `!Sub ["<${V}>", {V: !Sub ["[${W}]", {W: !Join ["-", [a, !Ref B]]}]}]`, []string{"<[a-" + o + "]> B"}},
		{"a variable that is not known", `!Sub ["<${V}>", {V: !ImportValue x}]`, []string{"<" + o + "> Fn::ImportValue"}},
		{"a variable that is a parameter", `!Sub ["<${V}>", {V: !Ref P}]`, []string{"<" + o + "> P"}},
		{"a variable that chooses", `!Sub ["<${V}>", {V: !If [C, x, !Ref P]}]`, []string{"<x> when C", "<" + o + "> P when not C"}},
		{"Join", `!Join [",", [a, !Ref B, !GetAtt C.D, "${e}"]]`, []string{"a," + o + "," + o + ",${e} B Fn::GetAtt"}},
		{"an item that chooses", `!Join [",", [a, !If [C, b, !Ref D], e]]`, []string{"a,b,e when C", "a," + o + ",e D when not C"}},
		{"no value", `!Join [",", [!If [C, a, !Ref AWS::NoValue], b, !Ref AWS::NoValue]]`, []string{"a,b when C", "b when not C"}},
		{"a list that chooses", `!Join [",", !If [C, [a, b], [c]]]`, []string{"a,b when C", "c when not C"}},
		{"one condition everywhere", `!Join ["", [!If [C, a, b], !Sub ["${V}", {V: !If [C, c, d]}], !If [C, e, f]]]`, []string{"ace when C", "bdf when not C"}},
		{"two conditions", `!Join ["", [!If [C, a, b], !If [D, c, d]]]`, []string{"ac when C, D", "ad when C, not D", "bc when not C, D", "bd when not C, not D"}},
		{"one within another", `!If [C, !If [D, a, b], c]`, []string{"a when C, D", "b when C, not D", "c when not C"}},
		{"around the whole", `!If [C, !Sub "a", !Ref AWS::NoValue]`, []string{"a when C", o + " AWS::NoValue when not C"}},
		{"not text", `!FindInMap [a, b, c]`, []string{o + " Fn::FindInMap"}},
		{"not a list", `!Join ["", !Split [",", "a,b"]]`, []string{o + " Fn::Join"}},
		{"Sub that is empty", `!Sub ""`, []string{""}},
		{"Sub that is none", `!Sub {A: b}`, []string{o + " Fn::Sub"}},
		{"a variable that is a list", `!Sub ["<${V}>", {V: [a]}]`, []string{"<" + o + "> a list"}},
		{"a variable that is a mapping", `!Sub ["<${V}>", {V: {a: b}}]`, []string{"<" + o + "> a mapping"}},
		{"Ref of nothing", `!Join ["", [!Ref "", a]]`, []string{o + "a Ref"}},
		{"Join of three", `!Join ["", [a], b]`, []string{o + " Fn::Join"}},
		{"a delimiter that is a function", `!Join [!Ref A, [b]]`, []string{o + " Fn::Join"}},
		{"a choice without a value in a variable", `!Sub ["<${V}>", {V: !If [C, x, !Ref AWS::NoValue]}]`, []string{"<x> when C", "<" + o + "> AWS::NoValue when not C"}},
		{"an If by a function", `!If [!Sub C, a, b]`, []string{o + " Fn::If"}},
		{"an If that is none", `!Join ["", [a, !If [C, b]]]`, []string{"a" + o + " Fn::If"}},
		{"JSON", `{"Fn::Join": ["\n", ["a", {"Fn::If": ["C", {"Fn::Sub": "${B}"}, {"Ref": "AWS::NoValue"}]}, {"Fn::Sub": ["${V}", {"V": "\u00e9"}]}]]}`,
			[]string{"a\n" + o + "\né B when C", "a\né when not C"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := "v: " + test.expr + "\n"
			if strings.HasPrefix(test.expr, "{") {
				src = `{"v": ` + test.expr + "}"
			}
			tmpl := parse(t, src)
			texts, err := Texts(tmpl, tmpl.Root().Get("v"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range texts {
				s := x.String
				for _, name := range names(x, 0, len(s)) {
					s += " " + name
				}
				if under := x.Conditions(); under != "" {
					s += " when " + under
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestTextsBound wants an error at the Fn::If with which there are too many.
func TestTextsBound(t *testing.T) {
	join := func(n int) string {
		var b strings.Builder
		b.WriteString("v: !Join\n  - ''\n  - - x\n")
		for i := range n {
			fmt.Fprintf(&b, "    - !If [C%d, a, b]\n", i)
		}
		return b.String()
	}
	tmpl := parse(t, join(6))
	if texts, err := Texts(tmpl, tmpl.Root().Get("v")); err != nil || len(texts) != maxTexts {
		t.Errorf("%d texts, %v", len(texts), err)
	}
	for _, n := range []int{7, 500} {
		tmpl := parse(t, join(n))
		_, err := Texts(tmpl, tmpl.Root().Get("v"))
		if e, ok := err.(*cfn.Error); !ok || e.Message != "more than 64 texts are possible here" || e.Line < 4 || e.Column != 12 || e.Hint == "" {
			t.Errorf("with %d: got %v", n, err)
		}
	}
}

// TestTextReplace puts text into the place of a part, and wants the source after
// it or the error.
func TestTextReplace(t *testing.T) {
	const o = Placeholder
	for _, test := range []struct{ name, expr, old, text, want string }{
		{"a shell variable in Sub", `!Sub "a b"`, "b", "${c} $d", `!Sub "a ${!c} $d"`},
		{"one in a scalar", `"a b"`, "b", "${c}", `"a ${c}"`},
		{"an open brace in Sub", `!Sub "a b"`, "b", "${c", `!Sub "a ${c"`},
		{"a brace after a dollar", `!Sub "a $b"`, "b", "{c}", `1:13: the text would be read as a variable of Fn::Sub here`},
		{"after a literal", `!Sub "a ${!B} c"`, "c", "d", `!Sub "a ${!B} d"`},
		{"within a literal", `!Sub "a ${!B} c"`, "B", "D", `!Sub "a ${!D} c"`},
		{"a placeholder kept", `!Sub "a ${B} c ${D}"`, "a " + o + " c", "x" + o + "y", `!Sub "x${B}y ${D}"`},
		{"two kept", `!Sub "a ${B} c ${D}"`, "a " + o + " c " + o, o + "-" + o, `!Sub "${B}-${D}"`},
		{"all taken away", `!Sub "a ${B} c ${D}"`, o + " c " + o, "", `!Sub "a "`},
		{"between two variables", `!Sub "${A}${B}"`, "", "x", `!Sub "x${A}${B}"`},
		{"part of a placeholder's bytes stays", `!Sub "a${B}c"`, "c", "", `!Sub "a${B}"`},
		{"an expression that is not text", `!Ref A`, o, "x", `1:4: the place is in no text that the template shows`},
		{"two variables that changed places", `!Sub "${A}-${B}"`, o + "-" + o, o, `1:10: the new text has parts that only the deployment knows, and not those of the old`},
		{"one of two", `!Sub "a ${B} c ${D}"`, o + " c " + o, o, `1:12: the new text has parts that only the deployment knows, and not those of the old`},
		{"a line copied", "!Sub |\n  --${B}\n  x\n  --${B}\n", "x\n", "y\n--" + o + "\nx\n", "!Sub |\n  --${B}\n  y\n  --${B}\n  x\n  --${B}\n"},
		{"one that may be two", "!Sub |\n  --${B}\n  x\n  --${C}\n", "x\n", "y\n--" + o + "\n", "3:3: the new text has parts that only the deployment knows, and not those of the old"},
		{"within a variable of the map", `!Sub ["a ${V} b", {V: 'c d'}]`, "d", "it's", `!Sub ["a ${V} b", {V: 'c it''s'}]`},
		{"over its end", `!Sub ["a ${V} b", {V: 'c d'}]`, "d b", "x", `1:29: the place is in no text that the template shows`},
		{"one that stands twice", `!Sub ["${V} ${V}", {V: x}]`, "x", "y", `1:27: this text is used more than once in the string that must change`},
		{"items that stand twice", `!Sub ["${V}${V}", {V: !Join ["", ["a\n", "b\n"]]}]`, "b\n", "x\nb\n", `1:45: this text is used more than once in the string that must change`},
		{"an item of one condition", `!Join ["", ["a\n", !If [C, "b\n", "c\n"], "d\n"]]`, "b", "x", `!Join ["", ["a\n", !If [C, "x\n", "c\n"], "d\n"]]`},
		{"before an item that chooses", `!Join ["", ["a\n", !If [C, "b\n", "c\n"], "d\n"]]`, "", "x\n", `!Join ["", ["x\n", "a\n", !If [C, "b\n", "c\n"], "d\n"]]`},
		{"items that depend on a condition", `!Join ["", ["a\n", !If [C, "b\n", "c\n"], "d\n"]]`, "a\nb\n", "", `1:17: the place is in no text that the template shows`},
		{"JSON", `{"Fn::Sub": "a\n${B}\tc"}`, o + "\tc", "${d}" + o + "\"", `{"Fn::Sub": "a\n${!d}${B}\""}`},
		{"JSON in a map", `{"Fn::Sub": ["a${V}", {"V": "b\nc"}]}`, "b", "x\n\t", `{"Fn::Sub": ["a${V}", {"V": "x\n\t\nc"}]}`},
		{"an empty one in quotes", `''`, "", "x\ny", "'x\n\n   y'"},
		{"folded", "!Sub >\n  a\n\n  b\n", "b\n", "c\nd\n", "!Sub >\n  a\n\n  c\n\n  d\n"},
		{"what a folded scalar cannot hold", "!Sub >\n  a\n\n    b\n", "a\n", "a\n\tc\n", "1:9: the block scalar cannot take these lines at this place in the way it is written"},
		{"a list over lines", "!Join ['', ['a\n\n  ', 'b\n\n  ']]", "b\n", "x\ny\nb\n", "!Join ['', ['a\n\n  ', 'x\n\n     y\n\n     b\n\n     ']]"},
		{"lines of their own", "!Join ['', [\"a\\n\", 'b\n\n    ', c]]", "c", "", "!Join ['', [\"a\\n\", 'b\n\n    ', \"\"]]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := "v: "
			if strings.HasPrefix(test.expr, "{") {
				before = `{"v": `
			}
			after := map[string]string{"v: ": "\n", `{"v": `: "}"}[before]
			tmpl := parse(t, before+test.expr+after)
			x := textOf(t, tmpl, tmpl.Root().Get("v"))
			at := strings.Index(x.String, test.old)
			if at < 0 {
				t.Fatalf("%q is not in %q", test.old, x.String)
			}
			got := apply(t, tmpl, func() (Edit, error) { return x.Replace(at, at+len(test.old), test.text) })
			got = strings.TrimSuffix(strings.TrimPrefix(got, before), after)
			if diff := cmp.Diff(strings.TrimSuffix(test.want, "\n"), strings.TrimSuffix(got, "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestInsertItems wants the lines that are inserted into a list over several lines
// to be items on lines of their own, in the indentation of the others.
func TestInsertItems(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"scalars that go over lines", "v: !Join\n- ''\n- ['a\n\n    ', 'b\n\n    ', !Ref C]\n", "v: !Join\n- ''\n- ['a\n\n    ',\n    \"x\\n\",\n    \"y\\n\",\n    'b\n\n    ', !Ref C]\n"},
		{"an item a line", "v: !Join\n- ''\n- [\n    \"a\\n\",\n    \"b\\n\"\n  ]\n", "v: !Join\n- ''\n- [\n    \"a\\n\",\n    \"x\\n\",\n    \"y\\n\",\n    \"b\\n\"\n  ]\n"},
		{"one line", "v: !Join ['', [\"a\\n\", \"b\\n\"]]\n", "v: !Join ['', [\"a\\n\", \"x\\n\", \"y\\n\", \"b\\n\"]]\n"},
		{"a block", "v: !Join\n- ''\n- - \"a\\n\"\n  - \"b\\n\"\n", "v: !Join\n- ''\n- - \"a\\n\"\n  - \"x\\n\"\n  - \"y\\n\"\n  - \"b\\n\"\n"},
		{"an empty item", "v: !Join\n- ''\n- - \"a\\n\"\n  -\n  - \"b\\n\"\n", "v: !Join\n- ''\n- - \"a\\n\"\n  - \"x\\n\"\n  - \"y\\n\"\n  - \n  - \"b\\n\"\n"},
		{"JSON", "{\"v\": {\"Fn::Join\": [\"\", [\n  \"a\\n\",\n  \"b\\n\"\n]]}}\n", "{\"v\": {\"Fn::Join\": [\"\", [\n  \"a\\n\",\n  \"x\\n\",\n  \"y\\n\",\n  \"b\\n\"\n]]}}\n"},
		{"a delimiter", "v: !Join [\"\\n\", [a, b]]\n", "v: !Join [\"\\n\", [a, \"x\", \"y\", b]]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, test.src)
			x := textOf(t, tmpl, tmpl.Root().Get("v"))
			got := apply(t, tmpl, func() (Edit, error) { return x.Replace(2, 2, "x\ny\n") })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestReplaceItems puts text into the place of whole items, or leaves them where
// lines are not items.
func TestReplaceItems(t *testing.T) {
	for _, test := range []struct{ name, expr, old, text, want string }{
		{"one by two", `!Join ["", ["a\n", "b\n", "c\n"]]`, "b\n", "x\ny\n", "v: !Join [\"\", [\"a\\n\", \"x\\n\", \"y\\n\", \"c\\n\"]]"},
		{"two by one", `!Join ["", ["a\n", "b\n", "c\n"]]`, "a\nb\n", "x\n", "v: !Join [\"\", [\"x\\n\", \"c\\n\"]]"},
		{"two by nothing", `!Join ["", ["a\n", "b\n", "c\n"]]`, "a\nb\n", "", "v: !Join [\"\", [\"c\\n\"]]"},
		{"the last", `!Join ["", ["a\n", "b\n"]]`, "b\n", "x\n", "v: !Join [\"\", [\"a\\n\", \"x\\n\"]]"},
		{"a line end for a delimiter", `!Join ["\n", [a, b, c]]`, "b\n", "x\ny\n", "v: !Join [\"\\n\", [a, \"x\", \"y\", c]]"},
		{"CRLF for a delimiter", `!Join ["\r\n", [a, b, c]]`, "b\r\n", "x\r\ny\r\n", "v: !Join [\"\\r\\n\", [a, \"x\", \"y\", c]]"},
		{"another line end than the delimiter", `!Join ["\r\n", [a, b, c]]`, "b", "x\ny", "v: !Join [\"\\r\\n\", [a, \"x\\ny\", c]]"},
		{"a delimiter that no line ends in", `!Join [" ", ["a\n", "b\n"]]`, "b\n", "x\n", "v: !Join [\" \", [\"a\\n\", \"x\\n\"]]"},
		{"a delimiter of two line ends", `!Join ["\n\n", [a, b]]`, "b", "x\n\n", "v: !Join [\"\\n\\n\", [a, \"x\\n\\n\"]]"},
		{"within such a delimiter", `!Join ["\n\n", [a, b]]`, "\nb", "x\n\nb", "1:4: the place is in no text that the template shows"},
		{"part of a line", `!Join ["", ["a\n", "b\n"]]`, "b", "x", "v: !Join [\"\", [\"a\\n\", \"x\\n\"]]"},
		{"a placeholder's item", `!Join ["", ["a\n", !Ref B, "c\n"]]`, "a\n", "x\n", "v: !Join [\"\", [\"x\\n\", !Ref B, \"c\\n\"]]"},
		{"a placeholder in the new text", `!Join ["", ["a\n", !Sub "${B}\n"]]`, "\uFFFC\n", "x\n\uFFFC\n", "v: !Join [\"\", [\"a\\n\", !Sub \"x\\n${B}\\n\"]]"},
		{"over a list within", `!Join ["", ["a\n", !Join ["", ["b\n", "c\n"]], "d\n"]]`, "b\n", "x\n", "v: !Join [\"\", [\"a\\n\", !Join [\"\", [\"x\\n\", \"c\\n\"]], \"d\\n\"]]"},
		{"at the end of a list within", `!Join ["", ["a\n", !Join ["", ["b\n", "c\n"]], "d\n"]]`, "a\nb\n", "x\n", "1:17: the place is in no text that the template shows"},
		{"items without spaces", `!Join ["",["a\n","b\n","c\n"]]`, "b\n", "x\ny\n", "v: !Join [\"\",[\"a\\n\",\"x\\n\",\"y\\n\",\"c\\n\"]]"},
		{"items with spaces before commas", `!Join ["", ["a\n" ,"b\n" ,"c\n"]]`, "b\n", "x\ny\n", "v: !Join [\"\", [\"a\\n\" ,\"x\\n\",\"y\\n\",\"c\\n\"]]"},
		{"an item of a block", "!Join\n- ''\n- - \"a\\n\"\n  - \"b\\n\" # b\n  - \"c\\n\"\n", "b\n", "x\ny\n", "v: !Join\n- ''\n- - \"a\\n\"\n  - \"x\\n\"\n  - \"y\\n\"\n  - \"c\\n\"\n"},
		{"a block in which a comment is", "!Join\n- ''\n- - \"a\\n\"\n  # of b\n  - \"b\\n\"\n  - \"c\\n\"\n", "b\n", "x\n", "v: !Join\n- ''\n- - \"a\\n\"\n  # of b\n  - \"x\\n\"\n  - \"c\\n\"\n"},
		{"two in a block", "!Join\n- ''\n-   - \"a\\n\"\n    - \"b\\n\"\n    - \"c\\n\"\n", "a\nb\n", "x\n", "v: !Join\n- ''\n-   - \"x\\n\"\n    - \"c\\n\"\n"},
		{"brackets over lines", "!Join ['', [\"a\\n\",\n  \"b\\n\", # b\n  \"c\\n\"]]\n", "b\n", "x\ny\n", "v: !Join ['', [\"a\\n\",\n  \"x\\n\",\n  \"y\\n\",\n  \"c\\n\"]]\n"},
		{"JSON over lines", "{\"Fn::Join\": [\"\", [\n  \"a\\n\",\n  \"b\\n\"\n]]}", "a\n", "x\ny\n", "{\"v\": {\"Fn::Join\": [\"\", [\n  \"x\\n\",\n  \"y\\n\",\n  \"b\\n\"\n]]}}"},
		{"JSON on a line", `{"Fn::Join": ["", ["a\n","b\n"]]}`, "a\n", "x\ny\n", "{\"v\": {\"Fn::Join\": [\"\", [\"x\\n\", \"y\\n\", \"b\\n\"]]}}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := "v: " + test.expr
			if strings.HasPrefix(test.expr, "{") {
				src = `{"v": ` + test.expr + "}"
			}
			tmpl := parse(t, src)
			x := textOf(t, tmpl, tmpl.Root().Get("v"))
			at := strings.Index(x.String, test.old)
			if at < 0 {
				t.Fatalf("%q is not in %q", test.old, x.String)
			}
			got := apply(t, tmpl, func() (Edit, error) { return x.Replace(at, at+len(test.old), test.text) })
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if changed, err := cfn.Parse([]byte(got)); err == nil && changed.Root().Get("v") != nil {
				want := x.String[:at] + test.text + x.String[at+len(test.old):]
				if made := textOf(t, changed, changed.Root().Get("v")).String; made != want {
					t.Errorf("it makes %q, want %q", made, want)
				}
			}
		})
	}
}

// TestInsertUnderAllConditions wants what comes after the same item in every text
// to be one edit, whichever of the next items the text has.
func TestInsertUnderAllConditions(t *testing.T) {
	tmpl := parse(t, "v: !Join\n- ''\n- - \"runcmd:\\n\"\n  - !If [C, \"- a\\n\", !Ref AWS::NoValue]\n  - !If [D, \"- b\\n\", !Ref AWS::NoValue]\n  - \"- c\\n\"\n")
	texts, err := Texts(tmpl, tmpl.Root().Get("v"))
	if err != nil || len(texts) != 4 {
		t.Fatal(texts, err)
	}
	for _, x := range texts {
		at := len("runcmd:\n")
		got := apply(t, tmpl, func() (Edit, error) { return x.Replace(at, at, "- x\n") })
		want := strings.Replace(tmpl.Source(), "  - !If [C", "  - \"- x\\n\"\n  - !If [C", 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", x.Conditions(), diff)
		}
	}
}

// TestOffset wants every place of a text to be found in the source.
func TestOffset(t *testing.T) {
	src := "a: !Join\n  - ''\n  - - 'it''s'\n    - \"x\\ty\"\n    - !Sub\n      - >-\n        one\n        two ${V} ${P} ${!W}\n      - V: |\n          in\n          side\n    - !Ref R\n"
	tmpl := parse(t, src)
	x := textOf(t, tmpl, tmpl.Root().Get("a"))
	if want := "it'sx\tyone two in\nside\n " + Placeholder + " ${W}" + Placeholder; x.String != want {
		t.Fatalf("got %q, want %q", x.String, want)
	}
	for part, at := range map[string]string{
		"it": "it''s", "'s": "''s", "s": "s'\n", "x": "x\\t", "\t": "\\ty", "y": "y\"", "one": "one", " two": "\n        two", "two": "two ${",
		"in": "in\n", "side": "side", Placeholder: "${P}", "${W": "${!W", "W": "W}",
	} {
		got := x.Offset(strings.Index(x.String, part))
		if !strings.HasPrefix(src[got:], at) {
			t.Errorf("%q is at %.20q, want %q", part, src[got:], at)
		}
	}
	for at, want := range map[int]string{strings.Index(x.String, Placeholder): "P", len(x.String) - 1: "R", 0: "", len(x.String): "", -1: ""} {
		if got := x.Name(at); got != want {
			t.Errorf("the name at %d is %q, want %q", at, got, want)
		}
		if n := x.Expression(at); (n != nil) != (want == "R") {
			t.Errorf("the expression at %d is %v", at, n)
		}
	}
	if got := x.Offset(len(x.String) - 1); got != strings.Index(src, "!Join") {
		t.Errorf("what the template does not show is at %d", got)
	}
}
