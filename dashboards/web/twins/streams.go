package twins

import (
	"fmt"
	"html/template"
	"math"
	"net/http"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

// shownNumber is a number with its interval.
type shownNumber struct{ Value, Interval string }

// streamRow is a process in the list of value streams.
type streamRow struct {
	shell.Link
	Name                                      shell.Link
	AsIs, Target, Ideal, Cut                  shownNumber
	Efficiency, EfficiencyTarget              shownNumber
	Effort, EffortTarget, Freed, From, IdealF string
}

type streamsPage struct {
	*looked
	Job       *shell.JobPart
	Scenarios []choice
	Rows      []streamRow
	Evidence  string
	Target    string
	Total     string
	Warnings  []string
}

// target is the scenario that a page shows as the target state.
func (k *looked) target(process string) string {
	if s := k.asked("scenario"); s != "" {
		return s
	}
	return k.Twin.Target(process)
}

func (k *looked) scenarioChoices(chosen string) []choice {
	var out []choice
	for _, s := range k.Scenarios {
		out = append(out, choice{s.ID, s.Name.In(string(k.Lang)), s.ID == chosen})
	}
	return out
}

// streams lists the value streams of all processes.
func (p *pages) streams(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "streams")
	if err != nil {
		return err
	}
	body := &streamsPage{looked: k}
	title := k.Lang.T("twins.streams.title")
	if len(k.Model.Processes) == 0 {
		return p.show(w, k, "streams", title, body)
	}
	target := k.target("")
	body.Scenarios = k.scenarioChoices(target)
	asked := []string{""}
	if target != "" {
		asked = append(asked, target)
	}
	done, job, err := p.simulated(k, asked...)
	if err != nil {
		return err
	}
	if body.Job = job; job == nil {
		body.fill(done)
	}
	return p.show(w, k, "streams", title, body)
}

func (b *streamsPage) fill(done []*desk.Simulation) {
	l := b.Lang
	asIs := done[0]
	var toBe *desk.Simulation
	if len(done) > 1 {
		toBe = done[1]
		b.Target = toBe.Scenario.Name.In(string(l))
	}
	b.Evidence = b.evidence(asIs)
	b.Warnings = b.texts(asIs.Warnings)
	freed := 0.0
	for _, p := range b.Model.Processes {
		v := asIs.Streams[p.ID]
		row := streamRow{Link: shell.Link{Text: l.T("twins.stream.open"), Href: shell.Href(b.r, b.view.Rest, "twins", b.ID, "streams", p.ID)}, Name: b.link(twin.Ref{Kind: twin.ProcessKind, ID: p.ID})}
		row.AsIs, row.Efficiency, row.Effort = b.lead(v), b.share(v.Efficiencies), l.Float(v.Efforts.Value/3600, 2)
		row.Ideal, row.IdealF = b.idealKPI(p.ID)
		row.Target, row.EfficiencyTarget, row.Cut, row.EffortTarget, row.Freed = none, none, none, "—", "—"
		if toBe != nil {
			if t := toBe.Streams[p.ID]; t != nil {
				row.Target, row.EfficiencyTarget, row.EffortTarget = b.lead(t), b.share(t.Efficiencies), l.Float(t.Efforts.Value/3600, 2)
				row.Cut = b.cut(v, t)
				hours := v.Efforts.Value/3600*v.Yearly.Value - t.Efforts.Value/3600*t.Yearly.Value
				freed += hours
				row.Freed = l.Float(hours, 0)
			}
		}
		b.Rows = append(b.Rows, row)
	}
	if toBe != nil {
		b.Total = l.T("twins.streams.freed", l.Float(freed, 0), l.Int(int64(asIs.Headcount)), l.Int(int64(toBe.Headcount)))
	}
}

// cut is the share by which the lead time falls.
func (k *looked) cut(now, then *desk.ValueStream) shownNumber {
	x := 1 - then.Leads.Value/now.Leads.Value
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return none
	}
	n := shownNumber{Value: k.Lang.Percent(math.Abs(x), 1)}
	if x < 0 {
		n.Value = "−" + n.Value
	}
	if overlap(now.Leads, then.Leads) {
		n.Interval = k.Lang.T("twins.stream.within-noise")
	}
	return n
}

// overlap reports whether two intervals have a number in common.
func overlap(a, b desk.Amount) bool { return a.Low <= b.High && b.Low <= a.High } // false of a NaN

