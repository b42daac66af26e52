package cohort

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/measure"
)

// doubts says what a reader of the figures should know.
func (c *comparison) doubts() {
	warn := func(en, ru string, args ...any) {
		c.Warnings = append(c.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)})
	}
	a, b := c.A, c.B
	if c.few {
		warn("%d cases and %d; testing needs %d of each, so nothing is tested",
			"случаев %d и %d; для проверки нужно по %d, поэтому ничего не проверено", a.Cases-a.Empty, b.Cases-b.Empty, c.cfg.MinCases)
	} else if n := min(a.Cases-a.Empty, b.Cases-b.Empty); n < measure.EnoughForMean {
		warn("the smaller cohort has %d cases; the interval of a mean needs %d, only large differences can be seen",
			"в меньшей группе %d случаев; интервалу среднего нужно %d, заметны лишь большие различия", n, measure.EnoughForMean)
	}
	for _, s := range []Side{a, b} {
		if s.Empty > 0 {
			warn("%q: %d of %d cases have no events and are compared in nothing but attributes",
				"«%s»: у %d из %d случаев нет событий, сравниваются только их признаки", s.Name, s.Empty, s.Cases)
		}
		if s.Open > 0 {
			warn("%q: %d of %d cases are open and take no part in lead times; slow cases are among them more often than quick ones",
				"«%s»: %d из %d случаев не завершены и в сроки не входят; среди них чаще медленные", s.Name, s.Open, s.Cases)
		}
	}
	if a.Open < 0 {
		ga, gb := share(a.Going, a.Cases), share(b.Going, b.Cases)
		if max(ga, gb) > 0.05 {
			warn("which activities end a case is not declared; perhaps still going are %d of %d cases of %q and %d of %d of %q, whose lead times are counted as if they had ended",
				"не задано, чем завершается случай; возможно, ещё идут %d из %d случаев «%s» и %d из %d «%s», их сроки учтены как законченные",
				a.Going, a.Cases, a.Name, b.Going, b.Cases, b.Name)
		}
	}
	c.unequalFollowUp(warn)
	if v := c.Variants; float64(v.Expected) > 0.8 {
		warn("most cases follow a variant of their own: by chance alone the distance of variants would be %.2f; read that of directly-follows pairs",
			"у большинства случаев свой вариант: расстояние вариантов и случайно было бы %.2f; смотрите расстояние по парам следования", float64(v.Expected))
	}
	var named []string
	for _, d := range c.Mix {
		if d.Adjusted <= measure.Number(c.Level) && d.Size != measure.Negligible {
			named = append(named, d.Attribute)
		}
	}
	if len(named) > 0 {
		warn("the cohorts hold different cases: they differ in %s; a difference in time or course may come from that",
			"состав групп различен: отличаются %s; различие сроков или хода может идти от этого", listed(named))
	}
	for _, f := range c.Families {
		if f.Rare > 0 && f.Name != familyMix {
			warn("%s: %d are too rare to test (fewer than %d cases)", "%s: слишком редких %d, они не проверены (менее %d случаев)", f.Name, f.Rare, c.cfg.MinCases)
		}
	}
	for _, w := range c.Waiting {
		if w.Since == "previous" {
			warn("starts are not recorded in both cohorts: what stands for waiting is the time since the event before, work included",
				"начала работ записаны не в обеих группах: вместо ожидания взято время от предыдущего события, вместе с работой")
			break
		}
	}
	warn("a difference between cohorts is an association: what made it these figures do not tell",
		"различие групп — это связь; из этих чисел не следует, что её вызвало")
}

// unequalFollowUp warns where one cohort had less time to become slow in: half its
// cases are followed for less than the other cohort's p95 of lead time.
func (c *comparison) unequalFollowUp(warn func(en, ru string, args ...any)) {
	if c.LeadTime == nil {
		return
	}
	for _, p := range [][2]*Side{{&c.A, &c.B}, {&c.B, &c.A}} {
		other := c.LeadTime.B
		if p[0] == &c.B {
			other = c.LeadTime.A
		}
		if float64(p[0].FollowUp) < other.P95 && p[0].FollowUp < p[1].FollowUp {
			warn("%q is followed for less time: half its cases for under %s, while 5%% of %q took over %s; long cases of it may be missing",
				"«%s» наблюдается меньше: половина случаев менее %[5]s, тогда как 5%% случаев «%[3]s» длились более %[6]s; долгих случаев может недоставать",
				p[0].Name, measure.FormatSeconds(language.English, float64(p[0].FollowUp)), p[1].Name, measure.FormatSeconds(language.English, other.P95),
				measure.FormatSeconds(language.Russian, float64(p[0].FollowUp)), measure.FormatSeconds(language.Russian, other.P95))
		}
	}
}

