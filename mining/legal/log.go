package legal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// Config says how a log is judged.
type Config struct {
	// Calendar is the body's: its week, production calendar and time zone, in
	// which days begin and end. Its Decrees does not count: the rule says whether
	// days off by decree are days of rest for its term.
	Calendar calendar.Config
	// AsOf is the moment of judging: what comes after it is not seen. The zero
	// value is the time of the log's last event.
	AsOf time.Time
	// Today: cases are judged by the edition in force on the day of AsOf, whatever
	// was in force when they started.
	Today bool
	// Region picks among the values that a rule has for regions.
	Region string
	// Brief leaves out the timelines and courts of cases.
	Brief bool
}

// Validate reports all faults of the configuration.
func (cfg Config) Validate() error {
	if _, err := calendar.New(cfg.Calendar); err != nil {
		return fmt.Errorf("judging by a calendar: %w", err)
	}
	return nil
}

// Clock runs the rule's clock over every case of a log, which may hold recorded
// events or activity instances: of the latter a rule may name start and schedule
// too. Cases are in the order of the log. The error is that of the configuration
// or the context's. O(events) for the cases, times the events of a case that the
// rule names; cases are shared among the processors.
func Clock(ctx context.Context, l *eventlog.Log, rule *Rule, cfg Config) (*Result, error) {
	w, err := newJudge(l, rule, cfg)
	if err != nil {
		return nil, fmt.Errorf("running the clock of rule %q: %w", rule.ID, err)
	}
	out := &Result{Rule: rule.ID, Title: rule.Title, Log: l.Name(), AsOf: time.UnixMicro(w.now).In(w.calendars[0].Location()),
		Cases: make([]Case, l.Cases())}
	used := make([]int, l.Cases()) // edition of each case, −1 for none
	const chunk = 256
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			var room []moment // for the moments of a case, used again and again
			for {
				if err := ctx.Err(); err != nil {
					return err
				}
				from := int(next.Add(chunk)) - chunk
				if from >= len(out.Cases) {
					return nil
				}
				for i := from; i < min(from+chunk, len(out.Cases)); i++ {
					used[i] = w.judge(l.Case(i), &out.Cases[i], &room)
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out.sum(w, used)
	return out, nil
}

// judge holds what all cases of a log share.
type judge struct {
	rule       *Rule
	cfg        Config
	calendars  [2]*calendar.Calendar // decree days ordinary, decree days off
	now        int64
	words      []*words // of each edition
	vocabulary *match.Vocabulary
}

// hook is what a row of an activity may do to the clock.
type hook struct {
	rows *match.Matcher
	what what
	k    int
}

// words are the events of an edition, ready to be met.
type words struct {
	*Edition
	name   string
	hooks  [][]hook // by activity
	limits []limitTest
	when   []match.Test // of each extension
	courts [][2]*match.Matcher
}

type limitTest struct {
	when   match.Test
	events *match.Matcher
}

func newJudge(l *eventlog.Log, rule *Rule, cfg Config) (*judge, error) {
	w := &judge{rule: rule, cfg: cfg, vocabulary: match.Of(l)}
	for i, decrees := range []bool{false, true} {
		c := cfg.Calendar
		c.Decrees = decrees
		var err error
		if w.calendars[i], err = calendar.New(c); err != nil {
			return nil, err
		}
	}
	if len(rule.Editions) == 0 {
		return nil, errors.New("the rule has no edition")
	}
	if w.now = cfg.AsOf.UnixMicro(); cfg.AsOf.IsZero() {
		last := eventlog.NoTime
		for _, c := range l.All() {
			last = max(last, c.Last())
		}
		w.now = int64(max(last, eventlog.MinTime))
	}
	for _, e := range rule.Editions {
		k := &words{Edition: e, name: e.Name(), hooks: make([][]hook, l.Activities().Len())}
		add := func(list []match.Event, do what, i int) {
			m := w.vocabulary.Events(list)
			for code, named := range m.Activities() {
				if named {
					k.hooks[code] = append(k.hooks[code], hook{m, do, i})
				}
			}
		}
		add(e.Start, starts, 0)
		add(e.Stop, stops, 0)
		add(e.Posted, stopsByPost, 0)
		add(e.Restart, restarts, 0)
		for i, s := range e.Suspensions {
			add(s.On, suspends, i)
			add(s.Resume, resumes, i)
		}
		for i, x := range e.Extensions {
			add(x.On, extends, i)
			add(x.Application, applies, i)
			k.when = append(k.when, match.NewTest(x.When))
		}
		for _, limit := range e.Limits {
			k.limits = append(k.limits, limitTest{match.NewTest(limit.When), w.vocabulary.Events(limit.Events)})
		}
		for _, c := range e.Courts {
			k.courts = append(k.courts, [2]*match.Matcher{w.vocabulary.Events(c.From), w.vocabulary.Events(c.Until)})
		}
		w.words = append(w.words, k)
	}
	return w, nil
}

// judge fills in the case and returns the position of the edition used, −1 for none.
func (w *judge) judge(c eventlog.Case, out *Case, room *[]moment) int {
	nan := measure.Number(math.NaN())
	*out = Case{ID: c.ID(), State: Unknown, StartEvent: -1, FinishEvent: -1, Gross: nan, Net: nan, Suspended: nan, OverdueBy: nan, Remaining: nan,
		GrossSeconds: nan, SuspendedSeconds: nan, OverdueSeconds: nan,
		Extensions: []Added{}, Timeline: []Segment{}, Courts: []Time{}, Flags: []Flag{}}
	unknown := func(en, ru string, args ...any) {
		out.Reason = &match.Text{EN: fmt.Sprintf(en, args...), RU: fmt.Sprintf(ru, args...)}
	}
	at, moments, started := -1, []moment(nil), eventlog.NoTime
	for i, k := range w.words {
		ms, start := w.moments(c, k, (*room)[:0])
		*room = ms
		if start == eventlog.NoTime {
			continue
		}
		started = start
		day := calendar.DateOf(time.UnixMicro(int64(start)).In(w.calendars[0].Location()))
		if w.cfg.Today {
			day = calendar.DateOf(time.UnixMicro(w.now).In(w.calendars[0].Location()))
		}
		if w.rule.editionAt(day) == k.Edition {
			at, moments = i, ms
			break
		}
	}
	switch {
	case started == eventlog.NoTime && int64(c.First()) > w.now:
		unknown("the case had not begun by the moment of judging", "на момент оценки дело ещё не начато")
		return -1
	case started == eventlog.NoTime:
		unknown("no event that begins the term", "нет события, с которого начинается срок")
		return -1
	case at < 0:
		day := calendar.DateOf(time.UnixMicro(int64(started)).In(w.calendars[0].Location()))
		unknown("no edition of the rule was in force on %s", "на %s не действовала ни одна редакция нормы", day)
		return -1
	}
	k := w.words[at]
	out.Edition = k.name
	p := plan{edition: k.Edition, now: w.now}
	own, missing := w.term(c, k, &p)
	if missing != "" {
		unknown("the case lacks %q, which decides the length of the term", "в деле нет значения «%s», от которого зависит срок", missing)
		return at
	}
	if p.own == nil && p.term.Unit == "" {
		unknown("the case holds no due date, and the rule has no limit for it", "в деле нет установленного срока, а норма не даёт его для такого дела")
		return at
	}
	main := 0
	if k.DecreeDays {
		main = 1
	}
	p.calendar = w.calendars[main]
	r := follow(p, moments)
	if k.Due != nil && !own {
		r.flag(dueMissing, -1)
	}
	if w.cfg.Calendar.Production != nil && w.nearDecrees(r) {
		p.calendar = w.calendars[1-main]
		o := follow(p, moments)
		if o.deadline != r.deadline || o.overdue != r.overdue {
			out.Other = &Reading{[]string{"non-working", "ordinary"}[main], o.day.String(),
				time.UnixMicro(o.deadline).In(p.calendar.Location()), o.overdue}
			r.flag(decreeDiffers, -1)
		}
	}
	activity := func(row int) string { return c.Row(row).Activity }
	out.tell(r, activity)
	if !w.cfg.Brief {
		out.Timeline = timeline(r, activity)
		out.Courts = k.attribute(c, r)
	}
	return at
}

// nearDecrees reports whether the term, or what has passed, touches 2020 or 2021.
func (w *judge) nearDecrees(r *run) bool {
	from := calendar.NewDate(2020, 1, 1).Begin(r.calendar.Location()).UnixMicro()
	to := calendar.NewDate(2022, 1, 31).Begin(r.calendar.Location()).UnixMicro()
	return min(r.first, r.deadline) < to && max(r.evaluated, r.deadline) >= from
}
