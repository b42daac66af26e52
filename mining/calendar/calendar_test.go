package calendar

import (
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
)

func zone(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

const hour = time.Hour

// office is 9 to 18 with an hour at noon, eight hours a day.
func office(t testing.TB, decrees bool) *Calendar {
	c, err := New(Config{
		Week:       append(Weekdays(9*hour, 13*hour), Weekdays(14*hour, 18*hour)...),
		Production: Russia(), Decrees: decrees, Location: zone(t, "Europe/Moscow"),
	})
	require.NoError(t, err)
	return c
}

func at(t testing.TB, c *Calendar, s string) time.Time {
	layout := "2006-01-02 15:04:05.999999999"
	if len(s) == 16 {
		layout = "2006-01-02 15:04"
	}
	m, err := time.ParseInLocation(layout, s, c.loc)
	require.NoError(t, err)
	return m
}

func TestAdd(t *testing.T) {
	obeyed, ignored := office(t, true), office(t, false)
	for _, c := range []struct {
		name, from string
		calendar   *Calendar
		add        time.Duration
		want       string
	}{
		{"over noon", "2019-04-15 12:00", ignored, 2 * hour, "2019-04-15 15:00"},
		{"to the closing moment itself", "2019-04-15 17:00", ignored, hour, "2019-04-15 18:00"},
		{"arrival at closing", "2019-04-15 18:00", ignored, hour, "2019-04-16 10:00"},
		{"nothing to do while open", "2019-04-15 17:59", ignored, 0, "2019-04-15 17:59"},
		{"nothing to do at closing", "2019-04-15 18:00", ignored, 0, "2019-04-16 09:00"},
		{"32 hours are four days", "2019-04-15 09:00", ignored, 32 * hour, "2019-04-18 18:00"},
		{"a worked Saturday, short, then New Year 2019", "2018-12-29 16:00", ignored, 2 * hour, "2019-01-09 10:00"},
		{"short New Year's Eve 2019", "2019-12-31 16:30", ignored, hour, "2020-01-09 09:30"},
		{"the decree of March 2020 obeyed", "2020-03-27 17:00", obeyed, 2 * hour, "2020-05-12 10:00"},
		{"the decree of March 2020 ignored", "2020-03-27 17:00", ignored, 2 * hour, "2020-03-30 10:00"},
		{"a short day under a decree ignored", "2020-04-30 16:30", ignored, hour, "2020-05-06 09:30"},
		{"the vote", "2020-06-30 17:30", ignored, hour, "2020-07-02 09:30"},
		{"back", "2019-04-16 10:00", ignored, -2 * hour, "2019-04-15 17:00"},
		{"back to an opening", "2019-04-16 10:00", ignored, -hour, "2019-04-16 09:00"},
		{"back from Sunday", "2019-04-21 12:00", ignored, -8 * hour, "2019-04-19 09:00"},
		{"nanoseconds", "2019-04-15 17:59:59.999999900", ignored, 200, "2019-04-16 09:00:00.000000100"},
		{"nanoseconds to the closing", "2019-04-15 17:59:59.999999900", ignored, 100, "2019-04-15 18:00:00.0"},
		{"far", "2019-01-01 00:00", ignored, 1970 * hour, "2019-12-31 17:00"},
		{"far back", "2020-01-01 00:00", ignored, -1970 * hour, "2019-01-09 09:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := at(t, c.calendar, c.from)
			got := c.calendar.Add(from, WorkingTime(c.add))
			require.Equal(t, at(t, c.calendar, c.want).String(), got.String())
			if c.add != 0 {
				require.Equal(t, WorkingTime(c.add), c.calendar.Between(from, got))
				require.Equal(t, WorkingTime(-c.add), c.calendar.Between(got, from))
			}
			k := c.calendar.Compile(from, from) // results outside its year are answered too
			if c.add%1000 == 0 {
				require.Equal(t, got.UnixMicro(), k.AddMicros(from.UnixMicro(), c.add.Microseconds()))
				require.Equal(t, c.add.Microseconds(), k.BetweenMicros(from.UnixMicro(), k.AddMicros(from.UnixMicro(), c.add.Microseconds())))
			}
		})
	}
}

func TestYearlyHours(t *testing.T) {
	for _, decrees := range []bool{false, true} {
		c := office(t, decrees)
		for y := 2013; y <= 2030; y++ {
			want := Russia().Totals(y, decrees)
			got := c.Between(NewDate(y, 1, 1).Begin(c.loc), NewDate(y+1, 1, 1).Begin(c.loc))
			require.Equal(t, WorkingHours(want.Hours), got.Hours(), y)
			require.Equal(t, WorkingDays(want.Working), c.WorkingDaysBetween(NewDate(y-1, 12, 31).Begin(c.loc), NewDate(y+1, 1, 1).Begin(c.loc)), y)
		}
	}
}

