package pods_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/imdslock/imdslock/pods"
)

func ExampleCluster_Judge() {
	var cluster pods.Cluster
	err := cluster.Read("cluster.json", strings.NewReader(`{
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "karpenter", "namespace": "kube-system"},
    "spec": {"serviceAccountName": "karpenter", "containers": [{"name": "controller", "image": "public.ecr.aws/karpenter/controller:1.8.0"}]}
}`))
	if err != nil {
		log.Fatal(err)
	}
	report, err := cluster.Judge(pods.DefaultLock())
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range report.Workloads {
		for _, f := range w.Findings {
			fmt.Printf("%v: %s %v: %s\n", f.Place, f.Verdict, w, f.Message)
		}
	}
	// Output:
	// cluster.json:1:1: pod-breaks Pod kube-system/karpenter: Karpenter asks the metadata service for its region
	// cluster.json:1:1: pod-loses-role Pod kube-system/karpenter: Karpenter calls AWS with the role of its node
}
