package compose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/alerts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/prepare"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/report/schedule"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/calendar"
)

// Rows of the table of cases, in a report of many processes and of a few.
const (
	casesOfMany = 6
	casesOfFew  = 20
)

// Compose writes a report. A period that is not over at the as-of moment is reported
// as far as it goes, and says so.
func (c *Composer) Compose(ctx context.Context, r dispatch.Request) (*dispatch.Made, error) {
	s, err := c.subject(ctx, r.Of)
	if err != nil {
		return nil, err
	}
	inputs, first, last, err := c.inputs(ctx, s)
	if err != nil {
		return nil, err
	}
	p, asOf := s.when(r, last)
	zone := asOf.Location()
	// A moment that is named may be after the last event: that nothing came is a report too,
	// and one that is due is made.
	if r.AsOf.IsZero() && !p.Begin(zone).Before(last) || !p.End(zone).After(first) || asOf.Before(first) {
		return nil, desk.InputError{Err: errors.New(outside(r.Lang, p, r.AsOf, first.In(zone), last.In(zone)))}
	}
	if begin := p.Begin(zone); asOf.Before(begin) {
		return nil, desk.InputError{Err: fmt.Errorf("report of %s: the period begins on %s, after the as-of moment %s", p, begin.Format(time.DateOnly), asOf.Format(time.RFC3339))}
	}
	office, err := (&schedule.Book{}).Calendar()
	if err != nil {
		return nil, err
	}
	var list []*facts
	for i, t := range s.targets {
		if c.Progress != nil {
			c.Progress(i, len(s.targets))
		}
		f, err := c.gather(ctx, t, p, asOf, r.Lang, office)
		if err != nil {
			return nil, fmt.Errorf("report of %q: %w", t.log, err)
		}
		list = append(list, f)
	}
	if c.Progress != nil {
		c.Progress(len(list), len(list))
	}
	d := &report.Document{Lang: r.Lang, Period: p, AsOf: asOf}
	s.head(d)
	orders := drafted(list, office)
	if silent := asOf.Sub(last); silent > silentFor && len(list) > 0 {
		orders = silence(d, last.In(zone), silent, office)
	}
	body(d, list, orders)
	tidy(d)
	return &dispatch.Made{Document: d, Inputs: inputs}, nil
}

// silentFor is how long a log may bring nothing before a report doubts that events still
// come: longer than the holidays of January.
const silentFor = 14 * 24 * time.Hour

// silence says first of all that no events came for long, in which nothing that is said of
// open cases can be relied on, and that to mend this goes before all else.
func silence(d *report.Document, last time.Time, silent time.Duration, office *calendar.Calendar) []order {
	l := d.Lang
	text := l.T("say.silent", report.Day(l, last), l.Int(int64(silent/(24*time.Hour))))
	d.Notice = strings.TrimSpace(text + " " + d.Notice)
	by := office.NthWorkingDay(calendar.DateOf(d.AsOf), toClose).Begin(d.AsOf.Location())
	return []order{{report.Order{What: l.T("say.order.silent"), Who: l.T("say.order.silent.who"), By: by, Why: text}, 5, 0}}
}

// when returns the period and the as-of moment of a request: the last month that was
// over and the last event where it names none.
func (s *subject) when(r dispatch.Request, last time.Time) (report.Period, time.Time) {
	zone := zoneOf(s.targets[0])
	asOf := r.AsOf
	if asOf.IsZero() {
		asOf = last
		if r.Period.Kind != "" && asOf.After(r.Period.End(zone)) {
			asOf = r.Period.End(zone).Add(-time.Second)
		}
	}
	asOf = asOf.In(zone)
	if r.Period.Kind == "" {
		return report.Last(report.Month, asOf), asOf
	}
	return r.Period, asOf
}

// Prepare returns what the executive report of the last month rests on, process by
// process, to be computed before somebody asks for it.
func (c *Composer) Prepare(ctx context.Context) ([]prepare.Step, error) {
	s, err := c.subject(ctx, Executive)
	if err != nil {
		return nil, err
	}
	_, _, last, err := c.inputs(ctx, s)
	if err != nil {
		return nil, err
	}
	office, err := (&schedule.Book{}).Calendar()
	if err != nil {
		return nil, err
	}
	p, asOf := s.when(dispatch.Request{Of: Executive}, last)
	var out []prepare.Step
	for _, t := range s.targets {
		out = append(out, prepare.Step{Name: "report of " + t.log, Do: func(ctx context.Context) error {
			_, err := c.gather(ctx, t, p, asOf, terms.RU, office)
			return err
		}})
	}
	return out, nil
}

// outside says that a report is asked for of a time of which the logs hold nothing, and
// what to ask for: the last such period that they hold whole, or the last they hold at all.
func outside(l terms.Lang, p report.Period, asOf, first, last time.Time) string {
	inside := report.Last(p.Kind, last.AddDate(0, 0, 1)) // the day of the last event may not be over
	if inside.Begin(last.Location()).Before(first) && !report.Holding(p.Kind, last).End(last.Location()).Before(first) {
		inside = report.Holding(p.Kind, last)
	}
	if !asOf.IsZero() && asOf.Before(first) {
		return l.T("say.outside.as-of", report.Moment(l, asOf), report.Day(l, first), report.Day(l, last), inside.String())
	}
	return l.T("say.outside", p.Name(l), report.Day(l, first), report.Day(l, last), inside.String())
}