func share(k, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

// listed joins names, the first five and how many more.
func listed(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + fmt.Sprintf(" (+%d)", len(names)-5)
	}
	return strings.Join(names, ", ")
}

// Headline returns, in the language "ru" or "en", what the comparison found of
// lead time, course, rework and breaches, a sentence each.
func (r *Result) Headline(lang string) []string {
	var out []string
	say := func(en, ru string, args ...any) {
		if lang == "ru" {
			en = ru
		}
		out = append(out, fmt.Sprintf(en, args...))
	}
	tag := language.English
	if lang == "ru" {
		tag = language.Russian
	}
	if t := r.LeadTime; t != nil {
		a, b := measure.FormatSeconds(tag, t.A.Median), measure.FormatSeconds(tag, t.B.Median)
		say("Median lead time: %s %s (n=%d), %s %s (n=%d); shift %s, effect %s, %s.",
			"Медиана срока: %s — %s (n=%d), %s — %s (n=%d); сдвиг %s, эффект %s, %s.",
			r.A.Name, a, t.A.N, r.B.Name, b, t.B.N, measure.FormatSeconds(tag, float64(t.Shift.Value)), t.Size.In(lang), r.verdict(lang, t.Adjusted))
	}
	say("Course: distance of directly-follows pairs %s, by chance %s, %s.", "Ход: расстояние по парам следования %s, случайно было бы %s, %s.",
		number(r.Profile.Value), number(r.Profile.Expected), r.verdict(lang, r.Profile.Adjusted))
	for _, s := range []struct {
		en, ru string
		*Share
	}{{"Cases with rework", "Случаи с повторами", r.Rework}, {"Breaches", "Нарушения", r.Breach}} {
		if s.Share == nil {
			continue
		}
		name := s.en
		if lang == "ru" {
			name = s.ru
		}
		say("%s: %s %s (%d/%d), %s %s (%d/%d); effect %s, %s.", "%s: %s — %s (%d/%d), %s — %s (%d/%d); эффект %s, %s.", name,
			r.A.Name, measure.Format(tag, s.A.Share(), measure.Share), s.A.K, s.A.N,
			r.B.Name, measure.Format(tag, s.B.Share(), measure.Share), s.B.K, s.B.N, s.Size.In(lang), r.verdict(lang, s.Adjusted))
	}
	return out
}

// verdict says whether an adjusted probability is up to the level.
func (r *Result) verdict(lang string, p measure.Number) string {
	words := [3]string{"not tested", "more than chance", "could be chance"}
	if lang == "ru" {
		words = [3]string{"не проверено", "не случайно", "может быть случайным"}
	}
	switch {
	case math.IsNaN(float64(p)):
		return words[0]
	case float64(p) <= r.Level:
		return words[1] + " (" + chance(lang, p) + ")"
	}
	return words[2] + " (" + chance(lang, p) + ")"
}

// chance is a probability as people read it: three decimals, none below 0.001.
func chance(lang string, p measure.Number) string {
	s := fmt.Sprintf("p = %.3f", float64(p))
	if float64(p) < 0.001 {
		s = "p < 0.001"
	}
	if lang == "ru" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func number(x measure.Number) string {
	if math.IsNaN(float64(x)) {
		return measure.Unknown
	}
	return fmt.Sprintf("%.3g", float64(x))
}

// MarshalJSON returns the fields and "warnings", in English.
func (r *Result) MarshalJSON() ([]byte, error) {
	type plain Result
	return json.Marshal(struct {
		*plain
		Warnings []string `json:"warnings"`
	}{(*plain)(r), measure.Texts(r.Warnings)})
}
