package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/compose"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/report/schedule"
)

// office is where reports are made, kept and sent from: the folder "reports" of the
// data folder.
func (a *app) office(d *desk.Desk) (*dispatch.Office, *compose.Composer, error) {
	dir, err := a.data()
	if err != nil {
		return nil, nil, err
	}
	c := compose.New(d)
	return dispatch.New(c, dispatch.Config{Dir: filepath.Join(dir, "reports"), Version: version}), c, nil
}

// withOffice opens desk and office for the length of f.
func (a *app) withOffice(c *cobra.Command, f func(*dispatch.Office, *compose.Composer) error) error {
	return a.withDesk(c.Context(), func(d *desk.Desk) error {
		o, composer, err := a.office(d)
		if err != nil {
			return err
		}
		return f(o, composer)
	})
}

func (a *app) report() *cobra.Command {
	var period, asOf, format, out string
	c := &cobra.Command{
		Use:   "report PROCESS|OWNER|executive",
		Short: "A report as PDF, DOCX, XLSX or HTML; or on a schedule, by mail",
		Long: `Writes the report of a process (a log, or a process of a twin), of an owner with all
of the owner's processes, or of all for the head of the administration: what changed,
what is late and why, what is foretold, what to decide, and a page for each process.
Differences within noise are called so; the same data, period and moment give the same
bytes.

` + "`uprava report schedule`" + ` makes reports when they are due; ` + "`uprava serve`" + ` does so while
it runs. Every report sent is kept with the hash of what it was made from.`,
		Example: `  uprava report executive --period 2019-Q4 --as-of 2019-12-31 --lang ru --out report.pdf
  uprava report owner-appeals --period 2019-12 --format docx
  uprava report receipt --period 2011 --format xlsx`,
		Args: cobra.ExactArgs(1),
	}
	f := c.Flags()
	ask := a.requestFlags(c, &period, &asOf)
	f.StringVar(&format, "format", "", "pdf, docx, xlsx or html (default: by the name of the file, else pdf)")
	f.StringVarP(&out, "out", "o", "", "file to write, - for standard output (default: named after the report, here)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if format == "" {
			format = "pdf"
			if ext := strings.TrimPrefix(filepath.Ext(out), "."); slices.Contains(schedule.Formats, ext) {
				format = ext
			}
		}
		if dispatch.MediaType(format) == "" {
			return usageError{fmt.Errorf("--format %q: wanted one of %s", format, strings.Join(schedule.Formats, ", "))}
		}
		return a.withOffice(c, func(o *dispatch.Office, composer *compose.Composer) error {
			q, err := ask(c, composer, args[0])
			if err != nil {
				return err
			}
			data, name, err := o.Make(c.Context(), q, format)
			if err != nil {
				return err
			}
			if out == "-" {
				_, err := a.stdout.Write(data)
				return err
			}
			if out != "" {
				name = out
			}
			if err := dispatch.WriteFile(name, data); err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, name)
			return nil
		})
	}
	c.AddCommand(a.reportSchedule(), a.reportSend(), a.reportSent())
	return c
}

// requestFlags adds what names a report and returns how it is read.
func (a *app) requestFlags(c *cobra.Command, period, asOf *string) func(*cobra.Command, *compose.Composer, string) (dispatch.Request, error) {
	f := c.Flags()
	f.StringVar(period, "period", "", "2019, 2019-9M, 2019-H1, 2019-Q4, 2019-03 or 2019-W05 (default: the last month that was over)")
	f.StringVar(asOf, "as-of", "", "what was known at this moment, 2019-12-31 or 2019-12-31T18:00+03:00 (default: the last event, or the end of the period)")
	return func(c *cobra.Command, composer *compose.Composer, name string) (dispatch.Request, error) {
		q := dispatch.Request{Lang: a.lang()}
		var err error
		if *period != "" {
			if q.Period, err = report.ParsePeriod(*period); err != nil {
				return q, usageError{fmt.Errorf("--period: %w", err)}
			}
		}
		if q.AsOf, err = desk.ParseAsOf(*asOf); err != nil {
			return q, usageError{err}
		}
		q.Of, err = composer.Find(c.Context(), name)
		return q, err
	}
}

