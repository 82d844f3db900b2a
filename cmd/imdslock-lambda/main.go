// Command imdslock-lambda is imdslock on AWS Lambda: one static program for the
// runtime provided.al2023, whose file is called bootstrap. What it does is
// decided by the function's Handler:
//
//	macro         locks templates while they are deployed (package macro)
//	hook          refuses to deploy what is not locked (package hook)
//	codepipeline  locks the templates of a pipeline's artifact (package pipeline)
//
// The environment variable IMDSLOCK_OPTIONS, a JSON object as in package
// params, says what to lock if an event does not; IMDSLOCK_MACRO is what the
// account calls the macro.
package main

import "os"

func main() { os.Exit(run(os.Getenv, os.Stderr)) }
