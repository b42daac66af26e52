package bpsim

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

const namespace = "http://www.bpsim.org/schemas/2.0"

// Write writes one process of a twin, with the pools that it needs, as a BPMN file with
// a scenario of BPSim 2.0. The warnings list what of the twin could not be written.
func Write(w io.Writer, m *twin.Model, process string) ([]error, error) {
	i := slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == process })
	if i < 0 {
		return nil, fmt.Errorf("writing BPSim: the model has no process %q", process)
	}
	wr := &writer{m: m, p: m.Processes[i], ids: map[string]string{}}
	d := &bpmn.Definitions{ID: "definitions", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{wr.p.Diagram}, Causes: wr.p.Causes, Diagram: wr.p.Layout}
	var text bytes.Buffer
	if err := bpmn.Write(&text, d); err != nil {
		return nil, fmt.Errorf("writing the diagram: %w", err)
	}
	wr.scenario()
	wr.losses()
	// The parameters stand before the end of the definitions.
	end := bytes.LastIndex(text.Bytes(), []byte("</bpmn:definitions>"))
	if end < 0 {
		return nil, fmt.Errorf("writing BPSim: the diagram does not end as expected")
	}
	out := slices.Concat(text.Bytes()[:end], wr.b.Bytes(), text.Bytes()[end:])
	if _, err := w.Write(out); err != nil {
		return nil, fmt.Errorf("writing BPSim: %w", err)
	}
	return wr.warnings, nil
}

// place names what a warning is about.
func place(ru, en, id string) twin.Text {
	return twin.Text{RU: fmt.Sprintf("%s %q", ru, id), EN: fmt.Sprintf("%s %q", en, id)}
}

type writer struct {
	m        *twin.Model
	p        *twin.Process
	b        bytes.Buffer
	ids      map[string]string // of resources, by pool
	warnings []error
}

func (w *writer) warn(en, ru string, args ...any) {
	d := measure.Doubtf(en, ru, args...)
	if !slices.ContainsFunc(w.warnings, func(said error) bool { return said.Error() == d.EN }) {
		w.warnings = append(w.warnings, d)
	}
}

func (w *writer) line(indent int, format string, args ...any) {
	fmt.Fprintf(&w.b, strings.Repeat("  ", indent)+format+"\n", args...)
}

// text makes a text safe for an attribute.
func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func (w *writer) scenario() {
	w.pools()
	w.line(1, `<bpmn:relationship type="BPSimData">`)
	w.line(2, `<bpmn:extensionElements>`)
	w.line(3, `<bpsim:BPSimData xmlns:bpsim=%q simulationLevel="LevelOne">`, namespace)
	w.line(4, `<bpsim:Scenario id="scenario" name="as-is">`)
	w.line(5, `<bpsim:ScenarioParameters baseTimeUnit="s">`)
	w.line(6, `<bpsim:Start><bpsim:DateTimeParameter value=%q/></bpsim:Start>`, w.m.Start.UTC().Format(time.RFC3339))
	if w.m.Days > 0 {
		w.line(6, `<bpsim:Duration><bpsim:DurationParameter value="P%dD"/></bpsim:Duration>`, w.m.Days)
	}
	w.line(5, `</bpsim:ScenarioParameters>`)
	for i := range w.m.Pools {
		p := &w.m.Pools[i]
		id, ok := w.ids[p.ID]
		if !ok {
			continue
		}
		w.line(5, `<bpsim:ElementParameters elementRef=%q>`, id)
		w.line(6, `<bpsim:ResourceParameters><bpsim:Quantity><bpsim:NumericParameter value="%d"/></bpsim:Quantity></bpsim:ResourceParameters>`, max(p.Size, len(p.Members)))
		if p.CostPerHour > 0 {
			w.line(6, `<bpsim:CostParameters><bpsim:UnitCost><bpsim:FloatingParameter value="%s"/></bpsim:UnitCost></bpsim:CostParameters>`, number(p.CostPerHour/3600))
		}
		w.line(5, `</bpsim:ElementParameters>`)
	}
	w.p.Diagram.Walk(func(scope *bpmn.Process, in *bpmn.Node) {
		for _, n := range scope.Nodes {
			w.node(n, in == nil)
		}
		for _, f := range scope.Flows {
			if share, ok := w.p.Branches[f.ID]; ok {
				w.line(5, `<bpsim:ElementParameters elementRef=%q><bpsim:ControlParameters><bpsim:Probability><bpsim:FloatingParameter value="%s"/></bpsim:Probability></bpsim:ControlParameters></bpsim:ElementParameters>`, text(f.ID), number(share))
			}
		}
	})
	w.line(4, `</bpsim:Scenario>`)
	w.line(3, `</bpsim:BPSimData>`)
	w.line(2, `</bpmn:extensionElements>`)
	w.line(2, `<bpmn:source>definitions</bpmn:source>`)
	w.line(2, `<bpmn:target>definitions</bpmn:target>`)
	w.line(1, `</bpmn:relationship>`)
}

