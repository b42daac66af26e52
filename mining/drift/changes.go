package drift

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// fewestBlocks is the number of blocks below which their order tells too little: with
// 12 blocks of waits that remember, 12 of 100 stationary logs raised an alarm.
const fewestBlocks = 20

// testable sets the length of the series' blocks and reports whether there is
// enough of it: four sides of a change and, where what it counts hangs together by
// its nature, twenty blocks. Of series that otherwise remember for longer the
// blocks are cut to a twentieth, and long is set.
func (s *series) testable(cfg Config) bool {
	if s.block == 0 {
		s.block = max(1, s.longest)
		if s.bins() >= 2*s.side() && len(s.features) > 0 {
			b := s.binned()
			if list := b.candidates(); len(list) > 0 {
				s.block = max(s.block, b.remembers(list[0]))
			}
		}
		if most := max(1, s.bins()/fewestBlocks); s.block > most && s.longest <= most {
			s.long, s.block = s.block, most
		}
	}
	return len(s.features) > 0 && s.bins() >= 4*s.side() && s.bins() >= fewestBlocks*s.block
}

// changes returns what a series shows, its probabilities multiplied by the number
// of perspectives tested.
func (d *detection) changes(s *series, tested int) (*Perspective, error) {
	nan := measure.Number(math.NaN())
	p := &Perspective{Name: s.name, Unit: s.unit, Items: s.items(), Features: len(s.features), P: nan, Adjusted: nan, Changes: []Change{}}
	if !s.testable(d.cfg) {
		return p, nil
	}
	b := s.binned()
	p.Tested, p.Controlled, p.Bins, p.Block = true, s.long == 0, b.n, s.block
	null, err := b.null(d.ctx, s.block, d.cfg.Draws, d.cfg.Seed)
	if err != nil {
		return nil, err
	}
	probability := func(v float64) float64 {
		below, _ := slices.BinarySearch(null, v-1e-9)
		return float64(1+len(null)-below) / float64(1+len(null))
	}
	list := b.candidates()
	p.P = measure.Number(probability(list[0].value))
	p.Adjusted = measure.Number(min(1, float64(p.P)*float64(tested)))
	var splits []candidate
	for len(list) > 0 && probability(list[0].value)*float64(tested) <= d.cfg.Level {
		c := list[0]
		splits = append(splits, c)
		list = slices.DeleteFunc(list, func(o candidate) bool {
			return o.from < c.split+b.side && c.split-b.side < o.to && !(o.to <= c.split || o.from >= c.split)
		})
	}
	slices.SortFunc(splits, func(x, y candidate) int { return cmp.Compare(x.split, y.split) })
	w := s.width()
	for i, c := range splits {
		from, to := 0, s.items()
		if i > 0 {
			from = splits[i-1].split * w
		}
		if i+1 < len(splits) {
			to = splits[i+1].split * w
		}
		ch, err := d.change(s, c, from, to)
		if err != nil {
			return nil, err
		}
		ch.P = measure.Number(probability(c.value))
		ch.Adjusted = measure.Number(min(1, float64(ch.P)*float64(tested)))
		p.Changes = append(p.Changes, *ch)
	}
	return p, nil
}

