package cli

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) clock() *cobra.Command {
	var id, file, zone, region, one string
	var binds []string
	var today, list bool
	c := &cobra.Command{
		Use:   "clock LOG [--rule ID] | clock --list",
		Short: "The legal clock of each case: due date, net and gross time, overdue",
		Long: `Runs the clock of a term of law over the cases of a log: when it started, stood still
and ended, by the edition in force when each case began; the due date with its
roll-over; what passed (gross) and what counted (net). --list lists the terms that
come with the program, with their citation and what is still to be checked against
the text. A term speaks of events such as "registered"; --bind says which activities
of the log they are. The twin of a log may name its term and bind its words: then
neither is needed.`,
		Example: `  uprava clock --list
  uprava clock municipality-redistribution --today
  uprava clock land --rule land-39.29 --bind registered="Application registered" --bind decided="Decision sent"
  uprava clock land --rule land-39.29 --bind registered="Application registered" --case 17`,
		Args: cobra.MaximumNArgs(1),
	}
	f := c.Flags()
	f.BoolVar(&list, "list", false, "list the terms")
	f.StringVar(&id, "rule", "", "id of the term")
	f.StringVar(&file, "rules", "", "file of terms of one's own (YAML) instead of those that come with the program")
	f.StringArrayVar(&binds, "bind", nil, "WORD=ACTIVITY: the activity that a word of the term means; may be repeated")
	f.BoolVar(&today, "today", false, "judge by the edition in force at that moment, not when each case began")
	f.StringVar(&region, "region", "", "region whose values of the term hold")
	f.StringVar(&zone, "time-zone", "Europe/Moscow", "zone in which days begin and end")
	f.StringVar(&one, "case", "", "print the course of one case")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		set := legal.Russia()
		if file != "" {
			r, err := os.Open(file)
			if err != nil {
				return desk.InputError{Err: fmt.Errorf("reading terms: %w", err)}
			}
			defer r.Close()
			if set, err = legal.Read(file, r); err != nil {
				return desk.InputError{Err: err}
			}
		}
		if list {
			return a.listTerms(set)
		}
		rule, ok := set.Rule(id)
		if len(args) == 0 || id != "" && !ok {
			return usageError{fmt.Errorf("a log and one of the terms of `uprava clock --list` are needed; there is no term %q\nusage: %s", id, c.UseLine())}
		}
		k, err := look()
		if err != nil {
			return err
		}
		location, err := time.LoadLocation(zone)
		if err != nil {
			return usageError{fmt.Errorf("--time-zone %q: %w", zone, err)}
		}
		bind := map[string][]string{}
		for _, b := range binds {
			word, activity, ok := strings.Cut(b, "=")
			if !ok {
				return usageError{fmt.Errorf("--bind %q: wanted WORD=ACTIVITY", b)}
			}
			bind[word] = append(bind[word], activity)
		}
		cfg := legal.Config{Today: today, Region: region, AsOf: k.AsOf}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			if id == "" {
				of, err := d.Term(c.Context(), args[0])
				if err != nil {
					return err
				}
				if rule, ok = set.Rule(of); !ok {
					return usageError{fmt.Errorf("the twin of log %q names no term of law: give one of `uprava clock --list` by --rule\nusage: %s", args[0], c.UseLine())}
				}
			}
			r, err := d.Clock(c.Context(), args[0], k, rule, bind, location, cfg)
			if err != nil {
				return err
			}
			switch {
			case *asJSON:
				return writeFiltered(a, r.Result, r.Filter)
			case one != "":
				return a.printCourse(r, one)
			}
			return a.printClock(r)
		})
	}
	return c
}

func (a *app) listTerms(set *legal.Set) error {
	lang := string(a.lang())
	for _, r := range set.Rules {
		e := r.Editions[len(r.Editions)-1]
		fmt.Fprintf(a.stdout, "%s: %s\n  %s\n", r.ID, r.Title.In(lang), e.Citation.In(lang))
		for _, x := range e.Checks {
			fmt.Fprintf(a.stdout, "  %s: %s\n", a.lang().T("clock.check"), x.In(lang))
		}
	}
	return nil
}

