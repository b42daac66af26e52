package twin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uprava/uprava/twin/yamlfile"
)

// Element is a thing of a twin that is not simulated: a post, a document, a goal.
type Element struct {
	Kind       Kind
	ID         string // of its kind
	Name       Text
	Text       Text              // what it is, in a sentence
	Properties map[string]string // those of its kind
	Figures    map[string]Figure // numbers, each with where it comes from
	Edges      []Edge            // by relation and target
}

// Ref names a thing of a twin.
type Ref struct {
	Kind Kind
	ID   string
}

// String returns the reference as files write it, "system:gis".
func (r Ref) String() string { return string(r.Kind) + ":" + r.ID }

// ParseRef reads what String writes.
func ParseRef(s string) (Ref, error) {
	kind, id, ok := strings.Cut(s, ":")
	if !ok || id == "" {
		return Ref{}, fmt.Errorf("found %q, wanted a kind and an identifier such as \"system:gis\"", s)
	}
	if !slices.Contains(Kinds(), Kind(kind)) {
		return Ref{}, fmt.Errorf("found the kind %q, wanted %s", kind, yamlfile.Wanted(kind, texts(Kinds())))
	}
	return Ref{Kind(kind), id}, nil
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// Edge says how a thing hangs together with another.
type Edge struct {
	Relation Relation
	To       Ref
}

// Figure is a number of an element with its unit, its 95 % interval where it has one,
// and where it comes from.
type Figure struct {
	Value      float64
	Unit       string // "day", "person", "rub"
	Low, High  *float64
	Provenance Provenance
}

// Ref returns the reference to the element.
func (e *Element) Ref() Ref { return Ref{e.Kind, e.ID} }

// To returns the targets of one relation.
func (e *Element) To(r Relation) []Ref { return targets(e.Edges, r) }

func targets(edges []Edge, r Relation) []Ref {
	var out []Ref
	for _, x := range edges {
		if x.Relation == r {
			out = append(out, x.To)
		}
	}
	return out
}

func (e *Element) clone() *Element {
	c := *e
	c.Properties, c.Figures, c.Edges = maps.Clone(e.Properties), maps.Clone(e.Figures), slices.Clone(e.Edges)
	for name, f := range c.Figures {
		f.Low, f.High = clonePointer(f.Low), clonePointer(f.High)
		c.Figures[name] = f
	}
	return &c
}

// relationKeys are the keys under which a file holds edges.
func relationKeys() []string { return texts(Relations) }

// edges reads the edges of a thing.
func edges(f yamlfile.Mapping) []Edge {
	var out []Edge
	for _, r := range Relations {
		v, ok := f.Get(string(r))
		if !ok {
			continue
		}
		for _, item := range v.ListOrText() {
			to, err := ParseRef(item.Text())
			if err != nil {
				item.Fault("%w", err)
			}
			out = append(out, Edge{r, to})
		}
	}
	sortEdges(out)
	return out
}

func sortEdges(edges []Edge) {
	slices.SortStableFunc(edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(slices.Index(Relations, a.Relation), slices.Index(Relations, b.Relation)), compareRefs(a.To, b.To))
	})
}

func compareRefs(a, b Ref) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) }

// edgeItems writes edges as the items of a file.
func edgeItems(edges []Edge) yamlfile.Map {
	sorted := slices.Clone(edges)
	sortEdges(sorted)
	var out yamlfile.Map
	for _, r := range Relations {
		var list yamlfile.List
		for _, to := range targets(sorted, r) {
			list = append(list, to.String())
		}
		if list != nil {
			out = append(out, yamlfile.Item{Key: string(r), Value: list})
		}
	}
	return out
}

// element reads a file of an element.
func (r *reader) element(root yamlfile.Value, form *form) {
	f := root.Mapping(append([]string{"id", "name", "text", "properties", "figures"}, relationKeys()...)...)
	e := &Element{Kind: form.kind, ID: needText(f, "id"), Name: words(f, "name"), Text: words(f, "text"), Edges: edges(f)}
	r.at(root, string(e.Kind), e.ID)
	if v, ok := f.Get("properties"); ok {
		e.Properties = map[string]string{}
		for _, x := range v.Entries() {
			e.Properties[x.Key] = x.Text()
		}
		r.at(v, string(e.Kind), e.ID, "properties")
	}
	if v, ok := f.Get("figures"); ok {
		e.Figures = map[string]Figure{}
		for _, x := range v.Entries() {
			g := x.Mapping("value", "unit", "low", "high", "from")
			figure := Figure{Unit: optText(g, "unit"), Low: optPointer(g, "low"), High: optPointer(g, "high"), Provenance: provenance(g)}
			if n, ok := g.Need("value"); ok {
				figure.Value = n.Number()
			}
			e.Figures[x.Key] = figure
			r.at(x.Value, string(e.Kind), e.ID, "figures", x.Key)
		}
	}
	for _, key := range relationKeys() {
		if v, ok := f.Get(key); ok {
			r.at(v, string(e.Kind), e.ID, key)
		}
	}
	r.m.Elements = append(r.m.Elements, e)
}

