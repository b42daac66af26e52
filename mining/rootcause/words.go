package rootcause

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/measure"
)

var russian = map[string]string{
	"month of the start": "месяц начала", "weekday of the start, Monday 1": "день недели начала, понедельник 1",
	"first activity": "первое действие", "first resource": "первый исполнитель", "first unit": "первое подразделение",
	"open cases at the start": "дел в работе при начале", "repeated activities": "повторённых действий",
	notRecorded: "(не указано)", otherValues: "(прочие)", "yes": "да", "no": "нет",
	AtStart: "известно в начале", During: "известно по ходу",
}

// Label returns the name of an attribute, or a value, as it is in a Result, in the
// language "ru" or, for any other, in English. Names from the log stay as they are.
func Label(lang, name string) string {
	if lang != "ru" {
		return name
	}
	if w, ok := russian[name]; ok {
		return w
	}
	for _, p := range [][2]string{{"has ", "есть действие "}, {"first event: ", "первое событие: "}} {
		if rest, ok := strings.CutPrefix(name, p[0]); ok {
			return p[1] + rest
		}
	}
	return name
}

// Headline returns, in the language "ru" or "en", a sentence for each of the most
// certain effects that were found, at most n.
func (r *Result) Headline(lang string, n int) []string {
	tag := language.English
	against, more, held := "against", "effect", "with %s held fixed"
	if lang == "ru" {
		tag, against, more, held = language.Russian, "против", "эффект", "при равных %s"
	}
	share := func(c measure.Rate) string {
		return fmt.Sprintf("%s (%d/%d)", measure.Format(tag, c.Share(), measure.Share), c.K, c.N)
	}
	var out []string
	for i := range r.Effects {
		e := &r.Effects[i]
		if !e.Found || len(out) == n {
			break
		}
		s := fmt.Sprintf("%s = %s: ", Label(lang, e.Attribute), Label(lang, e.Value))
		if e.Shares != nil {
			s += fmt.Sprintf("%s %s %s", share(e.Shares.B), against, share(e.Shares.A))
		} else {
			shift := measure.FormatSeconds(tag, float64(e.Shift.Value))
			if r.Values.Unit != measure.Second {
				shift = measure.Format(tag, float64(e.Shift.Value), r.Values.Unit)
			}
			s += fmt.Sprintf("%s (n=%d, %d)", shift, e.N, e.Rest)
		}
		s += fmt.Sprintf(", %s %s", more, e.Size.In(lang))
		if h := e.Held; h != nil {
			names := make([]string, len(h.Attributes))
			for i, a := range h.Attributes {
				names[i] = Label(lang, a)
			}
			if h.Shares != nil {
				value := measure.Format(tag, float64(h.Shares.Difference.Value), measure.Share)
				s += fmt.Sprintf("; %s: %s", fmt.Sprintf(held, strings.Join(names, ", ")), value)
			} else {
				s += fmt.Sprintf("; %s: δ %.2f", fmt.Sprintf(held, strings.Join(names, ", ")), float64(h.Delta))
			}
		}
		out = append(out, s)
	}
	return out
}
