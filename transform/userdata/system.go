package userdata

import "github.com/imdslock/imdslock/transform/userdata/shell"

// A System is the Linux that all nodes run.
type System = shell.System

// The systems.
const (
	AnyLinux     = shell.AnyLinux // it is not known
	AmazonLinux  = shell.AmazonLinux
	AmazonLinux2 = shell.AmazonLinux2
	Ubuntu       = shell.Ubuntu
)
