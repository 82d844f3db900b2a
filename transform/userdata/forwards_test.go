package userdata

import (
	"strings"
	"testing"
)

// proxies are ways for pods to reach the metadata service by something on the node.
var proxies = [...]string{
	"iptables-legacy -t nat -A PREROUTING -d 169.254.169.254/32 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8181\n",
	"iptables-nft -t nat -A PREROUTING -d 10.9.9.9/32 -j DNAT --to-destination 169.254.169.254\n",
	"cat > /etc/nginx/conf.d/x.conf <<'X'\nserver { listen 8181; location / { proxy_pass http://169.254.169.254; } }\nX\nsystemctl enable --now nginx\n",
	"cat > /etc/nginx/conf.d/x.conf <<'X'\nserver { listen 8181; location / { proxy_pass http://169.254.169.254/; } }\nX\n",
	"printf 'backend b\\n  server s 169.254.169.254:80\\n' > /etc/haproxy/haproxy.cfg\n",
	"printf 'redirect=169.254.169.254 80\\n' > /etc/xinetd.d/x\n",
	"echo 'server s [fd00:ec2::254]:80;' >> /etc/nginx/nginx.conf\n",
	"echo 'proxy_pass http://instance-data.ec2.internal;' > /opt/x.conf\n",
	"echo 'proxy_pass http://0xA9FEA9FE;' > /opt/x.conf\n",
	"sed -i 's/127.0.0.1:80/169.254.169.254:80/' /etc/nginx/nginx.conf\n",
	"docker run -d -p 8181:8181 alpine/socat TCP-LISTEN:8181,fork TCP:169.254.169.254:80\n",
	"ssh -f -N -L 0.0.0.0:8181:169.254.169.254:80 localhost\n",
	"printf '[Service]\\nExecStart=/usr/lib/systemd/systemd-socket-proxyd 169.254.169.254:80\\n' > /etc/systemd/system/x.service\n",
	"kubectl create configmap x --from-literal=upstream=169.254.169.254\n",
	"iptables -t nat -A PREROUTING -p tcp -d 169.254.169.254/32 --dport 80 -j DNAT --to-destination 10.0.0.1:8181\n",
	"iptables -t nat -A PREROUTING -p tcp --dport 80 -i eni+ -j REDIRECT --to-ports 3128\n",
	"iptables -t nat -I PREROUTING -d 169.254.0.0/16 -j DNAT --to-destination 10.0.0.1\n",
	"iptables -t nat -A PREROUTING -d 169.254.169.254 --jump=REDIRECT\n",
	"iptables -t nat -N K; iptables -t nat -A K -d 169.254.169.254/32 -p tcp -j DNAT --to 10.0.0.1:8181; iptables -t nat -A PREROUTING -j K\n",
	"iptables-restore -n <<'X'\n*nat\n-A PREROUTING -d 169.254.169.250/32 -j DNAT --to-destination 169.254.169.254\nCOMMIT\nX\n",
	"printf '*nat\\n-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181\\nCOMMIT\\n' > /opt/r; iptables-restore -n /opt/r\n",
	"iptables -t mangle -A PREROUTING -s 169.254.169.254 -j TTL --ttl-inc 1\n",
	"iptables -t mangle -I PREROUTING -i eth0 -j TTL --ttl-set 64\n",
	"ip6tables -t mangle -A PREROUTING -j HL --hl-inc 2\n",
	"nft add rule ip mangle PREROUTING ip saddr 169.254.169.254 ip ttl set 64\n",
	"iptables-restore -n <<'X'\n*mangle\n-A PREROUTING -j TTL --ttl-inc 1\nCOMMIT\nX\n",
	"yum install -y squid; systemctl enable --now squid\n",
	"systemctl start tinyproxy.service\n",
	"nft add rule ip nat PREROUTING ip daddr 169.254.169.250 dnat to 169.254.169.254\n",
	"nft -f - <<'X'\nadd rule ip n p tcp dport 8181 dnat to 169.254.169.254:80\nX\n",
	"cat > /etc/nginx/conf.d/x.conf <<'X'\nlocation /latest/ { proxy_pass http://169.254.169.254/latest/meta-data/; }\nX\n",
	"printf 'servers:\\n- url: http://169.254.169.254/latest\\nheaders: {X-aws-ec2-metadata-token: a}\\n' > /opt/x.yaml\n",
	"sed -i 's#http://10.0.0.1/#http://169.254.169.254/latest/#' /etc/nginx/nginx.conf\n",
	"mkdir -p /etc/systemd/system/x.service.d; printf '[Service]\\nEnvironment=\"TARGET=http://169.254.169.254/latest\"\\n' > /etc/systemd/system/x.service.d/x.conf\n",
	"cat > /etc/nginx/conf.d/x.conf <<'X'\nserver { location / { resolver 10.0.0.2; proxy_pass https://$host; } }\nX\n",
	"cat > /etc/nginx/x.conf <<'X'\nstream { server { proxy_pass $ssl_preread_server_name:443; } }\nX\n",
	"printf '<VirtualHost *:8080>\\n  ProxyRequests on\\n</VirtualHost>\\n' > /etc/httpd/conf.d/x.conf\n",
	"echo 'name: envoy.filters.http.dynamic_forward_proxy' > /etc/envoy/envoy.yaml\n",
	"echo 'clusters: [{name: c, type: ORIGINAL_DST}]' > /etc/envoy/envoy.yaml\n",
	"printf ':8080 {\\n  forward_proxy\\n}\\n' > /etc/caddy/Caddyfile\n",
	"printf 'listen x\\n  option http_proxy\\n' > /etc/haproxy/haproxy.cfg\n",
	"systemctl enable --now dante-server\n",
	"systemctl start shadowsocks-rust-server@x\n",
	"systemctl start sing-box\n",
	"apt-get install -y squid-openssl\n",
}

