package eval

import (
	"regexp"
	"sync"
)

// pattern returns a regular expression that is compiled when first used.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// shapes are what the values of those pseudo parameters look like that every
// deployment has. Future regions and partitions are taken to look like the others.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (StackName)
var shapes = map[string]func() *regexp.Regexp{
	"AWS::AccountId": pattern(`^[0-9]{12}$`),
	"AWS::Partition": pattern(`^aws(-[a-z0-9]+)*$`),
	"AWS::Region":    pattern(`^[a-z]+(-[a-z0-9]+)*-[0-9]+$`),
	"AWS::StackId":   pattern(`^arn:`),
	"AWS::StackName": pattern(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`),
	"AWS::URLSuffix": pattern(`^[-a-z0-9]+(\.[-a-z0-9]+)+$`),
}

// pseudoAccepts returns the function that reports whether a text can be the value of
// a pseudo parameter, or nil if every text can.
func pseudoAccepts(name string) func(text string) bool {
	shape := shapes[name]
	if shape == nil {
		return nil
	}
	return func(text string) bool { return shape().MatchString(text) }
}
