package transform

import (
	"cmp"
	"slices"
	"strings"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
	"github.com/imdslock/imdslock/transform/cfn/eval"
	"github.com/imdslock/imdslock/transform/userdata"
)

// systems is the set of systems that nodes may run.
type systems uint8

const (
	amazonLinux systems = 1 << iota // it has yum
	ubuntu                          // Linux without yum, as otherLinux is
	otherLinux                      // Debian or SUSE
	windows
	bottlerocket
	unknownSystem // one that the template does not say
	unknownType   // beside unknownSystem: an AmiType that the template does not say
)

func (s systems) has(other systems) bool { return s&other != 0 }

// isLinux reports whether nodes run a Linux that takes a script, for certain.
func (s systems) isLinux() bool { return s != 0 && s&^(amazonLinux|ubuntu|otherLinux) == 0 }

// told returns the systems with what --os says in place of what the template does not say.
func (s systems) told(os OS) systems {
	if s != 0 && !s.has(unknownSystem) || os == OSUnknown {
		return s
	}
	of := map[OS]systems{OSLinux: amazonLinux, OSWindows: windows, OSBottlerocket: bottlerocket}
	return s&^(unknownSystem|unknownType) | of[os]
}

// system returns the one system that all nodes run, if the template says so. Nodes of
// Amazon Linux may run Amazon Linux 2 or not.
func (s systems) system(al2 bool) userdata.System {
	switch {
	case s == amazonLinux && al2:
		return userdata.AmazonLinux2
	case s == amazonLinux:
		return userdata.AmazonLinux
	case s == ubuntu:
		return userdata.Ubuntu
	}
	return userdata.AnyLinux
}

// ignores says which of the systems that nodes may run ignore the commands of user
// data, and whether all do: Windows, Bottlerocket, and what an AmiType may bring that
// the template does not say.
func (s systems) ignores() (others systems, all bool) {
	others = s & (windows | bottlerocket | unknownType)
	return others, others != 0 && s&^(windows|bottlerocket) == 0
}