func optPointer(f yamlfile.Mapping, key string) *float64 {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	x := v.Number()
	return &x
}

func elementMap(e *Element) yamlfile.Map {
	out := yamlfile.Map{{Key: "id", Value: e.ID}, {Key: "name", Value: textMap(e.Name)}, {Key: "text", Value: textMap(e.Text)}}
	var properties, figures yamlfile.Map
	for _, key := range slices.Sorted(maps.Keys(e.Properties)) {
		properties = append(properties, yamlfile.Item{Key: key, Value: e.Properties[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(e.Figures)) {
		f := e.Figures[key]
		row := yamlfile.Map{{Key: "value", Value: f.Value}, {Key: "unit", Value: text(f.Unit)}}
		if f.Low != nil {
			row = append(row, yamlfile.Item{Key: "low", Value: *f.Low})
		}
		if f.High != nil {
			row = append(row, yamlfile.Item{Key: "high", Value: *f.High})
		}
		figures = append(figures, yamlfile.Item{Key: key, Value: append(row, from(f.Provenance))})
	}
	out = append(out, yamlfile.Item{Key: "properties", Value: orNothing(properties)}, yamlfile.Item{Key: "figures", Value: orNothing(figures)})
	return append(out, edgeItems(e.Edges)...)
}

// elements checks the elements and the edges of all things.
func (v *validator) elements() {
	g := v.m.Graph()
	seen := map[Ref]bool{}
	for _, e := range v.m.Elements {
		at := func(names ...string) string { return pathOf(append([]string{string(e.Kind), e.ID}, names...)...) }
		f := formOf(e.Kind)
		if f == nil {
			v.fault("twin", "element %q: found the kind %q, wanted %s", e.ID, e.Kind, yamlfile.Wanted(string(e.Kind), texts(Kinds())))
			continue
		}
		switch {
		case e.ID == "":
			v.fault(at(), "%s without an identifier", e.Kind)
		case seen[e.Ref()]:
			v.fault(at(), "%s %q: there are two of this identifier", e.Kind, e.ID)
		}
		seen[e.Ref()] = true
		if e.Name.RU == "" || e.Name.EN == "" {
			v.fault(at(), "%s %q: it needs a name in Russian and in English", e.Kind, e.ID)
		}
		for _, key := range slices.Sorted(maps.Keys(e.Properties)) {
			values, known := f.properties[key]
			switch {
			case !known:
				v.fault(at("properties"), "%s %q: found the property %q, wanted %s", e.Kind, e.ID, key, yamlfile.Wanted(key, slices.Sorted(maps.Keys(f.properties))))
			case values != nil && !slices.Contains(values, e.Properties[key]):
				v.fault(at("properties"), "%s %q: property %q: found %q, wanted %s", e.Kind, e.ID, key, e.Properties[key], yamlfile.Wanted(e.Properties[key], values))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(e.Figures)) {
			x := e.Figures[key]
			if x.Provenance.Kind == "" {
				v.fault(at("figures", key), "%s %q: figure %q does not say where it comes from", e.Kind, e.ID, key)
			}
			if x.Low != nil && *x.Low > x.Value || x.High != nil && *x.High < x.Value {
				v.fault(at("figures", key), "%s %q: figure %q lies outside its interval", e.Kind, e.ID, key)
			}
		}
		if e.Kind == Measure {
			v.measure(e, at)
		}
		v.edges(g, e.Ref(), e.Edges, at)
	}
	for _, u := range v.m.Units {
		v.edges(g, Ref{UnitKind, u.ID}, u.Edges, func(names ...string) string { return pathOf(append([]string{"unit", u.ID}, names...)...) })
	}
	for _, p := range v.m.Processes {
		v.edges(g, Ref{ProcessKind, p.ID}, p.Edges, func(names ...string) string { return pathOf(append([]string{"process", p.ID}, names...)...) })
	}
	for _, r := range []Relation{BelongsTo, DependsOn, Supports} {
		if cycle := g.cycle(r); cycle != nil {
			names := make([]string, len(cycle))
			for i, x := range cycle {
				names[i] = x.String()
			}
			v.fault(pathOf(string(cycle[0].Kind), cycle[0].ID), "%s %s goes round in a circle: %s", cycle[0], r, strings.Join(names, " → "))
		}
	}
}

func (v *validator) edges(g *Graph, from Ref, list []Edge, at func(...string) string) {
	for i, e := range list {
		switch {
		case !allowed(from.Kind, e.Relation, e.To.Kind):
			v.fault(at(string(e.Relation)), "%s: %s %s: the edge \"%s\" does not lead from a %s to a %s", from, e.Relation, e.To, e.Relation, from.Kind, e.To.Kind)
		case !g.Has(e.To):
			v.fault(at(string(e.Relation)), "%s: %s %s, which is not in the twin", from, e.Relation, e.To)
		case slices.Contains(list[:i], e):
			v.fault(at(string(e.Relation)), "%s: %s %s is said twice", from, e.Relation, e.To)
		}
	}
}
