package cohort

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Config says how cohorts are compared. Zero values take what is in brackets.
type Config struct {
	Names      [2]string // of the cohorts [those of the logs]
	Confidence float64   // of intervals [0.95]
	Level      float64   // up to which adjusted probabilities count as found [0.05]
	// MinCases is the number of cases of each cohort below which nothing is tested,
	// and of both together below which an activity, an edge or a value is not [10].
	MinCases int
	Draws    int    // rearrangements of the variants' test [999]
	Seed     uint64 // of those rearrangements
	// Lead says from where to where the lead time runs [first to last event].
	Lead performance.LeadConfig
	// Ends are the activities that end a case. Cases that end otherwise are open and
	// take no part in lead times. Without Ends nothing is known to be open, and
	// cases that may still be going are only counted.
	Ends []string
	// Breach tells whether a case broke a limit or a rule, known being false where
	// that cannot be told; nil leaves breaches out.
	Breach func(c eventlog.Case) (broken, known bool)
	// Without names attributes that the mix leaves out: those that made the cohorts.
	Without []string
}

// Validate reports all faults.
func (cfg Config) Validate() error {
	var faults []error
	for _, f := range []struct {
		name string
		v    float64
	}{{"confidence", cfg.Confidence}, {"level", cfg.Level}} {
		if f.v != 0 && !(f.v > 0 && f.v < 1) {
			faults = append(faults, fmt.Errorf("%s %v: wanted more than 0 and less than 1", f.name, f.v))
		}
	}
	if cfg.MinCases < 0 || cfg.Draws < 0 {
		faults = append(faults, fmt.Errorf("at least %d cases, %d draws: wanted 0 or more", cfg.MinCases, cfg.Draws))
	}
	if err := cfg.Lead.Validate(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func (cfg Config) defaults(a, b *eventlog.Log) Config {
	for i, l := range []*eventlog.Log{a, b} {
		if cfg.Names[i] == "" {
			cfg.Names[i] = l.Name()
		}
		if cfg.Names[i] == "" {
			cfg.Names[i] = []string{"A", "B"}[i]
		}
	}
	if cfg.Confidence == 0 {
		cfg.Confidence = 0.95
	}
	if cfg.Level == 0 {
		cfg.Level = 0.05
	}
	if cfg.MinCases == 0 {
		cfg.MinCases = 10
	}
	if cfg.Draws == 0 {
		cfg.Draws = 999
	}
	return cfg
}

// Result is the comparison of two cohorts. Lists are in order of adjusted
// probability, then of size, then of name; what was too rare to test is not in
// them and counted in Families.
type Result struct {
	A          Side         `json:"a"`
	B          Side         `json:"b"`
	Confidence float64      `json:"confidence"`
	Level      float64      `json:"level"`
	LeadTime   *Times       `json:"lead_time"` // nil where a cohort has none
	Variants   Distance     `json:"variants"`
	Profile    Distance     `json:"directly_follows"`
	Rework     *Share       `json:"rework"` // cases in which an activity is repeated
	Breach     *Share       `json:"breach"` // nil unless asked for
	Activities []Activity   `json:"activities"`
	Waiting    []Waiting    `json:"waiting"`
	Edges      []Edge       `json:"edges"`
	Mix        []Difference `json:"mix"`
	Families   []Family     `json:"families"`
	Warnings   []error      `json:"-"`
}

// Family names tests whose probabilities are adjusted together.
type Family struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	Tests  int    `json:"tests"`
	Found  int    `json:"found"` // adjusted probability up to the level
	Rare   int    `json:"rare"`  // not tested: too few cases
}

// Times compares one duration a case.
type Times struct {
	Unit     measure.Unit     `json:"unit"`
	A        measure.Summary  `json:"a"`
	B        measure.Summary  `json:"b"`
	Median   measure.Estimate `json:"median_difference"`
	Mean     measure.Estimate `json:"mean_difference"`
	Shift    measure.Estimate `json:"shift"` // Hodges & Lehmann
	Delta    measure.Estimate `json:"delta"` // Cliff
	Size     measure.Size     `json:"size"`  // of Delta
	P        measure.Number   `json:"p"`     // Mann & Whitney
	Adjusted measure.Number   `json:"p_adjusted"`
}

// Share compares the share of cases of which something is true.
type Share struct {
	measure.Risks
	Adjusted measure.Number `json:"p_adjusted"`
}

// Activity compares how many cases have an activity, and how often.
type Activity struct {
	Activity string `json:"activity"`
	Share
	MeanA measure.Number `json:"mean_a"` // occurrences a case, all cases
	MeanB measure.Number `json:"mean_b"`
}

// Waiting compares the waiting before an activity, a case's mean over its
// instances being one value.
type Waiting struct {
	Activity string `json:"activity"`
	// Since says from when: "enabled" as recorded, "completed" for the last
	// completion before the start, "previous" for the event before where no starts
	// are recorded.
	Since string `json:"since"`
	Times
}

// Edge compares how many cases have one activity directly followed by another.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	Share
	MeanA measure.Number `json:"mean_a"`
	MeanB measure.Number `json:"mean_b"`
}

