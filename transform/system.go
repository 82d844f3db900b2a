package transform

import (
	"cmp"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// systems is the set of systems that nodes may run.
type systems uint8

const (
	amazonLinux systems = 1 << iota // it has yum
	ubuntu                          // Linux without yum
	windows
	bottlerocket
	unknownSystem // one that the template does not say
)

func (s systems) has(other systems) bool { return s&other != 0 }

// isLinux reports whether nodes run a Linux that takes a script, for certain.
func (s systems) isLinux() bool { return s != 0 && s&^(amazonLinux|ubuntu) == 0 }

// told fills in what the option --os says for what the template does not say.
func (s systems) told(os OS) systems {
	if s != 0 && !s.has(unknownSystem) || os == OSUnknown {
		return s
	}
	of := map[OS]systems{OSLinux: amazonLinux, OSWindows: windows, OSBottlerocket: bottlerocket}
	return s&^unknownSystem | of[os]
}

// String lists the systems for a message.
func (s systems) String() string {
	var names []string
	for _, n := range []struct {
		of   systems
		name string
	}{{amazonLinux, "Amazon Linux"}, {ubuntu, "Ubuntu"}, {windows, "Windows"}, {bottlerocket, "Bottlerocket"}, {unknownSystem, "what is not known"}} {
		if s.has(n.of) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// imageParameters are the paths of the public parameters in the SSM parameter
// store that name images ("Retrieve recommended Amazon Linux AMI IDs" and its
// neighbours in the Amazon EKS User Guide, and Canonical's "Find Ubuntu images").
var imageParameters = [...]struct {
	path string
	runs systems
}{
	{"/aws/service/eks/optimized-ami/", amazonLinux},
	{"/aws/service/ami-amazon-linux-latest/", amazonLinux},
	{"/aws/service/ecs/optimized-ami/amazon-linux", amazonLinux},
	{"/aws/service/bottlerocket/", bottlerocket},
	{"/aws/service/ami-windows-latest/", windows},
	{"/aws/service/canonical/ubuntu/", ubuntu},
}

// image returns what the nodes run by the image of a launcher: by the parameter
// of the SSM parameter store that names it, directly, by a dynamic reference or
// as the default of a parameter. It is 0 if the launcher names no image.
func (s *survey) image(l *launcher) systems {
	datas, err := l.data(s.t)
	if err != nil {
		return unknownSystem
	}
	var all systems
	for _, data := range datas {
		for _, n := range at(data, "ImageId") {
			if n.IsNull() || n.IsNoValue() {
				continue
			}
			all |= s.imageOf(n)
		}
	}
	return all
}

func (s *survey) imageOf(n *cfn.Node) systems {
	text := n.Value
	if ref := n.Call("Ref"); ref != nil {
		if d := s.t.Root().Get("Parameters", ref.Value, "Default"); d != nil && d.Kind == cfn.Scalar {
			text = d.Value
		}
	}
	if sub := n.Call("Fn::Sub"); sub != nil {
		text = sub.Value
	}
	for _, p := range imageParameters {
		if strings.Contains(text, p.path) {
			return p.runs
		}
	}
	return unknownSystem
}

// runs returns what the nodes of a launcher run: by the AmiType of the managed
// node groups that use it, else by its image.
func (s *survey) runs(l *launcher, told OS) systems {
	image := s.image(l)
	all := image
	if len(l.users) > 0 {
		all = 0
	}
	for _, g := range l.users {
		switch {
		case g.typ == typeNodegroup:
			all |= g.amiTypes.systems(image)
		case image != 0:
			all |= image
		default:
			all |= unknownSystem
		}
	}
	if all == 0 {
		all = unknownSystem
	}
	return all.told(told)
}

// isManaged reports whether Amazon EKS adds user data of its own to that of a
// launcher, and so takes only MIME ("Customize managed nodes with launch
// templates" in the Amazon EKS User Guide): a managed node group uses it, and
// Amazon EKS chooses the image.
func (s *survey) isManaged(l *launcher) bool {
	for _, g := range l.users {
		if g.typ == typeNodegroup && s.image(l) == 0 {
			return true
		}
	}
	return false
}

// amiTypes is the set of families of images that a managed node group may have.
type amiTypes uint8

const (
	amiAL2023 amiTypes = 1 << iota
	amiAL2
	amiBottlerocket
	amiWindows
	amiChosen // Amazon EKS chooses Amazon Linux 2 or 2023, if the launch template names no image
	amiCustom // the launch template names the image
	amiOther
)

func (a amiTypes) has(other amiTypes) bool { return a&other != 0 }

// systems returns what nodes run with these images, or with that of the launch
// template.
func (a amiTypes) systems(image systems) systems {
	var all systems
	for _, f := range []struct {
		family amiTypes
		runs   systems
	}{
		{amiAL2023 | amiAL2, amazonLinux},
		{amiBottlerocket, bottlerocket},
		{amiWindows, windows},
		{amiChosen, cmp.Or(image, amazonLinux)},
		{amiCustom, cmp.Or(image, unknownSystem)},
		{amiOther, unknownSystem},
	} {
		if a.has(f.family) {
			all |= f.runs
		}
	}
	return all
}

// amiFamilies are the beginnings of the values of AmiType ("Nodegroup" in the
// Amazon EKS API Reference).
var amiFamilies = [...]struct {
	prefix string
	family amiTypes
}{
	{"AL2023_", amiAL2023},
	{"AL2_", amiAL2},
	{"BOTTLEROCKET_", amiBottlerocket},
	{"WINDOWS_", amiWindows},
	{"CUSTOM", amiCustom},
}

// amiTypesOf returns the families that the AmiType of a managed node group allows.
func (s *survey) amiTypesOf(resource *cfn.Node) (amiTypes, error) {
	n := resource.Get("Properties", "AmiType")
	if n.IsNull() {
		return amiChosen, nil
	}
	outcomes, err := s.values.Outcomes(n)
	if err != nil {
		return amiOther, err
	}
	var all amiTypes
	for _, o := range outcomes {
		all |= amiFamily(o.Value)
	}
	return all, nil
}

func amiFamily(v eval.Value) amiTypes {
	if v.Kind == eval.NoValue {
		return amiChosen
	}
	for _, f := range amiFamilies {
		if v.Kind == eval.Text && strings.HasPrefix(v.Text, f.prefix) {
			return f.family
		}
	}
	return amiOther
}
