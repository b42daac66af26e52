package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) compare() *cobra.Command {
	var by, with, withFilter, before string
	var ends []string
	var confidence float64
	c := &cobra.Command{
		Use:   "compare LOG --by ATTRIBUTE | --with LOG | --with-filter FILTER | --before DATE",
		Short: "Compare two groups of cases, two periods or two logs",
		Long: `Compares lead times, waiting, the course of the cases, rework and case mix of two
groups, with intervals, effect sizes and probabilities corrected for the number of
tests. Groups are the values of a case attribute (--by: each against the rest), two
logs (--with), two parts of one log (--filter and --with-filter), or the cases that
began before and from a date on (--before). Figures are those of the second group
against the first.`,
		Example: `  uprava compare receipt --by channel
  uprava compare receipt --before 2011-07-01
  uprava compare receipt --filter 'case("channel") = "Internet"' --with-filter 'case("channel") = "Desk"'`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&by, "by", "", "attribute of the cases, or of their first event")
	f.StringVar(&with, "with", "", "another log")
	f.StringVar(&withFilter, "with-filter", "", "filter of the second group, of this log or of --with")
	f.StringVar(&before, "before", "", "date on which the second period begins")
	f.StringArrayVar(&ends, "end", nil, "activity that ends a case; others count as open; may be repeated")
	f.Float64Var(&confidence, "confidence", 0.95, "confidence of the intervals")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		ways := 0
		for _, way := range []bool{by != "", with != "" || withFilter != "", before != ""} {
			if way {
				ways++
			}
		}
		if ways != 1 {
			return usageError{fmt.Errorf("one of --by, --with, --with-filter and --before is needed\nusage: %s", c.UseLine())}
		}
		second := k
		if withFilter != "" {
			if second.Filter, err = filter.Parse(withFilter); err != nil {
				return usageError{err}
			}
		}
		moment, err := desk.ParseAsOf(before)
		if err != nil {
			return usageError{fmt.Errorf("--before: %w", err)}
		}
		var at eventlog.Time
		if before != "" {
			at = eventlog.At(moment).Time
		}
		if len(before) == len(time.DateOnly) {
			at -= 24*3600_000000 - 1 // a date begins the second period
		}
		cfg := cohort.Config{Confidence: confidence, Ends: ends}
		if err := cfg.Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			var results []*cohort.Result
			var all any
			var warnings []error
			var effect *filter.Effect
			switch {
			case by != "":
				cfg.Without = []string{by}
				e, left, err := d.CompareBy(c.Context(), args[0], k, by, cfg)
				if err != nil {
					return err
				}
				results, all, warnings, effect = e.Results, e, e.Warnings, left
			default:
				var r *cohort.Result
				if before != "" {
					cfg.Names = [2]string{a.lang().T("compare.before", before), a.lang().T("compare.from", before)}
					r, effect, err = d.CompareBefore(c.Context(), args[0], k, at, cfg)
				} else {
					other := args[0]
					if with != "" {
						other = with
					}
					cfg.Names = [2]string{named(args[0], k.Filter), named(other, second.Filter)}
					r, effect, err = d.CompareWith(c.Context(), args[0], k, other, second, cfg)
				}
				if err != nil {
					return err
				}
				results, all = []*cohort.Result{r}, r
			}
			if *asJSON {
				return writeFiltered(a, all, effect)
			}
			seen := map[string]bool{} // the same doubt of every group is told once
			for i, r := range results {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				if err := a.printComparison(r); err != nil {
					return err
				}
				warnings = append(warnings, r.Warnings...)
			}
			for _, w := range measure.TextsIn(string(a.lang()), warnings) {
				if !seen[w] {
					seen[w] = true
					a.warn([]string{w})
				}
			}
			return nil
		})
	}
	return c
}

// named is a log with the filter that made the part of it.
func named(log string, f filter.Filter) string {
	if f.Empty() {
		return log
	}
	return f.String()
}

// shownDifferences is how many rows of each kind a table lists.
const shownDifferences = 4

