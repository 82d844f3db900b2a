package userdata

import "testing"

// The tables here are of commands that must not pass without a word: each opens
// a node, or may, and a note that it is not judged is enough.

// refusedRules are spellings that iptables 1.8 refuses, so that there is no rule.
var refusedRules = [...]string{
	"iptables -I FORWARD -d 169.254.169.254/32 -g DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/32 -j ACCEPT -j DROP\n",
	"iptables -I FORWARD 0 -d 169.254.169.254/32 -j DROP\n",
	"iptables -6 -I FORWARD -d 169.254.169.254/32 -j DROP\n",
	"iptables -n -I FORWARD -d 169.254.169.254/32 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/32 -j DROP --line-numbers\n",
	"iptables -x -I FORWARD -d 169.254.169.254/32 -j DROP\n",
	"iptables -I FORWARD -d 10.0.0.1 -d 169.254.169.254/32 -j DROP\n",
	"iptables -I FORWARD -p tcp -p tcp -d 169.254.169.254/32 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/32 --dport 80 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/32 --comment x -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/32 -j REJECT --reject-with tcp-reset\n",
	"iptables -I FORWARD -d 169.254.169.254/32 --ctstate NEW -j DROP\n",
	"iptables -I FORWARD -j K; iptables -N K; iptables -A K -d 169.254.169.254/32 -j DROP\n",
	"iptables-restore -n </opt/rules; iptables -A FORWARD -d 169.254.169.254/32 -j DROP\n",
	"nft add rule ip filter FORWARD accept; iptables -A FORWARD -d 169.254.169.254/32 -j DROP\n",
	"iptables $X; iptables -A FORWARD -d 169.254.169.254/32 -j DROP\n",
	"iptables -I FORWARD --destination=169.254.169.254 -j DROP\n",
	"iptables -I FORWARD -d169.254.169.254 -j DROP\n",
	"iptables -I FORWARD -ieni+ -d 169.254.169.254 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 -p tcp --dport 80,443 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 -m comment -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 -m tcp -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 -j DROP --reject-with icmp-port-unreachable\n",
	"iptables -I FORWARD -d 169.254.169.254 -j REJECT --reject-with foo\n",
	"iptables -I FORWARD ! -d 10.0.0.1,10.0.0.2 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254, -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/032 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254/255.255.0.255 -j DROP\n",
	"iptables -w foo -I FORWARD -d 169.254.169.254 -j DROP\n",
	"iptables -c 1 x -I FORWARD -d 169.254.169.254 -j DROP\n",
	"iptables -Z -I FORWARD -d 169.254.169.254 -j DROP\n",
	"iptables -I FORWARD ! ! -i eth0 -d 169.254.169.254 -j DROP\n",
	"iptables -I FORWARD ! -i averylonginterface -d 169.254.169.254 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 -p tcp --dport 80:70 -j DROP\n",
	"iptables -I FORWARD -d 169.254.169.254 ! -p all -j DROP\n",
	"timeout 0.001 iptables -I FORWARD -d 169.254.169.254/32 -j DROP\n",
}

// notSaved are ways to save the rule after which it is not there at the next boot.
var notSaved = [...]string{
	saveTo + "systemctl enable --user iptables\n",
	saveTo + "systemctl enable --runtime iptables\n",
	saveTo + "systemctl --root=/x enable iptables\n",
	saveTo + "systemctl enable --root /x iptables\n",
	saveTo + "systemctl mask iptables; systemctl enable iptables\n",
	"set -C\n" + saveTo + enableNow,
	"set -o noclobber\n" + saveTo + enableNow,
	"iptables-save > /etc/sysconfig/iptables > /tmp/x\n" + enableNow,
	"iptables-save > /etc/sysconfig/iptables >&2\n" + enableNow,
	"iptables-legacy-save > /etc/sysconfig/iptables\n" + enableNow,
	"iptables-nft-save > /etc/sysconfig/iptables\n" + enableNow,
	"mount -t tmpfs x /etc/sysconfig\n" + saveTo + enableNow,
	"mount --bind /tmp /etc/sysconfig\n" + saveTo + enableNow,
	"ln -s /dev/null /etc/sysconfig/iptables\n" + saveTo + enableNow,
	"touch /etc/sysconfig/iptables; chattr +i /etc/sysconfig/iptables\n" + saveTo + enableNow,
	"ln -s /dev/null /etc/systemd/system/iptables.service\n" + saveTo + enableNow,
}

