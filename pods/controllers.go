package pods

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed controllers.yaml
var controllersYAML []byte

// A controller is what is known of a program that runs in many clusters: an
// entry of controllers.yaml, which says what the members mean.
type controller struct {
	ID          string      `yaml:"id"`
	Name        string      `yaml:"name"`
	Images      []string    `yaml:"images"`
	Containers  []string    `yaml:"containers"`
	When        []condition `yaml:"when"`
	Credentials credentials `yaml:"credentials"`
	Role        role        `yaml:"role"`
	Needs       []need      `yaml:"needs"`
	Proxy       string      `yaml:"proxy"`
	Why         string      `yaml:"why"`
	Source      string      `yaml:"source"`
}

// credentials says whether a controller calls AWS.
type credentials string

const (
	credentialsRequired credentials = "required"
	credentialsOptional credentials = "optional"
	credentialsNone     credentials = "none"
)

// A role is what a controller must be allowed to do.
type role struct {
	Permissions string `yaml:"permissions"`
	For         string `yaml:"for"` // what it calls AWS for, if that is optional
}

// A need is something that a controller asks the metadata service for unless it gets
// it in another way.
type need struct {
	What    string      `yaml:"what"`
	When    []condition `yaml:"when"`    // all must hold for the need to exist
	Unless  []condition `yaml:"unless"`  // one that holds is enough
	Unknown bool        `yaml:"unknown"` // a pod does not show whether it asks
	Set     []setting   `yaml:"set"`
	Source  string      `yaml:"source"`
}

// A condition is about a container. One member says what is looked at; Value, if
// there is one, what that must be.
type condition struct {
	Env   string `yaml:"env"`
	Flag  string `yaml:"flag"`
	Word  string `yaml:"word"` // among the command and its arguments
	Kind  string `yaml:"kind"` // of the workload
	Value string `yaml:"value"`
}

// A setting makes a controller independent of the metadata service.
type setting struct {
	Arg         string `yaml:"arg"`
	Env         string `yaml:"env"` // NAME=VALUE
	Field       string `yaml:"field"`
	HostNetwork bool   `yaml:"hostNetwork"`
	Helm        string `yaml:"helm"`
	Text        string `yaml:"text"`
}

// knownControllers reads the entries, in their order.
func knownControllers() ([]controller, error) {
	var all []controller
	decoder := yaml.NewDecoder(bytes.NewReader(controllersYAML))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("controllers.yaml: %w", err)
	}
	return all, nil
}

// A subject is a container in its pod and its workload.
type subject struct {
	container
	kind string // of the workload
}

// holds reports whether a condition holds.
func (s subject) holds(c condition) state {
	switch {
	case c.Env != "" && c.Value == "":
		return s.env(c.Env)
	case c.Env != "":
		switch value := s.value(c.Env); {
		case value != "":
			return certain(strings.EqualFold(value, c.Value))
		default:
			return min(s.env(c.Env), maybe) // by a field, a secret or a config map
		}
	case c.Flag != "":
		value, found := s.flag(c.Flag)
		return certain(found && value != "" && (c.Value == "" || value == c.Value))
	case c.Word != "":
		return certain(s.has(c.Word))
	}
	return certain(s.kind == c.Kind)
}

func certain(is bool) state {
	if is {
		return yes
	}
	return no
}

// all reports whether all conditions hold.
func (s subject) all(conditions []condition) state {
	result := yes
	for _, c := range conditions {
		result = min(result, s.holds(c))
	}
	return result
}

// any reports whether one condition holds.
func (s subject) any(conditions []condition) state {
	result := no
	for _, c := range conditions {
		result = max(result, s.holds(c))
	}
	return result
}

// known returns the first controller that a container is.
func known(all []controller, s subject) (*controller, bool) {
	repository := s.repository()
	for i, c := range all {
		if c.matches(repository, s.Name) && s.all(c.When) == yes {
			return &all[i], true
		}
	}
	return nil, false
}

// matches compares the end of an image's path, and the name of a container.
func (c controller) matches(repository, name string) bool {
	for _, pattern := range c.Images {
		end := repository
		for extra := strings.Count(repository, "/") - strings.Count(pattern, "/"); extra > 0; extra-- {
			_, end, _ = strings.Cut(end, "/")
		}
		if ok, err := path.Match(pattern, end); ok && err == nil {
			return true
		}
	}
	for _, container := range c.Containers {
		if container == name {
			return true
		}
	}
	return false
}
