package eventlog

import (
	"math"
	"time"
)

// Time is an instant in microseconds since 1970-01-01T00:00:00Z. Finer parts of
// a recorded time are cut off, never rounded.
type Time int64

// NoTime marks a time that was not recorded.
const NoTime Time = math.MinInt64

// The range of times that a log accepts, which is the range of the store's
// DateTime64(6): 1900-01-01T00:00:00Z up to and including 2299-12-31T23:59:59.999999Z.
const (
	MinTime Time = -2208988800_000000
	MaxTime Time = 10413791999_999999
)

// Go returns the instant as a time.Time in UTC; the zero time.Time for NoTime.
func (t Time) Go() time.Time {
	if t == NoTime {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// Sub returns t − u in wall-clock time, the longest Duration there is where they
// are more than 292 years apart. Both must be recorded.
func (t Time) Sub(u Time) time.Duration {
	const longest = math.MaxInt64 / int64(time.Microsecond)
	switch d := int64(t - u); {
	case d > longest:
		return math.MaxInt64
	case d < -longest:
		return math.MinInt64
	default:
		return time.Duration(d) * time.Microsecond
	}
}

// Zone is the offset from UTC in which a time was written, in minutes east.
type Zone int16

// Stamp is an instant together with the zone in which it was written.
type Stamp struct {
	Time Time
	Zone Zone
}

// None is the stamp of a time that was not recorded.
var None = Stamp{Time: NoTime}

// At returns the stamp of a time.Time. The zone is cut to whole minutes.
func At(t time.Time) Stamp {
	_, off := t.Zone()
	return Stamp{Time(t.UnixMicro()), Zone(off / 60)}
}

// Recorded reports whether s holds a time.
func (s Stamp) Recorded() bool { return s.Time != NoTime }

// Go returns the stamp as a time.Time in a fixed zone, UTC when the offset is 0.
func (s Stamp) Go() time.Time {
	if s.Time == NoTime {
		return time.Time{}
	}
	if s.Zone == 0 {
		return s.Time.Go()
	}
	return time.UnixMicro(int64(s.Time)).In(time.FixedZone("", int(s.Zone)*60))
}
