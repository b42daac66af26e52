package cli

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) drift() *cobra.Command {
	var cfg drift.Config
	c := &cobra.Command{
		Use:   "drift LOG",
		Short: "When a process changed, and what changed in it",
		Long: `Seeks moments before and after which a process differs: in time, in the order of its
activities, in workload and in the number of cases in progress. Each change has a date
with an interval, whether it was sudden or gradual, and what differs. The probability
of any false change in a process that does not change is at most --level, all four
perspectives together.`,
		Example: `  uprava drift receipt
  uprava drift receipt --level 0.01 --filter 'started in 2011' --json`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.Float64Var(&cfg.Level, "level", 0.05, "probability of any false change in a process that does not change")
	f.Float64Var(&cfg.Confidence, "confidence", 0.95, "confidence of the intervals of dates")
	f.StringArrayVar(&cfg.Ends, "end", nil, "activity that ends a case; others count as open; may be repeated")
	f.Uint64Var(&cfg.Seed, "seed", 0, "seed of the permutations")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if err := cfg.Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, effect, err := d.Drift(c.Context(), args[0], k, cfg)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeFiltered(a, r, effect)
			}
			if err := a.printDrift(args[0], r); err != nil {
				return err
			}
			a.warn(measure.TextsIn(string(a.lang()), r.Warnings))
			return nil
		})
	}
	return c
}

func (a *app) printDrift(log string, r *drift.Result) error {
	l := a.lang()
	lang := string(l)
	fmt.Fprintln(a.stdout, l.T("drift.head", plain(log), l.Count("case", int64(r.Cases)), l.Percent(r.Level, 1)))
	found := 0
	for _, p := range r.Perspectives {
		found += len(p.Changes)
	}
	if found == 0 {
		fmt.Fprintln(a.stdout, l.T("drift.none"))
	}
	for _, p := range r.Perspectives {
		switch name := drift.Label(lang, p.Name); {
		case !p.Tested:
			fmt.Fprintf(a.stdout, "\n%s: %s\n", name, l.T("drift.untested"))
		case len(p.Changes) == 0:
			fmt.Fprintf(a.stdout, "\n%s: %s\n", name, l.T("drift.unchanged", probability(l, p.Adjusted)))
		default:
			fmt.Fprintf(a.stdout, "\n%s:\n", name)
			for i := range p.Changes {
				if err := a.printChange(&p.Changes[i], p.Controlled); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (a *app) printChange(c *drift.Change, controlled bool) error {
	l := a.lang()
	lang := string(l)
	course := drift.Label(lang, c.Course)
	if c.Ramp != nil {
		course += " (" + day(l, c.Ramp.From) + " … " + day(l, c.Ramp.To) + ")"
	}
	line := l.T("drift.change", day(l, c.At), day(l, c.Low), day(l, c.High), course, probability(l, c.Adjusted))
	if !controlled {
		line += " — " + l.T("drift.hint")
	}
	fmt.Fprintln(a.stdout, "  "+line)
	fmt.Fprintln(a.stdout, "    "+l.T("drift.shown", plain(drift.Label(lang, c.Feature)), l.Float(float64(c.Before), 2), l.Float(float64(c.After), 2),
		drift.Label(lang, c.Unit), l.Int(int64(c.N[0])), l.Int(int64(c.N[1]))))
	t := table{head: []string{"    " + l.T("drift.what"), l.T("drift.before"), l.T("drift.after"), l.T("drift.effect"), l.T("compare.size"), "p"}, right: map[int]bool{1: true, 2: true, 5: true}}
	for _, m := range c.What[:min(shownDifferences, len(c.What))] {
		value := func(x measure.Number) string { return percent(l, x) }
		effect := points(l, m.Effect)
		if m.Unit == measure.Second {
			value = func(x measure.Number) string { return l.Seconds(float64(x)) }
			effect = secondsWith(l, m.Effect)
		}
		t.add("    "+moved(l, m), value(m.Before), value(m.After), effect, m.Size.In(lang), probability(l, m.Adjusted))
	}
	if len(t.rows) == 0 {
		return nil
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	if rest := len(c.What) - shownDifferences; rest > 0 {
		fmt.Fprintln(a.stdout, "    "+l.T("cli.more", l.Int(int64(rest))))
	}
	return nil
}

// moved names what differs before and after a change.
func moved(l terms.Lang, m drift.Moved) string {
	switch m.Kind {
	case "lead_time":
		return l.T("compare.lead-median")
	case "waiting":
		return l.T("compare.waiting", shorten(m.Name, 34))
	case "activity":
		return l.T("compare.has", shorten(m.Name, 38))
	}
	return shorten(m.Name, 44)
}

// day is the day of a moment of a result.
func day(l terms.Lang, moment string) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return l.Float(math.NaN(), 0)
	}
	return l.Date(at)
}