// notRestored are texts in which iptables-restore refuses a line, and so all.
var notRestored = [...]string{
	"*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT \n",
	"  *filter\n  -A FORWARD -d 169.254.169.254/32 -j DROP\n  COMMIT\n",
	"*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP # pods\nCOMMIT\n",
	"*filter\niptables -A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*filter\n-A FORWARD -j PODS\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*filter\n:FORWARD\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*foo\nCOMMIT\n*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*filter\n-t filter -A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\n*nat\nCOMMIT\n",
	"*filter\nCOMMIT\n-A FORWARD -d 169.254.169.254/32 -j DROP\n",
	"*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\n-A INPUT -p tcp --dport 22,80 -j ACCEPT\nCOMMIT\n",
	"*filter\n-D FORWARD -j ACCEPT\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
	"*filter\n-A FORWARD -d 169.254.169.254/32 -m comment --comment 'no imds' -j DROP\nCOMMIT\n",
}

// notRestoring are calls of iptables-restore that set up no rule, or not that alone.
var notRestoring = [...]string{"-vt", "--tes", "--table=nat", "-Tnat", "--foo", "--noflush=1"}

// notInstalled are commands that do not install the service that loads rules.
var notInstalled = [...]string{
	"yum install iptables-services\n",
	"yum install -y --downloadonly iptables-services\n",
	"yum install -y -x iptables-services jq\n",
	"yum install -y iptables-servicesx\n",
	"dnf --installroot=/mnt -y install iptables-services\n",
	"apt-get install -y iptables-services\n",
	"zypper install -y iptables-services\n",
	"yum install -qq iptables-services\n",
}

