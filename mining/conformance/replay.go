package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// Trace is how one variant fared.
type Trace struct {
	// Fitness is ½(1 − missing/consumed) + ½(1 − remaining/produced) of a replay,
	// 1 − cost/worst cost of an alignment.
	Fitness float64 `json:"fitness"`
	Fits    bool    `json:"fits"`    // nothing deviates, events that replay skips left aside
	Cut     bool    `json:"cut"`     // a search stopped early
	Skipped int     `json:"skipped"` // events of activities that the net does not have
	// Tokens of a replayed case, the initial marking produced and the final one
	// consumed; 0 of an alignment.
	Missing   int64 `json:"missing"`
	Consumed  int64 `json:"consumed"`
	Remaining int64 `json:"remaining"`
	Produced  int64 `json:"produced"`
	Cost      int64 `json:"cost"` // of an alignment; 0 of a replay

	Deviations []Deviation `json:"deviations"`
}

// tokenFitness is the token-based fitness of tokens; nothing to consume is all
// consumed.
func tokenFitness(missing, consumed, remaining, produced int64) float64 {
	f := 1.0
	if consumed > 0 {
		f -= float64(missing) / float64(consumed) / 2
	}
	if produced > 0 {
		f -= float64(remaining) / float64(produced) / 2
	}
	return f
}

// Replayed is the outcome of a replay.
type Replayed struct {
	LogFitness          float64 // of tokens summed over all traces; NaN for no trace
	AverageTraceFitness float64 // mean over traces; NaN for no trace
	FittingTraces       int64
	Traces              int64   // cases
	Variants            []Trace // in the order of the variants
	Overlay             Overlay
	Searched            int // markings that the largest search visited
	Warnings            []error
}

// Replay replays each variant once, token by token (Rozinat and van der Aalst 2008,
// doi:10.1016/j.is.2007.07.001, section 4.1), and weights it by its cases. Where an
// activity is not enabled, the shortest path of silent transitions that enables it
// fires first; where there is none, the missing tokens are put in. After the last
// activity the shortest silent path to the final marking fires, and where none
// leads there, those silent transitions that leave fewest missing and remaining
// tokens. Events of activities that the net does not have are skipped; a warning
// counts them.
//
// Deviations from the paper, which leaves open how silent transitions are chosen:
//
//   - Paths are found breadth-first, ties by the order of the transitions, and are
//     never cut by a heuristic as in Berti and van der Aalst 2019
//     (http://ceur-ws.org/Vol-2371/ATAED2019-37-52.pdf).
//   - The shortest path may be the wrong one. A trace that does not come out even is
//     therefore looked up in the exact automaton of the net; if the net allows it, it
//     is replayed along a way that fits.
//
// The variants are of a log as the caller sees it: of recorded events or of activity
// instances. A variant without activities is replayed as the empty trace. Searches
// are bounded by cfg.MaxStates; a warning counts the traces that met the bound.
// After each marking and activity has been searched once, an event costs one look-up.
func Replay(ctx context.Context, n *petri.Net, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Replayed, error) {
	c, err := prepare(n, cfg)
	if err != nil {
		return nil, fmt.Errorf("replaying: %w", err)
	}
	ctx, cancel := cfg.within(ctx)
	defer cancel()
	r, err := c.replay(ctx, activities, variants, cfg)
	if err != nil {
		return nil, fmt.Errorf("replaying on net %q: %w", n.Name, err)
	}
	return r, nil
}

func (c *compiled) replay(ctx context.Context, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Replayed, error) {
	r, err := replayAll[uint8](ctx, c, activities, variants, cfg)
	if errors.Is(err, errNarrow) {
		r, err = replayAll[uint32](ctx, c, activities, variants, cfg)
	}
	if spent(ctx, err) {
		r = &Replayed{LogFitness: math.NaN(), AverageTraceFitness: math.NaN(), Warnings: []error{overdue("fitness", "соответствие", cfg.Budget)}}
		for _, v := range variants {
			r.Traces += int64(v.Count)
		}
		return r, nil
	}
	return r, err
}

// job is a replay with tokens counted as T.
type job[T tokens] struct {
	net      *compiled
	cfg      Config
	labels   []int32 // by activity
	variants []eventlog.Variant
	traces   []Trace
	workers  []*replayer[T]
	by       []int32 // worker of each variant
}

func replayAll[T tokens](ctx context.Context, c *compiled, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Replayed, error) {
	j := &job[T]{
		net: c, cfg: cfg, labels: c.labelsOf(activities), variants: variants,
		traces:  make([]Trace, len(variants)),
		workers: make([]*replayer[T], cfg.workers(len(variants))),
		by:      make([]int32, len(variants)),
	}
	if err := j.replay(ctx); err != nil {
		return nil, err
	}
	sum := newTally(c, activities, j.labels, variants)
	var cut int64
	for i := range j.traces {
		if j.traces[i].Cut {
			cut += int64(variants[i].Count)
		}
	}
	open, err := j.settle(ctx, sum)
	if err != nil {
		return nil, err
	}
	out := &Replayed{Variants: j.traces}
	for _, r := range j.workers {
		r.addTo(sum)
		out.Searched = max(out.Searched, r.searched())
	}
	out.Overlay = sum.overlay()
	out.summarise(variants)
	out.doubts(sum, cut, open, cfg.once())
	return out, nil
}

