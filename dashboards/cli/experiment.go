package cli

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// answered prints an answer that was given before to the same question, or computes,
// prints and keeps it. The question is all that the answer depends on.
func (a *app) answered(c *cobra.Command, asJSON bool, question []any, compute func() (answer any, print func(io.Writer) error, err error)) error {
	dir, err := a.data()
	if err != nil {
		return err
	}
	kept := desk.Answers{Dir: filepath.Join(dir, "answers")}
	key, err := kept.Key(append([]any{c.Name(), a.lang(), asJSON}, question...)...)
	if err != nil {
		return err
	}
	var text string
	if kept.Find(key, &text) {
		fmt.Fprintln(a.stderr, a.lang().T("cli.found-again", key))
		_, err := io.WriteString(a.stdout, text)
		return err
	}
	answer, print, err := compute()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if asJSON {
		err = writeJSON(&b, answer)
	} else {
		err = print(&b)
	}
	if err != nil {
		return err
	}
	if err := kept.Keep(key, b.String()); err != nil {
		a.warn([]string{err.Error()})
	}
	_, err = a.stdout.Write(b.Bytes())
	return err
}

// asked returns what of a model and a configuration an answer depends on.
func asked(m *twin.Model, cfg experiment.Config) any {
	bare := *m
	bare.Warnings = nil
	cfg.Progress, cfg.Workers = nil, 0
	return struct {
		Model  *twin.Model
		Config string
	}{&bare, fmt.Sprintf("%+v", cfg)}
}

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
	}
	out := struct {
		Comparison  *table                  `json:"comparison,omitempty"`
		Sensitivity *experiment.Sensitivity `json:"sensitivity,omitempty"`
	}{Sensitivity: r.Sensitivity}
	if t := r.Table; t != nil {
		out.Comparison = &table{t.Figure, t.AsIs, t.Rows, t.Selection}
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
	effects := slices.Clone(s.Effects)
	if s.Method == "sobol" {
		t.head = []string{l.T("experiment.factor"), l.T("experiment.first"), l.T("experiment.total")}
		share := func(e measure.Estimate) string {
			text := l.Percent(float64(e.Value), 1)
			if e.Interval != nil {
				text += " (" + l.Percent(e.Interval.Low, 1) + " … " + l.Percent(e.Interval.High, 1) + ")"
			}
			return text
		}
		slices.SortStableFunc(effects, func(x, y experiment.Effect) int { return descending(x.Total.Value, y.Total.Value) })
		for _, e := range effects {
			t.add(e.ID, share(e.First), share(e.Total))
		}
	} else {
		t.head = []string{l.T("experiment.factor"), l.T("experiment.mu-star"), l.T("experiment.sigma")}
		unit := figureUnit(s.Figure.Name)
		slices.SortStableFunc(effects, func(x, y experiment.Effect) int { return descending(x.MuStar, y.MuStar) })
		for _, e := range effects {
			t.add(e.ID, amount(l, unit, float64(e.MuStar)), amount(l, unit, float64(e.Sigma)))
		}
	}
	return t.write(w)
}

func descending(x, y measure.Number) int {
	switch {
	case float64(x) > float64(y):
		return -1
	case float64(x) < float64(y):
		return 1
	}
	return 0
}

// figureUnit returns the unit of a figure by its name.
func figureUnit(name string) measure.Unit {
	switch name {
	case experiment.OverdueShare, experiment.InTimeShare, experiment.AbandonedShare, experiment.Utilisation:
		return measure.Share
	case experiment.LabourHours:
		return measure.WorkingHour
	case experiment.CostPerCase, experiment.HourlyCost:
		return measure.Rouble
	case experiment.CaseCount, experiment.InProgress, experiment.Headcount:
		return measure.Count
	}
	return measure.Second
}

