package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/runtimetest"
	"github.com/imdslock/imdslock/templates"
)

// programs are the function and the command, built like those that are released,
// but so that what was compiled for the tests serves again.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "imdslock-lambda")
	if err != nil {
		return "", err
	}
	for name, args := range map[string][]string{
		"bootstrap": {"-tags=lambda.norpc", "."},
		"imdslock":  {"../imdslock"},
	} {
		build := exec.Command("go", append([]string{"build", "-ldflags=-s -w", "-o", filepath.Join(dir, name)}, args...)...)
		if out, err := build.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("%v\n%s", err, out)
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	if os.Getenv(actAs) != "" {
		os.Exit(act(os.Getenv(actAs)))
	}
	status := m.Run()
	if dir, _ := programs(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// program returns the path of "bootstrap" or "imdslock".
func program(t testing.TB, name string) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// linux is the embedded template as CloudFormation sends it.
func linux(t testing.TB) json.RawMessage {
	t.Helper()
	src, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	fragment, err := runtimetest.Fragment(src)
	if err != nil {
		t.Fatal(err)
	}
	return fragment
}

// A macroAnswer is the answer of a macro.
type macroAnswer struct {
	RequestID, Status, ErrorMessage string
	Fragment                        json.RawMessage
}

// macroEvent returns an event of a macro, as the documentation has it.
func macroEvent(id string, fragment, params, values string) []byte {
	return fmt.Appendf(nil, `{"region":"eu-central-1","accountId":"123456789012","fragment":%s,"transformId":"123456789012::IMDSLock","params":%s,"requestId":%q,"templateParameterValues":%s}`,
		fragment, params, id, values)
}

// linuxValues are the values of all parameters of the embedded template.
func linuxValues(t testing.TB, disableIMDSv1 string) string {
	t.Helper()
	var template struct {
		Parameters map[string]struct{ Default any }
	}
	if err := json.Unmarshal(linux(t), &template); err != nil {
		t.Fatal(err)
	}
	values := map[string]any{}
	for name, parameter := range template.Parameters {
		values[name] = parameter.Default
		if parameter.Default == nil {
			values[name] = "x"
		}
	}
	values["DisableIMDSv1"] = disableIMDSv1
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decode[T any](t testing.TB, a runtimetest.Answer) (v T) {
	t.Helper()
	if a.Error != "" {
		t.Fatalf("an error for Lambda: %s", a.Body)
	}
	if err := json.Unmarshal(a.Body, &v); err != nil {
		t.Fatalf("%v: %s", err, a.Body)
	}
	return v
}

// TestManyEvents sends events one after the other to some instances at once, all
// different, and expects each to get its own answer.
func TestManyEvents(t *testing.T) {
	const instances, each = 4, 250
	fragment, values := string(linux(t)), linuxValues(t, "true")
	bootstrap := program(t, "bootstrap")
	var all sync.WaitGroup
	for n := range instances {
		i := runtimetest.Start(t, bootstrap, "macro")
		all.Go(func() {
			for k := range each {
				id := fmt.Sprintf("%d-%d", n, k)
				own := strings.Replace(fragment, `"HttpPutResponseHopLimit":2`, fmt.Sprintf(`"HttpPutResponseHopLimit":2,"HttpProtocolIpv6":%q`, id), 1)
				body := i.Invoke(macroEvent(id, own, "{}", values), 5*time.Minute).Body
				var a macroAnswer
				if err := json.Unmarshal(body, &a); err != nil || a.RequestID != id || a.Status != "success" ||
					!strings.Contains(string(a.Fragment), fmt.Sprintf(`"HttpPutResponseHopLimit":1,"HttpProtocolIpv6":%q`, id)) {
					t.Errorf("%s: %v %.300s", id, err, body)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestBadEvents expects an answer that fails, in the shape of the one who asks,
// for what is no event, and the function to live on.
func TestBadEvents(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	events := map[string]string{
		"nothing":           ``,
		"no JSON":           `{"requestId":`,
		"null":              `null`,
		"a list":            `[]`,
		"a text":            `"Transform"`,
		"no fields":         `{}`,
		"wrong types":       `{"requestId":1,"fragment":"x","params":[],"clientRequestToken":2,"requestData":"x"}`,
		"no template":       `{"requestId":"r","fragment":null,"clientRequestToken":"r","requestData":{"targetName":"STACK"}}`,
		"deep":              `{"requestId":"r","fragment":` + deep + `,"clientRequestToken":"r","requestData":{"targetName":"AWS::EC2::LaunchTemplate","targetModel":{"resourceProperties":` + deep + `}}}`,
		"invalid UTF-8":     "{\"requestId\":\"r\",\"fragment\":{\"Resources\":{\"\xff\":{}}},\"clientRequestToken\":\"r\",\"requestData\":{\"targetName\":\"STACK\",\"payload\":\"\xff\"}}",
		"six megabytes":     `{"requestId":"r","fragment":{"Resources":{"` + strings.Repeat("x", 6<<20) + `":{}}},"clientRequestToken":"r","requestData":{"targetName":"AWS::EKS::Nodegroup"}}`,
		"payload of a host": `{"requestId":"r","fragment":{},"clientRequestToken":"r","requestData":{"targetName":"STACK","payload":"http://169.254.169.254/latest/"}}`,
	}
	for handler, failed := range map[string]string{"macro": `"status":"failure"`, "hook": `"hookStatus":"FAILED"`} {
		i := runtimetest.Start(t, program(t, "bootstrap"), handler)
		for name, event := range events {
			a := i.Invoke([]byte(event), 5*time.Minute)
			if a.Error != "" || !json.Valid(a.Body) || !strings.Contains(string(a.Body), failed) {
				t.Errorf("%s: %s: %s %s", handler, name, a.Error, a.Body)
			}
			t.Logf("%s: %s: %.200s", handler, name, a.Body)
		}
	}
}

// TestOversize expects a failure where a template is larger than CloudFormation
// takes, or would be when it is locked, though not larger than Lambda takes.
func TestOversize(t *testing.T) {
	i := runtimetest.Start(t, program(t, "bootstrap"), "macro")
	room := 1<<20 - len(linux(t)) - len(`"X":"",`)
	for bytes, want := range map[int]string{
		room - 2000: "",
		room:        "bytes in JSON when it is locked: CloudFormation takes 1048576",
		room + 1:    "the template has 1048577 bytes in JSON: CloudFormation takes 1048576",
	} {
		fragment := strings.Replace(string(linux(t)), `"Metadata":{`, `"Metadata":{"X":"`+strings.Repeat("x", bytes)+`",`, 1)
		a := decode[macroAnswer](t, i.Invoke(macroEvent("big", fragment, "{}", linuxValues(t, "true")), 5*time.Minute))
		if (a.Status == "success") != (want == "") || !strings.Contains(a.ErrorMessage, want) {
			t.Errorf("%d bytes: %s %s", len(fragment), a.Status, a.ErrorMessage)
		}
	}
}

// TestInit expects a function that is not set up rightly to say so to Lambda and
// to end.
func TestInit(t *testing.T) {
	for _, test := range []struct{ handler, environment, want string }{
		{"", "", `there is no handler "": the function's Handler is macro, hook or codepipeline`},
		{"bootstrap", "", `there is no handler "bootstrap"`},
		{"macro", "IMDSLOCK_OPTIONS=x", "IMDSLOCK_OPTIONS: the parameters are not a JSON object"},
		{"hook", `IMDSLOCK_OPTIONS={"hop-limit":1}`, "IMDSLOCK_OPTIONS: there is no parameter hop-limit: did you mean HopLimit?"},
		{"hook", `IMDSLOCK_OPTIONS={"Resources":["A"]}`, "IMDSLOCK_OPTIONS: the hook takes no Resources: it is asked about everything that launches nodes"},
		{"codepipeline", `IMDSLOCK_OPTIONS={"IMDSv1":"off"}`, "IMDSLOCK_OPTIONS: parameter IMDSv1: off: must be lock, default, literal or keep"},
	} {
		i := runtimetest.Start(t, program(t, "bootstrap"), test.handler, test.environment)
		report, status := i.InitError()
		if status != 1 || report.Error != "Runtime.InvalidConfiguration" || !strings.Contains(decodeError(t, report.Body), test.want) || !strings.Contains(i.Log(), test.want) {
			t.Errorf("%s %s: status %d, reported %s %s, printed %s", test.handler, test.environment, status, report.Error, report.Body, i.Log())
		}
	}
}

func decodeError(t *testing.T, body []byte) string {
	t.Helper()
	var e struct{ ErrorMessage string }
	if err := json.Unmarshal(body, &e); err != nil {
		t.Errorf("%v: %s", err, body)
	}
	return e.ErrorMessage
}

// TestNotOnLambda is somebody who tries the function on the command line.
func TestNotOnLambda(t *testing.T) {
	cmd := exec.Command(program(t, "bootstrap"))
	cmd.Env = []string{"_HANDLER=macro"}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "on the command line use imdslock") {
		t.Errorf("%v %s", err, out)
	}
}
