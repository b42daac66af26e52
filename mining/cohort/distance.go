package cohort

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/measure"
)

// Distance says how unlike two distributions are: the Jensen–Shannon distance, the
// root of their divergence in bits (J. Lin, doi:10.1109/18.61115; D. M. Endres,
// J. E. Schindelin, doi:10.1109/TIT.2003.813506), 0 for equal ones to 1 for ones
// that share nothing.
type Distance struct {
	Value measure.Number `json:"value"`
	// Expected is the mean distance when the cases are dealt to the cohorts at
	// random: samples of one process are not equal, least of all small ones.
	Expected measure.Number `json:"expected"`
	P        measure.Number `json:"p"` // permutation test over cases
	Adjusted measure.Number `json:"p_adjusted"`
	Things   int            `json:"things"` // different variants or pairs
}

// distances compares the distributions over variants and over directly-follows
// pairs, with start and end of a case as activities of their own.
func (c *comparison) distances() error {
	variants, profiles := newBags(), newBags()
	var n [2]int
	for k, l := range c.logs {
		names := l.Activities().Names()
		shared := make([]uint32, len(names))
		for i, name := range names {
			shared[i] = variants.name(name)
		}
		var key []byte
		for i, cs := range l.All() {
			if i%4096 == 0 && c.ctx.Err() != nil {
				return c.ctx.Err()
			}
			acts := cs.Activities()
			if len(acts) == 0 {
				continue
			}
			n[k]++
			key = key[:0]
			for _, a := range acts {
				key = binary.LittleEndian.AppendUint32(key, shared[a])
			}
			variants.begin()
			variants.add(string(key))
			profiles.begin()
			from := uint32(math.MaxUint32)
			for j := 0; j <= len(acts); j++ {
				to := uint32(math.MaxUint32)
				if j < len(acts) {
					to = shared[acts[j]]
				}
				var pair [8]byte
				binary.LittleEndian.PutUint32(pair[:], from)
				binary.LittleEndian.PutUint32(pair[4:], to)
				profiles.add(string(pair[:]))
				from = to
			}
		}
	}
	nan := measure.Number(math.NaN())
	c.Variants, c.Profile = Distance{nan, nan, nan, nan, len(variants.codes)}, Distance{nan, nan, nan, nan, len(profiles.codes)}
	if n[0] == 0 || n[1] == 0 {
		return nil
	}
	for _, of := range []struct {
		bags *bags
		d    *Distance
		seed uint64
	}{{variants, &c.Variants, 1}, {profiles, &c.Profile, 2}} {
		if err := c.distance(of.bags, n[0], n[1], of.d, of.seed); err != nil {
			return err
		}
	}
	return nil
}

// bags holds, for each case, the codes of the things that it has.
type bags struct {
	names  map[string]uint32
	codes  map[string]uint32
	things []uint32
	begins []int
}

func newBags() *bags { return &bags{names: map[string]uint32{}, codes: map[string]uint32{}} }

func (b *bags) name(s string) uint32 {
	c, ok := b.names[s]
	if !ok {
		c = uint32(len(b.names))
		b.names[s] = c
	}
	return c
}

func (b *bags) begin() { b.begins = append(b.begins, len(b.things)) }

func (b *bags) add(key string) {
	c, ok := b.codes[key]
	if !ok {
		c = uint32(len(b.codes))
		b.codes[key] = c
	}
	b.things = append(b.things, c)
}

func (b *bags) of(i int) []uint32 {
	if i+1 < len(b.begins) {
		return b.things[b.begins[i]:b.begins[i+1]]
	}
	return b.things[b.begins[i]:]
}

// distance fills d; the test deals the smaller cohort's cases anew in each draw.
func (c *comparison) distance(b *bags, na, nb int, d *Distance, seed uint64) error {
	total := make([]int32, len(b.codes))
	for _, t := range b.things {
		total[t]++
	}
	n := min(na, nb)
	counts := make([]int32, len(total))
	for i := range n {
		at := i
		if nb < na {
			at = na + i
		}
		for _, t := range b.of(at) {
			counts[t]++
		}
	}
	observed := jensenShannon(counts, total)
	d.Value = measure.Number(observed)
	if c.few {
		return nil
	}
	draws := make([]float64, c.cfg.Draws)
	var group errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), len(draws))
	for w := range workers {
		group.Go(func() error {
			order := make([]uint32, na+nb)
			counts := make([]int32, len(total))
			for k := w; k < len(draws); k += workers {
				if c.ctx.Err() != nil {
					return c.ctx.Err()
				}
				for i := range order {
					order[i] = uint32(i)
				}
				clear(counts)
				r := rand.New(rand.NewPCG(c.cfg.Seed+seed<<32, uint64(k)))
				for i := range n {
					j := i + r.IntN(len(order)-i)
					order[i], order[j] = order[j], order[i]
					for _, t := range b.of(int(order[i])) {
						counts[t]++
					}
				}
				draws[k] = jensenShannon(counts, total)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	large, mean := 0, 0.0
	for _, v := range draws {
		mean += v / float64(len(draws))
		if v >= observed-1e-12 {
			large++
		}
	}
	d.Expected, d.P = measure.Number(mean), measure.Number(float64(1+large)/float64(1+len(draws)))
	return nil
}

// jensenShannon returns the distance of the counts from the rest of the total.
func jensenShannon(counts, total []int32) float64 {
	var na, nb float64
	for i, t := range total {
		na += float64(counts[i])
		nb += float64(t - counts[i])
	}
	if na == 0 || nb == 0 {
		return math.NaN()
	}
	var sum float64
	for i, t := range total {
		p, q := float64(counts[i])/na, float64(t-counts[i])/nb
		if p > 0 {
			sum += p * math.Log2(2*p/(p+q)) / 2
		}
		if q > 0 {
			sum += q * math.Log2(2*q/(p+q)) / 2
		}
	}
	return math.Sqrt(min(1, max(0, sum)))
}
