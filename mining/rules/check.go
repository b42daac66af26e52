package rules

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// Config says how a log is checked.
type Config struct {
	// Calendar is the body's, for terms. It may be left out where no rule has a
	// term: the time zone of evidence is then UTC.
	Calendar calendar.Config
	AsOf     time.Time // the moment of judging; zero for the log's last event
	Today    bool      // deadlines by the edition in force on AsOf (legal.Config)
	Region   string    // of values by region (legal.Config)
	// Evidence bounds the violations told of each rule; 0 tells all.
	Evidence int
	Kept     bool // list the cases that keep each rule (Outcome.Kept)
}

// Validate reports all faults of the configuration.
func (cfg Config) Validate() error {
	var faults []error
	if cfg.Evidence < 0 {
		faults = append(faults, fmt.Errorf("bounding the evidence by %d: wanted 0 or more", cfg.Evidence))
	}
	if len(cfg.Calendar.Week) > 0 {
		if _, err := calendar.New(cfg.Calendar); err != nil {
			faults = append(faults, fmt.Errorf("checking terms by a calendar: %w", err))
		}
	}
	return errors.Join(faults...)
}

// verdict is what a rule says of a case.
type verdict uint8

const (
	notApplicable verdict = iota
	satisfied
	violated
	undecided
)

