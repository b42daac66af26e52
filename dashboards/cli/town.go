package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/backtest"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// townWalk is the demo of a pack of several processes under way.
type townWalk struct {
	*app
	pack   *datasets.Pack
	system *datasets.System
	desk   *desk.Desk
	model  *twin.Model

	mined      map[string]*performance.LongRun
	asIs, toBe *experiment.Result
}

// demoTown walks the way on the pack and returns the name of the log whose page is
// shown.
func (a *app) demoTown(ctx context.Context, d *desk.Desk, replications int) (string, error) {
	l := a.lang()
	pack, err := datasets.Open(demoPack)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(a.stdout, "%s\n%s\n\n", pack.Name.In(string(l)), pack.Notice.In(string(l)))
	w := &townWalk{app: a, pack: pack, desk: d, mined: map[string]*performance.LongRun{}}
	if w.model, err = pack.Model(); err != nil {
		return "", err
	}
	if err := w.load(ctx); err != nil {
		return "", err
	}
	for _, step := range []func(context.Context, int) error{w.mine, w.simulate, w.table, w.share, w.effort, w.freed, w.coupling, w.foretell} {
		if err := step(ctx, replications); err != nil {
			return "", err
		}
	}
	return pack.ID + "-" + pack.Main, nil
}

func (w *townWalk) load(ctx context.Context) (err error) {
	l := w.lang()
	bar := w.bar(l.T(desk.StageStoring))
	defer bar.end()
	w.system, err = w.desk.LoadPack(ctx, w.pack, "ru", func(_ string, done, total int64) {
		if total > 0 {
			bar.step(int(done), int(total))
		}
	})
	if err != nil {
		return err
	}
	bar.end()
	cases, events, open := 0, 0, 0
	for i, log := range w.system.Logs {
		cases, events, open = cases+log.Cases(), events+log.Events(), open+w.system.Truth.Processes[i].Open
	}
	w.say("demo.town", l.Int(int64(len(w.system.Logs))), w.system.Truth.From.Format(time.DateOnly), w.system.Truth.To.AddDate(0, 0, -1).Format(time.DateOnly), l.Count("case", int64(cases)), l.Count("event", int64(events)), l.Int(int64(open)))
	return nil
}

