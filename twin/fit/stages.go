package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// times measures the stage of each instance: from the completion before it in
// its case, or for the first from its enablement, to its completion. The stages of a
// case sum to its lead time. It also measures how long before its completion the
// one who did it had last completed something.
func (f *fitter) times() {
	type done struct {
		at   int64
		last *instance
	}
	byResource := map[int][]done{}
	overlap, n := 0, 0
	for _, row := range f.cases {
		for i := range row {
			in := &row[i]
			from := in.enabled
			if i > 0 {
				from = row[i-1].complete
				if in.started {
					n++
					if in.start < from {
						overlap++
					}
				}
			}
			in.stage = in.complete - from
			if in.resource >= 0 {
				byResource[in.resource] = append(byResource[in.resource], done{in.complete, in})
			}
		}
	}
	if overlap > 0 {
		f.report.assume("%d of %d activity instances start before the one before them in their case completes (%.0f %%): of their processing only what comes after is counted, or the lead time would come out too long.", overlap, n, 100*float64(overlap)/float64(n))
	}
	f.completions = make([][]int64, len(f.resources))
	for r, list := range byResource {
		sort.SliceStable(list, func(i, j int) bool { return list[i].at < list[j].at })
		for i := 1; i < len(list); i++ {
			list[i].last.gap = list[i].at - list[i-1].at
		}
		for _, d := range list {
			f.completions[r] = append(f.completions[r], d.at)
		}
	}
}

// sitting is the longest time that an estimate takes for work without a break.
const sitting = 4 * hour

// stages splits each stage into a delay that nobody works in and processing. Of
// recorded instances the processing is start to completion in the hours of the
// pool. Of others it is an estimate: the stage, but at most the median, over the
// activity, of the least of the stage, the time since the same person's last
// completion, and a sitting of four hours.
func (f *fitter) stages() {
	bounds := make([][]float64, len(f.activities))
	recorded := make([][]float64, len(f.activities))
	f.each(func(a *activity, k int, in *instance, first bool) {
		a.stage = append(a.stage, float64(in.stage)/second)
		switch {
		case in.started:
			recorded[k] = append(recorded[k], float64(in.complete-in.start)/second)
		case !first && in.gap >= 0:
			bounds[k] = append(bounds[k], float64(min(in.stage, in.gap, sitting))/second)
		}
	})
	for k := range f.activities {
		sample := bounds[k]
		if 2*f.activities[k].started >= f.activities[k].n {
			sample = recorded[k]
		}
		slices.Sort(sample)
		if len(sample) > 0 {
			f.activities[k].limit = measure.Quantile(sample, 0.5)
		}
		f.activities[k].bounds = bounds[k]
	}
	outside, guessed, waited, queued := 0, 0, int64(0), int64(0)
	f.each(func(a *activity, k int, in *instance, first bool) {
		from := in.complete - in.stage
		begin := max(in.start, from)
		if !in.started {
			begin = in.complete - min(in.stage, int64(a.limit*second))
			if a.group < 0 {
				begin = from
			}
			guessed++
		}
		in.delay, in.processing = begin-from, in.complete-begin
		if a.group >= 0 {
			if h := f.hoursFor(in); h != nil && in.processing > 0 {
				if open := h.BetweenMicros(begin, in.complete); open > 0 {
					in.processing = open
				} else {
					outside++
				}
			}
		}
		in.processing = int64(float64(in.processing) * in.part)
		a.waits = append(a.waits, float64(in.delay)/second)
		a.openWaits = append(a.openWaits, float64(f.open(a, from, begin))/second)
		if in.started && a.group >= 0 {
			explained := f.explained(in, from, begin)
			waited, queued = waited+in.delay, queued+explained
			in.delay -= explained
			from += explained
		}
		a.wall += float64(in.delay) / second
		in.delay = f.open(a, from, begin)
		a.delay = append(a.delay, float64(in.delay)/second)
		a.work = append(a.work, float64(in.processing)/second)
	})
	if outside > 0 {
		f.report.assume("%d of %d activity instances lie wholly outside the hours of their pool; their processing is counted by the wall clock.", outside, f.report.Instances)
	}
	if guessed > 0 {
		f.report.assume("%d of %d activity instances have no recorded start, so waiting and work cannot be told apart. An estimate takes as work at most the activity's median of (stage, time since the same person's last completion, 4 h), whichever is least; the rest of the stage is a delay that occupies nobody.", guessed, f.report.Instances)
	}
	if waited > 0 {
		f.report.assume("Of the waiting before recorded starts %.0f %% was while the one who then did it was at other work or off shift: the simulation makes such waiting by its queues. The rest is a delay whose cause the log does not tell.", 100*float64(queued)/float64(waited))
	}
	for k := range f.activities {
		a := &f.activities[k]
		slices.Sort(a.stage)
		slices.Sort(a.waits)
		slices.Sort(a.openWaits)
		slices.Sort(a.delay)
		slices.Sort(a.work)
		a.meanWait, a.scale, a.stretch = mean(a.waits), 1, 1
		if open := mean(a.delay); open > 0 {
			a.stretch = a.wall / float64(a.n) / open
		}
		if a.group >= 0 && a.work[len(a.work)-1] == 0 { // nothing that a pool could be busy with
			a.group = -1
		}
	}
	f.sizes()
}