func (a *app) printComparison(r *cohort.Result) error {
	l := a.lang()
	lang := string(l)
	fmt.Fprintln(a.stdout, l.T("compare.head", plain(r.B.Name), l.Count("case", int64(r.B.Cases)), plain(r.A.Name), l.Count("case", int64(r.A.Cases))))
	for _, s := range r.Headline(lang) {
		fmt.Fprintln(a.stdout, "  "+plain(s))
	}
	t := table{head: []string{l.T("compare.what"), shorten(r.A.Name, 18), shorten(r.B.Name, 18), l.T("cli.difference"), l.T("compare.size"), "p"}, right: map[int]bool{1: true, 2: true, 5: true}}
	if x := r.LeadTime; x != nil {
		t.add(l.T("compare.lead-median"), l.Seconds(x.A.Median), l.Seconds(x.B.Median), secondsWith(l, x.Median), x.Size.In(lang), probability(l, x.Adjusted))
		t.add(l.T("compare.lead-mean"), l.Seconds(x.A.Mean), l.Seconds(x.B.Mean), secondsWith(l, x.Mean), "", "")
	}
	share := func(name string, s *cohort.Share) {
		if s != nil {
			t.add(name, rate(l, s.A), rate(l, s.B), points(l, s.Difference), s.Size.In(lang), probability(l, s.Adjusted))
		}
	}
	share(l.T("compare.rework"), r.Rework)
	share(l.T("compare.breach"), r.Breach)
	found := func(p measure.Number) bool { return float64(p) <= r.Level }
	n := 0
	for i := range r.Activities {
		if x := &r.Activities[i]; found(x.Adjusted) && n < shownDifferences {
			n++
			share(l.T("compare.has", shorten(x.Activity, 40)), &x.Share)
		}
	}
	n = 0
	for _, x := range r.Waiting {
		if found(x.Adjusted) && n < shownDifferences {
			n++
			t.add(l.T("compare.waiting", shorten(x.Activity, 34)), l.Seconds(x.A.Median), l.Seconds(x.B.Median), secondsWith(l, x.Median), x.Size.In(lang), probability(l, x.Adjusted))
		}
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	var mix, families []string
	for _, x := range r.Mix {
		if found(x.Adjusted) && x.Size != measure.Negligible && len(mix) < shownDifferences {
			mix = append(mix, l.T("compare.mix-of", x.Attribute, shorten(x.Most, 24), percent(l, x.ShareA), percent(l, x.ShareB), x.Size.In(lang)))
		}
	}
	if len(mix) > 0 {
		fmt.Fprintln(a.stdout, plain(l.T("compare.mix", strings.Join(mix, "; "))))
	}
	for _, x := range r.Families {
		if x.Tests > 0 {
			families = append(families, l.T("compare.family", l.T("compare.family."+x.Name), x.Method, l.Int(int64(x.Found)), l.Int(int64(x.Tests))))
		}
	}
	if len(families) > 0 {
		fmt.Fprintln(a.stdout, l.T("compare.families", strings.Join(families, ", ")))
	}
	return nil
}

func rate(l terms.Lang, r measure.Rate) string { return percent(l, measure.Number(r.Share())) }

// secondsWith is a difference of times with its interval.
func secondsWith(l terms.Lang, e measure.Estimate) string {
	if math.IsNaN(float64(e.Value)) {
		return measure.Unknown
	}
	s := l.Seconds(float64(e.Value))
	if e.Interval != nil {
		s += fmt.Sprintf(" (%s … %s)", l.Seconds(e.Interval.Low), l.Seconds(e.Interval.High))
	}
	return s
}

// points is a difference of shares in percentage points with its interval.
func points(l terms.Lang, e measure.Estimate) string {
	if math.IsNaN(float64(e.Value)) {
		return measure.Unknown
	}
	s := l.T("compare.points", l.Float(100*float64(e.Value), 1))
	if e.Interval != nil {
		s += fmt.Sprintf(" (%s … %s)", l.Float(100*e.Interval.Low, 1), l.Float(100*e.Interval.High, 1))
	}
	return s
}

// probability is a probability as people read it.
func probability(l terms.Lang, p measure.Number) string {
	switch x := float64(p); {
	case math.IsNaN(x):
		return measure.Unknown
	case x < 0.001:
		return "< " + l.Float(0.001, 3)
	default:
		return l.Float(x, 3)
	}
}
