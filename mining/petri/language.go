package petri

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
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
// silent transitions firing in between. It follows every way at once, and errs
// after a million markings. The net must be valid.
func (n *Net) Accepts(trace []string) (bool, error) {
	budget := maxStates
	at, err := n.closure([]Marking{n.start()}, &budget)
	for _, label := range trace {
		if err != nil {
			break
		}
		at, err = n.closure(n.step(at, label), &budget)
	}
	if err != nil {
		return false, fmt.Errorf("replaying a trace on net %q: %w", n.Name, err)
	}
	return n.reaches(at), nil
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

// Sound reports whether the net, from its initial marking, can always reach its
// final marking, reaches no marking that exceeds it, and has no transition that
// never fires (van der Aalst 1998, doi:10.1142/S0218126698000043). A net that is
// not sound is explained by the error. It visits every reachable marking and errs
// after a million.
func (n *Net) Sound() error {
	start, goal := n.start(), n.goal()
	at := map[string]int{start.key(): 0}
	markings := []Marking{start}
	before := [][]int{nil}
	fired := make([]bool, len(n.Transitions))
	final := -1
	for i := 0; i < len(markings); i++ {
		m := markings[i]
		if slices.Equal(m, goal) {
			final = i
		} else if covers(m, goal) {
			return fmt.Errorf("net %q is not sound: marking %s exceeds the final one", n.Name, n.describe(m))
		}
		for _, t := range n.Enabled(m) {
			fired[t] = true
			next := n.fire(m, t)
			j, known := at[next.key()]
			if !known {
				if j = len(markings); j == maxStates {
					return fmt.Errorf("checking net %q: more than %d markings", n.Name, maxStates)
				}
				at[next.key()] = j
				markings = append(markings, next)
				before = append(before, nil)
			}
			before[j] = append(before[j], i)
		}
	}
	for t, f := range fired {
		if !f {
			return fmt.Errorf("net %q is not sound: transition %q never fires", n.Name, n.Transitions[t].ID)
		}
	}
	if final < 0 {
		return fmt.Errorf("net %q is not sound: the final marking is never reached", n.Name)
	}
	completes := make([]bool, len(markings))
	completes[final] = true
	for todo := []int{final}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, j := range before[i] {
			if !completes[j] {
				completes[j] = true
				todo = append(todo, j)
			}
		}
	}
	if i := slices.Index(completes, false); i >= 0 {
		return fmt.Errorf("net %q is not sound: no way leads from marking %s to the final one", n.Name, n.describe(markings[i]))
	}
	return nil
}

func covers(m, goal Marking) bool {
	for i := range m {
		if m[i] < goal[i] {
			return false
		}
	}
	return true
}

func (n *Net) describe(m Marking) string {
	var parts []string
	for i, tokens := range m {
		if tokens > 0 {
			parts = append(parts, fmt.Sprintf("%s:%d", n.Places[i].ID, tokens))
		}
	}
	return "[" + strings.Join(parts, " ") + "]"
}
