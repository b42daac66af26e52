package predict

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// asked is a state of a held-out moment with what a model said of it and what
// came. Times are microseconds of the wall clock.
type asked struct {
	c                 int
	remaining         float64 // truth
	known             bool    // the case ended within the log
	over              bool    // nothing more came: it had ended already
	low, median, high float64 // quantiles, not yet calibrated
	alone             float64 // median by elapsed time alone
	breach            int     // 1 yes, 0 no, −1 not known or no limit
	overdue           bool    // at the moment already
	raw               float64 // probability of breach; NaN where not known
	rawAlone          float64
	next, guessed     eventlog.Code // what came next, and the most probable
	guessedStage      eventlog.Code // most frequent after the stage, whatever the state
	nextKnown         bool
}

// moments in a window at which states are taken, and how many states at most.
const (
	moments     = 12
	mostAsked   = 1500
	mostChoices = 400 // where models are chosen
)

// held takes the states of evenly spaced moments within (from, to], thinned by the
// seed to at most most, in order of time and case.
func held(list []passage, ends closing, from, to eventlog.Time, k clock, most int, r *rand.Rand) (states []state, at []eventlog.Time) {
	type pair struct {
		s  state
		at eventlog.Time
	}
	var all []pair
	for i := range moments {
		t := from + (to-from)*eventlog.Time(i+1)/(moments+1)
		for _, s := range open(list, ends, t, k) {
			all = append(all, pair{s, t})
		}
	}
	if len(all) > most {
		order := r.Perm(len(all))[:most]
		slices.Sort(order)
		for i, o := range order {
			all[i] = all[o]
		}
		all = all[:most]
	}
	for _, p := range all {
		states, at = append(states, p.s), append(at, p.at)
	}
	return states, at
}

// examine asks the model of held-out states and sets the answers beside what came.
// The baseline of the elapsed time alone runs by the wall clock.
func examine(ctx context.Context, list []passage, m *model, k clock, plain *history, states []state, at []eventlog.Time, tails [2]float64) ([]asked, error) {
	out := make([]asked, len(states))
	for i, s := range states {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, t := &list[s.c], at[i]
		a := m.ask(s)
		last := p.at[len(p.at)-1]
		x := asked{c: s.c, known: p.ended, over: p.ended && s.k+1 == len(p.at), remaining: float64(max(0, last-t)), breach: -1, raw: math.NaN(), rawAlone: math.NaN()}
		wall := func(d float64) float64 {
			if math.IsNaN(d) {
				return d
			}
			return float64(k.after(t, d) - t)
		}
		x.low, x.median, x.high = wall(a.curve.quantile(tails[0])), wall(a.curve.quantile(0.5)), unbounded(wall(a.curve.quantile(tails[1])))
		byWall := s
		byWall.elapsed, byWall.here = float64(s.since-p.at[0]), float64(t-s.since)
		alone := elapsedAlone(plain, byWall)
		x.alone = alone.curve.quantile(0.5)
		if p.due != eventlog.NoTime {
			switch {
			case p.due <= t:
				x.overdue = true
			default:
				left := k.between(t, p.due)
				x.raw, x.rawAlone = a.longer(left), alone.longer(float64(p.due-t))
			}
			switch {
			case last > p.due:
				x.breach = 1
			case p.ended:
				x.breach = 0
			}
		}
		x.guessed, x.guessedStage = eventlog.NoCode, eventlog.NoCode
		if len(a.next) > 0 {
			x.guessed = a.next[0].activity
		}
		if len(alone.next) > 0 {
			x.guessedStage = alone.next[0].activity
		}
		if s.k+1 < len(p.at) {
			x.next, x.nextKnown = p.activity[s.k+1], true
		}
		out[i] = x
	}
	return out, nil
}

// unbounded is infinite where no quantile is known: so many cases were still
// open.
func unbounded(x float64) float64 {
	if math.IsNaN(x) {
		return math.Inf(1)
	}
	return x
}

// longer returns the probability that the case lasts longer than d.
func (a *answer) longer(d float64) float64 {
	p := a.curve.longer(d)
	if !math.IsNaN(a.over) {
		p *= 1 - a.over
	}
	return p
}

// Quality is how good predictions were at moments after all that they had seen.
// A figure that cannot be told is NaN; N says of how many states it is.
type Quality struct {
	From      string `json:"from"` // of the moments, ISO 8601
	To        string `json:"to"`
	States    int    `json:"states"`       // open cases at the moments
	Cases     int    `json:"cases"`        // different ones
	Unknown   int    `json:"not_finished"` // states whose case did not end within the log: left out
	Over      int    `json:"over"`         // states after which nothing came: not seen by remaining times
	Remaining Errors `json:"remaining"`    // of cases that go on
	Breach    Breach `json:"breach"`
	Next      Next   `json:"next"`
}

