package rules_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/rules"
)

func check(t testing.TB, l *eventlog.Log, head, rule string) *rules.Report {
	s, err := rules.Read("t.yaml", strings.NewReader(head+"\nrules:\n  - {id: r, title: r, "+rule+"}\n"))
	require.NoError(t, err)
	r, err := rules.Check(context.Background(), l, s, inZone(t, "UTC", calendar.Russia()))
	require.NoError(t, err)
	return r
}

// Each kind on a log of a few cases. Wanted: kept, broken, not concerned,
// undecided, and the cases that break it.
func TestKinds(t *testing.T) {
	const end = "case-ends: e"
	for _, c := range []struct {
		log, head, rule string
		want            [4]int
		broken          string
	}{
		// precedence
		{"<a,b,e> <b,a,e> <a,e> <b,a,b,e>", end, "kind: precedence, first: a, then: b", [4]int{1, 2, 1, 0}, "2 4"},
		{"<b@0s,a@0s> <a@0s,b@0s>", end, "kind: precedence, first: a, then: b", [4]int{1, 0, 0, 1}, ""}, // one time
		{"<a@0s,b@48h> <a@0s,b@49h>", end, "kind: precedence, first: a, then: b, within: 48 hours", [4]int{1, 1, 0, 0}, "2"},
		{"<a@0s,a@2h,b@49h>", end, "kind: precedence, first: a, then: b, within: 48 hours", [4]int{1, 0, 0, 0}, ""}, // the last a counts
		// response
		{"<a,b,e> <a,e> <a> <b,e>", end, "kind: response, first: a, then: b", [4]int{1, 1, 1, 1}, "2"},
		{"<a,b> <a>", "", "kind: response, first: a, then: b", [4]int{1, 1, 0, 0}, "2"}, // no case is open
		{"<a,b,a,e>", end, "kind: response, first: a, then: b", [4]int{0, 1, 0, 0}, "1"},
		{"<b@0s,a@0s,e>", end, "kind: response, first: a, then: b", [4]int{0, 0, 0, 1}, ""},
		// 7 January 2019 is a holiday; Wednesday 9 is the first working day after it.
		{"<a@0s,b@62h> <a@0s,b@63h> <a@0s> <z@0s,a@2000h>", end, "kind: response, first: a, then: b, within: 1 working-day", [4]int{1, 2, 0, 1}, "2 3"},
		{"<a@0s,e@1h> <z@600h>", end, "kind: response, first: a, then: b, within: 300 calendar-days, unknown-names: accept", [4]int{0, 1, 1, 0}, "1"}, // ended: it will not come
		// succession
		{"<a,b,e> <a,e> <b,e> <e>", end, "kind: succession, first: a, then: b", [4]int{1, 2, 1, 0}, "2 3"},
		{"<a@0s,b@49h,e> <a@0s,b@1h,e>", end, "kind: succession, first: a, then: b, within: 48 hours", [4]int{1, 1, 0, 0}, "1"},
		{"", end, "kind: succession, first: a, then: b", [4]int{0, 0, 0, 0}, ""},
		{"<>", end, "kind: count, event: a, at-least: 1, unknown-names: accept", [4]int{0, 0, 0, 1}, ""},
		{"", end, "kind: deadline, clock: {id: k, title: k, start: a, stop: b, limit: 48 hours, citation: k}, unknown-names: accept", [4]int{0, 0, 0, 0}, ""},
		// chains
		{"<a,b> <a,c,b> <b>", end, "kind: chain-precedence, first: a, then: b", [4]int{1, 2, 0, 0}, "2 3"},
		{"<a,b,e> <a,c,b,e> <a> <b,e>", end, "kind: chain-response, first: a, then: b", [4]int{1, 1, 1, 1}, "2"},
		// absence
		{"<a> <b> <a,b>", end, "kind: absence, event: b", [4]int{1, 2, 0, 0}, "2 3"},
		{"<b,a> <a,b> <b> <a,c>", end, "kind: absence, event: b, after: a", [4]int{2, 1, 1, 0}, "2"},
		{"<b,a> <a,b> <b> <a,c>", end, "kind: absence, event: b, before: a", [4]int{2, 1, 1, 0}, "1"},
		{"<a,b,c> <a,c,b>", end, "kind: absence, event: b, after: a, before: c", [4]int{1, 1, 0, 0}, "1"},
		{"<a@0s,b@0s>", end, "kind: absence, event: b, after: a", [4]int{0, 0, 0, 1}, ""},
		// count
		{"<a> <a,a> <b>", "", "kind: count, event: a, at-most: 1", [4]int{2, 1, 0, 0}, "2"},
		{"<a,e> <b,e> <b>", end, "kind: count, event: a, at-least: 1", [4]int{1, 1, 0, 1}, "2"},
		// exclusive
		{"<a> <b> <a,b> <c>", "", "kind: exclusive, one: a, other: b", [4]int{2, 1, 1, 0}, "3"},
		// people
		{"<a/x,b/y> <a/x,b/x> <a/x> <a/x,b> <a/x,b/y,a/y>", "", "kind: four-eyes, one: a, other: b", [4]int{1, 2, 1, 1}, "2 5"},
		{"<a/x,b/y> <a/x,b/x> <a/x>", "", "kind: same-resource, one: a, other: b", [4]int{1, 1, 1, 0}, "1"},
		{"<a/x> <a/y> <a> <b/x>", "", "kind: who-may, event: a, resources: [x]", [4]int{1, 1, 1, 1}, "2"},
		// applies to
		{"<a,b> <b> <b,c>", "", "kind: precedence, first: a, then: b, when-event: c", [4]int{0, 1, 2, 0}, "3"},
		{"<a,b> <b>", "", "kind: precedence, first: a, then: b, when: {attribute: k, is: v}", [4]int{0, 0, 0, 2}, ""},
		// lists and lifecycles
		{"<a,c> <b,c> <c>", "", "kind: precedence, first: [a, b], then: c", [4]int{2, 1, 0, 0}, "3"},
		{"<a@1m..5m,b@6m..9m> <a@1m..5m,b@4m..9m>", "", "kind: precedence, first: a, then: {activity: b, lifecycle: start}", [4]int{1, 1, 0, 0}, "2"},
		{"<a+start,b,a+complete> <a+start,a+complete,b>", "", "kind: precedence, first: a, then: b", [4]int{1, 1, 0, 0}, "1"},
		// names that the log lacks
		{"<a,b> <b>", "", "kind: exclusive, one: a, other: c", [4]int{0, 0, 0, 2}, ""},
		{"<a,b> <b>", "", "kind: exclusive, one: a, other: c, unknown-names: accept", [4]int{1, 0, 1, 0}, ""},
		// deadline
		{"<a@0s,b@47h> <a@0s,b@49h> <a@0s> <a@1000h>", "", "kind: deadline, clock: {id: k, title: k, start: a, stop: b, limit: 48 hours, citation: k}", [4]int{1, 2, 0, 1}, "2 3"},
	} {
		o := check(t, logtest.Parse(c.log), c.head, c.rule).Rules[0]
		require.Equal(t, c.want, [4]int{o.Satisfied, o.Violated, o.NotApplicable, o.Undecided}, "%s: %s", c.log, c.rule)
		var broken []string
		for _, v := range o.Evidence {
			broken = append(broken, v.Case)
			require.NotEmpty(t, v.Reason.EN)
			require.NotEmpty(t, v.Reason.RU)
			require.NotContains(t, v.Reason.EN+v.Reason.RU, "%!")
		}
		require.Equal(t, c.broken, strings.Join(broken, " "), "%s: %s", c.log, c.rule)
	}
}

