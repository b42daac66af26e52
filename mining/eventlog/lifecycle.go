package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Transition is the role of a lifecycle transition in an activity instance.
type Transition uint8

// The roles. The standard's transitions (IEEE 1849-2016, lifecycle extension)
// are matched without regard to case; assign and reassign are neither an
// enablement nor a start and count as Other.
const (
	Completes Transition = iota // complete, none recorded, or a name the standard does not know
	Schedules                   // schedule
	Starts                      // start
	Other                       // assign, reassign, suspend, resume
	Ends                        // withdraw, ate_abort, pi_abort, autoskip, manualskip: an end without completion
)

// TransitionOf returns the role of a transition's name.
func TransitionOf(name string) Transition {
	switch strings.ToLower(name) {
	case "schedule":
		return Schedules
	case "start":
		return Starts
	case "assign", "reassign", "suspend", "resume":
		return Other
	case "withdraw", "ate_abort", "pi_abort", "autoskip", "manualskip":
		return Ends
	}
	return Completes
}

// Pairing counts what Instances did.
type Pairing struct {
	Events       int // recorded events read
	Instances    int // activity instances made, one per completing event
	Started      int // instances with a start
	WithoutStart int // instances in logs that record starts, but not this one
	Unfinished   int // starts that nothing completed: no instance
	Aborted      int // instances that ended without completion: no instance
	Lost         int // cases that have events, but none that completes: no instance
}

// Warnings tells what a reader of figures over the instances should know.
func (p Pairing) Warnings() []error {
	var w []error
	add := func(n int, one, many, ru string) {
		switch {
		case n == 1:
			w = append(w, &doubt{"1 " + one, ru + ": 1"})
		case n > 1:
			w = append(w, &doubt{fmt.Sprintf("%d %s", n, many), fmt.Sprintf("%s: %d", ru, n)})
		}
	}
	of := fmt.Sprintf("of %d activity instances ", p.Instances)
	if p.Started > 0 {
		add(p.WithoutStart, of+"has no recorded start", of+"have no recorded start", fmt.Sprintf("действий без записанного начала (всего действий %d)", p.Instances))
	}
	add(p.Unfinished, "started activity instance was never completed and is left out", "started activity instances were never completed and are left out", "не учтено начатых и не завершённых действий")
	add(p.Aborted, "activity instance ended without completion and is left out", "activity instances ended without completion and are left out", "не учтено прерванных действий")
	add(p.Lost, "case has events, but no completed activity instance", "cases have events, but no completed activity instance", "дел без единого завершённого действия")
	return w
}

// doubt is a warning in both languages, as measure.Doubt is.
type doubt struct{ en, ru string }

func (d *doubt) Error() string { return d.en }

// In returns the warning in the language "ru" or "en".
func (d *doubt) In(lang string) string {
	if lang == "ru" {
		return d.ru
	}
	return d.en
}

// InstanceKey is the event attribute that tells concurrent instances of one
// activity apart (XES concept extension).
const InstanceKey = "concept:instance"

// Instances returns the log of activity instances: one row per completing
// event, with the time of the start and of the enablement that belong to it.
// Rows that hold a start or an enablement already are kept as they are.
//
// Within a case a completing event takes the earliest open start (and the
// earliest open schedule) of its activity and, where recorded, its
// concept:instance: first started, first completed. Every case is kept, also
// one without any instance. A log in which every event completes is returned
// as it is. O(n) plus the open instances.
func (l *Log) Instances() (*Log, Pairing) {
	p := Pairing{Events: l.events}
	roles := make([]Transition, l.transitions.Len())
	plain := true
	for c, name := range l.transitions.names {
		roles[c] = TransitionOf(name)
		plain = plain && roles[c] == Completes
	}
	if plain {
		p.Instances = l.events
		p.Started = l.countRecorded(l.start)
		p.countWithoutStart()
		return l, p
	}
	role := func(k uint32) Transition {
		if t := l.transition[k]; t != NoCode {
			return roles[t]
		}
		return Completes
	}
	v := l.selectRows(func(c Case, i int) bool { return role(c.lo+uint32(i)) == Completes }, true)
	starts, enabled, zones := filled(v.events, NoTime), filled(v.events, NoTime), make([]Zone, v.events)
	named := l.eventAttrs.has(InstanceKey)
	open := map[instanceKey]*openInstance{}
	for ci, s := range l.spans {
		clear(open)
		row := v.spans[ci].lo
		c := Case{l, s}
		for k := s.lo; k < s.hi; k++ {
			key := instanceKey{activity: l.activity[k]}
			if named {
				inst, _ := c.EventAttribute(int(k-s.lo), InstanceKey)
				key.instance = inst.String()
			}
			o := open[key]
			if o == nil {
				o = &openInstance{}
				open[key] = o
			}
			switch role(k) {
			case Schedules:
				o.scheduled = append(o.scheduled, l.time[k])
			case Starts:
				o.started = append(o.started, Stamp{l.time[k], l.zone[k]})
			case Ends:
				o.take()
				p.Aborted++
			case Completes:
				at, from := o.take()
				if l.start != nil && l.start[k] != NoTime {
					from = Stamp{l.start[k], l.startZone[k]}
				}
				if l.enabled != nil && l.enabled[k] != NoTime {
					at = l.enabled[k]
				}
				starts[row], zones[row], enabled[row] = from.Time, from.Zone, at
				row++
			}
		}
		for _, o := range open {
			p.Unfinished += len(o.started)
		}
		if s.lo < s.hi && v.spans[ci].lo == v.spans[ci].hi {
			p.Lost++
		}
	}
	v.start, v.startZone, v.enabled = starts, zones, enabled
	p.Instances, p.Started = v.events, v.countRecorded(starts)
	p.countWithoutStart()
	if p.Started == 0 {
		v.start, v.startZone = nil, nil
	}
	if v.countRecorded(enabled) == 0 {
		v.enabled = nil
	}
	v.transition = nil
	v.transitions = NewDictionary()
	return v, p
}

