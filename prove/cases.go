//go:build linux

package prove

import "github.com/imdslock/imdslock/transform"

// The options of the cases. Only what the name says is locked.
var (
	nothing       = transform.Options{}
	hopLimit      = transform.Options{HopLimit: 1}
	tokens        = transform.Options{IMDSv1: transform.IMDSv1Lock}
	both          = transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Lock}
	onlyDefault   = transform.Options{HopLimit: 1, IMDSv1: transform.IMDSv1Default}
	aws           = transform.Options{IPTables: transform.IPTablesAWS, BranchENI: true}
	awsNoBranch   = transform.Options{IPTables: transform.IPTablesAWS}
	strict        = transform.Options{IPTables: transform.IPTablesStrict}
	previousValue = map[string]string{"DisableIMDSv1": "false"}
)

// Who reads what, of the pods.
var (
	nobody    = Pods{}
	otherPods = Pods{Other: V12} // what AWS's commands leave open
	everybody = everybodyBy(V12)
)

func everybodyBy(a Access) Pods { return Pods{Pod: a, Branch: a, Other: a} }

// always returns what is seen if the same pods read when the kubelet starts and
// in the end, and the node by IMDSv1 and IMDSv2.
func always(who Pods) Seen { return Seen{First: who, Pods: who, Node: V12, Signal: "0"} }

// then returns what is seen if some pods read at first, and others in the end.
func then(first, who Pods) Seen { return Seen{First: first, Pods: who, Node: V12, Signal: "0"} }

// with changes what is seen.
func (s Seen) with(change func(*Seen)) Seen {
	change(&s)
	return s
}

func byIMDSv2(s *Seen) { s.Node = V2 }
func byIPv6(s *Seen)   { s.Node6 = V12 }
func answered(s *Seen) { s.Agent = true }
func locked(s *Seen) { // nobody but the node, and that with a token
	s.First, s.Pods, s.Node, s.Node6 = nobody, nobody, V2, s.Node6&V2
}
func notStarted(s *Seen) { s.Kubelet, s.Signal = NotStarted, "1" }
func noSignal(s *Seen)   { s.Signal = "" }
func signalled1(s *Seen) { s.Signal = "1" }

// measureCases show what each measure does alone, and all together. The block is in
// user data with open metadata options, so that what is seen are the rules.
func measureCases() []Case {
	cases := []Case{
		{Row: "nothing: the template as it is", Options: nothing, Want: always(everybody)},
		{Row: "hop limit 1, tokens optional", Options: hopLimit, Want: always(everybodyBy(V1))},
		{Row: "hop limit 2, tokens required", Options: tokens, Want: always(everybodyBy(V2)).with(byIMDSv2)},
		{Row: "hop limit 1, tokens required", Options: both, Want: always(nobody).with(byIMDSv2)},
		{Row: "the same by `--imdsv1 default`, but the stack keeps its previous value `false`", Options: onlyDefault, Passed: previousValue, Want: always(everybodyBy(V1))},
		{Row: "the same by `--imdsv1 lock`, but the stack keeps its previous value `false`", Options: both, Passed: previousValue,
			Want: Seen{Refused: `template validation error: parameter DisableIMDSv1: "false" is not among its AllowedValues`}},
		{Row: "`--iptables aws --branch-eni=false` alone: `eni+` only", Options: awsNoBranch, Want: always(Pods{Branch: V12, Other: V12})},
		{Row: "`--iptables aws` alone", Options: aws, Want: always(otherPods)},
		{Row: "`--iptables strict` alone", Options: strict, Want: always(nobody)},
		{Row: "all that imdslock does by default", Options: transform.Defaults(), Want: always(nobody).with(byIMDSv2)},
		{Row: "the same in an update, and the node group follows `LatestVersionNumber`", Options: transform.Defaults(), Template: managed, Updated: followsLatest, Want: always(nobody).with(byIMDSv2).with(noSignal)},
		{Row: "the same in an update, and version 1 is kept: the node group names no `Version`", Options: transform.Defaults(), Template: managed, Updated: namesNoVersion, Want: always(everybody).with(noSignal)},
	}
	for i := range cases {
		if cases[i].Template == "" {
			cases[i].Template = reference()
		}
	}
	return onBoth(cases)
}

// onBoth repeats the cases that are only about rules on both implementations of
// iptables.
func onBoth(cases []Case) []Case {
	var all []Case
	for _, c := range cases {
		c.Image.IPTables = NFT
		all = append(all, c)
		if c.Options.IPTables == transform.IPTablesAWS || c.Options.IPTables == transform.IPTablesStrict {
			c.Image.IPTables = Legacy
			all = append(all, c)
		}
	}
	return all
}

// A situation is something that happens to a node, under both blocks.
type situation struct {
	row         string
	template    string
	image       Image
	then        []Step
	aws, strict Seen
	locked      Pods // who reads although the metadata options are locked too
}

