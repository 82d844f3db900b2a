package userdata

// A Problem is one thing that keeps user data from being locked, or from being
// judged.
type Problem struct {
	Code    Code
	At      int    // byte offset in the user data of the command that it is about
	Message string // what is wrong, without the name of the resource

	// Opens says that what is not judged may let pods in in spite of a hop limit of 1 and
	// required tokens, whatever the rules are.
	Opens bool
}

// A Code says what kind of problem it is.
type Code string

// The problems. NotJudged, WithoutToken and NotMIME do not open anything on their
// own.
const (
	Absent           Code = "absent"             // nothing drops the packets of pods
	Late             Code = "late"               // something that may start the kubelet runs before the drop
	Undone           Code = "undone"             // something that may run later takes the drop back
	Unsaved          Code = "unsaved"            // the rule is not saved, and so is gone after a reboot
	Replaced         Code = "replaced"           // the packaged rules of iptables-services replace the rule
	NotStrict        Code = "not-strict"         // the strict block is asked for and is not in force
	BranchENIAbsent  Code = "branch-eni-absent"  // pods with branch network interfaces are not dropped
	BranchENIUnsaved Code = "branch-eni-unsaved" // the rule for them is not saved
	IPv6Absent       Code = "ipv6-absent"        // the IPv6 endpoint is on, and nothing drops fd00:ec2::254
	TooLarge         Code = "too-large"          // EC2 does not take user data of this size
	NotJudged        Code = "not-judged"         // it is not known what runs
	WithoutToken     Code = "without-token"      // a command asks for metadata without a token
	NotMIME          Code = "not-mime"           // a managed node group takes only MIME
)