func (a *app) reportSend() *cobra.Command {
	var period, asOf, folder string
	var formats, to []string
	c := &cobra.Command{
		Use:   "send PROCESS|OWNER|executive",
		Short: "Make a report now, keep it, and send it by mail or into a folder",
		Long: `The mail server is the one of the schedule file (reports/schedule.yaml of the data
folder, under "mail").`,
		Example: "  uprava report send executive --period 2019-W50 --to head@example.org --format pdf,xlsx",
		Args:    cobra.ExactArgs(1),
	}
	ask := a.requestFlags(c, &period, &asOf)
	f := c.Flags()
	f.StringSliceVar(&formats, "format", []string{"pdf"}, "pdf, docx, xlsx, html; several with commas")
	f.StringSliceVar(&to, "to", nil, "address of mail; may be repeated")
	f.StringVar(&folder, "folder", "", "folder to put the files in")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(to) == 0 && folder == "" {
			return usageError{errors.New("it goes to nobody: name an address with --to, or a --folder")}
		}
		for _, x := range formats {
			if dispatch.MediaType(x) == "" {
				return usageError{fmt.Errorf("--format %q: wanted one of %s", x, strings.Join(schedule.Formats, ", "))}
			}
		}
		return a.withOffice(c, func(o *dispatch.Office, composer *compose.Composer) error {
			q, err := ask(c, composer, args[0])
			if err != nil {
				return err
			}
			r, err := o.Send(c.Context(), q, formats, to, folder)
			if r != nil {
				for _, d := range r.Deliveries {
					fmt.Fprintln(a.stdout, a.lang().T("report.cli.delivered", r.ID, d.To))
				}
			}
			return err
		})
	}
	return c
}

func (a *app) reportSent() *cobra.Command {
	c := &cobra.Command{
		Use:   "sent",
		Short: "The reports that were sent, with the hashes of what they were made from",
		Args:  cobra.NoArgs,
	}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withoutDesk(func(o *dispatch.Office) error {
			list, err := o.Sent()
			if err != nil {
				return err
			}
			if *asJSON {
				if list == nil {
					list = []archive.Record{}
				}
				return writeJSON(a.stdout, struct {
					Reports []archive.Record `json:"reports"`
				}{list})
			}
			l := a.lang()
			t := table{head: []string{l.T("report.cli.made"), l.T("report.cli.report"), l.T("report.cli.as-of"), l.T("report.cli.inputs"), l.T("report.cli.arrived")}}
			for _, r := range list {
				var to []string
				for _, d := range r.Deliveries {
					to = append(to, d.To)
				}
				t.add(r.Made.Format("2006-01-02 15:04"), r.Title, r.AsOf.Format("2006-01-02 15:04"), r.Hash, strings.Join(to, ", "))
			}
			return t.write(a.stdout)
		})
	}
	return c
}

// withoutDesk opens the office alone: for what needs no data.
func (a *app) withoutDesk(f func(*dispatch.Office) error) error {
	o, _, err := a.office(nil)
	if err != nil {
		return err
	}
	return f(o)
}

func (a *app) reportSchedule() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "schedule",
		Short:   "Which reports are due when: list, add, remove, run, journal",
		Example: "  uprava report schedule list",
		Long: `The schedule is a plain file, reports/schedule.yaml of the data folder:

  time-zone: Europe/Moscow
  signatory: {post: Глава администрации, name: А. А. Иванов}
  performer: {name: Б. Б. Петров, phone: +7 000 000-00-00}
  mail: {host: mail.example.org, security: starttls, user: reports, password-file: /etc/uprava/mail, from: reports@example.org}
  reports:
    - id: monday
      of: executive              # or owner:ROLE, process:NAME
      every: week                # week, month, quarter, half-year, nine-months, year, threshold
      on: mon                    # of a week; day: 5 is the fifth of the month after
      at: "08:00"
      shift: next                # a day off moves to the next working day; previous, none
      catch-up: latest           # of what was due while nothing ran: all, latest, none
      from: 2019-12-01
      lang: ru
      formats: [pdf, xlsx]
      to: [head@example.org]
      folder: /srv/reports

Each report is made once, by whichever of ` + "`uprava serve`" + ` and ` + "`uprava report schedule run`" + `
comes first; what could not be sent is tried again for a day and a half.`,
	})
	c.AddCommand(a.scheduleList(), a.scheduleAdd(), a.scheduleRemove(), a.scheduleRun(), a.scheduleJournal())
	return c
}

func (a *app) scheduleList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "The schedule, with what is due next", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return a.withoutDesk(func(o *dispatch.Office) error {
			list, err := o.Entries()
			if err != nil {
				return desk.InputError{Err: err}
			}
			l := a.lang()
			if len(list) == 0 {
				fmt.Fprintln(a.stdout, l.T("report.cli.empty", o.ScheduleFile()))
				return nil
			}
			t := table{head: []string{l.T("report.cli.id"), l.T("report.cli.of"), l.T("report.cli.every"), l.T("report.cli.next"), l.T("report.cli.period"), l.T("report.cli.to")}}
			for _, e := range list {
				next, p := l.T("report.cli.on-alert"), "—"
				if !e.Next.Moment.IsZero() {
					next, p = e.Next.Moment.Format("2006-01-02 15:04"), e.Next.Period.String()
				}
				to := slices.Clone(e.To)
				if e.Folder != "" {
					to = append(to, e.Folder)
				}
				t.add(e.ID, e.Of, e.Every, next, p, strings.Join(to, ", "))
			}
			return t.write(a.stdout)
		})
	}}
}

