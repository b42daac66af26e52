package studio

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// drawing is a process on its way to the editor: the diagram, what its steps and flows
// are simulated with, and the words of the panel.
type drawing struct {
	XML       string                 `json:"xml"`
	Process   string                 `json:"process"`
	Name      string                 `json:"name"`
	Into      string                 `json:"into"`
	Base      string                 `json:"base"`
	Steps     map[string]whatif.Step `json:"steps"`
	Least     map[string]string      `json:"least"`   // by step: what law gives it at the least
	Samples   map[string]int         `json:"samples"` // by step: observations of an empirical law
	Bins      map[string][]int       `json:"bins"`    // by step: histogram of that sample
	Shares    map[string]float64     `json:"shares"`
	Rules     map[string]string      `json:"rules"`
	Hint      string                 `json:"hint"`     // how a rule is written
	Examples  []string               `json:"examples"` // rules on what is known of a case
	Labels    map[string]string      `json:"labels"`   // by node: its name in the reader's language
	Pools     []option               `json:"pools"`
	Calendars []option               `json:"calendars"`
	Post      string                 `json:"post"`
	Words     map[string]string      `json:"words"`
}

// editorWords are those of the panel, by key of terms without "editor.".
var editorWords = []string{"nothing", "time", "delay", "pools", "calendar", "law", "none", "mean", "sd", "min", "max", "mode", "value", "share", "shares", "rule", "otherwise", "by", "by-share", "by-rule", "rule-text", "insert", "go-to", "seconds", "minutes", "hours", "days",
	"saved", "faults", "save-failed", "conflict", "loading", "failed", "density", "least", "sample", "nobody", "sum", "always"}

type editPage struct {
	Drawing   drawing
	Processes []option
	Process   string
	Name      string
	Variant   bool
	By        string
	Other     string // the view of tokens, or the editor
}

func (p *pages) drawing(x *place, lang terms.Lang) (*drawing, *twin.Process, error) {
	i := slices.IndexFunc(x.bench.Model.Processes, func(q *twin.Process) bool { return q.ID == x.bench.Process })
	if i < 0 {
		return nil, nil, shell.ErrNoPage
	}
	q := x.bench.Model.Clone().Processes[i]
	named(q, lang)
	d := &bpmn.Definitions{ID: "definitions", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{q.Diagram}, Collaboration: q.Collaboration, Causes: q.Causes, Diagram: q.Layout}
	if d.Diagram == nil {
		if err := bpmn.Layout(d); err != nil {
			return nil, nil, err
		}
	}
	var b bytes.Buffer
	if err := bpmn.Write(&b, d); err != nil {
		return nil, nil, err
	}
	out := &drawing{XML: b.String(), Process: q.ID, Steps: map[string]whatif.Step{}, Least: map[string]string{}, Samples: map[string]int{}, Bins: map[string][]int{}, Shares: maps.Clone(q.Branches), Rules: map[string]string{},
		Labels: map[string]string{}, Words: map[string]string{}}
	for id, t := range q.Tasks {
		s := whatif.Step{Time: t.Time, Delay: t.Delay, Pools: t.Pools, Calendar: t.Calendar}
		if n := len(t.Time.Sample); n > 0 { // thousands of values stay here
			out.Samples[id], out.Bins[id] = n, counts(t.Time.Sample)
			s.Time.Mean = t.Time.Average()
		}
		s.Time.Sample, s.Delay.Sample = nil, nil
		out.Steps[id] = s
		if t.AtLeast != nil {
			out.Least[id] = lang.T("editor.least.text", lang.Seconds(t.AtLeast.Seconds), t.AtLeast.Citation.In(string(lang)))
		}
	}
	for id, r := range q.Rules {
		out.Rules[id] = twin.RuleText(r)
	}
	out.Hint, out.Examples = x.ruleHint(lang), ruleExamples(q)
	for id, t := range q.Labels {
		out.Labels[id] = t.In(string(lang))
	}
	for _, pool := range x.bench.Model.Pools {
		out.Pools = append(out.Pools, option{Value: pool.ID, Text: poolName(x.bench.Model, pool.ID, lang)})
	}
	for _, c := range x.bench.Model.Calendars {
		out.Calendars = append(out.Calendars, option{Value: c.ID, Text: c.Name.In(string(lang))})
	}
	for _, key := range editorWords {
		out.Words[key] = lang.T("editor." + key)
	}
	for _, one := range []string{"fixed", "exponential", "uniform", "normal", "lognormal", "gamma", "triangular", "empirical"} {
		out.Words["law."+one] = lang.T("law." + one)
	}
	return out, q, nil
}