// Errors are those of the remaining time, in seconds of the wall clock. Coverage
// is the share of intervals that held, beside their confidence.
type Errors struct {
	N          int            `json:"n"`
	MAE        measure.Number `json:"mean_absolute_error_s"`
	BaseMAE    measure.Number `json:"base_rate_s"`    // median of past remaining times
	AloneMAE   measure.Number `json:"elapsed_time_s"` // elapsed time alone
	Gain       measure.Number `json:"gain"`           // 1 − MAE over the better of the two
	GainBounds [2]float64     `json:"gain_interval"`  // 95 %, by cases
	Coverage   measure.Number `json:"coverage"`
	Confidence float64        `json:"confidence"`
	Width      measure.Number `json:"median_width_s"`
	Beats      bool           `json:"beats_baselines"` // the interval of the gain lies above 0
}

// Breach is how good the probabilities of a breach were, over states not yet
// overdue. Brier is the mean squared difference between probability and outcome.
type Breach struct {
	N          int            `json:"n"`
	Share      measure.Number `json:"share"` // that were breached
	Brier      measure.Number `json:"brier"`
	Base       measure.Number `json:"brier_base_rate"`
	Alone      measure.Number `json:"brier_elapsed_time"`
	Gain       measure.Number `json:"gain"` // 1 − Brier over the better of the two
	GainBounds [2]float64     `json:"gain_interval"`
	Top        measure.Number `json:"precision_of_top_20"` // share of the 20 most probable that were breached
	Curve      []Calibration  `json:"calibration"`
	Beats      bool           `json:"beats_baselines"`
}

// Calibration is one group of states with probabilities between Low and High.
type Calibration struct {
	Low      float64        `json:"low"`
	High     float64        `json:"high"`
	N        int            `json:"n"`
	Said     measure.Number `json:"said"` // mean probability
	Happened measure.Number `json:"happened"`
}

// Next is how often the most probable next activity was the one that came.
type Next struct {
	N     int            `json:"n"`
	Right measure.Number `json:"right"`
	Stage measure.Number `json:"stage_alone"` // by the most frequent successor of the stage
	Beats bool           `json:"beats_baseline"`
}

// judge sums up the answers of the evaluation. base are remaining times of the
// calibration's states, for the base rate; probabilities are calibrated by v, those
// of the elapsed time alone by alone.
func judge(test, before []asked, c conformal, confidence float64, v, alone *vennAbers, r *rand.Rand) Quality {
	var q Quality
	q.States = len(test)
	cases := map[int]bool{}
	for _, x := range test {
		cases[x.c] = true
		if !x.known {
			q.Unknown++
		}
		if x.over {
			q.Over++
		}
	}
	q.Cases = len(cases)
	q.Remaining = judgeRemaining(test, before, c, confidence, r)
	q.Breach = judgeBreach(test, before, v, alone, r)
	right, stage, n := 0, 0, 0
	var gains []clustered
	for _, x := range test {
		if !x.nextKnown || x.guessed == eventlog.NoCode {
			continue
		}
		n++
		a, b := 0.0, 0.0
		if x.next == x.guessed {
			right++
			a = 1
		}
		if x.next == x.guessedStage {
			stage++
			b = 1
		}
		gains = append(gains, clustered{x.c, a, b})
	}
	q.Next = Next{N: n, Right: share(right, n), Stage: share(stage, n)}
	if n > 0 {
		low, _ := bootstrap(gains, r, func(a, b float64) float64 { return a - b })
		q.Next.Beats = low > 0
	}
	return q
}

func share(k, n int) measure.Number {
	if n == 0 {
		return measure.Number(math.NaN())
	}
	return measure.Number(float64(k) / float64(n))
}

func judgeRemaining(test, before []asked, c conformal, confidence float64, r *rand.Rand) Errors {
	var past []float64
	for _, x := range before {
		if x.known && !x.over {
			past = append(past, x.remaining)
		}
	}
	nan := measure.Number(math.NaN())
	e := Errors{MAE: nan, BaseMAE: nan, AloneMAE: nan, Gain: nan, Coverage: nan, Width: nan, Confidence: confidence, GainBounds: [2]float64{}}
	if len(past) == 0 {
		return e
	}
	slices.Sort(past)
	base := measure.Quantile(past, 0.5)
	var sum, sumBase, sumAlone float64
	held := 0
	var widths []float64
	var byBase, byAlone []clustered
	for _, x := range test {
		if !x.known || x.over || math.IsNaN(x.median) || math.IsNaN(x.alone) {
			continue
		}
		e.N++
		own, b, a := math.Abs(x.remaining-x.median), math.Abs(x.remaining-base), math.Abs(x.remaining-x.alone)
		sum, sumBase, sumAlone = sum+own, sumBase+b, sumAlone+a
		byBase, byAlone = append(byBase, clustered{x.c, own, b}), append(byAlone, clustered{x.c, own, a})
		low, high := c.interval(x.low, x.high)
		if low <= x.remaining && x.remaining <= high {
			held++
		}
		widths = append(widths, high-low)
	}
	if e.N == 0 {
		return e
	}
	n := float64(e.N)
	e.MAE, e.BaseMAE, e.AloneMAE = measure.Number(sum/n/1e6), measure.Number(sumBase/n/1e6), measure.Number(sumAlone/n/1e6)
	e.Coverage = share(held, e.N)
	slices.Sort(widths)
	if w := measure.Quantile(widths, 0.5); !math.IsInf(w, 1) && !math.IsNaN(w) {
		e.Width = measure.Number(w / 1e6)
	}
	better := byBase
	if sumAlone < sumBase {
		better = byAlone
	}
	e.Gain = 1 - e.MAE/min(e.BaseMAE, e.AloneMAE)
	e.GainBounds[0], e.GainBounds[1] = bootstrap(better, r, func(a, b float64) float64 { return 1 - a/b })
	e.Beats = e.GainBounds[0] > 0
	return e
}

