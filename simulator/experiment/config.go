package experiment

import (
	"errors"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
)

// Config says how to experiment. The zero value runs 30 replications over the
// days of the model and gives intervals of 95 %.
type Config struct {
	Replications int // 0 means 30
	// Cases, Warmup, Duration, Before, Seed and Language are those of
	// simulator.Config, for every replication.
	Cases, Warmup    int
	Duration, Before time.Duration
	Seed             uint64
	Language         string
	// AutoWarmup finds Warmup by MSER-5, see Warmup.
	AutoWarmup bool
	Confidence float64 // 0 means 0.95
	// Precision is the wanted half-width of the interval of the figure Of, as a
	// share of it: replications are added until it is reached or MostReplications
	// (0 means 1000) are done. 0 runs just Replications.
	Precision        float64
	MostReplications int
	// Figure is the one that Precision, Attribute, KN and the like look at; the zero
	// value is the mean cycle time of all cases.
	Figure Figure
	// Antithetic runs replications in pairs, the second with 1 − u for every draw u
	// of the first; the pair counts as one value.
	Antithetic bool
	// ControlVariates takes out of each figure what is explained by draws whose
	// mean is known (Lavenberg & Welch 1981, doi:10.1287/mnsc.27.3.322).
	ControlVariates bool
	// Open are cases that are under way at the model's start.
	Open []simulator.OpenCase
	// Workers is the number of replications at once; 0 means GOMAXPROCS. The
	// result does not depend on it.
	Workers int
	// Samples keeps the cycle and lead times of the counted cases in the Result.
	Samples bool
	// Observe gives the observer of a replication, several of which are watched at
	// once; nil for none. Replications that Precision adds are not watched.
	Observe func(replication int) simulator.Observer
	// Progress is told after every replication how many are done; nil for
	// nothing. Calls do not overlap.
	Progress func(done, total int)
}

// mostRuns is the greatest number of replications: each keeps its figures.
const mostRuns = 100_000

// Figure names a figure of a Result: a name such as CycleTime and what it is of.
type Figure struct{ Name, Of string }

// String returns the name with what it is of.
func (f Figure) String() string {
	if f.Of == "" {
		return f.Name
	}
	return f.Name + " of " + f.Of
}

// Validate reports all faults of the configuration.
func (c Config) Validate() error {
	one := c.of(0)
	faults := []error{one.Validate()}
	if c.Replications < 0 || c.Replications > mostRuns {
		faults = append(faults, measure.Faultf("replications %d: wanted 1 or more, %d at most", "прогонов %d: нужен один или больше, но не больше %d", c.Replications, mostRuns))
	}
	if c.Confidence != 0 && !(c.Confidence > 0 && c.Confidence < 1) {
		faults = append(faults, measure.Faultf("confidence %v: wanted more than 0 and less than 1", "доверительная вероятность %v: нужна больше 0 и меньше 1", c.Confidence))
	}
	if !(c.Precision >= 0 && c.Precision < 1) {
		faults = append(faults, measure.Faultf("precision %v: wanted 0 to less than 1, such as 0.05", "точность %v: нужна от 0 и меньше 1, например 0,05", c.Precision))
	}
	if c.MostReplications < 0 || c.MostReplications > mostRuns {
		faults = append(faults, measure.Faultf("most replications %d: wanted 1 or more, %d at most", "наибольшее число прогонов %d: нужен один или больше, но не больше %d", c.MostReplications, mostRuns))
	}
	if c.AutoWarmup && c.Warmup > 0 {
		faults = append(faults, measure.Faultf("both a warm-up of %d cases and an automatic one are given: wanted one of them", "указаны и начальный период в %d дел, и автоматический, нужен один из них", c.Warmup))
	}
	return errors.Join(faults...)
}

func (c Config) filled() Config {
	if c.Replications == 0 {
		c.Replications = 30
	}
	if c.Confidence == 0 {
		c.Confidence = 0.95
	}
	if c.Language == "" {
		c.Language = "ru"
	}
	if c.MostReplications == 0 {
		c.MostReplications = 1000
	}
	if c.Figure.Name == "" {
		c.Figure.Name = CycleTime
	}
	if c.Precision > 0 {
		c.Replications = max(c.Replications, fewest)
	}
	if c.Antithetic {
		c.Replications += c.Replications % 2
	}
	return c
}

// of returns the configuration of a replication.
func (c Config) of(replication int) simulator.Config {
	one := simulator.Config{Seed: c.Seed, Replication: replication, Cases: c.Cases, Warmup: c.Warmup,
		Duration: c.Duration, Before: c.Before, Open: c.Open, Language: c.Language, Samples: true}
	if c.Antithetic {
		one.Replication, one.Antithetic = replication/2, replication%2 == 1
	}
	return one
}
