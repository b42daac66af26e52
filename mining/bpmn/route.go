package bpmn

import (
	"cmp"
	"math"
	"slices"
)

// wire is a bundle of pieces of flows that share one vertical line in the channel
// between two columns: those that leave one node, or enter one.
type wire struct {
	lefts, rights []float64 // heights at which it meets the columns beside the channel
	low, high     float64
	track         int
}

// piece is the part of a flow in a channel: it turns from one height to another at
// the wire's line.
type piece struct {
	wire     *wire
	from, to float64
}

// channels are the spaces before the first column, between columns, and after the
// last. Column r lies between channels r and r+1.
type channels struct {
	wires  [][]*wire
	shared []map[int]*wire // by node, of each channel: leaving ones as -node-1
	named  []bool          // a flow with a name begins in the channel
}

// draw returns the drawing of what has been placed, with its upper left corner at
// the origin.
func (l *layered) draw() *drawing {
	out := &drawing{}
	if len(l.process.Nodes) == 0 && len(l.lanes) == 0 {
		return out
	}
	low, high := math.Inf(1), math.Inf(-1)
	for v := range l.y {
		if v < len(l.process.Nodes) && l.process.Nodes[v].Kind == BoundaryEvent {
			continue
		}
		_, h := l.extent(v)
		low, high = math.Min(low, l.y[v]-h/2), math.Max(high, l.y[v]+h/2)
	}
	start := 0.0
	if len(l.lanes) > 0 {
		low, high = l.bounds[0], math.Max(high, l.bounds[len(l.lanes)])
		start = header*float64(depth(l.process.Lanes)) + padding
	}
	for v := range l.y {
		l.y[v] -= math.Round(low)
	}
	for k := range l.bounds {
		l.bounds[k] -= math.Round(low)
	}
	pieces, c := l.wire()
	center, line, width := l.columns(c, start)
	out.height = high - low
	out.width = width
	if len(l.lanes) > 0 {
		out.width += padding
		l.drawLanes(out, out.width)
	}
	exits := map[int]Point{}   // of each boundary event: its lowest point
	below := map[int]float64{} // and the height of the line that leaves it
	box := make([]Shape, len(l.process.Nodes))
	for v, n := range l.process.Nodes {
		if n.Kind == BoundaryEvent {
			continue
		}
		w, h := l.size(v)
		s := Shape{Element: n.ID, X: center[l.rank[v]] - w/2, Y: l.y[v] - h/2, Width: w, Height: h}
		if cw, ch := caption(n); ch > 0 {
			s.Label = &Box{center[l.rank[v]] - cw/2, s.Y + h + 4, cw, ch}
		}
		box[v] = s
		events, heights := l.border(v, s)
		for i, b := range l.borders[v] {
			box[b] = events[i]
			exits[b] = Point{events[i].X + eventSize/2, events[i].Y + eventSize}
			below[b] = heights[i]
		}
		out.Shapes = append(out.Shapes, s)
		if inside := l.inside[v]; inside != nil {
			out.add(inside, s.X+(w-inside.width)/2, s.Y+h-padding-inside.height)
		}
		out.Shapes = append(out.Shapes, events...)
	}
	for f, flow := range l.process.Flows {
		source, target := l.ends[f][0], l.ends[f][1]
		e := Waypoints{Element: flow.ID}
		if b := l.exits[f]; b >= 0 {
			e.Points = append(e.Points, exits[b], Point{exits[b].X, below[b]})
		} else {
			e.Points = append(e.Points, Point{box[source].X + box[source].Width, l.y[source]})
		}
		at := l.rank[source] + 1 // channel
		for i, p := range pieces[f] {
			x := line(at, p.wire)
			e.Points = append(e.Points, Point{x, p.from}, Point{x, p.to})
			if i == 0 && flow.Name != "" {
				width := math.Min(flowLabel-8, math.Ceil(float64(len([]rune(flow.Name)))*letter)+4)
				height := float64(lines(flow.Name, flowLabel-8)) * lineHeight
				e.Label = &Box{x + 4, p.to - height - 2, width, height}
			}
			if l.back[f] {
				at--
			} else {
				at++
			}
		}
		e.Points = append(e.Points, Point{box[target].X, l.y[target]})
		e.Points = straighten(e.Points)
		out.Edges = append(out.Edges, e)
	}
	return out
}

// leaves returns the height at which a flow leaves its source.
func (l *layered) leaves(f int) float64 {
	source := l.ends[f][0]
	if b := l.exits[f]; b >= 0 {
		return l.exitHeight(source, slices.Index(l.borders[source], b))
	}
	return l.y[source]
}

// outlet returns the vertex that stands for where a flow leaves: its source, or the
// boundary event.
func (l *layered) outlet(f int) int {
	if b := l.exits[f]; b >= 0 {
		return b
	}
	return l.ends[f][0]
}

