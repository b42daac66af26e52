package datasets

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// Config says what Generate makes.
type Config struct {
	Process string // "" for the main process of the pack
	Years   int    // 0 means 1
	Seed    uint64
	Lang    string // of activity and resource names: "ru" or "en"; "" means "ru"
}

// Truth is what is true of a generated log by construction: what a miner must
// find, and a fit should.
type Truth struct {
	Pack    string `json:"pack"`
	Process string `json:"process"`
	Seed    uint64 `json:"seed"`
	Years   int    `json:"years"`
	Cases   int    `json:"cases"`
	// LeadTime in seconds, of the cases that were delivered.
	Delivered int     `json:"delivered"`
	Mean      float64 `json:"lead_time_mean_s"`
	Median    float64 `json:"lead_time_median_s"`
	P85       float64 `json:"lead_time_p85_s"`
	// Overdue of the cases with a legal limit, as the simulator judged them.
	Overdue int `json:"overdue"`
	Limited int `json:"limited"`
	// Published value that the pack reproduces, seconds; 0 for none.
	Published   float64            `json:"published_as_is_s,omitempty"`
	Utilisation map[string]float64 `json:"utilisation"` // by pool, of the whole office
	// Parameters that were planted: mean times of steps and delays in seconds,
	// and shares of branches.
	Times    map[string]float64 `json:"step_mean_s"`
	Delays   map[string]float64 `json:"delay_mean_s"`
	Branches map[string]float64 `json:"branch_shares"`
	// Planted are the violations of the pack's rules that the log holds, and no others.
	Planted []Planted `json:"planted_violations,omitempty"`
}

// Generate simulates a pack as it is and returns the event log of one of its
// processes and the truth about it. The other processes of the pack run beside
// it on the same people. The same pack and configuration give the same log.
func Generate(ctx context.Context, p *Pack, cfg Config) (*eventlog.Log, *Truth, error) {
	if cfg.Years == 0 {
		cfg.Years = 1
	}
	if cfg.Years < 0 || cfg.Years > 50 {
		return nil, nil, fmt.Errorf("generating pack %q: %d years, wanted 1 to 50", p.ID, cfg.Years)
	}
	m, err := p.Model()
	if err != nil {
		return nil, nil, err
	}
	process, err := p.process(m, cfg.Process)
	if err != nil {
		return nil, nil, err
	}
	days := m.Start.AddDate(cfg.Years, 0, 0).Sub(m.Start)
	all, s, err := simulator.LogAndStatistics(ctx, m, simulator.Config{Seed: cfg.Seed, Duration: days, Language: cfg.Lang, Samples: true})
	if err != nil {
		return nil, nil, fmt.Errorf("generating pack %q: %w", p.ID, err)
	}
	log := all.Named(p.ID + "-" + process.ID).Described(describe(p, process, cfg))
	if len(m.Processes) > 1 {
		log = log.Where(func(c eventlog.Case) bool {
			v, ok := c.Attribute(simulator.ProcessKey)
			return ok && (v.Text() == process.ID)
		})
	}
	t := truth(p, process, cfg, log, s)
	if log, t.Planted, err = p.plant(ctx, m, process, log, cfg); err != nil {
		return nil, nil, err
	}
	return log, t, nil
}

func describe(p *Pack, process *twin.Process, cfg Config) *eventlog.Meta {
	text := func(key, value string) eventlog.Attribute {
		return eventlog.Attribute{Key: key, Value: eventlog.Text(value)}
	}
	return &eventlog.Meta{
		Extensions: []eventlog.Extension{
			{Name: "Concept", Prefix: "concept", URI: "http://www.xes-standard.org/concept.xesext"},
			{Name: "Lifecycle", Prefix: "lifecycle", URI: "http://www.xes-standard.org/lifecycle.xesext"},
			{Name: "Organizational", Prefix: "org", URI: "http://www.xes-standard.org/org.xesext"},
			{Name: "Time", Prefix: "time", URI: "http://www.xes-standard.org/time.xesext"},
		},
		Attributes: []eventlog.Attribute{
			text(packKey, p.ID), text(processKey, process.ID), {Key: seedKey, Value: eventlog.Int(int64(cfg.Seed))},
			text("notice:ru", p.Notice.RU), text("notice:en", p.Notice.EN),
		},
	}
}

func truth(p *Pack, process *twin.Process, cfg Config, log *eventlog.Log, s *simulator.Statistics) *Truth {
	t := &Truth{Pack: p.ID, Process: process.ID, Seed: cfg.Seed, Years: cfg.Years, Cases: log.Cases(),
		Utilisation: map[string]float64{}, Times: map[string]float64{}, Delays: map[string]float64{}, Branches: process.Branches}
	for _, f := range s.Processes {
		if f.ID != process.ID {
			continue
		}
		lead := f.Figures.Lead
		if lead.N == 0 {
			lead = f.Figures.Cycle
		}
		sum := measure.Summarize(lead.Seconds(), measure.Second)
		t.Delivered, t.Mean, t.Median, t.P85 = sum.N, sum.Mean, sum.Median, sum.P85
		t.Overdue, t.Limited = f.Figures.Overdue, f.Figures.Limited
	}
	for _, v := range p.Processes {
		if v.Process == process.ID {
			t.Published = v.AsIs
		}
	}
	for _, q := range s.Pools {
		t.Utilisation[q.ID] = q.Utilisation()
	}
	for node, task := range process.Tasks {
		t.Times[node] = task.Time.Mean
		if task.Delay.Law != "" {
			t.Delays[node] = task.Delay.Mean
		}
	}
	return t
}
