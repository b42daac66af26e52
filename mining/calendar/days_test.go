package calendar

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2019-01-31", 1, "2019-02-28"}, {"2020-01-31", 1, "2020-02-29"}, {"2019-03-31", 1, "2019-04-30"},
		{"2020-02-29", 12, "2021-02-28"}, {"2020-02-29", 48, "2024-02-29"}, {"2019-12-15", 1, "2020-01-15"},
		{"2019-03-31", -1, "2019-02-28"}, {"2019-01-15", -1, "2018-12-15"}, {"2019-05-31", 0, "2019-05-31"},
		{"1969-12-31", 2, "1970-02-28"},
	} {
		d, err := ParseDate(c.from)
		require.NoError(t, err)
		require.Equal(t, c.want, d.AddMonths(c.months).String(), c.from)
	}
}

func TestDays(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	c, err := New(Config{Week: append(Weekdays(9*time.Hour, 13*time.Hour), Weekdays(14*time.Hour, 18*time.Hour)...), Production: Russia(), Location: loc})
	require.NoError(t, err)
	eve := NewDate(2019, 4, 30) // a short day before four days off
	require.Equal(t, "2019-05-06", c.NthWorkingDay(eve, 1).String())
	require.Equal(t, 1, c.WorkingDaysAfter(eve, NewDate(2019, 5, 6)))
	require.Equal(t, -1, c.WorkingDaysAfter(NewDate(2019, 5, 6), eve))
	at, ok := c.Closing(eve)
	require.True(t, ok)
	require.Equal(t, "2019-04-30 17:00 +0300", at.Format("2006-01-02 15:04 -0700"))
	_, ok = c.Closing(eve + 1)
	require.False(t, ok)
	always, err := New(Config{Week: []Interval{{From: time.Sunday, To: time.Saturday, End: 24 * time.Hour}}})
	require.NoError(t, err)
	at, ok = always.Closing(eve)
	require.True(t, ok)
	require.Equal(t, (eve + 1).Begin(time.UTC), at)
}
