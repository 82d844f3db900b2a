package transform

import (
	"fmt"
	"slices"
	"strings"
)

// IMDSv1 says what to do about IMDSv1, the metadata service without tokens.
type IMDSv1 string

// The ways to lock IMDSv1. The zero value is IMDSv1Keep.
const (
	// IMDSv1Keep leaves HttpTokens alone.
	IMDSv1Keep IMDSv1 = "keep"
	// IMDSv1Lock keeps an Fn::If and allows the parameter that decides it only
	// the value that means required. Where no single parameter decides about
	// HttpTokens, or where it decides about other things too, it is the same as
	// IMDSv1Literal.
	IMDSv1Lock IMDSv1 = "lock"
	// IMDSv1Default changes the default of that parameter alone. The stack's
	// previous value wins over it at an update.
	IMDSv1Default IMDSv1 = "default"
	// IMDSv1Literal writes HttpTokens: required and removes the condition that
	// nothing uses any more. It sets the default of the parameter too.
	IMDSv1Literal IMDSv1 = "literal"
)

// IPTables says which iptables commands to put into the user data.
type IPTables string

// The choices of commands. The zero value is IPTablesOff. IPTablesAuto is
// IPTablesAWS where the nodes have yum, IPTablesStrict where they do not, and a
// note where neither is possible; with IPTablesAWS and IPTablesStrict Patch
// returns a [*CannotLock] there.
const (
	IPTablesOff    IPTables = "off"
	IPTablesAuto   IPTables = "auto"
	IPTablesAWS    IPTables = "aws"
	IPTablesStrict IPTables = "strict"
)

// LaunchTemplateVersion says which version of a launch template its groups use.
type LaunchTemplateVersion string

// The versions. The zero value is VersionKeep.
const (
	// VersionKeep leaves the versions alone.
	VersionKeep LaunchTemplateVersion = "keep"
	// VersionLatest makes groups follow the newest version of each launch
	// template of the template. CloudFormation never moves the default version
	// from 1.
	VersionLatest LaunchTemplateVersion = "latest"
)

// OS is an operating system of nodes.
type OS string

// The operating systems. OSUnknown is the zero value.
const (
	OSUnknown      OS = ""
	OSLinux        OS = "linux"
	OSWindows      OS = "windows"
	OSBottlerocket OS = "bottlerocket"
)

// Set sets v to the way that a word names, such as "lock". It returns an error that
// lists the words if there is no such way. It makes *IMDSv1 a [flag.Value].
func (v *IMDSv1) Set(word string) error {
	return setWord(v, word, IMDSv1Lock, IMDSv1Default, IMDSv1Literal, IMDSv1Keep)
}

func (v *IMDSv1) String() string { return string(*v) }

// Set sets v to the commands that a word names, such as "auto". It returns an error
// that lists the words if there are none. It makes *IPTables a [flag.Value].
func (v *IPTables) Set(word string) error {
	return setWord(v, word, IPTablesAuto, IPTablesAWS, IPTablesStrict, IPTablesOff)
}

func (v *IPTables) String() string { return string(*v) }

// Set sets v to the version that a word names, such as "latest". It returns an error
// that lists the words if there is none. It makes *LaunchTemplateVersion a
// [flag.Value].
func (v *LaunchTemplateVersion) Set(word string) error {
	return setWord(v, word, VersionLatest, VersionKeep)
}

func (v *LaunchTemplateVersion) String() string { return string(*v) }

// Set sets v to the operating system that a word names: linux or windows. It returns
// an error that lists the words for any other. It makes *OS a [flag.Value].
func (v *OS) Set(word string) error { return setWord(v, word, OSLinux, OSWindows) }

func (v *OS) String() string { return string(*v) }

// setWord sets an option to one of a few words.
func setWord[T ~string](v *T, word string, of ...T) error {
	if !slices.Contains(of, T(word)) {
		var words []string
		for _, w := range of {
			words = append(words, string(w))
		}
		last := len(words) - 1
		return fmt.Errorf("must be %s or %s", strings.Join(words[:last], ", "), words[last])
	}
	*v = T(word)
	return nil
}

// Options say what to lock. The zero value changes nothing.
type Options struct {
	// HopLimit is the HttpPutResponseHopLimit to set, 1 to 64. 0 leaves it alone.
	HopLimit int
	IMDSv1   IMDSv1
	IPTables IPTables
	// BranchENI adds the rule for pods with branch network interfaces.
	BranchENI bool
	// Version says which version groups use of a launch template in the template.
	Version LaunchTemplateVersion
	// AddLaunchTemplate gives every managed node group that has no launch
	// template one of its own. A group that exists must get another name with it, so
	// that CloudFormation replaces the group.
	AddLaunchTemplate bool
	// Resources are the logical IDs of the resources to lock. None means all.
	Resources []string
	// OS is what the nodes run where the template does not say.
	OS OS
}

// Defaults returns what the command does without options.
func Defaults() Options {
	return Options{HopLimit: 1, IMDSv1: IMDSv1Lock, IPTables: IPTablesAuto, BranchENI: true, Version: VersionLatest}
}

// maxHopLimit is the largest HttpPutResponseHopLimit ("InstanceMetadataOptionsRequest"
// in the Amazon EC2 API Reference).
const maxHopLimit = 64

// validate returns an error if a field has an invalid value.
func (o Options) validate() error {
	switch {
	case o.HopLimit < 0 || o.HopLimit > maxHopLimit:
		return fmt.Errorf("hop limit %d: must be 1 to %d, or 0 to leave it", o.HopLimit, maxHopLimit)
	case !slices.Contains([]IMDSv1{"", IMDSv1Keep, IMDSv1Lock, IMDSv1Default, IMDSv1Literal}, o.IMDSv1):
		return fmt.Errorf("there is no way %q to turn IMDSv1 off", o.IMDSv1)
	case !slices.Contains([]IPTables{"", IPTablesOff, IPTablesAuto, IPTablesAWS, IPTablesStrict}, o.IPTables):
		return fmt.Errorf("there are no iptables commands %q", o.IPTables)
	case !slices.Contains([]LaunchTemplateVersion{"", VersionKeep, VersionLatest}, o.Version):
		return fmt.Errorf("there is no launch template version %q", o.Version)
	case !slices.Contains([]OS{OSUnknown, OSLinux, OSWindows, OSBottlerocket}, o.OS):
		return fmt.Errorf("there is no operating system %q", o.OS)
	}
	return nil
}

func (o Options) keepsIMDSv1() bool { return o.IMDSv1 == IMDSv1Keep || o.IMDSv1 == "" }

func (o Options) keepsOptions() bool { return o.HopLimit == 0 && o.keepsIMDSv1() }

func (o Options) keepsUserData() bool { return o.IPTables == IPTablesOff || o.IPTables == "" }

// mustHaveBlock reports whether user data that cannot take the block is an error.
func (o Options) mustHaveBlock() bool {
	return o.IPTables == IPTablesAWS || o.IPTables == IPTablesStrict
}

// applies reports whether the options are about a resource.
func (o Options) applies(logicalID string) bool {
	return len(o.Resources) == 0 || slices.Contains(o.Resources, logicalID)
}
