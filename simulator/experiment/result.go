package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// Result is the answer of an experiment. It marshals to the JSON of `uprava
// simulate`, whose schema is ResultSchema.
type Result struct {
	KPIs     []KPI
	Evidence Evidence
	Warnings []error
	Warmup   *Warmup // where it was looked for
	// Samples by process, where asked for; not part of the JSON.
	Samples []Sample

	controls [][]float64 // by control, replication
}

// Sample holds times of the counted cases of a process over all replications,
// in seconds, ascending.
type Sample struct {
	Process     string
	Cycle, Lead []float64
}

// Names of figures.
const (
	CycleTime      = "cycle_time"      // arrival of the case to its end, mean
	CycleTimeP85   = "cycle_time_p85"  // of the cases of a replication
	LeadTime       = "lead_time"       // between the milestones of the process, mean
	LeadTimeP85    = "lead_time_p85"   //
	WaitingTime    = "waiting_time"    // of a case, or of an activity instance
	ProcessingTime = "processing_time" // working time of a case, or of an instance
	OverdueShare   = "overdue_share"   // of the cases with a limit
	InTimeShare    = "in_time_share"   // 1 − overdue_share
	Utilisation    = "utilisation"     // of a pool
	CaseCount      = "cases"           // counted, a replication
	InProgress     = "cases_under_way" // mean number at once, counted or not
	FlowEfficiency = "flow_efficiency" // time in which somebody works at a case between its milestones over that time by the wall clock
	WorkedHours    = "worked_hours"    // of a pool, a year of 365 days
	LabourHours    = "labour_per_case" // working hours of people a case
	AbandonedShare = "abandoned_share" // of the counted cases
	SuspendedTime  = "suspended_time"  // for which the legal clock of a case stood still
	CostPerCase    = "cost_per_case"   // roubles
)

// longest is the share of the cases whose time the figures named p85 tell.
const longest = 0.85

// KPI is one figure. Mean is that of the replications' values and Low to High
// its interval; both are NaN where it cannot be told (null in JSON), and a
// warning says why. Of is the pool, the activity or, where the model has several
// processes, the process that the figure is of; "" for all cases.
type KPI struct {
	Name         string         `json:"name"`
	Of           string         `json:"of"`
	Unit         measure.Unit   `json:"unit"`
	Mean         measure.Number `json:"mean"`
	Low          measure.Number `json:"low"`
	High         measure.Number `json:"high"`
	Confidence   float64        `json:"confidence"`
	Replications int            `json:"replications"`
	// Values by replication; NaN where a replication has none.
	Values []float64 `json:"-"`
}

// Interval returns the interval of the mean.
func (k KPI) Interval() measure.Interval {
	return measure.Interval{Low: float64(k.Low), High: float64(k.High), Confidence: k.Confidence}
}

// Find returns the figure of a name; false where there is none.
func (r *Result) Find(name, of string) (KPI, bool) {
	i := slices.IndexFunc(r.KPIs, func(k KPI) bool { return k.Name == name && k.Of == of })
	if i < 0 {
		return KPI{}, false
	}
	return r.KPIs[i], true
}

// MarshalJSON returns {"kpis","evidence","warnings"}.
func (r *Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		KPIs     []KPI    `json:"kpis"`
		Evidence Evidence `json:"evidence"`
		Warmup   *Warmup  `json:"warmup,omitempty"`
		Warnings []string `json:"warnings"`
	}{r.KPIs, r.Evidence, r.Warmup, measure.Texts(r.Warnings)})
}

