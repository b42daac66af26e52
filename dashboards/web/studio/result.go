package studio

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// figureRow is a figure as-is and to-be, or the reason why it is withheld.
type figureRow struct {
	Name             string
	AsIs, ToBe, Diff number
	Withheld         bool
}

type stageRow struct {
	Name                    string
	AsIs, ToBe, Difference  string
	Outside, Queue, Service [2]string
	Visits                  [2]string
	Range                   string
}

type cell struct {
	Text  string
	Class int // 0 to 4, -1 closed
}

type poolRow struct {
	Name       string
	AsIs, ToBe number
	Days       [7][2]cell
	Hours      [][]cell // by hour of the day that is open at all, to-be by weekday
	HourNames  []string
	Queue      [2]string
	Picture    template.HTML
	Change     number
}

// evidence is the card beside every answer.
type evidence struct {
	Rows     []evidenceRow
	Trust    *trust
	Assumed  []string
	Warnings []string
	Withheld bool // what the answer says of times
	Stale    bool // the model has changed since
	Repeat   string
	Repeated string // what came of the last repetition
	Job      *shell.JobPart
	Answer   string
}

type evidenceRow struct{ Name, Value string }

type answerPage struct {
	Name, Back, Lead         string // Lead: the answer in a sentence
	Process                  string
	Levers                   []string
	Changes                  []string
	Figures                  []figureRow
	Picture                  template.HTML
	PictureRows              []binRow
	Withheld                 bool
	Stages                   []stageRow
	Pools                    []poolRow
	WeekDays                 [7]string
	Others                   []figureRow
	Moved                    int
	Whiskers                 template.HTML
	People                   string
	Minima                   []string
	Labour                   []figureRow
	Freed                    string
	Evidence                 evidence
	Attribution              *sharesPart
	AttributionJob           *shell.JobPart
	AttributionPost, LogPost string
	AttributionFault         string
	AsIsLog, ToBeLog         string // links to the stored logs
	LogJob                   *shell.JobPart
	LogFault                 string
	Drawn                    bool // another model was set against as-is, not levers
	Save                     []hidden
	SavePost                 string
	SavedAs                  *entry // the scenario as which the reader has just saved this one
}

type binRow struct {
	Label      string
	AsIs, ToBe int64
}

func (p *pages) showAnswer(w http.ResponseWriter, r *http.Request, id string, q *whatif.Ask, x *place) error {
	var a whatif.Answer
	if !p.room.Found(id, &a) {
		return shell.ErrNoPage
	}
	lang := p.site.Language(r)
	page := answerPage{Name: name(q, x, lang), Back: p.back(r, q)}
	page.AttributionPost, page.LogPost = shell.Href(r, nil, "runs", id, "attribution"), shell.Href(r, nil, "runs", id, "log")
	s, err := q.Scenarios[0].Scenario()
	if err != nil {
		return err
	}
	model, err := p.room.Model(q.Model)
	if err != nil {
		return err
	}
	page.Process = processName(model, q.Process, lang)
	changed := model // has the nodes that levers name
	if q.ToBe != "" {
		if changed, err = p.room.Model(q.ToBe); err != nil {
			return err
		}
	}
	for _, l := range s.Levers {
		page.Levers = append(page.Levers, sentence(changed, l, lang))
	}
	for _, c := range a.Changes {
		page.Changes = append(page.Changes, c.In(string(lang)))
	}
	known := p.room.TrustOf(p.judged(q, x))
	page.fill(&a, q, model, known, lang)
	page.Evidence = p.evidence(r, id, q, x, a.Evidence, a.Doubts, lang)
	page.Evidence.Rows = append(page.Evidence.Rows, evidenceRow{lang.T("studio.evidence.to-be-hash"), a.ToBeHash})
	if q.ToBe == "" {
		p.addAttribution(r, id, q, &page, known, lang)
	} else {
		page.AttributionPost, page.Drawn = "", true
	}
	if err := p.addLogs(r, id, &page); err != nil {
		return err
	}
	if q.About.Draft != nil && x.bench != nil {
		if k, err := p.room.Scenario(r.URL.Query().Get("saved")); err == nil && k.Of == x.of {
			page.SavedAs = &entry{Name: k.Name, Href: x.href(r, processQuery(x), "s", k.ID)}
		}
		page.SavePost = x.href(r, nil, "save")
		page.Save = append(page.Save, hidden{"run", id})
		for key, values := range query(*q.About.Draft, q.Process, nil) {
			for _, v := range values {
				if key != "name" {
					page.Save = append(page.Save, hidden{key, v})
				}
			}
		}
		slices.SortStableFunc(page.Save, func(a, b hidden) int {
			switch {
			case a.Name < b.Name:
				return -1
			case a.Name > b.Name:
				return 1
			}
			return 0
		})
	}
	return p.area.Show(w, r, "answer", p.frame(r, q, x, lang, page))
}

