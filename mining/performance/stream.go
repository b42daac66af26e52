package performance

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Stage is what one activity adds to the value stream of a process. Times are
// wall-clock seconds a case, the mean over all cases, also those that it never came to.
type Stage struct {
	Activity string
	Position float64 // mean, among the activities of a case, from 0
	Share    float64 // in which it occurs
	Times    float64 //
	Further  float64 // of Times: beyond the first of each case
	Repeated float64 // of the cases that come to it: those in which it is done again
	First    float64 // the part of Effort, by number, of the first execution in each case
	Effort   float64 // processing of all its executions, also those off the path
	Waiting  float64 // on the path that makes the lead time, see FindBottlenecks
	Working  float64 // processing on the path
	Idle     float64 // time outside the calendar within executions on the path
	Unclear  float64 // on the path, of executions without a start: waiting and work
	Causes   Causes  // a case; zero N where they are not known
	Half     float64 // half the 95 % interval of Total between cases; NaN where not known
}

// Total is what the stage adds to the lead time.
func (s *Stage) Total() float64 { return s.Waiting + s.Working + s.Idle + s.Unclear }

// Stream is the value stream of a log: its stages in the order in which cases come to
// them, which sum to the lead time, and its losses. Times are as those of Stage.
type Stream struct {
	Cases     int
	Lead      measure.Summary // first to last recorded time
	Stages    []Stage
	Causes    Causes // of all stages, over executions whose start and performer are recorded
	Repeats   float64
	Repeating float64 // from the completion before each repeat to its own
	Right     float64 // share of the cases
	Handovers float64 // between people, or units where no people are recorded
	Handing   float64 // from the completion before a hand-over to the start after it
	ByUnit    bool
	Warnings  []error
}

// Working, Waiting, Idle, Unclear and Effort are sums over the stages.
func (s *Stream) Working() float64 { return s.sum(func(x *Stage) float64 { return x.Working }) }

// Waiting is the waiting on the path.
func (s *Stream) Waiting() float64 { return s.sum(func(x *Stage) float64 { return x.Waiting }) }

// Idle is the time outside the calendar within executions on the path.
func (s *Stream) Idle() float64 { return s.sum(func(x *Stage) float64 { return x.Idle }) }

// Unclear is the time on the path in which waiting and work cannot be told apart.
func (s *Stream) Unclear() float64 { return s.sum(func(x *Stage) float64 { return x.Unclear }) }

// Effort is the processing of all executions.
func (s *Stream) Effort() float64 { return s.sum(func(x *Stage) float64 { return x.Effort }) }

// Once is the processing that is left where nothing is done again.
func (s *Stream) Once() float64 { return s.sum(func(x *Stage) float64 { return x.First }) }

// Efficiency is the flow efficiency: processing on the path over the lead time; NaN of
// no time.
func (s *Stream) Efficiency() float64 { return s.Working() / s.sum((*Stage).Total) }

func (s *Stream) sum(of func(*Stage) float64) float64 {
	sum := 0.0
	for i := range s.Stages {
		sum += of(&s.Stages[i])
	}
	return sum
}

// StreamOf returns the value stream of a log (M. Rother, J. Shook, Learning to See,
// 1999, whose inventories are waiting cases here). The lead time is parted as
// FindBottlenecks does, waiting explained as FindWaitingCauses does. An execution
// without a start counts with the mean processing of its activity in Effort. O(n log n).
func StreamOf(ctx context.Context, l *eventlog.Log, cfg Config) (*Stream, error) {
	l, _ = l.Instances()
	path, err := FindBottlenecks(ctx, l, cfg)
	if err != nil {
		return nil, err
	}
	causes, err := FindWaitingCauses(ctx, l, cfg, BatchConfig{})
	if err != nil {
		return nil, err
	}
	rework, err := FindRework(ctx, l)
	if err != nil {
		return nil, err
	}
	n := float64(path.Cases)
	s := &Stream{Cases: path.Cases, Lead: CycleTimes(l).Summary(), Right: float64(rework.Right), Causes: causes.All.over(n), Warnings: append(path.Warnings, causes.Warnings...)}
	if path.Cases == 0 {
		s.Warnings = append(s.Warnings, &measure.Doubt{EN: "there are no cases", RU: "дел нет"})
		return s, nil
	}
	at := map[string]*Stage{}
	unstarted := 0
	for _, t := range Activities(l, cfg) {
		x := &Stage{Activity: t.Activity, Times: float64(t.N) / n, Half: nan}
		if t.Processing.N > 0 {
			x.Effort = t.Processing.Mean * x.Times
		}
		unstarted += t.N - t.Processing.N
		at[t.Activity] = x
	}
	for _, b := range path.Activities {
		x := at[b.Activity]
		x.Unclear = float64(b.Undivided) / n
		if b.Waiting == b.Waiting { // known
			x.Waiting, x.Working, x.Idle = float64(b.Waiting)/n, float64(b.Processing)/n, float64(b.Idle)/n
		}
		if b.Interval != nil {
			x.Half = b.Interval.HalfWidth() * s.Lead.Mean
		}
	}
	for _, c := range causes.Activities {
		at[c.Activity].Causes = c.over(n)
	}
	for _, r := range rework.Activities {
		x := at[r.Activity]
		x.Further, x.Repeated = float64(r.Further)/n, float64(r.Cases)/float64(r.Of)
		s.Repeats += x.Further
		s.Repeating += float64(r.Time) / n
	}
	s.place(l, at)
	for _, x := range at {
		x.First = x.Effort * (1 - x.Further/x.Times)
		s.Stages = append(s.Stages, *x)
	}
	slices.SortFunc(s.Stages, func(a, b Stage) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Activity, b.Activity))
	})
	by := ByResource(l)
	if l.Resources().Len() == 0 {
		by, s.ByUnit = ByUnit(l), true
	}
	gaps, _, err := Handovers(ctx, l, by, 0)
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		s.Handovers += float64(g.N) / n
		s.Handing += float64(g.Total) / n
	}
	if unstarted > 0 {
		s.Warnings = append(s.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d executions without a recorded start count with the mean labour effort of their activity", unstarted),
			RU: fmt.Sprintf("исполнения без записанного начала (%d) учтены со средней трудоёмкостью своего действия", unstarted),
		})
	}
	return s, nil
}

// place gives the stages their mean positions and the shares of the cases that come to
// them.
func (s *Stream) place(l *eventlog.Log, at map[string]*Stage) {
	sum, rows, cases := make([]float64, l.Activities().Len()), make([]float64, l.Activities().Len()), make([]float64, l.Activities().Len())
	last := make([]int, len(sum))
	for i, c := range l.All() {
		for k, a := range c.Activities() {
			sum[a] += float64(k)
			rows[a]++
			if last[a] != i+1 {
				last[a] = i + 1
				cases[a]++
			}
		}
	}
	for code, name := range l.Activities().Names() {
		if x := at[name]; x != nil {
			x.Position, x.Share = sum[code]/rows[code], cases[code]/float64(s.Cases)
		}
	}
}

// over returns causes a case.
func (c Causes) over(n float64) Causes {
	for _, x := range []*measure.Number{&c.Waiting, &c.Batching, &c.Contention, &c.Prioritisation, &c.Unavailability, &c.Extraneous} {
		*x /= measure.Number(n)
	}
	return c
}
