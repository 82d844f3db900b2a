package shell

import "strings"

// readsOnly reports whether a program, with these arguments, changes no file that
// its words name and no other that matters: it reads, or it is one of those that
// the verdict follows by itself.
func readsOnly(name string, args []Word) bool {
	switch name {
	case "sed":
		return !inPlace(args) && !RunsText(name, args)
	case "perl":
		return !inPlace(args)
	case "awk", "gawk", "mawk":
		return !has(args, "-i", "--in-place") && !RunsText(name, args)
	}
	return !writes(name) && (isReader(name) || administers(name) || Matters(name) || isShell(name) || aboutPackets(name))
}

// inPlace reports whether arguments ask sed or perl to change files.
func inPlace(args []Word) bool {
	for _, w := range args {
		if strings.HasPrefix(w.Text, "--in-place") || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "i") || strings.HasPrefix(w.Text, Unknown) {
			return true
		}
	}
	return false
}

func has(args []Word, options ...string) bool {
	for _, w := range args {
		for _, o := range options {
			if w.Text == o {
				return true
			}
		}
	}
	return false
}

// RunsText reports whether a program of awk or a script of sed may write files or
// run commands.
func RunsText(name string, args []Word) bool {
	for _, w := range args {
		switch name {
		case "awk", "gawk", "mawk":
			if strings.HasPrefix(w.Text, "-f") || strings.HasPrefix(w.Text, "--f") || strings.ContainsAny(w.Text, ">|") && strings.Contains(w.Text, `"`) || strings.Contains(w.Text, "system") {
				return true
			}
		case "sed":
			if strings.Contains(w.Text, "w /") || sedExecutes(w.Text) {
				return true
			}
		}
	}
	return false
}

// sedExecutes reports whether a script of sed has the command or the flag e.
func sedExecutes(script string) bool {
	for _, command := range strings.FieldsFunc(script, func(r rune) bool { return r == ';' || r == '\n' || r == '{' || r == '}' }) {
		command = strings.TrimLeft(strings.TrimSpace(command), "0123456789,$! ")
		if command == "e" || strings.HasPrefix(command, "e ") {
			return true
		}
		if len(command) < 4 || command[0] != 's' {
			continue
		}
		if i := strings.LastIndexByte(command, command[1]); i > 1 && strings.Contains(command[i:], "e") && strings.Trim(command[i+1:], "gpIiMme0123456789 ") == "" {
			return true
		}
	}
	return false
}

// writes reports whether a program that is known changes files which its words
// name.
func writes(name string) bool {
	switch name {
	case "aws", "curl", "wget", "aria2c", "dd", "truncate", "rsync", "unzip", "cpio", "git", "patch", "split", "csplit", "ed", "ex", "vi", "vim", "nano", "fallocate", "sponge",
		"scp", "sftp", "gpg", "zip", "bzip2", "bunzip2", "xz", "unxz", "zstd", "openssl", "crudini", "augtool", "uudecode", "link", "mkfifo", "mknod", "crontab", "gsutil", "s3cmd", "az",
		"tar", "bsdtar", "gzip", "gunzip", "sort", "uniq", "shuf", "xxd", "dos2unix", "unix2dos", "iconv", "yq", "xmllint", "less", "tree", "tcpdump", "mktemp", "file", "date", "docker", "kubectl", "helm", "podman":
		return true
	}
	return false
}
