package desk

import (
	"context"
	"path/filepath"
	"time"

	"github.com/uprava/uprava/connectors/ocel"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/objectcentric"
	"github.com/uprava/uprava/mining/organisation"
)

// People is who works with whom, who does what, and when.
type People struct {
	Log            string                           `json:"log"`
	Handovers      *organisation.Network            `json:"handovers"`
	Together       *organisation.Network            `json:"working_together"`
	Subcontracting *organisation.Network            `json:"subcontracting"`
	Roles          *organisation.RoleReport         `json:"roles"`
	Availability   *organisation.AvailabilityReport `json:"availability"`
	Multitasking   *organisation.MultitaskReport    `json:"multitasking"`
	Filter         *filter.Effect                   `json:"filter,omitempty"`
	Texts          []string                         `json:"warnings"`
	Doubts         []error                          `json:"-"`
}

// People returns the work of people, or units, in a log. It ranks nobody.
func (d *Desk) People(ctx context.Context, log string, look Look, by organisation.By) (*People, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	p := &People{Log: log, Filter: v.left(look)}
	for _, n := range []struct {
		into **organisation.Network
		make func() (*organisation.Network, error)
	}{
		{&p.Handovers, func() (*organisation.Network, error) { return organisation.Handovers(ctx, v.Log, by) }},
		{&p.Together, func() (*organisation.Network, error) { return organisation.WorkingTogether(ctx, v.Log, by) }},
		{&p.Subcontracting, func() (*organisation.Network, error) { return organisation.Subcontracting(ctx, v.Log, by) }},
	} {
		if *n.into, err = n.make(); err != nil {
			return nil, err
		}
	}
	if p.Roles, err = organisation.Roles(ctx, v.Log, organisation.RoleConfig{By: by}); err != nil {
		return nil, input(ctx, err)
	}
	if p.Availability, err = organisation.Available(ctx, v.Log, organisation.AvailabilityConfig{By: by}); err != nil {
		return nil, err
	}
	if p.Multitasking, err = organisation.Multitasking(ctx, v.Log, by); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, list := range [][]error{p.Handovers.Warnings, p.Availability.Warnings, p.Multitasking.Warnings} {
		for _, w := range list {
			if !seen[w.Error()] {
				seen[w.Error()] = true
				p.Doubts = append(p.Doubts, w)
			}
		}
	}
	p.Texts = measure.Texts(p.Doubts)
	return p, nil
}

// Objects is what an object-centric log tells.
type Objects struct {
	Log             string                          `json:"log"`
	Objects         int                             `json:"objects"`
	Events          int                             `json:"events"`
	Graph           *objectcentric.Graph            `json:"graph"`
	Lifecycles      []objectcentric.Lifecycle       `json:"lifecycles"`
	Synchronisation []objectcentric.Synchronisation `json:"synchronisation"`
	Flattened       []*objectcentric.Flattening     `json:"flattening"` // what it would do, by type
	Texts           []string                        `json:"warnings"`
	Doubts          []error                         `json:"-"`
}

// ObjectsOf reads an object-centric log from a file and returns what it tells. With
// flatten it also stores the log of the objects of that type under a name.
func (d *Desk) ObjectsOf(ctx context.Context, path string, zone *time.Location, flatten, store string) (*Objects, error) {
	l, doubts, err := ocel.Read(ctx, path, ocel.Config{Location: zone})
	if err != nil {
		return nil, input(ctx, err)
	}
	o := &Objects{Log: filepath.Base(path), Objects: len(l.Objects()), Events: len(l.Events()), Doubts: doubts, Texts: measure.Texts(doubts)}
	if o.Graph, err = objectcentric.Discover(ctx, l); err != nil {
		return nil, err
	}
	if o.Lifecycles, err = objectcentric.Lifecycles(ctx, l); err != nil {
		return nil, err
	}
	if o.Synchronisation, err = objectcentric.Synchronise(ctx, l); err != nil {
		return nil, err
	}
	for _, t := range l.Types() {
		_, f, err := objectcentric.Flatten(ctx, l, t)
		if err != nil {
			return nil, err
		}
		o.Flattened = append(o.Flattened, f)
	}
	if flatten == "" {
		return o, nil
	}
	flat, _, err := objectcentric.Flatten(ctx, l, flatten)
	if err != nil {
		return nil, input(ctx, err)
	}
	return o, d.store.Save(ctx, store, flat.Named(store))
}

// Specialists sets the time that the work of single people takes beside the same mix of
// work done by others; see organisation.ProcessingAdjusted. Nothing of it is remembered:
// every look is somebody's.
func (d *Desk) Specialists(ctx context.Context, log string, look Look, cfg organisation.AdjustedConfig) (*organisation.AdjustedReport, error) {
	v, err := d.Seen(ctx, log, look)
	if err != nil {
		return nil, err
	}
	r, err := organisation.ProcessingAdjusted(ctx, v.Log, cfg)
	return r, input(ctx, err)
}
