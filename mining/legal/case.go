package legal

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// State is where a case stands at the moment of judging.
type State string

// The states.
const (
	Running   State = "running"
	Suspended State = "suspended"
	Finished  State = "finished"
	Unknown   State = "unknown"
)

// Case is the clock of one case. What cannot be told is nil or NaN.
type Case struct {
	ID      string `json:"case"`
	State   State  `json:"state"`
	Overdue bool   `json:"overdue"` // finished late, or open past its deadline

	Start       *time.Time `json:"start"` // the first, before any restart
	Finish      *time.Time `json:"finish"`
	StartEvent  int        `json:"start_event"`  // position in the case, of the last restart where there was one; −1 for an attribute
	FinishEvent int        `json:"finish_event"` // −1 where not finished
	// DueDay is the last day of the term, Deadline the moment at which it ends:
	// for an end at 24:00 the first moment of the day after. Provisional: the
	// clock stands still, and both hold if it went on at the moment of judging.
	DueDay      *string    `json:"due_day"`
	Deadline    *time.Time `json:"deadline"`
	Provisional bool       `json:"provisional"`
	RolledFrom  *string    `json:"rolled_from"` // the day of rest on which the term would have ended

	Limit string `json:"limit"` // "30 calendar-days", before extensions; "set by a document"
	// In Unit: Gross is what has passed from the start to the finish or the moment
	// of judging, Net the part of it in which the clock ran, both after the last
	// restart, Suspended the difference. Days are counted as the rule counts them. Of
	// a term that is counted backward, how long before the event the act came.
	Unit      Unit           `json:"unit"`
	Gross     measure.Number `json:"gross"`
	Net       measure.Number `json:"net"`
	Suspended measure.Number `json:"suspended"`
	OverdueBy measure.Number `json:"overdue_by"` // 0 on the day itself; NaN where not overdue
	Remaining measure.Number `json:"remaining"`  // NaN where finished or overdue
	// By the wall clock, in seconds.
	GrossSeconds     measure.Number `json:"gross_s"`
	SuspendedSeconds measure.Number `json:"suspended_s"`
	OverdueSeconds   measure.Number `json:"overdue_s"`

	Extensions []Added `json:"extensions"`
	Restarts   int     `json:"restarts"`

	Timeline []Segment `json:"timeline"`
	Courts   []Time    `json:"courts"`

	Edition  string      `json:"edition"`  // "2023-03-01…", as Result.Editions names it
	Citation match.Text  `json:"citation"` // of the length of the term: of its category, region or edition
	Other    *Reading    `json:"other_reading"`
	Reason   *match.Text `json:"unknown_because"`
	Flags    []Flag      `json:"flags"`
}

// Added is an extension that was accepted.
type Added struct {
	Event    int        `json:"event"` // position in the case
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Citation match.Text `json:"citation"`
}

// Segment is a stretch of a case's time in one state: "running", "suspended" or
// "overdue".
type Segment struct {
	State  string     `json:"state"`
	From   time.Time  `json:"from"`
	To     time.Time  `json:"to"`
	Reason match.Text `json:"reason"`
}

// Time is how long a case lay with someone, by the wall clock. Stretches of
// several parties may overlap; what is with none of them is with the body itself,
// ID "body".
type Time struct {
	ID      string     `json:"id"`
	Name    match.Text `json:"name"`
	Seconds float64    `json:"wall_s"`
}

// Reading is the due date with the days off by decree read the other way.
type Reading struct {
	DecreeDays string    `json:"decree_days"` // "ordinary" or "non-working"
	DueDay     string    `json:"due_day"`
	Deadline   time.Time `json:"deadline"`
	Overdue    bool      `json:"overdue"`
}

// names gives the rows of a case their activities.
type names func(row int) string

// tell fills the case from the run of its clock.
func (c *Case) tell(r *run, activity names) {
	loc := r.calendar.Location()
	clock := func(t int64) time.Time { return time.UnixMicro(t).In(loc) }
	pointer := func(t int64) *time.Time { v := clock(t); return &v }
	c.Start, c.StartEvent, c.FinishEvent = pointer(r.first), r.startRow, r.stopRow
	if r.finished {
		c.Finish = pointer(r.finish)
	}
	if r.stoppedBefore && !r.finished {
		c.State = Unknown
		c.Reason = &match.Text{EN: "the event that ends the term comes before the one that begins it", RU: "событие, завершающее срок, произошло раньше начавшего его"}
	} else {
		c.State = Running
		if r.finished {
			c.State = Finished
		} else if slices.ContainsFunc(r.suspensions, func(s interval) bool { return s.open }) {
			c.State = Suspended
		}
		c.judge(r, pointer)
	}
	for _, x := range r.extensions {
		c.Extensions = append(c.Extensions, Added{x.row, clock(x.at), x.term.String(), r.edition.Extensions[x.k].Citation})
	}
	c.Restarts, c.Citation = r.restarted, r.citation
	if r.unclosed {
		r.flag(unclosedDay, -1)
	}
	for _, f := range r.flags {
		text := flagTexts[f.kind]
		if f.row >= 0 {
			a := activity(f.row)
			text = match.Text{EN: fmt.Sprintf("%q: %s", a, text.EN), RU: fmt.Sprintf("«%s»: %s", a, text.RU)}
		}
		c.Flags = append(c.Flags, Flag{f.kind, f.row, text})
	}
}

