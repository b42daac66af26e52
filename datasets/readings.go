package datasets

import (
	"context"
	"fmt"
	"math"

	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// readings tells what a published value may mean: the actual mean, the norm, or the term
// that 85 % of the cases meet.
func (c *checker) readings(r *experiment.Result) error {
	for _, v := range c.pack.Processes {
		p, err := c.process(v.Process)
		if err != nil {
			return err
		}
		mean, err := lead(r, c.s.Twin, p.ID)
		if err != nil {
			return err
		}
		norm := both("—")
		if l := p.Limit; l != nil {
			norm = say2("%d кал. дн.", "%d cd", l.Days)
			if l.Unit == twin.WorkingDay {
				norm = say2("%d раб. дн.", "%d wd", l.Days)
			}
		}
		p85 := both("—")
		if k, ok := r.Find(experiment.LeadTimeP85, mean.Of); ok {
			p85 = amount(float64(k.Mean), k.Unit)
		}
		found := join("%s · %s · %s", amount(float64(mean.Mean), mean.Unit), norm, p85)
		found.RU, found.EN = "среднее · норма · 85 % дел: "+found.RU, "mean · norm · 85 % of cases: "+found.EN
		c.card.Rows = append(c.card.Rows, Row{Check: "readings", Of: p.ID, Pass: true, Told: true, Wanted: amount(v.AsIs, v.Unit), Found: found})
	}
	return nil
}

// Other is a published value in another reading, simulated: the pack that does so, what
// it reads, and its lead time as it is and with all its levers.
type Other struct {
	Pack       *Pack
	Published  Published
	Name       twin.Text // of its process
	AsIs, ToBe experiment.KPI
}

// Simulate runs the pack of a reading as it is and with all its levers.
func (r Reading) Simulate(ctx context.Context, cfg experiment.Config) (*Other, error) {
	pack, err := Open(r.Pack)
	if err != nil {
		return nil, fmt.Errorf("the other reading of %q: %w", r.Process, err)
	}
	m, err := pack.Model()
	if err != nil {
		return nil, err
	}
	o := &Other{Pack: pack}
	for _, v := range pack.Processes {
		if v.Process == pack.Main {
			o.Published = v
		}
	}
	for _, p := range m.Processes {
		if p.ID == pack.Main {
			o.Name = p.Name
		}
	}
	if o.Published.Process == "" {
		return nil, fmt.Errorf("the other reading of %q: pack %q has no published value of its main process %q", r.Process, pack.ID, pack.Main)
	}
	c := &checker{pack: pack}
	s, err := c.scenario(pack.ToBe)
	if err != nil {
		return nil, err
	}
	changed, err := s.Apply(m)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		m  *twin.Model
		to *experiment.KPI
	}{{m, &o.AsIs}, {changed, &o.ToBe}} {
		result, err := experiment.Run(ctx, x.m, cfg)
		if err != nil {
			return nil, err
		}
		if *x.to, err = lead(result, m, pack.Main); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// others simulates the other readings of the pack, once.
func (c *checker) others(ctx context.Context) ([]*Other, error) {
	if c.other != nil {
		return c.other, nil
	}
	for _, r := range c.pack.Readings {
		o, err := r.Simulate(ctx, experiment.Config{Replications: c.cfg.Replications, Seed: c.cfg.Seed + 1, Language: language(c.cfg.Lang)})
		if err != nil {
			return nil, err
		}
		c.other = append(c.other, o)
	}
	return c.other, nil
}

// otherAsIs compares the other readings with what was published.
func (c *checker) otherAsIs(ctx context.Context, within float64) error {
	all, err := c.others(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		c.hold("other-as-is", o, o.AsIs, o.Published.AsIs, within, math.Inf(1))
	}
	return nil
}

// otherToBe compares them with all levers.
func (c *checker) otherToBe(ctx context.Context, within, half float64) error {
	all, err := c.others(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		c.hold("other-to-be", o, o.ToBe, o.Published.ToBe, within, half)
	}
	return nil
}

func (c *checker) hold(check string, o *Other, k experiment.KPI, published, within, half float64) {
	mean, width := float64(k.Mean), float64(k.High-k.Low)/2
	c.row(check, o.Published.Process, math.Abs(mean-published) <= within*published && width <= half*mean,
		join(fmt.Sprintf("%%s ± %.0f %%%%", 100*within), amount(published, k.Unit)),
		join("%s (%s … %s)", amount(mean, k.Unit), amount(float64(k.Low), k.Unit), amount(float64(k.High), k.Unit)))
}
