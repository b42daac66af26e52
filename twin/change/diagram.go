package change

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
)

func readDiagram(name string, data []byte) (*bpmn.Definitions, error) {
	if data == nil {
		return nil, nil
	}
	d, _, err := bpmn.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	return d, nil
}

// diagram is a BPMN file as its nodes and flows by identifier; where its shapes lie is
// left out.
func diagram(name string, data []byte) (*node, error) {
	d, err := readDiagram(name, data)
	if err != nil || d == nil {
		return nil, err
	}
	top := &node{form: mapping, parts: map[string]*node{}}
	group := func(key string) *node {
		if top.parts[key] == nil {
			top.put(key, &node{form: named, parts: map[string]*node{}})
		}
		return top.parts[key]
	}
	for _, p := range d.Processes {
		p.Walk(func(scope *bpmn.Process, in *bpmn.Node) {
			for _, n := range scope.Nodes {
				bare := *n
				bare.Sub = nil
				part := fields(bare)
				if in != nil {
					part.put("in", &node{value: in.ID})
				}
				group("nodes").put(n.ID, part)
			}
			for _, f := range scope.Flows {
				group("flows").put(f.ID, fields(*f))
			}
		})
	}
	return top, nil
}

// fields returns what is not empty of a part of a diagram.
func fields(part any) *node {
	n := &node{form: mapping, parts: map[string]*node{}}
	v := reflect.ValueOf(part)
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() && v.Type().Field(i).Name != "ID" {
			word := fmt.Sprint(f.Interface())
			switch f.Kind() {
			case reflect.Struct, reflect.Pointer, reflect.Slice:
				if text, err := json.Marshal(f.Interface()); err == nil {
					word = string(text)
				}
			}
			n.put(strings.ToLower(v.Type().Field(i).Name), &node{value: word})
		}
	}
	return n
}

// mergeDiagram joins two versions of a diagram by the identifiers of its parts. In a
// conflict ours is kept.
func mergeDiagram(name string, base, ours, theirs []byte) ([]byte, []Conflict, error) {
	var d [3]*bpmn.Definitions
	for i, data := range [][]byte{base, ours, theirs} {
		var err error
		if d[i], err = readDiagram(name, data); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", [...]string{"the common version", "our version", "their version"}[i], err)
		}
	}
	whole := func() ([]byte, []Conflict, error) {
		c := Conflict{File: name}
		for i, at := range []*string{&c.Base, &c.Ours, &c.Theirs} {
			if d[i] != nil {
				*at = fmt.Sprintf("%d nodes", count(d[i]))
			}
		}
		if ours == nil {
			return theirs, []Conflict{c}, nil
		}
		return ours, []Conflict{c}, nil
	}
	if d[1] == nil || d[2] == nil || len(d[1].Processes) != 1 || len(d[2].Processes) != 1 || d[0] != nil && len(d[0].Processes) != 1 {
		return whole()
	}
	if d[0] == nil {
		d[0] = &bpmn.Definitions{Processes: []*bpmn.Process{{}}}
	}
	m := &diagramMerger{file: name}
	out := *d[1]
	out.Processes = []*bpmn.Process{m.process(d[0].Processes[0], d[1].Processes[0], d[2].Processes[0])}
	out.Causes = keyed(m, "causes", d[0].Causes, d[1].Causes, d[2].Causes, func(c *bpmn.Cause) string { return c.ID })
	if !reflect.DeepEqual(d[1].Collaboration, d[2].Collaboration) {
		switch {
		case reflect.DeepEqual(d[0].Collaboration, d[1].Collaboration):
			out.Collaboration = d[2].Collaboration
		case !reflect.DeepEqual(d[0].Collaboration, d[2].Collaboration):
			m.conflict("collaboration", "", d[0].Collaboration, d[1].Collaboration, d[2].Collaboration)
		}
	}
	if d[1].Diagram != nil && d[2].Diagram != nil {
		was := d[0].Diagram
		if was == nil {
			was = &bpmn.Diagram{}
		}
		layout := *d[1].Diagram
		layout.Shapes = keyed(m, "shapes", was.Shapes, d[1].Diagram.Shapes, d[2].Diagram.Shapes, func(s bpmn.Shape) string { return s.Element })
		layout.Edges = keyed(m, "edges", was.Edges, d[1].Diagram.Edges, d[2].Diagram.Edges, func(e bpmn.Waypoints) string { return e.Element })
		out.Diagram = &layout
	}
	if err := out.Processes[0].Validate(); err != nil && len(m.conflicts) == 0 {
		m.conflicts = append(m.conflicts, Conflict{File: name, Ours: "sound by itself", Theirs: "together with ours: " + err.Error()})
	}
	if len(m.conflicts) > 0 {
		return ours, m.conflicts, nil
	}
	var b bytes.Buffer
	if err := bpmn.Write(&b, &out); err != nil {
		return nil, nil, fmt.Errorf("writing %q: %w", name, err)
	}
	return b.Bytes(), nil, nil
}

