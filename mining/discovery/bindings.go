package discovery

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// bindingCounts counts the bindings on one side of each activity.
type bindingCounts struct {
	counts []map[string]int64 // by activity; key: the partners, four bytes each
	key    []byte
}

func newBindingCounts(size int) *bindingCounts {
	c := &bindingCounts{counts: make([]map[string]int64, size)}
	for i := range c.counts {
		c.counts[i] = map[string]int64{}
	}
	return c
}

// of returns the key of ascending partners. It holds until the next call.
func (c *bindingCounts) of(partners []int32) []byte {
	c.key = c.key[:0]
	for _, p := range partners {
		c.key = binary.BigEndian.AppendUint32(c.key, uint32(p))
	}
	return c.key
}

// bind finds the bindings of the log and keeps the frequent ones.
func (h *heuristics) bind(l *sublog, out *CausalNet) {
	inputs, outputs := newBindingCounts(h.size), newBindingCounts(h.size)
	r := newLinker(h)
	for i, t := range l.traces {
		if l.watch.stop(len(t) * (4 + len(t)/64)) {
			return
		}
		r.link(t)
		for k, a := range r.trace {
			inputs.counts[a][string(inputs.of(r.causes[k]))] += l.counts[i]
			outputs.counts[a][string(outputs.of(r.effects[k]))] += l.counts[i]
		}
	}
	kept := func(c *bindingCounts, a int) []Binding { return h.frequent(c.counts[a]) }
	for a := range h.n {
		out.Inputs = append(out.Inputs, kept(inputs, a))
		out.Outputs = append(out.Outputs, kept(outputs, a))
	}
	out.Starts, out.Ends = kept(outputs, h.n), kept(inputs, h.n+1)
	h.consistent(out)

	known := func(list []Binding, partners []int32) bool {
		return slices.ContainsFunc(list, func(b Binding) bool {
			return slices.EqualFunc(b.Activities, partners, func(x int, y int32) bool { return x == h.outside(int(y)) })
		})
	}
	for i, t := range l.traces {
		if l.watch.stop(len(t) * (4 + len(t)/64)) {
			return
		}
		r.link(t)
		for k, a := range r.trace {
			in, outs := []Binding(nil), []Binding(nil)
			switch {
			case int(a) < h.n:
				in, outs = out.Inputs[a], out.Outputs[a]
			case int(a) == h.n:
				outs = out.Starts
			default:
				in = out.Ends
			}
			if (int(a) == h.n || known(in, r.causes[k])) && (int(a) == h.n+1 || known(outs, r.effects[k])) {
				out.Kept += l.counts[i]
			}
			out.Occurrences += l.counts[i]
		}
	}
}

// frequent returns the bindings that reach the threshold, and for each partner that
// would be in none its most frequent one; most frequent first, then by partners.
// The empty binding is none.
func (h *heuristics) frequent(counts map[string]int64) []Binding {
	var all []Binding
	total := int64(0)
	for key, n := range counts {
		total += n
		if key == "" {
			continue
		}
		b := Binding{Count: n}
		for k := 0; k < len(key); k += 4 {
			b.Activities = append(b.Activities, int(binary.BigEndian.Uint32([]byte(key[k:k+4]))))
		}
		all = append(all, b)
	}
	slices.SortFunc(all, func(x, y Binding) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), slices.Compare(x.Activities, y.Activities))
	})
	used := newSet(h.size)
	var out []Binding
	for _, b := range all {
		needed := slices.ContainsFunc(b.Activities, func(a int) bool { return !used.has(a) })
		if !needed && float64(b.Count) < h.cfg.Binding*float64(total) {
			continue
		}
		for i, a := range b.Activities {
			used.set(a)
			b.Activities[i] = h.outside(a)
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
