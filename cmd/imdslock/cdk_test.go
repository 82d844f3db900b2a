package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/imdslock/imdslock/internal/needs"
)

// exampleApp is the app of the CDK that the tests synthesize.
const exampleApp = "../../examples/cdk"

// cdkModules returns a folder with the npm packages that the lock file of the
// example pins. They are installed where a run requires that, and kept.
func cdkModules(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the CDK takes seconds")
	}
	for _, tool := range []string{"node", "npm", "aws", "moto_server"} {
		if _, err := exec.LookPath(tool); err != nil {
			needs.Missing(t, "cdk", err.Error())
		}
	}
	lock := readText(t, exampleApp+"/package-lock.json")
	cache := os.Getenv("IMDSLOCK_CI_CACHE")
	if cache == "" {
		cache = filepath.Join(os.TempDir(), "imdslock-ci")
	}
	dir := filepath.Join(cache, fmt.Sprintf("cdk-%x", sha256.Sum256([]byte(lock))))
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return dir
	}
	if !needs.Required("cdk") {
		needs.Missing(t, "cdk", "its packages are not installed in "+dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		writeText(t, filepath.Join(dir, name), readText(t, filepath.Join(exampleApp, name)))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	writeText(t, filepath.Join(dir, "installed"), "")
	return dir
}

// A cloud is an app of the CDK, and AWS's API played by moto.
type cloud struct {
	*testing.T
	dir string // of the app
	env []string
}

const assetBucket = "cdk-hnb659fds-assets-123456789012-eu-west-1"

// newCloud copies the example, and bootstraps an account for it.
func newCloud(t *testing.T) *cloud {
	modules := cdkModules(t)
	c := newExampleApp(t, modules)
	c.env = append(c.env,
		"AWS_ENDPOINT_URL=http://"+startMoto(t), "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION=https://s3.eu-west-1.amazonaws.com",
		"AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"CDK_DISABLE_VERSION_CHECK=1", "CDK_DISABLE_CLI_TELEMETRY=true", "NODE_OPTIONS=--no-warnings")
	c.run("aws", "s3api", "create-bucket", "--bucket", assetBucket, "--create-bucket-configuration", "LocationConstraint=eu-west-1")
	c.run("aws", "ssm", "put-parameter", "--name", "/cdk-bootstrap/hnb659fds/version", "--type", "String", "--value", "30")
	c.run("cdk", "synth", "--quiet", "--no-notices")
	return c
}

// try runs a program in the folder of the app.
func (c *cloud) try(name string, args ...string) (string, error) {
	path := name
	if name == "cdk" {
		path = filepath.Join(c.dir, "node_modules", ".bin", name)
	}
	cmd := exec.CommandContext(c.Context(), path, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c *cloud) run(name string, args ...string) string {
	c.Helper()
	out, err := c.try(name, args...)
	if err != nil {
		c.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// imdslock runs the command.
func (c *cloud) imdslock(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(append([]string{"imdslock"}, args...), strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// leaveObjects puts the templates of the assembly into the bucket, as an earlier
// deployment would have left them.
func (c *cloud) leaveObjects() {
	objects := filepath.Join(c.dir, "objects")
	err := filepath.WalkDir(filepath.Join(c.dir, "cdk.out"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".assets.json") {
			return err
		}
		var manifest struct {
			Files map[string]struct {
				Source       struct{ Path string }
				Destinations map[string]struct{ ObjectKey string }
			}
		}
		if err := json.Unmarshal([]byte(readText(c.T, path)), &manifest); err != nil {
			return err
		}
		for _, f := range manifest.Files {
			for _, d := range f.Destinations {
				if err := os.MkdirAll(objects, 0o777); err != nil {
					return err
				}
				writeText(c.T, filepath.Join(objects, d.ObjectKey), readText(c.T, filepath.Join(filepath.Dir(path), f.Source.Path)))
			}
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	c.run("aws", "s3", "sync", objects, "s3://"+assetBucket)
}

// deployed deploys the assembly, and judges the launch templates that run then.
// It returns how many there are.
func (c *cloud) deployed(stacks ...string) (status, templates int, open string) {
	c.run("cdk", append([]string{"deploy", "--app", "cdk.out", "--no-notices", "--require-approval", "never"}, stacks...)...)
	answer := filepath.Join(c.dir, "versions.json")
	writeText(c.T, answer, c.run("aws", "ec2", "describe-launch-template-versions", "--versions", "$Latest"))
	status, open, _ = c.imdslock("check", answer)
	return status, strings.Count(readText(c.T, answer), `"LaunchTemplateData"`), open
}

// TestCDK locks the cloud assembly of a real app: the CDK lists it, shows what
// changes, and deploys what was locked, though the templates that it had before
// are in the bucket.
func TestCDK(t *testing.T) {
	c := newCloud(t)
	c.leaveObjects()
	assembly := filepath.Join(c.dir, "cdk.out")
	if status, open, stderr := c.imdslock("check", assembly); status != exitDifference || strings.Count(open, "metadata-options") != 5 ||
		!strings.Contains(open, "in the construct Prod/StagedNested/Outer/Inner/LaunchTemplate\n") || strings.Contains(stderr, "tree.json") {
		t.Fatalf("%d\n%s%s", status, open, stderr)
	}
	if status, _, stderr := c.imdslock("-w", assembly); status != exitDone {
		t.Fatalf("%d\n%s", status, stderr)
	}
	if status, open, _ := c.imdslock("check", assembly); status != exitDone {
		t.Errorf("%d\n%s", status, open)
	}
	if status, list, _ := c.imdslock("-l", assembly); status != exitDone {
		t.Errorf("a second time: %d\n%s", status, list)
	}
	if list := c.run("cdk", "ls", "--app", "cdk.out", "--no-notices"); !strings.HasPrefix(list, "SelfManaged\nManaged\nNested\nProd/Staged") {
		t.Errorf("listed:\n%s", list)
	}
	if diff := c.run("cdk", "diff", "--app", "cdk.out", "--no-notices", "--method=template", "SelfManaged"); !strings.Contains(diff, "AWS::EC2::LaunchTemplate") {
		t.Errorf("difference:\n%s", diff)
	}
	if status, n, open := c.deployed("**"); status != exitDone || n != 5 {
		t.Errorf("%d, %d launch templates\n%s", status, n, open)
	}
}

// TestCDKWithoutRenewal shows what the renewal is for: with the old hashes the CDK
// deploys the old templates.
func TestCDKWithoutRenewal(t *testing.T) {
	c := newCloud(t)
	c.leaveObjects()
	template := filepath.Join(c.dir, "cdk.out", "SelfManaged.template.json")
	status, locked, stderr := c.imdslock(template)
	if status != exitDone {
		t.Fatal(stderr)
	}
	writeText(t, template, locked)
	if status, n, _ := c.deployed("SelfManaged"); status != exitDifference || n != 1 {
		t.Errorf("%d, %d launch templates", status, n)
	}
}

// newExampleApp copies the example.
func newExampleApp(t *testing.T, modules string) *cloud {
	t.Helper()
	c := &cloud{t, t.TempDir(), os.Environ()}
	for _, name := range []string{"app.js", "imdslock.js", "cdk.json"} {
		writeText(t, filepath.Join(c.dir, name), readText(t, filepath.Join(exampleApp, name)))
	}
	if err := os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(c.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCDKPlugin synthesizes with the validation plugin, which fails while
// something is open.
func TestCDKPlugin(t *testing.T) {
	c := newExampleApp(t, cdkModules(t))
	bin, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	if err := os.Symlink(bin, filepath.Join(tools, "imdslock")); err != nil {
		t.Fatal(err)
	}
	c.env = append(c.env, "IMDSLOCK_VALIDATE=1", "CDK_OUTDIR=cdk.out", "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := c.try("node", "app.js")
	if err == nil || strings.Count(out, "no MetadataOptions") != 5 || strings.Count(out, "Prod/Staged/LaunchTemplate (") != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}
