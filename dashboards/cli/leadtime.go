package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

func (a *app) leadtime() *cobra.Command {
	var q desk.LeadQuestion
	var unit string
	c := &cobra.Command{
		Use:   "leadtime LOG",
		Short: "The mean lead time of a process as it is, open cases taken in",
		Long: `Tells the mean lead time of a process between two activities, from its log alone. Cases
that were still open when the log ends are taken in by the time that they have lasted
(Kaplan and Meier); the interval allows for cases that hang together, by an attribute of
theirs (--cluster protocol) or by the period in which they began, and says how many
independent cases it is worth.

Units: s (wall clock), wh and wd (working hours and days of --week and the production
calendar; a working day is as long as the calendar makes it).`,
		Example: `  uprava leadtime land --to "Decision sent"
  uprava leadtime appeals --to Published --unit wd --week "Mon-Thu 09:00-18:00" --week "Fri 09:00-16:45" --production`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&q.From, "from", "", "activity whose first completion begins it (default: the first event)")
	f.StringVar(&q.To, "to", "", "activity whose last completion ends it (default: the last event)")
	f.StringVar(&unit, "unit", "s", "s, wh or wd")
	f.StringArrayVar(&q.Week, "week", nil, `hours of work, such as "Mon-Thu 09:00-18:00"; may be repeated`)
	f.BoolVar(&q.Production, "production", false, "the Russian production calendar moves and shortens days")
	f.StringVar(&q.TimeZone, "time-zone", "Europe/Moscow", "zone of the hours of work")
	f.StringVar(&q.Cluster, "cluster", "", "case attribute whose equal values hang together")
	asOf := asOfFlag(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if q.Unit = measure.Unit(unit); q.Unit != measure.Second && q.Unit != measure.WorkingHour && q.Unit != measure.WorkingDay {
			return usageError{fmt.Errorf("--unit %q: wanted s, wh or wd", unit)}
		}
		var err error
		if q.AsOf, err = asOf(); err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			r, err := d.LongRun(c.Context(), args[0], q)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, struct {
					Log string `json:"log"`
					*performance.LongRun
					Warnings []string `json:"warnings"`
				}{args[0], r, measure.Texts(r.Warnings)})
			}
			l := a.lang()
			show := together(l, r.Unit, r.Mean, r.Low, r.High)
			fmt.Fprintln(a.stdout, l.T("leadtime.mean", plain(args[0]), show(r.Mean), show(r.Low), show(r.High)))
			by := r.ClusteredBy
			if days, ok := strings.CutSuffix(by, " days"); ok {
				by = l.T("leadtime.days", days)
			}
			fmt.Fprintln(a.stdout, l.T("leadtime.basis", l.Count("case", int64(r.Completed)), show(r.CompletedMean), l.Int(int64(r.Open)), l.Int(int64(r.Otherwise)), l.Int(int64(r.Clusters)), plain(by), l.Float(float64(r.EffectiveN), 0)))
			a.warn(measure.TextsIn(string(l), r.Warnings))
			return nil
		})
	}
	return c
}
