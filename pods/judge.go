package pods

import (
	"cmp"
	"fmt"
	"slices"
)

// A judge gives the verdicts.
type judge struct {
	lock     Lock
	known    []controller
	accounts map[objectName]serviceAccount
	nodes    map[string]node
	proxy    string // how a kube2iam or kiam in the cluster treats requests, or ""
	region   string // of all nodes, or "REGION"
	cluster  string // its name if the nodes have it, or "CLUSTER"
}

// Judge returns the verdict on each workload if its node has the lock.
func (c *Cluster) Judge(lock Lock) (Report, error) {
	known, err := knownControllers()
	if err != nil {
		return Report{}, err
	}
	j := &judge{lock: lock, known: known, accounts: c.accounts, nodes: c.nodes, region: "REGION", cluster: "CLUSTER"}
	j.ask(c.nodes)
	workloads := c.workloads()
	j.proxy = j.findProxy(workloads)
	report := Report{Notes: append(c.notes(), lock.notes()...)}
	for _, w := range workloads {
		report.Workloads = append(report.Workloads, j.workload(w))
	}
	if j.proxy != "" && lock.IPTables == IPTablesStrict {
		report.Notes = append(report.Notes, Note{Message: "the strict rule also drops what kube2iam and kiam redirect"})
	}
	order := Verdicts()
	slices.SortStableFunc(report.Workloads, func(a, b Workload) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return report, nil
}

// ask learns from the nodes what fixes are filled in with.
func (j *judge) ask(nodes map[string]node) {
	regions, clusters := map[string]bool{}, map[string]bool{}
	for _, n := range nodes {
		regions[n.region], clusters[n.cluster] = true, true
	}
	only := func(names map[string]bool, otherwise string) string {
		for name := range names {
			if len(names) == 1 && name != "" && isPlain(name) {
				return name
			}
		}
		return otherwise
	}
	j.region, j.cluster = only(regions, j.region), only(clusters, j.cluster)
}

// findProxy says how a workload answers for the metadata service, or "" if none does.
// Of two, the one that answers less counts.
func (j *judge) findProxy(workloads []*workload) (proxy string) {
	for _, w := range workloads {
		for p := range w.each {
			for c := range p.each {
				if k, ok := known(j.known, subject{c, w.kind}); ok && k.Proxy != "" && proxy != "filters" {
					proxy = k.Proxy
				}
			}
		}
	}
	return proxy
}

// each yields the pods of a workload, or else what its template would make.
func (w *workload) each(yield func(pod) bool) {
	for _, p := range w.pods {
		if !yield(p) {
			return
		}
	}
	if len(w.pods) == 0 && w.template != nil {
		yield(*w.template)
	}
}

// workload judges a workload. What its pods have in common is reported once.
func (j *judge) workload(w *workload) Workload {
	result := Workload{Kind: w.kind, Namespace: w.namespace, Name: w.name, Pods: len(w.pods)}
	type said struct {
		verdict   Verdict
		container string
		message   string
	}
	seen := map[said]bool{}
	for p := range w.each {
		in := &inquiry{judge: j, workload: w, pod: p, account: j.accountOf(p), isTemplate: len(w.pods) == 0}
		in.run()
		in.describe(&result)
		for _, f := range in.findings {
			s := said{f.Verdict, f.Container, f.Message}
			if !seen[s] {
				seen[s] = true
				result.Findings = append(result.Findings, f)
			}
		}
	}
	order := Verdicts()
	slices.SortStableFunc(result.Findings, func(a, b Finding) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	result.Verdict = result.Findings[0].Verdict
	return result
}

// accountOf returns the service account of a pod.
func (j *judge) accountOf(p pod) account {
	name := cmp.Or(p.ServiceAccountName, "default")
	a, ok := j.accounts[objectName{p.Namespace, name}]
	return account{a, name, ok}
}

// An inquiry is into one pod.
type inquiry struct {
	*judge
	workload   *workload
	pod        pod
	account    account
	isTemplate bool
	findings   []Finding
}

// find records a finding. c is nil if it is about the pod as a whole.
func (in *inquiry) find(v Verdict, c *container, k *controller, message string, fixes ...Fix) {
	f := Finding{Verdict: v, Place: in.pod.place, Message: message, Fixes: fixes}
	if c != nil {
		f.Container = c.Name
		f.Place.Pointer = in.pointer(*c)
	}
	if k != nil {
		f.Controller, f.Source = k.ID, k.Source
	}
	in.findings = append(in.findings, f)
}

// pointer returns the pointer to a container in the input.
func (in *inquiry) pointer(c container) string {
	base := in.pod.place.Pointer + "/spec/"
	is := func(other container) bool { return other.Name == c.Name }
	if i := slices.IndexFunc(in.pod.Containers, is); i >= 0 {
		return fmt.Sprintf("%scontainers/%d", base, i)
	}
	return fmt.Sprintf("%sinitContainers/%d", base, slices.IndexFunc(in.pod.InitContainers, is))
}

// run judges the pod.
func (in *inquiry) run() {
	compute := in.nodes[in.pod.NodeName].compute
	switch {
	case in.pod.Labels[labelFargate] != "", compute == "fargate":
		in.find(KeepsWorking, nil, nil, "it runs on Fargate, where pods have no metadata service")
		return
	case compute == "hybrid":
		in.find(KeepsWorking, nil, nil, "it runs on a hybrid node, which is not an EC2 instance")
		return
	case in.pod.isOnHost() && !in.lock.Disabled:
		in.onHost()
		return
	case compute == "auto":
		in.find(KeepsWorking, nil, nil, "it runs on a node of EKS Auto Mode, where pods are locked out already")
		return
	}
	if how := in.lock.opening(in.pod); how != "" {
		in.find(KeepsAccess, nil, nil, "it still reads the metadata service "+how)
		return
	}
	if in.pod.Annotations[annotationNetworks] != "" {
		in.find(KeepsAccess, nil, nil, "it has another network interface (Multus): with macvlan or ipvlan it reads the metadata service past every rule",
			Fix{"run", "kubectl get network-attachment-definitions -A -o yaml   # look for type: macvlan, ipvlan"})
	}
	for c := range in.pod.each {
		in.container(c)
	}
	if len(in.findings) == 0 {
		in.find(Unknown, nil, nil, "it has no containers")
	}
}

// isOnHost reports whether the pod is on the network of its node.
func (p pod) isOnHost() bool { return p.HostNetwork || p.SecurityContext.WindowsOptions.HostProcess }

// onHost judges a pod on the network of its node, and says which controller needs that.
func (in *inquiry) onHost() {
	var needed *controller
	var names []string
	for c := range in.pod.each {
		k, ok := known(in.known, subject{c, in.workload.kind})
		if !ok {
			continue
		}
		if slices.ContainsFunc(k.Needs, func(n need) bool {
			return slices.ContainsFunc(n.Set, func(s setting) bool { return s.HostNetwork })
		}) && !slices.Contains(names, k.Name) {
			needed = k
			names = append(names, k.Name)
		}
	}
	if needed != nil {
		in.find(KeepsAccess, nil, needed, fmt.Sprintf("it is on the network of its node, which %s needs", needed.Name))
		return
	}
	in.find(KeepsAccess, nil, nil, "it is on the network of its node", in.refuseHosts())
}

// refuseHosts returns the fix that has an admission policy refuse such pods.
func (in *inquiry) refuseHosts() Fix {
	if ns := in.pod.Namespace; ns != "" && ns != "kube-system" {
		return Fix{"policy", "kubectl label namespace " + quoted(ns) + " pod-security.kubernetes.io/enforce=baseline   # if no pod here needs its node's network; it refuses this one too"}
	}
	return Fix{"policy", "a ValidatingAdmissionPolicy that names who may have hostNetwork: docs/pods.md has one"}
}

// describe adds what is known of the pod to what is known of its workload.
func (in *inquiry) describe(w *Workload) {
	add := func(list *[]string, text string) {
		if text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
			slices.Sort(*list)
		}
	}
	w.HostNetwork = w.HostNetwork || in.pod.isOnHost()
	w.Proxied = w.Proxied || in.pod.Annotations[annotationProxyRole] != "" && in.proxy != ""
	for c := range in.pod.each {
		add(&w.Credentials, in.credentialsOf(c, in.pod, in.account, in.isTemplate))
		add(&w.Region, regionOf(c))
		w.MetadataDisabled = w.MetadataDisabled || c.isTrue("AWS_EC2_METADATA_DISABLED")
	}
	if len(w.Credentials) > 1 { // if a pod has some, its sidecars need not
		w.Credentials = slices.DeleteFunc(w.Credentials, func(c string) bool { return c == fromNode })
	}
}
