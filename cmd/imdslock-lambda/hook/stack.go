package hook

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/imdslock/imdslock/cmd/imdslock-lambda/params"
	"github.com/imdslock/imdslock/internal/message"
	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// maxPayload is the largest size in bytes of the object that a payload's URL names:
// two templates of 1 MB, escaped, and the changes of a change set.
const maxPayload = 16 << 20

// NewClient returns a client for payloads. It speaks TLS and sends nothing but the
// URL, whose signature allows it to read.
func NewClient() *http.Client {
	return &http.Client{
		Timeout: 15 * time.Second, // CloudFormation waits for a hook for 30
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 10 * time.Second,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the bucket answers with a redirect")
		},
	}
}

// download returns the template that the URL of a payload names.
func (f Function) download(ctx context.Context, address string) ([]byte, error) {
	body, err := f.get(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("the template could not be downloaded: %w", withoutURL(err))
	}
	var payload struct{ Template string }
	if err := json.Unmarshal(body, &payload); err != nil {
		return nil, fmt.Errorf("the payload is not a JSON object with a template: %w", err)
	}
	if payload.Template == "" {
		return nil, errors.New("the payload has no template")
	}
	return []byte(payload.Template), nil
}

func (f Function) get(ctx context.Context, address string) ([]byte, error) {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != "https" || target.Host == "" || target.User != nil {
		return nil, errors.New("the payload is not the URL of an object, https://…")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	response, err := f.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the bucket answers %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPayload+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxPayload {
		return nil, fmt.Errorf("it has more than %d bytes", maxPayload)
	}
	return body, nil
}

// withoutURL drops the URL from an error: anybody who has it may read the template.
func withoutURL(err error) error {
	var inURL *url.Error
	if errors.As(err, &inURL) {
		return inURL.Err
	}
	return err
}

// checkStack judges a template as it was passed to CloudFormation, for all
// values of its parameters: the payload does not say which are passed. One that
// calls the macro is judged as the macro makes it.
func (f Function) checkStack(ctx context.Context, template []byte) (verdict, error) {
	const name = "template"
	t, err := cfn.Parse(template)
	if err != nil {
		return verdict{}, &openError{message.Error(name, err)}
	}
	given, ok := f.callOfMacro(t)
	if !ok {
		return f.check(ctx, template, name, f.Options)
	}
	opts, err := given.Options(f.Options)
	if err != nil {
		return verdict{}, &openError{name + ": " + f.Macro + ": " + err.Error()}
	}
	result, err := transform.Patch(ctx, template, opts)
	if err != nil {
		return verdict{}, &openError{message.Error(name, err)}
	}
	v, err := f.check(ctx, result.Output, name, f.Options)
	v.note = "the macro " + f.Macro + " locks the metadata service"
	return v, err
}

// callOfMacro returns the parameters with which a template calls the macro for
// all of itself, and whether it does.
func (f Function) callOfMacro(t *cfn.Template) (params.Values, bool) {
	if f.Macro == "" {
		return nil, false
	}
	for _, section := range []string{"Transform", "Fn::Transform"} {
		n := t.Root().Get(section)
		if n == nil {
			continue
		}
		calls := []*cfn.Node{n}
		if n.Kind == cfn.Sequence {
			calls = n.Items
		}
		for _, call := range slices.Backward(calls) {
			if call.Kind == cfn.Scalar && call.Value == f.Macro {
				return nil, true
			}
			if name := call.Get("Name"); name != nil && name.Value == f.Macro {
				return valuesOf(call.Get("Parameters")), true
			}
		}
	}
	return nil, false
}

// valuesOf returns parameters as they are written.
func valuesOf(n *cfn.Node) params.Values {
	values := params.Values{}
	if n == nil {
		return values
	}
	for _, pair := range n.Pairs {
		items := []*cfn.Node{pair.Value}
		if pair.Value.Kind == cfn.Sequence {
			items = pair.Value.Items
		}
		for _, item := range items {
			values[pair.Key.Value] = append(values[pair.Key.Value], item.Value)
		}
	}
	return values
}