func (a *app) scheduleAdd() *cobra.Command {
	var e schedule.Entry
	var on, at, from, kind, shift, catchUp string
	c := &cobra.Command{
		Use:     "add ID PROCESS|OWNER|executive",
		Short:   "Add a report to the schedule",
		Example: "  uprava report schedule add monday executive --every week --on mon --at 08:00 --to head@example.org",
		Args:    cobra.ExactArgs(2),
	}
	f := c.Flags()
	f.StringVar(&e.Every, "every", "week", "week, month, quarter, half-year, nine-months, year, or threshold: when an alert is told")
	f.StringVar(&kind, "period", "", "kind of period that the report is of (default: that of --every)")
	f.StringVar(&on, "on", "mon", "day of a weekly report")
	f.IntVar(&e.Day, "day", 0, "day of the month after the period (default 1)")
	f.StringVar(&at, "at", "08:00", "time of day")
	f.StringVar(&shift, "shift", "", "where a day off moves: next, previous, none (default next working day)")
	f.StringVar(&catchUp, "catch-up", "", "of what was due while nothing ran: all, latest, none (default latest)")
	f.StringVar(&from, "from", "", "first day on which it can be due (default today)")
	f.StringSliceVar(&e.Formats, "format", []string{"pdf"}, "pdf, docx, xlsx, html; several with commas")
	f.StringSliceVar(&e.To, "to", nil, "address of mail; may be repeated")
	f.StringVar(&e.Folder, "folder", "", "folder to put the files in")
	c.RunE = func(c *cobra.Command, args []string) error {
		days := map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}
		day, ok := days[on]
		if !ok {
			return usageError{fmt.Errorf("--on %q: wanted mon, tue, wed, thu, fri, sat or sun", on)}
		}
		clock, err := time.Parse("15:04", at)
		if err != nil {
			return usageError{fmt.Errorf("--at %q: wanted a time of day such as 08:00", at)}
		}
		e.ID, e.On, e.At = args[0], day, time.Duration(clock.Hour())*time.Hour+time.Duration(clock.Minute())*time.Minute
		e.Period, e.Shift, e.CatchUp, e.Lang = report.Kind(kind), schedule.Shift(shift), schedule.CatchUp(catchUp), a.lang()
		return a.withOffice(c, func(o *dispatch.Office, composer *compose.Composer) error {
			if e.Of, err = composer.Find(c.Context(), args[1]); err != nil {
				return err
			}
			err := o.Change(func(b *schedule.Book) error {
				loc, err := b.Location()
				if err != nil {
					return err
				}
				if e.From, err = schedule.Day(from, loc); from == "" {
					now := time.Now().In(loc)
					e.From, err = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc), nil
				}
				if err != nil {
					return usageError{fmt.Errorf("--from: %w", err)}
				}
				b.Reports = append(b.Reports, e)
				return nil
			})
			var usage usageError
			if err != nil && !errors.As(err, &usage) {
				return desk.InputError{Err: err}
			}
			return err
		})
	}
	return c
}

func (a *app) scheduleRemove() *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: "Take a report out of the schedule; what was sent stays kept", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return a.withoutDesk(func(o *dispatch.Office) error {
			return o.Change(func(b *schedule.Book) error {
				i := slices.IndexFunc(b.Reports, func(e schedule.Entry) bool { return e.ID == args[0] })
				if i < 0 {
					return fmt.Errorf("the schedule has no report %q: %w", args[0], desk.ErrNotFound)
				}
				b.Reports = slices.Delete(b.Reports, i, i+1)
				return nil
			})
		})
	}}
}

func (a *app) scheduleRun() *cobra.Command {
	return &cobra.Command{Use: "run", Short: "Make and send what is due now, each report once", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return a.withOffice(c, func(o *dispatch.Office, _ *compose.Composer) error {
			runs, err := o.RunDue(c.Context())
			a.printRuns(runs)
			for _, r := range runs {
				if r.Error != "" && err == nil {
					err = fmt.Errorf("report %q of %s: %s", r.Entry, r.Period, r.Error)
				}
			}
			return err
		})
	}}
}

func (a *app) scheduleJournal() *cobra.Command {
	return &cobra.Command{Use: "journal", Short: "What became of every report that was due", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return a.withoutDesk(func(o *dispatch.Office) error {
			runs, err := o.Journal()
			a.printRuns(runs)
			return err
		})
	}}
}

func (a *app) printRuns(runs []dispatch.Run) {
	l := a.lang()
	for _, r := range runs {
		text := fmt.Sprintf("%s %s  %s  %s", r.Due.Format("2006-01-02 15:04"), r.Entry, r.Period, l.T("report.state."+string(r.State)))
		if r.Error != "" {
			text += ": " + plain(r.Error)
		}
		if !r.Next.IsZero() {
			text += " " + l.T("report.cli.again", r.Next.Format("2006-01-02 15:04"))
		}
		fmt.Fprintln(a.stdout, text)
	}
}
