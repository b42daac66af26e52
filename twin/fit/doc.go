// Package fit makes a first twin of any event log, so that the loop closes:
// mine, fit, simulate, and mine again finds nearly the same lead time.
//
//	log ─▶ inductive miner ─▶ order of steps, branches by replay      structure.go
//	    └▶ transitions, where these reproduce the order better        chain.go
//	    ─▶ stage times ─▶ delay, processing, how they hang together   stages.go, correlation.go
//	    ─▶ who did what ─▶ pools, sizes, calendars                    pools.go
//	                   └▶ families of processing times                 families.go
//	                   └▶ people who keep other hours                 shifts.go
//	    ─▶ returns that grow rarer                                    rework.go
//	    ─▶ several things at once, batches                            habits.go
//	    ─▶ what goes first                                            priorities.go
//	    ─▶ delays by the wall clock or in office hours                delays.go
//	    ─▶ first events ─▶ arrivals                                   arrivals.go
//	    ─▶ calibration against a simulation, where one is handed in   calibrate.go
//
// What a log does not say is assumed, and every assumption is a sentence with
// its numbers in the Report. See DESIGN.md for what was tried.
//
// Left out on purpose: attributes of cases beside the one that decides what goes
// first, and a model of concurrency finer than the log can show.
package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/processtree"
	"github.com/uprava/uprava/twin"
)

// Config says how to fit. The zero value is useful.
type Config struct {
	// Noise of the inductive miner, 0 to 1; nil: the least of 0, 0.1, 0.2, 0.3 and
	// 0.5 whose model is no flower, 0 where all are.
	Noise *float64
	// TimeZone is the IANA name of the zone in which the body works; "" for the
	// offset that most events of the log have.
	TimeZone string
	// Simulate runs a model and returns its log, of some thousand cases. With it the delays are calibrated until waiting in the queues and
	// delay together are the waiting of the log; nil leaves the queues on top.
	Simulate func(context.Context, *twin.Model) (*eventlog.Log, error)
	// Seed of the draws by which the stage correlation is chosen.
	Seed uint64
	// Progress is told how many of the steps are done; nil for nothing.
	Progress func(done, total int)
}

// Validate reports all faults of the configuration.
func (c *Config) Validate() error {
	var faults []error
	if c.Noise != nil && !(*c.Noise >= 0 && *c.Noise <= 1) {
		faults = append(faults, fmt.Errorf("noise is %v, wanted 0 to 1", *c.Noise))
	}
	if c.TimeZone != "" {
		if _, err := time.LoadLocation(c.TimeZone); err != nil {
			faults = append(faults, fmt.Errorf("time zone %q: %w", c.TimeZone, err))
		}
	}
	return errors.Join(faults...)
}

// Report says what was fitted to what, and what was assumed.
type Report struct {
	Log              string          `json:"log"`
	From             time.Time       `json:"from"` // first and last event
	To               time.Time       `json:"to"`
	Cases            int             `json:"cases"`     // with at least one instance
	Instances        int             `json:"instances"` // of activities
	Deviating        int             `json:"deviating"` // cases that the model does not allow
	Noise            float64         `json:"noise"`
	Tree             string          `json:"tree"`      // as mined
	Structure        string          `json:"structure"` // "tree", or "transitions" where these reproduce the order better
	OrderTree        float64         `json:"order_tree"`
	OrderTransitions float64         `json:"order_transitions"` // 3-gram distances of both from the log, 0 to 1
	StageCorrelation float64         `json:"stage_correlation"`
	LeadTime         measure.Summary `json:"-"` // of the log, seconds, first to last recorded time
	Stages           []Stage         `json:"stages"`
	Assumptions      []string        `json:"assumptions"`
	Warnings         []error         `json:"-"`

	doubts []error // the assumptions in both languages
}

// Stage is what was fitted to one activity; times in seconds.
type Stage struct {
	Activity   string  `json:"activity"`
	Task       string  `json:"task"` // identifier in the diagram
	Pool       string  `json:"pool"` // "" where nobody is known to do it
	N          int     `json:"n"`
	Mean       float64 `json:"mean_s"` // completion to completion
	Median     float64 `json:"median_s"`
	Processing float64 `json:"processing_s"` // mean
	Delay      float64 `json:"delay_s"`      // mean after calibration
	Estimated  bool    `json:"estimated"`    // the processing is an estimate, no record
	Low        float64 `json:"processing_low_s"`
	High       float64 `json:"processing_high_s"` // between which an estimated one lies; 0 where it is none
	Law        Law     `json:"law"`               // of the processing, or of the whole stage where nobody is known to do it
}

