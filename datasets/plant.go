package datasets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/rules"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Planted is a violation that a generated log holds on purpose: the one rule that
// its case breaks, and the events that were changed to break it.
type Planted struct {
	Case   string  `json:"case"`
	Rule   string  `json:"rule"`
	How    string  `json:"how"`
	Events []Moved `json:"events"`
}

// Moved is an event with the time that the simulation gave it and that in the log;
// nil where it was taken out.
type Moved struct {
	Activity string     `json:"activity"`
	Was      time.Time  `json:"was"`
	Is       *time.Time `json:"is"`
}

// plan is what generate.yaml says: how many years the logs of the pack hold, how they
// are spoiled, and the violations to plant in the log of a process. Terms are judged by
// the calendar.
//
//	years: 2
//	dirt: {no-start: 0.03, late: 0.02, late-up-to: 6 h}
//	process: expertise
//	calendar: office
//	violations:
//	  - {rule: registry-before-delivery, n: 5, how: drop, activity: registry}
//	  - {rule: coordinated-before-signed, n: 5, how: swap, activity: coordinated, of: signed}
//	  - {rule: checked-in-time, n: 4, how: earlier, activity: submitted, by: 14 d}
//
// Activities are nodes of the process, of a list the one that came first; how is
//
//	drop             it did not happen
//	swap             it and the activity "of" change places
//	before, after    it was completed so long ("by") before the first, after the last "of"
//	earlier, later   it happened so long before, after its time
type plan struct {
	years             int // of a system; 0 for the period of the twin
	dirt              dirt
	process, calendar string
	violations        []violation
}

type violation struct {
	rule       string
	n          int
	how        string
	activities []string
	of         string
	by         time.Duration
}

var ways = []string{"drop", "swap", "before", "after", "earlier", "later"}

// plan returns an empty one where the pack plants nothing.
func (p *Pack) plan() (*plan, error) {
	const name = "generate.yaml"
	data, err := fs.ReadFile(p.files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return &plan{}, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	f := doc.Root().Mapping("years", "dirt", "process", "calendar", "violations")
	out := &plan{}
	if v, ok := f.Get("years"); ok {
		out.years = v.Integer()
	}
	if v, ok := f.Get("dirt"); ok {
		out.dirt = readDirt(v)
	}
	if v, ok := f.Get("violations"); ok {
		out.process, out.calendar = text(f, "process"), text(f, "calendar")
		for _, item := range v.List() {
			g := item.Mapping("rule", "n", "how", "activity", "of", "by")
			x := violation{rule: text(g, "rule")}
			if v, ok := g.Need("n"); ok {
				x.n = v.Integer()
			}
			if v, ok := g.Need("how"); ok {
				x.how = v.OneOf(ways...)
			}
			if v, ok := g.Need("activity"); ok {
				for _, a := range v.ListOrText() {
					x.activities = append(x.activities, a.Text())
				}
			}
			if slices.Contains([]string{"swap", "before", "after"}, x.how) {
				x.of = text(g, "of")
			}
			if slices.Contains([]string{"before", "after", "earlier", "later"}, x.how) {
				x.by = time.Duration(seconds(g, "by") * float64(time.Second))
			}
			out.violations = append(out.violations, x)
		}
	}
	return out, doc.Err()
}

// plant changes cases of a simulated log, drawn by the seed, so that each breaks just
// the rule planned, once, and all others keep every rule. Deadlines are left aside:
// which cases are late, the simulation knows (Truth.Overdue). It fails where the log
// breaks a rule of itself, or where too few cases can break one of the plan.
func (p *Pack) plant(ctx context.Context, m *twin.Model, process *twin.Process, l *eventlog.Log, cfg Config) (*eventlog.Log, []Planted, error) {
	todo, err := p.plan()
	if err != nil || todo.process != process.ID {
		return l, nil, err
	}
	g := &gardener{violations: todo.violations, names: map[string]string{}, cases: make([][]eventlog.Event, l.Cases())}
	if g.set, err = p.ruleSet(language(cfg.Lang)); err != nil {
		return nil, nil, err
	}
	if g.set == nil {
		return nil, nil, fmt.Errorf("planting violations of pack %q: it has no %s", p.ID, rulesFile)
	}
	g.set.Rules = slices.DeleteFunc(g.set.Rules, func(r *rules.Rule) bool { return r.Kind == rules.Deadline })
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return nil, nil, err
	}
	for i := range m.Calendars {
		if m.Calendars[i].ID == todo.calendar {
			g.check.Calendar = m.Calendars[i].Config(loc)
		}
	}
	g.check.Evidence = 1
	for id, name := range process.Labels {
		g.names[id] = name.In(language(cfg.Lang))
	}
	if err := g.holds(ctx, l, nil); err != nil {
		return nil, nil, fmt.Errorf("planting violations of pack %q: before any: %w", p.ID, err)
	}
	for i, c := range l.All() {
		for k := range c.Len() {
			g.cases[i] = append(g.cases[i], c.Event(k))
		}
	}
	done, err := g.work(ctx, rand.New(rand.NewPCG(cfg.Seed, 0x706c616e74)))
	if err != nil {
		return nil, nil, fmt.Errorf("planting violations of pack %q: %w", p.ID, err)
	}
	b := eventlog.NewBuilder(l.Name())
	b.SetMeta(l.Meta())
	for i, c := range l.All() {
		if _, err := b.Case(c.ID(), c.Attributes()); err != nil {
			return nil, nil, err
		}
		for k := range g.cases[i] {
			if err := b.Add(&g.cases[i][k]); err != nil {
				return nil, nil, err
			}
		}
	}
	out := b.Log()
	if err := g.holds(ctx, out, done); err != nil {
		return nil, nil, fmt.Errorf("planting violations of pack %q: %w", p.ID, err)
	}
	return out, done, nil
}

