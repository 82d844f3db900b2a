// Package templates holds imdslock's reference templates: one CloudFormation
// template of a self-managed Amazon EKS node group for each operating system
// that nodes can run.
//
// They are our own work, with the interface of the templates that AWS
// publishes, and they are deliberately unlocked: the hop limit is 2 and
// DisableIMDSv1 defaults to "false". That makes them the input of
// demonstrations and tests, for which no network is needed.
package templates

import (
	"embed"
	"fmt"
)

//go:embed linux.yaml windows.yaml
var files embed.FS

// Reference returns the reference template for nodes that run os: "linux" or
// "windows". The slice is the caller's own, free to be changed.
func Reference(os string) ([]byte, error) {
	switch os {
	case "linux", "windows":
		return files.ReadFile(os + ".yaml")
	default:
		return nil, fmt.Errorf("no template for %q: must be linux or windows", os)
	}
}
