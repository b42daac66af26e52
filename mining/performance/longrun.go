package performance

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// LongRunConfig says which lead time is meant and how it is counted.
type LongRunConfig struct {
	Lead LeadConfig
	// Unit is measure.Second, or measure.WorkingHour or WorkingDay of Calendar.
	Unit     measure.Unit
	Calendar *calendar.Calendar
	// Cluster is a case attribute whose equal values hang together: a protocol, a
	// session. "" takes the period in which cases began, as long as it must be.
	Cluster string
	// AsOf is the moment at which the log was cut; 0 for its last event.
	AsOf       eventlog.Time
	Confidence float64 // 0 means 0.95
}

// Validate reports all faults.
func (cfg *LongRunConfig) Validate() error {
	var faults []error
	switch cfg.Unit {
	case measure.Second:
	case measure.WorkingHour, measure.WorkingDay:
		if cfg.Calendar == nil {
			faults = append(faults, fmt.Errorf("unit %q without a calendar", cfg.Unit))
		}
	default:
		faults = append(faults, fmt.Errorf("unit %q: wanted %q, %q or %q", cfg.Unit, measure.Second, measure.WorkingHour, measure.WorkingDay))
	}
	if !(cfg.Confidence >= 0 && cfg.Confidence < 1) {
		faults = append(faults, fmt.Errorf("confidence %v: wanted 0 to below 1", cfg.Confidence))
	}
	return errors.Join(append(faults, cfg.Lead.Validate())...)
}

// LongRun is the mean lead time of a process, from a log that was cut while cases were
// under way.
type LongRun struct {
	Unit measure.Unit `json:"unit"`
	// Completed cases and their mean: that of the log as it is, too short where long
	// cases were cut off.
	Completed     int            `json:"completed"`
	CompletedMean measure.Number `json:"completed_mean"`
	// Open cases began and had not ended; Otherwise ended without the second milestone.
	Open      int `json:"open"`
	Otherwise int `json:"ended_otherwise"`
	// Mean takes the open ones in by the time that they have lasted (Kaplan & Meier
	// 1958, doi:10.1080/01621459.1958.10501452): the area under the curve of survival.
	Mean measure.Number `json:"mean"`
	Low  measure.Number `json:"low"`
	High measure.Number `json:"high"`
	// Clusters that the interval rests on, by ClusteredBy, an attribute or so many
	// days. EffectiveN is how many independent cases would give the same interval.
	Clusters    int            `json:"clusters"`
	ClusteredBy string         `json:"clustered_by"`
	EffectiveN  measure.Number `json:"effective_n"`
	Confidence  float64        `json:"confidence"`
	Warnings    []error        `json:"-"`
}

// spell is the time of one case: until it was delivered, or so far.
type spell struct {
	length  float64
	ended   bool
	cluster int
}

// LongRunMean returns the mean lead time of a process from its log, with an interval
// that allows for cases which hang together and for those that were cut off. The
// interval is that of a jackknife over clusters (Efron & Stein 1981,
// doi:10.1214/aos/1176345462) with Student's quantile. Clusters by period are weeks, made
// longer until cases that are under way together fall into the same or into neighbours
// (half of them take no longer than the period), and until the means of neighbours no
// longer go together. A case without the
// second milestone counts as ended otherwise where it stopped at an activity at which
// old cases stop, else as open. O(n log n + clusters · n).
func LongRunMean(l *eventlog.Log, cfg LongRunConfig) (*LongRun, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("lead time of %q: %w", l.Name(), err)
	}
	if cfg.Confidence == 0 {
		cfg.Confidence = 0.95
	}
	from, err := newFinder(l, cfg.Lead.From, First)
	if err != nil {
		return nil, fmt.Errorf("lead time of %q: milestone \"from\": %w", l.Name(), err)
	}
	to, err := newFinder(l, cfg.Lead.To, Last)
	if err != nil {
		return nil, fmt.Errorf("lead time of %q: milestone \"to\": %w", l.Name(), err)
	}
	out := &LongRun{Unit: cfg.Unit, Confidence: cfg.Confidence}
	c := &cutLog{log: l, cfg: &cfg, asOf: cfg.AsOf}
	c.gather(from, to)
	if len(c.begun) == 0 {
		return nil, fmt.Errorf("lead time of %q: no case passed the first milestone: %w", l.Name(), measure.ErrEmpty)
	}
	spells := c.spells(out)
	if out.Completed == 0 {
		return nil, fmt.Errorf("lead time of %q: no case passed both milestones: %w", l.Name(), measure.ErrEmpty)
	}
	c.cluster(spells, out)
	out.interval(spells, cfg.Confidence)
	return out, nil
}

// cutLog is a log that was cut at a moment.
type cutLog struct {
	log    *eventlog.Log
	cfg    *LongRunConfig
	asOf   eventlog.Time
	begun  []int           // cases that passed the first milestone
	starts []eventlog.Time // of these
	ends   []eventlog.Time // NoTime where not delivered
	median eventlog.Time   // of the delivered, by the wall clock
}

