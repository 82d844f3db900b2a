package cfn_test

import (
	"fmt"
	"log"

	"imdslock/transform/cfn"
)

func ExampleApply() {
	src := []byte("Resources:\n  Topic:\n    Type: AWS::SNS::Topic # the \"one\"\n    Properties: { DisplayName: 'a' }\n")
	t, err := cfn.Parse(src)
	if err != nil {
		log.Fatal(err)
	}
	properties := t.Root.Get("Resources", "Topic", "Properties")
	name := properties.Get("DisplayName")
	fmt.Printf("%v: %s\n", t.Position(name.Span.Start), src[name.Span.Start:name.Span.End])

	rename, err := t.Replace(name, cfn.NewScalar("b", name.QuoteOf()))
	if err != nil {
		log.Fatal(err)
	}
	add, err := t.Add(properties, cfn.NewPair{Key: "FifoTopic", Value: cfn.NewScalar("true", cfn.Number)})
	if err != nil {
		log.Fatal(err)
	}
	out, err := cfn.Apply(src, []cfn.Edit{add, rename})
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
