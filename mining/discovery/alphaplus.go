package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
)

// AlphaPlusConfig holds the parameters of Alpha+++; of each 0 stands for the value
// in brackets.
type AlphaPlusConfig struct {
	// Skips and Loops are the multiples of the mean count of directly-follows pairs
	// from which a pair is significant for the repair of the log. [2]
	Skips, Loops float64
	// MinCount and MinShare clean the graph: a pair stays if its count is at least
	// the one [1] and at least the share [0.01] of the mean count of the pairs out
	// of its first activity or of those into its second.
	MinCount int64
	MinShare float64
	Balance  float64 // [0.5] by how much the occurrences before and behind a place may differ, as a share of the more
	Fitness  float64 // [0.5] share of cases that a place must replay, over all and over those of each activity
	Replay   float64 // [0.5] the same at the end, strictly for activities on both sides
	// MaxCandidates bounds the candidates for places that are looked at, small ones
	// first. [20,000]
	MaxCandidates int
}

// Validate returns all faults of the configuration, joined.
func (c AlphaPlusConfig) Validate() error {
	var faults []error
	within := func(name string, v, high float64) {
		if math.IsNaN(v) || v < 0 || v > high {
			faults = append(faults, fmt.Errorf("%s is %g, wanted 0 to %g", name, v, high))
		}
	}
	within("multiple for skips", c.Skips, math.MaxFloat64)
	within("multiple for loops", c.Loops, math.MaxFloat64)
	within("least share of a pair", c.MinShare, math.MaxFloat64)
	within("balance", c.Balance, 1)
	within("fitness", c.Fitness, 1)
	within("replay fitness", c.Replay, 1)
	if c.MinCount < 0 {
		faults = append(faults, fmt.Errorf("least count of a pair is %d, wanted 0 or more", c.MinCount))
	}
	if c.MaxCandidates < 0 {
		faults = append(faults, fmt.Errorf("largest number of candidates is %d, wanted 0 or more", c.MaxCandidates))
	}
	return errors.Join(faults...)
}

func (c AlphaPlusConfig) filled() AlphaPlusConfig {
	c.Skips, c.Loops = cmp.Or(c.Skips, 2), cmp.Or(c.Loops, 2)
	c.MinCount, c.MinShare = cmp.Or(c.MinCount, 1), cmp.Or(c.MinShare, 0.01)
	c.Balance, c.Fitness, c.Replay = cmp.Or(c.Balance, 0.5), cmp.Or(c.Fitness, 0.5), cmp.Or(c.Replay, 0.5)
	c.MaxCandidates = cmp.Or(c.MaxCandidates, 20_000)
	return c
}

// AlphaPlus returns the Petri net that Alpha+++ finds in the variants (Küsters, van
// der Aalst 2023, arXiv:2305.17767), and doubts. Cases without events are left out.
// Its steps: repair the log by silent activities for loops and for skips; clean its
// directly-follows graph; build candidates for places from it, pairs of sets of
// activities; keep those that are balanced and replay the log, of these the
// maximal; and of these again those that replay it strictly. Activities are
// transitions in order of name, then silent ones that have a place.
//
// The net may have several places marked at the begin and at the end, an activity
// without a place may happen at any time, and it need not be sound. Where we differ
// from the paper:
//
//   - For the repair of loops the paper walks every simple path of the significant
//     graph, which takes exponential time; here a pair (u, v) leads back where v can
//     be reached from the begin without u, and u from v. That is every pair of the
//     paper, and where paths cross some more.
//   - Candidates are those that the paper's conditions allow, not only those that
//     its merging of two candidates reaches; beyond MaxCandidates the largest are
//     left out, with a doubt.
//
// Cost: O(candidates · events of the variants) at worst. More than 5,000 activities
// are an error.
func AlphaPlus(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg AlphaPlusConfig) (*petri.Net, []error, error) {
	if err := cfg.Validate(); err != nil {
		return nil, nil, fmt.Errorf("mining by Alpha+++: %w", err)
	}
	w := newWatch(ctx)
	l, err := coded(variants, activities, w)
	if err != nil {
		return nil, nil, fmt.Errorf("mining by Alpha+++: %w", err)
	}
	if err := atMost(len(l.names), maxMatrix); err != nil {
		return nil, nil, fmt.Errorf("mining by Alpha+++: %w", err)
	}
	p := newAlphaPlus(l, cfg.filled())
	p.repair()
	p.clean()
	pairs := p.prune(p.candidates())
	if w.err != nil {
		return nil, nil, fmt.Errorf("mining by Alpha+++: %w", w.err)
	}
	return p.petri(pairs), p.doubts, nil
}