// routed are commands after which packets of pods may leave by other interfaces.
var routed = [...]string{
	"ip rule add to 169.254.169.254 lookup main pref 5\n",
	"ip rule add from all lookup 100\n",
	"ip -4 rule del pref 10\n",
	"ip ru a fwmark 1 lookup 5\n",
	"ip route add 169.254.169.254 dev eth1\n",
	"ip route add 169.254.0.0/16 dev eth1\n",
	"ip route replace default via 10.0.0.1 dev eth1\n",
	"route add -host 169.254.169.254 dev eth1\n",
	"nmcli connection modify eth0 +ipv4.routing-rules 'priority 5 to 169.254.169.254 table 254'\n",
	"nmcli connection modify eth0 +ipv4.routes '169.254.169.254/32 10.0.0.1'\n",
	"echo '{\"type\":\"bridge\"}' > /etc/cni/net.d/05-x.conflist\n",
	"aws s3 cp s3://b/x.conflist /etc/cni/net.d/05-x.conflist\n",
}

// TestRoutes sees that routes matter only where the interface by which packets leave
// decides what is dropped.
func TestRoutes(t *testing.T) {
	const rule = "ip rule add to 169.254.169.254 lookup main pref 5\n"
	for _, test := range []struct {
		script string
		block  Block
		want   string
	}{
		{recipe, Block{BranchENI: true}, "not-judged"},
		{recipe, Block{}, ""},
		{install + drop + strings.Replace(dropVLAN, "POSTROUTING -o", "PREROUTING -i", 1) + saveTo + enableNow, Block{BranchENI: true}, ""},
		{strictCommands + "\n", Block{BranchENI: true}, ""},
	} {
		if got := codes(judgeText(bang+test.script+rule+boot, test.block)); got != test.want {
			t.Errorf("%q, not %q:\n%s", got, test.want, test.script)
		}
	}
}

