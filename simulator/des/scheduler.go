package des

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Scheduler holds the clock and the events to come, each with a payload of type
// E. The zero value is ready at time 0. It is for one goroutine. Once its heap
// has grown to the largest number of pending events it allocates nothing.
type Scheduler[E any] struct {
	heap     []entry[E]
	now      time.Duration
	sequence uint64
	handled  uint64
	err      error
}

type entry[E any] struct {
	at       time.Duration
	sequence uint64 // priority in the upper 16 bits
	payload  E
}

func (e *entry[E]) before(f *entry[E]) bool {
	return e.at < f.at || e.at == f.at && e.sequence < f.sequence
}

// Now returns the time of the event that is being handled; 0 before the first.
func (s *Scheduler[E]) Now() time.Duration { return s.now }

// Handled returns the number of events taken so far.
func (s *Scheduler[E]) Handled() uint64 { return s.handled }

// Pending returns the number of events to come.
func (s *Scheduler[E]) Pending() int { return len(s.heap) }

// Err returns what stopped the scheduler: an event scheduled in the past.
func (s *Scheduler[E]) Err() error { return s.err }

// Schedule adds an event. Of events at one time the lower priority runs first,
// among equals the one scheduled first. An event before Now is not added: it is
// a fault of the model, kept in Err, and no further event is handed out.
// O(log n).
func (s *Scheduler[E]) Schedule(at time.Duration, priority uint16, payload E) {
	if at < s.now {
		s.late(at, payload)
		return
	}
	e := entry[E]{at, uint64(priority)<<48 | s.sequence&(1<<48-1), payload}
	s.sequence++
	h := append(s.heap, e)
	s.heap = h
	i := len(h) - 1
	for i > 0 { // towards the root
		p := (i - 1) / arity
		if !e.before(&h[p]) {
			break
		}
		h[i] = h[p]
		i = p
	}
	h[i] = e
}

// late keeps the fault of an event in the past. It is apart, so that what is done for
// every event stays small.
//
//go:noinline
func (s *Scheduler[E]) late(at time.Duration, payload E) {
	if s.err == nil {
		s.err = fmt.Errorf("scheduling an event (%v) at %v: the clock shows %v already", payload, at, s.now)
	}
}

// Next moves the clock to the earliest event and takes it. It returns false
// when none is left or Err is set. O(log n).
func (s *Scheduler[E]) Next() (payload E, ok bool) {
	if len(s.heap) == 0 || s.err != nil {
		return payload, false
	}
	top := &s.heap[0]
	if top.at < s.now {
		s.err = fmt.Errorf("taking an event at %v: the clock shows %v already", top.at, s.now)
		return payload, false
	}
	s.now = top.at
	s.handled++
	payload = top.payload
	n := len(s.heap) - 1
	last := s.heap[n]
	s.heap = s.heap[:n]
	if n > 0 {
		s.down(&last)
	}
	return payload, true
}

// Peek returns the time of the earliest event, and false when there is none.
func (s *Scheduler[E]) Peek() (time.Duration, bool) {
	if len(s.heap) == 0 {
		return 0, false
	}
	return s.heap[0].at, true
}

// ErrStop, returned by a handler, ends Run without an error.
var ErrStop = errors.New("stop the simulation")

// checkEvery is the number of events between two looks at the context.
const checkEvery = 4096

// Run hands events to handle, in order, until none is left, handle returns an
// error (ErrStop: Run returns nil), an event was scheduled in the past, or ctx
// is done, which is looked at every 4096 events.
func (s *Scheduler[E]) Run(ctx context.Context, handle func(E) error) error {
	for {
		if s.handled%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("simulating, %d events done: %w", s.handled, err)
			}
		}
		e, ok := s.Next()
		if !ok {
			return s.err
		}
		if err := handle(e); err != nil {
			if errors.Is(err, ErrStop) {
				return s.err
			}
			return err
		}
	}
}

// arity is the number of children of a node of the heap: four are as deep as
// half the levels of two, and lie in one or two cache lines.
const arity = 4

// down puts e in place of the root.
func (s *Scheduler[E]) down(e *entry[E]) {
	h := s.heap
	i := 0
	for {
		c := i*arity + 1
		if c >= len(h) {
			break
		}
		least := c
		for k := c + 1; k < min(c+arity, len(h)); k++ {
			if h[k].before(&h[least]) {
				least = k
			}
		}
		if !h[least].before(e) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = *e
}
