package pods

// IPTables says which iptables rules the nodes have.
type IPTables string

// The kinds of rules.
const (
	IPTablesNone   IPTables = ""       // none, or none that is known
	IPTablesAWS    IPTables = "aws"    // in FORWARD, which drops what pods send
	IPTablesStrict IPTables = "strict" // in raw PREROUTING, before kube2iam and kiam redirect anything
)

// A Lock is what keeps pods off the metadata service of their nodes. The zero
// value locks nothing.
type Lock struct {
	HopLimit  bool // the hop limit is 1
	Tokens    bool // IMDSv1 is off
	IPTables  IPTables
	BranchENI bool // the rules cover pods with branch network interfaces
	IPv6Open  bool // the metadata service answers by IPv6, and the rules do not cover that
	Disabled  bool // nobody gets an answer, not even the node

	// Remarks are messages about the lock, such as what of it is not known. They
	// become notes.
	Remarks []string
}

// DefaultLock returns what imdslock locks without options.
func DefaultLock() Lock {
	return Lock{HopLimit: true, Tokens: true, IPTables: IPTablesAWS, BranchENI: true}
}

// opening says how a pod reads the metadata service in spite of the lock, or returns
// "" if it does not.
func (l Lock) opening(p pod) string {
	options := l.HopLimit && l.Tokens // the answer does not reach the pod
	branch := p.Annotations[annotationBranchENI] != ""
	rules := l.IPTables != IPTablesNone && (l.BranchENI || !branch)
	switch {
	case l.Disabled, options:
		return ""
	case rules && !l.IPv6Open:
		return ""
	case rules && !p.usesIPv6():
		return ""
	case rules:
		return "by IPv6, which no rule covers"
	case l.IPTables != IPTablesNone:
		return "through its branch network interface, which no rule covers"
	case l.HopLimit:
		return "by IMDSv1, to which the hop limit does not apply"
	case l.Tokens:
		return "by IMDSv2, whose answers the hop limit lets through"
	}
	return "since nothing locks it"
}

// usesIPv6 reports whether a container is told to reach the metadata service by
// IPv6
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html).
func (p pod) usesIPv6() bool {
	for c := range p.each {
		if c.value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE") == "IPv6" || c.mentions(metadataIPv6) != "" {
			return true
		}
	}
	return false
}

// notes returns notes on the lock as a whole.
func (l Lock) notes() []Note {
	var notes []Note
	for _, remark := range l.Remarks {
		notes = append(notes, Note{Message: remark})
	}
	if l.IPv6Open && l.IPTables != IPTablesNone && !(l.HopLimit && l.Tokens) && !l.Disabled {
		notes = append(notes, Note{Message: "the metadata service answers by IPv6, which no rule covers: a pod that asks there is answered"})
	}
	return notes
}
