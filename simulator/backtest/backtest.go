package backtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/distance"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
)

// Config says how to test. The zero value splits at 0.8 and simulates ten times.
type Config struct {
	Split float64 // 0 means 0.8
	// Cut, where given, is the moment at which the log is split, in place of Split.
	Cut  time.Time
	Runs int // 0 means 10
	Seed uint64
	// TimeZone is that of fit.Config.
	TimeZone string
	// Progress is told how many of the steps, the fit and each run, are done; nil for
	// nothing.
	Progress func(done, total int)
}

// mostRuns is the greatest number of simulated logs.
const mostRuns = 10_000

// Validate reports all faults of the configuration.
func (c Config) Validate() error {
	var faults []error
	if !(c.Split >= 0 && c.Split < 1) {
		faults = append(faults, fmt.Errorf("split %v: wanted a share between 0 and 1", c.Split))
	}
	if c.Runs < 0 || c.Runs > mostRuns {
		faults = append(faults, fmt.Errorf("runs %d: wanted 1 or more, %d at most", c.Runs, mostRuns))
	}
	return errors.Join(faults...)
}

// Result is the answer of a back-test. It marshals to the JSON of `uprava backtest`.
type Result struct {
	Log      string    `json:"log"`
	Cut      time.Time `json:"cut"`
	Training int       `json:"training_cases"`
	Test     int       `json:"test_cases"`
	Crossing int       `json:"crossing_cases"`
	Runs     int       `json:"runs"`
	Seed     uint64    `json:"seed"`
	// End is that of the log, and of what it can show. EndedOnly says that the log holds
	// only ended cases, so that simulated cases which end later are left out, a share
	// Hidden of all; otherwise what is later is cut off. Seen are the simulated cases
	// that are left a run.
	End       time.Time      `json:"log_end"`
	EndedOnly bool           `json:"ended_cases_only"`
	Hidden    measure.Number `json:"hidden_share"`
	Seen      measure.Number `json:"simulated_cases"`
	Distances []Figure       `json:"distances"`
	// CycleTime of the test cases beside that of the runs.
	CycleTime Prediction  `json:"cycle_time"`
	Report    *fit.Report `json:"fit"`
	Warnings  []error     `json:"-"`
}

// Figure is one distance: of the simulated logs from the test log, mean and standard
// deviation over the runs, beside that of the last training cases, as many as the test
// has and seen as the log would show them, from the test log.
type Figure struct {
	Name     string         `json:"name"`
	Unit     measure.Unit   `json:"unit"`
	Mean     measure.Number `json:"mean"`
	SD       measure.Number `json:"sd"`
	Training measure.Number `json:"training_test"`
	Trust    Trust          `json:"trust"`
}

// Trust says how a distance stands against that of the two periods from each other.
type Trust string

// The grades. A model that differs from the test no more than half as much again as
// the training period does, or by little that matters (a twentieth of the n-grams, half
// an hour of the day, a tenth of the mean cycle time), is as good as the past; up to
// three times that it shows the rough picture; beyond, its answers on this side mean
// nothing. Neither do those on the cycle time where its mean was missed by more than four
// times.
const (
	Good     Trust = "good"
	Rough    Trust = "rough"
	Poor     Trust = "poor"
	Unjudged Trust = "unjudged" // a distance cannot be told
)

func grade(d, training, little float64) Trust {
	switch bound := math.Max(1.5*training, little); {
	case math.IsNaN(d) || math.IsNaN(training):
		return Unjudged
	case d <= bound:
		return Good
	case d <= 2*bound:
		return Rough
	}
	return Poor
}

// little is the distance that matters to nobody, of logs whose cases take so many
// hours on average.
func little(name string, cycle float64) float64 {
	switch name {
	case "ngram_2", "ngram_3":
		return 0.05
	case "circadian_event":
		return 0.5
	}
	return cycle / 10
}

