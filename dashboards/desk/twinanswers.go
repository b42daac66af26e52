package desk

import (
	"context"

	"github.com/uprava/uprava/twin/architecture"
)

// Ranked are the procedures of a twin by what their digitalisation promises, and how many
// lack the figures to be ranked.
type Ranked struct {
	List    []architecture.Priority
	Without int
}

// Duplicates returns the pairs of procedures of the twin that may be one, the likeliest
// first. Seconds of computing.
func (t *Twin) Duplicates(ctx context.Context) ([]architecture.Pair, error) {
	return architecture.Duplicates(ctx, architecture.Functions(t.Model), architecture.DuplicateConfig{})
}

// Priorities ranks the procedures of the twin.
func (t *Twin) Priorities(ctx context.Context) (*Ranked, error) {
	list, without, err := architecture.Priorities(ctx, t.Model, architecture.PriorityConfig{Seed: townSeed})
	return &Ranked{list, without}, err
}

// Duplicates returns the answer of Twin.Duplicates, remembered until the twin changes.
func (d *Desk) Duplicates(ctx context.Context, t *Twin) ([]architecture.Pair, error) {
	return RememberTwin(ctx, d, t.ID, "duplicates", t.Duplicates)
}

// Priorities returns the answer of Twin.Priorities, remembered until the twin changes.
func (d *Desk) Priorities(ctx context.Context, t *Twin) (*Ranked, error) {
	return RememberTwin(ctx, d, t.ID, "priorities", t.Priorities)
}
