package processtree

import (
	"fmt"

	"github.com/uprava/uprava/mining/petri"
)

// Petri returns the tree as a workflow net of the given name, with the same
// language: a source place, a sink place, one labelled transition for each
// activity. It is safe and sound. Parallels are split and joined by silent
// transitions, loops entered and left by them. Identifiers are numbered in the
// order of the tree. The tree must be valid.
func Petri(t *Tree, name string) *petri.Net {
	b := &netBuilder{net: &petri.Net{Name: name}}
	source, sink := b.place("source"), b.place("sink")
	b.tree(t, source, sink)
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

func arcs(places ...int) []petri.Arc {
	out := make([]petri.Arc, len(places))
	for i, p := range places {
		out[i] = petri.Arc{Place: p, Weight: 1}
	}
	return out
}

func (b *netBuilder) tau(in, out []petri.Arc) {
	b.silent++
	id := fmt.Sprintf("tau%d", b.silent)
	b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: id, Label: id, Silent: true, In: in, Out: out})
}

// tree adds t between two places.
func (b *netBuilder) tree(t *Tree, from, to int) {
	switch t.Operator {
	case Activity:
		id := fmt.Sprintf("t%d", len(b.net.Transitions)-b.silent+1)
		b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: id, Label: t.Label, In: arcs(from), Out: arcs(to)})
	case Silent:
		b.tau(arcs(from), arcs(to))
	case Sequence:
		for i, c := range t.Children {
			next := to
			if i < len(t.Children)-1 {
				next = b.place("")
			}
			b.tree(c, from, next)
			from = next
		}
	case Choice:
		for _, c := range t.Children {
			b.tree(c, from, to)
		}
	case Parallel:
		var begins, ends []int
		for range t.Children {
			begins, ends = append(begins, b.place("")), append(ends, b.place(""))
		}
		b.tau(arcs(from), arcs(begins...))
		for i, c := range t.Children {
			b.tree(c, begins[i], ends[i])
		}
		b.tau(arcs(ends...), arcs(to))
	case Loop:
		// The places of the loop are its own: those outside may be shared.
		do, done := b.place(""), b.place("")
		b.tau(arcs(from), arcs(do))
		b.tree(t.Children[0], do, done)
		for _, redo := range t.Children[1:] {
			b.tree(redo, done, do)
		}
		b.tau(arcs(done), arcs(to))
	}
}
