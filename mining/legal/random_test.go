package legal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
)

func office(t testing.TB, decrees bool) *calendar.Calendar {
	c, err := calendar.New(calendar.Config{
		Week:       append(calendar.Weekdays(9*time.Hour, 13*time.Hour), calendar.Weekdays(14*time.Hour, 18*time.Hour)...),
		Production: calendar.Russia(), Decrees: decrees, Location: moscow})
	require.NoError(t, err)
	return c
}

// randomRule draws an edition and a term of it.
func randomRule(rng *rand.Rand) (*Edition, Term) {
	e := &Edition{Roll: Roll{Direction: RollNone}}
	kinds := []Term{{1 + rng.IntN(45), CalendarDay}, {1 + rng.IntN(30), WorkingDay}, {1 + rng.IntN(4), Month}, {1, Year},
		{1 + rng.IntN(40), WorkingHour}, {1 + rng.IntN(4), Day24}, {1 + rng.IntN(60), Hour}, {1 + rng.IntN(900), Minute}}
	weights := []int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7}
	term := kinds[weights[rng.IntN(len(weights))]]
	if !term.Unit.Exact() {
		e.SameDay, e.Closing = rng.IntN(4) == 0, rng.IntN(3) == 0
		e.Roll.Direction = []Direction{RollNone, RollNext, RollNext, RollPrevious}[rng.IntN(4)]
	}
	for range rng.IntN(3) {
		s := Suspension{FromSameDay: rng.IntN(3) == 0, ThroughResumeDay: rng.IntN(3) == 0}
		if rng.IntN(2) == 0 {
			most := Term{1 + rng.IntN(12), []Unit{CalendarDay, WorkingDay}[rng.IntN(2)]}
			if term.Unit.Exact() {
				most = Term{1 + rng.IntN(20), []Unit{Hour, WorkingHour}[rng.IntN(2)]}
			}
			s.Max = &most
		}
		e.Suspensions = append(e.Suspensions, s)
	}
	for range rng.IntN(3) {
		x := Extension{By: Term{1 + rng.IntN(20), []Unit{CalendarDay, WorkingDay, Month}[rng.IntN(3)]}, Times: 1 + rng.IntN(2)}
		if term.Unit.Exact() {
			x.By = Term{1 + rng.IntN(20), []Unit{Hour, WorkingHour, Minute}[rng.IntN(3)]}
		} else if x.By.Unit == Month {
			x.By.N = 1
		}
		e.Extensions = append(e.Extensions, x)
	}
	return e, term
}

// randomMoments draws what happens to a case, at minutes that all differ.
func randomMoments(rng *rand.Rand, e *Edition, term Term) []moment {
	reach := map[Unit]int{CalendarDay: term.N + 5, WorkingDay: term.N*3/2 + 5, Month: 31*term.N + 5, Year: 370,
		WorkingHour: term.N/5 + 3, Day24: term.N + 1, Hour: term.N/24 + 1, Minute: 1}[term.Unit] * 1440
	zero := time.Date(2018, 1, 1, 0, 0, 0, 0, moscow).UnixMicro() / 60e6
	at := zero + int64(rng.IntN(4*365*1440-200*1440))
	if rng.IntN(4) == 0 { // around the decrees and the new year
		at = time.Date(2019+rng.IntN(2), time.Month(3+9*rng.IntN(2)), 15+rng.IntN(14), rng.IntN(24), 0, 0, 0, moscow).UnixMicro() / 60e6
	}
	out := []moment{{at: at * 60e6, what: starts}}
	used := map[int64]bool{at: true}
	add := func(what what, k int) {
		m := at + int64(rng.IntN(reach*5/4))
		if rng.IntN(6) == 0 { // at midnight
			m = (m+3*60)/1440*1440 - 3*60
		}
		if m > at && !used[m] {
			used[m] = true
			mo := moment{at: m * 60e6, row: len(out), what: what, k: k}
			if what == extends {
				if mo.amount = e.Extensions[k].By.N; rng.IntN(3) == 0 {
					mo.amount = rng.IntN(25)
				}
			}
			out = append(out, mo)
		}
	}
	for k := range e.Suspensions {
		for range rng.IntN(3) {
			add(suspends, k)
			if rng.IntN(6) > 0 {
				add(resumes, k)
			}
		}
	}
	for k := range e.Extensions {
		for range rng.IntN(3) {
			add(extends, k)
		}
	}
	if rng.IntN(4) > 0 {
		add([]what{stops, stopsByPost}[rng.IntN(2)], 0)
	}
	slices.SortFunc(out, func(a, b moment) int { return int(a.at/60e6 - b.at/60e6) })
	return out
}

