package pods

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// A lineReader passes bytes on, at most limit of them if that is not 0. It
// remembers where lines start, and which bytes do not start a character, until
// [lineReader.position] has gone past them.
type lineReader struct {
	r        io.Reader
	limit    int64
	read     int64   // bytes
	starts   []int64 // of the lines that position has not come to yet
	line     int     // of what comes before the first of starts, from 1
	lineFrom int64
	more     []int64 // bytes after the first of characters that position has not come to yet
	moreHere int     // how many of those that it has are in the line
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
	l.findMore(p[:n])
	l.read += int64(n)
	if l.limit > 0 && l.read > l.limit {
		return 0, &tooLargeError{l.limit}
	}
	return n, err
}

// findMore remembers the bytes that do not start a character. Few inputs have any.
func (l *lineReader) findMore(p []byte) {
	const notASCII = 0x8080808080808080
	for at := 0; at < len(p); {
		if len(p)-at >= 8 && binary.NativeEndian.Uint64(p[at:])&notASCII == 0 {
			at += 8
			continue
		}
		for end := min(at+8, len(p)); at < end; at++ {
			if !utf8.RuneStart(p[at]) {
				l.more = append(l.more, l.read+int64(at))
			}
		}
	}
}

// position returns the line and the column of an offset, both from 1; columns
// count characters. Offsets come in ascending order; an earlier one gets the line
// that was reached.
func (l *lineReader) position(offset int64) (line, column int) {
	n := 0
	for n < len(l.starts) && l.starts[n] <= offset {
		l.lineFrom = l.starts[n]
		l.line++
		n++
	}
	l.starts = append(l.starts[:0], l.starts[n:]...)
	if n > 0 {
		l.moreHere = 0
	}
	n = 0
	for n < len(l.more) && l.more[n] <= offset {
		if l.more[n] >= l.lineFrom {
			l.moreHere++
		}
		n++
	}
	l.more = append(l.more[:0], l.more[n:]...)
	return l.line, int(max(offset-l.lineFrom-int64(l.moreHere), 0)) + 1
}
