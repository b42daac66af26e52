package fit

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// shift is people of a pool who keep hours of their own.
type shift struct {
	people   []int // resources, ascending
	calendar string
	hours    *calendar.Calendar
	size     int
}

// sameHours is the cosine of the hours of the week above which two people keep the
// same.
const sameHours = 0.5

// shiftsOf finds people of a group who clearly keep other hours than the rest: each
// with a calendar of their own that a log of enough times shows. Everybody who is seen
// too rarely belongs to those whose hours are nearest.
func (f *fitter) shiftsOf(at int) {
	g := &f.groups[at]
	weeks, n := map[int][]float64{}, map[int]int{}
	f.each(func(a *activity, _ int, in *instance, _ bool) {
		if a.group != at || !in.started || in.resource < 0 {
			return
		}
		if weeks[in.resource] == nil {
			weeks[in.resource] = make([]float64, 7*24)
		}
		weeks[in.resource][f.hourOfWeek(in.start)]++
		weeks[in.resource][f.hourOfWeek(in.complete-1)]++
		n[in.resource] += 2
	})
	var known []int
	for r := range weeks {
		if n[r] >= tooFew {
			known = append(known, r)
		}
	}
	slices.Sort(known)
	rows := make([][]float64, len(known))
	for i, r := range known {
		rows[i] = weeks[r]
	}
	clusters := cluster(rows, sameHours)
	if len(clusters) < 2 {
		return
	}
	var shifts []shift
	var sums [][]float64
	for i, members := range clusters {
		var week [7 * 24]int
		sum, total := make([]float64, 7*24), 0
		s := shift{}
		for _, k := range members {
			s.people = append(s.people, known[k])
			for h, x := range rows[k] {
				week[h] += int(x)
				sum[h] += x
				total += int(x)
			}
		}
		intervals, _ := weekly(week, total)
		if intervals == nil {
			return // round the clock: no shifts
		}
		c := twin.Calendar{ID: fmt.Sprintf("%s-shift-%d", g.id, i+1), Name: twin.Text{EN: fmt.Sprintf("Shift %d of %s", i+1, g.id), RU: fmt.Sprintf("Смена %d группы %s", i+1, g.id)}, Week: intervals}
		if s.calendar, s.hours = c.ID, f.compile(c); s.hours == nil {
			return
		}
		f.calendars = append(f.calendars, c)
		shifts, sums = append(shifts, s), append(sums, sum)
	}
	for r, row := range weeks {
		if n[r] >= tooFew {
			continue
		}
		nearest := 0
		for i := range sums {
			if cosine(sums[i], row) > cosine(sums[nearest], row) {
				nearest = i
			}
		}
		shifts[nearest].people = append(shifts[nearest].people, r)
	}
	for i := range shifts {
		slices.Sort(shifts[i].people)
	}
	g.shifts = shifts
	f.report.assume("The people of pool %s keep %d kinds of hours: each works in those of the people alike (cosine of the hours of the week at least %.1f).", g.id, len(shifts), sameHours)
}

// hoursFor returns the hours of who did an instance.
func (f *fitter) hoursFor(in *instance) *calendar.Calendar {
	at := f.activities[in.activity].group
	if at < 0 {
		return nil
	}
	for i := range f.groups[at].shifts {
		if s := &f.groups[at].shifts[i]; in.resource >= 0 {
			if _, ok := slices.BinarySearch(s.people, in.resource); ok {
				return s.hours
			}
		}
	}
	return f.groups[at].hours
}

// presence is when the people of a group were seen.
type presence struct {
	spans []span
	days  map[calendar.Date]map[int]bool
}

type span struct {
	at  int64
	who int
	end bool
}

// of returns the presence of the given people.
func (p presence) of(people []int) presence {
	out := presence{days: map[calendar.Date]map[int]bool{}}
	for _, s := range p.spans {
		if _, ok := slices.BinarySearch(people, s.who); ok {
			out.spans = append(out.spans, s)
		}
	}
	for d, who := range p.days {
		for r := range who {
			if _, ok := slices.BinarySearch(people, r); ok {
				if out.days[d] == nil {
					out.days[d] = map[int]bool{}
				}
				out.days[d][r] = true
			}
		}
	}
	return out
}

// daily returns how many were seen on three days of four at most.
func (p presence) daily() int {
	var perDay []float64
	for _, who := range p.days {
		perDay = append(perDay, float64(len(who)))
	}
	slices.Sort(perDay)
	if len(perDay) == 0 {
		return 1
	}
	return int(math.Ceil(measure.Quantile(perDay, 0.75)))
}

// atOneMoment returns how many were busy at one moment at most.
func (p presence) atOneMoment() int {
	slices.SortFunc(p.spans, func(a, b span) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		if a.end != b.end {
			return cmp.Compare(boolean(b.end), boolean(a.end)) // ends first
		}
		return cmp.Compare(a.who, b.who)
	})
	busy, count, most := map[int]int{}, 0, 0
	for _, s := range p.spans {
		if !s.end {
			if busy[s.who]++; busy[s.who] == 1 {
				count++
			}
		} else if busy[s.who]--; busy[s.who] == 0 {
			count--
		}
		most = max(most, count)
	}
	return max(most, 1)
}
