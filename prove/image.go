//go:build linux

package prove

import (
	"embed"
	"fmt"
	"maps"
)

// stubs are the files that play a node's software.
//
//go:embed stub
var stubs embed.FS

// IPTables names an implementation: "nft" or "legacy".
type IPTables string

// The implementations that Debian's iptables has.
const (
	NFT    IPTables = "nft"
	Legacy IPTables = "legacy"
)

// An Image is what a node is started from.
type Image struct {
	Topology
	IPTables      IPTables
	Nodeadm       bool // Amazon Linux 2023: nodeadm starts the kubelet
	Snap          bool // Ubuntu: the kubelet is a snap
	BootstrapExit int  // exit status of the bootstrap script after the kubelet's start
	YumFails      bool // as without a route to the repositories
	Broken        bool // iptables fails, except to set policies
	Busy          bool // it does so until the bootstrap starts
	Joined        bool // if the user data does not start the kubelet, something else does at the end of the first boot
}

// stubs returns, by path on a node, the file of stub that plays it.
func (i Image) stubs() map[string]string {
	files := map[string]string{
		"etc/eks/bootstrap.sh": "bootstrap.sh", "opt/aws/bin/cfn-signal": "cfn-signal", "etc/cloud/cloud.cfg": "cloud.cfg",
		"image/boot.py": "boot.py", "image/broken-iptables": "broken-iptables",
	}
	commands := []string{"systemctl", "tell", "imds", "nodeadm", "service", "chkconfig", "nft", "aws", "sleep", "iptables.init", "kubelet"}
	unit := "kubelet.service"
	if i.Snap { // Ubuntu has no yum
		unit = "snap.kubelet-eks.daemon.service"
		commands = append(commands, "apt-get")
		files["local/bin/apt"] = "apt-get"
	} else {
		commands = append(commands, "yum")
		files["local/bin/dnf"] = "yum"
	}
	for _, name := range commands {
		files["local/bin/"+name] = name
	}
	files["etc/systemd/system/"+unit] = "kubelet.service"
	return files
}

// files returns the other files of a node with their content. Those below image
// tell the stubs what the image is.
func (i Image) files(userData []byte) map[string]string {
	files := map[string]string{
		"image/bootstrap-exit":         fmt.Sprint(i.BootstrapExit),
		"image/iptables":               string(i.IPTables),
		"cloud/seed/nocloud/user-data": string(userData),
		"cloud/seed/nocloud/meta-data": "instance-id: i-0a1b2c3d4e5f60718\n",
		"etc/passwd":                   "root:x:0:0:root:/root:/bin/bash\n",
		"etc/group":                    "root:x:0:\nadm:x:4:\n",
		"etc/hostname":                 "ip-10-0-0-10.us-west-2.compute.internal\n",
		"etc/hosts":                    "127.0.0.1 localhost\n",
		"etc/protocols":                "icmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\n",
	}
	amazon := map[string]string{
		"etc/os-release":     "ID=\"amzn\"\nID_LIKE=\"centos rhel fedora\"\nVERSION_ID=\"2\"\n",
		"etc/system-release": "Amazon Linux release 2 (Karoo)\n",
	}
	if i.Snap {
		files["etc/os-release"] = "ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\n"
	} else {
		maps.Copy(files, amazon)
	}
	for name, is := range map[string]bool{"nodeadm": i.Nodeadm, "snap": i.Snap, "yum-fails": i.YumFails, "busy": i.Busy, "joined": i.Joined} {
		if is {
			files["image/"+name] = ""
		}
	}
	return files
}
