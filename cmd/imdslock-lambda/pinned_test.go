package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const bucketTemplate = "../../deploy/bucket.yaml"

// A bucketStack is what the tests look at in the template of the bucket.
type bucketStack struct {
	Parameters map[string]struct{ Default any }
	Resources  struct {
		Code struct {
			DeletionPolicy string
			Properties     struct {
				VersioningConfiguration        struct{ Status string }
				PublicAccessBlockConfiguration map[string]bool
			}
		}
		CodePolicy struct {
			Properties struct {
				PolicyDocument struct{ Statement []any }
			}
		}
	}
}

func readBucket(t *testing.T) (b bucketStack) {
	t.Helper()
	readTemplate(t, bucketTemplate, &b)
	return b
}

// TestDeployedCode expects every function to be pinned to a version that must be
// given, and to be held to a signature if one is asked for.
func TestDeployedCode(t *testing.T) {
	d := readDeployment(t)
	if p, ok := d.Parameters["CodeVersion"]; !ok || p.Default != nil {
		t.Errorf("CodeVersion may be left out: %v", p.Default)
	}
	for id, r := range d.functions(t) {
		if p := r.Properties; p.Code.S3ObjectVersion != "CodeVersion" || !slices.Contains(p.CodeSigningConfigArn, "CodeSigningConfig") {
			t.Errorf("%s runs %+v, signed as %v", id, p.Code, p.CodeSigningConfigArn)
		}
	}
}

// TestDeployedTrust expects every role to be taken by one service, and for this
// account only if the service says for whom.
func TestDeployedTrust(t *testing.T) {
	roles := 0
	for id, r := range readDeployment(t).Resources {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		roles++
		trusted := r.Properties.AssumeRolePolicyDocument.Statement
		if len(trusted) != 1 || trusted[0].Condition["StringEqualsIfExists"]["aws:SourceAccount"] != "AWS::AccountId" {
			t.Errorf("%s trusts %+v", id, trusted)
		}
		if principal, ok := trusted[0].Principal.(map[string]any); !ok || len(principal) != 1 || principal["Service"] == nil {
			t.Errorf("%s trusts %v", id, trusted[0].Principal)
		}
	}
	if roles != 4 {
		t.Errorf("%d roles", roles)
	}
}

// TestBucketKeepsCode expects the bucket of the code to keep versions, and to stay where
// its stack is deleted.
func TestBucketKeepsCode(t *testing.T) {
	code := readBucket(t).Resources.Code
	if code.Properties.VersioningConfiguration.Status != "Enabled" || code.DeletionPolicy != "Retain" {
		t.Errorf("%+v", code)
	}
}

// TestBucketIsNotPublic expects all four blocks of public access to be on.
func TestBucketIsNotPublic(t *testing.T) {
	blocks := readBucket(t).Resources.Code.Properties.PublicAccessBlockConfiguration
	for name, on := range blocks {
		if !on {
			t.Errorf("%s is off", name)
		}
	}
	if n := len(blocks); n != 4 {
		t.Errorf("%d blocks of public access", n)
	}
}

// statements returns the statements of the bucket's policy by their IDs.
func (b bucketStack) statements(t *testing.T) map[string]statement {
	t.Helper()
	all := map[string]statement{}
	for _, s := range b.Resources.CodePolicy.Properties.PolicyDocument.Statement {
		if choice, ok := s.([]any); ok { // of Fn::If
			s = choice[1]
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var one statement
		if err := json.Unmarshal(text, &one); err != nil {
			t.Fatal(err)
		}
		all[one.Sid] = one
	}
	return all
}

// TestBucketSpeaksTLS expects all that is not encrypted on its way to be denied.
func TestBucketSpeaksTLS(t *testing.T) {
	if s := readBucket(t).statements(t)["TLSOnly"]; s.Effect != "Deny" || s.Action != "s3:*" || s.Condition["Bool"]["aws:SecureTransport"] != "false" {
		t.Errorf("%+v", s)
	}
}

// TestBucketWriters expects the bucket to be written to by the publisher alone.
func TestBucketWriters(t *testing.T) {
	write := readBucket(t).statements(t)["WrittenByPublisherOnly"]
	if write.Effect != "Deny" || write.Principal != "*" || write.Condition["ArnNotEquals"]["aws:PrincipalArn"] != "Publisher" {
		t.Fatalf("%+v", write)
	}
	for _, action := range []string{"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"} {
		if !slices.Contains(actionsOf(write.Action), action) {
			t.Errorf("all may %s", action)
		}
	}
}

// TestBucketReaders expects the bucket to be read by the organisation at most.
func TestBucketReaders(t *testing.T) {
	for sid, s := range readBucket(t).statements(t) {
		if s.Effect != "Allow" {
			continue
		}
		for _, action := range actionsOf(s.Action) {
			if !strings.HasPrefix(action, "s3:GetObject") || s.Condition["StringEquals"]["aws:PrincipalOrgID"] != "Organization" {
				t.Errorf("%s lets %v do %s", sid, s.Condition, action)
			}
		}
	}
}
