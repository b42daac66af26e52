package discovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// HeuristicsConfig holds the thresholds of the heuristics miner. The zero value is
// that of the papers; of each threshold 0 stands for the value in brackets.
type HeuristicsConfig struct {
	Dependency     float64 // [0.9] measure from which a dependency counts, -1 to 1
	LoopOne        float64 // [0.9] the same for an activity that follows itself
	LoopTwo        float64 // [0.9] the same for loops of two activities
	RelativeToBest float64 // [0.05] how far below the best of its activity a dependency may be
	Binding        float64 // [0.05] share of an activity's occurrences from which a binding is kept
	Observations   int64   // [1] directly-follows pairs that a dependency needs, unless it is the best
	// Noise leaves out directly-follows pairs with fewer observations than this share
	// of the most frequent pair at either of their activities, the lesser counting.
	// It is no part of the papers. [none]
	Noise float64
	// Unconnected accepts activities without a cause or an effect, instead of giving
	// each its best.
	Unconnected bool
}

// Validate returns all faults of the configuration, joined.
func (c HeuristicsConfig) Validate() error {
	var faults []error
	within := func(name string, v, low, high float64) {
		if math.IsNaN(v) || v < low || v > high {
			faults = append(faults, fmt.Errorf("%s is %g, wanted %g to %g", name, v, low, high))
		}
	}
	within("dependency threshold", c.Dependency, -1, 1)
	within("threshold for loops of one", c.LoopOne, 0, 1)
	within("threshold for loops of two", c.LoopTwo, 0, 1)
	within("distance to the best", c.RelativeToBest, 0, 2)
	within("threshold for bindings", c.Binding, 0, 1)
	within("noise", c.Noise, 0, 1)
	if c.Observations < 0 {
		faults = append(faults, fmt.Errorf("least number of observations is %d, wanted 0 or more", c.Observations))
	}
	return errors.Join(faults...)
}

// filled returns the configuration with the values of the papers in place of
// zeros.
func (c HeuristicsConfig) filled() HeuristicsConfig {
	c.Dependency = cmp.Or(c.Dependency, 0.9)
	c.LoopOne = cmp.Or(c.LoopOne, 0.9)
	c.LoopTwo = cmp.Or(c.LoopTwo, 0.9)
	c.RelativeToBest = cmp.Or(c.RelativeToBest, 0.05)
	c.Binding = cmp.Or(c.Binding, 0.05)
	c.Observations = max(c.Observations, 1)
	return c
}

// Outside stands for what is before the first and behind the last activity of a
// case.
const Outside = -1

// CausalNet says which activities cause which, and which of its causes an activity
// waits for together (van der Aalst, Adriansyah, van Dongen 2011,
// doi:10.1007/978-3-642-23217-6_3).
type CausalNet struct {
	Activities   []string     `json:"activities"` // ascending
	Counts       []int64      `json:"counts"`     // occurrences
	Dependencies []Dependency `json:"dependencies"`
	// Inputs and Outputs are the bindings by activity: each occurrence takes the
	// obligations of one input binding and leaves those of one output binding.
	Inputs  [][]Binding `json:"inputs"`
	Outputs [][]Binding `json:"outputs"`
	// Starts are the output bindings of the begin of a case, Ends the input bindings
	// of its end.
	Starts []Binding `json:"starts"`
	Ends   []Binding `json:"ends"`
	// Kept counts the occurrences, begins and ends of cases included, whose bindings
	// on both sides are in the net; Occurrences counts all.
	Kept        int64 `json:"kept"`
	Occurrences int64 `json:"occurrences"`
}

// Binding is a set of activities that are bound together, and how often it was
// seen; Activities ascend, Outside is first.
type Binding struct {
	Activities []int `json:"activities"`
	Count      int64 `json:"count"`
}

// Dependency says that one activity causes another; by From, then To, Outside
// first.
type Dependency struct {
	From    int     `json:"from"` // position in Activities, or Outside
	To      int     `json:"to"`
	Count   int64   `json:"count"`   // how often To directly follows From
	Measure float64 `json:"measure"` // -1 to 1, of a loop of two its own
}

