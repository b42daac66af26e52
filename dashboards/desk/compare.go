package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/rootcause"
	"github.com/uprava/uprava/mining/rules"
	"github.com/uprava/uprava/simulator"
)

// input tells the asker's faults from those of the program.
func input(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return err
	}
	return InputError{err}
}

// milestonesOf returns the milestones that the log's model declares.
func (d *Desk) milestonesOf(l *eventlog.Log) (performance.LeadConfig, *subject, error) {
	s, err := d.subjectOf(l.Name(), l.Meta())
	if err != nil || s == nil {
		return performance.LeadConfig{}, nil, err
	}
	return s.milestones(l), s, nil
}

// CompareBy compares the groups of a case attribute.
func (d *Desk) CompareBy(ctx context.Context, log string, look Look, attribute string, cfg cohort.Config) (*cohort.Each, *filter.Effect, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Lead, _, err = d.milestonesOf(v.Log); err != nil {
		return nil, nil, err
	}
	r, err := cohort.CompareEach(ctx, v.Log, attribute, cfg)
	return r, v.left(look), input(ctx, err)
}

// CompareWith compares a log, or a part of it, with another.
func (d *Desk) CompareWith(ctx context.Context, log string, look Look, other string, otherLook Look, cfg cohort.Config) (*cohort.Result, *filter.Effect, error) {
	a, err := d.View(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	b, err := d.View(ctx, other, otherLook)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Lead, _, err = d.milestonesOf(a.Log); err != nil {
		return nil, nil, err
	}
	r, err := cohort.Compare(ctx, a.Log, b.Log, cfg)
	return r, a.left(look), input(ctx, err)
}

// CompareBefore compares the cases that began at a moment or later with those
// that began before.
func (d *Desk) CompareBefore(ctx context.Context, log string, look Look, at eventlog.Time, cfg cohort.Config) (*cohort.Result, *filter.Effect, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	if cfg.Lead, _, err = d.milestonesOf(v.Log); err != nil {
		return nil, nil, err
	}
	a, b := cohort.Before(v.Log, at)
	if a.Cases() == 0 || b.Cases() == 0 {
		return nil, nil, InputError{fmt.Errorf("comparing %q before and from %s: %d cases began before and %d from then on", log, at.Go().Format(time.RFC3339), a.Cases(), b.Cases())}
	}
	r, err := cohort.Compare(ctx, a, b, cfg)
	return r, v.left(look), input(ctx, err)
}

// left is what a filter left, nil where none was given.
func (v *View) left(look Look) *filter.Effect {
	if look.Filter.Empty() {
		return nil
	}
	return &v.Effect
}

// OutcomeConfig says what Explain explains.
type OutcomeConfig struct {
	Outcome  string        // "late", "long", "lead-time", or the id of a rule of Rules
	Limit    time.Duration // of late; 0: the due date of each case, or the legal limit, of the log's model
	Due      string        // of late: case attribute with the moment by which a case must end
	Above    float64       // of long: quantile
	Rules    *rules.Set
	TimeZone *time.Location // in which terms of rules are reckoned
}

// Explain returns what goes with an outcome of the cases of a log.
func (d *Desk) Explain(ctx context.Context, log string, look Look, what OutcomeConfig, cfg rootcause.Config) (*rootcause.Result, *filter.Effect, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	lead, s, err := d.milestonesOf(v.Log)
	if err != nil {
		return nil, nil, err
	}
	var o rootcause.Outcome
	switch what.Outcome {
	case "long":
		o, err = rootcause.Longest(v.Log, what.Above, lead)
	case "lead-time":
		o, err = rootcause.LeadTime(v.Log, lead)
	case "late":
		o, err = d.late(v.Log, lead, s, what)
	default:
		o, err = broken(ctx, v.Log, what)
	}
	if err != nil {
		return nil, nil, input(ctx, err)
	}
	r, err := rootcause.Explain(ctx, v.Log, o, cfg)
	return r, v.left(look), input(ctx, err)
}

func (d *Desk) late(l *eventlog.Log, lead performance.LeadConfig, s *subject, what OutcomeConfig) (rootcause.Outcome, error) {
	if what.Limit == 0 && what.Due == "" && s != nil && s.process != nil && s.process.Limit != nil {
		if hasAttribute(l, simulator.DueKey) {
			what.Due = simulator.DueKey
		} else {
			what.Limit = time.Duration(s.process.Limit.Days) * 24 * time.Hour
		}
	}
	switch {
	case what.Due != "":
		if !hasAttribute(l, what.Due) {
			return rootcause.Outcome{}, fmt.Errorf("explaining %q: no case has the attribute %q", l.Name(), what.Due)
		}
		if !slices.ContainsFunc(l.CaseAttributes(), func(a eventlog.AttributeInfo) bool { return a.Path == what.Due && a.Kind == eventlog.KindTime }) {
			return rootcause.Outcome{}, fmt.Errorf("explaining %q: attribute %q holds no moments in time", l.Name(), what.Due)
		}
		ends := map[string]eventlog.Time{}
		times, err := performance.Between(l, performance.LeadConfig{To: lead.To})
		if err != nil {
			return rootcause.Outcome{}, err
		}
		for i, at := range times.Cases {
			c := l.Case(at)
			ends[c.ID()] = c.First() + eventlog.Time(times.Seconds[i]*1e6)
		}
		return rootcause.Where(l, "the case ended after its due date", "дело завершено позже срока", func(c eventlog.Case) (bool, bool) {
			due, ok := c.AttributeOf(what.Due, eventlog.KindTime)
			end, ended := ends[c.ID()]
			return ok && end > due.Stamp().Time, ok && ended
		}), nil
	case what.Limit > 0:
		return rootcause.Late(l, what.Limit, lead)
	}
	return rootcause.Outcome{}, fmt.Errorf("explaining %q: no limit is known; give one such as 30d, or the case attribute that holds the due date", l.Name())
}

// broken is the outcome "the case breaks this rule".
func broken(ctx context.Context, l *eventlog.Log, what OutcomeConfig) (rootcause.Outcome, error) {
	if what.Rules == nil {
		return rootcause.Outcome{}, fmt.Errorf("outcome %q: wanted late, long, lead-time, or the id of a rule together with a file of rules", what.Outcome)
	}
	var names []string
	for _, r := range what.Rules.Rules {
		names = append(names, r.ID)
		if r.ID != what.Outcome {
			continue
		}
		one := &rules.Set{CaseEnds: what.Rules.CaseEnds, Rules: []*rules.Rule{r}}
		report, err := rules.Check(ctx, l, one, rules.Config{Calendar: fiveDays(what.TimeZone), Kept: true})
		if err != nil {
			return rootcause.Outcome{}, err
		}
		out := report.Rules[0]
		if out.Violated == 0 {
			return rootcause.Outcome{}, fmt.Errorf("no case breaks rule %q: there is nothing to explain", r.ID)
		}
		known := map[string]bool{} // by case: whether it breaks the rule
		for _, id := range out.Kept {
			known[id] = false
		}
		for _, e := range out.Evidence {
			known[e.Case] = true
		}
		return rootcause.Where(l, r.Title.In("en")+": broken", r.Title.In("ru")+": нарушено", func(c eventlog.Case) (bool, bool) {
			broken, ok := known[c.ID()]
			return broken, ok
		}), nil
	}
	return rootcause.Outcome{}, fmt.Errorf("no rule %q; there are %q", what.Outcome, names)
}
