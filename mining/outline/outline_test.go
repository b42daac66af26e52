package outline

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

func hours(n int) eventlog.Time { return eventlog.Time(n) * 3600e6 }

func TestOutlineKeepsOneLineACase(t *testing.T) {
	l := logtest.Parse("<a@0h,b@2h,c@5h> <a@10h> <b@3h,a@7h>")
	o, err := Of(t.Context(), l, Config{
		Lead: performance.LeadConfig{From: performance.Milestone{Activity: "a"}, To: performance.Milestone{Activity: "b"}},
		Ends: []string{"c", "unknown"},
		Due:  func(_ eventlog.Case, from eventlog.Time) (eventlog.Time, bool) { return from + hours(1), true },
	})
	require.NoError(t, err)
	require.Equal(t, 3, o.Cases())
	first := func(i int) eventlog.Time { return l.Case(i).First() }
	require.Equal(t, []eventlog.Time{first(0), first(1), first(2) + hours(4)}, o.From)
	require.Equal(t, []eventlog.Time{first(0) + hours(2), eventlog.NoTime, first(2)}, o.To)
	require.Equal(t, []eventlog.Time{first(0) + hours(1), first(1) + hours(1), first(2) + hours(5)}, o.Due)
	require.Equal(t, 7200.0, o.Length[0])
	require.Equal(t, []bool{true, false, false}, o.Over)
	require.Equal(t, []bool{false, true, false}, []bool{o.Open(0), o.Open(1), o.Open(2)})
	require.True(t, math.IsNaN(o.Length[1]) && math.IsNaN(o.Length[2]), "not passed; passed in the wrong order")
	require.Equal(t, performance.Left{NoTo: 1, Backwards: 1}, o.Left)
	require.Equal(t, []string{"c", "a", "a"}, []string{o.Activities[o.At[0]], o.Activities[o.At[1]], o.Activities[o.At[2]]})
	require.True(t, math.IsNaN(o.Work[0]), "no start is recorded")
	_, err = Of(t.Context(), l, Config{Lead: performance.LeadConfig{To: performance.Milestone{Activity: "z"}}})
	require.ErrorContains(t, err, `"z"`)
}

func TestTheShortestComesFirst(t *testing.T) {
	l := logtest.Parse("<a@0h,b@5h> <b@1h> <a@0h,b@2h> <a@0h,b@2h> <b@3h>")
	o, err := Of(t.Context(), l, Config{Lead: performance.LeadConfig{From: performance.Milestone{Activity: "a"}}})
	require.NoError(t, err)
	var ids []string
	for _, i := range []int{2, 3, 0, 1, 4} {
		ids = append(ids, l.Case(i).ID())
	}
	require.Equal(t, ids, o.IDs)
	require.Equal(t, []float64{7200, 7200, 18000}, o.Length[:3])
	require.Equal(t, l.Case(4).First(), o.First[4])
}

func TestLengthsAndWorkInWorkingTime(t *testing.T) {
	office, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour)})
	require.NoError(t, err)
	b := eventlog.NewBuilder("x")
	friday := time.Date(2019, 3, 1, 16, 0, 0, 0, time.UTC)
	for _, s := range []struct {
		name       string
		start, end time.Time
	}{{"a", friday, friday.Add(time.Hour)}, {"b", friday.Add(time.Hour), friday.AddDate(0, 0, 3)}} {
		e := eventlog.NewEvent("1", s.name, eventlog.At(s.end))
		e.Start = eventlog.At(s.start)
		require.NoError(t, b.Add(&e))
	}
	l := b.Log()
	o, err := Of(t.Context(), l, Config{Unit: measure.WorkingHour, Calendar: office, Hours: office, Unmanned: []string{}})
	require.NoError(t, err)
	require.Equal(t, []float64{9}, o.Length, "two hours on Friday, seven on Monday")
	require.Equal(t, []float64{9 * 3600}, o.Work, "an hour, and one more with seven of Monday")
	require.Equal(t, []float64{9 * 3600}, o.Touched)
	o, err = Of(t.Context(), l, Config{Unit: measure.WorkingDay, Calendar: office})
	require.NoError(t, err)
	require.Equal(t, []float64{1}, o.Length, "from Friday to Monday")
}

