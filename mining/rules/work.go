package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
)

// work is a rule ready to be tried on case after case, by one goroutine.
type work struct {
	*checker
	*Rule
	when, require            match.Test
	whenEvent                *match.Matcher
	first, then, one, other  *match.Matcher
	event, after, before     *match.Matcher
	marks                    []mark
	resources, units         []bool      // by code: those who may
	violations               int         // of the case being tried
	found                    []Violation // of them, those shown
	shown                    int         // of the cases before
	because                  match.Text  // why it cannot be told
	firstName, thenName      match.Text
	oneName, otherName, name match.Text
}

// mark is a row that the rule speaks of.
type mark struct {
	row  int
	at   eventlog.Time
	a, b bool
}

func (c *checker) newWork(r *Rule) *work {
	v := c.vocabulary
	w := &work{checker: c, Rule: r, when: match.NewTest(r.When), whenEvent: v.Events(r.WhenEvent), require: match.NewTest(r.Require),
		first: v.Events(r.First), then: v.Events(r.Then), one: v.Events(r.One), other: v.Events(r.Other),
		event: v.Events(r.Event), after: v.Events(r.After), before: v.Events(r.Before),
		resources: codes(c.log.Resources(), r.Resources), units: codes(c.log.Units(), r.Units),
		firstName: named(r.First), thenName: named(r.Then), oneName: named(r.One), otherName: named(r.Other), name: named(r.Event)}
	return w
}

// codes marks the names of a list among those of a dictionary.
func codes(d *eventlog.Dictionary, list []string) []bool {
	if d == nil {
		return nil
	}
	out := make([]bool, d.Len())
	for _, name := range list {
		if code, ok := d.Code(name); ok {
			out[code] = true
		}
	}
	return out
}

// named returns the names of events as a sentence has them: "A" or "B".
func named(list []match.Event) match.Text {
	var en, ru []string
	for _, e := range list {
		for _, a := range e.Activities {
			if e.Lifecycle != "" && e.Lifecycle != "any" {
				a += " (" + e.Lifecycle + ")"
			}
			en, ru = append(en, `"`+a+`"`), append(ru, "«"+a+"»")
		}
	}
	return match.Text{EN: strings.Join(en, " or "), RU: strings.Join(ru, " или ")}
}

// judge tries the rule on a case.
func (w *work) judge(c eventlog.Case, unknown *match.Text) verdict {
	if v := w.concerned(c); v != satisfied {
		return v
	}
	if unknown != nil {
		w.because = *unknown
		return undecided
	}
	switch w.Kind {
	case Precedence, Response, Succession:
		return w.sequence(c)
	case ChainPrecedence, ChainResponse:
		return w.chain(c)
	case Absence:
		return w.absence(c)
	case Count:
		return w.count(c)
	case Exclusive:
		return w.exclusive(c)
	case FourEyes, SameResource:
		return w.people(c)
	case WhoMay:
		return w.whoMay(c)
	}
	return w.condition(c)
}

// concerned tells whether the rule applies to the case: satisfied, notApplicable
// or undecided.
func (w *work) concerned(c eventlog.Case) verdict {
	switch truth, missing := w.when.Case(c); truth {
	case match.No:
		return notApplicable
	case match.Unknown:
		return w.lacks(missing)
	}
	if len(w.WhenEvent) == 0 {
		return satisfied
	}
	for i := range c.Len() {
		if _, ok := w.whenEvent.Row(c, i); ok {
			return satisfied
		}
	}
	return notApplicable
}

func (w *work) lacks(attribute string) verdict {
	w.because = match.Text{EN: fmt.Sprintf("the case lacks %q", attribute), RU: fmt.Sprintf("в деле нет значения «%s»", attribute)}
	return undecided
}

// open reports whether the case may go on.
func (c *checker) open(k eventlog.Case) bool {
	if !c.endsKnown {
		return false
	}
	for i := range k.Len() {
		if _, ok := c.ends.Row(k, i); ok {
			return false
		}
	}
	return true
}

// breaks counts a violation and reports whether it is to be shown: the bound on
// evidence is not reached.
func (w *work) breaks() bool {
	w.violations++
	return w.cfg.Evidence == 0 || w.shown+len(w.found) < w.cfg.Evidence
}

// show records a violation with the rows that show it.
func (w *work) show(c eventlog.Case, en, ru string, rows ...int) {
	v := Violation{Case: c.ID(), Events: []Evidence{}, Reason: match.Text{EN: en, RU: ru}}
	slices.Sort(rows)
	for _, i := range slices.Compact(rows) {
		e := c.Row(i)
		v.Events = append(v.Events, Evidence{i, e.Activity, time.UnixMicro(int64(e.Time.Time)).In(w.location), e.Resource})
	}
	w.found = append(w.found, v)
}

// result is the verdict on a case in which something was looked at.
func (w *work) result(looked bool) verdict {
	switch {
	case w.violations > 0:
		return violated
	case !w.because.Empty():
		return undecided
	case looked:
		return satisfied
	}
	return notApplicable
}

// clock tells a time as both languages write it.
func (c *checker) clock(t eventlog.Time) string {
	return time.UnixMicro(int64(t)).In(c.location).Format("02.01.2006 15:04")
}
