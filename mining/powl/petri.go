package powl

import (
	"fmt"

	"github.com/uprava/uprava/mining/petri"
)

// Petri returns the model as a workflow net of the given name with the same
// language: a source place, a sink place, one labelled transition for each
// activity. It is safe and sound. A child of a partial order takes one token for
// each child right before it and gives one to each right behind it. Identifiers
// are numbered in the order of the model, which must be valid.
func Petri(m *Model, name string) *petri.Net {
	b := &netBuilder{net: &petri.Net{Name: name}}
	source, sink := b.place("source"), b.place("sink")
	b.model(m, []int{source}, []int{sink})
	b.net.Initial = make(petri.Marking, len(b.net.Places))
	b.net.Final = make(petri.Marking, len(b.net.Places))
	b.net.Initial[source], b.net.Final[sink] = 1, 1
	return b.net
}

type netBuilder struct {
	net            *petri.Net
	places, silent int
}

func (b *netBuilder) place(id string) int {
	if id == "" {
		b.places++
		id = fmt.Sprintf("p%d", b.places)
	}
	b.net.Places = append(b.net.Places, petri.Place{ID: id, Name: id})
	return len(b.net.Places) - 1
}

func arcs(places []int) []petri.Arc {
	out := make([]petri.Arc, len(places))
	for i, p := range places {
		out[i] = petri.Arc{Place: p, Weight: 1}
	}
	return out
}

// tau adds a silent transition.
func (b *netBuilder) tau(in, out []int) {
	b.silent++
	id := fmt.Sprintf("tau%d", b.silent)
	b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: id, Label: id, Silent: true, In: arcs(in), Out: arcs(out)})
}

// model adds m between places: it takes a token from each of the first and gives
// one to each of the second.
func (b *netBuilder) model(m *Model, from, to []int) {
	switch m.Operator {
	case Activity:
		id := fmt.Sprintf("t%d", len(b.net.Transitions)-b.silent+1)
		b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: id, Label: m.Label, In: arcs(from), Out: arcs(to)})
	case Silent:
		b.tau(from, to)
	case Choice:
		for _, c := range m.Children {
			b.model(c, from, to)
		}
	case Loop:
		do, done := []int{b.place("")}, []int{b.place("")} // its own: those outside may be shared
		b.tau(from, do)
		b.model(m.Children[0], do, done)
		for _, redo := range m.Children[1:] {
			b.model(redo, done, do)
		}
		b.tau(done, to)
	case PartialOrder:
		b.order(m, from, to)
	}
}

func (b *netBuilder) order(m *Model, from, to []int) {
	n := len(m.Children)
	in, out := make([][]int, n), make([][]int, n)
	for _, o := range covers(m.closure()) {
		p := b.place("")
		out[o[0]] = append(out[o[0]], p)
		in[o[1]] = append(in[o[1]], p)
	}
	var first, last []int
	for i := range n {
		if len(in[i]) == 0 {
			first = append(first, i)
		}
		if len(out[i]) == 0 {
			last = append(last, i)
		}
	}
	// One child alone takes the tokens of the order itself.
	if len(first) == 1 {
		in[first[0]] = from
	} else {
		var begins []int
		for _, i := range first {
			in[i] = []int{b.place("")}
			begins = append(begins, in[i][0])
		}
		b.tau(from, begins)
	}
	var ends []int
	for _, i := range last {
		if len(last) == 1 {
			out[i] = to
			break
		}
		out[i] = []int{b.place("")}
		ends = append(ends, out[i][0])
	}
	for i, c := range m.Children {
		b.model(c, in[i], out[i])
	}
	if len(last) > 1 {
		b.tau(ends, to)
	}
}
