package filter

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uprava/uprava/mining/eventlog"
)

// SyntaxError is a filter text that cannot be read: where, what was found there
// and what was wanted instead.
type SyntaxError struct {
	Text          string
	Offset        int // in bytes
	Found, Wanted string
}

// Error names the position in characters, counted from 1.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("reading filter %q: character %d: found %s, wanted %s",
		e.Text, e.At(), e.Found, e.Wanted)
}

// At returns the position in characters, counted from 1.
func (e *SyntaxError) At() int { return utf8.RuneCountInString(e.Text[:e.Offset]) + 1 }

type tokenKind uint8

const (
	endToken  tokenKind = iota
	wordToken           // a name or keyword
	textToken           // "quoted"
	atomToken           // begins with a digit, or p85: a number, duration or date
	signToken           // punctuation or operator
)

type token struct {
	kind   tokenKind
	text   string
	offset int
}

func (t token) String() string {
	switch t.kind {
	case endToken:
		return "the end"
	case textToken:
		return "the text " + strconv.Quote(t.text)
	}
	return strconv.Quote(t.text)
}

// maxText bounds a filter's text: addresses of pages hold no more.
const maxText = 64 << 10

// lex splits a filter into tokens.
func lex(s string) ([]token, error) {
	if len(s) > maxText {
		return nil, &SyntaxError{s[:40] + "…", 0, fmt.Sprintf("%d bytes", len(s)), fmt.Sprintf("at most %d", maxText)}
	}
	if !utf8.ValidString(s) {
		return nil, &SyntaxError{strings.ToValidUTF8(s, "\ufffd"), 0, "bytes that are no UTF-8", "text"}
	}
	var out []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '"' || r == '“' || r == '«':
			text, n, ok := quoted(s[i:], r)
			if !ok {
				return nil, &SyntaxError{s, i, "a quotation that does not end", `a closing "`}
			}
			out = append(out, token{textToken, text, i})
			i += n
		case isDigit(s[i]) || s[i] == '-' && i+1 < len(s) && isDigit(s[i+1]):
			n := 1
			for i+n < len(s) && isAtom(s[i:], n) {
				n++
			}
			out = append(out, token{atomToken, s[i : i+n], i})
			i += n
		case unicode.IsLetter(r) || r == '_':
			n := size
			for i+n < len(s) {
				r, size := utf8.DecodeRuneInString(s[i+n:])
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' {
					break
				}
				if strings.HasPrefix(s[i+n:], "..") {
					break
				}
				n += size
			}
			out = append(out, token{wordToken, s[i : i+n], i})
			i += n
		default:
			n := 0
			for _, sign := range []string{"..", "!=", "<=", ">=", "<", ">", "=", "~", "(", ")", ",", ";"} {
				if strings.HasPrefix(s[i:], sign) {
					n = len(sign)
					break
				}
			}
			if n == 0 {
				return nil, &SyntaxError{s, i, strconv.Quote(string(r)), "a name, a quoted text, a number or an operator"}
			}
			out = append(out, token{signToken, s[i : i+n], i})
			i += n
		}
	}
	return append(out, token{endToken, "", len(s)}), nil
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// isAtom reports whether the byte at n goes on a number, duration or date; two
// dots end it, they make a range.
func isAtom(s string, n int) bool {
	b := s[n]
	if b == '.' {
		return n+1 < len(s) && isDigit(s[n+1])
	}
	return isDigit(b) || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == ':' || b == '%' || b == '-' || b == '+'
}

// quoted returns the text of the quotation that s begins with and its length. A
// backslash takes the next character as it is.
func quoted(s string, open rune) (string, int, bool) {
	end := map[rune]rune{'"': '"', '“': '”', '«': '»'}[open]
	var b strings.Builder
	for i := utf8.RuneLen(open); i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\\' && i+1 < len(s) {
			i += size
			r, size = utf8.DecodeRuneInString(s[i:])
		} else if r == end {
			return b.String(), i + size, true
		}
		b.WriteRune(r)
		i += size
	}
	return "", 0, false
}

var (
	numberForm   = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][+-]?\d+)?$`)
	shareForm    = regexp.MustCompile(`^\d+(\.\d+)?%$`)
	durationForm = regexp.MustCompile(`^(\d+(?:\.\d+)?)(s|min|h|d|wd)$`)
	quantileForm = regexp.MustCompile(`^p(\d{1,2}(?:\.\d+)?)$`)
	dayForm      = regexp.MustCompile(`^\d{4}-\d{2}(-\d{2})?$`)
	momentForm   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T`)
	yearForm     = regexp.MustCompile(`^\d{4}$`)
)

// seconds of the units of the wall clock.
var seconds = map[string]float64{"s": 1, "min": 60, "h": 3600, "d": 86400}

// valueOf returns the value that an atom writes; ok is false where it is none.
func valueOf(s string) (v Value, ok bool) {
	v.literal = s
	float := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		ok = err == nil
		return x
	}
	switch {
	case numberForm.MatchString(s):
		v.Kind, v.Number = Number, float(s)
		v.literal = number(v.Number)
		if yearForm.MatchString(s) { // a year too, where times are compared
			v.literal = s
			v.From, v.To, _ = period(s)
		}
	case shareForm.MatchString(s):
		v.Kind, v.Number = Share, float(s[:len(s)-1])/100
		ok = ok && v.Number <= 1
	case durationForm.MatchString(s):
		m := durationForm.FindStringSubmatch(s)
		v.Kind, v.Number, v.Unit = Duration, float(m[1]), m[2]
	case quantileForm.MatchString(s):
		v.Kind, v.Number = Quantile, float(s[1:])/100
	case s == "true" || s == "false":
		v.Kind, ok = Boolean, true
		if s == "true" {
			v.Number = 1
		}
	default:
		v.Kind = Period
		v.From, v.To, ok = period(s)
	}
	return v, ok
}

// period returns the first moment of a year, month, day or moment, and the first
// one behind it, on the clock of the wall.
func period(s string) (from, to eventlog.Time, ok bool) {
	micros := func(t time.Time) eventlog.Time { return eventlog.Time(t.UnixMicro()) }
	switch {
	case yearForm.MatchString(s):
		t, err := time.Parse("2006", s)
		return micros(t), micros(t.AddDate(1, 0, 0)), err == nil
	case dayForm.MatchString(s) && len(s) == 7:
		t, err := time.Parse("2006-01", s)
		return micros(t), micros(t.AddDate(0, 1, 0)), err == nil
	case dayForm.MatchString(s):
		t, err := time.Parse("2006-01-02", s)
		return micros(t), micros(t.AddDate(0, 0, 1)), err == nil
	case momentForm.MatchString(s):
		at, zoned, err := eventlog.ParseStamp(s)
		return at.Time, at.Time + 1, err == nil && !zoned
	}
	return 0, 0, false
}