// forTheNextBoot are commands that change what the next boot loads.
var forTheNextBoot = [...]string{
	"install -m 600 /opt/x /etc/sysconfig/iptables\n",
	"cp -t /etc/sysconfig /opt/iptables\n",
	"curl -so/etc/sysconfig/iptables http://x\n",
	"cd /etc/sysconfig; curl -O http://x/iptables\n",
	"cd /etc/sysconfig && wget http://x/iptables\n",
	"wget -P /etc/sysconfig http://x/iptables\n",
	"aws s3 sync s3://b/x /etc/sysconfig\n",
	"aws s3 cp --recursive s3://b/x /etc\n",
	"rsync -a --delete /opt/x/ /etc/sysconfig/\n",
	"tar xzf /opt/x.tgz -C /\n",
	"cd /; tar xzf /opt/x.tgz\n",
	"unzip -o /opt/x.zip -d /\n",
	"cpio -idD / < /opt/x\n",
	"git -C /etc/sysconfig checkout x\n",
	"iptables-save 1<> /etc/sysconfig/iptables\n",
	"ln -s /etc/sysconfig /opt/s; > /opt/s/iptables\n",
	"rm /etc/sysconfig/i[p]tables\n",
	"busybox rm /etc/sysconfig/iptables\n",
	"python3 -c 'open(\"/etc/sysconfig/iptables\", \"w\")'\n",
	"vim -es -c '%d' -c wq /etc/sysconfig/iptables\n",
	"fallocate -p -l 4096 /etc/sysconfig/iptables\n",
	"mount --bind /opt/x /etc/sysconfig\n",
	"systemctl enable nftables\n",
	"systemctl enable firewalld\n",
	"systemctl preset iptables\n",
	"systemctl preset-all\n",
	"yum history undo last -y\n",
	"yum install -y firewalld\n",
	"systemctl set-default rescue.target\n",
	"F=/etc/sysconfig; rm $F/iptables\n",
	"for f in /etc/sysconfig/ip*; do : > $f; done\n",
	"> $UNKNOWN\n",
	"find /etc -name 'iptables*' -delete\n",
	"echo x | dd of=/etc/sysconfig/iptables\n",
	"sed -i s/x/y/ /usr/lib/systemd/system/iptables.service\n",
	"echo /opt/x.so > /etc/ld.so.preload\n",
	"cd /etc; find . -name 'ipt*' -delete\n",
	"cp -r /opt/x/. /\n",
	": > ~/../etc/sysconfig/iptables\n",
	"rm /proc/1/root/etc/sysconfig/iptables\n",
	"tar -xPf /opt/x.tar\n",
	"tar -xzf /opt/x.tgz\n",
	"curl -K /opt/x\n",
	"curl -o /etc/logrotate.conf http://x\n",
	"printf '/var/log/x {\\n postrotate\\n  iptables -F\\n endscript\\n}\\n' > /etc/logrotate.d/x\n",
	"printf '/var/log/x {\\n postrotate # x\\n  /opt/x\\n endscript\\n}\\n' > /etc/logrotate.d/x\n",
	"echo 'install ip_tables /bin/true' > /etc/modprobe.d/x.conf\n",
	"echo 'kernel.core_pattern = |/opt/x' > /etc/sysctl.d/x.conf\n",
	"sysctl -w 'kernel.core_pattern=|/opt/x'\n",
	"find / -name 'iptables*' -exec chmod u-x {} \\;\n",
	"docker run --rm -e A=b --privileged acme --version\n",
	"docker run --name x -v /:/host acme\n",
	"echo 'output = /etc/sysconfig/iptables' > /root/.curlrc; curl http://x\n",
	"echo 'output_document = /etc/sysconfig/iptables' > /root/.wgetrc; wget http://x\n",
	"printf '[core]\\nfsmonitor=iptables -F\\n' > /root/.gitconfig; git status\n",
	"mkdir -p /root/.aws; printf '[default]\\ncredential_process=/sbin/iptables -F\\n' > /root/.aws/config; aws s3 ls\n",
	"mkdir -p /root/.ssh; echo 'ProxyCommand iptables -F' > /root/.ssh/config; scp a b:c\n",
	"echo ':x:M::xx::/opt/x:' > /etc/binfmt.d/x.conf\n",
	"mkdir -p /etc/supervisord.d; printf '[program:x]\\ncommand=/opt/x\\n' > /etc/supervisord.d/x.ini\n",
	"printf 'vrrp_script x {\\n script /opt/x\\n}\\n' > /etc/keepalived/keepalived.conf\n",
	"echo '*:any:/opt/x' > /etc/dnf/plugins/post-transaction-actions.d/x.action\n",
	"printf '#!/bin/sh\\n/opt/x\\n' > /etc/kernel/install.d/x.install\n",
	"echo 'extend x /opt/x' >> /etc/snmp/snmpd.conf\n",
	"echo 'action(type=\"omprog\" binary=\"/opt/x\")' > /etc/rsyslog.d/x.conf\n",
	"printf '#!/bin/sh\\n/opt/x\\n' > /sbin/ifup-local\n",
	"curl -o /opt/cni/bin/x http://x\n",
	"printf '[Mount]\\nWhat=tmpfs\\nWhere=/etc/sysconfig\\n' > /etc/systemd/system/etc-sysconfig.mount\n",
	"printf '[Manager]\\nDefaultEnvironment=XTABLES_LIBDIR=/x\\n' > /etc/systemd/system.conf.d/x.conf\n",
	"sed '1a foo\n1e iptables -F' /opt/x\n",
	"find /etc/systemd/system -name 'iptables*' -delete\n",
	"chmod -x /usr/sbin/iptables\n",
	"chmod 000 /usr/sbin/iptables-restore\n",
	"rsync -ave /opt/x /opt/y host:\n",
	"sed -n w/etc/sysconfig/iptables /opt/x\n",
	"sed '/x/e/opt/x' /opt/y\n",
	"sed -f /opt/x /opt/y\n",
	"sed --in s/DROP/ACCEPT/ /etc/sysconfig/iptables\n",
	"awk '{\"/opt/x\" | getline}' /opt/y\n",
	"m4 /opt/x\n",
	"tar --checkpoint=1 --checkpoint-action=exec=/opt/x -cf /tmp/x /opt\n",
	"git -c alias.x='!/opt/x' x\n",
	"npm run x\n",
	"ip netns exec x /opt/x\n",
	"docker compose up -d\n",
	"docker run -v /var/run/docker.sock:/x acme\n",
	"docker run --mount type=bind,src=/etc,dst=/x acme\n",
	"mount -o remount,ro /\niptables-save > /etc/sysconfig/iptables\n",
	"echo 'kernel.modules_disabled=1' > /etc/sysctl.d/x.conf\n",
	"echo 'r /etc/sys*/ip*' > /etc/tmpfiles.d/x.conf\n",
	"systemd-tmpfiles --remove\n",
	"echo '/dev/xvdb /usr ext4 defaults 0 0' >> /etc/fstab\n",
	"echo 'ACTION==\"add\", RUN+=\"/opt/x\"' > /etc/udev/rules.d/x.rules\n",
	"echo 'install ena /opt/x' > /etc/modprobe.d/x.conf\n",
	"echo 'DPkg::Post-Invoke {\"/opt/x\";};' > /etc/apt/apt.conf.d/x\n",
	"mkdir -p /etc/systemd/system/service.d; printf '[Unit]\\nConditionPathExists=/x\\n' > /etc/systemd/system/service.d/x.conf\n",
	"f() { iptables -F; }; mapfile -C f -c 1 x < /opt/x\n",
	"echo 'iptables -F' > /opt/x; export BASH_ENV=/opt/x; bash -c true\n",
	"iptables -t nat -A PREROUTING -d 10.0.0.0/24 -j NETMAP --to 169.254.169.0/24\n",
	"iptables -D FORWARD -i eni+ -d 169.254.169.254 -p all -j DROP\n",
	"tar -cf /etc/sysconfig/iptables /opt\n",
	"tar -xf /opt/x.tar -C / t\n",
	"gzip /etc/sysconfig/iptables\n",
	"sort -uo/etc/sysconfig/iptables /opt/x\n",
	"uniq /opt/x /etc/sysconfig/iptables\n",
	"awk -f /opt/x\n",
	"echo | awk '{print > \"/etc/sysconfig/iptables\"}'\n",
	"sed -n 'w /etc/sysconfig/iptables' /opt/x\n",
	": >| /etc/sysconfig/iptables\n",
	"echo x | tee -a /etc/sysconfig/iptables\n",
	"echo x | tee --append /etc/sysconfig/iptables\n",
	"su --command=': > /etc/sysconfig/iptables'\n",
	": > /etc/sysconfig/ipt?bles\n",
	"exec > /etc/sysconfig/iptables\n",
	"echo /etc/sysconfig/iptables | xargs rm\n",
	"mv /etc/sysconfig /etc/x\n",
	"chkconfig --del iptables\n",
	"update-rc.d iptables remove\n",
	"install -D /opt/x /etc/systemd/system/x.service\n",
	"cp --target-directory=/etc/systemd/system /opt/x.service\n",
	"exec 3> /etc/cron.d/x; echo '@reboot root iptables -F' >&3\n",
	"exec {fd}<> /etc/sysconfig/iptables; echo x >&$fd\n",
	"{ echo x >&3; } 3>> /etc/sysconfig/iptables\n",
	"php -r 'unlink(\"/etc/sysconfig/iptables\");'\n",
}

