package bpmn

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkLayout checks what Layout promises of any model.
func checkLayout(t testing.TB, d *Definitions) {
	t.Helper()
	require.NoError(t, d.diagramCheck())
	nodes := map[string]*Node{}
	flows := map[string]*Flow{}
	within := map[string][]string{} // what each element lies in by the model
	contains := func(outer, inner string) { within[inner] = append(append(within[inner], outer), within[outer]...) }
	if c := d.Collaboration; c != nil {
		for _, p := range c.Pools {
			contains(p.ID, p.Process)
		}
	}
	for _, p := range d.Processes {
		p.Walk(func(s *Process, in *Node) {
			around := p.ID
			if in != nil {
				around = in.ID
			}
			var lanes func(list []*Lane)
			lanes = func(list []*Lane) {
				for _, l := range list {
					contains(around, l.ID)
					lanes(l.Lanes)
					for _, x := range l.Lanes {
						contains(l.ID, x.ID)
					}
					for _, id := range l.Nodes {
						contains(l.ID, id)
					}
				}
			}
			lanes(s.Lanes)
			for _, n := range s.Nodes {
				nodes[n.ID] = n
				contains(around, n.ID)
			}
			for _, n := range s.Nodes {
				if n.Kind == BoundaryEvent {
					contains(n.Attached, n.ID)
				}
			}
			for _, f := range s.Flows {
				flows[f.ID] = f
				contains(around, f.ID)
			}
			for _, a := range s.Annotations {
				contains(around, a.ID)
			}
		})
	}
	kind := map[string]string{}
	d.elements(func(what, id string) { kind[id] = what })
	inside := func(id, other string) bool {
		for _, x := range within[id] {
			if x == other || kind[other] == "lane" && kind[id] != "lane" {
				return true
			}
		}
		return false
	}
	box := map[string]Box{}
	for _, s := range d.Diagram.Shapes {
		b := Box{s.X, s.Y, s.Width, s.Height}
		require.GreaterOrEqual(t, b.X, 0.0)
		require.GreaterOrEqual(t, b.Y, 0.0)
		for id, other := range box {
			if inside(s.Element, id) || inside(id, s.Element) {
				continue
			}
			require.False(t, overlap(b, other), "%s %v and %s %v overlap", s.Element, b, id, other)
		}
		box[s.Element] = b
		if s.Label != nil {
			name := "label of " + s.Element
			box[name] = *s.Label
			within[name] = append(within[name], s.Element)
			within[name] = append(within[name], within[s.Element]...)
			if nodes[s.Element].Kind == BoundaryEvent {
				within[name] = within[s.Element]
			}
		}
	}
	for id, b := range box {
		for _, outer := range within[id] {
			o, drawn := box[outer]
			if n := nodes[outer]; drawn && (n == nil || n.Sub != nil && nodes[id] != nil && nodes[id].Attached != outer) && kind[outer] != "" && kind[id] != "" {
				require.True(t, o.X <= b.X && b.X+b.Width <= o.X+o.Width && o.Y <= b.Y && b.Y+b.Height <= o.Y+o.Height, "%s %v sticks out of %s %v", id, b, outer, o)
			}
		}
	}
	for _, e := range d.Diagram.Edges {
		f := flows[e.Element]
		if f == nil {
			continue // message flows and associations lie over what is between their ends
		}
		first, last := e.Points[0], e.Points[len(e.Points)-1]
		s, target := box[f.Source], box[f.Target]
		if nodes[f.Source].Kind == BoundaryEvent {
			require.Equal(t, Point{s.X + s.Width/2, s.Y + s.Height}, first, "%s leaves %s below", f.ID, f.Source)
		} else {
			require.Equal(t, Point{s.X + s.Width, s.Y + s.Height/2}, first, "%s leaves %s on the right", f.ID, f.Source)
		}
		require.Equal(t, Point{target.X, target.Y + target.Height/2}, last, "%s enters %s on the left", f.ID, f.Target)
		for i := 1; i < len(e.Points); i++ {
			a, b := e.Points[i-1], e.Points[i]
			require.True(t, a.X == b.X || a.Y == b.Y, "%s runs askew from %v to %v", f.ID, a, b)
			line := Box{math.Min(a.X, b.X), math.Min(a.Y, b.Y), math.Abs(a.X - b.X), math.Abs(a.Y - b.Y)}
			for id, other := range box {
				if inside(f.ID, id) || kind[id] == "lane" {
					continue
				}
				require.False(t, overlap(line, other), "%s crosses %s", f.ID, id)
			}
		}
	}
}

