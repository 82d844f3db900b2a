package pods

import "strings"

// The sources of a container's credentials, as reports call them.
const (
	fromIRSA        = "IRSA"
	fromPodIdentity = "EKS Pod Identity"
	fromKeys        = "keys"
	fromFile        = "a credentials file"
	fromProxy       = "kube2iam or kiam"
	fromElsewhere   = "perhaps a secret or a config map"
	fromNoToken     = "AWS_ROLE_ARN without a projected token"
	fromNode        = "the node's role or none"
)

// An account is the service account of a pod as far as the input says.
type account struct {
	serviceAccount
	name  string
	known bool // whether the input has it
}

// credentialsOf returns where a container has its credentials from, in the order
// in which AWS's SDKs look
// (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
// Of a template nothing is injected yet.
func (j *judge) credentialsOf(c container, p pod, a account, isTemplate bool) string {
	irsa := min(c.env("AWS_ROLE_ARN"), c.env("AWS_WEB_IDENTITY_TOKEN_FILE"))
	keys := min(c.env("AWS_ACCESS_KEY_ID"), c.env("AWS_SECRET_ACCESS_KEY"))
	podIdentity := max(c.env("AWS_CONTAINER_CREDENTIALS_FULL_URI"), c.env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
	file := max(c.env("AWS_SHARED_CREDENTIALS_FILE"), c.env("AWS_CONFIG_FILE"))
	switch {
	case keys == yes:
		return fromKeys
	case irsa == yes && p.hasToken():
		return fromIRSA
	case irsa == yes:
		return fromNoToken
	case isTemplate && a.roleARN != "":
		return fromIRSA
	case file == yes:
		return fromFile
	case podIdentity == yes:
		return fromPodIdentity
	case p.Annotations[annotationProxyRole] != "" && j.proxy != "":
		return fromProxy
	case max(irsa, keys, podIdentity, file) == maybe:
		return fromElsewhere
	}
	return fromNode
}

// hasToken reports whether a volume has a token of the service account that is not
// for the API server, as IRSA needs one.
func (p pod) hasToken() bool {
	for _, v := range p.Volumes {
		for _, s := range v.Projected.Sources {
			if s.ServiceAccountToken.Audience != "" {
				return true
			}
		}
	}
	return false
}

// regionOf returns what gives a container its region, or "".
func regionOf(c container) string {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if c.env(name) == yes {
			return name
		}
	}
	for _, name := range []string{"--aws-region", "--region"} {
		if value, _ := c.flag(name); value != "" {
			return name
		}
	}
	return ""
}

// callsAWS returns what shows that a container calls AWS, or "".
func callsAWS(c container) string {
	for _, e := range c.Env {
		switch {
		case strings.HasPrefix(e.Name, "AWS_EC2_METADATA_"):
		case strings.HasPrefix(e.Name, "AWS_"):
			return "it sets " + e.Name
		}
	}
	for word := range c.words {
		if strings.HasPrefix(word, "--aws-") || strings.Contains(word, "s3://") || strings.Contains(word, ".amazonaws.com") {
			return "its arguments name AWS"
		}
	}
	return ""
}
