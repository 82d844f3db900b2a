package userdata

import "strings"

// forwardProxies are proxies that connect to the addresses that others ask them for, by
// the names of their packages and services up to a hyphen, or whole.
var forwardProxies = map[string]bool{
	"squid": true, "squid3": true, "squid4": true, "tinyproxy": true, "privoxy": true, "polipo": true, "ziproxy": true, "3proxy": true, "trafficserver": true, "smokescreen": true,
	"cntlm": true, "mitmproxy": true, "mitmdump": true, "mitmweb": true, "pproxy": true, "dante": true, "danted": true, "sockd": true, "ss5": true, "srelay": true, "microsocks": true,
	"shadowsocks": true, "ssserver": true, "ssservice": true, "v2ray": true, "xray": true, "gost": true, "glider": true, "sing-box": true, "trojan": true, "hysteria": true, "brook": true, "clash": true, "mihomo": true,
}

// isForwardProxy reports whether a service or a package is, or belongs to, a proxy that
// connects to the addresses that others ask it for.
func isForwardProxy(name string) bool {
	name, _, _ = strings.Cut(name, "@")
	first, _, _ := strings.Cut(name, "-")
	return forwardProxies[name] || forwardProxies[first]
}

// proxiesForOthers are settings by which nginx, Apache, envoy, HAProxy and Caddy connect
// to the address that a request names ("proxy_pass" in ngx_http_proxy_module,
// "ProxyRequests" in mod_proxy, "Dynamic forward proxy" and "Original destination" in
// envoy's documentation).
var proxiesForOthers = pattern(`(?im)^[^#\n]*(?:\bproxy_pass\s+(?:https?://)?\$|\bproxy_connect\b|\bProxyRequests\s+on\b|dynamic_forward_proxy|\boriginal_dst\b|\boption\s+http_proxy\b|\bset-dst\b|\bforward_proxy\b)`)

// asksInLine matches lines of a file that ask a service for something, as commands and
// calls in a script do.
var asksInLine = pattern(`\b(?:curl|wget|urlopen|requests?\.|Invoke-(?:RestMethod|WebRequest))`)

// isCode reports whether a file is a program in a language whose interpreter has to be
// called to run it.
func isCode(file string) bool {
	for _, ext := range [...]string{".py", ".js", ".rb", ".pl"} {
		if strings.HasSuffix(file, ext) {
			return true
		}
	}
	return false
}

// settingsForward says what in a file of settings may have something on the node send
// pods' packets to the metadata service, or "". A URL of the service is one to send
// requests on to, unless its line asks for it.
func settingsForward(text string) string {
	text = strings.ReplaceAll(text, "\\\n", " ")
	if address := namesService(text, asksInLine().MatchString); address != "" {
		return "names the metadata service (" + address + "), and may have something send pods' packets to it"
	}
	if proxiesForOthers().MatchString(text) {
		return "may have a proxy send on what pods ask the metadata service"
	}
	return ""
}

// unitForwards says of the settings of a unit what settingsForward does. Its commands are
// judged where they run.
func unitForwards(text string) string {
	lines, _ := settings(text)
	for _, line := range lines {
		if strings.HasPrefix(line.key, "Exec") {
			continue
		}
		if why := settingsForward(line.key + "=" + line.value); why != "" {
			return why
		}
	}
	return ""
}