var none = shownNumber{Value: measure.Unknown}

// evidence says what simulated numbers rest on.
func (k *looked) evidence(s *desk.Simulation) string {
	l := k.Lang
	return l.T("twins.streams.evidence", l.Int(int64(s.Replications)), l.Float(s.Years, 2), l.Int(int64(s.Seed)))
}

// lead is the lead time of a stream in the unit of its process.
func (k *looked) lead(v *desk.ValueStream) shownNumber {
	write := func(x float64) string {
		if v.Unit == measure.Second {
			return k.Lang.Seconds(x)
		}
		return measure.Format(tag(k.Lang), x, v.Unit)
	}
	return k.shown(v.Leads, write)
}

func (k *looked) shown(a desk.Amount, write func(float64) string) shownNumber {
	if math.IsNaN(a.Value) {
		return none
	}
	n := shownNumber{Value: write(a.Value)}
	if !math.IsNaN(a.Low) && !math.IsNaN(a.High) {
		n.Interval = k.Lang.T("twins.interval", write(a.Low), write(a.High))
	}
	return n
}

func (k *looked) share(a desk.Amount) shownNumber {
	return k.shown(a, func(x float64) string { return k.Lang.Percent(x, 1) })
}

// idealKPI is the ideal state that the KPI of lead time names.
func (k *looked) idealKPI(process string) (shownNumber, string) {
	i := k.Lead(process)
	if i == nil || i.Ideal == nil {
		return none, ""
	}
	unit := i.Ideal.Unit
	if unit == "" {
		unit = string(i.Unit)
	}
	return shownNumber{Value: amount(k.Lang, i.Ideal.Value, unit)}, origin(k.Lang, i.Ideal.Provenance)
}

// stageRow is a stage in its states.
type stageRow struct {
	Name, Ideal, Note string
	Now, Then         stageCells
}

// stageCells are the numbers of a stage in one state.
type stageCells struct {
	Waiting, Work, Repeats, Times, Effort, Share, Interval string
}

// lossRow is a loss in its two states.
type lossRow struct {
	Name, What, Now, Then string
	Part                  bool // of the loss above
}

type streamState struct {
	Key, Title, Source string
	Picture            template.HTML
	Facts              []property
	Warnings           []string
}

type streamPage struct {
	*looked
	Job       *shell.JobPart
	Process   shell.Link
	Scenarios []choice
	Logs      []choice
	Bars      template.HTML
	States    []streamState
	Stages    []stageRow
	Losses    []lossRow
	HasTarget bool
	Target    string
	AsOf      string
	Sentences []string
}

// simulatedLog is the value of the address that asks for the simulated current state in
// place of a log.
const simulatedLog = "simulated"

// stream shows the value stream of one process in its current, target and ideal state.
func (p *pages) stream(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "streams")
	if err != nil {
		return err
	}
	process := k.Twin.Process(r.PathValue("process"))
	if process == nil {
		return fmt.Errorf("process %q in the twin %q: %w", r.PathValue("process"), k.ID, desk.ErrNotFound)
	}
	ref := twin.Ref{Kind: twin.ProcessKind, ID: process.ID}
	body := &streamPage{looked: k, Process: k.link(ref)}
	title := k.Lang.T("twins.stream.of", body.Process.Text)
	between := shell.Link{Text: k.Lang.T("twins.streams.title"), Href: k.href("streams")}
	target := k.target(process.ID)
	body.Scenarios = k.scenarioChoices(target)
	logs, err := p.desk.ProcessLogs(r.Context(), k.Twin)
	if err != nil {
		return err
	}
	log := body.chooseLog(logs[process.ID])
	asked := []string{""}
	if target != "" {
		asked = append(asked, target)
	}
	done, job, err := p.simulated(k, asked...)
	if err != nil {
		return err
	}
	if body.Job = job; job != nil {
		return p.show(w, k, "stream", title, body, between)
	}
	current := done[0].Streams[process.ID]
	if log != "" {
		if current, err = p.desk.LogStream(r.Context(), k.Twin, process.ID, log); err != nil {
			return err
		}
		body.AsOf = k.Lang.T("page.as-of", k.Lang.Date(current.Until))
	}
	var then *desk.ValueStream
	if len(done) > 1 {
		then = done[1].Streams[process.ID]
		body.HasTarget, body.Target = then != nil, done[1].Scenario.Name.In(string(k.Lang))
	}
	body.fill(process, current, then, done)
	return p.show(w, k, "stream", title, body, between)
}

