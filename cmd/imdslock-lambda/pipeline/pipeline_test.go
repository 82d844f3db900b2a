package pipeline

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imdslock/imdslock/internal/awstest"
	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/transform"
)

const jobID = "11111111-abcd-1111-abcd-111111abcdef"

// event is the documentation's example of an event, with one artifact in and one
// out. key is that of the artifact store, or "".
func event(t *testing.T, userParameters, key string) []byte {
	t.Helper()
	artifact := func(name, key string) map[string]any {
		return map[string]any{"name": name, "revision": nil, "location": map[string]any{"type": "S3",
			"s3Location": map[string]any{"bucketName": "artifacts", "objectKey": key}}}
	}
	data := map[string]any{
		"actionConfiguration": map[string]any{"configuration": map[string]any{"FunctionName": "imdslock", "UserParameters": userParameters}},
		"inputArtifacts":      []any{artifact("Source", "pipe/Source/in.zip")},
		"outputArtifacts":     []any{artifact("Locked", "pipe/Locked/out.zip")},
		"artifactCredentials": map[string]any{"accessKeyId": awstest.Job.AccessKeyID, "secretAccessKey": awstest.Job.SecretAccessKey, "sessionToken": awstest.Job.SessionToken},
		"continuationToken":   nil,
	}
	if key != "" {
		data["encryptionKey"] = map[string]any{"id": key, "type": "KMS"}
	}
	text, err := json.Marshal(map[string]any{"CodePipeline.job": map[string]any{"id": jobID, "accountId": "111111111111", "data": data}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func newFunction(aws *awstest.Server) Function {
	environment := map[string]string{"AWS_REGION": awstest.Region, "AWS_ACCESS_KEY_ID": awstest.Role.AccessKeyID, "AWS_SECRET_ACCESS_KEY": awstest.Role.SecretAccessKey,
		"AWS_SESSION_TOKEN": awstest.Role.SessionToken, "AWS_ENDPOINT_URL": aws.URL()}
	return Function{Options: transform.Defaults(), AWS: FromEnvironment(func(name string) string { return environment[name] }), Log: io.Discard}
}

// A file is one in an artifact.
type file struct {
	zip.FileHeader
	content string
}

// files are a repository with a template in it.
func files(t *testing.T) []file {
	t.Helper()
	src, err := templates.Reference("linux")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	return []file{
		{zip.FileHeader{Name: "README.md", Method: zip.Store, Modified: at}, "stored\n"},
		{zip.FileHeader{Name: "infra/", Modified: at}, ""},
		{zip.FileHeader{Name: "infra/nodegroup.yaml", Method: zip.Deflate, Modified: at, Comment: "ours", ExternalAttrs: 0o100640 << 16, CreatorVersion: 3 << 8}, string(src)},
		{zip.FileHeader{Name: "run.sh", Method: zip.Deflate, Modified: at, ExternalAttrs: 0o100755 << 16, CreatorVersion: 3 << 8}, strings.Repeat("#!/bin/sh\n", 100)},
	}
}

func pack(t *testing.T, all []file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range all {
		h := f.FileHeader
		e, err := w.CreateHeader(&h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(e, f.content)
	}
	if err := w.SetComment("of the source"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// entries returns what is in a ZIP file: the header of each file, and its
// content as it is stored.
func entries(t *testing.T, artifact []byte) (headers []zip.FileHeader, raw, content map[string]string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(artifact), int64(len(artifact)))
	if err != nil {
		t.Fatal(err)
	}
	raw, content = map[string]string{}, map[string]string{}
	for _, f := range r.File {
		headers = append(headers, f.FileHeader)
		stored, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		raw[f.Name] = all(t, stored)
		plain, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content[f.Name] = all(t, plain)
	}
	return headers, raw, content
}

func all(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// run puts an artifact into S3 and does the job.
func run(t *testing.T, aws *awstest.Server, artifact []byte, event []byte) {
	t.Helper()
	aws.Objects["artifacts/pipe/Source/in.zip"] = awstest.Object{Content: artifact}
	answer, err := newFunction(aws).Answer(t.Context(), event)
	if err != nil || string(answer) != "null" {
		t.Fatalf("%v %s", err, answer)
	}
}

// locking are parameters of an action that locks one template, with a configuration
// that the artifact does not have.
const locking = `{"Templates": ["infra/nodegroup.yaml"], "TemplateConfiguration": "infra/configuration.json"}`

// locked does the job that locks one template and returns the output artifact.
func locked(t *testing.T, aws *awstest.Server, artifact []byte) awstest.Object {
	t.Helper()
	run(t, aws, artifact, event(t, locking, ""))
	return aws.Objects["artifacts/pipe/Locked/out.zip"]
}

// TestJob locks a template in an artifact, and expects CodePipeline to be told the
// parameter's value, which is in the configuration too.
func TestJob(t *testing.T) {
	aws := awstest.New(t)
	in := pack(t, files(t))
	out := locked(t, aws, in)
	if told := aws.Told(); told.Target != "PutJobSuccessResult" || told.Request.JobID != jobID || told.Request.OutputVariables["DisableIMDSv1"] != "true" {
		t.Errorf("%+v", told)
	}
	_, _, before := entries(t, in)
	_, _, after := entries(t, out.Content)
	want, err := transform.Patch(t.Context(), []byte(before["infra/nodegroup.yaml"]), transform.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want.Output), after["infra/nodegroup.yaml"]); diff != "" {
		t.Error(diff)
	}
	if got := after["infra/configuration.json"]; !strings.Contains(got, `"DisableIMDSv1": "true"`) {
		t.Errorf("the configuration is %s", got)
	}
}

// TestJobEncrypts expects the output artifact to be put as CodePipeline's own are.
func TestJobEncrypts(t *testing.T) {
	h := locked(t, awstest.New(t), pack(t, files(t))).Headers
	if h.Get("X-Amz-Server-Side-Encryption") != "aws:kms" || h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id") != "" || h.Get("Content-Type") != "application/zip" {
		t.Errorf("put with %v", h)
	}
}

// TestJobKeepsFiles expects everything in an artifact but the template to be as it was,
// byte for byte, and what is known of the template besides its content.
func TestJobKeepsFiles(t *testing.T) {
	in := pack(t, files(t))
	out := locked(t, awstest.New(t), in).Content
	before, rawBefore, _ := entries(t, in)
	after, rawAfter, _ := entries(t, out)
	if len(after) != len(before)+1 || after[len(before)].Name != "infra/configuration.json" {
		t.Fatalf("the output has %+v", after)
	}
	for i, h := range before {
		got := after[i]
		if got.Name != h.Name || got.Mode() != h.Mode() || !got.Modified.Equal(h.Modified) || got.Comment != h.Comment {
			t.Errorf("entry %d was %+v, is %+v", i, h, got)
		}
		if h.Name == "infra/nodegroup.yaml" {
			continue
		}
		if diff := cmp.Diff(h, got); diff != "" || rawBefore[h.Name] != rawAfter[h.Name] {
			t.Errorf("%s is not as it was:\n%s", h.Name, diff)
		}
	}
	if r, err := zip.NewReader(bytes.NewReader(out), int64(len(out))); err != nil || r.Comment != "of the source" {
		t.Errorf("%v, and the comment is not as it was", err)
	}
}

// TestJobTwice does a job a second time, as Lambda may, and expects the same artifact.
func TestJobTwice(t *testing.T) {
	aws := awstest.New(t)
	in := pack(t, files(t))
	first := locked(t, aws, in).Content
	aws.Results = nil
	if second := locked(t, aws, in).Content; !bytes.Equal(first, second) {
		t.Error("the second artifact differs")
	}
	aws.Told()
}

// TestSettings is what UserParameters and the event can say.
func TestSettings(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111111111111:key/1"
	aws := awstest.New(t)
	source := append(files(t), file{zip.FileHeader{Name: "configuration.json", Method: zip.Deflate}, `{"Parameters": {"ClusterName": "blue"}}`})
	run(t, aws, pack(t, source), event(t, `{"Templates": "infra/nodegroup.yaml", "TemplateConfiguration": "configuration.json", "IPTables": "strict"}`, key))
	aws.Told()
	out := aws.Objects["artifacts/pipe/Locked/out.zip"]
	if got := out.Headers.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"); got != key {
		t.Errorf("encrypted with %q", got)
	}
	_, _, content := entries(t, out.Content)
	if want := `{"Parameters": {"ClusterName": "blue", "DisableIMDSv1": "true"}}`; content["configuration.json"] != want {
		t.Errorf("the configuration is %s", content["configuration.json"])
	}
	if !strings.Contains(content["infra/nodegroup.yaml"], "05-imdslock.conf") {
		t.Error("no strict block")
	}
}

// TestFailures expects CodePipeline to be told what is wrong, in words that help,
// and no output artifact.
func TestFailures(t *testing.T) {
	const templates = `{"Templates": "infra/nodegroup.yaml"}`
	two := strings.Replace(string(event(t, templates, "")), `"inputArtifacts":[`, `"inputArtifacts":[{},`, 1)
	for _, test := range []struct {
		name, event string
		artifact    []byte
		refuse      string
		kind, want  string
	}{
		{name: "no parameters", event: string(event(t, "", "")), kind: "ConfigurationError", want: `UserParameters name no template: want {"Templates": "nodegroup.yaml"}`},
		{name: "no JSON", event: string(event(t, "nodegroup.yaml", "")), kind: "ConfigurationError", want: "UserParameters: the parameters are not a JSON object"},
		{name: "unknown", event: string(event(t, `{"Templates": "a", "hop-limit": 1}`, "")), kind: "ConfigurationError", want: "UserParameters: there is no parameter hop-limit: did you mean HopLimit?"},
		{name: "outside", event: string(event(t, `{"Templates": "../a"}`, "")), kind: "ConfigurationError", want: `UserParameters: "../a" is not the name of a file in the artifact`},
		{name: "absolute", event: string(event(t, `{"Templates": "a", "TemplateConfiguration": "/etc/a"}`, "")), kind: "ConfigurationError", want: `"/etc/a" is not the name of a file`},
		{name: "both", event: string(event(t, `{"Templates": ["b", "a"], "TemplateConfiguration": "a"}`, "")), kind: "ConfigurationError", want: "a cannot be the template and its configuration"},
		{name: "two inputs", event: two, kind: "ConfigurationError", want: "the action has 2 input artifacts and 1 output artifacts: it needs one of each"},
		{name: "no such file", event: string(event(t, `{"Templates": "nodegroup.yaml"}`, "")), kind: "JobFailed", want: "the input artifact has no file nodegroup.yaml"},
		{name: "a folder", event: string(event(t, `{"Templates": "infra"}`, "")), kind: "JobFailed", want: "the input artifact has no file infra"},
		{name: "no template", event: string(event(t, `{"Templates": "README.md"}`, "")), kind: "JobFailed", want: "README.md:1:1: not a CloudFormation template"},
		{name: "no ZIP file", event: string(event(t, templates, "")), artifact: []byte("x"), kind: "JobFailed", want: "the input artifact is not a ZIP file"},
		{name: "forbidden to read", event: string(event(t, templates, "")), refuse: "GET", kind: "JobFailed", want: "reading the input artifact: operation error S3: GetObject"},
		{name: "forbidden to write", event: string(event(t, templates, "")), refuse: "PUT", kind: "JobFailed", want: "writing the output artifact: operation error S3: PutObject"},
		{name: "cannot be locked", event: string(event(t, `{"Templates": "infra/nodegroup.yaml", "Resources": "Other"}`, "")), kind: "JobFailed", want: `infra/nodegroup.yaml:`},
		{name: "long", event: string(event(t, `{"Templates": "`+strings.Repeat("x", 6000)+`"}`, "")), kind: "JobFailed", want: "\n(and more)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			aws := awstest.New(t)
			if test.refuse != "" {
				aws.Refuse[test.refuse] = "AccessDenied"
			}
			if test.artifact == nil {
				test.artifact = pack(t, files(t))
			}
			run(t, aws, test.artifact, []byte(test.event))
			told := aws.Told()
			details := told.Request.FailureDetails
			if told.Target != "PutJobFailureResult" || told.Request.JobID != jobID || details.Type != test.kind || !strings.Contains(details.Message, test.want) || len(details.Message) > maxFailure {
				t.Errorf("%+v", told)
			}
			if len(aws.Objects) != 1 {
				t.Error("there is an output artifact")
			}
		})
	}
}

// TestParametersOfTwo expects two templates with one configuration to need the
// same values, and to be refused where they do not.
func TestParametersOfTwo(t *testing.T) {
	aws := awstest.New(t)
	source := files(t)
	same, other := source[2], source[2]
	same.Name, other.Name = "same.yaml", "other.yaml"
	other.content = strings.ReplaceAll(other.content, `"true"`, `"yes"`)
	if other.content == same.content {
		t.Fatal("the template has no value of its parameter")
	}
	in := pack(t, append(source, same, other))
	run(t, aws, in, event(t, `{"Templates": ["infra/nodegroup.yaml", "same.yaml"], "TemplateConfiguration": "c.json"}`, ""))
	if told := aws.Told(); told.Request.OutputVariables["DisableIMDSv1"] != "true" {
		t.Errorf("%+v", told)
	}
	aws.Results = nil
	run(t, aws, in, event(t, `{"Templates": ["infra/nodegroup.yaml", "other.yaml"], "TemplateConfiguration": "c.json"}`, ""))
	const want = `infra/nodegroup.yaml needs parameter DisableIMDSv1 to be "true", and other.yaml needs "yes"`
	if d := aws.Told().Request.FailureDetails; d.Type != "ConfigurationError" || !strings.HasPrefix(d.Message, want) {
		t.Errorf("%+v", d)
	}
}

// TestTelling is CodePipeline not taking a result.
func TestTelling(t *testing.T) {
	aws := awstest.New(t)
	aws.Objects["artifacts/pipe/Source/in.zip"] = awstest.Object{Content: pack(t, files(t))}
	job := event(t, `{"Templates": "infra/nodegroup.yaml"}`, "")
	aws.Refuse["PutJobSuccessResult"] = "InvalidJobStateException" // it has one already
	if _, err := newFunction(aws).Answer(t.Context(), job); err != nil {
		t.Error(err)
	}
	aws.Refuse["PutJobSuccessResult"] = "JobNotFoundException"
	if _, err := newFunction(aws).Answer(t.Context(), job); err == nil || !strings.Contains(err.Error(), "telling CodePipeline the result") {
		t.Error(err)
	}
}

// TestTime expects a job to end with its time, without a result: there is time
// left to tell that.
func TestTime(t *testing.T) {
	aws := awstest.New(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.DeadlineExceeded)
	if _, err := newFunction(aws).Answer(ctx, event(t, `{"Templates": "a"}`, "")); err == nil || len(aws.Results) > 0 {
		t.Errorf("%v %+v", err, aws.Results)
	}
	if _, err := newFunction(aws).Fail(t.Context(), event(t, "", ""), "too late"); err != nil {
		t.Error(err)
	}
	if told := aws.Told(); told.Request.FailureDetails.Message != "too late" || told.Request.FailureDetails.Type != "JobFailed" {
		t.Errorf("%+v", told)
	}
}

// TestNoJob expects an event of another kind to be an error for Lambda: there is
// no job to fail.
func TestNoJob(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", `{"CodePipeline.job":{}}`} {
		if _, err := newFunction(awstest.New(t)).Answer(t.Context(), []byte(text)); err == nil || !strings.Contains(err.Error(), "the event is not that of CodePipeline") {
			t.Errorf("%s: %v", text, err)
		}
		if _, err := newFunction(awstest.New(t)).Fail(t.Context(), []byte(text), "why"); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
