//go:build linux

// Package prove shows what imdslock's output does to a node: it launches one
// from a patched template and looks at the metadata service through the eyes
// of its pods.
//
// What runs is the output of [transform.Patch], evaluated by package stack as
// CloudFormation would: the fake metadata service gets its MetadataOptions, and cloud-init's
// own code runs its user data. Network and iptables are the kernel's, in
// namespaces of their own; package manager, bootstrap script, systemd, kubelet
// and pods are played by the files in stub. Nothing outside the namespaces is
// contacted, and all of them are gone when the process ends.
package prove
