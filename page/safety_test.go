package page_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/page/engine"
)

// large returns a template of about a megabyte: 100,000 lines, and at the end what
// launches nodes, with names that an HTML parser and a reader would stumble over.
func large() []byte {
	return append([]byte("# 100,000 lines\n"+strings.Repeat("#    padding\n", 80_000)+strings.Repeat("\n", 19_980)), hostile...)
}

const hostile = `Resources:
  ? "<img src=x onerror=alert(1)></bdi><script>window.pwned=1</script>` + "\u202e\u2066" + `{{7*7}}"
  : Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        MetadataOptions: {HttpTokens: "<b>optional</b>", HttpPutResponseHopLimit: 2}
        UserData: !Base64 |
          #!/bin/bash
          /etc/eks/bootstrap.sh "<iframe src=javascript:alert(3)>"
`

// TestLarge fails unless the page takes a megabyte, answers while the engine works,
// and gives what the command gives.
func TestLarge(t *testing.T) {
	source := large()
	if n := bytes.Count(source, []byte("\n")); len(source) < 1_000_000 || n < 99_000 {
		t.Fatalf("%d bytes, %d lines", len(source), n)
	}
	b := open(t, "", desktop)
	b.drop("large.yaml", source)
	if check := b.text("#check"); check != fmt.Sprintf("imdslock check --max-size %d large.yaml", len(source)) {
		t.Errorf("%s", check)
	}
	want := engine.Run(t.Context(), "large.yaml", source, usual())
	if want.Output == nil {
		t.Fatalf("%+v", want)
	}
	if got := b.saved("result"); got != string(want.Output) {
		t.Errorf("%d bytes, want %d", len(got), len(want.Output))
	}
	// The engine works in a worker: the page hears of it later than of its own tasks.
	order := eval[string](b, `new Promise((resolve) => {
		const order = [];
		const watch = new MutationObserver(() => {
			if (document.body.hasAttribute("data-busy")) return;
			order.push("engine");
			watch.disconnect();
			resolve(order.join(" "));
		});
		watch.observe(document.body, {attributes: true});
		const limit = document.getElementById("hop-limit");
		limit.value = "3";
		limit.dispatchEvent(new Event("input", {bubbles: true}));
		setTimeout(() => order.push("page"), 0);
	})`)
	if order != "page engine" {
		t.Errorf("the page stood still: %s", order)
	}
	b.calm()
}

// TestHostile fails unless names of strangers stay text, all of which can be seen.
func TestHostile(t *testing.T) {
	b := open(t, "", desktop)
	name := "<script>alert(4)</script>\u202e.yaml"
	before := eval[int](b, `document.querySelectorAll("script, img, iframe, b").length`)
	eval[bool](b, `document.getElementById("name").textContent = "" || true`)
	b.dropShown(name, `<script>alert(4)</script>\u202e.yaml`, []byte(hostile))
	if n := eval[int](b, `document.querySelectorAll("script, img, iframe, b").length`); n != before {
		t.Errorf("%d elements, want %d", n, before)
	}
	if eval[bool](b, `window.pwned !== undefined || document.getElementById("editors").shadowRoot.querySelector("script, img:not(.cm-widgetBuffer), iframe") !== null`) {
		t.Error("a script ran, or an element was made")
	}
	for _, where := range []string{"document.body.innerText", `[...document.getElementById("editors").shadowRoot.querySelectorAll(".note")].map((n) => n.textContent).join()`} {
		text := eval[string](b, where)
		if strings.ContainsAny(text, "\u202e\u2066") {
			t.Errorf("%s turns the direction of text", where)
		}
	}
	if text := b.text("#findings"); !strings.Contains(text, `<img src=x onerror=alert(1)></bdi>`) || !strings.Contains(text, `\u202e`) {
		t.Errorf("%q", text)
	}
	if check := b.text("#check"); check != `imdslock check $'<script>alert(4)</script>\u202e.yaml'` {
		t.Errorf("%s", check)
	}
	b.axe()
	b.calm()
}

// TestPolicy fails unless the browser keeps to the page's policy: nothing is
// fetched, and no text becomes a script.
func TestPolicy(t *testing.T) {
	b := open(t, "", desktop)
	policy := eval[string](b, `document.querySelector("meta[http-equiv=Content-Security-Policy]").content`)
	for _, never := range []string{"unsafe-inline", "'unsafe-eval'", "*", "http:", "https:", "'self'"} {
		if strings.Contains(policy, never) {
			t.Errorf("the policy has %s: %s", never, policy)
		}
	}
	for _, attempt := range []string{
		`document.body.append(Object.assign(document.createElement("script"), {textContent: "window.pwned = 1"}))`,
		`document.createElement("div").innerHTML = "<b>x</b>"`,
		`await fetch("https://example.com/")`,
		`await import("data:text/javascript,1")`,
	} {
		if outcome := eval[string](b, fmt.Sprintf(`(async () => { try { %s; return "done" } catch (e) { return String(e) } })()`, attempt)); outcome == "done" {
			t.Errorf("the policy allows %s", attempt)
		}
	}
}
