package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

func (a *app) attribute() *cobra.Command {
	var files, levers, offered []string
	var plan string
	var tolerance float64
	var orders int
	c := &cobra.Command{
		Use:   "attribute MODEL --scenario NAME… | --lever LEVER… | --plan PROCESS",
		Short: "Which lever gave how much of a joint effect",
		Long: `Pulls every set of the given levers on common random numbers and shares the effect of
all of them among them by their Shapley values, each with an interval: what a lever
adds on average over the orders in which they can be pulled. With it the other sets
that reach the same effect, and the steps by which the log of a real change would tell
them apart.

With --plan the levers are the measures of the action plan that are to better a process.

A lever is a scenario (--scenario: a file, or the name of one of the model's own) or a
single change (--lever). Other sets may also hold what is offered besides (--offer). Of
up to eight levers every set is run, of more some orders are drawn.`,
		Example: `  uprava attribute municipality --scenario portal --scenario requests --scenario at-once \
    --offer templates --offer daily-signing --figure lead_time --of redistribution
  uprava attribute municipality --plan appeals
  uprava attribute fitted/ --lever "step:T06*0.5" --lever "pool:legal+1" --tolerance 0.1`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := c.Flags()
	f.StringArrayVar(&files, "scenario", nil, "a lever: a scenario; may be repeated")
	f.StringArrayVar(&levers, "lever", nil, "a lever: a single change; may be repeated")
	f.StringArrayVar(&offered, "offer", nil, "a further scenario that other sets may hold; may be repeated")
	f.Float64Var(&tolerance, "tolerance", 0.05, "share of the joint effect within which another set reaches the same")
	f.IntVar(&orders, "orders", 60, "orders to draw where there are more than eight levers")
	f.StringVar(&plan, "plan", "", "process whose measures of the action plan are the levers")
	run := a.runFlags(c, 30)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, err := run()
		if err != nil {
			return err
		}
		if len(files)+len(levers) == 0 && plan == "" {
			return usageError{fmt.Errorf("no levers: give --scenario or --lever, once or more, or --plan\nusage: %s", c.UseLine())}
		}
		if !(tolerance > 0 && tolerance <= 1) {
			return usageError{fmt.Errorf("--tolerance %v: wanted a share, such as 0.05", tolerance)}
		}
		if err := aboveZero(c, "orders"); err != nil {
			return err
		}
		m, own, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		list, err := leverList(files, levers, own)
		if err != nil {
			return err
		}
		if plan != "" {
			of, err := planned(m, own, plan)
			if err != nil {
				return err
			}
			list = append(list, of...)
			if !c.Flags().Changed("figure") {
				cfg.Figure.Name = experiment.LeadTime
			}
			if !c.Flags().Changed("of") && len(m.Processes) > 1 {
				cfg.Figure.Of = plan
			}
		}
		more, err := leverList(offered, nil, own)
		if err != nil {
			return err
		}
		return a.answered(c, *asJSON, []any{asked(m, cfg), list, more, tolerance, orders}, func() (any, func(io.Writer) error, error) {
			if err := a.checked(cfg, pulled(m, list)...); err != nil {
				return nil, nil, err
			}
			bar := a.bar(a.lang().T("cli.replications"))
			defer bar.end()
			cfg.Progress = bar.step
			r, err := experiment.Attribute(c.Context(), m, list, experiment.AttributeConfig{Offered: more, Tolerance: tolerance, Orders: orders}, cfg)
			if err != nil {
				return nil, nil, desk.InputError{Err: err}
			}
			return struct {
					*experiment.Attribution
					Warnings []string `json:"warnings"`
				}{r, measure.Texts(r.Warnings)}, func(w io.Writer) error {
					if err := a.printAttribution(w, r); err != nil {
						return err
					}
					a.notice(w, m)
					return nil
				}, nil
		})
	}
	return c
}

// planned returns the measures of a process, each a lever by itself.
func planned(m *twin.Model, own []*scenario.Scenario, process string) ([]*scenario.Scenario, error) {
	if m.Passport(process) == nil {
		return nil, fmt.Errorf("process %q: %w in the twin", process, desk.ErrNotFound)
	}
	list, err := scenario.OfPlan(m.Plan(process), own)
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	if len(list) == 0 {
		return nil, desk.InputError{Err: fmt.Errorf("process %q: no measure of the action plan names a scenario", process)}
	}
	return list, nil
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
	show := func(v measure.Number) string { return l.Amount(r.Unit, float64(v)) }
	of := ""
	if r.Figure.Of != "" {
		of = ", " + r.Figure.Of
	}
	fmt.Fprintln(w, l.T("attribute.head", l.T("kpi."+r.Figure.Name)+of, show(r.AsIs)))
	t := table{head: []string{l.T("attribute.lever"), l.T("attribute.share"), l.T("cli.interval"), l.T("attribute.alone")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, x := range r.Levers {
		t.add(x.ID, show(x.Effect), between(show, x.Low, x.High), show(x.Alone))
	}
	t.add(l.T("attribute.joint"), show(r.Joint.Effect), between(show, r.Joint.Low, r.Joint.High), "")
	if err := t.write(w); err != nil {
		return err
	}
	if r.Orders > 0 {
		fmt.Fprintln(w, l.T("attribute.sampled", l.Int(int64(r.Runs)), l.Int(int64(r.Replications)), l.Int(int64(r.Orders))))
	} else {
		fmt.Fprintln(w, l.T("attribute.exact", l.Int(int64(r.Runs)), l.Int(int64(r.Replications))))
	}
	printDoubts(w, l, r.Warnings)
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
