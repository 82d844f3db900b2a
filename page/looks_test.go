package page_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
)

var update = flag.Bool("update", false, "write the pictures in docs")

// picture writes what a visitor sees first, for the documents.
func (b *tab) picture(path string) {
	b.Helper()
	eval[bool](b, `new Promise((resolve) => requestIdleCallback(() => setTimeout(() => resolve(true), 1000)))`)
	shot := call(b, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{
		Format: "webp", Quality: ptr(int64(80)),
		Clip: &cdppage.Viewport{Width: 1440, Height: 1290, Scale: 1}, CaptureBeyondViewport: ptr(true),
	})
	if err := os.WriteFile(path, shot.Data, 0o666); err != nil {
		b.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

// TestLooks writes pictures of the page to look at, and has axe look at it.
func TestLooks(t *testing.T) {
	for _, c := range []struct {
		name, fragment string
		window         window
	}{
		{"light", "example=linux", window{1440, 1000, "light"}},
		{"dark", "example=linux", window{1440, 1000, "dark"}},
		{"managed", "example=managed", window{1440, 1000, "light"}},
		{"phone", "example=windows", window{390, 844, "light"}},
		{"phone-dark", "example=managed", window{390, 844, "dark"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, c.fragment, c.window)
			b.shoot("page-" + c.name)
			if *update && (c.name == "light" || c.name == "dark") {
				b.picture("../docs/page-" + c.name + ".webp")
			}
			if wide := eval[bool](b, `document.documentElement.scrollWidth > window.innerWidth`); wide {
				t.Error("the page is wider than its window")
			}
			for _, view := range []string{"split", "unified", "text"} {
				eval[bool](b, fmt.Sprintf(`document.querySelector("[name=view][value=%s]").click() || true`, view))
				b.axe()
			}
			b.calm()
		})
	}
}

// axe fails for everything that axe-core finds wrong for people who do not see, or do
// not point.
func (b *tab) axe() {
	b.Helper()
	eval[bool](b, string(readFile(b.T, "node_modules/axe-core/axe.min.js"))+"; true")
	violations := eval[[]struct {
		ID, Help string
		Nodes    []struct {
			HTML, FailureSummary string
		}
	}](b, `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => ({html: n.html.slice(0, 300), failureSummary: n.failureSummary}))})))`)
	for _, v := range violations {
		for _, n := range v.Nodes {
			b.Errorf("axe: %s: %s: %s\n%s", v.ID, v.Help, n.HTML, n.FailureSummary)
		}
	}
}

// TestReport has axe look at the page that check --format html writes, which must ask
// for nothing and keep to its own policy, on paper too.
func TestReport(t *testing.T) {
	page(t) // for axe
	dir, c := t.TempDir(), buildCommand(t)
	for name, content := range map[string]string{
		"linux.yaml": string(readFile(t, examples["linux"])), "managed.json": string(readFile(t, examples["managed"])),
		"hostile.yaml": hostile, "locked.yaml": "Resources: {A: {Type: AWS::S3::Bucket}}\n", "broken.yaml": "Resources: [\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	report, status := c.run(t, dir, "check", "--format", "html", ".", "broken.yaml")
	if status != 2 {
		t.Fatalf("check exits with %d", status)
	}
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, report, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, w := range []window{desktop, {1440, 1000, "dark"}, {390, 844, "light"}} {
		b := launch(t, file, "", w)
		b.shoot(fmt.Sprintf("report-%s-%d", w.scheme, w.width))
		b.axe()
		if wide := eval[bool](b, `document.documentElement.scrollWidth > window.innerWidth`); wide {
			t.Errorf("the report is wider than %d", w.width)
		}
		if w == desktop {
			call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
			b.shoot("report-print")
			b.axe()
		}
		b.calm()
	}
}
