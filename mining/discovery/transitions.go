package discovery

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// Abstraction says what a state keeps of the events it stands for.
type Abstraction uint8

// The abstractions.
const (
	AsSequence Abstraction = iota // the activities in their order
	AsMultiset                    // how often each activity
	AsSet                         // which activities
)

var abstractionNames = [...]string{"sequence", "multiset", "set"}

// String returns the name of the abstraction: "sequence", "multiset" or "set".
func (a Abstraction) String() string {
	if int(a) < len(abstractionNames) {
		return abstractionNames[a]
	}
	return fmt.Sprintf("Abstraction(%d)", uint8(a))
}

// ParseAbstraction returns the abstraction of a name, "" being a sequence.
func ParseAbstraction(s string) (Abstraction, error) {
	if s == "" {
		return AsSequence, nil
	}
	if i := slices.Index(abstractionNames[:], s); i >= 0 {
		return Abstraction(i), nil
	}
	return 0, fmt.Errorf("reading the abstraction %q: wanted sequence, multiset or set", s)
}

// TransitionConfig says what the states of a transition system are. The zero value
// takes the whole past as a sequence, which gives the prefix tree.
type TransitionConfig struct {
	Abstraction Abstraction
	Horizon     int  // events that a state sees; 0 for all
	Future      bool // the events to come, in place of the past ones
}

// Validate returns all faults of the configuration, joined.
func (c TransitionConfig) Validate() error {
	var faults []error
	if c.Abstraction > AsSet {
		faults = append(faults, fmt.Errorf("abstraction %d is not known", uint8(c.Abstraction)))
	}
	if c.Horizon < 0 {
		faults = append(faults, fmt.Errorf("horizon is %d, wanted 0 or more", c.Horizon))
	}
	return errors.Join(faults...)
}

// TransitionSystem is a graph of the states of a process, with an activity on each
// edge. States stand in the order in which the traces, sorted by names, come upon
// them; transitions by From, To, Activity.
type TransitionSystem struct {
	Activities  []string     `json:"activities"` // ascending
	States      []State      `json:"states"`
	Transitions []Transition `json:"transitions"`
}

// State is a state and how often cases were in it.
type State struct {
	Name   string `json:"name"`   // such as ⟨a, b⟩, [a^2, b] or {a, b}
	Visits int64  `json:"visits"` // over all cases
	Starts int64  `json:"starts"` // cases that begin in it
	Ends   int64  `json:"ends"`   // cases that end in it
}

// Transition is a step from state to state.
type Transition struct {
	From     int   `json:"from"` // position in States
	To       int   `json:"to"`
	Activity int   `json:"activity"` // position in Activities
	Count    int64 `json:"count"`
}

// Transitions returns the transition system of the variants under an abstraction
// (van der Aalst, Rubin, Verbeek, van Dongen, Kindler, Günther 2010,
// doi:10.1007/s10270-008-0106-z, first step): the state of a case between two
// events is what the abstraction keeps of the events before it, or of those to
// come, within the horizon. Cases without events count in the state of no event.
// Left out are the paper's filters by activity, which are filters of the log here,
// and its repairs of the graph.
//
// O(n · h) in events of the variants and events h that a state sees.
func Transitions(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg TransitionConfig) (*TransitionSystem, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("building the transition system: %w", err)
	}
	w := newWatch(ctx)
	l, err := coded(variants, activities, w)
	if err != nil {
		return nil, fmt.Errorf("building the transition system: %w", err)
	}
	b := &transitionBuilder{cfg: cfg, system: &TransitionSystem{Activities: l.names, States: []State{}, Transitions: []Transition{}}, at: map[string]int{}, edges: map[Transition]int64{}}
	b.trace(nil, l.empty)
	for _, i := range l.sorted() {
		t := l.traces[i]
		seen := len(t)
		if cfg.Horizon > 0 {
			seen = min(seen, cfg.Horizon)
		}
		if w.stop(len(t) * (1 + seen)) {
			return nil, fmt.Errorf("building the transition system: %w", w.err)
		}
		b.trace(t, l.counts[i])
	}
	for e, n := range b.edges {
		e.Count = n
		b.system.Transitions = append(b.system.Transitions, e)
	}
	slices.SortFunc(b.system.Transitions, func(x, y Transition) int {
		return slices.Compare([]int{x.From, x.To, x.Activity}, []int{y.From, y.To, y.Activity})
	})
	return b.system, nil
}

