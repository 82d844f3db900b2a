package pods

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFixes expects what is to be pasted to name the workload as it is, and to fill
// in what the nodes say.
func TestFixes(t *testing.T) {
	template := func(kind, group, before, after string) string {
		return fmt.Sprintf(`{"kind": %q, "apiVersion": "%s/v1", "metadata": {"name": "w", "namespace": "n"}, "spec": %s{"template": {"spec": {"containers": [{"name": "c d", "image": "IMAGE"}]}}}%s}`, kind, group, before, after)
	}
	deployment := template("Deployment", "apps", "", "")
	cron := template("CronJob", "batch", `{"jobTemplate": {"spec": `, "}}")
	job := template("Job", "batch", "", "")
	bare := `{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "w"}, "spec": {"containers": [{"name": "c", "image": "IMAGE"}]}}`
	node := func(region string) string {
		return fmt.Sprintf(`{"kind": "Node", "apiVersion": "v1", "metadata": {"name": %[1]q, "labels": {"topology.kubernetes.io/region": %[1]q, "alpha.eksctl.io/cluster-name": "blue"}}}`, region)
	}
	for name, test := range map[string]struct {
		input, image string
		want         Fix
	}{
		"env":                {deployment, "karpenter/controller", Fix{"run", "kubectl set env --namespace n deployment/w --containers='c d' AWS_REGION=REGION"}},
		"env of a CronJob":   {cron, "karpenter/controller", Fix{"run", "kubectl set env --namespace n cronjob/w --containers='c d' AWS_REGION=REGION"}},
		"env of a Job":       {job, "karpenter/controller", Fix{"env", "AWS_REGION=REGION"}},
		"env of a pod":       {bare, "karpenter/controller", Fix{"env", "AWS_REGION=REGION"}},
		"a region":           {deployment + node("r-1"), "karpenter/controller", Fix{"run", "kubectl set env --namespace n deployment/w --containers='c d' AWS_REGION=r-1"}},
		"two regions":        {deployment + node("r-1") + node("r-2"), "karpenter/controller", Fix{"run", "kubectl set env --namespace n deployment/w --containers='c d' AWS_REGION=REGION"}},
		"a region with more": {deployment + node("r;x"), "karpenter/controller", Fix{"run", "kubectl set env --namespace n deployment/w --containers='c d' AWS_REGION=REGION"}},
		"a cluster":          {deployment + node("r-1"), "datadog/agent", Fix{"helm", "--set datadog.clusterName=blue"}},
		"a field":            {deployment, "aws-fsx-csi-driver", Fix{"run", `kubectl patch --namespace n deployment/w --patch '{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"CSI_NODE_NAME","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],"name":"c d"}]}}}}'`}},
		"host network":       {cron, "kiam", Fix{"run", `kubectl patch --namespace n cronjob/w --patch '{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirstWithHostNet","hostNetwork":true}}}}}}'`}},
		"of a pod":           {bare, "kube-ingress-aws-controller", Fix{"json", `{"spec":{"dnsPolicy":"ClusterFirstWithHostNet","hostNetwork":true}}`}},
		"text":               {deployment + node("r-1"), "aws-mountpoint-s3-csi-driver", Fix{"text", "stsRegion: r-1 in the volumeAttributes of each volume"}},
		"an account":         {strings.Replace(deployment, `"containers"`, `"serviceAccountName": "a", "containers"`, 1) + node("r-1"), "cloudwatch-exporter", Fix{"run", "aws eks create-pod-identity-association --cluster-name blue --namespace n --service-account a --role-arn ROLE_ARN"}},
		"the default one":    {deployment, "cloudwatch-exporter", Fix{"run", "aws eks create-pod-identity-association --cluster-name CLUSTER --namespace n --service-account SERVICE_ACCOUNT --role-arn ROLE_ARN"}},
	} {
		lock := DefaultLock()
		lock.IPTables = IPTablesStrict // kiam would answer otherwise
		var fixes []Fix
		for _, f := range judged(t, "x", strings.ReplaceAll(test.input, "IMAGE", test.image), lock).Workloads[0].Findings {
			fixes = append(fixes, f.Fixes...)
		}
		if !slices.Contains(fixes, test.want) {
			t.Errorf("%s: no %+v in\n%+v", name, test.want, fixes)
		}
	}
}

// TestNodes expects pods on nodes without a metadata service for them to be fine.
func TestNodes(t *testing.T) {
	for compute, want := range map[string]Verdict{"fargate": KeepsWorking, "hybrid": KeepsWorking, "auto": KeepsWorking, "ec2": LosesRole} {
		node := fmt.Sprintf(`{"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node", "labels": {"eks.amazonaws.com/compute-type": %q}}}`, compute)
		w := judged(t, "x", node+onePod("", `]}], "nodeName": "node"}`), DefaultLock()).Workloads[0]
		if w.Verdict != want {
			t.Errorf("%s: %s, want %s", compute, w.Verdict, want)
		}
	}
	auto := `{"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node", "labels": {"eks.amazonaws.com/compute-type": "auto"}}}`
	if w := judged(t, "x", auto+onePod("", `]}], "nodeName": "node", "hostNetwork": true}`), DefaultLock()).Workloads[0]; w.Verdict != KeepsAccess {
		t.Errorf("host network: %s", w.Verdict)
	}
}

