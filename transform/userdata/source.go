package userdata

import (
	"sort"
	"strings"
)

// A source is a text that is made of user data, as by decoding a part of it or
// by writing a list of commands as a script, and where its bytes come from.
type source struct {
	text string
	runs []run // in order, the first at 0
}

// A run says where the bytes of a text come from, up to the next run.
type run struct {
	at   int // byte offset in the text
	from int // byte offset in the user data

	// verbatim is set if the bytes follow one another in the user data as well.
	verbatim bool
}

// whole returns the source of a text that is in the user data as it is, from an offset.
func whole(text string, from int) source {
	return source{text, []run{{0, from, true}}}
}

// origin returns the offset in the user data that a byte comes from. The offset
// after the last byte has one too.
func (s source) origin(at int) int {
	i := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].at > at }) - 1
	if i < 0 {
		return 0
	}
	if r := s.runs[i]; r.verbatim {
		return r.from + at - r.at
	} else {
		return r.from
	}
}

// slice returns the bytes from start to end.
func (s source) slice(start, end int) source {
	var c composer
	c.copy(s, start, end)
	return c.source()
}

// unix returns the text with the line ends of Unix, if its first line has those
// of DOS (dos2unix in cloudinit/util.py).
func (s source) unix() source {
	if i := strings.IndexByte(s.text, '\n'); i <= 0 || s.text[i-1] != '\r' {
		return s
	}
	return s.replaced("\r\n", "\n")
}

// replaced returns the text with every old replaced.
func (s source) replaced(old, new string) source {
	var c composer
	at := 0
	for {
		i := strings.Index(s.text[at:], old)
		if i < 0 {
			break
		}
		c.copy(s, at, at+i)
		c.add(new, s.origin(at+i))
		at += i + len(old)
	}
	c.copy(s, at, len(s.text))
	return c.source()
}

// A composer writes a source.
type composer struct {
	b    strings.Builder
	runs []run
}

func (c *composer) source() source {
	return source{c.b.String(), c.runs}
}

// add writes what is not in the user data, but comes from an offset there.
func (c *composer) add(text string, from int) {
	c.run(from, false)
	c.b.WriteString(text)
}

// copy writes a piece of another source.
func (c *composer) copy(s source, start, end int) {
	first := sort.Search(len(s.runs), func(i int) bool { return s.runs[i].at > start }) - 1
	for i := max(first, 0); i < len(s.runs) && s.runs[i].at < end; i++ {
		from, to := max(s.runs[i].at, start), end
		if i+1 < len(s.runs) {
			to = min(to, s.runs[i+1].at)
		}
		if from < to {
			c.run(s.origin(from), s.runs[i].verbatim)
			c.b.WriteString(s.text[from:to])
		}
	}
}

// run begins a run unless the last one goes on.
func (c *composer) run(from int, verbatim bool) {
	at := c.b.Len()
	if n := len(c.runs); n > 0 {
		last := c.runs[n-1]
		if last.verbatim == verbatim && (verbatim && last.from+at-last.at == from || !verbatim && last.from == from) {
			return
		}
	}
	c.runs = append(c.runs, run{at, from, verbatim})
}