// Heuristics returns the causal net that the Flexible Heuristics Miner finds
// (Weijters, Ribeiro 2011, doi:10.1109/CIDM.2011.5949453; measures as in Weijters,
// van der Aalst, Alves de Medeiros 2006, Process mining with the HeuristicsMiner
// algorithm, BETA working paper 166). Cases without events are left out.
//
// An activity has its best cause and its best effect; further dependencies count
// where their measure reaches the threshold, or the best of their activity by all
// but a little. Then the log is read again: an occurrence of b is bound to one of
// its cause a where a is the last a before b, and b the first b after a, unless
// other bound occurrences lead from the one to the other; the partners that an
// occurrence is bound to on one side are its binding there. Bindings are most
// frequent first. Where we differ from the papers:
//
//   - the begin and the end of a case take part as activities that nobody sees,
//     where the papers want one start and one end activity;
//   - causes and effects are bound by nearness alone; the 2006 paper decides between
//     parallel and choice for each two effects by a measure of their own, which
//     cannot say "b and c, or d";
//   - rare bindings are left out, but for those that some dependency needs;
//   - long-distance dependencies are left out.
//
// Cost: O(events of the variants · dependencies of an activity), and O(n²) in
// activities, of which more than 5,000 are an error.
func Heuristics(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg HeuristicsConfig) (*CausalNet, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mining by heuristics: %w", err)
	}
	w := newWatch(ctx)
	l, err := coded(variants, activities, w)
	if err != nil {
		return nil, fmt.Errorf("mining by heuristics: %w", err)
	}
	if err := atMost(len(l.names), maxMatrix); err != nil {
		return nil, fmt.Errorf("mining by heuristics: %w", err)
	}
	h := newHeuristics(l, cfg.filled())
	h.accept()
	net := h.net(l)
	if w.err != nil {
		return nil, fmt.Errorf("mining by heuristics: %w", w.err)
	}
	return net, nil
}

// heuristics is a run of the miner, over the activities, the begin n and the end
// n+1 of cases.
type heuristics struct {
	cfg      HeuristicsConfig
	names    []string
	size     int
	n        int // activities
	count    []int64
	occurs   []int64
	twice    []int64 // a b a, row = a, col = b
	accepted []bool
	loops    []bool // accepted as loops of two
}

func newHeuristics(l *sublog, cfg HeuristicsConfig) *heuristics {
	n := len(l.names)
	size := n + 2
	h := &heuristics{
		cfg: cfg, names: l.names, size: size, n: n, occurs: make([]int64, size),
		count: make([]int64, size*size), twice: make([]int64, size*size),
		accepted: make([]bool, size*size), loops: make([]bool, size*size),
	}
	for i, t := range l.traces {
		if l.watch.stop(len(t)) {
			break
		}
		c := l.counts[i]
		h.count[n*size+int(t[0])] += c
		h.count[int(t[len(t)-1])*size+n+1] += c
		for k, a := range t {
			h.occurs[a] += c
			if k > 0 {
				h.count[int(t[k-1])*size+int(a)] += c
			}
			if k > 1 && t[k-2] == a && t[k-1] != a {
				h.twice[int(a)*size+int(t[k-1])] += c
			}
		}
	}
	h.clean()
	return h
}

// clean leaves out rare pairs of activities.
func (h *heuristics) clean() {
	if h.cfg.Noise == 0 {
		return
	}
	most := make([]int64, h.n)
	for a := range h.n {
		for b := range h.n {
			c := h.count[a*h.size+b]
			most[a], most[b] = max(most[a], c), max(most[b], c)
		}
	}
	for a := range h.n {
		for b := range h.n {
			if c := &h.count[a*h.size+b]; float64(*c) < h.cfg.Noise*float64(min(most[a], most[b])) {
				*c = 0
			}
		}
	}
}

