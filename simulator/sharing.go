package simulator

import (
	"slices"
	"time"
)

// sharing is how a person shares their time evenly among items: a clock that
// advances, in their hours, by the time that each of them gets (Kleinrock 1967,
// doi:10.1145/321386.321388).
type sharing struct {
	items   []int32
	clock   int64 // 1/1024 microseconds
	updated time.Duration
}

const fine = 1 << 10 // parts of a microsecond on the clock of a sharing person

// advance brings the clock of a sharing person up to now.
func (r *run) advance(m int32) {
	s := r.staff[m].share
	now := r.des.Now()
	if n := int64(len(s.items)); n > 0 {
		s.clock += int64(r.peopleHours[m].between(s.updated, now)/time.Microsecond) * fine / n
	}
	s.updated = now
}

// shareIn adds an item to those that a person shares their time among.
func (r *run) shareIn(m, k int32) {
	r.advance(m)
	s := r.staff[m].share
	r.items[k].finish = s.clock + int64(r.items[k].left/time.Microsecond)*fine
	s.items = append(s.items, k)
	r.nextShared(m)
}

// shareOut takes an item from them.
func (r *run) shareOut(m, k int32) {
	r.advance(m)
	s := r.staff[m].share
	s.items = slices.DeleteFunc(s.items, func(x int32) bool { return x == k })
	r.nextShared(m)
}

// nextShared schedules the next completion of a sharing person.
func (r *run) nextShared(m int32) {
	s := r.staff[m].share
	r.staff[m].stamp++
	if len(s.items) == 0 {
		return
	}
	next := r.nextOf(s)
	left := (max(r.items[next].finish-s.clock, 0)*int64(len(s.items)) + fine - 1) / fine
	at := r.peopleHours[m].add(r.des.Now(), time.Duration(left)*time.Microsecond)
	r.des.Schedule(at, 0, event{shareEvent, uint32(m), r.staff[m].stamp})
}

// nextOf returns the item that is done first.
func (r *run) nextOf(s *sharing) int32 {
	next := s.items[0]
	for _, k := range s.items[1:] {
		if r.items[k].finish < r.items[next].finish {
			next = k
		}
	}
	return next
}

// shared completes the item of a sharing person that is done.
func (r *run) shared(m int32) {
	r.advance(m)
	k := r.nextOf(r.staff[m].share)
	r.items[k].complete = r.des.Now()
	r.completed(k)
}
