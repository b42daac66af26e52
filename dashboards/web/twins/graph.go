package twins

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// mostShown bounds the things in a picture of the graph, mostListed those in its table.
const mostShown, mostListed = 60, 400

// mostSteps bounds the neighbourhood.
const mostSteps = 4

// graphNode is a thing on its way to the script that draws the graph.
type graphNode struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Href   string `json:"href"`            // the graph around it
	Felt   int    `json:"felt,omitempty"`  // edges from what is lost; 0 for untouched
	Focus  bool   `json:"focus,omitempty"` // it is what was asked for
	Sector string `json:"sector"`          // class of its kind
}

type graphEdge struct {
	S     int    `json:"s"`
	T     int    `json:"t"`
	Words string `json:"words"`
	Felt  bool   `json:"felt,omitempty"`
}

type graphData struct {
	Nodes []graphNode       `json:"nodes"`
	Edges []graphEdge       `json:"edges"`
	Words map[string]string `json:"words"`
}

// nearRow is a line of the table beside the picture.
type nearRow struct {
	shell.Link
	Kind, Felt, Way string
	Distance        int
	Graph           string
}

type graphPage struct {
	*looked
	Of           string
	Focus        *shell.Link
	FocusKind    string
	Loss         bool
	Steps        []choice
	Data         graphData
	Rows         []nearRow
	Cut, ListCut string // sentences on what is not shown
	Effects      string // what feels the loss, in a sentence
	Hours        string
	Choices      []shell.Link // things to begin with
	Found        []shell.Link // answers to a search
	Question     string
}

// graph shows a thing with what is around it and what feels its loss.
func (p *pages) graph(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "graph")
	if err != nil {
		return err
	}
	body := &graphPage{looked: k, Of: k.asked("of"), Loss: k.asked("show") == "loss", Question: k.asked("q")}
	title := k.Lang.T("twins.graph.title")
	if body.Question != "" {
		body.find()
	}
	if body.Of == "" {
		body.begin()
		return p.show(w, k, "graph", title, body)
	}
	focus, err := k.refIn(body.Of)
	if err != nil {
		return err
	}
	link := k.link(focus)
	body.Focus, body.FocusKind = &link, focus.Kind.Name().In(string(k.Lang))
	steps, err := strconv.Atoi(k.asked("steps"))
	if err != nil || steps < 1 || steps > mostSteps {
		steps = 1
	}
	for n := 1; n <= mostSteps; n++ {
		body.Steps = append(body.Steps, choice{strconv.Itoa(n), strconv.Itoa(n), n == steps})
	}
	body.draw(focus, steps)
	return p.show(w, k, "graph", title+": "+link.Text, body)
}

// begin offers things to begin with: processes, systems and units by their edges.
func (b *graphPage) begin() {
	var refs []twin.Ref
	for _, r := range b.Graph.Nodes() {
		if r.Kind == twin.ProcessKind || r.Kind == twin.System || r.Kind == twin.PoolKind {
			refs = append(refs, r)
		}
	}
	degree := func(r twin.Ref) int { return len(b.Graph.Out(r)) + len(b.Graph.In(r)) }
	slices.SortStableFunc(refs, func(x, y twin.Ref) int { return cmp.Compare(degree(y), degree(x)) })
	for _, r := range refs[:min(24, len(refs))] {
		b.Choices = append(b.Choices, b.around(r))
	}
}

// around leads to the graph around a thing.
func (b *graphPage) around(r twin.Ref) shell.Link {
	return shell.Link{Text: b.Name(r).In(string(b.Lang)), Href: b.graphHref(r)}
}

func (b *graphPage) graphHref(r twin.Ref) string {
	q := values("of", r.String())
	for _, key := range []string{"steps", "show"} {
		if v := b.asked(key); v != "" {
			q.Set(key, v)
		}
	}
	return shell.Href(b.r, q, "twins", b.ID, "graph")
}

// find looks for things by name.
func (b *graphPage) find() {
	for _, r := range b.Graph.Nodes() {
		if r.Kind != twin.Person && len(b.Found) < perPage && found(b.Question, b.Name(r).RU, b.Name(r).EN, r.String()) {
			link := b.around(r)
			link.Text = r.Kind.Name().In(string(b.Lang)) + ": " + link.Text
			b.Found = append(b.Found, link)
		}
	}
}

