package compose

import (
	"cmp"
	"slices"
	"time"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/mining/calendar"
)

// order is a draft instruction with how urgent it is.
type order struct {
	report.Order
	urgency int // the greater the sooner
	size    int // of cases
}

// Working days that an order gives.
const (
	toClose   = 3
	toExplain = 5
	toPropose = 10
)

// ordersOf drafts what should be done about a process; every one rests on a result.
func (f *facts) orders(office *calendar.Calendar) []order {
	l := f.lang
	by := func(days int) time.Time {
		return office.NthWorkingDay(calendar.DateOf(f.asOf.In(f.zone)), days).Begin(f.zone)
	}
	var out []order
	add := func(urgency, size, days int, what, why string) {
		out = append(out, order{report.Order{What: what, Who: f.who, By: by(days), Why: why}, urgency, size})
	}
	if n := f.risks.Overdue; n > 0 {
		why := l.T("say.order.overdue.why", l.Int(int64(n)), l.Count("say.open-case", int64(f.risks.Open)))
		add(4, n, toClose, l.T("say.order.overdue", f.name, l.Count("say.overdue-case", int64(n))), why)
	}
	if n := f.likely(toClose); n > 0 {
		add(3, n, 1, l.T("say.order.due", f.name, l.Count("case", int64(n))), l.T("say.order.due.why", l.Int(int64(n)), l.Int(toClose)))
	}
	if p := f.plan; p != nil && p.verdict() == worse {
		if top := f.top(); top != nil {
			add(2, f.now.N, toPropose, l.T("say.order.plan", f.name, f.label(top.Activity)), l.T("say.order.plan.why", f.value(p.fact.Value), f.bare(p.fact.Low), f.bare(p.fact.High), f.goal(), f.cause()))
		}
	}
	for _, c := range f.comparisons() {
		if judge(c.now, c.before, c.d) == worse {
			add(1, f.now.N, toExplain, l.T("say.order.slower", f.name), f.clause(c))
			break
		}
	}
	for _, w := range f.works {
		if !w.Due.IsZero() && w.State != "done" && w.State != "dropped" && w.Due.Before(f.asOf) {
			name := report.Label(w.Measure.Name.In(string(l)))
			add(2, 0, toExplain, l.T("say.order.measure", name), l.T("say.order.measure.why", report.Day(l, w.Due)))
		}
	}
	return out
}

// likely counts the open cases due within so many working days that will more likely
// than not break their term.
func (f *facts) likely(days int) int {
	if !f.foretold() {
		return 0
	}
	n := 0
	for _, o := range f.due {
		if !o.Overdue && o.left <= days && o.Breach != nil && *o.Breach >= 0.5 {
			n++
		}
	}
	return n
}

// drafted are the orders of all processes, the most urgent first.
func drafted(list []*facts, office *calendar.Calendar) []order {
	var out []order
	for _, f := range list {
		out = append(out, f.orders(office)...)
	}
	slices.SortStableFunc(out, func(a, b order) int {
		return cmp.Or(cmp.Compare(b.urgency, a.urgency), cmp.Compare(b.size, a.size))
	})
	return out
}
