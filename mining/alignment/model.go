package alignment

import (
	"errors"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// maxTokens is what a place holds at most in a search.
const maxTokens = 255

// unknown is the label of activities that no transition carries, and of silent
// transitions.
const unknown = -1

// model is a net made ready for the searches.
type model struct {
	net            *petri.Net
	names          []string // labels
	label          []int32  // of each transition; unknown for silent ones
	initial, final []byte   // tokens by place
	// machines is the block structure, nil where the net has none whose
	// parallels have branches without a label in common.
	machines *machines
	parts    []component
}

func compile(n *petri.Net) (*model, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	m := &model{net: n}
	var err error
	if m.initial, err = packed(n, n.Initial); err != nil {
		return nil, fmt.Errorf("reading the initial marking: %w", err)
	}
	if m.final, err = packed(n, n.Final); err != nil {
		return nil, fmt.Errorf("reading the final marking: %w", err)
	}
	known := map[string]int32{}
	m.label = make([]int32, len(n.Transitions))
	for i := range n.Transitions {
		t := &n.Transitions[i]
		if t.Silent {
			m.label[i] = unknown
			continue
		}
		l, ok := known[t.Label]
		if !ok {
			l = int32(len(m.names))
			known[t.Label] = l
			m.names = append(m.names, t.Label)
		}
		m.label[i] = l
	}
	if b := reduce(m); b != nil && b.learn() {
		m.machines = newMachines(b, len(m.names))
	}
	m.parts = components(m)
	return m, nil
}

func packed(n *petri.Net, m petri.Marking) ([]byte, error) {
	out := make([]byte, len(n.Places))
	var faults []error
	for p, tokens := range m {
		if tokens > maxTokens {
			faults = append(faults, fmt.Errorf("place %q: %d tokens, wanted at most %d", n.Places[p].ID, tokens, maxTokens))
			continue
		}
		out[p] = byte(tokens)
	}
	return out, errors.Join(faults...)
}

// codes returns the label of each activity, unknown where the net has none.
func (m *model) codes(activities *eventlog.Dictionary) []int32 {
	known := make(map[string]int32, len(m.names))
	for l, name := range m.names {
		known[name] = int32(l)
	}
	out := make([]int32, activities.Len())
	for c, name := range activities.Names() {
		if l, ok := known[name]; ok {
			out[c] = l
		} else {
			out[c] = unknown
		}
	}
	return out
}
