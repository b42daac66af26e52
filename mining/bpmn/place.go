package bpmn

import "math"

// place gives every vertex its y. A vertex stands in one row with the topmost of
// its neighbours in the column before, if that one is not in a row with another
// yet; so the first branch of every split goes straight on, the others hang below
// it, and flows over several columns run straight. Every row is as high as those
// above it allow.
//
// This is the vertical alignment and compaction of Brandes and Köpf (2002,
// doi:10.1007/3-540-45848-4_3) with the topmost neighbour instead of the median and
// with one assignment instead of four, whose mean moves rows apart; and rows are
// compacted by longest paths.
func (l *layered) place() {
	row := make([]int, len(l.rank)) // the first vertex in the row of each
	taken := make([]bool, len(l.rank))
	for v := range row {
		row[v] = v
	}
	for _, layer := range l.layers {
		last := -1
		for _, v := range layer {
			top := -1
			for _, w := range l.left[v] {
				if top < 0 || l.position[w] < l.position[top] {
					top = w
				}
			}
			if top >= 0 && !taken[top] && l.position[top] > last {
				taken[top] = true
				row[v] = row[top]
				last = l.position[top]
			}
		}
	}
	l.y = l.compact(row)
}

// compact returns the least y ≥ 0 of every vertex such that rows are straight and
// neighbours in a column keep their distance.
func (l *layered) compact(row []int) []float64 {
	type edge struct {
		to       int
		distance float64
	}
	below := make([][]edge, len(row))
	waiting := make([]int, len(row))
	for _, layer := range l.layers {
		for i := 1; i < len(layer); i++ {
			u, v := layer[i-1], layer[i]
			_, hu := l.extent(u)
			_, hv := l.extent(v)
			below[row[u]] = append(below[row[u]], edge{row[v], (hu+hv)/2 + rowGap})
			waiting[row[v]]++
		}
	}
	var order []int
	for v := range row {
		if row[v] == v && waiting[v] == 0 {
			order = append(order, v)
		}
	}
	y := make([]float64, len(row))
	for i := 0; i < len(order); i++ {
		for _, e := range below[order[i]] {
			y[e.to] = math.Max(y[e.to], y[order[i]]+e.distance)
			if waiting[e.to]--; waiting[e.to] == 0 {
				order = append(order, e.to)
			}
		}
	}
	for v := range y {
		y[v] = math.Round(y[row[v]])
	}
	return y
}