func (p *Pairing) countWithoutStart() {
	if p.Started > 0 {
		p.WithoutStart = p.Instances - p.Started
	}
}

type instanceKey struct {
	activity Code
	instance string
}

// openInstance holds what of an activity was scheduled and started and not yet
// completed, oldest first.
type openInstance struct {
	scheduled []Time
	started   []Stamp
}

func (o *openInstance) take() (enabled Time, start Stamp) {
	enabled, start = NoTime, None
	if len(o.scheduled) > 0 {
		enabled, o.scheduled = o.scheduled[0], o.scheduled[1:]
	}
	if len(o.started) > 0 {
		start, o.started = o.started[0], o.started[1:]
	}
	return enabled, start
}

func filled[T any](n int, v T) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = v
	}
	return s
}

func (l *Log) countRecorded(column []Time) int {
	n := 0
	for _, s := range l.spans {
		for _, t := range slice(column, s) {
			if t != NoTime {
				n++
			}
		}
	}
	return n
}

// Recorded returns the log of events: a row that holds a start or an enablement
// becomes up to three events, schedule, start and complete, in the order of
// their times, ties in the order of the rows. Each of the three has the row's
// resource, unit and attributes. A log without starts and enablements is
// returned as it is.
func (l *Log) Recorded() *Log {
	if l.start == nil && l.enabled == nil {
		return l
	}
	type piece struct {
		at   Stamp
		row  uint32
		role Transition
	}
	c := *l.columns
	c.transitions = l.transitions.clone()
	codes := [...]Code{Completes: c.transitions.intern("complete"), Schedules: c.transitions.intern("schedule"), Starts: c.transitions.intern("start")}
	c.start, c.startZone, c.enabled = nil, nil, nil
	c.transition, c.time, c.zone, c.attrRow = nil, nil, nil, nil
	v := *l
	v.columns = &c
	v.spans = make([]span, 0, len(l.spans))
	var pieces []piece
	var rows []uint32
	for _, s := range l.spans {
		pieces = pieces[:0]
		cs := Case{l, s}
		for k := s.lo; k < s.hi; k++ {
			if l.enabled != nil && l.enabled[k] != NoTime {
				pieces = append(pieces, piece{Stamp{l.enabled[k], l.zone[k]}, k, Schedules})
			}
			if l.start != nil && l.start[k] != NoTime {
				pieces = append(pieces, piece{Stamp{l.start[k], l.startZone[k]}, k, Starts})
			}
			pieces = append(pieces, piece{Stamp{l.time[k], l.zone[k]}, k, Completes})
		}
		slices.SortStableFunc(pieces, func(x, y piece) int { return cmp.Compare(x.at.Time, y.at.Time) })
		lo := uint32(len(rows))
		for _, p := range pieces {
			rows = append(rows, p.row)
			c.time, c.zone = append(c.time, p.at.Time), append(c.zone, p.at.Zone)
			code := codes[p.role]
			if p.role == Completes && l.transition != nil && l.transition[p.row] != NoCode {
				code = l.transition[p.row]
			}
			c.attrRow = append(c.attrRow, cs.attributeRow(int(p.row-s.lo)))
			c.transition = append(c.transition, code)
		}
		v.spans = append(v.spans, span{s.row, lo, uint32(len(rows))})
	}
	c.activity, c.resource, c.unit = gather(l.activity, rows), gather(l.resource, rows), gather(l.unit, rows)
	v.events = len(rows)
	return &v
}

// ErrEmpty says that a log holds no event.
var ErrEmpty = errors.New("the log holds no event")
