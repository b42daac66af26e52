package compose

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// facts are all that a report says of one process.
type facts struct {
	target
	lang   terms.Lang
	name   string // cleaned and not too long
	who    string // who answers for it
	asOf   time.Time
	zone   *time.Location
	period report.Period

	unit   measure.Unit // in which lead times are shown
	per    float64      // of the desk's unit in one of it
	words  string       // of the unit
	digits int

	began, beganYearAgo           int
	now, before, yearAgo, toDate  desk.Delivered // toDate from the beginning of the year
	toDateBefore                  desk.Delivered // of the year before
	sinceBefore, sinceYear, since desk.Difference
	share                         desk.Difference // of the share in time, to the same period of last year
	board                         *desk.Board
	series                        kpi.Series
	plan                          *plan // nil where the twin names none for the lead time
	risks                         *desk.Risks
	due                           []open // with a due date, the earliest first
	narrow                        []performance.Bottleneck
	narrowN                       int
	narrowAll                     bool // of the whole log: the period holds too little
	works                         []twin.Work
}

// plan is the target of an indicator of the process.
type plan struct {
	standing  desk.Standing
	statistic string
	value     float64 // in the unit of the desk
	fact      desk.Figure
}

// open is an open case with a due date.
type open struct {
	predict.Case
	due  time.Time
	left int // working days, less than nothing where overdue
}

// gather asks the desk about one process.
func (c *Composer) gather(ctx context.Context, t target, p report.Period, asOf time.Time, lang terms.Lang, office *calendar.Calendar) (*facts, error) {
	f := &facts{target: t, lang: lang, asOf: asOf, period: p}
	look := desk.Look{AsOf: asOf}
	zone := zoneOf(t)
	window := func(p report.Period) desk.Window { return desk.Window{Begin: p.Begin(zone), End: p.End(zone)} }
	year := func(p report.Period) desk.Window {
		begin := time.Date(p.Begin(zone).Year(), 1, 1, 0, 0, 0, 0, zone)
		if p.Kind == report.Week {
			begin = time.Date(p.Year, 1, 1, 0, 0, 0, 0, zone)
		}
		return desk.Window{Begin: begin, End: p.End(zone)}
	}
	trend := trendKind(p.Kind)
	ask := func(now, against desk.Window) (*desk.Board, error) {
		return c.desk.Board(ctx, t.log, desk.BoardQuestion{Look: look, Window: now, Against: against, Period: trend})
	}
	b, err := ask(window(p), window(p.Before(1)))
	if err != nil {
		return nil, err
	}
	f.board, f.zone, f.began, f.now, f.before, f.sinceBefore = b, b.Zone, b.Began, b.Now, *b.Against, b.Changes[desk.OfMean]
	if b, err = ask(window(p), window(p.YearAgo())); err != nil {
		return nil, err
	}
	f.yearAgo, f.sinceYear, f.share = *b.Against, b.Changes[desk.OfMean], b.Changes[desk.OfShare]
	if b, err = ask(window(p.YearAgo()), desk.Window{}); err != nil {
		return nil, err
	}
	f.beganYearAgo = b.Began
	if b, err = ask(year(p), year(p.YearAgo())); err != nil {
		return nil, err
	}
	f.toDate, f.toDateBefore, f.since = b.Now, *b.Against, b.Changes[desk.OfMean]
	f.series = b.Series[desk.OfMean]
	f.title()
	f.scale()
	f.planned()
	if t.twin != nil {
		f.works = t.twin.Model.Plan(t.process.ID)
	}
	if f.risks, err = c.desk.Risks(ctx, t.log, look); err != nil {
		return nil, err
	}
	f.dues(office)
	return f, c.narrows(ctx, f, look)
}

// zoneOf is the time zone of a process: Moscow's where nothing is said.
func zoneOf(t target) *time.Location {
	if t.twin != nil {
		if zone, err := time.LoadLocation(t.twin.Model.TimeZone); err == nil {
			return zone
		}
	}
	return desk.Moscow
}

// trendKind is the kind of the periods of a trend beside a period.
func trendKind(k report.Kind) string {
	switch k {
	case report.NineMonths:
		return string(report.Quarter)
	}
	return string(k)
}

func (f *facts) title() {
	name := twin.Text{RU: f.log, EN: f.log}
	if f.process != nil && f.process.Name != (twin.Text{}) {
		name = f.process.Name
	}
	f.name = report.Short(name.In(string(f.lang)), 90)
	f.who = f.lang.T("say.somebody")
	if f.owner != (twin.Text{}) {
		f.who = report.Label(f.owner.In(string(f.lang)))
	}
}

