package bpmn

import (
	"math"
	"slices"
)

// place gives every vertex its y (Brandes, Köpf 2002, doi:10.1007/3-540-45848-4_3):
// four alignments of vertices with their median neighbours, to the left and to the
// right, from the top and from the bottom, of whose coordinates the mean of the
// middle two is taken. Flows over several columns run straight. Deviation: blocks
// are compacted by longest paths, not by classes.
func (l *layered) place() {
	conflicts := l.conflicts()
	var results [4][]float64
	narrowest, width := 0, math.Inf(1)
	for k := range results {
		results[k] = l.align(conflicts, k%2 == 1, k/2 == 1)
		low, high := span(results[k])
		if high-low < width {
			narrowest, width = k, high-low
		}
	}
	low, high := span(results[narrowest])
	for k, ys := range results {
		from, to := span(ys)
		shift := low - from
		if k/2 == 1 {
			shift = high - to
		}
		for v := range ys {
			ys[v] += shift
		}
	}
	l.y = make([]float64, len(l.rank))
	for v := range l.y {
		four := []float64{results[0][v], results[1][v], results[2][v], results[3][v]}
		slices.Sort(four)
		l.y[v] = math.Round((four[1] + four[2]) / 2)
	}
}

func span(ys []float64) (low, high float64) {
	if len(ys) == 0 {
		return 0, 0
	}
	return slices.Min(ys), slices.Max(ys)
}

// conflicts returns the pieces of flows that cross a piece between two dummies,
// from and to: those are not aligned.
func (l *layered) conflicts() map[[2]int]bool {
	found := map[[2]int]bool{}
	for r := 1; r < len(l.layers); r++ {
		layer := l.layers[r]
		low, scanned := 0, 0
		for i, v := range layer {
			inner := -1
			if l.isDummy(v) && len(l.left[v]) == 1 && l.isDummy(l.left[v][0]) {
				inner = l.left[v][0]
			}
			if inner < 0 && i < len(layer)-1 {
				continue
			}
			high := len(l.layers[r-1])
			if inner >= 0 {
				high = l.position[inner]
			}
			for ; scanned <= i; scanned++ {
				for _, u := range l.left[layer[scanned]] {
					if p := l.position[u]; p < low || p > high {
						found[[2]int{u, layer[scanned]}] = true
					}
				}
			}
			low = high
		}
	}
	return found
}

// align returns one of the four assignments: fromRight aligns with the neighbours
// in the column after, fromBottom prefers and packs to the bottom.
func (l *layered) align(conflicts map[[2]int]bool, fromRight, fromBottom bool) []float64 {
	layers := l.snapshot()
	neighbours := l.left
	if fromRight {
		slices.Reverse(layers)
		neighbours = l.right
	}
	position := func(v int) int { return l.position[v] }
	if fromBottom {
		for _, layer := range layers {
			slices.Reverse(layer)
		}
		position = func(v int) int { return len(l.layers[l.rank[v]]) - 1 - l.position[v] }
	}
	root, next := make([]int, len(l.rank)), make([]int, len(l.rank))
	for v := range root {
		root[v], next[v] = v, v
	}
	for _, layer := range layers {
		last := -1
		for _, v := range layer {
			near := slices.Clone(neighbours[v])
			slices.SortFunc(near, func(a, b int) int { return position(a) - position(b) })
			for m := (len(near) - 1) / 2; m <= len(near)/2 && m < len(near) && next[v] == v; m++ {
				w := near[m]
				pair := [2]int{w, v}
				if fromRight {
					pair = [2]int{v, w}
				}
				if last < position(w) && !conflicts[pair] {
					next[w], root[v] = v, root[w]
					next[v] = root[v]
					last = position(w)
				}
			}
		}
	}
	ys := l.compact(layers, root)
	if fromBottom {
		for v := range ys {
			ys[v] = -ys[v]
		}
	}
	return ys
}

// compact gives each block of aligned vertices the least coordinate that keeps its
// distance from those above, then moves it towards those below as far as they
// leave room.
func (l *layered) compact(layers [][]int, root []int) []float64 {
	type edge struct {
		to       int
		distance float64
	}
	below, above := make([][]edge, len(root)), make([][]edge, len(root))
	for _, layer := range layers {
		for i := 1; i < len(layer); i++ {
			u, v := layer[i-1], layer[i]
			_, hu := l.extent(u)
			_, hv := l.extent(v)
			distance := (hu+hv)/2 + rowGap
			below[root[u]] = append(below[root[u]], edge{root[v], distance})
			above[root[v]] = append(above[root[v]], edge{root[u], distance})
		}
	}
	waiting := make([]int, len(root))
	var order []int
	for v := range root {
		if waiting[v] = len(above[v]); root[v] == v && waiting[v] == 0 {
			order = append(order, v)
		}
	}
	y := make([]float64, len(root))
	for i := 0; i < len(order); i++ {
		for _, e := range below[order[i]] {
			y[e.to] = math.Max(y[e.to], y[order[i]]+e.distance)
			if waiting[e.to]--; waiting[e.to] == 0 {
				order = append(order, e.to)
			}
		}
	}
	for i := len(order) - 1; i >= 0; i-- {
		room := math.Inf(1)
		for _, e := range below[order[i]] {
			room = math.Min(room, y[e.to]-e.distance)
		}
		if !math.IsInf(room, 1) {
			y[order[i]] = math.Max(y[order[i]], room)
		}
	}
	for v := range y {
		y[v] = y[root[v]]
	}
	return y
}
