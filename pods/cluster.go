package pods

import (
	"fmt"
	"maps"
	"slices"
)

// A Cluster is what has been read of a cluster. The zero value is empty.
type Cluster struct {
	// MaxSize is the largest size of an input in bytes; 0 means any size.
	MaxSize int64

	pods      []pod
	templates []template
	accounts  map[objectName]serviceAccount
	nodes     map[string]node
	skipped   map[string]*skippedKind
	objects   int
}

// An objectName is the name of a namespaced object.
type objectName struct{ namespace, name string }

// A pod, or what a template would make.
type pod struct {
	objectMeta
	podSpec
	place Place
}

// A template is an object that makes pods.
type template struct {
	kind string
	objectMeta
	pod pod
}

type serviceAccount struct{ roleARN string }

type node struct{ region, compute, cluster string }

// A skippedKind is a kind of objects that is passed over.
type skippedKind struct {
	order int // in which the kinds first came
	first Place
	count int
}

// add takes an object into the cluster.
func (c *Cluster) add(o *object) {
	c.objects++
	switch {
	case o.kind == "Pod" && o.group() == "":
		c.pods = append(c.pods, pod{o.meta, o.podSpec, o.place})
	case o.makesPods():
		made := pod{o.templated.Metadata, o.templated.Spec, o.place}
		made.Namespace = o.meta.Namespace
		made.place.Pointer += "/spec/template"
		if o.kind == "CronJob" {
			made.place.Pointer = o.place.Pointer + "/spec/jobTemplate/spec/template"
		}
		c.templates = append(c.templates, template{o.kind, o.meta, made})
	case o.kind == "ServiceAccount" && o.group() == "":
		if c.accounts == nil {
			c.accounts = map[objectName]serviceAccount{}
		}
		c.accounts[objectName{o.meta.Namespace, o.meta.Name}] = serviceAccount{o.meta.Annotations[annotationRoleARN]}
	case o.kind == "Node" && o.group() == "":
		if c.nodes == nil {
			c.nodes = map[string]node{}
		}
		l := o.meta.Labels
		c.nodes[o.meta.Name] = node{l[labelRegion], l[labelCompute], l[labelEksctl]}
	default:
		c.skip(o)
	}
}

// skip counts an object that is passed over.
func (c *Cluster) skip(o *object) {
	kind := o.kind
	switch group := o.group(); {
	case kind == "":
		kind = "objects without a kind"
	case group != "":
		kind += "." + group
	}
	switch known := c.skipped[kind]; {
	case known != nil:
		known.count++
		return
	case len(c.skipped) >= maxSkipped:
		kind = "objects of other kinds"
		if known := c.skipped[kind]; known != nil {
			known.count++
			return
		}
	case c.skipped == nil:
		c.skipped = map[string]*skippedKind{}
	}
	c.skipped[kind] = &skippedKind{len(c.skipped), o.place, 1}
}

// maxSkipped is the largest number of skipped kinds that are counted separately.
const maxSkipped = 100

// notes returns notes on what was passed over.
func (c *Cluster) notes() []Note {
	var notes []Note
	kinds := slices.Collect(maps.Keys(c.skipped))
	slices.SortFunc(kinds, func(a, b string) int { return c.skipped[a].order - c.skipped[b].order })
	for _, kind := range kinds {
		s := c.skipped[kind]
		notes = append(notes, Note{s.first, fmt.Sprintf("passed over: %s (%d)", kind, s.count)})
	}
	return notes
}
