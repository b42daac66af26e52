package desk

import (
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