// head says what the document is and for whom.
func (s *subject) head(d *report.Document) {
	l := d.Lang
	lang := string(l)
	if t := s.targets[0].twin; t != nil {
		d.Organisation = report.Clean(t.Model.Name.In(lang))
		d.Notice = report.Clean(t.Model.Notice.In(lang))
	}
	switch s.kind {
	case Executive:
		d.Title, d.To = l.T("say.title.executive"), l.T("say.to.executive")
	case ownerPrefix:
		d.Title, d.Subject, d.To = l.T("say.title.owner"), report.Label(s.name.In(lang)), l.T("say.to.owner")
	default:
		d.Title, d.Subject = l.T("say.title.process"), report.Label(s.name.In(lang))
	}
	d.Signatory.Post = l.T("say.signatory")
}

// body writes the sections.
func body(d *report.Document, list []*facts, orders []order) {
	l := d.Lang
	if len(list) == 0 {
		d.Sections = []report.Section{none(l)}
		return
	}
	d.Sections = append(d.Sections, front(l, list, orders))
	figures := report.Section{Heading: l.T("say.figures"), NewPage: len(list) > 1}
	if slices.ContainsFunc(list, func(f *facts) bool { return f.plan != nil }) {
		figures.Blocks = append(figures.Blocks, planTable(l, list))
	} else {
		figures.Blocks = append(figures.Blocks, report.Paragraph{Text: l.T("say.no-plans"), Weight: report.Quiet})
	}
	figures.Blocks = append(figures.Blocks, courseTable(l, list), volumeTable(l, list), termsTable(l, list))
	d.Sections = append(d.Sections, figures)
	cases := casesOfFew
	if len(list) > 2 {
		cases = casesOfMany
	}
	for _, f := range list {
		d.Sections = append(d.Sections, f.page(cases))
	}
	d.Orders = &report.Orders{Title: l.T("report.orders")}
	for _, o := range orders {
		d.Orders.Rows = append(d.Orders.Rows, o.Order)
	}
	if len(orders) == 0 {
		d.Orders = nil
		d.Sections = append(d.Sections, report.Section{Heading: l.T("report.orders"), Blocks: []report.Block{report.Paragraph{Text: l.T("say.decide.none")}}})
	}
}

// tidy takes away second full stops: a sentence that ends with a unit such as «дн.» has
// one already.
func tidy(d *report.Document) {
	once := func(s *string) {
		for strings.Contains(*s, "..") {
			*s = strings.ReplaceAll(*s, "..", ".")
		}
	}
	for i := range d.Sections {
		for k, b := range d.Sections[i].Blocks {
			switch b := b.(type) {
			case report.Paragraph:
				once(&b.Text)
				d.Sections[i].Blocks[k] = b
			case report.List:
				for j := range b.Items {
					once(&b.Items[j].Text)
				}
			case report.Figure:
				once(&b.Description)
				d.Sections[i].Blocks[k] = b
			}
		}
	}
	if d.Orders != nil {
		for i := range d.Orders.Rows {
			once(&d.Orders.Rows[i].What)
			once(&d.Orders.Rows[i].Why)
		}
	}
}

// Alerts returns the alarms about a subject that had risen by a moment: of the indicators
// of its processes, told outside quiet hours (kpi.Watch), and of the rules that people
// have set on their boards. Both have hysteresis.
func (c *Composer) Alerts(ctx context.Context, of string, asOf time.Time) ([]dispatch.Alert, error) {
	s, err := c.subject(ctx, of)
	if err != nil {
		return nil, err
	}
	var out []dispatch.Alert
	for _, t := range s.targets {
		b, err := c.desk.Board(ctx, t.log, desk.BoardQuestion{})
		if err != nil {
			return nil, err
		}
		for _, standing := range b.Standings {
			for _, m := range standing.Messages {
				if m.Raised && !m.Told.After(asOf) {
					out = append(out, dispatch.Alert{Key: standing.Ref.ID + " " + m.At.Format(time.DateOnly), Told: m.Told})
				}
			}
		}
		risen, err := c.risen(ctx, t.log, asOf)
		if err != nil {
			return nil, err
		}
		out = append(out, risen...)
	}
	return out, nil
}

// risen are the alarms of the rules of a log, looked at now.
func (c *Composer) risen(ctx context.Context, log string, asOf time.Time) ([]dispatch.Alert, error) {
	book := alerts.OpenBook(c.desk.Folder("alerts"))
	rules, err := book.Of(log)
	if err != nil {
		return nil, err
	}
	var out []dispatch.Alert
	for _, r := range rules {
		state, err := alerts.Look(ctx, c.desk, book, r.Rule, asOf)
		if err != nil {
			return nil, err
		}
		for _, m := range slices.Concat(state.Told, state.Pending) {
			if m.Raised && !m.Seen.After(asOf) {
				out = append(out, dispatch.Alert{Key: "rule " + r.ID + " " + m.About.UTC().Format(time.RFC3339), Told: m.Seen})
			}
		}
	}
	return out, nil
}
