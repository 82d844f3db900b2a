package pods

import (
	"net/netip"
	"slices"
	"strings"
)

// The addresses of the metadata service
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
const (
	metadataIPv4 = "169.254.169.254"
	metadataIPv6 = "fd00:ec2::254"
)

// A state says whether something is true.
type state int

const (
	no state = iota
	maybe
	yes
)

// each yields the containers of a pod in the order in which they start.
func (p pod) each(yield func(container) bool) {
	for _, c := range p.InitContainers {
		if !yield(c) {
			return
		}
	}
	for _, c := range p.Containers {
		if !yield(c) {
			return
		}
	}
}

// env reports whether an environment variable is set: yes if to something that is
// not empty; maybe if a secret or a config map, which are not in the input, may set
// it. That an optional key is named does not show that it exists.
func (c container) env(name string) state {
	result := no
	for _, e := range c.Env {
		if e.Name != name {
			continue
		}
		from := e.ValueFrom
		switch { // the last one counts
		case from.FieldRef != nil, from.ResourceRef != nil, e.Value != "":
			result = yes
		case from.SecretKeyRef != nil && !from.SecretKeyRef.Optional, from.ConfigMapKeyRef != nil && !from.ConfigMapKeyRef.Optional:
			result = yes
		default:
			result = no
		}
	}
	if result == no && len(c.EnvFrom) > 0 {
		return maybe
	}
	return result
}

// value returns the literal value of an environment variable, or "".
func (c container) value(name string) (value string) {
	for _, e := range c.Env {
		if e.Name == name {
			value = e.Value
		}
	}
	return value
}

// isTrue reports whether an environment variable is "true", in any case.
func (c container) isTrue(name string) bool {
	return strings.EqualFold(c.value(name), "true")
}

// words yields the command and its arguments. A script among them is split at blanks.
func (c container) words(yield func(string) bool) {
	for _, list := range [][]string{c.Command, c.Args} {
		for _, arg := range list {
			if !strings.ContainsAny(arg, " \n\t") {
				if !yield(arg) {
					return
				}
				continue
			}
			for word := range strings.FieldsSeq(arg) {
				if !yield(word) {
					return
				}
			}
		}
	}
}

// flag returns the value of a flag such as "--aws-region", which may be written
// with one dash or two and have its value after a "=" or as the next word. The
// value is "" if there is none.
func (c container) flag(name string) (value string, found bool) {
	name = strings.TrimLeft(name, "-")
	isNext := false
	for word := range c.words {
		if isNext && !strings.HasPrefix(word, "-") {
			value = word
		}
		isNext = false
		bare := strings.TrimLeft(word, "-")
		if dashes := len(word) - len(bare); dashes == 0 || dashes > 2 {
			continue
		}
		flag, v, hasValue := strings.Cut(bare, "=")
		if flag == name {
			value, found, isNext = strings.Trim(v, `"'`), true, !hasValue
		}
	}
	return value, found
}

// has reports whether one of the words is this one.
func (c container) has(word string) bool {
	for w := range c.words {
		if w == word {
			return true
		}
	}
	return false
}

// mentions says where one of some texts is: in the arguments, or in an environment
// variable that is not about exceptions from a proxy. It returns "" if there is none.
func (c container) mentions(texts ...string) string {
	contains := func(text string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(text, t) })
	}
	for word := range c.words {
		if contains(word) {
			return "its arguments"
		}
	}
	for _, e := range c.Env {
		if !strings.EqualFold(e.Name, "NO_PROXY") && contains(e.Value) {
			return e.Name
		}
	}
	return ""
}

// asks says where a container names the metadata service, or "".
func (c container) asks() string {
	return c.mentions(metadataIPv4, metadataIPv6, "instance-data.ec2.internal")
}

// repository returns the path of an image without registry, tag and digest.
func (c container) repository() string {
	path, _, _ := strings.Cut(c.Image, "@")
	if colon := strings.LastIndexByte(path, ':'); colon > strings.LastIndexByte(path, '/') {
		path = path[:colon]
	}
	if host, rest, ok := strings.Cut(path, "/"); ok && isRegistry(host) {
		return rest
	}
	return path
}

// isRegistry reports whether the first part of an image's name is a host
// (https://github.com/distribution/reference).
func isRegistry(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost" || strings.ContainsAny(host, ".:")
}
