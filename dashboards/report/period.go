package report

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/uprava/uprava/dashboards/terms"
)

// Kind is how long a period is.
type Kind string

// The kinds of periods. Nine months run from January to September.
const (
	Week       Kind = "week"
	Month      Kind = "month"
	Quarter    Kind = "quarter"
	HalfYear   Kind = "half-year"
	NineMonths Kind = "nine-months"
	Year       Kind = "year"
)

// Kinds are all of them, the shortest first.
var Kinds = []Kind{Week, Month, Quarter, HalfYear, NineMonths, Year}

// Period is one of the periods of a year: its Nth week (ISO 8601), month, quarter or
// half, its nine months, or all of it. The zero value is no period.
type Period struct {
	Kind Kind
	Year int
	N    int // from 1; 1 for NineMonths and Year
}

var periodForm = regexp.MustCompile(`^(\d{4})(?:-(?:W(\d{1,2})|Q([1-4])|H([12])|(9M)|(0[1-9]|1[0-2])))?$`)

// ParsePeriod reads what String writes: 2019, 2019-9M, 2019-H1, 2019-Q4, 2019-03,
// 2019-W05.
func ParsePeriod(s string) (Period, error) {
	m := periodForm.FindStringSubmatch(s)
	if m == nil {
		return Period{}, fmt.Errorf("period %q: wanted a year 2019, nine months 2019-9M, a half-year 2019-H1, a quarter 2019-Q4, a month 2019-03 or a week 2019-W05", s)
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n }
	p := Period{Year, number(m[1]), 1}
	switch {
	case m[2] != "":
		p.Kind, p.N = Week, number(m[2])
		if p.N < 1 || p.N > weeks(p.Year) {
			return Period{}, fmt.Errorf("period %q: the year %d has weeks 1 to %d", s, p.Year, weeks(p.Year))
		}
	case m[3] != "":
		p.Kind, p.N = Quarter, number(m[3])
	case m[4] != "":
		p.Kind, p.N = HalfYear, number(m[4])
	case m[5] != "":
		p.Kind = NineMonths
	case m[6] != "":
		p.Kind, p.N = Month, number(m[6])
	}
	return p, nil
}

// weeks is the number of ISO weeks of a year.
func weeks(year int) int {
	_, n := time.Date(year, 12, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return n
}

// String returns the period as ParsePeriod reads it.
func (p Period) String() string {
	switch p.Kind {
	case Week:
		return fmt.Sprintf("%04d-W%02d", p.Year, p.N)
	case Month:
		return fmt.Sprintf("%04d-%02d", p.Year, p.N)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.Year, p.N)
	case HalfYear:
		return fmt.Sprintf("%04d-H%d", p.Year, p.N)
	case NineMonths:
		return fmt.Sprintf("%04d-9M", p.Year)
	case Year:
		return fmt.Sprintf("%04d", p.Year)
	}
	return ""
}

// months are the months of a period, 0 for a week.
func (p Period) months() int {
	return map[Kind]int{Month: 1, Quarter: 3, HalfYear: 6, NineMonths: 9, Year: 12}[p.Kind]
}

// Begin is its first moment.
func (p Period) Begin(loc *time.Location) time.Time {
	if p.Kind == Week {
		fourth := time.Date(p.Year, 1, 4, 0, 0, 0, 0, loc) // always in week 1
		return fourth.AddDate(0, 0, 7*(p.N-1)-(int(fourth.Weekday())+6)%7)
	}
	return time.Date(p.Year, time.Month(1+(p.N-1)*p.months()), 1, 0, 0, 0, 0, loc)
}

// End is the first moment after it.
func (p Period) End(loc *time.Location) time.Time {
	if p.Kind == Week {
		return p.Begin(loc).AddDate(0, 0, 7)
	}
	return p.Begin(loc).AddDate(0, p.months(), 0)
}

// Holding returns the period of a kind that holds a moment; of NineMonths those of
// its year, whether it lies in them or after.
func Holding(kind Kind, t time.Time) Period {
	switch kind {
	case Week:
		y, w := t.ISOWeek()
		return Period{Week, y, w}
	case NineMonths, Year:
		return Period{kind, t.Year(), 1}
	}
	return Period{kind, t.Year(), 1 + (int(t.Month())-1)/(Period{Kind: kind}).months()}
}

// Last returns the last period of a kind that was over at a moment.
func Last(kind Kind, t time.Time) Period {
	p := Holding(kind, t)
	if p.End(t.Location()).After(t) {
		return p.Before(1)
	}
	return p
}

// Before returns the n-th period of the kind before it; nine months and years go
// back by years.
func (p Period) Before(n int) Period {
	switch p.Kind {
	case Week:
		return Holding(Week, p.Begin(time.UTC).AddDate(0, 0, 3-7*n))
	case NineMonths, Year:
		p.Year -= n
		return p
	}
	return Holding(p.Kind, p.Begin(time.UTC).AddDate(0, -n*p.months(), 0))
}

// YearAgo returns the same period of the year before; of a 53rd week the 52nd where
// that year has none.
func (p Period) YearAgo() Period {
	p.Year--
	if p.Kind == Week {
		p.N = min(p.N, weeks(p.Year))
	}
	return p
}

// FromNewYear reports whether the period begins with the year, so that it is its own
// year to date.
func (p Period) FromNewYear() bool { return p.Kind != Week && p.N == 1 }

// Name writes the period: «IV квартал 2019 года», "fourth quarter of 2019".
func (p Period) Name(lang terms.Lang) string {
	switch p.Kind {
	case Week:
		b := p.Begin(time.UTC)
		return lang.T("report.period.week", p.N, p.Year, Day(lang, b), Day(lang, b.AddDate(0, 0, 6)))
	case Month:
		return lang.T("report.period.month", lang.T("report.month."+strconv.Itoa(p.N)), p.Year)
	case Quarter:
		return lang.T("report.period.quarter", lang.T("report.ordinal."+strconv.Itoa(p.N)), p.Year)
	case HalfYear:
		return lang.T("report.period.half-year", lang.T("report.ordinal."+strconv.Itoa(p.N)), p.Year)
	case NineMonths:
		return lang.T("report.period.nine-months", p.Year)
	case Year:
		return lang.T("report.period.year", p.Year)
	}
	return ""
}

// Short writes the period for the axis of a picture: "03.19", "IV 19", "н5 19".
func (p Period) Short(lang terms.Lang) string {
	year := p.Year % 100
	switch p.Kind {
	case Week:
		return lang.T("report.short.week", p.N, year)
	case Month:
		return fmt.Sprintf("%02d.%02d", p.N, year)
	case Quarter:
		return lang.T("report.short.quarter", p.N, year)
	case HalfYear:
		return lang.T("report.short.half-year", p.N, year)
	case NineMonths:
		return lang.T("report.short.nine-months", p.Year)
	}
	return strconv.Itoa(p.Year)
}
