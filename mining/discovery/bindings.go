package discovery

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// sides numbers the bindings on either side of the activities and counts them.
type sides struct {
	at     map[string]int32
	key    []byte
	of     [][]int32 // partners, by binding; 0 has none
	counts map[side]int64
}

// side is one binding on one side of an activity.
type side struct {
	activity, binding int32
	out               bool
}

func newSides() *sides {
	return &sides{at: map[string]int32{"": 0}, of: [][]int32{nil}, counts: map[side]int64{}}
}

// number returns the number of a binding.
func (s *sides) number(partners []int32) int32 {
	s.key = s.key[:0]
	for _, p := range partners {
		s.key = binary.BigEndian.AppendUint32(s.key, uint32(p))
	}
	if k, known := s.at[string(s.key)]; known {
		return k
	}
	k := int32(len(s.of))
	s.at[string(s.key)] = k
	s.of = append(s.of, slices.Clone(partners))
	return k
}

// bind finds the bindings of the log and keeps the frequent ones.
func (h *heuristics) bind(l *sublog, out *CausalNet) {
	s := newSides()
	r := newLinker(h)
	var bound []int32 // two for each occurrence, in the order of the log
	for i, t := range l.traces {
		if l.watch.stop(len(t) * (4 + len(t)/64)) {
			return
		}
		r.link(t)
		for k, a := range r.trace {
			in, eff := s.number(r.causes[k]), s.number(r.effects[k])
			bound = append(bound, in, eff)
			s.counts[side{a, in, false}] += l.counts[i]
			s.counts[side{a, eff, true}] += l.counts[i]
		}
	}
	bySide := map[[2]int][]side{} // activity, and 1 for outputs
	for x := range s.counts {
		k := [2]int{int(x.activity), 0}
		if x.out {
			k[1] = 1
		}
		bySide[k] = append(bySide[k], x)
	}
	kept := map[side]bool{
		{int32(h.n), 0, false}: true, {int32(h.n + 1), 0, true}: true, // nothing before the begin and behind the end
	}
	list := func(a, out int) []Binding { return h.frequent(s, bySide[[2]int{a, out}], kept) }
	for a := range h.n {
		out.Inputs, out.Outputs = append(out.Inputs, list(a, 0)), append(out.Outputs, list(a, 1))
	}
	out.Starts, out.Ends = list(h.n, 1), list(h.n+1, 0)
	h.consistent(out)

	for i, t := range l.traces {
		for k := range len(t) + 2 {
			a := int32(h.n)
			switch {
			case k > len(t):
				a++
			case k > 0:
				a = t[k-1]
			}
			if kept[side{a, bound[0], false}] && kept[side{a, bound[1], true}] {
				out.Kept += l.counts[i]
			}
			out.Occurrences += l.counts[i]
			bound = bound[2:]
		}
	}
}

// frequent returns the bindings that reach the threshold, and for each partner that
// would be in none its most frequent one; most frequent first, then by partners.
// The empty binding is none.
func (h *heuristics) frequent(s *sides, all []side, kept map[side]bool) []Binding {
	slices.SortFunc(all, func(x, y side) int {
		return cmp.Or(cmp.Compare(s.counts[y], s.counts[x]), slices.Compare(s.of[x.binding], s.of[y.binding]))
	})
	total := int64(0)
	for _, x := range all {
		total += s.counts[x]
	}
	used := newSet(h.size)
	var out []Binding
	for _, x := range all {
		partners, n := s.of[x.binding], s.counts[x]
		needed := slices.ContainsFunc(partners, func(a int32) bool { return !used.has(int(a)) })
		if len(partners) == 0 || !needed && float64(n) < h.cfg.Binding*float64(total) {
			continue
		}
		kept[x] = true
		b := Binding{Count: n}
		for _, a := range partners {
			used.set(int(a))
			b.Activities = append(b.Activities, h.outside(int(a)))
		}
		slices.Sort(b.Activities)
		out = append(out, b)
	}
	return out
}

// consistent leaves out dependencies that no occurrence was bound by.
func (h *heuristics) consistent(c *CausalNet) {
	used := make([]bool, h.size*h.size)
	for a := range h.n {
		for _, b := range c.Outputs[a] {
			for _, x := range b.Activities {
				if x == Outside {
					x = h.n + 1
				}
				used[a*h.size+x] = true
			}
		}
	}
	for _, b := range c.Starts {
		for _, x := range b.Activities {
			if x != Outside {
				used[h.n*h.size+x] = true
			} else {
				used[h.n*h.size+h.n+1] = true
			}
		}
	}
	c.Dependencies = slices.DeleteFunc(c.Dependencies, func(d Dependency) bool {
		from, to := d.From, d.To
		if from == Outside {
			from = h.n
		}
		if to == Outside {
			to = h.n + 1
		}
		return !used[from*h.size+to]
	})
}

// linker binds the occurrences of a trace to each other.
type linker struct {
	h               *heuristics
	effectsOf       [][]int32 // accepted dependencies, by activity
	trace           []int32   // with begin and end
	next            []int32   // by activity, the first occurrence behind the current one
	causes, effects [][]int32 // by occurrence, activities, ascending
	reach           []set     // by occurrence, which others it leads to
	near            []int32
}

func newLinker(h *heuristics) *linker {
	r := &linker{h: h, effectsOf: make([][]int32, h.size), next: make([]int32, h.size)}
	for a := range h.size {
		for b := range h.size {
			if h.accepted[a*h.size+b] {
				r.effectsOf[a] = append(r.effectsOf[a], int32(b))
			}
		}
	}
	return r
}

// link fills causes and effects of each occurrence: the last a before b is bound to
// the first b after it, unless other bound occurrences lead from the one to the
// other.
func (r *linker) link(t []int32) {
	r.trace = append(append(append(r.trace[:0], int32(r.h.n)), t...), int32(r.h.n+1))
	n := len(r.trace)
	words := (n + 63) / 64
	for len(r.causes) < n {
		r.causes, r.effects, r.reach = append(r.causes, nil), append(r.effects, nil), append(r.reach, nil)
	}
	for i, a := range r.trace {
		r.causes[i], r.effects[i] = r.causes[i][:0], r.effects[i][:0]
		if cap(r.reach[i]) < words {
			r.reach[i] = make(set, words)
		}
		r.reach[i] = r.reach[i][:words]
		clear(r.reach[i])
		r.next[a] = -1
	}
	// What next says of an activity that is not in the trace is of another trace.
	behind := func(a int32) int32 {
		if k := r.next[a]; k >= 0 && int(k) < n && r.trace[k] == a {
			return k
		}
		return -1
	}
	for i := n - 1; i >= 0; i-- {
		a := r.trace[i]
		again := behind(a)
		r.near = r.near[:0]
		for _, b := range r.effectsOf[a] {
			if k := behind(b); k > int32(i) && (again < 0 || again >= k) {
				r.near = append(r.near, k)
			}
		}
		slices.Sort(r.near)
		for _, k := range r.near {
			if !r.reach[i].has(int(k)) {
				r.reach[i].set(int(k))
				r.reach[i].or(r.reach[k])
				r.effects[i] = append(r.effects[i], r.trace[k])
				r.causes[k] = append(r.causes[k], a)
			}
		}
		slices.Sort(r.effects[i])
		r.next[a] = int32(i)
	}
	for i := range n {
		slices.Sort(r.causes[i])
	}
}
