package mining

import (
	"errors"
	"fmt"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// WarningsIn returns the overview's warnings in the language "ru" or "en"; never
// nil. A warning that no one translated stays as it is.
func (o *Overview) WarningsIn(lang string) []string {
	if o.Doubts == nil {
		return append([]string{}, o.Warnings...)
	}
	return measure.TextsIn(lang, o.Doubts)
}

// warn adds a warning, unless it is nil or known.
func (o *Overview) warn(w error) {
	if w == nil {
		return
	}
	for _, known := range o.Warnings {
		if known == w.Error() {
			return
		}
	}
	o.Warnings = append(o.Warnings, w.Error())
	o.Doubts = append(o.Doubts, w)
}

// pairing returns what a reader of figures over activity instances should know.
func pairing(p eventlog.Pairing) []error {
	var out []error
	if p.Events > p.Instances {
		out = append(out, &measure.Doubt{
			EN: fmt.Sprintf("%d recorded events make %d activity instances, which are counted here; --events recorded counts the former", p.Events, p.Instances),
			RU: fmt.Sprintf("из %s журнала составлено %s, здесь считаются действия; события считает --events recorded",
				russian(p.Events, "события", "событий", "событий"), russian(p.Instances, "действие", "действия", "действий")),
		})
	}
	// In the order of eventlog.Pairing.Warnings.
	var texts []string
	if p.WithoutStart > 0 && p.Started > 0 {
		texts = append(texts, fmt.Sprintf("начало не записано у %s из %d", russian(p.WithoutStart, "действия", "действий", "действий"), p.Instances))
	}
	if p.Unfinished > 0 {
		texts = append(texts, russian(p.Unfinished, "начатое действие не завершено и не учтено", "начатых действия не завершены и не учтены", "начатых действий не завершены и не учтены"))
	}
	if p.Aborted > 0 {
		texts = append(texts, russian(p.Aborted, "действие прервано и не учтено", "действия прерваны и не учтены", "действий прерваны и не учтены"))
	}
	if p.Lost > 0 {
		texts = append(texts, "ни одного завершённого действия нет "+inCases(p.Lost)+", хотя события есть")
	}
	for i, w := range p.Warnings() {
		t := &measure.Doubt{EN: w.Error()}
		if i < len(texts) {
			t.RU = texts[i]
		}
		out = append(out, t)
	}
	return out
}

// leadTime returns a warning of the summary of the lead time as the overview
// tells it. The overview shows no interval of the mean, so that a warning of
// that is none of its own: leadTime returns nil.
func leadTime(w error) error {
	var none *NoEvents
	var small *measure.SmallSample
	switch {
	case errors.As(w, &none):
		return &measure.Doubt{EN: w.Error(), RU: "нет событий " + inCases(int(none.Cases)) + fmt.Sprintf(" из %d, они не учтены", none.Of)}
	case errors.As(w, &small):
		if small.Of == measure.OfMeanInterval {
			return nil
		}
		cases := fmt.Sprintf("%d cases", small.N)
		if small.N == 1 {
			cases = "1 case"
		}
		return &measure.Doubt{
			EN: fmt.Sprintf("lead time: %s; the %s needs %d", cases, small.Of, small.Needs),
			RU: fmt.Sprintf("время протекания: %s; для %s нужно не меньше %d", russian(small.N, "случай", "случая", "случаев"), small.Of, small.Needs),
		}
	case errors.Is(w, measure.ErrEmpty):
		return &measure.Doubt{EN: "lead time: no case has events, so it cannot be told", RU: "время протекания: ни в одном случае нет событий, определить его нельзя"}
	}
	if d, ok := errors.AsType[*measure.Doubt](w); ok {
		return &measure.Doubt{EN: "lead time: " + d.EN, RU: "время протекания: " + d.RU}
	}
	return fmt.Errorf("lead time: %w", w)
}

// inCases returns "в 1 случае", "в 5 случаях".
func inCases(n int) string {
	return "в " + russian(n, "случае", "случаях", "случаях")
}

// russian returns a whole number and the form of the words that it asks for.
func russian(n int, one, few, many string) string {
	words := many
	switch plural.Cardinal.MatchPlural(language.Russian, n, 0, 0, 0, 0) {
	case plural.One:
		words = one
	case plural.Few:
		words = few
	}
	return fmt.Sprintf("%d %s", n, words)
}