func TestNextOpen(t *testing.T) {
	c := office(t, false)
	for _, r := range []struct {
		at, next string
		open     bool
	}{
		{"2019-04-15 09:00", "2019-04-15 09:00", true},
		{"2019-04-15 13:00", "2019-04-15 14:00", false},
		{"2019-04-15 17:59", "2019-04-15 17:59", true},
		{"2019-04-15 18:00", "2019-04-16 09:00", false},
		{"2019-04-30 17:00", "2019-05-06 09:00", false},
		{"2025-12-30 18:00", "2026-01-12 09:00", false},
	} {
		require.Equal(t, at(t, c, r.next).String(), c.Next(at(t, c, r.at)).String())
		require.Equal(t, r.open, c.Open(at(t, c, r.at)), r.at)
	}
	require.Equal(t, at(t, c, "2019-04-15 13:00").UnixMicro(), c.CloseMicros(at(t, c, "2019-04-15 10:00").UnixMicro()))
}

// A 36-hour week with a short Friday; the Saturday worked for a Monday has
// Monday's hours (order 588n), a short Friday is an hour shorter still.
func TestShortFridays(t *testing.T) {
	c, err := New(Config{Week: []Interval{
		{time.Monday, time.Thursday, 9 * hour, 16*hour + 30*time.Minute},
		{time.Friday, time.Friday, 9 * hour, 15 * hour},
	}, Production: Russia(), Location: zone(t, "Asia/Yekaterinburg")})
	require.NoError(t, err)
	require.Equal(t, WorkingHours(36), c.Between(at(t, c, "2024-04-15 00:00"), at(t, c, "2024-04-22 00:00")).Hours())
	require.Equal(t, WorkingHours(7.5), c.Hours(NewDate(2024, 4, 27)).Hours()) // for Monday the 29th
	require.Equal(t, WorkingHours(6.5), c.Hours(NewDate(2024, 11, 2)).Hours()) // for Tuesday 30 April, and short
	require.Equal(t, WorkingHours(5), c.Hours(NewDate(2019, 2, 22)).Hours())   // short Friday
	require.Equal(t, FractionalWorkingDays(1), c.WorkedDays(at(t, c, "2019-02-22 09:00"), at(t, c, "2019-02-22 14:00")))
}

func TestZoneChanges(t *testing.T) {
	night := []Interval{{time.Sunday, time.Saturday, 0, 6 * hour}}
	for _, r := range []struct {
		zone, day string
		hours     WorkingHours
	}{
		{"Europe/Moscow", "2014-10-26", 7},    // winter time for good, the hour from 1 to 2 came twice
		{"Europe/Moscow", "2011-03-27", 5},    // summer time for good
		{"Europe/Moscow", "2010-10-31", 7},    // the last winter time
		{"Europe/Samara", "2010-03-28", 6},    // one zone west, the clock stayed
		{"Europe/Samara", "2010-10-31", 7},    //
		{"Europe/Saratov", "2016-12-04", 5},   // one zone east
		{"Asia/Novosibirsk", "2016-07-24", 5}, //
		{"Asia/Magadan", "2014-10-26", 8},     // two hours back
		{"Europe/Berlin", "2024-03-31", 5},
		{"Europe/Berlin", "2024-10-27", 7},
		{"UTC", "2024-10-27", 6},
	} {
		c, err := New(Config{Week: night, Location: zone(t, r.zone)})
		require.NoError(t, err)
		d, err := ParseDate(r.day)
		require.NoError(t, err)
		require.Equal(t, r.hours, c.Hours(d).Hours(), "%s %s", r.zone, r.day)
		require.Equal(t, WorkingHours(6), c.Hours(d+1).Hours())
		require.True(t, c.Add(d.Begin(c.loc), r.hours.Time()).Equal(at(t, c, r.day+" 06:00")))
	}
	c := Always(zone(t, "Europe/Moscow"))
	require.Equal(t, WorkingHours(25), c.Hours(NewDate(2014, 10, 26)).Hours())
}

