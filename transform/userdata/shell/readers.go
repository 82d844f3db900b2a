package shell

import "strings"

// readsOnly reports whether a program, with these arguments, changes no file that
// its words name and no other that matters: it reads, or it is one of those that
// package userdata follows itself.
func readsOnly(name string, args []Word) bool {
	switch name {
	case "sed":
		return !inPlace(args) && !RunsOthers(name, args)
	case "perl":
		return !inPlace(args)
	case "awk", "gawk", "mawk":
		return !has(args, "-i", "--in-place") && !RunsOthers(name, args)
	}
	return !writes(name) && (isReader(name) || administers(name) || Matters(name) || isShell(name) || aboutPackets(name))
}

// inPlace reports whether arguments ask sed or perl to change files.
func inPlace(args []Word) bool {
	for _, w := range args {
		if strings.HasPrefix(w.Text, "--i") || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.Contains(w.Text, "i") || strings.HasPrefix(w.Text, Unknown) {
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

// RunsOthers reports whether a program that is known is asked to do something that is
// not: to run another program, or to write where its words do not say.
func RunsOthers(name string, args []Word) bool {
	switch name {
	case "awk", "gawk", "mawk":
		return !all(args, isPlainAwk)
	case "sed":
		return !isPlainSed(args)
	case "tar", "bsdtar":
		return !all(args, isPlainTar)
	case "rsync", "scp", "sftp":
		return !all(args, isPlainRsync)
	case "split":
		return !all(args, func(w string) bool { return !strings.HasPrefix(w, "--f") })
	case "git":
		return has(args, "-c", "config", "foreach", "bisect", "-x", "daemon") || !all(args, isPlainGit)
	case "npm", "yarn", "gem":
		return len(args) > 0 && !has(args[:1], "install", "i", "ci", "add", "global", "config", "--version", "-v", "update")
	}
	return has(args, wordsToRun(name)...)
}

// wordsToRun returns the options and subcommands by which a program runs another,
// or reads a file that may have it do so.
func wordsToRun(name string) []string {
	switch name {
	case "curl":
		return []string{"-K", "--config"}
	case "wget":
		return []string{"-e", "--execute", "--config"}
	case "ip":
		return []string{"exec", "vrf", "xdp", "xdpgeneric", "xdpdrv", "xdpoffload"}
	case "snap":
		return []string{"run", "set"}
	case "crictl", "kubectl", "helm":
		return []string{"exec", "plugin", "run", "runp", "debug"}
	case "man":
		return []string{"-P", "--pager", "-H"}
	case "openssl":
		return []string{"-engine", "engine", "-provider"}
	}
	return nil
}

// isPlainAwk reports whether an argument of awk neither names a file with a program
// nor is a program that runs commands or writes files.
func isPlainAwk(w string) bool {
	return !strings.HasPrefix(w, "-f") && !strings.HasPrefix(w, "--") && !strings.Contains(w, "system") &&
		(strings.HasPrefix(w, "-F") || !strings.ContainsAny(w, ">|"))
}

// isPlainRsync reports whether an argument of rsync, scp or sftp does not name the
// program that they reach the other machine with.
func isPlainRsync(w string) bool {
	isCluster := strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--")
	return !strings.HasPrefix(w, "--rs") && !(isCluster && strings.ContainsAny(w, "eoS"))
}

// isPlainGit reports whether an argument of git does not name the program that it
// reaches the other machine with.
func isPlainGit(w string) bool {
	return !strings.HasPrefix(w, "--exec") && !strings.HasPrefix(w, "--upload-pack") && !strings.Contains(w, "ext::")
}

// all reports whether something is true of all words, which are known.
func all(words []Word, is func(string) bool) bool {
	for _, w := range words {
		if !is(w.Text) {
			return false
		}
	}
	return true
}

// isPlainTar reports whether an argument of tar runs nothing.
func isPlainTar(w string) bool {
	return !strings.HasPrefix(w, "-I") && !strings.HasPrefix(w, "-F") && (!strings.HasPrefix(w, "--") || isPlainTarOption(w))
}

// isPlainTarOption reports whether a long option of tar runs nothing.
func isPlainTarOption(option string) bool {
	option, _, _ = strings.Cut(option, "=")
	switch option {
	case "--extract", "--create", "--list", "--file", "--directory", "--gzip", "--gunzip", "--bzip2", "--xz", "--zstd", "--verbose", "--strip-components", "--strip", "--exclude", "--overwrite",
		"--no-same-owner", "--same-owner", "--preserve-permissions", "--owner", "--group", "--wildcards", "--transform", "--skip-old-files", "--keep-old-files", "--no-overwrite-dir", "--touch", "--auto-compress":
		return true
	}
	return false
}

// writes reports whether a program that is known changes files which its words
// name.
func writes(name string) bool {
	switch name {
	case "aws", "curl", "wget", "aria2c", "dd", "truncate", "rsync", "unzip", "cpio", "git", "patch", "split", "csplit", "fallocate", "sponge",
		"scp", "sftp", "gpg", "zip", "bzip2", "bunzip2", "xz", "unxz", "zstd", "openssl", "crudini", "augtool", "uudecode", "link", "mkfifo", "mknod", "gsutil", "s3cmd", "az",
		"tar", "bsdtar", "gzip", "gunzip", "sort", "uniq", "shuf", "xxd", "dos2unix", "unix2dos", "iconv", "yq", "xmllint", "tree", "mktemp", "file", "date", "docker", "kubectl", "helm", "podman":
		return true
	}
	return false
}