// TestCredentials expects what only looks like credentials not to be taken for some.
func TestCredentials(t *testing.T) {
	irsa := `, {"name": "AWS_ROLE_ARN", "value": "r"}, {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "f"}]}]`
	token := func(audience string) string {
		return fmt.Sprintf(`, "volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "p"%s}}]}}]}`, audience)
	}
	for name, test := range map[string]struct {
		spec string
		want Verdict
	}{
		"IRSA":                 {irsa + token(`, "audience": "sts.amazonaws.com"`), KeepsWorking},
		"no token":             {irsa + "}", Unknown},
		"the API's token":      {irsa + token(""), Unknown},
		"a role alone":         {`, {"name": "AWS_ROLE_ARN", "value": "r"}]}]` + token(`, "audience": "sts.amazonaws.com"`), LosesRole},
		"half of the keys":     {`, {"name": "AWS_ACCESS_KEY_ID", "value": "k"}]}]}`, LosesRole},
		"empty keys":           {`, {"name": "AWS_ACCESS_KEY_ID", "value": ""}, {"name": "AWS_SECRET_ACCESS_KEY"}]}]}`, LosesRole},
		"a file":               {`, {"name": "AWS_SHARED_CREDENTIALS_FILE", "value": "/f"}]}]}`, KeepsWorking},
		"the last one counts":  {`, {"name": "AWS_ACCESS_KEY_ID", "value": "k"}, {"name": "AWS_SECRET_ACCESS_KEY", "value": "k"}, {"name": "AWS_ACCESS_KEY_ID", "value": ""}]}]}`, LosesRole},
		"disabled":             {`, {"name": "AWS_EC2_METADATA_DISABLED", "value": "TRUE"}]}]}`, KeepsWorking},
		"not disabled":         {`, {"name": "AWS_EC2_METADATA_DISABLED", "value": "false"}]}]}`, LosesRole},
		"perhaps from outside": {`], "envFrom": [{"configMapRef": {"name": "m"}}]}]}`, Unknown},
	} {
		if w := judged(t, "x", onePod("", test.spec), DefaultLock()).Workloads[0]; w.Verdict != test.want {
			t.Errorf("%s: %s, want %s", name, w.Verdict, test.want)
		}
	}
}

// TestKnownContainer expects a controller's needs to be met by what it is given, and
// what may be given elsewhere not to be missed for certain.
func TestKnownContainer(t *testing.T) {
	karpenter := func(more string) string {
		return strings.ReplaceAll(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "k"}, "spec": {"containers": [{"name": "c", "image": "karpenter/controller"MORE}]}}`, "MORE", more)
	}
	for name, test := range map[string]struct {
		more string
		want []Verdict
	}{
		"nothing":            {``, []Verdict{Breaks, LosesRole}},
		"perhaps all":        {`, "envFrom": [{"secretRef": {"name": "s"}}]`, []Verdict{Unknown, Unknown}},
		"disabled":           {`, "env": [{"name": "AWS_EC2_METADATA_DISABLED", "value": "true"}, {"name": "AWS_REGION", "value": "r"}]`, []Verdict{KeepsWorking}},
		"a region of a node": {`, "env": [{"name": "AWS_REGION", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['r']"}}}]`, []Verdict{LosesRole}},
	} {
		var got []Verdict
		for _, f := range judged(t, "x", karpenter(test.more), DefaultLock()).Workloads[0].Findings {
			got = append(got, f.Verdict)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	value := condition{Env: "MODE", Value: "on"}
	for _, test := range []struct {
		c    container
		want state
	}{
		{container{Env: []envVar{{Name: "MODE", Value: "ON"}}}, yes},
		{container{Env: []envVar{{Name: "MODE", Value: "off"}}}, no},
		{container{Env: []envVar{{Name: "MODE", Value: "off"}}, EnvFrom: []envFromSource{{}}}, no},
		{container{EnvFrom: []envFromSource{{}}}, maybe},
		{container{}, no},
	} {
		if got := (subject{test.c, "Pod"}).holds(value); got != test.want {
			t.Errorf("%+v: %v, want %v", test.c, got, test.want)
		}
	}
}

// TestSaidOnce expects what all pods of a workload have in common to be said once,
// and what only one has too.
func TestSaidOnce(t *testing.T) {
	pod := func(name, image string) string {
		return fmt.Sprintf(`{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": %q, "ownerReferences": [{"kind": "DaemonSet", "name": "d", "controller": true}]}, "spec": {"containers": [{"name": "c", "image": %q}]}}`, name, image)
	}
	w := judged(t, "x", pod("a", "nginx")+pod("b", "nginx")+pod("c", "coredns"), DefaultLock()).Workloads[0]
	if len(w.Findings) != 2 || w.Pods != 3 || w.Verdict != Unknown {
		t.Errorf("%+v", w)
	}
}
