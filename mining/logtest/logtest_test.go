package logtest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func TestParse(t *testing.T) {
	l := logtest.Parse(`<a,b, 'c, d'>^2 <> <a#1+start/ann@30s, b@0s..1m..5m, c, d@2m..7m>`)
	require.Equal(t, 4, l.Cases())
	require.Equal(t, 10, l.Events())
	c := l.Case(1)
	require.Equal(t, "2", c.ID())
	require.Equal(t, "c, d", c.Event(2).Activity)
	require.Equal(t, logtest.Epoch.Time+3600_000000+2*60_000000, c.Last())
	require.Zero(t, l.Case(2).Len())
	last := l.Case(3)
	begin := logtest.Epoch.Time + 3*3600_000000
	a, b, cc, d := last.Event(0), last.Event(1), last.Event(2), last.Event(3)
	require.Equal(t, eventlog.Event{
		Case: "4", Activity: "a", Resource: "ann", Transition: "start", Time: eventlog.Stamp{Time: begin + 30_000000},
		Start: eventlog.None, Enabled: eventlog.None,
		Attributes: []eventlog.Attribute{{Key: eventlog.InstanceKey, Value: eventlog.Text("1")}},
	}, a)
	require.Equal(t, begin, b.Enabled.Time)
	require.Equal(t, begin+60_000000, b.Start.Time)
	require.Equal(t, begin+300_000000, b.Time.Time)
	require.Equal(t, begin+360_000000, cc.Time.Time)
	require.False(t, d.Enabled.Recorded())
	require.Equal(t, begin+120_000000, d.Start.Time)
}

func TestReadErrors(t *testing.T) {
	for _, in := range []string{"a,b", "<a", "<a,,b>", "<a>^x", "<'a>", "<a@5>", "<a@1s..2s..3s..4s>", "<a b", "<+start>"} {
		_, err := logtest.Read(in)
		require.Error(t, err, in)
		require.Contains(t, err.Error(), "reading notation")
	}
	require.Panics(t, func() { logtest.Parse("<") })
	l, err := logtest.Read("  ")
	require.NoError(t, err)
	require.Zero(t, l.Cases())
}

func TestRandom(t *testing.T) {
	require.Empty(t, eventlog.Diff(logtest.Random(7, logtest.Config{}), logtest.Random(7, logtest.Config{})))
	require.NotEmpty(t, eventlog.Diff(logtest.Random(7, logtest.Config{}), logtest.Random(8, logtest.Config{})))
	plain := logtest.Random(1, logtest.Config{Plain: true, Cases: 20})
	require.Equal(t, 20, plain.Cases())
	require.Nil(t, plain.Case(0).Transitions())
	require.Empty(t, plain.EventAttributes())

	// Everything that a zero Config promises is there within a few seeds.
	var empty, ties, missing, starts, enabled int
	zones := map[eventlog.Zone]bool{}
	kinds := map[eventlog.Kind]bool{}
	for seed := range uint64(5) {
		l := logtest.Random(seed, logtest.Config{})
		for _, c := range l.All() {
			if c.Len() == 0 {
				empty++
			}
			for i := range c.Len() {
				if i > 0 && c.Times()[i] == c.Times()[i-1] {
					ties++
				}
				if c.Resources()[i] == eventlog.NoCode {
					missing++
				}
				if c.Starts()[i] != eventlog.NoTime {
					starts++
				}
				if c.Enabled()[i] != eventlog.NoTime {
					enabled++
				}
				zones[c.Zones()[i]] = true
			}
		}
		for _, a := range l.EventAttributes() {
			kinds[a.Kind] = true
		}
	}
	for name, n := range map[string]int{"empty": empty, "ties": ties, "missing": missing, "starts": starts, "enabled": enabled} {
		require.Positive(t, n, name)
	}
	require.Len(t, kinds, 8)
	require.Greater(t, len(zones), 4)
}

func TestOracle(t *testing.T) {
	ref := logtest.Oracle(t, "receipt")
	require.Equal(t, 8577, ref.Events)
	require.Equal(t, 99, ref.Order.Pairs)
	require.Len(t, ref.Edges, 99)
	require.Len(t, ref.Variants, 116)
	require.Equal(t, map[string]int64{"Confirmation of receipt": 1434}, ref.StartsOf)
	for _, l := range logtest.SharedLogs {
		logtest.Shared(t, l.File)
	}
	require.Positive(t, logtest.Oracle(t, "Production.xes").Events)
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"<a,b,c>^3 <>", "<a+start,a+complete>", "<a@1m..5m>", "<'x, y'#1+start/ann@5s>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "^") {
			return // or it asks for a million cases
		}
		logtest.Read(s)
	})
}
