package rules_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/rules"
)

func load(t testing.TB, file string) *eventlog.Log {
	l, _, err := connectors.Load(context.Background(), file, xes.Open(logtest.Shared(t, file)))
	require.NoError(t, err)
	return l
}

func readFile(t testing.TB, name string) *rules.Set {
	f, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer f.Close()
	s, err := rules.Read(name, f)
	require.NoError(t, err)
	return s
}

// inZone is an office from 9 to 18 with an hour at noon.
func inZone(t testing.TB, zone string, production *calendar.Production) rules.Config {
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return rules.Config{Calendar: calendar.Config{
		Week:       append(calendar.Weekdays(9*time.Hour, 13*time.Hour), calendar.Weekdays(14*time.Hour, 18*time.Hour)...),
		Production: production, Location: loc}}
}

func show(r *rules.Report) (out []string) {
	for _, o := range r.Rules {
		out = append(out, fmt.Sprintf("%s: kept %d, broken %d, not concerned %d, undecided %d", o.ID, o.Satisfied, o.Violated, o.NotApplicable, o.Undecided))
	}
	return out
}

// The counts are those of a script of its own over the XES file.
func TestReceipt(t *testing.T) {
	r, err := rules.Check(context.Background(), load(t, "receipt.xes.gz"), readFile(t, "receipt.yaml"), inZone(t, "Europe/Amsterdam", nil))
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	require.Equal(t, []string{
		"check-before-determination: kept 1303, broken 0, not concerned 131, undecided 0",
		"confirmation-sent: kept 1244, broken 187, not concerned 0, undecided 3",
		"determined-by-another: kept 261, broken 1042, not concerned 131, undecided 0",
		"one-adjustment: kept 1423, broken 11, not concerned 0, undecided 0",
		"document-or-report: kept 59, broken 0, not concerned 1375, undecided 0",
		"no-check-after-sending: kept 1300, broken 0, not concerned 134, undecided 0",
		"channel-known: kept 1433, broken 1, not concerned 0, undecided 0",
		"by-the-deadline: kept 1223, broken 196, not concerned 0, undecided 15",
	}, show(r))
}

// The pack's simulator knows which of its cases broke the limit: the clock of the
// law finds as many.
func TestMunicipality(t *testing.T) {
	p, err := datasets.Open("municipality")
	require.NoError(t, err)
	l, truth, err := datasets.Generate(context.Background(), p, datasets.Config{Lang: "en", Seed: 1})
	require.NoError(t, err)
	r, err := rules.Check(context.Background(), l, readFile(t, "redistribution.yaml"), inZone(t, "Europe/Moscow", calendar.Russia()))
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	require.Equal(t, []string{
		"complete-before-requests: kept 289, broken 0, not concerned 44, undecided 0",
		"review-before-signature: kept 289, broken 0, not concerned 44, undecided 0",
		"remarks-reviewed-again: kept 24, broken 0, not concerned 309, undecided 0",
		"sent-after-signature: kept 289, broken 0, not concerned 44, undecided 0",
		"decision-or-return: kept 333, broken 0, not concerned 0, undecided 0",
		"drafter-does-not-review: kept 289, broken 0, not concerned 44, undecided 0",
		"deputy-signs: kept 289, broken 0, not concerned 44, undecided 0",
		"reply-in-time: kept 197, broken 92, not concerned 44, undecided 0",
		"term: kept 317, broken 16, not concerned 0, undecided 0",
		"return-in-time: kept 43, broken 1, not concerned 289, undecided 0",
	}, show(r))
	term := r.Rules[8]
	require.Equal(t, truth.Overdue, term.Violated)
	require.Equal(t, truth.Limited, term.N)
	require.Equal(t, "finished on 07.05.2019 17:48, due by 05.05.2019 (limit 30 calendar-days): 2 calendar days late", term.Evidence[0].Reason.EN)
	require.Equal(t, "завершено 07.05.2019 17:48 при сроке до 05.05.2019 (30 календарных дней): просрочка — 2 календарных дня", term.Evidence[0].Reason.RU)
	require.Equal(t, "to be checked against the text: roll-over off a day of rest by the administrative regulation", term.Warnings[0].Error())
	l2, _, err := datasets.Generate(context.Background(), p, datasets.Config{Lang: "ru", Seed: 1})
	require.NoError(t, err)
	russian, err := rules.Check(context.Background(), l2, readFile(t, "redistribution.ru.yaml"), inZone(t, "Europe/Moscow", calendar.Russia()))
	require.NoError(t, err)
	require.Equal(t, show(r), show(russian))
	again, err := json.Marshal(r)
	require.NoError(t, err)
	for range 3 { // the same bytes, however the rules are shared among processors
		r, err := rules.Check(context.Background(), l, readFile(t, "redistribution.yaml"), inZone(t, "Europe/Moscow", calendar.Russia()))
		require.NoError(t, err)
		b, err := json.Marshal(r)
		require.NoError(t, err)
		require.Equal(t, string(again), string(b))
	}
}