// change describes a split between the items from and to.
func (d *detection) change(s *series, c candidate, from, to int) (*Change, error) {
	f := &s.features[c.feature]
	x := f.x[from:to]
	least := min(s.least, len(x)/4)
	at := from + split(x, least)
	ch := &Change{Feature: f.name, Unit: f.unit, N: [2]int{at - from, to - at}, at: s.times[at], At: date(s.times[at])}
	ch.Before, ch.After = s.level(f.x[from:at]), s.level(f.x[at:to])
	low, high, err := d.dates(x[:at-from], x[at-from:], least, s.block*s.width())
	if err != nil {
		return nil, err
	}
	ch.Low, ch.High = date(s.times[from+low]), date(s.times[from+high])
	ch.course(s, x, from)
	if s.unit == "case" {
		if err := d.what(ch, from, at, to); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

// level returns the mean of a feature, of roots of counts that of the counts.
func (s *series) level(x []float32) measure.Number {
	if s.unit == "case" {
		return measure.Number(mean(x))
	}
	var sum float64
	for _, v := range x {
		sum += float64(v)*float64(v) - 0.375
	}
	return measure.Number(sum / float64(len(x)))
}

// split returns the place of the greatest CUSUM of x.
func split(x []float32, least int) int {
	total := 0.0
	for _, v := range x {
		total += float64(v)
	}
	n, s := float64(len(x)), 0.0
	at, best := len(x)/2, -1.0
	least = max(least, 1)
	for t := 1; t < len(x); t++ {
		s += float64(x[t-1])
		if t < least || t > len(x)-least {
			continue
		}
		k := float64(t)
		if v := math.Abs(s-k/n*total) * math.Sqrt(n/(k*(n-k))); v > best {
			best, at = v, t
		}
	}
	return at
}

// dates returns the positions between which a change lies: quantiles of the split
// found anew in series drawn, by blocks, from before and after it (M. Hušková,
// C. Kirch, doi:10.1111/j.1467-9892.2008.00589.x). Long series are drawn in up to
// 4,000 pieces.
func (d *detection) dates(before, after []float32, least, block int) (low, high int, err error) {
	piece := max(1, (len(before)+len(after))/4000)
	a, b := pieces(before, piece), pieces(after, piece)
	block = max(1, block/piece)
	least = max(1, least/piece)
	x := make([]float32, len(a)+len(b))
	draws := min(d.cfg.Draws, 199)
	at := make([]float64, draws)
	for k := range at {
		if d.ctx.Err() != nil {
			return 0, 0, d.ctx.Err()
		}
		r := rand.New(rand.NewPCG(d.cfg.Seed^0x64617465, uint64(k)))
		for _, part := range []struct{ from, into []float32 }{{a, x[:len(a)]}, {b, x[len(a):]}} {
			size := min(block, len(part.from))
			for i := 0; i < len(part.into); i += size {
				j := r.IntN(len(part.from) - size + 1)
				copy(part.into[i:], part.from[j:j+size])
			}
		}
		at[k] = float64(split(x, least) * piece)
	}
	slices.Sort(at)
	lo, hi := 0.5-d.cfg.Confidence/2, 0.5+d.cfg.Confidence/2
	last := len(before) + len(after) - 1
	low = min(int(math.Floor(measure.Quantile(at, lo))), len(before))
	high = max(int(math.Ceil(measure.Quantile(at, hi))), len(before))
	return max(0, low), min(last, high), nil
}

// pieces returns the means of successive pieces of x, the last maybe shorter.
func pieces(x []float32, size int) []float32 {
	if size == 1 {
		return x
	}
	var out []float32
	for i := 0; i < len(x); i += size {
		out = append(out, float32(mean(x[i:min(i+size, len(x))])))
	}
	return out
}

// course decides between a sudden change and a ramp, for the feature's mean: of the
// widths of a ramp, those whose likelihood lies within the 95 % region of the best
// (profile likelihood of normal errors, χ² of one degree) are tenable. Sudden, where
// none of them exceeds a tenth of the stretch; gradual, where none is below it;
// undecided otherwise. The stretch lies between the changes before and after.
func (c *Change) course(s *series, x []float32, from int) {
	const parts = 60
	piece := max(1, len(x)/parts)
	y := pieces(x, piece)
	n := len(y)
	c.Course = "undecided"
	if n < 20 {
		return
	}
	type fit struct{ begin, width int }
	rss := make([]float64, n)
	fits := make([]fit, n)
	best := math.Inf(1)
	for width := 0; width < n-4; width++ {
		rss[width] = math.Inf(1)
		for begin := 2; begin+width <= n-2; begin++ {
			if r := ramp(y, begin, width); r < rss[width] {
				rss[width], fits[width] = r, fit{begin, width}
			}
		}
		best = min(best, rss[width])
	}
	if !(best > 0) {
		best = 1e-12
	}
	narrow, wide, top := -1, 0, 0
	for width := 0; width < n-4; width++ {
		if float64(n)*math.Log(max(rss[width], 1e-12)/best) <= 3.84 {
			if narrow < 0 {
				narrow = width
			}
			wide = width
		}
		if rss[width] < rss[top] {
			top = width
		}
	}
	tenth := max(1, n/10)
	switch {
	case wide <= tenth:
		c.Course = "sudden"
	case narrow > tenth:
		c.Course = "gradual"
		f := fits[top]
		end := min(len(x)-1, (f.begin+f.width)*piece)
		c.Ramp = &Span{date(s.times[from+f.begin*piece]), date(s.times[from+end])}
	}
}

// ramp returns the sum of squares about the best line of the shape 0 before begin,
// 1 from begin+width on, and straight between.
func ramp(y []float32, begin, width int) float64 {
	var n, sg, sgg, sy, sgy, syy float64
	for i, v := range y {
		g := 1.0
		switch {
		case i < begin:
			g = 0
		case i < begin+width:
			g = (float64(i-begin) + 0.5) / float64(width)
		}
		w := float64(v)
		n, sg, sgg, sy, sgy, syy = n+1, sg+g, sgg+g*g, sy+w, sgy+g*w, syy+w*w
	}
	cov, of := sgy-sg*sy/n, sgg-sg*sg/n
	total := syy - sy*sy/n
	if of <= 0 {
		return total
	}
	return max(0, total-cov*cov/of)
}

// what compares the cases before the change with those after it.
func (d *detection) what(ch *Change, from, at, to int) error {
	side := make(map[string]bool, to-from)
	for k := from; k < to; k++ {
		side[d.log.Case(d.cases[k]).ID()] = k >= at
	}
	pick := func(after bool) *eventlog.Log {
		return d.log.Where(func(c eventlog.Case) bool { s, ok := side[c.ID()]; return ok && s == after })
	}
	r, err := cohort.Compare(d.ctx, pick(false), pick(true), cohort.Config{
		Names: [2]string{"before " + ch.At[:10], "from " + ch.At[:10]}, Confidence: d.cfg.Confidence, Level: d.cfg.Level,
		MinCases: min(d.cfg.MinCases, 10), Draws: 99, Seed: d.cfg.Seed, Ends: d.cfg.Ends,
	})
	if err != nil {
		return err
	}
	ch.cases = r
	times := func(kind, name string, t *cohort.Times) {
		ch.What = append(ch.What, Moved{kind, name, t.Unit, measure.Number(t.A.Median), measure.Number(t.B.Median), t.Shift, t.Size, t.Adjusted})
	}
	shares := func(kind, name string, s *cohort.Share) {
		ch.What = append(ch.What, Moved{kind, name, measure.Share, measure.Number(s.A.Share()), measure.Number(s.B.Share()), s.Difference, s.Size, s.Adjusted})
	}
	found := func(p measure.Number) bool { return float64(p) <= d.cfg.Level }
	if r.LeadTime != nil && found(r.LeadTime.Adjusted) {
		times("lead_time", "lead time", r.LeadTime)
	}
	for i := range r.Waiting[:min(mostMoved, len(r.Waiting))] {
		if w := &r.Waiting[i]; found(w.Adjusted) {
			times("waiting", w.Activity, &w.Times)
		}
	}
	for i := range r.Activities[:min(mostMoved, len(r.Activities))] {
		if a := &r.Activities[i]; found(a.Adjusted) {
			shares("activity", a.Activity, &a.Share)
		}
	}
	for i := range r.Edges[:min(mostMoved, len(r.Edges))] {
		if e := &r.Edges[i]; found(e.Adjusted) {
			shares("directly_follows", strings.Join([]string{e.From, e.To}, " → "), &e.Share)
		}
	}
	slices.SortStableFunc(ch.What, func(x, y Moved) int { return cmp.Compare(x.Adjusted, y.Adjusted) })
	return nil
}