// judged is the hash of the model whose back-test counts.
func (p *pages) judged(q *whatif.Ask, x *place) string {
	if x.bench != nil && x.bench.Variant != nil {
		return x.bench.Variant.From
	}
	return q.Model
}

// fill writes the figures; what the back-test does not bear is withheld.
func (page *answerPage) fill(a *whatif.Answer, q *whatif.Ask, m *twin.Model, known whatif.Trust, lang terms.Lang) {
	of := q.Process
	if len(m.Processes) < 2 {
		of = ""
	}
	find := func(list []experiment.KPI, name, of string) experiment.KPI {
		for _, k := range list {
			if k.Name == name && k.Of == of {
				return k
			}
		}
		return experiment.KPI{Mean: measure.Number(math.NaN()), Low: measure.Number(math.NaN()), High: measure.Number(math.NaN())}
	}
	row := func(name, of string, withheld bool) (figureRow, bool) {
		d, ok := a.Find(of, name)
		if !ok {
			return figureRow{}, false
		}
		f := figureRow{Name: lang.T("kpi." + name), Withheld: withheld}
		if withheld {
			f.AsIs.Value, f.ToBe.Value, f.Diff.Value = lang.T("studio.withheld"), lang.T("studio.withheld"), lang.T("studio.withheld")
			return f, true
		}
		f.AsIs, f.ToBe, f.Diff = level(find(a.AsIs, name, of), lang), level(find(a.ToBe, name, of), lang), change(d, lang)
		return f, true
	}
	mean, tail := known.WithholdMean(), known.WithholdTail()
	names := []string{experiment.LeadTime, experiment.LeadTimeP85}
	if _, ok := a.Find(of, experiment.LeadTime); !ok {
		names = []string{experiment.CycleTime, experiment.CycleTimeP85}
	}
	for i, withheld := range []bool{mean, tail} {
		if f, ok := row(names[i], of, withheld); ok {
			page.Figures = append(page.Figures, f)
		}
	}
	for _, one := range []struct {
		name     string
		withheld bool
	}{{experiment.OverdueShare, tail}, {experiment.FlowEfficiency, mean}, {experiment.AbandonedShare, tail}} {
		if f, ok := row(one.name, of, one.withheld); ok {
			page.Figures = append(page.Figures, f)
		}
	}
	for _, name := range []string{experiment.LabourHours, experiment.CostPerCase} {
		if f, ok := row(name, of, false); ok {
			page.Labour = append(page.Labour, f)
		}
	}
	page.Withheld = mean
	page.Lead = leadSentence(a, of, names[0], mean, lang)
	page.People = headcount(a.People[0], a.People[1], lang)
	for _, x := range a.Minima {
		page.Minima = append(page.Minima, lang.T("studio.minimum", x.Process.In(string(lang)), x.Step.In(string(lang)), lang.Seconds(x.Seconds), x.Citation.In(string(lang))))
	}
	if !mean {
		page.histogram(a, lang)
	}
	for i, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		page.WeekDays[i] = lang.T("weekday." + day)
	}
	page.stages(a, mean, lang)
	page.pools(a, find, lang)
	page.others(a, mean, lang)
}

// leadSentence is the answer in one sentence, which claims no more than the interval does.
func leadSentence(a *whatif.Answer, of, name string, withheld bool, lang terms.Lang) string {
	d, ok := a.Find(of, name)
	switch {
	case !ok:
		return lang.T("studio.lead.none")
	case withheld:
		return lang.T("studio.lead.withheld")
	case math.IsNaN(float64(d.Low)):
		return lang.T("studio.lead.unknown")
	}
	level, changes := lang.Together(d.Unit, float64(d.AsIs), float64(d.ToBe)), lang.Changes(d.Unit, float64(d.Difference), float64(d.Low), float64(d.High))
	if d.Low <= 0 && d.High >= 0 {
		return lang.T("studio.lead.noise", level(float64(d.AsIs)), level(float64(d.ToBe)), changes(float64(d.Low)), changes(float64(d.High)))
	}
	key := "studio.lead.less"
	if d.Difference > 0 {
		key = "studio.lead.more"
	}
	return lang.T(key, level(float64(d.AsIs)), level(float64(d.ToBe)), changes(float64(d.Difference)), changes(float64(d.Low)), changes(float64(d.High)))
}

