package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/imdslock/imdslock/internal/needs"
	"github.com/imdslock/imdslock/transform"
)

const deployTemplate = "../../deploy/template.yaml"

// A deployment is what the tests look at in the template. Intrinsic functions
// are their arguments alone, as yaml.v3 drops the tags.
type deployment struct {
	Parameters map[string]struct{ Default any }
	Resources  map[string]resource
}

// A resource of the template, of any type.
type resource struct {
	Type       string
	Condition  string
	Properties struct {
		Handler, Runtime, Role, FunctionName, LogGroupName string
		MemorySize, Timeout                                int
		RetentionInDays                                    any
		LoggingConfig                                      struct{ LogGroup string }
		Code                                               struct{ S3ObjectVersion string }
		CodeSigningConfigArn                               []string
		AssumeRolePolicyDocument                           struct{ Statement []statement }
		Environment                                        struct{ Variables map[string]any }
		Dimensions                                         []struct{ Value string }
		MetricName                                         string
		LambdaFunction, ExecutionRole                      string
		TargetFilters                                      struct{ Actions, TargetNames []string }
		Policies                                           []struct {
			PolicyDocument struct{ Statement []statement }
		}
	}
}

// A statement of a policy.
type statement struct {
	Sid, Effect      string
	Principal        any
	Action, Resource any
	Condition        map[string]map[string]string
}

// readDeployment decodes the template, by way of JSON, which finds fields in any
// case.
func readDeployment(t *testing.T) (d deployment) {
	t.Helper()
	readTemplate(t, deployTemplate, &d)
	return d
}

// functions returns the functions by their logical IDs. There is one for each handler.
func (d deployment) functions(t *testing.T) map[string]resource {
	t.Helper()
	all := map[string]resource{}
	for id, r := range d.Resources {
		if r.Type == "AWS::Lambda::Function" {
			all[id] = r
		}
	}
	if len(all) != 3 {
		t.Fatalf("%d functions", len(all))
	}
	return all
}

// role returns the role of a function.
func (d deployment) role(function resource) resource {
	return d.Resources[strings.TrimSuffix(function.Properties.Role, ".Arn")]
}

func readTemplate(t *testing.T, name string, into any) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Unmarshal(src, &document); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// codePipelineCalls are the calls that the action makes as the function's role,
// by its source.
func codePipelineCalls(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile("pipeline/aws.go")
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, m := range regexp.MustCompile(`codepipeline\.NewFromConfig\(a\.config\(a\.Credentials\)\)\.(\w+)\(`).FindAllSubmatch(src, -1) {
		actions = append(actions, "codepipeline:"+string(m[1]))
	}
	if clients := strings.Count(string(src), "a.Credentials)"); clients != len(actions) {
		t.Fatalf("%d clients have the role's credentials, and %d calls were found", clients, len(actions))
	}
	return actions
}

// TestDeployedFunctions expects every function to start with the options and the
// environment that it is given, and to have memory and time for its work.
func TestDeployedFunctions(t *testing.T) {
	d := readDeployment(t)
	for id, r := range d.functions(t) {
		p := r.Properties
		environment := map[string]string{"_HANDLER": p.Handler}
		for name := range p.Environment.Variables {
			environment[name] = ""
		}
		environment["IMDSLOCK_OPTIONS"] = fmt.Sprint(d.Parameters["Options"].Default)
		g, err := newGuard(func(name string) string { return environment[name] }, io.Discard)
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if p.Runtime != "provided.al2023" || p.MemorySize < 256 || float64(p.Timeout) < 2*g.margin.Seconds() {
			t.Errorf("%s: %+v", id, p)
		}
		if p.Handler == "hook" && p.Timeout >= 30 {
			t.Errorf("%s may take %d s, and CloudFormation waits for 30", id, p.Timeout)
		}
	}
}

// TestDeployedRights expects the roles of the handlers to be allowed what the code
// does, and nothing else.
func TestDeployedRights(t *testing.T) {
	d := readDeployment(t)
	logs := []string{"logs:CreateLogStream", "logs:PutLogEvents"}
	want := map[string][]string{
		"macro":        logs,
		"hook":         logs,
		"codepipeline": append(codePipelineCalls(t), logs...),
	}
	got := map[string][]string{}
	for id, r := range d.functions(t) {
		p := r.Properties
		for _, policy := range d.role(r).Properties.Policies {
			for _, s := range policy.PolicyDocument.Statement {
				actions := actionsOf(s.Action)
				got[p.Handler] = append(got[p.Handler], actions...)
				isCodePipeline := strings.HasPrefix(actions[0], "codepipeline:") // which knows no resources of jobs
				if (s.Resource == "*") != isCodePipeline || !isCodePipeline && s.Resource != p.LoggingConfig.LogGroup+".Arn" {
					t.Errorf("%s: %v on %s", id, actions, s.Resource)
				}
			}
		}
	}
	for _, actions := range slices.Collect(maps.Values(got)) {
		slices.Sort(actions)
	}
	for _, actions := range slices.Collect(maps.Values(want)) {
		slices.Sort(actions)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the roles of the handlers may do other things than the code does (-code +template):\n%s", diff)
	}
}

