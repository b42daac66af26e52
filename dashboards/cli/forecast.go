package cli

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
)

func (a *app) forecast() *cobra.Command {
	var cfg desk.OutlookConfig
	var limit string
	c := &cobra.Command{
		Use:   "forecast LOG",
		Short: "Load and breaches in the weeks ahead, from today's open cases",
		Long: `Simulates the weeks after the last event of a log from the cases that are open then,
and tells week by week how many cases come, end, are open and break their term, and how
busy each pool is. Ranges hold nine weeks of ten (--confidence): they foretell a week.

The model is that of the log (a pack, or what uprava fit made); without one it is fitted.`,
		Example: `  uprava forecast receipt --weeks 6 --limit 30d
  uprava forecast permits --as-of 2019-11-01 --end "Decision issued" --json`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.IntVar(&cfg.Weeks, "weeks", 8, "weeks ahead")
	f.StringArrayVar(&cfg.Ends, "end", nil, "activity that ends a case; may be repeated (default: found out)")
	f.StringVar(&limit, "limit", "", "limit of a case in days, such as 30d (default: the legal limit of the log's model)")
	f.IntVar(&cfg.Run.Replications, "replications", 100, "independent replications")
	f.Uint64Var(&cfg.Run.Seed, "seed", 1, "number of the random series")
	f.Float64Var(&cfg.Run.Confidence, "confidence", 0.9, "share of the weeks that the ranges hold")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if !k.AsOf.IsZero() {
			cfg.AsOf = eventlog.At(k.AsOf).Time
		}
		if cfg.Limit, err = parseDuration("--limit", limit); err != nil {
			return usageError{err}
		}
		if err := aboveZero(c, "replications", "confidence", "weeks"); err != nil {
			return err
		}
		cfg.Run.Language = string(a.lang())
		if err := cfg.Run.Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			log, err := d.Store().Log(c.Context(), args[0])
			if err != nil {
				return err
			}
			m, err := d.Fitted(args[0])
			if err != nil {
				return err
			}
			question := []any{askedLog(log, k), m, fmt.Sprintf("%+v", cfg)}
			return a.answered(c, *asJSON, question, func() (any, func(io.Writer) error, error) {
				bar := a.bar(a.lang().T("cli.replications"))
				defer bar.end()
				cfg.Run.Progress = bar.step
				o, err := d.Outlook(c.Context(), args[0], k, cfg)
				if err != nil {
					return nil, nil, err
				}
				return struct {
					*experiment.Outlook
					Warnings []string `json:"warnings"`
				}{o, measure.Texts(o.Warnings)}, func(w io.Writer) error { return a.printOutlook(w, o) }, nil
			})
		})
	}
	return c
}

func (a *app) printOutlook(w io.Writer, o *experiment.Outlook) error {
	l := a.lang()
	fmt.Fprintln(w, l.T("forecast.head", o.From.Format(time.DateOnly), l.Count("case", int64(o.Open))))
	t := table{head: []string{l.T("forecast.week"), l.T("forecast.arrived"), l.T("forecast.ended"), l.T("forecast.open"), l.T("forecast.due"), l.T("forecast.breaches"), l.T("forecast.busiest")},
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
	band := func(b experiment.Band) string {
		if math.IsNaN(float64(b.Mean)) {
			return measure.Unknown
		}
		if math.IsNaN(float64(b.Low)) {
			return l.Float(float64(b.Mean), 0)
		}
		return fmt.Sprintf("%s (%s…%s)", l.Float(float64(b.Mean), 0), l.Float(float64(b.Low), 0), l.Float(float64(b.High), 0))
	}
	for _, week := range o.Weeks {
		busiest, most := "", -1.0
		for _, x := range week.Load {
			if float64(x.Share.Mean) > most {
				busiest, most = x.Pool, float64(x.Share.Mean)
			}
		}
		load := ""
		if busiest != "" {
			load = busiest + " " + l.Percent(most, 0)
		}
		t.add(week.From.Format(time.DateOnly), band(week.Arrived), band(week.Ended), band(week.Open), band(week.Due), band(week.Breaches), load)
	}
	if err := t.write(w); err != nil {
		return err
	}
	e := o.Evidence
	fmt.Fprintln(w, l.T("forecast.evidence", l.Percent(o.Confidence, 0), l.Int(int64(e.Replications)), l.Int(int64(e.Seed)), e.InputHash))
	printDoubts(w, l, o.Warnings)
	return nil
}
