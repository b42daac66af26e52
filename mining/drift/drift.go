package drift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Config says how changes are sought. Zero values take what is in brackets.
type Config struct {
	Level      float64 // probability of any false alarm in a stationary log [0.05]
	Confidence float64 // of the intervals of dates [0.95]
	Draws      int     // of permutations; of resamples for a date at most 199 [499]
	Seed       uint64
	MinCases   int      // on each side of a change [30]
	Ends       []string // activities that end a case, as in cohort.Config
}

// Validate reports all faults.
func (cfg Config) Validate() error {
	var faults []error
	for _, f := range []struct {
		name string
		v    float64
	}{{"level", cfg.Level}, {"confidence", cfg.Confidence}} {
		if f.v != 0 && !(f.v > 0 && f.v < 1) {
			faults = append(faults, fmt.Errorf("%s %v: wanted more than 0 and less than 1", f.name, f.v))
		}
	}
	if cfg.Draws < 0 || cfg.MinCases < 0 {
		faults = append(faults, fmt.Errorf("%d draws, at least %d cases: wanted 0 or more", cfg.Draws, cfg.MinCases))
	}
	return errors.Join(faults...)
}

func (cfg Config) defaults() Config {
	if cfg.Level == 0 {
		cfg.Level = 0.05
	}
	if cfg.Confidence == 0 {
		cfg.Confidence = 0.95
	}
	if cfg.Draws == 0 {
		cfg.Draws = 499
	}
	if cfg.MinCases == 0 {
		cfg.MinCases = 30
	}
	return cfg
}

// The perspectives.
const (
	Time        = "time"
	ControlFlow = "control_flow"
	Workload    = "workload"
	InProgress  = "in_progress"
)

// Result holds what was found from each perspective, always all four, in the
// order of the constants.
type Result struct {
	Cases        int           `json:"cases"` // that took part
	Left         int           `json:"left"`  // at the end, with too little time to become slow
	Empty        int           `json:"empty"` // without events
	Level        float64       `json:"level"`
	Perspectives []Perspective `json:"perspectives"`
	Warnings     []error       `json:"-"`
}

// Perspective is one way of looking at a process.
type Perspective struct {
	Name   string `json:"name"`
	Tested bool   `json:"tested"` // false where there is too little to test; Warnings say so
	// Controlled is false where the series remembers for so long that the probability of
	// a false alarm is not kept at Level: its changes are hints. Warnings say so.
	Controlled bool   `json:"controlled"`
	Unit       string `json:"unit"`     // of an item: "case", "day", "week"
	Items      int    `json:"items"`    // in order of time
	Bins       int    `json:"bins"`     // of equally many items, between which changes are sought
	Block      int    `json:"block"`    // bins that are kept together under permutation
	Features   int    `json:"features"` // looked at together
	// P is the probability that a stationary series gives a CUSUM as large as the
	// greatest of this one; adjusted over the perspectives tested (Bonferroni).
	P        measure.Number `json:"p"`
	Adjusted measure.Number `json:"p_adjusted"`
	Changes  []Change       `json:"changes"` // in order of time
}

// Change is a point in time before and after which the process differs.
type Change struct {
	At       string         `json:"at"`  // start of the first case, or beginning of the day or week, after it
	Low      string         `json:"low"` // interval of At at Config.Confidence
	High     string         `json:"high"`
	Feature  string         `json:"feature"` // that shows it best
	Before   measure.Number `json:"before"`  // mean of the feature since the change before
	After    measure.Number `json:"after"`   // until the next change
	Unit     string         `json:"unit"`    // of Before and After
	P        measure.Number `json:"p"`
	Adjusted measure.Number `json:"p_adjusted"`
	Course   string         `json:"course"` // "sudden", "gradual", "undecided"
	Ramp     *Span          `json:"ramp"`   // first and last moment of a gradual change
	N        [2]int         `json:"n"`      // items before and after
	What     []Moved        `json:"what"`   // what else differs, most certain first
	at       eventlog.Time  // At
	cases    *cohort.Result // the comparison behind What
}

