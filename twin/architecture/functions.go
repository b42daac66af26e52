package architecture

import (
	"strings"

	"github.com/uprava/uprava/twin"
)

// Functions returns the work procedures of a twin as its graph has them: what they use,
// produce and stand on, and who performs them. A description of steps is their
// footprint. O(things + edges).
func Functions(m *twin.Model) []Function {
	g := m.Graph()
	var out []Function
	for _, e := range m.Elements {
		if e.Kind != twin.Procedure {
			continue
		}
		f := Function{ID: e.ID, Name: e.Name.In("ru"), Text: e.Text.In("ru")}
		for _, x := range g.Out(e.Ref()) {
			switch {
			case x.Relation == twin.BelongsTo && x.To.Kind == twin.UnitKind:
				f.Unit = x.To.ID
			case x.Relation == twin.Uses && x.To.Kind == twin.System:
				f.Systems = append(f.Systems, x.To.ID)
			case x.To.Kind == twin.Document && (x.Relation == twin.Uses || x.Relation == twin.Produces):
				f.Documents = append(f.Documents, x.To.ID)
			case x.Relation == twin.DependsOn && x.To.Kind == twin.Regulation:
				f.Regulations = append(f.Regulations, x.To.ID)
			}
		}
		for _, x := range g.In(e.Ref()) {
			if x.Relation == twin.Performs && x.To.Kind == twin.Role {
				f.Roles = append(f.Roles, x.To.ID)
			}
		}
		for _, step := range strings.Split(e.Properties["steps"], ";") {
			if step = strings.TrimSpace(step); step != "" {
				f.Steps = append(f.Steps, step)
			}
		}
		out = append(out, f)
	}
	return out
}
