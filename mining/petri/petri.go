// Package petri holds labelled Petri nets with an initial and a final marking:
// the form in which process models are replayed and exchanged (Murata 1989,
// doi:10.1109/5.24143).
//
//	PNML ─▶ Read ─▶ Net ─▶ Write ─▶ PNML
//	processtree ──▶  │ ──▶ Enabled, Fire, Language
//
// Left out on purpose: guards, time and data.
package petri

import (
	"errors"
	"fmt"
	"slices"
)

// Net is a Petri net. Places and transitions are named by their positions; it
// must not be changed while it is replayed.
type Net struct {
	Name        string
	Places      []Place
	Transitions []Transition
	// Initial and Final hold the tokens by place; nil is the marking without tokens.
	Initial, Final Marking
}

// Place is a place. IDs are unique among places and transitions.
type Place struct{ ID, Name string }

// Transition is a transition with its arcs.
type Transition struct {
	ID     string
	Label  string // activity; of a silent transition only a name for the reader
	Silent bool
	// In are the arcs from places, Out those to places; no place stands twice.
	In, Out []Arc
}

// Arc joins a transition with a place. Weight counts tokens, 1 or more.
type Arc struct{ Place, Weight int }

// Marking holds the number of tokens by place.
type Marking []int

// Validate returns all faults of the net, joined: identifiers missing or used
// twice, arcs that lead nowhere or have no weight, markings of another size.
func (n *Net) Validate() error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	seen := map[string]bool{}
	once := func(what, id string) {
		switch {
		case id == "":
			faultf("%s without an identifier", what)
		case seen[id]:
			faultf("%s %q: identifier is used twice", what, id)
		}
		seen[id] = true
	}
	for _, p := range n.Places {
		once("place", p.ID)
	}
	for _, t := range n.Transitions {
		once("transition", t.ID)
		for _, arcs := range [][]Arc{t.In, t.Out} {
			at := map[int]bool{}
			for _, a := range arcs {
				switch {
				case a.Place < 0 || a.Place >= len(n.Places):
					faultf("transition %q: arc with place %d of %d", t.ID, a.Place, len(n.Places))
				case a.Weight < 1:
					faultf("transition %q: arc with weight %d, wanted 1 or more", t.ID, a.Weight)
				case at[a.Place]:
					faultf("transition %q: two arcs with place %q", t.ID, n.Places[a.Place].ID)
				}
				at[a.Place] = true
			}
		}
	}
	for _, m := range []struct {
		name    string
		marking Marking
	}{{"initial", n.Initial}, {"final", n.Final}} {
		if m.marking != nil && len(m.marking) != len(n.Places) {
			faultf("%s marking of %d places, wanted %d", m.name, len(m.marking), len(n.Places))
		}
		for i, tokens := range m.marking {
			if tokens < 0 {
				faultf("%s marking has %d tokens in place %d", m.name, tokens, i)
			}
		}
	}
	return errors.Join(faults...)
}

// start and goal return the markings with one element for each place.
func (n *Net) start() Marking { return n.sized(n.Initial) }
func (n *Net) goal() Marking  { return n.sized(n.Final) }

func (n *Net) sized(m Marking) Marking {
	out := make(Marking, len(n.Places))
	copy(out, m)
	return out
}

// Enabled returns the transitions that can fire in a marking of the net's size,
// ascending.
func (n *Net) Enabled(m Marking) []int {
	var out []int
	for i := range n.Transitions {
		if n.enables(m, i) {
			out = append(out, i)
		}
	}
	return out
}

func (n *Net) enables(m Marking, transition int) bool {
	for _, a := range n.Transitions[transition].In {
		if m[a.Place] < a.Weight {
			return false
		}
	}
	return true
}

// Fire returns the marking after a transition has fired in m, which is left as it
// was. A transition that is not enabled is an error.
func (n *Net) Fire(m Marking, transition int) (Marking, error) {
	if transition < 0 || transition >= len(n.Transitions) {
		return nil, fmt.Errorf("firing transition %d: the net has %d", transition, len(n.Transitions))
	}
	if len(m) != len(n.Places) {
		return nil, fmt.Errorf("firing transition %q: marking of %d places, wanted %d", n.Transitions[transition].ID, len(m), len(n.Places))
	}
	if !n.enables(m, transition) {
		return nil, fmt.Errorf("firing transition %q: not enabled", n.Transitions[transition].ID)
	}
	return n.fire(m, transition), nil
}

// fire is Fire for a transition known to be enabled.
func (n *Net) fire(m Marking, transition int) Marking {
	out := slices.Clone(m)
	for _, a := range n.Transitions[transition].In {
		out[a.Place] -= a.Weight
	}
	for _, a := range n.Transitions[transition].Out {
		out[a.Place] += a.Weight
	}
	return out
}
