package userdata_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/imdslock/imdslock/transform/userdata"
)

func ExampleProtect() {
	text := "#!/bin/bash\n/etc/eks/bootstrap.sh blue\n"
	p, err := userdata.Protect(text, userdata.Block{BranchENI: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(userdata.Apply(text, p.Changes))
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

func ExampleJudge() {
	late := "#!/bin/bash\n" +
		"/etc/eks/bootstrap.sh blue\n" +
		"iptables -I FORWARD -i eni+ -d 169.254.169.254 -j DROP\n" +
		"iptables-save >/etc/sysconfig/iptables\n"
	v := userdata.Judge(late, userdata.Block{})
	fmt.Println("what it is:", v.Kind)
	for _, p := range v.Problems {
		line, _, _ := strings.Cut(late[p.At:], "\n")
		fmt.Println("problem:", p.Code, "at:", line)
	}
	// Output:
	// what it is: shell script
	// problem: late at: /etc/eks/bootstrap.sh blue
}
