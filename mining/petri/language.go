package petri

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// maxStates bounds the markings that a search visits.
const maxStates = 1_000_000

// key returns the marking as a map key.
func (m Marking) key() string {
	var b []byte
	for _, tokens := range m {
		b = binary.AppendUvarint(b, uint64(tokens))
	}
	return string(b)
}

// closure returns all markings that silent transitions lead to from the given
// ones, those included, each once, in the order in which they were found.
func (n *Net) closure(from []Marking, budget *int) ([]Marking, error) {
	seen := map[string]bool{}
	var out []Marking
	add := func(m Marking) {
		if k := m.key(); !seen[k] {
			seen[k] = true
			out = append(out, m)
		}
	}
	for _, m := range from {
		add(m)
	}
	for i := 0; i < len(out); i++ {
		if *budget--; *budget < 0 {
			return nil, fmt.Errorf("more than %d markings", maxStates)
		}
		for t := range n.Transitions {
			if n.Transitions[t].Silent && n.enables(out[i], t) {
				add(n.fire(out[i], t))
			}
		}
	}
	return out, nil
}

// step returns the markings after one labelled step from any of the given ones.
func (n *Net) step(from []Marking, label string) []Marking {
	var out []Marking
	for _, m := range from {
		for t := range n.Transitions {
			if x := &n.Transitions[t]; !x.Silent && x.Label == label && n.enables(m, t) {
				out = append(out, n.fire(m, t))
			}
		}
	}
	return out
}

func (n *Net) reaches(markings []Marking) bool {
	goal := n.goal()
	return slices.ContainsFunc(markings, func(m Marking) bool { return slices.Equal(m, goal) })
}

// Accepts reports whether the trace leads from the initial to the final marking,
// silent transitions firing in between. It searches depth first, labelled steps
// before silent ones, each marking once for each position of the trace, and errs
// after a million of these. The net must be valid.
func (n *Net) Accepts(trace []string) (bool, error) {
	ok, known := n.accepts(trace, maxStates)
	if !known {
		return false, fmt.Errorf("replaying a trace on net %q: more than %d markings", n.Name, maxStates)
	}
	return ok, nil
}

// accepts is Accepts up to so many markings, beyond which it is not known.
func (n *Net) accepts(trace []string, most int) (ok, known bool) {
	type state struct {
		at int
		m  Marking
	}
	goal := n.goal()
	seen := map[string]bool{}
	stack := []state{{0, n.start()}}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		k := string(binary.AppendUvarint(nil, uint64(s.at))) + s.m.key()
		if seen[k] {
			continue
		}
		seen[k] = true
		if len(seen) > most {
			return false, false
		}
		if s.at == len(trace) && slices.Equal(s.m, goal) {
			return true, true
		}
		var labelled []state
		for t := range n.Transitions {
			x := &n.Transitions[t]
			switch {
			case !n.enables(s.m, t):
			case x.Silent:
				stack = append(stack, state{s.at, n.fire(s.m, t)})
			case s.at < len(trace) && x.Label == trace[s.at]:
				labelled = append(labelled, state{s.at + 1, n.fire(s.m, t)})
			}
		}
		stack = append(stack, labelled...)
	}
	return false, true
}

// Language returns the traces of at most length activities that the net allows,
// in ascending order, shorter before longer. It errs after a million markings:
// it is for small nets. The net must be valid.
func (n *Net) Language(length int) ([][]string, error) {
	var labels []string
	for _, t := range n.Transitions {
		if !t.Silent {
			labels = append(labels, t.Label)
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	budget := maxStates
	type prefix struct {
		trace []string
		at    []Marking
	}
	start, err := n.closure([]Marking{n.start()}, &budget)
	level := []prefix{{at: start}}
	var out [][]string
	for k := 0; err == nil; k++ {
		var next []prefix
		for _, p := range level {
			if n.reaches(p.at) {
				out = append(out, p.trace)
			}
			if k == length {
				continue
			}
			for _, label := range labels {
				var at []Marking
				if at, err = n.closure(n.step(p.at, label), &budget); err != nil {
					break
				}
				if len(at) > 0 {
					next = append(next, prefix{append(slices.Clip(p.trace), label), at})
				}
			}
		}
		if len(next) == 0 {
			break
		}
		level = next
	}
	if err != nil {
		return nil, fmt.Errorf("enumerating the language of net %q: %w", n.Name, err)
	}
	return out, nil
}