// Span is a stretch of time.
type Span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Moved is something that differs between before and after a change, with the
// probability adjusted within its family (mining/cohort).
type Moved struct {
	Kind     string           `json:"kind"` // "lead_time", "waiting", "activity", "directly_follows"
	Name     string           `json:"name"`
	Unit     measure.Unit     `json:"unit"` // of Before, After: medians in seconds, shares of cases
	Before   measure.Number   `json:"before"`
	After    measure.Number   `json:"after"`
	Effect   measure.Estimate `json:"effect"` // shift of times, difference of shares
	Size     measure.Size     `json:"size"`
	Adjusted measure.Number   `json:"p_adjusted"`
}

// mostMoved is the number of things a change names in What of each kind.
const mostMoved = 5

// Comparison returns the whole comparison of the cases before a change with those
// after it, nil for changes of workload.
func (c *Change) Comparison() *cohort.Result { return c.cases }

// Detect returns the changes of a log of activity instances from four
// perspectives. It fails for a nil log and faults of cfg, and with ctx's error
// within some 100 ms of its being done. The same log, Config and seed give the same
// Result. Cost: O(n log n) in events, and Draws·400·features·log.
func Detect(ctx context.Context, l *eventlog.Log, cfg Config) (*Result, error) {
	if l == nil {
		return nil, errors.New("detecting drift: the log is nil")
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("detecting drift: %w", err)
	}
	cfg = cfg.defaults()
	d := &detection{ctx: ctx, cfg: cfg, log: l, Result: &Result{Level: cfg.Level}}
	d.order()
	for _, of := range []func() (*series, error){d.time, d.controlFlow, d.workload, d.inProgress} {
		s, err := of()
		if err != nil {
			return nil, err
		}
		d.series = append(d.series, s)
	}
	tested := 0
	for _, s := range d.series {
		if s.testable(cfg) {
			tested++
		}
	}
	for _, s := range d.series {
		p, err := d.changes(s, tested)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("detecting drift of %s: %w", s.name, err)
		}
		d.Perspectives = append(d.Perspectives, *p)
	}
	d.doubts()
	return d.Result, nil
}

// detection holds what the steps of Detect share.
type detection struct {
	*Result
	ctx    context.Context
	cfg    Config
	log    *eventlog.Log
	cases  []int // positions of the cases that take part, by start
	lead   float64
	series []*series
	end    eventlog.Time
}

// order sorts the cases by start and leaves out the last, which began less than
// the p95 of the cycle time before the end of the log; never more than half.
func (d *detection) order() {
	d.end = eventlog.NoTime
	var leads []float64
	for i, c := range d.log.All() {
		if c.Len() == 0 {
			d.Empty++
			continue
		}
		d.cases = append(d.cases, i)
		d.end = max(d.end, c.Last())
		leads = append(leads, c.Last().Sub(c.First()).Seconds())
	}
	slices.SortStableFunc(d.cases, func(a, b int) int {
		return int(min(max(int64(d.log.Case(a).First()-d.log.Case(b).First()), -1), 1))
	})
	slices.Sort(leads)
	if len(leads) == 0 {
		return
	}
	d.lead = measure.Quantile(leads, 0.95)
	keep := len(d.cases)
	for keep > (len(d.cases)+1)/2 && d.end.Sub(d.start(keep-1)).Seconds() < d.lead {
		keep--
	}
	d.Left = len(d.cases) - keep
	d.cases = d.cases[:keep]
	d.Cases = keep
}

func (d *detection) start(k int) eventlog.Time { return d.log.Case(d.cases[k]).First() }

func date(t eventlog.Time) string { return t.Go().Format(time.RFC3339) }

func (d *detection) begin() eventlog.Time {
	if len(d.cases) == 0 {
		return d.end
	}
	return d.start(0)
}

// MarshalJSON returns the fields and "warnings", in English.
func (r *Result) MarshalJSON() ([]byte, error) {
	type plain Result
	return json.Marshal(struct {
		*plain
		Warnings []string `json:"warnings"`
	}{(*plain)(r), measure.Texts(r.Warnings)})
}

// mean returns the mean of x, NaN of none.
func mean(x []float32) float64 {
	s := 0.0
	for _, v := range x {
		s += float64(v)
	}
	if len(x) == 0 {
		return math.NaN()
	}
	return s / float64(len(x))
}
