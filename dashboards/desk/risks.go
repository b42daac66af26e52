package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/predict"
)

// Risks are the open cases of a log by their risk of breach.
type Risks struct {
	AsOf     time.Time      `json:"as_of"`
	Open     int            `json:"open"`
	Overdue  int            `json:"overdue"` // their due date has passed
	AtRisk   int            `json:"at_risk"` // not overdue, and more likely than not to be
	Limited  bool           `json:"limited"` // a due date is known of at least one
	Forecast bool           `json:"forecast"`
	Cases    []predict.Case `json:"cases"` // the most probable breaches first, mostRisks at most
	// Of the same way of predicting on the last part of the log, in States states: its
	// Brier score and that of the base rate; Beats says whether it did better than the
	// simple ways.
	States int             `json:"states"`
	Brier  measure.Number  `json:"brier"`
	Base   measure.Number  `json:"brier_base_rate"`
	Beats  bool            `json:"beats"`
	Doubts []measure.Doubt `json:"doubts"`
}

// mostRisks bounds the open cases that are kept.
const mostRisks = 2000

// mostPredictedBy is how many events a forecast rests on: some ten seconds of work.
const mostPredictedBy = 60_000

// doubtsOf keeps warnings in both languages, so that they come back from JSON.
func doubtsOf(warnings []error) []measure.Doubt {
	out := make([]measure.Doubt, len(warnings))
	ru, en := measure.TextsIn("ru", warnings), measure.TextsIn("en", warnings)
	for i := range out {
		out[i] = measure.Doubt{EN: en[i], RU: ru[i]}
	}
	return out
}

// Risks predicts the open cases of a log; kept over restarts. Where the log holds too
// little to predict by, its open cases are listed by their due dates, Forecast is false
// and a doubt says why.
func (d *Desk) Risks(ctx context.Context, log string, look Look) (*Risks, error) {
	return Lasting(ctx, d, log, "risks by all ends\x00"+look.String(), func(ctx context.Context) (*Risks, error) {
		var cfg predict.Config
		if !look.AsOf.IsZero() {
			cfg.AsOf = eventlog.Time(look.AsOf.UnixMicro())
		}
		f, err := d.predict(ctx, log, look, cfg, mostPredictedBy)
		if err != nil {
			if ctx.Err() != nil || !errors.Is(err, predict.ErrTooLittle) {
				return nil, err
			}
			r, err := d.Due(ctx, log, look)
			if err == nil {
				r.Doubts = append([]measure.Doubt{{
					EN: "too few cases have ended to predict the open ones: they are listed by their due dates",
					RU: "завершённых дел слишком мало для прогноза: открытые дела показаны по срокам",
				}}, r.Doubts...)
			}
			return r, err
		}
		q := f.Quality.Breach
		r := &Risks{Forecast: true, States: q.N, Brier: q.Brier, Base: q.Base, Beats: q.Beats, Doubts: doubtsOf(f.Doubts), Cases: []predict.Case{}}
		if r.AsOf, err = time.Parse(time.RFC3339, f.AsOf); err != nil {
			return nil, err
		}
		for _, c := range f.Open {
			if c.Over > 0.5 {
				continue // most likely ended
			}
			r.add(c)
		}
		return r, d.countOpen(ctx, log, look, r)
	})
}

// countOpen counts the open cases, and those that are overdue, as the board does: those
// that the forecast left out are among them.
func (d *Desk) countOpen(ctx context.Context, log string, look Look, r *Risks) error {
	s, err := d.about(ctx, log)
	if err != nil {
		return err
	}
	o, err := d.outline(ctx, log, look, s)
	if err != nil || o.Lead.To.Activity == "" {
		return err
	}
	now := eventlog.Time(r.AsOf.UnixMicro())
	r.Open, r.Overdue = 0, 0
	for i := range o.IDs {
		if o.Open(i) {
			r.Open++
			if o.Due[i] != eventlog.NoTime && now >= o.Due[i] {
				r.Overdue++
			}
		}
	}
	return nil
}

// Reliable reports whether the breaches are foretold, and better than by simple guesses:
// only then are the cases at risk counted.
func (r *Risks) Reliable() bool { return r.Forecast && r.Limited && r.Beats }

func (r *Risks) add(c predict.Case) {
	r.Open++
	r.Limited = r.Limited || c.Due != ""
	switch {
	case c.Overdue:
		r.Overdue++
	case c.Breach != nil && *c.Breach >= 0.5:
		r.AtRisk++
	}
	if len(r.Cases) < mostRisks {
		r.Cases = append(r.Cases, c)
	}
}

// Due lists the open cases of a log by due date, without a forecast: none of them is at
// risk, they are overdue or not. O(cases) once the outline of the log is known.
func (d *Desk) Due(ctx context.Context, log string, look Look) (*Risks, error) {
	s, err := d.about(ctx, log)
	if err != nil {
		return nil, err
	}
	o, err := d.outline(ctx, log, look, s)
	if err != nil {
		return nil, err
	}
	r := &Risks{AsOf: look.AsOf, Cases: []predict.Case{}, Doubts: []measure.Doubt{}}
	if r.AsOf.IsZero() {
		for _, t := range o.Last {
			if at := t.Go(); at.After(r.AsOf) {
				r.AsOf = at
			}
		}
	}
	if o.Lead.To.Activity == "" {
		r.Doubts = append(r.Doubts, measure.Doubt{EN: "nothing says when a case of this log has ended", RU: "не задано, чем заканчивается дело этого журнала"})
		return r, nil
	}
	for _, i := range byDue(o) {
		r.add(openCase(o, i, r.AsOf))
	}
	return r, nil
}

// byDue returns the positions of the open cases by due date, those without last.
func byDue(o *outline.Outline) []int {
	var open []int
	for i := range o.IDs {
		if o.Open(i) {
			open = append(open, i)
		}
	}
	due := func(i int) eventlog.Time {
		if o.Due[i] == eventlog.NoTime {
			return eventlog.MaxTime
		}
		return o.Due[i]
	}
	slices.SortFunc(open, func(x, y int) int { return cmp.Or(cmp.Compare(due(x), due(y)), cmp.Compare(o.IDs[x], o.IDs[y])) })
	return open
}

func openCase(o *outline.Outline, i int, asOf time.Time) predict.Case {
	none := measure.Number(unknown.Value)
	c := predict.Case{ID: o.IDs[i], Activity: o.Activities[o.At[i]], Since: o.Last[i].Go().UTC().Format(time.RFC3339), Elapsed: measure.Number(asOf.Sub(o.From[i].Go()).Seconds()),
		Over: none, Remaining: none, Low: none, High: none, Next: []predict.NextActivity{}}
	if o.Due[i] != eventlog.NoTime {
		c.Due, c.Overdue = o.Due[i].Go().UTC().Format(time.RFC3339), !asOf.Before(o.Due[i].Go())
	}
	return c
}

// Narrow are the bottlenecks of a log.
type Narrow struct {
	*performance.Bottlenecks
	Doubts []measure.Doubt `json:"doubts"`
}

// Narrow returns what each activity contributes to the lead times of a log; kept over
// restarts.
func (d *Desk) Narrow(ctx context.Context, log string, look Look) (*Narrow, error) {
	return Lasting(ctx, d, log, "bottlenecks\x00"+look.String(), func(ctx context.Context) (*Narrow, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		b, err := performance.FindBottlenecks(ctx, v.Log, performance.Config{Calendar: office()})
		if err != nil {
			return nil, err
		}
		return &Narrow{b, doubtsOf(append(v.Pairing.Warnings(), b.Warnings...))}, nil
	})
}
