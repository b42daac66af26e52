package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/backtest"
)

func (a *app) backtest() *cobra.Command {
	var cfg backtest.Config
	var from string
	c := &cobra.Command{
		Use:   "backtest LOG",
		Short: "How far a model fitted to a log may be trusted",
		Long: `Fits a model to the first part of a log and simulates the rest, which it has not seen:
training are the cases that ended before the start of the case at the split, the test
those that began then or later. Seven distances tell how far the simulated logs are
from what happened, beside how far the past was from it.`,
		Example: `  uprava backtest receipt
  uprava backtest receipt --split 0.7 --runs 20 --json
  uprava backtest municipality-roads --test-from 2019-10-01`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.Float64Var(&cfg.Split, "split", 0.8, "share of the cases, by their start, before the split")
	f.StringVar(&from, "test-from", "", "day on which the test begins, such as 2019-10-01, in place of --split")
	f.IntVar(&cfg.Runs, "runs", 10, "simulated logs")
	f.Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	f.StringVar(&cfg.TimeZone, "time-zone", "", "zone in which the body works (default: the offset of most events)")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if err := errors.Join(aboveZero(c, "split", "runs"), cfg.Validate()); err != nil {
			return usageError{err}
		}
		if from != "" {
			zone, err := time.LoadLocation(cfg.TimeZone)
			if err != nil {
				return usageError{fmt.Errorf("--time-zone %q: wanted a name of the IANA database such as \"Europe/Moscow\"", cfg.TimeZone)}
			}
			if cfg.Cut, err = time.ParseInLocation(time.DateOnly, from, zone); err != nil {
				return usageError{fmt.Errorf("--test-from %q: wanted a day such as 2019-10-01", from)}
			}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			log, err := d.Store().Log(c.Context(), args[0])
			if err != nil {
				return err
			}
			question := []any{askedLog(log, k), fmt.Sprintf("%+v", cfg)}
			if d.Doubtful(args[0]) {
				question = nil // its model is to be told the verdict
			}
			return a.answered(c, *asJSON, question, func() (any, func(io.Writer) error, error) {
				bar := a.bar(a.lang().T("cli.replications"))
				defer bar.end()
				cfg.Progress = bar.step
				r, err := d.Backtest(c.Context(), args[0], k, cfg)
				if err != nil {
					return nil, nil, err
				}
				return struct {
					*backtest.Result
					Warnings []string `json:"warnings"`
				}{r, measure.Texts(r.Warnings)}, func(w io.Writer) error { return a.printBacktest(w, r) }, nil
			})
		})
	}
	return c
}

func (a *app) printBacktest(w io.Writer, r *backtest.Result) error {
	l := a.lang()
	cases := func(n int) string { return l.Count("case", int64(n)) }
	fmt.Fprintln(w, l.T("backtest.head", plain(r.Log), r.Cut.Format(time.DateOnly), cases(r.Training), cases(r.Test), cases(r.Crossing)))
	if r.EndedOnly {
		fmt.Fprintln(w, l.T("backtest.ended", r.End.Format(time.DateOnly), l.Percent(float64(r.Hidden), 1)))
	} else {
		fmt.Fprintln(w, l.T("backtest.cut", r.End.Format(time.DateOnly)))
	}
	fmt.Fprintln(w)
	keys := map[string]string{"ngram_2": "ngram2", "ngram_3": "ngram3", "absolute_event": "absolute", "circadian_event": "circadian", "relative_event": "relative", "cycle_time": "cycle", "case_arrival": "arrival"}
	t := table{head: []string{l.T("backtest.distance"), l.T("backtest.model"), l.T("backtest.sd"), l.T("backtest.past"), l.T("backtest.trust")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, x := range r.Distances {
		show := func(v measure.Number) string { return distanceText(l, x.Unit, v) }
		t.add(l.T("distance."+keys[x.Name]), show(x.Mean), show(x.SD), show(x.Training), l.T("backtest."+string(x.Trust)))
	}
	if err := t.write(w); err != nil {
		return err
	}
	p := r.CycleTime
	fmt.Fprintln(w)
	fmt.Fprintln(w, l.T("backtest.cycle", l.Seconds(float64(p.Actual)), l.Seconds(float64(p.Predicted)), l.Seconds(float64(p.Low)), l.Seconds(float64(p.High)), l.Percent(float64(p.Quantiles), 0)))
	fmt.Fprintln(w, l.T("backtest.rule", l.Int(int64(r.Runs)), l.Int(int64(r.Seed))))
	return nil
}

// distanceText is a distance in its unit.
func distanceText(l terms.Lang, u measure.Unit, v measure.Number) string {
	if math.IsNaN(float64(v)) {
		return measure.Unknown
	}
	if u == measure.Share {
		return l.Float(float64(v), 3)
	}
	return l.T("distance.hours", l.Float(float64(v), 1))
}
