package main

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/imdslock/imdslock/inputs"
	"github.com/imdslock/imdslock/transform"
)

// A sighting is what a text has that makes it worth reading.
type sighting uint8

const (
	sightsNodes     sighting = 1 << iota // what there is to lock, or another kind of input
	sightsResources                      // a section that a template has
	sightsAWS                            // a type, a macro or a pseudo parameter of AWS
	sightsRunning                        // a word of lists of what runs, which other texts have too
)

func (s sighting) has(other sighting) bool { return s&other != 0 }

// A word is looked for in texts.
type word struct {
	text string
	of   sighting
}

// wordsToFind returns what mentions looks for.
func wordsToFind() []word {
	words := []word{{"Resources", sightsResources}, {"Modules", sightsResources}, {"AWSTemplateFormatVersion", sightsResources}, {"AWS::", sightsAWS}}
	for _, text := range slices.Concat(transform.ResourceTypes(), inputs.Marks()) {
		words = append(words, word{text, sightsNodes})
	}
	for _, text := range inputs.MayMark() {
		words = append(words, word{text, sightsRunning})
	}
	return words
}

// mentions returns what a text has: the name of a type of resource or the mark of
// another kind of input, however it is escaped, or what makes it a template. One that
// is UTF-16 or no text at all may have anything, and is refused by name. It holds
// little of the text at a time.
func mentions(r io.Reader) (sighting, error) {
	words := wordsToFind()
	plain, once, twice := &searcher{words: words}, &searcher{words: words}, &searcher{words: words}
	// A template in a text of a template may be escaped once more.
	all := io.MultiWriter(plain, &unescaper{next: io.MultiWriter(once, &unescaper{next: twice})})
	window := make([]byte, 64<<10)
	for first := true; ; first = false {
		n, err := io.ReadFull(r, window)
		text := window[:n]
		isUTF16 := first && (bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")))
		if isUTF16 || bytes.IndexByte(text, 0) >= 0 {
			return sightsNodes, nil
		}
		if _, err := all.Write(text); err != nil {
			return 0, err
		}
		found := plain.found | once.found | twice.found
		switch {
		case found.has(sightsNodes):
			return found, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return found, nil
		case err != nil:
			return 0, err
		}
	}
}

// A searcher looks for words in what is written to it.
type searcher struct {
	words []word
	found sighting
	kept  []byte // the end of what came before, in which a word may begin
}

// longestWord is larger than the length of any word in bytes.
const longestWord = 64

func (s *searcher) Write(text []byte) (int, error) {
	if s.found.has(sightsNodes) {
		return len(text), nil
	}
	window := text
	if len(s.kept) > 0 {
		head := append(s.kept, text[:min(len(text), longestWord)]...)
		s.find(head)
		if len(text) < longestWord {
			window = head
		}
	}
	s.find(window)
	s.kept = append(s.kept[:0], window[max(0, len(window)-longestWord):]...)
	return len(text), nil
}

func (s *searcher) find(text []byte) {
	for _, w := range s.words {
		if !s.found.has(w.of) && bytes.Contains(text, []byte(w.text)) {
			s.found |= w.of
		}
	}
}

// An unescaper writes a text on with the escapes of JSON and of YAML's double
// quotes decoded, wherever they are: \u0054, \x54, and a line break that is
// escaped. It may decode more than a parser would, but never less, so it misses no
// spelling of a word.
type unescaper struct {
	next    io.Writer
	pending []byte // an escape that goes on
	inBreak bool   // white space after an escaped line break is left out
}

func (u *unescaper) Write(text []byte) (int, error) {
	n := len(text)
	for len(text) > 0 {
		if u.inBreak {
			text = bytes.TrimLeft(text, " \t\r\n")
			u.inBreak = len(text) == 0
			continue
		}
		if len(u.pending) == 0 {
			i := bytes.IndexByte(text, '\\')
			if i < 0 {
				i = len(text)
			}
			if _, err := u.next.Write(text[:i]); err != nil {
				return 0, err
			}
			if i < len(text) {
				u.pending = append(u.pending, '\\')
				i++
			}
			text = text[i:]
			continue
		}
		if u.digits() > 0 && !isHex(text[0]) { // it was not an escape
			if _, err := u.next.Write(u.pending[1:]); err != nil {
				return 0, err
			}
			u.pending = u.pending[:0]
			continue
		}
		u.pending, text = append(u.pending, text[0]), text[1:]
		if err := u.escape(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// digits returns how many digits the pending escape has.
func (u *unescaper) digits() int {
	if len(u.pending) < 2 {
		return 0
	}
	return map[byte]int{'x': 2, 'u': 4, 'U': 8}[u.pending[1]]
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// escape writes the pending escape if it is whole.
func (u *unescaper) escape() error {
	digits := u.digits()
	if len(u.pending) < 2+digits {
		return nil
	}
	decoded := u.pending[1:]
	if digits > 0 {
		if code, err := strconv.ParseUint(string(u.pending[2:]), 16, 32); err == nil {
			decoded = []byte(string(rune(code)))
		}
	}
	u.inBreak = decoded[0] == '\n' || decoded[0] == '\r'
	u.pending = u.pending[:0]
	if u.inBreak {
		return nil
	}
	_, err := u.next.Write(decoded)
	return err
}
