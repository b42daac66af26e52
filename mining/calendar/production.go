package calendar

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"
	"time"
)

// Kind is what the production calendar says of a day.
type Kind uint8

// The kinds, by their word in the files.
const (
	Ordinary   Kind = iota // the day of the week decides
	NonWorking             // "non-working": a public holiday or a moved day off
	Short                  // "short": one hour less; on a weekend also a day worked in exchange
	Working                // "working": a Saturday or Sunday worked in exchange for another day
	Decree                 // "decree": off with pay by decree of the President (2020, 2021), no holiday in law
	Vote                   // "vote": 2020-07-01, paid as a holiday
)

var kindNames = [...]string{"ordinary", "non-working", "short", "working", "decree", "vote"}

// String returns the word of the files.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", k)
}

// Day is one day of a production calendar.
type Day struct {
	Date Date
	Kind Kind
	// Short: the day has one hour less. Under a decree: would have had, had the
	// decree not been.
	Short bool
	// Holiday is a word for the holiday or the number of the decree: "new-year",
	// "christmas", "defender", "women", "labour", "victory", "russia", "unity",
	// "decree 239 of 2020-04-02"; "" for moved and short days.
	Holiday string
	// MovedFrom is the day whose day off was moved here; the zero value where
	// Moved is false. The table holds it from 2021 on, and before for the
	// weekends that were worked.
	MovedFrom Date
	Moved     bool
	// Provisional: computed from article 112 of the Labour Code because no act
	// of the Government is in the table for this year.
	Provisional bool
}

// Production is a production calendar: the days that differ from "Monday to
// Friday is working". It does not change and may be shared.
type Production struct {
	years   map[int][]Day // years with an act, days ascending
	regions map[Date]Day  // days added by Amend, over any year
}

//go:embed russia.csv
var russiaCSV []byte

var russia = sync.OnceValues(func() (*Production, error) {
	a, err := ReadCSV("russia.csv", bytes.NewReader(russiaCSV))
	if err != nil {
		return nil, err
	}
	return new(Production).Amend(a)
})

// Russia returns the Russian production calendar: 2013–2026 by the acts of the
// Government, other years by today's article 112 of the Labour Code, marked
// Provisional. Of the computed years it is not known which days the Government
// moves out of the January holidays; they are left where they are, so such a
// year has up to two working days more than its act will give.
func Russia() *Production {
	p, err := russia()
	if err != nil { // the table is embedded and read by every test
		panic("calendar: " + err.Error())
	}
	return p
}

// Amendment is what a user adds to a production calendar.
type Amendment struct {
	Years []int // years that Days describe wholly, in place of what was known of them
	Days  []Day // of other years: single days, as regions add them
}

// Amend returns a calendar with the amendment over p, which stays as it is. A
// date that occurs twice is an error.
func (p *Production) Amend(a *Amendment) (*Production, error) {
	q := &Production{years: maps.Clone(p.years), regions: maps.Clone(p.regions)}
	if q.years == nil {
		q.years = map[int][]Day{}
	}
	if q.regions == nil {
		q.regions = map[Date]Day{}
	}
	for _, y := range a.Years {
		q.years[y] = nil
		maps.DeleteFunc(q.regions, func(d Date, _ Day) bool { return d.Year() == y })
	}
	seen := make(map[Date]bool, len(a.Days))
	for _, d := range a.Days {
		if seen[d.Date] {
			return nil, fmt.Errorf("amending the production calendar: day %s stands twice", d.Date)
		}
		seen[d.Date] = true
		if y := d.Date.Year(); slices.Contains(a.Years, y) {
			q.years[y] = append(q.years[y], d)
		} else {
			q.regions[d.Date] = d
		}
	}
	for _, y := range a.Years {
		sort.Slice(q.years[y], func(i, j int) bool { return q.years[y][i].Date < q.years[y][j].Date })
	}
	return q, nil
}

// Provisional reports whether the days of the year are computed rather than set
// by an act.
func (p *Production) Provisional(year int) bool { _, ok := p.years[year]; return !ok }

// Day returns what the calendar says of a date; Ordinary where it says nothing.
func (p *Production) Day(d Date) Day {
	days := p.Year(d.Year())
	if i, ok := slices.BinarySearchFunc(days, d, func(x Day, d Date) int { return int(x.Date) - int(d) }); ok {
		return days[i]
	}
	return Day{Date: d, Provisional: p.Provisional(d.Year())}
}

// Year returns the days of a year that are not Ordinary, ascending.
func (p *Production) Year(year int) []Day {
	days, ok := p.years[year]
	if !ok {
		days = article112(year)
	}
	var over []Day
	for _, d := range p.regions {
		if d.Date.Year() == year {
			over = append(over, d)
		}
	}
	if len(over) == 0 {
		return slices.Clip(days)
	}
	days = slices.DeleteFunc(slices.Clone(days), func(d Day) bool { _, ok := p.regions[d.Date]; return ok })
	days = append(days, over...)
	sort.Slice(days, func(i, j int) bool { return days[i].Date < days[j].Date })
	return days
}

// Works reports whether people with a week of Monday to Friday work on the day.
// With decrees ignored a decree day is what its day of the week makes it, so a
// Saturday or Sunday stays a day off.
func (d Day) Works(decrees bool) bool {
	weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
	switch d.Kind {
	case NonWorking, Vote:
		return false
	case Short, Working:
		return true
	case Decree:
		return !decrees && !weekend
	}
	return !weekend
}

// Totals are the sums of a year for the week of five days.
type Totals struct {
	Working, Short int  // days; the short ones among the working
	Hours          int  // at 40 hours a week: 8 a day, 7 on short days
	Provisional    bool // computed from article 112
}

// Totals returns the sums of a year with the decrees of the President obeyed or
// ignored.
func (p *Production) Totals(year int, decrees bool) Totals {
	t := Totals{Provisional: p.Provisional(year)}
	days := p.Year(year)
	for d := NewDate(year, 1, 1); d < NewDate(year+1, 1, 1); d++ {
		day := Day{Date: d}
		if len(days) > 0 && days[0].Date == d {
			day, days = days[0], days[1:]
		}
		if !day.Works(decrees) {
			continue
		}
		t.Working++
		t.Hours += 8
		if day.Short {
			t.Short++
			t.Hours--
		}
	}
	return t
}
