package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/honesty"
)

func (a *app) quality() *cobra.Command {
	c := &cobra.Command{
		Use:   "quality LOG",
		Short: "What about a log is doubtful, and what it cannot tell",
		Long: `Examines the events of a log as they were recorded: equal times, missing starts,
many cases stamped at one moment, cases cut off by the ends of the log, impossible
orders, repeated rows, labels spelt in two ways, and more. Each finding says how
much it concerns, what it does to the figures, and which cases to look at.`,
		Example: `  uprava quality receipt
  uprava quality receipt --filter 'started in 2011' --json`,
		Args: cobra.ExactArgs(1),
	}
	part, asOf := filterFlag(c), asOfFlag(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := part()
		if err != nil {
			return err
		}
		at, err := asOf()
		if err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, err := d.QualityAt(c.Context(), args[0], f, at)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, r)
			}
			return a.printQuality(r)
		})
	}
	return c
}

func (a *app) printQuality(r *honesty.Report) error {
	l := a.lang()
	fmt.Fprintln(a.stdout, l.T("quality.head", plain(r.Log), l.Count("case", int64(r.Cases)), l.Count("event", int64(r.Events))))
	if len(r.Findings) == 0 {
		fmt.Fprintln(a.stdout, l.T("page.no-warnings"))
		return nil
	}
	for _, f := range r.Findings {
		fmt.Fprintf(a.stdout, "\n%s: %s\n  %s\n", l.T("quality."+string(f.Severity)), plain(f.Found.In(string(l))), f.Means.In(string(l)))
		if len(f.Cases) > 0 {
			fmt.Fprintf(a.stdout, "  %s: %s\n", l.T("quality.cases"), plain(strings.Join(f.Cases, ", ")))
		}
	}
	if len(r.Cannot) > 0 {
		fmt.Fprintf(a.stdout, "\n%s\n", l.T("quality.cannot"))
		for _, w := range r.Cannot {
			fmt.Fprintf(a.stdout, "  – %s\n", w.In(string(l)))
		}
	}
	return nil
}
