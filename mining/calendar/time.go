package calendar

import (
	"math"
	"time"
)

// AddMicros returns the moment at which d microseconds of working time have
// passed since t, both moments in microseconds since 1970-01-01 UTC.
//
//   - d > 0: the earliest such moment. Work finished exactly at closing is
//     finished at the closing moment.
//   - d = 0: the next opening, t itself while open.
//   - d < 0: the latest moment from which −d of working time passes until t.
//     What begins exactly with an opening begins at the opening moment.
func (k *Compiled) AddMicros(t, d int64) int64 {
	if k.calendar.always {
		return held(t, d)
	}
	if t < k.from || t >= k.to {
		return k.calendar.AddMicros(t, d)
	}
	if d == 0 {
		return k.NextMicros(t)
	}
	w := held(k.work(t), d)
	if w < 0 || w > k.done[len(k.open)] {
		return k.calendar.addFar(t, d)
	}
	var i int
	if d > 0 {
		i = k.after(w - 1) // a stretch that ends with w holds it: closing
	} else {
		i = k.after(w) // a stretch that begins with w holds it: opening
	}
	return k.open[i] + w - k.done[i]
}

// BetweenMicros returns the working time from a to b in microseconds, negative
// where b is before a.
func (k *Compiled) BetweenMicros(a, b int64) int64 {
	if k.calendar.always {
		return b - a
	}
	if a < k.from || a >= k.to || b < k.from || b >= k.to {
		return k.calendar.BetweenMicros(a, b)
	}
	return k.work(b) - k.work(a)
}

// NextMicros returns t while open, else the next opening.
func (k *Compiled) NextMicros(t int64) int64 {
	if k.calendar.always {
		return t
	}
	if t >= k.from && t < k.to {
		if i := k.stretchAt(t); i < len(k.open) {
			return max(t, k.open[i])
		}
	}
	return k.calendar.NextMicros(t)
}

// OpenMicros reports whether t is open.
func (k *Compiled) OpenMicros(t int64) bool {
	if k.calendar.always {
		return true
	}
	if t < k.from || t >= k.to {
		return k.calendar.OpenMicros(t)
	}
	i := k.stretchAt(t)
	return i < len(k.open) && k.open[i] <= t
}

// CloseMicros returns the closing moment of the open stretch that t is in, t
// itself while closed.
func (k *Compiled) CloseMicros(t int64) int64 {
	if k.calendar.always {
		return math.MaxInt64
	}
	if t < k.from || t >= k.to {
		return k.calendar.CloseMicros(t)
	}
	if i := k.stretchAt(t); i < len(k.open) && k.open[i] <= t {
		return k.shut[i]
	}
	return t
}

// stretchAt returns the first stretch that shuts after t; t within the horizon.
func (k *Compiled) stretchAt(t int64) int {
	i := int(k.byTime[(t-k.from)>>k.timeShift])
	for i < len(k.shut) && k.shut[i] <= t {
		i++
	}
	return i
}

// after returns the stretch whose work ends above w ≥ 0, which must be below
// the work of the horizon.
func (k *Compiled) after(w int64) int {
	i := int(k.byWork[w>>k.workShift])
	for k.done[i+1] <= w {
		i++
	}
	return i
}

// work returns the working time from the horizon's beginning to t within it.
func (k *Compiled) work(t int64) int64 {
	i := k.stretchAt(t)
	w := k.done[i]
	if i < len(k.open) && k.open[i] < t {
		w += t - k.open[i]
	}
	return w
}

// AddMicros is Compiled.AddMicros over a horizon that extends itself.
func (c *Calendar) AddMicros(t, d int64) int64 {
	if c.always {
		return held(t, d)
	}
	k, inside := c.around(t)
	if !inside {
		return c.hold(t)
	}
	return k.AddMicros(t, d)
}

// addFar answers an AddMicros that leads out of the table, by larger ones.
func (c *Calendar) addFar(t, d int64) int64 {
	for {
		k, _ := c.around(t)
		w := held(k.work(t), d)
		switch {
		case w >= 0 && w <= k.done[len(k.open)]:
			return k.AddMicros(t, d)
		case d > 0 && k.to > c.last:
			return c.last
		case d < 0 && k.from <= c.first:
			return c.first
		case d > 0:
			c.around(k.to)
		default:
			c.around(k.from - 1)
		}
	}
}

