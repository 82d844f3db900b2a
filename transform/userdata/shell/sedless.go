package shell

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// lessens reports whether sed does no more than to delete lines, or to make comments of
// them, in files in which each line stands for itself.
func (r *runner) lessens(args []Word) bool {
	scripts, files, ok := sedScripts(args)
	if !ok || len(files) == 0 || has(args, "--null-data") || sedHas(args, "z") || slices.ContainsFunc(args, movesBackup) {
		return false
	}
	isExtended := has(args, "--regexp-extended") || sedHas(args, "Er")
	if slices.ContainsFunc(scripts, func(script string) bool { return !sedLessens(script, isExtended) }) {
		return false
	}
	if slices.ContainsFunc(files, func(w Word) bool { return !w.Known() || !hasOwnLines(r.m.Files.resolve(r.abs(w.Text))) }) {
		return false
	}
	for _, w := range files {
		if f := r.m.Files.Get(r.abs(w.Text)); f != nil {
			f.Sure = false
		}
	}
	return true
}

// movesBackup reports whether a word may be an option of sed by which it keeps what was in a
// file under a name that is more than the file's with an ending.
func movesBackup(w Word) bool {
	return strings.HasPrefix(w.Text, "-") && strings.Contains(w.Text, "i") && strings.ContainsAny(w.Text, "/*"+Unknown)
}

// sedHas reports whether the options of sed have one of the letters.
func sedHas(args []Word, letters string) bool {
	return slices.ContainsFunc(args, func(w Word) bool {
		if !strings.HasPrefix(w.Text, "-") || strings.Trim(sedLetters(w.Text), "e") != "" {
			return false
		}
		cluster, _, _ := strings.Cut(w.Text, "i")
		return !strings.HasPrefix(cluster, "--") && strings.ContainsAny(cluster, letters)
	})
}

// sedLessens reports whether a script of sed has no commands but d, and s that makes
// comments.
func sedLessens(script string, isExtended bool) bool {
	for rest := strings.TrimSpace(script); rest != ""; {
		command := afterAddresses(rest)
		if command == "" {
			return false
		}
		after, ok := sedVerb(command)
		if !ok || command[0] != 'd' && !sedComments(command[:len(command)-len(after)], isExtended) {
			return false
		}
		rest = strings.TrimLeft(after, "; \t\n}")
	}
	return true
}

// sedComments reports whether a command of sed has a line begin with #: what it matches
// is at the start of the line, and the text in the place of that begins so, and has no
// escape such as \n.
func sedComments(command string, isExtended bool) bool {
	if command[0] != 's' {
		return false
	}
	middle := delimited(command, 2, command[1])
	end := delimited(command, middle+1, command[1])
	from, to, flags := command[2:middle], command[middle+1:end], command[end+1:]
	opening, closing := `\(`, `\)`
	if isExtended {
		opening, closing = "(", ")"
	}
	if inner, ok := strings.CutPrefix(from, opening); ok { // a group must be all of it
		if from, ok = strings.CutSuffix(strings.TrimSuffix(inner, "$"), closing); !ok || strings.Contains(from, closing) {
			return false
		}
	}
	return sedStart().MatchString(from) && sedComment().MatchString(to) && strings.Trim(flags, "gpIi \n") == ""
}

// sedStart matches regular expressions of sed that match at the start of a line.
var sedStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:\^(?:[^*?+{\\|]|\\[^?+{|]|$)|\.\*)[^|]*$`)
})

// sedComment matches what is a comment in the place of the start of a line.
var sedComment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^#(?:[^\\\n\x{FFFC}]|\\[0-9/#@&.|])*$`) })
