package organisation

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// AvailabilityConfig says when a time counts as one at which somebody works.
type AvailabilityConfig struct {
	Confidence float64 // least share of the days of that weekday on which somebody worked in which the hour was worked; 0 for 0.1
	Enough     int     // rows that somebody must have; 0 for 30
	By         By
}

// Validate reports all faults of the configuration.
func (cfg AvailabilityConfig) Validate() error {
	if !(cfg.Confidence >= 0 && cfg.Confidence <= 1) || cfg.Enough < 0 {
		return fmt.Errorf("finding availability: confidence %v and least rows %d: wanted 0 to 1, and 0 or more", cfg.Confidence, cfg.Enough)
	}
	return nil
}

// Availability is when somebody was seen at work. Hours are intervals of the week
// on the clock of the wall. Coverage is the share of the moments, starts and
// completions, that lie within them.
type Availability struct {
	Name     string         `json:"name"`
	Moments  int            `json:"moments"`
	Days     int            `json:"days"` // on which there is any
	From     string         `json:"from"` // first and last day, ISO 8601
	To       string         `json:"to"`
	Hours    []Hours        `json:"hours"`
	Coverage measure.Number `json:"coverage"`
	Absences []Absence      `json:"absences"`
}

// Hours is a stretch of a weekday, in whole hours: Begin to before End.
type Hours struct {
	Weekday time.Weekday `json:"weekday"` // 0 is Sunday
	Begin   int          `json:"begin_hour"`
	End     int          `json:"end_hour"`
}

// Absence is a stretch of days without any moment that is too long to be chance:
// with the days that somebody usually works, it had the probability Chance.
type Absence struct {
	From   string         `json:"from"` // first and last day of it
	To     string         `json:"to"`
	Days   int            `json:"working_days"` // of the weekdays on which one works
	Chance measure.Number `json:"chance"`
}

// AvailabilityReport lists those with enough rows by name; Withheld counts the others.
type AvailabilityReport struct {
	People   []Availability `json:"people"`
	Withheld int            `json:"withheld"`
	Warnings []error        `json:"-"`
}

// An absence has at least so many working days, and at most this chance.
const (
	leastAbsence = 5
	mostChance   = 1e-3
)

// Available returns when people work, from the moments at which they started or
// completed something: a log shows work, not presence, so who waits for work is
// not seen. An hour of the week counts where its confidence is enough.
//
// Source: O. López-Pintado, M. Dumas, "Business Process Simulation with
// Differentiated Resources: Does it Make a Difference?", BPM 2022,
// doi:10.1007/978-3-031-16103-2_24, granules of one hour and their conditional
// confidence. Deviations: no threshold of support; Coverage tells it instead.
// Absences are stretches that the share p of days worked makes unlikely: (1−p)^n.
// O(n log n).
func Available(ctx context.Context, l *eventlog.Log, cfg AvailabilityConfig) (*AvailabilityReport, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Confidence, cfg.Enough = cmp.Or(cfg.Confidence, 0.1), cmp.Or(cfg.Enough, 30)
	names, column := l.Resources(), eventlog.Case.Resources
	if cfg.By == Units {
		names, column = l.Units(), eventlog.Case.Units
	}
	order, position := byName(names)
	moments := make([][]int64, len(order)) // hours since 1970 on the clock of the wall
	missing := int64(0)
	for i, c := range l.All() {
		if i%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		who, times, starts, zones := column(c), c.Times(), c.Starts(), c.Zones()
		for k := range times {
			if who == nil || who[k] == eventlog.NoCode {
				missing++
				continue
			}
			p := position[who[k]]
			moments[p] = append(moments[p], hour(times[k], zones[k]))
			if starts != nil && starts[k] != eventlog.NoTime {
				moments[p] = append(moments[p], hour(starts[k], zones[k]))
			}
		}
	}
	r := &AvailabilityReport{People: []Availability{}, Warnings: unnamed(missing, int64(l.Events()))}
	for p, list := range moments {
		switch {
		case len(list) == 0:
		case len(list) < cfg.Enough:
			r.Withheld++
		default:
			r.People = append(r.People, available(names.Name(order[p]), list, cfg.Confidence))
		}
	}
	if r.Withheld > 0 {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d are left out because the log holds fewer than %d moments of them", r.Withheld, cfg.Enough),
			RU: fmt.Sprintf("не показано исполнителей: %d (в журнале менее %d отметок о каждом)", r.Withheld, cfg.Enough),
		})
	}
	return r, nil
}

// hour returns the hours since 1970 on the clock of the wall.
func hour(t eventlog.Time, z eventlog.Zone) int64 {
	return floorDiv(int64(t)+int64(z)*60_000000, 3600_000000)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// weekday of a day since 1970-01-01, which was a Thursday.
func weekday(day int64) time.Weekday { return time.Weekday((day%7 + 11) % 7) }

func isoDay(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }

func available(name string, hours []int64, confidence float64) Availability {
	slices.Sort(hours)
	a := Availability{Name: name, Moments: len(hours), Hours: []Hours{}, Absences: []Absence{}}
	var days []int64
	var worked [7][24]int // days of the weekday on which the hour was worked
	var of [7]int
	distinct := slices.Compact(slices.Clone(hours))
	for _, h := range distinct {
		day := floorDiv(h, 24)
		if len(days) == 0 || days[len(days)-1] != day {
			days = append(days, day)
			of[weekday(day)]++
		}
		worked[weekday(day)][h-day*24]++
	}
	a.Days, a.From, a.To = len(days), isoDay(days[0]), isoDay(days[len(days)-1])
	var in [7][24]bool
	for d := range in {
		for h := range in[d] {
			in[d][h] = of[d] > 0 && float64(worked[d][h]) >= confidence*float64(of[d]) && worked[d][h] > 1
		}
		for h := 0; h < 24; h++ {
			if !in[d][h] {
				continue
			}
			begin := h
			for h < 24 && in[d][h] {
				h++
			}
			a.Hours = append(a.Hours, Hours{time.Weekday(d), begin, h})
		}
	}
	covered := 0
	for _, h := range hours {
		day := floorDiv(h, 24)
		if in[weekday(day)][h-day*24] {
			covered++
		}
	}
	a.Coverage = measure.Number(float64(covered) / float64(len(hours)))
	a.Absences = absences(days, of)
	return a
}

// absences finds gaps between days of work that are no chance.
func absences(days []int64, of [7]int) []Absence {
	most := slices.Max(of[:])
	usual := func(day int64) bool { return of[weekday(day)]*10 >= most } // a weekday on which one works
	between := func(from, to int64) (n int) {
		for d := from; d <= to; d++ {
			if usual(d) {
				n++
			}
		}
		return n
	}
	all := between(days[0], days[len(days)-1])
	seen := 0
	for _, d := range days {
		if usual(d) {
			seen++
		}
	}
	p := float64(seen) / float64(all)
	out := []Absence{}
	for i := 1; i < len(days); i++ {
		from, to := days[i-1]+1, days[i]-1
		if to-from+1 < leastAbsence {
			continue
		}
		n := between(from, to)
		if chance := math.Pow(1-p, float64(n)); n >= leastAbsence && chance <= mostChance {
			out = append(out, Absence{isoDay(from), isoDay(to), n, measure.Number(chance)})
		}
	}
	return out
}