func (page *answerPage) histogram(a *whatif.Answer, lang terms.Lang) {
	b := a.Histogram.Bins
	if len(b.Counts) == 0 {
		return
	}
	page.Picture = charts.Overlay(b, a.Histogram.ToBe, lang.T("whatif.as-is"), lang.T("studio.to-be"), lang.T("studio.histogram.alt", lang.Int(int64(a.Histogram.N[0])), lang.Int(int64(a.Histogram.N[1]))), lang)
	for i, l := range b.Labels(lang) {
		page.PictureRows = append(page.PictureRows, binRow{l, int64(b.Counts[i]), int64(a.Histogram.ToBe[i])})
	}
}

func (page *answerPage) stages(a *whatif.Answer, withheld bool, lang terms.Lang) {
	if withheld {
		return
	}
	hours := func(x float64) string { return lang.Seconds(x * 3600) }
	for _, s := range a.Stages {
		row := stageRow{Name: s.Name.In(string(lang)), AsIs: hours(s.A.Total()), ToBe: hours(s.B.Total()),
			Outside: [2]string{hours(s.A.Outside), hours(s.B.Outside)}, Queue: [2]string{hours(s.A.Queue), hours(s.B.Queue)}, Service: [2]string{hours(s.A.Service), hours(s.B.Service)},
			Visits: [2]string{lang.Float(s.A.Visits, 2), lang.Float(s.B.Visits, 2)}}
		d := change(experiment.Difference{Unit: measure.Second, Difference: s.Difference * 3600, Low: s.Low * 3600, High: s.High * 3600}, lang)
		row.Difference, row.Range = d.Value, d.Range
		page.Stages = append(page.Stages, row)
	}
}

// busyClass is the step of the scale of colours of a share.
func busyClass(x float64) int {
	switch {
	case math.IsNaN(x):
		return -1
	case x < 0.3:
		return 0
	case x < 0.5:
		return 1
	case x < 0.7:
		return 2
	case x < 0.85:
		return 3
	}
	return 4
}

func (page *answerPage) pools(a *whatif.Answer, find func([]experiment.KPI, string, string) experiment.KPI, lang terms.Lang) {
	share := func(x measure.Number) cell {
		return cell{lang.Percent(float64(x), 0), busyClass(float64(x))}
	}
	freed, low, high, unsure := 0.0, 0.0, 0.0, false
	for _, one := range a.Pools {
		row := poolRow{Name: one.Name.In(string(lang)), AsIs: level(find(a.AsIs, experiment.Utilisation, one.ID), lang), ToBe: level(find(a.ToBe, experiment.Utilisation, one.ID), lang),
			Queue: [2]string{lang.Float(one.A.Waiting(), 2), lang.Float(one.B.Waiting(), 2)}}
		for day := range 7 {
			row.Days[day] = [2]cell{share(one.A.Days[day]), share(one.B.Days[day])}
		}
		for h := range 24 {
			var line []cell
			open := false
			for day := range 7 {
				c := share(one.B.Hours[day*24+h])
				open = open || c.Class >= 0
				line = append(line, c)
			}
			if open {
				row.Hours, row.HourNames = append(row.Hours, line), append(row.HourNames, fmt.Sprintf("%d:00", h))
			}
		}
		row.Picture = charts.Lines([]charts.Line{{Name: lang.T("whatif.as-is"), Values: one.A.Queue}, {Name: lang.T("studio.to-be"), Values: one.B.Queue, Strong: true}}, lang.T("studio.queue.alt", row.Name), lang)
		if d, ok := a.Find(one.ID, experiment.Utilisation); ok {
			row.Change = change(d, lang)
		}
		if d, ok := a.Find(one.ID, experiment.WorkedHours); ok {
			switch {
			case math.IsNaN(float64(d.Low)):
				unsure = true
			case d.Low > 0 || d.High < 0:
				freed, low, high = freed-float64(d.Difference), low-float64(d.High), high-float64(d.Low)
			}
		}
		page.Pools = append(page.Pools, row)
	}
	if unsure || low == 0 && high == 0 {
		return // nothing beyond noise
	}
	if page.Freed = lang.T("studio.freed", lang.Float(freed, 0), lang.Float(low, 0), lang.Float(high, 0)); high <= 0 {
		page.Freed = lang.T("studio.more-work", lang.Float(-freed, 0), lang.Float(-high, 0), lang.Float(-low, 0))
	}
}

