package des

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"time"
)

// ErrNoSource says that a draw was asked of a nil stream.
var ErrNoSource = errors.New("no random source: a stream comes from NewStream")

// keys returns four independent words from a seed, a replication and the name of
// a purpose, by SHA-256 of the three.
func keys(seed uint64, replication int, name string) (k [4]uint64) {
	b := binary.LittleEndian.AppendUint64(nil, seed)
	b = binary.LittleEndian.AppendUint64(b, uint64(replication))
	sum := sha256.Sum256(append(b, name...))
	for i := range k {
		k[i] = binary.LittleEndian.Uint64(sum[8*i:])
	}
	return k
}

// Stream is a sequence of random numbers for one purpose: PCG-DXSM (O'Neill
// 2014; the generator of math/rand/v2), seeded by (seed, replication, name). Two
// models that name their purposes alike share its draws. Every draw takes one
// step, whatever the law: laws are inverted, never rejected, so that two models
// stay in step. A Stream is for one goroutine.
type Stream struct {
	pcg    rand.PCG
	mirror uint64
}

// NewStream returns the stream of a purpose.
func NewStream(seed uint64, replication int, name string) *Stream {
	k := keys(seed, replication, name)
	s := &Stream{}
	s.pcg.Seed(k[0], k[1])
	return s
}

// Check returns ErrNoSource for a nil stream, nil otherwise. Code that is handed
// a stream asks it once, before the first draw.
func (s *Stream) Check() error {
	if s == nil {
		return ErrNoSource
	}
	return nil
}

// Uniform returns a number in the open interval (0, 1), one of 2^53 that lie
// evenly in it.
func (s *Stream) Uniform() float64 { return unit(s.pcg.Uint64() ^ s.mirror) }

// Mirrored returns the stream itself, which from now on gives 1 − u in place of
// every u where mirrored is true: the antithetic draws (Hammersley & Morton 1956,
// doi:10.1017/S0305004100031455).
func (s *Stream) Mirrored(mirrored bool) *Stream {
	s.mirror = mirror(mirrored)
	return s
}

// Exponential returns a duration, exponentially distributed with the given mean,
// rounded to the nanosecond. By inversion.
func (s *Stream) Exponential(mean time.Duration) time.Duration {
	return time.Duration(math.Round(Exponential(s.Uniform(), float64(mean))))
}

// Field is a random number for every index: it gives the same number for the
// same (i, j) in whatever order they are asked for. A simulation that draws the
// service time of case i on its j-th visit from a Field shares it with every
// other model of the same seed, also where cases overtake each other. A nil
// Field cannot be; the zero Field is that of no purpose, see Check.
//
// The number is two rounds of the finaliser of SplitMix64 (Steele, Lea & Flood
// 2014, doi:10.1145/2660193.2660195; constants of Stafford's variant 13) over a
// keyed Weyl sequence.
type Field struct{ a, b, mirror uint64 }

// NewField returns the field of a purpose.
func NewField(seed uint64, replication int, name string) Field {
	k := keys(seed, replication, name)
	return Field{a: k[2], b: k[3]}
}

// Mirrored returns the field that gives 1 − u in place of every u, where mirrored
// is true; see Stream.Mirrored.
func (f Field) Mirrored(mirrored bool) Field {
	f.mirror = mirror(mirrored)
	return f
}

// mirror returns what flips the bits of a word, or leaves them: unit maps a word
// and its complement onto u and 1 − u.
func mirror(mirrored bool) uint64 {
	if mirrored {
		return math.MaxUint64
	}
	return 0
}

// Check returns ErrNoSource for the zero field, nil otherwise.
func (f Field) Check() error {
	if f == (Field{}) {
		return ErrNoSource
	}
	return nil
}

// Uniform returns the number of index (i, j), in the open interval (0, 1).
func (f Field) Uniform(i, j uint64) float64 {
	const golden, second = 0x9e3779b97f4a7c15, 0xd1342543de82ef95 // odd
	return unit(mix(mix(f.a+i*golden+j*second)+f.b+i) ^ f.mirror)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit maps a word onto (k + ½)/2^53.
func unit(w uint64) float64 { return (float64(w>>11) + 0.5) * (1.0 / (1 << 53)) }
