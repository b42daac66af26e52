package rootcause

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Config says how an outcome is explained. Zero values take what is in brackets.
type Config struct {
	Level      float64 // false discovery rate [0.05]
	Confidence float64 // of intervals where nothing was selected [0.95]
	// MinCases is the number of cases with a value, and of those without it, below
	// which the value is not tested; half of it, of the leaf of a rule [30].
	MinCases  int
	Most      int      // effects listed at most, the most certain first [50]
	MaxLevels int      // values of an attribute that are tested; rarer ones stand together [50]
	Depth     int      // conditions of a rule at most [3]
	Seed      uint64   // of the halves
	AtStart   bool     // leave out what is known only while a case runs
	KeepLeaks bool     // keep what the leakage guard would leave out, marked
	Without   []string // attributes to leave out, by name
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
	if cfg.MinCases < 0 || cfg.Most < 0 || cfg.MaxLevels < 0 || cfg.Depth < 0 {
		faults = append(faults, fmt.Errorf("at least %d cases, at most %d effects, %d values, depth %d: wanted 0 or more", cfg.MinCases, cfg.Most, cfg.MaxLevels, cfg.Depth))
	}
	if cfg.MaxLevels > 1000 || cfg.Depth > 6 {
		faults = append(faults, fmt.Errorf("%d values, depth %d: wanted at most 1000 and 6", cfg.MaxLevels, cfg.Depth))
	}
	return errors.Join(faults...)
}

func (cfg Config) defaults() Config {
	set := func(v *int, to int) {
		if *v == 0 {
			*v = to
		}
	}
	set(&cfg.MinCases, 30)
	set(&cfg.Most, 50)
	set(&cfg.MaxLevels, 50)
	set(&cfg.Depth, 3)
	if cfg.Level == 0 {
		cfg.Level = 0.05
	}
	if cfg.Confidence == 0 {
		cfg.Confidence = 0.95
	}
	return cfg
}

// Result is what goes with an outcome.
type Result struct {
	OutcomeEN string           `json:"outcome"`
	OutcomeRU string           `json:"outcome_ru"`
	Numeric   bool             `json:"numeric"`
	Cases     int              `json:"cases"`
	Known     int              `json:"known"`  // cases whose outcome is known
	Base      *Base            `json:"base"`   // nil of a quantity
	Values    *measure.Summary `json:"values"` // of a quantity
	Tests     int              `json:"tests"`  // values tested, all attributes together
	Found     int              `json:"found"`  // of those, with an adjusted probability up to Level
	Level     float64          `json:"level"`
	Effects   []Effect         `json:"effects"`
	Model     *Model           `json:"model"` // nil of a quantity, and where there is too little to fit
	Rules     []Rule           `json:"rules"`
	Dropped   int              `json:"rules_dropped"` // rules that the second half did not bear out
	Left      []LeftOut        `json:"left_out"`
	Warnings  []error          `json:"-"`
}

// Base is the share of cases in which the outcome came true.
type Base struct {
	measure.Rate
	Share measure.Estimate `json:"share"`
}

// When a value is known.
const (
	AtStart = "start"
	During  = "during"
)

// Effect says how cases with a value differ from the rest of the cases of which the
// attribute is known.
type Effect struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	Source    string `json:"source"` // "case", "first_event", "derived"
	Known     string `json:"known"`  // "start" or "during"
	Found     bool   `json:"found"`
	N         int    `json:"n"` // cases with the value
	Rest      int    `json:"n_rest"`
	// Shares compares the shares of the outcome, the rest being a; nil of a quantity.
	// Intervals of effects that were found have the confidence 1 − found·level/tests,
	// so that of those listed, not of all, the wanted share holds the truth
	// (Y. Benjamini, D. Yekutieli, doi:10.1198/016214504000001907).
	Shares *measure.Risks `json:"shares"`
	// Shift and Delta compare quantities (Hodges & Lehmann, Cliff); nil otherwise.
	Shift *measure.Estimate `json:"shift"`
	Delta *measure.Estimate `json:"delta"`
	Size  measure.Size      `json:"size"`
	P     measure.Number    `json:"p"`
	// Adjusted is P after Benjamini & Hochberg over all Tests.
	Adjusted measure.Number `json:"p_adjusted"`
	// Confounders are named for effects that were found, the strongest first.
	Confounders []Confounder `json:"confounders"`
	// Held is the effect with the first three confounders held fixed together; nil
	// without confounders.
	Held     *Held  `json:"held"`
	Reversed bool   `json:"reversed"` // held fixed, the effect has the other sign
	Leak     string `json:"leak"`     // why the guard would leave it out; "" where it would not
	leakRU   string
	at       candidate
}

