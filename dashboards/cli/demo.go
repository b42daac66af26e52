package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
)

// demoPack is what the demo shows without a log of one's own.
const demoPack = "municipality"

func (a *app) demo() *cobra.Command {
	var log, listen string
	var replications int
	c := &cobra.Command{
		Use:   "demo",
		Short: "The whole way once: log, lead times, twin, to-be, page",
		Long: `Generates a year of a fictional town's log, brings it into the store, mines the
lead time, simulates the town as it is and as it should be, prints the table and
serves the page until interrupted. With --log FILE it walks the same way on a log
of one's own: mined, fitted, simulated, mined again, and one change tried.
Without a terminal it prints and ends.`,
		Example: "  uprava demo\n  uprava demo --log receipt.xes.gz",
		Args:    cobra.NoArgs,
	}
	f := c.Flags()
	f.StringVar(&log, "log", "", "event log of one's own instead of the fictional town")
	f.StringVar(&listen, "listen", defaultListen, "loopback address of the page; a free port is taken where this one is in use")
	f.IntVar(&replications, "replications", 40, "independent replications of each simulation")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		return a.withDesk(ctx, func(d *desk.Desk) error {
			var err error
			var page string
			if log == "" {
				page, err = a.demoTown(ctx, d, replications)
			} else {
				page, err = a.demoLog(ctx, d, log, replications)
			}
			if err != nil {
				return err
			}
			if !terminal(a.stdout) {
				return nil
			}
			return a.demoServe(ctx, d, listen, page)
		})
	}
	return c
}

// say prints a step of the demo.
func (a *app) say(key string, args ...any) { fmt.Fprintln(a.stdout, a.lang().T(key, args...)) }

// demoLog walks the way on a log of one's own.
func (a *app) demoLog(ctx context.Context, d *desk.Desk, path string, replications int) (string, error) {
	l := a.lang()
	name := logName(path)
	if err := a.demoIngest(ctx, d, name, path); err != nil {
		return "", err
	}
	mined, err := a.demoMined(ctx, d, name)
	if err != nil {
		return "", err
	}
	m, report, err := d.Fit(ctx, name, d.ModelDir(name), desk.FitConfig{})
	if err != nil {
		return "", err
	}
	a.say("demo.fitted", d.ModelDir(name), l.Int(int64(len(report.Assumptions))))
	for _, s := range report.AssumptionsIn(string(l)) {
		fmt.Fprintln(a.stdout, "  -", plain(s))
	}
	again, err := desk.Simulated(mined.cases, mined.cases/10)(ctx, m)
	if err != nil {
		return "", err
	}
	if err := d.Store().Save(ctx, name+"-simulated", again.Named(name+"-simulated")); err != nil {
		return "", err
	}
	second, err := a.demoFigures(ctx, d, name+"-simulated")
	if err != nil {
		return "", err
	}
	fmt.Fprintln(a.stdout)
	t := table{head: []string{"", l.T("cli.mean"), l.T("cli.median"), "p85", l.T("figure.cases")}, right: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	t.add(l.T("demo.mined"), l.Seconds(mined.lead.Mean), l.Seconds(mined.lead.Median), l.Seconds(mined.lead.P85), l.Int(int64(mined.cases)))
	t.add(l.T("demo.mined-again"), l.Seconds(second.lead.Mean), l.Seconds(second.lead.Median), l.Seconds(second.lead.P85), l.Int(int64(second.cases)))
	relative := func(x, y float64) string { return signedPercent(l, (y-x)/x) }
	t.add(l.T("demo.difference"), relative(mined.lead.Mean, second.lead.Mean), relative(mined.lead.Median, second.lead.Median), relative(mined.lead.P85, second.lead.P85), "")
	if err := t.write(a.stdout); err != nil {
		return "", err
	}
	fmt.Fprintln(a.stdout)
	suggested, err := desk.Suggest(ctx, m)
	if err != nil {
		return "", err
	}
	for _, s := range suggested {
		fmt.Fprintf(a.stdout, "%s. %s\n", plain(s.Name.In(string(l))), s.Reason.In(string(l)))
	}
	out, err := a.demoCompare(ctx, desk.Compared{Model: m, Scenarios: suggested}, replications)
	if err != nil {
		return "", err
	}
	return name, a.demoTable(mined, out)
}

func signedPercent(l terms.Lang, x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "—"
	}
	if x < 0 {
		return "−" + l.Percent(-x, 1)
	}
	return "+" + l.Percent(x, 1)
}

func (a *app) demoIngest(ctx context.Context, d *desk.Desk, name, path string) error {
	src, err := openSource(path, csvlog.Config{})
	if err != nil {
		return err
	}
	print, err := connectors.Fingerprint(path)
	if err != nil {
		return err
	}
	bar := a.bar(name)
	begin := time.Now()
	report, err := d.Store().Ingest(ctx, name, src, connectors.IngestConfig{Fingerprint: print, Progress: bar.ingested})
	bar.end()
	if err != nil {
		return err
	}
	l := a.lang()
	a.say("demo.ingested", plain(name), l.Count("case", report.Cases), l.Count("event", report.Events), l.Float(time.Since(begin).Seconds(), 1), l.Int(report.Added))
	a.warn(measure.TextsIn(string(a.lang()), report.Warnings))
	return nil
}

