package yamlfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Map is a mapping to write, in order. Entries whose value is nil are left out.
type Map []Item

// Item is a key and its value: a string, a bool, an int, a float64, Seconds, a
// Map or a List.
type Item struct {
	Key   string
	Value any
}

// List is a list to write. Lists of scalars and of small mappings take one line.
type List []any

// Seconds is a length of time to write with its unit.
type Seconds float64

// Inline is a mapping to write in one line.
type Inline Map

// Literal is a plain scalar to write as it is: a number or a truth value.
type Literal string

// Marshal returns the canonical bytes of a file: keys in the given order, two
// spaces of indentation, every value written in the one way that Marshal has
// for it.
func Marshal(m Map) []byte {
	var b bytes.Buffer
	writeMap(&b, m, 0)
	return b.Bytes()
}

// holds reports whether anything of the mapping is written.
func (m Map) holds() bool {
	for _, it := range m {
		if it.Value != nil {
			return true
		}
	}
	return false
}

func writeMap(b *bytes.Buffer, m Map, indent int) {
	for _, it := range m {
		if it.Value != nil {
			b.WriteString(strings.Repeat("  ", indent))
			b.WriteString(plain(it.Key))
			b.WriteByte(':')
			writeValue(b, it.Value, indent)
		}
	}
}

// writeValue writes what follows a colon, up to and with the end of the line.
func writeValue(b *bytes.Buffer, v any, indent int) {
	switch v := v.(type) {
	case Map:
		if !v.holds() {
			b.WriteString(" {}\n")
			return
		}
		b.WriteByte('\n')
		writeMap(b, v, indent+1)
	case List:
		if len(v) == 0 || isScalar(v[0]) {
			b.WriteByte(' ')
			writeInline(b, v)
			b.WriteByte('\n')
			return
		}
		b.WriteByte('\n')
		for _, item := range v {
			b.WriteString(strings.Repeat("  ", indent+1))
			b.WriteString("- ")
			switch item := item.(type) {
			case Map:
				if !item.holds() {
					b.WriteString("{}\n")
					continue
				}
				var inner bytes.Buffer
				writeMap(&inner, item, indent+2)
				b.Write(inner.Bytes()[2*(indent+2):])
			default:
				writeInline(b, item)
				b.WriteByte('\n')
			}
		}
	default:
		b.WriteByte(' ')
		writeInline(b, v)
		b.WriteByte('\n')
	}
}

func isScalar(v any) bool {
	switch v.(type) {
	case Map, Inline, List:
		return false
	}
	return true
}

func writeInline(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case string:
		b.WriteString(plain(v))
	case Literal:
		b.WriteString(string(v))
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		b.WriteString(strconv.Itoa(v))
	case float64:
		b.WriteString(FormatNumber(v))
	case Seconds:
		b.WriteString(FormatSeconds(float64(v)))
	case Map:
		writeInline(b, Inline(v))
	case Inline:
		b.WriteByte('{')
		first := true
		for _, it := range v {
			if it.Value == nil {
				continue
			}
			if !first {
				b.WriteString(", ")
			}
			first = false
			b.WriteString(plain(it.Key))
			b.WriteString(": ")
			writeInline(b, it.Value)
		}
		b.WriteByte('}')
	case List:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeInline(b, item)
		}
		b.WriteByte(']')
	default:
		panic(fmt.Sprintf("yamlfile: writing a %T", v)) // a mistake of the caller's code
	}
}

// plain returns text as a scalar that means the same in block and flow context:
// bare where that is safe, else in double quotes as JSON writes it.
func plain(s string) string {
	if safe(s) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return strconv.QuoteToASCII(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// safe reports whether a scalar needs no quotes.
func safe(s string) bool {
	switch strings.ToLower(s) {
	case "", "null", "true", "false", "yes", "no", "on", "off":
		return false
	}
	runes := []rune(s)
	if first := runes[0]; !unicode.IsLetter(first) && !unicode.IsDigit(first) && first != '«' {
		return false
	}
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune("_-./()«»—–%+№;", r):
		case r == ' ' && i < len(runes)-1 && runes[i+1] != '#':
		case r == ':' && i < len(runes)-1 && unicode.IsDigit(runes[i+1]) && i > 0 && unicode.IsDigit(runes[i-1]):
		default:
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}
