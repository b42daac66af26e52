package twins

import (
	"mime"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// tag is a language as the formatting of numbers knows it.
func tag(l terms.Lang) language.Tag {
	if l == terms.EN {
		return language.English
	}
	return language.Russian
}

// units of measure that have words of their own.
var formatted = []measure.Unit{measure.Minute, measure.Hour, measure.CalendarDay, measure.WorkingHour, measure.WorkingDay, measure.Share, measure.Count, measure.Rouble}

// amount writes a number with its unit in words.
func amount(l terms.Lang, x float64, unit string) string {
	switch u := measure.Unit(unit); {
	case u == measure.Second:
		return l.Seconds(x)
	case slices.Contains(formatted, u):
		return measure.Format(tag(l), x, u)
	case unit == "":
		return l.Float(x, 2)
	case slices.Contains([]string{"1/year", "person-hour", "ph", "person", "day"}, unit):
		return l.Float(x, 2) + "\u00a0" + l.T("twins.unit."+strings.ReplaceAll(unit, "/", "-"))
	}
	return l.Float(x, 2) + "\u00a0" + unit
}

// figure is a number of the twin in words: with its interval, and where it comes from.
type figure struct{ Name, Value, Interval, From string }

func figureOf(l terms.Lang, name string, f twin.Figure) figure {
	out := figure{Name: name, Value: amount(l, f.Value, f.Unit), From: origin(l, f.Provenance)}
	if f.Low != nil && f.High != nil {
		out.Interval = l.T("twins.interval", amount(l, *f.Low, f.Unit), amount(l, *f.High, f.Unit))
	}
	return out
}

// origin says where a number comes from; "" where nobody has said.
func origin(l terms.Lang, p twin.Provenance) string {
	if p.Kind == "" {
		return ""
	}
	s := l.T("provenance." + p.Kind)
	if p.Source != "" {
		s += ": " + l.Source(p.Source)
	}
	if p.N > 0 {
		s += ", n\u00a0=\u00a0" + l.Int(int64(p.N))
	}
	if reason := p.Reason.In(string(l)); reason != "" {
		s += ". " + reason
	}
	return s
}

// lawText is a law of chance in words: its name, mean and spread.
func lawText(l terms.Lang, d twin.Distribution) string {
	if d.Law == "" {
		return ""
	}
	if d.Law == "fixed" {
		return l.Seconds(d.Average())
	}
	return l.T("twins.law", l.Seconds(d.Average()), l.Known("twins.law."+d.Law, d.Law))
}

// fold makes a text comparable: lower case, ё as е.
func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }

// found reports whether one of the texts holds all words of a question.
func found(question string, texts ...string) bool {
	all := fold(strings.Join(texts, " "))
	for _, word := range strings.Fields(fold(question)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// values are keys and values for an address.
func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// attachment is the header by which a browser keeps an answer as a file.
func attachment(name string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}
