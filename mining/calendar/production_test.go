package calendar

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTotals(t *testing.T) {
	for _, want := range []struct{ year, ignored, short, hours, obeyed int }{
		{2013, 247, 6, 1970, 247}, {2014, 247, 6, 1970, 247}, {2015, 247, 5, 1971, 247},
		{2016, 247, 2, 1974, 247}, {2017, 247, 3, 1973, 247}, {2018, 247, 6, 1970, 247},
		{2019, 247, 6, 1970, 247}, {2020, 247, 5, 1971, 219}, {2021, 247, 4, 1972, 240},
		{2022, 247, 3, 1973, 247}, {2023, 247, 3, 1973, 247}, {2024, 248, 5, 1979, 248},
		{2025, 247, 4, 1972, 247}, {2026, 247, 4, 1972, 247},
	} {
		require.Equal(t, Totals{Working: want.ignored, Short: want.short, Hours: want.hours}, Russia().Totals(want.year, false), want.year)
		require.Equal(t, want.obeyed, Russia().Totals(want.year, true).Working, want.year)
	}
}

// The shared table, where it lies beside the repository, says the same of every day.
func TestSharedTable(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "calendar", "russia.csv"))
	if err != nil {
		t.Skip("the shared calendar does not lie beside the repository")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	n := 0
	for y := 2013; y <= 2026; y++ {
		n += len(Russia().Year(y))
	}
	require.Len(t, rows, n+1)
	for _, r := range rows[1:] {
		d, err := ParseDate(r[0])
		require.NoError(t, err)
		day := Russia().Day(d)
		require.Equal(t, r[1], day.Kind.String(), r[0])
		require.Equal(t, r[2] == "1", day.Short, r[0])
		require.False(t, day.Provisional)
		if r[4] != "" {
			require.Equal(t, r[4], day.MovedFrom.String(), r[0])
		}
		if r[3] != "" {
			require.NotEmpty(t, day.Holiday, r[0])
		}
	}
}

func TestDay(t *testing.T) {
	for _, c := range []struct {
		date             string
		kind             Kind
		ignored, obeyed  bool
		provisional      bool
		movedFrom, named string
	}{
		{"2019-12-31", Short, true, true, false, "", ""},
		{"2020-04-04", Decree, false, false, false, "", "decree 239 of 2020-04-02"}, // a Saturday stays a day off
		{"2020-04-06", Decree, true, false, false, "", "decree 239 of 2020-04-02"},
		{"2020-07-01", Vote, false, false, false, "", "vote"},
		{"2020-06-24", Decree, true, false, false, "", "decree 345 of 2020-05-29"},
		{"2021-02-20", Short, true, true, false, "", ""},
		{"2021-02-22", NonWorking, false, false, false, "2021-02-20", ""},
		{"2024-04-27", Working, true, true, false, "", ""},
		{"2026-12-31", NonWorking, false, false, false, "2026-01-04", ""},
		{"2026-11-23", Ordinary, true, true, false, "", ""},
		{"2027-02-23", NonWorking, false, false, true, "", "defender"}, // Tuesday
		{"2027-02-22", Short, true, true, true, "", ""},
		{"2027-05-03", NonWorking, false, false, true, "2027-05-01", ""}, // 1 May is a Saturday
		{"2027-05-10", NonWorking, false, false, true, "2027-05-09", ""}, // 9 May is a Sunday
		{"2027-05-07", Ordinary, true, true, true, "", ""},               // not directly before the holiday
		{"2027-06-14", NonWorking, false, false, true, "2027-06-12", ""},
		{"2027-12-31", Short, true, true, true, "", ""},
		{"2027-01-11", Ordinary, true, true, true, "", ""}, // January is moved by an act not known
	} {
		d, err := ParseDate(c.date)
		require.NoError(t, err)
		day := Russia().Day(d)
		require.Equal(t, c.kind, day.Kind, c.date)
		require.Equal(t, c.ignored, day.Works(false), c.date)
		require.Equal(t, c.obeyed, day.Works(true), c.date)
		require.Equal(t, c.provisional, day.Provisional, c.date)
		require.Equal(t, c.movedFrom != "", day.Moved, c.date)
		if day.Moved {
			require.Equal(t, c.movedFrom, day.MovedFrom.String())
		}
		require.Equal(t, c.named, day.Holiday, c.date)
	}
	require.True(t, Russia().Provisional(2027))
	require.True(t, Russia().Totals(2027, true).Provisional)
}