// Halves are the two states that the table of stages sets beside each other.
func (b *streamPage) Halves() []int { return []int{0, 1} }

func (b *streamPage) chooseLog(logs []string) string {
	if len(logs) == 0 {
		return ""
	}
	asked, chosen := b.asked("log"), logs[0]
	for _, log := range logs {
		if log == asked {
			chosen = log
		}
	}
	if asked == simulatedLog {
		chosen = ""
	}
	for _, log := range logs {
		b.Logs = append(b.Logs, choice{log, b.Lang.T("twins.stream.log", log), log == chosen})
	}
	b.Logs = append(b.Logs, choice{simulatedLog, b.Lang.T("twins.stream.simulated"), chosen == ""})
	return chosen
}

func (b *streamPage) fill(process *twin.Process, now, then *desk.ValueStream, done []*desk.Simulation) {
	l := b.Lang
	b.stages(now, then)
	b.losses(now, then)
	source := l.T("twins.stream.from-simulation", b.evidence(done[0]))
	if now.Log != "" {
		source = l.T("twins.stream.from-log", now.Log, l.Int(int64(now.Cases)), l.Date(now.Until))
	}
	b.States = append(b.States, b.state("current", now, source, b.picture(now, "current")))
	if then != nil {
		b.States = append(b.States, b.state("target", then, l.T("twins.stream.from-scenario", b.Target, b.evidence(done[1])), b.picture(then, "target")))
	}
	b.ideal(process, now)
	b.compare(now, then)
	b.say(now, then)
}

// state is one state with its picture and figures.
func (b *streamPage) state(key string, v *desk.ValueStream, source string, picture template.HTML) streamState {
	l := b.Lang
	s := streamState{Key: key, Title: l.T("twins.state." + key), Source: source, Picture: picture, Warnings: b.texts(v.Warnings)}
	say := func(key string, n shownNumber) {
		text := n.Value
		if n.Interval != "" {
			text += " (" + n.Interval + ")"
		}
		s.Facts = append(s.Facts, property{Name: l.T(key), Value: text})
	}
	say("twins.stream.lead", b.lead(v))
	say("twins.stream.sum", shownNumber{Value: l.Seconds(v.Lead.Mean)})
	say("twins.stream.efficiency", b.share(v.Efficiencies))
	say("twins.stream.effort", b.shown(v.Efforts, func(x float64) string { return amount(l, x/3600, "person-hour") }))
	say("twins.stream.right", shownNumber{Value: l.Percent(v.Right, 1)})
	say("twins.stream.yearly", shownNumber{Value: l.Float(v.Yearly.Value, 0)})
	say("twins.stream.yearly-effort", shownNumber{Value: amount(l, math.Round(v.Efforts.Value/3600*v.Yearly.Value), "person-hour")})
	say("twins.stream.n", shownNumber{Value: l.Int(int64(v.Cases))})
	return s
}

// picture draws a state.
func (b *streamPage) picture(v *desk.ValueStream, key string) template.HTML {
	l := b.Lang
	most := 0.0
	for i := range v.Stages {
		most = math.Max(most, v.Stages[i].Waiting+v.Stages[i].Outside)
	}
	var out []charts.StreamStage
	for i := range v.Stages {
		x := &v.Stages[i]
		s := charts.StreamStage{Name: v.Name(x.Activity).In(string(l)), Waiting: l.Seconds(x.Waiting + x.Unclear), Work: l.Seconds(x.Working), Loss: x.Waiting+x.Outside == most && most > 0}
		switch {
		case x.ByDesign:
			s.Lines = append(s.Lines, l.T("twins.stream.times", l.Float(x.Times, 1)))
		case x.Further > 0.005:
			s.Lines = append(s.Lines, l.T("twins.stream.repeats", l.Percent(x.Further/x.Times, 0)))
		case x.Share < 0.995:
			s.Lines = append(s.Lines, l.T("twins.stream.share", l.Percent(x.Share, 0)))
		}
		if x.Outside > 60 {
			s.Lines = append(s.Lines, l.T("twins.stream.outside", l.Seconds(x.Outside)))
		}
		s.Lines = append(s.Lines, l.T("twins.stream.hours", l.Float(x.Effort/3600, 2)))
		out = append(out, s)
	}
	return charts.ValueStream(out, l.T("twins.stream.alt", l.T("twins.state."+key), b.Process.Text, l.Int(int64(len(out)))))
}

