package simulator

import (
	"math"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

// limit is a legal limit ready to reckon due dates.
type limit struct {
	days    *calendar.Calendar
	working bool
	roll    bool
	terms   []int
	upTo    []float64 // cumulative shares of terms
	control int       // calendar days by which the body's own control date is earlier
}

func (c *compiler) limit(t *twin.Limit, s *source) *limit {
	if t == nil {
		return nil
	}
	of := s.of.part("limit", "срок")
	l := &limit{days: c.dates(t.Calendar, of), roll: t.RollForward, working: t.Unit == "working-day", control: t.ControlDays}
	if t.Unit != "working-day" && t.Unit != "calendar-day" {
		c.fault("%s: unit %q: wanted \"calendar-day\" or \"working-day\"", "%s: единица «%s», нужна «calendar-day» (календарный день) или «working-day» (рабочий день)", of, t.Unit)
	}
	if l.days == nil {
		if l.working || l.roll {
			c.fault("%s: no calendar to tell working days", "%s: нет календаря, по которому считать рабочие дни", of)
		}
		l.days = calendar.Always(c.p.loc)
	}
	if t.ControlDays < 0 || t.ControlDays > 36600 {
		c.fault("%s: control date %d days before: wanted 0 or more", "%s: контрольный срок за %d дней, нужен 0 или больше", of, t.ControlDays)
	}
	rest := 1.0
	for _, o := range t.Others {
		if o.Node != "" {
			continue
		}
		if !(o.Share >= 0 && o.Share <= 1) {
			c.fault("%s: share %v: wanted 0 to 1", "%s: доля %v, нужна от 0 до 1", of, o.Share)
		}
		rest -= o.Share
	}
	if rest < -1e-9 {
		c.fault("%s: the shares of other limits sum to %.6g: wanted 1 at most", "%s: сумма долей других сроков %.6g, нужна не больше 1", of, 1-rest)
	}
	check := func(days int) {
		if days < 0 || days > 36600 {
			c.fault("%s: %d days: wanted 0 to 36600", "%s: дней %d, нужно от 0 до 36600", of, days)
		}
	}
	check(t.Days)
	upTo := max(rest, 0)
	l.terms, l.upTo = []int{t.Days}, []float64{upTo}
	for _, o := range t.Others {
		check(o.Days)
		if o.Node == "" {
			upTo += o.Share
			l.terms, l.upTo = append(l.terms, o.Days), append(l.upTo, upTo)
			continue
		}
		at, ok := s.position[o.Node]
		if !ok {
			c.fault("%s: node %q is no node of the process", "%s: элемента «%s» в процессе нет", of, o.Node)
			continue
		}
		c.p.nodes[at].term = o.Days
	}
	return l
}

// due returns the end of a term of the given days that began with an event at t.
func (l *limit) due(t time.Time, days int) time.Time {
	var end time.Time
	if l.working {
		end = l.days.AddWorkingDays(t, calendar.WorkingDays(days))
	} else {
		end = l.days.AddCalendarDays(t, calendar.CalendarDays(days))
	}
	if l.roll {
		end = l.days.RollForward(end)
	}
	return end
}

// extend returns a due date put off by the days that the clock of the case stood
// still: those of the limit's unit from the day on which it stopped to that on
// which it went on.
func (l *limit) extend(due, from, to time.Time) time.Time {
	a, b := calendar.DateOf(from), calendar.DateOf(to)
	if l.working {
		due = l.days.AddWorkingDays(due.Add(-time.Microsecond), calendar.WorkingDays(l.days.WorkingDaysAfter(a, b)))
	} else {
		due = due.AddDate(0, 0, int(b-a))
	}
	if l.roll {
		due = l.days.RollForward(due)
	}
	return due
}

// term returns the days of the limit that a case has from its arrival, by a
// uniform number.
func (l *limit) term(u float64) int {
	for i, upTo := range l.upTo {
		if u < upTo {
			return l.terms[i]
		}
	}
	return l.terms[0]
}

// from returns the moment from which work is taken up, for a case whose own
// control date ends at the given moment: the beginning of its last k working
// days, and for a fraction of a day that share of the hours of the day before.
func (r *release) from(control time.Time) time.Time {
	whole := math.Floor(r.working)
	at := r.cal.AddWorkingDays(control, -calendar.WorkingDays(whole)-1)
	if part := r.working - whole; part > 0 {
		day := calendar.DateOf(at.In(r.cal.Location())) - 1 // the day that ends at the moment
		hours := time.Duration(part * float64(r.cal.Hours(day)))
		at = r.cal.Add(at, -calendar.WorkingTime(hours.Truncate(time.Microsecond)))
	}
	return at
}

// next returns the first moment at or after t that releases what waits: At on
// the days asked for, a day off giving way to the next working day.
func (b *batch) next(t time.Time) time.Time {
	const years = 3 * 366
	for d, n := calendar.DateOf(t.In(b.loc)), 0; n < years; d, n = d+1, n+1 {
		if !b.on(d) {
			continue
		}
		y, m, day := d.Civil()
		at := time.Date(y, m, day, 0, 0, int(b.at/time.Second), int(b.at%time.Second), b.loc) // by the clock on the wall
		if !at.Before(t) {
			return at.Truncate(time.Microsecond)
		}
	}
	return t // a calendar that does not open for years: nothing to wait for
}

// on reports whether the batch is released on the date: it is one of its days,
// or days off up to it were.
func (b *batch) on(d calendar.Date) bool {
	if b.cal == nil {
		return b.days[d.Weekday()]
	}
	if !b.cal.WorkingDay(d) {
		return false
	}
	for {
		if b.days[d.Weekday()] {
			return true
		}
		if d--; b.cal.WorkingDay(d) {
			return false
		}
	}
}

type release struct {
	working float64
	cal     *calendar.Calendar
}

func (c *compiler) release(r *twin.Release, t *twin.Process, what place) *release {
	if r == nil {
		return nil
	}
	out := &release{working: r.WorkingDays, cal: c.dates(r.Calendar, what)}
	if out.cal == nil {
		out.cal = calendar.Always(c.p.loc)
	}
	if !(r.WorkingDays >= 0 && r.WorkingDays <= 10000) {
		c.fault("%s: %v working days before the control date: wanted 0 or more", "%s: за %v рабочих дней до контрольного срока, нужен 0 или больше", what, r.WorkingDays)
	}
	if t.Limit == nil {
		c.fault("%s: waits for the control date, but the process has no limit", "%s: ждёт контрольного срока, а у процесса нет нормативного срока", what)
	}
	return out
}

// batch collects cases, see twin.Batch.
type batch struct {
	days     [7]bool
	timed    bool // lets go at moments
	at       time.Duration
	cal      *calendar.Calendar // nil: no day is a day off
	loc      *time.Location
	early    *release // lets a case through before the moment; nil for none
	size     int      // 0 for none
	wait     time.Duration
	together bool
	factor   float64
}

// gathers reports whether the cases of the batch wait for each other, and not each
// for the moment alone.
func (b *batch) gathers() bool { return b.size > 0 || b.wait > 0 || b.together }

func (c *compiler) batch(t *twin.Batch, p *twin.Process, what place) *batch {
	if t == nil {
		return nil
	}
	b := &batch{at: t.At, cal: c.dates(t.Calendar, what), loc: c.p.loc, early: c.release(t.OutOfTurn, p, what.part("out of turn", "вне очереди")),
		size: t.Size, together: t.Together, factor: t.Factor}
	if b.factor == 0 {
		b.factor = 1
	}
	if !(t.Wait >= 0 && t.Wait <= maxSeconds) || t.Size < 0 || !(b.factor > 0) {
		c.fault("%s: batch of size %d, wait %v s, factor %v: wanted none below 0", "%s: пакет из %d дел, ожидание %v с, множитель %v: нужны числа не меньше 0", what, t.Size, t.Wait, t.Factor)
	}
	b.wait = seconds(t.Wait)
	b.timed = len(t.Days) > 0 || t.Size == 0 && t.Wait == 0
	for _, d := range t.Days {
		b.days[(int(d)%7+7)%7] = true
	}
	if len(t.Days) == 0 {
		b.days = [7]bool{true, true, true, true, true, true, true}
	}
	if t.At < 0 || t.At >= 24*time.Hour {
		c.fault("%s: batch at %v: wanted a time of day", "%s: пакет в %v: нужно время суток", what, t.At)
	}
	return b
}
