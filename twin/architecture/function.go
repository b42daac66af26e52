package architecture

import (
	"errors"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/measure"
)

// Function is what one procedure of an organisation is and does, as far as is known.
type Function struct {
	ID          string
	Name        string   // in Russian; other languages work, less well
	Text        string   // purpose, one or two sentences; may be empty
	Unit        string   // identifier of who owns it; may be empty
	Roles       []string // identifiers, in any order, as the next three
	Systems     []string
	Documents   []string
	Regulations []string // identifiers of acts it stands on
	Steps       []string // activities of its event footprint, in the usual order; may be empty
}

// Pair is two functions that may be one.
type Pair struct {
	A, B  string  // identifiers, A before B in the input
	Score float64 // 0 to 1; an order, no probability: see the package
	// Similarities, 0 to 1, NaN where one of the two says nothing.
	Text, Roles, Systems, Documents, Regulations, Steps measure.Number
	// Shared is the evidence: what both have, the rarest first. Words are as they
	// stand in A. Steps are those of A whose words have the stems of a step of B.
	Shared struct{ Words, Roles, Systems, Documents, Steps []string }
}

// DuplicateConfig says which pairs are reported. The zero value is useful.
type DuplicateConfig struct {
	// Threshold is the least score of a reported pair, above 0 to 1; 0 for 0.5.
	Threshold float64
	// Abbreviations of the organisation beside the general ones: what the letters
	// stand for, in words. They win over the general ones.
	Abbreviations map[string]string
}

// Validate reports all faults of the configuration.
func (c *DuplicateConfig) Validate() error {
	if math.IsNaN(c.Threshold) || c.Threshold < 0 || c.Threshold > 1 {
		return fmt.Errorf("threshold is %v, wanted 0 to 1", c.Threshold)
	}
	return nil
}

// faults returns all faults of a configuration and of a list of functions, joined.
func faults(cfg *DuplicateConfig, list []Function) error {
	var faults []error
	if err := cfg.Validate(); err != nil {
		faults = append(faults, err)
	}
	first := make(map[string]int, len(list))
	for i := range list {
		f := &list[i]
		if f.ID == "" {
			faults = append(faults, fmt.Errorf("function %d (%q): the identifier is empty", i+1, f.Name))
			continue
		}
		if at, ok := first[f.ID]; ok {
			faults = append(faults, fmt.Errorf("function %d: the identifier %q is that of function %d, too", i+1, f.ID, at+1))
			continue
		}
		first[f.ID] = i
		for _, g := range []struct {
			name string
			ids  []string
		}{{"role", f.Roles}, {"system", f.Systems}, {"document", f.Documents}, {"regulation", f.Regulations}} {
			for k, id := range g.ids {
				if id == "" {
					faults = append(faults, fmt.Errorf("function %q: the identifier of %s %d is empty", f.ID, g.name, k+1))
				}
			}
		}
	}
	return errors.Join(faults...)
}
