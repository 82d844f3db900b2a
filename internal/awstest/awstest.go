// Package awstest plays S3 and CodePipeline on loopback, for tests of the
// function as CodePipeline's action.
package awstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signature is the header of Signature Version 4.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
var signature = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=\w+/\d{8}/[a-z0-9-]+/\w+/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$`)

// An Object is an object in S3.
type Object struct {
	Content []byte
	Headers http.Header // of the request that put it there
}

// A Result is what CodePipeline was told.
type Result struct {
	Target  string // of the JSON protocol, "PutJobSuccessResult"
	Request struct {
		JobID           string
		OutputVariables map[string]string
		FailureDetails  struct{ Type, Message string }
	}
}

// Region is the region of the services.
const Region = "eu-central-1"

// The credentials that the services take: S3 those of a job, CodePipeline those
// of the function's role.
var (
	Job  = aws.Credentials{AccessKeyID: "JOB", SecretAccessKey: "job secret", SessionToken: "job token"}
	Role = aws.Credentials{AccessKeyID: "ROLE", SecretAccessKey: "role secret", SessionToken: "role token"}
)

// A Server plays S3 and CodePipeline. It requires each request to have Signature
// Version 4, made with the right credentials.
type Server struct {
	t      testing.TB
	server *httptest.Server

	// S3 replaces the objects; nil leaves them.
	S3 http.Handler

	mu      sync.Mutex
	Objects map[string]Object // by bucket/key
	Results []Result
	Refuse  map[string]string // by "GET", "PUT" or the target: the error to answer
}

// New starts a server, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	f := &Server{t: t, Objects: map[string]Object{}, Refuse: map[string]string{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// URL returns the address of the server, for AWS_ENDPOINT_URL.
func (f *Server) URL() string { return f.server.URL }

func (f *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		f.codePipeline(w, r, strings.TrimPrefix(target, "CodePipeline_20150709."), body)
		return
	}
	f.signed(r, body, Job, "s3")
	if f.S3 != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.S3.ServeHTTP(w, r)
		return
	}
	f.object(w, r, body)
}

// signed fails the test if a request is not signed with the credentials and for the
// service that it must be: it is signed again, and the signatures must be equal.
func (f *Server) signed(r *http.Request, body []byte, credentials aws.Credentials, service string) {
	f.t.Helper()
	m := signature.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		f.t.Errorf("%s %s is not signed: %q", r.Method, r.URL, r.Header.Get("Authorization"))
		return
	}
	if !strings.Contains(m[1], "x-amz-security-token") {
		f.t.Errorf("%s %s signs %s only", r.Method, r.URL, m[1])
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(body))
	if given := r.Header.Get("X-Amz-Content-Sha256"); given != "" && given != sum {
		f.t.Errorf("%s %s has the SHA-256 %s and says %s", r.Method, r.URL, sum, given)
	}
	again := r.Clone(r.Context())
	again.URL.Host = r.Host
	again.Header = http.Header{}
	for _, name := range strings.Split(m[1], ";") {
		again.Header[http.CanonicalHeaderKey(name)] = r.Header.Values(name)
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err == nil {
		err = v4.NewSigner().SignHTTP(r.Context(), credentials, again, sum, service, Region, at, func(o *v4.SignerOptions) {
			o.DisableURIPathEscaping = service == "s3"
		})
	}
	if got, want := r.Header.Get("Authorization"), again.Header.Get("Authorization"); err != nil || got != want {
		f.t.Errorf("%s %s (%v) is signed\n%s, not\n%s", r.Method, r.URL, err, got, want)
	}
}

func (f *Server) object(w http.ResponseWriter, r *http.Request, body []byte) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if code := f.Refuse[r.Method]; code != "" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `<Error><Code>%s</Code><Message>because</Message></Error>`, code)
		return
	}
	switch r.Method {
	case http.MethodGet:
		o, ok := f.Objects[name]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`)
			return
		}
		w.Write(o.Content)
	case http.MethodPut:
		f.Objects[name] = Object{body, r.Header.Clone()}
	default:
		f.t.Errorf("S3 is asked for %s %s", r.Method, r.URL)
	}
}

func (f *Server) codePipeline(w http.ResponseWriter, r *http.Request, target string, body []byte) {
	f.signed(r, body, Role, "codepipeline")
	if got := r.Header.Get("Content-Type"); got != "application/x-amz-json-1.1" || r.Method != http.MethodPost {
		f.t.Errorf("CodePipeline is asked by %s with %s", r.Method, got)
	}
	told := Result{Target: target}
	if err := json.Unmarshal(body, &told.Request); err != nil {
		f.t.Errorf("%s: %v: %s", target, err, body)
	}
	f.Results = append(f.Results, told)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if code := f.Refuse[target]; code != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"__type":%q,"message":"because"}`, code)
		return
	}
	fmt.Fprint(w, "{}")
}

// Told returns the one result that CodePipeline was told.
func (f *Server) Told() Result {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.Results) != 1 {
		f.t.Fatalf("CodePipeline was told %d results: %+v", len(f.Results), f.Results)
	}
	return f.Results[0]
}
