package bpmn

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// Sizes and distances of a layout, in pixels.
const (
	margin      = 60
	padding     = 30 // between the border of a pool, lane or sub-process and what it holds
	header      = 30 // of a pool or lane, where its name stands
	rowGap      = 24 // between shapes of a column
	channel     = 44 // between columns, at least
	track       = 12 // between vertical lines of a channel
	lineHeight  = 14 // of a label
	letter      = 6.5
	labelWidth  = 90
	flowLabel   = 84 // room for the name of a flow
	processGap  = 100
	noteWidth   = 160 // of an annotation
	taskWidth   = 100
	taskHeight  = 80
	gatewaySize = 50
	eventSize   = 36
)

// layered is a process, or what a sub-process contains, on its way to a diagram.
// Vertices are nodes, numbered as there, and behind them dummies: a flow has one in
// each column that it passes. Boundary events are no vertices: they stand on their
// activity, and their flows leave it below.
type layered struct {
	process  *Process
	inside   []*drawing // of each sub-process
	borders  [][]int    // boundary events on each activity, from left to right
	lanes    []*Lane    // those without lanes in them, from top to bottom
	lane     []int      // of each vertex; len(lanes) for none
	bounds   []float64  // heights of the lines between lanes, those at the ends included
	ends     [][2]int   // of each flow: source and target node
	exits    []int      // of each flow: the boundary event where it leaves its source, -1 for none
	back     []bool     // flows that lead back
	rank     []int      // column of each vertex
	flow     []int      // of each dummy, by vertex less the number of nodes
	paths    [][]int    // of each flow: its dummies from left to right
	layers   [][]int    // vertices of each column from top to bottom
	position []int      // of each vertex in its column
	left     [][]int    // neighbours of each vertex in the column before, and after
	right    [][]int
	y        []float64 // centre of each vertex
}

func newLayered(p *Process) (*layered, error) {
	l := &layered{
		process: p, inside: make([]*drawing, len(p.Nodes)), borders: make([][]int, len(p.Nodes)),
		ends: make([][2]int, len(p.Flows)), exits: make([]int, len(p.Flows)), paths: make([][]int, len(p.Flows)),
	}
	at := make(map[string]int, len(p.Nodes))
	for i, n := range p.Nodes {
		if _, dup := at[n.ID]; dup {
			return nil, fmt.Errorf("node identifier %q is used twice", n.ID)
		}
		at[n.ID] = i
	}
	for i, n := range p.Nodes {
		if n.Kind == BoundaryEvent {
			host, ok := at[n.Attached]
			if !ok || !p.Nodes[host].IsActivity() {
				return nil, fmt.Errorf("boundary event %q: %q is no activity beside it", n.ID, n.Attached)
			}
			l.borders[host] = append(l.borders[host], i)
		}
		if n.Sub != nil {
			inside, err := drawScope(n.Sub)
			if err != nil {
				return nil, fmt.Errorf("in subProcess %q: %w", n.ID, err)
			}
			l.inside[i] = inside
		}
	}
	l.assign(at)
	out := make([][]int, len(p.Nodes))
	for i, f := range p.Flows {
		source, ok := at[f.Source]
		if !ok {
			return nil, fmt.Errorf("flow %q: source %q is not a node", f.ID, f.Source)
		}
		target, ok := at[f.Target]
		if !ok {
			return nil, fmt.Errorf("flow %q: target %q is not a node", f.ID, f.Target)
		}
		l.exits[i] = -1
		if n := p.Nodes[source]; n.Kind == BoundaryEvent {
			l.exits[i], source = source, at[n.Attached]
		}
		if p.Nodes[target].Kind == BoundaryEvent {
			return nil, fmt.Errorf("flow %q: leads to the boundary event %q", f.ID, f.Target)
		}
		l.ends[i] = [2]int{source, target}
		out[source] = append(out[source], i)
	}
	roots := l.findBack(out)
	l.rankNodes(out)
	l.fill(out, roots)
	l.order()
	l.place()
	return l, nil
}

// assign gives every node its lane. What stands in a lane's own list and in that
// of a lane inside it belongs to the inner one.
func (l *layered) assign(at map[string]int) {
	l.lane = make([]int, len(l.process.Nodes))
	eachLane(l.process.Lanes, func(x *Lane) {
		if len(x.Lanes) == 0 {
			l.lanes = append(l.lanes, x)
		}
	})
	for i := range l.lane {
		l.lane[i] = len(l.lanes)
	}
	var visit func(lanes []*Lane)
	leaf := 0
	visit = func(lanes []*Lane) {
		for _, x := range lanes {
			for _, id := range x.Nodes { // the first of the lanes inside, unless one of them names it too
				if i, ok := at[id]; ok {
					l.lane[i] = leaf
				}
			}
			if len(x.Lanes) > 0 {
				visit(x.Lanes)
				continue
			}
			leaf++
		}
	}
	visit(l.process.Lanes)
}

