package alignment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// DefaultStates is the number of states that are expanded for one variant when
// Config leaves it open: some seconds, and at worst some 300 MB for each worker.
const DefaultStates = 1_000_000

// mostStates is what the numbers of states that searches keep can tell apart.
const mostStates = 50_000_000

// Config is how alignments are sought. The zero value is a useful one.
type Config struct {
	// MaxStates bounds the states that are expanded for each variant, up to
	// 50,000,000; 0 is DefaultStates. A result that only this bound cuts repeats to the byte.
	MaxStates int
	// Budget is the total wall time; 0 is none. What it cuts depends on the
	// machine, and the result says so.
	Budget time.Duration
	// Workers is the number of variants aligned at once; 0 is GOMAXPROCS.
	Workers int
}

// Validate returns all faults of the configuration, joined.
func (c Config) Validate() error {
	var faults []error
	if c.MaxStates < 0 || c.MaxStates > mostStates {
		faults = append(faults, fmt.Errorf("states per variant: %d, wanted 0 to %d", c.MaxStates, mostStates))
	}
	if c.Budget < 0 {
		faults = append(faults, fmt.Errorf("budget: %v, wanted 0 or more", c.Budget))
	}
	if c.Workers < 0 {
		faults = append(faults, fmt.Errorf("workers: %d, wanted 0 or more", c.Workers))
	}
	return errors.Join(faults...)
}

// Kind says what a move is.
type Kind uint8

// The moves, with their cost in brackets.
const (
	Synchronous Kind = iota // an event and a transition of its label together (0)
	LogMove                 // an event that the model does not follow (1)
	ModelMove               // a labelled transition that the trace lacks (1)
	Silent                  // a transition that nobody sees (0)
)

var kinds = [...]string{"synchronous", "log", "model", "silent"}

// String returns "synchronous", "log", "model" or "silent".
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText returns String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, s := range kinds {
		if s == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("reading a move: kind %q, wanted one of %q", text, kinds)
}

// Move is one step of an alignment.
type Move struct {
	Kind       Kind `json:"kind"`
	Event      int  `json:"event"`      // position in the variant, -1 of a model or silent move
	Transition int  `json:"transition"` // position in the net, -1 of a log move
}

// Alignment is a run of the model beside a variant, step by step.
type Alignment struct {
	Moves []Move `json:"moves"`
	// Cost is the number of log moves and visible model moves. No alignment
	// costs less than Low; High is Cost. Proved says that they are the same, so
	// that the alignment is optimal.
	Cost   int  `json:"cost"`
	Low    int  `json:"cost_low"`
	High   int  `json:"cost_high"`
	Proved bool `json:"proved"`
	// States is the number of states expanded.
	States int `json:"states"`
}

// Result holds the alignments of a log.
type Result struct {
	Alignments []Alignment `json:"alignments"` // one for each variant, in order
	// TotalLow and TotalHigh are the bounds of the cost of all traces.
	TotalLow  int64 `json:"cost_low"`
	TotalHigh int64 `json:"cost_high"`
	Proved    int64 `json:"proved_traces"` // traces, not variants
	States    int64 `json:"states"`
	// Cut says that the budget of wall time ended the search of some variant.
	Cut      bool    `json:"cut"`
	Warnings []error `json:"-"`
	// WorstCost is the cost of the cheapest run of the model with the empty
	// trace: with the number of events it makes the cost of the worst alignment
	// that needs no search.
	WorstCost int `json:"worst_cost"`
}

// Align returns an optimal alignment of each variant with the net (Adriansyah,
// "Aligning Observed and Modeled Behavior", 2014, doi:10.6100/IR770080), from
// the initial to the final marking: log moves and visible model moves cost 1,
// synchronous and silent moves nothing. An event of an activity that no
// transition of the net carries is a log move.
//
// A variant whose optimum the bounds of the configuration leave unproved has the
// best alignment found, with bounds, Proved false and a warning in the result.
// Ties between optimal alignments are broken the same way every time.
//
// A net that is not valid, holds more than 255 tokens in a place of its initial
// or final marking, or whose final marking is not reached is an error; so is one
// whose final marking was not found within the budget. ctx ends the call, with
// its error, typically within some milliseconds.
//
// Cost: see the package documentation.
func Align(ctx context.Context, n *petri.Net, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("aligning: %w", err)
	}
	started := time.Now()
	m, err := compile(n)
	if err != nil {
		return nil, fmt.Errorf("aligning with net %q: %w", n.Name, err)
	}
	j := &job{model: m, cfg: cfg, started: started, variants: variants, labels: m.codes(activities)}
	r, err := j.run(ctx)
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return nil, err
	}
	return nil, fmt.Errorf("aligning with net %q: %w", n.Name, err)
}