// ruleExamples are rules on each value of the attributes of the cases of a process.
func ruleExamples(p *twin.Process) []string {
	var out []string
	for _, a := range p.Attributes {
		for _, value := range slices.Sorted(maps.Keys(a.Shares)) {
			out = append(out, twin.RuleText(twin.Rule{{{Attribute: a.ID, Is: []string{value}}}}))
		}
	}
	return out
}

// named gives the nodes and flows of a diagram the names of the reader's language; what
// is saved keeps the names that it had, see whatif.Edit.
func named(p *twin.Process, lang terms.Lang) {
	if name := p.Name.In(string(lang)); name != "" {
		p.Diagram.Name = name
	}
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			if t, ok := p.Labels[n.ID]; ok {
				n.Name = t.In(string(lang))
			}
		}
		for _, f := range scope.Flows {
			if t, ok := p.Labels[f.ID]; ok {
				f.Name = t.In(string(lang))
			}
		}
	})
}

// counts is a small histogram of a sample, up to its 95th percentile.
func counts(sorted []float64) []int {
	out := make([]int, 24)
	top := sorted[(len(sorted)-1)*95/100]
	if top <= 0 {
		return out
	}
	for _, v := range sorted {
		if i := int(v / top * 24); i < 24 {
			out[i]++
		}
	}
	return out
}

// edit shows the editor of one process of the model.
func (p *pages) edit(w http.ResponseWriter, r *http.Request, x *place) error {
	return p.drawn(w, r, x, "edit", "tokens", "studio.edit.title")
}

// tokens shows tokens that run through the diagram.
func (p *pages) tokens(w http.ResponseWriter, r *http.Request, x *place) error {
	return p.drawn(w, r, x, "tokens", "edit", "studio.tokens.title")
}

func (p *pages) drawn(w http.ResponseWriter, r *http.Request, x *place, page, other, title string) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	lang := p.site.Language(r)
	d, q, err := p.drawing(x, lang)
	if err != nil {
		return err
	}
	d.Post = x.href(r, processQuery(x), "edit")
	body := editPage{Drawing: *d, Process: q.ID, Processes: x.processOptions(lang), Other: x.href(r, processQuery(x), other)}
	body.Name = lang.T("studio.variant.name", x.title(lang))
	if v := x.bench.Variant; v != nil {
		body.Variant, body.Name, body.By = true, v.Name, v.By
		body.Drawing.Into, body.Drawing.Base = v.ID, string(x.bench.Revision)
	}
	return p.area.Show(w, r, page, x.page(r, lang, lang.T(title), body))
}

// mostDrawn bytes of an edited model are taken.
const mostDrawn = 8 << 20

// fault is what is wrong with an edited model, and where: the identifier of the node or
// flow that it names, "" for none.
type fault struct {
	Text string `json:"text"`
	At   string `json:"at"`
}

// quoted finds the identifiers in a sentence.
var quoted = regexp.MustCompile(`["«]([^"«»]+)["»]`)

// inFile is the place of a fault in a file of a model.
var inFile = regexp.MustCompile(`^processes/\S+:\d+:\d+: `)

// faultsOf splits an error into its sentences, and finds the place of each in a diagram.
func faultsOf(lang terms.Lang, err error, diagram string) []fault {
	var out []fault
	for _, text := range strings.Split(measure.FaultIn(string(lang), err), "\n") {
		f := fault{Text: inFile.ReplaceAllString(text, "")} // which file it would be in, the reader does not see
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if strings.Contains(diagram, `id="`+m[1]+`"`) {
				f.At = m[1] // the last is the nearest
			}
		}
		out = append(out, f)
	}
	return out
}

// saveEdit keeps an edited model and answers with its "location", or with all of its
// "faults", each with its place.
func (p *pages) saveEdit(w http.ResponseWriter, r *http.Request, x *place) error {
	reply := func(v any) error {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		return json.NewEncoder(w).Encode(v)
	}
	var e whatif.Edit
	refused := func(err error) error {
		return reply(map[string]any{"faults": faultsOf(p.site.Language(r), err, e.Diagram)})
	}
	if x.bench == nil {
		return refused(whatif.ErrNoModel)
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostDrawn)).Decode(&e); err != nil {
		return refused(err)
	}
	if x.bench.Variant == nil || e.Into != x.bench.Variant.ID {
		e.Into, e.Base = "", ""
	}
	id, err := p.room.SaveVariant(x.bench, &e, shell.Reader(r.Context()))
	var conflict *kept.ConflictError
	if errors.As(err, &conflict) {
		err = errors.New(p.site.Language(r).T("editor.conflict"))
	}
	if err != nil {
		return refused(err)
	}
	return reply(map[string]any{"location": shell.Href(r, nil, "studio", id)})
}