// findBack marks the flows that close a cycle in a depth-first search and returns
// the nodes where the search began: start events first, then nodes without
// incoming flows, then what is left.
func (l *layered) findBack(out [][]int) (roots []int) {
	l.back = make([]bool, len(l.ends))
	entered := make([]bool, len(out))
	for _, e := range l.ends {
		if e[0] != e[1] {
			entered[e[1]] = true
		}
	}
	const open, done = 1, 2
	state := make([]int, len(out))
	var visit func(u int)
	visit = func(u int) {
		state[u] = open
		for _, f := range out[u] {
			switch v := l.ends[f][1]; state[v] {
			case 0:
				visit(v)
			case open:
				l.back[f] = true
			}
		}
		state[u] = done
	}
	for pass := range 3 {
		for u, n := range l.process.Nodes {
			if state[u] == 0 && n.Kind != BoundaryEvent && (n.Kind == StartEvent || pass == 1 && !entered[u] || pass == 2) {
				visit(u)
				roots = append(roots, u)
			}
		}
	}
	return roots
}

// rankNodes gives every node the column behind the last of its predecessors, event
// sub-processes one behind all others.
func (l *layered) rankNodes(out [][]int) {
	l.rank = make([]int, len(out))
	waiting := make([]int, len(out))
	for f, e := range l.ends {
		if !l.back[f] {
			waiting[e[1]]++
		}
	}
	var ready []int
	for u, n := range waiting {
		if n == 0 {
			ready = append(ready, u)
		}
	}
	for len(ready) > 0 {
		u := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, f := range out[u] {
			if l.back[f] {
				continue
			}
			v := l.ends[f][1]
			l.rank[v] = max(l.rank[v], l.rank[u]+1)
			if waiting[v]--; waiting[v] == 0 {
				ready = append(ready, v)
			}
		}
	}
	last := slices.Max(append(l.rank, 0))
	for u, n := range l.process.Nodes {
		if n.EventSub {
			l.rank[u] = last + 1
		}
	}
}

// fill puts nodes and dummies into their columns in the order of a depth-first
// walk that enters a node by the last of its flows: a first order that has no
// crossings where the model is block-structured.
func (l *layered) fill(out [][]int, roots []int) {
	columns := 0
	for _, r := range l.rank {
		columns = max(columns, r+1)
	}
	l.layers = make([][]int, columns)
	waiting := make([]int, len(out))
	for f, e := range l.ends {
		if !l.back[f] {
			waiting[e[1]]++
		}
	}
	put := func(v int) { l.layers[l.rank[v]] = append(l.layers[l.rank[v]], v) }
	dummies := func(f, from, to int) {
		for r := from; r <= to; r++ {
			v := len(l.rank)
			l.rank = append(l.rank, r)
			l.flow = append(l.flow, f)
			l.lane = append(l.lane, l.lane[l.ends[f][0]])
			l.paths[f] = append(l.paths[f], v)
			put(v)
		}
	}
	var visit func(u int)
	visit = func(u int) {
		put(u)
		for _, f := range out[u] {
			v := l.ends[f][1]
			if l.back[f] {
				dummies(f, l.rank[v], l.rank[u])
				continue
			}
			dummies(f, l.rank[u]+1, l.rank[v]-1)
			if waiting[v]--; waiting[v] == 0 {
				visit(v)
			}
		}
	}
	for _, u := range roots {
		if waiting[u] == 0 {
			visit(u)
		}
	}
	l.left, l.right = make([][]int, len(l.rank)), make([][]int, len(l.rank))
	for f, e := range l.ends {
		path := l.paths[f]
		if !l.back[f] {
			path = append(append([]int{e[0]}, path...), e[1])
		}
		for i := 1; i < len(path); i++ {
			l.right[path[i-1]] = append(l.right[path[i-1]], path[i])
			l.left[path[i]] = append(l.left[path[i]], path[i-1])
		}
	}
	for _, layer := range l.layers {
		slices.SortStableFunc(layer, func(a, b int) int { return l.lane[a] - l.lane[b] })
	}
	l.position = make([]int, len(l.rank))
	l.number()
}

