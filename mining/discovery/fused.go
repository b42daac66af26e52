package discovery

import (
	"slices"

	"github.com/uprava/uprava/mining/petri"
)

// fused returns the net without silent transitions that only move a token from a
// place p to a place q and that the language does not need: where no other takes
// from p, or no other gives to q (fusion of series places: Murata 1989,
// doi:10.1109/5.24143, section V). Places with a token at the begin or the end stay
// apart.
func fused(n *petri.Net) *petri.Net {
	f := &fuser{
		net: n, is: make([]int, len(n.Places)), gone: make([]bool, len(n.Transitions)),
		into: make([]int, len(n.Places)), from: make([]int, len(n.Places)), at: make([][]int, len(n.Places)),
	}
	for p := range n.Places {
		f.is[p] = p
	}
	f.count()
	for changed := true; changed; {
		changed = false
		for t := range n.Transitions {
			if f.fuse(t) {
				changed = true
			}
		}
	}
	return f.rest()
}

type fuser struct {
	net        *petri.Net
	into, from []int   // arcs, by place
	at         [][]int // transitions with an arc, by place
	is         []int   // by place, the place that it became, itself at first
	gone       []bool
}

func (f *fuser) count() {
	for i, t := range f.net.Transitions {
		for _, a := range t.In {
			f.from[a.Place]++
			f.at[a.Place] = append(f.at[a.Place], i)
		}
		for _, a := range t.Out {
			f.into[a.Place]++
			f.at[a.Place] = append(f.at[a.Place], i)
		}
	}
}

// now returns what a place has become.
func (f *fuser) now(p int) int {
	for f.is[p] != p {
		f.is[p] = f.is[f.is[p]]
		p = f.is[p]
	}
	return p
}

// fuse makes the two places of a silent transition one and reports whether it did.
func (f *fuser) fuse(t int) bool {
	x := &f.net.Transitions[t]
	if f.gone[t] || !x.Silent || len(x.In) != 1 || len(x.Out) != 1 {
		return false
	}
	p, q := f.now(x.In[0].Place), f.now(x.Out[0].Place)
	if p == q {
		return false
	}
	marked := func(p int) bool { return f.net.Initial[p] != 0 || f.net.Final[p] != 0 }
	if marked(p) || marked(q) || f.from[p] != 1 && f.into[q] != 1 {
		return false
	}
	// No transition may come to have two arcs with the joined place.
	fewer := f.at[p]
	if len(f.at[q]) < len(fewer) {
		fewer = f.at[q]
	}
	for _, i := range fewer {
		if i != t && !f.gone[i] && (f.both(f.net.Transitions[i].In, p, q) || f.both(f.net.Transitions[i].Out, p, q)) {
			return false
		}
	}
	f.gone[t] = true
	f.is[q] = p
	f.into[p] += f.into[q] - 1
	f.from[p] += f.from[q] - 1
	f.at[p] = append(f.at[p], f.at[q]...)
	return true
}

func (f *fuser) both(arcs []petri.Arc, p, q int) bool {
	one, other := false, false
	for _, a := range arcs {
		at := f.now(a.Place)
		one, other = one || at == p, other || at == q
	}
	return one && other
}

// rest returns the net of what is left, numbered anew.
func (f *fuser) rest() *petri.Net {
	out := &petri.Net{Name: f.net.Name}
	at := make([]int, len(f.net.Places))
	for p, place := range f.net.Places {
		if f.is[p] != p {
			continue
		}
		at[p] = len(out.Places)
		out.Places = append(out.Places, place)
		out.Initial = append(out.Initial, f.net.Initial[p])
		out.Final = append(out.Final, f.net.Final[p])
	}
	move := func(arcs []petri.Arc) []petri.Arc {
		moved := make([]petri.Arc, len(arcs))
		for i, a := range arcs {
			moved[i] = petri.Arc{Place: at[f.now(a.Place)], Weight: a.Weight}
		}
		slices.SortFunc(moved, func(x, y petri.Arc) int { return x.Place - y.Place })
		return moved
	}
	for t, x := range f.net.Transitions {
		if !f.gone[t] {
			x.In, x.Out = move(x.In), move(x.Out)
			out.Transitions = append(out.Transitions, x)
		}
	}
	return out
}
