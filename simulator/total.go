package simulator

import (
	"math/bits"
	"time"
)

// Total is an exact sum of times, in whole microseconds and of 128 bits: the millions of
// cases of a city, or the thousands of people of a pool, take more than the 292 years
// that a time.Duration holds, and in a year of a big city more than 64 bits do.
type Total struct{ high, low uint64 }

// add adds a time, which is not below 0, so many times.
func (t *Total) add(d time.Duration, times int) {
	high, low := bits.Mul64(uint64(d/time.Microsecond), uint64(times))
	var carry uint64
	t.low, carry = bits.Add64(t.low, low, 0)
	t.high += high + carry
}

// less returns the total less another that is not greater.
func (t Total) less(u Total) Total {
	low, borrow := bits.Sub64(t.low, u.low, 0)
	return Total{t.high - u.high - borrow, low}
}

// Micros returns the total in microseconds, and Seconds in seconds, both rounded where
// it has more than 53 bits.
func (t Total) Micros() float64 { return float64(t.high)*(1<<64) + float64(t.low) }

// Seconds returns the total in seconds.
func (t Total) Seconds() float64 { return t.Micros() / 1e6 }