// String lists the systems for a message.
func (s systems) String() string {
	var names []string
	for _, n := range []struct {
		of   systems
		name string
	}{{amazonLinux, "Amazon Linux"}, {ubuntu, "Ubuntu"}, {otherLinux, "Debian or SUSE"}, {windows, "Windows"}, {bottlerocket, "Bottlerocket"}, {unknownSystem, "what is not known"}} {
		if s.has(n.of) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// imageParameters are the paths of the public parameters in the SSM parameter
// store that name images ("Retrieve recommended Amazon Linux AMI IDs" and its
// neighbours in the Amazon EKS User Guide, and Canonical's "Find Ubuntu images"),
// and what in the rest of such a path marks an image for nodes of Amazon EKS.
var imageParameters = [...]struct {
	path, forEKS string
	runs         systems
}{
	{"/aws/service/eks/optimized-ami/", "/", amazonLinux},
	{"/aws/service/ami-amazon-linux-latest/", "", amazonLinux},
	{"/aws/service/ecs/optimized-ami/amazon-linux", "", amazonLinux},
	{"/aws/service/bottlerocket/", "aws-k8s-", bottlerocket},
	{"/aws/service/ami-windows-latest/", "EKS_Optimized", windows},
	{"/aws/service/canonical/ubuntu/", "eks", ubuntu},
	{"/aws/service/debian/", "", otherLinux},
	{"/aws/service/suse/", "", otherLinux},
}

// images is what is known of the images that nodes may have.
type images struct {
	runs   systems // 0 if none is named
	forEKS bool    // one is made for nodes of Amazon EKS
	al2    bool    // one is of Amazon Linux 2
}

func (i images) and(other images) images {
	return images{i.runs | other.runs, i.forEKS || other.forEKS, i.al2 || other.al2}
}

// imagesOf returns what is known of the images that expressions name through the
// SSM parameter store: directly, by a dynamic reference, or by a default or an
// allowed value of a parameter.
func (s *survey) imagesOf(expressions []*cfn.Node) images {
	var all images
	for _, n := range expressions {
		if !n.IsNull() && !n.IsNoValue() {
			all = all.and(s.imageOf(n))
		}
	}
	return all
}

func (s *survey) imageOf(n *cfn.Node) images {
	var all images
	for _, text := range s.imageTexts(n) {
		one := images{runs: unknownSystem}
		for _, p := range imageParameters {
			if _, rest, ok := strings.Cut(text, p.path); ok {
				one = images{p.runs, p.forEKS != "" && strings.Contains("/"+rest, p.forEKS), isAmazonLinux2(p.runs, text)}
			}
		}
		all = all.and(one)
	}
	return all
}

// isAmazonLinux2 reports whether a path of a public parameter names an image of Amazon
// Linux 2, and not of 2023.
func isAmazonLinux2(runs systems, path string) bool {
	return runs == amazonLinux && !strings.Contains(path, "2023")
}

// mayRunAmazonLinux2 reports whether the template says that nodes of a launcher run
// Amazon Linux 2, or may.
func (s *survey) mayRunAmazonLinux2(l *launcher) bool {
	return s.image(l).al2 || slices.ContainsFunc(l.users, func(g *group) bool { return g.images.al2 || g.amiTypes.has(amiAL2) })
}

// imageTexts returns what an expression for an image can be, as far as the template
// shows it; at least one text.
func (s *survey) imageTexts(n *cfn.Node) []string {
	if ref := n.Call("Ref"); ref != nil {
		parameter := s.t.Root().Get("Parameters", s.values.Name(n, ref))
		texts := []string{""}
		if n := parameter.Get("Default"); n != nil {
			texts[0] = n.Value
		}
		if allowed := parameter.Get("AllowedValues"); allowed != nil {
			for _, item := range allowed.Items {
				texts = append(texts, item.Value)
			}
		}
		return texts
	}
	variants, err := edit.Texts(s.t, n)
	if err != nil || len(variants) == 0 {
		return []string{""}
	}
	var texts []string
	for _, v := range variants {
		texts = append(texts, v.String)
	}
	return texts
}

// image returns what is known of the image of a launcher.
func (s *survey) image(l *launcher) images {
	datas, err := l.data(s.t)
	if err != nil {
		return images{runs: unknownSystem}
	}
	var all images
	for _, data := range datas {
		all = all.and(s.imagesOf(at(data, "ImageId")))
	}
	return all
}

// imagePaths returns where a type of group names an image, below Properties, which
// wins over that of its launch template.
func imagePaths(typ string) [][]string {
	switch typ {
	case typeInstance:
		return [][]string{{"ImageId"}}
	case typeAutoScalingGroup:
		return [][]string{{"MixedInstancesPolicy", "LaunchTemplate", "Overrides", "*", "ImageId"}}
	case typeEC2Fleet:
		return [][]string{{"LaunchTemplateConfigs", "*", "Overrides", "*", "ImageId"}}
	case typeComputeEnvironment:
		return [][]string{{"ComputeResources", "ImageId"}, {"ComputeResources", "Ec2Configuration", "*", "ImageIdOverride"}}
	}
	return nil
}

// runs returns what the nodes of a launcher run: by the AmiType of the managed
// node groups that use it, else by its image.
func (s *survey) runs(l *launcher, told OS) systems {
	image := s.image(l).runs
	all := image
	if len(l.users) > 0 {
		all = 0
	}
	for _, g := range l.users {
		switch {
		case g.typ == typeNodegroup:
			all |= g.amiTypes.systems(image)
		case g.typ == typeInstance && g.images.runs != 0:
			all |= g.images.runs
		case image|g.images.runs != 0:
			all |= image | g.images.runs
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
		if g.typ == typeNodegroup && s.image(l).runs == 0 {
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
		{amiOther, unknownSystem | unknownType},
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