// Confounder is an attribute that goes with both the value and the outcome, and that
// changes the effect by more than a tenth when it is held fixed: within its values
// the effect is Adjusted, over all Crude (difference of shares, or Cliff's delta).
type Confounder struct {
	Attribute string         `json:"attribute"`
	Crude     measure.Number `json:"crude"`
	Adjusted  measure.Number `json:"adjusted"`
	Change    measure.Number `json:"change"` // (Adjusted − Crude)/|Crude|
}

// Held is an effect within strata.
type Held struct {
	Attributes []string            `json:"attributes"`
	Shares     *measure.Stratified `json:"shares"` // Mantel & Haenszel; nil of a quantity
	Delta      measure.Number      `json:"delta"`  // of a quantity: mean over strata, weighed as van Elteren's test does
}

// LeftOut names an attribute that took no part.
type LeftOut struct {
	Attribute string `json:"attribute"`
	Kind      string `json:"kind"` // "leak", "names", "rare", "time", "asked"
	EN        string `json:"reason"`
	RU        string `json:"reason_ru"`
}

// Explain returns what goes with an outcome. The same log, outcome, Config and seed
// give the same Result. It fails for a nil log, an outcome that does not fit it and
// faults of cfg, and with ctx's error within some 100 ms of its being done. With too
// few cases nothing is tested and a warning says so. Cost: O(cases·attributes) times
// the effects listed.
func Explain(ctx context.Context, l *eventlog.Log, outcome Outcome, cfg Config) (*Result, error) {
	if l == nil {
		return nil, errors.New("explaining an outcome: the log is nil")
	}
	if err := errors.Join(cfg.Validate(), outcome.check(l)); err != nil {
		return nil, fmt.Errorf("explaining an outcome: %w", err)
	}
	x := &explanation{ctx: ctx, cfg: cfg.defaults(), log: l, outcome: outcome}
	x.Result = &Result{OutcomeEN: outcome.EN, OutcomeRU: outcome.RU, Numeric: outcome.Numeric, Cases: l.Cases(),
		Level: x.cfg.Level, Effects: []Effect{}, Rules: []Rule{}, Left: []LeftOut{}}
	for i, v := range outcome.Values {
		if !math.IsNaN(v) {
			x.known = append(x.known, i)
			x.y = append(x.y, v)
		}
	}
	x.Known = len(x.known)
	if enough := x.describe(); enough {
		for _, step := range []func() error{x.gather, x.guard, x.effects, x.confounders, x.model, x.rules} {
			if err := step(); err != nil {
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				return nil, fmt.Errorf("explaining %q: %w", outcome.EN, err)
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	x.doubts()
	return x.Result, nil
}

// explanation holds what the steps of Explain share. Positions are among the known
// cases throughout.
type explanation struct {
	*Result
	ctx        context.Context
	cfg        Config
	log        *eventlog.Log
	outcome    Outcome
	known      []int     // positions in the log
	y          []float64 // outcomes
	attributes []*attribute
	all        []Effect // every test
	scarce     bool
}

// describe fills the base and reports whether there is enough to test.
func (x *explanation) describe() bool {
	if x.outcome.Numeric {
		s := measure.Summarize(x.y, x.outcome.Unit)
		x.Values = &s
		x.scarce = x.Known < 2*x.cfg.MinCases
		return !x.scarce
	}
	yes := 0
	for _, v := range x.y {
		if v == 1 {
			yes++
		}
	}
	b := &Base{Rate: measure.Rate{K: yes, N: x.Known}, Share: measure.Estimate{Value: measure.Number(math.NaN())}}
	if i, err := measure.ShareInterval(yes, x.Known, x.cfg.Confidence); err == nil {
		b.Share = measure.Estimate{Value: measure.Number(b.Rate.Share()), Interval: &i}
	}
	x.Base = b
	x.scarce = x.Known < 2*x.cfg.MinCases || min(yes, x.Known-yes) < fewestOutcomes
	return !x.scarce
}

// fewestOutcomes is the number of cases with the outcome, and without it, below
// which nothing is tested.
const fewestOutcomes = 10

// halves returns a random half of the known cases and the other.
func (x *explanation) halves() (a, b []int) {
	order := rand.New(rand.NewPCG(x.cfg.Seed, 0x68616c66)).Perm(x.Known)
	return order[:x.Known/2], order[x.Known/2:]
}

// MarshalJSON returns the fields and "warnings", in English.
func (r *Result) MarshalJSON() ([]byte, error) {
	type plain Result
	return json.Marshal(struct {
		*plain
		Warnings []string `json:"warnings"`
	}{(*plain)(r), measure.Texts(r.Warnings)})
}
