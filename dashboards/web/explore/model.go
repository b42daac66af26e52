package explore

import (
	"math"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/conformance"
)

// mostDrawn bounds the activities of which a diagram is drawn.
const mostDrawn = 100

// diagramData is a diagram on its way to the script that shows it.
type diagramData struct {
	XML   string                 `json:"xml"`
	Nodes map[string]diagramNode `json:"nodes"`
	Words map[string]string      `json:"words"`
}

// diagramNode is what is drawn over a node and said when it is chosen.
type diagramNode struct {
	Class string `json:"class"` // busy0…4, dev0…4, unseen
	Badge string `json:"badge"`
	Text  string `json:"text"`
	Href  string `json:"href"`
}

type choice struct{ Value, Text string }

type modelPage struct {
	Choices    []choice
	Choice     string
	Diagram    *diagramData
	Refused    string
	Unchecked  string // why the diagram could not be held against the log
	Source     string
	Fitness    float64
	Precision  float64
	N          int64
	Fitting    string
	Unseen     []string
	Listed     []string
	Rows       []modelRow
	Warnings   []string
	BPMN, Full string // addresses
}

type modelRow struct {
	Name   string
	Events int64
	Cases  string
}

// choices are the models that a page can show.
func (c *looked) choices() []choice {
	var out []choice
	if k := c.known.Process; k != nil && k.Diagram != nil && len(k.Diagram.Nodes) > 0 {
		out = append(out, choice{desk.TwinModel, c.lang.T("model.twin")})
	}
	for _, a := range desk.MinersOfDiagrams() {
		text := a.EN
		if c.lang == "ru" {
			text = a.RU
		}
		out = append(out, choice{a.Name, text})
	}
	return out
}

// source is the model that the address chooses, or the one that is shown without a choice.
func (c *looked) source() string {
	if s := c.get("model"); s != "" {
		return s
	}
	if first := c.choices()[0].Value; first == desk.TwinModel {
		return first
	}
	return desk.DefaultMiner
}

// modelOf finds the model that the address chooses, or says why none can be shown.
func (p *pages) modelOf(c *looked, method conformance.Method) (m *desk.ShownModel, refused string, err error) {
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, "", err
	}
	source := c.source()
	if n := v.Log.Activities().Len(); n > mostDrawn && source != desk.TwinModel {
		return nil, c.lang.T("model.too-many", c.lang.Int(int64(n)), c.lang.Int(mostDrawn)), nil
	}
	if v.Log.Events() == 0 {
		return nil, c.lang.T("model.empty"), nil
	}
	m, err = p.desk.Model(c.r.Context(), c.log, c.look, source, method)
	return m, "", err
}

func (p *pages) model(c *looked) (any, error) {
	page := &modelPage{Choices: c.choices(), Choice: c.source()}
	m, refused, err := p.modelOf(c, conformance.TokenReplay)
	if err != nil {
		return nil, err
	}
	if page.Refused = refused; m == nil {
		return page, nil
	}
	page.fill(c, m)
	nodes := map[string]diagramNode{}
	most := int64(1)
	counts := map[string]int64{}
	if m.Check != nil {
		for _, a := range m.Check.Overlay.Activities {
			counts[a.Activity] = a.Events
			most = max(most, a.Events)
		}
	}
	for id, name := range m.Names {
		n := counts[name]
		text := c.lang.T("model.say.activity", c.label(name), c.lang.Count("times", n))
		nodes[id] = diagramNode{Class: "busy" + level(float64(n)/float64(most)), Badge: c.lang.Int(n), Text: text, Href: c.where(call("has", name))}
	}
	page.Diagram, err = draw(c, m, nodes)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range counts {
			if !yield(n) {
				return
			}
		}
	}) {
		page.Rows = append(page.Rows, modelRow{Name: c.label(name), Events: counts[name], Cases: c.where(call("has", name))})
	}
	return page, err
}

// fill tells how well the model and the log agree.
func (page *modelPage) fill(c *looked, m *desk.ShownModel) {
	page.Choice = m.Source
	page.BPMN = c.href("map/model.bpmn", "model", m.Source)
	page.Full = c.href("conformance", "model", m.Source)
	page.Fitness, page.Precision = math.NaN(), math.NaN()
	if m.Check == nil {
		page.Unchecked = c.lang.T("model.unchecked")
		if texts := c.doubts(m.Doubts); len(texts) > 0 {
			page.Unchecked += " " + texts[len(texts)-1] + "."
		}
	} else {
		page.Fitness, page.Precision, page.N = float64(m.Check.LogFitness), float64(m.Check.Precision), m.Check.Traces
		if f := m.Check.FittingTraces; f != nil {
			page.Fitting = c.lang.T("model.fitting", c.lang.Int(*f), c.lang.Count("of-case", m.Check.Traces))
		}
	}
	for _, name := range m.Unseen {
		page.Unseen = append(page.Unseen, c.label(name))
	}
	for _, a := range m.Listed {
		if c.lang == "ru" {
			page.Listed = append(page.Listed, a.RU)
		} else {
			page.Listed = append(page.Listed, a.EN)
		}
	}
	page.Warnings = c.doubts(m.Doubts)
}

// draw writes the diagram for the script, its names in the reader's language.
func draw(c *looked, m *desk.ShownModel, nodes map[string]diagramNode) (*diagramData, error) {
	var b strings.Builder
	if err := bpmn.Write(&b, translated(c, m)); err != nil {
		return nil, err
	}
	return &diagramData{XML: b.String(), Nodes: nodes, Words: words(c, "model.")}, nil
}

// translated is the diagram with names in the reader's language; the model is shared
// and stays as it is.
func translated(c *looked, m *desk.ShownModel) *bpmn.Definitions {
	d := *m.Diagram
	d.Processes = nil
	for _, p := range m.Diagram.Processes {
		d.Processes = append(d.Processes, renamed(c, p))
	}
	return &d
}

func renamed(c *looked, p *bpmn.Process) *bpmn.Process {
	q := *p
	if c.known.Process != nil {
		if p.Name != "" { // the contents of a sub-process have none
			q.Name = c.known.Title.In(string(c.lang))
		}
		q.Flows = make([]*bpmn.Flow, len(p.Flows))
		for i, f := range p.Flows {
			g := *f
			if label := c.known.Process.Labels[f.ID].In(string(c.lang)); label != "" && f.Name != "" {
				g.Name = label
			}
			q.Flows[i] = &g
		}
	}
	q.Nodes = make([]*bpmn.Node, len(p.Nodes))
	for i, n := range p.Nodes {
		m := *n
		switch label := c.known.Labels[n.Name]; {
		case label.In(string(c.lang)) != "":
			m.Name = label.In(string(c.lang))
		case c.known.Process != nil && c.known.Process.Labels[n.ID].In(string(c.lang)) != "" && n.Name != "":
			m.Name = c.known.Process.Labels[n.ID].In(string(c.lang))
		}
		if n.Sub != nil {
			m.Sub = renamed(c, n.Sub)
		}
		q.Nodes[i] = &m
	}
	return &q
}

// level is one of five classes of a share, by its root, so that small ones differ too.
func level(share float64) string {
	return string(rune('0' + max(0, min(4, int(5*math.Sqrt(share))))))
}