// mined is what the demo says of a log.
type mined struct {
	cases, events int
	lead, working measure.Summary // seconds; working days
}

func (a *app) demoMined(ctx context.Context, d *desk.Desk, name string) (*mined, error) {
	m, err := a.demoFigures(ctx, d, name)
	if err != nil {
		return nil, err
	}
	l := a.lang()
	a.say("demo.as-is", l.Seconds(m.lead.Mean), l.Seconds(m.lead.P85), l.Float(m.working.Mean, 1), l.Float(m.working.P85, 1), l.Count("case", int64(m.lead.N)))
	return m, nil
}

func (a *app) demoFigures(ctx context.Context, d *desk.Desk, name string) (*mined, error) {
	log, err := d.Store().Load(ctx, name)
	if err != nil {
		return nil, err
	}
	spans, err := d.Spans(ctx, log)
	if err != nil {
		return nil, err
	}
	days, err := workingDays(log, spans)
	if err != nil {
		return nil, err
	}
	seconds := make([]float64, len(spans))
	for i, s := range spans {
		seconds[i] = s.To.Sub(s.From).Seconds()
	}
	return &mined{
		cases: log.Cases(), events: log.Events(),
		lead:    measure.Summarize(seconds, measure.Second),
		working: measure.Summarize(days, measure.WorkingDay),
	}, nil
}

// workingDays returns lead times in working days of the Russian
// production calendar, 9:00 to 18:00 with an hour of rest at 13:00, in the zone
// in which most events were written.
func workingDays(log *eventlog.Log, spans []desk.Span) ([]float64, error) {
	zones := map[eventlog.Zone]int{}
	for _, c := range log.All() {
		for _, z := range c.Zones() {
			zones[z]++
		}
	}
	zone := eventlog.Zone(0)
	for z, n := range zones {
		if n > zones[zone] || n == zones[zone] && z < zone {
			zone = z
		}
	}
	cal, err := calendar.New(calendar.Config{
		Week:       append(calendar.Weekdays(9*time.Hour, 13*time.Hour), calendar.Weekdays(14*time.Hour, 18*time.Hour)...),
		Production: calendar.Russia(), Location: time.FixedZone("", int(zone)*60),
	})
	if err != nil {
		return nil, err
	}
	var out []float64
	for _, s := range spans {
		out = append(out, float64(cal.WorkingDaysBetween(s.From.Go(), s.To.Go())))
	}
	return out, nil
}

func (a *app) demoCompare(ctx context.Context, c desk.Compared, replications int) ([]desk.Outcome, error) {
	bar := a.bar(a.lang().T("cli.replications"))
	defer bar.end()
	c.Config = experiment.Config{Replications: replications, Seed: 1, Language: string(a.lang()), Progress: bar.step}
	return desk.Compare(ctx, c)
}

// demoTable prints as-is beside the scenarios.
func (a *app) demoTable(m *mined, out []desk.Outcome) error {
	l := a.lang()
	t := table{head: []string{l.T("whatif.scenario"), l.T("whatif.mean"), l.T("cli.interval"), "p85", l.T("whatif.overdue"), l.T("whatif.difference"), l.T("whatif.people")},
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true}}
	t.add(l.T("whatif.mined"), l.Seconds(m.lead.Mean), "", l.Seconds(m.lead.P85), "", "", "")
	for i, o := range out {
		name := l.T("whatif.as-is")
		if i > 0 {
			name = o.Scenario.Name.In(string(l))
		}
		overdue, change := "—", ""
		if o.Overdue != nil {
			overdue = l.Percent(float64(o.Overdue.Mean), 1)
		}
		if p := o.Difference; p != nil {
			change = l.T("whatif.noise")
			if p.Distinct() {
				change = l.Changes(measure.Second, p.Difference)(p.Difference)
			}
		}
		show := together(l, measure.Second, o.LeadTime.Mean, o.LeadTime.Low, o.LeadTime.High)
		t.add(name, show(o.LeadTime.Mean), between(show, o.LeadTime.Low, o.LeadTime.High), l.Seconds(float64(o.P85.Mean)), overdue, change, people(l, o.Model.Headcount()))
	}
	fmt.Fprintln(a.stdout)
	if err := t.write(a.stdout); err != nil {
		return err
	}
	e := out[0].Result.Evidence
	a.say("demo.evidence", l.Int(int64(e.Replications)), l.Int(int64(e.Seed)), e.InputHash)
	return nil
}

// people writes a headcount, a dash where the model has no people.
func people(l terms.Lang, n int) string {
	if n == 0 {
		return "—"
	}
	return l.Int(int64(n))
}

// demoServe serves the page, on another port where the wanted one is in use, and
// opens it where there is a display.
func (a *app) demoServe(ctx context.Context, d *desk.Desk, listen, log string) error {
	ready := func(address string) {
		page := address + "logs/" + url.PathEscape(log)
		fmt.Fprintln(a.stdout)
		a.say("cli.serving", page)
		if os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
			if opener, err := exec.LookPath("xdg-open"); err == nil {
				_ = exec.CommandContext(ctx, opener, page).Start()
			}
		}
	}
	err := a.serveOn(ctx, d, serving{listen: listen}, ready)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = a.serveOn(ctx, d, serving{listen: "127.0.0.1:0"}, ready)
	}
	return err
}
