package desk

import (
	"context"

	"github.com/uprava/uprava/mining"
)

// Mine returns the overview of a log: computed in the store's engine, or in
// memory where another classifier names the activities or a filter is given. The lead time runs
// between the milestones that the process of the log's model declares.
func (d *Desk) Mine(ctx context.Context, log string, look Look) (*mining.Overview, error) {
	src, err := d.source(ctx, log, look)
	if err != nil {
		return nil, err
	}
	o, err := mining.Mine(ctx, log, src, look.Events)
	if err != nil || look.Classifier != "" {
		return o, err
	}
	l, s, err := d.declared(ctx, log)
	if err != nil || l == nil {
		return o, err
	}
	if !look.whole() {
		v, err := look.at(ctx, l)
		if err != nil {
			return nil, err
		}
		l = v.Log
	}
	times, from, to, err := s.leadTimes(l)
	if err != nil {
		return nil, err
	}
	o.Between(from, to, times.Summary())
	return o, nil
}

func (d *Desk) source(ctx context.Context, log string, look Look) (mining.Source, error) {
	if look.plain() {
		return d.store.Source(log), nil
	}
	if look.whole() {
		l, err := d.store.Load(ctx, log)
		if err != nil {
			return nil, err
		}
		keys, err := mining.Classifier(l, look.Classifier)
		if err != nil {
			return nil, InputError{err}
		}
		return mining.Classified(l, keys), nil
	}
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	return mining.InMemory(v.Log), nil
}