// The rules alone give every public holiday of the acts; they differ only in what
// the Government moves.
func TestArticle112AgainstActs(t *testing.T) {
	for y := 2013; y <= 2026; y++ {
		computed := map[Date]Day{}
		for _, d := range article112(y) {
			require.True(t, d.Provisional)
			computed[d.Date] = d
		}
		for _, d := range Russia().Year(y) {
			if d.Kind == NonWorking && d.Holiday != "" {
				require.Equal(t, d.Holiday, computed[d.Date].Holiday, d.Date)
			}
		}
		n := new(Production).Totals(y, false)
		require.InDelta(t, Russia().Totals(y, false).Working, n.Working, 3, y)
	}
}

func TestAmend(t *testing.T) {
	a, err := ReadYAML("x.yaml", strings.NewReader("years: [2027]\ndays:\n- {date: 2027-01-01, kind: non-working, holiday: new-year}\n- date: 2026-11-24\n  kind: non-working\n  holiday: day of the town\n"))
	require.NoError(t, err)
	p, err := Russia().Amend(a)
	require.NoError(t, err)
	require.False(t, p.Provisional(2027))
	require.Equal(t, 260, p.Totals(2027, false).Working) // 261 weekdays less one
	require.Equal(t, 246, p.Totals(2026, false).Working)
	require.Equal(t, 247, Russia().Totals(2026, false).Working)

	b, err := ReadCSV("x.csv", strings.NewReader("\ufeffdate,kind,holiday\n2027,year,\n2027-01-01,non-working,new-year\n2026-11-24,non-working,day of the town\n"))
	require.NoError(t, err)
	require.Equal(t, a, b)
	_, err = Russia().Amend(&Amendment{Days: []Day{{}, {}}})
	require.ErrorContains(t, err, "1970-01-01 stands twice")
}

func TestReadFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `line 1: no header`},
		{"date,sort\n", `line 1: column "sort" is not one of`},
		{"date\n", `line 1: no column "kind"`},
		{"date,kind\n2027-02-30,short\n", `reading "f": line 2, column 1 (date): parsing date "2027-02-30"`},
		{"date,kind\n2027-02-03,holy\n", `line 2, column 12 (kind): found "holy"`},
		{"date,kind,short\n2027-02-03,short,yes\n", `line 2, column 18 (short): found "yes", wanted 0 or 1`},
		{"date,kind\n2027-02-03,short\n2027-02-03,short\n", `line 3: day 2027-02-03 stands twice`},
		{"date,kind\n3027,year\n", `line 2, column 1 (date): found "3027", wanted a year from`},
		{"date,kind\n2027-02-03,\"short\n", `reading "f": `},
		{"date,kind\n,short\n", `line 2: no date`},
	} {
		_, err := ReadCSV("f", strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want)
	}
	for _, c := range []struct{ text, want string }{
		{"years: 2027", `line 1, column 8 (years): found Integer, wanted a list`},
		{"weeks: [1]", `key "weeks" is not one of`},
		{"days:\n- {date: 2027-02-03, kind: holy}", `line 2, column 28 (kind): found "holy"`},
		{"days:\n- {date: 2027-02-03, sort: 1}", `line 2, column 22 (sort): key "sort"`},
		{"days:\n- 5", `(days): no date`},
		{"- 5", `wanted the keys years and days`},
		{"a: [", `reading "f": `},
	} {
		_, err := ReadYAML("f", strings.NewReader(c.text))
		require.ErrorContains(t, err, c.want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("date,kind\n2027,year\n2027-02-03,short\n")
	f.Add("years: [2027]\ndays:\n- {date: 2027-02-03, kind: short}\n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func() (*Amendment, error){
			func() (*Amendment, error) { return ReadCSV("f", strings.NewReader(s)) },
			func() (*Amendment, error) { return ReadYAML("f", strings.NewReader(s)) },
		} {
			if a, err := read(); err == nil {
				_, err = Russia().Amend(a)
				require.NoError(t, err)
			}
		}
	})
}

func TestDate(t *testing.T) {
	require.Equal(t, time.Thursday, Date(0).Weekday())
	require.Equal(t, time.Wednesday, Date(-1).Weekday())
	require.Equal(t, "1969-12-31", Date(-1).String())
	require.Equal(t, Date(-1), NewDate(1969, 12, 31))
	msk := zone(t, "Europe/Moscow")
	require.Equal(t, "2014-10-26 00:00:00 +0400 MSK", NewDate(2014, 10, 26).Begin(msk).String())
	// The clock went from 00:00 straight to 01:00: the date begins with the new offset.
	require.Equal(t, "1981-04-01 01:00:00 +0400 MSD", NewDate(1981, 4, 1).Begin(msk).String())
	require.Equal(t, NewDate(1981, 4, 1), DateOf(NewDate(1981, 4, 1).Begin(msk)))
}
