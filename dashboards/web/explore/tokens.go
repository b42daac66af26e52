package explore

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
)

// How much is replayed at most: a picture of more is a swarm, and has to be sent first.
const (
	mostReplayed       = 1500
	mostReplayedEvents = 40_000
)

// tokens are the cases that a replay shows, compact: of each its start in seconds since
// the first of all, then an activity of the map and the seconds since the case's start
// by turns.
type tokens struct {
	First  float64   `json:"first"`  // of all, seconds since 1970
	Length float64   `json:"length"` // seconds from there to the last event of all
	Of     int       `json:"of"`     // cases that could be shown
	Cases  [][]int64 `json:"cases"`
}

func (p *pages) tokens(c *looked) (*file, error) {
	t, err := desk.Remember(c.r.Context(), p.desk, c.log, "tokens\x00"+c.look.String(), func(ctx context.Context) (*tokens, error) {
		f, err := p.desk.Flow(ctx, c.log, c.look, mostActivities)
		if err != nil {
			return nil, err
		}
		v, err := p.desk.Seen(ctx, c.log, c.look)
		if err != nil {
			return nil, fmt.Errorf("replaying: %w", err)
		}
		return tokensOf(v.Log, f.Graph.Activities), nil
	})
	if err != nil {
		return nil, err
	}
	return asJSON(t)
}

// tokensOf takes cases evenly from all, as many as may be shown. What the map does not
// hold is passed over.
func tokensOf(l *eventlog.Log, activities []string) *tokens {
	at := make([]int64, l.Activities().Len())
	for i := range at {
		at[i] = -1
	}
	for i, name := range activities {
		code, _ := l.Activities().Code(name)
		at[code] = int64(i)
	}
	first, last := eventlog.MaxTime, eventlog.MinTime
	t := &tokens{Cases: [][]int64{}}
	for _, c := range l.All() {
		if n := c.Len(); n > 0 {
			t.Of++
			first, last = min(first, c.Times()[0]), max(last, c.Times()[n-1])
		}
	}
	if t.Of == 0 {
		return t
	}
	t.First, t.Length = float64(first)/1e6, max(1, float64(last-first)/1e6)
	shown := min(t.Of, mostReplayed)
	if mean := float64(l.Events()) / float64(t.Of); float64(shown)*mean > mostReplayedEvents {
		shown = max(1, int(mostReplayedEvents/mean))
	}
	seen := 0
	for _, c := range l.All() {
		if c.Len() == 0 {
			continue
		}
		seen++
		if seen*shown/t.Of == (seen-1)*shown/t.Of { // evenly spread
			continue
		}
		times, begin := c.Times(), c.Times()[0]
		one := []int64{int64(begin-first) / 1e6}
		for k, a := range c.Activities() {
			if at[a] >= 0 && len(one) < mostReplayedEvents {
				one = append(one, at[a], int64(times[k]-begin)/1e6)
			}
		}
		if len(one) > 1 {
			t.Cases = append(t.Cases, one)
		}
	}
	return t
}
