package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// Clean returns a text that every format can hold: what is not UTF-8 becomes U+FFFD,
// control characters and line breaks become spaces, and characters that turn the
// direction of the text around them, or are seen by nobody, are left out.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r == '\ufffe', r == '\uffff':
			return utf8.RuneError
		case r == '\u2028', r == '\u2029', unicode.IsControl(r):
			return ' '
		case r == '\u061c', r == '\u200b', r == '\u200e', r == '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError))))
}

// plain reports whether Clean has nothing to do, as for nearly all texts.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == 0x7f || c >= 0xe2 || c == 0xc2 || c == 0xd8 {
			return false
		}
	}
	return s == strings.TrimSpace(s) && utf8.ValidString(s)
}

// LongestLabel is how many characters of a name are shown.
const LongestLabel = 120

// Label returns a name that somebody else gave, cleaned and not longer than
// LongestLabel characters; an ellipsis stands where it was cut.
func Label(s string) string { return Short(s, LongestLabel) }

// Short returns the text cleaned and not longer than most characters; an ellipsis
// stands where it was cut.
func Short(s string, most int) string {
	s = Clean(s)
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)[:most-1]
	for len(runes) > 1 && (unicode.IsMark(runes[len(runes)-1]) || unicode.IsSpace(runes[len(runes)-1])) {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Cell writes a cell for a reader, without the unit of its column; the second
// text is its interval, "" for none.
func (c Column) Cell(lang terms.Lang, cell Cell) (text, interval string) {
	switch cell.Kind {
	case Number:
		if cell.HasInterval() {
			interval = c.signed(lang, cell.Low) + "…" + c.signed(lang, cell.High)
		}
		return c.signed(lang, cell.Number), interval
	case Date:
		return Day(lang, cell.Date), ""
	case Missing:
		return "—", Clean(cell.Text)
	}
	return Clean(cell.Text), ""
}

// Title is the heading of the column with its unit.
func (c Column) Title() string {
	if c.Words == "" {
		return Clean(c.Head)
	}
	return Clean(c.Head) + ", " + Clean(c.Words)
}

// Write writes a number as the cells of the column do.
func (c Column) Write(lang terms.Lang, x float64) string { return c.signed(lang, x) }

// signed writes a number, one above zero with a plus where the column is of differences.
func (c Column) signed(lang terms.Lang, x float64) string {
	if (c.Signed || c.Deviation != nil) && x > 0 {
		return "+" + c.number(lang, x)
	}
	return c.number(lang, x)
}

func (c Column) number(lang terms.Lang, x float64) string { return Figures(lang, x, c.Unit, c.Digits) }

// Figures writes a number with exactly the given digits after the point; shares are
// written as percent without the sign.
func Figures(lang terms.Lang, x float64, unit measure.Unit, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return measure.Unknown
	}
	if unit == measure.Share {
		x *= 100
	}
	scale := math.Pow10(digits)
	if x = math.Round(x*scale) / scale; x == 0 {
		x = 0 // and not −0
	}
	return strings.Replace(lang.Fixed(x, digits), "-", "−", 1)
}

// Day writes a day as documents do.
func Day(lang terms.Lang, t time.Time) string {
	if t.IsZero() {
		return measure.Unknown
	}
	if lang == terms.EN {
		return t.Format("2 Jan 2006")
	}
	return t.Format("02.01.2006")
}

// In writes the footnote as a sentence.
func (f Footnote) In(lang terms.Lang) string {
	var parts []string
	if f.Text != "" {
		parts = append(parts, Clean(f.Text))
	}
	if f.N > 0 {
		of := f.Of
		if of == "" {
			of = "case"
		}
		parts = append(parts, "n = "+lang.Count(of, int64(f.N)))
	}
	if !math.IsNaN(f.Low) && !math.IsNaN(f.High) && (f.Low != 0 || f.High != 0) {
		confidence := f.Confidence
		if confidence == 0 {
			confidence = 0.95
		}
		digits := 1
		if math.Abs(f.High) < 10 && f.Unit != measure.Share {
			digits = 2
		}
		parts = append(parts, lang.T("report.interval", Figures(lang, f.Low, f.Unit, digits), Figures(lang, f.High, f.Unit, digits), UnitWords(lang, f.Unit), lang.Percent(confidence, 0)))
	}
	for _, w := range f.Warnings {
		parts = append(parts, lang.T("report.warning", Clean(w)))
	}
	return Stop(strings.Join(parts, "; "))
}

// Stop ends a sentence with a full stop, where it does not end with one already.
func Stop(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

// UnitWords is the short name of a unit, "" for a count.
func UnitWords(lang terms.Lang, u measure.Unit) string {
	switch u {
	case measure.Share:
		return "%"
	case measure.Second:
		return lang.T("unit.seconds")
	case measure.Minute:
		return lang.T("unit.minutes")
	case measure.Hour:
		return lang.T("unit.hours")
	case measure.CalendarDay:
		return lang.T("report.unit.calendar-days")
	case measure.WorkingDay:
		return lang.T("report.unit.working-days")
	case measure.WorkingHour:
		return lang.T("report.unit.working-hours")
	case measure.PersonHour:
		return lang.T("unit.person-hours")
	case measure.Rouble:
		return lang.T("unit.roubles")
	}
	return ""
}

// Numbering gives the footnotes of a document their numbers, in the order in which
// they are met.
type Numbering struct{ next int }

// Add returns the numbers of some footnotes.
func (n *Numbering) Add(notes []Footnote) []int {
	out := make([]int, len(notes))
	for i := range notes {
		n.next++
		out[i] = n.next
	}
	return out
}

// Raised writes numbers of footnotes as small figures above the line.
func Raised(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteString("˒")
		}
		for _, d := range strconv.Itoa(n) {
			b.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'])
		}
	}
	return b.String()
}