// explained returns how much of the waiting from the enablement to the start of a
// recorded instance the one who did it was busy with what they completed last
// before, or off shift (Chapela-Campa & Dumas 2024, doi:10.1016/j.is.2024.102346,
// whose extraneous delay is the rest).
func (f *fitter) explained(in *instance, enabled, start int64) int64 {
	able := enabled
	if in.resource >= 0 {
		done := f.completions[in.resource]
		if i, _ := slices.BinarySearch(done, start+1); i > 0 {
			able = max(able, done[i-1])
		}
	}
	if h := f.hoursFor(in); h != nil {
		able = max(able, h.NextMicros(able))
	}
	return min(able, start) - enabled
}

// open returns how much of a stretch lies in the hours of the pool of an activity, all
// of it where there are none or delays are counted by the wall clock.
func (f *fitter) open(a *activity, from, to int64) int64 {
	if !f.openTime || a.group < 0 || f.groups[a.group].hours == nil || to <= from {
		return to - from
	}
	return f.groups[a.group].hours.BetweenMicros(from, to)
}

// each calls do with every instance and its activity.
func (f *fitter) each(do func(a *activity, k int, in *instance, first bool)) {
	for _, row := range f.cases {
		for i := range row {
			do(&f.activities[row[i].activity], row[i].activity, &row[i], i == 0)
		}
	}
}

// between returns what the mean processing lies between, where only completions are
// known, with 95 % each: at most the mean of its upper bounds (stage, time since the
// same person's last completion, a sitting), which it is where nobody ever idles, and
// no less than the mean of their lower half, which are bounds of busy moments. Each
// end is the outer quantile of 400 bootstrap samples. 0, 0 without bounds.
func between(bounds []float64, seed uint64) (low, high float64) {
	if len(bounds) == 0 {
		return 0, 0
	}
	rng := rand.New(rand.NewPCG(seed, 0x6277))
	sample := make([]float64, len(bounds))
	lows, highs := make([]float64, 400), make([]float64, 400)
	for i := range lows {
		for k := range sample {
			sample[k] = bounds[rng.IntN(len(bounds))]
		}
		slices.Sort(sample)
		lows[i], highs[i] = mean(sample[:(len(sample)+1)/2]), mean(sample)
	}
	slices.Sort(lows)
	slices.Sort(highs)
	return round(measure.Quantile(lows, 0.025)), round(measure.Quantile(highs, 0.975))
}

// longest is the greatest number of values that an empirical law keeps.
const longest = 1000

// empirical returns the law of a sorted sample: the sample itself, or the means
// of a thousand equal parts of it, which keep its mean and nearly its quantiles.
func empirical(sorted []float64) twin.Distribution {
	if len(sorted) == 0 || sorted[0] == sorted[len(sorted)-1] {
		v := 0.0
		if len(sorted) > 0 {
			v = sorted[0]
		}
		return twin.Distribution{Law: "fixed", Value: round(v)}
	}
	out := sorted
	if len(sorted) > longest {
		out = make([]float64, longest)
		for i := range out {
			// Part i is the mean over (i, i+1)·n/longest of the step function.
			lo, hi := float64(i)*float64(len(sorted))/longest, float64(i+1)*float64(len(sorted))/longest
			sum := 0.0
			for k := int(lo); k < len(sorted) && float64(k) < hi; k++ {
				sum += sorted[k] * (math.Min(hi, float64(k+1)) - math.Max(lo, float64(k)))
			}
			out[i] = sum / (hi - lo)
		}
	}
	d := twin.Distribution{Law: "empirical", Sample: make([]float64, len(out))}
	for i, v := range out {
		d.Sample[i] = round(v)
	}
	slices.Sort(d.Sample) // rounding may cross equal parts
	return d
}
