package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/imdslock/imdslock/cmd/imdslock-lambda/hook"
	"github.com/imdslock/imdslock/cmd/imdslock-lambda/macro"
	"github.com/imdslock/imdslock/cmd/imdslock-lambda/params"
	"github.com/imdslock/imdslock/cmd/imdslock-lambda/pipeline"
	"github.com/imdslock/imdslock/transform"
)

// run serves events until Lambda ends the process. It returns, with the exit
// status, only if the function is not set up correctly.
func run(getenv func(string) string, stderr io.Writer) int {
	g, err := newGuard(getenv, stderr)
	if err == nil && getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		err = fmt.Errorf("AWS_LAMBDA_RUNTIME_API is not set: this program runs on AWS Lambda; on the command line use imdslock")
	}
	if err != nil {
		fmt.Fprintln(stderr, "imdslock-lambda: "+err.Error())
		if err := reportInit(getenv("AWS_LAMBDA_RUNTIME_API"), err); err != nil {
			fmt.Fprintln(stderr, "imdslock-lambda: "+err.Error())
		}
		return 1
	}
	lambda.StartWithOptions(g)
	return 0
}

// newGuard returns the function that the environment asks for.
func newGuard(getenv func(string) string, stderr io.Writer) (guard, error) {
	values, err := params.Parse([]byte(getenv("IMDSLOCK_OPTIONS")))
	if err != nil {
		return guard{}, fmt.Errorf("IMDSLOCK_OPTIONS: %w", err)
	}
	opts, err := values.Options(transform.Defaults())
	if err != nil {
		return guard{}, fmt.Errorf("IMDSLOCK_OPTIONS: %w", err)
	}
	g := guard{log: stderr, margin: time.Second}
	switch name := getenv("_HANDLER"); name {
	case "macro":
		g.function = macro.Function{Options: opts, Log: stderr}
	case "hook":
		if len(opts.Resources) > 0 {
			return guard{}, fmt.Errorf("IMDSLOCK_OPTIONS: the hook takes no Resources: it is asked about everything that launches nodes")
		}
		g.function = hook.Function{Options: opts, Macro: getenv("IMDSLOCK_MACRO"), Client: hook.NewClient(), Log: stderr}
	case "codepipeline":
		g.function = pipeline.Function{Options: opts, AWS: pipeline.FromEnvironment(getenv), Log: stderr}
		g.margin = 10 * time.Second // to tell CodePipeline
	default:
		return guard{}, fmt.Errorf("there is no handler %q: the function's Handler is macro, hook or codepipeline", name)
	}
	return g, nil
}

// reportInit tells Lambda why the function does not start.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror
func reportInit(api string, why error) error {
	if api == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]any{"errorMessage": why.Error(), "errorType": "Runtime.InvalidConfiguration", "stackTrace": []string{}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+api+"/2018-06-01/runtime/init/error", strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Lambda-Runtime-Function-Error-Type", "Runtime.InvalidConfiguration")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("telling Lambda: %w", err)
	}
	return response.Body.Close()
}