// Ann and Bob work side by side from 1 to 3; another body answers for ten hours, whom the
// log does not name; a robot files it; Ann closes the case after the delivery.
func TestWorkIsThatOfPeople(t *testing.T) {
	rows := []struct {
		activity, who string
		from, to      int
	}{{"ask", "Ann", 0, 3}, {"write", "Bob", 1, 4}, {"answer", "", 4, 14}, {"deliver", "Ann", 15, 16}, {"file", "robot", 16, 17}, {"close", "Ann", 18, 20}}
	log := func(named bool) *eventlog.Log {
		b := eventlog.NewBuilder("x")
		for _, r := range rows {
			e := eventlog.NewEvent("1", r.activity, eventlog.Stamp{Time: hours(r.to)})
			e.Start = eventlog.Stamp{Time: hours(r.from)}
			if named {
				e.Resource = r.who
			}
			require.NoError(t, b.Add(&e))
		}
		return b.Log()
	}
	lead := performance.LeadConfig{To: performance.Milestone{Activity: "deliver"}}
	for name, x := range map[string]struct {
		named         bool
		unmanned      []string
		work, touched float64 // hours
	}{
		"people are named":                 {true, nil, 3 + 3 + 1 + 1 + 2, 4 + 1},
		"and the robot is known":           {true, []string{"file"}, 3 + 3 + 1 + 2, 4 + 1},
		"nobody is named, the twin knows":  {false, []string{"answer", "file"}, 3 + 3 + 1 + 2, 4 + 1},
		"nobody is named, nobody is known": {false, nil, math.NaN(), math.NaN()},
	} {
		o, err := Of(t.Context(), log(x.named), Config{Lead: lead, Unmanned: x.unmanned})
		require.NoError(t, err)
		if math.IsNaN(x.work) {
			require.True(t, math.IsNaN(o.Work[0]) && math.IsNaN(o.Touched[0]), name)
			continue
		}
		require.InDelta(t, x.work*3600, o.Work[0], 1e-6, name)
		require.InDelta(t, x.touched*3600, o.Touched[0], 1e-6, name)
	}
}

func TestFilesComeBackWhole(t *testing.T) {
	l := logtest.Parse("<a@0h,b@2h,c@5h> <a@10h> <b@3h,a@7h>")
	o, err := Of(t.Context(), l, Config{})
	require.NoError(t, err)
	b, err := o.Write("state")
	require.NoError(t, err)
	again, err := Read(b, "state")
	require.NoError(t, err)
	require.True(t, math.IsNaN(again.Work[0]))
	o.Work, again.Work, o.Touched, again.Touched = nil, nil, nil, nil
	require.Equal(t, o, again)
	_, err = Read(b, "another")
	require.ErrorIs(t, err, ErrOther)
	for _, damaged := range [][]byte{nil, b[:len(b)-1], append([]byte("x"), b...), append(append([]byte{}, b[:60]...), b[61:]...)} {
		_, err = Read(damaged, "state")
		require.ErrorIs(t, err, ErrOther)
	}
	none, err := (&Outline{}).Write("s")
	require.NoError(t, err)
	again, err = Read(none, "s")
	require.NoError(t, err)
	require.Zero(t, again.Cases())
}

func FuzzRead(f *testing.F) {
	o, err := Of(f.Context(), logtest.Parse("<a@0h,b@2h>"), Config{})
	require.NoError(f, err)
	b, err := o.Write("state")
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := Read(b, "state"); err == nil {
			for _, a := range o.At {
				require.Less(t, int(a), len(o.Activities))
			}
		}
	})
}