// Difference says how unlike the cohorts are in an attribute.
type Difference struct {
	Attribute string           `json:"attribute"`
	N         int              `json:"n"`
	Measure   string           `json:"measure"` // "v": Cramér's V, "delta": Cliff's delta
	Value     measure.Estimate `json:"value"`
	Size      measure.Size     `json:"size"`
	Most      string           `json:"most"` // the value whose share differs most
	ShareA    measure.Number   `json:"share_a"`
	ShareB    measure.Number   `json:"share_b"`
	P         measure.Number   `json:"p"`
	Adjusted  measure.Number   `json:"p_adjusted"`
}

// Compare returns the comparison of b against a. It expects logs of activity
// instances. Cohorts of fewer than MinCases cases are described but not tested.
// The same logs, Config and seed give the same Result.
//
// It fails for a nil log, faults of cfg, and with ctx's error within some 100 ms
// of its being done. O(n log n) in events, and Draws·cases for the variants.
func Compare(ctx context.Context, a, b *eventlog.Log, cfg Config) (*Result, error) {
	if a == nil || b == nil {
		return nil, errors.New("comparing cohorts: a log is nil")
	}
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("comparing cohorts: %w", err)
	}
	cfg = cfg.defaults(a, b)
	c := &comparison{ctx: ctx, cfg: cfg, logs: [2]*eventlog.Log{a, b}}
	r := &Result{Confidence: cfg.Confidence, Level: cfg.Level}
	c.Result = r
	for _, step := range []func() error{c.sides, c.leadTimes, c.control, c.distances, c.shares, c.waitings, c.mixes} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("comparing cohorts %q and %q: %w", cfg.Names[0], cfg.Names[1], err)
		}
	}
	c.families()
	c.doubts()
	return r, nil
}

// comparison holds what the steps of Compare share.
type comparison struct {
	*Result
	ctx  context.Context
	cfg  Config
	logs [2]*eventlog.Log
	open [2][]bool // by case
	rare map[string]int
	few  bool // a cohort is too small to test
}

func (c *comparison) skip(family string, n int) {
	if c.rare == nil {
		c.rare = map[string]int{}
	}
	c.rare[family] += n
}

// times compares two samples of seconds, nil where either is empty.
func (c *comparison) times(a, b []float64) (*Times, error) {
	t := &Times{Unit: measure.Second, A: measure.Summarize(a, measure.Second), B: measure.Summarize(b, measure.Second)}
	nan := measure.Number(math.NaN())
	t.Median.Value = measure.Number(t.B.Median - t.A.Median)
	t.Mean.Value = measure.Number(t.B.Mean - t.A.Mean)
	t.Shift.Value, t.Delta.Value, t.P, t.Adjusted = nan, nan, nan, nan
	if c.few || len(a) < c.cfg.MinCases || len(b) < c.cfg.MinCases {
		return t, nil
	}
	r, err := measure.CompareRanks(a, b, c.cfg.Confidence)
	if err != nil {
		return nil, err
	}
	t.Shift, t.Delta, t.Size, t.P = r.Shift, r.Delta, r.Size, measure.Number(r.Test.P)
	t.Median.Interval = medians(a, b, c.cfg.Confidence)
	if w, err := measure.Welch(a, b, c.cfg.Confidence); err == nil { // constant samples have none
		t.Mean = w.Difference
	}
	return t, nil
}

// share compares two shares, without a test where a cohort is small.
func (c *comparison) share(a, b measure.Rate) (Share, error) {
	r, err := measure.CompareShares(a, b, c.cfg.Confidence)
	if err != nil {
		return Share{}, err
	}
	if c.few {
		r.P = measure.Number(math.NaN())
	}
	return Share{r, measure.Number(math.NaN())}, nil
}