// alphaPlus is a run of Alpha+++: over the visible activities, the begin and the end
// of cases behind them, and behind these the silent activities.
type alphaPlus struct {
	cfg     AlphaPlusConfig
	watch   *watch
	visible int
	names   []string
	traces  [][]int32
	counts  []int64
	n       int     // activities with the silent ones, when pairs were counted last
	pairs   []int64 // n×n, row = from, col = to
	graph   *graph
	doubts  []error
}

func newAlphaPlus(l *sublog, cfg AlphaPlusConfig) *alphaPlus {
	n := len(l.names)
	p := &alphaPlus{cfg: cfg, watch: l.watch, visible: n, names: append(slices.Clone(l.names), "begin", "end"), counts: l.counts}
	for _, t := range l.traces {
		p.traces = append(p.traces, slices.Concat([]int32{int32(n)}, t, []int32{int32(n + 1)}))
	}
	p.tally()
	return p
}

func (p *alphaPlus) begin() int { return p.visible }
func (p *alphaPlus) end() int   { return p.visible + 1 }

// tally counts the directly-follows pairs of the log as it is.
func (p *alphaPlus) tally() {
	n := len(p.names)
	p.n, p.pairs = n, make([]int64, n*n)
	for i, t := range p.traces {
		if p.watch.stop(len(t)) {
			return
		}
		for k := 1; k < len(t); k++ {
			p.pairs[int(t[k-1])*n+int(t[k])] += p.counts[i]
		}
	}
}

func (p *alphaPlus) pair(a, b int) int64 { return p.pairs[a*p.n+b] }

// significant returns the count from which a pair is significant.
func (p *alphaPlus) significant(multiple, mean float64) int64 {
	return int64(math.Ceil(min(multiple*mean, math.MaxInt64/2)))
}

// above returns the graph of the pairs that reach a count.
func (p *alphaPlus) above(limit int64) *graph {
	g := newGraph(p.n)
	for i, c := range p.pairs {
		if c >= max(limit, 1) {
			g.edge(i/p.n, i%p.n)
		}
	}
	return g
}

// repair adds silent activities to the log where it leads back, and where it skips.
func (p *alphaPlus) repair() {
	sum, edges := 0.0, 0
	for _, c := range p.pairs {
		if c > 0 {
			sum += float64(c)
			edges++
		}
	}
	if edges == 0 {
		return
	}
	mean := sum / float64(edges)
	p.repairLoops(p.significant(p.cfg.Loops, mean))
	p.tally()
	p.repairSkips(p.significant(p.cfg.Skips, mean))
	p.tally()
}

// silent adds a silent activity.
func (p *alphaPlus) silent(name string) int32 {
	p.names = append(p.names, name)
	return int32(len(p.names) - 1)
}

// insert puts silent activities between neighbours of the log; 0 puts none.
func (p *alphaPlus) insert(between func(a, b int32) int32) {
	for i, t := range p.traces {
		if p.watch.stop(len(t)) {
			return
		}
		out := t[:1:1]
		for k := 1; k < len(t); k++ {
			if s := between(t[k-1], t[k]); s > 0 {
				out = append(out, s)
			}
			out = append(out, t[k])
		}
		p.traces[i] = out
	}
}

