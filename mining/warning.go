package mining

import (
	"errors"
	"fmt"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Warning is a doubt about an overview that can be told in both languages.
type Warning struct {
	english, russian string
}

// Error returns the warning in English, as the overview's JSON has it.
func (w *Warning) Error() string { return w.english }

// In returns the warning in Russian or, for any other language, English.
func (w *Warning) In(lang language.Tag) string {
	if base, _ := lang.Base(); base.String() == "ru" && w.russian != "" {
		return w.russian
	}
	return w.english
}

// WarningsIn returns the overview's warnings in Russian or, for any other
// language, English; never nil. A warning that no one translated stays as it is.
func (o *Overview) WarningsIn(lang language.Tag) []string {
	if o.Doubts == nil {
		return append([]string{}, o.Warnings...)
	}
	out := make([]string, len(o.Doubts))
	for i, d := range o.Doubts {
		out[i] = d.Error()
		if w := new(Warning); errors.As(d, &w) {
			out[i] = w.In(lang)
		}
	}
	return out
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
		out = append(out, &Warning{
			fmt.Sprintf("%d recorded events make %d activity instances, which are counted here; --events recorded counts the former", p.Events, p.Instances),
			fmt.Sprintf("из %s журнала составлено %s, здесь считаются действия; события считает --events recorded",
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
		t := &Warning{english: w.Error()}
		if i < len(texts) {
			t.russian = texts[i]
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
		return &Warning{w.Error(), "нет событий " + inCases(int(none.Cases)) + fmt.Sprintf(" из %d, они не учтены", none.Of)}
	case errors.As(w, &small):
		if small.Of == measure.OfMeanInterval {
			return nil
		}
		cases := fmt.Sprintf("%d cases", small.N)
		if small.N == 1 {
			cases = "1 case"
		}
		return &Warning{
			fmt.Sprintf("lead time: %s; the %s needs %d", cases, small.Of, small.Needs),
			fmt.Sprintf("время протекания: %s; для %s нужно не меньше %d", russian(small.N, "случай", "случая", "случаев"), small.Of, small.Needs),
		}
	case errors.Is(w, measure.ErrEmpty):
		return &Warning{"lead time: no case has events, so it cannot be told", "время протекания: ни в одном случае нет событий, определить его нельзя"}
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
