package pods

import (
	"bytes"
	"io"
)

// A lineReader passes bytes on, at most limit of them where that is not 0, and
// remembers where lines start until [lineReader.position] has gone past them.
type lineReader struct {
	r        io.Reader
	limit    int64
	read     int64   // bytes
	starts   []int64 // of the lines that position has not come to yet
	line     int     // of what comes before the first of starts, from 1
	lineFrom int64
}

func newLineReader(r io.Reader, limit int64) *lineReader {
	return &lineReader{r: r, limit: limit, line: 1}
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for at := 0; at < n; {
		i := bytes.IndexByte(p[at:n], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		l.starts = append(l.starts, l.read+int64(at))
	}
	l.read += int64(n)
	if l.limit > 0 && l.read > l.limit {
		return 0, &tooLargeError{l.limit}
	}
	return n, err
}

// position returns the line and the column of an offset, both from 1. Offsets
// come in ascending order; an earlier one gets the line that was reached.
func (l *lineReader) position(offset int64) (line, column int) {
	n := 0
	for n < len(l.starts) && l.starts[n] <= offset {
		l.lineFrom = l.starts[n]
		l.line++
		n++
	}
	l.starts = append(l.starts[:0], l.starts[n:]...)
	return l.line, int(max(offset-l.lineFrom, 0)) + 1
}
