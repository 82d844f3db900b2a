package userdata_test

import (
	"fmt"
	"log"
	"strings"

	"imdslock/transform/userdata"
)

func ExampleProtect() {
	text := "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"
	changes, err := userdata.Protect(text, userdata.Block{BranchENI: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(userdata.Apply(text, changes))
	// Output:
	// #!/bin/bash
	// # imdslock: keep pods off the instance metadata service
	// yum install -y iptables-services
	// iptables --insert FORWARD 1 --in-interface eni+ --destination 169.254.169.254/32 --jump DROP
	// iptables -t mangle -A POSTROUTING -o vlan+ --destination 169.254.169.254/32 --jump DROP
	// iptables-save | tee /etc/sysconfig/iptables
	// systemctl enable --now iptables
	// # imdslock: end
	// /etc/eks/bootstrap.sh blue
}

func ExampleInspect() {
	late := "#!/bin/bash\n" +
		"/etc/eks/bootstrap.sh blue\n" +
		"iptables -I FORWARD -i eni+ -d 169.254.169.254 -j DROP\n"
	s := userdata.Inspect(late)
	line, _, _ := strings.Cut(late[s.At:], "\n")
	fmt.Println("what it is:", s.Kind)
	fmt.Println("rules before the kubelet:", s.Rules)
	fmt.Println("rules after it:", s.Late, "- it starts at:", line)
	// Output:
	// what it is: shell script
	// rules before the kubelet: false
	// rules after it: true - it starts at: /etc/eks/bootstrap.sh blue
}
