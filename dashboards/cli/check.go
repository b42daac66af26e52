package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/rules"
)

func (a *app) check() *cobra.Command {
	var model, method, rulesFile, zone, region string
	var budget time.Duration
	var states int
	var today bool
	c := &cobra.Command{
		Use:   "check LOG --model FILE | --rules FILE",
		Short: "Hold a log against a model or against rules",
		Long: `With --model: how well the cases of a log fit a model (.pnml, .ptml, .bpmn), and how
precise the model is. --method replay counts tokens and is fast; --method alignment
finds the fewest deviations of each case and proves it. Without --budget the search
is bounded by states, so that the result repeats to the byte; what --budget cuts says
so, and what could not be proved is told by a lower and an upper bound.

With --rules: which cases break sequence rules, rules of who may do what, and terms
of law, with the events that show it.`,
		Example: `  uprava check receipt --model receipt.bpmn
  uprava check receipt --model receipt.pnml --method alignment --budget 10s --json
  uprava check receipt --rules rules.yaml --filter 'started in 2011'`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&model, "model", "", "model file: .pnml, .ptml or .bpmn")
	f.StringVar(&method, "method", "replay", "how: replay or alignment")
	f.DurationVar(&budget, "budget", 0, "total wall time, such as 10s (default: bounded by states)")
	f.IntVar(&states, "max-states", 0, "bound of the searches (default: enough for most logs)")
	f.StringVar(&rulesFile, "rules", "", "rules file (YAML)")
	f.BoolVar(&today, "today", false, "judge terms by the edition in force at that moment, not when each case began")
	f.StringVar(&region, "region", "", "region whose values of a term hold")
	f.StringVar(&zone, "time-zone", "Europe/Moscow", "zone in which terms are reckoned")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if (model == "") == (rulesFile == "") {
			return usageError{fmt.Errorf("one of --model and --rules is needed\nusage: %s", c.UseLine())}
		}
		if model != "" {
			m, err := conformance.ParseMethod(method)
			if err != nil {
				return usageError{err}
			}
			cfg := conformance.Config{Method: m, MaxStates: states, Budget: budget}
			if err := cfg.Validate(); err != nil {
				return usageError{err}
			}
			net, listed, err := convert.ReadNetFile(model)
			if err != nil {
				return desk.InputError{Err: err}
			}
			for _, x := range listed { // before any work starts
				text := x.EN
				if a.lang() == terms.RU {
					text = x.RU
				}
				a.warn([]string{x.ID + ": " + text})
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				r, err := d.CheckModel(c.Context(), args[0], k, net, cfg)
				if err != nil {
					return err
				}
				if *asJSON {
					return a.writeChecked(r)
				}
				if err := a.printCheck(r); err != nil {
					return err
				}
				a.warn(measure.TextsIn(string(a.lang()), r.Doubts))
				return nil
			})
		}
		set, err := readRules(rulesFile)
		if err != nil {
			return err
		}
		location, err := time.LoadLocation(zone)
		if err != nil {
			return usageError{fmt.Errorf("--time-zone %q: %w", zone, err)}
		}
		cfg := rules.Config{Today: today, Region: region, AsOf: k.AsOf}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, err := d.CheckRules(c.Context(), args[0], k, set, location, cfg)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeFiltered(a, r.Report, r.Filter)
			}
			return a.printRules(r)
		})
	}
	return c
}

func readRules(path string) (*rules.Set, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, desk.InputError{Err: fmt.Errorf("reading rules: %w", err)}
	}
	defer f.Close()
	set, err := rules.Read(path, f)
	if err != nil {
		return nil, desk.InputError{Err: err}
	}
	return set, nil
}

func (a *app) writeChecked(r *desk.Checked) error { return writeFiltered(a, r.Result, r.Filter) }

