package cfn_test

import (
	"fmt"
	"log"

	"imdslock/transform/cfn"
)

func ExampleTemplate_Outcomes() {
	t, err := cfn.Parse([]byte(`
Parameters:
  Stage: {Type: String, AllowedValues: [test, live]}
Conditions:
  Live: !Equals [!Ref Stage, live]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !If [Live, !Sub "${Stage} alarms", !GetAtt Other.Name]
`))
	if err != nil {
		log.Fatal(err)
	}
	outcomes, err := t.Outcomes(t.Root().Get("Resources", "Topic", "Properties", "DisplayName"), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range outcomes {
		fmt.Printf("%v: %q %s\n", o, o.Value.Text, o.Value.Reason)
	}
	// Output:
	// Stage=test: "" Fn::GetAtt is not known before the deployment
	// Stage=live: "live alarms"
}