// wire returns the pieces of every flow in the order in which it passes the
// channels, and what each channel holds.
func (l *layered) wire() ([][]piece, *channels) {
	n := len(l.layers) + 1
	c := &channels{wires: make([][]*wire, n), shared: make([]map[int]*wire, n), named: make([]bool, n)}
	for i := range c.shared {
		c.shared[i] = map[int]*wire{}
	}
	leaving, entering := make([]int, len(l.process.Nodes)), make([]int, len(l.process.Nodes))
	for f, e := range l.ends {
		leaving[l.outlet(f)]++
		entering[e[1]]++
	}
	pieces := make([][]piece, len(l.ends))
	for f, e := range l.ends {
		stops := append(append([]int{e[0]}, l.paths[f]...), e[1]) // vertices in the order of the flow
		if l.back[f] {
			slices.Reverse(stops[1 : len(stops)-1])
		}
		at := l.rank[e[0]] + 1
		c.named[at] = c.named[at] || l.process.Flows[f].Name != ""
		for i := 1; i < len(stops); i++ {
			from, to := l.y[stops[i-1]], l.y[stops[i]]
			if i == 1 {
				from = l.leaves(f)
			}
			key := 0
			switch {
			case i == 1 && leaving[l.outlet(f)] > 1:
				key = -l.outlet(f) - 1
			case i == len(stops)-1 && entering[e[1]] > 1:
				key = e[1] + 1
			}
			w := c.shared[at][key]
			if w == nil || key == 0 {
				w = &wire{low: math.Inf(1), high: math.Inf(-1)}
				c.wires[at] = append(c.wires[at], w)
				c.shared[at][key] = w
			}
			w.low, w.high = math.Min(w.low, math.Min(from, to)), math.Max(w.high, math.Max(from, to))
			// A flow that leads back meets the channel behind its source, and the
			// one before its target, twice on the same side.
			fromLeft, toLeft := !l.back[f] || i == 1, l.back[f] && i < len(stops)-1
			w.meet(from, fromLeft)
			w.meet(to, toLeft)
			pieces[f] = append(pieces[f], piece{w, from, to})
			if l.back[f] {
				at--
			} else {
				at++
			}
		}
	}
	for _, wires := range c.wires {
		tracks(wires)
	}
	return pieces, c
}

func (w *wire) meet(y float64, left bool) {
	if left {
		w.lefts = append(w.lefts, y)
	} else {
		w.rights = append(w.rights, y)
	}
}

// tracks orders the lines of a channel: of any two, the one to the left is that
// with which fewer lines cross or run on top of each other. Lines that do not meet
// may share a track.
func tracks(wires []*wire) {
	slices.SortStableFunc(wires, func(a, b *wire) int { return cmp.Compare(a.low+a.high, b.low+b.high) })
	for range wires {
		swapped := false
		for i := 1; i < len(wires); i++ {
			if cost(wires[i], wires[i-1]) < cost(wires[i-1], wires[i]) {
				wires[i], wires[i-1] = wires[i-1], wires[i]
				swapped = true
			}
		}
		if !swapped {
			break
		}
	}
	for i, w := range wires {
		w.track = 0
		for _, v := range wires[:i] {
			if v.low <= w.high && w.low <= v.high && !v.straight() && !w.straight() || cost(w, v) > cost(v, w) {
				w.track = max(w.track, v.track+1)
			}
		}
	}
}

// straight reports whether the wire needs no vertical line.
func (w *wire) straight() bool { return w.low == w.high }

// cost counts what crosses if wire a lies to the left of b; lines on top of each
// other weigh more.
func cost(a, b *wire) int {
	total := 0
	for _, y := range a.rights {
		if b.low < y && y < b.high {
			total++
		}
		if slices.Contains(b.lefts, y) {
			total += 10
		}
	}
	for _, y := range b.lefts {
		if a.low < y && y < a.high {
			total++
		}
	}
	return total
}

// columns returns the centre of every column, where a wire of a channel has its
// line, and where the last channel ends; the first begins at x.
func (l *layered) columns(c *channels, x float64) (center []float64, line func(channel int, w *wire) float64, end float64) {
	left := make([]float64, len(c.wires)) // of each channel
	for i, wires := range c.wires {
		left[i] = x
		count, bent := 0, false
		for _, w := range wires {
			count = max(count, w.track+1)
			bent = bent || !w.straight()
		}
		width := math.Max(channel, float64(count+1)*track)
		if c.named[i] {
			width += flowLabel
		}
		if i == 0 || i == len(c.wires)-1 {
			width = 0
			if bent {
				width = float64(count+1) * track
			}
		}
		x += width
		if i == len(l.layers) {
			break
		}
		wide := 0.0
		for _, v := range l.layers[i] {
			w, _ := l.extent(v)
			wide = math.Max(wide, w)
		}
		center = append(center, x+wide/2)
		x += wide
	}
	return center, func(channel int, w *wire) float64 {
		return left[channel] + float64(w.track+1)*track
	}, x
}

// straighten removes points that repeat or lie on the line between their
// neighbours.
func straighten(points []Point) []Point {
	var out []Point
	for _, p := range points {
		if n := len(out); n > 0 && out[n-1] == p {
			continue
		}
		if n := len(out); n > 1 && between(out[n-2], out[n-1], p) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	return out
}

func between(a, b, c Point) bool {
	return a.X == b.X && b.X == c.X && (a.Y <= b.Y) == (b.Y <= c.Y) ||
		a.Y == b.Y && b.Y == c.Y && (a.X <= b.X) == (b.X <= c.X)
}
