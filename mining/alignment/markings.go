package alignment

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"

	"github.com/uprava/uprava/mining/petri"
)

// step is what firing a transition leads to.
type step struct{ transition, to int32 }

// markings is the part of the reachability graph that searches have seen. A
// marking is named by its number; numbers depend on the order in which markings
// were met, and nothing that leaves this package does.
type markings struct {
	model *model
	seed  maphash.Seed
	// tokens holds the markings one behind the other, a byte for each place.
	tokens []byte
	table  []int32 // open addressing: number + 1, 0 where free
	// first is the position in steps of each marking's first step, -1 where the
	// marking was not expanded; many the number of its steps.
	first, many []int32
	steps       []step
	overflow    []bool // some step was left out, for it would put too many tokens in a place
	// apart are the clusters of the net: see clusters.
	apart   []int32
	at      []int32 // for each marking and component the place of its token
	scratch []byte
}

func newMarkings(m *model) *markings {
	g := &markings{model: m, seed: maphash.MakeSeed(), scratch: make([]byte, len(m.initial)), apart: clusters(m)}
	g.reset()
	return g
}

func (g *markings) reset() {
	g.tokens, g.first, g.many, g.steps = g.tokens[:0], g.first[:0], g.many[:0], g.steps[:0]
	g.overflow, g.at = g.overflow[:0], g.at[:0]
	g.table = make([]int32, 1024)
}

func (g *markings) len() int { return len(g.first) }

func (g *markings) of(i int32) []byte {
	p := len(g.scratch)
	return g.tokens[int(i)*p : (int(i)+1)*p]
}

// number returns the number of a marking, which is copied.
func (g *markings) number(m []byte) int32 {
	mask := uint64(len(g.table) - 1)
	slot := maphash.Bytes(g.seed, m) & mask
	for ; g.table[slot] != 0; slot = (slot + 1) & mask {
		if i := g.table[slot] - 1; bytes.Equal(g.of(i), m) {
			return i
		}
	}
	i := int32(g.len())
	g.table[slot] = i + 1
	g.tokens = append(g.tokens, m...)
	g.first, g.many, g.overflow = append(g.first, -1), append(g.many, 0), append(g.overflow, false)
	for c := range g.model.parts {
		g.at = append(g.at, g.model.parts[c].locate(m))
	}
	if 2*g.len() > len(g.table) {
		g.grow()
	}
	return i
}

func (g *markings) grow() {
	g.table = make([]int32, 2*len(g.table))
	mask := uint64(len(g.table) - 1)
	for i := range int32(g.len()) {
		slot := maphash.Bytes(g.seed, g.of(i)) & mask
		for g.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		g.table[slot] = i + 1
	}
}

// from returns the steps from a marking, by transition. The slice stays valid
// until the next call.
func (g *markings) from(i int32) []step {
	if g.first[i] < 0 {
		g.expand(i)
	}
	return g.steps[g.first[i] : g.first[i]+g.many[i]]
}

func (g *markings) expand(i int32) {
	first := int32(len(g.steps))
	for t := range g.model.net.Transitions {
		enabled, fits := g.fire(i, t)
		switch {
		case enabled && fits:
			to := g.number(g.scratch)
			g.steps = append(g.steps, step{int32(t), to})
		case enabled:
			g.overflow[i] = true
		}
	}
	g.first[i], g.many[i] = first, int32(len(g.steps))-first
}

// fire puts the marking after a transition into scratch, if it is enabled and
// the tokens fit.
func (g *markings) fire(i int32, t int) (enabled, fits bool) {
	x := &g.model.net.Transitions[t]
	m := g.of(i)
	for _, a := range x.In {
		if int(m[a.Place]) < a.Weight {
			return false, false
		}
	}
	copy(g.scratch, m)
	for _, a := range x.In {
		g.scratch[a.Place] -= byte(a.Weight)
	}
	for _, a := range x.Out {
		tokens := int(g.scratch[a.Place]) + a.Weight
		if tokens > maxTokens {
			return true, false
		}
		g.scratch[a.Place] = byte(tokens)
	}
	return true, true
}

// clusters returns, for each transition, its cluster, -1 where it has none. A
// cluster is a set of transitions that take from the same places, of which no
// other transition takes, and of which one is empty in the end: once one of them
// is enabled all are, nothing else disables them, and one of them must fire. So
// where none of them can have to do with the rest of the trace, no way to the
// end is lost, and none becomes dearer, when one of them fires at once (a
// persistent set; Godefroid 1996, doi:10.1007/3-540-60761-7, chapter 4).
func clusters(m *model) []int32 {
	places := len(m.net.Places)
	consumers := make([]int, places)
	for i := range m.net.Transitions {
		for _, a := range m.net.Transitions[i].In {
			consumers[a.Place]++
		}
	}
	out := make([]int32, len(m.net.Transitions))
	size := map[string]int{}
	number := map[string]int32{}
	keys := make([]string, len(out))
	for i := range out {
		in := slices.Clone(m.net.Transitions[i].In)
		slices.SortFunc(in, func(a, b petri.Arc) int { return a.Place - b.Place })
		var key []byte
		for _, a := range in {
			key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(a.Place)), uint64(a.Weight))
		}
		keys[i] = string(key)
		size[keys[i]]++
	}
	for i := range out {
		out[i] = -1
		alone, needed := true, false
		for _, a := range m.net.Transitions[i].In {
			alone = alone && consumers[a.Place] == size[keys[i]]
			needed = needed || a.Weight == 1 && m.final[a.Place] == 0
		}
		if !alone || !needed {
			continue
		}
		if _, ok := number[keys[i]]; !ok {
			number[keys[i]] = int32(len(number))
		}
		out[i] = number[keys[i]]
	}
	return out
}
