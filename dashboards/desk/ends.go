package desk

import (
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
)

// ends are the activities, of those that a log names, that end a case by the model of
// the log: the one that delivers it, and those after which the diagram knows nothing
// but an end, such as the return of an application. Nil where no end is declared.
func (s *subject) ends(activities []string) []string {
	if s == nil || s.process == nil || s.process.DeliveredBy == "" {
		return nil
	}
	named := func(id, name string) string {
		for _, text := range []string{s.process.Labels[id].RU, s.process.Labels[id].EN, name} {
			if text != "" && slices.Contains(activities, text) {
				return text
			}
		}
		return ""
	}
	var out []string
	p := s.process.Diagram
	for _, n := range p.Nodes {
		if name := named(n.ID, n.Name); name != "" && (n.ID == s.process.DeliveredBy || n.IsActivity() && onlyEnds(p, n)) {
			out = append(out, name)
		}
	}
	return out
}

// onlyEnds reports whether every way out of a node comes to an end event with nothing
// but exclusive gateways between. A gateway that joins what runs side by side is no
// such way: the others may still be under way.
func onlyEnds(p *bpmn.Process, n *bpmn.Node) bool {
	outgoing := p.Outgoing()
	seen := map[string]bool{}
	var all func(id string) bool
	all = func(id string) bool {
		if len(outgoing[id]) == 0 {
			return false
		}
		for _, f := range outgoing[id] {
			next := p.Node(f.Target)
			switch {
			case next == nil:
				return false
			case seen[next.ID] || next.Kind == bpmn.EndEvent:
			case next.Kind == bpmn.ExclusiveGateway:
				seen[next.ID] = true
				if !all(next.ID) {
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	return all(n.ID)
}
