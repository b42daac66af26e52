package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/twin/fit"
)

func (a *app) fit() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "fit LOG",
		Short: "Fit a model that can be simulated to a log",
		Long: `Fits a twin to a log: arrivals and stage durations as they were, branching on
the discovered model, pools by who did what. What had to be assumed is listed.
The model is a folder of plain files; without --out it lies beside the store,
where the page of the log finds it.`,
		Example: `  uprava fit receipt
  uprava fit receipt --out receipt-twin && uprava simulate receipt-twin`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder to write the model to")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			if out == "" {
				out = d.ModelDir(args[0])
			}
			bar := a.bar(a.lang().T("cli.fitting"))
			defer bar.end()
			_, report, err := d.Fit(c.Context(), args[0], out, bar.step)
			if err != nil {
				return err
			}
			bar.end()
			if *asJSON {
				return writeJSON(a.stdout, struct {
					Log         string      `json:"log"`
					Out         string      `json:"out"`
					Stages      []fit.Stage `json:"stages"`
					Assumptions []string    `json:"assumptions"`
				}{args[0], out, report.Stages, report.Assumptions})
			}
			l := a.lang()
			fmt.Fprintln(a.stdout, l.T("cli.fitted", plain(args[0]), out))
			t := table{head: []string{l.T("fit.step"), "n", l.T("fit.processing"), l.T("fit.delay"), l.T("fit.law"), l.T("fit.test")}, right: map[int]bool{1: true, 2: true, 3: true}}
			for _, s := range report.Stages {
				processing, test := l.Seconds(s.Processing), ""
				if s.Estimated {
					processing = "≈ " + processing
					if s.High > 0 {
						processing += " (" + l.Seconds(s.Low) + " … " + l.Seconds(s.High) + ")"
					}
				}
				if s.Law.Best != "" {
					test = l.T("fit.tested", l.T("law."+s.Law.Best), l.Float(s.Law.AD, 2), l.Float(s.Law.P, 2))
				}
				t.add(s.Activity, l.Int(int64(s.N)), processing, l.Seconds(s.Delay), l.T("law."+s.Law.Family), test)
			}
			if err := t.write(a.stdout); err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, l.T("cli.assumed"))
			for _, s := range report.AssumptionsIn(string(l)) {
				fmt.Fprintln(a.stdout, "  -", plain(s))
			}
			return nil
		})
	}
	return c
}
