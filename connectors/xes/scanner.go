package xes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds that keep a hostile document from taking the machine's memory.
const (
	maxToken = 16 << 20 // bytes of one tag, text, comment or instruction
	maxDepth = 512      // open elements
)

// tokenKind is what scanner.next found.
type tokenKind uint8

const (
	tokenStart tokenKind = iota // <name …> or, with empty set, <name …/>
	tokenEnd                    // </name>
	tokenText                   // character data that is not blank
	tokenEOF
)

// scanner cuts a UTF-8 XML document into tokens. It checks what encoding/xml
// checks (nesting, characters, entities) and holds one token at a time: the
// slices it hands out point into its buffer and hold until the next call.
//
// Stricter than encoding/xml: document type declarations are refused, so no
// entity can be declared; a document has one root and no text beside it; a
// reference to a surrogate is refused. Laxer: any XML version and, beyond ASCII,
// any letter in names (fifth edition of XML 1.0).
type scanner struct {
	src     io.Reader
	buf     []byte // what was read and not yet compacted away
	pos     int    // next byte to look at
	readErr error  // why src gave no more, once it did

	name   []byte // of the element, with its prefix
	empty  bool   // the start tag was an empty-element tag
	attrs  []span // name and value of each attribute, in pairs
	key    span   // values of the attributes named key and value
	val    span
	text   []byte // character data of a tokenText, unescaped
	token  int    // where the token begins in buf
	stack  []byte // names of the open elements, one after the other
	depths []int  // where each begins in stack
	rooted bool   // a root was opened
	arena  []byte // unescaped values of the token

	place    place // of buf[placed]
	placed   int
	mark     int // keep a copy of what follows, up to 4 KiB; -1 for nothing
	markCopy []byte
}

// span is a piece of buf, or of the scanner's arena where from is negative.
type span struct{ from, to int }

// place is a position in the text: line and column from 1, column in characters.
type place struct{ line, column int64 }

func newScanner(src io.Reader) *scanner {
	return &scanner{src: src, buf: make([]byte, 0, 64<<10), place: place{1, 1}, mark: -1}
}

// syntaxError is broken XML, with its place.
type syntaxError struct {
	place
	err error
}

func (e *syntaxError) Error() string { return e.err.Error() }
func (e *syntaxError) Unwrap() error { return e.err }

func (s *scanner) fail(at int, format string, args ...any) error {
	return &syntaxError{s.placeOf(at), fmt.Errorf(format, args...)}
}

// placeOf returns the position of buf[at], which must not lie before a place
// that was asked for earlier by more than the current token.
func (s *scanner) placeOf(at int) place {
	at = min(at, len(s.buf))
	if at < s.placed {
		return s.place
	}
	s.place = s.place.after(s.buf[s.placed:at])
	s.placed = at
	return s.place
}

