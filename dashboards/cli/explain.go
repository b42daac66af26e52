package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/rootcause"
)

func (a *app) explain() *cobra.Command {
	var what desk.OutcomeConfig
	var limit, rulesFile, zone string
	var cfg rootcause.Config
	c := &cobra.Command{
		Use:   "explain LOG --outcome late|long|lead-time|RULE",
		Short: "What goes with late cases, long cases or broken rules",
		Long: `Finds which attributes of the cases go with an outcome: how much more often it comes
true where an attribute has a value, with an interval and the probability corrected
for the number of tests; attributes that mix up two effects, with the effect when they
are held fixed; and rules found on one half of the cases and measured on the other.
What is known only after the outcome is left out, and listed. It is association, not
cause.

Outcomes: late (later than --limit or than the attribute --due; of a pack's log its
own due dates), long (above the quantile --above), lead-time (the time itself), or the
id of a rule of --rules.`,
		Example: `  uprava explain receipt --outcome late --limit 30d
  uprava explain receipt --outcome long --above 0.9 --json
  uprava explain receipt --outcome determined-by-another --rules rules.yaml`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&what.Outcome, "outcome", "", "what is explained: late, long, lead-time or the id of a rule")
	f.StringVar(&limit, "limit", "", "limit of the lead time, such as 30d")
	f.StringVar(&what.Due, "due", "", "case attribute with the moment by which a case must end")
	f.Float64Var(&what.Above, "above", 0.85, "quantile of the lead times above which a case is long")
	f.StringVar(&rulesFile, "rules", "", "rules file (YAML)")
	f.StringVar(&zone, "time-zone", "Europe/Moscow", "zone in which terms of rules are reckoned")
	f.BoolVar(&cfg.AtStart, "at-start", false, "leave out what is known only while a case runs")
	f.BoolVar(&cfg.KeepLeaks, "keep-leaks", false, "keep, marked, what is known only after the outcome")
	f.StringArrayVar(&cfg.Without, "without", nil, "attribute to leave out; may be repeated")
	f.Uint64Var(&cfg.Seed, "seed", 0, "seed of the halves")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if what.Outcome == "" {
			return usageError{fmt.Errorf("--outcome is needed\nusage: %s", c.UseLine())}
		}
		if what.Limit, err = parseDuration("--limit", limit); err != nil {
			return usageError{err}
		}
		if what.TimeZone, err = time.LoadLocation(zone); err != nil {
			return usageError{fmt.Errorf("--time-zone %q: %w", zone, err)}
		}
		if rulesFile != "" {
			if what.Rules, err = readRules(rulesFile); err != nil {
				return err
			}
		}
		if err := cfg.Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, effect, err := d.Explain(c.Context(), args[0], k, what, cfg)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeFiltered(a, r, effect)
			}
			if err := a.printExplanation(r); err != nil {
				return err
			}
			a.warn(measure.TextsIn(string(a.lang()), r.Warnings))
			return nil
		})
	}
	return c
}

// shownEffects is how many effects a table lists.
const shownEffects = 12

func (a *app) printExplanation(r *rootcause.Result) error {
	l := a.lang()
	lang := string(l)
	name := r.OutcomeEN
	if lang == "ru" {
		name = r.OutcomeRU
	}
	switch {
	case r.Base != nil:
		share := percent(l, r.Base.Share.Value)
		if i := r.Base.Share.Interval; i != nil {
			share += fmt.Sprintf(" (%s…%s)", l.Percent(i.Low, 1), l.Percent(i.High, 1))
		}
		fmt.Fprintln(a.stdout, l.T("explain.head", plain(name), share, l.Int(int64(r.Known)), l.Int(int64(r.Cases))))
	default:
		fmt.Fprintln(a.stdout, l.T("explain.head", plain(name), l.Seconds(r.Values.Median), l.Int(int64(r.Known)), l.Int(int64(r.Cases))))
	}
	fmt.Fprintln(a.stdout, l.T("explain.association"))
	if r.Found == 0 {
		fmt.Fprintln(a.stdout, l.T("explain.nothing", l.Int(int64(r.Tests))))
	} else {
		fmt.Fprintln(a.stdout)
		t := table{head: []string{l.T("explain.attribute"), "n", l.T("explain.with"), l.T("explain.without"), l.T("cli.difference"), l.T("compare.size"), "p"}, right: map[int]bool{1: true, 2: true, 3: true, 6: true}}
		shown := 0
		for _, e := range r.Effects {
			if !e.Found || shown == shownEffects {
				continue
			}
			shown++
			label := shorten(rootcause.Label(lang, e.Attribute), 26) + " = " + shorten(rootcause.Label(lang, e.Value), 24)
			switch {
			case e.Shares != nil:
				t.add(label, l.Int(int64(e.N)), rate(l, e.Shares.B), rate(l, e.Shares.A), points(l, e.Shares.Difference), e.Size.In(lang), probability(l, e.Adjusted))
			case e.Shift != nil:
				t.add(label, l.Int(int64(e.N)), "", "", secondsWith(l, *e.Shift), e.Size.In(lang), probability(l, e.Adjusted))
			}
		}
		if err := t.write(a.stdout); err != nil {
			return err
		}
		if rest := r.Found - shown; rest > 0 {
			fmt.Fprintln(a.stdout, l.T("cli.more", l.Int(int64(rest))))
		}
		a.printConfounders(r)
	}
	for i, rule := range r.Rules {
		if i == 0 {
			fmt.Fprintf(a.stdout, "\n%s\n", l.T("explain.rules"))
		}
		var parts []string
		for _, c := range rule.Conditions {
			parts = append(parts, fmt.Sprintf("%s %s %s", rootcause.Label(lang, c.Attribute), c.Operator, rootcause.Label(lang, c.Value)))
		}
		fmt.Fprintf(a.stdout, "  %s: %s\n", plain(strings.Join(parts, " & ")), l.T("explain.rule", percent(l, rule.Precision.Value), percent(l, rule.Support), l.Float(float64(rule.Lift.Value), 1)))
	}
	var leaks []string
	for _, x := range r.Left {
		if x.Kind == "leak" {
			leaks = append(leaks, rootcause.Label(lang, x.Attribute))
		}
	}
	if len(leaks) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", l.T("explain.leaks", plain(strings.Join(leaks, ", "))))
	}
	return nil
}

// printConfounders names what mixes up the effects shown.
func (a *app) printConfounders(r *rootcause.Result) {
	l := a.lang()
	lang := string(l)
	first := true
	for i, e := range r.Effects {
		if !e.Found || len(e.Confounders) == 0 || i >= shownEffects {
			continue
		}
		if first {
			fmt.Fprintf(a.stdout, "\n%s\n", l.T("explain.confounders"))
			first = false
		}
		var parts []string
		for _, c := range e.Confounders[:min(2, len(e.Confounders))] {
			parts = append(parts, l.T("explain.confounder", rootcause.Label(lang, c.Attribute), l.Float(float64(c.Crude), 2), l.Float(float64(c.Adjusted), 2)))
		}
		text := fmt.Sprintf("  %s = %s: %s", rootcause.Label(lang, e.Attribute), rootcause.Label(lang, e.Value), strings.Join(parts, "; "))
		if e.Reversed {
			text += " — " + l.T("explain.reversed")
		}
		fmt.Fprintln(a.stdout, plain(text))
	}
}