// measure returns a ⇒ b, and of an activity with itself a ⇒ a.
func (h *heuristics) measure(a, b int) float64 {
	there, back := float64(h.count[a*h.size+b]), float64(h.count[b*h.size+a])
	if a == b {
		return there / (there + 1)
	}
	return (there - back) / (there + back + 1)
}

// measureTwo returns a ⇒₂ b.
func (h *heuristics) measureTwo(a, b int) float64 {
	n := float64(h.twice[a*h.size+b] + h.twice[b*h.size+a])
	return n / (n + 1)
}

// accept decides on the dependencies, in the steps of the paper's algorithm.
func (h *heuristics) accept() {
	size := h.size
	for a := range h.n {
		if h.measure(a, a) >= h.cfg.LoopOne && h.count[a*size+a] >= h.cfg.Observations {
			h.accepted[a*size+a] = true
		}
	}
	for a := range h.n {
		for b := range a {
			if !h.accepted[a*size+a] && !h.accepted[b*size+b] && h.measureTwo(a, b) >= h.cfg.LoopTwo && h.twice[a*size+b]+h.twice[b*size+a] >= h.cfg.Observations {
				h.loops[a*size+b], h.loops[b*size+a] = true, true
				h.accepted[a*size+b], h.accepted[b*size+a] = true, true
			}
		}
	}
	for _, forth := range []bool{true, false} {
		h.acceptSide(forth)
	}
}

// acceptSide decides on the effects of each activity, or on its causes.
func (h *heuristics) acceptSide(forth bool) {
	size := h.size
	at := func(a, b int) int {
		if forth {
			return a*size + b
		}
		return b*size + a
	}
	value := func(a, b int) float64 {
		if forth {
			return h.measure(a, b)
		}
		return h.measure(b, a)
	}
	// Of the begin only effects are asked for, of the end only causes.
	from := make([]int, 0, size)
	for a := range size {
		if forth && a != h.n+1 || !forth && a != h.n {
			from = append(from, a)
		}
	}
	best := make([]float64, size)
	bests := make([][]int, size)
	for _, a := range from {
		best[a] = math.Inf(-1)
		for b := range size {
			if a == b || h.count[at(a, b)] == 0 {
				continue
			}
			switch v := value(a, b); {
			case v > best[a]:
				best[a], bests[a] = v, append(bests[a][:0], b)
			case v == best[a]:
				bests[a] = append(bests[a], b)
			}
		}
	}
	for _, a := range from {
		// A weak best is dropped where the partner in a loop of two has a better one.
		weak := best[a] < h.cfg.Dependency && slices.ContainsFunc(from, func(b int) bool {
			return h.loops[a*size+b] && best[b]-best[a] > h.cfg.RelativeToBest
		})
		connected := !weak && !h.cfg.Unconnected
		if connected {
			for _, b := range bests[a] {
				h.accepted[at(a, b)] = true
			}
		}
		for b := range size {
			if a == b || h.count[at(a, b)] < h.cfg.Observations {
				continue
			}
			if v := value(a, b); v >= h.cfg.Dependency || connected && best[a]-v < h.cfg.RelativeToBest {
				h.accepted[at(a, b)] = true
			}
		}
	}
}

// net returns the accepted dependencies with their bindings in the log.
func (h *heuristics) net(l *sublog) *CausalNet {
	out := &CausalNet{Activities: h.names, Counts: h.occurs[:h.n], Dependencies: []Dependency{}}
	for _, a := range append([]int{h.n}, indices(h.n)...) {
		for _, b := range append([]int{h.n + 1}, indices(h.n)...) {
			if i := a*h.size + b; h.accepted[i] {
				d := Dependency{From: h.outside(a), To: h.outside(b), Count: h.count[i], Measure: h.measure(a, b)}
				if h.loops[i] {
					d.Measure = max(d.Measure, h.measureTwo(a, b))
				}
				out.Dependencies = append(out.Dependencies, d)
			}
		}
	}
	h.bind(l, out)
	return out
}

// outside returns the position of an activity, or of the begin or the end, as
// results name it.
func (h *heuristics) outside(a int) int {
	if a >= h.n {
		return Outside
	}
	return a
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
