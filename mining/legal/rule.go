package legal

import (
	"maps"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/match"
)

// Set is a set of rules, in the order of their file.
type Set struct{ Rules []*Rule }

// Rule returns the rule of an id, false where there is none.
func (s *Set) Rule(id string) (*Rule, bool) {
	i := slices.IndexFunc(s.Rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return nil, false
	}
	return s.Rules[i], true
}

// Rule is one term of law through its editions, which are ascending and do not
// overlap.
type Rule struct {
	ID       string
	Title    match.Text
	Editions []*Edition
}

// Edition is a rule as it stood from one date to another.
type Edition struct {
	From, To *calendar.Date // both in force; nil for without bound
	Citation match.Text
	Checks   []match.Text // what is to be checked against the text

	// What moves the clock. A case starts with the first start event, else with
	// the date in StartAttribute of the case; it ends with the first stop event,
	// Posted being those that are in time until 24:00 whatever Ends says.
	Start          []match.Event
	StartAttribute string
	Stop, Posted   []match.Event
	Restart        []match.Event // the term begins anew
	Suspensions    []Suspension
	Extensions     []Extension

	// How long it runs: a due date of the case itself, else the first of Limits
	// that holds, else the value of the region, else Limit.
	Due      *Due
	Limits   []Limit
	Regions  []Regional
	Limit    *Term
	Backward bool // the act must come at least the term before the start event

	// How it is counted.
	SameDay    bool // the day of the start event is the first day
	Closing    bool // the last day ends with the office's last opening, not at 24:00
	Roll       Roll
	DecreeDays bool // days off by decree are non-working for this term

	Courts []Court // in whose court the time was
}

// Suspension is a pair of events between which the clock stands still.
type Suspension struct {
	On, Resume []match.Event
	Max        *Term // in total; then the clock goes on by itself
	// The day of the suspending event, and of the resuming one, do not count.
	FromSameDay, ThroughResumeDay bool
	Citation                      match.Text
	Checks                        []match.Text
}

// Extension is a decision that adds to the term.
type Extension struct {
	On          []match.Event     // the decision
	Application []match.Event     // one must come before the decision; none needed where empty
	By          Term              // at most
	Attribute   string            // event attribute with the number of units added; "" for all of By
	Times       int               // at most
	When        []match.Condition // of the case
	Citation    match.Text
	Checks      []match.Text
}

// Limit is a term that holds for some cases.
type Limit struct {
	When     []match.Condition // of the case
	Events   []match.Event     // some of them happened in the case before its end
	Term     Term
	Citation match.Text
	Checks   []match.Text
}

// Regional is the value of a region.
type Regional struct {
	Region   string
	Term     Term
	Citation match.Text
	Checks   []match.Text
}

// Due names the case attribute in which a document set the due date.
type Due struct {
	Attribute string
	// Moment: the value is the moment at which the term ends, so that midnight
	// ends the day before. Otherwise its date is the last day.
	Moment bool
}

// Direction is where the end of a term on a day of rest moves.
type Direction string

// The directions.
const (
	RollNone     Direction = "none"
	RollNext     Direction = "next"
	RollPrevious Direction = "previous"
)

// Roll is the roll-over of a rule with the norm that orders it.
type Roll struct {
	Direction Direction
	Citation  match.Text
	Checks    []match.Text
}

// Court says whose the time is from one event to another.
type Court struct {
	ID          string
	Name        match.Text
	From, Until []match.Event
}

// checks returns all marks of the edition, those of its parts too, of the values
// of regions that of the one named.
func (e *Edition) checks(region string) []match.Text {
	out := slices.Clone(e.Checks)
	out = append(out, e.Roll.Checks...)
	for _, s := range e.Suspensions {
		out = append(out, s.Checks...)
	}
	for _, x := range e.Extensions {
		out = append(out, x.Checks...)
	}
	for _, l := range e.Limits {
		out = append(out, l.Checks...)
	}
	for _, r := range e.Regions {
		if r.Region == region {
			out = append(out, r.Checks...)
		}
	}
	return out
}

// Binding says which events and attributes of a log the words of a rule mean: a
// rule of law speaks of "registered", a log of "Application registered".
type Binding struct {
	Events     map[string][]match.Event
	Attributes map[string]string
}

// Bind returns the rule with its words replaced by those of a log; words that
// the binding does not name stay. unused lists the words of the binding that the
// rule does not have, ascending.
func (r *Rule) Bind(b Binding) (bound *Rule, unused []string) {
	left := map[string]bool{}
	for k := range b.Events {
		left[k] = true
	}
	for k := range b.Attributes {
		left[k] = true
	}
	attribute := func(name string) string {
		if to, ok := b.Attributes[name]; ok {
			delete(left, name)
			return to
		}
		return name
	}
	conditions := func(list []match.Condition) []match.Condition {
		list = slices.Clone(list)
		for i := range list {
			list[i].Attribute = attribute(list[i].Attribute)
		}
		return list
	}
	events := func(list []match.Event) []match.Event {
		var out []match.Event
		for _, e := range list {
			e.Where = conditions(e.Where)
			var plain []string
			for _, name := range e.Activities {
				to, ok := b.Events[name]
				if !ok {
					plain = append(plain, name)
					continue
				}
				delete(left, name)
				for _, t := range to { // what the rule asks for and the log's word do both hold
					if t.Lifecycle == "" {
						t.Lifecycle = e.Lifecycle
					}
					t.Where = slices.Concat(t.Where, e.Where)
					out = append(out, t)
				}
			}
			if len(plain) > 0 {
				e.Activities = plain
				out = append(out, e)
			}
		}
		return out
	}
	bound = &Rule{ID: r.ID, Title: r.Title}
	for _, old := range r.Editions {
		e := *old
		e.StartAttribute = attribute(e.StartAttribute)
		for _, list := range []*[]match.Event{&e.Start, &e.Stop, &e.Posted, &e.Restart} {
			*list = events(*list)
		}
		e.Suspensions, e.Extensions = slices.Clone(e.Suspensions), slices.Clone(e.Extensions)
		e.Limits, e.Courts = slices.Clone(e.Limits), slices.Clone(e.Courts)
		for i := range e.Suspensions {
			s := &e.Suspensions[i]
			s.On, s.Resume = events(s.On), events(s.Resume)
		}
		for i := range e.Extensions {
			x := &e.Extensions[i]
			x.On, x.Application, x.When = events(x.On), events(x.Application), conditions(x.When)
			x.Attribute = attribute(x.Attribute)
		}
		for i := range e.Limits {
			e.Limits[i].When, e.Limits[i].Events = conditions(e.Limits[i].When), events(e.Limits[i].Events)
		}
		for i := range e.Courts {
			e.Courts[i].From, e.Courts[i].Until = events(e.Courts[i].From), events(e.Courts[i].Until)
		}
		if e.Due != nil {
			e.Due = &Due{attribute(e.Due.Attribute), e.Due.Moment}
		}
		bound.Editions = append(bound.Editions, &e)
	}
	return bound, slices.Sorted(maps.Keys(left))
}
