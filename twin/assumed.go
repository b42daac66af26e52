package twin

import "fmt"

// Assumptions returns in sentences what the model takes for granted: what its fit had to
// assume, and how many of its parameters are, by what they say of themselves, neither
// mined nor given.
func (m *Model) Assumptions() []Text {
	out := append([]Text(nil), m.Assumed...)
	assumed, stated := 0, 0
	count := func(p Provenance) {
		if p.Kind != "" {
			stated++
		}
		if p.Kind == "assumption" {
			assumed++
		}
	}
	for i := range m.Pools {
		count(m.Pools[i].Provenance)
	}
	for _, p := range m.Processes {
		count(p.Arrivals.Provenance)
		for _, t := range p.Tasks {
			count(t.Provenance)
		}
		for _, from := range p.Provenance {
			count(from)
		}
		if p.Limit != nil {
			count(p.Limit.Provenance)
		}
	}
	if assumed > 0 {
		out = append(out, Text{
			EN: fmt.Sprintf("%d of %d parameters that say where they come from are assumptions, neither mined nor given", assumed, stated),
			RU: fmt.Sprintf("из %d параметров, у которых указано происхождение, приняты без доказательства: %d", stated, assumed),
		})
	}
	return out
}