func (d *Definitions) diagramCheck() error {
	if faults := d.diagramFaults(); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// overlap reports whether the insides of two boxes meet; a line has an inside.
func overlap(a, b Box) bool {
	return a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height
}

func model(kinds string, flows ...string) *Definitions {
	p := &Process{ID: "p"}
	for i, k := range strings.Fields(kinds) {
		kind := map[byte]Kind{'s': StartEvent, 'e': EndEvent, 't': Task, 'x': ExclusiveGateway, 'p': ParallelGateway}[k[0]]
		p.Nodes = append(p.Nodes, &Node{ID: fmt.Sprintf("n%d", i), Name: strings.ReplaceAll(k[1:], "_", " "), Kind: kind})
	}
	for i, f := range flows {
		var a, b int
		fmt.Sscanf(f, "%d-%d", &a, &b)
		p.Flows = append(p.Flows, &Flow{ID: fmt.Sprintf("f%d", i), Source: fmt.Sprintf("n%d", a), Target: fmt.Sprintf("n%d", b)})
	}
	return &Definitions{Processes: []*Process{p}}
}

func TestLayoutByHand(t *testing.T) {
	d := model("s tA e", "0-1", "1-2")
	require.NoError(t, Layout(d))
	require.Equal(t, []Shape{
		{"n0", 60, 82, 36, 36, nil, false}, {"n1", 140, 60, 100, 80, nil, false}, {"n2", 284, 82, 36, 36, nil, false},
	}, d.Diagram.Shapes)
	require.Equal(t, []Waypoints{
		{"f0", []Point{{96, 100}, {140, 100}}, nil}, {"f1", []Point{{240, 100}, {284, 100}}, nil},
	}, d.Diagram.Edges)
	require.NoError(t, d.Validate())
}

func TestLayoutKeepsItsPromises(t *testing.T) {
	for name, d := range map[string]*Definitions{
		"choice":      model("sStart_here x tA tB x eEnd", "0-1", "1-2", "1-3", "1-4", "2-4", "3-4", "4-5"),
		"loop":        model("s x tA x e", "0-1", "1-2", "2-3", "3-1", "3-4"),
		"self loop":   model("s tA e", "0-1", "1-1", "1-2"),
		"twins":       model("s x x e", "0-1", "1-2", "1-2", "2-3"),
		"two starts":  model("s s tA e e", "0-2", "1-2", "2-3", "2-4"),
		"loose nodes": model("tA tB tC", "1-2", "2-1"),
		"long name":   model("s t"+strings.Repeat("Very_long_name_", 12)+" xDecide_whether_it_is_complete e", "0-1", "1-2", "2-3"),
		"no flows":    model("s e"),
		"nothing":     {Processes: []*Process{{ID: "p"}, {ID: "q"}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, Layout(d))
			checkLayout(t, d)
		})
	}
}

func TestLayoutRefusesBrokenModels(t *testing.T) {
	d := model("s e", "0-1")
	d.Processes[0].Flows[0].Target = "nowhere"
	require.EqualError(t, Layout(d), `laying out process "p": flow "f0": target "nowhere" is not a node`)
	require.Nil(t, d.Diagram)
	d.Processes[0].Nodes[1].ID = "n0"
	require.ErrorContains(t, Layout(d), `node identifier "n0" is used twice`)
}

// TestLayoutOfRandomModels lays out any graphs, connected or not.
func TestLayoutOfRandomModels(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 150 {
		n := 2 + r.IntN(25)
		kinds := "s"
		for range n {
			kinds += " " + []string{"tA", "tLonger_name", "x", "p", "xName", "e"}[r.IntN(6)]
		}
		var flows []string
		for range r.IntN(3 * n) {
			flows = append(flows, fmt.Sprintf("%d-%d", r.IntN(n+1), r.IntN(n+1)))
		}
		d := model(kinds, flows...)
		for i, f := range d.Processes[0].Flows {
			if i%5 == 0 {
				f.Name = "yes or no"
			}
		}
		require.NoError(t, Layout(d))
		checkLayout(t, d)
		var once, twice bytes.Buffer
		require.NoError(t, Write(&once, d))
		require.NoError(t, Layout(d))
		require.NoError(t, Write(&twice, d))
		require.Equal(t, once.String(), twice.String())
	}
}

func TestLayoutOfSharedModels(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "queueing"), "*.bpmn"))
	require.NoError(t, err)
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		d, _, err := Read(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.NoError(t, Layout(d))
		checkLayout(t, d)
		roundTrip(t, d)
	}
}

func TestLines(t *testing.T) {
	for text, want := range map[string]int{"": 0, "one": 1, "one two": 1, "exactly as wide as that": 2, "a\nb": 2, strings.Repeat("x", 30): 3} {
		require.Equal(t, want, lines(text, 90), text)
	}
}