// Evidence is what a result rests on. The same model, evidence and engine give
// the same result.
type Evidence struct {
	Engine       string  `json:"engine"`
	Replications int     `json:"replications"`
	Cases        int     `json:"cases"` // counted, over all replications
	Warmup       int     `json:"warmup_cases"`
	WarmupMethod string  `json:"warmup_method"` // "given" or "mser-5"
	WarmupTime   float64 `json:"warmup_s"`      // simulated before the model's start
	Duration     float64 `json:"duration_s"`    // window of arrivals; 0 where cases are counted
	Seed         uint64  `json:"seed"`
	Confidence   float64 `json:"confidence"`
	Antithetic   bool    `json:"antithetic,omitempty"`
	Controls     bool    `json:"control_variates,omitempty"`
	Open         int     `json:"open_cases,omitempty"`
	BackTest     string  `json:"back_test,omitempty"` // what one said of the model
	// Assumptions are what the model takes for granted, in the language of the experiment.
	Assumptions []string `json:"assumptions,omitempty"`
	InputHash   string   `json:"input_hash"`
}

// mser is the method of an automatic warm-up.
const mser = "mser-5"

func newEvidence(m *twin.Model, cfg Config, runs []*simulator.Statistics) (Evidence, error) {
	hash, err := inputHash(m, cfg)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Engine: "uprava simulator " + simulator.Version, Replications: cfg.Replications, Warmup: cfg.Warmup, WarmupMethod: "given",
		Seed: cfg.Seed, Confidence: cfg.Confidence, Antithetic: cfg.Antithetic, Controls: cfg.ControlVariates, Open: len(cfg.Open), BackTest: m.Trust, InputHash: hash}
	if cfg.AutoWarmup {
		e.WarmupMethod = mser
	}
	for _, a := range m.Assumptions() {
		e.Assumptions = append(e.Assumptions, a.In(cfg.Language))
	}
	for _, s := range runs {
		e.Cases += s.Counted
		e.WarmupTime = m.Start.Sub(s.Begin).Seconds()
	}
	if cfg.Cases == 0 {
		d := cfg.Duration
		if d == 0 {
			d = m.Start.AddDate(0, 0, m.Days).Sub(m.Start)
		}
		e.Duration = d.Seconds()
	}
	return e, nil
}

