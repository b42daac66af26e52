package desk

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// ClockChoice says by which clock the cases of a log are judged. The zero value takes
// the due date that the cases carry, else the limit of the log's twin.
type ClockChoice struct {
	Due   string              // case attribute with the moment or the day of the due date
	Rule  string              // id of a term of law, its words bound to activities
	Bind  map[string][]string // activities by word of the rule
	Today bool                // by the edition in force at the moment of judging
}

// String tells the choice, so that equal ones have equal texts.
func (c ClockChoice) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %v", c.Due, c.Rule, c.Today)
	for _, word := range slices.Sorted(maps.Keys(c.Bind)) {
		fmt.Fprintf(&b, " %q=%q", word, c.Bind[word])
	}
	return b.String()
}

// Judging is the clock by which cases are judged, and where it comes from.
type Judging struct {
	Rule      *legal.Rule
	Attribute string // the due dates are those of this attribute; "" of none
	Limit     *twin.Limit
	Term      string   // id of the term of law; "" of none
	Words     []string // that the term speaks of
	Bind      map[string][]string
}

// dueNames are the names of attributes that are taken for due dates without being asked.
var dueNames = []string{simulator.DueKey, "deadline", "due_date", "case:deadline", "срок", "срок исполнения", "контрольный срок"}

// DueAttributes lists the case attributes that hold moments, the likely due dates first.
func DueAttributes(list []eventlog.AttributeInfo) (likely string, all []string) {
	for _, a := range list {
		if a.Kind == eventlog.KindTime {
			all = append(all, a.Path)
		}
	}
	for _, name := range dueNames {
		if slices.Contains(all, name) {
			return name, all
		}
	}
	return "", all
}

// judging builds the clock; nil where no limit is known.
func judging(known *Known, l *eventlog.Log, ends []string, c ClockChoice) (*Judging, error) {
	if c.Rule != "" {
		return ofLaw(known, l, c)
	}
	likely, all := DueAttributes(l.CaseAttributes())
	due := c.Due
	if due == "" {
		due = likely
	}
	e := &legal.Edition{Start: []match.Event{{Activities: l.Activities().Names(), Lifecycle: "any"}}, Stop: []match.Event{{Activities: ends}}, Roll: legal.Roll{Direction: legal.RollNone}}
	j := &Judging{}
	switch {
	case due != "" && !slices.Contains(all, due):
		return nil, InputError{fmt.Errorf("due dates of %q: no case has the attribute %q with moments; there are %q", l.Name(), due, all)}
	case due != "":
		j.Attribute = due
		e.Due = &legal.Due{Attribute: due, Moment: true}
	case known.Process != nil && known.Process.Limit != nil:
		j.Limit = known.Process.Limit
		limited(e, known, l)
	default:
		return nil, nil
	}
	outside(e, known, l)
	j.Rule = &legal.Rule{ID: "limit", Editions: []*legal.Edition{e}}
	return j, nil
}

// limited puts the limit of the twin's process on an edition.
func limited(e *legal.Edition, known *Known, l *eventlog.Log) {
	limit, names := known.Process.Limit, namesOf(known, l)
	unit := legal.CalendarDay
	if limit.Unit == twin.WorkingDay {
		unit = legal.WorkingDay
	}
	e.Citation = match.Text{RU: limit.Citation.In("ru"), EN: limit.Citation.In("en")}
	e.Limit = &legal.Term{N: limit.Days, Unit: unit}
	if limit.RollForward {
		e.Roll.Direction = legal.RollNext
	}
	for _, o := range limit.Others { // one that is drawn by chance cannot be told of a real case
		if name := names[o.Node]; o.Node != "" && name != "" {
			e.Limits = append(e.Limits, legal.Limit{Events: []match.Event{{Activities: []string{name}}}, Term: legal.Term{N: o.Days, Unit: unit}, Citation: match.Text{RU: o.Citation.In("ru"), EN: o.Citation.In("en")}})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if known.Process.Tasks[id].Suspends {
			e.Suspensions = append(e.Suspensions, legal.Suspension{On: []match.Event{{Activities: []string{names[id]}, Lifecycle: "schedule"}}, Resume: []match.Event{{Activities: []string{names[id]}}}})
		}
	}
}

// outside names, as courts, the steps of the twin's diagram that nobody of the body
// does: waiting for them is not the body's.
func outside(e *legal.Edition, known *Known, l *eventlog.Log) {
	if known.Process == nil || known.Process.Diagram == nil {
		return
	}
	names := namesOf(known, l)
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if task, ok := known.Process.Tasks[id]; ok && len(task.Pools) == 0 {
			label := known.Process.Labels[id]
			e.Courts = append(e.Courts, legal.Court{ID: id, Name: match.Text{RU: "другая сторона: " + label.In("ru"), EN: "another party: " + label.In("en")},
				From: []match.Event{{Activities: []string{names[id]}, Lifecycle: "schedule"}}, Until: []match.Event{{Activities: []string{names[id]}}}})
		}
	}
}

// ofLaw binds a term of law to the log: by what the reader said, else where a word is
// also the name of a step of the twin's diagram.
func ofLaw(known *Known, l *eventlog.Log, c ClockChoice) (*Judging, error) {
	rule, ok := legal.Russia().Rule(c.Rule)
	if !ok {
		return nil, InputError{fmt.Errorf("there is no term of law %q", c.Rule)}
	}
	j := &Judging{Term: c.Rule, Words: wordsOf(rule), Bind: map[string][]string{}}
	b := legal.Binding{Events: map[string][]match.Event{}}
	for _, word := range j.Words {
		names := c.Bind[word]
		if len(names) == 0 {
			names = bound(known, l, c.Rule)[word]
		}
		if len(names) == 0 && known.Process != nil {
			for id, name := range namesOf(known, l) {
				if strings.ReplaceAll(id, "_", "-") == word {
					names = []string{name}
				}
			}
		}
		for _, name := range names {
			if _, ok := l.Activities().Code(name); !ok {
				return nil, InputError{fmt.Errorf("binding %q: the log %q has no activity %q", word, l.Name(), name)}
			}
		}
		if len(names) > 0 {
			j.Bind[word] = names
			b.Events[word] = []match.Event{{Activities: names}}
		}
	}
	j.Rule, _ = rule.Bind(b)
	return j, nil
}

// bound returns the activities of a log that the words of a term mean by the limit of its
// twin's process; nil where that names another term or none.
func bound(known *Known, l *eventlog.Log, term string) map[string][]string {
	if known.Process == nil || known.Process.Limit == nil || known.Process.Limit.Rule != term {
		return nil
	}
	out, names := map[string][]string{}, namesOf(known, l)
	for word, node := range known.Process.Limit.Words {
		if name := names[node]; name != "" {
			out[word] = []string{name}
		}
	}
	return out
}

// wordsOf lists the events that a rule speaks of, in its order.
func wordsOf(r *legal.Rule) []string {
	var words []string
	add := func(lists ...[]match.Event) {
		for _, list := range lists {
			for _, e := range list {
				for _, a := range e.Activities {
					if !slices.Contains(words, a) {
						words = append(words, a)
					}
				}
			}
		}
	}
	for _, e := range r.Editions {
		add(e.Start, e.Stop, e.Posted, e.Restart)
		for _, s := range e.Suspensions {
			add(s.On, s.Resume)
		}
		for _, x := range e.Extensions {
			add(x.On, x.Application)
		}
		for _, x := range e.Limits {
			add(x.Events)
		}
		for _, x := range e.Courts {
			add(x.From, x.Until)
		}
	}
	return words
}