// gardener plants violations in cases.
type gardener struct {
	violations []violation
	set        *rules.Set
	check      rules.Config
	names      map[string]string // of activities, by node
	cases      [][]eventlog.Event
}

func (g *gardener) work(ctx context.Context, draw *rand.Rand) ([]Planted, error) {
	var done []Planted
	order := draw.Perm(len(g.cases))
	for _, v := range g.violations {
		left := order[:0:0]
		n := 0
		for _, i := range order {
			if n == v.n {
				left = append(left, i)
				continue
			}
			rows, moved, ok := g.change(v, g.cases[i])
			if ok {
				broken, err := g.broken(ctx, rows)
				if err != nil {
					return nil, err
				}
				ok = slices.Equal(broken, []string{v.rule})
			}
			if !ok {
				left = append(left, i)
				continue
			}
			done = append(done, Planted{Case: rows[0].Case, Rule: v.rule, How: v.how, Events: moved})
			g.cases[i] = rows
			n++
		}
		if n < v.n {
			return nil, fmt.Errorf("rule %q: found %d cases that %q makes break it and no other, wanted %d", v.rule, n, v.how, v.n)
		}
		order = left
	}
	return done, nil
}

// broken returns the rules that a case of the given events breaks, as often as it does.
func (g *gardener) broken(ctx context.Context, rows []eventlog.Event) ([]string, error) {
	b := eventlog.NewBuilder("")
	for i := range rows {
		if err := b.Add(&rows[i]); err != nil {
			return nil, err
		}
	}
	alone := &rules.Set{CaseEnds: g.set.CaseEnds}
	for _, r := range g.set.Rules {
		known := *r
		known.Accept = true // what other cases hold, this one need not
		alone.Rules = append(alone.Rules, &known)
	}
	report, err := rules.Check(ctx, b.Log(), alone, g.check)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range report.Rules {
		for range o.Violations {
			out = append(out, o.ID)
		}
	}
	return out, nil
}

// holds checks that a log breaks the rules as planted and not otherwise.
func (g *gardener) holds(ctx context.Context, l *eventlog.Log, planted []Planted) error {
	report, err := rules.Check(ctx, l, g.set, g.check)
	if err != nil {
		return err
	}
	var faults []error
	for _, o := range report.Rules {
		n := 0
		for _, x := range planted {
			if x.Rule == o.ID {
				n++
			}
		}
		if o.Violations != n {
			faults = append(faults, fmt.Errorf("rule %q: broken %d times, wanted %d; such as case %q: %s", o.ID, o.Violations, n, o.Evidence[0].Case, o.Evidence[0].Reason.EN))
		}
	}
	return errors.Join(faults...)
}

// change returns the events of a case with a violation, and what was changed; false
// where the case has not what it takes.
func (g *gardener) change(v violation, rows []eventlog.Event) ([]eventlog.Event, []Moved, bool) {
	rows = slices.Clone(rows)
	i := slices.IndexFunc(rows, func(e eventlog.Event) bool {
		return slices.ContainsFunc(v.activities, func(id string) bool { return g.names[id] == e.Activity })
	})
	k := i
	if v.of != "" {
		for at := range rows {
			if rows[at].Activity == g.names[v.of] && (k == i || v.how == "after") {
				k = at
			}
		}
	}
	if i < 0 || v.of != "" && k == i {
		return nil, nil, false
	}
	was := rows[i].Time.Time
	by := eventlog.Time(v.by.Microseconds())
	switch v.how {
	case "drop":
		moved := []Moved{{rows[i].Activity, was.Go(), nil}}
		return slices.Delete(rows, i, i+1), moved, true
	case "swap":
		a, b := &rows[i], &rows[k]
		other := b.Time.Time
		a.Time, b.Time = b.Time, a.Time
		a.Start, b.Start = b.Start, a.Start
		a.Enabled, b.Enabled = b.Enabled, a.Enabled
		return rows, []Moved{moved(a, was), moved(b, other)}, true
	case "before":
		shift(&rows[i], rows[k].Time.Time-by-was)
	case "after":
		shift(&rows[i], rows[k].Time.Time+by-was)
	case "earlier":
		shift(&rows[i], -by)
	case "later":
		shift(&rows[i], by)
	}
	return rows, []Moved{moved(&rows[i], was)}, true
}

func moved(e *eventlog.Event, was eventlog.Time) Moved {
	is := e.Time.Time.Go()
	return Moved{e.Activity, was.Go(), &is}
}

// shift moves an event in time.
func shift(e *eventlog.Event, by eventlog.Time) {
	for _, s := range []*eventlog.Stamp{&e.Time, &e.Start, &e.Enabled} {
		if *s != eventlog.None {
			s.Time += by
		}
	}
}

func language(lang string) string {
	if lang == "" {
		return "ru"
	}
	return lang
}
