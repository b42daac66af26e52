package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/predict"
)

func (a *app) predict() *cobra.Command {
	var limit, due string
	var ends []string
	var confidence float64
	var seed uint64
	var top int
	c := &cobra.Command{
		Use:   "predict LOG",
		Short: "How long open cases will still take, and which will be late",
		Long: `Predicts for the cases that are open at a moment how long they still take, what
comes next and, where there is a limit, how probable it is that they exceed it. The
answer is that of the most similar states of past cases; intervals and probabilities
are calibrated on later moments, and the whole is tried on the last part of the log:
it must beat the base rate and the elapsed time alone, or it says that it does not.`,
		Example: `  uprava predict receipt --limit 30d
  uprava predict permits --end "Decision issued" --due deadline --as-of 2019-11-01 --json`,
		Args: cobra.ExactArgs(1),
	}
	look := lookFlags(c)
	f := c.Flags()
	f.StringArrayVar(&ends, "end", nil, "activity that ends a case; may be repeated (default: what is declared, else found out)")
	f.StringVar(&limit, "limit", "", "limit of the lead time, such as 30d (default: the legal limit of the log's model)")
	f.StringVar(&due, "due", "", "case attribute with the moment by which a case must end")
	f.Float64Var(&confidence, "confidence", 0.9, "confidence of the intervals, 0.5…0.99")
	f.Uint64Var(&seed, "seed", 0, "seed of the draws by which samples are thinned")
	f.IntVar(&top, "top", 20, "cases that the table shows")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		cfg := predict.Config{Ends: ends, Due: due, Confidence: confidence, Seed: seed}
		if !k.AsOf.IsZero() {
			cfg.AsOf = eventlog.At(k.AsOf).Time
		}
		if cfg.Limit, err = parseDuration("--limit", limit); err != nil {
			return usageError{err}
		}
		if err := cfg.Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, err := d.Predict(c.Context(), args[0], k, cfg)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, r)
			}
			if err := a.printForecast(r, top); err != nil {
				return err
			}
			a.warn(measure.TextsIn(string(a.lang()), r.Doubts))
			return nil
		})
	}
	return c
}

func (a *app) printForecast(r *desk.Forecast, top int) error {
	l := a.lang()
	asOf, err := time.Parse(time.RFC3339, r.AsOf)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, l.T("predict.head", plain(r.Log), l.Count("predict.open", int64(len(r.Open))), l.Date(asOf)))
	q := r.Quality
	fmt.Fprintln(a.stdout, l.T("predict.checked", l.Count("predict.state", int64(q.States)), l.Count("case", int64(q.Cases))))
	seconds := func(x measure.Number) string { return l.Seconds(float64(x)) }
	e := q.Remaining
	fmt.Fprintln(a.stdout, l.T("predict.remaining", seconds(e.MAE), seconds(e.AloneMAE), seconds(e.BaseMAE), l.Int(int64(e.N)), verdict(l, e.Beats)))
	fmt.Fprintln(a.stdout, l.T("predict.coverage", l.Percent(e.Confidence, 0), percent(l, e.Coverage)))
	if b := q.Breach; b.N > 0 {
		fmt.Fprintln(a.stdout, l.T("predict.breach", l.Float(float64(b.Brier), 3), l.Float(float64(b.Alone), 3), l.Float(float64(b.Base), 3), l.Int(int64(b.N)), verdict(l, b.Beats)))
		fmt.Fprintln(a.stdout, l.T("predict.top", percent(l, b.Top), percent(l, b.Share)))
	}
	if n := q.Next; n.N > 0 {
		fmt.Fprintln(a.stdout, l.T("predict.next-right", percent(l, n.Right), percent(l, n.Stage), l.Int(int64(n.N)), verdict(l, n.Beats)))
	}
	fmt.Fprintln(a.stdout)
	if len(r.Open) == 0 {
		fmt.Fprintln(a.stdout, l.T("predict.none"))
		return nil
	}
	t := table{head: []string{l.T("predict.case"), l.T("predict.stands"), l.T("predict.still"), l.T("predict.interval", l.Percent(r.Confidence, 0)), l.T("predict.late"), l.T("predict.reason")}, right: map[int]bool{2: true, 4: true}}
	for _, c := range r.Open[:min(top, len(r.Open))] {
		late := measure.Unknown
		switch {
		case c.Overdue:
			late = l.T("predict.overdue")
		case c.Breach != nil && !math.IsNaN(float64(*c.Breach)):
			late = fmt.Sprintf("%s (%s…%s)", percent(l, *c.Breach), percent(l, *c.BreachLow), percent(l, *c.BreachHigh))
		}
		t.add(c.ID, shorten(c.Activity, 32), seconds(c.Remaining), bounds(l, c.Low, c.High), late, c.Reason.In(string(l)))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	if rest := len(r.Open) - top; rest > 0 {
		fmt.Fprintln(a.stdout, l.T("cli.more", l.Int(int64(rest))))
	}
	return nil
}

func verdict(l terms.Lang, beats bool) string {
	if beats {
		return l.T("predict.beats")
	}
	return l.T("predict.not")
}

func percent(l terms.Lang, x measure.Number) string {
	if math.IsNaN(float64(x)) {
		return measure.Unknown
	}
	return l.Percent(float64(x), 0)
}

// bounds is an interval of times; an end that is not known is left open.
func bounds(l terms.Lang, low, high measure.Number) string {
	if math.IsNaN(float64(low)) && math.IsNaN(float64(high)) {
		return measure.Unknown
	}
	if math.IsNaN(float64(high)) {
		return "≥ " + l.Seconds(float64(low))
	}
	return l.Seconds(float64(low)) + " … " + l.Seconds(float64(high))
}

// shorten cuts a label to so many characters.
func shorten(s string, n int) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
