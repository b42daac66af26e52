package discovery

import (
	"iter"
	"math/bits"
	"slices"
)

// set is a set of small integers.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) set(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s set) clear(i int)    { s[i>>6] &^= 1 << (i & 63) }
func (s set) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }

func (s set) or(t set) {
	for i, w := range t {
		s[i] |= w
	}
}

func (s set) meets(t set) bool {
	for i, w := range t {
		if s[i]&w != 0 {
			return true
		}
	}
	return false
}

// within reports whether all of s is in t.
func (s set) within(t set) bool {
	for i, w := range s {
		if w&^t[i] != 0 {
			return false
		}
	}
	return true
}

// all yields what is in s, ascending.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// members returns what is in s, ascending.
func (s set) members() []int { return slices.AppendSeq(make([]int, 0, s.size()), s.all()) }

// first returns the least member, -1 for the empty set.
func (s set) first() int {
	for i, w := range s {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

func (s set) size() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// without sets s to what is in t but for i, and renumbers what lies above i: each
// becomes one less. The set t is larger than s by that element.
func (s set) without(t set, i int) {
	word, low := i>>6, uint64(1)<<(i&63)-1
	copy(s[:min(word, len(s))], t)
	for k := word; k < len(s); k++ {
		w := t[k] >> 1
		if k+1 < len(t) {
			w |= t[k+1] << 63
		}
		if k == word {
			w = w&^low | t[k]&low
		}
		s[k] = w
	}
}

// full returns the set {0, …, n-1}.
func full(n int) set {
	s := newSet(n)
	for i := range n {
		s.set(i)
	}
	return s
}

// graph is a directly-follows graph without counts.
type graph struct {
	n            int
	out, in      []set // by activity
	starts, ends set
}

func newGraph(n int) *graph {
	g := &graph{n: n, out: make([]set, n), in: make([]set, n), starts: newSet(n), ends: newSet(n)}
	w := len(g.starts)
	block := make(set, 2*n*w)
	for i := range n {
		g.out[i], block = block[:w:w], block[w:]
		g.in[i], block = block[:w:w], block[w:]
	}
	return g
}

// without sets h, which has one activity less, to the graph g without activity a.
func (h *graph) without(g *graph, a int) {
	h.starts.without(g.starts, a)
	h.ends.without(g.ends, a)
	for b := range h.n {
		from := b
		if b >= a {
			from++
		}
		h.out[b].without(g.out[from], a)
		h.in[b].without(g.in[from], a)
	}
}

func (g *graph) edge(a, b int) {
	g.out[a].set(b)
	g.in[b].set(a)
}

// components returns the connected components of an undirected graph over the
// given vertices, each ascending, in the order of their least members. next(i, s)
// takes from s, which is to be changed, all but the neighbours of i.
func components(vertices set, next func(i int, s set)) []set {
	left := slices.Clone(vertices)
	frontier := make(set, len(left))
	var out []set
	var todo []int
	for from := range left {
		for left[from] != 0 {
			first := from<<6 + bits.TrailingZeros64(left[from])
			found := make(set, len(left))
			todo = append(todo[:0], first)
			left.clear(first)
			for len(todo) > 0 {
				i := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				found.set(i)
				copy(frontier, left)
				next(i, frontier)
				for w, word := range frontier {
					left[w] &^= word
					for ; word != 0; word &= word - 1 {
						todo = append(todo, w<<6+bits.TrailingZeros64(word))
					}
				}
			}
			out = append(out, found)
		}
	}
	return out
}

// strong returns the strongly connected components (Tarjan 1972,
// doi:10.1137/0201010), each before those that lead to it, and the component of
// each activity.
func (g *graph) strong() (parts []set, of []int) {
	of = make([]int, g.n)
	index, low := make([]int, g.n), make([]int, g.n) // index 0: not visited
	on := make([]bool, g.n)
	var stack []int
	count := 0
	var visit func(a int)
	visit = func(a int) {
		count++
		index[a], low[a] = count, count
		stack = append(stack, a)
		on[a] = true
		for i, w := range g.out[a] {
			for ; w != 0; w &= w - 1 {
				b := i<<6 + bits.TrailingZeros64(w)
				if index[b] == 0 {
					visit(b)
					low[a] = min(low[a], low[b])
				} else if on[b] {
					low[a] = min(low[a], index[b])
				}
			}
		}
		if low[a] == index[a] {
			part := newSet(g.n)
			for {
				b := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				on[b] = false
				part.set(b)
				of[b] = len(parts)
				if b == a {
					break
				}
			}
			parts = append(parts, part)
		}
	}
	for a := range g.n {
		if index[a] == 0 {
			visit(a)
		}
	}
	return parts, of
}
