package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

func (a *app) kpi() *cobra.Command {
	c := &cobra.Command{
		Use:   "kpi TWIN",
		Short: "Goals and indicators: as-is, target, ideal, gap, when the target is reached",
		Long: `Shows the tree of goals of a twin with its indicators, each with as-is, target and
ideal; what was measured last in the log of its process (TWIN-PROCESS in the store), the
gap, and the date at which the trend reaches the target, with its interval. Indicators
that measure nothing, belong to nobody or have no data are listed.`,
		Example: "  uprava kpi municipality",
		Args:    cobra.ExactArgs(1),
	}
	asOf := asOfFlag(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, _, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		at, err := asOf()
		if err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			tree, list, err := d.KPIsAt(c.Context(), m, at)
			if err != nil {
				return err
			}
			if *asJSON {
				return a.kpiJSON(tree, list)
			}
			if err := a.printKPIs(m.Graph(), tree, list); err != nil {
				return err
			}
			a.notice(a.stdout, m)
			return nil
		})
	}
	return c
}

func (a *app) kpiJSON(tree *kpi.Tree, list []desk.Standing) error {
	type indicator struct {
		ID        string                     `json:"kpi"`
		Name      twin.Text                  `json:"name"`
		Statistic string                     `json:"statistic"`
		Unit      measure.Unit               `json:"unit"`
		Period    string                     `json:"period"`
		Owners    []string                   `json:"owners"`
		Goals     []string                   `json:"goals"`
		Sources   map[string]twin.Provenance `json:"sources"`
		AsIs      *float64                   `json:"as_is"`
		Target    *float64                   `json:"target"`
		Ideal     *float64                   `json:"ideal"`
		Log       string                     `json:"log,omitempty"`
		Values    kpi.Series                 `json:"values,omitempty"`
		Outlook   *kpi.Outlook               `json:"outlook,omitempty"`
		Messages  []kpi.Message              `json:"alerts,omitempty"`
		Warnings  []string                   `json:"warnings,omitempty"`
		Last      measure.Number             `json:"last"`
	}
	refs := func(list []twin.Ref) []string {
		out := []string{}
		for _, r := range list {
			out = append(out, r.String())
		}
		return out
	}
	value := func(f *twin.Figure) *float64 {
		if f == nil {
			return nil
		}
		return &f.Value
	}
	out := []indicator{}
	for _, s := range list {
		x := indicator{ID: s.Ref.ID, Name: s.Name, Statistic: s.Statistic, Sources: sources(s.Indicator), Unit: s.Unit, Period: s.Period, Owners: refs(s.Owners), Goals: refs(s.Goals), AsIs: value(s.AsIs), Target: value(s.Target), Ideal: value(s.Ideal),
			Log: s.Log, Values: s.Series, Outlook: s.Outlook, Messages: s.Messages, Last: measure.Number(math.NaN())}
		if s.Outlook != nil {
			x.Warnings, x.Last = measure.Texts(s.Outlook.Warnings), s.Outlook.Now
		}
		out = append(out, x)
	}
	findings := []string{}
	for i := range tree.Findings {
		findings = append(findings, tree.Findings[i].Error())
	}
	return writeJSON(a.stdout, struct {
		Indicators []indicator `json:"indicators"`
		Findings   []string    `json:"findings"`
	}{out, findings})
}

