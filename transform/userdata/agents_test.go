package userdata

import (
	"strings"
	"testing"
)

// TestAgents has agents as commands, services and packages, and services that are none.
func TestAgents(t *testing.T) {
	expectLines(t, "%", "puppet salt-call chef-client cf-agent", "not-judged")
	expectLines(t, "systemctl enable %", "puppet puppet.service salt-minion chef-client cinc-client codedeploy-agent mcollective landscape-client gitlab-runner ds_agent illumio-ven", "not-judged")
	expectLines(t, "systemctl restart % ", "puppet pe-puppet venv-salt-minion", "not-judged")
	expectLines(t, "service % start", "codedeploy-agent rudder-agent", "not-judged")
	expectLines(t, "apt-get install -y %", "salt-minion puppet-agent chef", "not-judged")
	expectLines(t, "systemctl enable --now %", "amazon-ssm-agent amazon-cloudwatch-agent chronyd docker saltation puppeteer", "")
	expectLines(t, "systemctl stop %", "puppet salt-minion", "")
	for name := range strings.FieldsSeq("chef landscape mcollective puppet salt_minion") {
		if !isUnknownModule(name) {
			t.Errorf("the module %s runs nothing that is not known", name)
		}
	}
}
