package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining"
)

func (a *app) mine() *cobra.Command {
	c := &cobra.Command{
		Use:   "mine LOG",
		Short: "Lead times, variants and the directly-follows graph of a log",
		Long: `Computes the directly-follows graph, the variants, the start and end activities
and the lead time of the cases, in the store's engine.

Activity instances are counted by default: a start and the complete that belongs
to it make one. --events recorded counts every event as it was recorded. The
activity is concept:name unless --classifier names one of the log's classifiers.
With --filter a part of the log is mined; "uprava filters" tells how to write one.`,
		Example: `  uprava mine receipt
  uprava mine bpic12 --events recorded --json
  uprava mine receipt --filter 'lead_time > 30d; not rework'`,
		Args: cobra.ExactArgs(1),
	}
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			o, err := d.Mine(c.Context(), args[0], k)
			if err != nil {
				return err
			}
			if *asJSON {
				return o.WriteJSON(a.stdout)
			}
			if err := printOverview(a.stdout, o, a.lang()); err != nil {
				return err
			}
			a.warn(o.WarningsIn(string(a.lang())))
			return nil
		})
	}
	return c
}

// shownEdges is how many directly-follows pairs the table lists.
const shownEdges = 10

func printOverview(w io.Writer, o *mining.Overview, l terms.Lang) error {
	fmt.Fprintln(w, l.T("cli.mined", plain(o.Log), l.Count("case", o.Cases), l.Count("event", o.Events),
		l.Count("activity", int64(o.Activities)), l.Count("variant", int64(o.Variants))))
	lt := o.LeadTime
	fmt.Fprintf(w, "%s: %s %s, %s %s, p85 %s, p95 %s, %s %s (n = %s)\n\n", l.T("lead.title"),
		l.T("cli.mean"), l.Seconds(float64(lt.Mean)), l.T("cli.median"), l.Seconds(float64(lt.Median)),
		l.Seconds(float64(lt.P85)), l.Seconds(float64(lt.P95)), l.T("cli.max"), l.Seconds(float64(lt.Max)), l.Int(int64(lt.N)))
	fmt.Fprintln(w, l.T("cli.pairs", l.Int(int64(o.DirectlyFollows.Pairs)), l.Int(o.DirectlyFollows.Total)))
	t := table{head: []string{l.T("map.from"), l.T("map.to"), l.T("map.count"), l.T("map.mean")}, right: map[int]bool{2: true, 3: true}}
	edges := mostFrequent(o.DirectlyFollows.Edges, shownEdges)
	for _, e := range edges {
		t.add(e.From, e.To, l.Int(e.Count), l.Seconds(float64(e.Mean)))
	}
	if err := t.write(w); err != nil {
		return err
	}
	if rest := o.DirectlyFollows.Pairs - len(edges); rest > 0 {
		fmt.Fprintln(w, l.T("cli.more", l.Int(int64(rest))))
	}
	return nil
}

// mostFrequent returns the n most frequent edges, ties by their order.
func mostFrequent(edges []mining.Edge, n int) []mining.Edge {
	sorted := slices.Clone(edges)
	slices.SortStableFunc(sorted, func(x, y mining.Edge) int { return cmp.Compare(y.Count, x.Count) })
	return sorted[:min(n, len(sorted))]
}
