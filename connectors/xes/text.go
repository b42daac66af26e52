package xes

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// blank, plain and nameByte classify bytes: XML white space; bytes that need no
// attention in a quoted value; bytes that may stand in a name, all of UTF-8's
// beyond ASCII among them.
var blank, plain, nameByte = classes()

func classes() (blank, plain, name [256]bool) {
	for _, c := range " \t\r\n" {
		blank[c] = true
	}
	for c := range 256 {
		plain[c] = c >= ' ' || c == '\t' || c == '\n'
		name[c] = c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	for _, c := range `"'&<` {
		plain[c] = false
	}
	for _, c := range "_:-." {
		name[c] = true
	}
	return blank, plain, name
}

// cutName returns the end of the name that begins at i. A name has at most one
// colon and begins with a letter, an underscore or the colon.
func (s *scanner) cutName(i int, wanted string) (int, error) {
	b, from := s.buf, i
	all, colons := byte(0), 0
	for i < len(b) && nameByte[b[i]] {
		all |= b[i]
		if b[i] == ':' {
			colons++
		}
		i++
	}
	if i == len(b) {
		if i-from > maxName {
			return 0, s.fail(from, "a name of more than %d bytes", maxName)
		}
		return 0, errMore
	}
	if i == from {
		return 0, s.fail(i, "found %q, wanted %s", b[i], wanted)
	}
	if colons > 1 {
		return 0, s.fail(from, "name %q has more than one colon", b[from:i])
	}
	if all >= utf8.RuneSelf && !isName(b[from:i]) || b[from] == '-' || b[from] == '.' || b[from]-'0' < 10 {
		return 0, s.fail(from, "%q is no XML name", b[from:i])
	}
	return i, nil
}

// maxName bounds the names of elements and attributes, in bytes.
const maxName = 64 << 10

func isName(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return false
		}
		switch {
		case r == '_', r == ':', unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || r == 0xB7 || unicode.IsDigit(r) || unicode.Is(unicode.M, r)):
		default:
			return false
		}
		i += n
	}
	return true
}

// badCharacter returns the position of the first byte that is no character of
// XML: broken UTF-8, a control character, U+FFFE or U+FFFF; -1 for none.
func badCharacter(b []byte) int {
	for i := 0; i < len(b); {
		if c := b[i]; c < utf8.RuneSelf {
			if c < ' ' && !blank[c] {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			return i
		}
		i += n
	}
	return -1
}

func (s *scanner) failCharacter(at int) error {
	r, n := utf8.DecodeRune(s.buf[at:])
	if r == utf8.RuneError && n <= 1 {
		return s.fail(at, "byte 0x%02x is no UTF-8", s.buf[at])
	}
	return s.fail(at, "character %U is not allowed in XML", r)
}

// unescape appends buf[from:to] to the arena with references resolved and line
// ends as \n.
func (s *scanner) unescape(from, to int) error {
	b := s.buf[:to]
	for i := from; i < to; {
		c := b[i]
		switch {
		case c == '&':
			r, n := reference(b[i:])
			if n == 0 {
				return s.fail(i, "invalid character entity %.12q", b[i:])
			}
			if !isCharacter(r) {
				return s.fail(i, "%q stands for a character that is not allowed in XML", b[i:i+n])
			}
			s.arena = utf8.AppendRune(s.arena, r)
			i += n
		case c == '\r':
			s.arena = append(s.arena, '\n')
			if i++; i < to && b[i] == '\n' {
				i++
			}
		case c < ' ' && !blank[c]:
			return s.failCharacter(i)
		case c < utf8.RuneSelf:
			s.arena = append(s.arena, c)
			i++
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
				return s.failCharacter(i)
			}
			s.arena = append(s.arena, b[i:i+n]...)
			i += n
		}
	}
	return nil
}

func isCharacter(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// reference reads a reference at the start of b: one of the five entities of
// XML or a character by number. It returns its length, 0 where b begins with
// neither.
func reference(b []byte) (rune, int) {
	end := 1
	for end < len(b) && end < 20 && b[end] != ';' {
		end++
	}
	if end == len(b) || b[end] != ';' {
		return 0, 0
	}
	name := string(b[1:end])
	switch name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "apos":
		return '\'', end + 1
	case "quot":
		return '"', end + 1
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, 0
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, 0
	}
	return rune(n), end + 1
}

// appendNewlines appends b with line ends as \n.
func appendNewlines(to, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] != '\r' {
			to = append(to, b[i])
			continue
		}
		to = append(to, '\n')
		if i+1 < len(b) && b[i+1] == '\n' {
			i++
		}
	}
	return to
}
