package bpmn

import (
	"math"
	"slices"
)

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
			if top >= 0 && !taken[top] && l.position[top] > last && l.lane[top] == l.lane[v] {
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
	if len(l.lanes) > 0 { // behind the vertices, the line above each lane and that below the last
		row = slices.Clone(row)
		for range len(l.lanes) + 1 {
			row = append(row, len(row))
		}
	}
	below := make([][]edge, len(row))
	waiting := make([]int, len(row))
	join := func(above, under int, distance float64) {
		below[row[above]] = append(below[row[above]], edge{row[under], distance})
		waiting[row[under]]++
	}
	for _, layer := range l.layers {
		for i := 1; i < len(layer); i++ {
			u, v := layer[i-1], layer[i]
			_, hu := l.extent(u)
			_, hv := l.extent(v)
			join(u, v, (hu+hv)/2+rowGap)
		}
	}
	line := func(k int) int { return len(l.rank) + k }
	if len(l.lanes) > 0 {
		for v, lane := range l.lane {
			if v < len(l.process.Nodes) && l.process.Nodes[v].Kind == BoundaryEvent {
				continue
			}
			_, h := l.extent(v)
			join(line(lane), v, h/2+padding/2)
			if lane < len(l.lanes) {
				join(v, line(lane+1), h/2+padding/2)
			}
		}
		for k, lane := range l.lanes {
			join(line(k), line(k+1), math.Max(2*padding, captionHeight(lane.Name)))
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
	l.bounds = y[len(l.rank):]
	return y[:len(l.rank)]
}
