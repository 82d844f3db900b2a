package eval

import "slices"

// A set is what a variable may be: one of a few texts, or any text except some.
type set struct {
	only   []string // if not nil
	except []string
}

func (s set) isOne() bool { return len(s.only) == 1 }

func (s set) admits(text string) bool {
	if s.only != nil {
		return slices.Contains(s.only, text)
	}
	return !slices.Contains(s.except, text)
}

// without returns the texts of s except one.
func (s set) without(text string) set {
	if s.only == nil {
		return set{except: append(slices.Clip(s.except), text)}
	}
	rest := make([]string, 0, len(s.only))
	for _, v := range s.only {
		if v != text {
			rest = append(rest, v)
		}
	}
	return set{only: rest}
}

// and returns the texts that are in both sets.
func (s set) and(other set) set {
	if s.only == nil {
		s, other = other, s
	}
	if s.only == nil {
		for _, v := range other.except {
			if s.admits(v) {
				s = s.without(v)
			}
		}
		return s
	}
	both := make([]string, 0, len(s.only))
	for _, v := range s.only {
		if other.admits(v) {
			both = append(both, v)
		}
	}
	return set{only: both}
}

// or returns the texts that are in one of two sets.
func (s set) or(other set) set {
	if s.only != nil {
		s, other = other, s
	}
	if s.only != nil {
		both := slices.Clip(s.only)
		for _, v := range other.only {
			if !s.admits(v) {
				both = append(both, v)
			}
		}
		return set{only: both}
	}
	var except []string
	for _, v := range s.except {
		if !other.admits(v) {
			except = append(except, v)
		}
	}
	return set{except: except}
}

// isAll reports whether s is all that a variable may be.
func (s set) isAll(x *variable) bool {
	if s.only != nil {
		return x.only != nil && len(s.only) == len(x.only)
	}
	return len(s.except) == 0
}
