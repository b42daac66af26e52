package simulator

import (
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Statistics are the figures of one run. Cycle, waiting and the like are over
// the counted cases, wall clock unless said otherwise.
type Statistics struct {
	Begin time.Time     // instant of time 0 of the simulation's clock
	End   time.Duration // when the run stopped

	// All cases from Begin to End, counted or not: Arrived = Finished + Abandoned +
	// InProgress.
	Arrived, Finished, Abandoned, InProgress int
	// CaseTime is the integral over [0, End] of the number of cases under way; Sojourn
	// the sum of the time each case was under way until End. Little's law says that they
	// are equal.
	CaseTime, Sojourn Total

	Counted    int // cases in the figures
	All        Figures
	Processes  []ProcessStatistics
	Activities []ActivityStatistics
	Pools      []PoolStatistics
	Events     uint64 // handled by the kernel
	// Window is the time over which pools are counted.
	Window time.Duration
	// Undelivered messages had no case that they could go to.
	Undelivered int
	// Controls are sums whose mean over replications is 0: of draws less the mean of
	// their law, in seconds, by process over the times between arrivals up to the last
	// counted case, and by pool over the working times of counted cases. Their number
	// is fixed or, by Wald's identity, harmless.
	Controls []float64
	Warnings []error
}

// Figures are those of a set of cases.
type Figures struct {
	Cycle      Tally // arrival of the case to its end
	Waiting    Tally // sum over the activity instances of a case
	Processing Tally // working time, sum over the activity instances of a case
	Labour     Tally // the part of Processing that people did
	// Touched is the time within Span in which at least one person worked at a case; Span
	// the wall clock between its milestones, from arrival to end where it has none.
	Touched, Span Tally
	Lead          Tally // between milestones, cases that passed both; a working day as 24 h
	Suspended     Tally // time for which the legal clock of a case stood still
	Cost          Costs // of a case
	// Abandoned cases gave up, were turned away or failed; they are in no tally.
	Abandoned int
	// Limited cases have a due date; Overdue ones of them were delivered (or
	// ended, where they were never delivered) when it had passed.
	Limited, Overdue int
}

// ProcessStatistics are the figures of the cases of one process.
type ProcessStatistics struct {
	ID        string
	Arrived   int // all its cases, counted or not
	HasLead   bool
	LeadUnit  string // of twin.Span; "" for the wall clock
	HasLimit  bool
	Figures   Figures
	Completed int // counted cases
}

// ActivityStatistics are the figures of the activity instances of counted cases.
type ActivityStatistics struct {
	Activity
	Waiting    Tally // enabled to start
	Processing Tally // working time
	Service    Tally // start to completion
}

// PoolStatistics tell how busy a pool was during the window of the figures: from
// the arrival of the first counted case to that of the last, or the duration
// asked for. Somebody of several pools is available to each of them.
type PoolStatistics struct {
	ID        string
	Busy      Total // working time spent on any case
	Available Total // working time of all members
}

// Utilisation returns busy over available working time; NaN where nobody was
// available.
func (p PoolStatistics) Utilisation() float64 { return p.Busy.Micros() / p.Available.Micros() }

// Costs gathers amounts of roubles.
type Costs struct {
	N   int
	Sum float64
}

// Mean returns the mean in roubles; NaN of nothing.
func (c *Costs) Mean() float64 {
	if c.N == 0 {
		return math.NaN()
	}
	return c.Sum / float64(c.N)
}

// Tally gathers durations. The sum is exact.
type Tally struct {
	N        int
	Sum      Total
	Min, Max time.Duration
	Values   []time.Duration // in the order in which cases ended, where samples are kept

	share, quantile float64 // of values that were let go, see Condense
}

func (t *Tally) add(d time.Duration, keep bool) {
	if t.N == 0 || d < t.Min {
		t.Min = d
	}
	if t.N == 0 || d > t.Max {
		t.Max = d
	}
	t.N++
	t.Sum.add(d, 1)
	if keep {
		t.Values = append(t.Values, d)
	}
}

// Mean returns the mean in seconds; NaN of nothing.
func (t *Tally) Mean() float64 {
	if t.N == 0 {
		return math.NaN()
	}
	return t.Sum.Seconds() / float64(t.N)
}

// Quantile returns that of the kept values in seconds, or the one that they were
// condensed to; NaN of nothing.
func (t *Tally) Quantile(share float64) float64 {
	if t.Values == nil && t.share == share && t.N > 0 {
		return t.quantile
	}
	return measure.Quantile(t.Seconds(), share)
}

// Condense lets the values go, and keeps one of their quantiles.
func (t *Tally) Condense(share float64) {
	t.quantile = t.Quantile(share)
	t.share, t.Values = share, nil
}

// Condense lets the samples go and keeps a quantile of each, so that the memory of many
// runs does not grow with their cases.
func (s *Statistics) Condense(share float64) {
	s.All.Cycle.Condense(share)
	s.All.Lead.Condense(share)
	for i := range s.Processes {
		s.Processes[i].Figures.Cycle.Condense(share)
		s.Processes[i].Figures.Lead.Condense(share)
	}
}

// Seconds returns the kept values in seconds, ascending.
func (t *Tally) Seconds() []float64 {
	s := make([]float64, len(t.Values))
	for i, v := range t.Values {
		s[i] = v.Seconds()
	}
	slices.Sort(s)
	return s
}

// collected gathers the figures during a run.
type collected struct {
	keep       bool
	all        Figures
	processes  []Figures
	activities []ActivityStatistics
	counted    []int

	inWindow         int // cases that arrived within the window
	windows          int // edges of the window seen
	from, to         time.Duration
	busyFrom, busyTo []Total

	cases, finished int // under way, finished
	abandoned       int
	undelivered     int
	controls        controls
	caseTime        Total
	sojourn         Total
	last            time.Duration
}

func (s *collected) init(p *Program, keep bool) {
	s.keep = keep
	s.processes = make([]Figures, len(p.processes))
	s.counted = make([]int, len(p.processes))
	s.controls = controls{make([]float64, len(p.processes)), make([]float64, len(p.pools))}
	s.activities = make([]ActivityStatistics, len(p.activities))
	for i := range s.activities {
		s.activities[i].Activity = p.activities[i]
	}
}

// pass adds the time since the last change to the integral of cases under way.
func (s *collected) pass(now time.Duration) {
	s.caseTime.add(now-s.last, s.cases)
	s.last = now
}

func (s *collected) enter(now time.Duration) {
	s.pass(now)
	s.cases++
}

func (s *collected) leave(c *caseState) {
	s.pass(c.End)
	s.cases--
	if c.Abandoned {
		s.abandoned++
	} else {
		s.finished++
	}
	s.sojourn.add(c.End-c.entered, 1)
}

// controls are those of Statistics: by process, then by pool.
type controls struct{ between, working []float64 }

func (s *collected) instance(activity int32, t *item) {
	a := &s.activities[activity]
	a.Waiting.add(t.start-t.enabled, false)
	a.Processing.add(t.work, false)
	a.Service.add(t.complete-t.start, false)
}

// count adds a counted case that ended.
func (s *collected) count(p *Program, c *caseState, lead time.Duration, w worked) {
	s.counted[c.Process]++
	if len(s.processes) > 1 {
		s.all.add(&c.Case, lead, w, s.keep)
	}
	s.processes[c.Process].add(&c.Case, lead, w, s.keep)
}

// lead returns the lead time of a case that ended, in the unit of its process (a
// working day is one of 24 hours here); Never where it did not pass its milestones.
func (r *run) lead(c *Case) time.Duration {
	p := &r.processes[c.Process]
	from, to := r.milestones(c)
	if !p.lead || from == Never || to == Never || to < from {
		return Never
	}
	switch {
	case p.spanHours == nil:
		return to - from
	case p.span.Unit == twin.WorkingHour:
		return time.Duration(p.spanHours.table.BetweenMicros(r.instant(from).UnixMicro(), r.instant(to).UnixMicro())) * time.Microsecond
	}
	days := p.spanHours.days.WorkedDays(r.instant(from), r.instant(to))
	return time.Duration(math.Round(float64(days)*24*3600e6)) * time.Microsecond
}

// milestones are between which the lead time of a case that ended runs: its arrival and
// its end where the process names none; Never where it did not pass them.
func (r *run) milestones(c *Case) (from, to time.Duration) {
	p := &r.processes[c.Process]
	from, to = c.Requested, c.Delivered
	if !p.requested {
		from = c.Arrival
	}
	if !p.delivered {
		to = c.End
	}
	return from, to
}

// worked is how much of a span of a case somebody worked at it; span is Never where the
// case did not pass its milestones.
type worked struct{ touched, span time.Duration }

// flow returns what of the time between the milestones of a case that ended was worked.
// What goes on when a milestone passes counts where it completes.
func (r *run) flow(c *caseState) worked {
	p := &r.processes[c.Process]
	from, to := r.milestones(&c.Case)
	if from == Never || to == Never || to < from {
		return worked{span: Never}
	}
	w := worked{c.Touched, to - from}
	if p.delivered {
		w.touched = c.given
	}
	if p.requested {
		w.touched -= c.asked
	}
	return w
}

func (f *Figures) add(c *Case, lead time.Duration, w worked, keep bool) {
	if c.Abandoned {
		f.Abandoned++
		return
	}
	f.Cost.N++
	f.Cost.Sum += c.Cost
	f.Suspended.add(c.Suspended, false)
	f.Cycle.add(c.End-c.Arrival, keep)
	f.Waiting.add(c.Waiting, false)
	f.Processing.add(c.Processing, false)
	f.Labour.add(c.Labour, false)
	if w.span != Never {
		f.Touched.add(w.touched, false)
		f.Span.add(w.span, false)
	}
	if lead != Never {
		f.Lead.add(lead, keep)
	}
	if c.Due != Never {
		f.Limited++
		if min(c.Delivered, c.End) >= c.Due {
			f.Overdue++
		}
	}
}

// window notes how much each pool had worked at an edge of the window.
func (r *run) window() {
	s := &r.collected
	now := r.des.Now()
	busy := make([]Total, len(r.pools))
	for i := range r.pools {
		busy[i] = r.pools[i].done
	}
	for m := range r.staff {
		if p := &r.staff[m]; p.load > 0 {
			busy[p.busy].add(r.stint(int32(m)), 1)
		}
	}
	if s.windows == 0 {
		s.from, s.busyFrom = now, busy
	}
	s.to, s.busyTo = now, busy
	s.windows++
	if s.windows == 2 && r.counting.until != Never {
		r.counting.done = true
	}
}

// statistics closes the books.
func (r *run) statistics() *Statistics {
	s := &r.collected
	now := r.des.Now()
	s.pass(now)
	if s.to == s.from {
		r.window() // a single counted case: the window ends with it
	}
	out := &Statistics{Begin: r.begin, End: now, Window: s.to - s.from, Finished: s.finished, Abandoned: s.abandoned, InProgress: s.cases, Arrived: s.finished + s.abandoned + s.cases,
		CaseTime: s.caseTime, Sojourn: s.sojourn, All: s.all, Activities: s.activities, Events: r.des.Handled(), Undelivered: s.undelivered,
		Controls: slices.Concat(s.controls.between, s.controls.working), Warnings: r.Warnings()}
	if len(s.processes) == 1 {
		out.All = s.processes[0]
	}
	for i := range r.cases {
		if r.cases[i].live {
			out.Sojourn.add(now-r.cases[i].entered, 1)
		}
	}
	for i := range r.processes {
		p := &r.processes[i]
		out.Counted += s.counted[i]
		out.Processes = append(out.Processes, ProcessStatistics{ID: p.id, Arrived: r.arrived[i], HasLead: p.lead, LeadUnit: p.span.Unit,
			HasLimit: p.limit != nil, Figures: s.processes[i], Completed: s.counted[i]})
	}
	available := make([]Total, len(r.pools))
	for m := range r.staff {
		hours := r.peopleHours[m].between(s.from, s.to)
		for _, p := range r.Program.people[m].pools {
			available[p].add(hours, 1)
		}
	}
	for i := range r.Program.pools {
		out.Pools = append(out.Pools, PoolStatistics{ID: r.Program.pools[i].id, Busy: s.busyTo[i].less(s.busyFrom[i]), Available: available[i]})
	}
	return out
}
