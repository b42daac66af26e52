package performance

import (
	"cmp"
	"context"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Rework is how often work is done again.
type Rework struct {
	Cases int `json:"cases"` // that have events
	// Repeating counts the cases in which some activity occurs more than once. Right
	// is the share of the others: right the first time, with Wilson's 95 % interval.
	Repeating  int               `json:"cases_with_rework"`
	Right      measure.Number    `json:"first_time_right"`
	Interval   *measure.Interval `json:"interval"`
	Activities []Repeated        `json:"activities"` // those repeated, the most cases first
	PingPong   []Bounce          `json:"ping_pong"`  // between units where they are recorded, else between people
	Warnings   []error           `json:"-"`
}

// Repeated is an activity that occurs more than once in some cases.
type Repeated struct {
	Activity  string         `json:"activity"`
	Cases     int            `json:"cases"`      // with a repetition
	Of        int            `json:"of_cases"`   // in which it occurs
	Further   int            `json:"further"`    // occurrences beyond the first of each case
	SelfLoops int            `json:"self_loops"` // of them, directly after itself
	Time      measure.Number `json:"time_s"`     // from the completion before each further occurrence to its own, wall clock, summed
}

// Bounce is work that went from A to B and straight back to A.
type Bounce struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Count int    `json:"count"`
	Cases int    `json:"cases"`
}

// FindRework returns the repetitions of activities in the cases of a log, which is
// taken as it is (of activity instances, or of recorded events), and the ping-pong
// between units, or people where no units are recorded. O(n).
func FindRework(ctx context.Context, l *eventlog.Log) (*Rework, error) {
	n := l.Activities().Len()
	by := make([]Repeated, n)
	time := make([]float64, n)
	count := make([]int, n)
	names, column := l.Units(), eventlog.Case.Units
	if names.Len() == 0 {
		names, column = l.Resources(), eventlog.Case.Resources
	}
	type pair struct{ a, b eventlog.Code }
	bounces := map[pair]*Bounce{}
	last := map[pair]int{}
	r := &Rework{Activities: []Repeated{}, PingPong: []Bounce{}}
	var who []eventlog.Code
	for i, c := range l.All() {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.Len() == 0 {
			continue
		}
		r.Cases++
		acts, times := c.Activities(), c.Times()
		again := false
		for k, a := range acts {
			count[a]++
			switch count[a] {
			case 1:
				by[a].Of++
				continue
			case 2:
				by[a].Cases++
			}
			again = true
			by[a].Further++
			time[a] += seconds(times[k] - times[k-1])
			if acts[k-1] == a {
				by[a].SelfLoops++
			}
		}
		for _, a := range acts {
			count[a] = 0
		}
		if again {
			r.Repeating++
		}
		who = who[:0] // those who follow each other, each stretch once
		for _, x := range column(c) {
			if x != eventlog.NoCode && (len(who) == 0 || who[len(who)-1] != x) {
				who = append(who, x)
			}
		}
		for k := 2; k < len(who); k++ {
			if who[k] != who[k-2] {
				continue
			}
			p := pair{who[k], who[k-1]}
			b := bounces[p]
			if b == nil {
				b = &Bounce{A: names.Name(p.a), B: names.Name(p.b)}
				bounces[p] = b
			}
			b.Count++
			if last[p] != i+1 {
				last[p] = i + 1
				b.Cases++
			}
		}
	}
	for a := range by {
		if by[a].Cases > 0 {
			by[a].Activity, by[a].Time = l.Activities().Name(eventlog.Code(a)), measure.Number(time[a])
			r.Activities = append(r.Activities, by[a])
		}
	}
	slices.SortFunc(r.Activities, func(x, y Repeated) int {
		return cmp.Or(cmp.Compare(y.Cases, x.Cases), cmp.Compare(x.Activity, y.Activity))
	})
	for _, b := range bounces {
		r.PingPong = append(r.PingPong, *b)
	}
	slices.SortFunc(r.PingPong, func(x, y Bounce) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	r.Right = measure.Number(float64(r.Cases-r.Repeating) / float64(r.Cases)) // NaN of no case
	if interval, err := measure.ShareInterval(r.Cases-r.Repeating, r.Cases, 0.95); err == nil {
		r.Interval = &interval
	}
	return r, nil
}