// ideal adds the state in which nothing waits and nothing is done again.
func (b *streamPage) ideal(process *twin.Process, now *desk.ValueStream) {
	l := b.Lang
	s := streamState{Key: "ideal", Title: l.T("twins.state.ideal"), Source: l.T("twins.stream.ideal-source")}
	var out []charts.StreamStage
	sum, effort := 0.0, 0.0
	for i := range now.Stages {
		x := &now.Stages[i]
		work := onceOnPath(x)
		sum += work
		effort += x.First
		out = append(out, charts.StreamStage{Name: now.Name(x.Activity).In(string(l)), Waiting: "0", Work: l.Seconds(work), Lines: []string{l.T("twins.stream.hours", l.Float(x.First/3600, 2))}})
	}
	s.Picture = charts.ValueStream(out, l.T("twins.stream.alt", s.Title, b.Process.Text, l.Int(int64(len(out)))))
	s.Facts = []property{{Name: l.T("twins.stream.ideal-work"), Value: l.Seconds(sum)}, {Name: l.T("twins.stream.effort"), Value: amount(l, effort/3600, "person-hour")}}
	if n, from := b.idealKPI(process.ID); n != none {
		s.Facts = append(s.Facts, property{Name: l.T("twins.stream.ideal-kpi"), Value: n.Value + " — " + from})
	}
	b.States = append(b.States, s)
}

// onceOnPath is the processing on the path that is left where nothing is done again.
func onceOnPath(x *performance.Stage) float64 {
	if x.Times == 0 {
		return 0
	}
	return x.Working * (1 - x.Further/x.Times)
}

// compare draws the states on one scale.
func (b *streamPage) compare(now, then *desk.ValueStream) {
	l := b.Lang
	parts := func(v *desk.ValueStream) []float64 {
		return []float64{v.Working(), v.Idle(), v.Waiting(), v.Outside(), v.Unclear()}
	}
	rows := []charts.StackedBar{{Label: l.T("twins.state.current"), Total: l.Seconds(now.Lead.Mean), Parts: parts(now)}}
	if then != nil {
		rows = append(rows, charts.StackedBar{Label: l.T("twins.state.target"), Total: l.Seconds(then.Lead.Mean), Parts: parts(then)})
	}
	ideal := 0.0
	for i := range now.Stages {
		ideal += onceOnPath(&now.Stages[i])
	}
	rows = append(rows, charts.StackedBar{Label: l.T("twins.state.ideal"), Total: l.Seconds(ideal), Parts: []float64{ideal}})
	legend := []string{l.T("twins.part.working"), l.T("twins.part.idle"), l.T("twins.part.waiting"), l.T("twins.part.outside")}
	if now.Unclear() > 0 || then != nil && then.Unclear() > 0 {
		legend = append(legend, l.T("twins.part.unclear"))
	}
	b.Bars = charts.Stacked(rows, legend, l.T("twins.stream.bars-alt", b.Process.Text))
}

// stages fills the table of stages; those of the target by the name of the activity in
// either language.
func (b *streamPage) stages(now, then *desk.ValueStream) {
	l := b.Lang
	cells := func(x *performance.Stage) stageCells {
		c := stageCells{Waiting: l.Seconds(x.Waiting + x.Unclear), Work: l.Seconds(x.Working), Times: l.Float(x.Times, 2), Effort: l.Float(x.Effort/3600, 2), Share: l.Percent(x.Share, 0), Repeats: l.Percent(x.Further/x.Times, 1)}
		if x.ByDesign {
			c.Repeats = l.T("twins.stream.by-design")
		}
		if !math.IsNaN(x.Half) && x.Half > 0 {
			c.Interval = l.T("twins.stream.total", l.Seconds(x.Total()), l.Seconds(x.Half))
		}
		return c
	}
	key := func(v *desk.ValueStream, activity string) twin.Text { return v.Name(activity) }
	at := map[twin.Text]int{}
	for i := range now.Stages {
		x := &now.Stages[i]
		at[key(now, x.Activity)] = len(b.Stages)
		b.Stages = append(b.Stages, stageRow{Name: now.Name(x.Activity).In(string(l)), Now: cells(x), Ideal: l.Seconds(onceOnPath(x))})
	}
	if then == nil {
		return
	}
	for i := range then.Stages {
		x := &then.Stages[i]
		k := key(then, x.Activity)
		if _, ok := at[k]; !ok {
			at[k] = len(b.Stages)
			b.Stages = append(b.Stages, stageRow{Name: k.In(string(l)), Note: l.T("twins.stream.new")})
		}
		b.Stages[at[k]].Then = cells(x)
	}
	for i := range b.Stages {
		if b.Stages[i].Then == (stageCells{}) {
			b.Stages[i].Note = l.T("twins.stream.gone")
		}
	}
}