func BenchmarkCheck(b *testing.B) {
	l := load(b, "Road_Traffic_Fine_Management_Process.xes.gz")
	cfg := inZone(b, "Europe/Rome", nil)
	cfg.Evidence = 100
	for _, k := range []struct{ name, rule string }{
		{"precedence", "kind: precedence, first: Create Fine, then: Send Fine"},
		{"response", "kind: response, first: Create Fine, then: Payment"},
		{"response-within", "kind: response, first: Create Fine, then: Send Fine, within: 90 calendar-days"},
		{"absence", "kind: absence, event: Payment, after: Send for Credit Collection"},
		{"exclusive", "kind: exclusive, one: Payment, other: Send for Credit Collection"},
		{"four-eyes", "kind: four-eyes, one: Create Fine, other: Send Fine"},
		{"who-may", "kind: who-may, event: Create Fine, resources: [\"561\"]"},
		{"condition", "kind: condition, event: Create Fine, require: {attribute: amount, at-most: 500}"},
		{"deadline", "kind: deadline, clock: {id: c, title: c, start: Create Fine, stop: Send Fine, limit: 90 calendar-days, citation: c}"},
	} {
		b.Run(k.name, func(b *testing.B) {
			s, err := rules.Read("bench.yaml", strings.NewReader("case-ends: [Payment, Send for Credit Collection]\nrules:\n  - {id: r, title: r, "+k.rule+"}\n"))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				_, err := rules.Check(context.Background(), l, s, cfg)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkCancel reports how long a check goes on after its context has ended.
func BenchmarkCancel(b *testing.B) {
	l := load(b, "Road_Traffic_Fine_Management_Process.xes.gz")
	s, err := rules.Read("cancel.yaml", strings.NewReader("rules:\n  - {id: r, title: r, kind: deadline, clock: {id: c, title: c, start: Create Fine, stop: Payment, limit: 60 calendar-days, citation: c}}\n  - {id: s, title: s, kind: response, first: Create Fine, then: Payment, within: 60 calendar-days}\n"))
	require.NoError(b, err)
	var after time.Duration
	n := 0
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			_, _ = rules.Check(ctx, l, s, inZone(b, "Europe/Rome", nil))
			close(done)
		}()
		time.Sleep(50 * time.Millisecond)
		at := time.Now()
		cancel()
		<-done
		after += time.Since(at)
		n++
	}
	b.ReportMetric(float64(after.Microseconds())/float64(n)/1000, "ms-after-cancel")
}

// TestCancel: a check of many rules ends with its context.
func TestCancel(t *testing.T) {
	l := load(t, "receipt.xes.gz")
	s := readFile(t, "receipt.yaml")
	for range 6 {
		s.Rules = append(s.Rules, s.Rules...)
	}
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := rules.Check(ctx, l, s, inZone(t, "Europe/Amsterdam", nil))
		done <- err
	}()
	time.Sleep(5 * time.Millisecond)
	cancel()
	at := time.Now()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Less(t, time.Since(at), 2*time.Second)
	for range 1000 { // the last goroutines end after their result was taken
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%d goroutines are left, %d before", runtime.NumGoroutine(), before)
}