func (c *cutLog) gather(from, to finder) {
	if c.cfg.AsOf == 0 {
		for _, x := range c.log.All() {
			if x.Len() > 0 {
				c.asOf = max(c.asOf, x.Last())
			}
		}
	}
	for i, x := range c.log.All() {
		if x.Len() == 0 {
			continue
		}
		a, b := from.in(x), to.in(x)
		if a == eventlog.NoTime || b != eventlog.NoTime && b < a {
			continue
		}
		if c.cfg.Lead.To.Activity == "" && c.log.Case(i).Last() >= c.asOf {
			b = eventlog.NoTime
		}
		c.begun, c.starts, c.ends = append(c.begun, i), append(c.starts, a), append(c.ends, b)
	}
}

// length is a stretch in the unit.
func (c *cutLog) length(a, b eventlog.Time) float64 {
	switch c.cfg.Unit {
	case measure.WorkingHour:
		return float64(c.cfg.Calendar.BetweenMicros(int64(a), int64(b))) / 3600e6
	case measure.WorkingDay:
		return float64(c.cfg.Calendar.WorkedDays(a.Go(), b.Go()))
	}
	return float64(b-a) / 1e6
}

// spells returns the times of the cases that were delivered or are open.
func (c *cutLog) spells(out *LongRun) []spell {
	var wall []float64
	for k := range c.begun {
		if c.ends[k] != eventlog.NoTime {
			wall = append(wall, float64(c.ends[k]-c.starts[k]))
		}
	}
	slices.Sort(wall)
	if len(wall) > 0 {
		c.median = eventlog.Time(measure.Quantile(wall, 0.5))
	}
	old := c.asOf
	if len(wall) > 0 {
		old -= eventlog.Time(measure.Quantile(wall, 0.99))
	}
	last := func(k int) eventlog.Code {
		x := c.log.Case(c.begun[k])
		at, code := eventlog.NoTime, eventlog.NoCode
		for i, t := range x.Times() {
			if at == eventlog.NoTime || t >= at {
				at, code = t, x.Activities()[i]
			}
		}
		return code
	}
	stopped, passed := map[eventlog.Code]int{}, map[eventlog.Code]int{} // old cases, by activity
	for k := range c.begun {
		if c.starts[k] >= old {
			continue
		}
		for _, a := range c.log.Case(c.begun[k]).Activities() {
			passed[a]++
		}
		if c.ends[k] == eventlog.NoTime {
			stopped[last(k)]++
		}
	}
	stops := func(k int) bool {
		a := last(k)
		return stopped[a] > 0 && float64(stopped[a]) >= stopsAt*float64(passed[a])
	}
	var spells []spell
	var completed []float64
	lasting := 0
	for k := range c.begun {
		switch end := c.ends[k]; {
		case end != eventlog.NoTime:
			x := c.length(c.starts[k], end)
			completed = append(completed, x)
			spells = append(spells, spell{x, true, k})
		case stops(k):
			out.Otherwise++
		default:
			if out.Open++; c.starts[k] < old {
				lasting++
			}
			spells = append(spells, spell{c.length(c.starts[k], c.asOf), false, k})
		}
	}
	if lasting > 0 {
		out.Warnings = append(out.Warnings, &measure.Doubt{EN: fmt.Sprintf("%d open cases last longer than 99 %% of the completed ones: they may have ended without a record", lasting), RU: fmt.Sprintf("незаконченных дел дольше 99 %% законченных: %d; возможно, их конец не записан", lasting)})
	}
	out.Completed = len(completed)
	out.CompletedMean = measure.Number(ExactMean(completed))
	return spells
}

// ExactMean returns the mean of values summed in ascending order, so that the same
// values give the same bits whatever their order.
func ExactMean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	x := slices.Sorted(slices.Values(values))
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// stopsAt is the share of its visits by old cases after which an activity is one at
// which cases stop.
const stopsAt = 0.2

// week in microseconds.
const week = eventlog.Time(7 * 24 * 3600e6)

// fewestClusters is the least number of periods that an interval rests on, where cases
// began in as many.
const fewestClusters = 10