func (a *app) printKPIs(g *twin.Graph, tree *kpi.Tree, list []desk.Standing) error {
	l := a.lang()
	var goals func(n *kpi.Node, depth int)
	goals = func(n *kpi.Node, depth int) {
		fmt.Fprintf(a.stdout, "%s%s: %s\n", strings.Repeat("  ", depth), l.T("goal."+n.Level), plain(n.Name.In(string(l))))
		for _, i := range n.Indicators {
			fmt.Fprintf(a.stdout, "%s· %s\n", strings.Repeat("  ", depth+1), plain(i.Name.In(string(l))))
		}
		for _, b := range n.Below {
			goals(b, depth+1)
		}
	}
	for _, n := range tree.Top {
		goals(n, 0)
	}
	fmt.Fprintln(a.stdout)
	t := table{head: []string{l.T("kpi.indicator"), l.T("kpi.statistic"), l.T("kpi.period"), l.T("kpi.as-is"), l.T("kpi.target"), l.T("kpi.ideal"), l.T("kpi.last"), l.T("cli.interval"), "n", l.T("kpi.gap"), l.T("kpi.when")}, right: map[int]bool{3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true}}
	for _, s := range list {
		show := func(f *twin.Figure) string {
			if f == nil {
				return "—"
			}
			return l.Amount(s.Unit, f.Value)
		}
		last, interval, n, gap, when := "—", "—", "—", "—", l.T("kpi.no-log")
		if s.Outlook != nil {
			last, gap, when = l.Amount(s.Unit, float64(s.Outlook.Now)), l.Amount(s.Unit, float64(s.Outlook.Gap)), a.whenReached(l, s.Outlook)
			for _, p := range s.Series {
				if p.N > 0 {
					n, interval = l.Int(int64(p.N)), l.Amount(s.Unit, float64(p.Low))+" … "+l.Amount(s.Unit, float64(p.High))
				}
			}
		}
		statistic := "—"
		if s.Statistic != "" {
			statistic = l.T("kpi.statistic." + s.Statistic)
		}
		t.add(s.Name.In(string(l)), statistic, l.T("kpi.period."+s.Period), show(s.AsIs), show(s.Target), show(s.Ideal), last, interval, n, gap, when)
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout)
	for _, s := range list {
		var owners, from []string
		for _, r := range s.Owners {
			owners = append(owners, plain(g.Name(r).In(string(l))))
		}
		if len(owners) == 0 {
			owners = []string{"—"}
		}
		for _, x := range [...]struct {
			key    string
			figure *twin.Figure
		}{{"kpi.as-is", s.AsIs}, {"kpi.target", s.Target}, {"kpi.ideal", s.Ideal}} {
			if x.figure != nil {
				from = append(from, l.T(x.key)+" — "+originText(l, x.figure.Provenance))
			}
		}
		fmt.Fprintln(a.stdout, l.T("kpi.owner-and-source", plain(s.Name.In(string(l))), strings.Join(owners, ", "), strings.Join(from, "; ")))
	}
	for _, s := range list {
		for _, x := range s.Messages {
			key := "kpi.raised"
			if !x.Raised {
				key = "kpi.cleared"
			}
			fmt.Fprintln(a.stdout, l.T(key, plain(s.Name.In(string(l))), l.Amount(s.Unit, x.Value), x.Told.Format("2006-01-02 15:04")))
		}
	}
	for i := range tree.Findings {
		f := &tree.Findings[i]
		fmt.Fprintf(a.stdout, "%s %s: %s\n", l.T("kpi.finding"), f.On, f.In(string(l)))
	}
	return nil
}

// whenReached tells when the trend is at the target.
func (a *app) whenReached(l terms.Lang, o *kpi.Outlook) string {
	switch {
	case o.Reached:
		return l.T("kpi.reached")
	case o.Date.IsZero():
		return l.T("kpi.never")
	}
	latest := l.T("kpi.or-never")
	if !o.Latest.IsZero() {
		latest = o.Latest.Format(time.DateOnly)
	}
	return fmt.Sprintf("%s (%s … %s)", o.Date.Format(time.DateOnly), o.Earliest.Format(time.DateOnly), latest)
}

// sources tells where the values of an indicator come from.
func sources(i *kpi.Indicator) map[string]twin.Provenance {
	out := map[string]twin.Provenance{}
	for name, f := range map[string]*twin.Figure{"as_is": i.AsIs, "target": i.Target, "ideal": i.Ideal} {
		if f != nil {
			out[name] = f.Provenance
		}
	}
	return out
}