// Check checks every case of a log, of recorded events or activity instances,
// against every rule. Rules are shared among the processors; outcomes come in the
// order of the set. It fails where a term needs a calendar that is not given or
// wrong, and with the context's error. O(events) for each rule and for each pair
// of events that Same compares.
func Check(ctx context.Context, l *eventlog.Log, set *Set, cfg Config) (*Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &checker{log: l, cfg: cfg, vocabulary: match.Of(l)}
	if err := c.prepare(set); err != nil {
		return nil, err
	}
	c.ends = c.vocabulary.Events(set.CaseEnds)
	r := &Report{Log: l.Name(), Cases: l.Cases(), Events: l.Events(), AsOf: time.UnixMicro(c.now).In(c.location), Rules: make([]Outcome, len(set.Rules))}
	c.endsKnown = len(set.CaseEnds) > 0
	if doubts := c.vocabulary.Doubt(set.CaseEnds); len(doubts) > 0 {
		r.Warnings = append(r.Warnings, doubts...)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, rule := range set.Rules {
		g.Go(func() error {
			if err := c.check(ctx, rule, &r.Rules[i]); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return fmt.Errorf("checking rule %q: %w", rule.ID, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if !c.endsKnown && slices.ContainsFunc(set.Rules, (*Rule).waits) {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: "the rules do not say what ends a case (case-ends); every case is taken as ended, so what may yet happen in an open one counts as missing",
			RU: "в правилах не указано, чем завершается дело (case-ends); все дела считаются завершёнными, и то, что ещё может произойти, считается непроизошедшим"})
	}
	if c.location == time.UTC && cfg.Calendar.Location == nil {
		r.Warnings = append(r.Warnings, &measure.Doubt{EN: "no time zone is given; times are told in UTC", RU: "часовой пояс не задан; время указано по UTC"})
	}
	return r, nil
}

// waits reports whether a rule may be kept by what is yet to happen.
func (r *Rule) waits() bool {
	switch r.Kind {
	case Response, Succession, ChainResponse:
		return true
	case Count:
		return r.AtLeast > 0
	}
	return false
}

// checker holds what all rules share.
type checker struct {
	log        *eventlog.Log
	cfg        Config
	vocabulary *match.Vocabulary
	calendar   *calendar.Calendar // nil where none was given
	location   *time.Location
	now        int64
	ends       *match.Matcher
	endsKnown  bool
}

func (c *checker) prepare(set *Set) error {
	c.location = c.cfg.Calendar.Location
	if c.location == nil {
		c.location = time.UTC
	}
	if len(c.cfg.Calendar.Week) > 0 {
		c.calendar, _ = calendar.New(c.cfg.Calendar) // valid, as was seen
	}
	for _, r := range set.Rules {
		if c.calendar == nil && (r.Within != nil || r.Kind == Deadline) {
			return fmt.Errorf("checking rule %q: its term needs a calendar, and none is given", r.ID)
		}
	}
	if c.now = c.cfg.AsOf.UnixMicro(); c.cfg.AsOf.IsZero() {
		last := eventlog.MinTime
		for _, k := range c.log.All() {
			last = max(last, k.Last())
		}
		c.now = int64(last)
	}
	return nil
}

// check fills in the outcome of a rule.
func (c *checker) check(ctx context.Context, r *Rule, o *Outcome) error {
	*o = Outcome{ID: r.ID, Title: r.Title, Citation: r.Citation, Severity: r.Severity, Kind: r.Kind, Evidence: []Violation{}}
	unknown := c.doubts(r, o)
	if r.Kind == Deadline {
		return c.deadline(ctx, r, o, unknown)
	}
	w := c.newWork(r)
	reasons := map[match.Text]int{}
	since := 0
	for _, k := range c.log.All() {
		if since += k.Len() + 1; since > 1<<14 {
			since = 0
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		w.next()
		switch w.judge(k, unknown) {
		case notApplicable:
			o.NotApplicable++
		case satisfied:
			o.kept(k, c.cfg)
		case violated:
			o.broken(w)
		case undecided:
			o.Undecided++
			reasons[w.because]++
		}
	}
	o.finish(reasons)
	return nil
}

// next makes ready for another case.
func (w *work) next() { w.violations, w.found, w.because = 0, w.found[:0], match.Text{} }

// kept counts a case that keeps the rule.
func (o *Outcome) kept(k eventlog.Case, cfg Config) {
	o.Satisfied++
	if cfg.Kept {
		o.Kept = append(o.Kept, k.ID())
	}
}

// broken adds the violations of the case to the outcome.
func (o *Outcome) broken(w *work) {
	o.Violated++
	o.Violations += w.violations
	o.Evidence = append(o.Evidence, w.found...)
	w.shown += len(w.found)
}

// doubts records the names that the log does not hold. It returns why the rule
// cannot be checked: none of the names of one of its lists is there; nil where it
// can.
func (c *checker) doubts(r *Rule, o *Outcome) *match.Text {
	lists := [][]match.Event{r.First, r.Then, r.One, r.Other, r.Event, r.After, r.Before, r.WhenEvent}
	if r.Clock != nil {
		var stops []match.Event
		for _, e := range r.Clock.Editions {
			stops = slices.Concat(stops, e.Stop, e.Posted)
		}
		lists = append(lists, stops)
	}
	var why *match.Text
	for i, list := range lists {
		if len(list) == 0 {
			continue
		}
		doubts := c.vocabulary.Doubt(list)
		if i < 8 { // a clock tells its doubts itself
			o.Warnings = append(o.Warnings, doubts...)
		}
		if !c.vocabulary.Any(list) {
			n := named(list)
			why = &match.Text{EN: fmt.Sprintf("the log holds no event %s", n.EN), RU: fmt.Sprintf("в журнале нет события %s", n.RU)}
		}
	}
	o.Warnings = append(o.Warnings, c.vocabulary.DoubtCase(r.When)...)
	if len(r.Event) > 0 {
		o.Warnings = append(o.Warnings, c.vocabulary.DoubtEvent(r.Require)...)
	} else {
		o.Warnings = append(o.Warnings, c.vocabulary.DoubtCase(r.Require)...)
	}
	var same []match.Condition
	for _, s := range r.Same {
		same = append(same, match.Condition{Attribute: s})
	}
	if len(r.Roles) > 0 {
		same = append(same, match.Condition{Attribute: "org:role"})
	}
	o.Warnings = append(o.Warnings, c.vocabulary.DoubtEvent(same)...)
	if r.Accept {
		return nil
	}
	return why
}