func (l *layered) number() {
	for _, layer := range l.layers {
		for i, v := range layer {
			l.position[v] = i
		}
	}
}

// isDummy reports whether a vertex is a place that a flow passes.
func (l *layered) isDummy(v int) bool { return v >= len(l.process.Nodes) }

// size returns the size of a node's shape.
func (l *layered) size(v int) (width, height float64) {
	n := l.process.Nodes[v]
	switch {
	case n.IsEvent():
		return eventSize, eventSize
	case n.IsGateway():
		return gatewaySize, gatewaySize
	case n.Sub != nil:
		title := 0.0
		if n.Name != "" {
			title = lineHeight
		}
		width, height = l.inside[v].width+2*padding, l.inside[v].height+2*padding+title
		width, height = math.Max(width, taskWidth), math.Max(height, taskHeight)
	default:
		width = taskWidth
		for width < 220 && float64(lines(n.Name, width-10))*lineHeight > taskHeight-8 {
			width += 20
		}
		height = math.Max(taskHeight, float64(lines(n.Name, width-10))*lineHeight+8)
	}
	needed := 10.0
	for _, b := range l.borders[v] {
		needed += slot(l.process.Nodes[b])
	}
	return math.Max(width, needed), height
}

// slot returns the width that a boundary event takes on the border of its activity.
func slot(n *Node) float64 {
	w, _ := caption(n)
	return math.Max(eventSize+14, eventSize/2+4+w+14)
}

// skirt returns the height that the boundary events of a node and the lines that
// leave them take below it.
func (l *layered) skirt(v int) float64 {
	if l.isDummy(v) || len(l.borders[v]) == 0 {
		return 0
	}
	return l.labels(v) + float64(len(l.borders[v])+1)*track
}

// labels returns how far boundary events and their labels hang below a node.
func (l *layered) labels(v int) float64 {
	deep := 0.0
	for _, b := range l.borders[v] {
		_, h := caption(l.process.Nodes[b])
		deep = math.Max(deep, h)
	}
	if deep > 0 {
		deep += 4
	}
	return eventSize/2 + deep
}

// border returns the boundary events of a node whose shape is s, and the height of
// the line that leaves each: that of the last one is the highest, so that none
// crosses another.
func (l *layered) border(v int, s Shape) (events []Shape, heights []float64) {
	x := s.X + 10
	for i, b := range l.borders[v] {
		n := l.process.Nodes[b]
		e := Shape{Element: n.ID, X: x, Y: s.Y + s.Height - eventSize/2, Width: eventSize, Height: eventSize}
		if w, h := caption(n); h > 0 {
			e.Label = &Box{x + eventSize/2 + 4, s.Y + s.Height + eventSize/2 + 2, w, h}
		}
		events = append(events, e)
		heights = append(heights, l.exitHeight(v, i))
		x += slot(n)
	}
	return events, heights
}

// exitHeight returns the height at which what leaves the i-th boundary event of a
// placed node runs.
func (l *layered) exitHeight(v, i int) float64 {
	_, h := l.size(v)
	return l.y[v] + h/2 + l.labels(v) + float64(len(l.borders[v])-i)*track
}

// lines estimates how many lines a text takes in a width.
func lines(text string, width float64) int {
	perLine := int(width / letter)
	total, used, word := 0, 0, 0
	flush := func() {
		switch {
		case word == 0:
		case used > 0 && used+1+word <= perLine:
			used += 1 + word
		default:
			total += 1 + (word-1)/perLine
			used = word % perLine
		}
		word = 0
	}
	for _, r := range text {
		if r == ' ' || r == '\n' || r == '\t' {
			flush()
			if r == '\n' {
				used = 0
			}
			continue
		}
		word++
	}
	flush()
	return total
}

// caption returns the size of the label below an event or gateway, 0 for none.
func caption(n *Node) (width, height float64) {
	if n.IsActivity() || n.Name == "" {
		return 0, 0
	}
	width = math.Min(labelWidth, math.Ceil(float64(utf8.RuneCountInString(n.Name))*letter)+4)
	return width, float64(lines(n.Name, labelWidth)) * lineHeight
}

// extent returns the height that a vertex needs around its centre, and the width.
func (l *layered) extent(v int) (width, height float64) {
	if l.isDummy(v) {
		return 0, 0
	}
	width, height = l.size(v)
	w, h := caption(l.process.Nodes[v])
	if h > 0 {
		height += 2 * (h + 4)
	}
	return math.Max(width, w), height + 2*l.skirt(v)
}
