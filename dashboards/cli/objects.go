package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) objects() *cobra.Command {
	var flatten, log, zone string
	c := &cobra.Command{
		Use:   "objects FILE",
		Short: "An object-centric log (OCEL 2.0): life cycles, waiting for each other",
		Long: `Reads an object-centric log (.jsonocel, .xmlocel, .sqlite) and shows how long its
objects live, how long those of one event waited for each other, and what would be
lost or doubled if each event belonged to one case. --flatten stores the log of the
objects of a type, so that every other command works on it.`,
		Example: `  uprava objects orders.sqlite
  uprava objects orders.sqlite --flatten orders --log orders`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&flatten, "flatten", "", "type of the objects that become cases")
	f.StringVar(&log, "log", "", "name of the log to store (default: the type)")
	f.StringVar(&zone, "time-zone", "UTC", "zone of times written without one")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		location, err := time.LoadLocation(zone)
		if err != nil {
			return usageError{fmt.Errorf("--time-zone %q: %w", zone, err)}
		}
		if log == "" {
			log = flatten
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			o, err := d.ObjectsOf(c.Context(), args[0], location, flatten, log)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, o)
			}
			if err := a.printObjects(o); err != nil {
				return err
			}
			if flatten != "" {
				fmt.Fprintf(a.stdout, "\n%s\n", a.lang().T("objects.stored", plain(flatten), plain(log)))
			}
			a.warn(measure.TextsIn(string(a.lang()), o.Doubts))
			return nil
		})
	}
	return c
}

func (a *app) printObjects(o *desk.Objects) error {
	l, w := a.lang(), a.stdout
	fmt.Fprintln(w, l.T("objects.head", plain(o.Log), l.Count("event", int64(o.Events)), l.Int(int64(o.Objects))))
	t := table{head: []string{l.T("objects.type"), l.T("objects.objects"), l.T("objects.life"), l.T("objects.events"), l.T("objects.lost"), l.T("objects.doubled"), l.T("objects.diverging")},
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}}
	for i, c := range o.Lifecycles {
		f := o.Flattened[i]
		t.add(shorten(c.Type, 24), l.Int(int64(c.Objects)), l.Seconds(c.Duration.Median), l.Float(c.Events.Mean, 1), l.Int(int64(f.Lost)), l.Int(int64(f.Multiplied)), l.Int(int64(f.Diverging)))
	}
	if err := t.write(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", l.T("objects.waiting"))
	s := table{head: []string{l.T("check.activity"), l.T("check.events"), l.T("objects.flow"), l.T("objects.apart"), l.T("objects.sojourn")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, x := range o.Synchronisation {
		s.add(shorten(x.Activity, 40), l.Int(int64(x.Events)), l.Seconds(x.Flow.Median), l.Seconds(x.Apart.Median), l.Seconds(x.Sojourn.Median))
	}
	return s.write(w)
}