// writeFiltered prints the JSON of a value with what a filter left, where one was
// given, as its last field.
func writeFiltered(a *app, v any, effect *filter.Effect) error {
	if effect == nil {
		return writeJSON(a.stdout, v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	e, err := json.Marshal(effect)
	if err != nil {
		return err
	}
	return writeJSON(a.stdout, json.RawMessage(strings.TrimSuffix(string(b), "}")+`,"filter":`+string(e)+"}"))
}

// shownDeviations is how many deviations a table lists.
const shownDeviations = 5

func (a *app) printCheck(c *desk.Checked) error {
	l, r := a.lang(), c.Result
	t := table{}
	t.add(l.T("check.log-fitness"), figure(l, r.LogFitness), l.T("check.log-fitness.is"))
	t.add(l.T("check.trace-fitness"), figure(l, r.AverageTraceFitness), l.T("check.trace-fitness.is"))
	if r.FittingTraces != nil {
		t.add(l.T("check.fitting"), l.Int(*r.FittingTraces), l.T("check.fitting.is", l.Int(r.Traces)))
	}
	t.add(l.T("check.precision"), figure(l, r.Precision), l.T("check.precision.is"))
	t.add(l.T("check.generalisation"), figure(l, r.Generalisation), l.T("check.generalisation.is"))
	t.add(l.T("check.simplicity"), figure(l, r.Simplicity), l.T("check.simplicity.is"))
	if r.TotalCost != nil {
		t.add(l.T("check.cost"), l.Int(*r.TotalCost), l.T("check.cost.is"))
		if r.CostLow != nil && r.CostHigh != nil && *r.CostLow != *r.CostHigh {
			t.add(l.T("check.bounds"), l.Int(*r.CostLow)+" … "+l.Int(*r.CostHigh), l.T("check.bounds.is"))
		}
		t.add(l.T("check.proved"), l.Int(*r.ProvedTraces), l.T("check.proved.is", l.Int(r.Traces)))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	flows := slices.Clone(r.Overlay.Activities)
	deviating := func(f conformance.ActivityFlow) int64 { return f.Forced + f.LogOnly + f.ModelOnly }
	slices.SortStableFunc(flows, func(x, y conformance.ActivityFlow) int { return cmp.Compare(deviating(y), deviating(x)) })
	flows = slices.DeleteFunc(flows, func(f conformance.ActivityFlow) bool { return deviating(f) == 0 })
	if len(flows) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\n%s\n", l.T("check.where"))
	d := table{head: []string{l.T("check.activity"), l.T("check.events"), l.T("check.unexpected"), l.T("check.skipped")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, f := range flows[:min(shownDeviations, len(flows))] {
		name := f.Activity
		if !f.InModel {
			name += " " + l.T("check.not-in-model")
		}
		d.add(shorten(name, 60), l.Int(f.Events), l.Int(f.Forced+f.LogOnly), l.Int(f.ModelOnly))
	}
	if err := d.write(a.stdout); err != nil {
		return err
	}
	if rest := len(flows) - shownDeviations; rest > 0 {
		fmt.Fprintln(a.stdout, l.T("check.further", l.Int(int64(rest))))
	}
	return nil
}

func (a *app) printRules(r *desk.Kept) error {
	l := a.lang()
	lang := string(l)
	fmt.Fprintln(a.stdout, l.T("check.rules", plain(r.Log), l.Count("case", int64(r.Cases)), l.Date(r.AsOf)))
	t := table{head: []string{l.T("check.rule"), l.T("check.broken"), l.T("check.share"), l.T("check.kept"), l.T("check.undecided")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, o := range r.Rules {
		t.add(shorten(o.Title.In(lang), 48), l.Int(int64(o.Violated)), shareOf(l, o.Share, o.Interval), l.Int(int64(o.Satisfied)), l.Int(int64(o.Undecided)))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	for _, o := range r.Rules {
		if o.Violated == 0 {
			continue
		}
		var cases []string
		for _, e := range o.Evidence {
			if !slices.Contains(cases, e.Case) {
				cases = append(cases, e.Case)
			}
		}
		more := ""
		if len(cases) > shownDeviations {
			cases, more = cases[:shownDeviations], " …"
		}
		title := o.Title.In(lang)
		if cite := o.Citation.In(lang); cite != "" {
			title += " (" + cite + ")"
		}
		fmt.Fprintf(a.stdout, "\n%s\n  %s: %s%s\n", plain(title), l.T("quality.cases"), plain(strings.Join(cases, ", ")), more)
		if len(o.Evidence) > 0 {
			fmt.Fprintf(a.stdout, "  %s\n", plain(o.Evidence[0].Reason.In(lang)))
		}
	}
	for _, o := range r.Rules { // folded: one line a rule
		if texts := measure.TextsIn(lang, o.Warnings); len(texts) > 0 {
			a.warn([]string{o.ID + ": " + strings.Join(texts, "; ")})
		}
	}
	a.warn(measure.TextsIn(lang, r.Doubts))
	return nil
}

// shareOf is a share with its interval.
func shareOf(l terms.Lang, share measure.Number, i *measure.Interval) string {
	if math.IsNaN(float64(share)) {
		return measure.Unknown
	}
	text := l.Percent(float64(share), 1)
	if i != nil {
		text += fmt.Sprintf(" (%s…%s)", l.Percent(i.Low, 1), l.Percent(i.High, 1))
	}
	return text
}