// forwardsNothing are ordinary commands with the address of the metadata service, with
// routes, with pods.
var forwardsNothing = [...]string{
	"T=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'); curl -s -H \"X-aws-ec2-metadata-token: $T\" http://169.254.169.254/latest/meta-data/instance-id\n",
	"IMDS=http://169.254.169.254; export IMDS\n",
	"export NO_PROXY=169.254.169.254,localhost no_proxy=169.254.169.254\n",
	"cat >> /etc/environment <<'X'\nNO_PROXY=10.0.0.0/8,169.254.169.254,.internal\nno_proxy=169.254.169.254\nX\n",
	"mkdir -p /etc/systemd/system/docker.service.d; printf '[Service]\\nEnvironment=\"HTTP_PROXY=http://p:3128\" \"NO_PROXY=169.254.169.254\"\\n' > /etc/systemd/system/docker.service.d/proxy.conf\n",
	"echo 'no pods may ask 169.254.169.254'; logger 169.254.169.254 is closed\n",
	"printf '# 169.254.169.254 is closed\\nkey=1\\n' > /opt/x.conf\n",
	"until ping -c1 169.254.169.254; do sleep 1; done\n",
	"cat > /opt/x.py <<'X'\nU = 'http://169.254.169.254/latest/meta-data/'\nX\n",
	"cat > /opt/policy.yaml <<'X'\nexcept:\n- 169.254.169.254/32\nX\n",
	"kubectl apply -f - <<'X'\nexcept:\n- 169.254.169.254/32\nX\n",
	"grep -q 169.254.169.254 /etc/hosts || echo '169.254.169.254 instance-data' >> /etc/hosts\n",
	"docker run -e NO_PROXY=169.254.169.254 -d acme\n",
	"sed -i 's#http://169.254.169.254/latest/meta-data#x#' /opt/x\n",
	"iptables -t nat -A PREROUTING -d 10.1.2.3/32 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:8080\n",
	"iptables -t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 8443\n",
	"iptables -t nat -A OUTPUT -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 127.0.0.1:8181\n",
	"ip route add 10.0.0.0/8 via 10.1.0.1 dev eth1; ip route add default via 10.0.0.1 dev eth1 table 1001; ip addr show; ip route get 169.254.169.254; ip rule show; ip link set dev eth1 up\n",
	"iptables -t mangle -A POSTROUTING -o eth0 -j TTL --ttl-dec 1; iptables -t mangle -A PREROUTING -m ttl --ttl-eq 64\n",
	"route -n; nmcli connection show; nmcli connection modify eth0 ipv4.dns 10.0.0.2\n",
	"cat /etc/cni/net.d/10-aws.conflist; ls /etc/kubernetes/manifests /etc/eks/nodeadm.d\n",
	"mkdir -p /etc/kubernetes/manifests /etc/cni/net.d\n",
	"mkdir -p /etc/eks/nodeadm.d; echo 'spec: {kubelet: {flags: [--node-labels=a=b]}}' > /etc/eks/nodeadm.d/x.yaml\n",
	"jq '.maxPods=20' /etc/kubernetes/kubelet/kubelet-config.json > /opt/k\n",
	"F=/etc/kubernetes/kubelet/kubelet-config.json; echo \"$(jq '.maxPods=20' $F)\" > $F\n",
	"F=/etc/kubernetes/kubelet/kubelet-config.json; cp $F $F.bak; jq --arg n $(nproc) '.maxPods=$n' $F | tee /tmp/k; mv /tmp/k $F; chmod 644 $F; sed -i.orig '/x/d' $F; cat $F\n",
	"sed -i 's/AlwaysAllow/Webhook/' /etc/kubernetes/kubelet/kubelet-config.json; grep AlwaysAllow /etc/kubernetes/kubelet/*.json\n",
	"mkdir -p /etc/kubernetes/kubelet/config.json.d; echo '{\"authorization\": {\"mode\": \"Webhook\"}}' > /etc/kubernetes/kubelet/config.json.d/50-x.conf\n",
	"export KUBELET_EXTRA_ARGS='--max-pods 20'; export DOCKER_HOST=tcp://10.0.0.1:2375; docker -H tcp://10.0.0.1:2375 ps\n",
	"sed -i 's/nofile=1024:4096/nofile=65535:65535/' /etc/sysconfig/docker; echo 'OPTIONS=\"-H unix:///var/run/docker.sock\"' >> /etc/sysconfig/docker\n",
	"sed -i 's/SystemdCgroup = false/SystemdCgroup = true/' /etc/containerd/config.toml /etc/eks/containerd/containerd-config.toml\n",
	"printf '[plugins.\"io.containerd.grpc.v1.cri\".registry]\\nconfig_path = \"/etc/containerd/certs.d\"\\n' >> /etc/eks/containerd/containerd-config.toml\n",
	"echo \"$(jq '.bridge=\"docker0\"' /etc/docker/daemon.json)\" > /etc/docker/daemon.json\n",
	"printf 'id() {\\n  curl -s -H \"X-aws-ec2-metadata-token: $1\" \\\\\\n    http://169.254.169.254/latest/meta-data/instance-id\\n}\\n' > /opt/functions\n",
	"cat > /opt/x.js <<'X'\nconst u = 'http://169.254.169.254/latest/meta-data/'\nX\n",
	"mkdir -p /etc/systemd/system/x.service.d; printf '[Service]\\nIPAddressDeny=169.254.169.254\\n' > /etc/systemd/system/x.service.d/x.conf\n",
	"printf 'server { location / { proxy_pass http://127.0.0.1:8080; } }\\n# proxy_pass http://$host;\\n' > /etc/nginx/conf.d/x.conf\n",
	"printf 'ProxyRequests Off\\n' > /etc/httpd/conf.d/x.conf; systemctl enable --now nginx httpd haproxy envoy\n",
	"apt-get install -y nginx haproxy; sed -i '/169.254.169.254/d' /etc/nginx/nginx.conf\n",
}

