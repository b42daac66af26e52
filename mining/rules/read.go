package rules

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/uprava/uprava/mining/internal/yamltree"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
)

// keys of each kind beyond those of every rule; those in capitals must be there.
var keys = map[Kind][]string{
	Precedence:      {"FIRST", "THEN", "within", "same"},
	Response:        {"FIRST", "THEN", "within", "same"},
	Succession:      {"FIRST", "THEN", "within", "same"},
	ChainPrecedence: {"FIRST", "THEN"},
	ChainResponse:   {"FIRST", "THEN"},
	Absence:         {"EVENT", "after", "before"},
	Count:           {"EVENT", "at-least", "at-most"},
	Exclusive:       {"ONE", "OTHER"},
	FourEyes:        {"ONE", "OTHER", "same"},
	SameResource:    {"ONE", "OTHER", "same"},
	WhoMay:          {"EVENT", "resources", "units", "roles"},
	Condition:       {"REQUIRE", "event"},
	Deadline:        {"CLOCK", "bind"},
}

var kinds = []string{"precedence", "response", "succession", "chain-precedence", "chain-response", "absence",
	"count", "exclusive", "four-eyes", "same-resource", "who-may", "condition", "deadline"}

// Read reads a file of rules:
//
//	case-ends: [Decision sent, Application returned]
//	rules:
//	  - id: review-before-signature
//	    title: {ru: Правовая экспертиза до подписания, en: Legal review before the signature}
//	    citation: Rules of office work, item 12
//	    severity: high                    # low, medium [medium], high
//	    when: {attribute: process, is: redistribution}
//	    when-event: Decision signed       # only of cases in which it happened
//	    kind: precedence
//	    first: Legal review done          # an event, or a list of which any is meant
//	    then: {activity: Decision signed, where: {attribute: outcome, is: consent}}
//	    within: 30 calendar-days
//
// A deadline names its clock by the id of a term of law that comes with the
// program (legal.Russia) or tells one in place, and binds the words of it to the
// names of the log:
//
//	kind: deadline
//	clock: land-39.29
//	bind: {events: {registered: Application registered, decided: Decision sent}}
//
// The error joins all faults of the file, each with line and column.
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
	m := root.Map("case-ends", "rules")
	if v, ok := m.Value("case-ends"); ok {
		s.CaseEnds = match.ReadEvents(v)
	}
	seen := map[string]bool{}
	if list, ok := m.Need("rules"); ok {
		for _, n := range list.List() {
			r := readRule(n)
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

// readRule reads one rule. Its kind decides which keys it may have, so the kind
// is read first, among all keys that any kind has.
func readRule(n yamltree.Node) *Rule {
	common := []string{"id", "title", "citation", "severity", "when", "when-event", "kind", "unknown-names"}
	r := &Rule{Severity: Medium, AtMost: -1}
	kind, ok := n.Peek("kind")
	if !ok {
		n.Fault("the key \"kind\" is missing, wanted %s", yamltree.Wanted("", kinds))
		return r
	}
	if r.Kind = Kind(kind.OneOf(kinds...)); r.Kind == "" {
		return r
	}
	all := common
	for _, k := range keys[r.Kind] {
		all = append(all, strings.ToLower(k))
	}
	m := n.Map(all...)
	for _, k := range keys[r.Kind] {
		if k == strings.ToUpper(k) {
			m.Need(strings.ToLower(k))
		}
	}
	if v, ok := m.Need("id"); ok {
		r.ID = v.Text()
	}
	if v, ok := m.Need("title"); ok {
		r.Title = match.ReadText(v)
	}
	if v, ok := m.Value("citation"); ok {
		r.Citation = match.ReadText(v)
	}
	if v, ok := m.Value("severity"); ok {
		r.Severity = Severity(v.OneOf(string(Low), string(Medium), string(High)))
	}
	if v, ok := m.Value("unknown-names"); ok {
		r.Accept = v.OneOf("undecided", "accept") == "accept"
	}
	for _, k := range []struct {
		key string
		to  *[]match.Condition
	}{{"when", &r.When}, {"require", &r.Require}} {
		if v, ok := m.Value(k.key); ok {
			*k.to = match.ReadConditions(v)
		}
	}
	for _, k := range []struct {
		key string
		to  *[]match.Event
	}{{"first", &r.First}, {"then", &r.Then}, {"one", &r.One}, {"other", &r.Other}, {"event", &r.Event},
		{"after", &r.After}, {"before", &r.Before}, {"when-event", &r.WhenEvent}} {
		if v, ok := m.Value(k.key); ok {
			*k.to = match.ReadEvents(v)
		}
	}
	for _, k := range []struct {
		key string
		to  *[]string
	}{{"same", &r.Same}, {"resources", &r.Resources}, {"units", &r.Units}, {"roles", &r.Roles}} {
		if v, ok := m.Value(k.key); ok {
			*k.to = match.ReadTexts(v)
		}
	}
	if v, ok := m.Value("within"); ok {
		t := legal.ReadTerm(v)
		r.Within = &t
	}
	switch r.Kind {
	case Count:
		least, hasLeast := m.Value("at-least")
		most, hasMost := m.Value("at-most")
		if hasLeast {
			r.AtLeast = least.Int(0, 1_000_000)
		}
		if hasMost {
			r.AtMost = most.Int(0, 1_000_000)
		}
		if !hasLeast && !hasMost {
			n.Fault("nothing is counted against: wanted at-least or at-most")
		} else if hasLeast && hasMost && r.AtMost < r.AtLeast {
			n.Fault("at most %d and at least %d cannot both be", r.AtMost, r.AtLeast)
		}
	case WhoMay:
		if len(r.Resources)+len(r.Units)+len(r.Roles) == 0 {
			n.Fault("nobody is named who may: wanted resources, units or roles")
		}
	case Deadline:
		readClock(m, r)
	}
	return r
}

func readClock(m yamltree.Map, r *Rule) {
	v, ok := m.Value("clock")
	if !ok {
		return
	}
	if v.Scalar() {
		known := legal.Russia()
		ids := make([]string, len(known.Rules))
		for i, k := range known.Rules {
			ids[i] = k.ID
		}
		id := v.OneOf(ids...)
		if id == "" {
			return
		}
		r.Clock, _ = known.Rule(id)
	} else {
		r.Clock = legal.ReadRule(v)
	}
	b, ok := m.Value("bind")
	if !ok {
		return
	}
	binding := legal.Binding{Events: map[string][]match.Event{}, Attributes: map[string]string{}}
	bm := b.Map("events", "attributes")
	if e, ok := bm.Value("events"); ok {
		for _, kv := range e.Pairs() {
			binding.Events[kv.Key] = match.ReadEvents(kv.Node)
		}
	}
	if a, ok := bm.Value("attributes"); ok {
		for _, kv := range a.Pairs() {
			binding.Attributes[kv.Key] = kv.Text()
		}
	}
	bound, unused := r.Clock.Bind(binding)
	if len(unused) > 0 {
		b.Fault("the clock %q has no word %q to bind", r.Clock.ID, unused)
	}
	r.Clock = bound
}

// Schema is the JSON Schema of the files that Read reads, for editors and for
// programs that write such files. Read checks more than a schema can say.
//
//go:embed rules.schema.json
var Schema []byte
