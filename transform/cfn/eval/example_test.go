package eval_test

import (
	"context"
	"fmt"
	"log"

	"github.com/imdslock/imdslock/transform/cfn"
	"github.com/imdslock/imdslock/transform/cfn/eval"
)

func ExampleEvaluator_Outcomes() {
	t, err := cfn.Parse([]byte(`
Parameters:
  Stage: {Type: String}
Conditions:
  Live: !Equals [!Sub "app-${Stage}", app-live]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [Live, !Sub "${Stage} alarms", !GetAtt Other.Name]
`))
	if err != nil {
		log.Fatal(err)
	}
	e := eval.New(context.Background(), t, nil)
	outcomes, err := e.Outcomes(t.Root().Get("Resources", "Topic", "Properties", "DisplayName"))
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range outcomes {
		fmt.Printf("with %v: %q\n", o, o.Value.Text+o.Value.Reason)
	}
	// Output:
	// with Stage=live: "live alarms"
	// with Stage=any other value: "Fn::GetAtt Other.Name is not known before the deployment"
}
