package edit_test

import (
	"fmt"
	"log"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/edit"
)

func ExampleApply() {
	src := []byte("Resources:\n  Topic:\n    Type: AWS::SNS::Topic # the \"one\"\n    Properties: { DisplayName: 'a' }\n")
	t, err := cfn.Parse(src)
	if err != nil {
		log.Fatal(err)
	}
	properties := t.Root().Get("Resources", "Topic", "Properties")
	name := properties.Get("DisplayName")
	fmt.Printf("%v: %s\n", t.Position(name.Span.Start), src[name.Span.Start:name.Span.End])

	rename, err := edit.Replace(t, name, edit.Scalar("b", edit.QuoteOf(name)))
	if err != nil {
		log.Fatal(err)
	}
	add, err := edit.Add(t, properties, edit.Pair{Key: "FifoTopic", Value: edit.Scalar("true", edit.Number)})
	if err != nil {
		log.Fatal(err)
	}
	out, err := edit.Apply(src, []edit.Edit{add, rename})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", out)
	// Output:
	// 4:32: 'a'
	// Resources:
	//   Topic:
	//     Type: AWS::SNS::Topic # the "one"
	//     Properties: { DisplayName: 'b', FifoTopic: true }
}
