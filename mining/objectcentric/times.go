package objectcentric

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Lifecycle is how the objects of a type live: seconds of wall clock from the
// first to the last event, events of an object, and the most frequent ways.
type Lifecycle struct {
	Type     string          `json:"type"`
	Objects  int             `json:"objects"`
	Idle     int             `json:"objects_without_events"`
	Duration measure.Summary `json:"duration_s"`
	Events   measure.Summary `json:"events"`
	Ways     int             `json:"variants"`
	Top      []Way           `json:"most_frequent"`
}

// Way is a sequence of activities and the number of objects that took it.
type Way struct {
	Activities []string `json:"activities"`
	Objects    int      `json:"objects"`
}

// topWays is how many ways a Lifecycle names.
const topWays = 10

// Lifecycles returns how the objects of each type live, by type. O(rows).
func Lifecycles(ctx context.Context, l *Log) ([]Lifecycle, error) {
	out := make([]Lifecycle, len(l.types))
	for t, name := range l.types {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := Lifecycle{Type: name}
		var durations, lengths []float64
		for o, life := range l.lives {
			if l.typeOf[o] != t {
				continue
			}
			c.Objects++
			if len(life) == 0 {
				c.Idle++
				continue
			}
			first, last := l.events[life[0]].Time.Time, l.events[life[len(life)-1]].Time.Time
			durations, lengths = append(durations, float64(last-first)/1e6), append(lengths, float64(len(life)))
		}
		c.Duration, c.Events = measure.Summarize(durations, measure.Second), measure.Summarize(lengths, measure.Count)
		c.Ways, c.Top = l.ways(t)
		out[t] = c
	}
	return out, nil
}

func (l *Log) ways(t int) (int, []Way) {
	counts := map[string]*Way{}
	var key []byte
	for o, life := range l.lives {
		if l.typeOf[o] != t || len(life) == 0 {
			continue
		}
		key = key[:0]
		for _, i := range life {
			key = fmt.Appendf(key, "%d,", l.activity[i])
		}
		w := counts[string(key)]
		if w == nil {
			w = &Way{}
			for _, i := range life {
				w.Activities = append(w.Activities, l.acts[l.activity[i]])
			}
			counts[string(key)] = w
		}
		w.Objects++
	}
	ways := make([]Way, 0, len(counts))
	for _, w := range counts {
		ways = append(ways, *w)
	}
	slices.SortFunc(ways, func(x, y Way) int {
		return cmp.Or(cmp.Compare(y.Objects, x.Objects), slices.Compare(x.Activities, y.Activities))
	})
	return len(ways), ways[:min(topWays, len(ways))]
}

// Synchronisation is how long the objects of an activity's events waited for each
// other, in wall-clock seconds over the events whose objects had all, or some of
// them, been part of an event before:
//
//   - Flow: from the first of the objects to be ready until the event,
//   - Sojourn: from the last of them to be ready until the event,
//   - Apart: from the first to the last to be ready (synchronisation time), so
//     that Flow = Apart + Sojourn,
//   - Pooling, by type: from the first to the last of the objects of that type,
//   - Lagging, by type: from the last ready of the other types to the last of this
//     one, 0 where it was no later: the time that this type kept the others waiting.
//
// An object is ready when its event before this one happened.
type Synchronisation struct {
	Activity string          `json:"activity"`
	Events   int             `json:"events"` // with at least one object that was ready
	Joint    int             `json:"events_joining_objects"`
	Flow     measure.Summary `json:"flow_s"`
	Sojourn  measure.Summary `json:"sojourn_s"`
	Apart    measure.Summary `json:"synchronisation_s"` // over the joint events
	Types    []TypeWait      `json:"types"`             // by type
}

// TypeWait is what one type of object adds to the waiting, see Synchronisation:
// pooling over events with several objects of the type, lagging over events with
// objects of this and of another type.
type TypeWait struct {
	Type    string          `json:"type"`
	Pooling measure.Summary `json:"pooling_s"`
	Lagging measure.Summary `json:"lagging_s"`
}

// Synchronise returns, for each activity whose objects came from earlier events,
// how long they waited for each other, by activity.
//
// Source: G. Park, J. Adams, W. van der Aalst, "OPerA: Object-Centric Performance
// Analysis", ER 2022, doi:10.1007/978-3-031-17995-2_20, section 4. Deviations:
// times are from event to event, since starts are not part of OCEL; lagging is
// counted for the type that is late, not for those that wait. O(rows).
func Synchronise(ctx context.Context, l *Log) ([]Synchronisation, error) {
	type sample struct {
		flow, sojourn, apart []float64
		pooling, lagging     [][]float64
		joint                int
	}
	samples := make([]sample, len(l.acts))
	for a := range samples {
		samples[a].pooling, samples[a].lagging = make([][]float64, len(l.types)), make([][]float64, len(l.types))
	}
	last := make([]int, len(l.objects)) // event of each object before this one
	for i := range last {
		last[i] = -1
	}
	first, latest, ready := make([]eventlog.Time, len(l.types)), make([]eventlog.Time, len(l.types)), make([]int, len(l.types))
	for i, e := range l.events {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		clear(ready)
		n, from, to := 0, eventlog.MaxTime, eventlog.MinTime
		for _, o := range l.concerns[i] {
			if last[o] < 0 {
				continue
			}
			t, at := l.typeOf[o], l.events[last[o]].Time.Time
			if ready[t] == 0 || at < first[t] {
				first[t] = at
			}
			if ready[t] == 0 || at > latest[t] {
				latest[t] = at
			}
			ready[t]++
			n++
			from, to = min(from, at), max(to, at)
		}
		for _, o := range l.concerns[i] {
			last[o] = i
		}
		if n == 0 {
			continue
		}
		s := &samples[l.activity[i]]
		seconds := func(x eventlog.Time) float64 { return float64(x) / 1e6 }
		s.flow, s.sojourn = append(s.flow, seconds(e.Time.Time-from)), append(s.sojourn, seconds(e.Time.Time-to))
		if n == 1 {
			continue
		}
		s.joint++
		s.apart = append(s.apart, seconds(to-from))
		for t := range l.types {
			if ready[t] > 1 {
				s.pooling[t] = append(s.pooling[t], seconds(latest[t]-first[t]))
			}
			if ready[t] > 0 && ready[t] < n {
				others := eventlog.MinTime
				for u := range l.types {
					if u != t && ready[u] > 0 {
						others = max(others, latest[u])
					}
				}
				s.lagging[t] = append(s.lagging[t], max(0, seconds(latest[t]-others)))
			}
		}
	}
	out := []Synchronisation{}
	for a, s := range samples {
		if len(s.flow) == 0 {
			continue
		}
		r := Synchronisation{Activity: l.acts[a], Events: len(s.flow), Joint: s.joint, Types: []TypeWait{},
			Flow: measure.Summarize(s.flow, measure.Second), Sojourn: measure.Summarize(s.sojourn, measure.Second), Apart: measure.Summarize(s.apart, measure.Second)}
		for t, name := range l.types {
			if len(s.pooling[t])+len(s.lagging[t]) > 0 {
				r.Types = append(r.Types, TypeWait{name, measure.Summarize(s.pooling[t], measure.Second), measure.Summarize(s.lagging[t], measure.Second)})
			}
		}
		out = append(out, r)
	}
	return out, nil
}