// TestRandomAgainstNaive holds a million random clocks against a count of days
// and minutes.
func TestRandomAgainstNaive(t *testing.T) {
	cases := 1_000_000
	if testing.Short() {
		cases = 20_000
	}
	n := newNaive(t)
	calendars := [2]*calendar.Calendar{office(t, false), office(t, true)}
	rng := rand.New(rand.NewPCG(4, 1))
	var finished, overdue, suspended, flagged, rolled int
	for i := range cases {
		e, term := randomRule(rng)
		moments := randomMoments(rng, e, term)
		now := moments[len(moments)-1].at + int64(rng.IntN(20*1440))*60e6
		reading := rng.IntN(2)
		r := follow(plan{edition: e, calendar: calendars[reading], term: term, now: now}, slices.Clone(moments))
		w := &naiveRun{naive: n, e: e, term: term, reading: reading, start: -1}
		w.follow(moments, n.minute(now))
		until := n.minute(now)
		if w.finish >= 0 {
			until = w.finish
			finished++
		}
		day, end, within := w.end(until)
		gross, net := w.passed(until)
		story := func() string { return tell(e, term, moments, now, reading) }
		if term.Unit.Exact() {
			day = n.day(r.deadline) // an end at midnight belongs to either day
		}
		if r.day.String() != n.dates[day] || n.minute(r.deadline) != end || r.inclusive != within {
			t.Fatalf("case %d: the term ends on %s, minute %d, %v; wanted %s, %d, %v\n%s", i, r.day, n.minute(r.deadline), r.inclusive, n.dates[day], end, within, story())
		}
		late := until > end || until == end && !within
		if r.overdue != late || r.gross != gross || r.net != net {
			t.Fatalf("case %d: overdue %v, gross %v, net %v; wanted %v, %v, %v\n%s", i, r.overdue, r.gross, r.net, late, gross, net, story())
		}
		slices.SortFunc(r.flags, compareFlags)
		slices.SortFunc(w.flags, compareFlags)
		if !slices.Equal(r.flags, w.flags) {
			t.Fatalf("case %d: flags %v, wanted %v\n%s", i, r.flags, w.flags, story())
		}
		if late {
			overdue++
		}
		if gross != net {
			suspended++
		}
		if len(w.flags) > 0 {
			flagged++
		}
		if !term.Unit.Exact() && r.unrolled != r.day {
			rolled++
		}
	}
	for _, k := range []int{finished, overdue, suspended, flagged, rolled} { // the cases tell something
		require.Greater(t, k, cases/20)
	}
}

func compareFlags(a, b flag) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }

func tell(e *Edition, term Term, moments []moment, now int64, reading int) string {
	var b strings.Builder
	show := func(t int64) string { return time.UnixMicro(t).In(moscow).Format("2006-01-02 15:04 Mon") }
	fmt.Fprintf(&b, "%s, same day %v, closing %v, roll %s, decrees off %v\n", term, e.SameDay, e.Closing, e.Roll.Direction, reading == 1)
	for k, s := range e.Suspensions {
		fmt.Fprintf(&b, "suspension %d: max %v, from same day %v, through resume day %v\n", k, s.Max, s.FromSameDay, s.ThroughResumeDay)
	}
	for k, x := range e.Extensions {
		fmt.Fprintf(&b, "extension %d: %s, %d times\n", k, x.By, x.Times)
	}
	for _, m := range moments {
		word := []string{"start", "resume", "apply", "extend", "restart", "suspend", "stop", "stop by post"}[m.what]
		fmt.Fprintf(&b, "%s  %s %d (%d), row %d\n", show(m.at), word, m.k, m.amount, m.row)
	}
	fmt.Fprintf(&b, "%s  now", show(now))
	return b.String()
}