func (page *answerPage) others(a *whatif.Answer, withheld bool, lang terms.Lang) {
	if withheld {
		return
	}
	for _, o := range a.Others {
		f := figureRow{Name: o.Name.In(string(lang)), AsIs: number{Value: lang.Amount(o.Unit, float64(o.AsIs))}, ToBe: number{Value: lang.Amount(o.Unit, float64(o.ToBe))}, Diff: change(o.Difference, lang)}
		if o.Distinct {
			page.Moved++
		}
		page.Others = append(page.Others, f)
	}
}

// evidence is the card of an answer.
func (p *pages) evidence(r *http.Request, id string, q *whatif.Ask, x *place, e experiment.Evidence, doubts []twin.Text, lang terms.Lang) evidence {
	out := evidence{Repeat: shell.Href(r, nil, "runs", id, "repeat"), Answer: shell.Href(r, nil, "runs", id, "answer.json")}
	add := func(key, value string) {
		out.Rows = append(out.Rows, evidenceRow{lang.T("studio.evidence." + key), value})
	}
	add("replications", lang.Int(int64(e.Replications)))
	add("warmup", lang.Count("studio.days", int64(q.Run.Before)))
	add("days", lang.Count("studio.days", int64(q.Run.Days)))
	add("cases", lang.Int(int64(e.Cases/max(1, e.Replications))))
	add("confidence", lang.Percent(e.Confidence, 0))
	add("seed", lang.Int(int64(e.Seed)))
	add("model", q.Model)
	add("input-hash", e.InputHash)
	add("run", id)
	add("engine", e.Engine+"; uprava "+p.site.Version)
	pack := x.bench != nil && x.bench.Pack != ""
	out.Trust = trustOf(p.room.TrustOf(p.judged(q, x)), pack, lang)
	out.Withheld = p.room.TrustOf(p.judged(q, x)).WithholdMean()
	if x.bench != nil {
		out.Stale = x.bench.Hash != cmp.Or(q.ToBe, q.Model)
	}
	for _, t := range p.desk.NoteOf(p.judged(q, x)).Assumed {
		out.Assumed = append(out.Assumed, t.In(string(lang)))
	}
	if pack {
		out.Assumed = append(out.Assumed, lang.T("studio.assumed.pack"))
	}
	for _, t := range doubts {
		if text := t.In(string(lang)); !slices.Contains(out.Assumed, text) {
			out.Warnings = append(out.Warnings, text)
		}
	}
	if j := p.site.Jobs.Find("repeat", id); j != nil {
		switch s := j.Status(); s.State {
		case jobs.Done:
			out.Repeated = lang.T("studio.repeat.same")
		case jobs.Failed:
			out.Repeated = measure.FaultIn(string(lang), s.Err)
		case jobs.Queued, jobs.Running:
			out.Job = shell.JobPartOf(r, j, shell.Href(r, nil, "runs", id))
		}
	}
	return out
}

// addLogs tells which sides were stored as logs.
func (p *pages) addLogs(r *http.Request, id string, page *answerPage) error {
	logs, err := p.desk.Logs(r.Context())
	if err != nil {
		return err
	}
	for side, to := range map[whatif.Side]*string{whatif.AsIs: &page.AsIsLog, whatif.ToBe: &page.ToBeLog} {
		for _, l := range logs {
			if l.Name == logName(id, side) {
				*to = shell.Href(r, nil, "logs", l.Name, "map")
			}
		}
		if j := p.site.Jobs.Find("log", id+string(side)); j != nil && *to == "" {
			switch s := j.Status(); {
			case s.State == jobs.Failed:
				page.LogFault = measure.FaultIn(string(p.site.Language(r)), s.Err)
			case !s.Ended():
				page.LogJob = shell.JobPartOf(r, j, shell.Href(r, nil, "runs", id))
			}
		}
	}
	return nil
}