// Data decide: conditions on events and cases, and what belongs together.
func TestData(t *testing.T) {
	b := eventlog.NewBuilder("data")
	add := func(id, activity string, minute int64, attributes ...eventlog.Attribute) {
		e := eventlog.NewEvent(id, activity, eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(minute*60e6)})
		e.Attributes = attributes
		require.NoError(t, b.Add(&e))
	}
	doc := func(n int64) eventlog.Attribute {
		return eventlog.Attribute{Key: "document", Value: eventlog.Int(n)}
	}
	sum := func(x float64) eventlog.Attribute {
		return eventlog.Attribute{Key: "sum", Value: eventlog.Float(x)}
	}
	add("own", "review", 0, doc(1))
	add("own", "sign", 1, doc(1), sum(10))
	add("other", "review", 0, doc(1))
	add("other", "sign", 1, doc(2), sum(600))
	add("none", "review", 0)
	add("none", "sign", 1, doc(2))
	l := b.Log()
	for _, c := range []struct {
		rule   string
		want   [4]int
		reason string
	}{
		{"kind: precedence, first: review, then: sign, same: document", [4]int{1, 1, 0, 1}, `"sign" on 07.01.2019 09:01 without "review" before it`},
		{"kind: response, first: review, then: sign, same: document", [4]int{1, 1, 0, 1}, `"review" on 07.01.2019 09:00 without "sign" after it`},
		{"kind: condition, event: sign, require: {attribute: sum, at-most: 500}", [4]int{1, 1, 0, 1}, `"sign" on 07.01.2019 09:01 does not meet the condition: sum is "600", wanted at-most 500`},
		{"kind: absence, event: {activity: sign, where: {attribute: sum, more-than: 500}}", [4]int{2, 1, 0, 0}, `"sign" on 07.01.2019 09:01, which must not happen`},
		{"kind: condition, event: sign, require: {attribute: sum, present: true}", [4]int{2, 1, 0, 0}, `"sign" on 07.01.2019 09:01 does not meet the condition: sum is nothing, wanted present true`},
		{"kind: condition, event: sign, require: {attribute: document, one-of: [1, 2]}", [4]int{3, 0, 0, 0}, ""},
	} {
		o := check(t, l, "", c.rule).Rules[0]
		require.Equal(t, c.want, [4]int{o.Satisfied, o.Violated, o.NotApplicable, o.Undecided}, c.rule)
		if c.reason != "" {
			require.Equal(t, c.reason, o.Evidence[0].Reason.EN)
		}
	}
}

