package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/organisation"
)

func (a *app) people() *cobra.Command {
	var units bool
	c := &cobra.Command{
		Use:   "people LOG",
		Short: "Who works with whom, who does what, and when",
		Long: `Shows hand-overs of work, roles (groups who do the same things), when people are at
work and when they were away, and how much is done at once. It compares no person with
another.`,
		Example: `  uprava people receipt
  uprava people receipt --units --json`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().BoolVar(&units, "units", false, "between organisational units instead of people")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		by := organisation.People
		if units {
			by = organisation.Units
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			p, err := d.People(c.Context(), args[0], k, by)
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, p)
			}
			if err := a.printPeople(p); err != nil {
				return err
			}
			a.warn(measure.TextsIn(string(a.lang()), p.Doubts))
			return nil
		})
	}
	return c
}

func (a *app) printPeople(p *desk.People) error {
	l, w := a.lang(), a.stdout
	fmt.Fprintln(w, l.T("people.head", plain(p.Log), l.Int(int64(len(p.Handovers.Nodes)))))
	h := table{head: []string{l.T("map.from"), l.T("map.to"), l.T("map.count"), l.T("times.cases")}, right: map[int]bool{2: true, 3: true}}
	edges := slices.DeleteFunc(slices.Clone(p.Handovers.Edges), func(e organisation.Edge) bool { return e.From == e.To })
	slices.SortStableFunc(edges, func(x, y organisation.Edge) int { return cmp.Compare(y.Count, x.Count) })
	for _, e := range edges[:min(shownTimes, len(edges))] {
		h.add(shorten(p.Handovers.Nodes[e.From], 32), shorten(p.Handovers.Nodes[e.To], 32), l.Int(e.Count), l.Int(e.Cases))
	}
	if err := a.section(w, &h, len(edges)); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", l.T("people.roles", l.Int(int64(len(p.Roles.Roles)))))
	r := table{head: []string{l.T("people.members"), l.T("people.does")}}
	for _, role := range p.Roles.Roles[:min(shownTimes, len(p.Roles.Roles))] {
		var does []string
		for _, x := range role.Activities[:min(2, len(role.Activities))] {
			does = append(does, fmt.Sprintf("%s %s", shorten(x.Activity, 28), percent(l, x.Share)))
		}
		members := role.Members[:min(3, len(role.Members))]
		more := ""
		if len(role.Members) > 3 {
			more = fmt.Sprintf(" +%d", len(role.Members)-3)
		}
		r.add(shorten(strings.Join(members, ", "), 44)+more, strings.Join(does, ", "))
	}
	if err := a.section(w, &r, len(p.Roles.Roles)); err != nil {
		return err
	}
	if len(p.Availability.People) > 0 {
		fmt.Fprintf(w, "\n%s\n", l.T("people.availability"))
		t := table{head: []string{l.T("people.name"), l.T("people.days"), l.T("people.hours"), l.T("people.covered"), l.T("people.away")}, right: map[int]bool{1: true, 3: true}}
		for _, x := range p.Availability.People[:min(shownTimes, len(p.Availability.People))] {
			hours, first, last := 0, 24, 0
			days := map[time.Weekday]bool{}
			for _, s := range x.Hours {
				days[s.Weekday] = true
				hours += s.End - s.Begin
				first, last = min(first, s.Begin), max(last, s.End)
			}
			week := measure.Unknown
			if hours > 0 {
				week = l.T("people.week", l.Int(int64(len(days))), l.Int(int64(first)), l.Int(int64(last)))
			}
			var away []string
			for _, s := range x.Absences[:min(2, len(x.Absences))] {
				away = append(away, s.From+" … "+s.To)
			}
			t.add(shorten(x.Name, 30), l.Int(int64(x.Days)), week, percent(l, x.Coverage), strings.Join(away, ", "))
		}
		if err := a.section(w, &t, len(p.Availability.People)); err != nil {
			return err
		}
	}
	if m := p.Multitasking.All; m.N > 0 {
		fmt.Fprintf(w, "\n%s\n", l.T("people.multitasking", percent(l, m.Share), number(l, m.Mean), l.Int(int64(m.Most)), l.Int(int64(m.N))))
	}
	return nil
}
