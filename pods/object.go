package pods

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The parts of Kubernetes objects that decide, named as in its API
// (https://kubernetes.io/docs/reference/kubernetes-api/). Other members are
// passed over.

type objectMeta struct {
	Name            string           `json:"name"`
	Namespace       string           `json:"namespace"`
	Labels          keptPairs        `json:"labels"`
	Annotations     keptPairs        `json:"annotations"`
	OwnerReferences []ownerReference `json:"ownerReferences"`
}

type ownerReference struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Controller bool   `json:"controller"`
}

type podSpec struct {
	HostNetwork        bool            `json:"hostNetwork"`
	ServiceAccountName string          `json:"serviceAccountName"`
	NodeName           string          `json:"nodeName"`
	InitContainers     []container     `json:"initContainers"`
	Containers         []container     `json:"containers"`
	Volumes            []volume        `json:"volumes"`
	SecurityContext    securityContext `json:"securityContext"`
}

type securityContext struct {
	WindowsOptions struct {
		HostProcess bool `json:"hostProcess"`
	} `json:"windowsOptions"`
}

type volume struct {
	Projected struct {
		Sources []struct {
			ServiceAccountToken struct {
				Audience string `json:"audience"`
			} `json:"serviceAccountToken"`
		} `json:"sources"`
	} `json:"projected"`
}

type container struct {
	Name    string          `json:"name"`
	Image   string          `json:"image"`
	Command []string        `json:"command"`
	Args    []string        `json:"args"`
	Env     []envVar        `json:"env"`
	EnvFrom []envFromSource `json:"envFrom"`
}

type envVar struct {
	Name      string `json:"name"`
	Value     string `json:"value"`
	ValueFrom struct {
		FieldRef        *struct{}  `json:"fieldRef"`
		ResourceRef     *struct{}  `json:"resourceFieldRef"`
		SecretKeyRef    *reference `json:"secretKeyRef"`
		ConfigMapKeyRef *reference `json:"configMapKeyRef"`
	} `json:"valueFrom"`
}

type envFromSource struct {
	ConfigMapRef *reference `json:"configMapRef"`
	SecretRef    *reference `json:"secretRef"`
}

type reference struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional"`
}

type podTemplate struct {
	Metadata objectMeta `json:"metadata"`
	Spec     podSpec    `json:"spec"`
}

type templatedSpec struct {
	Template podTemplate `json:"template"`
}

type cronJobSpec struct {
	JobTemplate struct {
		Spec templatedSpec `json:"spec"`
	} `json:"jobTemplate"`
}

// The labels and annotations that decide.
const (
	labelTemplateHash = "pod-template-hash"
	labelFargate      = "eks.amazonaws.com/fargate-profile"
	labelCompute      = "eks.amazonaws.com/compute-type"
	labelRegion       = "topology.kubernetes.io/region"
	labelEksctl       = "alpha.eksctl.io/cluster-name"

	annotationRoleARN   = "eks.amazonaws.com/role-arn" // of a service account
	annotationProxyRole = "iam.amazonaws.com/role"     // kube2iam, kiam
	annotationBranchENI = "vpc.amazonaws.com/pod-eni"
	annotationNetworks  = "k8s.v1.cni.cncf.io/networks" // Multus
)

// keptPairs are the labels or annotations that decide. Others may be large:
// kubectl keeps whole manifests there.
type keptPairs map[string]string

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (k *keptPairs) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return json.UnmarshalDecode(dec, (*map[string]string)(k)) // null, or an error with its place
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		switch key := name.String(); key {
		case labelTemplateHash, labelFargate, labelCompute, labelRegion, labelEksctl,
			annotationRoleARN, annotationProxyRole, annotationBranchENI, annotationNetworks:
			var value string
			if err := json.UnmarshalDecode(dec, &value); err != nil {
				return err
			}
			if *k == nil {
				*k = keptPairs{}
			}
			(*k)[key] = value
		default:
			if err := dec.SkipValue(); err != nil {
				return err
			}
		}
	}
	_, err := dec.ReadToken()
	return err
}
