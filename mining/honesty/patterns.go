package honesty

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// folded is a label without what only spelling differs in. ё is е.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		r = unicode.ToLower(r)
		if r == 'ё' {
			r = 'е'
		}
		return r
	}, s)
}

// stamped is one event of an activity.
type stamped struct {
	time eventlog.Time
	zone eventlog.Zone
	at   int // position of the case
}

// byActivity returns the completing events of each activity, by code.
func (e *examiner) byActivity() [][]stamped {
	l := e.log
	complete := make([]bool, l.Transitions().Len())
	for c, name := range l.Transitions().Names() {
		complete[c] = eventlog.TransitionOf(name) == eventlog.Completes
	}
	out := make([][]stamped, l.Activities().Len())
	for i, c := range l.All() {
		times, zones, transitions := c.Times(), c.Zones(), c.Transitions()
		for k, a := range c.Activities() {
			if transitions == nil || transitions[k] == eventlog.NoCode || complete[transitions[k]] {
				out[a] = append(out[a], stamped{times[k], zones[k], i})
			}
		}
	}
	return out
}

// batches finds activities whose events of several cases bear one moment: entered
// together, not when they happened. A log of dates only has nothing to find.
func (e *examiner) batches() {
	if e.report.Precision == "day" || e.report.Precision == "minute" {
		return
	}
	n, of := 0, 0
	var cases []int
	var names []string
	for a, list := range e.byActivity() {
		slices.SortStableFunc(list, func(x, y stamped) int { return cmp.Compare(x.time, y.time) })
		in := 0
		var here []int
		for lo := 0; lo < len(list); {
			hi := lo + 1
			for hi < len(list) && list[hi].time == list[lo].time {
				hi++
			}
			different := map[int]bool{}
			for _, s := range list[lo:hi] {
				different[s.at] = true
			}
			if len(different) >= e.cfg.Batch && list[lo].time%1_000000 != 0 || len(different) >= 2*e.cfg.Batch {
				in += hi - lo
				for _, s := range list[lo:hi] {
					here = append(here, s.at)
				}
			}
			lo = hi
		}
		if float64(in) > e.cfg.Batched*float64(len(list)) {
			n, of = n+in, of+len(list)
			cases = append(cases, here...)
			names = append(names, e.log.Activities().Name(eventlog.Code(a)))
		}
	}
	if n == 0 {
		return
	}
	slices.Sort(cases)
	slices.Sort(names)
	shown := strings.Join(quoted(names[:min(3, len(names))]), ", ")
	e.add(Finding{Kind: Batches, Severity: Doubt, N: n, Of: of, Unit: "events",
		Found: words("%d of %d events of %s bear exactly the same time as those of other cases", "%d событий из %d (%s) записаны точно в одно время по многим делам", n, of, shown),
		Means: words("the time is when they were entered, or signed, together; times before and after are off by the wait for it", "это время общего внесения или подписания: сроки до и после него неточны")}, cases)
}

// sameMinute finds activities of which too many events fall on one minute of the
// day, such as 18:00: a time that was filled in, not read from a clock.
func (e *examiner) sameMinute() {
	if e.report.Precision == "day" {
		return
	}
	n, of := 0, 0
	var cases []int
	var names []string
	for a, list := range e.byActivity() {
		if len(list) < 50 {
			continue
		}
		counts := map[int64]int{}
		minute := func(s stamped) int64 {
			m := (int64(s.time)/60_000000 + int64(s.zone)) % 1440
			if m < 0 {
				m += 1440
			}
			return m
		}
		for _, s := range list {
			counts[minute(s)]++
		}
		top, most := int64(0), 0
		for m := range int64(1440) {
			if m != 0 && counts[m] > most { // midnight is a date without a time: precision tells it
				top, most = m, counts[m]
			}
		}
		if float64(most) <= e.cfg.SameMinute*float64(len(list)) {
			continue
		}
		n, of = n+most, of+len(list)
		names = append(names, e.log.Activities().Name(eventlog.Code(a)))
		for _, s := range list {
			if minute(s) == top {
				cases = append(cases, s.at)
			}
		}
	}
	if n == 0 {
		return
	}
	slices.Sort(cases)
	slices.Sort(names)
	e.add(Finding{Kind: SameMinute, Severity: Doubt, N: n, Of: of, Unit: "events",
		Found: words("%d of %d events of %s fall on one minute of the day", "%d событий из %d (%s) приходятся на одну и ту же минуту дня", n, of, strings.Join(quoted(names[:min(3, len(names))]), ", ")),
		Means: words("the time of day seems filled in by rule; times under a day are uncertain", "время дня, похоже, проставлено по правилу: сроки короче дня ненадёжны")}, cases)
}

