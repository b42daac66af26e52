package drift

import (
	"fmt"
	"math"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

var russian = map[string]string{
	Time: "время", ControlFlow: "ход процесса", Workload: "нагрузка", InProgress: "дела в работе",
	"lead time": "длительность", "spread of lead times": "разброс длительности",
	"arrivals": "поступления", "completions": "завершения", "cases in progress": "дела в работе",
	"case": "случай", "day": "день", "week": "неделя", "per day": "в день", "per week": "в неделю", "cases": "дел",
	"rank": "ранг", "share": "доля",
	"sudden": "внезапно", "gradual": "постепенно", "undecided": "не решено, внезапно или постепенно",
}

var russianPrefixes = [][2]string{{"waiting before ", "ожидание перед "}, {"starts with ", "начинается с "}, {"ends with ", "завершается "}}

// Label returns a word of a Result (perspective, feature, unit, course) in the
// language "ru" or, for any other, as it is in English. Names of activities stay.
func Label(lang, word string) string {
	if lang != "ru" {
		switch word {
		case ControlFlow:
			return "control flow"
		case InProgress:
			return "cases in progress"
		case "undecided":
			return "undecided whether sudden or gradual"
		}
		return word
	}
	if w, ok := russian[word]; ok {
		return w
	}
	for _, p := range russianPrefixes {
		if rest, ok := strings.CutPrefix(word, p[0]); ok {
			return p[1] + rest
		}
	}
	return word
}

// Headline returns, in the language "ru" or "en", a sentence for every change and
// for every perspective without one.
func (r *Result) Headline(lang string) []string {
	words := [3]string{"not tested", "no change found", "a hint only"}
	if lang == "ru" {
		words = [3]string{"не проверено", "перемен не найдено", "лишь намёк"}
	}
	var out []string
	for _, p := range r.Perspectives {
		name := Label(lang, p.Name)
		switch {
		case !p.Tested:
			out = append(out, name+": "+words[0])
			continue
		case len(p.Changes) == 0:
			out = append(out, name+": "+words[1])
			continue
		}
		for _, c := range p.Changes {
			s := fmt.Sprintf("%s: %s (%s … %s), %s %s → %s, %s, p %.3g", name, c.At[:10], c.Low[:10], c.High[:10],
				Label(lang, c.Feature), short(c.Before), short(c.After), Label(lang, c.Course), float64(c.Adjusted))
			if !p.Controlled {
				s += " (" + words[2] + ")"
			}
			out = append(out, s)
		}
	}
	return out
}

func short(v measure.Number) string {
	if math.IsNaN(float64(v)) {
		return measure.Unknown
	}
	return fmt.Sprintf("%.3g", float64(v))
}
