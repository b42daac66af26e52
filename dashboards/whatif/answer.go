package whatif

import (
	"context"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/change"
)

// Answer is that to a what-if.
type Answer struct {
	Process   string                  `json:"process"`
	AsIs      []experiment.KPI        `json:"as_is"`
	ToBe      []experiment.KPI        `json:"to_be"`
	Pairs     []experiment.Difference `json:"differences"`
	Evidence  experiment.Evidence     `json:"evidence"`   // of as-is
	ToBeHash  string                  `json:"to_be_hash"` // its input hash
	Histogram Histogram               `json:"histogram"`  // of the process
	Stages    []Stage                 `json:"stages"`     // the greatest change first
	Pools     []Pool                  `json:"pools"`
	Others    []Other                 `json:"others"`       // the other processes, the family of their intervals holding together
	People    [2]int                  `json:"headcount"`    // as-is, to-be
	Minima    []Minimum               `json:"legal_minima"` // all kept, or the scenario could not be run
	Changes   []twin.Text             `json:"changes"`      // as-is to to-be, in words
	Doubts    []twin.Text             `json:"warnings"`
}

// Histogram counts lead times of all replications between the same edges, in seconds.
type Histogram struct {
	Bins charts.Bins `json:"bins"` // of as-is
	ToBe []int       `json:"to_be"`
	N    [2]int      `json:"n"`
}

// Stage is where a case of the process spends its time, in hours of the wall clock a
// case, visits and all: without anybody of ours (delays, releases, moments of batches, steps
// that need nobody), in the queue, and from its start to its completion.
type Stage struct {
	Name       twin.Text      `json:"name"`
	A          Spent          `json:"as_is"`
	B          Spent          `json:"to_be"`
	Difference measure.Number `json:"difference"`
	Low        measure.Number `json:"low"`
	High       measure.Number `json:"high"`
}

// Spent is the mean time of a case at a stage, in hours.
type Spent struct {
	Visits  float64 `json:"visits"`
	Outside float64 `json:"outside"`
	Queue   float64 `json:"queue"`
	Service float64 `json:"service"`
}

// Total is all of it.
func (s Spent) Total() float64 { return s.Outside + s.Queue + s.Service }

// Pool is how busy a pool is in the hours of the week, and what waits for it.
type Pool struct {
	ID   string    `json:"id"`
	Name twin.Text `json:"name"`
	A    Load      `json:"as_is"`
	B    Load      `json:"to_be"`
}

// Load is over the window of all replications.
type Load struct {
	Hours []measure.Number `json:"hours"` // share of the open time, by hour of the week, Monday 0:00 first; null where closed
	Days  []measure.Number `json:"days"`  // the same by day of the week
	Queue []float64        `json:"queue"` // mean number that waits, by week of the window
}

// Other is the lead time of another process under the scenario.
type Other struct {
	Process string    `json:"process"`
	Name    twin.Text `json:"name"`
	experiment.Difference
}

// Minimum is a time that law gives a step at the least.
type Minimum struct {
	Process, Step twin.Text
	Seconds       float64
	Citation      twin.Text
}

func whatIf(ctx context.Context, asIs, toBe *twin.Model, q *Ask, tell Told) (*Answer, error) {
	var err error
	a := &Answer{Process: q.Process, People: [2]int{asIs.Headcount(), toBe.Headcount()}, Minima: minima(toBe)}
	if a.Changes, err = changes(asIs, toBe); err != nil {
		return nil, err
	}
	if err := preview(ctx, asIs, toBe, q, tell); err != nil {
		return nil, err
	}
	var watched [2]*watch
	var results [2]*experiment.Result
	for i, m := range []*twin.Model{asIs, toBe} {
		if watched[i], err = newWatch(m, q); err != nil {
			return nil, err
		}
		cfg := q.config(func(done, _ int) { tell(i*q.Run.Replications+done, 2*q.Run.Replications, nil) })
		cfg.Samples, cfg.Observe = true, watched[i].observe
		if results[i], err = experiment.Run(ctx, m, cfg); err != nil {
			return nil, err
		}
	}
	c := experiment.Pair(results[0], results[1])
	a.AsIs, a.ToBe, a.Pairs, a.Evidence, a.ToBeHash = c.AsIs.KPIs, c.ToBe.KPIs, c.Differences, c.AsIs.Evidence, c.ToBe.Evidence.InputHash
	a.Evidence.BackTest = "" // what one says is looked up when it is shown
	a.histogram(c, asIs)
	labels := desk.Labels(toBe)
	for name, t := range desk.Labels(asIs) {
		labels[name] = t
	}
	a.Stages = stages(watched, labels)
	a.Pools = loads(watched, toBe)
	a.Others = others(c, asIs, q.Process)
	a.Doubts = texts(slices.Concat(c.AsIs.Warnings, c.ToBe.Warnings))
	return a, nil
}

// previewReplications give the first figures, before all are done.
const previewReplications = 3

// preview tells the first figures: they stand in the progress of the job.
func preview(ctx context.Context, asIs, toBe *twin.Model, q *Ask, tell Told) error {
	if q.Run.Replications <= 2*previewReplications {
		return nil
	}
	first := *q
	first.Run.Replications = previewReplications
	c, err := experiment.Compare(ctx, asIs, toBe, first.config(nil))
	if err != nil {
		return err
	}
	if d, ok := Lead(c.Differences, asIs, q.Process); ok {
		tell(0, 2*q.Run.Replications, &d)
	}
	return nil
}

