package xes

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/uprava/uprava/mining/eventlog"
)

// part says which of the moments of a row an event stands for.
type part uint8

const (
	rowPart      part = iota // a recorded event, written as it is
	enabledPart              // the schedule event of an activity instance
	startPart                // its start event
	completePart             // its complete event
	wholePart                // the whole instance in one event
)

// piece is one event to write.
type piece struct {
	at       eventlog.Time
	row      int
	part     part
	instance string // concept:instance to add
}

// planner lays out the events of cases. It keeps its room from case to case.
type planner struct {
	pieces []piece
	rows   []instanceRow
}

// instanceRow is what pairing sees of a row.
type instanceRow struct {
	activity       eventlog.Code
	instance       string
	enabled, start eventlog.Time
}

// plan returns the events that stand for the rows of a case, in order.
func (p *planner) plan(c eventlog.Case) []piece {
	p.pieces = p.pieces[:0]
	if !p.read(c) {
		for i, at := range c.Times() {
			p.pieces = append(p.pieces, piece{at: at, row: i})
		}
		return p.pieces
	}
	if !p.split(c) {
		p.pieces = p.pieces[:0]
		for i, at := range c.Times() {
			p.pieces = append(p.pieces, piece{at: at, row: i, part: wholePart})
		}
	}
	return p.pieces
}

// read fills rows and reports whether any row has a start or an enablement.
func (p *planner) read(c eventlog.Case) bool {
	p.rows = p.rows[:0]
	starts, enabled, any := c.Starts(), c.Enabled(), false
	if starts == nil && enabled == nil {
		return false
	}
	for i, a := range c.Activities() {
		r := instanceRow{activity: a, start: eventlog.NoTime, enabled: eventlog.NoTime}
		if starts != nil {
			r.start = starts[i]
		}
		if enabled != nil {
			r.enabled = enabled[i]
		}
		any = any || r.start != eventlog.NoTime || r.enabled != eventlog.NoTime
		p.rows = append(p.rows, r)
	}
	if any {
		for i := range p.rows {
			v, _ := c.EventAttribute(i, eventlog.InstanceKey)
			p.rows[i].instance = v.String()
		}
	}
	return any
}

// split lays out schedule, start and complete events so that pairing finds the
// rows again. It reports false where no layout does.
func (p *planner) split(c eventlog.Case) bool {
	for i, at := range c.Times() {
		r := &p.rows[i]
		if r.start != eventlog.NoTime && r.start > at || r.enabled != eventlog.NoTime && r.enabled > at {
			return false
		}
		if !completes(c.Event(i).Transition) {
			return false
		}
		if r.enabled != eventlog.NoTime {
			p.pieces = append(p.pieces, piece{at: r.enabled, row: i, part: enabledPart})
		}
		if r.start != eventlog.NoTime {
			p.pieces = append(p.pieces, piece{at: r.start, row: i, part: startPart})
		}
		p.pieces = append(p.pieces, piece{at: at, row: i, part: completePart})
	}
	slices.SortStableFunc(p.pieces, func(x, y piece) int { return cmp.Compare(x.at, y.at) })
	wrong := p.mistaken()
	if len(wrong) == 0 {
		return true
	}
	taken := map[instanceID]bool{}
	for _, r := range p.rows {
		taken[instanceID{r.activity, r.instance}] = true
	}
	names := make([]string, len(p.rows))
	for i, r := range p.rows {
		if !wrong[instanceID{r.activity, r.instance}] {
			continue
		}
		if r.instance != "" {
			return false
		}
		for n := 1; ; n++ {
			id := instanceID{r.activity, strconv.Itoa(n)}
			if !taken[id] {
				taken[id] = true
				names[i] = id.instance
				break
			}
		}
	}
	for i := range p.pieces {
		p.pieces[i].instance = names[p.pieces[i].row]
	}
	return true
}

type instanceID struct {
	activity eventlog.Code
	instance string
}

// mistaken pairs the pieces as Log.Instances does and returns the activities,
// by instance, for which another row's start or enablement would be taken.
func (p *planner) mistaken() map[instanceID]bool {
	type queue struct{ enabled, started []int }
	open, wrong := map[instanceID]*queue{}, map[instanceID]bool{}
	for _, x := range p.pieces {
		r := p.rows[x.row]
		id := instanceID{r.activity, r.instance}
		q := open[id]
		if q == nil {
			q = &queue{}
			open[id] = q
		}
		switch x.part {
		case enabledPart:
			q.enabled = append(q.enabled, x.row)
		case startPart:
			q.started = append(q.started, x.row)
		case completePart:
			if !take(&q.enabled, x.row, r.enabled != eventlog.NoTime) || !take(&q.started, x.row, r.start != eventlog.NoTime) {
				wrong[id] = true
			}
		}
	}
	return wrong
}

// take removes the first of a queue. It reports whether that is the row itself,
// or nothing where nothing is wanted.
func take(queue *[]int, row int, wanted bool) bool {
	if len(*queue) == 0 {
		return !wanted
	}
	first := (*queue)[0]
	*queue = (*queue)[1:]
	return wanted && first == row
}
