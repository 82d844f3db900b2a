package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/imdslock/imdslock/transform"
	"github.com/imdslock/imdslock/transform/cfn"
)

// A resource is a thing of the fleet, written as the resource of CloudFormation
// that would make it. What the answer has is copied, and known by its place.
type resource struct {
	*checker
	id     string    // in findings
	called string    // in messages
	at     *cfn.Node // in the answer
	opts   transform.CheckOptions

	text   strings.Builder
	copies []copied
}

// A copied is a part of the text that is copied from the answer.
type copied struct{ start, end, source int }

// logicalID is the logical ID of the thing in the template.
const logicalID = "Node"

// The properties of the answer that the rules read, and those of MetadataOptions.
var (
	properties = [...]string{"ImageId", "UserData", "MetadataOptions"}
	options    = [...]string{"HttpEndpoint", "HttpProtocolIpv6", "HttpPutResponseHopLimit", "HttpTokens", "InstanceMetadataTags"}
)

// judge judges data as the properties of a resource of a type, below a property if
// one is given.
func (r *resource) judge(typ, property string, data *cfn.Node) error {
	fmt.Fprintf(&r.text, `{"Resources":{%q:{"Type":%q,"Properties":{`, logicalID, typ)
	if property != "" {
		fmt.Fprintf(&r.text, "%q:{", property)
	}
	for _, key := range properties {
		value := data.Get(key)
		if value.IsNull() || key == "UserData" && value.Kind == cfn.Scalar && value.Value == "" {
			continue
		}
		if key != "MetadataOptions" {
			if value.Kind != cfn.Scalar {
				return r.wrong(value, key, "a text")
			}
			r.copy(key, value)
			continue
		}
		if value.Kind != cfn.Mapping {
			return r.wrong(value, key, "an object")
		}
		if err := r.metadataOptions(value); err != nil {
			return err
		}
	}
	r.text.WriteString(`"Tags":[{"Key":"kubernetes.io/cluster/x","Value":"owned"}]}}}`)
	if property != "" {
		r.text.WriteString("}")
	}
	r.text.WriteString("}")
	return r.check()
}

// metadataOptions copies those options that a template can have too.
func (r *resource) metadataOptions(value *cfn.Node) error {
	start := r.text.Len()
	r.text.WriteString(`"MetadataOptions":{`)
	for i, n := 0, 0; i < len(options); i++ {
		option := value.Get(options[i])
		if option.IsNull() {
			continue
		}
		if option.Kind != cfn.Scalar {
			return r.wrong(option, options[i], "a text or a number")
		}
		if n++; n > 1 {
			r.text.WriteString(",")
		}
		r.pair(options[i], option)
	}
	r.text.WriteString("}")
	r.copies = append(r.copies, copied{start, r.text.Len(), value.Span.Start})
	r.text.WriteString(",")
	return nil
}

func (r *resource) copy(key string, value *cfn.Node) {
	r.pair(key, value)
	r.text.WriteString(",")
}

// pair writes a key and a value of the answer. A number stays a number.
func (r *resource) pair(key string, value *cfn.Node) {
	start := r.text.Len()
	fmt.Fprintf(&r.text, "%q:", key)
	if value.Style == cfn.Plain && json.Valid([]byte(value.Value)) {
		r.text.WriteString(value.Value)
	} else {
		quoted, err := json.Marshal(value.Value)
		if err != nil {
			panic(err) // a string always encodes
		}
		r.text.Write(quoted)
	}
	r.copies = append(r.copies, copied{start, r.text.Len(), value.Span.Start})
}

// check judges the template, and moves its findings into the answer.
func (r *resource) check() error {
	findings, err := transform.Check(r.ctx, []byte(r.text.String()), r.opts)
	var at *cfn.Error
	switch {
	case errors.As(err, &at):
		return r.d.Errorf(r.at, "%s: %s", r.called, at.Message)
	case err != nil:
		return err
	}
	for _, f := range findings {
		f.LogicalID = r.id
		f.Message = r.called + ": " + strings.TrimPrefix(f.Message, logicalID+": ")
		f.Start = r.d.Position(r.source(f.Start.Offset))
		f.End = f.Start
		r.findings = append(r.findings, f)
	}
	return nil
}

// source returns where in the answer a place of the template comes from: the value
// that is written there, or else the whole thing.
func (r *resource) source(offset int) int {
	for _, c := range r.copies {
		if c.start <= offset && offset < c.end {
			return c.source
		}
	}
	return r.at.Span.Start
}
