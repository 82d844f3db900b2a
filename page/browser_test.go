package page_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/imdslock/imdslock/internal/needs"
)

// built builds the page once for all tests, and returns its folder.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "imdslock-page")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("node", "build.mjs", dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// page returns the folder of the page, which node builds from the packages that the
// lock file pins. A run that requires it installs them.
func page(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the page takes seconds to build")
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			needs.Missing(t, "page", err.Error())
		}
	}
	if _, err := os.Stat("node_modules/esbuild"); err != nil {
		if !needs.Required("page") {
			needs.Missing(t, "page", "its packages are not installed: make page does that")
		}
		if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// The go command knows that a test is to run again by the files that it reads.
	for _, pattern := range []string{"*.mjs", "*.html", "*.css", "*.json", "src/*", "examples/*", "../templates/*.yaml"} {
		paths, _ := filepath.Glob(pattern)
		for _, path := range paths {
			if _, err := os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// chromium returns the path of the browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	needs.Missing(t, "page", "there is no chromium on the path")
	return ""
}

// A tab is the page in a browser of its own.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	errors   []string
}

// A window is how large it is, and in which colours.
type window struct {
	width, height int64
	scheme        string // light or dark
}

var desktop = window{1440, 1000, "light"}

// open opens the page at a fragment, and waits for its first answer.
func open(t *testing.T, fragment string, w window) *tab {
	t.Helper()
	b := launch(t, filepath.Join(page(t), "index.html"), fragment, w)
	b.wait()
	return b
}

// launch opens a file in a browser.
func launch(t *testing.T, file, fragment string, w window) *tab {
	t.Helper()
	browser := chromium(t)
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(5*time.Minute),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-dev-shm-usage", true))
	allocated, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w.width, Height: w.height, DeviceScaleFactor: 1, Mobile: w.width < 500})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: w.scheme}}})
	do(b, chromedp.Navigate("file://"+filepath.ToSlash(file)+"#"+fragment))
	return b
}

// hear keeps what the page asks for, and what it does wrong.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		b.errors = append(b.errors, text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.errors = append(b.errors, e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			b.errors = append(b.errors, fmt.Sprint(e.Args))
		}
	}
}

// call calls a method of the browser's protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) (result R) {
	b.Helper()
	result, err := chromedp.Call(b.ctx, command, params)
	if err != nil {
		b.Fatalf("%v; the page said %q", err, b.said())
	}
	return result
}

// do does something with the page.
func do[R any](b *tab, action chromedp.Action[R]) (result R) {
	b.Helper()
	result, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.Fatalf("%v; the page said %q", err, b.said())
	}
	return result
}

// asJSON writes a text as JavaScript reads it.
func asJSON(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func (b *tab) said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.errors)
}

// eval evaluates a script in the page.
func eval[T any](b *tab, script string) (value T) {
	b.Helper()
	return do(b, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// wait waits until the engine has answered.
func (b *tab) wait() {
	b.Helper()
	b.until(`!document.body.hasAttribute("data-busy") && document.getElementById("verdict").textContent !== "Starting…"`)
}

// until waits for a condition.
func (b *tab) until(condition string) {
	b.Helper()
	do(b, chromedp.Poll[bool](condition, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(2*time.Minute)))
}

// text returns the text of an element.
func (b *tab) text(selector string) string {
	b.Helper()
	return eval[string](b, fmt.Sprintf("document.querySelector(%q).textContent", selector))
}

// set gives a control a value, as somebody does who uses it, and waits for the
// answer.
func (b *tab) set(name, value string) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => {
		const e = document.getElementById("options").elements[%s], value = %s;
		if (e.type === "checkbox") e.checked = value === "true"; else e.value = value;
		return e.dispatchEvent(new Event("input", {bubbles: true}));
	})()`, asJSON(name), asJSON(value)))
	b.wait()
}

// drop drops a file on the page.
func (b *tab) drop(name string, content []byte) {
	b.Helper()
	b.dropShown(name, name, content)
}

// dropShown drops a file whose name the page shows in another way.
func (b *tab) dropShown(name, shown string, content []byte) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		const data = new DataTransfer();
		data.items.add(new File([bytes], %s));
		return document.body.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data})) || true;
	})()`, base64Of(content), asJSON(name)))
	b.until(fmt.Sprintf(`document.getElementById("name").textContent === %s`, asJSON(shown)))
	b.wait()
}

// saved returns the bytes that the page would download: result, diff or sarif.
func (b *tab) saved(what string) string {
	b.Helper()
	return fromBase64(b.T, eval[string](b, fmt.Sprintf(`new Promise((resolve) => {
		const what = document.getElementById("what");
		what.value = %s;
		what.dispatchEvent(new Event("change"));
		const original = URL.createObjectURL;
		URL.createObjectURL = (blob) => {
			URL.createObjectURL = original;
			blob.arrayBuffer().then((b) => resolve(btoa(Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join(""))));
			return "blob:null/none";
		};
		const click = HTMLAnchorElement.prototype.click;
		HTMLAnchorElement.prototype.click = () => { HTMLAnchorElement.prototype.click = click; };
		const button = document.getElementById("download");
		if (button.disabled) resolve(""); else button.click();
	})`, asJSON(what))))
}

// calm fails if the page did anything wrong, or asked for anything but itself.
func (b *tab) calm() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		b.Errorf("the page says %s", e)
	}
	for _, url := range b.requests {
		if !strings.HasPrefix(url, "file://") && !strings.HasPrefix(url, "blob:") && !strings.HasPrefix(url, "data:") {
			b.Errorf("the page asks for %s", url)
		}
	}
}

// shoot writes a picture of the page to the folder of artefacts, if there is one.
func (b *tab) shoot(name string) {
	b.Helper()
	dir := os.Getenv("IMDSLOCK_SCREENSHOTS")
	if dir == "" {
		return
	}
	eval[bool](b, `new Promise((resolve) => requestIdleCallback(() => setTimeout(() => resolve(true), 1000)))`) // colours come last
	png := do(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		b.Fatal(err)
	}
}
