package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
)

func (a *app) experiment() *cobra.Command {
	c := &cobra.Command{
		Use:   "experiment FILE",
		Short: "Many scenarios in one table, the best of them, what matters most",
		Long: `Carries out an experiment that stands in a file: many scenarios on common random
numbers with intervals that hold together, the best scenario by ranking and selection
(kn: with a promised confidence; ocba: within a budget), the sensitivity to uncertain
amounts (morris, sobol). The same file gives the same bytes, and is not computed twice.

  model: municipality            # a pack, a folder, or [FILE.bpmn, FILE.json]
  replications: 40
  figure: {name: lead_time, of: redistribution}
  scenarios:
    - portal                     # of the model, or a file
    - {id: faster, with: [templates], levers: ["step:decision_draft*0.5"]}
  select: {method: kn, indifference: 8 h}
  sensitivity:
    method: morris
    factors: [{lever: "step:replies*1", from: 0.5, to: 1.5}]`,
		Example: `  uprava experiment levers.yaml
  uprava experiment levers.yaml --json`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		q, err := desk.ReadExperiment(args[0])
		if err != nil {
			return err
		}
		question := []any{asked(q.AsIs, q.Plan.Config), q.Plan.Select, q.Plan.Sensitive}
		for _, s := range q.Scenarios {
			question = append(question, s.ID, asked(s.Model, experiment.Config{}))
		}
		return a.answered(c, *asJSON, question, func() (any, func(io.Writer) error, error) {
			if err := a.checked(q.Plan.Config, append([]experiment.Named{{ID: "as-is", Model: q.AsIs}}, q.Scenarios...)...); err != nil {
				return nil, nil, err
			}
			bar := a.bar(a.lang().T("cli.replications"))
			defer bar.end()
			r, err := q.Run(c.Context(), string(a.lang()), bar.step)
			if err != nil {
				return nil, nil, err
			}
			return plannedJSON(r), func(w io.Writer) error { return a.printPlanned(w, r) }, nil
		})
	}
	return c
}

// plannedJSON is the JSON of an experiment.
func plannedJSON(r *desk.Planned) any {
	type table struct {
		Figure    experiment.Figure     `json:"figure"`
		AsIs      *experiment.Result    `json:"as_is"`
		Scenarios []experiment.Row      `json:"scenarios"`
		Selection *experiment.Selection `json:"selection,omitempty"`
		Warnings  []string              `json:"warnings"`
	}
	out := struct {
		Comparison  *table                  `json:"comparison,omitempty"`
		Sensitivity *experiment.Sensitivity `json:"sensitivity,omitempty"`
	}{Sensitivity: r.Sensitivity}
	if t := r.Table; t != nil {
		out.Comparison = &table{t.Figure, t.AsIs, t.Rows, t.Selection, measure.Texts(t.Warnings)}
	}
	return out
}

func (a *app) printPlanned(w io.Writer, r *desk.Planned) error {
	l := a.lang()
	if r.Table != nil {
		if err := a.printScenarios(w, r.Table); err != nil {
			return err
		}
	}
	s := r.Sensitivity
	if s == nil {
		return nil
	}
	fmt.Fprintln(w, l.T("experiment.sensitivity", l.T("kpi."+s.Figure.Name), s.Figure.Of, s.Method, l.Int(int64(s.Points)), l.Int(int64(s.Replications))))
	t := table{right: map[int]bool{1: true, 2: true}}
	effects := s.Ordered()
	if s.Method == "sobol" {
		t.head = []string{l.T("experiment.factor"), l.T("experiment.first"), l.T("experiment.total")}
		share := func(e measure.Estimate) string {
			text := l.Percent(float64(e.Value), 1)
			if e.Interval != nil {
				text += " (" + l.Percent(e.Interval.Low, 1) + " … " + l.Percent(e.Interval.High, 1) + ")"
			}
			return text
		}
		for _, e := range effects {
			t.add(e.ID, share(e.First), share(e.Total))
		}
	} else {
		t.head = []string{l.T("experiment.factor"), l.T("experiment.mu-star"), l.T("experiment.mu"), l.T("cli.interval"), l.T("experiment.sigma")}
		t.right[3], t.right[4] = true, true
		show := func(x measure.Number) string { return l.Amount(s.Unit, float64(x)) }
		for _, e := range effects {
			interval := measure.Unknown
			if e.Interval != nil {
				interval = between(show, measure.Number(e.Interval.Low), measure.Number(e.Interval.High))
			}
			t.add(e.ID, show(e.MuStar), show(e.Mu), interval, show(e.Sigma))
		}
	}
	return t.write(w)
}