// TestForwards sees that what may bring pods to the metadata service by another way is
// noted, and that what only names it is not.
func TestForwards(t *testing.T) {
	for _, lines := range [][]string{proxies[:], routed[:], ofTheNode[:]} {
		for _, line := range lines {
			for _, script := range []string{bang + recipe + boot + line, bang + line + recipe + boot} {
				if problems := judgeText(script, Block{BranchENI: true}); len(problems) == 0 {
					t.Errorf("nothing is said of\n%s", script)
				}
			}
		}
	}
	for _, line := range forwardsNothing {
		for _, script := range []string{bang + recipe + boot + line, bang + line + recipe + boot} {
			for _, p := range judgeText(script, Block{BranchENI: true}) {
				t.Errorf("%s: %s\n%s", p.Code, p.Message, line)
			}
		}
	}
}

// TestForwardsAtBoot has what the second boot loads.
func TestForwardsAtBoot(t *testing.T) {
	saved := "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181\nCOMMIT\n*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n"
	script := bang + install + drop + dropVLAN + "cat > /etc/sysconfig/iptables <<'X'\n" + saved + "X\n" + enableNow + boot
	if problems := judgeText(script, Block{}); !strings.Contains(codes(problems), "not-judged") {
		t.Errorf("a saved rule that sends packets elsewhere: %v", problems)
	}
	if problems := judgeText(strings.Replace(script, "PREROUTING -d 169.254.169.254/32", "PREROUTING -d 10.0.0.9/32", 1), Block{}); strings.Contains(codes(problems), "not-judged") {
		t.Errorf("a saved rule for another address: %v", problems)
	}
}

// TestForwardsToService has texts with the name of the metadata service, and what of
// it may be more than a request.
func TestForwardsToService(t *testing.T) {
	const v4, v6 = metadataIPv4, metadataIPv6
	for _, test := range []struct{ text, want string }{
		{"x\n", ""},
		{"server " + v4 + ":80", v4},
		{"a\nserver " + v4, v4},
		{"http://" + v4 + "/latest/x", ""},
		{"http://" + v4 + ":80//latest", ""},
		{"http://" + v4 + ":8080/latest", v4},
		{"http://" + v4 + "/latestx", v4},
		{"http://" + v4 + "/1.0/ http://" + v4 + "/2021-07-15/", ""},
		{"http://" + v4 + "/latest/ http://" + v4 + "/", v4},
		{"http://[" + v6 + "]/latest/", ""},
		{v4 + "/32 " + v6 + "/128", ""},
		{v4 + "/31", v4},
		{"IPAddressAllow=" + v4, ""},
		{"no_proxy=" + v4 + "\nNOPROXY=" + v4 + "\n-Dhttp.nonProxyHosts=" + v4 + "\nAWS_EC2_METADATA_SERVICE_ENDPOINT=http://" + v4, ""},
		{v4 + " no_proxy", v4},
		{" # " + v4 + "\n ; " + v4 + "\n // " + v4, ""},
		{"x # " + v4, v4},
		{"fd00:0ec2:0:0:0:0:0:254", "fd00:0ec2:0:0:0:0:0:254"},
		{"FD00:EC2::254", "FD00:EC2::254"},
		{"0xA9FEA9FE", "0xA9FEA9FE"},
		{"2852039166", "2852039166"},
		{"12852039166", ""},
		{"169.254.43518", "169.254.43518"},
		{"instance-data:80", "instance-data"},
		{"instance-data.ec2.internal", "instance-data.ec2.internal"},
		{"instance-database", ""},
	} {
		if got := forwardsToService(test.text); got != test.want {
			t.Errorf("%q: %q, not %q", test.text, got, test.want)
		}
	}
}

