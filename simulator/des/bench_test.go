package des

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/uprava/uprava/simulator/simtest"
)

type kind uint8

const (
	arrival kind = iota
	departure
)

// mm1 runs n customers through one server at utilisation 0.8 on the bare kernel
// and returns the mean time in the system, in seconds (theory: 4000).
func mm1(n int, seed uint64) (float64, error) {
	var s Scheduler[kind]
	between, service := NewStream(seed, 0, "arrivals"), NewStream(seed, 0, "service")
	queue := make([]time.Duration, 1024) // ring of arrival times, head in service
	head, length, done, came := 0, 0, 0, 0
	var total float64
	s.Schedule(between.Exponential(1000*time.Second), 0, arrival)
	err := s.Run(context.Background(), func(k kind) error {
		switch k {
		case arrival:
			if length == len(queue) {
				queue = append(append(make([]time.Duration, 0, 2*length), queue[head:]...), queue[:head]...)
				queue, head = queue[:cap(queue)], 0
			}
			queue[(head+length)&(len(queue)-1)] = s.Now()
			if length++; length == 1 {
				s.Schedule(s.Now()+service.Exponential(800*time.Second), 0, departure)
			}
			if came++; came < n {
				s.Schedule(s.Now()+between.Exponential(1000*time.Second), 0, arrival)
			}
		case departure:
			total += float64(s.Now() - queue[head])
			head, length, done = (head+1)&(len(queue)-1), length-1, done+1
			if length > 0 {
				s.Schedule(s.Now()+service.Exponential(800*time.Second), 0, departure)
			}
		}
		return nil
	})
	return total / float64(time.Second) / float64(done), err
}

// BenchmarkMM1 is a whole queue of a million customers, two events each.
func BenchmarkMM1(b *testing.B) {
	const n = 1_000_000
	began := simtest.CPU()
	for i := range b.N {
		if _, err := mm1(n, uint64(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(2*n*b.N)/(simtest.CPU()-began).Seconds(), "events/cpu-s")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million-customers")
}

// BenchmarkHold is the classic hold model: take the earliest of 1000 events and
// put it back at a random later time.
func BenchmarkHold(b *testing.B) {
	var s Scheduler[[2]int32]
	r := NewStream(1, 0, "hold")
	for range 1000 {
		s.Schedule(r.Exponential(time.Second), 0, [2]int32{})
	}
	b.ReportAllocs()
	for b.Loop() {
		e, _ := s.Next()
		s.Schedule(s.Now()+r.Exponential(time.Second), 0, e)
	}
}

// BenchmarkBare is the same queue without a kernel: a slice as a binary heap, and
// floating-point times. What the kernel costs is its rate beside this one, on the same
// machine.
func BenchmarkBare(b *testing.B) {
	const n = 1_000_000
	began := simtest.CPU()
	for i := range b.N {
		bare(n, uint64(i))
	}
	b.ReportMetric(float64(2*n*b.N)/(simtest.CPU()-began).Seconds(), "events/cpu-s")
}

// bare runs n customers and returns their mean time in the system.
func bare(n int, seed uint64) float64 {
	type event struct {
		at      float64
		arrival bool
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	var heap []event
	push := func(e event) {
		heap = append(heap, e)
		for i := len(heap) - 1; i > 0; {
			up := (i - 1) / 2
			if heap[up].at <= heap[i].at {
				break
			}
			heap[up], heap[i] = heap[i], heap[up]
			i = up
		}
	}
	pop := func() event {
		e, last := heap[0], len(heap)-1
		heap[0] = heap[last]
		heap = heap[:last]
		for i := 0; ; {
			least := i
			for k := 2*i + 1; k <= 2*i+2 && k < last; k++ {
				if heap[k].at < heap[least].at {
					least = k
				}
			}
			if least == i {
				return e
			}
			heap[i], heap[least] = heap[least], heap[i]
			i = least
		}
	}
	queue := make([]float64, 1024)
	head, length, done, came, total := 0, 0, 0, 1, 0.0
	push(event{1000 * rng.ExpFloat64(), true})
	for len(heap) > 0 {
		e := pop()
		if e.arrival {
			queue[(head+length)&1023] = e.at
			if length++; length == 1 {
				push(event{e.at + 800*rng.ExpFloat64(), false})
			}
			if came++; came <= n {
				push(event{e.at + 1000*rng.ExpFloat64(), true})
			}
			continue
		}
		total += e.at - queue[head]
		head, length, done = (head+1)&1023, length-1, done+1
		if length > 0 {
			push(event{e.at + 800*rng.ExpFloat64(), false})
		}
	}
	return total / float64(done)
}
