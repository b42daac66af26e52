package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

func (a *app) simulate() *cobra.Command {
	var files, levers []string
	var log string
	c := &cobra.Command{
		Use:   "simulate MODEL",
		Short: "What-if answers with intervals",
		Long: `Simulates a model in independent replications and prints its figures with
confidence intervals. With a scenario or a lever the changed model is compared
with the model as it is, on common random numbers.

MODEL is a twin folder, a pack (municipality), a pair of Prosimos files (FILE.bpmn
FILE.json), or a BPMN file with parameters of BPSim (FILE.bpmn).

Forms of --lever:
` + indent(scenario.Forms),
		Example: `  uprava simulate municipality --scenario portal-and-requests --json
  uprava simulate fitted/ --lever "pool:legal+1" --replications 60
  uprava simulate mm1.bpmn mm1.json --cases 20000 --warmup 2000`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := c.Flags()
	f.StringArrayVar(&files, "scenario", nil, "scenario: a file, or the name of one of the model's own; may be repeated, then all act together")
	f.StringArrayVar(&levers, "lever", nil, "a single change; may be repeated")
	f.StringVar(&log, "log", "", "store the events of the first replication as a log of this name")
	flags := a.runFlags(c, 30)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := flags()
		if err != nil {
			return err
		}
		m, own, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		change, err := desk.Change(files, levers, own)
		if err != nil {
			return err
		}
		run := m
		if change != nil {
			if run, err = change.Apply(m); err != nil {
				return desk.InputError{Err: err}
			}
		}
		question := []any{asked(m, cfg), change}
		if log != "" {
			question = nil // its log is to be made
		}
		return a.answered(c, *asJSON, question, func() (any, func(io.Writer) error, error) {
			models := []experiment.Named{{Model: m}}
			if change != nil {
				models = []experiment.Named{{ID: "as-is", Model: m}, {ID: "to-be", Model: run}}
			}
			if err := a.checked(cfg, models...); err != nil {
				return nil, nil, err
			}
			bar := a.bar(a.lang().T("cli.replications"))
			defer bar.end()
			cfg.Progress = bar.step
			var answer any
			var result *experiment.Result
			var comparison *experiment.Comparison
			if change == nil {
				if result, err = experiment.Run(c.Context(), m, cfg); err != nil {
					return nil, nil, err
				}
				answer = result
			} else {
				if comparison, err = experiment.Compare(c.Context(), m, run, cfg); err != nil {
					return nil, nil, err
				}
				result, answer = comparison.ToBe, comparison
			}
			bar.end()
			if log != "" {
				if err := a.keep(c, log, run, cfg, result.Evidence.Warmup); err != nil {
					return nil, nil, err
				}
			}
			return answer, func(w io.Writer) error {
				if err := printResult(w, result, comparison, a.lang()); err != nil {
					return err
				}
				printDoubts(w, a.lang(), result.Warnings)
				a.notice(w, m)
				return nil
			}, nil
		})
	}
	return c
}

// keep stores the events of the first replication.
func (a *app) keep(c *cobra.Command, log string, m *twin.Model, cfg experiment.Config, warmup int) error {
	l, err := simulator.Log(c.Context(), m, simulator.Config{Seed: cfg.Seed, Cases: cfg.Cases, Warmup: warmup, Duration: cfg.Duration, Language: cfg.Language})
	if err != nil {
		return err
	}
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		if err := d.Store().Save(c.Context(), log, l.Named(log)); err != nil {
			return err
		}
		t := a.lang()
		fmt.Fprintln(a.stderr, t.T("cli.stored", plain(log), t.Count("case", int64(l.Cases())), t.Count("instance", int64(l.Events()))))
		return nil
	})
}

// parseDuration reads the value of a flag: "365d" and what time.ParseDuration
// reads; "" is 0.
func parseDuration(flag, s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err == nil && n > 0 && n < 100*366 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return d, nil
	}
	return 0, fmt.Errorf("%s %q: wanted such as 365d or 12h", flag, s)
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }

// printResult prints the figures with their intervals, those of a comparison
// with the differences.
func printResult(w io.Writer, r *experiment.Result, cmp *experiment.Comparison, l terms.Lang) error {
	t := table{head: []string{l.T("cli.figure"), l.T("cli.of"), l.T("cli.mean"), l.T("cli.interval")}, right: map[int]bool{2: true, 3: true}}
	if cmp != nil {
		t.head = append(t.head, l.T("cli.difference"), l.T("cli.interval"))
		t.right[4], t.right[5] = true, true
	}
	for _, k := range r.KPIs {
		show := together(l, k.Unit, k.Mean, k.Low, k.High)
		row := []string{l.T("kpi." + k.Name), k.Of, show(k.Mean), between(show, k.Low, k.High)}
		if cmp != nil {
			d, ok := cmp.Find(k.Name, k.Of)
			show := changes(l, d.Unit, d.Difference, d.Low, d.High)
			switch {
			case !ok:
				row = append(row, "—", "")
			case !d.Distinct:
				row = append(row, l.T("whatif.noise"), between(show, d.Low, d.High))
			default:
				row = append(row, show(d.Difference), between(show, d.Low, d.High))
			}
		}
		t.add(row...)
	}
	if err := t.write(w); err != nil {
		return err
	}
	e := r.Evidence
	trust := e.BackTest
	if trust == "" {
		trust = l.T("whatif.no-backtest")
	}
	method := e.WarmupMethod
	if method == "given" {
		method = l.T("cli.given")
	}
	warmup := fmt.Sprintf("%d (%s)", e.Warmup, method)
	if e.WarmupTime > 0 {
		warmup += ", " + l.T("cli.before-start", l.Seconds(e.WarmupTime))
	}
	_, err := fmt.Fprintf(w, "\n%s: %s: %d, %s: %s, %s: %d, %s: %d, %s %s\n", l.T("whatif.evidence"), l.T("whatif.replications"), e.Replications,
		l.T("whatif.warmup"), warmup, l.T("cli.cases-measured"), e.Cases, l.T("whatif.seed"), e.Seed, l.T("whatif.hash"), e.InputHash)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s: %s\n", l.T("backtest.verdict"), trust)
	}
	const shown = 3
	if n := len(e.Assumptions); n > shown {
		_, err = fmt.Fprintln(w, l.T("whatif.assumed-many", l.Int(int64(n)), plain(e.Assumptions[0])))
	} else {
		for _, s := range e.Assumptions {
			_, err = fmt.Fprintf(w, "%s: %s\n", l.T("whatif.assumed"), plain(s))
		}
	}
	return err
}

// together writes figures that are read together in one unit and with digits that tell
// them apart.
func together(l terms.Lang, u measure.Unit, all ...measure.Number) func(measure.Number) string {
	write := l.Together(u, floats(all)...)
	return func(x measure.Number) string { return write(float64(x)) }
}

// changes writes differences that are read together, each with its sign.
func changes(l terms.Lang, u measure.Unit, all ...measure.Number) func(measure.Number) string {
	write := l.Changes(u, floats(all)...)
	return func(x measure.Number) string { return write(float64(x)) }
}

func floats(numbers []measure.Number) []float64 {
	out := make([]float64, len(numbers))
	for i, x := range numbers {
		out[i] = float64(x)
	}
	return out
}

// between writes an interval; one sign where there is none.
func between(show func(measure.Number) string, low, high measure.Number) string {
	if math.IsNaN(float64(low)) && math.IsNaN(float64(high)) {
		return measure.Unknown
	}
	return show(low) + " … " + show(high)
}
