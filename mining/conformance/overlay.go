package conformance

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// DeviationKind says in what a trace and the net differ.
type DeviationKind uint8

// The kinds. Replay finds the first three, alignments the last two.
const (
	MissingTokens   DeviationKind = iota // an activity, or the end, came without them
	RemainingTokens                      // were left behind the end
	LogOnly                              // an event without a counterpart in the net
	ModelOnly                            // an activity that the net asks for and the trace lacks
)

var kinds = [...]string{"missing_tokens", "remaining_tokens", "log_only", "model_only"}

// String returns the kind as JSON has it.
func (k DeviationKind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText returns the name of the kind.
func (k DeviationKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Deviation is one difference between a variant and the net.
type Deviation struct {
	Kind       DeviationKind `json:"kind"`
	Event      int           `json:"event"`      // position in the variant, its length at the end; of ModelOnly: the event before which it belongs
	Transition int           `json:"transition"` // position in the net, -1 where none is concerned
	Place      int           `json:"place"`      // position in the net, -1 where none is concerned
	Tokens     int64         `json:"tokens"`     // 0 where no place is concerned
}

// Overlay counts, over all cases, what happened at each part of a net, to be drawn
// over it.
type Overlay struct {
	Transitions []TransitionFlow `json:"transitions"` // in the order of the net
	Places      []PlaceTokens    `json:"places"`      // in the order of the net
	Activities  []ActivityFlow   `json:"activities"`  // of log and net, by name
}

// TransitionFlow counts firings: Executed of all kinds, of them Synchronous for an
// event while it was enabled, Forced for an event while tokens were missing,
// ModelOnly without an event. The rest are firings of a silent transition.
type TransitionFlow struct {
	ID            string `json:"id"`
	Label         string `json:"label"`
	Silent        bool   `json:"silent"`
	Executed      int64  `json:"executed"`
	Synchronous   int64  `json:"synchronous"`
	Forced        int64  `json:"forced"`
	ModelOnly     int64  `json:"model_only"`
	MissingTokens int64  `json:"missing_tokens"`
}

// PlaceTokens counts tokens that were missing from a place or remained there.
type PlaceTokens struct {
	ID        string `json:"id"`
	Missing   int64  `json:"missing"`
	Remaining int64  `json:"remaining"`
}

// ActivityFlow counts the events of an activity: Events = Synchronous + Forced +
// LogOnly. ModelOnly are those that the net asked for and the log lacks.
type ActivityFlow struct {
	Activity    string `json:"activity"`
	InModel     bool   `json:"in_model"`
	Events      int64  `json:"events"`
	Synchronous int64  `json:"synchronous"`
	Forced      int64  `json:"forced"`
	LogOnly     int64  `json:"log_only"`
	ModelOnly   int64  `json:"model_only"`
}

// Executions returns the firings of each transition, as Generalisation takes them.
func (o *Overlay) Executions() []int64 {
	out := make([]int64, len(o.Transitions))
	for i := range o.Transitions {
		out[i] = o.Transitions[i].Executed
	}
	return out
}

// tally gathers an overlay.
type tally struct {
	net         *compiled
	transitions []TransitionFlow
	places      []PlaceTokens
	names       []string // of the activities of the log
	labels      []int32
	events      []int64 // by activity of the log
	single      []int64 // by activity of the log: events without a counterpart
}

func newTally(c *compiled, activities *eventlog.Dictionary, labels []int32, variants []eventlog.Variant) *tally {
	s := &tally{
		net: c, transitions: make([]TransitionFlow, len(c.in)), places: make([]PlaceTokens, c.places),
		names: activities.Names(), labels: labels,
		events: make([]int64, activities.Len()), single: make([]int64, activities.Len()),
	}
	for t, x := range c.source.Transitions {
		s.transitions[t] = TransitionFlow{ID: x.ID, Label: x.Label, Silent: x.Silent}
	}
	for p, x := range c.source.Places {
		s.places[p].ID = x.ID
	}
	for _, v := range variants {
		for _, a := range v.Activities {
			if int(a) < len(s.events) {
				s.events[a] += int64(v.Count)
				if labels[a] < 0 {
					s.single[a] += int64(v.Count)
				}
			}
		}
	}
	return s
}

// fire counts transitions that fire without an event.
func (s *tally) fire(transitions []int32, n int64) {
	for _, t := range transitions {
		s.transitions[t].Executed += n
		if s.net.label[t] >= 0 {
			s.transitions[t].ModelOnly += n
		}
	}
}

// carry counts a transition that fires for an event.
func (s *tally) carry(t int32, n int64, forced bool) {
	x := &s.transitions[t]
	x.Executed += n
	if forced {
		x.Forced += n
	} else {
		x.Synchronous += n
	}
}

// run counts a way through the net on which every labelled transition has its event.
func (s *tally) run(transitions []int32, n int64) {
	for _, t := range transitions {
		if s.net.label[t] >= 0 {
			s.carry(t, n, false)
		} else {
			s.transitions[t].Executed += n
		}
	}
}

// unknown returns the events of activities that the net does not have, of how many
// events, and the number of those activities.
func (s *tally) unknown() (events, of int64, activities int) {
	for a, n := range s.events {
		of += n
		if s.labels[a] < 0 && n > 0 {
			events += n
			activities++
		}
	}
	return events, of, activities
}

func (s *tally) overlay() Overlay {
	flows := make([]ActivityFlow, len(s.net.labels), len(s.net.labels)+len(s.names))
	for l, name := range s.net.labels {
		flows[l] = ActivityFlow{Activity: name, InModel: true}
	}
	for t, x := range s.transitions {
		if l := s.net.label[t]; l >= 0 {
			f := &flows[l]
			f.Synchronous += x.Synchronous
			f.Forced += x.Forced
			f.ModelOnly += x.ModelOnly
		}
	}
	for a, n := range s.events {
		if l := s.labels[a]; l >= 0 {
			flows[l].Events += n
			flows[l].LogOnly += s.single[a]
		} else if n > 0 {
			flows = append(flows, ActivityFlow{Activity: s.names[a], Events: n, LogOnly: n})
		}
	}
	slices.SortFunc(flows, func(x, y ActivityFlow) int { return cmp.Compare(x.Activity, y.Activity) })
	return Overlay{Transitions: s.transitions, Places: s.places, Activities: flows}
}
