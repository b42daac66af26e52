package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/twin/fit"
)

func (a *app) fit() *cobra.Command {
	var out string
	var cfg desk.FitConfig
	c := &cobra.Command{
		Use:   "fit LOG",
		Short: "Fit a model that can be simulated to a log",
		Long: `Fits a twin to a log: arrivals and stage durations as they were, branching on
the discovered model, pools by who did what. What had to be assumed is listed.
The model is a folder of plain files; without --out it lies beside the store,
where the page of the log finds it.`,
		Example: `  uprava fit receipt
  uprava fit receipt --out receipt-twin && uprava simulate receipt-twin
  uprava fit receipt --time-zone Europe/Amsterdam --filter "started in 2011" --out receipt-2011`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().StringVarP(&out, "out", "o", "", "folder to write the model to")
	c.Flags().StringVar(&cfg.TimeZone, "time-zone", "", "zone in which the body works (default: the offset of most events)")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		var err error
		if cfg.Look, err = look(); err != nil {
			return err
		}
		if out == "" && !cfg.Look.Filter.Empty() {
			return usageError{fmt.Errorf("--filter without --out: beside the store lies the model of the whole log; say where that of a part is to lie")}
		}
		if err := (&fit.Config{TimeZone: cfg.TimeZone}).Validate(); err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			if out == "" {
				out = d.ModelDir(args[0])
			}
			log, err := d.Store().Log(c.Context(), args[0])
			if err != nil {
				return err
			}
			question := []any{askedLog(log, cfg.Look), out, cfg.TimeZone}
			return a.recalled(c, *asJSON, question, func() (answer, error) {
				bar := a.bar(a.lang().T("cli.fitting"))
				defer bar.end()
				cfg.Progress = bar.step
				m, report, err := d.Fit(c.Context(), args[0], out, cfg)
				if err != nil {
					return answer{}, err
				}
				files, err := desk.ModelFiles(m)
				if err != nil {
					return answer{}, err
				}
				return answer{struct {
					Log         string      `json:"log"`
					Out         string      `json:"out"`
					Stages      []fit.Stage `json:"stages"`
					Assumptions []string    `json:"assumptions"`
				}{args[0], out, report.Stages, report.Assumptions}, func(w io.Writer) error { return a.printFitted(w, args[0], out, report) }, files}, nil
			}, func(files map[string][]byte) error { return desk.KeepModel(out, files) })
		})
	}
	return c
}

func (a *app) printFitted(w io.Writer, log, out string, report *fit.Report) error {
	l := a.lang()
	fmt.Fprintln(w, l.T("cli.fitted", plain(log), out))
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
			sign := "="
			if s.Law.P <= fit.LeastP {
				sign = "≤"
			}
			test = l.T("fit.tested", l.T("law."+s.Law.Best), l.Float(s.Law.AD, 2), sign, l.Float(s.Law.P, 2))
		}
		t.add(s.Activity, l.Int(int64(s.N)), processing, l.Seconds(s.Delay), l.T("law."+s.Law.Family), test)
	}
	if err := t.write(w); err != nil {
		return err
	}
	fmt.Fprintln(w, l.T("cli.assumed"))
	for _, s := range report.AssumptionsIn(string(l)) {
		fmt.Fprintln(w, "  -", plain(s))
	}
	return nil
}