// TestDeployedLogs expects every function to have a role and a log that ends, which
// are made where it is made.
func TestDeployedLogs(t *testing.T) {
	d := readDeployment(t)
	for id, r := range d.functions(t) {
		role, log := d.role(r), d.Resources[r.Properties.LoggingConfig.LogGroup]
		if role.Type != "AWS::IAM::Role" || log.Type != "AWS::Logs::LogGroup" || log.Properties.RetentionInDays == nil {
			t.Errorf("%s has no role or no log that ends", id)
		}
		if role.Condition != r.Condition || log.Condition != r.Condition {
			t.Errorf("%s, its role and its log are not made together", id)
		}
	}
}

// TestDeployedAlarms expects an alarm for the errors of every function, and one for
// its throttles.
func TestDeployedAlarms(t *testing.T) {
	d := readDeployment(t)
	alarms := map[string][]string{}
	for _, r := range d.Resources {
		if r.Type == "AWS::CloudWatch::Alarm" && len(r.Properties.Dimensions) == 1 {
			alarms[r.Properties.Dimensions[0].Value] = append(alarms[r.Properties.Dimensions[0].Value], r.Properties.MetricName)
		}
	}
	for id := range d.functions(t) {
		slices.Sort(alarms[id])
		if !slices.Equal(alarms[id], []string{"Errors", "Throttles"}) {
			t.Errorf("%s has the alarms %v", id, alarms[id])
		}
	}
}

func actionsOf(v any) []string {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	var all []string
	for _, item := range v.([]any) {
		all = append(all, item.(string))
	}
	return all
}

// TestDeployedHook expects CloudFormation to ask about what the hook judges.
func TestDeployedHook(t *testing.T) {
	d := readDeployment(t)
	hook := d.Resources["NodeGroupHook"].Properties
	invoker := d.Resources[strings.TrimSuffix(hook.ExecutionRole, ".Arn")]
	statement := invoker.Properties.Policies[0].PolicyDocument.Statement
	if len(statement) != 1 || !slices.Equal(actionsOf(statement[0].Action), []string{"lambda:InvokeFunction"}) || statement[0].Resource != hook.LambdaFunction {
		t.Errorf("the hook's role may do %+v", statement)
	}
	if f := d.Resources[strings.TrimSuffix(hook.LambdaFunction, ".Arn")].Properties; f.Handler != "hook" {
		t.Errorf("the hook calls %s", f.Handler)
	}
	if f := d.Resources[strings.TrimSuffix(d.Resources["TemplateMacro"].Properties.FunctionName, ".Arn")].Properties; f.Handler != "macro" {
		t.Errorf("the macro calls %s", f.Handler)
	}
	if want := transform.ResourceTypes(); !slices.Equal(hook.TargetFilters.TargetNames, want) {
		t.Errorf("the hook is asked about %v, and judges %v", hook.TargetFilters.TargetNames, want)
	}
	if !slices.Equal(hook.TargetFilters.Actions, []string{"CREATE", "UPDATE"}) {
		t.Errorf("asked at %v", hook.TargetFilters.Actions)
	}
}

// TestDeploymentChecked expects nothing to be open in the template itself.
func TestDeploymentChecked(t *testing.T) {
	if out, err := exec.Command(program(t, "imdslock"), "check", deployTemplate).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDeploymentLint(t *testing.T) {
	cfnLint := needs.CFNLint(t)
	// Informational findings count too. China and GovCloud have no
	// AWS::CloudFormation::LambdaHook, by cfn-lint 1.51.
	args := []string{"--include-checks", "I", "--non-zero-exit-code", "informational",
		"--regions", "us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2", "--template", deployTemplate, bucketTemplate}
	if out, err := exec.CommandContext(t.Context(), cfnLint, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestDeployedReadme holds what the README tells people to pass to the template
// and to the macro's parameters.
func TestDeployedReadme(t *testing.T) {
	readme, err := os.ReadFile("../../deploy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	parameters := readDeployment(t).Parameters
	maps.Copy(parameters, readBucket(t).Parameters)
	for _, m := range regexp.MustCompile(`ParameterKey=(\w+)|[ \x60]([A-Z]\w+)=`).FindAllSubmatch(readme, -1) {
		name := string(m[1]) + string(m[2])
		if _, ok := parameters[name]; !ok && !slices.Contains([]string{"ParameterKey", "DisableIMDSv1", "Enabled", "MaxConcurrentPercentage", "OrganizationalUnitIds", "UntrustedArtifactOnDeployment", "SigningProfileVersionArns"}, name) {
			t.Errorf("the template has no parameter %s", name)
		}
	}
	for name := range readDeployment(t).Parameters {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("nothing is said of %s", name)
		}
	}
}
