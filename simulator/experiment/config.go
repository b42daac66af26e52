package experiment

import (
	"errors"
	"fmt"
	"time"

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
	// Workers is the number of replications at once; 0 means GOMAXPROCS. The
	// result does not depend on it.
	Workers int
	// Samples keeps the cycle and lead times of the counted cases in the Result.
	Samples bool
	// Progress is told after every replication how many are done; nil for
	// nothing. Calls do not overlap.
	Progress func(done, total int)
}

// Validate reports all faults of the configuration.
func (c Config) Validate() error {
	one := c.of(0)
	faults := []error{one.Validate()}
	if c.Replications < 0 {
		faults = append(faults, fmt.Errorf("replications %d: wanted 1 or more", c.Replications))
	}
	if c.Confidence != 0 && !(c.Confidence > 0 && c.Confidence < 1) {
		faults = append(faults, fmt.Errorf("confidence %v: wanted more than 0 and less than 1", c.Confidence))
	}
	if c.AutoWarmup && c.Warmup > 0 {
		faults = append(faults, fmt.Errorf("both a warm-up of %d cases and an automatic one are given: wanted one of them", c.Warmup))
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
	return c
}

// of returns the configuration of a replication.
func (c Config) of(replication int) simulator.Config {
	return simulator.Config{Seed: c.Seed, Replication: replication, Cases: c.Cases, Warmup: c.Warmup,
		Duration: c.Duration, Before: c.Before, Language: c.Language, Samples: true}
}
