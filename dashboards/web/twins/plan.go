package twins

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// workRow is a line of the action plan.
type workRow struct {
	shell.Link
	Number, Term, State             string
	Owners, Processes, After        []shell.Link
	KPIs                            []shell.Link
	Planned, PlannedFrom            string
	Measured, MeasuredNote, Against string
	Scenario                        string
	ScenarioHref                    string
	Levers                          []string
	Overlap                         string
}

type planPage struct {
	*looked
	Rows      []workRow
	Of        int
	Picture   template.HTML
	Processes []choice
	States    []choice
	CSV       string
	AsOf      string
	Sums      []string // planned against KPI, in sentences
}

// plan shows the action plan.
func (p *pages) plan(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "plan")
	if err != nil {
		return err
	}
	body, err := p.planned(k)
	if err != nil {
		return err
	}
	return p.show(w, k, "plan", k.Lang.T("twins.plan.title"), body)
}

func (p *pages) planned(k *looked) (*planPage, error) {
	l := k.Lang
	logs, err := p.desk.ProcessLogs(k.r.Context(), k.Twin)
	if err != nil {
		return nil, err
	}
	effects, err := p.desk.MeasuredEffects(k.r.Context(), k.Twin, logs)
	if err != nil {
		return nil, err
	}
	process, state := k.asked("process"), k.asked("state")
	body := &planPage{looked: k, Of: len(k.Plan), CSV: shell.Href(k.r, k.view.Rest, "twins", k.ID, "plan.csv")}
	used, states := map[string]bool{}, map[string]bool{}
	var shown []*twin.Work
	for i := range k.Plan {
		x := &k.Plan[i]
		states[x.State] = true
		mine := process == "" || slices.ContainsFunc(x.Processes, func(r twin.Ref) bool { return r.ID == process })
		for _, r := range x.Processes {
			used[r.ID] = true
		}
		if mine && (state == "" || x.State == state) {
			shown = append(shown, x)
		}
	}
	body.Processes = []choice{{"", l.T("twins.any"), process == ""}}
	for _, q := range k.Model.Processes {
		if used[q.ID] {
			body.Processes = append(body.Processes, choice{q.ID, q.Name.In(string(l)), q.ID == process})
		}
	}
	body.States = []choice{{"", l.T("twins.any"), state == ""}}
	for _, s := range []string{"planned", "running", "done", "dropped"} {
		if states[s] {
			body.States = append(body.States, choice{s, l.T("plan.state." + s), s == state})
		}
	}
	at := map[string]int{}
	var bars []charts.Work
	for i, x := range shown {
		at[x.Measure.ID] = i
		row := k.workRow(x, effects[x.Measure.ID])
		row.Number = l.Int(int64(i + 1))
		body.Rows = append(body.Rows, row)
		bars = append(bars, charts.Work{Label: row.Text, Start: x.Start, End: x.Due, State: cmp.Or(x.State, "planned"), Mark: row.State})
	}
	for i, x := range shown {
		for _, r := range x.After {
			before, ok := at[r.ID]
			switch {
			case !ok:
			case !x.Start.IsZero() && x.Start.Before(shown[before].Due):
				body.Rows[i].Overlap = l.T("twins.plan.overlap")
			default:
				bars[i].After = append(bars[i].After, before)
			}
		}
	}
	body.Picture = charts.Gantt(bars, time.Time{}, "", l.T("twins.plan.alt", l.Int(int64(len(bars)))))
	body.Sums = k.plannedSums(shown)
	return body, nil
}

func (k *looked) workRow(x *twin.Work, m desk.Measured) workRow {
	l := k.Lang
	row := workRow{Link: k.link(x.Measure.Ref()), Term: l.Date(x.Start) + " — " + l.Date(x.Due), State: l.T("twins.plan.no-state"),
		Owners: k.links(x.Owners), Processes: k.links(x.Processes), After: k.links(x.After), KPIs: k.links(x.Indicators), Planned: "—", Measured: "—"}
	if x.State != "" {
		row.State = l.T("plan.state." + x.State)
	}
	if x.Effect != nil {
		row.Planned, row.PlannedFrom = signed(k, x.Effect.Value, x.Effect.Unit), origin(l, x.Effect.Provenance)
	}
	if s := k.Scenario(x.Scenario); s != nil {
		row.Scenario = s.Name.In(string(l))
		if len(x.Processes) > 0 {
			row.ScenarioHref = shell.Href(k.r, values("scenario", s.ID), "twins", k.ID, "streams", x.Processes[0].ID)
		}
	}
	row.Levers = x.Levers
	row.measured(k, m)
	return row
}