type transitionBuilder struct {
	cfg    TransitionConfig
	system *TransitionSystem
	at     map[string]int
	edges  map[Transition]int64
	seen   []int32
	key    []byte
}

// trace walks n cases of a trace.
func (b *transitionBuilder) trace(t []int32, n int64) {
	if n == 0 {
		return
	}
	state := b.state(t, 0)
	b.system.States[state].Starts += n
	b.system.States[state].Visits += n
	for i, a := range t {
		next := b.state(t, i+1)
		b.system.States[next].Visits += n
		b.edges[Transition{From: state, To: next, Activity: int(a)}] += n
		state = next
	}
	b.system.States[state].Ends += n
}

// state returns the position of the state before the i-th event of a trace.
func (b *transitionBuilder) state(t []int32, i int) int {
	part := t[:i]
	if b.cfg.Future {
		part = t[i:]
	}
	if h := b.cfg.Horizon; h > 0 && len(part) > h {
		if b.cfg.Future {
			part = part[:h]
		} else {
			part = part[len(part)-h:]
		}
	}
	b.seen = append(b.seen[:0], part...)
	if b.cfg.Abstraction != AsSequence {
		slices.Sort(b.seen)
	}
	if b.cfg.Abstraction == AsSet {
		b.seen = slices.Compact(b.seen)
	}
	b.key = b.key[:0]
	for _, a := range b.seen {
		b.key = binary.BigEndian.AppendUint32(b.key, uint32(a))
	}
	k, known := b.at[string(b.key)]
	if !known {
		k = len(b.system.States)
		b.at[string(b.key)] = k
		b.system.States = append(b.system.States, State{Name: b.name()})
	}
	return k
}

// name returns the state that was seen last in words.
func (b *transitionBuilder) name() string {
	var parts []string
	for i := 0; i < len(b.seen); {
		j := i + 1
		for b.cfg.Abstraction == AsMultiset && j < len(b.seen) && b.seen[j] == b.seen[i] {
			j++
		}
		name := b.system.Activities[b.seen[i]]
		if j-i > 1 {
			name = fmt.Sprintf("%s^%d", name, j-i)
		}
		parts = append(parts, name)
		i = j
	}
	quotes := [...][2]string{AsSequence: {"⟨", "⟩"}, AsMultiset: {"[", "]"}, AsSet: {"{", "}"}}[b.cfg.Abstraction]
	return quotes[0] + strings.Join(parts, ", ") + quotes[1]
}

// Petri returns the transition system as a Petri net of the given name that has one
// token: a place for each state and a transition for each step, with a silent step
// from the source into each first state and one into the sink from each last. It is
// sound, and allows all traces of the log. The paper's second step, the synthesis
// of a net with concurrency by regions, is left out.
func (s *TransitionSystem) Petri(name string) *petri.Net {
	b := &netOf{&petri.Net{Name: name}}
	source, sink := b.place("source"), b.place("sink")
	b.net.Initial[source], b.net.Final[sink] = 1, 1
	for _, x := range s.States {
		b.place(x.Name)
	}
	step := func(from, to int, id, label string, silent bool) {
		b.net.Transitions = append(b.net.Transitions, petri.Transition{
			ID: id, Label: label, Silent: silent,
			In: []petri.Arc{{Place: from, Weight: 1}}, Out: []petri.Arc{{Place: to, Weight: 1}},
		})
	}
	for i, x := range s.States {
		if x.Starts > 0 {
			id := fmt.Sprintf("begin%d", i+1)
			step(source, i+2, id, id, true)
		}
	}
	for i, t := range s.Transitions {
		step(t.From+2, t.To+2, fmt.Sprintf("t%d", i+1), s.Activities[t.Activity], false)
	}
	for i, x := range s.States {
		if x.Ends > 0 {
			id := fmt.Sprintf("end%d", i+1)
			step(i+2, sink, id, id, true)
		}
	}
	if len(s.States) == 0 {
		step(source, sink, "tau", "tau", true)
	}
	return b.net
}
