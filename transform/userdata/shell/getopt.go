package shell

import (
	"slices"
	"strings"
)

// An option is one of a program, by its letter or its long name.
type option struct {
	name  string
	value Word
}

// getopt reads options as the function of that name of GNU does: those with a
// letter in values, or a name in long, take a value. Operands may come between
// them.
func getopt(args []Word, values string, long ...string) (options []option, operands []Word) {
	take := func() (w Word) {
		if len(args) > 0 {
			w, args = args[0], args[1:]
		}
		return w
	}
	for len(args) > 0 {
		w := take()
		switch {
		case w.Text == "--":
			return options, append(operands, args...)
		case strings.HasPrefix(w.Text, "--"):
			name, value, has := strings.Cut(w.Text[2:], "=")
			o := option{name, Word{Text: value}}
			if !has && slices.Contains(long, name) {
				o.value = take()
			}
			options = append(options, o)
		case len(w.Text) > 1 && w.Text[0] == '-':
			for i := 1; i < len(w.Text); i++ {
				o := option{name: w.Text[i : i+1]}
				if strings.Contains(values, o.name) {
					if o.value.Text = w.Text[i+1:]; o.value.Text == "" {
						o.value = take()
					}
					options = append(options, o)
					break
				}
				options = append(options, o)
			}
		default:
			operands = append(operands, w)
		}
	}
	return options, operands
}
