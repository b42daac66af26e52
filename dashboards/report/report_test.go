package report

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

func TestPeriods(t *testing.T) {
	for s, want := range map[string][4]string{ // begin, end, before, a year ago
		"2019":     {"2019-01-01", "2020-01-01", "2018", "2018"},
		"2019-9M":  {"2019-01-01", "2019-10-01", "2018-9M", "2018-9M"},
		"2019-H2":  {"2019-07-01", "2020-01-01", "2019-H1", "2018-H2"},
		"2019-Q1":  {"2019-01-01", "2019-04-01", "2018-Q4", "2018-Q1"},
		"2019-01":  {"2019-01-01", "2019-02-01", "2018-12", "2018-01"},
		"2020-W53": {"2020-12-28", "2021-01-04", "2020-W52", "2019-W52"},
		"2019-W01": {"2018-12-31", "2019-01-07", "2018-W52", "2018-W01"},
	} {
		p, err := ParsePeriod(s)
		require.NoError(t, err)
		got := [4]string{p.Begin(time.UTC).Format(time.DateOnly), p.End(time.UTC).Format(time.DateOnly), p.Before(1).String(), p.YearAgo().String()}
		require.Equal(t, want, got, s)
		require.Equal(t, s, p.String())
		require.Equal(t, p, p.Before(1).Before(-1))
		require.Equal(t, p, Last(p.Kind, p.End(time.UTC)))
		for _, l := range []terms.Lang{terms.RU, terms.EN} {
			require.NotContains(t, p.Name(l)+p.Short(l), "⟨")
			require.NotContains(t, p.Name(l)+p.Short(l), "%!")
		}
	}
	for _, s := range []string{"", "19", "2019-13", "2019-Q5", "2019-W54", "2019-W53", "2019-H3", "2019-1", "2019-10M"} {
		_, err := ParsePeriod(s)
		require.ErrorContains(t, err, s)
	}
	p, _ := ParsePeriod("2019-Q4")
	require.Equal(t, "IV квартал 2019 года", p.Name(terms.RU))
}

func FuzzPeriod(f *testing.F) {
	f.Add("2019-W05")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParsePeriod(s); err == nil {
			again, err := ParsePeriod(p.String())
			require.NoError(t, err)
			require.Equal(t, p, again)
			require.True(t, p.Begin(time.UTC).Before(p.End(time.UTC)))
		}
	})
}

// What Clean returns can stand in any format, and cleaning it again changes nothing.
func TestClean(t *testing.T) {
	for _, label := range hostile.Labels {
		s := Clean(label)
		require.True(t, utf8.ValidString(s))
		require.Equal(t, s, Clean(s))
		for _, r := range s {
			require.False(t, unicode.IsControl(r), "%q", s)
			require.False(t, r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069, "%q", s)
		}
		require.LessOrEqual(t, utf8.RuneCountInString(Label(label)), LongestLabel)
	}
	require.Equal(t, "Отчёт  Bcc: a", Clean("Отчёт\r\nBcc: a"))
	require.Equal(t, "как есть — «так»", Clean("как есть — «так»"))
}

func FuzzClean(f *testing.F) {
	for _, label := range hostile.Labels {
		f.Add(label)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		require.Equal(t, c, Clean(c))
		require.True(t, utf8.ValidString(c))
		require.False(t, strings.ContainsAny(c, "\r\n\x00"))
	})
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		x      float64
		unit   measure.Unit
		digits int
		ru, en string
	}{
		{1234.5, measure.Count, 1, "1 234,5", "1,234.5"}, {0.874, measure.Share, 1, "87,4", "87.4"}, {-0.04, measure.CalendarDay, 1, "0,0", "0.0"}, {-2, measure.CalendarDay, 0, "−2", "−2"}, {math.NaN(), measure.Count, 1, "—", "—"},
	} {
		require.Equal(t, c.ru, strings.ReplaceAll(Figures(terms.RU, c.x, c.unit, c.digits), "\u00a0", " "))
		require.Equal(t, c.en, Figures(terms.EN, c.x, c.unit, c.digits))
	}
	column := Column{Unit: measure.CalendarDay, Digits: 1, Signed: true}
	text, interval := column.Cell(terms.RU, NI(2, -1, 5, ""))
	require.Equal(t, []string{"+2,0", "−1,0…+5,0"}, []string{text, interval})
	text, why := column.Cell(terms.RU, N(math.Inf(1), "нет дел"))
	require.Equal(t, []string{"—", "нет дел"}, []string{text, why})
}

func TestFootnote(t *testing.T) {
	n := Footnote{Text: "пояснение", N: 21, Unit: measure.CalendarDay, Low: 22.84, High: 26.4, Warnings: []string{"мало дел"}}
	require.Equal(t, "пояснение; n = 21 дело; интервал от 22,8 до 26,4 кал. дн. (95 %); оговорка: мало дел.", strings.ReplaceAll(n.In(terms.RU), "\u00a0", " "))
	require.Equal(t, "¹²˒¹⁰", Raised([]int{12, 10}))
}

func TestMoment(t *testing.T) {
	day := time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC)
	require.Equal(t, "31.12.2019", Moment(terms.RU, day))
	require.Equal(t, "31.12.2019", Moment(terms.RU, day.Add(24*time.Hour-time.Microsecond)))
	require.Equal(t, "31 Dec 2019, 08:00 UTC", Moment(terms.EN, day.Add(8*time.Hour)))
}
