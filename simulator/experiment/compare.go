package experiment

import (
	"context"
	"encoding/json"
	"math"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Comparison is the answer to what a change would bring: both results and the
// differences of the figures that both have.
type Comparison struct {
	AsIs, ToBe  *Result
	Differences []Difference
}

// Difference is to-be less as-is of one figure, with the interval of the paired
// differences by replication. Distinct says that the interval leaves 0 out.
type Difference struct {
	Name         string         `json:"name"`
	Of           string         `json:"of"`
	Unit         measure.Unit   `json:"unit"`
	AsIs         measure.Number `json:"as_is"`
	ToBe         measure.Number `json:"to_be"`
	Difference   measure.Number `json:"difference"`
	Low          measure.Number `json:"low"`
	High         measure.Number `json:"high"`
	Distinct     bool           `json:"distinct"`
	Confidence   float64        `json:"confidence"`
	Replications int            `json:"replications"`
}

// Compare runs both models under the same draws (common random numbers) and the
// same warm-up, of an automatic one the longer, and pairs their replications.
// Progress counts the replications of both.
func Compare(ctx context.Context, asIs, toBe *twin.Model, cfg Config) (*Comparison, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	a, err := prepare(asIs, cfg)
	if err != nil {
		return nil, measure.Faultf("as-is: %w", "как есть: %s", err)
	}
	b, err := compile(toBe, cfg)
	if err != nil {
		return nil, measure.Faultf("to-be: %w", "как должно быть: %s", err)
	}
	var doubtsA, doubtsB []error
	if cfg.AutoWarmup {
		var one, other Warmup
		if one, doubtsA, err = warmup(ctx, a, cfg); err != nil {
			return nil, measure.Faultf("as-is: %w", "как есть: %s", err)
		}
		if other, doubtsB, err = warmup(ctx, b, cfg); err != nil {
			return nil, measure.Faultf("to-be: %w", "как должно быть: %s", err)
		}
		cfg.Warmup = max(one.Cases, other.Cases)
	}
	progress := func(before int) func(int, int) {
		return func(done, total int) {
			if cfg.Progress != nil {
				cfg.Progress(before+done, 2*total)
			}
		}
	}
	first, err := run(ctx, asIs, a, cfg, doubtsA, progress(0))
	if err != nil {
		return nil, measure.Faultf("as-is: %w", "как есть: %s", err)
	}
	// The other runs as many replications, so that they can be paired.
	cfg.Replications, cfg.Precision = first.Evidence.Replications, 0
	other, err := run(ctx, toBe, b, cfg, doubtsB, progress(cfg.Replications))
	if err != nil {
		return nil, measure.Faultf("to-be: %w", "как должно быть: %s", err)
	}
	return Pair(first, other), nil
}

// Pair compares two results of the same draws and as many replications.
func Pair(asIs, toBe *Result) *Comparison {
	c := &Comparison{AsIs: asIs, ToBe: toBe}
	for _, k := range asIs.KPIs {
		if other, ok := toBe.Find(k.Name, k.Of); ok {
			c.Differences = append(c.Differences, difference(k, other))
		}
	}
	return c
}

// difference pairs the replications that have a value in both.
func difference(a, b KPI) Difference {
	var x, y []float64
	for i := range a.Values {
		if v := b.Values[i] - a.Values[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			x, y = append(x, a.Values[i]), append(y, b.Values[i])
		}
	}
	nan := measure.Number(math.NaN())
	d := Difference{Name: a.Name, Of: a.Of, Unit: a.Unit, AsIs: a.Mean, ToBe: b.Mean, Difference: nan, Low: nan, High: nan,
		Confidence: a.Confidence, Replications: len(x)}
	if p, err := measure.Paired(x, y, a.Confidence); err == nil {
		d.Difference, d.Low, d.High = measure.Number(p.Difference), measure.Number(p.Interval.Low), measure.Number(p.Interval.High)
		d.Distinct = p.Distinct()
	} else if len(x) == 1 {
		d.Difference = measure.Number(y[0] - x[0])
	}
	return d
}

// Find returns the difference of a figure; false where there is none.
func (c *Comparison) Find(name, of string) (Difference, bool) {
	for _, d := range c.Differences {
		if d.Name == name && d.Of == of {
			return d, true
		}
	}
	return Difference{}, false
}

// MarshalJSON returns the to-be result, as Result does, with "as_is", the result
// that it is compared to, and "differences".
func (c *Comparison) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		KPIs        []KPI        `json:"kpis"`
		Evidence    Evidence     `json:"evidence"`
		Warnings    []string     `json:"warnings"`
		AsIs        *Result      `json:"as_is"`
		Differences []Difference `json:"differences"`
	}{c.ToBe.KPIs, c.ToBe.Evidence, measure.Texts(c.ToBe.Warnings), c.AsIs, c.Differences})
}
