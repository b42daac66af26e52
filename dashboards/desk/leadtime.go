package desk

import (
	"context"
	"math"
	"slices"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

// milestones are those between which the process of a log runs, by the names
// that its activities have in the log. Where the model declares none, or the
// log knows none of that name, they are the first and the last recorded event.
func (s *subject) milestones(l *eventlog.Log) performance.LeadConfig {
	var cfg performance.LeadConfig
	if s == nil || s.process == nil {
		return cfg
	}
	cfg.From.Activity, cfg.To.Activity = s.nameIn(l, s.process.RequestedBy), s.nameIn(l, s.process.DeliveredBy)
	return cfg
}

// nameIn is the name that a node has in a log, "" where the log does not know it.
func (s *subject) nameIn(l *eventlog.Log, node string) string {
	label := s.process.Labels[node]
	if n := s.process.Diagram.Node(node); n != nil && label == (twin.Text{}) {
		label.EN = n.Name
	}
	for _, text := range []string{label.RU, label.EN} {
		if _, ok := l.Activities().Code(text); ok && text != "" {
			return text
		}
	}
	return ""
}

// endings are the activities after which a case is over: the one that delivers, and
// those after which the diagram leads to an end without another activity. Empty where
// the model says nothing of the kind that the log knows.
func (s *subject) endings(l *eventlog.Log) []string {
	if s == nil || s.process == nil || s.process.Diagram == nil {
		return nil
	}
	var out []string
	add := func(node string) {
		if name := s.nameIn(l, node); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	add(s.process.DeliveredBy)
	flows := s.process.Diagram.Outgoing()
	for _, n := range s.process.Diagram.Nodes {
		if _, done := s.process.Tasks[n.ID]; done && leadsToEnd(s.process, flows, n.ID, map[string]bool{}) {
			add(n.ID)
		}
	}
	slices.Sort(out)
	return out
}

// leadsToEnd reports whether whatever follows a node is an end, with choices alone
// between.
func leadsToEnd(p *twin.Process, flows map[string][]*bpmn.Flow, node string, seen map[string]bool) bool {
	seen[node] = true
	for _, f := range flows[node] {
		n := p.Diagram.Node(f.Target)
		switch {
		case n == nil:
			return false
		case n.Kind == bpmn.EndEvent:
		case n.Kind == bpmn.ExclusiveGateway && !seen[n.ID]:
			if !leadsToEnd(p, flows, n.ID, seen) {
				return false
			}
		default:
			return false
		}
	}
	return len(flows[node]) > 0
}

// leadTimes returns the lead times of a log between its declared milestones, and
// how these are called.
func (s *subject) leadTimes(l *eventlog.Log) (times performance.Sample, from, to string, err error) {
	cfg := s.milestones(l)
	from, to = cfg.From.Activity, cfg.To.Activity
	if from == "" {
		from = mining.FirstRecorded
	}
	if to == "" {
		to = mining.LastRecorded
	}
	times, err = performance.Between(l, cfg)
	return times, from, to, err
}

// declared returns the log and its model where that declares milestones of its
// own, nil where it does not.
func (d *Desk) declared(ctx context.Context, log string) (*eventlog.Log, *subject, error) {
	meta, err := d.store.Meta(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	s, err := d.subjectOf(log, meta)
	if err != nil || s == nil || s.process == nil || s.process.RequestedBy == "" && s.process.DeliveredBy == "" {
		return nil, nil, err
	}
	l, err := d.store.Load(ctx, log)
	return l, s, err
}

// DeliveredBy returns the activity of a log that delivers its cases, "" where none is
// declared: then a case ends with its last event.
func (d *Desk) DeliveredBy(ctx context.Context, log string) (string, error) {
	s, err := d.about(ctx, log)
	if err != nil || s == nil || s.process == nil || s.process.DeliveredBy == "" {
		return "", err
	}
	v, err := d.Seen(ctx, log, Look{})
	if err != nil {
		return "", err
	}
	return s.milestones(v.Log).To.Activity, nil
}

// Span is the lead time of one case.
type Span struct{ From, To eventlog.Time }

// Spans returns the lead times of a log of the store, between its declared
// milestones, as instants.
func (d *Desk) Spans(ctx context.Context, l *eventlog.Log) ([]Span, error) {
	s, err := d.subjectOf(l.Name(), l.Meta())
	if err != nil {
		return nil, err
	}
	times, _, _, err := s.leadTimes(l)
	if err != nil {
		return nil, err
	}
	out := make([]Span, len(times.Cases))
	cfg := s.milestones(l)
	for i, at := range times.Cases {
		c := l.Case(at)
		from := c.First()
		if cfg.From.Activity != "" {
			code, _ := l.Activities().Code(cfg.From.Activity)
			for k, a := range c.Activities() {
				if a == code {
					from = c.Times()[k]
					break
				}
			}
		}
		out[i] = Span{from, from + eventlog.Time(math.Round(times.Seconds[i]*1e6))}
	}
	return out, nil
}