// A name that the log lacks is told with the name that was probably meant.
func TestUnknownNames(t *testing.T) {
	r := check(t, logtest.Parse("<Registered,Signed>^40"), "case-ends: Sined", "kind: exclusive, one: Registred, other: Signed, when: {attribute: chanel, is-not: x}")
	require.Equal(t, 40, r.Rules[0].Undecided)
	require.Equal(t, []string{`the log holds no activity "Sined"; perhaps "Signed" is meant`}, measure.Texts(r.Warnings))
	require.Equal(t, []string{
		`the log holds no activity "Registred"; perhaps "Registered" is meant`,
		`the log holds no case attribute "chanel"`,
		`40 cases cannot be told: the case lacks "chanel"`,
		`the rule had something to say of no case: this is not "no violation"`,
	}, measure.Texts(r.Rules[0].Warnings))
	require.Contains(t, measure.TextsIn("ru", r.Rules[0].Warnings)[0], "в журнале нет действия «Registred»; возможно, имеется в виду «Registered»")
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(b), `"violated_share":null`)
}

func TestReadFaults(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"kind: precedense, first: a, then: b", `line 2, column 44: rules[1].kind: found "precedense", wanted perhaps "precedence"`},
		{"first: a, then: b", `the key "kind" is missing`},
		{"kind: precedence, first: a", `the key "then" is missing`},
		{"kind: precedence, first: a, then: b, at-most: 3", `found the key "at-most", wanted`},
		{"kind: count, event: a", "wanted at-least or at-most"},
		{"kind: count, event: a, at-least: 3, at-most: 2", "cannot both be"},
		{"kind: who-may, event: a", "nobody is named who may"},
		{"kind: response, first: a, then: b, within: 3 wd", "wanted a number from 0"},
		{"kind: deadline, clock: land-39.92", `wanted perhaps "land-39.29"`},
		{"kind: deadline, clock: land-39.29, bind: {events: {registred: a}}", `has no word ["registred"] to bind`},
		{"kind: deadline, clock: {id: x}", "nothing starts the clock"},
		{"kind: exclusive, one: [], other: b", "found an empty list"},
	} {
		_, err := rules.Read("t.yaml", strings.NewReader("rules:\n  - {id: r, title: r, severity: low, "+c.rule+"}\n"))
		require.ErrorContains(t, err, c.want)
	}
	_, err := rules.Check(context.Background(), logtest.Parse("<a>"), &rules.Set{Rules: []*rules.Rule{{ID: "d", Kind: rules.Deadline}}}, rules.Config{})
	require.ErrorContains(t, err, `checking rule "d": its term needs a calendar`)
}

