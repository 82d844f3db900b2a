package shell

import "strings"

// chmod changes the mode of files: those that lose the right to run are no longer
// certain to run.
func (r *runner) chmod(c invocation, sure bool) {
	mode, files := modeOf(c.words[1:])
	if isForOthers(mode) {
		return
	}
	runs := givesExecution(mode)
	recurses := has(c.words, "-R", "--recursive")
	for _, w := range files {
		name := r.abs(w.Text)
		f := r.m.Files.Get(name)
		if f != nil {
			f.Runs = runs && (f.Runs || sure && w.Known())
		} else if !runs {
			r.mayNotRun(name)
		}
		if !runs && recurses && (name == "/usr" || mustRun(name+"/iptables")) {
			r.below(c, name)
		}
	}
}

// modeOf returns the mode in the words after chmod, which may begin with -, and the
// files.
func modeOf(args []Word) (mode string, files []Word) {
	for _, w := range args {
		switch {
		case strings.HasPrefix(w.Text, "-") && strings.Trim(w.Text, "-wxXstugo,+") != "":
		case mode == "":
			mode = w.Text
		default:
			files = append(files, w)
		}
	}
	return mode, files
}

// mayNotRun records that a file which no script has written, or those that a pattern
// names, may have lost the right to run.
func (r *runner) mayNotRun(name string) {
	if !known(name) {
		return
	}
	if !strings.Contains(name, Unknown) {
		if mustRun(name) {
			r.changes(name)
		}
		return
	}
	for _, other := range r.m.Files.All() {
		if may(name, other) {
			r.m.Files.Get(other).Runs = false
		}
	}
	if inProgramPath(name) || mustRun(name) {
		r.m.Files.write(name, Unknown, false)
	}
}

// mustRun reports whether a file of a node's image is executed to save, load or
// keep rules.
func mustRun(name string) bool {
	return isProgram(name) || strings.HasPrefix(name, "/var/lib/cloud/") || strings.HasPrefix(name, "/usr/libexec/")
}

// givesExecution reports whether a mode lets the owner execute a file.
func givesExecution(mode string) bool {
	if strings.Trim(mode, "01234567") == "" && len(mode) >= 3 {
		return (mode[len(mode)-3]-'0')&1 == 1
	}
	who, what, ok := strings.Cut(mode, "+")
	return ok && strings.Trim(who, "ugoa") == "" && (who == "" || strings.ContainsAny(who, "ua")) && strings.Contains(what, "x")
}

// isForOthers reports whether a mode for chmod takes rights from the group and others
// alone, or bits that programs of a node do without.
func isForOthers(mode string) bool {
	for _, clause := range strings.Split(mode, ",") {
		who, rights, ok := strings.Cut(clause, "-")
		switch {
		case !ok || rights == "" || who == "":
			return false
		case strings.Trim(who, "go") == "" && strings.Trim(rights, "rwxst") == "":
		case strings.Trim(who, "ugoa") == "" && strings.Trim(rights, "st") == "":
		default:
			return false
		}
	}
	return true
}