func TestWeek(t *testing.T) {
	for _, r := range []struct {
		name string
		week []Interval
		want string // error; "" for the hours of Monday
		mon  WorkingHours
	}{
		{"touching are one", []Interval{{1, 1, 14 * hour, 18 * hour}, {1, 1, 9 * hour, 14 * hour}}, "", 9},
		{"midnight by its microsecond", []Interval{{0, 6, 0, 24*hour - 1000}}, "", 24},
		{"over Sunday", []Interval{{time.Saturday, time.Monday, 0, hour}}, "", 1},
		{"overlap", []Interval{{1, 5, 9 * hour, 14 * hour}, {5, 5, 13 * hour, 18 * hour}}, "calendar: Friday: intervals from 9h0m0s and from 13h0m0s overlap", 0},
		{"nothing", nil, "calendar: the week never opens", 0},
		{"empty", []Interval{{1, 5, 9 * hour, 9 * hour}}, "calendar: interval 1: 9h0m0s to 9h0m0s: wanted a beginning before its end", 0},
		{"outside", []Interval{{1, 5, 9 * hour, 25 * hour}}, "both within 0h to 24h", 0},
		{"fine", []Interval{{1, 5, 9*hour + 1, 10 * hour}}, "whole microseconds", 0},
		{"no day", []Interval{{1, 9, 9 * hour, 10 * hour}}, "days 1 to 9", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			c, err := New(Config{Week: r.week})
			if r.want != "" {
				require.ErrorContains(t, err, r.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, r.mon, c.Hours(NewDate(2019, 4, 15)).Hours())
		})
	}
	_, err := New(Config{Week: []Interval{{1, 1, 9 * hour, 10 * hour}}, Production: closedMondays(t)})
	require.ErrorContains(t, err, "never opens")
}

// closedMondays is a production calendar in which no Monday is worked.
func closedMondays(t *testing.T) *Production {
	a := &Amendment{}
	for d := NewDate(minYear, 1, 1); d <= NewDate(maxYear, 12, 31); d++ {
		if d.Weekday() == time.Monday {
			a.Days = append(a.Days, Day{Date: d, Kind: NonWorking})
		}
	}
	for y := minYear; y <= maxYear; y++ {
		a.Years = append(a.Years, y)
	}
	p, err := new(Production).Amend(a)
	require.NoError(t, err)
	return p
}

func TestFarMoments(t *testing.T) {
	c := office(t, false)
	first, last := at(t, c, "1800-01-01 00:00"), at(t, c, "2501-01-01 00:00")
	require.Equal(t, last.Unix()-1, c.Add(at(t, c, "2499-12-01 09:00"), WorkingTime(1<<62)).Unix())
	require.Equal(t, first.Unix(), c.Add(at(t, c, "1801-12-01 09:00"), WorkingTime(-1<<62/1000*1000)).Unix())
	require.Equal(t, last.Unix()-1, c.Next(at(t, c, "3000-01-01 00:00")).Unix())
	require.False(t, c.Open(at(t, c, "3000-01-02 10:00")))
	require.Zero(t, c.Between(at(t, c, "3000-01-02 10:00"), at(t, c, "3100-01-02 10:00")))
	require.Equal(t, last.UnixMicro()-1, c.AddMicros(0, 1<<63-1))
	require.Equal(t, WorkingDays(0), c.WorkingDaysBetween(at(t, c, "3000-01-02 10:00"), at(t, c, "3100-01-02 10:00")))
	require.NotPanics(t, func() { c.AddWorkingDays(first, -5); c.AddWorkingDays(last, 1<<30); c.RollForward(last) })
	require.EqualValues(t, 1<<63-1, Always(nil).AddMicros(1<<62, 1<<62))
}

func TestConcurrentGrowth(t *testing.T) {
	c, want := office(t, false), office(t, false)
	var wg sync.WaitGroup
	sums := make([]time.Time, 16)
	for g := range sums {
		wg.Add(1)
		go func() {
			defer wg.Done()
			from := NewDate(1990+g*5, 6, 1).Begin(c.loc)
			sums[g] = c.AddWorkingDays(c.Add(from, WorkingTime(1000*hour)), WorkingDays(g))
		}()
	}
	wg.Wait()
	for g, got := range sums {
		from := NewDate(1990+g*5, 6, 1).Begin(c.loc)
		require.Equal(t, want.AddWorkingDays(want.Add(from, WorkingTime(1000*hour)), WorkingDays(g)), got)
	}
}

func TestNoAllocation(t *testing.T) {
	c := office(t, false)
	m := at(t, c, "2019-04-15 12:00")
	n := testing.AllocsPerRun(100, func() {
		e := c.Add(m, WorkingTime(100*hour))
		c.Between(m, e)
		c.Next(e)
		c.Open(e)
		c.AddWorkingDays(m, 10)
		c.WorkedDays(m, e)
	})
	require.Zero(t, n)
}