// cut finds cases that the borders of the log cut off: those that end with an
// activity that is no usual end within the time that most cases take before the
// log's last event, and likewise at its beginning.
func (e *examiner) cut() {
	starts, ends := map[eventlog.Code]int{}, map[eventlog.Code]int{}
	var lead []float64
	cases := 0
	for _, c := range e.log.All() {
		if n := c.Len(); n > 0 {
			cases++
			starts[c.Activities()[0]]++
			ends[c.Activities()[n-1]]++
			lead = append(lead, float64(c.Last()-c.First()))
		}
	}
	if cases == 0 {
		return
	}
	slices.Sort(lead)
	window := eventlog.Time(math.Ceil(measure.Quantile(lead, 0.95)))
	usual := func(m map[eventlog.Code]int, a eventlog.Code) bool {
		return float64(m[a]) >= e.cfg.Usual*float64(cases)
	}
	var begin, end []int
	for i, c := range e.log.All() {
		n := c.Len()
		if n == 0 {
			continue
		}
		if !usual(ends, c.Activities()[n-1]) && c.Last() >= e.report.last.Time-window {
			end = append(end, i)
		}
		if !usual(starts, c.Activities()[0]) && c.First() <= e.report.first.Time+window {
			begin = append(begin, i)
		}
	}
	if len(end) > 0 {
		e.add(Finding{Kind: CutEnd, Severity: Doubt, N: len(end), Of: cases, Unit: "cases",
			Found: words("%d of %d cases seem to go on after the end of the log", "дел, которые, похоже, продолжаются после конца журнала: %d из %d", len(end), cases),
			Means: words("counted as finished they make lead times too short; leave them out or mark them open", "если считать их завершёнными, сроки занижены: исключите их или отметьте открытыми")}, end)
	}
	if len(begin) > 0 {
		e.add(Finding{Kind: CutBegin, Severity: Doubt, N: len(begin), Of: cases, Unit: "cases",
			Found: words("%d of %d cases seem to have begun before the log", "дел, которые, похоже, начались до начала журнала: %d из %d", len(begin), cases),
			Means: words("their lead times are too short", "их сроки занижены")}, begin)
	}
}

// farDates finds events that lie apart from all others by more than the log lasts
// without them: 01.01.1900, 1970, a year mistyped.
func (e *examiner) farDates() {
	var times []eventlog.Time
	for _, c := range e.log.All() {
		times = append(times, c.Times()...)
	}
	if len(times) < 20 {
		return
	}
	slices.Sort(times)
	low, high := times[len(times)/100], times[len(times)-1-len(times)/100]
	reach := max(high-low, 86400_000000)
	n := 0
	var cases []int
	for i, c := range e.log.All() {
		for _, t := range c.Times() {
			if t < low-reach || t > high+reach {
				n++
				cases = append(cases, i)
			}
		}
	}
	if n == 0 {
		return
	}
	e.add(Finding{Kind: FarDates, Severity: Doubt, N: n, Of: e.report.Events, Unit: "events",
		Found: words("%d events lie further from the others than the log lasts", "событий с датой далеко за пределами остального журнала: %d", n),
		Means: words("mistyped or default dates stretch lead times and periods", "ошибочные даты или даты по умолчанию растягивают сроки и период")}, cases)
}