func (a *app) printScenarios(w io.Writer, t *experiment.Table) error {
	l := a.lang()
	k, ok := t.AsIs.Find(t.Figure.Name, t.Figure.Of)
	if !ok {
		return usageError{fmt.Errorf("the result has no %s; it has %s", t.Figure, figuresOf(t.AsIs))}
	}
	show := func(v measure.Number) string { return amount(l, k.Unit, float64(v)) }
	rows := table{head: []string{l.T("whatif.scenario"), l.T("cli.mean"), l.T("cli.interval"), l.T("cli.difference"), l.T("cli.interval"), ""}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	rows.add(l.T("whatif.as-is"), show(k.Mean), show(k.Low)+" … "+show(k.High))
	for _, row := range t.Rows {
		x, _ := row.Result.Find(t.Figure.Name, t.Figure.Of)
		cells := []string{row.ID, show(x.Mean), show(x.Low) + " … " + show(x.High)}
		for _, d := range row.Differences {
			if d.Name == t.Figure.Name && d.Of == t.Figure.Of {
				text := show(d.Difference)
				if !d.Distinct {
					text = l.T("whatif.noise")
				}
				cells = append(cells, text, show(d.Low)+" … "+show(d.High))
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
		fmt.Fprintln(w, l.T("experiment.best-kn", name, strings.Join(done, ", "), l.Percent(s.Confidence, 0), amount(l, k.Unit, s.Indifference)))
	} else {
		fmt.Fprintln(w, l.T("experiment.best-ocba", name, strings.Join(done, ", ")))
	}
	return nil
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
	f.BoolVar(&cfg.Antithetic, "antithetic", false, "run replications in pairs of opposite draws")
	f.BoolVar(&cfg.ControlVariates, "control-variates", false, "take out of the figures what draws of known mean explain")
	f.StringVar(&cfg.Figure.Name, "figure", experiment.CycleTime, "figure that is looked at, such as lead_time or overdue_share")
	f.StringVar(&of, "of", "", "process, pool or activity that the figure is of (default: all cases)")
	return func() (experiment.Config, error) {
		var err error
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

func (a *app) attribute() *cobra.Command {
	var files, levers, offered []string
	var tolerance float64
	var orders int
	c := &cobra.Command{
		Use:   "attribute MODEL --scenario NAME… | --lever LEVER…",
		Short: "Which lever gave how much of a joint effect",
		Long: `Pulls every set of the given levers on common random numbers and shares the effect of
all of them among them by their Shapley values, each with an interval: what a lever
adds on average over the orders in which they can be pulled. With it the other sets
that reach the same effect, and the steps by which the log of a real change would tell
them apart.

A lever is a scenario (--scenario: a file, or the name of one of the model's own) or a
single change (--lever). Other sets may also hold what is offered besides (--offer). Of
up to eight levers every set is run, of more some orders are drawn.`,
		Example: `  uprava attribute municipality --scenario portal --scenario requests --scenario at-once \
    --offer templates --offer daily-signing --figure lead_time --of redistribution
  uprava attribute fitted/ --lever "step:T06*0.5" --lever "pool:legal+1" --tolerance 0.1`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := c.Flags()
	f.StringArrayVar(&files, "scenario", nil, "a lever: a scenario; may be repeated")
	f.StringArrayVar(&levers, "lever", nil, "a lever: a single change; may be repeated")
	f.StringArrayVar(&offered, "offer", nil, "a further scenario that other sets may hold; may be repeated")
	f.Float64Var(&tolerance, "tolerance", 0.05, "share of the joint effect within which another set reaches the same")
	f.IntVar(&orders, "orders", 60, "orders to draw where there are more than eight levers")
	run := a.runFlags(c, 30)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := run()
		if err != nil {
			return err
		}
		if len(files)+len(levers) == 0 {
			return usageError{fmt.Errorf("no levers: give --scenario or --lever, once or more\nusage: %s", c.UseLine())}
		}
		if !(tolerance > 0 && tolerance <= 1) {
			return usageError{fmt.Errorf("--tolerance %v: wanted a share, such as 0.05", tolerance)}
		}
		m, own, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		list, err := leverList(files, levers, own)
		if err != nil {
			return err
		}
		more, err := leverList(offered, nil, own)
		if err != nil {
			return err
		}
		return a.answered(c, *asJSON, []any{asked(m, cfg), list, more, tolerance, orders}, func() (any, func(io.Writer) error, error) {
			bar := a.bar(a.lang().T("cli.replications"))
			defer bar.end()
			cfg.Progress = bar.step
			r, err := experiment.Attribute(c.Context(), m, list, experiment.AttributeConfig{Offered: more, Tolerance: tolerance, Orders: orders}, cfg)
			if err != nil {
				return nil, nil, desk.InputError{Err: err}
			}
			return r, func(w io.Writer) error { return a.printAttribution(w, r) }, nil
		})
	}
	return c
}

// leverList reads scenarios and levers, each a lever by itself.
func leverList(files, levers []string, own []*scenario.Scenario) ([]*scenario.Scenario, error) {
	var list []*scenario.Scenario
	for _, name := range files {
		s, err := desk.Change([]string{name}, nil, own)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	for _, text := range levers {
		l, err := scenario.ParseLever(text)
		if err != nil {
			return nil, desk.InputError{Err: err}
		}
		list = append(list, &scenario.Scenario{ID: text, Levers: []scenario.Lever{l}})
	}
	return list, nil
}

func (a *app) printAttribution(w io.Writer, r *experiment.Attribution) error {
	l := a.lang()
	show := func(v measure.Number) string { return amount(l, r.Unit, float64(v)) }
	of := ""
	if r.Figure.Of != "" {
		of = ", " + r.Figure.Of
	}
	fmt.Fprintln(w, l.T("attribute.head", l.T("kpi."+r.Figure.Name)+of, show(r.AsIs)))
	t := table{head: []string{l.T("attribute.lever"), l.T("attribute.share"), l.T("cli.interval"), l.T("attribute.alone")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, x := range r.Levers {
		t.add(x.ID, show(x.Effect), show(x.Low)+" … "+show(x.High), show(x.Alone))
	}
	t.add(l.T("attribute.joint"), show(r.Joint.Effect), show(r.Joint.Low)+" … "+show(r.Joint.High), "")
	if err := t.write(w); err != nil {
		return err
	}
	if r.Orders > 0 {
		fmt.Fprintln(w, l.T("attribute.sampled", l.Int(int64(r.Runs)), l.Int(int64(r.Replications)), l.Int(int64(r.Orders))))
	} else {
		fmt.Fprintln(w, l.T("attribute.exact", l.Int(int64(r.Runs)), l.Int(int64(r.Replications))))
	}
	if len(r.Others) == 0 {
		fmt.Fprintln(w, l.T("attribute.no-others", l.Percent(r.Tolerance, 0)))
		return nil
	}
	fmt.Fprintln(w, l.T("attribute.others", l.Percent(r.Tolerance, 0)))
	const shown = 6
	for i, e := range r.Others {
		if i == shown {
			fmt.Fprintln(w, "  "+l.T("attribute.more", l.Int(int64(len(r.Others)-shown))))
			break
		}
		fmt.Fprintf(w, "  - %s: %s (%s … %s)\n", plain(e.String()), show(e.Effect), show(e.Low), show(e.High))
		if len(e.Stages) == 0 {
			fmt.Fprintln(w, "      "+l.T("attribute.same-stages"))
		}
		for k, s := range e.Stages[:min(3, len(e.Stages))] {
			if k == 0 {
				fmt.Fprintln(w, "      "+l.T("attribute.stages"))
			}
			fmt.Fprintf(w, "        %s, %s: %s (%s … %s)\n", plain(s.Activity), l.T("kpi."+s.Figure), l.Seconds(float64(s.Difference)), l.Seconds(float64(s.Low)), l.Seconds(float64(s.High)))
		}
	}
	return nil
}

func (a *app) optimise() *cobra.Command {
	var files, levers, pools, wanted, bounds []string
	var keep bool
	var budget float64
	var o experiment.OptimiseConfig
	c := &cobra.Command{
		Use:   "optimise MODEL --pool NAME=LOW..HIGH… --minimise FIGURE…",
		Short: "Staff and levers that no others beat",
		Long: `Looks for the numbers of people and the sets of levers of which none is beaten in all
that is wanted (a Pareto front, NSGA-II), within constraints. What is found is simulated
again with other draws, so that its figures are not too good by having been chosen.

Figures are those of uprava simulate (lead_time, overdue_share, labour_per_case …), with
what they are of after a slash (lead_time/redistribution, utilisation/lawyers), and
hourly_cost and headcount.`,
		Example: `  uprava optimise municipality --pool lawyers=1..3 --pool registrars=1..3 --scenario portal --scenario templates \
    --minimise lead_time/redistribution --minimise hourly_cost --keep-headcount
  uprava optimise fitted/ --pool pool-1=2..9 --minimise cycle_time --minimise headcount --subject-to "utilisation/pool-1<=0.85"`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := c.Flags()
	f.StringArrayVar(&pools, "pool", nil, "pool whose number of people may be chosen, NAME=LOW..HIGH; may be repeated")
	f.StringArrayVar(&files, "scenario", nil, "lever that may be pulled: a scenario; may be repeated")
	f.StringArrayVar(&levers, "lever", nil, "lever that may be pulled: a single change; may be repeated")
	f.StringArrayVar(&wanted, "minimise", nil, "figure to make small; may be repeated")
	f.StringArrayVar(&bounds, "subject-to", nil, "constraint, FIGURE<=X or FIGURE>=X; may be repeated")
	f.BoolVar(&keep, "keep-headcount", false, "no more people than there are")
	f.Float64Var(&budget, "budget", 0, "greatest cost of an hour of all people, roubles")
	f.IntVar(&o.Population, "population", 24, "choices in each generation")
	f.IntVar(&o.Generations, "generations", 12, "generations")
	f.IntVar(&o.Screening, "screening", 5, "replications of a choice during the search")
	run := a.runFlags(c, 20)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := run()
		if err != nil {
			return err
		}
		m, own, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		if o.Levers, err = leverList(files, levers, own); err != nil {
			return err
		}
		if err := wishes(&o, pools, wanted, bounds); err != nil {
			return usageError{err}
		}
		o.Budget = budget
		if keep {
			for _, p := range m.Pools {
				o.Headcount += max(p.Size, len(p.Members))
			}
		}
		return a.answered(c, *asJSON, []any{asked(m, cfg), o}, func() (any, func(io.Writer) error, error) {
			bar := a.bar(a.lang().T("optimise.choices"))
			defer bar.end()
			cfg.Progress = bar.step
			r, err := experiment.Optimise(c.Context(), m, o, cfg)
			if err != nil {
				return nil, nil, desk.InputError{Err: err}
			}
			return struct {
				*experiment.Front
				Warnings []string `json:"warnings"`
			}{r, measure.Texts(r.Warnings)}, func(w io.Writer) error { return a.printFront(w, r) }, nil
		})
	}
	return c
}

// wishes reads the flags of an optimisation.
func wishes(o *experiment.OptimiseConfig, pools, wanted, bounds []string) error {
	figure := func(s string) experiment.Figure {
		name, of, _ := strings.Cut(strings.TrimSpace(s), "/")
		return experiment.Figure{Name: name, Of: of}
	}
	for _, text := range pools {
		name, numbers, ok := strings.Cut(text, "=")
		low, high, ok2 := strings.Cut(numbers, "..")
		a, err1 := strconv.Atoi(low)
		b, err2 := strconv.Atoi(high)
		if !ok || !ok2 || err1 != nil || err2 != nil {
			return fmt.Errorf("--pool %q: wanted such as lawyers=1..4", text)
		}
		o.Pools = append(o.Pools, experiment.PoolRange{Pool: name, Low: a, High: b})
	}
	for _, text := range wanted {
		o.Objectives = append(o.Objectives, figure(text))
	}
	if len(wanted) == 0 {
		o.Objectives = []experiment.Figure{{Name: experiment.CycleTime}, {Name: experiment.Headcount}}
	}
	for _, text := range bounds {
		at := strings.IndexAny(text, "<>")
		if at < 1 || at+1 >= len(text) || text[at+1] != '=' {
			return fmt.Errorf("--subject-to %q: wanted such as \"overdue_share<=0.05\"", text)
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(text[at+2:]), 64)
		if err != nil || math.IsNaN(x) {
			return fmt.Errorf("--subject-to %q: found %q, wanted a number (times in seconds)", text, text[at+2:])
		}
		k := experiment.Constraint{Figure: figure(text[:at])}
		if text[at] == '<' {
			k.AtMost = &x
		} else {
			k.AtLeast = &x
		}
		o.Constraints = append(o.Constraints, k)
	}
	return nil
}

func (a *app) printFront(w io.Writer, r *experiment.Front) error {
	l := a.lang()
	n := len(r.Objectives)
	t := table{head: []string{l.T("optimise.choice")}, right: map[int]bool{}}
	for i, f := range r.Objectives {
		title := l.T("kpi." + f.Name)
		if f.Of != "" {
			title += ", " + f.Of
		}
		t.head = append(t.head, title, l.T("cli.interval"))
		t.right[2*i+1], t.right[2*i+2] = true, true
	}
	add := func(name string, c *experiment.Choice) {
		row := []string{name}
		for _, k := range c.Figures[:n] {
			row = append(row, amount(l, k.Unit, float64(k.Mean)), amount(l, k.Unit, float64(k.Low))+" … "+amount(l, k.Unit, float64(k.High)))
		}
		t.add(row...)
	}
	add(l.T("whatif.as-is"), &r.AsIs)
	for i := range r.Choices {
		c := &r.Choices[i]
		var parts []string
		for _, pool := range slices.Sorted(maps.Keys(c.Pools)) {
			if c.Pools[pool] != r.AsIs.Pools[pool] {
				parts = append(parts, fmt.Sprintf("%s %d", pool, c.Pools[pool]))
			}
		}
		parts = append(parts, c.Levers...)
		if len(parts) == 0 {
			parts = []string{l.T("whatif.unchanged")}
		}
		name := strings.Join(parts, ", ")
		if !c.Holds {
			name += " " + l.T("optimise.broken")
		}
		add(name, c)
	}
	if err := t.write(w); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, l.T("optimise.evidence", l.Int(int64(r.Tried)), l.Int(int64(r.Screening)), l.Int(int64(r.Evidence.Replications)), l.Int(int64(r.Evidence.Seed)), r.Evidence.InputHash))
	for _, s := range measure.TextsIn(string(l), r.Warnings) {
		fmt.Fprintln(w, s)
	}
	return err
}