func TestTerms(t *testing.T) {
	c := office(t, false)
	for _, r := range []struct {
		name, from, want string
		end              func(time.Time) time.Time
	}{
		{"30 calendar days", "2019-05-15 11:00", "2019-06-15 00:00", func(m time.Time) time.Time { return c.AddCalendarDays(m, 30) }},
		{"ends on the Day of Russia", "2019-05-13 11:00", "2019-06-13 00:00", func(m time.Time) time.Time { return c.AddCalendarDays(m, 30) }},
		{"and moves on", "2019-05-13 11:00", "2019-06-14 00:00", func(m time.Time) time.Time { return c.RollForward(c.AddCalendarDays(m, 30)) }},
		{"or back", "2019-05-13 11:00", "2019-06-12 00:00", func(m time.Time) time.Time { return c.RollBackward(c.AddCalendarDays(m, 30)) }},
		{"five working days over May", "2019-04-29 15:00", "2019-05-14 00:00", func(m time.Time) time.Time { return c.AddWorkingDays(m, 5) }},
		{"from a day off", "2019-05-04 15:00", "2019-05-07 00:00", func(m time.Time) time.Time { return c.AddWorkingDays(m, 1) }},
		{"back one", "2019-05-06 15:00", "2019-05-01 00:00", func(m time.Time) time.Time { return c.AddWorkingDays(m, -1) }},
		{"the same day", "2019-05-06 15:00", "2019-05-07 00:00", func(m time.Time) time.Time { return c.AddWorkingDays(m, 0) }},
		{"a working day stays", "2019-05-07 00:00", "2019-05-07 00:00", c.RollForward},
	} {
		t.Run(r.name, func(t *testing.T) {
			require.Equal(t, at(t, c, r.want).String(), r.end(at(t, c, r.from)).String())
		})
	}
	from := at(t, c, "2019-04-29 15:00")
	for n := WorkingDays(0); n < 600; n++ {
		require.Equal(t, n, c.WorkingDaysBetween(from, c.AddWorkingDays(from, n)))
		require.Equal(t, CalendarDays(n), c.CalendarDaysBetween(from, c.AddCalendarDays(from, CalendarDays(n))))
	}
	require.Equal(t, WorkingDays(-1), c.WorkingDaysBetween(at(t, c, "2019-04-16 10:00"), at(t, c, "2019-04-15 10:00")))
	require.Equal(t, FractionalWorkingDays(4), c.WorkedDays(at(t, c, "2019-04-15 09:00"), at(t, c, "2019-04-18 18:00")))
	require.Equal(t, FractionalWorkingDays(-1.5), c.WorkedDays(at(t, c, "2019-04-16 14:00"), at(t, c, "2019-04-15 09:00")))
	require.Equal(t, "5 working days, 30 calendar days, 1h0m0s of work", WorkingDays(5).String()+", "+CalendarDays(30).String()+", "+Minutes(60).Time().String())
	require.Equal(t, Minutes(90), WorkingHours(1.5).Time().Minutes())
}

func TestOffDays(t *testing.T) {
	off, err := ParsePeriod("2024-07-03..2024-07-04")
	require.NoError(t, err)
	require.Equal(t, "2024-07-03..2024-07-04", off.String())
	for _, bad := range []string{"", "2024-07-03..", "2024-07-04..2024-07-03", "soon"} {
		_, err := ParsePeriod(bad)
		require.Error(t, err, bad)
	}
	c, err := New(Config{Week: Weekdays(9*time.Hour, 17*time.Hour), Off: []Period{off}})
	require.NoError(t, err)
	monday := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, WorkingTime(24*time.Hour), c.Between(monday, monday.AddDate(0, 0, 7)))
	c, err = c.Without(Period{NewDate(2024, 7, 1), NewDate(2024, 7, 1)})
	require.NoError(t, err)
	require.Equal(t, WorkingTime(16*time.Hour), c.Between(monday, monday.AddDate(0, 0, 7)))
	require.False(t, c.WorkingDay(NewDate(2024, 7, 3)))
	_, err = New(Config{Week: Weekdays(9*time.Hour, 17*time.Hour), Off: []Period{{5, 4}}})
	require.ErrorContains(t, err, "ends before it begins")
	d, err := Always(nil).Without(off)
	require.NoError(t, err)
	require.Equal(t, WorkingTime(5*24*time.Hour), d.Between(monday, monday.AddDate(0, 0, 7)))
}