// bootFiles are files that the system runs, or reads, at a boot.
var bootFiles = [...]string{
	"cat > /etc/systemd/system/kubelet.service.d/x.conf <<X\n[Service]\nExecStartPre=/sbin/iptables -F\nX\n",
	"printf '[Service]\\nExecStartPre=/sbin/iptables -F\\n' > /etc/systemd/system/kubelet.service.d/x.conf\n",
	"echo x | tee /etc/systemd/system/kubelet.service.d/x.conf; cp /opt/x.conf /etc/systemd/system/kubelet.service.d/\n",
	"curl -o /etc/systemd/system/kubelet.service.d/x.conf http://x\n",
	"mkdir -p /etc/systemd/system/iptables.service.d; printf '[Service]\\nExecStart=\\n' > /etc/systemd/system/iptables.service.d/x.conf\n",
	"touch /etc/systemd/system/iptables.service\n",
	"printf '[Service]\\nType=oneshot\\n' > /etc/systemd/system/iptables.service\n",
	"cat > /usr/lib/systemd/system/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\n[Install]\nWantedBy=multi-user.target\nX\nsystemctl enable x\n",
	"cat > /run/systemd/system/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\nX\nsystemctl start x\n",
	"cat > /usr/local/lib/systemd/system/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\nX\nsystemctl start x\n",
	"cat > /opt/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\nX\nsystemctl enable --now /opt/x.service\n",
	"cat > /opt/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\nX\nsystemctl link /opt/x.service; systemctl start x\n",
	"cat > /opt/x.service <<X\n[Service]\nExecStart=/sbin/iptables -F\nX\nln -s /opt/x.service /etc/systemd/system/; systemctl start x\n",
	"cat > /etc/systemd/system/x.service <<X\n[Unit]\nConflicts=iptables.service\n[Service]\nExecStart=/bin/true\nX\nsystemctl start x\n",
	"cat > /etc/systemd/system/x.service <<X\n[Service]\nExecStart=/bin/rm -f /etc/sysconfig/iptables\n[Install]\nWantedBy=multi-user.target\nX\nsystemctl enable x\n",
	"curl -o /etc/systemd/system/x.service http://x; systemctl enable x\n",
	"aws s3 cp s3://b/x.service /etc/systemd/system/x.service\n",
	"cp /opt/x.service /etc/systemd/system/\n",
	"echo $X | base64 -d > /etc/systemd/system/x.service\n",
	"wget -O /etc/cron.d/x http://x\n",
	"echo '/opt/unknown.sh' >> /etc/rc.local\n",
	"sed -i '$i iptables -F' /etc/rc.local\n",
	"sed -i 's/x/y/' /etc/eks/bootstrap.sh\n",
	"echo 'rm -f /etc/sysconfig/iptables' >> /etc/rc.d/rc.local\n",
	"echo '@reboot root rm -f /etc/sysconfig/iptables' > /etc/cron.d/x\n",
	"cat > /opt/x.sh <<X\niptables -F\nX\nchmod +x /opt/x.sh; echo '* * * * * root /opt/x.sh' > /etc/cron.d/x\n",
	"cat > /opt/x.sh <<X\niptables -F\nX\necho 'sh /opt/x.sh' >> /etc/rc.local\n",
	"echo 'iptables -F' >> /etc/profile\n",
	"printf '#!/bin/sh\\niptables -F\\n' > /etc/NetworkManager/dispatcher.d/x\n",
	"echo 'RUN+=\"/sbin/iptables -F\"' > /etc/udev/rules.d/x.rules\n",
	"echo 'install iptable_filter /bin/false' > /etc/modprobe.d/x.conf\n",
	"printf '#!/bin/sh\\niptables -F\\n' > /usr/lib/systemd/system-generators/x\n",
	"echo 'runcmd: [iptables -F]' > /etc/cloud/cloud.cfg.d/x.cfg\n",
	"echo 'r /etc/sysconfig/iptables' > /etc/tmpfiles.d/x.conf\n",
	"echo 'tmpfs /etc/sysconfig tmpfs defaults 0 0' >> /etc/fstab\n",
	"crontab /opt/x\n",
}

