package pods

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// target returns the arguments that name a workload for kubectl.
func (in *inquiry) target() string {
	namespace := ""
	if in.pod.Namespace != "" {
		namespace = "--namespace " + quoted(in.pod.Namespace) + " "
	}
	return namespace + quoted(strings.ToLower(in.workload.kind)+"/"+in.workload.name)
}

// settings returns the fixes that make a controller independent of the service.
func (in *inquiry) settings(c container, settings []setting) []Fix {
	var fixes []Fix
	for _, s := range settings {
		name, value, _ := strings.Cut(in.filled(s.Env), "=")
		switch {
		case s.Arg != "":
			fixes = append(fixes, Fix{"arg", in.filled(s.Arg)})
		case s.Field != "":
			fixes = append(fixes, in.patch(specWith(c, map[string]any{
				"name": name, "valueFrom": map[string]any{"fieldRef": map[string]any{"fieldPath": s.Field}},
			})))
		case s.Env != "":
			fixes = append(fixes, in.setEnv(c, name, value))
		case s.HostNetwork:
			fixes = append(fixes, in.patch(map[string]any{"hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet"}))
		case s.Helm != "":
			fixes = append(fixes, Fix{"helm", "--set " + quoted(in.filled(s.Helm))})
		default:
			fixes = append(fixes, Fix{"text", in.filled(s.Text)})
		}
	}
	return fixes
}

// filled replaces those words in capitals whose values are known.
func (in *inquiry) filled(text string) string {
	return strings.NewReplacer("=REGION", "="+in.region, ": REGION", ": "+in.region, "=CLUSTER", "="+in.cluster).Replace(text)
}

// setEnv returns the fix that sets an environment variable of a container.
func (in *inquiry) setEnv(c container, name, value string) Fix {
	if !in.workload.canChange() {
		return Fix{"env", name + "=" + value}
	}
	return Fix{"run", fmt.Sprintf("kubectl set env %s --containers=%s %s=%s", in.target(), quoted(c.Name), name, value)}
}

// specWith returns the part of a patch that sets one environment variable.
func specWith(c container, variable map[string]any) map[string]any {
	return map[string]any{"containers": []any{map[string]any{"name": c.Name, "env": []any{variable}}}}
}

// canChange reports whether kubectl can change the pods that a workload makes.
func (w *workload) canChange() bool {
	return slices.Contains([]string{"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController", "CronJob"}, w.kind)
}

// patch returns the fix that changes the pods that a workload makes.
func (in *inquiry) patch(spec map[string]any) Fix {
	change := map[string]any{"spec": map[string]any{"template": map[string]any{"spec": spec}}}
	switch {
	case !in.workload.canChange():
		change = map[string]any{"spec": spec} // of the pod
	case in.workload.kind == "CronJob":
		change = map[string]any{"spec": map[string]any{"jobTemplate": change}}
	}
	text, err := json.Marshal(change, json.Deterministic(true))
	if err != nil { // names that are not UTF-8 do not get this far
		return Fix{"text", err.Error()}
	}
	if !in.workload.canChange() {
		return Fix{"json", string(text)}
	}
	return Fix{"run", fmt.Sprintf("kubectl patch %s --patch %s", in.target(), quoted(string(text)))}
}

// restart returns the fix that makes pods anew, with the role of their service account.
func (in *inquiry) restart() Fix {
	switch in.workload.kind {
	case "Deployment", "DaemonSet", "StatefulSet":
		return Fix{"run", "kubectl rollout restart " + in.target()}
	}
	return Fix{"text", "delete the pod and create it again"}
}

// giveRole returns the fixes that give the service account of a pod a role
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html).
func (in *inquiry) giveRole(permissions string) []Fix {
	var fixes []Fix
	if permissions != "" {
		fixes = append(fixes, Fix{"permissions", permissions})
	}
	name := quoted(in.account.name)
	if in.account.name == "default" {
		name = "SERVICE_ACCOUNT"
		fixes = append(fixes, Fix{"text", "give it a service account of its own first, not the default one, which others use too"})
	}
	namespace := "NAMESPACE"
	if in.pod.Namespace != "" {
		namespace = quoted(in.pod.Namespace)
	}
	return append(fixes, Fix{"run", fmt.Sprintf("aws eks create-pod-identity-association --cluster-name %s --namespace %s --service-account %s --role-arn ROLE_ARN",
		in.cluster, namespace, name)})
}

// isPlain reports whether a shell takes a word as it is.
func isPlain(word string) bool {
	return word != "" && word[0] != '-' && strings.IndexFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._/:=,@%+", r))
	}) < 0
}

// quoted returns a word as a POSIX shell takes it.
func quoted(word string) string {
	if isPlain(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
