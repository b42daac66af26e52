package conformance

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// arc is an arc of a compiled net.
type arc struct {
	place  int32
	weight uint32
}

// compiled is a net in the form in which it is replayed. Labels are numbered in
// the order of their first transitions.
type compiled struct {
	source   *petri.Net
	places   int
	in, out  [][]arc
	silent   []int32   // silent transitions, ascending
	labels   []string  // activities of the net
	label    []int32   // by transition; -1 where silent
	labelled [][]int32 // by label: its transitions, ascending
	helpful  [][]bool  // by label and transition: silent ones that can help to enable it

	consumers, producers [][]int32 // by place: silent transitions that take from it, that fill it
	ends                 bool      // no silent transition takes from a place of the final marking

	consumed, produced []int64 // by transition: tokens
	initial, final     []uint32
	salt, delta        []uint64 // a marking's hash is Σ tokens·salt; firing adds delta
}

// compile checks a net and returns it compiled. O(labels · silent transitions).
func compile(n *petri.Net) (*compiled, error) {
	if n == nil {
		return nil, errors.New("net is missing")
	}
	if err := n.Validate(); err != nil {
		return nil, fmt.Errorf("net %q: %w", n.Name, err)
	}
	if n.Initial == nil {
		return nil, fmt.Errorf("net %q has no initial marking, wanted one to start from", n.Name)
	}
	if n.Final == nil {
		return nil, fmt.Errorf("net %q has no final marking, wanted one to end in", n.Name)
	}
	c := &compiled{
		source: n, places: len(n.Places),
		in: make([][]arc, len(n.Transitions)), out: make([][]arc, len(n.Transitions)),
		label:    make([]int32, len(n.Transitions)),
		consumed: make([]int64, len(n.Transitions)), produced: make([]int64, len(n.Transitions)),
		initial: make([]uint32, len(n.Places)), final: make([]uint32, len(n.Places)),
		salt: make([]uint64, len(n.Places)), delta: make([]uint64, len(n.Transitions)),
	}
	r := rand.New(rand.NewPCG(1, 2)) // fixed: the order of nothing depends on it
	for p := range c.salt {
		c.salt[p] = r.Uint64() | 1
	}
	for p := range n.Places {
		for _, m := range []struct {
			name   string
			tokens int
			to     *uint32
		}{{"initial", n.Initial[p], &c.initial[p]}, {"final", n.Final[p], &c.final[p]}} {
			if m.tokens > maxWeight {
				return nil, fmt.Errorf("net %q: %s marking has %d tokens in place %q, wanted at most %d", n.Name, m.name, m.tokens, n.Places[p].ID, maxWeight)
			}
			*m.to = uint32(m.tokens)
		}
	}
	number := map[string]int32{}
	for t := range n.Transitions {
		x := &n.Transitions[t]
		for _, side := range []struct {
			arcs  []petri.Arc
			to    *[]arc
			sum   *int64
			delta uint64
		}{{x.In, &c.in[t], &c.consumed[t], ^uint64(0)}, {x.Out, &c.out[t], &c.produced[t], 1}} {
			for _, a := range side.arcs {
				if a.Weight > maxWeight {
					return nil, fmt.Errorf("net %q: transition %q has an arc with weight %d, wanted at most %d", n.Name, x.ID, a.Weight, maxWeight)
				}
				*side.to = append(*side.to, arc{int32(a.Place), uint32(a.Weight)})
				*side.sum += int64(a.Weight)
				c.delta[t] += side.delta * uint64(a.Weight) * c.salt[a.Place]
			}
		}
		if x.Silent {
			c.label[t] = -1
			c.silent = append(c.silent, int32(t))
			continue
		}
		k, known := number[x.Label]
		if !known {
			k = int32(len(c.labels))
			number[x.Label] = k
			c.labels, c.labelled = append(c.labels, x.Label), append(c.labelled, nil)
		}
		c.label[t] = k
		c.labelled[k] = append(c.labelled[k], int32(t))
	}
	c.helpful = make([][]bool, len(c.labels))
	for k := range c.labels {
		c.helpful[k] = c.helps(c.labelled[k])
	}
	c.consumers, c.producers, c.ends = make([][]int32, c.places), make([][]int32, c.places), true
	for _, t := range c.silent {
		takes := map[int32]uint32{}
		for _, a := range c.in[t] {
			takes[a.place] = a.weight
			c.consumers[a.place] = append(c.consumers[a.place], t)
			c.ends = c.ends && c.final[a.place] == 0
		}
		for _, a := range c.out[t] {
			if a.weight > takes[a.place] {
				c.producers[a.place] = append(c.producers[a.place], t)
			}
		}
	}
	return c, nil
}

// maxWeight bounds weights of arcs and tokens of the initial and final marking, so
// that sums of tokens cannot overflow.
const maxWeight = 1 << 16

// helps returns the silent transitions that put a token, directly or through
// others of them, where one of the goals takes one. A shortest silent path to a
// goal fires no other.
func (c *compiled) helps(goals []int32) []bool {
	wanted := make([]bool, c.places)
	want := func(t int32) {
		for _, a := range c.in[t] {
			wanted[a.place] = true
		}
	}
	for _, t := range goals {
		want(t)
	}
	taken := make([]bool, len(c.in))
	for again := true; again; {
		again = false
		for _, t := range c.silent {
			if taken[t] {
				continue
			}
			for _, a := range c.out[t] {
				if wanted[a.place] {
					taken[t], again = true, true
					want(t)
					break
				}
			}
		}
	}
	return taken
}

// labelsOf returns for each activity of a dictionary its label, -1 where the net
// does not have it.
func (c *compiled) labelsOf(activities *eventlog.Dictionary) []int32 {
	number := make(map[string]int32, len(c.labels))
	for k, name := range c.labels {
		number[name] = int32(k)
	}
	out := make([]int32, activities.Len())
	for code, name := range activities.Names() {
		k, known := number[name]
		if !known {
			k = -1
		}
		out[code] = k
	}
	return out
}

// labelOf returns the label of an activity, -1 where the net does not have it.
func labelOf(labels []int32, a eventlog.Code) int32 {
	if uint64(a) >= uint64(len(labels)) {
		return -1
	}
	return labels[a]
}
