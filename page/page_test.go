package page_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/imdslock/imdslock/page/engine"
)

// The examples of the page, by their names in links.
var examples = map[string]string{
	"linux": "../templates/linux.yaml", "windows": "../templates/windows.yaml", "managed": "examples/managed.template",
}

func base64Of(content []byte) string { return base64.StdEncoding.EncodeToString(content) }

func fromBase64(t *testing.T, text string) string {
	t.Helper()
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestExamples fails unless the page shows of each example what the engine says, and
// gives what it makes.
func TestExamples(t *testing.T) {
	for example, path := range examples {
		t.Run(example, func(t *testing.T) {
			b := open(t, "example="+example, desktop)
			source, name := readFile(t, path), b.text("#name")
			want := engine.Run(t.Context(), name, source, usual())
			for what, content := range map[string]string{"result": string(want.Output), "diff": want.Diff, "sarif": want.SARIF} {
				if got := b.saved(what); got != content {
					t.Errorf("%s: %d bytes, want %d:\n%s", what, len(got), len(content), got)
				}
			}
			if n := eval[int](b, `document.querySelectorAll("#findings > li").length`); n < len(want.Findings) {
				t.Errorf("%d findings, want %d", n, len(want.Findings))
			}
			inside := eval[int](b, `document.getElementById("editors").shadowRoot.querySelectorAll(".note").length`)
			if inside == 0 {
				t.Error("no finding stands beside its line")
			}
			for _, view := range []string{"unified", "text", "split"} {
				eval[bool](b, fmt.Sprintf(`document.querySelector("[name=view][value=%s]").click() || true`, view))
				eval[bool](b, `document.querySelector("#findings button.place").click() || true`) // goes to the line
				b.until(`document.getElementById("editors").shadowRoot.querySelectorAll(".cm-editor .note").length > 0`)
				if changed := eval[int](b, `document.getElementById("editors").shadowRoot.querySelectorAll(".cm-changedLine, .cm-deletedChunk").length`); (changed > 0) != (view != "text") {
					t.Errorf("%d changed lines are marked in the view %s", changed, view)
				}
			}
			b.calm()
		})
	}
}

// TestOptions fails unless every control changes what the page makes, and the
// commands that it shows make the same.
func TestOptions(t *testing.T) {
	c := buildCommand(t)
	b := open(t, "example=linux", desktop)
	t.Setenv("PATH", filepath.Dir(string(c))+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, o := range []struct{ example, name, value, usual, words string }{
		{"linux", "hop-limit", "2", "1", "--hop-limit 2"},
		{"linux", "hop-limit", "0", "1", "--hop-limit 0"},
		{"linux", "imdsv1", "default", "lock", "--imdsv1 default"},
		{"linux", "imdsv1", "literal", "lock", "--imdsv1 literal"},
		{"linux", "imdsv1", "keep", "lock", "--imdsv1 keep"},
		{"linux", "iptables", "aws", "auto", "--iptables aws"},
		{"linux", "iptables", "strict", "auto", "--iptables strict"},
		{"linux", "iptables", "off", "auto", "--iptables off"},
		{"linux", "branch-eni", "false", "true", "--branch-eni=false"},
		{"managed", "launch-template-version", "keep", "latest", "--launch-template-version keep"},
		{"managed", "add-launch-template", "true", "false", "--add-launch-template"},
		{"managed", "resource", "Nodes", "", "--resource Nodes"},
		{"linux", "os", "linux", "", "--os linux"},
		{"linux", "os", "windows", "", "--os windows"},
		{"linux", "parameter", "DisableIMDSv1=true\nClusterName=it's mine", "", "--parameter DisableIMDSv1=true --parameter 'ClusterName=it'\\''s mine'"},
	} {
		t.Run(o.name+" "+o.value, func(t *testing.T) {
			b := &tab{T: t, ctx: b.ctx}
			eval[bool](b, fmt.Sprintf(`document.querySelector("[data-example=%s]").click() || true`, o.example))
			b.wait()
			b.set(o.name, o.value)
			defer b.set(o.name, o.usual)
			check, patch := b.text("#check"), b.text("#patch")
			if !strings.Contains(check, o.words) || o.name != "parameter" && !strings.Contains(patch, o.words) {
				t.Errorf("%s\n%s", check, patch)
			}
			if link := b.text("#link"); !strings.Contains(link, o.name+"=") {
				t.Errorf("the link %s does not have it", link)
			}
			dir := t.TempDir()
			file := filepath.Join(dir, b.text("#name"))
			if err := os.WriteFile(file, readFile(t, examples[o.example]), 0o666); err != nil {
				t.Fatal(err)
			}
			want, _ := shell(t, dir, check+" --format json")
			b.agrees(want)
			shell(t, dir, patch)
			if got := b.saved("result"); got != string(readFile(t, file)) {
				t.Errorf("the page and %s make different results", patch)
			}
		})
	}
	b.calm()
}

// agrees fails unless the page lists as much open as check does.
func (b *tab) agrees(document []byte) {
	b.Helper()
	var found struct{ Findings []struct{ Level string } }
	if err := json.Unmarshal(document, &found); err != nil {
		b.Fatalf("%v\n%s", err, document)
	}
	want := 0
	for _, f := range found.Findings {
		if f.Level == "error" {
			want++
		}
	}
	if n := eval[int](b, `document.querySelectorAll("#findings > .open").length`); n != want {
		b.Errorf("the page lists %d, check %d", n, want)
	}
}

// TestBroken fails unless what is wrong with a template stands at its line, and
// there is nothing to save.
func TestBroken(t *testing.T) {
	b := open(t, "example=linux", desktop)
	b.drop("broken.yaml", []byte(strings.Repeat("# a comment\n", 1000)+"Resources:\n  Nodes: {}\n  More: ]\nOutputs: {}\n"))
	if v := b.text("#verdict"); v != "This cannot be judged" {
		t.Errorf("%q", v)
	}
	b.until(`document.getElementById("editors").shadowRoot.querySelector(".note.error") !== null`)
	line := eval[string](b, `(() => {
		let e = document.getElementById("editors").shadowRoot.querySelector(".note.error").previousElementSibling;
		return e.textContent;
	})()`)
	if line != "  More: ]" {
		t.Errorf("the error stands after the line %q", line)
	}
	for _, what := range []string{"result", "diff", "sarif"} {
		if got := b.saved(what); got != "" {
			t.Errorf("there is a %s: %q", what, got)
		}
	}
	b.shoot("page-broken")
	b.axe()
	b.calm()
}

// TestBytesStay fails unless a file with a byte order mark and CRLF keeps both, also
// after somebody has typed.
func TestBytesStay(t *testing.T) {
	lf := string(readFile(t, examples["linux"]))
	source := "\uFEFF" + strings.ReplaceAll(lf, "\n", "\r\n")
	b := open(t, "", desktop)
	b.drop("nodes.yaml", []byte(source))
	dir, c := t.TempDir(), buildCommand(t)
	made := func(source string) string {
		if err := os.WriteFile(filepath.Join(dir, "nodes.yaml"), []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
		out, _ := c.run(t, dir, "-q", "nodes.yaml")
		return string(out)
	}
	if got := b.saved("result"); got != made(source) || got == source || !strings.HasPrefix(got, "\uFEFF") {
		t.Error("the result of the file is another than the command's")
	}
	b.write("# typed ")
	typed := "\uFEFF# typed " + strings.TrimPrefix(source, "\uFEFF")
	if got := b.saved("result"); got != made(typed) {
		t.Errorf("the result of what was typed is another than the command's: %.80q, want %.80q", got, made(typed))
	}
	if link := b.text("#link"); strings.Contains(link, "example=") {
		t.Errorf("the link %s is to an example", link)
	}
	b.calm()
}

// TestPaste fails unless a template can be pasted into an empty page.
func TestPaste(t *testing.T) {
	b := open(t, "example=linux", desktop)
	eval[bool](b, `document.getElementById("paste").click() || true`)
	b.until(`document.getElementById("verdict").textContent === "Paste a template"`)
	eval[bool](b, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.setData("text/plain", atob(%q));
		const content = document.getElementById("editors").shadowRoot.activeElement;
		return content.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data})) || true;
	})()`, base64Of(readFile(t, examples["windows"]))))
	b.until(`document.getElementById("verdict").textContent !== "Paste a template"`)
	b.wait()
	source := readFile(t, examples["windows"])
	if got, want := b.saved("result"), engine.Run(t.Context(), "template.yaml", source, usual()).Output; got != string(want) {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
	b.calm()
}

// TestTyping fails unless somebody can type beside the result, which follows: the
// same lines are left out on both sides, and the cursor stays.
func TestTyping(t *testing.T) {
	b := open(t, "example=linux", desktop)
	eval[bool](b, `document.querySelector("#findings button.place").click() || true`)
	do(b, chromedp.KeyEvent("1"))
	b.until(`document.getElementById("findings").textContent.includes("HttpPutResponseHopLimit is 12, not 1")`)
	b.wait()
	counts := eval[[]int](b, `["a", "b"].map((side) => document.getElementById("editors").shadowRoot.querySelectorAll(".cm-merge-" + side + " .cm-collapsedLines").length)`)
	if counts[0] == 0 || counts[0] != counts[1] {
		t.Errorf("left out on the sides: %v", counts)
	}
	if !eval[bool](b, `document.getElementById("editors").shadowRoot.activeElement?.closest(".cm-merge-a") !== null`) {
		t.Error("the cursor is gone")
	}
	source := strings.Replace(string(readFile(t, examples["linux"])), "HttpPutResponseHopLimit: 2", "HttpPutResponseHopLimit: 12", 1)
	if want := engine.Run(t.Context(), "linux.yaml", []byte(source), usual()).Output; b.saved("result") != string(want) {
		t.Error("the result is another")
	}
	b.set("iptables", "strict") // chosen, while the text is the typed one
	counts = eval[[]int](b, `["a", "b"].map((side) => document.getElementById("editors").shadowRoot.querySelectorAll(".cm-merge-" + side + " .cm-collapsedLines").length)`)
	if counts[0] == 0 || counts[0] != counts[1] {
		t.Errorf("left out on the sides after a choice: %v", counts)
	}
	b.calm()
}

// write types at the start of the template.
func (b *tab) write(text string) {
	b.Helper()
	eval[bool](b, `(() => {
		document.querySelector("[name=view][value=text]").click();
		const content = document.getElementById("editors").shadowRoot.querySelector(".cm-content");
		content.focus();
		return true;
	})()`)
	do(b, chromedp.KeyEvent(kb.Home, chromedp.KeyModifiers(2))) // Ctrl
	do(b, chromedp.KeyEvent(text))
	b.until(fmt.Sprintf(`document.getElementById("editors").shadowRoot.querySelector(".cm-line").textContent.startsWith(%q)`, text))
	eval[bool](b, `new Promise((resolve) => setTimeout(() => resolve(true), 400))`) // the page waits until nobody types
	b.wait()
}

// TestLinks fails unless a link brings back options and an example, and what is no
// option is left out.
func TestLinks(t *testing.T) {
	b := open(t, "example=managed&imdsv1=literal&hop-limit=7&branch-eni=false&resource=Nodes&os=windows&iptables=%3Cscript%3E&max-size=9", desktop)
	if check := b.text("#check"); check != "imdslock check --hop-limit 7 --imdsv1 literal --os windows --branch-eni=false --resource Nodes managed.json" {
		t.Errorf("%s", check)
	}
	link := b.text("#link")
	if _, fragment, _ := strings.Cut(link, "#"); fragment != "example=managed&hop-limit=7&imdsv1=literal&branch-eni=false&os=windows&resource=Nodes" {
		t.Errorf("%s", link)
	}
	b.drop("mine.yaml", []byte("Resources: {Secret: {Type: AWS::S3::Bucket}}\n"))
	if link := b.text("#link"); strings.Contains(link, "Secret") || strings.Contains(link, "mine") || strings.Contains(link, "Nodes") || strings.Contains(link, "example") {
		t.Errorf("the link has what is in the template: %s", link)
	}
	if href := eval[string](b, `location.href`); strings.Contains(href, "Secret") || strings.Contains(href, "mine") {
		t.Errorf("the address has what is in the template: %s", href)
	}
	if v := b.text("#verdict"); v != "This template launches no nodes" {
		t.Errorf("%q", v)
	}
}

// TestKeyboard fails unless all that can be used is reached by Tab.
func TestKeyboard(t *testing.T) {
	b := open(t, "example=linux", desktop)
	reached := map[string]bool{}
	eval[bool](b, `(document.activeElement.blur(), true)`)
	for range 60 {
		do(b, chromedp.KeyEvent(kb.Tab))
		reached[eval[string](b, `(() => {
			let e = document.activeElement;
			if (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
			return e.id || e.dataset.example || e.dataset.copy && "copy " + e.dataset.copy || e.name || e.getAttribute("aria-label") || e.type || e.tagName;
		})()`)] = true
	}
	for _, want := range []string{
		"open", "paste", "linux", "windows", "managed", "imdsv1", "hop-limit", "iptables", "branch-eni", "launch-template-version", "add-launch-template",
		"os", "resource", "parameter", "reset", "view", "collapse", "what", "copy", "download", "Template", "Result", "copy patch", "copy check", "copy link", "button",
	} {
		if !reached[want] {
			t.Errorf("%s is not reached by Tab", want)
		}
	}
	if t.Failed() {
		t.Log(reached)
	}
}

// TestSize fails if the page grows: the engine has to stay small enough to wait for.
func TestSize(t *testing.T) {
	page := readFile(t, filepath.Join(page(t), "index.html"))
	_, engine, _ := bytes.Cut(page, []byte(`id="engine">`))
	engine, rest, _ := bytes.Cut(engine, []byte("</script>"))
	if n := len(engine) / 4 * 3; n > 2_700_000 {
		t.Errorf("the engine has %d bytes, packed by gzip", n)
	}
	if n := len(rest); n > 600_000 {
		t.Errorf("the scripts have %d bytes", n)
	}
	if slices.Contains([]int{len(engine), len(rest)}, 0) {
		t.Error("the page has no engine")
	}
}