func (a *app) printClock(r *desk.Clocked) error {
	l, w := a.lang(), a.stdout
	lang, s := string(l), r.Summary
	fmt.Fprintln(w, l.T("clock.head", plain(r.Log), r.Title.In(lang), l.Date(r.AsOf)))
	fmt.Fprintln(w, l.T("clock.share", shareOf(l, s.ShareInTime, s.Interval), l.Int(int64(s.N))))
	fmt.Fprintln(w, l.T("clock.counts", l.Int(int64(s.InTime)), l.Int(int64(s.Late)), l.Int(int64(s.OpenOverdue)), l.Int(int64(s.Open-s.OpenOverdue)), l.Int(int64(s.Unknown))))
	for _, u := range s.UnknownOf {
		fmt.Fprintf(w, "  %s: %s\n", l.Int(int64(u.Cases)), u.Text.In(lang))
	}
	for _, e := range r.Editions {
		fmt.Fprintln(w, l.T("clock.edition", e.Edition, e.Citation.In(lang), l.Int(int64(e.Cases))))
		for _, x := range e.Checks {
			fmt.Fprintf(w, "  %s: %s\n", l.T("clock.check"), x.In(lang))
		}
	}
	late := r.Overdue()
	slices.SortStableFunc(late, func(x, y *legal.Case) int {
		switch {
		case float64(x.OverdueSeconds) > float64(y.OverdueSeconds):
			return -1
		case float64(x.OverdueSeconds) < float64(y.OverdueSeconds):
			return 1
		}
		return strings.Compare(x.ID, y.ID)
	})
	if len(late) > 0 {
		fmt.Fprintln(w)
		t := table{head: []string{l.T("predict.case"), l.T("clock.due"), l.T("clock.gross"), l.T("clock.net"), l.T("clock.overdue")}, right: map[int]bool{2: true, 3: true, 4: true}}
		for _, x := range late[:min(10, len(late))] {
			t.add(x.ID, dayOf(l, x.DueDay), units(l, x.Gross, x.Unit), units(l, x.Net, x.Unit), units(l, x.OverdueBy, x.Unit))
		}
		if err := a.section(w, &t, len(late)); err != nil {
			return err
		}
	}
	if len(r.Unbound) > 0 {
		a.warn([]string{l.T("clock.unbound", strings.Join(r.Unbound, ", "))})
	}
	a.warn(measure.TextsIn(lang, r.Doubts))
	return nil
}

// units is a number of the units of a term.
func units(l terms.Lang, x measure.Number, u legal.Unit) string {
	if math.IsNaN(float64(x)) {
		return measure.Unknown
	}
	one := int64(0) // what is no whole number takes the form of many
	if v := float64(x); v == math.Trunc(v) {
		one = int64(v)
	}
	return l.Float(float64(x), 1) + "\u00a0" + l.Plural("clock.unit."+string(u.Counted()), one)
}

// dayOf writes a due day, which stands as 2019-02-23.
func dayOf(l terms.Lang, day *string) string {
	if day == nil {
		return ""
	}
	t, err := time.Parse(time.DateOnly, *day)
	if err != nil {
		return *day
	}
	return l.Date(t)
}

// limitOf writes how long a case may take.
func limitOf(l terms.Lang, c *legal.Case) string {
	number, _, _ := strings.Cut(c.Limit, " ")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return l.T("clock.document")
	}
	return units(l, measure.Number(n), c.Unit)
}

func (a *app) printCourse(r *desk.Clocked, id string) error {
	l := a.lang()
	lang := string(l)
	i := slices.IndexFunc(r.Cases, func(c legal.Case) bool { return c.ID == id })
	if i < 0 {
		return desk.InputError{Err: fmt.Errorf("the log %q has no case %q", r.Log, id)}
	}
	x := &r.Cases[i]
	if x.Reason != nil {
		fmt.Fprintln(a.stdout, plain(id)+": "+x.Reason.In(lang))
	}
	if x.DueDay != nil {
		fmt.Fprintln(a.stdout, l.T("clock.course", plain(id), limitOf(l, x), dayOf(l, x.DueDay), units(l, x.Gross, x.Unit), units(l, x.Net, x.Unit), x.Citation.In(lang)))
	}
	t := table{head: []string{l.T("clock.from"), l.T("clock.to"), l.T("clock.state"), l.T("predict.reason")}}
	for _, s := range x.Timeline {
		t.add(s.From.Format("02.01.2006 15:04"), s.To.Format("02.01.2006 15:04"), l.T("clock.state."+s.State), s.Reason.In(lang))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	for _, c := range x.Courts {
		name := c.Name.In(lang)
		if name == "" {
			name = l.T("clock.body")
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", name, l.Seconds(c.Seconds))
	}
	for _, f := range x.Flags {
		a.warn([]string{f.Text.In(lang)})
	}
	return nil
}