// mine asks the store for the lead times of the published processes.
func (w *townWalk) mine(ctx context.Context, _ int) error {
	l := w.lang()
	fmt.Fprintln(w.stdout)
	w.say("demo.as-is-head")
	t := table{head: []string{l.T("demo.process"), l.T("cli.mean"), l.T("cli.interval"), "n", l.T("demo.effective"), l.T("demo.open")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
	for _, v := range w.pack.Processes {
		q, err := datasets.LeadQuestion(w.pack, w.system, v.Process, "ru")
		if err != nil {
			return err
		}
		r, err := w.desk.LongRun(ctx, q.Log, desk.LeadQuestion{From: q.From, To: q.To, Unit: q.Unit, Week: q.Week, Production: q.Production, TimeZone: q.TimeZone, Cluster: q.Cluster, AsOf: q.AsOf})
		if err != nil {
			return err
		}
		w.mined[v.Process] = r
		show := together(l, r.Unit, r.Mean, r.Low, r.High)
		t.add(w.name(v.Process), show(r.Mean), show(r.Low)+" … "+show(r.High), l.Int(int64(r.Completed)), l.Float(min(float64(r.EffectiveN), float64(r.Completed)), 0), l.Int(int64(r.Open)))
	}
	return t.write(w.stdout)
}

func (w *townWalk) name(process string) string {
	for _, p := range w.model.Processes {
		if p.ID == process {
			return p.Name.In(string(w.lang()))
		}
	}
	return process
}

func (w *townWalk) scenario(id string) (*scenario.Scenario, error) {
	all, err := w.pack.Scenarios()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(s *scenario.Scenario) bool { return s.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("scenario %q of pack %q: %w", id, w.pack.ID, datasets.ErrUnknown)
	}
	return all[i], nil
}

// run simulates the town under a scenario, "" for as it is.
func (w *townWalk) run(ctx context.Context, id string, replications int) (*experiment.Result, error) {
	m := w.model
	if id != "" {
		s, err := w.scenario(id)
		if err != nil {
			return nil, err
		}
		if m, err = s.Apply(m); err != nil {
			return nil, desk.InputError{Err: err}
		}
	}
	bar := w.bar(w.lang().T("cli.replications"))
	defer bar.end()
	return experiment.Run(ctx, m, experiment.Config{Replications: replications, Seed: 1, Language: string(w.lang()), Progress: bar.step})
}

func (w *townWalk) simulate(ctx context.Context, replications int) (err error) {
	if w.asIs, err = w.run(ctx, "", replications); err != nil {
		return err
	}
	w.toBe, err = w.run(ctx, w.pack.ToBe, replications)
	return err
}

// lead returns the lead time of a process in a result.
func (w *townWalk) lead(r *experiment.Result, process string) (experiment.KPI, error) {
	if k, ok := r.Find(experiment.LeadTime, process); ok {
		return k, nil
	}
	return experiment.KPI{}, fmt.Errorf("the simulation gave no lead time of %q", process)
}

// table prints as-is and to-be with intervals beside the published values, and by how
// much the times are cut.
func (w *townWalk) table(ctx context.Context, replications int) error {
	l := w.lang()
	fmt.Fprintln(w.stdout)
	s, err := w.scenario(w.pack.ToBe)
	if err != nil {
		return err
	}
	w.say("demo.to-be-head", s.Name.In(string(l)))
	t := table{head: []string{l.T("demo.process"), l.T("whatif.as-is"), l.T("demo.published"), l.T("demo.to-be"), l.T("cli.interval"), l.T("demo.published"), l.T("demo.cut"), "p85", l.T("demo.own")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true}}
	cuts, published, weighted, cases := 0.0, 0.0, 0.0, 0.0
	for _, v := range w.pack.Processes {
		a, err := w.lead(w.asIs, v.Process)
		if err != nil {
			return err
		}
		b, err := w.lead(w.toBe, v.Process)
		if err != nil {
			return err
		}
		show := l.Together(a.Unit, float64(a.Mean), v.AsIs, float64(b.Mean), v.ToBe)
		cut := 1 - float64(b.Mean)/float64(a.Mean)
		n, _ := w.asIs.Find(experiment.CaseCount, v.Process)
		p85, _ := w.toBe.Find(experiment.LeadTimeP85, v.Process)
		own := "—"
		if v.Levers != "" { // by itself, the others as they are
			r, err := w.run(ctx, v.Levers, max(5, replications/4))
			if err != nil {
				return err
			}
			k, err := w.lead(r, v.Process)
			if err != nil {
				return err
			}
			show := l.Together(k.Unit, float64(k.Mean), float64(k.Low), float64(k.High))
			own = show(float64(k.Mean)) + " ± " + show(float64(k.High-k.Low)/2)
		}
		t.add(w.name(v.Process), show(float64(a.Mean)), show(v.AsIs), show(float64(b.Mean)), show(float64(b.Low))+" … "+show(float64(b.High)), show(v.ToBe), l.Percent(cut, 1), show(float64(p85.Mean)), own)
		cuts += cut
		published += 1 - v.ToBe/v.AsIs
		weighted += cut * float64(n.Mean)
		cases += float64(n.Mean)
	}
	if err := t.write(w.stdout); err != nil {
		return err
	}
	k := float64(len(w.pack.Processes))
	w.say("demo.cuts", l.Percent(cuts/k, 1), l.Percent(published/k, 1), l.Percent(weighted/cases, 1))
	for _, reading := range w.pack.Readings {
		o, err := reading.Simulate(ctx, experiment.Config{Replications: replications, Seed: 1, Language: string(l)})
		if err != nil {
			return err
		}
		a, b := o.AsIs, o.ToBe
		show := l.Together(a.Unit, float64(a.Mean), float64(a.Low), float64(a.High), float64(b.Mean), float64(b.Low), float64(b.High))
		w.say("demo.reading", o.Name.In(string(l)), show(float64(a.Mean)), show(float64(a.Low)), show(float64(a.High)), show(o.Published.AsIs), show(float64(b.Mean)), show(float64(b.Low)), show(float64(b.High)), show(o.Published.ToBe))
	}
	e := w.asIs.Evidence
	w.say("demo.evidence", l.Int(int64(e.Replications)), l.Int(int64(e.Seed)), e.InputHash)
	return nil
}

// share prints which measure of the action plan gives how much of the cut of the main
// process, beside what was planned.
func (w *townWalk) share(ctx context.Context, replications int) error {
	l := w.lang()
	own, err := w.pack.Scenarios()
	if err != nil {
		return err
	}
	list, err := planned(w.model, own, w.pack.Main)
	if err != nil {
		return err
	}
	bar := w.bar(l.T("demo.sharing"))
	defer bar.end()
	r, err := experiment.Attribute(ctx, w.model, list, experiment.AttributeConfig{},
		experiment.Config{Replications: max(5, replications/8), Seed: 1, Language: string(l), Figure: experiment.Figure{Name: experiment.LeadTime, Of: w.pack.Main}, Progress: bar.step})
	if err != nil {
		return err
	}
	bar.end()
	fmt.Fprintln(w.stdout)
	w.say("demo.share-head", w.name(w.pack.Main))
	t := table{head: []string{l.T("plan.measure"), l.T("plan.effect"), l.T("demo.simulated"), l.T("cli.interval")}, right: map[int]bool{1: true, 2: true, 3: true}}
	show := func(v measure.Number) string { return l.Amount(r.Unit, float64(v)) }
	for _, work := range w.model.Plan(w.pack.Main) {
		i := slices.IndexFunc(r.Levers, func(s experiment.Share) bool { return s.ID == work.Measure.ID })
		if i < 0 {
			continue
		}
		effect := measure.Unknown
		if work.Effect != nil {
			effect = gain(string(l), work.Effect)
		}
		t.add(work.Measure.Name.In(string(l)), effect, show(r.Levers[i].Effect), show(r.Levers[i].Low)+" … "+show(r.Levers[i].High))
	}
	t.add(l.T("demo.share-all"), "", show(r.Joint.Effect), show(r.Joint.Low)+" … "+show(r.Joint.High))
	return t.write(w.stdout)
}

// effort prints what a case of each process takes of people, how much of its time
// somebody works at it, and what it costs.
func (w *townWalk) effort(context.Context, int) error {
	l := w.lang()
	fmt.Fprintln(w.stdout)
	w.say("demo.effort-head")
	figures := []string{experiment.LabourHours, experiment.FlowEfficiency, experiment.CostPerCase}
	t := table{head: []string{l.T("demo.process")}, right: map[int]bool{}}
	for i, figure := range figures {
		t.head = append(t.head, l.T("kpi."+figure), l.T("demo.to-be"), l.T("cli.interval"))
		for k := range 3 {
			t.right[3*i+k+1] = true
		}
	}
	for _, v := range w.pack.Processes {
		row := []string{w.name(v.Process)}
		for _, figure := range figures {
			a, okA := w.asIs.Find(figure, v.Process)
			b, okB := w.toBe.Find(figure, v.Process)
			if !okA || !okB {
				row = append(row, measure.Unknown, measure.Unknown, "")
				continue
			}
			show := together(l, a.Unit, a.Mean, b.Mean, b.Low, b.High)
			row = append(row, show(a.Mean), show(b.Mean), show(b.Low)+" … "+show(b.High))
		}
		t.add(row...)
	}
	return t.write(w.stdout)
}

// freed prints the hours that posts are freed of: the goal of it all, with the headcount
// as it was.
func (w *townWalk) freed(context.Context, int) error {
	l := w.lang()
	fmt.Fprintln(w.stdout)
	s, err := w.scenario(w.pack.ToBe)
	if err != nil {
		return err
	}
	changed, err := s.Apply(w.model)
	if err != nil {
		return err
	}
	w.say("demo.freed-head", l.Int(int64(w.model.Headcount())), l.Int(int64(changed.Headcount())))
	t := table{head: []string{l.T("demo.post"), l.T("demo.hours-as-is"), l.T("demo.hours-to-be"), l.T("demo.hours-freed"), l.T("cli.interval")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, p := range w.model.Pools {
		a, okA := w.asIs.Find(experiment.WorkedHours, p.ID)
		b, okB := w.toBe.Find(experiment.WorkedHours, p.ID)
		if !okA || !okB {
			continue
		}
		d, err := measure.Paired(b.Values, a.Values, 0.95)
		if err != nil {
			return err
		}
		hours := func(x float64) string { return l.Float(x, 0) }
		t.add(p.Name.In(string(l)), hours(float64(a.Mean)), hours(float64(b.Mean)), hours(d.Difference), hours(d.Interval.Low)+" … "+hours(d.Interval.High))
	}
	return t.write(w.stdout)
}

// coupling pulls the levers of one process and tells what that does to others that
// share its people.
func (w *townWalk) coupling(ctx context.Context, replications int) error {
	l := w.lang()
	for _, c := range w.pack.Coupling {
		r, err := w.run(ctx, c.Scenario, replications)
		if err != nil {
			return err
		}
		s, err := w.scenario(c.Scenario)
		if err != nil {
			return err
		}
		fmt.Fprintln(w.stdout)
		w.say("demo.coupling-head", s.Name.In(string(l)))
		for _, process := range c.Processes {
			a, err := w.lead(w.asIs, process)
			if err != nil {
				return err
			}
			b, err := w.lead(r, process)
			if err != nil {
				return err
			}
			d, err := measure.Paired(a.Values, b.Values, 0.95)
			if err != nil {
				return err
			}
			show := l.Changes(a.Unit, d.Difference, d.Interval.Low, d.Interval.High)
			w.say("demo.coupling", w.name(process), show(d.Difference), show(d.Interval.Low), show(d.Interval.High))
		}
	}
	return nil
}

// foretell fits each process to its log but the last three months, which it foretells.
func (w *townWalk) foretell(ctx context.Context, _ int) error {
	l := w.lang()
	fmt.Fprintln(w.stdout)
	bar := w.bar(l.T("demo.foretelling"))
	defer bar.end()
	t := table{head: []string{l.T("demo.process"), l.T("demo.foretold"), l.T("cli.interval"), l.T("demo.was"), l.T("demo.covered"), l.T("demo.quantiles")}, right: map[int]bool{1: true, 2: true, 3: true}}
	covered, of := 0, 0
	var skipped []string
	zone, err := time.LoadLocation(w.model.TimeZone)
	if err != nil {
		return err
	}
	last := w.system.Truth.To
	cut := time.Date(last.Year(), last.Month()-foretoldMonths, 1, 0, 0, 0, 0, zone)
	for i, v := range w.pack.Processes {
		log, err := w.desk.Store().Load(ctx, w.pack.ID+"-"+v.Process)
		if err != nil {
			return err
		}
		if log, err = w.delivered(log, v.Process); err != nil {
			return err
		}
		r, err := backtest.Run(ctx, log, backtest.Config{Cut: cut, Runs: 5, Seed: 1, TimeZone: w.model.TimeZone})
		bar.step(i+1, len(w.pack.Processes))
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			skipped = append(skipped, w.name(v.Process))
			continue
		}
		p, yes := r.CycleTime, "—"
		if of++; p.Covers {
			covered++
			yes = "✓"
		}
		show := func(x measure.Number) string { return l.Seconds(float64(x)) }
		t.add(w.name(v.Process), show(p.Predicted), show(p.Low)+" … "+show(p.High), show(p.Actual), yes, l.Percent(float64(p.Quantiles), 0))
	}
	bar.end()
	w.say("demo.foretold-head", w.system.Truth.From.Format("2006-01"), cut.AddDate(0, -1, 0).Format("2006-01"), cut.Format("2006-01"), last.AddDate(0, 0, -1).Format("2006-01"))
	if err := t.write(w.stdout); err != nil {
		return err
	}
	if of > 0 {
		w.say("demo.foretold-cover", l.Int(int64(covered)), l.Int(int64(of)), l.Percent(float64(covered)/math.Max(1, float64(of)), 0))
	}
	if len(skipped) > 0 {
		w.say("demo.foretold-skipped", strings.Join(skipped, "; "))
	}
	return nil
}

// delivered returns a log up to the delivery of its cases. What the cut left open has
// its later end from the truth, so that the last quarter is judged by all its cases; the
// model is fitted to cases that had ended before that quarter.
func (w *townWalk) delivered(log *eventlog.Log, process string) (*eventlog.Log, error) {
	q, err := datasets.LeadQuestion(w.pack, w.system, process, "ru")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(w.system.Truth.Processes, func(t datasets.ProcessTruth) bool { return t.Process == process })
	later := w.system.Truth.Processes[i].Later
	b := eventlog.NewBuilder(log.Name())
	for _, c := range log.All() {
		last := c.Len() - 1
		if q.To != "" {
			code, _ := log.Activities().Code(q.To)
			last = slices.Index(c.Activities(), code)
		}
		end, open := later[c.ID()]
		if last < 0 && !open {
			continue // it ended without delivery
		}
		if open {
			last = c.Len() - 1
		}
		for k := range last + 1 {
			e := c.Event(k)
			if err := b.Add(&e); err != nil {
				return nil, err
			}
		}
		if open {
			e := eventlog.NewEvent(c.ID(), q.To, eventlog.At(end))
			if q.To == "" {
				e.Activity = log.Activities().Name(c.Activities()[c.Len()-1])
			}
			if err := b.Add(&e); err != nil {
				return nil, err
			}
		}
	}
	return b.Log(), nil
}

// foretoldMonths are held out at the end of the logs.
const foretoldMonths = 3