// situationCases show what becomes of the rules when something happens, with
// open metadata options, and what is left of it where those are locked too.
func situationCases() []Case {
	ipv6 := launchTemplate("          HttpProtocolIpv6: enabled\n", "#!/bin/bash\n"+bootstrapAndSignal)
	exitOnError := launchTemplate("", "#!/bin/bash -xe\n"+bootstrapAndSignal)
	var cases []Case
	for _, s := range []situation{
		{row: "first boot", aws: always(otherPods), strict: always(nobody)},
		{row: "after a reboot", then: []Step{reboot}, aws: always(otherPods), strict: always(nobody)},
		{row: "the user data runs twice", then: []Step{again}, aws: always(otherPods), strict: always(nobody)},
		{row: "Calico puts its chains first, later", then: []Step{calico}, aws: then(otherPods, Pods{Pod: V12, Other: V12}), strict: always(nobody)},
		{row: "the metadata service has its IPv6 address on", template: ipv6, aws: always(otherPods).with(byIPv6), strict: always(nobody).with(byIPv6)},
		{row: "`yum` fails (no route to the repositories)", image: Image{YumFails: true}, aws: always(otherPods), strict: always(nobody)},
		{row: "`yum` fails, and a reboot", image: Image{YumFails: true}, then: []Step{reboot}, aws: then(otherPods, everybody), strict: always(nobody)},
		{row: "`yum` fails in a script with `#!/bin/bash -xe`", template: exitOnError, image: Image{YumFails: true}, aws: always(otherPods), strict: always(nobody)},
		{row: "Ubuntu: no `yum`, the kubelet is a snap", image: Image{Snap: true}, aws: always(otherPods), strict: always(nobody)},
		{row: "Ubuntu, and a reboot", image: Image{Snap: true}, then: []Step{reboot}, aws: then(otherPods, everybody), strict: always(nobody)},
		{row: "`iptables` cannot add rules", image: Image{Broken: true}, aws: always(everybody), strict: then(nobody, everybody).with(notStarted)},
		{row: "`iptables` cannot at first, then the kubelet is started again", image: Image{Broken: true}, then: []Step{repair, restartKubelet},
			aws: always(everybody), strict: always(nobody).with(signalled1)},
		{row: "`iptables` is busy until the bootstrap starts", image: Image{Busy: true}, aws: always(everybody), strict: always(nobody)},
		{row: "a later drop-in of the kubelet's unit empties `ExecStartPre`, and a reboot", then: []Step{emptyExecStartPre, reboot}, aws: always(otherPods), strict: always(nobody)},
		{row: "all tables are flushed while the node runs", then: []Step{flush}, aws: then(otherPods, everybody), strict: then(nobody, everybody)},
		{row: "all tables are flushed, then the kubelet is restarted", then: []Step{flush, restartKubelet}, aws: then(otherPods, everybody), strict: always(nobody)},
		{row: "the node translates (DNAT) another address to the metadata service's", then: []Step{translate}, aws: always(otherPods), strict: then(nobody, Pods{DNAT: V12})},
		{row: "`AWS_VPC_K8S_CNI_VETHPREFIX` is not `eni`", image: Image{Topology: Topology{VethPrefix: "pod"}}, aws: always(Pods{Pod: V12, Other: V12}), strict: always(nobody)},
		{row: "IPv6 cluster: IPv4 leaves pods by a `veth…` interface", image: Image{Topology: Topology{IPv6: true}}, aws: always(Pods{Pod: V12, Other: V12}), strict: always(nobody)},
		{row: "a pod with a macvlan interface (Multus)", image: Image{Topology: Topology{MacVLAN: true}},
			aws: always(Pods{Other: V12, MacVLAN: V12}), strict: always(Pods{MacVLAN: V12}), locked: Pods{MacVLAN: V2}},
		{row: "kube2iam redirects pods to its agent", then: []Step{kube2iam}, aws: always(otherPods).with(answered), strict: always(nobody)},
	} {
		if s.template == "" {
			s.template = reference()
		}
		cases = append(cases,
			Case{Row: s.row, Template: s.template, Options: aws, Image: s.image, Then: s.then, Want: s.aws},
			Case{Row: s.row, Template: s.template, Options: strict, Image: s.image, Then: s.then, Want: s.strict},
			Case{Row: s.row, Template: s.template, Options: transform.Defaults(), Image: s.image, Then: s.then, Want: s.aws.with(locked).with(func(seen *Seen) { seen.First, seen.Pods = s.locked, s.locked })})
	}
	return onBoth(cases)
}

// formCases show that the rules are there before the kubelet and after a
// reboot, and that the exit status for cfn-signal is the same, in whatever form
// the user data is written.
func formCases() []Case {
	var cases []Case
	for _, f := range forms() {
		for _, opts := range []transform.Options{nothing, aws, strict} {
			want := always(everybody)
			switch opts.IPTables {
			case transform.IPTablesAWS:
				want = always(otherPods)
			case transform.IPTablesStrict:
				want = always(nobody)
			}
			want.Signal = f.signal
			cases = append(cases, Case{Row: f.Name, Template: f.template, Options: opts, Image: f.image, Then: []Step{reboot}, Want: want})
		}
	}
	return onBoth(cases)
}