// Lead returns the difference of the mean lead time of a process, or where it has no
// milestones of the time from arrival to end.
func Lead(list []experiment.Difference, m *twin.Model, process string) (experiment.Difference, bool) {
	if len(m.Processes) < 2 {
		process = ""
	}
	return find(list, process, experiment.LeadTime, experiment.CycleTime)
}

func find(list []experiment.Difference, of string, names ...string) (experiment.Difference, bool) {
	for _, name := range names {
		for _, d := range list {
			if d.Name == name && d.Of == of {
				return d, true
			}
		}
	}
	return experiment.Difference{}, false
}

// Find returns the difference of the first of the figures that there is.
func (a *Answer) Find(of string, names ...string) (experiment.Difference, bool) {
	return find(a.Pairs, of, names...)
}

func (a *Answer) histogram(c *experiment.Comparison, m *twin.Model) {
	sample := func(r *experiment.Result) []float64 {
		for _, s := range r.Samples {
			if s.Process == a.Process || len(r.Samples) == 1 {
				if len(s.Lead) > 0 {
					return s.Lead
				}
				return s.Cycle
			}
		}
		return nil
	}
	limit := 0.0
	for _, p := range m.Processes {
		if (p.ID == a.Process || len(m.Processes) == 1) && p.Limit != nil && p.Limit.Unit != twin.WorkingDay && p.LeadTime == (twin.Span{}) {
			limit = float64(p.Limit.Days) * 86400
		}
	}
	x, y := sample(c.AsIs), sample(c.ToBe)
	both := charts.BinsOf(slices.Concat(x, y), limit)
	a.Histogram = Histogram{Bins: both, N: [2]int{len(x), len(y)}}
	a.Histogram.Bins.Counts, a.Histogram.ToBe = both.Count(x), both.Count(y)
}

func minima(m *twin.Model) []Minimum {
	var out []Minimum
	for _, p := range m.Processes {
		for id, t := range p.Tasks {
			if t.AtLeast != nil {
				name := p.Labels[id]
				if name == (twin.Text{}) {
					name = twin.Text{RU: id, EN: id}
				}
				out = append(out, Minimum{p.Name, name, t.AtLeast.Seconds, t.AtLeast.Citation})
			}
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Process.EN+"\x00"+out[i].Step.EN < out[j].Process.EN+"\x00"+out[j].Step.EN
	})
	return out
}

// changes says what differs between two models, in both languages.
func changes(a, b *twin.Model) ([]twin.Text, error) {
	was, err := twin.Files(a)
	if err != nil {
		return nil, err
	}
	is, err := twin.Files(b)
	if err != nil {
		return nil, err
	}
	list, err := change.Diff(was, is)
	if err != nil {
		return nil, err
	}
	out := make([]twin.Text, len(list))
	for i, c := range list {
		out[i] = twin.Text{RU: c.Words("ru"), EN: c.Words("en")}
	}
	return out, nil
}

// Changes says what a scenario changes in a model, in words of both languages.
func Changes(was, is *twin.Model) ([]twin.Text, error) { return changes(was, is) }

// texts are warnings in both languages, each once.
func texts(warnings []error) []twin.Text {
	ru, en := measure.TextsIn("ru", warnings), measure.TextsIn("en", warnings)
	var out []twin.Text
	for i := range min(len(ru), len(en)) {
		if t := (twin.Text{RU: ru[i], EN: en[i]}); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// others are the lead times of the other processes; their intervals hold together
// (Bonferroni), so that of many processes none seems to be moved by chance.
func others(c *experiment.Comparison, m *twin.Model, process string) []Other {
	k := float64(max(1, len(m.Processes)-1))
	var out []Other
	for _, p := range m.Processes {
		if p.ID == process || len(m.Processes) < 2 {
			continue
		}
		a, ok := c.AsIs.Find(experiment.LeadTime, p.ID)
		b, there := c.ToBe.Find(experiment.LeadTime, p.ID)
		if !ok || !there {
			a, ok = c.AsIs.Find(experiment.CycleTime, p.ID)
			b, there = c.ToBe.Find(experiment.CycleTime, p.ID)
		}
		if !ok || !there {
			continue
		}
		d := experiment.Difference{Name: a.Name, Of: a.Of, Unit: a.Unit, AsIs: a.Mean, ToBe: b.Mean, Difference: nan, Low: nan, High: nan, Confidence: a.Confidence, Replications: a.Replications}
		if x, err := measure.Paired(a.Values, b.Values, 1-(1-a.Confidence)/k); err == nil {
			d.Difference, d.Low, d.High, d.Distinct = measure.Number(x.Difference), measure.Number(x.Interval.Low), measure.Number(x.Interval.High), x.Distinct()
		}
		out = append(out, Other{p.ID, p.Name, d})
	}
	return out
}

var nan = measure.Number(math.NaN())

// watch keeps the diaries of a model's replications.
type watch struct {
	program *simulator.Program
	plan    *plan
	process int
	diaries []*diary
}

func newWatch(m *twin.Model, q *Ask) (*watch, error) {
	p, err := simulator.Compile(m, "ru")
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return nil, err
	}
	return &watch{p, newPlan(p, m, q.Run, loc), max(0, slices.Index(p.Processes(), q.Process)), make([]*diary, q.Run.Replications)}, nil
}

func (w *watch) observe(replication int) simulator.Observer {
	d := newDiary(w.plan, w.process, len(w.program.Activities()))
	w.diaries[replication] = d // each its own place
	return d
}
