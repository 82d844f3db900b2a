// Command imdslock keeps pods off the EC2 instance metadata service in
// CloudFormation templates of Amazon EKS node groups.
package main

import "os"

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
