package whatif

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
)

// newID returns an identifier that nobody else has.
func newID() string { return strings.ToLower(rand.Text()[:10]) }

// missing turns what is not kept into what is not found.
func missing(err error) error {
	if errors.Is(err, kept.ErrNotFound) {
		return fmt.Errorf("%w: %w", err, desk.ErrNotFound)
	}
	return err
}

// latest orders documents by when they were last changed.
func latest(a, b kept.Entry) int { return b.Changed.Compare(a.Changed) }
