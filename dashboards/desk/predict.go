package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/simulator"
)

// Forecast is what is predicted of the open cases of a log.
type Forecast struct {
	*predict.Result
	LimitDays float64        `json:"limit_days,omitempty"` // wall clock; 0 for none
	Filter    *filter.Effect `json:"filter,omitempty"`
	Texts     []string       `json:"warnings"` // English
	Doubts    []error        `json:"-"`
}

// Predict predicts the open cases of a log. Where the log's model declares what
// ends a case, what comes after that is left out; the due date that its cases have,
// else its legal limit in days from the first event, is taken where cfg names none.
func (d *Desk) Predict(ctx context.Context, log string, look Look, cfg predict.Config) (*Forecast, error) {
	return d.predict(ctx, log, look, cfg, 0)
}

// predict is Predict by the most recent cases of at most so many events, and of the open
// ones those that are due first; 0 for all of them.
func (d *Desk) predict(ctx context.Context, log string, look Look, cfg predict.Config, most int) (*Forecast, error) {
	seen, err := d.Seen(ctx, log, look)
	if err != nil {
		return nil, err
	}
	v := *seen // which is shared
	var doubts []error
	s, err := d.subjectOf(log, v.Log.Meta())
	if err != nil {
		return nil, err
	}
	if s != nil && s.process != nil && look.Classifier == "" {
		if end := s.milestones(v.Log).To.Activity; end != "" && len(cfg.Ends) == 0 {
			cfg.Ends = s.endings(v.Log)
			v.Log = until(v.Log, end)
		}
		if l := s.process.Limit; l != nil && cfg.Limit == 0 && cfg.Due == "" && hasAttribute(v.Log, simulator.DueKey) {
			cfg.Due = simulator.DueKey
		} else if l != nil && cfg.Limit == 0 && cfg.Due == "" {
			cfg.Limit = time.Duration(l.Days) * 24 * time.Hour
			doubts = append(doubts, &measure.Doubt{
				EN: fmt.Sprintf("the limit is taken as %d days of 24 hours from the first event; extensions and other lawful limits are not known here", l.Days),
				RU: fmt.Sprintf("срок взят как %d суток от первого события; продления и иные законные сроки здесь не учтены", l.Days),
			})
		}
	}
	if cfg.Calendar == nil {
		cfg.Calendar = office()
	}
	if most > 0 && v.Log.Events() > most {
		all := v.Log.Cases()
		v.Log = recent(v.Log, cfg, most)
		doubts = append(doubts, &measure.Doubt{
			EN: fmt.Sprintf("the forecast rests on the most recent %d of %d cases, so that it is there in a minute", v.Log.Cases(), all),
			RU: fmt.Sprintf("прогноз построен по последним делам (%d из %d), чтобы не ждать его долго", v.Log.Cases(), all),
		})
	}
	r, err := predict.Predict(ctx, v.Log, cfg)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			err = InputError{err}
		}
		return nil, err
	}
	f := &Forecast{Result: r, LimitDays: cfg.Limit.Hours() / 24, Doubts: append(doubts, r.Warnings...)}
	f.Texts = measure.Texts(f.Doubts)
	if !look.Filter.Empty() {
		f.Filter = &v.Effect
	}
	return f, nil
}

// recent returns the cases that were active last, of at most so many events. Where it is
// known what ends a case, half of them may be open ones, those that are due first.
func recent(l *eventlog.Log, cfg predict.Config, most int) *eventlog.Log {
	ends := map[eventlog.Code]bool{}
	for _, name := range cfg.Ends {
		if code, ok := l.Activities().Code(name); ok {
			ends[code] = true
		}
	}
	type place struct {
		at   int
		when eventlog.Time
	}
	var open, ended []place
	for i, c := range l.All() {
		switch {
		case c.Len() == 0:
		case len(ends) > 0 && !ends[c.Activities()[c.Len()-1]]:
			due := c.First()
			if v, ok := c.AttributeOf(cfg.Due, eventlog.KindTime); ok {
				due = v.Stamp().Time
			}
			open = append(open, place{i, due})
		default:
			ended = append(ended, place{i, -c.Last()})
		}
	}
	keep := make([]bool, l.Cases())
	take := func(list []place, events int) (left int) {
		slices.SortFunc(list, func(a, b place) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.at, b.at)) })
		for _, p := range list {
			if events -= l.Case(p.at).Len(); events < 0 {
				break
			}
			keep[p.at] = true
		}
		return max(0, events)
	}
	take(ended, most/2+take(open, most/2))
	at := -1
	return l.Where(func(eventlog.Case) bool { at++; return keep[at] })
}

func hasAttribute(l *eventlog.Log, path string) bool {
	return slices.ContainsFunc(l.CaseAttributes(), func(a eventlog.AttributeInfo) bool { return a.Path == path })
}

// until returns the log in which each case ends with its first occurrence of an
// activity.
func until(l *eventlog.Log, end string) *eventlog.Log {
	code, ok := l.Activities().Code(end)
	if !ok {
		return l
	}
	last := 0 // of the case at hand
	return l.WhereEvents(func(c eventlog.Case, i int) bool {
		if i == 0 {
			last = c.Len()
			for k, a := range c.Activities() {
				if a == code {
					last = k
					break
				}
			}
		}
		return i <= last
	})
}
