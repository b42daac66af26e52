package desk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/twin"
)

// CaseState is how a case stands.
type CaseState string

// The states. A case is silent that has not come to an end that is known, but has stood
// still for longer than hardly any case that went on.
const (
	CaseOpen   CaseState = "open"
	CaseEnded  CaseState = "ended"
	CaseSilent CaseState = "silent"
	CaseEmpty  CaseState = "empty"
)

// CaseRow is one case in the list. What is not known is zero, nil or NaN.
type CaseRow struct {
	Index       int // in the view
	ID          string
	First, Last eventlog.Stamp
	Lead        float64 // seconds between the milestones of the process
	Elapsed     float64 // seconds from the first event to the last, of an open case to the moment of judging
	Events      int
	State       CaseState
	Suspended   bool // the legal clock stands still
	Due         *time.Time
	Overdue     bool
	OverdueBy   float64   // seconds
	Ball        twin.Text // in whose court an open case is; empty where that cannot be told
	Acted       string    // unit that acted last; "" where none is recorded
}

// CaseList is the cases of a view of a log.
type CaseList struct {
	Rows     []CaseRow
	AsOf     time.Time
	Clock    *Judging // nil where no limit is known
	Clocked  *legal.Result
	Ends     []string
	Silence  time.Duration
	From, To string // milestones of the lead time, "" for the first and the last event
	Effect   *filter.Effect
	Doubts   []error
}

// Cases returns the cases of a view of a log and how each of them stands by the clock
// that is chosen. Remembered.
func (d *Desk) Cases(ctx context.Context, log string, look Look, clock ClockChoice) (*CaseList, error) {
	return Remember(ctx, d, log, fmt.Sprintf("cases\x00%s\x00%s", look, clock), func(ctx context.Context) (*CaseList, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		known, err := d.Known(ctx, log)
		if err != nil {
			return nil, err
		}
		s := &subject{model: known.Model, process: known.Process}
		list := &CaseList{Effect: v.left(look), Doubts: v.Pairing.Warnings()}
		if list.AsOf, err = d.moment(ctx, log, look); err != nil {
			return nil, err
		}
		list.ends(s, v.Log)
		if err := list.fill(ctx, s, known, v.Log); err != nil {
			return nil, err
		}
		if list.Clock, err = judging(known, v.Log, list.Ends, clock); err != nil || list.Clock == nil {
			return list, err
		}
		cfg := legal.Config{Calendar: fiveDays(time.FixedZone("MSK", 3*3600)), AsOf: list.AsOf, Today: clock.Today, Brief: true}
		if list.Clocked, err = legal.Clock(ctx, v.Log, list.Clock.Rule, cfg); err != nil {
			return nil, input(ctx, err)
		}
		silent := 0
		for i := range list.Rows {
			list.Rows[i].judged(&list.Clocked.Cases[i])
			if list.Rows[i].State == CaseSilent && list.Rows[i].Due != nil {
				silent++
			}
		}
		if silent > 0 {
			list.Doubts = append(list.Doubts, &measure.Doubt{
				EN: fmt.Sprintf("%d cases stand still for longer than hardly any case that went on; they are judged as if they had ended with their last event", silent),
				RU: fmt.Sprintf("дел, которые стоят дольше, чем почти любое продолжившееся дело: %d; они оценены так, будто завершились последним событием", silent),
			})
		}
		for _, w := range list.Clocked.Warnings {
			if _, ok := lacking(w); !ok && (list.Clock.Term != "" || !strings.Contains(w.Error(), "running already")) {
				list.Doubts = append(list.Doubts, w)
			}
		}
		return list, nil
	})
}

// moment is that of the look, else the last event of the log, whatever the filter.
func (d *Desk) moment(ctx context.Context, log string, look Look) (time.Time, error) {
	if !look.AsOf.IsZero() {
		return look.AsOf, nil
	}
	info, err := d.store.Log(ctx, log)
	return info.Last, err
}

// judged takes over what the clock says; a silent case is taken to have ended with its
// last event.
func (r *CaseRow) judged(c *legal.Case) {
	r.Due, r.Overdue, r.Suspended = c.Deadline, c.Overdue, c.State == legal.Suspended
	r.OverdueBy = float64(c.OverdueSeconds)
	if r.State == CaseSilent && r.Due != nil {
		by := r.Last.Time.Go().Sub(*r.Due)
		r.Overdue, r.Suspended, r.OverdueBy = by >= 0, false, math.NaN()
		if r.Overdue {
			r.OverdueBy = by.Seconds()
		}
	}
}

// ends finds what ends a case: what the twin's diagram says, else the activities after
// which hardly any case goes on.
func (list *CaseList) ends(s *subject, l *eventlog.Log) {
	if list.Ends = s.endings(l); len(list.Ends) == 0 {
		names, silence := predict.Ends(l)
		list.Ends, list.Silence = names, time.Duration(silence)*time.Microsecond
	}
}

// namesOf are the names of the log by node of the diagram.
func namesOf(known *Known, l *eventlog.Log) map[string]string {
	names := map[string]string{}
	for _, n := range known.Process.Diagram.Nodes {
		for _, name := range []string{known.Process.Labels[n.ID].RU, known.Process.Labels[n.ID].EN, n.Name} {
			if _, ok := l.Activities().Code(name); ok && name != "" {
				names[n.ID] = name
				break
			}
		}
	}
	return names
}

