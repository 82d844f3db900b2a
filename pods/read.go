package pods

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Read reads objects, or lists of them, as kubectl prints them in JSON, one
// document after the other. It may be called several times. Name is that of the
// input in a [Place]. The error is an [*Error], or the one that r returns.
func (c *Cluster) Read(name string, r io.Reader) error {
	lines := newLineReader(r, c.MaxSize)
	buffered := bufio.NewReaderSize(lines, 1<<16)
	rd := &reader{cluster: c, name: name, lines: lines}
	start, _ := buffered.Peek(3)
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return rd.errorAt(0, "", "this is UTF-16, not UTF-8", "in PowerShell: kubectl … | Out-File -Encoding utf8 cluster.json")
	case bytes.Equal(start, []byte("\xef\xbb\xbf")):
		buffered.Discard(len(start))
		rd.skipped = int64(len(start))
		rd.lines.lineFrom = rd.skipped
	}
	rd.dec = jsontext.NewDecoder(buffered)
	before := c.objects
	for {
		err := rd.object(identity{}, 0)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rd.failed(err)
		}
	}
	if c.objects == before {
		return rd.errorAt(0, "", "there is no object in it", kubectlHint)
	}
	return nil
}

// A reader reads one input.
type reader struct {
	cluster *Cluster
	name    string
	lines   *lineReader
	dec     *jsontext.Decoder
	skipped int64 // bytes before what the decoder reads
}

// An identity is what an object is.
type identity struct{ apiVersion, kind string }

// group returns the API group, "" for the core.
func (id identity) group() string {
	group, _, found := strings.Cut(id.apiVersion, "/")
	if !found {
		return ""
	}
	return group
}

// isList reports whether the object is a list, of any kind.
func (id identity) isList() bool { return strings.HasSuffix(id.kind, "List") }

// A member is a member of an object whose kind is not known yet.
type member struct {
	value   jsontext.Value
	offset  int64
	pointer jsontext.Pointer
}

// object reads an object. id is its kind if the kind of the list around it tells that;
// depth is the number of lists around it.
func (r *reader) object(id identity, depth int) error {
	if kind := r.dec.PeekKind(); kind != '{' {
		if _, err := r.dec.ReadToken(); err != nil {
			return err
		}
		return r.errorAt(r.dec.InputOffset()-1, r.dec.StackPointer(), "this is not a Kubernetes object", kubectlHint)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	offset, pointer := r.dec.InputOffset()-1, r.dec.StackPointer()
	line, column := r.lines.position(r.skipped + offset)
	o := &object{identity: id, place: Place{r.name, line, column, string(pointer)}}
	for r.dec.PeekKind() != '}' {
		name, err := r.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := r.member(o, name.String(), depth); err != nil {
			return err
		}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	if o.listed {
		return nil
	}
	if o.spec.value != nil {
		at := o.spec
		if err := o.decodeSpec(jsontext.NewDecoder(bytes.NewReader(at.value))); err != nil {
			return r.inMember(err, at)
		}
	}
	r.cluster.add(o)
	return nil
}

// inMember gives an error within a member its place in the input.
func (r *reader) inMember(err error, at member) error {
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return err
	}
	moved := *semantic
	moved.ByteOffset += at.offset
	moved.JSONPointer = at.pointer + moved.JSONPointer
	return &moved
}

// member reads the member with a name.
func (r *reader) member(o *object, name string, depth int) error {
	switch name {
	case "apiVersion":
		return json.UnmarshalDecode(r.dec, &o.apiVersion)
	case "kind":
		return json.UnmarshalDecode(r.dec, &o.kind)
	case "metadata":
		return json.UnmarshalDecode(r.dec, &o.meta)
	case "items":
		if r.dec.PeekKind() == '[' && (o.kind == "" || o.isList()) {
			o.listed = true
			return r.items(o.identity, depth)
		}
	case "spec":
		if o.apiVersion != "" && o.kind != "" {
			return o.decodeSpec(r.dec)
		}
		value, err := r.dec.ReadValue()
		o.spec = member{value.Clone(), r.dec.InputOffset() - int64(len(value)), r.dec.StackPointer()}
		return err
	}
	return r.dec.SkipValue()
}

// maxLists is how deep lists may be nested.
const maxLists = 16

// items reads the objects of a list. Those of a list of one kind, such as a
// PodList, need not say their kind.
func (r *reader) items(list identity, depth int) error {
	of := identity{}
	if kind := strings.TrimSuffix(list.kind, "List"); kind != "" && kind != list.kind {
		of = identity{list.apiVersion, kind}
	}
	if depth == maxLists {
		return r.errorAt(r.dec.InputOffset(), r.dec.StackPointer(), "there are too many lists within lists", "")
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		if err := r.object(of, depth+1); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	r.cluster.objects++ // an empty list counts as an object
	return err
}

// An object is what has been read of an object.
type object struct {
	identity
	place     Place
	meta      objectMeta
	spec      member // if it came before the object's kind
	podSpec   podSpec
	templated podTemplate
	listed    bool
}

// makesPods reports whether the object has a pod template that decides.
func (o *object) makesPods() bool {
	switch o.kind {
	case "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet":
		return o.group() == "apps" || o.group() == "extensions"
	case "Job", "CronJob":
		return o.group() == "batch"
	case "ReplicationController":
		return o.group() == ""
	}
	return false
}

// decodeSpec reads what decides in the specification of an object.
func (o *object) decodeSpec(dec *jsontext.Decoder) error {
	switch {
	case o.kind == "Pod" && o.group() == "":
		return json.UnmarshalDecode(dec, &o.podSpec)
	case o.kind == "CronJob" && o.makesPods():
		var spec cronJobSpec
		err := json.UnmarshalDecode(dec, &spec)
		o.templated = spec.JobTemplate.Spec.Template
		return err
	case o.makesPods():
		var spec templatedSpec
		err := json.UnmarshalDecode(dec, &spec)
		o.templated = spec.Template
		return err
	}
	return dec.SkipValue()
}
