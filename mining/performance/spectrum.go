package performance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Segment is one pair of activities of a performance spectrum: all passages from
// the completion of the first to that of the second directly after it.
type Segment struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	N        int             `json:"n"`
	Duration measure.Summary `json:"duration_s"` // wall clock
	// Overtaken is the share of passages during which another one began later and
	// ended earlier: 0 where the segment is first in, first out.
	Overtaken measure.Number `json:"overtaken"`
	Quartiles [3]float64     `json:"quartiles_s"` // that part the classes
	Windows   []Window       `json:"windows"`
	Passages  []Passage      `json:"passages"` // by begin, then end; at most SpectrumConfig.Passages, evenly taken
}

// Window counts the passages that begin in a stretch of time, by class: up to the
// first quartile, to the median, to the third quartile, beyond.
type Window struct {
	From  string `json:"from"` // ISO 8601, UTC
	Class [4]int `json:"class"`
}

// Passage is one passage, in seconds since the log's first recorded time, with its
// class 0 to 3.
type Passage struct {
	Begin float64 `json:"begin_s"`
	End   float64 `json:"end_s"`
	Class int     `json:"class"`
}

// SpectrumConfig says which segments are shown, and how finely. Zero values take
// what is in brackets.
type SpectrumConfig struct {
	Pairs    [][2]string   // segments; nil: the most frequent
	Most     int           // of the most frequent [20]
	Window   time.Duration // [7 days]
	Passages int           // of each segment [500]
}

// Validate reports all faults of the configuration.
func (cfg SpectrumConfig) Validate() error {
	if cfg.Most < 0 || cfg.Passages < 0 || cfg.Window < 0 || cfg.Window > 0 && cfg.Window < time.Minute {
		return fmt.Errorf("making a performance spectrum: %d segments, %d passages, windows of %v: wanted 0 or more, and a minute or more", cfg.Most, cfg.Passages, cfg.Window)
	}
	return nil
}

// Spectrum returns the performance spectrum of a log, the most frequent segments
// first, or those asked for in their order. It takes a log of activity instances.
//
// Source: V. Denisov, D. Fahland, W. van der Aalst, "Unbiased, Fine-Grained
// Description of Processes Performance from Event Data", BPM 2018,
// doi:10.1007/978-3-319-98648-7_9. O(n log n).
func Spectrum(ctx context.Context, l *eventlog.Log, cfg SpectrumConfig) ([]Segment, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Most, cfg.Passages, cfg.Window = cmp.Or(cfg.Most, 20), cmp.Or(cfg.Passages, 500), cmp.Or(cfg.Window, 7*24*time.Hour)
	type key struct{ from, to eventlog.Code }
	passages := map[key][][2]eventlog.Time{}
	first := eventlog.MaxTime
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		acts, times := c.Activities(), c.Times()
		if c.Len() > 0 {
			first = min(first, c.First())
		}
		for k := 1; k < len(acts); k++ {
			p := key{acts[k-1], acts[k]}
			passages[p] = append(passages[p], [2]eventlog.Time{times[k-1], times[k]})
		}
	}
	name := l.Activities().Name
	var keys []key
	if cfg.Pairs == nil {
		for k := range passages {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(x, y key) int {
			return cmp.Or(cmp.Compare(len(passages[y]), len(passages[x])), cmp.Compare(name(x.from), name(y.from)), cmp.Compare(name(x.to), name(y.to)))
		})
		keys = keys[:min(cfg.Most, len(keys))]
	}
	for _, p := range cfg.Pairs {
		from, ok1 := l.Activities().Code(p[0])
		to, ok2 := l.Activities().Code(p[1])
		if !ok1 || !ok2 || passages[key{from, to}] == nil {
			return nil, fmt.Errorf("making a performance spectrum: %q is never directly followed by %q", p[0], p[1])
		}
		keys = append(keys, key{from, to})
	}
	out := make([]Segment, 0, len(keys))
	for _, k := range keys {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := Segment{From: name(k.from), To: name(k.to)}
		s.fill(passages[k], first, eventlog.Time(cfg.Window.Microseconds()), cfg.Passages)
		out = append(out, s)
	}
	return out, nil
}

func (s *Segment) fill(list [][2]eventlog.Time, first, window eventlog.Time, most int) {
	slices.SortFunc(list, func(x, y [2]eventlog.Time) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	s.N = len(list)
	durations := make([]float64, len(list))
	for i, p := range list {
		durations[i] = seconds(p[1] - p[0])
	}
	s.Duration = measure.Summarize(durations, measure.Second)
	sorted := slices.Sorted(slices.Values(durations))
	for i, q := range []float64{0.25, 0.5, 0.75} {
		s.Quartiles[i] = measure.Quantile(sorted, q)
	}
	class := func(x float64) int {
		for i, q := range s.Quartiles {
			if x <= q {
				return i
			}
		}
		return 3
	}
	overtaken := 0
	earliest := eventlog.MaxTime // end of those that begin later
	for i := len(list) - 1; i >= 0; {
		j := i
		for j >= 0 && list[j][0] == list[i][0] {
			j--
		}
		group := list[j+1 : i+1]
		for _, p := range group {
			if earliest < p[1] {
				overtaken++
			}
		}
		earliest = min(earliest, group[0][1])
		i = j
	}
	s.Overtaken = measure.Number(float64(overtaken) / float64(len(list)))
	at := eventlog.NoTime
	for i, p := range list {
		if w := first + (p[0]-first)/window*window; w != at {
			at = w
			s.Windows = append(s.Windows, Window{From: w.Go().Format(time.RFC3339)})
		}
		s.Windows[len(s.Windows)-1].Class[class(durations[i])]++
	}
	for i := range min(most, len(list)) {
		k := i * len(list) / min(most, len(list))
		p := list[k]
		s.Passages = append(s.Passages, Passage{seconds(p[0] - first), seconds(p[1] - first), class(durations[k])})
	}
}
