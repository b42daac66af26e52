package alignment

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// clock ends searches whose context is done or whose time is up.
type clock struct {
	ctx      context.Context
	deadline time.Time // zero: none
	cut      atomic.Bool
}

// stop reports, now and then, whether to stop. It looks every 512 states.
func (c *clock) stop(states int) bool { return states&511 == 0 && c.over() }

func (c *clock) over() bool {
	if c.ctx.Err() != nil {
		return true
	}
	if !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
		c.cut.Store(true)
		return true
	}
	return false
}

// job is one call of Align.
type job struct {
	*model
	cfg      Config
	variants []eventlog.Variant
	labels   []int32 // of each activity
	clock    clock
	empty    found // the cheapest run of the model
	out      []Alignment
}

// solver is what one worker needs; its memory is used again for each trace.
type solver struct {
	*job
	search *search
	levels *levels // nil where the net has no block structure
	trace  []int32 // the events that the net knows, by label
	at     []int   // their positions in the variant
}

func (j *job) solver() *solver {
	s := &solver{job: j, search: newSearch(j.model)}
	if j.machines != nil {
		s.levels = newLevels(j.machines)
	}
	return s
}

// best looks for an optimal alignment of the trace.
func (s *solver) best(limit int) found {
	if s.levels != nil {
		return s.levels.run(s.trace, limit, &s.clock)
	}
	return s.search.run(s.trace, limit, optimal, &s.clock)
}

func (j *job) run(ctx context.Context) (*Result, error) {
	if j.cfg.MaxStates == 0 {
		j.cfg.MaxStates = DefaultStates
	}
	if j.cfg.Workers == 0 {
		j.cfg.Workers = runtime.GOMAXPROCS(0)
	}
	j.clock.ctx = ctx
	if j.cfg.Budget > 0 {
		j.clock.deadline = time.Now().Add(j.cfg.Budget)
	}
	first := j.solver()
	if err := first.cheapest(); err != nil {
		return nil, err
	}
	j.out = make([]Alignment, len(j.variants))
	rounds := []int{j.cfg.MaxStates}
	if j.cfg.Budget > 0 {
		rounds = []int{j.cfg.MaxStates/64 + 1, j.cfg.MaxStates}
	}
	for round, limit := range rounds {
		j.round(first, limit, round == 0)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return j.result(), nil
}

// round aligns what is not proved yet, each variant with at most limit states.
func (j *job) round(first *solver, limit int, fresh bool) {
	var next atomic.Int64
	var wait sync.WaitGroup
	work := func(s *solver) {
		defer wait.Done()
		for {
			i := int(next.Add(1)) - 1
			if i >= len(j.variants) || j.clock.ctx.Err() != nil {
				return
			}
			if fresh || !j.out[i].Proved {
				s.align(i, limit, fresh)
			}
		}
	}
	workers := min(j.cfg.Workers, max(1, len(j.variants)))
	wait.Add(workers)
	for range workers - 1 {
		go work(j.solver())
	}
	work(first)
	wait.Wait()
}

// cheapest finds the cheapest run of the model.
func (s *solver) cheapest() error {
	if s.machines != nil {
		s.empty = found{ok: true, moves: s.machines.root.idle}
		return nil
	}
	s.empty = s.search.run(nil, max(s.cfg.MaxStates, DefaultStates), optimal, &s.clock)
	switch {
	case s.empty.ok:
		return nil
	case s.clock.ctx.Err() != nil:
		return s.clock.ctx.Err()
	case s.empty.finished:
		return errors.New("looking for a run of the model: the final marking cannot be reached from the initial one")
	case s.clock.cut.Load():
		return fmt.Errorf("looking for a run of the model: the final marking was not reached within %v", s.cfg.Budget)
	}
	return fmt.Errorf("looking for a run of the model: the final marking was not reached within %d states", s.empty.states)
}

// align aligns the i-th variant.
func (s *solver) align(i, limit int, fresh bool) {
	v := s.variants[i]
	s.trace, s.at = s.trace[:0], s.at[:0]
	for e, a := range v.Activities {
		if l := s.labels[a]; l != unknown {
			s.trace, s.at = append(s.trace, l), append(s.at, e)
		}
	}
	strange := len(v.Activities) - len(s.trace)
	out := &s.out[i]
	if fresh {
		*out = s.finish(v, s.all(), strange)
	}
	if s.clock.over() {
		return
	}
	f := s.best(limit)
	states := f.states
	if !f.ok && fresh && !s.clock.over() {
		g := s.search.run(s.trace, min(limit, 100_000), greedy, &s.clock)
		states += g.states
		f.ok, f.moves = g.ok, g.moves
	}
	low := max(out.Low, f.low+strange)
	if f.ok {
		if a := s.finish(v, f.moves, low); a.Cost < out.Cost {
			a.States = out.States
			*out = a
		}
	}
	out.Low = low
	out.Proved = out.Low == out.High
	out.States += states
}

// all returns the alignment without search: every event a log move, then the
// cheapest run.
func (s *solver) all() []Move {
	out := make([]Move, 0, len(s.trace)+len(s.empty.moves))
	for e := range s.trace {
		out = append(out, Move{Kind: LogMove, Event: e, Transition: -1})
	}
	return append(out, s.empty.moves...)
}

// finish returns the alignment of a variant from that of the events the net
// knows.
func (s *solver) finish(v eventlog.Variant, moves []Move, low int) Alignment {
	out := Alignment{Moves: make([]Move, 0, len(moves)+len(v.Activities)-len(s.trace)), Low: low}
	e := 0
	strange := func(to int) {
		for ; e < to; e++ {
			out.Moves = append(out.Moves, Move{Kind: LogMove, Event: e, Transition: -1})
			out.Cost++
		}
	}
	for _, m := range moves {
		if m.Event >= 0 {
			m.Event = s.at[m.Event]
			strange(m.Event)
			e++
		}
		if m.Kind == LogMove || m.Kind == ModelMove {
			out.Cost++
		}
		out.Moves = append(out.Moves, m)
	}
	strange(len(v.Activities))
	out.High = out.Cost
	out.Proved = out.Low == out.High
	return out
}

func (j *job) result() *Result {
	r := &Result{Alignments: j.out, Cut: j.clock.cut.Load()}
	for _, m := range j.empty.moves {
		if m.Kind == ModelMove {
			r.WorstCost++
		}
	}
	var traces, unproved int64
	for i := range j.out {
		a, count := &j.out[i], int64(j.variants[i].Count)
		traces += count
		r.TotalLow += int64(a.Low) * count
		r.TotalHigh += int64(a.High) * count
		r.States += int64(a.States)
		if a.Proved {
			r.Proved += count
		} else {
			unproved++
		}
	}
	if unproved > 0 {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("alignments: %d of %d traces (%d of %d variants) are not proved optimal; the total cost lies between %d and %d", traces-r.Proved, traces, unproved, len(j.out), r.TotalLow, r.TotalHigh),
			RU: fmt.Sprintf("выравнивания: оптимальность не доказана для трасс: %d из %d (вариантов: %d из %d); общая стоимость от %d до %d", traces-r.Proved, traces, unproved, len(j.out), r.TotalLow, r.TotalHigh),
		})
	}
	if r.Cut {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("alignments: the budget of %v ended the search; on another machine the bounds will differ", j.cfg.Budget),
			RU: fmt.Sprintf("выравнивания: поиск прерван по истечении бюджета времени (%v); на другой машине границы будут иными", j.cfg.Budget),
		})
	}
	return r
}