func (c *Case) judge(r *run, pointer func(int64) *time.Time) {
	day := r.day.String()
	c.DueDay, c.Deadline, c.Provisional, c.Overdue = &day, pointer(r.deadline), r.provisional, r.overdue
	if r.unrolled != r.day && !r.term.Unit.Exact() {
		from := r.unrolled.String()
		c.RolledFrom = &from
	}
	c.Limit = r.term.String()
	if r.own != nil {
		c.Limit = "set by a document"
	}
	c.Unit = r.counted()
	c.Gross, c.Net = measure.Number(r.gross), measure.Number(r.net)
	c.Suspended = c.Gross - c.Net
	c.GrossSeconds = measure.Number(float64(r.evaluated-r.first) / 1e6)
	c.SuspendedSeconds = 0
	for _, s := range r.still() {
		c.SuspendedSeconds += measure.Number(float64(s.to-s.from) / 1e6)
	}
	if r.overdue {
		c.OverdueBy, c.OverdueSeconds = measure.Number(r.overdueBy), measure.Number(float64(r.evaluated-r.deadline)/1e6)
	} else if !r.finished {
		c.Remaining = measure.Number(r.remains)
	}
}

// timeline cuts the time since the last start into its states.
func timeline(r *run, activity names) []Segment {
	out := []Segment{}
	if r.edition.Backward || r.stoppedBefore && !r.finished {
		return out
	}
	clock := func(t int64) time.Time { return time.UnixMicro(t).In(r.calendar.Location()) }
	because := func(row int, en, ru string) match.Text {
		if row < 0 {
			return match.Text{EN: en, RU: ru}
		}
		a := activity(row)
		return match.Text{EN: fmt.Sprintf("%s: %q", en, a), RU: fmt.Sprintf("%s: «%s»", ru, a)}
	}
	type cut struct {
		at     int64
		state  string
		reason match.Text
	}
	cuts := []cut{{r.start, "running", because(r.startRow, "the term began", "начало срока")}}
	for _, s := range r.still() {
		first, last := r.edge(s.from, false), r.edge(s.to, true)
		cuts = append(cuts, cut{s.from, "suspended", because(first.row, "suspended", "приостановлено")})
		if s.to < r.evaluated || !last.open {
			en, ru := "resumed", "возобновлено"
			if last.capped {
				en, ru = "the most that a suspension may last is over", "истёк предельный срок приостановления"
			}
			row := last.resumed
			if last.capped {
				row = -1
			}
			cuts = append(cuts, cut{s.to, "running", because(row, en, ru)})
		}
	}
	if r.overdue {
		cuts = append(cuts, cut{r.deadline, "overdue", match.Text{EN: "the term expired", RU: "срок истёк"}})
	}
	slices.SortStableFunc(cuts, func(a, b cut) int { return cmp.Compare(a.at, b.at) })
	for i, k := range cuts {
		to := r.evaluated
		if i+1 < len(cuts) {
			to = min(to, cuts[i+1].at)
		}
		if to > k.at {
			out = append(out, Segment{k.state, clock(k.at), clock(to), k.reason})
		}
	}
	return out
}

// edge returns the suspension that begins, or ends, a standstill at t.
func (r *run) edge(t int64, end bool) interval {
	for _, s := range r.suspensions {
		if end && s.to == t || !end && s.from == t {
			return s
		}
	}
	return interval{row: -1, resumed: -1}
}

// editionAt returns the edition in force on the date, nil where there is none.
func (r *Rule) editionAt(d calendar.Date) *Edition {
	for _, e := range r.Editions {
		if (e.From == nil || d >= *e.From) && (e.To == nil || d <= *e.To) {
			return e
		}
	}
	return nil
}

// Name returns the time in which the edition was in force: "2015-03-01…2023-02-28".
func (e *Edition) Name() string {
	show := func(d *calendar.Date) string {
		if d == nil {
			return ""
		}
		return d.String()
	}
	return show(e.From) + "…" + show(e.To)
}
