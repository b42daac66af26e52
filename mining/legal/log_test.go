package legal

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

func officeConfig() Config {
	return Config{Calendar: calendar.Config{
		Week:       append(calendar.Weekdays(9*time.Hour, 13*time.Hour), calendar.Weekdays(14*time.Hour, 18*time.Hour)...),
		Production: calendar.Russia(), Location: moscow}}
}

// story makes a log from lines such as "1: 2019-03-01 10:00 registered; … | key=value".
func story(t testing.TB, lines ...string) *eventlog.Log {
	b := eventlog.NewBuilder("story")
	for _, line := range lines {
		id, rest, _ := strings.Cut(line, ": ")
		events, attributes, _ := strings.Cut(rest, " | ")
		var list []eventlog.Attribute
		for _, kv := range strings.Fields(attributes) {
			k, v, _ := strings.Cut(kv, "=")
			list = append(list, eventlog.Attribute{Key: k, Value: eventlog.Text(strings.ReplaceAll(v, "_", " "))})
		}
		_, err := b.Case(id, list)
		require.NoError(t, err)
		for _, ev := range strings.Split(events, "; ") {
			at, err := time.ParseInLocation(minutes, ev[:16], moscow)
			require.NoError(t, err, line)
			name, days, amount := strings.Cut(ev[17:], "=")
			e := eventlog.NewEvent(id, name, eventlog.At(at))
			if amount {
				e.Attributes = []eventlog.Attribute{{Key: "extension-days", Value: eventlog.Text(days)}}
			}
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

func clockOf(t testing.TB, l *eventlog.Log, id string, change ...func(*Config)) *Result {
	r, ok := Russia().Rule(id)
	require.True(t, ok, id)
	cfg := officeConfig()
	for _, f := range change {
		f(&cfg)
	}
	res, err := Clock(context.Background(), l, r, cfg)
	require.NoError(t, err)
	return res
}

func brief(r *Result) (out []string) {
	for _, c := range r.Cases {
		switch {
		case c.State == Unknown:
			out = append(out, c.ID+" unknown: "+c.Reason.EN)
		default:
			out = append(out, fmt.Sprintf("%s %s due %s overdue %v %v/%v %s", c.ID, c.State, *c.DueDay, c.Overdue, c.Net, c.Gross, c.Edition))
		}
	}
	return out
}

// A rule changes by date: cases are judged by the edition of their start, or by
// today's on request.
func TestEditions(t *testing.T) {
	l := story(t,
		"before: 2023-02-28 16:00 registered; 2023-03-29 10:00 decided",
		"after: 2023-03-01 10:00 registered; 2023-03-29 10:00 decided",
		"scheme: 2023-03-01 10:00 registered; 2023-03-20 10:00 scheme-coordinated; 2023-03-29 10:00 decided",
		"early: 2014-03-01 10:00 registered; 2014-03-29 10:00 decided",
		"returned: 2023-03-01 10:00 registered; 2023-03-09 10:00 returned",
		"open: 2023-03-20 10:00 registered")
	r := clockOf(t, l, "land-39.29")
	require.Equal(t, []string{
		"before finished due 2023-03-30 overdue false 29/29 2022-04-09…2023-02-28",
		"after finished due 2023-03-21 overdue true 28/28 2023-03-01…",
		"scheme finished due 2023-04-05 overdue false 28/28 2023-03-01…",
		"early unknown: no edition of the rule was in force on 2014-03-01",
		"returned finished due 2023-03-21 overdue false 8/8 2023-03-01…",
		"open running due 2023-04-09 overdue false 9/9 2023-03-01…",
	}, brief(r))
	s := r.Summary
	require.Equal(t, []int{6, 4, 1, 1, 3, 1, 0, 4}, []int{s.Cases, s.Finished, s.Open, s.Unknown, s.InTime, s.Late, s.OpenOverdue, s.N})
	require.Equal(t, measure.Number(0.75), s.ShareInTime)
	require.Equal(t, measure.Number(8), r.Cases[1].OverdueBy)
	require.Equal(t, []string{"after"}, []string{r.Overdue()[0].ID})
	require.Len(t, r.Editions, 2)
	require.Contains(t, r.Editions[1].Citation.RU, "509-ФЗ")
	texts := strings.Join(measure.Texts(r.Warnings), "\n")
	require.Contains(t, texts, "to be checked against the text: temporary shorter terms by Government decree 629")
	require.Contains(t, texts, "1 of 6 cases cannot be judged: no edition of the rule was in force on 2014-03-01")

	today := clockOf(t, l, "land-39.29", func(c *Config) { c.Today = true })
	require.Equal(t, "before finished due 2023-03-20 overdue true 29/29 2023-03-01…", brief(today)[0])
	require.Equal(t, "early finished due 2014-03-21 overdue true 28/28 2023-03-01…", brief(today)[3])
	require.Contains(t, strings.Join(measure.TextsIn("ru", today.Warnings), "\n"), "по редакции, действующей на 2023-03-29")
}

// Gross and net side by side, and in whose court the time was: the ombudsman's
// clock stands still for the expertise, never for the organisation's reply.
func TestOmbudsman(t *testing.T) {
	l := story(t,
		"1: 2019-03-01 10:00 passed-to-ombudsman; 2019-03-01 12:00 organisation-asked; 2019-03-11 12:00 organisation-replied; 2019-03-11 15:00 expert-assigned; 2019-03-21 10:00 expert-report; 2019-04-02 17:00 signed | applicant-kind=consumer",
		"2: 2019-03-01 10:00 passed-to-ombudsman; 2019-04-12 17:00 signed | applicant-kind=assignee",
		"3: 2019-03-01 10:00 passed-to-ombudsman; 2019-04-12 17:00 signed")
	r := clockOf(t, l, "123fz-decision")
	require.Equal(t, []string{
		"1 finished due 2019-04-03 overdue false 14/21 2018-09-03…",
		"2 finished due 2019-04-15 overdue false 29/29 2018-09-03…",
		`3 unknown: the case lacks "applicant-kind", which decides the length of the term`,
	}, brief(r))
	c := r.Cases[0]
	require.Equal(t, measure.Number(7), c.Suspended)
	require.Equal(t, "15 working-days", c.Limit)
	require.Contains(t, r.Cases[1].Citation.EN, "assignee")
	var states []string
	for _, s := range c.Timeline {
		states = append(states, s.State+" "+s.From.Format(minutes)+" "+s.Reason.EN)
	}
	require.Equal(t, []string{
		`running 2019-03-01 10:00 the term began: "passed-to-ombudsman"`,
		`suspended 2019-03-11 15:00 suspended: "expert-assigned"`,
		`running 2019-03-21 10:00 resumed: "expert-report"`,
	}, states)
	var courts []string
	total := 0.0
	for _, k := range c.Courts {
		courts = append(courts, fmt.Sprintf("%s %.0f h", k.ID, k.Seconds/3600))
		total += k.Seconds
	}
	require.Equal(t, []string{"organisation 240 h", "expert 235 h", "body 300 h"}, courts)
	require.Equal(t, float64(c.GrossSeconds), total)
}

// An extension is a decision with its application, before the term is over.
func TestExpertise(t *testing.T) {
	const start = "2020-11-16 10:00 paid; "
	l := story(t,
		"asked: "+start+"2021-01-18 10:00 extension-asked; 2021-01-20 10:00 extended=20; 2021-02-18 10:00 conclusion-sent | expertise-class=42",
		"unasked: "+start+"2021-01-20 10:00 extended=20; 2021-02-18 10:00 conclusion-sent | expertise-class=42",
		"late: "+start+"2021-01-18 10:00 extension-asked; 2021-01-22 10:00 extended=20; 2021-02-18 10:00 conclusion-sent | expertise-class=42",
		"ten: "+start+"2021-01-18 10:00 extension-asked; 2021-01-20 10:00 extended=10; 2021-02-18 10:00 conclusion-sent | expertise-class=42",
		"silent: "+start+"2021-01-18 10:00 extension-asked; 2021-01-20 10:00 extended; 2021-02-18 10:00 conclusion-sent | expertise-class=42",
		"twenty: "+start+"2020-12-15 10:00 conclusion-sent | expertise-class=20")
	r := clockOf(t, l, "gradk-49-expertise")
	require.Equal(t, []string{
		"asked finished due 2021-02-18 overdue false 62/62 2019-12-31…",
		"unasked finished due 2021-01-21 overdue true 62/62 2019-12-31…",
		"late finished due 2021-01-21 overdue true 62/62 2019-12-31…",
		"ten finished due 2021-02-04 overdue true 62/62 2019-12-31…",
		"silent finished due 2021-02-18 overdue false 62/62 2019-12-31…",
		"twenty finished due 2020-12-14 overdue true 21/21 2019-12-31…",
	}, brief(r))
	var flags []string
	for _, c := range r.Cases {
		for _, f := range c.Flags {
			flags = append(flags, fmt.Sprintf("%s %s %d", c.ID, f.Kind, f.Event))
		}
	}
	require.Equal(t, []string{"unasked extended-without-application 1", "late extended-after-expiry 2", "silent extended-by-unknown 2"}, flags)
	require.Equal(t, "«extended»: продлено без обращения, которого требует норма; продление не принято", r.Cases[1].Flags[0].Text.RU)
	require.Equal(t, "20 working-days", r.Cases[0].Extensions[0].By)
}

// The days off by decree: both readings side by side where they differ.
func TestDecrees(t *testing.T) {
	l := story(t,
		"april: 2020-03-24 10:00 registered; 2020-03-30 10:00 accepted",
		"may: 2020-04-28 10:00 registered; 2020-05-12 10:00 accepted",
		"june: 2020-06-05 10:00 registered; 2020-06-09 10:00 accepted")
	r := clockOf(t, l, "123fz-accept")
	require.Equal(t, []string{
		"april finished due 2020-03-27 overdue true 4/4 2018-09-03…",
		"may finished due 2020-05-06 overdue true 6/6 2018-09-03…",
		"june finished due 2020-06-10 overdue false 2/2 2018-09-03…",
	}, brief(r))
	require.Nil(t, r.Cases[0].Other)
	other := r.Cases[1].Other
	require.Equal(t, Reading{"non-working", "2020-05-14", time.Date(2020, 5, 15, 0, 0, 0, 0, moscow), false}, *other)
	require.Equal(t, decreeDiffers, r.Cases[1].Flags[0].Kind)
	require.Nil(t, r.Cases[2].Other)
}

// What a case lacks, or has in the wrong order, is told and never guessed.
func TestUnknown(t *testing.T) {
	l := story(t,
		"none: 2024-03-01 10:00 answered",
		"backwards: 2024-03-01 10:00 answered; 2024-03-02 10:00 registered",
		"twice: 2024-03-01 10:00 registered; 2024-03-04 10:00 registered; 2024-03-05 10:00 answered",
		"late: 2024-03-01 10:00 registered",
		"new: 2024-04-20 10:00 registered")
	r := clockOf(t, l, "59fz-answer")
	require.Equal(t, []string{
		"none unknown: no event that begins the term",
		"backwards unknown: the event that ends the term comes before the one that begins it",
		"twice finished due 2024-03-31 overdue false 4/4 2006-11-02…2025-03-29",
		"late running due 2024-03-31 overdue true 50/50 2006-11-02…2025-03-29",
		"new running due 2024-05-20 overdue false 0/0 2006-11-02…2025-03-29",
	}, brief(r))
	require.Equal(t, measure.Number(20), r.Cases[3].OverdueBy)
	require.Equal(t, 1, r.Summary.OpenOverdue)
	texts := measure.Texts(r.Warnings)
	require.Contains(t, texts, `the log holds no activity "forwarded"`)
	require.Contains(t, texts, "the share in time rests on 2 cases")

	earlier := clockOf(t, l, "59fz-answer", func(c *Config) { c.AsOf = time.Date(2024, 3, 10, 0, 0, 0, 0, moscow) })
	require.Equal(t, "late running due 2024-03-31 overdue false 9/9 2006-11-02…2025-03-29", brief(earlier)[3])
	require.Equal(t, "new unknown: the case had not begun by the moment of judging", brief(earlier)[4])
}

// Terms counted back from a day, and due dates that documents set.
func TestBackwardAndDue(t *testing.T) {
	l := story(t,
		"kept: 2024-03-15 10:00 notified | attestation-date=2024-04-15T10:00:00+03:00",
		"late: 2024-03-16 10:00 notified | attestation-date=2024-04-15T10:00:00+03:00",
		"month: 2024-02-29 23:00 notified | attestation-date=2024-03-31T10:00:00+03:00",
		"never: 2024-02-01 10:00 planned | attestation-date=2024-05-31T10:00:00+03:00")
	r := clockOf(t, l, "25fz-notice", func(c *Config) { c.AsOf = time.Date(2024, 5, 1, 0, 0, 0, 0, moscow) })
	require.Equal(t, []string{
		"kept finished due 2024-03-15 overdue false 31/31 2007-06-01…",
		"late finished due 2024-03-15 overdue true 30/30 2007-06-01…",
		"month finished due 2024-02-29 overdue false 31/31 2007-06-01…",
		"never running due 2024-04-30 overdue true 30/30 2007-06-01…",
	}, brief(r))

	s, err := Read("own.yaml", strings.NewReader(`
rules:
  - id: instruction
    title: {ru: Поручение, en: Instruction}
    start: given
    stop: {activity: done}
    due: {attribute: control-date, reads: last-day}
    limit: 1 month
    roll: {direction: previous, citation: local act}
    restart: returned
    extensions: [{on: moved, by: 10 working-days}]
    citation: local act
`))
	require.NoError(t, err)
	l = story(t,
		"own: 2024-03-01 10:00 given; 2024-03-17 10:00 done | control-date=2024-03-16",
		"none: 2024-03-01 10:00 given; 2024-03-29 10:00 done",
		"moved: 2024-03-01 10:00 given; 2024-03-16 10:00 moved; 2024-03-29 10:00 done | control-date=2024-03-16",
		"again: 2024-03-01 10:00 given; 2024-03-10 10:00 done; 2024-03-12 10:00 returned; 2024-04-12 10:00 done | control-date=2024-03-16")
	r, err = Clock(context.Background(), l, s.Rules[0], officeConfig())
	require.NoError(t, err)
	require.Equal(t, []string{
		"own finished due 2024-03-16 overdue true 16/16 …", // a Saturday that a document names stays
		"none finished due 2024-04-01 overdue false 28/28 …",
		"moved finished due 2024-03-29 overdue false 28/28 …",
		"again finished due 2024-04-12 overdue false 31/31 …",
	}, brief(r))
	require.Equal(t, dueMissing, r.Cases[1].Flags[0].Kind)
	require.Equal(t, 1, r.Cases[3].Restarts)
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.True(t, json.Valid(b))
	require.Contains(t, string(b), `"overdue_by":null`)
}

// Words of a rule are bound to those of a log; a word that it lacks is told.
func TestBind(t *testing.T) {
	rule, _ := Russia().Rule("123fz-decision")
	bound, unused := rule.Bind(Binding{
		Events: map[string][]match.Event{
			"passed-to-ombudsman": {{Activities: []string{"Передано"}}},
			"signed":              {{Activities: []string{"Подписано"}, Where: []match.Condition{{Attribute: "outcome", Op: match.Is, Values: []string{"да"}}}}},
			"sined":               nil,
		},
		Attributes: map[string]string{"applicant-kind": "kind"},
	})
	require.Equal(t, []string{"sined"}, unused)
	l := story(t, "1: 2019-03-01 10:00 Передано; 2019-04-12 17:00 Подписано | kind=assignee")
	r, err := Clock(context.Background(), l, bound, officeConfig())
	require.NoError(t, err)
	require.Equal(t, []string{"1 running due 2019-04-15 overdue false 29/29 2018-09-03…"}, brief(r)) // not signed: no outcome
	require.Contains(t, measure.Texts(r.Warnings), `the log holds no event attribute "outcome"`)
}

func TestConfig(t *testing.T) {
	require.Error(t, Config{Calendar: calendar.Config{Week: []calendar.Interval{{Begin: 9, End: 3}}}}.Validate())
	rule, _ := Russia().Rule("601-queue")
	_, err := Clock(context.Background(), story(t, "1: 2019-03-01 10:00 queued"), rule, Config{})
	require.ErrorContains(t, err, `running the clock of rule "601-queue"`)
}

// The same log gives the same bytes at any number of processors, and a cancelled
// clock leaves nothing behind.
func TestDeterministicAndCancelled(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("%d: 2024-03-%02d 10:00 registered; 2024-04-%02d 10:00 answered", i, 1+i%20, 1+i%29))
	}
	l := story(t, lines...)
	a, err := json.Marshal(clockOf(t, l, "59fz-answer"))
	require.NoError(t, err)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b, err := json.Marshal(clockOf(t, l, "59fz-answer"))
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rule, _ := Russia().Rule("59fz-answer")
	_, err = Clock(ctx, l, rule, officeConfig())
	require.ErrorIs(t, err, context.Canceled)
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func BenchmarkClock(b *testing.B) {
	var lines []string
	for i := range 20000 {
		lines = append(lines, fmt.Sprintf("%d: 2024-03-%02d 10:00 registered; 2024-03-25 10:00 request-sent; 2024-03-28 10:00 reply-received; 2024-04-%02d 10:00 answered", i, 1+i%20, 1+i%29))
	}
	l := story(b, lines...)
	for _, brief := range []bool{false, true} {
		b.Run(fmt.Sprintf("brief=%v", brief), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				clockOf(b, l, "59fz-answer", func(c *Config) { c.Brief = brief })
			}
			b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// A region's value stands before the general one; a log of another region is told.
func TestRegions(t *testing.T) {
	s, err := Read("regions.yaml", strings.NewReader(`
rules:
  - id: notice
    title: {ru: Уведомление, en: Notice}
    start: received
    stop: answered
    limit: 20 working-hours
    regions:
      - {region: RU-KHA, limit: 10 working-hours, citation: law of the region, check: its text}
    citation: federal law
`))
	require.NoError(t, err)
	require.True(t, s.Rules[0].Editions[0].DecreeDays, "working time stood still on decree days")
	l := story(t, "1: 2020-03-27 16:00 received; 2020-05-12 11:00 answered")
	for region, want := range map[string]string{
		"RU-KHA": "1 finished due 2020-05-12 overdue false 4/4 …",
		"RU-SAM": "1 finished due 2020-05-14 overdue false 4/4 …",
	} {
		cfg := officeConfig()
		cfg.Region = region
		r, err := Clock(context.Background(), l, s.Rules[0], cfg)
		require.NoError(t, err)
		require.Equal(t, want, brief(r)[0])
		require.Equal(t, "ordinary", r.Cases[0].Other.DecreeDays)
		require.True(t, r.Cases[0].Other.Overdue)
		texts := strings.Join(measure.Texts(r.Warnings), "\n")
		require.Equal(t, region == "RU-SAM", strings.Contains(texts, `none for "RU-SAM"`))
		require.Equal(t, region == "RU-KHA", strings.Contains(texts, "to be checked against the text: its text"))
		require.Equal(t, region == "RU-KHA", r.Cases[0].Citation.EN == "law of the region")
	}
}

// Two kinds of suspension overlap: the clock stands still while any holds.
func TestOverlappingSuspensions(t *testing.T) {
	s, err := Read("two.yaml", strings.NewReader(`
rules:
  - id: two
    title: {ru: Два, en: Two}
    start: s
    stop: e
    limit: 30 calendar-days
    suspensions:
      - {on: x, resume: xr}
      - {on: y, resume: yr}
    citation: c
`))
	require.NoError(t, err)
	// 6–11 March by x, 9–14 by y: 6–14 stand still, nine days.
	l := story(t, "1: 2019-03-01 10:00 s; 2019-03-05 10:00 x; 2019-03-08 10:00 y; 2019-03-12 10:00 xr; 2019-03-15 10:00 yr; 2019-04-09 10:00 e")
	r, err := Clock(context.Background(), l, s.Rules[0], officeConfig())
	require.NoError(t, err)
	require.Equal(t, []string{"1 finished due 2019-04-09 overdue false 30/39 …"}, brief(r))
	require.Len(t, r.Cases[0].Timeline, 3)
	require.Equal(t, measure.Number(10*86400), r.Cases[0].SuspendedSeconds)
}