// measured fills what a log shows of a measure, or why nothing.
func (row *workRow) measured(k *looked, m desk.Measured) {
	l := k.Lang
	if m.Effect == nil {
		if m.Doubt != nil {
			row.MeasuredNote = m.Doubt.In(string(l))
		}
		return
	}
	e, i := m.Effect, m.Indicator
	unit := string(i.Unit)
	row.Measured = signed(k, inUnit(e.Difference, i), unit)
	row.Against = l.T("twins.plan.between", signed(k, inUnit(e.Low, i), unit), signed(k, inUnit(e.High, i), unit), l.Int(int64(e.NBefore)), l.Int(int64(e.NAfter)))
	row.MeasuredNote = l.T("twins.plan.not-alone")
}

// inUnit writes a difference of spans, which are in seconds where the indicator counts
// calendar days or hours, in the unit of the indicator.
func inUnit(x measure.Number, i *kpi.Indicator) float64 {
	y, _ := convert(float64(x), string(measure.Second), string(i.Unit))
	return y
}

// convert converts between units of the wall clock, and reports whether the number is now
// in the wanted unit; else it returns it as it is.
func convert(x float64, from, to string) (float64, bool) {
	if measure.Unit(from).WallClock() && measure.Unit(to).WallClock() {
		if y, err := measure.Convert(x, measure.Unit(from), measure.Unit(to)); err == nil {
			return y, true
		}
	}
	return x, from == to
}

// signed writes a change with its sign.
func signed(k *looked, x float64, unit string) string {
	text := amount(k.Lang, abs(x), unit)
	switch {
	case x < 0:
		return "−" + text
	case x > 0:
		return "+" + text
	}
	return text
}

func abs(x float64) float64 { return max(x, -x) }

// plannedSums holds the planned effects on each KPI against what is missing to its target.
func (k *looked) plannedSums(shown []*twin.Work) []string {
	l := k.Lang
	sums, n := map[twin.Ref]float64{}, map[twin.Ref]int{}
	unit := func(i *kpi.Indicator) string { return cmp.Or(i.Target.Unit, string(i.Unit)) }
	for _, i := range k.Goals.Indicators {
		if i.AsIs == nil || i.Target == nil || i.AsIs.Unit != i.Target.Unit {
			continue
		}
		for _, x := range shown {
			if x.Effect == nil || x.State == "dropped" || !slices.Contains(x.Indicators, i.Ref) {
				continue
			}
			if y, ok := convert(x.Effect.Value, x.Effect.Unit, unit(i)); ok {
				sums[i.Ref] += y
				n[i.Ref]++
			}
		}
	}
	var out []string
	for _, i := range k.Goals.Indicators {
		if n[i.Ref] == 0 {
			continue
		}
		need := i.Target.Value - i.AsIs.Value
		key := "twins.plan.enough"
		if slack := 1e-9 * abs(need); i.Lower && sums[i.Ref] > need+slack || !i.Lower && sums[i.Ref] < need-slack {
			key = "twins.plan.short"
		}
		out = append(out, l.T(key, i.Name.In(string(l)), l.Int(int64(n[i.Ref])), signed(k, sums[i.Ref], unit(i)), signed(k, need, unit(i))))
	}
	return out
}

// planCSV is the action plan as a file for a spreadsheet.
func (p *pages) planCSV(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "plan")
	if err != nil {
		return err
	}
	body, err := p.planned(k)
	if err != nil {
		return err
	}
	l := k.Lang
	rows := [][]string{{"№", l.T("plan.measure"), l.T("plan.process"), l.T("twins.plan.term"), l.T("plan.owner"), l.T("plan.state"), l.T("plan.effect"), l.T("twins.from"), l.T("twins.plan.measured"), l.T("twins.plan.note")}}
	join := func(list []shell.Link) string {
		out := make([]string, len(list))
		for i, x := range list {
			out[i] = x.Text
		}
		return strings.Join(out, "; ")
	}
	for _, x := range body.Rows {
		rows = append(rows, []string{x.Number, x.Text, join(x.Processes), x.Term, join(x.Owners), x.State, x.Planned, x.PlannedFrom, strings.TrimSpace(x.Measured + " " + x.Against), x.MeasuredNote})
	}
	return writeCSV(w, k.ID+"-plan.csv", k.Model.Notice.In(string(l)), rows)
}
