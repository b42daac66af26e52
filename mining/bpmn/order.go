package bpmn

import (
	"cmp"
	"slices"
)

// sweeps bounds the passes over the columns that look for fewer crossings.
const sweeps = 12

// order permutes the columns so that few pieces of flows cross: passes to the
// right and to the left put every vertex at the barycentre of its neighbours; the
// best order found is kept, the first one if it has no crossing.
func (l *layered) order() {
	fewest := l.crossings()
	best := l.snapshot()
	for pass := 0; pass < sweeps && fewest > 0; pass++ {
		if pass%2 == 0 {
			for r := 1; r < len(l.layers); r++ {
				l.arrange(l.layers[r], l.left)
			}
		} else {
			for r := len(l.layers) - 2; r >= 0; r-- {
				l.arrange(l.layers[r], l.right)
			}
		}
		if n := l.crossings(); n < fewest {
			fewest, best = n, l.snapshot()
		}
	}
	l.layers = best
	l.number()
}

func (l *layered) snapshot() [][]int {
	out := make([][]int, len(l.layers))
	for i, layer := range l.layers {
		out[i] = slices.Clone(layer)
	}
	return out
}

// arrange sorts a column by lane, and in a lane by the mean position of the
// neighbours; a vertex without neighbours keeps its position.
func (l *layered) arrange(layer []int, neighbours [][]int) {
	mean := make(map[int]float64, len(layer))
	for i, v := range layer {
		mean[v] = float64(i)
		if n := neighbours[v]; len(n) > 0 {
			sum := 0
			for _, w := range n {
				sum += l.position[w]
			}
			mean[v] = float64(sum) / float64(len(n))
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int {
		return cmp.Or(l.lane[a]-l.lane[b], cmp.Compare(mean[a], mean[b]))
	})
	for i, v := range layer {
		l.position[v] = i
	}
}

// crossings counts the crossings between all neighbouring columns (Barth, Mutzel,
// Jünger 2004, doi:10.7155/jgaa.00088): inversions among the far ends of the
// pieces, sorted by their near ends.
func (l *layered) crossings() int {
	total := 0
	for r := 1; r < len(l.layers); r++ {
		tree := make([]int, len(l.layers[r])+1) // Fenwick tree of far ends seen
		seen := 0
		for _, u := range l.layers[r-1] {
			ends := make([]int, len(l.right[u]))
			for i, v := range l.right[u] {
				ends[i] = l.position[v]
			}
			for _, at := range ends {
				below := 0
				for i := at + 1; i > 0; i -= i & -i {
					below += tree[i]
				}
				total += seen - below
			}
			for _, at := range ends {
				for i := at + 1; i < len(tree); i += i & -i {
					tree[i]++
				}
				seen++
			}
		}
	}
	return total
}
