package cohort

import (
	"maps"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/internal/casetable"
	"github.com/uprava/uprava/mining/measure"
)

// seen counts, in one cohort, cases that have a thing and how often it occurs.
type seen struct{ cases, times int }

// control compares activities, directly-follows pairs and rework.
func (c *comparison) control() error {
	activities := map[string]*[2]seen{}
	edges := map[[2]string]*[2]seen{}
	var rework [2]measure.Rate
	for k, l := range c.logs {
		names := l.Activities().Names()
		last := make([]int, len(names)) // case + 1 in which the activity was met last
		pairs := map[[2]eventlog.Code]*[2]int{}
		counts := make([]seen, len(names))
		for i, cs := range l.All() {
			if i%4096 == 0 && c.ctx.Err() != nil {
				return c.ctx.Err()
			}
			acts := cs.Activities()
			if len(acts) == 0 {
				continue
			}
			rework[k].N++
			again := false
			for j, a := range acts {
				counts[a].times++
				if last[a] == i+1 {
					again = true
				} else {
					last[a] = i + 1
					counts[a].cases++
				}
				if j == 0 {
					continue
				}
				p := [2]eventlog.Code{acts[j-1], a}
				at := pairs[p]
				if at == nil {
					at = &[2]int{}
					pairs[p] = at
					edge := [2]string{names[p[0]], names[p[1]]}
					if edges[edge] == nil {
						edges[edge] = &[2]seen{}
					}
				}
				e := &edges[[2]string{names[p[0]], names[p[1]]}][k]
				e.times++
				if at[0] != i+1 {
					at[0] = i + 1
					e.cases++
				}
			}
			if again {
				rework[k].K++
			}
		}
		for a, s := range counts {
			if s.times > 0 {
				if activities[names[a]] == nil {
					activities[names[a]] = &[2]seen{}
				}
				activities[names[a]][k] = s
			}
		}
	}
	if rework[0].N == 0 || rework[1].N == 0 {
		return nil
	}
	s, err := c.share(rework[0], rework[1])
	if err != nil {
		return err
	}
	c.Rework = &s
	return c.compareSeen(activities, edges, rework[0].N, rework[1].N)
}

func (c *comparison) compareSeen(activities map[string]*[2]seen, edges map[[2]string]*[2]seen, na, nb int) error {
	compare := func(family string, of *[2]seen) (s Share, tested bool, err error) {
		if of[0].cases+of[1].cases < c.cfg.MinCases {
			c.skip(family, 1)
			return s, false, nil
		}
		s, err = c.share(measure.Rate{K: of[0].cases, N: na}, measure.Rate{K: of[1].cases, N: nb})
		return s, err == nil, err
	}
	mean := func(s seen, n int) measure.Number { return measure.Number(float64(s.times) / float64(n)) }
	for _, name := range slices.Sorted(maps.Keys(activities)) {
		of := activities[name]
		s, tested, err := compare(familyActivities, of)
		if err != nil {
			return err
		}
		if tested {
			c.Activities = append(c.Activities, Activity{name, s, mean(of[0], na), mean(of[1], nb)})
		}
	}
	for _, pair := range slices.SortedFunc(maps.Keys(edges), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		of := edges[pair]
		s, tested, err := compare(familyEdges, of)
		if err != nil {
			return err
		}
		if tested {
			c.Edges = append(c.Edges, Edge{pair[0], pair[1], s, mean(of[0], na), mean(of[1], nb)})
		}
	}
	return nil
}

// shares compares breaches.
func (c *comparison) shares() error {
	if c.cfg.Breach == nil {
		return nil
	}
	var rates [2]measure.Rate
	for k, l := range c.logs {
		for _, cs := range l.All() {
			if broken, known := c.cfg.Breach(cs); known {
				rates[k].N++
				if broken {
					rates[k].K++
				}
			}
		}
	}
	if rates[0].N == 0 || rates[1].N == 0 {
		c.Warnings = append(c.Warnings, &measure.Doubt{
			EN: "breaches cannot be told in one of the cohorts and are not compared",
			RU: "в одной из групп нарушения определить нельзя, они не сравниваются",
		})
		return nil
	}
	s, err := c.share(rates[0], rates[1])
	c.Breach = &s
	return err
}

// waitings compares the waiting before each activity.
func (c *comparison) waitings() error {
	type key struct{ activity, since string }
	samples := map[key]*[2][]float64{}
	starts := c.logs[0].HasStarts() && c.logs[1].HasStarts()
	for k, l := range c.logs {
		type sum struct {
			at    int // case + 1
			total float64
			n     int
		}
		names := l.Activities().Names()
		sums := make([]sum, len(names))
		since := make([]string, len(names))
		flush := func(a int) {
			if sums[a].n == 0 {
				return
			}
			at := key{names[a], since[a]}
			if samples[at] == nil {
				samples[at] = &[2][]float64{}
			}
			samples[at][k] = append(samples[at][k], sums[a].total/float64(sums[a].n))
		}
		for i, cs := range l.All() {
			if i%4096 == 0 && c.ctx.Err() != nil {
				return c.ctx.Err()
			}
			for j, a := range cs.Activities() {
				w, how := casetable.Waiting(cs, j, starts)
				if math.IsNaN(w) {
					continue
				}
				if s := &sums[a]; s.at != i+1 || since[a] != how {
					flush(int(a))
					*s, since[a] = sum{at: i + 1}, how
				}
				sums[a].total += w
				sums[a].n++
			}
		}
		for a := range sums {
			flush(a)
		}
	}
	order := slices.SortedFunc(maps.Keys(samples), func(a, b key) int {
		return slices.Compare([]string{a.activity, a.since}, []string{b.activity, b.since})
	})
	for _, at := range order {
		s := samples[at]
		if len(s[0]) < c.cfg.MinCases || len(s[1]) < c.cfg.MinCases {
			c.skip(familyWaiting, 1)
			continue
		}
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		t, err := c.times(s[0], s[1])
		if err != nil {
			return err
		}
		c.Waiting = append(c.Waiting, Waiting{at.activity, at.since, *t})
	}
	return nil
}
