package bpmn

import (
	"fmt"
	"math"
)

// Layout gives the document a new diagram: from left to right in layers (Sugiyama,
// Tagawa, Toda 1981, doi:10.1109/TSMC.1981.4308636), tasks of 100×80 (wider for
// long names), gateways of 50×50, events of 36×36, processes and pools one below
// the other, lanes as bands from top to bottom. Sub-processes are drawn open, with
// what they contain; event sub-processes stand at the right end of their scope,
// boundary events on the lower border of their activity, annotations above. Flows
// run horizontally and vertically, leave shapes on the right, boundary events
// below, enter shapes on the left, and cross no shape; flows that lead back run
// below what they repeat. Message flows and associations are drawn over what lies
// between their ends. The same model gives the same diagram.
//
// A flow, association or message whose ends are not there, a boundary event that
// stands on nothing, and a node identifier used twice are errors; the diagram stays
// as it was.
//
// Block-structured models come out without crossings in O(n·depth); for others
// each of a few sweeps costs O(e log e) in pieces of flows.
func Layout(d *Definitions) error {
	inside := make(map[*Process]*drawing, len(d.Processes))
	byID := make(map[string]*Process, len(d.Processes))
	for _, p := range d.Processes {
		x, err := drawScope(p)
		if err != nil {
			return fmt.Errorf("laying out process %q: %w", p.ID, err)
		}
		inside[p], byID[p.ID] = x, p
	}
	var page drawing
	y := float64(margin)
	put := func(x *drawing) {
		page.add(x, margin, y)
		y += x.height + processGap
	}
	if d.Collaboration != nil {
		wide := 4.0 * taskWidth
		for _, x := range inside {
			wide = math.Max(wide, x.width+header)
		}
		for _, p := range d.Collaboration.Pools {
			process := byID[p.Process]
			put(drawPool(p, process, inside[process], wide))
			delete(inside, process) // a second pool of the same process is drawn empty
		}
	}
	for _, p := range d.Processes {
		if x := inside[p]; x != nil {
			put(x)
		}
	}
	if err := page.connect(d); err != nil {
		return err
	}
	d.Diagram = &page.Diagram
	return nil
}

// drawing is a diagram with its upper left corner at the origin.
type drawing struct {
	Diagram
	width, height float64
}

// add copies another drawing to (x, y).
func (d *drawing) add(other *drawing, x, y float64) {
	for _, s := range other.Shapes {
		s.X, s.Y = s.X+x, s.Y+y
		s.Label = s.Label.moved(x, y)
		d.Shapes = append(d.Shapes, s)
	}
	for _, e := range other.Edges {
		points := make([]Point, len(e.Points))
		for i, p := range e.Points {
			points[i] = Point{p.X + x, p.Y + y}
		}
		d.Edges = append(d.Edges, Waypoints{e.Element, points, e.Label.moved(x, y)})
	}
	d.width, d.height = math.Max(d.width, x+other.width), math.Max(d.height, y+other.height)
}

func (b *Box) moved(x, y float64) *Box {
	if b == nil {
		return nil
	}
	return &Box{b.X + x, b.Y + y, b.Width, b.Height}
}

// drawScope draws a process, or what a sub-process contains.
func drawScope(p *Process) (*drawing, error) {
	l, err := newLayered(p)
	if err != nil {
		return nil, err
	}
	flow := l.draw()
	if len(p.Annotations) == 0 {
		return flow, nil
	}
	out := &drawing{}
	about := map[string]string{} // of each annotation
	for _, a := range p.Associations {
		about[a.Source], about[a.Target] = a.Target, a.Source
	}
	place := map[string]float64{}
	for _, s := range flow.Shapes {
		place[s.Element] = s.X
	}
	x, high := 0.0, 0.0
	for _, a := range p.Annotations {
		s := Shape{Element: a.ID, X: math.Max(x, place[about[a.ID]]), Width: noteWidth}
		s.Height = math.Max(30, float64(lines(a.Text, noteWidth-10))*lineHeight+8)
		x, high = s.X+noteWidth+rowGap, math.Max(high, s.Height)
		out.Shapes = append(out.Shapes, s)
		out.width = x - rowGap
	}
	notes := out.Shapes
	out.Shapes = nil
	shift := high + channel
	out.add(flow, 0, shift)
	for i := range out.Shapes[:countLanes(p.Lanes)] { // lanes come first, and reach to the top
		if s := &out.Shapes[i]; s.Y == shift {
			s.Y, s.Height = 0, s.Height+shift
		}
	}
	for i := range notes {
		notes[i].Y = high - notes[i].Height
		if len(p.Lanes) > 0 {
			notes[i].Y += padding / 2
		}
	}
	out.Shapes = append(out.Shapes, notes...)
	out.widen(p.Lanes, out.width)
	return out, nil
}

// widen makes lanes, the first shapes of a drawing, reach to x.
func (d *drawing) widen(lanes []*Lane, x float64) {
	for i := range d.Shapes[:countLanes(lanes)] {
		d.Shapes[i].Width = x - d.Shapes[i].X
	}
}

// drawPool draws a pool around its process; nil for one whose inside is not shown.
func drawPool(p *Pool, process *Process, inside *drawing, width float64) *drawing {
	out := &drawing{}
	border := Shape{Element: p.ID, Width: width, Height: math.Max(2*padding, captionHeight(p.Name))}
	if inside == nil {
		out.Shapes = []Shape{border}
		out.width, out.height = width, border.Height
		return out
	}
	around := 0.0 // lanes fill their pool
	if len(process.Lanes) == 0 {
		around = padding
	} else {
		inside.widen(process.Lanes, width-header)
	}
	border.Width = math.Max(width, inside.width+header+2*around)
	border.Height = math.Max(border.Height, inside.height+2*around)
	out.Shapes = []Shape{border}
	out.add(inside, header+around, around)
	out.width, out.height = border.Width, border.Height
	return out
}

