package legal

import (
	"strconv"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
)

// moments appends to out what happened to the clock of an edition up to now, and
// returns it with the first start, NoTime where there is none.
func (w *judge) moments(c eventlog.Case, k *words, out []moment) ([]moment, eventlog.Time) {
	start := eventlog.NoTime
	for row, code := range c.Activities() {
		for _, h := range k.hooks[code] {
			at, ok := h.rows.Row(c, row)
			if !ok || int64(at) > w.now {
				continue
			}
			m := moment{at: int64(at), row: row, what: h.what, k: h.k}
			switch h.what {
			case starts:
				if start == eventlog.NoTime || at < start {
					start = at
				}
			case extends:
				if truth, _ := k.when[h.k].Case(c); truth != match.Yes {
					continue
				}
				x := k.Extensions[h.k]
				if m.amount = x.By.N; x.Attribute != "" {
					m.amount = amount(c, row, x.Attribute)
				}
			}
			out = append(out, m)
		}
	}
	if start == eventlog.NoTime && k.StartAttribute != "" {
		if t, ok := date(c, k.StartAttribute); ok && (int64(t) <= w.now || k.Backward) {
			start = t
			out = append(out, moment{at: int64(t), row: -1, what: starts})
		}
	}
	return out, start
}

// amount returns the whole number of an event's attribute, −1 where there is none.
func amount(c eventlog.Case, row int, path string) int {
	v, ok := c.EventAttribute(row, path)
	if !ok {
		return -1
	}
	n, err := strconv.ParseFloat(v.String(), 64)
	if err != nil || !(n >= 0 && n <= maxTerm) {
		return -1
	}
	return int(n)
}

// date returns a time that an attribute of the case holds: a date attribute, or
// text that reads as one.
func date(c eventlog.Case, path string) (eventlog.Time, bool) {
	if v, ok := c.AttributeOf(path, eventlog.KindTime); ok {
		return v.Stamp().Time, true
	}
	v, ok := c.Attribute(path)
	if !ok {
		return 0, false
	}
	at, _, err := eventlog.ParseStamp(v.String())
	return at.Time, err == nil
}

// term sets the length of the case's term. own tells whether a document set it,
// missing the attribute of the case without which it cannot be told.
func (w *judge) term(c eventlog.Case, k *words, p *plan) (own bool, missing string) {
	p.citation = k.Citation
	cite := func(c match.Text) {
		if !c.Empty() && !own {
			p.citation = c
		}
	}
	if k.Due != nil {
		if t, ok := date(c, k.Due.Attribute); ok {
			loc := w.calendars[0].Location()
			day := calendar.DateOf(time.UnixMicro(int64(t)).In(loc))
			if k.Due.Moment { // midnight belongs to the day that it ends
				day = calendar.DateOf(time.UnixMicro(int64(t) - 1).In(loc))
			}
			p.own, p.ownEnd, own = &day, int64(t), true
		}
	}
	for i, l := range k.limits {
		truth, lacks := l.when.Case(c)
		if truth == match.Unknown && !own {
			return own, lacks
		}
		if truth != match.Yes || len(k.Limits[i].Events) > 0 && !w.happened(c, l.events) {
			continue
		}
		p.term = k.Limits[i].Term
		cite(k.Limits[i].Citation)
		return own, ""
	}
	for _, r := range k.Regions {
		if r.Region == w.cfg.Region {
			p.term = r.Term
			cite(r.Citation)
			return own, ""
		}
	}
	if k.Limit != nil {
		p.term = *k.Limit
	}
	return own, ""
}

func (w *judge) happened(c eventlog.Case, m *match.Matcher) bool {
	for row := range c.Len() {
		if at, ok := m.Row(c, row); ok && int64(at) <= w.now {
			return true
		}
	}
	return false
}
