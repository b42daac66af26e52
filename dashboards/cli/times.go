package cli

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) times() *cobra.Command {
	c := &cobra.Command{
		Use:   "times LOG",
		Short: "Where the time goes: bottlenecks, whose court, rework, queues",
		Long: `Shows what the lead times of a log are made of: each moment of each case belongs to
one activity, its waiting or its work, so that the shares add up to the whole. Beside
it in whose court the time was (by the units recorded, or as --party names them), what was done again, how
long the queues were, and where hand-overs take longest.`,
		Example: `  uprava times receipt
  uprava times land --party Applicant="Application resubmitted" --party Registers="Replies received"
  uprava times production --filter 'lead_time > p85' --json`,
		Args: cobra.ExactArgs(1),
	}
	var of []string
	c.Flags().StringArrayVar(&of, "party", nil, "PARTY=ACTIVITY: who the time before an activity belongs to, instead of its unit; may be repeated")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		parties := map[string]string{}
		for _, p := range of {
			party, activity, ok := strings.Cut(p, "=")
			if !ok || party == "" {
				return usageError{fmt.Errorf("--party %q: wanted PARTY=ACTIVITY", p)}
			}
			parties[activity] = party
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			t, err := d.Times(c.Context(), args[0], k, parties)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, t)
			}
			if err := a.printTimes(t); err != nil {
				return err
			}
			a.warn(measure.TextsIn(string(a.lang()), t.Doubts))
			return nil
		})
	}
	return c
}

// shownTimes is how many rows of each table are shown.
const shownTimes = 6

func (a *app) printTimes(t *desk.Times) error {
	l, w := a.lang(), a.stdout
	cases := float64(t.Bottlenecks.Cases)
	each := func(x measure.Number) string { return l.Seconds(float64(x) / cases) }
	fmt.Fprintln(w, l.T("times.lead", l.Count("case", int64(t.Bottlenecks.Cases)), each(t.Bottlenecks.Lead)))
	b := table{head: []string{l.T("check.activity"), l.T("times.share"), l.T("times.waits"), l.T("times.works"), l.T("times.undivided"), l.T("times.saved")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
	list := t.Bottlenecks.Activities
	for _, x := range list[:min(shownTimes, len(list))] {
		b.add(shorten(x.Activity, 42), shareOf(l, x.Share, x.Interval), each(x.Waiting), each(x.Processing+x.Idle), each(x.Undivided), l.Seconds(float64(x.MostSaved)))
	}
	if err := a.section(w, &b, len(list)); err != nil {
		return err
	}

	if c := t.Causes.All; float64(c.Waiting) > 0 {
		part := func(x measure.Number) string { return percent(l, x/c.Waiting) }
		fmt.Fprintf(w, "\n%s\n", l.T("times.causes", l.Int(int64(c.N)), part(c.Contention), part(c.Prioritisation), part(c.Unavailability), part(c.Batching), part(c.Extraneous)))
	}
	for i, x := range t.Batches[:min(3, len(t.Batches))] {
		if i == 0 {
			fmt.Fprintf(w, "\n%s\n", l.T("times.batches"))
		}
		fmt.Fprintf(w, "  %s\n", l.T("times.batch", shorten(x.Activity, 42), l.Int(int64(x.Batches)), number(l, measure.Number(x.Size.Mean)), l.Int(int64(x.Instances)), l.Int(int64(x.Of)), l.T("weekday."+x.Weekday.String()), percent(l, x.WeekdayShare)))
	}

	if t.Parties != nil {
		fmt.Fprintf(w, "\n%s\n", l.T("times.parties"))
		p := table{head: []string{l.T("times.party"), l.T("times.share"), l.T("times.cases"), l.T("times.per-case")}, right: map[int]bool{1: true, 2: true, 3: true}}
		courts := t.Parties.Courts
		for _, c := range courts[:min(shownTimes, len(courts))] {
			name := c.Party
			if name == "" {
				name = l.T("times.nobody")
			}
			p.add(shorten(name, 42), percent(l, c.Share), l.Int(int64(c.Cases)), l.Seconds(c.Case.Mean))
		}
		if err := a.section(w, &p, len(courts)); err != nil {
			return err
		}
	}

	right := percent(l, t.Rework.Right)
	if i := t.Rework.Interval; i != nil {
		right += fmt.Sprintf(" (%s…%s)", l.Percent(i.Low, 1), l.Percent(i.High, 1))
	}
	fmt.Fprintf(w, "\n%s\n", l.T("times.rework", right, l.Int(int64(t.Rework.Cases))))
	r := table{head: []string{l.T("check.activity"), l.T("times.cases"), l.T("times.further"), l.T("times.loops"), l.T("times.again")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, x := range t.Rework.Activities[:min(shownTimes, len(t.Rework.Activities))] {
		r.add(shorten(x.Activity, 42), l.Int(int64(x.Cases)), l.Int(int64(x.Further)), l.Int(int64(x.SelfLoops)), l.Seconds(float64(x.Time)/float64(x.Further)))
	}
	if len(r.rows) > 0 {
		if err := a.section(w, &r, len(t.Rework.Activities)); err != nil {
			return err
		}
	}

	fmt.Fprintf(w, "\n%s\n", l.T("times.queues", number(l, t.Workload.Cases.Mean), l.Int(int64(t.Workload.Cases.Most))))
	q := table{head: []string{l.T("check.activity"), l.T("times.queue"), l.T("times.queue-most"), l.T("times.at-work")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, x := range t.Workload.Queues[:min(shownTimes, len(t.Workload.Queues))] {
		q.add(shorten(x.Activity, 42), number(l, x.Waiting.Mean), l.Int(int64(x.Waiting.Most)), number(l, x.Work.Mean))
	}
	if err := a.section(w, &q, len(t.Workload.Queues)); err != nil {
		return err
	}

	if len(t.Handovers) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s\n", l.T("times.handovers"))
	h := table{head: []string{l.T("map.from"), l.T("map.to"), l.T("map.count"), l.T("cli.median"), l.T("times.mean")}, right: map[int]bool{2: true, 3: true, 4: true}}
	for _, x := range t.Handovers[:min(shownTimes, len(t.Handovers))] {
		h.add(shorten(x.From, 30), shorten(x.To, 30), l.Int(int64(x.N)), l.Seconds(x.Gap.Median), l.Seconds(x.Gap.Mean))
	}
	return a.section(w, &h, t.OfHandovers)
}

// section prints a table and how many more rows there are.
func (a *app) section(w io.Writer, t *table, of int) error {
	shown := len(t.rows)
	if err := t.write(w); err != nil {
		return err
	}
	if rest := of - shown; rest > 0 {
		fmt.Fprintln(w, a.lang().T("cli.more", a.lang().Int(int64(rest))))
	}
	return nil
}

// number is a figure with one decimal.
func number(l terms.Lang, x measure.Number) string {
	if math.IsNaN(float64(x)) {
		return measure.Unknown
	}
	return l.Float(float64(x), 1)
}
