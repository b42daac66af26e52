package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/distance"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) distance() *cobra.Command {
	var zone string
	c := &cobra.Command{
		Use:   "distance LOG LOG",
		Short: "How far two logs are apart: order of activities, times, arrivals",
		Long: `Compares two logs of one process, such as a simulated one with what happened: the
share of sequences of two and three activities that only one of them has, and the
hours by which events, arrivals and cycle times would have to be moved to turn one log
into the other (earth mover's distance). 0 is the same. What a distance is worth shows
beside that of two logs that differ by chance alone, such as two halves of one log.`,
		Example: `  uprava distance receipt receipt-simulated
  uprava distance receipt receipt-simulated --time-zone Europe/Amsterdam --json`,
		Args: cobra.ExactArgs(2),
	}
	c.Flags().StringVar(&zone, "time-zone", "", "zone of hours and weekdays (default: as each event was recorded)")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		var location *time.Location
		if zone != "" {
			if location, err = time.LoadLocation(zone); err != nil {
				return usageError{fmt.Errorf("--time-zone %q: %w", zone, err)}
			}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			question := []any{zone}
			for _, name := range args {
				log, err := d.Store().Log(c.Context(), name)
				if err != nil {
					return err
				}
				question = append(question, askedLog(log, k))
			}
			return a.answered(c, *asJSON, question, func() (any, func(io.Writer) error, error) {
				bar := a.bar(a.lang().T("cli.comparing"))
				defer bar.end()
				r, err := d.Distance(c.Context(), args[0], args[1], k, location, bar.step)
				if err != nil {
					return nil, nil, err
				}
				bar.end()
				if *asJSON { // whose form is given
					a.warn(measure.TextsIn(string(a.lang()), r.Warnings))
				}
				return r, func(w io.Writer) error { return a.printDistance(w, args, r) }, nil
			})
		})
	}
	return c
}

func (a *app) printDistance(w io.Writer, names []string, r *distance.Distances) error {
	l := a.lang()
	for i, name := range names {
		fmt.Fprintln(w, l.T("distance.log", plain(name), l.Count("case", int64(r.Cases[i])), l.Count("event", int64(r.Events[i]))))
	}
	fmt.Fprintln(w)
	t := table{head: []string{l.T("distance.head"), "", ""}, right: map[int]bool{1: true}}
	for _, x := range []struct {
		key   string
		value measure.Number
		share bool
	}{
		{"ngram2", r.Ngram2, true}, {"ngram3", r.Ngram3, true}, {"absolute", r.Absolute, false}, {"circadian", r.Circadian, false},
		{"relative", r.Relative, false}, {"cycle", r.Cycle, false}, {"arrival", r.Arrival, false},
	} {
		value := l.Float(float64(x.value), 3)
		if !x.share {
			value = l.T("distance.hours", l.Float(float64(x.value), 1))
		}
		t.add(l.T("distance."+x.key), value, l.T("distance."+x.key+".what"))
	}
	if err := t.write(w); err != nil {
		return err
	}
	printDoubts(w, l, r.Warnings)
	return nil
}
