package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// Outlook is what the weeks ahead will bring, from the cases that are under way today.
type Outlook struct {
	From       time.Time `json:"from"`
	Open       int       `json:"open_cases"` // at the beginning
	Weeks      []Week    `json:"weeks"`
	Evidence   Evidence  `json:"evidence"`
	Confidence float64   `json:"confidence"`
	Warnings   []error   `json:"-"`
}

// Week is one of them. Bands hold the share of the replications that the confidence of
// the outlook says: they foretell a week, not a mean.
type Week struct {
	From     time.Time `json:"from"`
	Arrived  Band      `json:"arrived"`
	Ended    Band      `json:"ended"`
	Open     Band      `json:"open"`     // at its end
	Due      Band      `json:"due"`      // cases whose term ends in it
	Breaches Band      `json:"breaches"` // of these, delivered when it had passed
	Load     []Load    `json:"load"`
}

// Load is the work that a pool completes in a week, in hours, and as a share of what
// its people can do.
type Load struct {
	Pool  string `json:"pool"`
	Hours Band   `json:"hours"`
	Share Band   `json:"share"`
}

// Band is a mean over the replications and the range of most of them.
type Band struct {
	Mean measure.Number `json:"mean"`
	Low  measure.Number `json:"low"`
	High measure.Number `json:"high"`
}

// Look simulates the weeks after the model's start from the open cases of cfg on, and
// tells week by week what comes, ends and breaks its term, and how busy the pools are.
func Look(ctx context.Context, m *twin.Model, weeks int, cfg Config) (*Outlook, error) {
	if weeks < 1 || weeks > 520 {
		return nil, fmt.Errorf("looking %d weeks ahead: wanted 1 to 520", weeks)
	}
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the outlook: %w", "проверка настроек прогноза: %s", err)
	}
	cfg = cfg.filled()
	cfg.Cases, cfg.Warmup, cfg.AutoWarmup, cfg.Antithetic, cfg.Precision = 0, 0, false, false, 0
	ends := make([]time.Duration, weeks)
	for i := range ends {
		ends[i] = m.Start.AddDate(0, 0, 7*(i+1)).Sub(m.Start)
	}
	cfg.Duration = ends[weeks-1]
	p, err := compile(m, cfg)
	if err != nil {
		return nil, err
	}
	diaries := make([]*diary, cfg.Replications)
	runs, err := replicate(ctx, p, cfg, 0, cfg.Replications, func(i int) simulator.Observer {
		diaries[i] = newDiary(ends, len(p.Pools()))
		return diaries[i]
	}, cfg.Progress)
	if err != nil {
		return nil, err
	}
	evidence, err := newEvidence(m, cfg, runs)
	if err != nil {
		return nil, err
	}
	o := &Outlook{From: m.Start, Open: len(cfg.Open), Evidence: evidence, Confidence: cfg.Confidence, Warnings: slices.Concat(m.Warnings, p.Warnings())}
	if least := int(math.Ceil(2/(1-cfg.Confidence) - 1e-6)); cfg.Replications < least {
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d replications: ranges that hold %.0f %% of the weeks want %d or more", cfg.Replications, 100*cfg.Confidence, least),
			RU: fmt.Sprintf("прогонов: %d; границы, в которые попадает %.0f %% недель, требуют не меньше %d", cfg.Replications, 100*cfg.Confidence, least),
		})
	}
	limited := slices.ContainsFunc(m.Processes, func(p *twin.Process) bool { return p.Limit != nil })
	if !limited {
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: "the model sets no limit to its cases, so that none is due or late: give a limit",
			RU: "предельного срока у дел модели нет, поэтому нет и сроков, и просрочек: задайте срок",
		})
	}
	for w := range weeks {
		band := func(of func(*diary) float64) Band {
			x := make([]float64, len(diaries))
			for i, d := range diaries {
				x[i] = of(d)
			}
			return bandOf(x, cfg.Confidence)
		}
		from := m.Start.AddDate(0, 0, 7*w)
		week := Week{From: from, Arrived: band(func(d *diary) float64 { return d.arrived[w] }), Ended: band(func(d *diary) float64 { return d.ended[w] }),
			Due: band(func(d *diary) float64 { return d.due[w] }), Breaches: band(func(d *diary) float64 { return d.breaches[w] }),
			Open: band(func(d *diary) float64 {
				open := 0.0
				for k := range w + 1 {
					open += d.arrived[k] - d.ended[k]
				}
				return open + float64(len(cfg.Open))
			})}
		if !limited {
			none := measure.Number(math.NaN())
			week.Due, week.Breaches = Band{none, none, none}, Band{none, none, none}
		}
		for i, id := range p.Pools() {
			capacity := p.Capacity(i, from, from.AddDate(0, 0, 7)).Hours()
			week.Load = append(week.Load, Load{Pool: id, Hours: band(func(d *diary) float64 { return d.work[w][i] }),
				Share: band(func(d *diary) float64 {
					if capacity == 0 {
						return math.NaN()
					}
					return d.work[w][i] / capacity
				})})
		}
		o.Weeks = append(o.Weeks, week)
	}
	return o, nil
}

// bandOf returns the mean of values and the range that holds the given share; NaN for the
// range of one value.
func bandOf(x []float64, share float64) Band {
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	if len(x) < 2 {
		nan := measure.Number(math.NaN())
		return Band{measure.Number(mean), nan, nan}
	}
	slices.Sort(x)
	return Band{measure.Number(mean), measure.Number(measure.Quantile(x, (1-share)/2)), measure.Number(measure.Quantile(x, (1+share)/2))}
}

// diary is the observer that counts by week.
type diary struct {
	ends                          []time.Duration
	arrived, ended, due, breaches []float64
	work                          [][]float64 // hours by week, pool
}

func newDiary(ends []time.Duration, pools int) *diary {
	n := len(ends)
	d := &diary{ends: ends, arrived: make([]float64, n), ended: make([]float64, n), due: make([]float64, n), breaches: make([]float64, n)}
	for range ends {
		d.work = append(d.work, make([]float64, pools))
	}
	return d
}

// week returns that of a moment; false outside of all.
func (d *diary) week(t time.Duration) (int, bool) {
	if t < 0 {
		return 0, false
	}
	w, _ := slices.BinarySearch(d.ends, t+1)
	return w, w < len(d.ends)
}

// Arrived counts a case that comes.
func (d *diary) Arrived(c *simulator.Case) {
	if w, ok := d.week(c.Arrival); ok && c.Arrival > 0 { // those of the beginning are open
		d.arrived[w]++
	}
}

// Completed counts the work of people.
func (d *diary) Completed(_ *simulator.Case, i *simulator.Instance) {
	if w, ok := d.week(i.Complete); ok && i.Pool >= 0 {
		d.work[w][i.Pool] += i.Work.Hours()
	}
}

// Ended counts a case that ends, and its term.
func (d *diary) Ended(c *simulator.Case) {
	if w, ok := d.week(c.End); ok {
		d.ended[w]++
	}
	if c.Due == simulator.Never || c.Abandoned {
		return
	}
	if w, ok := d.week(c.Due - 1); ok {
		d.due[w]++
		if min(c.Delivered, c.End) >= c.Due {
			d.breaches[w]++
		}
	}
}