// cluster numbers the cases that hang together.
func (c *cutLog) cluster(spells []spell, out *LongRun) {
	begun := func(s *spell) int { return s.cluster } // position in c.begun, until it is replaced
	if c.cfg.Cluster != "" {
		number, missing := map[string]int{}, 0
		for i := range spells {
			v, ok := c.log.Case(c.begun[begun(&spells[i])]).Attribute(c.cfg.Cluster)
			key := v.String()
			if !ok {
				missing++
				key = fmt.Sprintf("\x00%d", i)
			}
			n, known := number[key]
			if !known {
				n = len(number)
				number[key] = n
			}
			spells[i].cluster = n
		}
		out.Clusters, out.ClusteredBy = len(number), c.cfg.Cluster
		if missing > 0 {
			out.Warnings = append(out.Warnings, &measure.Doubt{EN: fmt.Sprintf("%d cases have no %q and stand alone", missing, c.cfg.Cluster), RU: fmt.Sprintf("у %d дел нет признака «%s»: каждое считается отдельно", missing, c.cfg.Cluster)})
		}
		return
	}
	first := slices.Min(c.starts)
	for weeks := eventlog.Time(1); ; weeks *= 2 {
		number := map[eventlog.Time]int{}
		var means, counts []float64
		at := make([]int, len(spells))
		for i := range spells {
			key := (c.starts[begun(&spells[i])] - first) / (weeks * week)
			n, known := number[key]
			if !known {
				n = len(number)
				number[key] = n
				means, counts = append(means, 0), append(counts, 0)
			}
			at[i] = n
			if spells[i].ended {
				means[n] += spells[i].length
				counts[n]++
			}
		}
		order := make([]eventlog.Time, 0, len(number))
		for key := range number {
			order = append(order, key)
		}
		slices.Sort(order)
		var series []float64
		for _, key := range order {
			if n := number[key]; counts[n] > 0 {
				series = append(series, means[n]/counts[n])
			}
		}
		long := weeks*week >= c.median || len(number) < 2*fewestClusters
		if r := lagOne(series); long && r < 1.645/math.Sqrt(float64(len(series))) || len(number) < 2*fewestClusters {
			for i := range spells {
				spells[i].cluster = at[i]
			}
			out.Clusters, out.ClusteredBy = len(number), fmt.Sprintf("%d days", 7*weeks)
			return
		}
	}
}

// lagOne returns the autocorrelation of neighbours of a series.
func lagOne(x []float64) float64 {
	m, a, b := 0.0, 0.0, 0.0
	for _, v := range x {
		m += v / float64(len(x))
	}
	for i, v := range x {
		if b += (v - m) * (v - m); i > 0 {
			a += (v - m) * (x[i-1] - m)
		}
	}
	if b == 0 {
		return 0
	}
	return a / b
}

// interval fills in the mean and what it rests on.
func (out *LongRun) interval(spells []spell, confidence float64) {
	slices.SortStableFunc(spells, func(a, b spell) int {
		switch {
		case a.length < b.length:
			return -1
		case a.length > b.length:
			return 1
		case a.ended == b.ended:
			return 0
		case a.ended: // who ended at a moment was still there before it
			return -1
		}
		return 1
	})
	whole := survival(spells, -1)
	out.Mean, out.Low, out.High, out.EffectiveN = measure.Number(whole), measure.Number(math.NaN()), measure.Number(math.NaN()), measure.Number(math.NaN())
	if last := spells[len(spells)-1]; !last.ended {
		out.Warnings = append(out.Warnings, &measure.Doubt{EN: "the longest case is open: the mean is one up to its length", RU: "самое долгое дело ещё не закончено: среднее посчитано до его длительности"})
	}
	k := float64(out.Clusters)
	if out.Clusters < 2 {
		out.Warnings = append(out.Warnings, &measure.Doubt{EN: "one cluster gives no interval", RU: "одна группа дел не даёт интервала"})
		return
	}
	without := make([]float64, out.Clusters)
	mean := 0.0
	for j := range without {
		without[j] = survival(spells, j)
		mean += without[j] / k
	}
	variance := 0.0
	for _, v := range without {
		variance += (v - mean) * (v - mean) * (k - 1) / k
	}
	if math.IsNaN(variance) {
		return
	}
	half := math.Sqrt(variance) * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: k - 1}.Quantile((1+confidence)/2)
	out.Low, out.High = measure.Number(whole-half), measure.Number(whole+half)
	m, squares, n := 0.0, 0.0, 0.0
	for _, s := range spells {
		if s.ended {
			n++
			d := s.length - m
			m += d / n
			squares += d * (s.length - m)
		}
	}
	if n > 1 && variance > 0 {
		out.EffectiveN = measure.Number(squares / (n - 1) / variance)
	}
	if out.Clusters < fewestClusters {
		out.Warnings = append(out.Warnings, &measure.Doubt{EN: fmt.Sprintf("the interval rests on %d clusters", out.Clusters), RU: fmt.Sprintf("интервал опирается на %d групп дел", out.Clusters)})
	}
}

// survival returns the area under the curve of survival of sorted spells, one cluster
// left out; NaN without spells.
func survival(spells []spell, without int) float64 {
	n := 0
	for i := range spells {
		if spells[i].cluster != without {
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	area, alive, at := 0.0, 1.0, 0.0
	for i := range spells {
		s := &spells[i]
		if s.cluster == without {
			continue
		}
		area += alive * (s.length - at)
		if at = s.length; s.ended {
			alive *= float64(n-1) / float64(n)
		}
		n--
	}
	return area
}
