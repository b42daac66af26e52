package legal

import (
	"fmt"
	"io"
	"strings"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/internal/yamltree"
	"github.com/uprava/uprava/mining/match"
)

// Read reads a file of rules:
//
//	rules:
//	  - id: answer
//	    title: {ru: Ответ на обращение, en: Answer to an application}
//	    start: registered              # an event, or a list of them
//	    stop: answered
//	    limit: 30 calendar-days
//	    roll: {direction: previous, citation: …}
//	    suspensions: [{on: …, resume: …, max: 10 working-days}]
//	    extensions: [{on: extended, by: 30 calendar-days, times: 1}]
//	    citation: 59-FZ, art. 12
//	    editions:                      # what differs from date to date
//	      - {from: 2006-11-02, to: 2025-03-29}
//	      - {from: 2025-03-30, check: the text of 547-FZ}
//
// An edition has every key of its rule that it does not set itself; a rule
// without editions has one, without bounds. The error joins all faults, each
// with line and column.
func Read(name string, r io.Reader) (*Set, error) {
	text, err := io.ReadAll(io.LimitReader(r, yamltree.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	root, err := yamltree.Parse(name, text)
	if err != nil {
		return nil, err
	}
	s := &Set{}
	seen := map[string]bool{}
	if list, ok := root.Map("rules").Need("rules"); ok {
		for _, n := range list.List() {
			r := ReadRule(n)
			if r.ID != "" && seen[r.ID] {
				n.Fault("the id %q stands twice", r.ID)
			}
			seen[r.ID] = true
			s.Rules = append(s.Rules, r)
		}
	}
	if err := root.File().Err(); err != nil {
		return nil, err
	}
	return s, nil
}

var editionKeys = []string{"citation", "check", "start", "start-attribute", "stop", "posted", "restart",
	"suspensions", "extensions", "due", "limits", "regions", "limit", "count", "first-day", "ends", "roll",
	"decree-days", "courts"}

// ReadRule reads one rule; faults gather in the node's file.
func ReadRule(n yamltree.Node) *Rule {
	m := n.Map(append([]string{"id", "title", "editions"}, editionKeys...)...)
	r := &Rule{}
	if v, ok := m.Need("id"); ok {
		r.ID = v.Text()
	}
	if v, ok := m.Need("title"); ok {
		r.Title = match.ReadText(v)
	}
	base := &Edition{Roll: Roll{Direction: RollNone}}
	base.read(m)
	list, ok := m.Value("editions")
	if !ok {
		base.check(n)
		r.Editions = []*Edition{base}
		return r
	}
	for _, v := range list.List() {
		e := *base
		em := v.Map(append([]string{"from", "to"}, editionKeys...)...)
		e.From, e.To = readDate(em, "from"), readDate(em, "to")
		e.read(em)
		e.check(v)
		if k := len(r.Editions); k > 0 {
			last := r.Editions[k-1]
			if last.To == nil || e.From == nil || *e.From <= *last.To {
				v.Fault("the edition must begin after the one before it ends: wanted from and, before it, to")
			}
		}
		if e.From != nil && e.To != nil && *e.To < *e.From {
			v.Fault("the edition ends on %s, before it begins on %s", e.To, e.From)
		}
		r.Editions = append(r.Editions, &e)
	}
	if len(r.Editions) == 0 {
		list.Fault("found no edition, wanted one or more")
	}
	return r
}

func readDate(m yamltree.Map, key string) *calendar.Date {
	v, ok := m.Value(key)
	if !ok {
		return nil
	}
	d, err := calendar.ParseDate(v.Text())
	if err != nil {
		v.Fault("%w", err)
		return nil
	}
	return &d
}

// read sets what the mapping holds over what the edition has.
func (e *Edition) read(m yamltree.Map) {
	text := func(key string, to *match.Text) {
		if v, ok := m.Value(key); ok {
			*to = match.ReadText(v)
		}
	}
	text("citation", &e.Citation)
	if m.Has("check") {
		e.Checks = readChecks(m)
	}
	for _, k := range []struct {
		key string
		to  *[]match.Event
	}{{"start", &e.Start}, {"stop", &e.Stop}, {"posted", &e.Posted}, {"restart", &e.Restart}} {
		if v, ok := m.Value(k.key); ok {
			*k.to = match.ReadEvents(v)
		}
	}
	if v, ok := m.Value("start-attribute"); ok {
		e.StartAttribute = v.Text()
	}
	if v, ok := m.Value("suspensions"); ok {
		e.Suspensions = nil
		for _, n := range v.List() {
			e.Suspensions = append(e.Suspensions, readSuspension(n))
		}
	}
	if v, ok := m.Value("extensions"); ok {
		e.Extensions = nil
		for _, n := range v.List() {
			e.Extensions = append(e.Extensions, readExtension(n))
		}
	}
	if v, ok := m.Value("due"); ok {
		d := v.Map("attribute", "reads")
		e.Due = &Due{}
		if a, ok := d.Need("attribute"); ok {
			e.Due.Attribute = a.Text()
		}
		if w, ok := d.Need("reads"); ok {
			e.Due.Moment = w.OneOf("last-day", "moment") == "moment"
		}
	}
	if v, ok := m.Value("limits"); ok {
		e.Limits = nil
		for _, n := range v.List() {
			lm := n.Map("when", "events", "limit", "citation", "check")
			l := Limit{Term: readTerm(lm, "limit"), Citation: citation(lm), Checks: readChecks(lm)}
			if w, ok := lm.Value("when"); ok {
				l.When = match.ReadConditions(w)
			}
			if w, ok := lm.Value("events"); ok {
				l.Events = match.ReadEvents(w)
			}
			if len(l.When)+len(l.Events) == 0 {
				n.Fault("the limit says of no case that it holds: wanted when or events")
			}
			e.Limits = append(e.Limits, l)
		}
	}
	if v, ok := m.Value("regions"); ok {
		e.Regions = nil
		for _, n := range v.List() {
			rm := n.Map("region", "limit", "citation", "check")
			r := Regional{Term: readTerm(rm, "limit"), Citation: citation(rm), Checks: readChecks(rm)}
			if w, ok := rm.Need("region"); ok {
				r.Region = w.Text()
			}
			e.Regions = append(e.Regions, r)
		}
	}
	if v, ok := m.Value("limit"); ok {
		t := ReadTerm(v)
		e.Limit = &t
	}
	flag := func(key string, to *bool, no, yes string) {
		if v, ok := m.Value(key); ok {
			*to = v.OneOf(no, yes) == yes
		}
	}
	flag("count", &e.Backward, "forward", "backward")
	flag("first-day", &e.SameDay, "next", "same")
	flag("ends", &e.Closing, "midnight", "closing")
	if v, ok := m.Value("limit"); ok && !m.Has("decree-days") && strings.Contains(v.Text(), string(WorkingHour)) {
		e.DecreeDays = true // working time stood still on these days
	}
	flag("decree-days", &e.DecreeDays, "ordinary", "non-working")
	if v, ok := m.Value("roll"); ok {
		e.Roll = readRoll(v)
	}
	if v, ok := m.Value("courts"); ok {
		e.Courts = nil
		for _, n := range v.List() {
			e.Courts = append(e.Courts, readCourt(n))
		}
	}
}

// check records what does not fit together in the edition.
func (e *Edition) check(n yamltree.Node) {
	if len(e.Start) == 0 && e.StartAttribute == "" {
		n.Fault("nothing starts the clock: wanted start or start-attribute")
	}
	if len(e.Stop) == 0 && len(e.Posted) == 0 {
		n.Fault("nothing stops the clock: wanted stop")
	}
	if e.Limit == nil && e.Due == nil && len(e.Limits) == 0 && len(e.Regions) == 0 {
		n.Fault("the term has no length: wanted limit, limits, regions or due")
	}
	if e.Citation.Empty() {
		n.Fault("the key \"citation\" is missing: a term of law says where it stands")
	}
	exact := map[bool]bool{}
	for _, t := range e.terms() {
		exact[t.Unit.Exact()] = true
	}
	if e.Due != nil {
		exact[false] = true
	}
	switch {
	case exact[true] && exact[false]:
		n.Fault("terms in days and terms in hours do not add up: wanted one kind for limit, limits, regions, due and extensions")
	case exact[true] && (e.Roll.Direction != RollNone || e.Closing || e.SameDay || e.Backward):
		n.Fault("a term from moment to moment has no last day: wanted no roll, ends: midnight, first-day: next, count: forward")
	case e.Backward && (len(e.Suspensions) > 0 || len(e.Extensions) > 0 || e.Due != nil || e.SameDay):
		n.Fault("a term that is counted backward has no suspensions, extensions, due or first-day: same")
	}
	for _, s := range e.Suspensions {
		if s.Max != nil && exact[true] != s.Max.Unit.Exact() {
			n.Fault("the most that a suspension lasts, %s, is not of the kind of the term: days with days, hours with hours", s.Max)
		}
	}
}

// terms returns all terms of the edition but the maxima of suspensions.
func (e *Edition) terms() []Term {
	var out []Term
	if e.Limit != nil {
		out = append(out, *e.Limit)
	}
	for _, l := range e.Limits {
		out = append(out, l.Term)
	}
	for _, r := range e.Regions {
		out = append(out, r.Term)
	}
	for _, x := range e.Extensions {
		out = append(out, x.By)
	}
	return out
}
