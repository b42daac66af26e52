package cohort

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/eventlog"
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
	v := &variety{names: map[string]uint32{}, variants: map[string]uint32{}, pairs: map[uint64]uint32{}}
	var n [2]int
	for k, l := range c.logs {
		for _, variant := range l.Variants() {
			if len(variant.Activities) > 0 {
				v.add(l.Activities(), variant.Activities, variant.Count, k)
				n[k] += variant.Count
			}
		}
	}
	nan := measure.Number(math.NaN())
	c.Variants, c.Profile = Distance{nan, nan, nan, nan, len(v.counts)}, Distance{nan, nan, nan, nan, len(v.pairs)}
	if n[0] == 0 || n[1] == 0 {
		return nil
	}
	return c.deal(v, n)
}

// variety holds the variants of both logs and the pairs of each.
type variety struct {
	names    map[string]uint32
	variants map[string]uint32
	pairs    map[uint64]uint32
	counts   [][2]int   // by variant: cases in each log
	bags     [][]uint32 // by variant: codes of its pairs, repeated as they occur
}

func (v *variety) add(names *eventlog.Dictionary, acts []eventlog.Code, count, log int) {
	const edge = math.MaxUint32 // start and end of a case
	key := make([]byte, 0, 4*len(acts))
	codes := make([]uint32, 0, len(acts)+1)
	for _, a := range acts {
		name := names.Name(a)
		code, ok := v.names[name]
		if !ok {
			code = uint32(len(v.names))
			v.names[name] = code
		}
		codes = append(codes, code)
		key = binary.LittleEndian.AppendUint32(key, code)
	}
	at, ok := v.variants[string(key)]
	if !ok {
		at = uint32(len(v.counts))
		v.variants[string(key)] = at
		v.counts = append(v.counts, [2]int{})
		var bag []uint32
		from := uint32(edge)
		for _, to := range append(codes, edge) {
			pair := uint64(from)<<32 | uint64(to)
			p, ok := v.pairs[pair]
			if !ok {
				p = uint32(len(v.pairs))
				v.pairs[pair] = p
			}
			bag = append(bag, p)
			from = to
		}
		v.bags = append(v.bags, bag)
	}
	v.counts[at][log] += count
}

// distance returns the distances of variants and pairs where counts of the
// variants' cases are dealt to one side; pairs is scratch.
func (v *variety) distance(counts, total, pairs, totalPairs []int64) [2]float64 {
	clear(pairs)
	for at, n := range counts {
		if n > 0 {
			for _, p := range v.bags[at] {
				pairs[p] += n
			}
		}
	}
	return [2]float64{jensenShannon(counts, total), jensenShannon(pairs, totalPairs)}
}

// deal measures both distances and tests them by dealing the cases of the smaller
// cohort anew in each draw.
func (c *comparison) deal(v *variety, n [2]int) error {
	small := 0
	if n[1] < n[0] {
		small = 1
	}
	counts, total := make([]int64, len(v.counts)), make([]int64, len(v.counts))
	pairs, totalPairs := make([]int64, len(v.pairs)), make([]int64, len(v.pairs))
	cases := make([]uint32, 0, n[0]+n[1]) // the variant of each
	for at, k := range v.counts {
		counts[at], total[at] = int64(k[small]), int64(k[0]+k[1])
		for range total[at] {
			cases = append(cases, uint32(at))
		}
		for _, p := range v.bags[at] {
			totalPairs[p] += total[at]
		}
	}
	observed := v.distance(counts, total, pairs, totalPairs)
	c.Variants.Value, c.Profile.Value = measure.Number(observed[0]), measure.Number(observed[1])
	if c.few {
		return nil
	}
	draws := make([][2]float64, c.cfg.Draws)
	var group errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), len(draws))
	for w := range workers {
		group.Go(func() error {
			order, counts, pairs := make([]uint32, len(cases)), make([]int64, len(v.counts)), make([]int64, len(v.pairs))
			for k := w; k < len(draws); k += workers {
				if c.ctx.Err() != nil {
					return c.ctx.Err()
				}
				copy(order, cases)
				clear(counts)
				r := rand.New(rand.NewPCG(c.cfg.Seed, uint64(k)))
				for i := range n[small] {
					j := i + r.IntN(len(order)-i)
					order[i], order[j] = order[j], order[i]
					counts[order[i]]++
				}
				draws[k] = v.distance(counts, total, pairs, totalPairs)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, d := range []*Distance{&c.Variants, &c.Profile} {
		large, mean := 0, 0.0
		for _, x := range draws {
			mean += x[i] / float64(len(draws))
			if x[i] >= observed[i]-1e-12 {
				large++
			}
		}
		d.Expected, d.P = measure.Number(mean), measure.Number(float64(1+large)/float64(1+len(draws)))
	}
	return nil
}

// jensenShannon returns the distance of the counts from the rest of the total.
func jensenShannon(counts, total []int64) float64 {
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