// beforeTheRule are commands before the rule, which is then not in force when the
// kubelet starts, or perhaps not.
var beforeTheRule = [...]string{
	"chmod 644 /usr/sbin/ip*\n",
	"chmod -R 000 /usr/sbin\n",
	"chmod -x /usr/sbin/iptables\n",
	"chmod 644 /usr/sbin/xtables-nft-multi\n",
	"mount --bind /bin/true /usr/sbin/iptables\n",
	"update-alternatives --set iptables /bin/true\n",
	"alternatives --set iptables /bin/true\n",
	"systemd-run --on-active=60 iptables -F\n",
	"echo /opt/x.so > /etc/ld.so.preload\n",
	"cp /opt/x.so /etc/ld.so.preload\n",
	"touch /opt/x.sh; mkdir -p /etc/systemd/system; cat > /run/systemd/system/x.service <<X\n[Service]\nExecStart=/etc/eks/bootstrap.sh x\nX\nsystemctl start x\n",
	"cat > /etc/systemd/system/x.service <<X\n[Unit]\nWants=kubelet.service\n[Service]\nExecStart=/bin/true\nX\nsystemctl start x\n",
	"cat > /etc/systemd/system/x.service <<X\n[Unit]\nOnFailure=kubelet.service\n[Service]\nExecStart=/bin/false\nX\nsystemctl start x\n",
	"printf '/etc/eks/bootstrap.sh x\\n' > /opt/x.sh; systemd-run sh /opt/x.sh\n",
	"printf '/etc/eks/bootstrap.sh x\\n' > /opt/x.sh; sh /opt/x*.sh\n",
	"printf 'sed -i /iptables/d /var/lib/cloud/instance/scripts/part-002\\n' | sh\n",
	"rm /var/lib/cloud/instance/scripts/part-002\n",
	"chmod -x /var/lib/cloud/instance/scripts/*\n",
	"mv /usr/sbin/xtables-nft-multi /root\n",
	"rm -rf /usr/sbin\n",
	"ln -sf /bin/true /etc/alternatives/iptables\n",
	"modprobe -r ip_tables; echo 'blacklist ip_tables' > /etc/modprobe.d/x.conf\n",
	"printf '[Service]\\nExecStart=/etc/eks/bootstrap.sh x\\n' > /etc/systemd/system/a.service; printf '[Timer]\\nOnActiveSec=1\\n' > /etc/systemd/system/a.timer; systemctl enable --now a.timer\n",
	"printf '[Timer]\\nOnActiveSec=1\\nUnit=kubelet.service\\n' > /etc/systemd/system/a.timer; systemctl start a.timer\n",
	"printf '[Service]\\nExecStart=/etc/eks/bootstrap.sh x\\n' > /etc/systemd/system/a.service; printf '[Path]\\nPathExists=/etc\\n' > /etc/systemd/system/a.path; systemctl start a.path\n",
	"echo '/etc/eks/bootstrap.sh x' > /etc/profile.d/x.sh; source /etc/profile\n",
	"echo '/etc/eks/bootstrap.sh x' > /etc/profile.d/x.sh; bash -l -c true\n",
	"echo '/etc/eks/bootstrap.sh x' > /root/.bash_profile; sudo -i true\n",
	"echo '* * * * * root /etc/eks/bootstrap.sh x' > /etc/cron.d/x\n",
	"setenforce 1; acme-lockdown\n",
	"echo 'iptables -F' >> \"$0\"\n",
	"cat >> ${BASH_SOURCE[0]} <<< 'iptables -F'\n",
	"exec 3> /etc/sysconfig/iptables\n",
	"exec >> /etc/sysconfig/iptables\n",
	"declare -u PATH; PATH=$PATH:/opt/x\n",
	"set -e\niptables -n -I FORWARD -j ACCEPT\n",
	"iptables -I FORWARD -j ACCEPT -j ACCEPT || exit\n",
}

