package conformance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/uprava/uprava/mining/petri"
)

// Method is how a log is held against a net.
type Method uint8

// The methods.
const (
	TokenReplay Method = iota // tokens that are missing and remain: fast, a good guess
	Alignments                // fewest deviations of each trace: exact, may take long
)

// String returns "replay" or "alignment".
func (m Method) String() string {
	if m == Alignments {
		return "alignment"
	}
	return "replay"
}

// ParseMethod returns the method of a name.
func ParseMethod(s string) (Method, error) {
	for _, m := range []Method{TokenReplay, Alignments} {
		if s == m.String() {
			return m, nil
		}
	}
	return 0, fmt.Errorf("method %q, wanted replay or alignment", s)
}

// MarshalText returns the name of the method.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Config says how to check. The zero value replays tokens without a limit of time.
type Config struct {
	Method Method
	// MaxStates bounds searches, so that every check ends and repeats to the byte: all
	// markings that precision holds, or the exact automaton for fitting traces, 0 for
	// 200,000; a hundredth of it, the markings that one search of the replay visits; and
	// the states that the alignment of one variant expands, 0 for its own default.
	MaxStates int
	// Budget is total wall time, 0 for as long as it takes. What it cuts says so and
	// need not repeat.
	Budget time.Duration
	// Workers is the number of goroutines, 0 for GOMAXPROCS. Results do not depend on it.
	Workers int
}

// Validate returns all faults of the configuration, joined.
func (c Config) Validate() error {
	var faults []error
	if c.Method > Alignments {
		faults = append(faults, fmt.Errorf("method %d, wanted replay or alignment", c.Method))
	}
	if c.MaxStates < 0 || c.MaxStates > 1<<27 {
		faults = append(faults, fmt.Errorf("states at most %d, wanted 0 to %d", c.MaxStates, 1<<27))
	}
	if c.Budget < 0 {
		faults = append(faults, fmt.Errorf("budget %v, wanted 0 or more", c.Budget))
	}
	if c.Workers < 0 {
		faults = append(faults, fmt.Errorf("%d workers, wanted 0 or more", c.Workers))
	}
	return errors.Join(faults...)
}

func (c Config) states() int {
	if c.MaxStates == 0 {
		return 200_000
	}
	return c.MaxStates
}

// once returns the markings that one search of the replay visits.
func (c Config) once() int { return max(1, c.states()/100) }

// workers returns the number of goroutines for n variants.
func (c Config) workers(n int) int {
	w := c.Workers
	if w == 0 {
		w = runtime.GOMAXPROCS(0)
	}
	return max(1, min(w, n/128))
}

// errBudget ends what the budget cuts, to tell it from the caller's own deadline.
var errBudget = errors.New("the budget is spent")

// within returns a context that ends with the budget.
func (c Config) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.Budget == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, c.Budget, errBudget)
}

// spent reports whether err says that the budget ended ctx.
func spent(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), errBudget)
}

// prepare checks the configuration and compiles the net.
func prepare(n *petri.Net, cfg Config) (*compiled, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return compile(n)
}
