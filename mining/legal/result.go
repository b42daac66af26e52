package legal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// Result is a rule's clock over a log.
type Result struct {
	Rule     string       `json:"rule"`
	Title    match.Text   `json:"title"`
	Log      string       `json:"log"`
	AsOf     time.Time    `json:"as_of"`
	Summary  Summary      `json:"summary"`
	Editions []EditionUse `json:"editions"`
	Cases    []Case       `json:"cases"`
	Warnings []error      `json:"-"` // as JSON "warnings", their sentences
}

// EditionUse is an edition by which cases were judged.
type EditionUse struct {
	Edition      string       `json:"edition"`
	Citation     match.Text   `json:"citation"`
	Roll         Direction    `json:"roll"`
	RollCitation match.Text   `json:"roll_citation"`
	Checks       []match.Text `json:"to_be_checked"`
	Cases        int          `json:"cases"`
}

// Summary counts the cases. Cases = Finished + Open + Unknown; Finished = InTime
// + Late; those Open are past their deadline (OpenOverdue) or not.
type Summary struct {
	Cases       int `json:"cases"`
	Finished    int `json:"finished"`
	Open        int `json:"open"`
	Unknown     int `json:"unknown"`
	InTime      int `json:"in_time"`
	Late        int `json:"late"`
	OpenOverdue int `json:"open_overdue"`
	// ShareInTime is InTime / N, N being InTime + Late + OpenOverdue: an open case
	// past its deadline is a breach, one not yet due says nothing. NaN where N is
	// 0. Interval: Wilson's, 95 %; nil where N is 0.
	ShareInTime measure.Number    `json:"share_in_time"`
	N           int               `json:"n"`
	Interval    *measure.Interval `json:"interval"`
	UnknownOf   []Count           `json:"unknown_because"` // the most frequent first
	Flags       []Count           `json:"flags"`           // cases with each flag
}

// Count is a number of cases and what they have in common.
type Count struct {
	Kind  string     `json:"kind"`
	Text  match.Text `json:"text"`
	Cases int        `json:"cases"`
}

// MarshalJSON returns the fields and the sentences of the warnings.
func (r *Result) MarshalJSON() ([]byte, error) {
	type fields Result
	return json.Marshal(struct {
		*fields
		Warnings []string `json:"warnings"`
	}{(*fields)(r), measure.Texts(r.Warnings)})
}

// Overdue returns the cases that breach the term, the longest overdue by the wall
// clock first, ties by case.
func (r *Result) Overdue() []*Case {
	var out []*Case
	for i := range r.Cases {
		if r.Cases[i].Overdue {
			out = append(out, &r.Cases[i])
		}
	}
	slices.SortStableFunc(out, func(a, b *Case) int {
		return cmp.Or(cmp.Compare(b.OverdueSeconds, a.OverdueSeconds), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// EnoughForShare is the number of cases below which a share is warned of.
const EnoughForShare = 30

func (r *Result) sum(w *judge, used []int) {
	s := &r.Summary
	s.Cases = len(r.Cases)
	unknown, flags := map[match.Text]int{}, map[string]int{}
	cases := make([]int, len(w.words))
	provisional := 0
	for i := range r.Cases {
		c := &r.Cases[i]
		if used[i] >= 0 {
			cases[used[i]]++
		}
		switch {
		case c.State == Unknown:
			s.Unknown++
			unknown[*c.Reason]++
		case c.State == Finished && c.Overdue:
			s.Finished, s.Late = s.Finished+1, s.Late+1
		case c.State == Finished:
			s.Finished, s.InTime = s.Finished+1, s.InTime+1
		default:
			s.Open++
			if c.Overdue {
				s.OpenOverdue++
			}
		}
		seen := map[string]bool{}
		for _, f := range c.Flags {
			if !seen[f.Kind] {
				seen[f.Kind] = true
				flags[f.Kind]++
			}
		}
		if p := w.cfg.Calendar.Production; p != nil && c.Deadline != nil && (p.Provisional(c.Start.Year()) || p.Provisional(c.Deadline.Year())) {
			provisional++
		}
	}
	for text, n := range unknown {
		s.UnknownOf = append(s.UnknownOf, Count{"unknown", text, n})
	}
	for kind, n := range flags {
		s.Flags = append(s.Flags, Count{kind, flagTexts[kind], n})
	}
	for _, list := range []*[]Count{&s.UnknownOf, &s.Flags} {
		slices.SortFunc(*list, func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.Cases, a.Cases), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Text.EN, b.Text.EN))
		})
		if *list == nil {
			*list = []Count{}
		}
	}
	s.N = s.InTime + s.Late + s.OpenOverdue
	s.ShareInTime = measure.Number(math.NaN())
	if s.N > 0 {
		s.ShareInTime = measure.Number(float64(s.InTime) / float64(s.N))
		if iv, err := measure.ShareInterval(s.InTime, s.N, 0.95); err == nil {
			s.Interval = &iv
		}
	}
	r.Editions = []EditionUse{}
	for i, k := range w.words {
		if cases[i] > 0 {
			r.Editions = append(r.Editions, EditionUse{k.Name(), k.Citation, k.Roll.Direction, k.Roll.Citation,
				append([]match.Text{}, k.checks(w.cfg.Region)...), cases[i]})
		}
	}
	r.warn(w, cases, provisional)
}