// inputHash returns the SHA-256 of the model and of what of the configuration
// the result depends on, both as JSON with sorted keys.
func inputHash(m *twin.Model, cfg Config) (string, error) {
	model := *m
	model.Warnings, model.Trust = nil, ""
	text, err := json.Marshal(struct {
		Engine           string
		Model            *twin.Model
		Replications     int
		Cases, Warmup    int
		Duration, Before time.Duration
		Seed             uint64
		Confidence       float64
		Language         string
		Antithetic       bool                 `json:",omitempty"`
		Controls         bool                 `json:",omitempty"`
		Open             []simulator.OpenCase `json:",omitempty"`
	}{simulator.Version, &model, cfg.Replications, cfg.Cases, cfg.Warmup, cfg.Duration, cfg.Before, cfg.Seed, cfg.Confidence, cfg.Language,
		cfg.Antithetic, cfg.ControlVariates, cfg.Open})
	if err != nil {
		return "", fmt.Errorf("hashing the model: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// span returns the unit of a lead time, and its length in the seconds of
// simulator.Figures.
func span(unit string) (measure.Unit, float64) {
	switch unit {
	case twin.WorkingHour:
		return measure.WorkingHour, 3600
	case twin.WorkingDay:
		return measure.WorkingDay, 86400
	}
	return measure.Second, 1
}

// figures gathers the rows from the replications.
func (r *Result) figures(runs []*simulator.Statistics, cfg Config) {
	first := runs[0]
	several := len(first.Processes) > 1
	add := func(name, of string, u measure.Unit, value func(*simulator.Statistics) float64) {
		k := KPI{Name: name, Of: of, Unit: u, Confidence: cfg.Confidence, Replications: len(runs), Values: make([]float64, len(runs))}
		for i, s := range runs {
			k.Values[i] = value(s)
		}
		if cfg.Antithetic {
			k.Values = pairs(k.Values)
		}
		r.KPIs = append(r.KPIs, k)
	}
	cases := func(of string, lead bool, counted string, limit bool, f func(*simulator.Statistics) *simulator.Figures) {
		tally := func(name string, of string, t func(*simulator.Figures) *simulator.Tally) {
			add(name, of, measure.Second, func(s *simulator.Statistics) float64 { return t(f(s)).Mean() })
		}
		p85 := func(name string, of string, t func(*simulator.Figures) *simulator.Tally) {
			add(name, of, measure.Second, func(s *simulator.Statistics) float64 { return t(f(s)).Quantile(longest) })
		}
		tally(CycleTime, of, func(f *simulator.Figures) *simulator.Tally { return &f.Cycle })
		p85(CycleTimeP85, of, func(f *simulator.Figures) *simulator.Tally { return &f.Cycle })
		if lead {
			unit, seconds := span(counted)
			add(LeadTime, of, unit, func(s *simulator.Statistics) float64 { return f(s).Lead.Mean() / seconds })
			add(LeadTimeP85, of, unit, func(s *simulator.Statistics) float64 {
				return f(s).Lead.Quantile(longest) / seconds
			})
		}
		tally(WaitingTime, of, func(f *simulator.Figures) *simulator.Tally { return &f.Waiting })
		tally(ProcessingTime, of, func(f *simulator.Figures) *simulator.Tally { return &f.Processing })
		if limit {
			share := func(s *simulator.Statistics) float64 { return float64(f(s).Overdue) / float64(f(s).Limited) }
			add(OverdueShare, of, measure.Share, share)
			add(InTimeShare, of, measure.Share, func(s *simulator.Statistics) float64 { return 1 - share(s) })
		}
		add(FlowEfficiency, of, measure.Share, func(s *simulator.Statistics) float64 { return f(s).Touched.Mean() / f(s).Span.Mean() })
		add(LabourHours, of, measure.PersonHour, func(s *simulator.Statistics) float64 { return f(s).Labour.Mean() / 3600 })
		add(CaseCount, of, measure.Count, func(s *simulator.Statistics) float64 { return float64(f(s).Cycle.N) })
		anywhere := func(has func(*simulator.Figures) bool) bool {
			return slices.ContainsFunc(runs, func(s *simulator.Statistics) bool { return has(f(s)) })
		}
		if anywhere(func(f *simulator.Figures) bool { return f.Abandoned > 0 }) {
			add(AbandonedShare, of, measure.Share, func(s *simulator.Statistics) float64 {
				return float64(f(s).Abandoned) / float64(f(s).Abandoned+f(s).Cycle.N)
			})
		}
		if anywhere(func(f *simulator.Figures) bool { return f.Suspended.Max > 0 }) {
			tally(SuspendedTime, of, func(f *simulator.Figures) *simulator.Tally { return &f.Suspended })
		}
		if anywhere(func(f *simulator.Figures) bool { return f.Cost.Sum > 0 }) {
			add(CostPerCase, of, measure.Rouble, func(s *simulator.Statistics) float64 { return f(s).Cost.Mean() })
		}
	}
	anyLead, anyLimit, counted, alike := false, false, "", true
	for _, p := range first.Processes {
		alike = alike && (!p.HasLead || !anyLead || p.LeadUnit == counted)
		if p.HasLead {
			counted = p.LeadUnit
		}
		anyLead, anyLimit = anyLead || p.HasLead, anyLimit || p.HasLimit
	}
	cases("", anyLead && alike, counted, anyLimit, func(s *simulator.Statistics) *simulator.Figures { return &s.All })
	if several {
		for i, p := range first.Processes {
			cases(p.ID, p.HasLead, p.LeadUnit, p.HasLimit, func(s *simulator.Statistics) *simulator.Figures { return &s.Processes[i].Figures })
		}
	}
	add(InProgress, "", measure.Count, func(s *simulator.Statistics) float64 { return s.CaseTime.Seconds() / s.End.Seconds() })
	for i, a := range first.Activities {
		of := a.Name
		if slices.ContainsFunc(first.Activities, func(b simulator.ActivityStatistics) bool { return b.Name == a.Name && b.Process != a.Process }) {
			of = first.Processes[a.Process].ID + "/" + a.Name
		}
		add(WaitingTime, of, measure.Second, func(s *simulator.Statistics) float64 { return s.Activities[i].Waiting.Mean() })
		add(ProcessingTime, of, measure.Second, func(s *simulator.Statistics) float64 { return s.Activities[i].Processing.Mean() })
	}
	for i, p := range first.Pools {
		add(Utilisation, p.ID, measure.Share, func(s *simulator.Statistics) float64 { return s.Pools[i].Utilisation() })
		add(WorkedHours, p.ID, measure.PersonHour, func(s *simulator.Statistics) float64 {
			return s.Pools[i].Busy.Seconds() / 3600 * 365 * 24 / s.Window.Hours()
		})
	}
	if cfg.ControlVariates {
		r.controls = controls(runs, cfg)
	}
	for i := range r.KPIs {
		r.settle(&r.KPIs[i])
	}
	r.missing(runs)
	if cfg.Replications < 2 {
		r.Warnings = append(r.Warnings, &measure.Doubt{EN: "one replication gives no interval: two or more do", RU: "один прогон не даёт интервала: нужно два и больше"})
	}
	if cfg.Samples {
		for i, p := range first.Processes {
			s := Sample{Process: p.ID}
			for _, one := range runs {
				s.Cycle = append(s.Cycle, one.Processes[i].Figures.Cycle.Seconds()...)
				s.Lead = append(s.Lead, one.Processes[i].Figures.Lead.Seconds()...)
			}
			slices.Sort(s.Cycle)
			slices.Sort(s.Lead)
			r.Samples = append(r.Samples, s)
		}
	}
}

// settle sets the mean and interval of a row from its values.
func (r *Result) settle(k *KPI) {
	x := make([]float64, 0, len(k.Values))
	for _, v := range k.Values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			x = append(x, v)
		}
	}
	nan := measure.Number(math.NaN())
	k.Mean, k.Low, k.High, k.Replications = nan, nan, nan, len(x)
	if len(x) == 0 {
		return
	}
	k.Mean = measure.Number(measure.Summarize(x, k.Unit).Mean)
	mean, iv, err := r.estimate(x, k)
	if err == nil {
		k.Mean = measure.Number(mean)
		iv.Low = math.Max(iv.Low, 0) // no figure is below 0, nor a share above 1, as Student's interval does not know
		if k.Unit == measure.Share {
			iv.High = math.Min(iv.High, 1)
		}
		k.Low, k.High = measure.Number(iv.Low), measure.Number(iv.High)
	}
}

// missing tells where replications have no value of a figure: once of all, where no case
// came, else of the figure that most of them lack, with the number of the others.
func (r *Result) missing(runs []*simulator.Statistics) {
	if !slices.ContainsFunc(runs, func(s *simulator.Statistics) bool { return s.Counted > 0 }) {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: "no case came within the simulated time, so that there are no figures of cases: simulate longer",
			RU: "за рассчитанное время не поступило ни одного дела, показателей дел нет: задайте период длиннее",
		})
		return
	}
	var worst *KPI
	figures, most := 0, 0
	for i := range r.KPIs {
		k := &r.KPIs[i]
		if left := len(k.Values) - k.Replications; left > 0 {
			if figures++; left > most {
				worst, most = k, left
			}
		}
	}
	if worst == nil {
		return
	}
	en := fmt.Sprintf("%s: %d of %d replications have none and are left out", worst.title(), most, len(worst.Values))
	ru := fmt.Sprintf("%s: в %d из %d прогонов значения нет, они не учтены", worst.title(), most, len(worst.Values))
	if figures > 1 {
		en += fmt.Sprintf("; likewise of %d other figures, in as many or fewer", figures-1)
		ru += fmt.Sprintf("; так же у других показателей (%d), в стольких же прогонах или меньше", figures-1)
	}
	r.Warnings = append(r.Warnings, &measure.Doubt{EN: en, RU: ru})
}

func (k *KPI) title() string {
	if k.Of == "" {
		return k.Name
	}
	return fmt.Sprintf("%s of %q", k.Name, k.Of)
}