// replay replays each variant along the shortest silent paths. The outcome of a
// variant does not depend on which worker replays it.
func (j *job[T]) replay(ctx context.Context) error {
	faults := make([]error, len(j.workers))
	var next atomic.Int64
	var all sync.WaitGroup
	for w := range j.workers {
		r, err := newReplayer[T](j.net, j.cfg.once())
		if err != nil {
			return err // of the markings, so that it comes before the first goroutine
		}
		j.workers[w] = r
		all.Go(func() {
			const portion = 32
			for faults[w] == nil {
				from := int(next.Add(portion)) - portion
				if from >= len(j.variants) {
					return
				}
				if faults[w] = ctx.Err(); faults[w] != nil {
					return
				}
				for i := from; i < min(from+portion, len(j.variants)) && faults[w] == nil; i++ {
					j.by[i] = int32(w)
					faults[w] = r.trace(ctx, j.labels, &j.variants[i], &j.traces[i])
				}
			}
		})
	}
	all.Wait()
	var first error
	for _, err := range faults {
		if errors.Is(err, errNarrow) {
			return err // decides, whichever worker stopped first
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// settle asks of each trace that did not come out even whether the net allows it all
// the same, and replays those that it allows anew. It returns the number of traces
// that the bounds left open.
func (j *job[T]) settle(ctx context.Context, sum *tally) (open int64, err error) {
	a, err := newLanguage[T](j.net, j.cfg.states())
	if err != nil {
		return 0, err
	}
	w := newWay[T](j.net)
	known := true // the automaton has not met its bound
	var trace []int32
	for i := range j.traces {
		if j.traces[i].Fits {
			continue
		}
		trace = trace[:0]
		for _, x := range j.variants[i].Activities {
			if l := labelOf(j.labels, x); l >= 0 {
				trace = append(trace, l)
			}
		}
		n := int64(j.variants[i].Count)
		limit := j.cfg.once()
		if known {
			limit = math.MaxInt // behind each prefix lie no more markings than the automaton has
			allowed, err := a.accepts(ctx, trace)
			switch {
			case errors.Is(err, errLimit):
				known, limit = false, j.cfg.once()
			case err != nil:
				return 0, err
			case !allowed:
				continue
			}
		}
		run, allowed, err := w.find(ctx, trace, limit)
		switch {
		case errors.Is(err, errLimit):
			j.traces[i].Cut = true
			open += n
			continue
		case err != nil:
			return 0, err
		case !allowed:
			continue
		}
		if err := j.workers[j.by[i]].count(ctx, j.labels, &j.variants[i], -n); err != nil {
			return 0, err
		}
		j.traces[i] = j.net.fitting(run, &j.traces[i])
		sum.run(run, n)
	}
	return open, nil
}

// fitting returns the replay of a trace by a way that fits.
func (c *compiled) fitting(run []int32, before *Trace) Trace {
	t := Trace{Skipped: before.Skipped, Fits: true}
	for _, k := range c.initial {
		t.Produced += int64(k)
	}
	for _, k := range c.final {
		t.Consumed += int64(k)
	}
	for _, x := range run {
		t.Consumed, t.Produced = t.Consumed+c.consumed[x], t.Produced+c.produced[x]
	}
	for _, d := range before.Deviations {
		if d.Kind == LogOnly {
			t.Deviations = append(t.Deviations, d)
		}
	}
	return t
}

// summarise fills in the figures of the log.
func (r *Replayed) summarise(variants []eventlog.Variant) {
	var missing, consumed, remaining, produced int64
	mean := 0.0
	for i := range r.Variants {
		t, n := &r.Variants[i], int64(variants[i].Count)
		missing, consumed = missing+n*t.Missing, consumed+n*t.Consumed
		remaining, produced = remaining+n*t.Remaining, produced+n*t.Produced
		t.Fitness = tokenFitness(t.Missing, t.Consumed, t.Remaining, t.Produced)
		mean += float64(n) * t.Fitness
		r.Traces += n
		if t.Fits {
			r.FittingTraces += n
		}
	}
	r.LogFitness, r.AverageTraceFitness = math.NaN(), math.NaN()
	if r.Traces > 0 {
		r.LogFitness = tokenFitness(missing, consumed, remaining, produced)
		r.AverageTraceFitness = mean / float64(r.Traces)
	}
}

// doubts adds what a reader must know of the figures.
func (r *Replayed) doubts(sum *tally, cut, open int64, limit int) {
	if r.Traces == 0 {
		r.Warnings = append(r.Warnings, noTraces())
		return
	}
	if events, of, activities := sum.unknown(); events > 0 {
		r.Warnings = append(r.Warnings, skipped(events, of, activities))
	}
	if cut > 0 {
		r.Warnings = append(r.Warnings, cutSearches(cut, r.Traces, limit))
	}
	if open > 0 {
		r.Warnings = append(r.Warnings, unsettled(open, r.Traces, limit))
	}
}