// drawLanes adds the lanes of a process, outer before inner, of the given width.
func (l *layered) drawLanes(d *drawing, width float64) {
	leaf := 0
	var visit func(lanes []*Lane, level float64)
	visit = func(lanes []*Lane, level float64) {
		for _, x := range lanes {
			first, at := leaf, len(d.Shapes)
			d.Shapes = append(d.Shapes, Shape{Element: x.ID})
			if len(x.Lanes) > 0 {
				visit(x.Lanes, level+1)
			} else {
				leaf++
			}
			left, top := header*level, l.bounds[first]
			d.Shapes[at] = Shape{Element: x.ID, X: left, Y: top, Width: width - left, Height: l.bounds[leaf] - top}
		}
	}
	visit(l.process.Lanes, 0)
}

func countLanes(lanes []*Lane) int {
	n := 0
	eachLane(lanes, func(*Lane) { n++ })
	return n
}

// depth returns how many lanes lie in each other.
func depth(lanes []*Lane) int {
	deep := 0
	for _, l := range lanes {
		deep = max(deep, 1+depth(l.Lanes))
	}
	return deep
}

// captionHeight returns the height of a pool or lane beside which its name is
// written upright.
func captionHeight(name string) float64 {
	return math.Min(240, 20+float64(len([]rune(name)))*letter)
}

// connect draws associations and message flows between what has been drawn.
func (d *drawing) connect(model *Definitions) error {
	at := make(map[string]Box, len(d.Shapes)+len(d.Edges))
	for _, e := range d.Edges {
		p := e.Points[len(e.Points)/2]
		q := e.Points[len(e.Points)/2-1]
		at[e.Element] = Box{X: (p.X + q.X) / 2, Y: (p.Y + q.Y) / 2}
	}
	for _, s := range d.Shapes {
		at[s.Element] = Box{s.X, s.Y, s.Width, s.Height}
	}
	ends := func(source, target string) (a, b Box, err error) {
		a, ok := at[source]
		if !ok {
			return a, b, fmt.Errorf("source %q is not in the model", source)
		}
		if b, ok = at[target]; !ok {
			err = fmt.Errorf("target %q is not in the model", target)
		}
		return a, b, err
	}
	for _, p := range model.Processes {
		var fault error
		p.Walk(func(scope *Process, _ *Node) {
			for _, x := range scope.Associations {
				a, b, err := ends(x.Source, x.Target)
				if err != nil && fault == nil {
					fault = fmt.Errorf("laying out process %q: association %q: %w", p.ID, x.ID, err)
				}
				d.Edges = append(d.Edges, Waypoints{Element: x.ID, Points: straight(a, b)})
			}
		})
		if fault != nil {
			return fault
		}
	}
	if model.Collaboration == nil {
		return nil
	}
	for i, m := range model.Collaboration.Messages {
		a, b, err := ends(m.Source, m.Target)
		if err != nil {
			return fmt.Errorf("laying out message flow %q: %w", m.ID, err)
		}
		e := Waypoints{Element: m.ID, Points: d.message(model, m, a, b, i)}
		if m.Name != "" {
			last := e.Points[len(e.Points)-1]
			width := math.Ceil(float64(len([]rune(m.Name)))*letter) + 4
			up := last.Y - 20 - float64(lines(m.Name, labelWidth))*lineHeight
			if last.Y < e.Points[0].Y {
				up = last.Y + 20
			}
			e.Label = &Box{last.X + 6, up, math.Min(labelWidth, width), float64(lines(m.Name, labelWidth)) * lineHeight}
		}
		d.Edges = append(d.Edges, e)
	}
	return nil
}

// message returns the way of the i-th message flow: up or down from its source,
// along the space beside the pool of its target, and on to the target.
func (d *drawing) message(model *Definitions, m *MessageFlow, a, b Box, i int) []Point {
	pools := map[string]bool{}
	for _, p := range model.Collaboration.Pools {
		pools[p.ID] = true
	}
	from, to := a.X+a.Width/2, b.X+b.Width/2
	switch {
	case pools[m.Source] && pools[m.Target]:
		from = math.Max(a.X, b.X) + 2*header + float64(i)*2*track
		to = from
	case pools[m.Source]:
		from = to
	case pools[m.Target]:
		to = from
	}
	start, end, between := a.Y+a.Height, b.Y, 0.0
	for _, s := range d.Shapes { // the pool of the target, and how far it is from the next
		if pools[s.Element] && s.Y <= b.Y && b.Y+b.Height <= s.Y+s.Height {
			between = s.Y - processGap/2 + float64(i%5-2)*track
			if a.Y > b.Y {
				between = s.Y + s.Height + processGap/2 + float64(i%5-2)*track
			}
		}
	}
	if a.Y > b.Y {
		start, end = a.Y, b.Y+b.Height
	}
	return straighten([]Point{{from, start}, {from, between}, {to, between}, {to, end}})
}

// straight returns the line between the nearest points of two boxes: their sides'
// middles.
func straight(a, b Box) []Point {
	sides := func(x Box) [4]Point {
		return [4]Point{{x.X + x.Width/2, x.Y + x.Height}, {x.X + x.Width/2, x.Y}, {x.X, x.Y + x.Height/2}, {x.X + x.Width, x.Y + x.Height/2}}
	}
	var out []Point
	least := math.Inf(1)
	for _, p := range sides(a) {
		for _, q := range sides(b) {
			if far := math.Hypot(p.X-q.X, p.Y-q.Y); far < least {
				least, out = far, []Point{p, q}
			}
		}
	}
	return out
}
