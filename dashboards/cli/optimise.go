package cli

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
)

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
		if err := aboveZero(c, "population", "generations", "screening", "budget"); err != nil {
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
			if err := a.checked(cfg, pulled(m, o.Levers)...); err != nil {
				return nil, nil, err
			}
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
	for _, k := range r.AsIs.Load {
		fmt.Fprintln(w, l.T("optimise.load", k.Of, l.Int(int64(r.AsIs.Pools[k.Of])), l.Percent(float64(k.Mean), 1), l.Percent(float64(k.Low), 1), l.Percent(float64(k.High), 1)))
	}
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
			show := together(l, k.Unit, k.Mean, k.Low, k.High)
			row = append(row, show(k.Mean), between(show, k.Low, k.High))
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
	printDoubts(w, l, r.Warnings)
	return err
}
