// Package transform locks the EC2 instance metadata service in CloudFormation
// templates that launch EKS nodes, and says what is not locked in them.
//
// [Patch] and [Check] read the same survey of the template: what launches
// nodes, with which metadata options and user data, and which groups use which
// version of it. Rules read the survey and return [Finding]s. Those of Patch
// carry the edits that lock the template; all edits are made at once, and Patch
// reads and checks the result before it returns it. Bytes outside the edits are
// the input's.
package transform
