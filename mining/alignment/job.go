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

// maxBeam is about the number of states expanded in search of a good alignment
// where an optimal one was not found.
const maxBeam = 100_000

// leastForRun is the number of states in which the cheapest run of the model is
// sought, should the bound for a variant be lower.
const leastForRun = 200_000

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
	started  time.Time
	variants []eventlog.Variant
	labels   []int32 // of each activity
	clock    clock
	empty    found // the cheapest run of the model
	worst    int   // its cost
	known    func() *known
	spare    []*solver // beside the first
	out      []Alignment
}

// solver is what one worker needs; its memory is used again for each trace.
type solver struct {
	*job
	search *search
	tame   *search // keeps to the known markings; nil until one is needed
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

func (j *job) run(ctx context.Context) (*Result, error) {
	if j.cfg.MaxStates == 0 {
		j.cfg.MaxStates = DefaultStates
	}
	if j.cfg.Workers == 0 {
		j.cfg.Workers = runtime.GOMAXPROCS(0)
	}
	j.clock.ctx = ctx
	if j.cfg.Budget > 0 {
		j.clock.deadline = j.started.Add(j.cfg.Budget)
	}
	j.known = sync.OnceValue(func() *known { return explore(j.model, j.empty.moves, &j.clock) })
	first := j.solver()
	if err := first.cheapest(); err != nil {
		return nil, err
	}
	for _, m := range j.empty.moves {
		if m.Kind == ModelMove {
			j.worst++
		}
	}
	j.out = make([]Alignment, len(j.variants))
	for i := range j.out {
		first.begin(i)
	}
	most := j.cfg.MaxStates
	if j.cfg.Budget == 0 {
		j.prove(first, most)
		j.improve(first, maxBeam)
	} else {
		// What is easy goes first, so that one hard variant does not use up the time,
		// and a fifth of the time is for good alignments of what stays unproved.
		j.clock.deadline = j.started.Add(j.cfg.Budget / 5 * 4)
		j.prove(first, most/1024+1)
		j.improve(first, maxBeam/32)
		j.prove(first, most/64+1)
		j.prove(first, most)
		j.clock.deadline = j.started.Add(j.cfg.Budget)
		j.improve(first, maxBeam)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i := range j.out {
		if j.out[i].Moves == nil {
			first.trivial(i)
		}
	}
	return j.result(), nil
}

// each does something for each variant that is not proved optimal, with as many
// workers as the configuration says; first is one of them.
func (j *job) each(first *solver, do func(s *solver, i int)) {
	var todo []int
	for i := range j.out {
		if !j.out[i].Proved {
			todo = append(todo, i)
		}
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	work := func(s *solver) {
		defer wait.Done()
		for {
			k := int(next.Add(1)) - 1
			if k >= len(todo) || j.clock.over() {
				return
			}
			s.read(todo[k])
			do(s, todo[k])
		}
	}
	workers := max(1, min(j.cfg.Workers, len(todo)))
	wait.Add(workers)
	for len(j.spare) < workers-1 {
		j.spare = append(j.spare, j.solver())
	}
	for _, s := range j.spare[:workers-1] {
		go work(s)
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
	s.empty = s.search.run(nil, max(s.cfg.MaxStates, leastForRun), &s.clock)
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

// read takes the events of a variant that the net knows.
func (s *solver) read(i int) {
	s.trace, s.at = s.trace[:0], s.at[:0]
	for e, a := range s.variants[i].Activities {
		if int(a) < len(s.labels) && s.labels[a] != unknown {
			s.trace, s.at = append(s.trace, s.labels[a]), append(s.at, e)
		}
	}
}

// strange returns how many events of a variant the net does not know.
func (s *solver) strange(i int) int { return len(s.variants[i].Activities) - len(s.trace) }

// begin gives a variant the bounds that need no search.
func (s *solver) begin(i int) {
	s.read(i)
	cost := len(s.variants[i].Activities) + s.worst
	s.out[i] = Alignment{Cost: cost, Low: s.strange(i), High: cost, Proved: s.strange(i) == cost}
}

// trivial gives a variant the moves that need no search: every event a log move,
// then the cheapest run.
func (s *solver) trivial(i int) {
	s.read(i)
	all := make([]Move, 0, len(s.trace)+len(s.empty.moves))
	for e := range s.trace {
		all = append(all, Move{LogMove, e, -1})
	}
	s.out[i].Moves = s.finish(i, append(all, s.empty.moves...), 0).Moves
}

// prove looks for an optimal alignment of each variant that has none yet.
func (j *job) prove(first *solver, limit int) {
	j.each(first, func(s *solver, i int) {
		if s.levels != nil {
			s.take(i, s.levels.align(s.trace, limit, &s.clock))
		} else {
			s.take(i, s.search.run(s.trace, limit, &s.clock))
		}
	})
}

// improve looks for a good alignment of each variant that has no optimal one.
func (j *job) improve(first *solver, limit int) {
	limit = min(limit, j.cfg.MaxStates)
	j.each(first, func(s *solver, i int) {
		if len(s.parts) > 0 {
			s.take(i, s.search.beam(s.trace, limit, &s.clock))
		}
		if k := s.known(); k != nil {
			if s.tame == nil {
				s.tame = newKnownSearch(s.model, k)
			}
			s.take(i, s.tame.beam(s.trace, limit, &s.clock))
		}
	})
}

// take takes what a search found into the result.
func (s *solver) take(i int, f found) {
	out := &s.out[i]
	states, low := out.States+f.states, max(out.Low, f.low+s.strange(i))
	if f.ok {
		if a := s.finish(i, f.moves, low); a.Cost < out.Cost || a.Cost == out.Cost && out.Moves == nil {
			*out = a
		}
	}
	out.Low, out.Proved, out.States = low, low == out.High, states
}

// finish returns the alignment of a variant from that of the events the net
// knows.
func (s *solver) finish(i int, moves []Move, low int) Alignment {
	v := s.variants[i]
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
	r := &Result{Alignments: j.out, Cut: j.clock.cut.Load(), WorstCost: j.worst}
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
