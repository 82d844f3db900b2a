// Package pods says what the workloads of a Kubernetes cluster would lose
// if the EC2 instance metadata service were locked against pods.
//
// A [Cluster] reads what kubectl prints, as in
//
//	kubectl get pods,serviceaccounts,daemonsets,deployments,statefulsets,nodes -A -o json
//
// or any part of it, and needs no access to a cluster. [Cluster.Judge] gives a
// verdict on each workload: its pods, grouped by what owns them, or its pod
// template if it has no pods. What is known of a controller, and the source of
// that, is in controllers.yaml.
//
// A verdict is only about the metadata service. It is made from what the input
// says: environment variables, arguments, annotations, images. What a program
// asks for without saying so there is not known, and the verdict says that.
//
// Names come from the input as they are. A caller that prints them must escape them.
package pods

import "fmt"

// Verdict is what becomes of a workload. It is the ID of a rule as well.
type Verdict string

// The verdicts, the worst first.
const (
	// Breaks: it does not get something that it asks the metadata service for.
	Breaks Verdict = "pod-breaks"
	// LosesRole: it calls AWS with the role of its node, and with no other.
	LosesRole Verdict = "pod-loses-role"
	// Unknown: the input does not say.
	Unknown Verdict = "pod-unknown"
	// KeepsAccess: it reads the metadata service in spite of the lock.
	KeepsAccess Verdict = "pod-keeps-access"
	// KeepsWorking: it does not need the metadata service.
	KeepsWorking Verdict = "pod-keeps-working"
)

// Verdicts returns all verdicts, the worst first.
func Verdicts() []Verdict {
	return []Verdict{Breaks, LosesRole, Unknown, KeepsAccess, KeepsWorking}
}

// Severity returns how serious a verdict is: "error", "warning", "note" or "none", the
// levels of SARIF 2.1.0 (section 3.27.10).
func (v Verdict) Severity() string {
	switch v {
	case Breaks, LosesRole:
		return "error"
	case KeepsAccess:
		return "warning"
	case KeepsWorking:
		return "none"
	}
	return "note"
}

// A Rule describes a verdict.
type Rule struct {
	Verdict Verdict
	Title   string // what is wrong, in a few words
	Why     string // what it leads to
	Fix     string // what to do
	Source  string // URL of the page that says so
}

// Rules returns the descriptions of all verdicts, the worst first.
func Rules() []Rule {
	const (
		practices = "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html"
		hosts     = "https://docs.aws.amazon.com/whitepapers/latest/security-practices-multi-tenant-saas-applications-eks/restrict-the-use-of-host-networking-and-block-access-to-instance-metadata-service.html"
		roles     = "https://docs.aws.amazon.com/eks/latest/userguide/service-accounts.html"
		standards = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"
	)
	return []Rule{
		{Breaks, "the workload asks the metadata service for something that it gets nowhere else",
			"when nodes are locked it gets no answer, and stops or does without it.",
			"set what the finding names before the nodes are locked.", practices},
		{LosesRole, "the workload has no credentials but those of its node",
			"they come from the metadata service, so its calls to AWS fail when nodes are locked.",
			"give its service account a role: EKS Pod Identity, or IAM roles for service accounts.", roles},
		{Unknown, "the input does not say what the workload needs",
			"it may ask the metadata service for credentials, for its region, or for nothing.",
			"look for callers on a node, as docs/pods.md says.", practices},
		{KeepsAccess, "the workload reads the metadata service in spite of the lock",
			"whoever gets into it has the credentials of its node.",
			"take it off the network of its node if it can do without, and let an admission policy refuse others.", hosts},
		{KeepsWorking, "the workload does without the metadata service",
			"nothing changes for it.", "nothing.", standards},
	}
}

// A Place is where an object is in the input.
type Place struct {
	File         string // as it was given to [Cluster.Read]
	Line, Column int    // from 1; the column counts characters
	Pointer      string // to the object or the container within its document (RFC 6901)
}

// String returns "FILE:LINE:COLUMN".
func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// A Fix is something to do, ready to paste. The reader replaces words in capitals.
type Fix struct {
	Label string // what it is: "arg", "helm", "run", "permissions", "yaml"
	Text  string
}

// A Finding is what one rule says about a workload.
type Finding struct {
	Verdict    Verdict
	Place      Place
	Container  string // its name, or "" if the pod as a whole is meant
	Controller string // the ID of its entry in controllers.yaml, or ""
	Message    string // without the name of the workload; one line unless a name has more
	Fixes      []Fix
	Source     string // URL of the page that says so, or ""
}

// A Workload is judged as a whole.
type Workload struct {
	Kind      string // of the object that owns the pods, or "Pod"
	Namespace string // "" if the input has none
	Name      string
	Pods      int // how many there are in the input; if 0, its template is judged

	HostNetwork      bool     // whether pods are on the network of their node
	Credentials      []string // where they come from, such as "IRSA" or "the node's role or none"
	Region           []string // what gives the region, such as "AWS_REGION"
	MetadataDisabled bool     // whether AWS_EC2_METADATA_DISABLED is set
	Proxied          bool     // whether kube2iam or kiam gives them a role

	Verdict  Verdict   // the worst of the findings
	Findings []Finding // the worst first, at least one
}

// String returns "KIND NAMESPACE/NAME".
func (w Workload) String() string {
	if w.Namespace == "" {
		return w.Kind + " " + w.Name
	}
	return w.Kind + " " + w.Namespace + "/" + w.Name
}

// A Note is about the input or the lock, and is not a verdict.
type Note struct {
	Place   Place // the zero value if it is about no place
	Message string
}

// A Report is the verdict on a cluster.
type Report struct {
	Workloads []Workload // the worst first, then by kind, namespace and name
	Notes     []Note
}

// Breaks reports whether a workload breaks or loses its role.
func (r Report) Breaks() bool {
	return len(r.Workloads) > 0 && r.Workloads[0].Verdict.Severity() == "error"
}
