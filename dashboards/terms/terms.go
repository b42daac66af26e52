// Package terms is the one list of words that pages, reports, the command line
// and data labels share, in Russian and English, and the way numbers are
// written in each. A key without both languages fails a test.
package terms

import (
	"embed"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/uprava/uprava/mining/measure"
)

//go:embed *.yaml
var source embed.FS

type entry struct {
	RU string `yaml:"ru"`
	EN string `yaml:"en"`
}

// entries are the words of all lists: terms.yaml, and one for each group of pages.
var entries = func() map[string]entry {
	all := map[string]entry{}
	names, err := fs.Glob(source, "*.yaml")
	if err != nil {
		panic(err) // a constant pattern
	}
	for _, name := range names { // embedded at build time and covered by a test
		text, err := source.ReadFile(name)
		if err != nil {
			panic(err)
		}
		list := map[string]entry{}
		if err := yaml.UnmarshalWithOptions(text, &list, yaml.Strict()); err != nil {
			panic(name + ": " + err.Error())
		}
		for key, e := range list {
			if _, twice := all[key]; twice {
				panic(name + ": " + key + " stands in two lists")
			}
			all[key] = e
		}
	}
	return all
}()

// Lang is a language of the interface.
type Lang string

// The languages.
const (
	RU Lang = "ru"
	EN Lang = "en"
)

// Parse returns the language of a tag such as "ru", "en-GB" or an
// Accept-Language header; the second result is false where it names neither.
func Parse(s string) (Lang, bool) {
	tags, _, err := language.ParseAcceptLanguage(s)
	if err != nil {
		return RU, false
	}
	for _, t := range tags {
		switch base, _ := t.Base(); base.String() {
		case "ru":
			return RU, true
		case "en":
			return EN, true
		}
	}
	return RU, false
}

// T returns the text of a key with its verbs filled in as fmt.Sprintf does. An
// unknown key is a programmer's error and is returned in angle brackets.
func (l Lang) T(key string, args ...any) string {
	e, ok := entries[key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	text := e.RU
	if l == EN {
		text = e.EN
	}
	if len(args) == 0 {
		return text
	}
	return oneStop(fmt.Sprintf(text, args...))
}

// oneStop leaves one full stop where a sentence ends with an abbreviation: «17 дн.».
func oneStop(s string) string {
	if !strings.Contains(s, "..") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		doubled := s[i] == '.' && i > 0 && s[i-1] == '.' && (i < 2 || s[i-2] != '.') && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n')
		if !doubled {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Known returns the text of a key, or instead where there is no such key.
func (l Lang) Known(key, instead string) string {
	if _, ok := entries[key]; !ok {
		return instead
	}
	return l.T(key)
}

// Plural returns the form of key that goes with n: in the list the forms stand
// as "one|few|many" in Russian and "one|other" in English. The number itself is
// not part of the result.
func (l Lang) Plural(key string, n int64) string {
	forms := strings.Split(l.T(key), "|")
	i := len(forms) - 1
	if l == EN {
		if n == 1 {
			i = 0
		}
	} else {
		switch d, h := n%10, n%100; {
		case d == 1 && h != 11:
			i = 0
		case d >= 2 && d <= 4 && (h < 12 || h > 14):
			i = min(1, i)
		}
	}
	return forms[i]
}

func (l Lang) printer() *message.Printer {
	if l == EN {
		return message.NewPrinter(language.English)
	}
	return message.NewPrinter(language.Russian)
}

// Int writes a whole number with its groups set apart.
func (l Lang) Int(n int64) string { return l.printer().Sprint(number.Decimal(n)) }

// Float writes a number with at most the given digits after the point, and a
// dash for what is not a number.
func (l Lang) Float(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "—"
	}
	if math.Abs(x) < math.Pow10(-digits)/2 { // no minus before nothing
		x = 0
	}
	return l.printer().Sprint(number.Decimal(x, number.MaxFractionDigits(digits)))
}

// Fixed writes a number with exactly the given digits after the point, and a dash for
// what is not a number.
func (l Lang) Fixed(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "—"
	}
	return l.printer().Sprint(number.Decimal(x, number.Scale(digits)))
}

// Percent writes a share between 0 and 1 as percent. One that these digits would show as
// none has as many more as tell it, up to four.
func (l Lang) Percent(share float64, digits int) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "—"
	}
	s := l.Float(100*share, telling(100*share, digits))
	if l == EN {
		return s + "%"
	}
	return s + "\u00a0%"
}

// telling is how many digits after the point a number takes that is not to be read as
// nothing: those asked for, or up to four more.
func telling(x float64, digits int) int {
	for more := digits; more <= digits+4; more++ {
		if math.Abs(x) >= math.Pow10(-more)/2 {
			return more
		}
	}
	return digits
}

// Count writes a number and the form of the word that goes with it.
func (l Lang) Count(key string, n int64) string { return l.Int(n) + "\u00a0" + l.Plural(key, n) }

// Seconds writes a wall-clock duration in the largest unit in which it is at
// least 2: calendar days, hours, minutes or seconds, with three figures.
func (l Lang) Seconds(s float64) string { return l.Amount(measure.Second, s) }

func (l Lang) unitOf(s float64) (unit string, per float64) {
	switch a := math.Abs(s); {
	case a >= 2*86400:
		return "unit.days", 86400
	case a >= 2*3600:
		return "unit.hours", 3600
	case a >= 120:
		return "unit.minutes", 60
	}
	return "unit.seconds", 1
}

// Due writes a due moment, the first that is too late: where it is midnight in its zone,
// the last day that is in time.
func (l Lang) Due(t time.Time) string {
	if h, m, s := t.Clock(); t.IsZero() || h != 0 || m != 0 || s != 0 || t.Nanosecond() != 0 {
		return l.Moment(t)
	}
	return l.Date(t.Add(-time.Nanosecond))
}

// Date writes a day.
func (l Lang) Date(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	if l == EN {
		return t.Format("2 January 2006")
	}
	return t.Format("02.01.2006")
}

// Moment writes a day and the time of day, to the minute.
func (l Lang) Moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return l.Date(t) + ", " + t.Format("15:04")
}
