package explore

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
)

// eventsOfPage is how many events of a case one page lists.
const eventsOfPage = 200

type casePage struct {
	id         string
	Row        caseRow
	Facts      []fact
	Clock      clockBox
	Edition    string
	Segments   []segment
	Courts     []fact
	Flags      []string
	Picture    template.HTML
	Events     []eventRow
	EventsOf   int
	HasStarts  bool
	Pager      pager
	Attributes []fact
	Variant    string
	VariantRef string
	CSV, XLS   string
	Warnings   []string
}

func (c *casePage) title() string { return c.id }

type fact struct{ Name, Value string }

type segment struct{ State, Class, From, To, Took, Reason string }

type eventRow struct {
	N                                    int
	Time, Start, Activity, Unit, By, Gap string
	More                                 string
}

func (p *pages) one(c *looked) (string, any, error) {
	f, err := p.desk.Case(c.r.Context(), c.log, c.look, c.clock(), c.r.PathValue("case"))
	if err != nil {
		return "", nil, err
	}
	page := &casePage{id: c.lang.T("case.title", f.Row.ID), Row: c.caseRow(&f.Row), EventsOf: f.Case.Len(), HasStarts: f.Case.Starts() != nil}
	if page.Clock, err = p.clockBox(c, f.List); err != nil {
		return "", nil, err
	}
	page.facts(c, f)
	page.clock(c, f)
	from, to := page.Pager.of(c, f.Case.Len(), eventsOfPage)
	for i := from; i < to; i++ {
		page.Events = append(page.Events, c.eventRow(f.Case, i))
	}
	for _, a := range f.Case.Attributes() {
		eventlog.Flatten([]eventlog.Attribute{a}, func(path string, v eventlog.Value) {
			if len(page.Attributes) < 200 {
				page.Attributes = append(page.Attributes, fact{strings.ReplaceAll(path, eventlog.PathSeparator, " / "), c.value(v)})
			}
		})
	}
	if f.Rank > 0 {
		page.Variant = c.lang.T("case.variant", c.lang.Int(int64(f.Rank)), c.lang.Count("case", int64(f.OfRank)))
		page.VariantRef = c.where(fmt.Sprintf("variant = %d", f.Rank))
	}
	page.Picture = timeline(c, f)
	page.CSV, page.XLS = c.exported("cases", f.Row.ID, "events.csv")
	return "case", page, nil
}

func (page *casePage) facts(c *looked, f *desk.CaseFile) {
	r := page.Row
	page.Facts = []fact{{c.lang.T("cases.state"), r.State}, {c.lang.T("cases.start"), r.First}, {c.lang.T("cases.end"), r.End}, {c.lang.T("cases.lead"), r.Time}, {c.lang.T("cases.events"), c.lang.Int(int64(r.Events))}}
	if f.Row.Due != nil {
		page.Facts = append(page.Facts, fact{c.lang.T("cases.due"), r.Due}, fact{c.lang.T("cases.overdue"), r.Overdue})
	}
	if r.Ball != "—" {
		page.Facts = append(page.Facts, fact{c.lang.T("cases.ball"), r.Ball})
	}
}

// clock tells the course of the legal clock.
func (page *casePage) clock(c *looked, f *desk.CaseFile) {
	k := f.Clocked
	if k == nil {
		return
	}
	lang, zone := string(c.lang), zoned(f.Row.First).Location()
	for _, s := range k.Timeline {
		page.Segments = append(page.Segments, segment{c.lang.T("limit.is." + s.State), s.State, c.lang.Moment(s.From.In(zone)), c.lang.Moment(s.To.In(zone)), c.lang.Seconds(s.To.Sub(s.From).Seconds()), c.known.Told(s.Reason.In(lang), lang)})
	}
	for _, t := range k.Courts {
		if t.Seconds <= 0 {
			continue // the case was never with them
		}
		page.Courts = append(page.Courts, fact{t.Name.In(lang), c.lang.Seconds(float64(t.Seconds))})
	}
	for _, x := range k.Flags {
		if f.List.Clock.Term == "" { // the clock is our own, and so is what it would not expect
			break
		}
		page.Flags = append(page.Flags, c.known.Told(x.Text.In(lang), lang))
	}
	for _, x := range k.Extensions {
		page.Flags = append(page.Flags, c.lang.T("limit.extended", c.lang.Moment(x.At.In(zone)), x.By, x.Citation.In(lang)))
	}
	if k.Reason != nil {
		page.Flags = append(page.Flags, c.known.Told(k.Reason.In(lang), lang))
	}
	if k.RolledFrom != nil {
		page.Flags = append(page.Flags, c.lang.T("limit.rolled", *k.RolledFrom))
	}
	if o := k.Other; o != nil {
		page.Flags = append(page.Flags, c.lang.T("limit.other", o.DueDay))
	}
	if f.List.Clock.Term != "" && k.Edition != "" {
		page.Edition = c.lang.T("limit.in-force", k.Edition, k.Citation.In(lang), strings.Replace(k.Limit, "calendar-days", c.lang.T("unit.calendar-days"), 1))
	}
}