func count(d *bpmn.Definitions) int {
	n := 0
	for _, p := range d.Processes {
		p.Walk(func(scope *bpmn.Process, _ *bpmn.Node) { n += len(scope.Nodes) })
	}
	return n
}

type diagramMerger struct {
	file      string
	conflicts []Conflict
}

func (m *diagramMerger) conflict(group, id string, base, ours, theirs any) {
	c := Conflict{File: m.file, Path: []string{group}}
	if id != "" {
		c.Path = append(c.Path, id)
	}
	for i, at := range []*string{&c.Base, &c.Ours, &c.Theirs} {
		v := []any{base, ours, theirs}[i]
		if v == nil || reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil() {
			continue
		}
		if text, err := json.Marshal(v); err == nil {
			*at = string(text)
		}
	}
	m.conflicts = append(m.conflicts, c)
}

// process merges a scope.
func (m *diagramMerger) process(base, ours, theirs *bpmn.Process) *bpmn.Process {
	out := *ours
	bare := func(p *bpmn.Process) bpmn.Process {
		b := *p
		b.Nodes, b.Flows = nil, nil
		return b
	}
	if x, y, z := bare(base), bare(ours), bare(theirs); !reflect.DeepEqual(y, z) {
		switch {
		case reflect.DeepEqual(x, y):
			out = z
		case !reflect.DeepEqual(x, z):
			m.conflict("process", ours.ID, x, y, z)
		}
	}
	subs := map[string]*bpmn.Process{}
	strip := func(list []*bpmn.Node) []bpmn.Node {
		var bare []bpmn.Node
		for _, n := range list {
			b := *n
			b.Sub = nil
			bare = append(bare, b)
		}
		return bare
	}
	for _, n := range ours.Nodes {
		subs[n.ID] = n.Sub
		other := theirs.Node(n.ID)
		if n.Sub == nil || other == nil || other.Sub == nil {
			continue
		}
		was := base.Node(n.ID)
		if was == nil || was.Sub == nil {
			was = &bpmn.Node{Sub: &bpmn.Process{}}
		}
		subs[n.ID] = m.process(was.Sub, n.Sub, other.Sub)
	}
	for _, n := range theirs.Nodes {
		if subs[n.ID] == nil {
			subs[n.ID] = n.Sub
		}
	}
	out.Nodes = nil
	for _, n := range keyed(m, "nodes", strip(base.Nodes), strip(ours.Nodes), strip(theirs.Nodes), func(n bpmn.Node) string { return n.ID }) {
		n.Sub = subs[n.ID]
		out.Nodes = append(out.Nodes, &n)
	}
	out.Flows = keyed(m, "flows", base.Flows, ours.Flows, theirs.Flows, func(f *bpmn.Flow) string { return f.ID })
	return &out
}

// keyed merges lists of parts by their identifiers.
func keyed[T any](m *diagramMerger, group string, base, ours, theirs []T, id func(T) string) []T {
	find := func(list []T, key string) any {
		if i := slices.IndexFunc(list, func(x T) bool { return id(x) == key }); i >= 0 {
			return list[i]
		}
		return nil
	}
	var out []T
	take := func(key string) {
		b, o, t := find(base, key), find(ours, key), find(theirs, key)
		chosen := o
		switch {
		case reflect.DeepEqual(o, t), reflect.DeepEqual(b, t):
		case reflect.DeepEqual(b, o):
			chosen = t
		default:
			m.conflict(group, key, b, o, t)
		}
		if x, ok := chosen.(T); ok {
			out = append(out, x)
		}
	}
	for _, x := range ours {
		take(id(x))
	}
	for _, x := range theirs {
		if key := id(x); find(ours, key) == nil {
			take(key)
		}
	}
	return out
}
