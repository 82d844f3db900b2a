package transform

import (
	"testing"

	"github.com/imdslock/imdslock/transform/userdata"
)

// TestSystemsSet wants what is known of sets of systems.
func TestSystemsSet(t *testing.T) {
	for _, test := range []struct {
		s              systems
		isLinux, isAll bool
		others         systems
		told           systems // by linux
	}{
		{0, false, false, 0, amazonLinux},
		{amazonLinux, true, false, 0, amazonLinux},
		{ubuntu | otherLinux, true, false, 0, ubuntu | otherLinux},
		{amazonLinux | windows, false, false, windows, amazonLinux | windows},
		{windows | bottlerocket, false, true, windows | bottlerocket, windows | bottlerocket},
		{unknownSystem, false, false, 0, amazonLinux},
		{unknownSystem | unknownType, false, false, unknownType, amazonLinux},
		{windows | unknownSystem, false, false, windows, windows | amazonLinux},
	} {
		others, all := test.s.ignores()
		if test.s.isLinux() != test.isLinux || others != test.others || all != test.isAll || test.s.told(OSLinux) != test.told || test.s.told(OSUnknown) != test.s {
			t.Errorf("%v: got %v, %v, %v, %v", test.s, test.s.isLinux(), others, all, test.s.told(OSLinux))
		}
	}
	if got, want := unknownSystem.told(OSWindows)|unknownSystem.told(OSBottlerocket), windows|bottlerocket; got != want {
		t.Errorf("got %v", got)
	}
	for s, want := range map[systems][2]userdata.System{
		amazonLinux:                 {userdata.AmazonLinux, userdata.AmazonLinux2},
		ubuntu:                      {userdata.Ubuntu, userdata.Ubuntu},
		amazonLinux | ubuntu:        {userdata.AnyLinux, userdata.AnyLinux},
		amazonLinux | unknownSystem: {userdata.AnyLinux, userdata.AnyLinux},
		otherLinux:                  {userdata.AnyLinux, userdata.AnyLinux},
	} {
		if got := [...]userdata.System{s.system(false), s.system(true)}; got != want {
			t.Errorf("%v: got %v", s, got)
		}
	}
	all := amazonLinux | ubuntu | otherLinux | windows | bottlerocket | unknownSystem
	if got, want := all.String(), "Amazon Linux or Ubuntu or Debian or SUSE or Windows or Bottlerocket or what is not known"; got != want {
		t.Errorf("got %s", got)
	}
}
