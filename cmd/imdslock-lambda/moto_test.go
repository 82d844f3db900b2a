package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/imdslock/imdslock/internal/awstest"
	"github.com/imdslock/imdslock/internal/needs"
)

// TestMoto runs a job on the real program with moto's S3, which reads and writes
// objects by its own code. moto 5.2 knows no PutJobSuccessResult.
func TestMoto(t *testing.T) {
	address := startMoto(t)
	aws := awstest.New(t)
	aws.S3 = httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	bucket, in, out := "artifacts", "in.zip", "out.zip"
	client := s3.New(s3.Options{Region: awstest.Region, BaseEndpoint: sdk.String("http://" + address), UsePathStyle: true,
		Credentials: sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) { return awstest.Job, nil })})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: awstest.Region}}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &in, Body: bytes.NewReader(artifact(t))}); err != nil {
		t.Fatal(err)
	}
	if a := startJobs(t, aws).Invoke(jobEvent(`{"Templates": "nodegroup.yaml"}`), 5*time.Minute); a.Error != "" {
		t.Errorf("%s %s", a.Error, a.Body)
	}
	if told := aws.Told(); told.Target != "PutJobSuccessResult" {
		t.Fatalf("%+v", told)
	}
	object, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &out})
	if err != nil {
		t.Fatal(err)
	}
	defer object.Body.Close()
	content, err := io.ReadAll(object.Body)
	if err != nil || !isLocked(t, content) || object.ServerSideEncryption != types.ServerSideEncryptionAwsKms {
		t.Errorf("%v, encrypted with %s", err, object.ServerSideEncryption)
	}
}

// startMoto starts moto on a port of loopback that was free.
func startMoto(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: moto takes seconds to start")
	}
	server, err := exec.LookPath("moto_server")
	if err != nil {
		needs.Missing(t, "moto", err.Error())
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	host, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(server, "-H", host, "-p", port)
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("moto_server ends before it listens: %v\n%s", err, log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestReadmeCommands runs the commands that the README gives for one account and
// for all, as they stand there, against moto; only the building is left out. moto
// makes buckets without their versions and policies, which other tests look at.
func TestReadmeCommands(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		needs.Missing(t, "moto", err.Error())
	}
	readme, err := os.ReadFile("../../deploy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, block := range regexp.MustCompile(`(?m)(?:^    .*\n)+`).FindAllString(string(readme), -1) {
		if strings.Contains(block, "aws cloudformation") || strings.Contains(block, "aws s3api") {
			script.WriteString(regexp.MustCompile("(?m)^    ").ReplaceAllString(block, ""))
		}
	}
	commands := strings.Replace(script.String(), "make lambda\n", "aws organizations create-organization\n", 1)
	template, err := os.ReadFile(deployTemplate)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := os.ReadFile(bucketTemplate)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"deploy/template.yaml": template, "deploy/bucket.yaml": bucket, "bin/lambda/imdslock-lambda-arm64.zip": artifact(t)} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const made = `aws cloudformation describe-stack-resources --region eu-central-1 --stack-name imdslock --query 'StackResources[].LogicalResourceId'
aws cloudformation describe-stack-set --stack-set-name imdslock --query 'StackSet.[PermissionModel,Status]'
aws s3api list-object-versions --bucket $bucket-us-east-1 --query 'Versions[].Key'
`
	cmd := exec.CommandContext(t.Context(), "bash", "-exc", commands+made)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL=http://"+startMoto(t), "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x",
		"AWS_DEFAULT_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_DEFAULT_OUTPUT=text")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"MacroFunction", "HookFunction", "SERVICE_MANAGED\tACTIVE", "\nimdslock-lambda-arm64.zip"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}