func judgeBreach(test, before []asked, v, alone *vennAbers, r *rand.Rand) Breach {
	nan := measure.Number(math.NaN())
	b := Breach{Share: nan, Brier: nan, Base: nan, Alone: nan, Gain: nan, Top: nan, Curve: []Calibration{}}
	yes, all := 0, 0
	for _, x := range before {
		if x.breach >= 0 && !x.overdue {
			all++
			yes += x.breach
		}
	}
	if all == 0 {
		return b
	}
	rate := float64(yes) / float64(all)
	type judged struct{ p, y float64 }
	var list []judged
	var byBase, byAlone []clustered
	var own, base, elapsed, happened float64
	for _, x := range test {
		if x.breach < 0 || x.overdue || math.IsNaN(x.raw) || math.IsNaN(x.rawAlone) {
			continue
		}
		p, _, _ := v.ask(x.raw)
		a, _, _ := alone.ask(x.rawAlone)
		y := float64(x.breach)
		list = append(list, judged{p, y})
		o, s, e := (p-y)*(p-y), (rate-y)*(rate-y), (a-y)*(a-y)
		own, base, elapsed, happened = own+o, base+s, elapsed+e, happened+y
		byBase, byAlone = append(byBase, clustered{x.c, o, s}), append(byAlone, clustered{x.c, o, e})
	}
	b.N = len(list)
	if b.N == 0 {
		return b
	}
	n := float64(b.N)
	b.Share, b.Brier, b.Base, b.Alone = measure.Number(happened/n), measure.Number(own/n), measure.Number(base/n), measure.Number(elapsed/n)
	better := byBase
	if elapsed < base {
		better = byAlone
	}
	if m := min(base, elapsed); m > 0 {
		b.Gain = measure.Number(1 - own/m)
		b.GainBounds[0], b.GainBounds[1] = bootstrap(better, r, func(a, b float64) float64 { return 1 - a/b })
		b.Beats = b.GainBounds[0] > 0
	}
	slices.SortStableFunc(list, func(x, y judged) int { return cmp.Compare(y.p, x.p) })
	top := 0.0
	for _, x := range list[:min(20, len(list))] {
		top += x.y
	}
	b.Top = measure.Number(top / float64(min(20, len(list))))
	for low := 0.0; low < 0.95; low += 0.1 {
		g := Calibration{Low: math.Round(low*10) / 10, High: math.Round(low*10+1) / 10}
		var said, came float64
		for _, x := range list {
			if x.p >= g.Low && (x.p < g.High || g.High == 1) {
				g.N++
				said, came = said+x.p, came+x.y
			}
		}
		if g.N > 0 {
			g.Said, g.Happened = measure.Number(said/float64(g.N)), measure.Number(came/float64(g.N))
			b.Curve = append(b.Curve, g)
		}
	}
	return b
}

// clustered is a pair of losses of one state of a case.
type clustered struct {
	c    int
	a, b float64
}

// bootstrap returns the 95 % percentile interval of f(mean a, mean b), drawing
// whole cases, because the states of one case are alike (Efron, Tibshirani 1993).
func bootstrap(list []clustered, r *rand.Rand, f func(a, b float64) float64) (low, high float64) {
	sums := map[int]*clustered{}
	var groups []*clustered
	for _, x := range list {
		g := sums[x.c]
		if g == nil {
			g = &clustered{}
			sums[x.c] = g
			groups = append(groups, g)
		}
		g.a, g.b = g.a+x.a, g.b+x.b
	}
	const draws = 999
	values := make([]float64, 0, draws)
	for range draws {
		var a, b float64
		for range groups {
			g := groups[r.IntN(len(groups))]
			a, b = a+g.a, b+g.b
		}
		if v := f(a/float64(len(list)), b/float64(len(list))); !math.IsNaN(v) && !math.IsInf(v, 0) {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return 0, 0
	}
	slices.Sort(values)
	return measure.Quantile(values, 0.025), measure.Quantile(values, 0.975)
}

func iso(t eventlog.Time) string { return t.Go().UTC().Format(time.RFC3339) }
