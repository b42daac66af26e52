package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxRecord bounds one record, in bytes: a quote that is never closed, or a file
// without line ends, must not be taken for one huge row.
const maxRecord = 4 << 20

// scanner cuts a UTF-8 text into records as RFC 4180 has them, with these
// allowances: any one-byte delimiter, \n as well as \r\n, empty lines between
// records, and quotes inside a field that does not begin with one. Line ends
// inside quotes are kept as they are. A record that breaks the rules is
// reported and the scanner goes on with the line after the one that it began
// on; for a quote that is never closed too.
type scanner struct {
	src     io.Reader
	buf     []byte
	pos     int
	readErr error
	stop    [256]bool // delimiter, line end, NUL
	delim   byte

	line   int64 // of pos, from 1
	start  int   // of the record in buf
	end    int   // behind the record, its line end included
	first  int64 // line on which the record begins
	fields []field
	arena  []byte
}

// field is a piece of buf, or of the arena where escaped; at is where it begins
// in buf, with its quote.
type field struct {
	from, to, at    int
	quoted, escaped bool
}

func newScanner(src io.Reader, delim byte) *scanner {
	s := &scanner{src: src, delim: delim, line: 1, buf: make([]byte, 0, 128<<10)}
	s.stop[delim], s.stop['\n'], s.stop[0] = true, true, true
	return s
}

// recordError is a record that breaks the rules of CSV.
type recordError struct {
	line, column int64
	field        int // from 0
	raw          string
	err          error
}

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

var (
	errMore    = errors.New("the record goes on behind the buffer")
	errTooLong = fmt.Errorf("the row is longer than %d MiB", maxRecord>>20)
)

// text returns the characters of a field of the current record.
func (s *scanner) text(f field) []byte {
	if f.escaped {
		return s.arena[f.from:f.to]
	}
	return s.buf[f.from:f.to]
}

// raw returns the record as it was found, without its line end.
func (s *scanner) raw() []byte { return bytes.TrimRight(s.buf[s.start:s.end], "\r\n") }

// columnOf returns the character column of a position of the current record, in
// its line, from 1, and the line.
func (s *scanner) columnOf(at int) (line, column int64) {
	b := s.buf[s.start:min(at, len(s.buf))]
	line = s.first + int64(bytes.Count(b, newline))
	b = b[bytes.LastIndexByte(b, '\n')+1:]
	return line, int64(utf8.RuneCount(b)) + 1
}

var newline = []byte{'\n'}

// next reads the next record into fields. It returns io.EOF at the end, a
// *recordError for a record that breaks the rules, or the error of the source.
func (s *scanner) next() error {
	for {
		s.start, s.first = s.pos, s.line
		err := s.cut()
		if err == errMore {
			ok, readErr := s.more()
			if readErr != nil {
				return readErr
			}
			if !ok {
				continue // cut again, now knowing that this is the end
			}
			if len(s.buf)-s.pos > maxRecord && s.isHuge() {
				return s.overlong()
			}
			continue
		}
		if err == errBlank {
			continue
		}
		return err
	}
}

var errBlank = errors.New("an empty line")

// isHuge reports whether the record at pos is longer than maxRecord.
func (s *scanner) isHuge() bool {
	s.start, s.first = s.pos, s.line
	keep := s.buf
	s.buf = s.buf[:s.pos+maxRecord]
	err := s.cutFields()
	s.buf = keep
	return err == errMore
}

// more reads on, keeping buf from pos. It reports false at the end.
func (s *scanner) more() (bool, error) {
	if s.readErr == nil {
		n := copy(s.buf, s.buf[s.pos:])
		s.buf, s.pos, s.start = s.buf[:n], 0, 0
		if 2*n > cap(s.buf) {
			s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
		}
		for want := max(2*n, n+1); len(s.buf) < want && s.readErr == nil; {
			m, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
			s.buf, s.readErr = s.buf[:len(s.buf)+m], err
		}
		if len(s.buf) > n {
			return true, nil
		}
	}
	if s.readErr != io.EOF {
		return false, s.readErr
	}
	return false, nil
}

// overlong passes over a record that is longer than maxRecord: to the line after
// its first where that is in sight, else to wherever its line ends.
func (s *scanner) overlong() error {
	e := &recordError{line: s.line, column: 1, raw: string(s.buf[s.pos : s.pos+rawLimit]), err: errTooLong}
	if n := len(s.fields); n > 0 || s.buf[s.pos] == '"' {
		if at, open := s.openQuote(); open {
			e.line, e.column = s.columnOf(at)
			e.err, e.field = errUnclosed, n
		}
	}
	return s.skipLine(e)
}

// skipLine passes over what is left of the line at pos, however long it is, and
// returns e, or the error of the source.
func (s *scanner) skipLine(e *recordError) error {
	for {
		if i := bytes.IndexByte(s.buf[s.pos:], '\n'); i >= 0 {
			s.pos += i + 1
			s.line++
			return e
		}
		s.pos = len(s.buf)
		if ok, err := s.more(); err != nil {
			return err
		} else if !ok {
			return e
		}
	}
}

// openQuote returns the quote that the field after the last complete one begins
// with, if it does.
func (s *scanner) openQuote() (int, bool) {
	i := s.pos
	if n := len(s.fields); n > 0 {
		i = s.fields[n-1].to
		for i < len(s.buf) && s.buf[i] != s.delim {
			i++
		}
		i++
	}
	return i, i < len(s.buf) && s.buf[i] == '"'
}