// warn gathers what a reader of the summary should know.
func (r *Result) warn(w *judge, cases []int, provisional int) {
	doubt := func(en, ru string, args ...any) {
		r.Warnings = append(r.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)})
	}
	s := &r.Summary
	r.Warnings = append(r.Warnings, w.doubts(cases)...)
	for _, u := range s.UnknownOf {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d cases cannot be judged: %s", u.Cases, s.Cases, u.Text.In("en")),
			RU: fmt.Sprintf("не могут быть оценены дела, %d из %d: %s", u.Cases, s.Cases, u.Text.In("ru"))})
	}
	for _, f := range s.Flags {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d cases: %s", f.Cases, f.Text.In("en")), RU: fmt.Sprintf("дел: %d: %s", f.Cases, f.Text.In("ru"))})
	}
	seen := map[match.Text]bool{}
	for _, e := range r.Editions {
		for _, c := range e.Checks {
			if !seen[c] {
				seen[c] = true
				r.Warnings = append(r.Warnings, &measure.Doubt{
					EN: "to be checked against the text: " + c.In("en"), RU: "сверить с текстом нормы: " + c.In("ru")})
			}
		}
	}
	if s.N == 0 {
		doubt("no case is finished or past its deadline; there is no share in time", "ни одно дело не завершено и не просрочено; доли в срок нет")
	} else if s.N < EnoughForShare {
		doubt("the share in time rests on %d cases", "доля в срок рассчитана по малому числу дел: %d", s.N)
	}
	if provisional > 0 {
		doubt("%d cases touch a year whose production calendar is computed from the Labour Code, not set by an act",
			"дел, затрагивающих год, производственный календарь которого рассчитан по Трудовому кодексу, а не утверждён: %d", provisional)
	}
	if w.cfg.Calendar.Location == nil {
		doubt("no time zone is given; days begin and end by UTC", "часовой пояс не задан; сутки считаются по UTC")
	}
	if w.cfg.Today {
		day := calendar.DateOf(r.AsOf)
		doubt("all cases are judged by the edition in force on %s, not by that of their own time",
			"все дела оценены по редакции, действующей на %s, а не на день начала их срока", day)
	}
}

// doubts tells which names of the editions used, of all where none was, the log
// does not hold, each once, in the order of the rule; and that a region is asked for.
func (w *judge) doubts(cases []int) []error {
	var out []error
	seen := map[string]bool{}
	add := func(list []error) {
		for _, err := range list {
			if !seen[err.Error()] {
				seen[err.Error()] = true
				out = append(out, err)
			}
		}
	}
	judged := slices.Max(cases) > 0
	for i, k := range w.words {
		if judged && cases[i] == 0 {
			continue
		}
		v := w.vocabulary
		for _, list := range [][]match.Event{k.Start, k.Stop, k.Posted, k.Restart} {
			add(v.Doubt(list))
		}
		for _, s := range k.Suspensions {
			add(v.Doubt(slices.Concat(s.On, s.Resume)))
		}
		for _, x := range k.Extensions {
			add(v.Doubt(slices.Concat(x.On, x.Application)))
			add(v.DoubtCase(x.When))
		}
		for _, l := range k.Limits {
			add(v.Doubt(l.Events))
			add(v.DoubtCase(l.When))
		}
		for _, c := range k.Courts {
			add(v.Doubt(slices.Concat(c.From, c.Until)))
		}
		if len(k.Regions) > 0 && !slices.ContainsFunc(k.Regions, func(r Regional) bool { return r.Region == w.cfg.Region }) {
			add([]error{&measure.Doubt{
				EN: fmt.Sprintf("the rule has values of regions, none for %q; its general limit, where it has one, was used", w.cfg.Region),
				RU: fmt.Sprintf("норма содержит значения по регионам, для %q значения нет; применён общий срок, если он есть", w.cfg.Region)}})
		}
	}
	return out
}
