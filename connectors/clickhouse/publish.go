package clickhouse

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/connectors"
)

// publish makes what is staged visible, by one row of the table logs, and clears
// away what that leaves over.
func (in *ingest) publish(ctx context.Context) (report connectors.IngestReport, err error) {
	e, enc := &in.entry, in.enc
	if enc.events == 0 && enc.declarations == 0 && enc.position > 0 {
		return report, &connectors.NothingReadError{Log: e.name, Rows: int64(enc.position), First: in.first}
	}
	e.quarantined = enc.position
	for _, w := range in.warnings() {
		e.warnings = append(e.warnings, w.Error())
		report.Warnings = append(report.Warnings, w)
	}
	var st *state
	if in.before == nil || in.replace {
		st = in.wholly()
	} else if st, err = in.merge(ctx); err != nil {
		return report, err
	}
	if st != in.before {
		if err := in.flip(ctx, st); err != nil {
			return report, fmt.Errorf("publishing: %w", err)
		}
	}
	if err := in.store.rollForward(ctx, e, st); err != nil {
		// It is visible and will be rolled forward when the store is opened again.
		report.Warnings = append(report.Warnings, fmt.Errorf("clearing away what is left of the ingest: %w", err))
	}
	report.Log, report.Cases, report.Events = st.name, int64(st.cases), int64(st.events)
	report.Added, report.Duplicates, report.Quarantined = int64(e.added), int64(e.duplicates), int64(e.quarantined)
	return report, nil
}

// flip writes the state that makes the ingest visible; a log that it replaces goes
// with the same row block.
func (in *ingest) flip(ctx context.Context, st *state) error {
	if in.before == nil || in.before.log == st.log {
		return in.store.write(ctx, st, false)
	}
	old := *in.before
	old.version++
	old.generations = nil
	if err := in.store.write(ctx, st, false, &old); err != nil {
		return err
	}
	return in.store.dropLog(ctx, old.log)
}

// wholly returns the state of a log that consists of what is staged.
func (in *ingest) wholly() *state {
	e, enc := &in.entry, in.enc
	e.added = uint64(enc.events)
	return &state{
		log: e.log, version: 1, name: e.name, generations: []uint32{e.generation}, nextGeneration: e.generation + 2,
		nextSequence: enc.sequence, cases: uint64(enc.newCases), events: uint64(enc.events), quarantined: enc.position,
		meta: in.meta(), created: now(),
	}
}
