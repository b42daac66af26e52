package desk

import (
	"context"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/processtree"
)

// MineConfig says how a log is looked at.
type MineConfig struct {
	Events     mining.Events
	Classifier string // "" for concept:name
}

// Mine returns the overview of a log: computed in the store's engine, or in
// memory where another classifier names the activities. The lead time runs
// between the milestones that the process of the log's model declares.
func (d *Desk) Mine(ctx context.Context, log string, cfg MineConfig) (*mining.Overview, error) {
	src, err := d.source(ctx, log, cfg)
	if err != nil {
		return nil, err
	}
	o, err := mining.Mine(ctx, log, src, cfg.Events)
	if err != nil || cfg.Classifier != "" {
		return o, err
	}
	l, s, err := d.declared(ctx, log)
	if err != nil || l == nil {
		return o, err
	}
	times, from, to, err := s.leadTimes(l)
	if err != nil {
		return nil, err
	}
	o.Between(from, to, times.Summary())
	return o, nil
}

// Discover returns the process tree that the inductive miner finds.
func (d *Desk) Discover(ctx context.Context, log string, cfg MineConfig, noise float64) (*processtree.Tree, error) {
	src, err := d.source(ctx, log, cfg)
	if err != nil {
		return nil, err
	}
	variants, err := src.Variants(ctx, cfg.Events)
	if err != nil {
		return nil, err
	}
	return discovery.Inductive(variants, discovery.InductiveConfig{Noise: noise})
}

func (d *Desk) source(ctx context.Context, log string, cfg MineConfig) (mining.Source, error) {
	if cfg.Classifier == "" {
		return d.store.Source(log), nil
	}
	l, err := d.store.Load(ctx, log)
	if err != nil {
		return nil, err
	}
	keys, err := mining.Classifier(l, cfg.Classifier)
	if err != nil {
		return nil, InputError{err}
	}
	return mining.Classified(l, keys), nil
}