// losses names the losses with their sizes a case.
func (b *streamPage) losses(now, then *desk.ValueStream) {
	l := b.Lang
	add := func(key string, part bool, of func(*desk.ValueStream) string) {
		row := lossRow{Name: l.T("twins.loss." + key), What: l.T("twins.loss." + key + ".what"), Now: of(now), Then: measure.Unknown, Part: part}
		if then != nil {
			row.Then = of(then)
		}
		b.Losses = append(b.Losses, row)
	}
	seconds := func(of func(*desk.ValueStream) float64) func(*desk.ValueStream) string {
		return func(v *desk.ValueStream) string {
			x := of(v)
			if lead := v.Lead.Mean; lead > 0 && !math.IsNaN(x) {
				return l.Seconds(x) + " · " + l.Percent(x/lead, 0)
			}
			return l.Seconds(x)
		}
	}
	cause := func(of func(*performance.Causes) measure.Number) func(*desk.ValueStream) string {
		return func(v *desk.ValueStream) string {
			if v.Causes.N == 0 {
				return measure.Unknown
			}
			return l.Seconds(float64(of(&v.Causes)))
		}
	}
	add("waiting", false, seconds(func(v *desk.ValueStream) float64 { return v.Waiting() }))
	add("busy", true, cause(func(c *performance.Causes) measure.Number { return c.Contention + c.Prioritisation }))
	add("lying", true, cause(func(c *performance.Causes) measure.Number { return c.Extraneous }))
	add("batches", true, cause(func(c *performance.Causes) measure.Number { return c.Batching }))
	add("closed", true, cause(func(c *performance.Causes) measure.Number { return c.Unavailability }))
	add("idle", false, seconds(func(v *desk.ValueStream) float64 { return v.Idle() }))
	add("outside", false, seconds(func(v *desk.ValueStream) float64 { return v.Outside() }))
	add("rework", false, func(v *desk.ValueStream) string {
		return l.T("twins.loss.times", l.Float(v.Repeats, 2), l.Seconds(v.Repeating))
	})
	add("handovers", false, func(v *desk.ValueStream) string {
		return l.T("twins.loss.times", l.Float(v.Handovers, 1), l.Seconds(v.Handing))
	})
	if now.Unclear() > 0 || then != nil && then.Unclear() > 0 {
		add("unclear", false, seconds(func(v *desk.ValueStream) float64 { return v.Unclear() }))
	}
}

// say sums up in sentences.
func (b *streamPage) say(now, then *desk.ValueStream) {
	l := b.Lang
	worst, of := 0.0, ""
	for i := range now.Stages {
		if x := &now.Stages[i]; x.Waiting+x.Outside > worst {
			worst, of = x.Waiting+x.Outside, now.Name(x.Activity).In(string(l))
		}
	}
	if of != "" && now.Lead.Mean > 0 {
		b.Sentences = append(b.Sentences, l.T("twins.stream.worst", of, l.Seconds(worst), l.Percent(worst/now.Lead.Mean, 0)))
	}
	if then == nil {
		b.Sentences = append(b.Sentences, l.T("twins.stream.no-target"))
		return
	}
	a, c := b.lead(now), b.lead(then)
	if now.Unit != then.Unit || math.IsNaN(now.Leads.Value) || math.IsNaN(then.Leads.Value) {
		return
	}
	sentence := l.T("twins.stream.cut", a.Value, c.Value, b.cut(now, then).Value)
	if overlap(now.Leads, then.Leads) {
		sentence += " " + l.T("twins.stream.noise")
	}
	b.Sentences = append(b.Sentences, sentence)
}
