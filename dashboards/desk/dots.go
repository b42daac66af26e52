package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
)

// Dots is a dotted chart: a row for each case, a dot for each event.
// (M. Song, W. van der Aalst, "Supporting process mining by showing events at a
// glance", 2007.)
type Dots struct {
	Rows       []DotRow
	Of         int // cases that have events
	Events     int // of the view
	Shown      int // dots
	Activities []string
	Counts     []int // events of each activity, the most frequent first
	First      eventlog.Time
	Length     float64 // seconds on the axis
	Effect     *filter.Effect
}

// DotRow is one case of a dotted chart.
type DotRow struct {
	ID   string
	At   []float32 // seconds since the first event of all, or of the case
	What []int     // positions in Activities
}

// DotsConfig says which cases a dotted chart shows, and how.
type DotsConfig struct {
	Relative bool   // time since the first event of each case
	Order    string // "start" or "duration"
	Cases    int    // at most
	Dots     int    // at most
}

// Dots returns the dotted chart of a view of a log. Of more cases or events than may be
// shown, every so many-th in the order is taken; remembered.
func (d *Desk) Dots(ctx context.Context, log string, look Look, cfg DotsConfig) (*Dots, error) {
	return Remember(ctx, d, log, fmt.Sprintf("dots\x00%v\x00%s", cfg, look), func(ctx context.Context) (*Dots, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		return dotsOf(v.Log, cfg, v.left(look)), ctx.Err()
	})
}

func dotsOf(l *eventlog.Log, cfg DotsConfig, effect *filter.Effect) *Dots {
	dots := &Dots{Events: l.Events(), Effect: effect, First: eventlog.MaxTime}
	counts := make([]int, l.Activities().Len())
	var order []int
	last, longest := eventlog.MinTime, eventlog.Time(0)
	for i, c := range l.All() {
		n := c.Len()
		if n == 0 {
			continue
		}
		order = append(order, i)
		dots.First, last = min(dots.First, c.Times()[0]), max(last, c.Times()[n-1])
		longest = max(longest, c.Times()[n-1]-c.Times()[0])
		for _, a := range c.Activities() {
			counts[a]++
		}
	}
	if dots.Of = len(order); dots.Of == 0 {
		return dots
	}
	if dots.Length = float64(last-dots.First) / 1e6; cfg.Relative {
		dots.Length = float64(longest) / 1e6
	}
	begin := func(i int) eventlog.Time { return l.Case(i).Times()[0] }
	span := func(i int) eventlog.Time { c := l.Case(i); return c.Times()[c.Len()-1] - c.Times()[0] }
	slices.SortStableFunc(order, func(x, y int) int {
		if cfg.Order == "duration" {
			return cmp.Or(cmp.Compare(span(y), span(x)), cmp.Compare(begin(x), begin(y)))
		}
		return cmp.Compare(begin(x), begin(y))
	})
	at := make([]int, len(counts))
	codes := make([]int, 0, len(counts))
	for code, n := range counts {
		if n > 0 {
			codes = append(codes, code)
		}
	}
	names := l.Activities().Names()
	slices.SortFunc(codes, func(x, y int) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(names[x], names[y]))
	})
	for i, code := range codes {
		at[code] = i
		dots.Activities, dots.Counts = append(dots.Activities, names[code]), append(dots.Counts, counts[code])
	}
	shown := min(len(order), cfg.Cases)
	if all := float64(l.Events()) / float64(len(order)); float64(shown)*all > float64(cfg.Dots) {
		shown = max(1, int(float64(cfg.Dots)/all))
	}
	for k, i := range order {
		if (k+1)*shown/len(order) == k*shown/len(order) {
			continue
		}
		c := l.Case(i)
		zero := dots.First
		if cfg.Relative {
			zero = c.Times()[0]
		}
		row := DotRow{ID: c.ID()}
		step := max(1, (c.Len()+cfg.Dots-1)/cfg.Dots)
		for e := 0; e < c.Len(); e += step {
			row.At = append(row.At, float32(float64(c.Times()[e]-zero)/1e6))
			row.What = append(row.What, at[c.Activities()[e]])
		}
		dots.Shown += len(row.At)
		dots.Rows = append(dots.Rows, row)
	}
	return dots
}
