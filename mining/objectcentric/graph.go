package objectcentric

import (
	"context"

	"github.com/uprava/uprava/mining/measure"
)

// Graph is the object-centric directly-follows multigraph: for each type of
// object, how its objects pass from activity to activity.
type Graph struct {
	Activities []Activity `json:"activities"` // by name
	Layers     []Layer    `json:"types"`      // by type
}

// Activity counts the events of an activity and the objects they concern.
type Activity struct {
	Activity string `json:"activity"`
	Events   int    `json:"events"`
	Objects  []Kind `json:"objects"` // types that its events concern, by type
}

// Kind is how many objects of a type the events of an activity concern: in all,
// different ones, the least and the most of one event.
type Kind struct {
	Type     string `json:"type"`
	Total    int    `json:"total"`
	Distinct int    `json:"distinct"`
	Least    int    `json:"least"`
	Most     int    `json:"most"`
	One      int    `json:"events_with_exactly_one"`
}

// Layer is the graph of the objects of one type. Starts and Ends count objects by
// activity; edges are by from, then to.
type Layer struct {
	Type    string         `json:"type"`
	Objects int            `json:"objects"`
	Starts  map[string]int `json:"starts"`
	Ends    map[string]int `json:"ends"`
	Edges   []Edge         `json:"edges"`
}

// Edge is a pair of activities that directly follow each other in the life of
// objects: how many such passages, of how many different objects, between how
// many different pairs of events, and their mean wall-clock time in seconds.
type Edge struct {
	From       string         `json:"from"`
	To         string         `json:"to"`
	Count      int            `json:"count"`
	Objects    int            `json:"objects"`
	EventPairs int            `json:"event_pairs"`
	Mean       measure.Number `json:"mean_s"`
}

// Discover returns the object-centric directly-follows multigraph.
//
// Source: A. Berti, W. van der Aalst, "OC-PM: analyzing object-centric event logs
// and process models", STTT 25 (2023), doi:10.1007/s10009-022-00668-w, section 4:
// total objects, unique objects and event couples. O(rows).
func Discover(ctx context.Context, l *Log) (*Graph, error) {
	g := &Graph{Activities: l.activities()}
	for t, name := range l.types {
		layer := Layer{Type: name, Starts: map[string]int{}, Ends: map[string]int{}, Edges: []Edge{}}
		n := len(l.acts)
		type counter struct {
			count, objects, last int
			sum                  float64
			pairs                map[[2]int]struct{}
		}
		counters := map[int]*counter{}
		for o, life := range l.lives {
			if l.typeOf[o] != t {
				continue
			}
			if layer.Objects%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			layer.Objects++
			if len(life) == 0 {
				continue
			}
			layer.Starts[l.acts[l.activity[life[0]]]]++
			layer.Ends[l.acts[l.activity[life[len(life)-1]]]]++
			for k := 1; k < len(life); k++ {
				a, b := life[k-1], life[k]
				c := counters[l.activity[a]*n+l.activity[b]]
				if c == nil {
					c = &counter{last: -1, pairs: map[[2]int]struct{}{}}
					counters[l.activity[a]*n+l.activity[b]] = c
				}
				c.count++
				c.sum += float64(l.events[b].Time.Time - l.events[a].Time.Time)
				c.pairs[[2]int{a, b}] = struct{}{}
				if c.last != o {
					c.last = o
					c.objects++
				}
			}
		}
		for key := range n * n {
			if c := counters[key]; c != nil {
				layer.Edges = append(layer.Edges, Edge{l.acts[key/n], l.acts[key%n], c.count, c.objects, len(c.pairs), measure.Number(c.sum / 1e6 / float64(c.count))})
			}
		}
		g.Layers = append(g.Layers, layer)
	}
	return g, nil
}

func (l *Log) activities() []Activity {
	out := make([]Activity, len(l.acts))
	kinds := make([][]Kind, len(l.acts))
	distinct := make([][]map[int]struct{}, len(l.acts))
	for a, name := range l.acts {
		out[a] = Activity{Activity: name, Objects: []Kind{}}
		kinds[a], distinct[a] = make([]Kind, len(l.types)), make([]map[int]struct{}, len(l.types))
	}
	counts := make([]int, len(l.types))
	for i := range l.events {
		a := l.activity[i]
		clear(counts)
		for _, o := range l.concerns[i] {
			t := l.typeOf[o]
			counts[t]++
			if distinct[a][t] == nil {
				distinct[a][t] = map[int]struct{}{}
			}
			distinct[a][t][o] = struct{}{}
		}
		for t, n := range counts {
			k := &kinds[a][t]
			if out[a].Events == 0 || n < k.Least {
				k.Least = n
			}
			k.Most = max(k.Most, n)
			k.Total += n
			if n == 1 {
				k.One++
			}
		}
		out[a].Events++
	}
	for a := range out {
		for t, k := range kinds[a] {
			if k.Total > 0 {
				k.Type, k.Distinct = l.types[t], len(distinct[a][t])
				out[a].Objects = append(out[a].Objects, k)
			}
		}
	}
	return out
}