// BetweenMicros is Compiled.BetweenMicros over a horizon that extends itself.
func (c *Calendar) BetweenMicros(a, b int64) int64 {
	if c.always {
		return b - a
	}
	a, b = c.hold(a), c.hold(b)
	c.around(a)
	k, _ := c.around(b) // tables only grow: this one covers a too
	return k.work(b) - k.work(a)
}

// NextMicros is Compiled.NextMicros over a horizon that extends itself.
func (c *Calendar) NextMicros(t int64) int64 {
	if c.always {
		return t
	}
	for {
		k, inside := c.around(t)
		if !inside {
			return c.hold(t)
		}
		if i := k.stretchAt(t); i < len(k.open) {
			return max(t, k.open[i])
		}
		if _, inside = c.around(k.to); !inside {
			return c.last
		}
	}
}

// OpenMicros is Compiled.OpenMicros over a horizon that extends itself.
func (c *Calendar) OpenMicros(t int64) bool {
	if c.always {
		return true
	}
	k, inside := c.around(t)
	return inside && k.OpenMicros(t)
}

// CloseMicros is Compiled.CloseMicros over a horizon that extends itself.
func (c *Calendar) CloseMicros(t int64) int64 {
	if c.always {
		return math.MaxInt64
	}
	k, inside := c.around(t)
	if !inside {
		return t
	}
	return k.CloseMicros(t)
}

// hold brings a moment into the years of calendars: one outside is held at the
// first or last of their moments.
func (c *Calendar) hold(t int64) int64 { return min(max(t, c.first), c.last) }

func held(t, d int64) int64 {
	s := t + d
	if d > 0 && s < t {
		return math.MaxInt64
	}
	if d < 0 && s > t {
		return math.MinInt64
	}
	return s
}

// WorkingTime is time that passes while a calendar is open. It is a type of its
// own so that nobody adds it to a moment but through a calendar.
type WorkingTime time.Duration

// Add returns the moment at which d of working time has passed since t, in t's
// location, by the conventions of AddMicros. O(1) on the average, O(log n) at
// worst for the growth of the horizon; allocates nothing within it.
func (c *Calendar) Add(t time.Time, d WorkingTime) time.Time {
	at := t.UnixMicro()
	rest := int64(t.Nanosecond() % 1000)
	if rest > 0 && !c.OpenMicros(at) {
		rest = 0 // closed: reckoned from a moment of the same closed stretch
	}
	sum := rest + int64(d)
	us := floorDiv(sum, 1000)
	rest = sum - us*1000
	if d == 0 {
		return fromMicros(c.NextMicros(at), rest, t)
	}
	if d > 0 && us == 0 {
		return fromMicros(c.NextMicros(at), rest, t)
	}
	at = c.AddMicros(at, us)
	if rest > 0 {
		at = c.NextMicros(at)
	}
	return fromMicros(at, rest, t)
}

// Between returns the working time from a to b, negative where b is before a.
// Beyond 292 years of it the result is held at that.
func (c *Calendar) Between(a, b time.Time) WorkingTime {
	x, y := a.UnixMicro(), b.UnixMicro()
	us := c.BetweenMicros(x, y)
	if us > math.MaxInt64/1000-1 {
		return math.MaxInt64
	}
	if us < math.MinInt64/1000+1 {
		return math.MinInt64
	}
	ns := us * 1000
	if c.OpenMicros(y) {
		ns += int64(b.Nanosecond() % 1000)
	}
	if c.OpenMicros(x) {
		ns -= int64(a.Nanosecond() % 1000)
	}
	return WorkingTime(ns)
}

// Next returns t while open, else the next opening, in t's location.
func (c *Calendar) Next(t time.Time) time.Time {
	if c.OpenMicros(t.UnixMicro()) {
		return t
	}
	return fromMicros(c.NextMicros(t.UnixMicro()), 0, t)
}

// Open reports whether t is open.
func (c *Calendar) Open(t time.Time) bool { return c.OpenMicros(t.UnixMicro()) }

func fromMicros(us, ns int64, like time.Time) time.Time {
	return time.UnixMicro(us).Add(time.Duration(ns)).In(like.Location())
}