// Fit returns a twin of one process fitted to the log, and what was done. An
// empty log is an error (eventlog.ErrEmpty). The same log and configuration give
// the same model. O(n log n) in events; calibration simulates up to five times.
func Fit(ctx context.Context, l *eventlog.Log, cfg Config) (*twin.Model, *Report, error) {
	if err := cfg.Validate(); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: %w", l.Name(), err)
	}
	f := &fitter{cfg: cfg, report: &Report{Log: l.Name()}, done: new(int)}
	if err := f.read(l); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: %w", l.Name(), err)
	}
	if err := f.structure(ctx); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: finding a process model: %w", l.Name(), err)
	}
	f.step()
	f.times()
	f.pools()
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: %w", l.Name(), err)
	}
	f.atOnce()
	f.priorities()
	f.step()
	if err := f.batches(ctx, l); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: looking for batches: %w", l.Name(), err)
	}
	f, m, err := f.delays(ctx, l)
	if err != nil {
		return nil, nil, fmt.Errorf("fitting %q: calibrating: %w", l.Name(), err)
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("fitting %q: %w", l.Name(), err)
	}
	m.Warnings = append(m.Warnings, f.report.doubts...)
	for _, d := range f.report.doubts {
		one := []error{d}
		m.Assumed = append(m.Assumed, twin.Text{RU: measure.TextsIn("ru", one)[0], EN: measure.TextsIn("en", one)[0]})
	}
	if cfg.Progress != nil {
		cfg.Progress(steps, steps)
	}
	return m, f.report, nil
}

// steps of a fit at most: what is read from the log, and the simulations.
const steps = 2 + 2*rounds + 2

// step tells that one more is done.
func (f *fitter) step() {
	if *f.done++; f.cfg.Progress != nil {
		f.cfg.Progress(min(*f.done, steps-1), steps)
	}
}

// fitter is a fit under way.
type fitter struct {
	cfg    Config
	report *Report
	done   *int // steps
	zone   string
	loc    *time.Location

	names []string     // activities that occur, ascending
	cases [][]instance // each by completion

	tree     *processtree.Tree // sequential: what is simulated
	executed map[*processtree.Tree]int64
	openTime bool   // delays are counted in the hours of their pool, not by the wall clock
	chain    *chain // in place of the tree; nil where the tree is simulated
	diagram  *bpmn.Definitions
	taken    map[string]int64              // by flow out of an exclusive split
	redone   map[*processtree.Tree]*visits // of what a loop does before another round
	visits   map[string]*visits            // by flow out of a split; none where they cannot be told
	fading   map[string]fade               // by flow whose share falls
	leaves   map[string]bool               // of these, those that leave a loop
	taskOf   []string                      // by activity

	activities []activity
	groups     []group
	attributes []property
	urgency    *urgency      // nil where cases are alike
	level      []int         // priority by activity
	resources  []string      // names
	unitOf     []string      // by resource: where it worked most
	batchOf    []*twin.Batch // by activity; nil for none
	// completions by resource, ascending.
	completions [][]int64
	calendars   []twin.Calendar
	common      float64
}

// instance is one activity instance; microseconds since 1970.
type instance struct {
	activity        int
	resource        int   // -1 where none was recorded
	enabled         int64 // start where it was not recorded
	start, complete int64
	started         bool  // its start was recorded
	stage           int64 // since the completion before it in the case
	processing      int64
	delay           int64
	part            float64 // of its time that its resource had for it
	gap             int64   // since its resource completed something; -1 unknown
}

// activity is what is known of one activity.
type activity struct {
	n, started  int
	group       int // -1 for none
	stage       []float64
	delay, work []float64 // samples, seconds, ascending
	bounds      []float64 // above each processing that was not recorded, seconds, ascending
	waits       []float64 // waiting of every cause, wall clock
	openWaits   []float64 // the same in the hours of the pool
	wall        float64   // sum of the delays by the wall clock
	stretch     float64   // of a delay: wall clock over the hours of the pool
	limit       float64   // estimate of the longest processing, seconds
	meanWait    float64   // target of the calibration
	scale       float64   // of the delay
}

const (
	second = 1_000_000 // microseconds
	hour   = 3600 * second
)

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }
