package shell

import "strings"

// echo writes what echo writes. What a POSIX shell writes for a backslash or an option
// is not known.
func (r *runner) echo(args []Word) status {
	text := echoed(args)
	if r.s.dialect != bash && (strings.Contains(text, `\`) || len(args) > 0 && strings.HasPrefix(args[0].Text, "-")) {
		text = Unknown // shells differ
	}
	r.output(text)
	return success
}

// echoed returns what echo writes in bash.
func echoed(args []Word) string {
	end, escapes := "\n", false
	for len(args) > 0 && len(args[0].Text) > 1 && args[0].Text[0] == '-' && strings.Trim(args[0].Text[1:], "neE") == "" {
		if strings.Contains(args[0].Text, "n") {
			end = ""
		}
		escapes = escapes || strings.Contains(args[0].Text, "e")
		args = args[1:]
	}
	text := join(args)
	if plain := strings.NewReplacer(`\n`, "", `\t`, "", `\\`, "").Replace(text); escapes && strings.Contains(plain, `\`) {
		text = Unknown
	} else if escapes {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text)
	}
	return text + end
}

// counts assigns to the variables that words name what "%n" in a format of printf does.
func (r *runner) counts(format string, words []Word) {
	if !strings.Contains(format, "%n") {
		return
	}
	for _, w := range words {
		r.assign(w.Text, value{text: Unknown})
	}
}

// printf writes what printf writes, for formats that have nothing but %s and
// escapes.
func (r *runner) printf(args []Word) status {
	if len(args) > 0 && strings.HasPrefix(args[0].Text, "-v") {
		r.assigns(args[:min(2, len(args))], "-v")
		return unsure
	}
	if len(args) > 0 && args[0].Text == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return failure
	}
	format := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\"`, `"`).Replace(args[0].Text)
	rest := args[1:]
	verbs := strings.Count(format, "%s")
	r.counts(format, rest)
	if verbs != strings.Count(format, "%") || strings.Contains(format, `\`) || verbs == 0 && len(rest) > 0 {
		r.output(Unknown)
		return unsure
	}
	for {
		text := format
		for range verbs {
			s := ""
			if len(rest) > 0 {
				s, rest = rest[0].Text, rest[1:]
			}
			text = strings.Replace(text, "%s", strings.ReplaceAll(s, "%", "\x00"), 1)
		}
		r.output(strings.ReplaceAll(text, "\x00", "%"))
		if len(rest) == 0 {
			return success
		}
	}
}