// draw fills the picture and the table.
func (b *graphPage) draw(focus twin.Ref, steps int) {
	effects := b.Graph.Impact(focus)
	felt := map[twin.Ref]twin.Effect{}
	for _, e := range effects {
		felt[e.On] = e
	}
	b.Effects, b.Hours = b.effects(effects)
	var near []twin.Neighbour
	if b.Loss {
		near = append(near, twin.Neighbour{On: focus})
		for _, e := range effects {
			if e.On.Kind != twin.Person {
				near = append(near, twin.Neighbour{On: e.On, Distance: e.Distance})
			}
		}
	} else {
		near = b.Graph.Near(focus, steps, func(r twin.Ref) bool {
			return r.Kind == twin.Person && focus.Kind != twin.Person && focus.Kind != twin.Post
		})
	}
	l := b.Lang
	at := map[twin.Ref]int{}
	for i, n := range near {
		e, isFelt := felt[n.On]
		if i < mostShown {
			at[n.On] = len(b.Data.Nodes)
			node := graphNode{Name: b.Name(n.On).In(string(l)), Kind: n.On.Kind.Name().In(string(l)), Href: b.graphHref(n.On), Felt: e.Distance, Focus: n.On == focus, Sector: sector(n.On.Kind)}
			b.Data.Nodes = append(b.Data.Nodes, node)
		}
		if i == 0 || i > mostListed {
			continue
		}
		row := nearRow{Link: b.link(n.On), Kind: n.On.Kind.Name().In(string(l)), Distance: n.Distance, Graph: b.graphHref(n.On), Felt: l.T("twins.graph.untouched")}
		if isFelt {
			row.Felt, row.Way = l.T("twins.graph.felt", l.Int(int64(e.Distance))), b.way(e)
		}
		b.Rows = append(b.Rows, row)
	}
	if len(near) > mostShown {
		b.Cut = l.T("twins.graph.cut", l.Int(mostShown), l.Int(int64(len(near))))
	}
	if len(near) > mostListed+1 {
		b.ListCut = l.T("twins.graph.list-cut", l.Int(mostListed), l.Int(int64(len(near)-1)))
	}
	b.edges(near[:min(mostShown, len(near))], at, felt)
	b.Data.Words = map[string]string{"failed": l.T("twins.graph.failed"), "felt": l.T("twins.graph.felt-by"), "focus": l.T("twins.graph.focus")}
}

// edges draws the edges between the things shown.
func (b *graphPage) edges(near []twin.Neighbour, at map[twin.Ref]int, felt map[twin.Ref]twin.Effect) {
	b.Data.Edges = []graphEdge{}
	carried := map[[2]twin.Ref]bool{} // by which effects come
	for _, n := range near {
		if e, ok := felt[n.On]; ok {
			before := near[0].On
			if len(e.Path) > 1 {
				before = e.Path[len(e.Path)-2].To
			}
			carried[[2]twin.Ref{before, n.On}], carried[[2]twin.Ref{n.On, before}] = true, true
		}
	}
	for _, n := range near {
		for _, e := range b.Graph.Out(n.On) {
			if t, ok := at[e.To]; ok {
				b.Data.Edges = append(b.Data.Edges, graphEdge{at[n.On], t, b.Lang.T("relation." + string(e.Relation)), carried[[2]twin.Ref{n.On, e.To}]})
			}
		}
	}
}

// way says by which edges an effect comes.
func (b *graphPage) way(e twin.Effect) string {
	var s strings.Builder
	for i, step := range e.Path {
		if i > 0 {
			s.WriteString("; ")
		}
		words := "relation."
		if step.Back {
			words = "twins.in."
		}
		s.WriteString(b.Lang.T(words+string(step.Relation)) + " «" + b.Name(step.To).In(string(b.Lang)) + "»")
	}
	return s.String()
}

// effects says how much feels a loss, and how many hours of work a year stand on it.
func (b *graphPage) effects(effects []twin.Effect) (sentence, hours string) {
	l := b.Lang
	if len(effects) == 0 {
		return l.T("twin.no-impact"), ""
	}
	n := map[twin.Kind]int{}
	work := 0.0
	for _, e := range effects {
		n[e.On.Kind]++
		if x := b.Element(e.On); x != nil && e.On.Kind == twin.Procedure {
			work += x.Figures["executions-a-year"].Value * x.Figures["effort"].Value
		}
	}
	var list []string
	for _, kind := range twin.Kinds() {
		if n[kind] > 0 {
			list = append(list, kindsWithin(l, kind)+" — "+l.Int(int64(n[kind])))
		}
	}
	if work > 0 {
		hours = l.T("twins.graph.hours", l.Float(work, 0))
	}
	return l.T("twins.graph.effects", l.Int(int64(len(effects))), strings.Join(list, ", ")), hours
}

// sector is the class of a kind in the picture: who works, what work, with what, why.
func sector(k twin.Kind) string {
	switch k {
	case twin.UnitKind, twin.PoolKind, twin.Post, twin.Role, twin.Person, twin.Party:
		return "who"
	case twin.ProcessKind, twin.Procedure, twin.Service, twin.Measure, twin.ReferenceProcess:
		return "work"
	case twin.System, twin.Interface, twin.Document:
		return "with"
	}
	return "why"
}

// exported sends the whole graph for other programs.
func (p *pages) exported(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "")
	if err != nil {
		return err
	}
	format := r.PathValue("format")
	types := map[string]string{"json": "application/json", "graphml": "application/xml", "dot": "text/vnd.graphviz; charset=utf-8"}
	if types[format] == "" {
		return shell.ErrNoPage
	}
	w.Header().Set("Content-Type", types[format])
	w.Header().Set("Content-Disposition", attachment(k.ID+"."+format))
	return k.Graph.Export(w, format, string(k.Lang))
}