// Whatever a log holds, every case is counted once and evidence stands in it.
func TestRandomLogs(t *testing.T) {
	const text = `
case-ends: A
rules:
  - {id: p, title: p, kind: precedence, first: A, then: B, within: 3 working-days}
  - {id: s, title: s, kind: succession, first: A, then: {activity: B, lifecycle: start}, within: 30 minutes}
  - {id: c, title: c, kind: chain-response, first: A, then: B}
  - {id: q, title: q, kind: chain-precedence, first: A, then: B}
  - {id: a, title: a, kind: absence, event: A, after: B, before: B}
  - {id: n, title: n, kind: count, event: A, at-least: 1, at-most: 2}
  - {id: x, title: x, kind: exclusive, one: A, other: B}
  - {id: f, title: f, kind: four-eyes, one: A, other: B}
  - {id: r, title: r, kind: same-resource, one: A, other: A}
  - {id: w, title: w, kind: who-may, event: A, units: [u], roles: [r]}
  - {id: d, title: d, kind: deadline, clock: {id: k, title: k, start: A, stop: B, restart: {activity: B, lifecycle: start}, limit: 2 months, roll: {direction: next, citation: k},
     suspensions: [{on: {activity: A, lifecycle: start}, resume: A, max: 3 working-days}], extensions: [{on: A, by: 5 calendar-days, times: 3}],
     courts: [{id: o, name: o, from: A, until: B}], citation: k}}
`
	for seed := range uint64(60) {
		l := logtest.Random(seed, logtest.Config{Cases: 40})
		if seed%2 == 1 {
			l, _ = l.Instances()
		}
		names := strings.NewReplacer(" A", " "+quote(l.Activities().Name(0)), "[A", "["+quote(l.Activities().Name(0)), " B", " "+quote(l.Activities().Name(1)))
		s, err := rules.Read("random.yaml", strings.NewReader(names.Replace(text)))
		require.NoError(t, err)
		r, err := rules.Check(context.Background(), l, s, inZone(t, "Europe/Moscow", calendar.Russia()))
		require.NoError(t, err)
		for _, o := range r.Rules {
			require.Equal(t, l.Cases(), o.Satisfied+o.Violated+o.NotApplicable+o.Undecided, o.ID)
			require.Len(t, o.Evidence, o.Violations)
			cases := map[string]bool{}
			for _, v := range o.Evidence {
				cases[v.Case] = true
			}
			require.Len(t, cases, o.Violated)
		}
		_, err = json.Marshal(r)
		require.NoError(t, err)
	}
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

// FuzzRead: the reader never panics, and what it takes can be checked: every case
// is counted once.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"receipt.yaml", "redistribution.yaml"} {
		text, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("case-ends: e\nrules: [{id: r, title: r, kind: response, first: a, then: b, within: 1 working-day, same: [x]}, {id: s, title: s, kind: four-eyes, one: a, other: b}]"))
	l := logtest.Parse("<a/x,b/y,e/x> <b@0s,a@0s> <a@1m..5m,b/x> <>")
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := rules.Read("f.yaml", bytes.NewReader(text))
		if err != nil {
			return
		}
		r, err := rules.Check(context.Background(), l, s, inZone(t, "UTC", nil))
		require.NoError(t, err)
		for _, o := range r.Rules {
			require.Equal(t, l.Cases(), o.Satisfied+o.Violated+o.NotApplicable+o.Undecided)
			require.GreaterOrEqual(t, o.Violations, o.Violated)
		}
		_, err = json.Marshal(r)
		require.NoError(t, err)
	})
}
