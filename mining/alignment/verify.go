package alignment

import (
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// Verify plays the token game: it returns an error unless the alignment's moves
// lead the net from its initial to its final marking, take every event of the
// variant once and in order, and cost what the alignment says. Whether labels
// match is told by the dictionary of the variant's log.
// O(moves × arcs of a transition).
func Verify(n *petri.Net, activities *eventlog.Dictionary, v eventlog.Variant, a Alignment) error {
	m, final := make([]int, len(n.Places)), make([]int, len(n.Places))
	copy(m, n.Initial)
	copy(final, n.Final)
	events, cost := 0, 0
	for i, x := range a.Moves {
		if x.Kind > Silent {
			return fmt.Errorf("verifying move %d: %v", i, x.Kind)
		}
		if x.Kind == Synchronous || x.Kind == LogMove {
			if x.Event != events || events == len(v.Activities) {
				return fmt.Errorf("verifying move %d: event %d, wanted %d of %d", i, x.Event, events, len(v.Activities))
			}
			events++
		} else if x.Event != -1 {
			return fmt.Errorf("verifying move %d: %v move with event %d, wanted -1", i, x.Kind, x.Event)
		}
		if x.Kind == LogMove || x.Kind == ModelMove {
			cost++
		}
		if x.Kind == LogMove {
			if x.Transition != -1 {
				return fmt.Errorf("verifying move %d: log move with transition %d, wanted -1", i, x.Transition)
			}
			continue
		}
		if x.Transition < 0 || x.Transition >= len(n.Transitions) {
			return fmt.Errorf("verifying move %d: transition %d of %d", i, x.Transition, len(n.Transitions))
		}
		t := &n.Transitions[x.Transition]
		if t.Silent != (x.Kind == Silent) {
			return fmt.Errorf("verifying move %d: %v move of transition %q", i, x.Kind, t.ID)
		}
		if x.Kind == Synchronous {
			if name := activities.Name(v.Activities[x.Event]); name != t.Label {
				return fmt.Errorf("verifying move %d: event %q with transition %q labelled %q", i, name, t.ID, t.Label)
			}
		}
		for _, arc := range t.In {
			if m[arc.Place] -= arc.Weight; m[arc.Place] < 0 {
				return fmt.Errorf("verifying move %d: transition %q is not enabled", i, t.ID)
			}
		}
		for _, arc := range t.Out {
			m[arc.Place] += arc.Weight
		}
	}
	switch {
	case events != len(v.Activities):
		return fmt.Errorf("verifying an alignment: it ends after %d of %d events", events, len(v.Activities))
	case !slices.Equal(m, final):
		return fmt.Errorf("verifying an alignment: it does not end in the final marking")
	case cost != a.Cost || a.High != a.Cost:
		return fmt.Errorf("verifying an alignment: cost %d and upper bound %d, found %d", a.Cost, a.High, cost)
	case a.Low < 0 || a.Low > a.High || a.Proved != (a.Low == a.High):
		return fmt.Errorf("verifying an alignment: bounds %d to %d, proved %t", a.Low, a.High, a.Proved)
	}
	return nil
}

// ModelTraces returns the labels that each alignment's run of the model shows,
// in order: those of its synchronous and its model moves. The net is the one
// that was aligned with.
func (r *Result) ModelTraces(n *petri.Net) [][]string {
	out := make([][]string, len(r.Alignments))
	for i := range r.Alignments {
		labels := []string{}
		for _, x := range r.Alignments[i].Moves {
			if x.Kind == Synchronous || x.Kind == ModelMove {
				labels = append(labels, n.Transitions[x.Transition].Label)
			}
		}
		out[i] = labels
	}
	return out
}

// Fitness is how well a log fits a model, 0…1: 1 − cost / worst cost, where the
// worst cost of a trace is its events plus Result.WorstCost (van der Aalst,
// Adriansyah, van Dongen 2012, doi:10.1002/widm.1045). Low and High differ where
// a cost was not proved. A trace of worst cost 0 has fitness 1, as has a log
// without traces.
type Fitness struct {
	LogLow      float64 `json:"log_fitness_low"` // over all traces together
	LogHigh     float64 `json:"log_fitness_high"`
	AverageLow  float64 `json:"average_trace_fitness_low"` // mean over the traces
	AverageHigh float64 `json:"average_trace_fitness_high"`
	Fitting     int64   `json:"fitting_traces"` // traces of proved cost 0
	Traces      int64   `json:"traces"`
}

// Fitness returns the fitness of the variants that were aligned.
func (r *Result) Fitness(variants []eventlog.Variant) Fitness {
	var f Fitness
	var worst int64
	for i, v := range variants {
		a := &r.Alignments[i]
		w, count := len(v.Activities)+r.WorstCost, int64(v.Count)
		f.Traces += count
		worst += int64(w) * count
		if a.High == 0 {
			f.Fitting += count
		}
		low, high := 1.0, 1.0
		if w > 0 {
			low, high = 1-float64(a.High)/float64(w), 1-float64(a.Low)/float64(w)
		}
		f.AverageLow += low * float64(count)
		f.AverageHigh += high * float64(count)
	}
	if f.Traces == 0 {
		f.AverageLow, f.AverageHigh = 1, 1
	} else {
		f.AverageLow /= float64(f.Traces)
		f.AverageHigh /= float64(f.Traces)
	}
	f.LogLow, f.LogHigh = 1, 1
	if worst > 0 {
		f.LogLow = 1 - float64(r.TotalHigh)/float64(worst)
		f.LogHigh = 1 - float64(r.TotalLow)/float64(worst)
	}
	return f
}
