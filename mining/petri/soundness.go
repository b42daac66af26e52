package petri

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fault is a way in which a net is not sound.
type Fault string

// The faults, in the order in which Soundness looks for them.
const (
	NoFault     Fault = ""
	Unbounded   Fault = "unbounded"    // tokens gather without limit
	Improper    Fault = "improper"     // the final marking is reached with tokens left over
	Unfinished  Fault = "unfinished"   // the final marking is never reached
	Dead        Fault = "dead"         // a transition never fires
	CannotEnd   Fault = "cannot end"   // a way leads where the final marking is out of reach
	NotWorkflow Fault = "not workflow" // no workflow net: see Net.WorkflowNet
)

// Soundness is whether a net is sound, with a witness where it is not.
type Soundness struct {
	Fault      Fault    `json:"fault"`      // NoFault of a sound net
	Reason     string   `json:"reason"`     // in words; "" of a sound net
	Witness    []string `json:"witness"`    // identifiers of transitions that lead to the fault from the initial marking
	Marking    string   `json:"marking"`    // where they lead, such as "[p1:1 p4:2]"
	Transition string   `json:"transition"` // that never fires, of Dead
	States     int      `json:"states"`     // markings visited
}

// Sound reports whether no fault was found.
func (s *Soundness) Sound() bool { return s.Fault == NoFault }

// Sound is Soundness with a fault as the error, and without a context.
func (n *Net) Sound() error {
	s, err := n.Soundness(context.Background(), 0)
	if err != nil {
		return err
	}
	if !s.Sound() {
		return fmt.Errorf("net %q is not sound: %s", n.Name, s.Reason)
	}
	return nil
}

// Soundness returns whether the net, from its initial marking, can always reach its
// final marking, reaches no marking that exceeds it, and has no transition that
// never fires (van der Aalst 1998, doi:10.1142/S0218126698000043); and, where it
// does not, the first of the faults in the order of their constants, with the
// shortest firing sequence that shows it. That the net is a workflow net is asked
// last, for the other faults say more.
//
// It visits the reachable markings breadth first, so that a net with n parallel
// steps costs 2ⁿ, and a net whose markings grow is found out by the first that
// covers one on the way to it (Karp, Miller 1969, doi:10.1016/S0022-0000(69)80011-5).
// More markings than limit, 0 for a million, are an error, and so is the context's
// end: soundness is then not known.
func (n *Net) Soundness(ctx context.Context, limit int) (*Soundness, error) {
	if limit <= 0 {
		limit = maxStates
	}
	x := &explorer{net: n, limit: limit, at: map[string]int{}, goal: n.goal(), fired: make([]bool, len(n.Transitions)), final: -1}
	found, err := x.explore(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("checking net %q: %w", n.Name, err)
	case found != nil:
	case x.final < 0:
		found = &Soundness{Fault: Unfinished, Reason: "the final marking is never reached", Witness: []string{}, Marking: n.describe(n.start())}
	case slices.Contains(x.fired, false):
		t := n.Transitions[slices.Index(x.fired, false)]
		found = &Soundness{Fault: Dead, Reason: fmt.Sprintf("transition %q never fires", t.ID), Witness: []string{}, Transition: t.ID}
	default:
		found = x.trap()
	}
	if found == nil {
		found = &Soundness{Witness: []string{}}
		if err := n.WorkflowNet(); err != nil {
			found.Fault, found.Reason = NotWorkflow, "it is no workflow net: "+strings.ReplaceAll(err.Error(), "\n", "; ")
		}
	}
	found.States = len(x.markings)
	return found, nil
}

// explorer visits the reachable markings.
type explorer struct {
	net      *Net
	limit    int
	goal     Marking
	markings []Marking
	tokens   []int // of each marking
	at       map[string]int
	from     []int // the marking from which each was found, and by which transition
	by       []int
	before   [][]int // all markings one step before each
	fired    []bool
	final    int
}

func (x *explorer) add(m Marking, from, by int) int {
	k := m.key()
	i, known := x.at[k]
	if !known {
		i = len(x.markings)
		x.at[k] = i
		total := 0
		for _, t := range m {
			total += t
		}
		x.markings, x.tokens = append(x.markings, m), append(x.tokens, total)
		x.from, x.by, x.before = append(x.from, from), append(x.by, by), append(x.before, nil)
	}
	if from >= 0 {
		x.before[i] = append(x.before[i], from)
	}
	return i
}

