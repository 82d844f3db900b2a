package userdata

// A script is a program that a node runs from its user data, as cloud-init
// hands it to an interpreter: the commands of bootcmd and of runcmd are one
// script each.
type script struct {
	stage stage

	// name is the file name under which cloud-init keeps the script. Scripts of
	// one stage run in the order of their names.
	name string

	// text is what the interpreter reads, its #! line included. It is empty if it is
	// not known, and unknown says why.
	text    string
	unknown string

	// everyBoot is set if the script runs at every boot, not once per instance.
	everyBoot bool

	// origin maps a byte offset of text to the byte offset of the user data that
	// it comes from.
	origin func(at int) int
}

// A stage is when cloud-init runs a script. Stages run in this order.
type stage uint8

const (
	stageBoothook    stage = iota // while cloud-init reads the parts
	stageBootcmd                  // bootcmd, at every boot
	stageWriteFiles               // write_files, as the commands that would write them
	stagePerOnce                  // text/x-shellscript-per-once
	stagePerBoot                  // text/x-shellscript-per-boot
	stagePerInstance              // text/x-shellscript-per-instance
	stageScript                   // text/x-shellscript, and runcmd among them
	stageNodeadm                  // nodeadm-run.service, after cloud-init
)