func (a *app) printScenarios(w io.Writer, t *experiment.Table) error {
	l := a.lang()
	k, ok := t.AsIs.Find(t.Figure.Name, t.Figure.Of)
	if !ok {
		return usageError{fmt.Errorf("the result has no %s; it has %s", t.Figure, figuresOf(t.AsIs))}
	}
	show := together(l, k.Unit, k.Mean, k.Low, k.High)
	rows := table{head: []string{l.T("whatif.scenario"), l.T("cli.mean"), l.T("cli.interval"), l.T("cli.difference"), l.T("cli.interval"), ""}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	rows.add(l.T("whatif.as-is"), show(k.Mean), between(show, k.Low, k.High))
	for _, row := range t.Rows {
		x, _ := row.Result.Find(t.Figure.Name, t.Figure.Of)
		show := together(l, x.Unit, x.Mean, x.Low, x.High)
		cells := []string{row.ID, show(x.Mean), between(show, x.Low, x.High)}
		for _, d := range row.Differences {
			if d.Name == t.Figure.Name && d.Of == t.Figure.Of {
				show := changes(l, d.Unit, d.Difference, d.Low, d.High)
				text := show(d.Difference)
				if !d.Distinct {
					text = l.T("whatif.noise")
				}
				cells = append(cells, text, between(show, d.Low, d.High))
			}
		}
		mark := ""
		if row.Best {
			mark = l.T("experiment.may-be-best")
		}
		rows.add(append(cells, mark)...)
	}
	of := ""
	if t.Figure.Of != "" {
		of = ", " + t.Figure.Of
	}
	fmt.Fprintln(w, l.T("experiment.figure", l.T("kpi."+t.Figure.Name)+of))
	if err := rows.write(w); err != nil {
		return err
	}
	doubts := slices.Concat(t.Warnings, t.AsIs.Warnings)
	for _, row := range t.Rows {
		doubts = append(doubts, row.Result.Warnings...)
	}
	printDoubts(w, l, doubts)
	e := t.AsIs.Evidence
	fmt.Fprintln(w, l.T("experiment.evidence", l.Int(int64(e.Replications)), l.Int(int64(e.Warmup)), l.Int(int64(e.Seed)), l.Percent(e.Confidence, 0), e.InputHash))
	s := t.Selection
	if s == nil {
		return nil
	}
	name := l.T("whatif.as-is")
	if s.Best > 0 {
		name = t.Rows[s.Best-1].ID
	}
	var done []string
	for _, n := range s.Replications {
		done = append(done, strconv.Itoa(n))
	}
	if s.Method == "kn" {
		fmt.Fprintln(w, l.T("experiment.best-kn", name, strings.Join(done, ", "), l.Percent(s.Confidence, 0), l.Amount(k.Unit, s.Indifference)))
	} else {
		fmt.Fprintln(w, l.T("experiment.best-ocba", name, strings.Join(done, ", ")))
	}
	return nil
}

// printDoubts prints warnings, each once.
func printDoubts(w io.Writer, l terms.Lang, doubts []error) {
	var said []string
	for _, text := range measure.TextsIn(string(l), doubts) {
		if !slices.Contains(said, text) {
			said = append(said, text)
			fmt.Fprintln(w, l.T("cli.warning")+":", plain(text))
		}
	}
}

// figuresOf lists the figures of a result that are of all cases or of a process.
func figuresOf(r *experiment.Result) string {
	var names []string
	for _, k := range r.KPIs {
		if f := (experiment.Figure{Name: k.Name, Of: k.Of}).String(); !slices.Contains(names, f) && len(names) < 20 {
			names = append(names, f)
		}
	}
	return strings.Join(names, ", ")
}

// runFlags adds the flags of replicated runs and returns what reads them.
func (a *app) runFlags(c *cobra.Command, replications int) func() (experiment.Config, error) {
	var cfg experiment.Config
	var warmup, duration, of string
	f := c.Flags()
	f.IntVar(&cfg.Replications, "replications", replications, "independent replications")
	f.IntVar(&cfg.Cases, "cases", 0, "cases to measure in each, by arrival (default: those of the model's days)")
	f.StringVar(&warmup, "warmup", "0", "cases to discard first, or auto (MSER-5)")
	f.StringVar(&duration, "duration", "", "instead of --cases: measure the cases that arrive within so long, such as 365d or 12h")
	f.Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	f.Float64Var(&cfg.Confidence, "confidence", 0.95, "of the intervals")
	f.Float64Var(&cfg.Precision, "precision", 0, "add replications until the interval of the figure is this narrow, such as 0.05 for ±5 %")
	f.IntVar(&cfg.MostReplications, "most-replications", 1000, "replications at most, for --precision")
	f.BoolVar(&cfg.Antithetic, "antithetic", false, "run replications in pairs of opposite draws")
	f.BoolVar(&cfg.ControlVariates, "control-variates", false, "take out of the figures what draws of known mean explain")
	f.StringVar(&cfg.Figure.Name, "figure", experiment.CycleTime, "figure that is looked at, such as lead_time or overdue_share")
	f.StringVar(&of, "of", "", "process, pool or activity that the figure is of (default: all cases)")
	return func() (experiment.Config, error) {
		err := aboveZero(c, "replications", "most-replications", "confidence", "cases")
		if err != nil {
			return cfg, err
		}
		cfg.Figure.Of, cfg.Language = of, string(a.lang())
		if warmup == "auto" {
			cfg.AutoWarmup = true
		} else if cfg.Warmup, err = strconv.Atoi(warmup); err != nil {
			return cfg, usageError{fmt.Errorf("--warmup %q: wanted a number of cases or auto", warmup)}
		}
		if cfg.Duration, err = parseDuration("--duration", duration); err != nil {
			return cfg, usageError{err}
		}
		if err := cfg.Validate(); err != nil {
			return cfg, usageError{err}
		}
		return cfg, nil
	}
}