// TestForwardsSays has what is said of commands and files that may forward.
func TestForwardsSays(t *testing.T) {
	const (
		named     = " names the metadata service (169.254.169.254) here, and may send pods' packets to it"
		elsewhere = "not-judged: the rule here may send packets of pods to another service in place of the metadata service, or other packets to it"
		restored  = "undone: the rules that are restored here may take the place of the rule; "
		dnat      = "-A PREROUTING -d 169.254.169.254/32 -p tcp -j DNAT --to-destination 10.0.0.1:8181"
		tproxy    = "-A PREROUTING -d 169.254.169.254/32 -p tcp -j TPROXY --on-port 1"
		written   = ", which is written here, names the metadata service (169.254.169.254), and may have something send pods' packets to it"
	)
	for _, test := range []struct{ line, want string }{
		{"docker run x TCP:169.254.169.254:80\n", "not-judged: docker" + named},
		{"sed -i s/x/169.254.169.254:1/ /opt/x\n", "not-judged: sed" + named},
		{"sed s/x/169.254.169.254:1/ /opt/x\n", ""},
		{"ip route get 169.254.169.254; route -n 169.254.169.254; nmcli x 169.254.169.254\n", ""},
		{"iptables -t nat -A PREROUTING -d 10.9.9.9/32 -j DNAT --to-destination 169.254.169.254\n", "not-judged: the rule here may send packets for another address to the metadata service"},
		{"iptables -t nat " + dnat + "\n", elsewhere},
		{"printf '*nat\\n" + dnat + "\\nCOMMIT\\n' | iptables-restore -n\n", restored + elsewhere},
		{"printf '*mangle\\n" + tproxy + "\\nCOMMIT\\n' | iptables-restore -n\n", restored + elsewhere},
		{"printf '*nat\\n" + dnat + "\\nCOMMIT\\n' > /opt/r; iptables-restore -n /opt/r\n", restored + elsewhere},
		{"nft add rule ip n p dnat to 10.0.0.1\n", elsewhere},
		{"nft -f - <<'X'\nadd rule ip n p redirect to :1\nX\n", elsewhere},
		{"printf 'add rule ip n p tproxy to :1\\n' > /opt/r; nft -f /opt/r\n", elsewhere},
		{"nft add rule ip n p accept\n", ""},
		{"echo 'server 169.254.169.254:80' > /opt/x.conf\n", "not-judged: /opt/x.conf" + written},
		{"printf '*nat\\n" + dnat + "\\nCOMMIT\\n' > /opt/r\n", "not-judged: the rules in /opt/r may send packets of pods to another service in place of the metadata service, or other packets to it"},
		{"printf '*filter\\n-A FORWARD -d 169.254.169.254 -j DROP\\nCOMMIT\\n' > /opt/r\n", ""},
		{"printf '#!/bin/x\\nserver 169.254.169.254:80\\n' > /opt/x.conf\n", ""},
		{"echo '169.254.169.254 x' > /etc/hosts\n", ""},
		{"echo 'U = \"169.254.169.254\"' > /opt/x.py\n", ""},
		{"echo '* * * * * root ping 169.254.169.254' > /etc/cron.d/x\n", ""},
		{"echo 'ping 169.254.169.254' > /opt/x.sh\n", ""},
		{"printf '[Service]\\nExecStart=/bin/ping 169.254.169.254\\n' > /etc/systemd/system/x.service\n", ""},
	} {
		if got := messages(judgeText(bang+recipe+boot+test.line, Block{})); got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
}

// TestRedirectsService has rules of iptables that send packets of pods elsewhere, or
// others to the metadata service, and the nearest that do not.
func TestRedirectsService(t *testing.T) {
	const to = "-t nat -A PREROUTING -d 169.254.169.254 "
	for rule, want := range map[string]bool{
		to + "-j DNAT --to 10.0.0.1": true, to + "-j REDIRECT --to-ports 1": true, to + "-j TPROXY": true, to + "-j TEE": true, to + "-j NETMAP": true,
		to + "-jDNAT": true, to + "-jREDIRECT": true, to + "--jump=DNAT": true, to + "-j ACCEPT": false, to + "-j SNAT": false,
		"-t nat -I PREROUTING -j DNAT": true, "-t nat -R PREROUTING 1 -j DNAT": true, "-t nat -D PREROUTING -j DNAT": false, "-t nat -C PREROUTING -j DNAT": false,
		"-t nat -A OUTPUT -d 169.254.169.254 -j DNAT":                               false,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to 10.0.0.1":                    false,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to 169.254.169.254:80":          true,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to-destination=169.254.169.254": true,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to ?":                           true,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to":                             false,
		"-t nat -A PREROUTING -d 10.0.0.9 -j NETMAP --to 169.254.169.0/24":          true,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to 10.0.0.1-10.0.0.9":           true,
		"-t nat -A PREROUTING -d 10.0.0.9 -j DNAT --to 10.0.0.1:80-90":              false,
		"-t nat -A PREROUTING -d 10.0.0.9 -p tcp -j REDIRECT --to-ports 80-90":      false,
		"-t nat -A PREROUTING -d 10.0.0.9 -p tcp -j REDIRECT --to-ports=80-90":      false,
	} {
		if got := redirectsService(wordsOf(rule), metadataIPv4); got != want {
			t.Errorf("%s: %v", rule, got)
		}
	}
	for text, want := range map[string]bool{
		"*nat\n-A PREROUTING -d 169.254.169.254/32 -j DNAT\n":       true,
		"*nat\n -I PREROUTING -d fd00:ec2::254/128 -j DNAT\n":       true,
		"*nat\n[1:2] -A PREROUTING -d 169.254.169.254/32 -j DNAT\n": true,
		"*nat\n-D PREROUTING -d 169.254.169.254/32 -j DNAT\n":       false,
		"*nat\n-A OUTPUT -d 169.254.169.254/32 -j DNAT\n":           false,
		"*nat\n# -A PREROUTING -d 169.254.169.254/32 -j DNAT\n":     false,
	} {
		if got := newNode(Block{}).restoresRedirect(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"*filter\n": true, "x\n*nat\n": true, "table ip x {\n": true, "table ip6 x": true, "table inet x": true, "table bridge x": true, " *filter\n": false, "*filtered\n": false, "table arp x": false} {
		if got := isRules(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for file, want := range map[string]bool{"/etc/hosts": true, "/etc/hosts.x": false, "/proc/x": true, "/opt/proc/x": false} {
		if got := isHostsFile(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}

// TestAsksOrSays has programs that send nothing on behalf of pods, whatever address is
// among their words.
func TestAsksOrSays(t *testing.T) {
	for _, name := range strings.Fields("curl wget http https aria2c ping ping6 nc ncat telnet dig host nslookup traceroute tracepath getent ss netstat " +
		"echo printf logger cat grep egrep fgrep cut tr awk jq yq expr test [ timeout tee sed export declare typeset local readonly read set let : true false eval return exit " +
		"cfn-signal ec2-metadata ec2metadata iptables iptables-save ip6tables nft conntrack ipset") {
		if !asksOrSays(name) {
			t.Errorf("%s may forward", name)
		}
	}
	for _, name := range strings.Fields("socat ssh nginx docker kubectl python3 xiptables") {
		if asksOrSays(name) {
			t.Errorf("%s does not forward", name)
		}
	}
	for words, want := range map[string]bool{"-i x": true, "-i.bak x": true, "--in-place x": true, "--in-place=.b x": true, "-ni x": true, "-n x": false, "--line-length=1 x": false, "s/i/j/ x": false, "-n s/i/j/": false} {
		if got := editsFiles(wordsOf(words)); got != want {
			t.Errorf("%s: %v", words, got)
		}
	}
}
