package shell

import "strings"

// abs returns the path that a name means in the directory of the script.
func (r *runner) abs(name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return clean(name)
	case strings.HasPrefix(name, Unknown) && strings.Contains(name, "/.."):
		return Unknown
	case strings.HasPrefix(name, Unknown):
		return name
	}
	return clean(r.s.dir + "/" + strings.TrimPrefix(name, "./"))
}

// clean is like path.Clean, but keeps a slash at the end.
func clean(name string) string {
	for strings.Contains(name, "//") {
		name = strings.ReplaceAll(name, "//", "/")
	}
	for strings.Contains(name, "/./") {
		name = strings.ReplaceAll(name, "/./", "/")
	}
	name = strings.TrimSuffix(name, dotEnd(name))
	for {
		i := strings.Index(name, "/../")
		if i < 0 || strings.Contains(name[:i], Unknown) {
			return name
		}
		name = name[:max(0, strings.LastIndexByte(name[:i], '/'))] + name[i+len("/.."):]
	}
}

// dotEnd returns the last element of a path if it is a dot for the directory, or "".
func dotEnd(name string) string {
	if strings.HasSuffix(name, "/.") {
		return "."
	}
	return ""
}
