package performance

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Handover is the time between the rows of a case that are of one and of another.
// Gap is from the completion of the first to the start of the second, or to its
// completion where no start is recorded; wall-clock seconds.
type Handover struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	N        int             `json:"n"`
	NoStarts int             `json:"without_start"` // of N: the work of the second is in the gap
	Gap      measure.Summary `json:"gap_s"`
	Total    measure.Number  `json:"total_s"`
}

// Grouping names what a row is of: an activity, a person, a party.
type Grouping func(c eventlog.Case, row int) string

// ByActivity groups rows by activity. Of it, ByResource and ByUnit, rows that lack the
// value are of nobody and passed over.
func ByActivity(l *eventlog.Log) Grouping {
	return func(c eventlog.Case, row int) string { return l.Activities().Name(c.Activities()[row]) }
}

// ByResource groups rows by who acted.
func ByResource(l *eventlog.Log) Grouping {
	return func(c eventlog.Case, row int) string { return nameAt(l.Resources(), c.Resources(), row) }
}

// ByUnit groups rows by organisational unit.
func ByUnit(l *eventlog.Log) Grouping {
	return func(c eventlog.Case, row int) string { return nameAt(l.Units(), c.Units(), row) }
}

func nameAt(d *eventlog.Dictionary, column []eventlog.Code, row int) string {
	if column == nil {
		return ""
	}
	return d.Name(column[row])
}

// Handovers returns the times between successive rows of different groups, the
// greatest total first, at most most of them (0: all), and how many there are. It
// takes a log of activity instances. O(n log n).
func Handovers(ctx context.Context, l *eventlog.Log, by Grouping, most int) ([]Handover, int, error) {
	type key struct{ from, to string }
	gaps := map[key][]float64{}
	noStarts := map[key]int{}
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		times, starts := c.Times(), c.Starts()
		from, at := "", eventlog.NoTime
		for row := range c.Len() {
			to := by(c, row)
			if to == "" {
				continue
			}
			if from != "" && from != to {
				k := key{from, to}
				end := times[row]
				if starts != nil && starts[row] != eventlog.NoTime {
					end = max(at, starts[row]) // work may begin before it is handed over
				} else {
					noStarts[k]++
				}
				gaps[k] = append(gaps[k], seconds(end-at))
			}
			from, at = to, times[row]
		}
	}
	out := make([]Handover, 0, len(gaps))
	for k, g := range gaps {
		h := Handover{From: k.from, To: k.to, N: len(g), NoStarts: noStarts[k], Gap: measure.Summarize(g, measure.Second)}
		for _, x := range g {
			h.Total += measure.Number(x)
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(x, y Handover) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	all := len(out)
	if most > 0 {
		out = out[:min(most, all)]
	}
	return out, all, nil
}

// Court is the time that cases spent in the court of one party.
type Court struct {
	Party string          `json:"party"` // "" where nobody is named
	Cases int             `json:"cases"`
	Time  measure.Number  `json:"time_s"` // wall clock, summed over the cases
	Share measure.Number  `json:"share"`  // of the lead times of all cases
	Case  measure.Summary `json:"per_case_s"`
}

// Parties is in whose court the time of the cases was.
type Parties struct {
	Lead     measure.Number `json:"lead_time_s"` // summed over the cases
	Courts   []Court        `json:"courts"`      // the longest first
	Warnings []error        `json:"-"`
}

// FindParties attributes the time of each case, from its first recorded time to its
// last completion, to parties: the time up to a row's completion, from the
// completion before it, belongs to the party of that row, because it had to act
// next. So the courts sum to the lead times exactly. Time of rows without a party
// stands under "". It takes a log of activity instances. O(n log n).
func FindParties(ctx context.Context, l *eventlog.Log, by Grouping) (*Parties, error) {
	times := map[string][]float64{}
	p := &Parties{Courts: []Court{}}
	unnamed, rows := 0, 0
	own := map[string]float64{}
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.Len() == 0 {
			continue
		}
		clear(own)
		at := c.First()
		for row, t := range c.Times() {
			party := by(c, row)
			if party == "" {
				unnamed++
			}
			rows++
			own[party] += seconds(t - at)
			at = t
		}
		p.Lead += measure.Number(seconds(at - c.First()))
		for party, x := range own {
			times[party] = append(times[party], x)
		}
	}
	for party, x := range times {
		slices.Sort(x) // so that the sum does not depend on the order of the cases
		c := Court{Party: party, Cases: len(x), Case: measure.Summarize(x, measure.Second)}
		for _, v := range x {
			c.Time += measure.Number(v)
		}
		c.Share = c.Time / p.Lead
		p.Courts = append(p.Courts, c)
	}
	slices.SortFunc(p.Courts, func(x, y Court) int {
		return cmp.Or(cmp.Compare(y.Time, x.Time), cmp.Compare(x.Party, y.Party))
	})
	if unnamed > 0 {
		p.Warnings = append(p.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("of %d of %d rows it is not known in whose court they were", unnamed, rows),
			RU: fmt.Sprintf("для %d записей из %d не указано, у кого было дело", unnamed, rows),
		})
	}
	return p, nil
}