func (p place) after(b []byte) place {
	if n := bytes.Count(b, newline); n > 0 {
		p.line += int64(n)
		p.column = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	p.column += int64(utf8.RuneCount(b))
	return p
}

var newline = []byte{'\n'}

// more reads on, keeping buf from the current token. It reports false at the
// end of the source. Each call at least doubles a token that does not fit, so
// that the cost of reading it again stays linear.
func (s *scanner) more() (bool, error) {
	if s.readErr != nil {
		return false, s.endOfSource()
	}
	keep := s.token
	if s.mark >= 0 && s.mark < keep {
		if len(s.markCopy) < rawLimit {
			s.markCopy = append(s.markCopy, s.buf[s.mark:min(keep, s.mark+rawLimit-len(s.markCopy))]...)
		}
		s.mark = 0
	} else if s.mark >= 0 {
		s.mark -= keep
	}
	// A place before the kept part is counted to its beginning, a later one moves with it.
	if s.placed < keep {
		s.placeOf(keep)
	}
	s.placed -= keep
	n := copy(s.buf, s.buf[keep:])
	s.buf, s.pos, s.token = s.buf[:n], s.pos-keep, 0
	if n > maxToken {
		return false, s.fail(0, "more than %d MiB of text or in one tag", maxToken>>20)
	}
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
	return false, s.endOfSource()
}

func (s *scanner) endOfSource() error {
	if s.readErr == io.EOF {
		return nil
	}
	return &syntaxError{s.placeOf(len(s.buf)), s.readErr}
}

// errMore asks for more bytes behind those in the buffer.
var errMore = errors.New("the token goes on behind the buffer")

// next returns the next token. Comments and processing instructions are passed
// over. Errors are *syntaxError; those of the source are wrapped in it.
func (s *scanner) next() (tokenKind, error) {
	for {
		b, i := s.buf, s.pos
		for i < len(b) && blank[b[i]] {
			i++
		}
		s.pos, s.token = i, i
		if i == len(b) {
			if ok, err := s.more(); err != nil {
				return 0, err
			} else if ok {
				continue
			}
			return s.end()
		}
		kind, skip, err := s.cut()
		if err == errMore {
			ok, err := s.more()
			if err != nil {
				return 0, err
			}
			if !ok {
				return 0, s.fail(len(s.buf), "unexpected end of the document in %.40q", s.buf[s.token:])
			}
			s.pos = s.token
			continue
		}
		if err != nil {
			return 0, err
		}
		if !skip {
			return kind, nil
		}
	}
}

func (s *scanner) end() (tokenKind, error) {
	if n := len(s.depths); n > 0 {
		return 0, s.fail(len(s.buf), "unexpected end of the document: element <%s> is not closed", s.stack[s.depths[n-1]:])
	}
	return tokenEOF, nil
}

// cut reads the token at pos, which is not blank.
func (s *scanner) cut() (kind tokenKind, skip bool, err error) {
	b, i := s.buf, s.pos
	if b[i] != '<' {
		return tokenText, false, s.cutText()
	}
	if i+1 >= len(b) {
		return 0, false, errMore
	}
	switch b[i+1] {
	case '/':
		return tokenEnd, false, s.cutEnd()
	case '?':
		return 0, true, s.cutInstruction()
	case '!':
		return s.cutDeclaration()
	}
	return tokenStart, false, s.cutStart()
}

// cutStart reads a start tag: its name and its attributes.
func (s *scanner) cutStart() error {
	b := s.buf
	i, err := s.cutName(s.pos+1, "an element name after <")
	if err != nil {
		return err
	}
	s.name = b[s.pos+1 : i]
	s.attrs, s.arena = s.attrs[:0], s.arena[:0]
	s.key, s.val = span{}, span{}
	for {
		for i < len(b) && blank[b[i]] {
			i++
		}
		if i >= len(b) {
			return errMore
		}
		switch b[i] {
		case '>':
			s.empty = false
			s.pos = i + 1
			return s.push()
		case '/':
			if i+1 >= len(b) {
				return errMore
			}
			if b[i+1] != '>' {
				return s.fail(i+1, "found %q, wanted /> in element <%s>", b[i+1], s.name)
			}
			s.empty = true
			s.pos = i + 2
			return s.root()
		}
		from := i
		if i, err = s.cutName(i, "an attribute name"); err != nil {
			return err
		}
		to := i
		for i < len(b) && blank[b[i]] {
			i++
		}
		if i >= len(b) {
			return errMore
		}
		if b[i] != '=' {
			return s.fail(i, "attribute %q without =", b[from:to])
		}
		for i++; i < len(b) && blank[b[i]]; {
			i++
		}
		if i >= len(b) {
			return errMore
		}
		quote := b[i]
		if quote != '"' && quote != '\'' {
			return s.fail(i, "value of attribute %q is not quoted", b[from:to])
		}
		value, next, err := s.cutValue(i+1, quote)
		if err != nil {
			return err
		}
		switch string(b[from:to]) {
		case "key":
			s.key = value
		case "value":
			s.val = value
		}
		s.attrs = append(s.attrs, span{from, to}, value)
		i = next
	}
}

// cutValue reads a quoted value that begins at from. It returns the value and
// the position behind the closing quote.
func (s *scanner) cutValue(from int, quote byte) (span, int, error) {
	b, i := s.buf, from
	all := byte(0)
	for {
		for i < len(b) && plain[b[i]] {
			all |= b[i]
			i++
		}
		if i >= len(b) {
			return span{}, 0, errMore
		}
		if b[i] == quote {
			break
		}
		if b[i] == '"' || b[i] == '\'' {
			i++
			continue
		}
		return s.cutEscapedValue(from, quote)
	}
	if all >= utf8.RuneSelf {
		if at := badCharacter(b[from:i]); at >= 0 {
			return span{}, 0, s.failCharacter(from + at)
		}
	}
	return span{from, i}, i + 1, nil
}

// cutEscapedValue is cutValue for values with references, carriage returns or
// characters that may not stand here.
func (s *scanner) cutEscapedValue(from int, quote byte) (span, int, error) {
	n := bytes.IndexByte(s.buf[from:], quote)
	if n < 0 {
		if at := bytes.IndexByte(s.buf[from:], '<'); at >= 0 {
			return span{}, 0, s.fail(from+at, "unescaped < in a quoted value")
		}
		return span{}, 0, errMore
	}
	if at := bytes.IndexByte(s.buf[from:from+n], '<'); at >= 0 {
		return span{}, 0, s.fail(from+at, "unescaped < in a quoted value")
	}
	start := len(s.arena)
	if err := s.unescape(from, from+n); err != nil {
		return span{}, 0, err
	}
	return span{-1 - start, len(s.arena)}, from + n + 1, nil
}

// value returns the piece of the document, or of the arena, that sp stands for.
func (s *scanner) value(sp span) []byte {
	if sp.from >= 0 {
		return s.buf[sp.from:sp.to]
	}
	return s.arena[-1-sp.from : sp.to]
}

// attr returns the value of the attribute of a name; false where there is none.
func (s *scanner) attr(name string) ([]byte, bool) {
	for i := 0; i < len(s.attrs); i += 2 {
		if string(local(s.value(s.attrs[i]))) == name {
			return s.value(s.attrs[i+1]), true
		}
	}
	return nil, false
}

// local returns a name without its prefix.
func local(name []byte) []byte {
	for i, c := range name {
		if c == ':' && i > 0 && i < len(name)-1 {
			return name[i+1:]
		}
	}
	return name
}

func (s *scanner) push() error {
	if err := s.root(); err != nil {
		return err
	}
	if len(s.depths) == maxDepth {
		return s.fail(s.token, "more than %d elements inside each other", maxDepth)
	}
	s.depths = append(s.depths, len(s.stack))
	s.stack = append(s.stack, s.name...)
	return nil
}

func (s *scanner) root() error {
	if len(s.depths) == 0 {
		if s.rooted {
			return s.fail(s.token, "a second root element <%s>", s.name)
		}
		s.rooted = true
	}
	return nil
}

func (s *scanner) cutEnd() error {
	b := s.buf
	i, err := s.cutName(s.pos+2, "an element name after </")
	if err != nil {
		return err
	}
	s.name = b[s.pos+2 : i]
	for i < len(b) && blank[b[i]] {
		i++
	}
	if i >= len(b) {
		return errMore
	}
	if b[i] != '>' {
		return s.fail(i, "found %q, wanted > after </%s", b[i], s.name)
	}
	n := len(s.depths) - 1
	if n < 0 {
		return s.fail(s.token, "unexpected end tag </%s>", s.name)
	}
	if open := s.stack[s.depths[n]:]; !bytes.Equal(open, s.name) {
		return s.fail(s.token, "element <%s> closed by </%s>", open, s.name)
	}
	s.stack, s.depths = s.stack[:s.depths[n]], s.depths[:n]
	s.pos = i + 1
	return nil
}

// cutInstruction passes over <?target …?>.
func (s *scanner) cutInstruction() error {
	i, err := s.cutName(s.pos+2, "a target name after <?")
	if err != nil {
		return err
	}
	n := bytes.Index(s.buf[i:], []byte("?>"))
	if n < 0 {
		return errMore
	}
	s.pos = i + n + 2
	return nil
}

// cutDeclaration passes over a comment and reads a CDATA section.
func (s *scanner) cutDeclaration() (kind tokenKind, skip bool, err error) {
	const comment, cdata = "<!--", "<![CDATA["
	b := s.buf[s.pos:]
	switch {
	case hasPrefix(b, comment):
		n := bytes.Index(b[len(comment):], []byte("--"))
		if n < 0 {
			return 0, true, errMore
		}
		n += len(comment) + 2
		if n >= len(b) {
			return 0, true, errMore
		}
		if b[n] != '>' {
			return 0, true, s.fail(s.pos+n-2, "-- inside a comment")
		}
		s.pos += n + 1
		return 0, true, nil
	case hasPrefix(b, cdata):
		n := bytes.Index(b, []byte("]]>"))
		if n < 0 {
			return 0, true, errMore
		}
		if err := s.beside(b); err != nil {
			return 0, true, err
		}
		body := b[len(cdata):n]
		if at := badCharacter(body); at >= 0 {
			return 0, true, s.failCharacter(s.pos + len(cdata) + at)
		}
		s.arena = appendNewlines(s.arena[:0], body)
		s.text = s.arena
		s.pos += n + 3
		return tokenText, len(s.text) == 0, nil
	case startsLike(b, comment), startsLike(b, cdata):
		return 0, true, errMore
	}
	if startsLike(b, "<!DOCTYPE") {
		return 0, true, s.fail(s.pos, "a document type declaration, which is refused: it could declare entities without bound")
	}
	return 0, true, s.fail(s.pos, "found %.12q, wanted a comment or CDATA", b)
}

func hasPrefix(b []byte, p string) bool { return len(b) >= len(p) && string(b[:len(p)]) == p }

// startsLike reports whether b could go on to begin with p.
func startsLike(b []byte, p string) bool {
	n := min(len(b), len(p))
	return string(b[:n]) == p[:n]
}

// cutText reads character data up to the next tag.
func (s *scanner) cutText() error {
	b := s.buf[s.pos:]
	if err := s.beside(b); err != nil {
		return err
	}
	n := bytes.IndexByte(b, '<')
	if n < 0 {
		return errMore
	}
	if at := bytes.Index(b[:n], []byte("]]>")); at >= 0 {
		return s.fail(s.pos+at, "unescaped ]]> outside a CDATA section")
	}
	s.arena = s.arena[:0]
	if err := s.unescape(s.pos, s.pos+n); err != nil {
		return err
	}
	s.text = s.arena
	s.pos += n
	return nil
}

// beside refuses text outside the root element.
func (s *scanner) beside(text []byte) error {
	if len(s.depths) > 0 {
		return nil
	}
	text = text[:min(len(text), 20)]
	if s.rooted {
		return s.fail(s.pos, "found %q after the end of the document", text)
	}
	return s.fail(s.pos, "no XML: found %q, wanted <", text)
}