// pools writes the resources of BPMN that the process needs.
func (w *writer) pools() {
	for i := range w.m.Pools {
		p := &w.m.Pools[i]
		if !slices.ContainsFunc(slices.Collect(maps.Values(w.p.Tasks)), func(t twin.Task) bool { return slices.Contains(t.Pools, p.ID) }) {
			continue
		}
		id := fmt.Sprintf("Resource_%d", len(w.ids)+1)
		w.ids[p.ID] = id
		w.line(1, `<bpmn:resource id=%q name="%s"/>`, id, text(p.ID))
		if p.Calendar != "" || len(p.Members) > 0 || p.Queue != "" && p.Queue != twin.FIFO || p.Preempt || p.AtOnce != 0 || p.OffShift != "" {
			w.warn("pool %q: hours, members, order of work and ways of working are not written",
				"группа исполнителей %q: часы, люди, порядок и способы работы не записаны", p.ID)
		}
	}
}

func (w *writer) node(n *bpmn.Node, outermost bool) {
	if n.Kind == bpmn.StartEvent && outermost && w.p.Arrivals.Between.Law != "" {
		w.line(5, `<bpsim:ElementParameters elementRef=%q><bpsim:ControlParameters><bpsim:InterTriggerTimer>%s</bpsim:InterTriggerTimer></bpsim:ControlParameters></bpsim:ElementParameters>`, text(n.ID), w.law(w.p.Arrivals.Between, twin.Text{RU: "поступление дел", EN: "arrivals"}))
		return
	}
	t, ok := w.p.Tasks[n.ID]
	if !ok {
		return
	}
	w.line(5, `<bpsim:ElementParameters elementRef=%q>`, text(n.ID))
	of := place("задача", "task", n.ID)
	if t.Time.Law != "" || t.Delay.Law != "" {
		times := ""
		if t.Delay.Law != "" {
			times += "<bpsim:WaitTime>" + w.law(t.Delay, twin.Text{RU: of.RU + ": задержка", EN: of.EN + ": delay"}) + "</bpsim:WaitTime>"
		}
		if t.Time.Law != "" {
			times += "<bpsim:ProcessingTime>" + w.law(t.Time, twin.Text{RU: of.RU + ": время", EN: of.EN + ": time"}) + "</bpsim:ProcessingTime>"
		}
		w.line(6, `<bpsim:TimeParameters>%s</bpsim:TimeParameters>`, times)
	}
	if len(t.Pools) > 0 {
		selection := ""
		for _, pool := range t.Pools {
			selection += fmt.Sprintf(`<bpsim:ExpressionParameter value="bpsim:getResource('%s',1)"/>`, w.ids[pool])
		}
		w.line(6, `<bpsim:ResourceParameters><bpsim:Selection>%s</bpsim:Selection></bpsim:ResourceParameters>`, selection)
	}
	if t.Cost > 0 {
		w.line(6, `<bpsim:CostParameters><bpsim:FixedCost><bpsim:FloatingParameter value="%s"/></bpsim:FixedCost></bpsim:CostParameters>`, number(t.Cost))
	}
	if t.Priority != 0 {
		w.line(6, `<bpsim:PriorityParameters><bpsim:Priority><bpsim:NumericParameter value="%d"/></bpsim:Priority></bpsim:PriorityParameters>`, t.Priority)
	}
	w.line(5, `</bpsim:ElementParameters>`)
	if t.Batch != nil || t.NotBefore != nil || len(t.ByPool) > 0 || t.Skill != "" || t.SetUp.Law != "" || t.Patience.Law != "" || t.Room != nil || t.Calendar != "" || t.DelayCalendar != "" || t.Repeat != nil || t.Suspends {
		w.warn("%s: batches, releases, times by person, skills, set-up, patience, room, calendars, repetition and suspension are not written",
			"%s: пакеты, даты выпуска, время по людям, навыки, подготовка, терпение, место, календари, повторения и приостановления не записаны", of)
	}
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// law writes a distribution in seconds.
func (w *writer) law(d twin.Distribution, of twin.Text) string {
	scale := d.Scale
	if scale == 0 {
		scale = 1
	}
	n := func(x float64) string { return number(x * scale) }
	bounded := d.Min > 0 || d.Max > 0
	switch {
	case d.Law == "fixed":
		return fmt.Sprintf(`<bpsim:FloatingParameter value="%s" timeUnit="s"/>`, n(d.Value))
	case d.Law == "normal" && bounded:
		high := d.Max
		if high == 0 {
			high = d.Mean + 40*d.SD
		}
		return fmt.Sprintf(`<bpsim:TruncatedNormalDistribution mean="%s" standardDeviation="%s" min="%s" max="%s" timeUnit="s"/>`, n(d.Mean), n(d.SD), n(d.Min), n(high))
	case d.Law == "uniform":
		return fmt.Sprintf(`<bpsim:UniformDistribution min="%s" max="%s" timeUnit="s"/>`, n(d.Min), n(d.Max))
	case d.Law == "triangular":
		return fmt.Sprintf(`<bpsim:TriangularDistribution min="%s" mode="%s" max="%s" timeUnit="s"/>`, n(d.Min), n(d.Mode), n(d.Max))
	case d.Law == "empirical":
		w.warn("%s: a sample is written as the lognormal law of its mean and deviation",
			"%s: выборка записана логнормальным законом с её средним и отклонением", of)
		mean := d.Average() / scale
		squares := 0.0
		for _, x := range d.Sample {
			squares += (x - mean) * (x - mean) / float64(len(d.Sample))
		}
		d.Mean = mean
		if squares == 0 {
			return fmt.Sprintf(`<bpsim:FloatingParameter value="%s" timeUnit="s"/>`, n(mean))
		}
		d.Law, d.SD = "lognormal", math.Sqrt(squares)
	}
	if bounded && d.Law != "empirical" {
		w.warn("%s: the bounds of a law are not written",
			"%s: границы закона не записаны", of)
	}
	switch d.Law {
	case "exponential":
		return fmt.Sprintf(`<bpsim:NegativeExponentialDistribution mean="%s" timeUnit="s"/>`, n(d.Mean))
	case "normal":
		return fmt.Sprintf(`<bpsim:NormalDistribution mean="%s" standardDeviation="%s" timeUnit="s"/>`, n(d.Mean), n(d.SD))
	case "gamma":
		shape := d.Mean * d.Mean / (d.SD * d.SD)
		return fmt.Sprintf(`<bpsim:GammaDistribution shape="%s" scale="%s" timeUnit="s"/>`, number(shape), n(d.SD*d.SD/d.Mean))
	}
	return fmt.Sprintf(`<bpsim:LogNormalDistribution mean="%s" standardDeviation="%s" timeUnit="s"/>`, n(d.Mean), n(d.SD))
}

// losses lists what else of the process stays behind.
func (w *writer) losses() {
	p := w.p
	if p.Limit != nil || p.DeliveredBy != "" || p.RequestedBy != "" || p.LeadTime != (twin.Span{}) || p.StageCorrelation != 0 || p.MostAtOnce > 0 {
		w.warn("the legal limit, milestones, the correlation of times and the entry gate are not written",
			"нормативный срок, события начала и конца, связь времён и ограничение на входе не записаны")
	}
	if len(p.Rules) > 0 || len(p.Attributes) > 0 || len(p.Decay) > 0 || len(p.Priorities) > 0 {
		w.warn("attributes, rules, falling shares and priorities of cases are not written",
			"признаки, правила, убывающие доли и приоритеты дел не записаны")
	}
	if a := p.Arrivals; a.Calendar != "" || a.Month != [12]float64{} || a.Hours != [168]float64{} || len(a.Surges) > 0 || a.Moments != nil {
		w.warn("arrivals: calendar, weights, surges and set moments are not written",
			"поступление дел: календарь, веса, всплески и заданные моменты не записаны")
	}
}
