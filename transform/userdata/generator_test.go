package userdata

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator writes user data at random, as people write it, with what makes
// readers disagree.
type generator struct{ *rand.Rand }

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// rarely returns a text one time in n, else "".
func (g *generator) rarely(n int, text string) string {
	if g.IntN(n) == 0 {
		return text
	}
	return ""
}

func (g *generator) document() string {
	switch g.IntN(8) {
	case 0:
		return g.ends(g.script())
	case 1:
		return g.ends("#cloud-boothook" + g.one("\n", "\n\n", " \n") + g.script())
	case 2, 3:
		return g.ends(g.rarely(10, "## template: jinja\n") + g.config())
	case 4:
		return g.one("Content-Type: "+g.one("text/x-shellscript", "text/plain", "text/x-shellscript-per-boot")+"\nMIME-Version: 1.0\n\n", "MIME-Version: 1.0\n", "From x\nmime-version: 1.0\n\n") + g.script()
	default:
		return g.ends(g.multipart(0, "MIME-Version: 1.0\n"))
	}
}

// ends changes all line ends now and then.
func (g *generator) ends(text string) string {
	if g.IntN(12) == 0 {
		return strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func (g *generator) script() string {
	var b strings.Builder
	b.WriteString(g.rarely(12, g.one("\n", " ", "## template: jinja\n", "## Template: Jinja\n", "echo no interpreter\n")))
	b.WriteString(g.one("#!/bin/bash\n", "#!/bin/bash -xe\n", "#!/bin/sh\n", "#!/bin/bash\r\n"))
	for range g.IntN(4) {
		b.WriteString(g.command() + "\n")
	}
	return b.String() + g.rarely(8, "\n")
}

func (g *generator) command() string {
	return g.one("/etc/eks/bootstrap.sh blue", "/etc/eks/bootstrap.sh "+placeholder+" --x 'y'", "echo one: two", "sleep 1", "yum install -y jq",
		"echo {{ v1.region }}", "echo \"a b\"", "key: value", "# a comment", "cat <<'X'\n  in: it\nX", "echo a\tb", "X=1", "")
}

func (g *generator) name() string {
	return g.one("00-boot.sh", "zz.sh", "part-001", "part-002", "~00", "a b/c", "runcmd", "node.sh", "node.sh", "-x", "(x)", ".", "é.sh", "_", "x"+placeholder)
}

func (g *generator) multipart(depth int, header string) string {
	boundary := g.one("B", "==B==", "//", "a b") + fmt.Sprint(depth)
	written := "\"" + boundary + "\""
	if !strings.ContainsAny(boundary, " /=") && g.IntN(3) == 0 {
		written = boundary
	}
	var b strings.Builder
	b.WriteString(g.rarely(40, "\n") + header + g.one("Content-Type: ", "content-type:\t") + g.one("multipart/mixed;", "Multipart/Mixed; charset=x;") + g.one(" ", "\n ", "\n\t") + "boundary=" + written + "\n")
	b.WriteString(g.one("\n", "\n", "\n", ""))
	b.WriteString(g.rarely(8, "a preamble\n#!/bin/sh\n"))
	for range g.IntN(4) {
		b.WriteString(g.rarely(15, "--"+boundary+"\n") + "--" + boundary + g.rarely(10, " \t") + "\n")
		if depth < 2 && g.IntN(8) == 0 {
			b.WriteString(g.multipart(depth+1, ""))
			continue
		}
		b.WriteString(g.part() + g.one("\n", "\n", ""))
		if !strings.HasSuffix(b.String(), "\n") {
			b.WriteString("\n")
		}
	}
	return b.String() + g.one("--"+boundary+"--\n", "--"+boundary+"--", "--"+boundary+"--\n#!/bin/sh\necho an epilogue\n", "")
}

// part is a part, with its header.
func (g *generator) part() string {
	contentType := g.one("text/x-shellscript", "text/x-shellscript", "text/x-shellscript", "text/cloud-config", "text/cloud-config", "text/cloud-boothook",
		"text/plain", "Text/X-ShellScript", "text/x-shellscript-per-boot", "text/x-shellscript-per-once", "text/x-shellscript-per-instance",
		"application/node.eks.aws", "text/html", "text", "text/jinja2")
	payload := g.script()
	switch {
	case contentType == "text/cloud-config" || contentType == "text/plain" && g.IntN(2) == 0:
		payload = g.config()
	case contentType == "text/cloud-boothook":
		payload = g.rarely(2, "#cloud-boothook\n") + payload
	}
	payload = strings.ReplaceAll(payload, "é", "e")
	var header []string
	header = append(header, "Content-Type: "+contentType+g.one("", "; charset=\"us-ascii\"", "; name=\""+g.name()+"\"", ";\n name="+g.one("a.sh", "b.sh")))
	if g.IntN(3) == 0 {
		header = append(header, g.one("Content-Disposition: attachment; filename=\""+g.name()+"\"", "Content-Disposition: attachment;\n filename="+g.one("c.sh", "0.sh"),
			"content-disposition: attachment; filename*=utf-8''"+g.one("a%2Fb.sh", "%30.sh"), "Content-Disposition: attachment; filename*0=\"a\"; filename*1=\"b.sh\"",
			"Content-Disposition: attachment; filename=\"\"", "Content-Disposition: attachment; filename=\"x;y\\\".sh\""))
	}
	if g.IntN(20) == 0 {
		header = append(header, "Launch-Index: "+g.one("0", "1", "x"))
	}
	if g.IntN(30) == 0 {
		header = append(header, "Merge-Type: list(append)+dict(recurse_array)+str()")
	}
	switch g.IntN(10) {
	case 0:
		header = append(header, "Content-Transfer-Encoding: base64")
		encoded := base64.StdEncoding.EncodeToString([]byte(resolved(payload)))
		for len(encoded) > 76 {
			header = append(header, "") // the blank line, once
			break
		}
		return strings.Join(header, "\n") + g.one("\n\n", "\n") + wrap(encoded)
	case 1:
		header = append(header, "Content-Transfer-Encoding: quoted-printable")
		payload = strings.NewReplacer("=", "=3D", "boot", "bo=\not", "sh ", "sh=20").Replace(payload)
	case 2:
		header = append(header, "Content-Transfer-Encoding: 7bit")
	}
	return strings.Join(header, "\n") + g.one("\n\n", "\n\n", "\n\n", "\n") + payload
}

func wrap(s string) string {
	var b strings.Builder
	for len(s) > 60 {
		b.WriteString(s[:60] + "\n")
		s = s[60:]
	}
	return b.String() + s
}

func (g *generator) config() string {
	var b strings.Builder
	b.WriteString("#cloud-config" + g.rarely(20, " ") + "\n" + g.rarely(12, "---\n") + g.rarely(12, "\n# a comment\n"))
	for range g.IntN(4) {
		switch g.IntN(7) {
		case 0, 1:
			b.WriteString("runcmd:" + g.commands())
		case 2:
			b.WriteString("bootcmd:" + g.commands())
		case 3:
			b.WriteString(g.one("packages: [jq]\n", "fqdn: a.example\n", "hostname: "+placeholder+"\n", "x: |\n  runcmd:\n  - a\n", "mounts: []\n"))
		case 4:
			b.WriteString("write_files:\n  - path: /etc/x\n    content: |\n      runcmd:\n      - a\n")
		case 5:
			b.WriteString(g.rarely(6, g.one("merge_how: 'list(append)+dict(recurse_array)+str()'\n", "launch-index: 0\n", "cloud_final_modules: []\n", "x: [\n", "<<: {runcmd: [a]}\n", "x:\ty\n", "\ty: z\n", "? runcmd\n: [a]\n", "\"runcmd\": [a]\n", "runcmd : [a]\n", "1: 2\n", "on: 1\n", "~: 1\n", "[a]: b\n", "x: &a [b]\nruncmd: *a\n", "runcmd: &b\n  - c\n", "runcmd: !!seq [a]\n", "...\n", "---\nx: y\n", "x: 'a\n  b'\n", "x: \x7f\n", "x: \u2028\n", "{runcmd: [a]}\n", "%YAML 1.1\n---\n", " bad: indent\n", "x: y: z\n", "x: *unknown\n", "x: !y z\n", "x: !!python/none ~\n", "x: =\n", "x: 2020-13-45\n", "bootcmd: ~\n", "x: !!binary '*'\n", "x: !!int y\n", "x: [a,,b]\n", "x: {a, b: }\n", "x: {a:b}\n", "x: [a:b, \"c\":d]\n")))
		case 6:
			b.WriteString("# runcmd:\n")
		}
	}
	return b.String()
}

// commands is a value of runcmd or bootcmd.
func (g *generator) commands() string {
	switch g.IntN(9) {
	case 0:
		return g.one("\n", " ~\n", " null # none\n", " []\n", " text\n", " {a: b}\n")
	case 1:
		return " [" + g.flowItem() + ", " + g.flowItem() + "]\n"
	}
	indent := g.one("", "  ", "    ")
	var b strings.Builder
	b.WriteString(g.rarely(6, " # a comment") + "\n")
	for range 1 + g.IntN(4) {
		b.WriteString(indent + "- " + g.item(indent) + "\n")
		b.WriteString(g.rarely(8, indent+"# a comment\n") + g.rarely(8, "\n"))
	}
	return b.String()
}

func (g *generator) item(indent string) string {
	switch g.IntN(8) {
	case 0:
		return "|" + g.one("", "-", "+") + "\n" + indent + "  #!/bin/sh\n" + indent + "  /etc/eks/bootstrap.sh blue\n" + g.rarely(3, "\n") + indent + "  echo 'x'"
	case 1:
		return ">" + g.one("", "-") + "\n" + indent + "  /etc/eks/bootstrap.sh\n" + indent + "  blue\n" + g.rarely(2, "\n"+indent+"  echo") + indent + "  x"
	case 2:
		return "\"" + g.one("echo \\\"a\\\" \\\\ b", "echo \\x41 \\n echo b", "/etc/eks/bootstrap.sh blue", "a\n"+indent+"    b") + "\""
	case 3:
		return "'" + g.one("echo ''a''", "/etc/eks/bootstrap.sh blue", "a\n"+indent+"    b") + "'"
	case 4:
		return g.flowItem()
	case 5:
		return g.one("", "~", "null", "true", "12", "1.5", "2020-01-01", "{a: b}", "on", "0644", "echo a # b", "[]", "- nested", "a: b",
			"\techo tab", "echo\ttab\t", "@x", "`x`", "%x", "&a echo x", "*a", "!!str 12", "!x y", "? x", "'a' b", "{a", "a]", "a, b", "-x", "-", ":x", "x:", "=", "|2\n    x", "\"a\\qb\"", "\"\\u00e9 x\"", "echo é", "!!binary YQ==", "a #", "'a' # b", "> # c\n"+indent+"  x", "...", "---", "0o17", "1e3", "12:30:45", ".5", "0x", "1__0", "~x", "y", "n", "|\n"+indent+"  \ttab\n"+indent+"  x")
	}
	return g.one("/etc/eks/bootstrap.sh blue", "echo one", "echo "+placeholder+" x", "echo a:b", "ip6tables -d fd00:ec2::254/128", placeholder)
}

func (g *generator) flowItem() string {
	return g.one("[chmod, 0644, /x]", "[sh, -c, \"echo 'it''s' \\\"x\\\"\"]", "[a, 1, -2, 0x1F, 0b11, 1_000, yes, No, ~, 'b c']", "[/etc/eks/bootstrap.sh, "+placeholder+"]",
		"echo one", "\"a, b\"", "[a, [b]]", "[a, 1.5]", "[a, {b: c}]", "[1:30, +5, 010]", "12")
}
