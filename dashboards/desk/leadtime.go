package desk

import (
	"context"
	"math"

	"github.com/uprava/uprava/mining"
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
	name := func(node string) string {
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
	cfg.From.Activity, cfg.To.Activity = name(s.process.RequestedBy), name(s.process.DeliveredBy)
	return cfg
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