// Prediction is what the runs said of the mean cycle time of the test cases.
type Prediction struct {
	Actual    measure.Number `json:"actual_s"`
	Predicted measure.Number `json:"predicted_s"`
	// Low to High holds the mean of 95 of a hundred runs: the runs' mean, with the
	// scatter of the runs and of that mean (Student's prediction interval).
	Low    measure.Number `json:"low_s"`
	High   measure.Number `json:"high_s"`
	Covers bool           `json:"covers"`
	// Quantiles of the test's cycle times, of twenty, that lie within the range of the
	// runs' own, as a share.
	Quantiles measure.Number `json:"quantiles_covered"`
}

// missed reports that the mean was foretold wrongly by more than four times, and not
// within the scatter of the runs. Where a process has changed, its past foretells it as
// wrongly, so that the distances alone would let the model pass.
func (p Prediction) missed() bool {
	actual, predicted := float64(p.Actual), float64(p.Predicted)
	return !p.Covers && (predicted > 4*actual || actual > 4*predicted)
}

func (c Config) split(l *eventlog.Log) (*Parts, error) {
	if !c.Cut.IsZero() {
		return SplitAt(l, eventlog.Time(c.Cut.UnixMicro()))
	}
	return Split(l, c.Split)
}

// Run splits the log, fits a model to the first part and simulates the second: as many
// cases as the test has, from its first moment on, after a time like that of the
// longest usual case, so that the offices are found at work. Cases are seen as the log
// shows them, see window. The same log and configuration give the same result.
func Run(ctx context.Context, l *eventlog.Log, cfg Config) (*Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the configuration of the back-test: %w", err)
	}
	if cfg.Split == 0 {
		cfg.Split = 0.8
	}
	if cfg.Runs == 0 {
		cfg.Runs = 10
	}
	whole, pairing := l.Instances()
	parts, err := cfg.split(whole)
	if err != nil {
		return nil, err
	}
	total := cfg.Runs + 1
	step := func(done int) {
		if cfg.Progress != nil {
			cfg.Progress(done, total)
		}
	}
	calibration := max(3000, parts.Training.Cases())
	m, report, err := fit.Fit(ctx, parts.Training, fit.Config{Seed: cfg.Seed, TimeZone: cfg.TimeZone, Simulate: Simulate(cfg.Seed, calibration)})
	if err != nil {
		return nil, err
	}
	step(1)
	zone, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone of the model: %w", err)
	}
	m.Start = parts.Cut.Go().In(zone)
	r := &Result{Log: l.Name(), Cut: parts.Cut.Go().In(zone), Training: parts.Training.Cases(), Test: parts.Test.Cases(), Crossing: parts.Crossing,
		Runs: cfg.Runs, Seed: cfg.Seed, Report: report, Warnings: slices.Concat(pairing.Warnings(), m.Warnings)}
	program, err := simulator.Compile(m, "en")
	if err != nil {
		return nil, err
	}
	r.Warnings = append(r.Warnings, program.Warnings()...)
	values := make([][]float64, len(names))
	cycles := make([][]float64, cfg.Runs)
	before := usual(parts.Training)
	w := windowOf(whole)
	r.End, r.EndedOnly = lastOf(whole).Go().In(zone), w.ended
	needed, shown := 0, 0
	for run := range cfg.Runs {
		simulated, of, err := w.simulate(ctx, program, parts.Test.Cases(), simulator.Config{Seed: cfg.Seed, Replication: run + 1, Before: before})
		if err != nil {
			return nil, fmt.Errorf("simulating run %d: %w", run+1, err)
		}
		needed, shown = needed+of, shown+simulated.Cases()
		if simulated.Cases() == 0 {
			return nil, fmt.Errorf("simulating run %d: none of %d simulated cases ends before the log does, %s: the test period is too short for the cases of the model", run+1, of, r.End.Format(time.DateOnly))
		}
		d, err := distance.Between(ctx, simulated, parts.Test, zone)
		if err != nil {
			return nil, fmt.Errorf("run %d: %w", run+1, err)
		}
		for i, x := range listed(d) {
			values[i] = append(values[i], x)
		}
		cycles[run] = cycleTimes(simulated)
		step(run + 2)
	}
	r.Seen = measure.Number(float64(shown) / float64(cfg.Runs))
	r.Hidden = measure.Number(1 - float64(shown)/float64(needed))
	if shown < cfg.Runs*parts.Test.Cases() {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("the model has fewer cases to show up to the end of the log than the test: %.0f a run of %d", float64(r.Seen), parts.Test.Cases()),
			RU: fmt.Sprintf("до конца журнала модель показывает меньше дел, чем в проверке: %.0f за прогон из %d", float64(r.Seen), parts.Test.Cases()),
		})
	}
	training, err := floor(ctx, w, parts, zone)
	if err != nil {
		return nil, err
	}
	cycle := mean(cycleTimes(parts.Test)) / 3600
	for i, x := range values {
		s := measure.Summarize(x, names[i].unit)
		r.Distances = append(r.Distances, Figure{Name: names[i].name, Unit: names[i].unit, Mean: measure.Number(s.Mean), SD: measure.Number(deviation(x)),
			Training: measure.Number(training[i]), Trust: grade(s.Mean, training[i], little(names[i].name, cycle))})
	}
	r.CycleTime = predict(cycles, cycleTimes(parts.Test))
	for i := range r.Distances {
		if f := &r.Distances[i]; f.Name == "cycle_time" && r.CycleTime.missed() {
			f.Trust = Poor
		}
	}
	return r, nil
}

