package bpmn

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Sizes and distances of a layout, in pixels.
const (
	margin      = 60
	rowGap      = 24 // between shapes of a column
	channel     = 44 // between columns, at least
	track       = 12 // between vertical lines of a channel
	lineHeight  = 14 // of a label
	letter      = 6.5
	labelWidth  = 90
	flowLabel   = 84 // room for the name of a flow
	processGap  = 100
	taskWidth   = 100
	taskHeight  = 80
	gatewaySize = 50
	eventSize   = 36
)

// Layout gives the document a new diagram: from left to right in layers (Sugiyama,
// Tagawa, Toda 1981, doi:10.1109/TSMC.1981.4308636), tasks of 100×80 (wider for
// long names), gateways of 50×50, events of 36×36, processes one below the other.
// Lines run horizontally and vertically, leave shapes on the right, enter them on
// the left, and cross no shape. Flows that lead back run below what they repeat.
// The same model gives the same diagram. A flow whose ends are not both nodes of
// its process, or a node identifier used twice, is an error, and the diagram stays
// as it was.
//
// Block-structured models come out without crossings in O(n·depth); for others
// each of a few sweeps costs O(e log e) in pieces of flows.
func Layout(d *Definitions) error {
	diagram := &Diagram{}
	y := float64(margin)
	for _, p := range d.Processes {
		l, err := newLayered(p)
		if err != nil {
			return fmt.Errorf("laying out process %q: %w", p.ID, err)
		}
		y += l.draw(diagram, y) + processGap
	}
	d.Diagram = diagram
	return nil
}

// layered is a process on its way to a diagram. Vertices are nodes, numbered as in
// the process, and behind them dummies: a flow has one in each column that it
// passes.
type layered struct {
	process  *Process
	ends     [][2]int // of each flow: source and target node
	back     []bool   // flows that lead back
	rank     []int    // column of each vertex
	flow     []int    // of each dummy, by vertex less the number of nodes
	paths    [][]int  // of each flow: its dummies from left to right
	layers   [][]int  // vertices of each column from top to bottom
	position []int    // of each vertex in its column
	left     [][]int  // neighbours of each vertex in the column before, and after
	right    [][]int
	y        []float64 // centre of each vertex
}

func newLayered(p *Process) (*layered, error) {
	l := &layered{process: p, ends: make([][2]int, len(p.Flows)), paths: make([][]int, len(p.Flows))}
	at := make(map[string]int, len(p.Nodes))
	for i, n := range p.Nodes {
		if _, dup := at[n.ID]; dup {
			return nil, fmt.Errorf("node identifier %q is used twice", n.ID)
		}
		at[n.ID] = i
	}
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
			if state[u] == 0 && (n.Kind == StartEvent || pass == 1 && !entered[u] || pass == 2) {
				visit(u)
				roots = append(roots, u)
			}
		}
	}
	return roots
}

// rankNodes gives every node the column behind the last of its predecessors.
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
func size(n *Node) (width, height float64) {
	switch {
	case n.IsEvent():
		return eventSize, eventSize
	case n.IsGateway():
		return gatewaySize, gatewaySize
	}
	width = taskWidth
	for width < 220 && float64(lines(n.Name, width-10))*lineHeight > taskHeight-8 {
		width += 20
	}
	return width, math.Max(taskHeight, float64(lines(n.Name, width-10))*lineHeight+8)
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
	if n.IsTask() || n.Name == "" {
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
	n := l.process.Nodes[v]
	width, height = size(n)
	w, h := caption(n)
	if h > 0 {
		height += 2 * (h + 4)
	}
	return math.Max(width, w), height
}
