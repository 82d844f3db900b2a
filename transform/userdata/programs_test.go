package userdata

import (
	"strings"
	"testing"
)

// TestPrograms has programs that are run after the recipe: a line with "%" stands for
// one with each of the words.
func TestPrograms(t *testing.T) {
	for _, test := range []struct{ line, words, want string }{
		// Scripts, and programs that nobody knows.
		{"% blue", "/opt/x /opt/x.sh ./x acme", "not-judged"},
		{"/opt/x.sh %", "-F --flush -t FORWARD ip6tables PREROUTING ruleset 169.254.169.254/32", "undone not-judged"},
		{"acme %", "-F FORWARD", "not-judged"},
		{"/opt/x.sh blue %", "-F -t flush", "not-judged"},
		{"% stop", "/etc/init.d/iptables /usr/libexec/iptables/iptables.init iptables.init", "undone"},
		{"% stop", "/etc/init.d/acme /usr/libexec/iptables/ip6tables.init", ""},
		{"% start", "/etc/init.d/acme acme.init", ""},
		{"%", "-foo true curl", ""},

		// Programs that listen, or replace another.
		{"nc % x 80", "-l -e -c -lk -ke", "not-judged"},
		{"ncat % x 80", "-l -e -c", "not-judged"},
		{"nc % x 80", "-z -v -vz l", ""},
		{"sysctl -w %=x", "kernel.modprobe kernel.modules_disabled", "undone not-judged"},
		{"sysctl -w 'kernel.core_pattern=%x'", "| |/opt/", "undone not-judged"},
		{"sysctl -w kernel.core_pattern=%", "x /var/core", ""},
		{"sysctl -w %=1", "vm.swappiness net.ipv4.ip_forward", ""},
		{"update-alternatives --set % /x", "iptables arptables $X", "undone not-judged"},
		{"alternatives --set % /x", "ip6tables $X", "undone not-judged"},
		{"alternatives --set % /x", "java python", ""},

		// The API of AWS.
		{"aws ec2 %", "modify-instance-metadata-options modify-instance-metadata-defaults modify-launch-template create-launch-template-version delete-launch-template-versions run-instances", "not-judged"},
		{"aws autoscaling %", "rollback-instance-refresh create-auto-scaling-group", "not-judged"},
		{"aws autoscaling update-auto-scaling-group %", "--launch-template=x --mixed-instances-policy=x --cli-input-json=x $ARGS", "not-judged"},
		{"aws autoscaling update-auto-scaling-group --min-size %", "1 $N", ""},
		{"aws autoscaling start-instance-refresh %", "--desired-configuration=x --cli-input-yaml=x $ARGS", "not-judged"},
		{"aws autoscaling start-instance-refresh --auto-scaling-group-name %", "x $X", ""},
		{"aws ssm %", "send-command start-automation-execution create-association create-association-batch update-association start-associations-once register-task-with-maintenance-window", "not-judged"},
		{"aws eks %", "update-nodegroup-version create-nodegroup", "not-judged"},
		{"aws batch %", "update-compute-environment create-compute-environment", "not-judged"},
		{"aws lambda %", "invoke", "not-judged"},
		{"aws stepfunctions %", "start-execution start-sync-execution", "not-judged"},
		{"aws deploy %", "create-deployment", "not-judged"},
		{"aws --region us-east-1 --debug --output=text ec2 --no-paginate %", "modify-launch-template", "not-judged"},
		{"aws eks %", "describe-cluster update-kubeconfig list-nodegroups update-nodegroup-config", ""},
		{"aws ec2 %", "describe-instances create-tags attach-volume describe-launch-templates create-launch-template", ""},
		{"aws %", "$X", "not-judged"},
		{"aws ec2 %", "$ACTION ${VERB}-instances", "not-judged"},
		{"aws ec2 % --instance-ids i-1 i-2", "$ACTION", "not-judged"},
		{"aws --region us-east-1 %", "$X", "not-judged"},
		{"aws % s3 ls", "$OPTIONS --region=$REGION --debug", ""},
		{"aws ec2 % describe-tags", "$OPTIONS --no-paginate", ""},
		{"aws s3 cp % /opt/x.txt", "$FILE", ""},
		{"aws s3 cp s3://b/% /opt/x.txt", "create-stack.sh send-command.json", ""},
		{"aws s3 cp --metadata=% s3://b/x /opt/x.txt", "by=run-instances", ""},
		{"aws %", "--version help", ""},
		{"aws ec2 % --instance-ids i-1", "reboot-instances stop-instances", ""}, // with the rule for the next boot
		{"eksctl % nodegroup", "create", "not-judged"},
		{"eksctl % nodegroup", "get scale", ""},
		{"eksctl create %", "cluster $WHAT", "not-judged"},
		{"acme-aws %", "describe-instances", "not-judged"},

		// Containers.
		{"docker % x", "run", ""},
		{"docker %", "pull push login logout images image ps info version build tag rmi rm stop kill logs inspect network volume load save system stats events search", ""},
		{"docker % x", "exec compose start restart create plugin swarm service update cp", "not-judged"},
		{"% pull x", "docker podman nerdctl ctr", ""},
		{"% exec x", "docker podman nerdctl ctr", "not-judged"},
		{"% run x", "docker podman nerdctl", ""},
		{"ctr % x", "run", "not-judged"},
		{"docker % x ps", "-H --host -c --context --config -l --log-level -n --namespace --address -a", ""},
		{"docker % exec ps", "-H", ""},
		{"docker %", "--host=x", ""},
		{"docker % ps", "--host=x -D --debug", ""},
		{"docker % exec", "--host=x -D --debug", "not-judged"},
		{"docker run % x", "-d --detach -i -t -it -ti -dt -dit -itd -di --rm --init -q --quiet --read-only --privileged=false", ""},
		{"docker run % x y", "--name -e --env --env-file -p --publish --restart -w --workdir -l --label --memory -m --cpus --log-driver --log-opt --pull --platform --entrypoint -h --hostname --user -u", ""},
		{"docker run % x", "--name=x --restart=always --privileged=false", ""},
		{"docker run % x", "--privileged --privileged=true -v --volume --mount --net --network=host --pid --cap-add --device --userns --ipc --security-opt -v=/:/x --privileged=", "not-judged"},
		{"docker ps %", "-a --privileged -v", ""},

		// Tables for cron.
		{"crontab %", "-l -r", ""},
		{"printf '0 * * * * true\\n' > /tmp/x; crontab %", "/tmp/x", ""},
		{"printf '0 * * * * iptables -F\\n' > /tmp/x; crontab %", "/tmp/x", "undone"},
		{"printf '0 * * * * iptables -F\\n' > /tmp/x; crontab -u root %", "/tmp/x", "undone"},
		{"printf '0 * * * * iptables -F\\n' | crontab %", "-", "undone not-judged"},
		{"printf '0 * * * * iptables -F\\n' | crontab -u root %", "-", "undone not-judged"},
		{"printf '0 * * * * iptables -F\\n' | %", "crontab", "undone not-judged"},
		{"printf '0 * * * * true\\n' | %", "crontab", ""},
		{"printf '0 * * * * true\\n' | crontab -u root %", "-", ""},
		{"% < /dev/null", "crontab", ""},
		{"% - < /opt/x", "crontab", "not-judged"},
		{"crontab %", "- /opt/unknown", "not-judged"},
		{"curl http://x | crontab %", "-", "not-judged"},

		// Programs of interpreters.
		{"% --version", "python3 perl ruby node php", ""},
		{"% -V", "python3 python ruby", ""},
		{"% -v", "perl ruby node php", ""},
		{"python3 % /opt/x", "-V --version -v -x -", "not-judged"},
		{"%", "python3 perl ruby node", ""},
		{"python3 -m %", "pip json.tool venv ensurepip", ""},
		{"python3 -m %", "http.server acme site", "not-judged"},
		{"python3 %", "-m -c /opt/x /opt/x.py -", "not-judged"},
		{"% -c 'print(1)'", "python3 python3.9 python", ""},
		{"% -c 'echo 1'", "ksh zsh", ""},
		{"% -e 'print 1'", "perl ruby node", ""},
		{"% -e /opt/x", "python3 ksh zsh php", "not-judged"},
		{"% -c /opt/x", "perl ruby node", "not-judged"},
		{"python3 '-c%' x", "print(1) 1", ""},
		{"python3 '-c%' x", "exec(1)", "not-judged"},
		{"perl -c%", "x", "not-judged"},
		{"python3 % -c 1", "-E -I -s -u -B -S -q -O -sEu", ""},
		{"perl % -e 1", "-p -n -l -a -w -i -pi -i.bak -0", ""},
		{"python3 % -c 1", "/opt/x /opt/x.py x - -X -i -", "not-judged"},
		{"perl % -e 1", "/opt/x -MFoo -I/opt -x", "not-judged"},
		{"node % -e 1", "/opt/x -r -i", "not-judged"},
		{"ksh % -c 1", "-e -s /opt/x", "not-judged"},
		{"python3 -c 'f(\"%\")'", "rename kill unlink truncate socket http.server listen os. subprocess system exec open eval popen spawn pack fork write require qx ` __ ctypes shutil pathlib hardlink", "not-judged"},
		{"python3 -c 'import %'", "os os,sys", "not-judged"},
		{"python3 -c 'import %'", "json sys,json re", ""},
		{"python3 -c 'c.%_x()'", "modify create update run start send associate attach authorize replace register execute request enable set invoke reset", "not-judged"},
		{"python3 -c 'c.%_x()'", "describe get list", ""},
		{"python3 -c 'c.%()'", "run start set", ""},
	} {
		for word := range strings.FieldsSeq(test.words) {
			line := strings.ReplaceAll(test.line, "%", word)
			if got := said(line); got != test.want {
				t.Errorf("%s: %q, not %q", line, got, test.want)
			}
		}
	}
}
