package pods

import "fmt"

// container judges one container of a pod that the lock holds.
func (in *inquiry) container(c container) {
	before := len(in.findings)
	k, ok := known(in.known, subject{c, in.workload.kind})
	if ok && (k.Credentials != credentialsNone || c.asks() == "") {
		in.knownContainer(c, k)
	} else {
		in.otherContainer(c)
	}
	if in.proxy != "" && in.lock.IPTables != IPTablesStrict {
		in.throughProxy(before)
	}
}

// throughProxy makes findings milder for what a proxy in the cluster still gives.
func (in *inquiry) throughProxy(before int) {
	for i := before; i < len(in.findings); i++ {
		f := &in.findings[i]
		switch {
		case f.Verdict.Severity() != "error":
		case in.proxy == "passes":
			f.Verdict = KeepsAccess
			f.Message += "; kube2iam answers as long as it is there"
		default:
			f.Verdict = Unknown
			f.Message += "; kiam may answer as long as it is there"
		}
	}
}

// knownContainer judges a container of a known controller.
func (in *inquiry) knownContainer(c container, k *controller) {
	before := len(in.findings)
	s := subject{c, in.workload.kind}
	for _, n := range k.Needs {
		asks := s.all(n.When)
		given := in.given(s, n)
		switch {
		case asks == no, given == yes:
			continue
		case n.Unknown, asks == maybe, given == maybe:
			in.find(Unknown, &c, k, fmt.Sprintf("%s may ask the metadata service for %s", k.Name, n.What), in.settings(c, n.Set)...)
		default:
			in.find(Breaks, &c, k, fmt.Sprintf("%s asks the metadata service for %s", k.Name, n.What), in.settings(c, n.Set)...)
		}
		if n.Source != "" {
			in.findings[len(in.findings)-1].Source = n.Source
		}
	}
	from := in.credentialsOf(c, in.pod, in.account, in.isTemplate)
	switch {
	case k.Credentials == credentialsNone:
	case from == fromProxy && in.lock.IPTables == IPTablesStrict:
		in.find(LosesRole, &c, k, fmt.Sprintf("%s has its role from kube2iam or kiam, whose requests the strict rule drops", k.Name), in.giveRole(k.Role.Permissions)...)
	case from == fromElsewhere:
		in.find(Unknown, &c, k, fmt.Sprintf("%s calls AWS, perhaps with keys from a secret or a config map that is not in the input", k.Name), in.giveRole(k.Role.Permissions)...)
	case from == fromNoToken:
		in.find(Unknown, &c, k, fmt.Sprintf("%s has AWS_ROLE_ARN, but no projected token to take that role with", k.Name), in.giveRole(k.Role.Permissions)...)
	case from != fromNode, c.isTrue("AWS_EC2_METADATA_DISABLED"):
	case k.Credentials == credentialsOptional:
		in.find(Unknown, &c, k, fmt.Sprintf("%s calls AWS with the role of its node where %s", k.Name, k.Role.For), in.giveRole(k.Role.Permissions)...)
	default:
		in.missesRole(&c, k, k.Name+" calls AWS", k.Role.Permissions)
	}
	if len(in.findings) == before {
		why := k.Why
		if why == "" {
			why = "nothing is missing"
		}
		in.find(KeepsWorking, &c, k, fmt.Sprintf("%s: %s", k.Name, why))
	}
}

// given reports whether a container gets what it needs in another way. A template gets
// its region with the role, when a pod is made
// (https://github.com/aws/amazon-eks-pod-identity-webhook).
func (in *inquiry) given(s subject, n need) state {
	if in.isTemplate && in.account.roleARN != "" {
		for _, c := range n.Unless {
			if c.Env == "AWS_REGION" || c.Env == "AWS_DEFAULT_REGION" {
				return yes
			}
		}
	}
	return s.any(n.Unless)
}

// missesRole records that a container has only its node's role, as far as that can
// be said of a template.
func (in *inquiry) missesRole(c *container, k *controller, what, permissions string) {
	switch {
	case in.isTemplate:
		in.find(Unknown, c, k, what+"; there is no pod in the input to show with which role", in.giveRole(permissions)...)
	case in.account.roleARN != "":
		in.find(LosesRole, c, k, what+" with the role of its node, since the pod is older than the role of its service account", in.restart())
	default:
		in.find(LosesRole, c, k, what+" with the role of its node", in.giveRole(permissions)...)
	}
}

// otherContainer judges a container of which only the input is known.
func (in *inquiry) otherContainer(c container) {
	from := in.credentialsOf(c, in.pod, in.account, in.isTemplate)
	if where := c.asks(); where != "" {
		in.find(Breaks, &c, nil, fmt.Sprintf("it asks the metadata service itself: the address is in %s", where),
			Fix{"text", "give it what it asks for in its configuration, or take the address out if it does not ask"})
		return
	}
	calls := callsAWS(c)
	switch {
	case from == fromProxy && in.lock.IPTables == IPTablesStrict:
		in.find(LosesRole, &c, nil, "it has its role from kube2iam or kiam, whose requests the strict rule drops", in.giveRole("")...)
	case from == fromProxy:
		in.find(KeepsWorking, &c, nil, "it has its role from kube2iam or kiam, whose requests the rules let through")
	case c.isTrue("AWS_EC2_METADATA_DISABLED"):
		in.find(KeepsWorking, &c, nil, "AWS_EC2_METADATA_DISABLED keeps AWS's SDKs from asking")
	case from == fromElsewhere:
		in.find(Unknown, &c, nil, "it may have keys from a secret or a config map that is not in the input")
	case from == fromNoToken:
		in.find(Unknown, &c, nil, "it has AWS_ROLE_ARN, but no projected token to take that role with", in.giveRole("")...)
	case from != fromNode && (regionOf(c) != "" || in.isTemplate):
		in.find(KeepsWorking, &c, nil, fmt.Sprintf("it has credentials by %s and a region, so AWS's SDKs ask for nothing more", from))
	case from != fromNode:
		in.find(Unknown, &c, nil, fmt.Sprintf("it has credentials by %s, but no region, which some SDKs ask for", from), in.setEnv(c, "AWS_REGION", in.region))
	case calls != "":
		in.missesRole(&c, nil, calls+", so it calls AWS", "")
	case in.account.roleARN != "":
		in.find(LosesRole, &c, nil, "its service account has a role, but the pod is older than that", in.restart())
	default:
		in.find(Unknown, &c, nil, "nothing shows whether it calls AWS; if so, then with the role of its node")
	}
}
