//go:build linux

package prove

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// CloudInit is where cloud-init's code is, and the interpreter that runs it.
type cloudInit struct {
	python string
	dir    string // for PYTHONPATH; "" if the package is installed
}

// foundCloudInit looks for cloud-init once: where CLOUD_INIT says, as it is
// installed, and where [FetchCloudInit] puts it.
var foundCloudInit = sync.OnceValues(func() (cloudInit, error) {
	if dir := os.Getenv("CLOUD_INIT"); dir != "" {
		c, err := importable(dir)
		if err != nil {
			err = fmt.Errorf("CLOUD_INIT=%s: %w", dir, err)
		}
		return c, err
	}
	c, err := importable("")
	if err == nil {
		return c, nil
	}
	if cache, cacheErr := cloudInitCache(); cacheErr == nil {
		if _, statErr := os.Stat(cache); statErr == nil {
			return importable(filepath.Join(cache, modules))
		}
	}
	return c, err
})

// modules is where Debian's package has them.
const modules = "usr/lib/python3/dist-packages"

func cloudInitCache() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "imdslock", "cloud-init"), err
}

// importable returns the interpreter that can import cloud-init's code. Packages
// of distributions are for the interpreter in /usr/bin.
func importable(dir string) (cloudInit, error) {
	var failed error
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		path, err := exec.LookPath(python)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s is missing: %s", python, install(map[string]string{"apt-get": "python3", "dnf": "python3", "yum": "python3"})))
			continue
		}
		cmd := exec.Command(path, "-B", "-c", "import cloudinit.cmd.main")
		cmd.Env = os.Environ()
		if dir != "" {
			cmd.Env = append(cmd.Env, "PYTHONPATH="+dir)
		}
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Run(); err == nil {
			return cloudInit{path, dir}, nil
		}
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return cloudInit{}, errors.New(lines[len(lines)-1])
	}
	return cloudInit{}, failed
}

// CloudInitMissing returns an error that says why cloud-init's code cannot run here
// and what to do, or nil if it can.
func CloudInitMissing() error {
	_, err := foundCloudInit()
	if err == nil {
		return nil
	}
	do := install(map[string]string{"dnf": "cloud-init", "yum": "cloud-init"})
	if packageManager() == "apt-get" {
		do = "make prove gets it; its Python packages: apt-get install -y " + strings.Join(needed, " ")
	}
	return fmt.Errorf("cloud-init's code cannot run: %w: %s", err, do)
}

// needed are the packages that Debian's and Ubuntu's cloud-init imports.
var needed = []string{"python3-yaml", "python3-configobj", "python3-jinja2", "python3-jsonpatch", "python3-jsonschema", "python3-oauthlib",
	"python3-requests", "python3-serial"}

// FetchCloudInit gets cloud-init's code if it is missing and apt-get can download
// it. The package is only unpacked, in the user's cache, because an installed one
// would run at the machine's next boot. It says on w what it does.
func FetchCloudInit(w io.Writer) error {
	if os.Getenv("CLOUD_INIT") != "" || packageManager() != "apt-get" {
		return nil
	}
	if _, err := importable(""); err == nil {
		return nil
	}
	cache, err := cloudInitCache()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(cache, modules)); err == nil {
		return nil
	}
	fmt.Fprintf(w, "prove: getting cloud-init's code, to be unpacked in %s\n", cache)
	dir, err := os.MkdirTemp("", "imdslock-cloud-init-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	download := func() error { return runIn(dir, "apt-get", "download", "-qq", "cloud-init") }
	if err := download(); err != nil {
		if err := errors.Join(runIn(dir, "apt-get", "update", "-qq"), download()); err != nil {
			return err
		}
	}
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("apt-get download cloud-init: %d packages (%v)", len(debs), err)
	}
	unpacked := cache + ".new" // so that what is there is complete
	if err := errors.Join(os.RemoveAll(unpacked), os.MkdirAll(unpacked, 0o755)); err != nil {
		return err
	}
	if err := runIn(dir, "dpkg", "-x", debs[0], unpacked); err != nil {
		return err
	}
	// Nodes see the code read-only: without this each boot compiles it again.
	if err := runIn(unpacked, "/usr/bin/python3", "-m", "compileall", "-q", modules); err != nil {
		return err
	}
	return os.Rename(unpacked, cache)
}

func runIn(dir string, argv ...string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
	}
	return nil
}
