package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imdslock/imdslock/internal/awstest"
	"github.com/imdslock/imdslock/internal/runtimetest"
	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

// hang never answers, not even the client that has given up: what it sent then
// could be read still.
func hang(_ http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// TestHookOnLambda asks the real program about a resource and about a stack whose
// template is in a bucket, played on loopback with a certificate of its own.
func TestHookOnLambda(t *testing.T) {
	open, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := transform.Patch(t.Context(), open, transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	bucket := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		template := map[string][]byte{"/open": open, "/locked": locked.Output, "/macro": append([]byte("Transform: IMDSLock\n"), open...)}[r.URL.Path]
		if template == nil {
			hang(w, r)
		}
		json.NewEncoder(w).Encode(map[string]string{"template": string(template)})
	}))
	t.Cleanup(bucket.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: bucket.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	i := runtimetest.Start(t, program(t, "bootstrap"), "hook", "SSL_CERT_FILE="+authority, "IMDSLOCK_MACRO=IMDSLock")
	const resource = `{"clientRequestToken":"t","actionInvocationPoint":"CREATE_PRE_PROVISION","requestData":{"targetName":"AWS::EC2::LaunchTemplate","targetType":"AWS::EC2::LaunchTemplate","targetLogicalId":"LT","targetModel":{"resourceProperties":{"LaunchTemplateData":{"MetadataOptions":{"HttpPutResponseHopLimit":%d,"HttpTokens":"required"}}}}}}`
	stack := func(path string) string {
		return fmt.Sprintf(`{"clientRequestToken":"t","actionInvocationPoint":"UPDATE_PRE_PROVISION","requestData":{"targetName":"STACK","targetType":"STACK","targetLogicalId":"s","payload":%q}}`, bucket.URL+path)
	}
	for _, test := range []struct{ event, status, message string }{
		{fmt.Sprintf(resource, 1), "SUCCESS", "locked"},
		{fmt.Sprintf(resource, 2), "FAILED", "HttpPutResponseHopLimit is 2, not 1"},
		{stack("/locked"), "SUCCESS", "locked"},
		{stack("/open"), "FAILED", "template: hop-limit NodeLaunchTemplate"},
		{stack("/macro"), "SUCCESS", "the macro IMDSLock locks"},
		{stack("/never"), "FAILED", "imdslock did not finish in time"},
		{stack("/locked"), "SUCCESS", "locked"},
	} {
		timeout := 5 * time.Minute
		if strings.Contains(test.event, "/never") {
			timeout = 2 * time.Second
		}
		a := decode[struct{ HookStatus, Message, ClientRequestToken string }](t, i.Invoke([]byte(test.event), timeout))
		if a.HookStatus != test.status || a.ClientRequestToken != "t" || !strings.Contains(a.Message, test.message) {
			t.Errorf("%s: %+v", test.event, a)
		}
	}
}

// jobEvent is an event of CodePipeline.
func jobEvent(userParameters string) []byte {
	return fmt.Appendf(nil, `{"CodePipeline.job":{"id":"11111111-abcd-1111-abcd-111111abcdef","accountId":"111111111111","data":{"actionConfiguration":{"configuration":{"FunctionName":"imdslock","UserParameters":%q}},`+
		`"inputArtifacts":[{"name":"Source","revision":null,"location":{"type":"S3","s3Location":{"bucketName":"artifacts","objectKey":"in.zip"}}}],`+
		`"outputArtifacts":[{"name":"Locked","revision":null,"location":{"type":"S3","s3Location":{"bucketName":"artifacts","objectKey":"out.zip"}}}],`+
		`"artifactCredentials":{"accessKeyId":%q,"secretAccessKey":%q,"sessionToken":%q}}}}`,
		userParameters, awstest.Job.AccessKeyID, awstest.Job.SecretAccessKey, awstest.Job.SessionToken)
}

// artifact is a ZIP file with the embedded template.
func artifact(t *testing.T) []byte {
	t.Helper()
	src, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	f, err := w.Create("nodegroup.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f.Write(src)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// startJobs starts the real program as CodePipeline's action.
func startJobs(t *testing.T, aws *awstest.Server) *runtimetest.Instance {
	t.Helper()
	return runtimetest.Start(t, program(t, "bootstrap"), "codepipeline", "AWS_ENDPOINT_URL="+aws.URL(), "AWS_REGION="+awstest.Region,
		"AWS_ACCESS_KEY_ID="+awstest.Role.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+awstest.Role.SecretAccessKey, "AWS_SESSION_TOKEN="+awstest.Role.SessionToken)
}

// isLocked reports whether the template in an artifact is.
func isLocked(t *testing.T, artifact []byte) bool {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(artifact), int64(len(artifact)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Open("nodegroup.yaml")
	if err != nil {
		t.Fatal(err)
	}
	src, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	findings, err := transform.Check(t.Context(), src, transform.CheckOptions{Options: transform.Defaults()})
	return err == nil && len(findings) == 0
}

// TestCodePipelineOnLambda runs jobs on the real program, the last one out of
// time.
func TestCodePipelineOnLambda(t *testing.T) {
	aws := awstest.New(t)
	aws.Objects["artifacts/in.zip"] = awstest.Object{Content: artifact(t)}
	i := startJobs(t, aws)
	if a := i.Invoke(jobEvent(`{"Templates": "nodegroup.yaml"}`), 5*time.Minute); a.Error != "" || string(a.Body) != "null" {
		t.Errorf("%s %s", a.Error, a.Body)
	}
	if told := aws.Told(); told.Target != "PutJobSuccessResult" || !isLocked(t, aws.Objects["artifacts/out.zip"].Content) {
		t.Errorf("%+v", told)
	}
	aws.Results = nil
	aws.S3 = http.HandlerFunc(hang)
	if a := i.Invoke(jobEvent(`{"Templates": "nodegroup.yaml"}`), 8*time.Second); a.Error != "" {
		t.Errorf("%s %s", a.Error, a.Body)
	}
	if told := aws.Told(); told.Target != "PutJobFailureResult" || told.Request.FailureDetails.Message != "imdslock did not finish in time" {
		t.Errorf("%+v", told)
	}
	if a := i.Invoke([]byte("{}"), 5*time.Minute); a.Error == "" {
		t.Errorf("what is no job is no error: %s", a.Body)
	}
	if log := i.Log(); strings.Contains(log, awstest.Job.SecretAccessKey) || strings.Contains(log, awstest.Job.SessionToken) {
		t.Errorf("the credentials are in the log:\n%s", log)
	}
}
