package studio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uprava/uprava/simulator/experiment"
)

// tailFigures are those that the page withholds where the tail of the lead times is not
// foretold well enough.
var tailFigures = []string{experiment.LeadTimeP85, experiment.CycleTimeP85, experiment.OverdueShare, experiment.InTimeShare, experiment.AbandonedShare}

// withoutTail returns the JSON of an answer without the tail figures that stand in its
// lists, with their names and why they are left out in "withheld". Keys are sorted, so
// the same answer gives the same bytes.
func withoutTail(data []byte, why string) ([]byte, error) {
	var answer map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&answer); err != nil {
		return nil, fmt.Errorf("reading an answer: %w", err)
	}
	answer = pruned(answer).(map[string]any)
	answer["withheld"] = map[string]any{"figures": tailFigures, "reason": why}
	return json.MarshalIndent(answer, "", "  ")
}

func pruned(x any) any {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			x[k] = pruned(v)
		}
	case []any:
		x = slices.DeleteFunc(x, func(v any) bool {
			one, ok := v.(map[string]any)
			if !ok {
				return false
			}
			name, ok := one["name"].(string)
			return ok && slices.Contains(tailFigures, name)
		})
		for i, v := range x {
			x[i] = pruned(v)
		}
		return x
	}
	return x
}
