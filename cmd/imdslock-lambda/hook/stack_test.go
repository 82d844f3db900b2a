package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/transform"
)

// A store plays S3 with presigned URLs.
func store(t *testing.T, serve http.HandlerFunc) (Function, string) {
	t.Helper()
	server := httptest.NewTLSServer(serve)
	t.Cleanup(server.Close)
	f := newFunction()
	f.Client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	return f, server.URL + "/object?X-Amz-Signature=secret"
}

func stackEvent(target, url string) string {
	return fmt.Sprintf(`{"clientRequestToken":"token","stackId":"arn","changeSetId":null,"actionInvocationPoint":"CREATE_PRE_PROVISION",
"requestData":{"targetName":%q,"targetType":%q,"targetLogicalId":"my-stack","payload":%q},"requestContext":{"invocation":1,"callbackContext":null}}`, target, target, url)
}

// askAbout puts a template into the store and asks about it.
func askAbout(t *testing.T, template string) response {
	t.Helper()
	f, url := store(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["Authorization"])+len(r.Header["Cookie"])+len(r.Header["X-Amz-Security-Token"]) > 0 {
			t.Errorf("sent %v", r.Header)
		}
		json.NewEncoder(w).Encode(map[string]any{"template": template, "previousTemplate": "", "changedResources": []any{}})
	})
	a := ask(t, f, stackEvent("STACK", url))
	if b := ask(t, f, stackEvent("CHANGE_SET", url)); !reflect.DeepEqual(a, b) {
		t.Errorf("a change set is judged otherwise: %+v %+v", a, b)
	}
	return a
}

// TestStacks is which templates may be deployed.
func TestStacks(t *testing.T) {
	open := reference(t)
	result, err := transform.Patch(t.Context(), []byte(open), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if a := askAbout(t, string(result.Output)); a.HookStatus != "SUCCESS" {
		t.Errorf("what imdslock has locked is refused: %+v", a)
	}
	a := askAbout(t, open)
	for _, want := range []string{"template: hop-limit ", "template: imdsv1-parameter ", "template: iptables-absent ", "hint: imdslock locks the template, as does the macro: Transform: IMDSLock"} {
		if a.ErrorCode != nonCompliant || !strings.Contains(a.Message, want) {
			t.Errorf("no %s in %+v", want, a)
		}
	}
	if a := askAbout(t, "Resources: {B: {Type: AWS::S3::Bucket}}"); a.HookStatus != "SUCCESS" {
		t.Errorf("a stack that launches nothing is refused: %+v", a)
	}
	if a := askAbout(t, "Resources: ["); a.ErrorCode != nonCompliant || !strings.Contains(a.Message, "template:1:") {
		t.Errorf("%+v", a)
	}
}

// TestMacroCalled expects a template that calls the macro to be judged as the
// macro makes it, and none that calls another.
func TestMacroCalled(t *testing.T) {
	open := reference(t)
	for transforms, want := range map[string]string{
		"Transform: IMDSLock\n":                                                        "",
		"Transform: [AWS::LanguageExtensions, IMDSLock]\n":                             "",
		"Transform:\n  - Name: IMDSLock\n    Parameters: {IMDSv1: literal}\n":          "",
		"Transform: {Name: IMDSLock, Parameters: {Resources: [NodeLaunchTemplate]}}\n": "",
		"Fn::Transform: {Name: IMDSLock}\n":                                            "",
		"Transform: AWS::LanguageExtensions\n":                                         "hop-limit",
		"Transform: [Other, IMDSLocker]\n":                                             "hop-limit",
		"Transform: {Name: IMDSLock, Parameters: {hoplimit: 1}}\n":                     "IMDSLock: there is no parameter hoplimit: did you mean HopLimit?",
		"Transform: {Name: IMDSLock, Parameters: {HopLimit: 0}}\n":                     "hop-limit",
		"Transform: {Name: IMDSLock, Parameters: {IMDSv1: keep}}\n":                    "imdsv1",
		"Transform: {Name: IMDSLock, Parameters: {Resources: Other}}\n":                `there is no launch template or node group "Other"`,
	} {
		a := askAbout(t, transforms+open)
		if want == "" && a.HookStatus != "SUCCESS" || want != "" && (a.ErrorCode != nonCompliant || !strings.Contains(a.Message, want)) {
			t.Errorf("%s: no %q in %+v", transforms, want, a)
		}
	}
	f := newFunction()
	f.Macro = ""
	if _, err := f.checkStack(t.Context(), []byte("Transform: IMDSLock\n"+open)); err == nil {
		t.Error("where there is no macro, what calls one passes")
	}
}

// TestDownloads expects no answer but a failure where the template does not come
// as it should, and the URL, which is a secret, not to be in it.
func TestDownloads(t *testing.T) {
	for name, test := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"forbidden": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "the bucket answers 403 Forbidden"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusTemporaryRedirect)
		}, "the bucket answers with a redirect"},
		"no JSON":     {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "the payload is not a JSON object with a template"},
		"no template": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"previousTemplate":"{}"}`) }, "the payload has no template"},
		"not a text":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"template":{}}`) }, "the payload is not a JSON object with a template"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"template":"Resources: {}"}`)
		}, "unexpected EOF"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for chunk := strings.Repeat("x", 1<<20); ; {
				if _, err := fmt.Fprint(w, chunk); err != nil {
					return
				}
			}
		}, "it has more than 16777216 bytes"},
	} {
		f, url := store(t, test.serve)
		if a := ask(t, f, stackEvent("STACK", url)); a.ErrorCode != internalFailure || !strings.Contains(a.Message, test.want) || strings.Contains(a.Message, "Signature") {
			t.Errorf("%s: no %q in %+v", name, test.want, a)
		}
	}
	for _, url := range []string{"http://s3.amazonaws.com/x", "file:///etc/passwd", "https://", "https://user:pass@host/", "://", "s3://b/k"} {
		if a := ask(t, newFunction(), stackEvent("STACK", url)); a.ErrorCode != internalFailure || !strings.Contains(a.Message, "the payload is not the URL of an object") {
			t.Errorf("%s: %+v", url, a)
		}
	}
}

// TestTrust expects a server that nobody vouches for not to be asked.
func TestTrust(t *testing.T) {
	_, url := store(t, func(w http.ResponseWriter, _ *http.Request) {
		t.Error("asked")
	})
	if a := ask(t, newFunction(), stackEvent("STACK", url)); a.ErrorCode != internalFailure || !strings.Contains(a.Message, "certificate") || strings.Contains(a.Message, "Signature") {
		t.Errorf("%+v", a)
	}
}

// TestSlow expects a download to end with its time.
func TestSlow(t *testing.T) {
	f, url := store(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler) // an answer to a client that has given up could be read still
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	text, err := f.Answer(ctx, []byte(stackEvent("STACK", url)))
	if err != nil || !strings.Contains(string(text), `"FAILED"`) || !strings.Contains(string(text), "deadline exceeded") {
		t.Errorf("%v %s", err, text)
	}
}

// TestOneLine expects a logical id with a line break to begin no line of its own.
func TestOneLine(t *testing.T) {
	var log bytes.Buffer
	f := newFunction()
	f.Log = &log
	_, err := f.check(t.Context(), []byte(`{"Resources":{"L\nT":{"Type":"AWS::EC2::LaunchTemplate","Properties":{"LaunchTemplateData":{"UserData":"H4s="}}}}}`), "template", f.Options)
	if err == nil || !strings.Contains(err.Error(), `template: metadata-options L\nT: no MetadataOptions`) {
		t.Error(err)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `L\nT: user data not judged`) {
		t.Errorf("%q", got)
	}
}