// scale chooses the unit in which lead times are shown.
func (f *facts) scale() {
	f.unit, f.per, f.digits = f.board.Unit, 1, 1
	if f.unit == measure.Second {
		typical := math.NaN()
		for _, p := range f.series {
			if v := float64(p.Value); !math.IsNaN(v) && !(v <= typical) {
				typical = v
			}
		}
		f.unit = measure.CalendarDay
		if typical < 2*86400 {
			f.unit = measure.Readable(typical)
		}
		f.per, _ = measure.Convert(1, f.unit, measure.Second) // units of the wall clock convert
	}
	f.words = report.UnitWords(f.lang, f.unit)
	largest := 0.0
	for _, p := range f.series {
		if v := float64(p.Value) / f.per; !math.IsNaN(v) {
			largest = max(largest, v)
		}
	}
	if largest < 10 {
		f.digits = 2
	}
}

// planned finds the target of the lead time among the indicators of the process.
func (f *facts) planned() {
	for _, s := range f.board.Standings {
		if s.Figure != "lead_time" || s.Target == nil {
			continue
		}
		p := &plan{standing: s, statistic: s.Statistic, value: s.Target.Value, fact: f.now.Mean}
		switch s.Statistic {
		case desk.OfMedian:
			p.fact = f.now.Median
		case desk.OfP85:
			p.fact = f.now.P85
		}
		f.plan = p
		return
	}
}

// lastDue is when the last measure of the action plan is due; zero where none says.
func (f *facts) lastDue() time.Time {
	var last time.Time
	for _, w := range f.works {
		if w.State != "dropped" && w.Due.After(last) {
			last = w.Due
		}
	}
	return last
}

// goal writes the target, with the date of the last measure towards it where one is known.
func (f *facts) goal() string {
	text := f.value(f.plan.value)
	if due := f.lastDue(); !due.IsZero() {
		text = f.lang.T("say.target.by", text, report.Day(f.lang, due))
	}
	return text
}

// dues lists the open cases with a due date and counts their working days left.
func (f *facts) dues(office *calendar.Calendar) {
	for _, c := range f.risks.Cases {
		at, err := time.Parse(time.RFC3339, c.Due)
		if err != nil {
			continue // none
		}
		// A due date is the first moment that is too late.
		day := at.Add(-time.Microsecond).In(f.zone)
		o := open{Case: c, due: day, left: office.WorkingDaysAfter(calendar.DateOf(f.asOf.In(f.zone)), calendar.DateOf(day))}
		f.due = append(f.due, o)
	}
	slices.SortStableFunc(f.due, func(a, b open) int { return a.due.Compare(b.due) })
}

// dueWithin counts the open cases, not overdue, whose term ends within so many working
// days.
func (f *facts) dueWithin(days int) int {
	n := 0
	for _, o := range f.due {
		if !o.Overdue && o.left <= days {
			n++
		}
	}
	return n
}

// enoughForNarrow is the number of delivered cases from which bottlenecks are those of
// the period.
const enoughForNarrow = 30

// narrows asks where the time goes: of the cases that ended in the period, or of the
// whole log where they are few.
func (c *Composer) narrows(ctx context.Context, f *facts, look desk.Look) error {
	f.narrowAll = f.now.N < enoughForNarrow
	if !f.narrowAll {
		begin, end := f.period.Begin(f.zone), f.period.End(f.zone).AddDate(0, 0, -1)
		last, err := filter.Parse("ended >= " + begin.Format(time.DateOnly) + " and ended <= " + end.Format(time.DateOnly))
		if err != nil {
			return err
		}
		look.Filter = last
	}
	n, err := c.desk.Narrow(ctx, f.log, look)
	if err != nil {
		return err
	}
	f.narrow, f.narrowN = n.Activities, n.Cases
	return nil
}

// value writes a lead time with its unit.
func (f *facts) value(x float64) string {
	return report.Figures(f.lang, x/f.per, f.unit, f.digits) + "\u00a0" + f.words
}

// bare writes a lead time without its unit.
func (f *facts) bare(x float64) string {
	return report.Figures(f.lang, x/f.per, f.unit, f.digits)
}

// signed writes a difference of lead times with its sign.
func (f *facts) signed(x float64) string {
	s := f.bare(x)
	if x > 0 {
		s = "+" + s
	}
	return s
}

// cell is a lead time as a cell, in the unit that another column names.
func (f *facts) cell(x desk.Figure, why string) report.Cell {
	return report.NI(x.Value/f.per, x.Low/f.per, x.High/f.per, why)
}

// label is an activity in the language of the report.
func (f *facts) label(activity string) string {
	if t, ok := f.board.Labels[activity]; ok {
		activity = t.In(string(f.lang))
	}
	return report.Short(activity, 80)
}

// top is the activity that takes most of the time, nil where nothing is known.
func (f *facts) top() *performance.Bottleneck {
	if len(f.narrow) == 0 || math.IsNaN(float64(f.narrow[0].Share)) {
		return nil
	}
	return &f.narrow[0]
}