func (c *looked) eventRow(cs eventlog.Case, i int) eventRow {
	e := cs.Event(i)
	row := eventRow{N: i + 1, Time: c.seconds(e.Time), Activity: c.label(e.Activity), Unit: c.who(e.Unit), By: c.who(e.Resource), Gap: "—", Start: "—"}
	if e.Start.Time != eventlog.NoTime {
		row.Start = c.seconds(e.Start)
	}
	if i > 0 {
		row.Gap = c.lang.Seconds(float64(cs.Times()[i]-cs.Times()[i-1]) / 1e6)
	}
	var more []string
	eventlog.Flatten(e.Attributes, func(path string, v eventlog.Value) {
		more = append(more, strings.ReplaceAll(path, eventlog.PathSeparator, " / ")+": "+c.value(v))
	})
	row.More = strings.Join(more, "; ")
	if r := []rune(row.More); len(r) > 300 {
		row.More = string(r[:300]) + "…"
	}
	return row
}

// seconds writes a stamp to the second.
func (c *looked) seconds(s eventlog.Stamp) string {
	t := zoned(s)
	return c.lang.Date(t) + ", " + t.Format("15:04:05")
}

func (c *looked) value(v eventlog.Value) string {
	if v.Kind() == eventlog.KindTime {
		return c.moment(v.Stamp())
	}
	return v.String()
}

// mostTicks bounds the marks of events in the picture of a case.
const mostTicks = 400

// timeline draws a case: the state of its clock, its events as marks, its due date.
func timeline(c *looked, f *desk.CaseFile) template.HTML {
	n := f.Case.Len()
	if n == 0 {
		return ""
	}
	first, last := f.Case.First().Go(), f.Case.Last().Go()
	if f.Row.State == desk.CaseOpen && f.List.AsOf.After(last) {
		last = f.List.AsOf
	}
	if due := f.Row.Due; due != nil && due.After(last) && due.Sub(first) < 3*max(time.Hour, last.Sub(first)) {
		last = *due
	}
	const width, left, right = 1000.0, 10.0, 990.0
	span := last.Sub(first).Seconds()
	x := func(t time.Time) float64 {
		if span <= 0 {
			return left
		}
		return math.Min(right, math.Max(left, left+(right-left)*t.Sub(first).Seconds()/span))
	}
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="timeline" viewBox="0 0 %g 96" role="img" aria-label="%s">`, width, esc(c.lang.T("case.picture.alt", c.lang.Int(int64(n)), c.moment(f.Row.First), c.moment(f.Row.Last))))
	if f.Clocked != nil {
		for _, s := range f.Clocked.Timeline {
			fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="14" width="%.1f" height="18"><title>%s</title></rect>`, esc(s.State), x(s.From), math.Max(1, x(s.To)-x(s.From)), esc(c.lang.T("limit.is."+s.State)))
		}
	}
	fmt.Fprintf(&b, `<line class="axis" x1="%g" y1="52" x2="%g" y2="52"/>`, left, right)
	step := max(1, (n+mostTicks-1)/mostTicks)
	for i := 0; i < n; i += step {
		fmt.Fprintf(&b, `<line class="tick" x1="%.1f" y1="42" x2="%.1[1]f" y2="62"/>`, x(f.Case.Times()[i].Go()))
	}
	if due := f.Row.Due; due != nil {
		fmt.Fprintf(&b, `<line class="limit" x1="%.1f" y1="6" x2="%.1[1]f" y2="70"/>`, x(*due))
	}
	zone := zoned(f.Row.First).Location()
	fmt.Fprintf(&b, `<text x="%g" y="86">%s</text><text x="%g" y="86" text-anchor="end">%s</text></svg>`, left, esc(c.lang.Date(first.In(zone))), right, esc(c.lang.Date(last.In(zone))))
	return template.HTML(b.String())
}

func (p *pages) eventsCSV(c *looked) (*file, error) {
	f, err := p.desk.Case(c.r.Context(), c.log, c.look, c.clock(), c.r.PathValue("case"))
	if err != nil {
		return nil, err
	}
	paths := []string{}
	for _, a := range f.Log.EventAttributes() {
		if !slices.Contains(paths, a.Path) {
			paths = append(paths, a.Path)
		}
	}
	s := sheet{head: []string{c.lang.T("cases.id"), "№", c.lang.T("explore.activity"), c.lang.T("case.started"), c.lang.T("case.completed"), c.lang.T("case.unit"), c.lang.T("case.by")}}
	for _, path := range paths {
		s.head = append(s.head, strings.ReplaceAll(path, eventlog.PathSeparator, " / "))
	}
	for i := range f.Case.Len() {
		e := f.Case.Row(i)
		var start time.Time
		if e.Start.Time != eventlog.NoTime {
			start = zoned(e.Start)
		}
		row := []any{f.Row.ID, i + 1, c.label(e.Activity), start, zoned(e.Time), e.Unit, e.Resource}
		for _, path := range paths {
			text := ""
			if v, ok := f.Case.EventAttribute(i, path); ok {
				text = v.String()
			}
			row = append(row, text)
		}
		s.rows = append(s.rows, row)
	}
	return c.csv("events", s)
}
