package pods

import (
	"cmp"
	"slices"
	"strings"
)

// A workload is what is judged: the pods of one owner.
type workload struct {
	kind string
	objectName
	pods     []pod
	template *pod // what it would make, or nil if the input has none
}

// workloads groups what has been read by its owner, in the order of kind, namespace
// and name.
func (c *Cluster) workloads() []*workload {
	type key struct {
		kind string
		objectName
	}
	all := map[key]*workload{}
	get := func(kind, namespace, name string) *workload {
		k := key{kind, objectName{namespace, name}}
		w := all[k]
		if w == nil {
			w = &workload{kind: kind, objectName: k.objectName}
			all[k] = w
		}
		return w
	}
	jobs := map[objectName]string{} // those that a CronJob made
	for _, t := range c.templates {
		owner, owned := t.controller()
		if owned && t.kind == "Job" && owner.Kind == "CronJob" {
			jobs[objectName{t.Namespace, t.Name}] = owner.Name
		}
		if owned && t.kind != "Deployment" && t.kind != "DaemonSet" && t.kind != "StatefulSet" {
			continue // a ReplicaSet of a Deployment, a Job of a CronJob
		}
		get(t.kind, t.Namespace, t.Name).template = &t.pod
	}
	for _, p := range c.pods {
		kind, name := p.owner(jobs)
		w := get(kind, p.Namespace, name)
		w.pods = append(w.pods, p)
	}
	sorted := make([]*workload, 0, len(all))
	for _, w := range all {
		sorted = append(sorted, w)
	}
	slices.SortFunc(sorted, func(a, b *workload) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), strings.Compare(a.namespace, b.namespace), strings.Compare(a.name, b.name))
	})
	return sorted
}

// controller returns the owner that manages an object.
func (m objectMeta) controller() (ownerReference, bool) {
	for _, o := range m.OwnerReferences {
		if o.Controller {
			return o, true
		}
	}
	return ownerReference{}, false
}

// owner returns the kind and the name of what a pod belongs to: what a person
// has written, not the ReplicaSet or the Job in between.
func (p pod) owner(jobs map[objectName]string) (kind, name string) {
	owner, ok := p.controller()
	switch {
	case !ok:
		return "Pod", p.Name
	case owner.Kind == "Node": // a static pod, which has the name of its node after its own
		return "Pod", strings.TrimSuffix(p.Name, "-"+owner.Name)
	case owner.Kind == "ReplicaSet":
		if hash := p.Labels[labelTemplateHash]; hash != "" {
			if name, ok := strings.CutSuffix(owner.Name, "-"+hash); ok && name != "" {
				return "Deployment", name
			}
		}
	case owner.Kind == "Job":
		if cron := jobs[objectName{p.Namespace, owner.Name}]; cron != "" {
			return "CronJob", cron
		}
		if i := strings.LastIndexByte(owner.Name, '-'); i > 0 && isScheduled(owner.Name[i+1:]) {
			return "CronJob", owner.Name[:i]
		}
	}
	return owner.Kind, owner.Name
}

// isScheduled reports whether the end of a Job's name is what a CronJob makes of
// its time: minutes since 1970, of 8 digits from 1989 until 2160.
func isScheduled(text string) bool {
	return len(text) == 8 && strings.Trim(text, "0123456789") == ""
}