var (
	errUnclosed = errors.New("a quote is opened and never closed")
	errNUL      = errors.New("a NUL byte, which is no text")
)

// cut reads the record at pos.
func (s *scanner) cut() error {
	if s.pos == len(s.buf) {
		if s.readErr == io.EOF {
			return io.EOF
		}
		return errMore
	}
	err := s.cutFields()
	switch bad, ok := errors.AsType[*recordError](err); {
	case err == nil:
		s.line += int64(bytes.Count(s.buf[s.start:s.end], newline))
		s.pos = s.end
		if len(s.fields) == 1 && !s.fields[0].quoted && s.fields[0].from == s.fields[0].to {
			return errBlank
		}
	case ok:
		// Go on with the line after the one that the record began on.
		s.end = len(s.buf)
		if i := bytes.IndexByte(s.buf[s.start:], '\n'); i >= 0 {
			s.end = s.start + i + 1
			s.line++
		} else if s.readErr == nil && len(s.buf)-s.start > maxRecord {
			bad.raw = string(s.buf[s.start : s.start+rawLimit])
			return s.skipLine(bad)
		} else if s.readErr == nil {
			return errMore
		}
		s.pos = s.end
		raw := s.raw()
		bad.raw = string(raw[:min(len(raw), rawLimit)])
	}
	return err
}

func (s *scanner) bad(at int, err error) error {
	line, column := s.columnOf(at)
	return &recordError{line: line, column: column, field: len(s.fields), err: err}
}

// cutFields cuts the record at start and sets end. Fields that are complete
// stand in fields also where it fails.
func (s *scanner) cutFields() error {
	s.fields, s.arena = s.fields[:0], s.arena[:0]
	b, i := s.buf, s.start
	for {
		if i < len(b) && b[i] == '"' {
			next, done, err := s.cutQuoted(i)
			if err != nil {
				return err
			}
			if i = next; done {
				s.end = i
				return nil
			}
			continue
		}
		from, all := i, byte(0)
		for i < len(b) && !s.stop[b[i]] {
			all |= b[i]
			i++
		}
		if i == len(b) {
			if s.readErr != io.EOF {
				return errMore
			}
			to := i
			if to > from && b[to-1] == '\r' {
				to--
			}
			s.end = i
			return s.add(field{from: from, to: to, at: from}, all)
		}
		switch c := b[i]; {
		case c == 0:
			return s.bad(i, errNUL)
		case c == '\n':
			to := i
			if to > from && b[to-1] == '\r' {
				to--
			}
			s.end = i + 1
			return s.add(field{from: from, to: to, at: from}, all)
		}
		if err := s.add(field{from: from, to: i, at: from}, all); err != nil {
			return err
		}
		i++
	}
}

// add appends a field whose bytes, or-ed together, are all.
func (s *scanner) add(f field, all byte) error {
	if all >= utf8.RuneSelf {
		text := s.text(f)
		if !utf8.Valid(text) {
			at := 0
			for at < len(text) {
				r, n := utf8.DecodeRune(text[at:])
				if r == utf8.RuneError && n == 1 {
					break
				}
				at += n
			}
			return s.bad(f.at, fmt.Errorf("byte 0x%02x is no UTF-8", text[at]))
		}
	}
	s.fields = append(s.fields, f)
	return nil
}

// cutQuoted reads a quoted field whose quote stands at i. It returns the start
// of the next field, or the end of the record and done.
func (s *scanner) cutQuoted(i int) (next int, done bool, err error) {
	b, f := s.buf, field{at: i, from: i + 1, quoted: true}
	arenaFrom := len(s.arena)
	piece := i + 1
	for j := i + 1; ; {
		n := bytes.IndexByte(b[j:], '"')
		if n < 0 {
			if s.readErr != io.EOF {
				return 0, false, errMore
			}
			return 0, false, s.bad(i, errUnclosed)
		}
		j += n
		if j+1 < len(b) && b[j+1] == '"' {
			s.arena = append(s.arena, b[piece:j+1]...)
			f.escaped = true
			j += 2
			piece = j
			continue
		}
		if f.escaped {
			s.arena = append(s.arena, b[piece:j]...)
			f.from, f.to = arenaFrom, len(s.arena)
		} else {
			f.to = j
		}
		if at := bytes.IndexByte(s.text(f), 0); at >= 0 {
			return 0, false, s.bad(i, errNUL)
		}
		rest := b[j+1:]
		switch {
		case len(rest) == 0 && s.readErr != io.EOF, len(rest) == 1 && rest[0] == '\r' && s.readErr != io.EOF:
			return 0, false, errMore
		case len(rest) == 0:
			return j + 1, true, s.add(f, utf8.RuneSelf)
		case rest[0] == s.delim:
			return j + 2, false, s.add(f, utf8.RuneSelf)
		case rest[0] == '\n':
			return j + 2, true, s.add(f, utf8.RuneSelf)
		case rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n'):
			return min(j+3, len(b)), true, s.add(f, utf8.RuneSelf)
		}
		return 0, false, s.bad(j+1, fmt.Errorf("found %q after a closing quote, wanted the delimiter %q or the end of the line", firstRune(rest), s.delim))
	}
}

func firstRune(b []byte) rune {
	r, _ := utf8.DecodeRune(b)
	return r
}
