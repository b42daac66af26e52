package simulator

import (
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/twin"
)

// arrivals is when cases of a process come, see twin.Arrivals.
type arrivals struct {
	between law
	hours   *hours
	wall    bool // the gap runs on the wall clock; an arrival while closed waits for the opening
	// The rate is that of between times the weights of month and hour of the week,
	// which are 1 on average, and of the surges.
	month     [12]float64
	week      [168]float64
	surges    []surge
	seasonal  bool   // some month or surge weighs other than 1
	hourly    bool   // some hour does
	moments   *batch // in place of between
	perSecond float64
}

type surge struct {
	from, to time.Time
	factor   float64
}

func (c *compiler) arrivals(t *twin.Process, of place) arrivals {
	of = of.part("arrivals", "поступление дел")
	a := arrivals{hours: c.calendar(t.Arrivals.Calendar, of), wall: t.Arrivals.OnWallClock}
	if t.Arrivals.Moments != nil {
		a.moments = c.batch(t.Arrivals.Moments, t, of)
		if a.moments.gathers() || a.moments.early != nil {
			c.fault("%s: at set moments, and a size or wait is given", "%s: моменты заданы, поэтому размер пакета и ожидание не нужны, а они указаны", of)
		}
		n, at := 0, c.p.start
		for ; n < 10_000; n++ {
			if at = a.moments.next(at.Add(time.Microsecond)); at.After(c.p.start.AddDate(5, 0, 0)) {
				break
			}
		}
		a.perSecond = float64(n) / at.Sub(c.p.start).Seconds()
		return a
	}
	if t.Arrivals.Between.Law == "" {
		return a
	}
	var err error
	if a.between, err = compileLaw(t.Arrivals.Between); err != nil {
		c.fault("%s: time between arrivals: %w", "%s: время между поступлениями: %s", of, err)
		return a
	}
	mean := a.between.mean()
	if mean < 1e-6 {
		c.fault("%s: time between arrivals: its mean is %v s: wanted a microsecond or more", "%s: время между поступлениями: среднее %v с, нужна микросекунда или больше", of, mean)
		return a
	}
	share := a.hours.share(c.p.start)
	if share == 0 {
		c.fault("%s: their calendar %q never opens", "%s: по календарю «%s» рабочее время не наступает никогда", of, t.Arrivals.Calendar)
	}
	c.weights(&a, t, of)
	a.perSecond = share / mean
	return a
}

// weights sets those of months, hours and surges.
func (c *compiler) weights(a *arrivals, t *twin.Process, of place) {
	a.seasonal = relative(a.month[:], t.Arrivals.Month[:], slices.Repeat([]float64{1}, 12))
	open := slices.Repeat([]float64{1}, 168)
	if a.hours != nil && t.Arrivals.Hours != [168]float64{} {
		clear(open)
		at := c.p.start.In(c.p.loc)
		for range 53 * 168 {
			next := at.Add(time.Hour)
			open[hourOfWeek(at)] += float64(a.hours.table.BetweenMicros(at.UnixMicro(), next.UnixMicro()))
			at = next
		}
	}
	a.hourly = relative(a.week[:], t.Arrivals.Hours[:], open)
	for _, list := range [][]float64{t.Arrivals.Month[:], t.Arrivals.Hours[:]} {
		for i, w := range list {
			if !(w >= 0) || math.IsInf(w, 0) {
				c.fault("%s: weight %v at place %d of %d: wanted 0 or more", "%s: вес %v на месте %d из %d, нужен 0 или больше", of, w, i+1, len(list))
			}
		}
	}
	for _, s := range t.Arrivals.Surges {
		if s.Last < s.First || !(s.Factor >= 0) || math.IsInf(s.Factor, 0) {
			c.fault("%s: surge %s by %v: wanted a period and a factor from 0", "%s: всплеск %s в %v раза: нужны период и множитель от 0", of, s.Period, s.Factor)
		}
		a.surges = append(a.surges, surge{s.First.Begin(c.p.loc), (s.Last + 1).Begin(c.p.loc), s.Factor})
		a.seasonal = true
	}
	if (a.seasonal || a.hourly) && a.wall {
		c.fault("%s: weights of months or hours, or surges, cannot run on the wall clock", "%s: веса месяцев и часов и всплески нельзя считать по астрономическому времени", of)
	}
}

// relative sets weights to those given over their mean, each counted by its size,
// all to 1 where none is given, and reports whether some differ.
func relative(to, given, size []float64) (differ bool) {
	sum, all := 0.0, 0.0
	for i, w := range given {
		sum += w * size[i]
		all += size[i]
	}
	for i, w := range given {
		to[i] = 1
		if sum > 0 {
			to[i] = w * all / sum
			differ = differ || to[i] != 1
		}
	}
	return differ
}

func hourOfWeek(t time.Time) int { return 24*int(t.Weekday()) + t.Hour() }

// nextArrival schedules the next case of a process.
func (r *run) nextArrival(p int32) {
	a := &r.processes[p].arrivals
	now := r.des.Now()
	if a.moments != nil {
		r.des.Schedule(r.clock(a.moments.next(r.instant(now).Add(time.Microsecond))), 0, event{kind: arrivalEvent, index: uint32(p)})
		return
	}
	gap := a.between.draw(r.gaps[p].Uniform())
	if !r.counting.done {
		r.collected.controls.between[p] += gap.Seconds() - a.between.average
	}
	h := r.arrivalHours[p]
	var at time.Duration
	switch {
	case a.wall:
		at = h.next(now + gap)
	case a.seasonal || a.hourly:
		at = r.weighted(a, h, now, gap)
	default:
		at = h.add(now, gap)
		if h != nil && gap > 0 {
			at = h.next(at) // arrival at closing is arrival at the next opening
		}
	}
	r.des.Schedule(at, 0, event{kind: arrivalEvent, index: uint32(p)})
}

// weighted returns when a gap is over that passes in open time at the speed of the
// weights, which hold for an hour or a month at a time.
func (r *run) weighted(a *arrivals, h *hours, t time.Duration, gap time.Duration) time.Duration {
	left := float64(gap)
	for {
		if t > longestRun { // a surge that stops them for good
			return t
		}
		weight, until := a.weight(r.instant(t), r.loc)
		end := r.clock(until)
		if open := float64(h.between(t, end)) * weight; open <= left {
			left -= open
			t = end
			continue
		}
		at := h.add(t, time.Duration(left/weight).Round(time.Microsecond))
		return h.next(min(at, end))
	}
}

// weight returns the weight of a moment, and until when it holds.
func (a *arrivals) weight(at time.Time, loc *time.Location) (float64, time.Time) {
	y, m, d := at.Date()
	weight := a.month[m-1]
	until := time.Date(y, m+1, 1, 0, 0, 0, 0, loc)
	if a.hourly {
		weight *= a.week[hourOfWeek(at)]
		if until = time.Date(y, m, d, at.Hour()+1, 0, 0, 0, loc); !until.After(at) { // the hour that comes twice
			until = at.Truncate(time.Hour).Add(time.Hour)
		}
	}
	for _, s := range a.surges {
		switch {
		case at.Before(s.from):
			if s.from.Before(until) {
				until = s.from
			}
		case at.Before(s.to):
			weight *= s.factor
			if s.to.Before(until) {
				until = s.to
			}
		}
	}
	return weight, until
}