// repairLoops puts a silent activity on every significant pair that leads back.
func (p *alphaPlus) repairLoops(limit int64) {
	n := p.n
	g := p.above(limit)
	reached := func(from, without int) set {
		seen := newSet(n)
		seen.set(from)
		for todo := []int{from}; len(todo) > 0; {
			a := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for b := range g.out[a].all() {
				if b != without && !seen.has(b) {
					seen.set(b)
					todo = append(todo, b)
				}
			}
		}
		return seen
	}
	on := map[[2]int32]int32{}
	for u := range p.visible {
		without := reached(p.begin(), u)
		for v := range g.out[u].all() {
			if p.watch.stop(n) {
				return
			}
			if v != u && v < p.visible && without.has(v) && reached(v, -1).has(u) {
				on[[2]int32{int32(u), int32(v)}] = p.silent("back from " + p.names[u] + " to " + p.names[v])
			}
		}
	}
	p.insert(func(a, b int32) int32 { return on[[2]int32{a, b}] })
}

// repairSkips puts a silent activity behind an activity wherever it is not followed
// by one of those that can be skipped there: whose significant followers are its
// own as well.
func (p *alphaPlus) repairSkips(limit int64) {
	n := p.n
	g := p.above(limit)
	skips := make([]set, n)
	by := make([]int32, n)
	for a := range n {
		if p.watch.stop(n) {
			return
		}
		if a == p.begin() || p.pair(a, a) > 0 || g.out[a].size() == 0 {
			continue
		}
		for b := range n {
			if b != a && b != p.end() && p.pair(a, b) > 0 && p.pair(b, b) < limit && p.pair(b, a) < limit && g.out[b].within(g.out[a]) {
				if skips[a] == nil {
					skips[a] = newSet(n)
					by[a] = p.silent("skip behind " + p.names[a])
				}
				skips[a].set(b)
			}
		}
	}
	p.insert(func(a, b int32) int32 {
		if int(a) < n && skips[a] != nil && !skips[a].has(int(b)) {
			return by[a]
		}
		return 0
	})
}

// clean makes the graph of the pairs that are not rare.
func (p *alphaPlus) clean() {
	n := p.n
	out, in := make([]mean, n), make([]mean, n)
	for a := range n {
		for b := range n {
			if c := p.pair(a, b); c > 0 {
				out[a].add(c)
				in[b].add(c)
			}
		}
	}
	p.graph = newGraph(n)
	for a := range n {
		for b := range n {
			c := p.pair(a, b)
			share := p.cfg.MinShare
			if c >= p.cfg.MinCount && c > 0 && (float64(c) >= share*out[a].value() || float64(c) >= share*in[b].value()) {
				p.graph.edge(a, b)
			}
		}
	}
}

type mean struct {
	sum float64
	n   int
}

func (m *mean) add(c int64) {
	m.sum += float64(c)
	m.n++
}

func (m *mean) value() float64 { return m.sum / float64(max(m.n, 1)) }

// petri returns the net with the given places.
func (p *alphaPlus) petri(pairs []pair) *petri.Net {
	b := newNetOf("alpha+++", p.names[:p.visible])
	transition := make([]int, len(p.names))
	for a := range transition {
		transition[a] = -1
		if a < p.visible {
			transition[a] = a
		}
	}
	of := func(a int) int {
		if transition[a] < 0 {
			transition[a] = b.silent(fmt.Sprintf("tau%d", len(b.net.Transitions)-p.visible+1))
			b.net.Transitions[transition[a]].Label = p.names[a]
		}
		return transition[a]
	}
	for _, x := range pairs {
		at := b.place(x.name(p.names))
		for a := range x.from.all() {
			if a == p.begin() {
				b.net.Initial[at] = 1
			} else {
				b.outOf(of(a), at)
			}
		}
		for a := range x.to.all() {
			if a == p.end() {
				b.net.Final[at] = 1
			} else {
				b.into(at, of(a))
			}
		}
	}
	return b.net
}

// tooMany tells that candidates were left out.
func tooMany(limit int) error {
	return &measure.Doubt{
		EN: fmt.Sprintf("Alpha+++ looked at the first %d candidates for places, small ones first, and left out the rest; clean the graph more", limit),
		RU: fmt.Sprintf("Alpha+++ рассмотрел первые %d мест-кандидатов, начиная с малых, остальные не учтены; очистите граф сильнее", limit),
	}
}
