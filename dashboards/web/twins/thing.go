package twins

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// property of a thing in words.
type property struct {
	Name, Value string
	Links       []shell.Link
}

// edgeGroup is what a thing is related to in one way, in words.
type edgeGroup struct {
	Words       string // "uses", "used by"
	Kind        string
	First, Rest []shell.Link
	N           int
}

// shownEdges is how many things of a group stand open.
const shownEdges = 12

type thingPage struct {
	*looked
	Ref        twin.Ref
	KindWord   shell.Link
	Title      string
	Text       string
	Properties []property
	Figures    []figure
	Out, In    []edgeGroup
	File       string
	Read       bool // the file was read, not only named
	Actions    []shell.Link
	Process    *processPart
}

// thing shows one thing with all that hangs together with it.
func (p *pages) thing(w http.ResponseWriter, r *http.Request) error {
	ref := twin.Ref{Kind: twin.Kind(r.PathValue("kind")), ID: r.PathValue("id")}
	k, err := p.open(r, string(ref.Kind))
	if err != nil {
		return err
	}
	if err := k.known(ref); err != nil {
		return err
	}
	l := k.Lang
	body := &thingPage{looked: k, Ref: ref, Title: k.Name(ref).In(string(l)), KindWord: shell.Link{Text: ref.Kind.Name().In(string(l)), Href: k.href(string(ref.Kind))}}
	place, read := k.Model.File(ref)
	body.File, body.Read = place.String(), read
	body.Out, body.In = k.groups(k.Graph.Out(ref), "relation."), k.groups(k.Graph.In(ref), "twins.in.")
	body.Actions = append(body.Actions, shell.Link{Text: l.T("twins.graph.show"), Href: shell.Href(r, values("of", ref.String()), "twins", k.ID, "graph")},
		shell.Link{Text: l.T("twins.graph.loss"), Href: shell.Href(r, values("of", ref.String(), "show", "loss"), "twins", k.ID, "graph")})
	if e := k.Element(ref); e != nil {
		body.element(e)
	}
	switch ref.Kind {
	case twin.UnitKind:
		body.unit()
	case twin.PoolKind:
		body.pool()
	case twin.ProcessKind:
		logs, err := p.desk.ProcessLogs(r.Context(), k.Twin)
		if err != nil {
			return err
		}
		body.process(logs[ref.ID])
	}
	return p.show(w, k, "thing", body.Title, body, shell.Link{Text: kindsName(l, ref.Kind), Href: k.href(string(ref.Kind))})
}

// groups puts edges in words, prefix being that of the terms of relations.
func (k *looked) groups(edges []twin.Edge, prefix string) []edgeGroup {
	type key struct {
		relation twin.Relation
		kind     twin.Kind
	}
	by := map[key][]twin.Ref{}
	var order []key
	for _, e := range edges {
		at := key{e.Relation, e.To.Kind}
		if by[at] == nil {
			order = append(order, at)
		}
		by[at] = append(by[at], e.To)
	}
	var out []edgeGroup
	for _, at := range order {
		links := k.links(by[at])
		g := edgeGroup{Words: k.Lang.T(prefix + string(at.relation)), Kind: kindsWithin(k.Lang, at.kind), N: len(links), First: links}
		if len(links) > shownEdges+3 {
			g.First, g.Rest = links[:shownEdges], links[shownEdges:]
		}
		out = append(out, g)
	}
	return out
}

// translated are the properties whose values are words of the program.
var translated = []string{"level", "better", "period", "probability", "impact", "state", "form", "statistic", "figure"}

func (b *thingPage) element(e *twin.Element) {
	l := b.Lang
	b.Text = e.Text.In(string(l))
	for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
		value := e.Properties[name]
		x := property{Name: l.T("twins.property." + name), Value: value}
		switch {
		case slices.Contains(translated, name):
			x.Value = l.Known("twins.value."+name+"."+strings.ReplaceAll(value, " ", "-"), value)
		case name == "unit":
			x.Value = l.Known("twins.unit."+value, value)
		case name == "of":
			if ref := (twin.Ref{Kind: twin.ProcessKind, ID: value}); b.Graph.Has(ref) {
				x.Value, x.Links = "", []shell.Link{b.link(ref)}
			}
		}
		b.Properties = append(b.Properties, x)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Figures)) {
		b.Figures = append(b.Figures, figureOf(l, l.Known("twins.figure."+name, name), e.Figures[name]))
	}
}

func (b *thingPage) unit() {
	l := b.Lang
	for _, u := range b.Model.Units {
		if u.ID != b.Ref.ID {
			continue
		}
		row := b.unitRow(u, 0)
		if len(row.Heads) > 0 {
			b.Properties = append(b.Properties, property{Name: l.T("twins.units.head"), Links: row.Heads})
		}
		for _, x := range []struct {
			key string
			n   int
		}{{"twins.units.posts", row.Posts}, {"twins.units.people", row.People}, {"twins.units.in-pools", row.InPools}, {"twins.units.processes", row.Processes}, {"twins.units.procedures", row.All}} {
			b.Properties = append(b.Properties, property{Name: l.T(x.key), Value: l.Int(int64(x.n))})
		}
	}
	b.Actions = append(b.Actions, shell.Link{Text: l.T("twins.merge.title"), Href: shell.Href(b.r, values("from", b.Ref.ID), "twins", b.ID, "merge")},
		shell.Link{Text: l.T("twins.units.its-procedures"), Href: shell.Href(b.r, values("unit", b.Ref.ID), "twins", b.ID, string(twin.Procedure))})
}

func (b *thingPage) pool() {
	l := b.Lang
	for i := range b.Model.Pools {
		p := &b.Model.Pools[i]
		if p.ID != b.Ref.ID {
			continue
		}
		people := figure{Name: l.T("twins.pool.people"), Value: l.Int(int64(size(p))), From: origin(l, p.Provenance)}
		b.Figures = append(b.Figures, people)
		if p.CostPerHour > 0 {
			b.Figures = append(b.Figures, figure{Name: l.T("twins.pool.cost"), Value: amount(l, p.CostPerHour, "rub"), From: people.From})
		}
		for _, c := range b.Model.Calendars {
			if c.ID == p.Calendar {
				b.Properties = append(b.Properties, property{Name: l.T("twins.pool.calendar"), Value: c.Name.In(string(l))})
			}
		}
		queue := p.Queue
		if queue == "" {
			queue = twin.FIFO
		}
		b.Properties = append(b.Properties, property{Name: l.T("twins.pool.queue"), Value: l.T("twins.queue." + string(queue))})
	}
}
