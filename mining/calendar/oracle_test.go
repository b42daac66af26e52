package calendar

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// counter tells working time by looking at every minute of 2013–2026: whether it
// is open by the rules of the file and the clock of the zone. It shares no code
// with the calendar.
type counter struct {
	from time.Time
	sum  []int32 // open minutes before each
}

// rules of the test's weeks: the open minutes of a day of the week.
type rules struct {
	open       func(time.Weekday, int) bool
	week       []Interval
	production bool
	decrees    bool
	zone       string
}

func newCounter(t *testing.T, r rules) *counter {
	f, err := os.Open("russia.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	kind, short, given := map[string]string{}, map[string]bool{}, map[string]string{}
	for _, row := range rows {
		kind[row[0]], short[row[0]] = row[1], row[2] == "1"
		if row[4] != "" {
			given[row[4]] = row[0]
		}
	}
	var left [7][1441]int // open minutes of a day from this minute on
	for w := range left {
		for m := 1439; m >= 0; m-- {
			left[w][m] = left[w][m+1]
			if r.open(time.Weekday(w), m) {
				left[w][m]++
			}
		}
	}
	// plan returns the day of the week whose hours hold, −1 for none, and the
	// minutes cut at the end.
	plan := func(date string, w time.Weekday) (time.Weekday, int) {
		if !r.production {
			return w, 0
		}
		cut := 0
		if short[date] {
			cut = 60
		}
		weekend := w == time.Saturday || w == time.Sunday
		switch kind[date] {
		case "non-working", "vote":
			return -1, 0
		case "decree":
			if r.decrees {
				return -1, 0
			}
		case "short", "working":
			if weekend && left[w][0] == 0 {
				d, err := time.Parse("2006-01-02", given[date])
				require.NoError(t, err, date)
				return d.Weekday(), cut
			}
		}
		return w, cut
	}
	loc := zone(t, r.zone)
	c := &counter{from: time.Date(2013, 1, 1, 0, 0, 0, 0, loc)}
	end := time.Date(2027, 1, 1, 0, 0, 0, 0, loc)
	c.sum = make([]int32, 1, int(end.Sub(c.from)/time.Minute)+1)
	last, w, cut := -1, time.Weekday(0), 0
	for m := c.from; m.Before(end); m = m.Add(time.Minute) {
		h, mi, _ := m.Clock()
		if y := m.YearDay(); y != last {
			last = y
			w, cut = plan(m.Format("2006-01-02"), m.Weekday())
		}
		n := c.sum[len(c.sum)-1]
		if minute := h*60 + mi; w >= 0 && left[w][minute] > left[w][minute+1] && left[w][minute] > cut {
			n++
		}
		c.sum = append(c.sum, n)
	}
	return c
}

func within(m, a, b int) bool { return m >= a*60 && m < b*60 }

func oracleRules() []rules {
	weekday := func(w time.Weekday) bool { return w >= time.Monday && w <= time.Friday }
	return []rules{
		{func(w time.Weekday, m int) bool { return weekday(w) && (within(m, 9, 13) || within(m, 14, 18)) },
			append(Weekdays(9*hour, 13*hour), Weekdays(14*hour, 18*hour)...), true, false, "Europe/Moscow"},
		{func(w time.Weekday, m int) bool {
			return weekday(w) && (within(m, 9, 17) || w != time.Friday && m == 17*60)
		},
			[]Interval{{1, 4, 9 * hour, 17*hour + time.Minute}, {5, 5, 9 * hour, 17 * hour}}, true, true, "Asia/Magadan"},
		{func(w time.Weekday, m int) bool { return within(m, 22, 24) || within(m, 0, 6) && w != time.Sunday },
			[]Interval{{0, 6, 22 * hour, 24*hour - 1000}, {1, 6, 0, 6 * hour}}, true, false, "Europe/Moscow"},
		{func(w time.Weekday, m int) bool { return within(m, 1, 3) || m == 0 },
			[]Interval{{0, 6, hour, 3 * hour}, {0, 6, 0, time.Minute}}, false, false, "Europe/Berlin"},
	}
}

// TestCounter holds a million random additions and differences against the
// counter of minutes.
func TestCounter(t *testing.T) {
	cases := 1_000_000
	if testing.Short() {
		cases = 50_000
	}
	all := oracleRules()
	for i, r := range all {
		if testing.Short() && i > 1 {
			break
		}
		c := newCounter(t, r)
		cfg := Config{Week: r.week, Decrees: r.decrees, Location: zone(t, r.zone)}
		if r.production {
			cfg.Production = Russia()
		}
		calendar, err := New(cfg)
		require.NoError(t, err)
		compiled := calendar.Compile(c.from, c.from.AddDate(3, 0, 0)) // the rest beyond its horizon
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		minutes := len(c.sum) - 1
		const minute = 60_000_000
		base := c.from.UnixMicro()
		for range cases / len(all) {
			a, b := rng.IntN(minutes), rng.IntN(minutes)
			ta, tb := base+int64(a)*minute, base+int64(b)*minute
			if got, want := calendar.BetweenMicros(ta, tb), int64(c.sum[b]-c.sum[a])*minute; got != want {
				t.Fatalf("%s: between %s and %s: found %d minutes, wanted %d", r.zone, show(ta, calendar), show(tb, calendar), got/minute, want/minute)
			}
			if got, want := calendar.OpenMicros(ta), c.sum[a+1] > c.sum[a]; got != want {
				t.Fatalf("%s: open at %s: found %v", r.zone, show(ta, calendar), got)
			}
			// Additions: short ones mostly, forward and back.
			d := int32(rng.IntN(3000))
			if rng.IntN(4) == 0 {
				d = int32(rng.IntN(int(c.sum[minutes])))
			}
			var end int
			switch w := c.sum[a]; {
			case rng.IntN(3) == 0 && w-d >= 0 && d > 0: // the latest moment with w−d before it
				end = sort.Search(len(c.sum), func(j int) bool { return c.sum[j] > w-d }) - 1
				d = -d
			case w+d > c.sum[minutes] || d == 0 && w == c.sum[minutes]:
				continue
			case d == 0:
				end = sort.Search(len(c.sum), func(j int) bool { return c.sum[j] > w }) - 1
				end = max(end, a)
			default: // the earliest moment with w+d before it
				end = sort.Search(len(c.sum), func(j int) bool { return c.sum[j] >= w+d })
			}
			want := base + int64(end)*minute
			if got := calendar.AddMicros(ta, int64(d)*minute); got != want {
				t.Fatalf("%s: %s and %d minutes: found %s, wanted %s", r.zone, show(ta, calendar), d, show(got, calendar), show(want, calendar))
			}
			if got := compiled.AddMicros(ta, int64(d)*minute); got != want {
				t.Fatalf("%s: compiled: %s and %d minutes: found %s, wanted %s", r.zone, show(ta, calendar), d, show(got, calendar), show(want, calendar))
			}
		}
	}
}

func show(us int64, c *Calendar) string {
	return time.UnixMicro(us).In(c.loc).Format("2006-01-02 15:04 -0700 Mon")
}

// Adding and measuring undo each other, and later never comes before earlier.
func FuzzRoundTrip(f *testing.F) {
	f.Add(int64(1_555_318_800_000_000_000), int64(3_600_000_000_000), int64(1))
	f.Add(int64(1_414_274_400_000_000_000), int64(1), int64(1_000_000))
	f.Add(int64(-1), int64(0), int64(999))
	var calendars []*Calendar
	for _, r := range oracleRules() {
		c, err := New(Config{Week: r.week, Production: Russia(), Decrees: r.decrees, Location: zone(f, r.zone)})
		require.NoError(f, err)
		calendars = append(calendars, c)
	}
	f.Fuzz(func(t *testing.T, ns, d, e int64) {
		const limit = int64(30 * 365 * 24 * time.Hour) // 1970 ± 30 years and their work
		ns, d, e = ns%limit, abs(d%limit)/8, abs(e%limit)/8
		m := time.Unix(0, ns)
		for _, c := range calendars {
			end := c.Add(m, WorkingTime(d))
			require.Equal(t, WorkingTime(d), c.Between(m, end))
			require.False(t, end.Before(m))
			require.False(t, c.Add(m, WorkingTime(d+e)).Before(end), "longer work ends no earlier")
			require.False(t, c.Add(m.Add(time.Duration(e)), WorkingTime(d)).Before(end), "later begun ends no earlier")
			if d > 0 {
				back := c.Add(end, WorkingTime(-d))
				require.Equal(t, WorkingTime(d), c.Between(back, end))
				require.False(t, back.Before(c.Next(m)) && c.Open(m))
				require.True(t, c.Add(c.Add(m, WorkingTime(e)), WorkingTime(d)).Equal(c.Add(m, WorkingTime(d+e))), "in two parts")
			}
		}
	})
}

func abs(x int64) int64 { return max(x, -x) }

func BenchmarkAddMicros(b *testing.B) {
	c := office(b, false)
	k := c.Compile(NewDate(2019, 1, 1).Begin(c.loc), NewDate(2020, 12, 31).Begin(c.loc))
	from := NewDate(2019, 1, 1).Begin(c.loc).UnixMicro()
	var sum int64
	b.Run("compiled", func(b *testing.B) {
		for i := range b.N {
			sum += k.AddMicros(from+int64(i%300)*day/2, int64(i%5000)*60_000_000)
		}
	})
	b.Run("lazy", func(b *testing.B) {
		for i := range b.N {
			sum += c.AddMicros(from+int64(i%300)*day/2, int64(i%5000)*60_000_000)
		}
	})
	b.Run("far", func(b *testing.B) {
		wide := c.Compile(NewDate(1990, 1, 1).Begin(c.loc), NewDate(2100, 1, 1).Begin(c.loc))
		for i := range b.N {
			sum += wide.AddMicros(from+int64(i%7000)*day, int64(i%50000)*6_000_000_000)
		}
	})
	_ = sum
}

func BenchmarkBetween(b *testing.B) {
	c := office(b, false)
	m := NewDate(2019, 1, 1).Begin(c.loc)
	for i := range b.N {
		c.Between(m, m.Add(time.Duration(i%5000)*time.Hour))
	}
}

func BenchmarkCompile(b *testing.B) {
	c := office(b, false)
	b.ReportAllocs()
	for range b.N {
		c.Compile(NewDate(1990, 1, 1).Begin(c.loc), NewDate(2100, 1, 1).Begin(c.loc))
	}
}
