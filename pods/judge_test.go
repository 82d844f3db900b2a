package pods

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// onePod is a pod in the namespace shop, with what its specification and its
// metadata have besides.
func onePod(metadata, spec string) string {
	return fmt.Sprintf(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"%s}, "spec": {"containers": [{"name": "web", "image": "shop:1", "env": [{"name": "AWS_REGION", "value": "r"}%s}`, metadata, spec)
}

// TestLock expects the verdict to follow what is locked: of a pod that has its
// node's role and nothing else, and of some that reach the metadata service by
// other ways.
func TestLock(t *testing.T) {
	plain := onePod("", "]}]}")
	branch := onePod(`, "annotations": {"vpc.amazonaws.com/pod-eni": "[]"}`, "]}]}")
	ipv6 := onePod("", `, {"name": "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "value": "IPv6"}]}]}`)
	host := onePod("", `]}], "hostNetwork": true}`)
	windows := onePod("", `]}], "securityContext": {"windowsOptions": {"hostProcess": true}}}`)
	rules := Lock{IPTables: IPTablesAWS, BranchENI: true}
	eniOnly := Lock{IPTables: IPTablesAWS}
	rulesIPv6 := Lock{IPTables: IPTablesStrict, BranchENI: true, IPv6Open: true}
	for name, test := range map[string]struct {
		pod  string
		lock Lock
		want Verdict
		says string
	}{
		"nothing":                       {plain, Lock{}, KeepsAccess, "since nothing locks it"},
		"the hop limit alone":           {plain, Lock{HopLimit: true}, KeepsAccess, "by IMDSv1"},
		"tokens alone":                  {plain, Lock{Tokens: true}, KeepsAccess, "by IMDSv2"},
		"both":                          {plain, Lock{HopLimit: true, Tokens: true}, LosesRole, "role of its node"},
		"rules alone":                   {plain, rules, LosesRole, "role of its node"},
		"disabled":                      {plain, Lock{Disabled: true}, LosesRole, "role of its node"},
		"all":                           {plain, DefaultLock(), LosesRole, "role of its node"},
		"a branch interface, eni rules": {branch, eniOnly, KeepsAccess, "branch network interface"},
		"a branch interface, rules":     {branch, rules, LosesRole, "role of its node"},
		"a branch interface, all":       {branch, DefaultLock(), LosesRole, "role of its node"},
		"IPv6, rules":                   {ipv6, rules, LosesRole, "role of its node"},
		"IPv6 open":                     {ipv6, rulesIPv6, KeepsAccess, "by IPv6"},
		"IPv6 open, not used":           {plain, rulesIPv6, LosesRole, "role of its node"},
		"IPv6 open, options":            {ipv6, Lock{HopLimit: true, Tokens: true, IPTables: IPTablesAWS, IPv6Open: true}, LosesRole, "role of its node"},
		"host network":                  {host, DefaultLock(), KeepsAccess, "network of its node"},
		"host network, disabled":        {host, Lock{Disabled: true}, LosesRole, "role of its node"},
		"a HostProcess pod":             {windows, DefaultLock(), KeepsAccess, "network of its node"},
	} {
		w := judged(t, "x", test.pod, test.lock).Workloads[0]
		if w.Verdict != test.want || !strings.Contains(w.Findings[0].Message, test.says) {
			t.Errorf("%s: %s: %s, want %s", name, w.Verdict, w.Findings[0].Message, test.want)
		}
	}
	for name, lock := range map[string]Lock{"IPv6": rulesIPv6, "a remark": {Remarks: []string{"x"}}} {
		if report := judged(t, "x", plain, lock); len(report.Notes) != 1 {
			t.Errorf("%s: notes %v", name, report.Notes)
		}
	}
}

// TestProxies expects pods with a role from kube2iam to lose it where the rule
// drops before kube2iam's.
func TestProxies(t *testing.T) {
	annotated := onePod(`, "annotations": {"iam.amazonaws.com/role": "shop"}`, "]}]}")
	proxy := `{"kind": "DaemonSet", "apiVersion": "apps/v1", "metadata": {"name": "kube2iam"}, "spec": {"template": {"spec": {"hostNetwork": true, "containers": [{"name": "kube2iam", "image": "jtblin/kube2iam:0.11.2"}]}}}}`
	strict := DefaultLock()
	strict.IPTables = IPTablesStrict
	for name, test := range map[string]struct {
		input string
		lock  Lock
		want  Verdict
	}{
		"aws":      {annotated + proxy, DefaultLock(), KeepsWorking},
		"strict":   {annotated + proxy, strict, LosesRole},
		"no proxy": {annotated, DefaultLock(), LosesRole},
		"kube2iam": {onePod("", "]}]}") + proxy, DefaultLock(), KeepsAccess},
		"both":     {onePod("", "]}]}") + proxy + strings.ReplaceAll(proxy, "kube2iam", "kiam"), DefaultLock(), Unknown},
	} {
		report := judged(t, "x", test.input, test.lock)
		i := slices.IndexFunc(report.Workloads, func(w Workload) bool { return w.Name == "web" })
		if got := report.Workloads[i].Verdict; got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestAccounts expects what is injected into pods to be expected of templates, and
// pods that are older than the role of their account to be noticed.
func TestAccounts(t *testing.T) {
	account := `{"kind": "ServiceAccount", "apiVersion": "v1", "metadata": {"name": "shop", "namespace": "shop", "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/shop"}}}`
	deployment := func(image string) string {
		return fmt.Sprintf(`{"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"template": {"spec": {"serviceAccountName": "shop", "containers": [{"name": "c", "image": %q}]}}}}`, image)
	}
	old := `{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"serviceAccountName": "shop", "containers": [{"name": "c", "image": "shop"}]}}`
	for name, test := range map[string]struct {
		input string
		want  Verdict
		says  string
	}{
		"a template with a role":          {account + deployment("shop"), KeepsWorking, "IRSA"},
		"a template of Karpenter":         {deployment("karpenter/controller") + account, KeepsWorking, "region"},
		"one without":                     {deployment("karpenter/controller"), Breaks, "region"},
		"one without that is not known":   {deployment("shop"), Unknown, "nothing shows"},
		"a pod that is older":             {account + old, LosesRole, "older"},
		"an account of another namespace": {strings.Replace(account, `"namespace": "shop"`, `"namespace": "x"`, 1) + old, Unknown, "nothing shows"},
	} {
		w := judged(t, "x", test.input, DefaultLock()).Workloads[0]
		if w.Verdict != test.want || !strings.Contains(w.Findings[0].Message, test.says) {
			t.Errorf("%s: %s: %s, want %s", name, w.Verdict, w.Findings[0].Message, test.want)
		}
	}
}

// TestOwners expects pods to be grouped by what a person has written.
func TestOwners(t *testing.T) {
	pod := func(name, labels, kind, owner string) string {
		return fmt.Sprintf(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": %q, "namespace": "n", "labels": {%s}, "ownerReferences": [{"kind": "Other", "name": "o"}, {"kind": %q, "name": %q, "controller": true}]}, "spec": {"containers": [{"name": "c"}]}}`, name, labels, kind, owner)
	}
	input := strings.Join([]string{
		pod("a-5f7-x", `"pod-template-hash": "5f7"`, "ReplicaSet", "a-5f7"),
		pod("a-6aa-y", `"pod-template-hash": "6aa"`, "ReplicaSet", "a-6aa"),
		pod("b-x", ``, "ReplicaSet", "b"),
		pod("c-29123456-x", ``, "Job", "c-29123456"),
		pod("d-2025-x", ``, "Job", "d-2025"),
		pod("e-manual-x", ``, "Job", "e-manual"),
		`{"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": "e-manual", "namespace": "n", "ownerReferences": [{"kind": "CronJob", "name": "e", "controller": true}]}, "spec": {"template": {}}}`,
		`{"kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": {"name": "a-5f7", "namespace": "n", "ownerReferences": [{"kind": "Deployment", "name": "a", "controller": true}]}, "spec": {"template": {}}}`,
		`{"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "a", "namespace": "n"}, "spec": {"template": {}}}`,
		`{"kind": "CronJob", "apiVersion": "batch/v1", "metadata": {"name": "idle", "namespace": "n"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}}}`,
		pod("f-0", ``, "StatefulSet", "f"),
		pod("proxy-node1", ``, "Node", "node1"),
		pod("g-x", `"pod-template-hash": "g"`, "ReplicaSet", "-g"),
	}, "\n")
	var got []string
	for _, w := range judged(t, "x", input, DefaultLock()).Workloads {
		got = append(got, fmt.Sprintf("%v %d", w, w.Pods))
	}
	slices.Sort(got)
	want := []string{"CronJob n/c 1", "CronJob n/e 1", "CronJob n/idle 0", "Deployment n/a 2", "Job n/d-2025 1", "Pod n/proxy 1", "ReplicaSet n/-g 1", "ReplicaSet n/b 1", "StatefulSet n/f 1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// TestAsks expects a container that names the metadata service to be judged by that,
// although its image is of what does not speak to AWS.
func TestAsks(t *testing.T) {
	for args, want := range map[string]Verdict{`["-conf", "/etc/coredns/Corefile"]`: KeepsWorking, `["curl", "169.254.169.254"]`: Breaks} {
		pod := `{"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "coredns", "args": ` + args + `}]}}`
		if w := judged(t, "x", pod, DefaultLock()).Workloads[0]; w.Verdict != want {
			t.Errorf("%s: %s: %s, want %s", args, w.Verdict, w.Findings[0].Message, want)
		}
	}
}

// TestContainer expects flags, images and variables to be read as the programs read
// them.
func TestContainer(t *testing.T) {
	for _, test := range []struct {
		args  []string
		value string
		found bool
	}{
		{[]string{"--aws-region=r"}, "r", true},
		{[]string{"-aws-region=r"}, "r", true},
		{[]string{"--aws-region", "r"}, "r", true},
		{[]string{"--aws-region", "--other"}, "", true},
		{[]string{"--aws-region="}, "", true},
		{[]string{"--aws-region"}, "", true},
		{[]string{"--aws-region=a", "--aws-region=b"}, "b", true},
		{[]string{"sh", "-c", "run --aws-region='r' \\\n --x"}, "r", true},
		{[]string{"--not-aws-region=r", "---aws-region=r", "aws-region=r"}, "", false},
		{[]string{"--aws-regions=r"}, "", false},
	} {
		if value, found := (container{Args: test.args}).flag("--aws-region"); value != test.value || found != test.found {
			t.Errorf("%q: %q, %v", test.args, value, found)
		}
	}
	for image, want := range map[string]string{
		"nginx":                    "nginx",
		"nginx:1.27":               "nginx",
		"istio/proxyv2@sha256:00":  "istio/proxyv2",
		"localhost/a/b:1@sha256:0": "a/b",
		"registry:5000/a:1":        "a",
		"602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1": "eks/coredns",
		"[::1]:5000/a": "a",
		"":             "",
	} {
		if got := (container{Image: image}).repository(); got != want {
			t.Errorf("%q: %q, want %q", image, got, want)
		}
	}
	k := controller{Images: []string{"datadog/agent", "pause"}}
	for repository, want := range map[string]bool{"datadog/agent": true, "mirror/datadog/agent": true, "agent": false, "pause": true, "eks/pause": true, "unpause": false, "": false} {
		if got := k.matches(repository, ""); got != want {
			t.Errorf("%q: %v", repository, got)
		}
	}
}

// TestQuoted expects names in commands to stay one word, whatever is in them.
func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"kube-system": "kube-system", "deployment/a.b": "deployment/a.b", "": "''", "-x": "'-x'", "a b": "'a b'",
		"a'b": `'a'\''b'`, "$(x)": "'$(x)'", "a\nb": "'a\nb'", "é": "'é'", "a;b": "'a;b'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}

// TestRules expects every verdict to be described, the worst first.
func TestRules(t *testing.T) {
	var described []Verdict
	for _, r := range Rules() {
		described = append(described, r.Verdict)
		if r.Title == "" || r.Why == "" || r.Fix == "" || !strings.HasPrefix(r.Source, "https://") {
			t.Errorf("%+v", r)
		}
	}
	if !slices.Equal(described, Verdicts()) {
		t.Errorf("%v, want %v", described, Verdicts())
	}
}
