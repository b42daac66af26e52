package eventlog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// instances renders each row as activity enabled..start..completion, times as
// durations since the case's hour, "-" where there is none.
func instances(l *eventlog.Log) []string {
	out := []string{}
	for i, c := range l.All() {
		begin := logtest.Epoch.Time + eventlog.Time(i)*3600_000000
		show := func(s eventlog.Stamp) string {
			if !s.Recorded() {
				return "-"
			}
			return s.Time.Sub(begin).Truncate(time.Minute).String()
		}
		for j := range c.Len() {
			e := c.Event(j)
			out = append(out, fmt.Sprintf("%s: %s %s..%s..%s", c.ID(), e.Activity, show(e.Enabled), show(e.Start), show(e.Time)))
		}
	}
	return out
}

func TestInstances(t *testing.T) {
	for name, tc := range map[string]struct {
		log  string
		want []string
		p    eventlog.Pairing
	}{
		"one": {
			"<a+schedule,a+start,a+complete>", []string{"1: a 0s..1m0s..2m0s"},
			eventlog.Pairing{Events: 3, Instances: 1, Started: 1},
		},
		"case of letters does not matter": {
			"<a+SCHEDULE,a+Start,a+COMPLETE>", []string{"1: a 0s..1m0s..2m0s"},
			eventlog.Pairing{Events: 3, Instances: 1, Started: 1},
		},
		"first started, first completed": {
			"<a+start,a+start,a+complete,a+complete>", []string{"1: a -..0s..2m0s", "1: a -..1m0s..3m0s"},
			eventlog.Pairing{Events: 4, Instances: 2, Started: 2},
		},
		"concept:instance tells them apart": {
			"<a#1+start,a#2+start,a#2+complete,a#1+complete>", []string{"1: a -..1m0s..2m0s", "1: a -..0s..3m0s"},
			eventlog.Pairing{Events: 4, Instances: 2, Started: 2},
		},
		"activities do not mix": {
			"<a+start,b+start,b+complete,a+complete>", []string{"1: b -..1m0s..2m0s", "1: a -..0s..3m0s"},
			eventlog.Pairing{Events: 4, Instances: 2, Started: 2},
		},
		"cases do not mix": {
			"<a+start> <a+complete>", []string{"2: a -..-..0s"},
			eventlog.Pairing{Events: 2, Instances: 1, Unfinished: 1, Lost: 1},
		},
		"completed without a start": {
			"<a+complete,a+start,a+complete>", []string{"1: a -..-..0s", "1: a -..1m0s..2m0s"},
			eventlog.Pairing{Events: 3, Instances: 2, Started: 1, WithoutStart: 1},
		},
		"a schedule without a start": {
			"<a+schedule,a+complete>", []string{"1: a 0s..-..1m0s"},
			eventlog.Pairing{Events: 2, Instances: 1},
		},
		"aborted": {
			"<a+schedule,a+start,a+ate_abort,a+start,a+complete>", []string{"1: a -..3m0s..4m0s"},
			eventlog.Pairing{Events: 5, Instances: 1, Started: 1, Aborted: 1},
		},
		"suspended, resumed, assigned": {
			"<a+assign,a+start,a+suspend,a+resume,a+reassign,a+complete>", []string{"1: a -..1m0s..5m0s"},
			eventlog.Pairing{Events: 6, Instances: 1, Started: 1},
		},
		"unknown and missing transitions complete": {
			"<a+start,a+In Progress,b>", []string{"1: a -..0s..1m0s", "1: b -..-..2m0s"},
			eventlog.Pairing{Events: 3, Instances: 2, Started: 1, WithoutStart: 1},
		},
		"rows that are instances already": {
			"<a@0s..1m..2m,b+start@3m,b+complete@4m>", []string{"1: a 0s..1m0s..2m0s", "1: b -..3m0s..4m0s"},
			eventlog.Pairing{Events: 3, Instances: 2, Started: 2},
		},
		"nothing to pair": {
			"<a,b> <>", []string{"1: a -..-..0s", "1: b -..-..1m0s"},
			eventlog.Pairing{Events: 2, Instances: 2},
		},
		"nothing to pair, with starts": {
			"<a@1m..2m,b@3m>", []string{"1: a -..1m0s..2m0s", "1: b -..-..3m0s"},
			eventlog.Pairing{Events: 2, Instances: 2, Started: 1, WithoutStart: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, p := logtest.Parse(tc.log).Instances()
			require.Equal(t, tc.want, instances(got))
			require.Equal(t, tc.p, p)
		})
	}
}

