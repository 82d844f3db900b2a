package userdata

import "testing"

// TestOpensDocker has settings of docker's daemon, and whether pods reach its API by them.
func TestOpensDocker(t *testing.T) {
	for text, want := range map[string]bool{
		`{"hosts": ["unix:///var/run/docker.sock"]}`: false, `{"hosts": []}`: false, `{"hosts": ["fd://", "tcp://127.0.0.1:2375"]}`: false, `{"log-driver": "json-file"}`: false,
		`{"hosts": ["fd://", "tcp://0.0.0.0:2375"]}`: true, `{"hosts":["0.0.0.0:2375"]}`: true, "{\"hosts\":\n [\":2375\"]}": true, `.hosts += ["tcp://10.0.0.1"]`: true, `.hosts=["x:1"]`: true,
		"OPTIONS='-H fd://'": false, "OPTIONS=\"-H tcp://0.0.0.0:2375\"": true, "DOCKER_OPTS='--host=0.0.0.0:1'": true, "OPTIONS='--host unix:///x -H=:1'": true, "x -H0.0.0.0:1": true, "x -Hunix:///x": false, "--hosts x": false,
		"ListenStream=/run/docker.sock": false, "ListenStream=%t/docker.sock": false, "[Socket]\nListenStream=2375": true, "ListenStream = 0.0.0.0:1": true,
	} {
		if got := opensDocker(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for file, want := range map[string]bool{
		"/etc/docker/daemon.json": true, "/etc/sysconfig/docker": true, "/etc/default/docker": true, "/etc/systemd/system/docker.service.d/x.conf": true, "/etc/systemd/system/docker.socket": true,
		"/etc/systemd/system/docker-x.service": false, "/opt/docker/x": false,
	} {
		if got := isDockers(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}