func (list *CaseList) fill(ctx context.Context, s *subject, known *Known, l *eventlog.Log) error {
	times, err := performance.Between(l, s.milestones(l))
	if err != nil {
		return input(ctx, err)
	}
	m := s.milestones(l)
	list.From, list.To = m.From.Activity, m.To.Activity
	list.Rows = make([]CaseRow, l.Cases())
	lead := make([]float64, l.Cases())
	for i := range lead {
		lead[i] = math.NaN()
	}
	for k, i := range times.Cases {
		lead[i] = times.Seconds[k]
	}
	ended := map[string]bool{}
	for _, name := range list.Ends {
		ended[name] = true
	}
	var next map[string]twin.Text
	if known.Process != nil && known.Process.Diagram != nil {
		next = known.nextCourts(l)
	}
	for i, c := range l.All() {
		r := CaseRow{Index: i, ID: c.ID(), Events: c.Len(), Lead: lead[i], Elapsed: math.NaN(), OverdueBy: math.NaN(), State: CaseEmpty}
		if n := c.Len(); n > 0 {
			r.First = eventlog.Stamp{Time: c.First(), Zone: c.Zones()[0]}
			r.Last = eventlog.Stamp{Time: c.Last(), Zone: c.Zones()[n-1]}
			last := l.Activities().Name(c.Activities()[n-1])
			silent := list.AsOf.Sub(r.Last.Time.Go())
			switch {
			case ended[last] || hasEnded(c, l, ended, known):
				r.State = CaseEnded
			case list.Silence > 0 && silent > list.Silence:
				r.State = CaseSilent
			default:
				r.State = CaseOpen
			}
			end := r.Last.Time.Go()
			if r.State == CaseOpen && list.AsOf.After(end) {
				end = list.AsOf
			}
			r.Elapsed = end.Sub(r.First.Time.Go()).Seconds()
			if u := c.Units(); u != nil && u[n-1] != eventlog.NoCode {
				r.Acted = l.Units().Name(u[n-1])
			}
			if r.State == CaseOpen {
				r.Ball = next[last]
			}
		}
		list.Rows[i] = r
	}
	return ctx.Err()
}

// hasEnded reports whether a case came to an end of its diagram at any time: late
// entries may stand behind it.
func hasEnded(c eventlog.Case, l *eventlog.Log, ended map[string]bool, known *Known) bool {
	if known.Process == nil {
		return false
	}
	return slices.ContainsFunc(c.Activities(), func(a eventlog.Code) bool { return ended[l.Activities().Name(a)] })
}

// nextCourts tells, by the activity that was last, who has to act next according to
// the diagram: the pools of the steps that may follow, or somebody outside.
func (k *Known) nextCourts(l *eventlog.Log) map[string]twin.Text {
	p := k.Process.Diagram
	out := p.Outgoing()
	pools := map[string]twin.Text{}
	for _, pool := range k.Model.Pools {
		pools[pool.ID] = pool.Name
	}
	courts := map[string]twin.Text{}
	for id, name := range namesOf(k, l) {
		var ru, en []string
		seen := map[string]bool{}
		var forward func(id string)
		forward = func(id string) {
			for _, f := range out[id] {
				n := p.Node(f.Target)
				if n == nil || seen[n.ID] {
					continue
				}
				seen[n.ID] = true
				task, is := k.Process.Tasks[n.ID]
				switch {
				case !is:
					forward(n.ID)
				case len(task.Pools) == 0:
					ru, en = append(ru, "другая сторона ("+k.Process.Labels[n.ID].In("ru")+")"), append(en, "another party ("+k.Process.Labels[n.ID].In("en")+")")
				default:
					for _, pool := range task.Pools {
						ru, en = append(ru, pools[pool].In("ru")), append(en, pools[pool].In("en"))
					}
				}
			}
		}
		forward(id)
		slices.Sort(ru)
		slices.Sort(en)
		courts[name] = twin.Text{RU: strings.Join(slices.Compact(ru), " / "), EN: strings.Join(slices.Compact(en), " / ")}
	}
	return courts
}

// CaseFile is one case, all that is known of it.
type CaseFile struct {
	Row     CaseRow
	Case    eventlog.Case
	Log     *eventlog.Log
	List    *CaseList
	Clocked *legal.Case       // nil where no limit is known
	Edition *legal.EditionUse // by which it is judged
	Rank    int               // of its variant, from 1
	OfRank  int               // cases that go the same way
}

// Case returns one case of a view of a log; ErrNotFound where the view has none of that
// name.
func (d *Desk) Case(ctx context.Context, log string, look Look, clock ClockChoice, id string) (*CaseFile, error) {
	list, err := d.Cases(ctx, log, look, clock)
	if err != nil {
		return nil, err
	}
	v, err := d.Seen(ctx, log, look)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list.Rows, func(r CaseRow) bool { return r.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("the log %q has no case %q where it is looked at: %w", log, id, ErrNotFound)
	}
	f := &CaseFile{Row: list.Rows[i], Case: v.Log.Case(i), Log: v.Log, List: list}
	for rank, w := range v.Log.Variants() {
		if slices.Equal(w.Activities, f.Case.Activities()) {
			f.Rank, f.OfRank = rank+1, w.Count
			break
		}
	}
	if list.Clock == nil {
		return f, nil
	}
	one := v.Log.Where(func(c eventlog.Case) bool { return c.ID() == id })
	r, err := legal.Clock(ctx, one, list.Clock.Rule, legal.Config{Calendar: fiveDays(time.FixedZone("MSK", 3*3600)), AsOf: list.AsOf, Today: clock.Today})
	if err != nil {
		return nil, input(ctx, err)
	}
	f.Clocked = &r.Cases[0]
	for k := range r.Editions {
		if r.Editions[k].Cases > 0 {
			f.Edition = &r.Editions[k]
		}
	}
	return f, nil
}