func TestInstancesOfAView(t *testing.T) {
	l := logtest.Parse("<a+start,a+complete> <b+start,b+complete> <>")
	v := l.Where(func(c eventlog.Case) bool { return c.ID() == "2" })
	got, p := v.Instances()
	require.Equal(t, 1, got.Cases())
	require.Equal(t, "b", got.Case(0).Event(0).Activity)
	require.Equal(t, 1, p.Started)
	require.Equal(t, eventlog.Pairing{Events: 2, Instances: 1, Started: 1}, p)
}

func TestPairingWarnings(t *testing.T) {
	_, p := logtest.Parse("<a+complete,a+start,a+complete> <b+start> <c+withdraw>").Instances()
	var got []string
	for _, w := range p.Warnings() {
		got = append(got, w.Error())
	}
	require.Equal(t, []string{
		"1 of 2 activity instances has no recorded start",
		"1 started activity instance was never completed and is left out",
		"1 activity instance ended without completion and is left out",
		"2 cases have events, but no completed activity instance",
	}, got)
	_, p = logtest.Parse("<a,b>").Instances()
	require.Empty(t, p.Warnings())
}

func TestRecorded(t *testing.T) {
	l := logtest.Parse("<a/ann@0s..1m..5m, b@2m..6m, c@7m> <>")
	r := l.Recorded()
	var got []string
	for i := range r.Case(0).Len() {
		e := r.Case(0).Event(i)
		got = append(got, fmt.Sprintf("%s+%s/%s@%v", e.Activity, e.Transition, e.Resource, e.Time.Time.Sub(logtest.Epoch.Time)))
	}
	require.Equal(t, []string{
		"a+schedule/ann@0s", "a+start/ann@1m0s", "b+start/@2m0s", "a+complete/ann@5m0s", "b+complete/@6m0s", "c+complete/@7m0s",
	}, got)
	require.Equal(t, 2, r.Cases())
	back, p := r.Instances()
	require.Equal(t, instances(l), instances(back))
	require.Equal(t, 1, p.WithoutStart)

	plain := logtest.Parse("<a,b>")
	require.Same(t, plain, plain.Recorded())
}

// TestRecordedAndBack pairs what Recorded took apart: concept:instance keeps
// concurrent instances of one activity distinct.
func TestRecordedAndBack(t *testing.T) {
	l := logtest.Parse("<a#1@0s..1m..9m, a#2@0s..2m..5m, a#3@3m..4m, b@4m..4m..4m>")
	back, p := l.Recorded().Instances()
	require.Empty(t, p.Warnings())
	require.Empty(t, eventlog.Diff(l, back))
}

func TestFirstAndLastCountStartsAndEnablements(t *testing.T) {
	c := logtest.Parse("<b@10m, a@1m..5m..20m, c@30m..25m>").Case(0)
	require.Equal(t, logtest.Epoch.Time+60_000000, c.First())
	require.Equal(t, logtest.Epoch.Time+30*60_000000, c.Last(), "a start after its completion is recorded all the same")
}

func TestTransitionOf(t *testing.T) {
	for name, want := range map[string]eventlog.Transition{
		"complete": eventlog.Completes, "": eventlog.Completes, "Wait - User": eventlog.Completes,
		"schedule": eventlog.Schedules, "START": eventlog.Starts, "suspend": eventlog.Other, "resume": eventlog.Other,
		"assign": eventlog.Other, "reassign": eventlog.Other, "withdraw": eventlog.Ends, "ate_abort": eventlog.Ends,
		"pi_abort": eventlog.Ends, "autoskip": eventlog.Ends, "manualskip": eventlog.Ends,
	} {
		require.Equal(t, want, eventlog.TransitionOf(name), name)
	}
}
