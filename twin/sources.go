package twin

import (
	"fmt"
	"maps"
	"slices"
)

// Unsourced returns what holds numbers and does not say where they come from, in words
// such as `process "roads": task "fixed"`, sorted by process and pool. Batches and
// releases of a task share its provenance where they have none of their own.
func (m *Model) Unsourced() []string {
	var out []string
	lacks := func(p Provenance, format string, args ...any) {
		if p.Kind == "" {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	for _, p := range m.Pools {
		lacks(p.Provenance, "pool %q", p.ID)
	}
	for _, p := range m.Processes {
		if a := &p.Arrivals; a.Between.Law != "" {
			lacks(a.Provenance, "process %q: arrivals", p.ID)
		} else if a.Moments != nil && a.Moments.Provenance.Kind == "" {
			lacks(a.Provenance, "process %q: arrivals", p.ID)
		}
		if p.Limit != nil {
			lacks(p.Limit.Provenance, "process %q: limit", p.ID)
		}
		if p.StageCorrelation != 0 {
			lacks(p.Provenance["stage-correlation"], "process %q: stage correlation", p.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
			lacks(p.Tasks[id].Provenance, "process %q: task %q", p.ID, id)
		}
		for _, id := range slices.Sorted(maps.Keys(p.Branches)) {
			lacks(p.Provenance[id], "process %q: branch %q", p.ID, id)
		}
	}
	for _, e := range m.Elements {
		for _, key := range slices.Sorted(maps.Keys(e.Figures)) {
			lacks(e.Figures[key].Provenance, "%s: figure %q", e.Ref(), key)
		}
	}
	return out
}