// lastOf returns the last recorded time of a log.
func lastOf(l *eventlog.Log) eventlog.Time {
	var last eventlog.Time
	for _, c := range l.All() {
		if c.Len() > 0 {
			last = max(last, c.Last())
		}
	}
	return last
}

// floor returns the distances of the last training cases from the test, as many as it
// has and as the log would show them; NaN where it would show none.
func floor(ctx context.Context, w window, parts *Parts, zone *time.Location) ([]float64, error) {
	past := w.seen(recent(parts.Training, parts.Test.Cases(), parts.Cut))
	if past.Events() == 0 {
		return slices.Repeat([]float64{math.NaN()}, len(names)), nil
	}
	d, err := distance.Between(ctx, past, parts.Test, zone)
	if err != nil {
		return nil, fmt.Errorf("distance of the training log: %w", err)
	}
	return listed(d), nil
}

// Simulate returns a function that simulates a model for so many cases, after a tenth
// as many that are discarded; fit.Config wants one.
func Simulate(seed uint64, cases int) func(context.Context, *twin.Model) (*eventlog.Log, error) {
	return func(ctx context.Context, m *twin.Model) (*eventlog.Log, error) {
		return simulator.Log(ctx, m, simulator.Config{Seed: seed, Cases: max(1, cases), Warmup: cases / 10})
	}
}

// names of the distances, in the order of the paper.
var names = []struct {
	name string
	unit measure.Unit
}{
	{"ngram_2", measure.Share}, {"ngram_3", measure.Share}, {"absolute_event", measure.Hour}, {"circadian_event", measure.Hour},
	{"relative_event", measure.Hour}, {"cycle_time", measure.Hour}, {"case_arrival", measure.Hour},
}

func listed(d *distance.Distances) []float64 {
	return []float64{float64(d.Ngram2), float64(d.Ngram3), float64(d.Absolute), float64(d.Circadian), float64(d.Relative), float64(d.Cycle), float64(d.Arrival)}
}

func deviation(x []float64) float64 {
	if len(x) < 2 {
		return math.NaN()
	}
	mean, squares := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

// cycleTimes returns those of the cases of a log in seconds, ascending.
func cycleTimes(l *eventlog.Log) []float64 {
	var x []float64
	for _, c := range l.All() {
		if c.Len() > 0 {
			x = append(x, float64(c.Last()-begin(c))/1e6)
		}
	}
	slices.Sort(x)
	return x
}

// usual returns a time within which nearly all cases of a log end, a year at most.
func usual(l *eventlog.Log) time.Duration {
	x := measure.Quantile(cycleTimes(l), 0.95)
	return min(time.Duration(x*float64(time.Second)).Truncate(time.Hour)+24*time.Hour, 366*24*time.Hour)
}