// TestNothingPasses sees that each of these has a problem, or a note.
func TestNothingPasses(t *testing.T) {
	speaks := func(what, script string) {
		t.Helper()
		if problems := judgeText(script, Block{}); len(problems) == 0 {
			t.Errorf("%s: nothing is said of\n%s", what, script)
		}
	}
	for _, line := range refusedRules {
		speaks("refused", bang+install+line+saveTo+enableNow+boot)
	}
	for _, lines := range notSaved {
		speaks("not saved", bang+install+drop+lines+boot)
	}
	speaks("not installed", bang+drop+saveTo+enableNow+boot)
	for _, line := range notInstalled {
		speaks("not installed", bang+line+drop+saveTo+enableNow+boot)
	}
	for _, option := range notRestoring {
		speaks("not restored", bang+install+"iptables-restore "+option+" <<'X'\n*filter\n-A FORWARD -d 169.254.169.254/32 -j DROP\nCOMMIT\nX\n"+saveTo+enableNow+boot)
	}
	for _, text := range notRestored {
		speaks("not restored", bang+install+"iptables-restore <<'X'\n"+text+"X\n"+saveTo+enableNow+boot)
		speaks("not loaded", bang+install+drop+"cat >/etc/sysconfig/iptables <<'X'\n"+text+"X\n"+enableNow+boot)
	}
	speaks("enabled too early", bang+enableNow+install+drop+saveTo+boot)
	speaks("flushed by a declaration", bang+install+"iptables -N IMDS\niptables -A IMDS -d 169.254.169.254/32 -j DROP\niptables -I FORWARD -j IMDS\niptables-restore -n <<'X'\n*filter\n:IMDS - [0:0]\nCOMMIT\nX\n"+saveTo+enableNow+boot)
	for _, line := range forTheNextBoot {
		speaks("next boot", bang+recipe+boot+line)
	}
	for _, line := range bootFiles {
		speaks("boot file", bang+recipe+boot+line)
	}
	for _, line := range runElsewhere {
		speaks("run elsewhere", bang+recipe+boot+line)
	}
	for _, line := range beforeTheRule {
		speaks("before", bang+line+recipe+boot)
	}
}
