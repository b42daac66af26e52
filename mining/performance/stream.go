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
	Outside  float64 // on the path, done by nobody of the staff: other bodies and machines
	Idle     float64 // time outside the calendar within executions on the path
	Unclear  float64 // on the path, of executions without a start: waiting and work
	ByDesign bool    // done several times a case by design: no rework
	Causes   Causes  // a case; zero N where they are not known
	Half     float64 // half the 95 % interval of Total between cases; NaN where not known
}

// Total is what the stage adds to the lead time.
func (s *Stage) Total() float64 { return s.Waiting + s.Working + s.Outside + s.Idle + s.Unclear }

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

// Outside is the time on the path in which nobody of the staff was at work.
func (s *Stream) Outside() float64 { return s.sum(func(x *Stage) float64 { return x.Outside }) }

// Effort is the processing of all executions.
func (s *Stream) Effort() float64 { return s.sum(func(x *Stage) float64 { return x.Effort }) }

// Once is the processing that is left where nothing is done again.
func (s *Stream) Once() float64 { return s.sum(func(x *Stage) float64 { return x.First }) }

// Efficiency is the flow efficiency: processing by people on the path over the lead time; NaN of
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
// 1999, whose inventories are waiting cases here). The lead time is parted along the path
// that FindBottlenecks follows, waiting explained as FindWaitingCauses does. In a log
// that names people, what nobody is named for is nobody's work: another body's time, or
// a machine's. many are the activities that a case does several times by design, which is
// no rework. An execution without a start counts with the mean processing of its activity
// in Effort. O(n log n).
func StreamOf(ctx context.Context, l *eventlog.Log, cfg Config, many ...string) (*Stream, error) {
	l, pairing := l.Instances()
	causes, err := FindWaitingCauses(ctx, l, cfg, BatchConfig{})
	if err != nil {
		return nil, err
	}
	s := &Stream{Lead: CycleTimes(l).Summary(), Warnings: append(pairing.Warnings(), causes.Warnings...)}
	s.Cases = s.Lead.N
	if s.Cases == 0 {
		s.Right = nan
		s.Warnings = append(s.Warnings, &measure.Doubt{EN: "there are no cases", RU: "дел нет"})
		return s, nil
	}
	n := float64(s.Cases)
	s.Causes = causes.All.over(n)
	at := make([]*Stage, l.Activities().Len())
	for code, name := range l.Activities().Names() {
		at[code] = &Stage{Activity: name}
	}
	if err := s.walk(ctx, l, cfg, at); err != nil {
		return nil, err
	}
	s.executions(l, cfg, at, many)
	for _, c := range causes.Activities {
		if code, ok := l.Activities().Code(c.Activity); ok {
			at[code].Causes = c.over(n)
		}
	}
	for _, x := range at {
		if x.Times > 0 {
			s.Stages = append(s.Stages, *x)
		}
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
	return s, nil
}

// Manned returns whether somebody of the staff did a row: not where a log that names
// people names none for it, and not where its activity is one that needs nobody.
func Manned(l *eventlog.Log, unmanned ...string) func(c eventlog.Case, row int) bool {
	names := l.Resources().Len() > 0
	nobody := make([]bool, l.Activities().Len())
	for _, name := range unmanned {
		if code, ok := l.Activities().Code(name); ok {
			nobody[code] = true
		}
	}
	return func(c eventlog.Case, row int) bool {
		return !nobody[c.Activities()[row]] && !(names && c.Resources()[row] == eventlog.NoCode)
	}
}

// walk parts the lead times along the paths of the cases.
func (s *Stream) walk(ctx context.Context, l *eventlog.Log, cfg Config, at []*Stage) error {
	n, manned := float64(s.Cases), Manned(l, cfg.Unmanned...)
	var leads []float64
	parts := make([]map[int]float64, len(at)) // by activity, by position in leads
	for i := range parts {
		parts[i] = map[int]float64{}
	}
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if c.Len() == 0 {
			continue
		}
		k := len(leads)
		leads = append(leads, seconds(c.Last()-c.First()))
		cfg.path(c, func(row int, waiting, service, from, to eventlog.Time, divided bool) {
			a := c.Activities()[row]
			x := at[a]
			work := service
			if cfg.Calendar != nil {
				work = eventlog.Time(cfg.Calendar.BetweenMicros(int64(from), int64(to)))
			}
			switch {
			case !divided:
				x.Unclear += seconds(waiting) / n
			case !manned(c, row):
				x.Waiting += seconds(waiting) / n
				x.Outside += seconds(service) / n
			default:
				x.Waiting += seconds(waiting) / n
				x.Working += seconds(work) / n
				x.Idle += seconds(service-work) / n
			}
			parts[a][k] += seconds(waiting + service)
		})
	}
	lead := 0.0
	for _, y := range leads {
		lead += y
	}
	for a, x := range at {
		x.Half = nan
		if i := ratioInterval(parts[a], leads, x.Total()*n, lead); i != nil {
			x.Half = i.HalfWidth() * lead / n
		}
	}
	return nil
}

// executions counts what is done, how often again, and the work in it.
func (s *Stream) executions(l *eventlog.Log, cfg Config, at []*Stage, many []string) {
	n, manned := float64(s.Cases), Manned(l, cfg.Unmanned...)
	design := make([]bool, len(at))
	for code, name := range l.Activities().Names() {
		design[code] = slices.Contains(many, name)
	}
	type sums struct {
		position, work                         float64
		rows, known, human, cases, again, more int
	}
	by := make([]sums, len(at))
	count := make([]int, len(at))
	right, unstarted := 0, 0
	for _, c := range l.All() {
		once := true
		for row, a := range c.Activities() {
			x := &by[a]
			x.rows++
			x.position += float64(row)
			switch count[a]++; {
			case count[a] == 1:
				x.cases++
			case !design[a]:
				x.more++
				once = false
				s.Repeating += seconds(c.Times()[row]-c.Times()[row-1]) / n
				if count[a] == 2 {
					x.again++
				}
			}
			if !manned(c, row) {
				continue
			}
			x.human++
			if d := cfg.measure(c, row).processing; d >= 0 {
				x.known++
				x.work += seconds(d)
			} else {
				unstarted++
			}
		}
		for _, a := range c.Activities() {
			count[a] = 0
		}
		if once && c.Len() > 0 {
			right++
		}
	}
	for a, x := range at {
		y := by[a]
		if y.rows == 0 {
			continue
		}
		x.Position, x.Share = y.position/float64(y.rows), float64(y.cases)/n
		x.Times, x.Further, x.Repeated, x.ByDesign = float64(y.rows)/n, float64(y.more)/n, float64(y.again)/float64(y.cases), design[a]
		if y.known > 0 {
			x.Effort = y.work / float64(y.known) * float64(y.human) / n
		}
		x.First = x.Effort * (1 - x.Further/x.Times)
		s.Repeats += x.Further
	}
	s.Right = float64(right) / n
	if unstarted > 0 {
		s.Warnings = append(s.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d executions without a recorded start count with the mean labour effort of their activity", unstarted),
			RU: fmt.Sprintf("исполнения без записанного начала (%d) учтены со средней трудоёмкостью своего действия", unstarted),
		})
	}
}

// over returns causes a case.
func (c Causes) over(n float64) Causes {
	for _, x := range []*measure.Number{&c.Waiting, &c.Batching, &c.Contention, &c.Prioritisation, &c.Unavailability, &c.Extraneous} {
		*x /= measure.Number(n)
	}
	return c
}