// explore visits all markings, or stops at the first that shows a fault.
func (x *explorer) explore(ctx context.Context) (*Soundness, error) {
	n := x.net
	x.add(n.start(), -1, -1)
	for i := 0; i < len(x.markings); i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if i >= x.limit {
			return nil, fmt.Errorf("more than %d markings", x.limit)
		}
		m := x.markings[i]
		for j := x.from[i]; j >= 0; j = x.from[j] {
			if x.tokens[j] < x.tokens[i] && covers(m, x.markings[j]) {
				return x.fault(i, Unbounded, "tokens gather without limit: %s is reached from %s, which it covers", n.describe(m), n.describe(x.markings[j])), nil
			}
		}
		if slices.Equal(m, x.goal) {
			x.final = i
		} else if covers(m, x.goal) {
			return x.fault(i, Improper, "marking %s exceeds the final one", n.describe(m)), nil
		}
		for t := range n.Transitions {
			if n.enables(m, t) {
				x.fired[t] = true
				x.add(n.fire(m, t), i, t)
			}
		}
	}
	return nil, nil
}

// trap returns the first marking from which the final one is out of reach.
func (x *explorer) trap() *Soundness {
	completes := make([]bool, len(x.markings))
	completes[x.final] = true
	for todo := []int{x.final}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, j := range x.before[i] {
			if !completes[j] {
				completes[j] = true
				todo = append(todo, j)
			}
		}
	}
	if i := slices.Index(completes, false); i >= 0 {
		return x.fault(i, CannotEnd, "no way leads from marking %s to the final one", x.net.describe(x.markings[i]))
	}
	return nil
}

func (x *explorer) fault(i int, f Fault, format string, args ...any) *Soundness {
	s := &Soundness{Fault: f, Reason: fmt.Sprintf(format, args...), Witness: []string{}, Marking: x.net.describe(x.markings[i])}
	for ; x.from[i] >= 0; i = x.from[i] {
		s.Witness = append(s.Witness, x.net.Transitions[x.by[i]].ID)
	}
	slices.Reverse(s.Witness)
	if len(s.Witness) > 0 {
		s.Reason += ", after " + strings.Join(s.Witness, ", ")
	}
	return s
}

// WorkflowNet returns why the net is no workflow net, nil if it is one: one place
// without transitions before it, which alone holds the one token of the initial
// marking; one without transitions behind it, which alone holds that of the final
// marking; and every node on a way from the first to the second (van der Aalst 1998,
// definition 6). Every arc has weight 1.
func (n *Net) WorkflowNet() error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	p, size := len(n.Places), len(n.Places)+len(n.Transitions)
	next, before := make([][]int, size), make([][]int, size)
	join := func(a, b int) { next[a], before[b] = append(next[a], b), append(before[b], a) }
	for t := range n.Transitions {
		for _, a := range n.Transitions[t].In {
			join(a.Place, p+t)
		}
		for _, a := range n.Transitions[t].Out {
			join(p+t, a.Place)
		}
		for _, a := range slices.Concat(n.Transitions[t].In, n.Transitions[t].Out) {
			if a.Weight != 1 {
				faultf("an arc between transition %q and place %q has weight %d", n.Transitions[t].ID, n.Places[a.Place].ID, a.Weight)
			}
		}
	}
	one := func(what string, beside [][]int, m Marking) int {
		at := -1
		for i := range p {
			if len(beside[i]) > 0 {
				if m[i] != 0 {
					faultf("the %s marking has a token on place %q", what, n.Places[i].ID)
				}
				continue
			}
			if at >= 0 {
				faultf("places %q and %q could both be the %s one", n.Places[at].ID, n.Places[i].ID, what)
				continue
			}
			at = i
			if m[i] != 1 {
				faultf("the %s marking has %d tokens on place %q, wanted one", what, m[i], n.Places[i].ID)
			}
		}
		if at < 0 {
			faultf("no place could be the %s one", what)
		}
		return at
	}
	source, sink := one("initial", before, n.start()), one("final", next, n.goal())
	if source < 0 || sink < 0 {
		return errors.Join(faults...)
	}
	reach := func(from int, step [][]int) []bool {
		seen := make([]bool, size)
		seen[from] = true
		for todo := []int{from}; len(todo) > 0; {
			i := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, j := range step[i] {
				if !seen[j] {
					seen[j] = true
					todo = append(todo, j)
				}
			}
		}
		return seen
	}
	ahead, behind := reach(source, next), reach(sink, before)
	for i := range size {
		if ahead[i] && behind[i] {
			continue
		}
		if i < p {
			faultf("place %q lies on no way from %q to %q", n.Places[i].ID, n.Places[source].ID, n.Places[sink].ID)
		} else {
			faultf("transition %q lies on no way from %q to %q", n.Transitions[i-p].ID, n.Places[source].ID, n.Places[sink].ID)
		}
	}
	return errors.Join(faults...)
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
