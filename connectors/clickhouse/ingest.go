package clickhouse

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// Ingest takes a source into a log, a new one where the store holds none of that
// name, and closes the source. Rows are staged batch by batch and become visible
// at once when all of them are there: on an error of the source, when ctx is
// cancelled and when the process is killed the store is as it was. What the log
// holds already is not added again (the same row of a case, counted by how often
// it stands there), so that a longer export of a log adds what is new; new cases
// follow those that are there, and of events with equal times those that the new
// export puts between known ones come between them. Rows that fit no log go to
// the quarantine.
//
// With a Fingerprint, an ingest that was interrupted goes on where it stopped,
// and a source that was taken in before is not read. Of two ingests into one log
// at once, one fails with *BusyError. Memory: two batches, and what names the
// cases and activities.
func (s *Store) Ingest(ctx context.Context, log string, src connectors.Source, cfg connectors.IngestConfig) (report connectors.IngestReport, err error) {
	defer src.Close()
	if err := errors.Join(CheckName(log), cfg.Validate()); err != nil {
		return report, fmt.Errorf("ingesting: %w", err)
	}
	l, err := s.lockLog(ctx, log)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	in := &ingest{store: s, src: src, cfg: cfg, started: time.Now()}
	in.entry.name = log
	return in.run(ctx)
}

// ingest is one run of Ingest.
type ingest struct {
	store   *Store
	src     connectors.Source
	cfg     connectors.IngestConfig
	started time.Time
	replace bool // the log's events give way to those of the source

	before *state // nil for a new log
	entry  entry
	skip   uint32 // batches that an interrupted run staged
	enc    *encoder
	first  *connectors.RowError
	told   time.Time
}

func (in *ingest) run(ctx context.Context) (report connectors.IngestReport, err error) {
	s, log := in.store, in.entry.name
	if in.before, err = s.find(ctx, log); err != nil {
		return report, fmt.Errorf("ingesting log %q: %w", log, err)
	}
	if err := in.rollForward(ctx); err != nil {
		return report, fmt.Errorf("ingesting log %q: %w", log, err)
	}
	if known, ok, err := in.known(ctx); err != nil || ok {
		return known, err
	}
	if err := in.src.Open(ctx); err != nil {
		return report, err
	}
	if err := in.begin(ctx); err != nil {
		return report, fmt.Errorf("ingesting log %q: %w", log, err)
	}
	if err := in.stage(ctx); err != nil {
		return report, in.abandon(ctx, err)
	}
	in.tell(connectors.Publishing, true)
	if report, err = in.publish(ctx); err != nil {
		if _, none := errors.AsType[*connectors.NothingReadError](err); !none {
			err = fmt.Errorf("ingesting log %q: %w", log, err)
		}
		return report, in.abandon(ctx, err)
	}
	return report, nil
}

// rollForward ends an earlier ingest that was killed after it was published.
func (in *ingest) rollForward(ctx context.Context) error {
	open, err := in.store.unfinished(ctx)
	if err != nil || in.before == nil {
		return err
	}
	for _, e := range open {
		if e.log == in.before.log && e.generation < in.before.nextGeneration {
			if err := in.store.rollForward(ctx, e, in.before); err != nil {
				return err
			}
		}
	}
	return nil
}

// known answers for a source that was taken in before, without reading it.
func (in *ingest) known(ctx context.Context) (connectors.IngestReport, bool, error) {
	st := in.before
	if st == nil || in.cfg.Fingerprint == "" || in.replace {
		return connectors.IngestReport{}, false, nil
	}
	rows, err := in.store.conn.Query(ctx, queries["published fingerprint"], clickhouse.Named("log", st.log), clickhouse.Named("fingerprint", in.cfg.Fingerprint))
	if err != nil {
		return connectors.IngestReport{}, false, fmt.Errorf("ingesting log %q: reading the journal: %w", st.name, err)
	}
	defer rows.Close()
	if !rows.Next() {
		return connectors.IngestReport{}, false, rows.Err()
	}
	var added, duplicates, quarantined uint64
	var warnings []string
	if err := rows.Scan(&added, &duplicates, &quarantined, &warnings); err != nil {
		return connectors.IngestReport{}, false, fmt.Errorf("ingesting log %q: reading the journal: %w", st.name, err)
	}
	r := connectors.IngestReport{
		Log: st.name, Cases: int64(st.cases), Events: int64(st.events),
		Duplicates: int64(added + duplicates), Quarantined: int64(quarantined),
	}
	for _, w := range warnings {
		r.Warnings = append(r.Warnings, errors.New(w))
	}
	return r, true, nil
}

// begin finds the interrupted ingest to go on with, or starts a new one in the
// journal.
func (in *ingest) begin(ctx context.Context) error {
	s := in.store
	size := in.cfg.BatchSize
	if size == 0 {
		size = connectors.DefaultBatch
	}
	fresh := entry{
		name: in.entry.name, fingerprint: in.cfg.Fingerprint, batchSize: uint32(size),
		generation: 1, started: now(),
	}
	if in.before != nil && !in.replace {
		fresh.log, fresh.base, fresh.generation = in.before.log, in.before.version, in.before.nextGeneration
	} else {
		fresh.log = newID()
	}
	open, err := s.unfinished(ctx)
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	found := false
	for _, e := range open {
		if e.name != fresh.name {
			continue
		}
		same := e.fingerprint != "" && e.fingerprint == fresh.fingerprint && e.base == fresh.base && (e.base == 0 || e.log == fresh.log)
		if !found && same && !in.replace {
			found = true
			in.entry = *e
			continue
		}
		if err := s.discard(ctx, e); err != nil {
			return fmt.Errorf("discarding an interrupted ingest: %w", err)
		}
		if e.log == fresh.log {
			fresh.generation = max(fresh.generation, e.generation+2)
		}
	}
	in.enc = newEncoder()
	in.enc.batch = &batch{}
	if in.before != nil && !in.replace {
		if err := s.resumeEncoder(ctx, in.enc, in.before); err != nil {
			return err
		}
	}
	if found {
		in.skip = in.entry.batches
		return s.rewind(ctx, &in.entry)
	}
	if in.before != nil && in.before.log == fresh.log {
		var highest uint32
		if err := s.conn.QueryRow(ctx, queries["highest generation"], clickhouse.Named("log", fresh.log)).Scan(&highest); err != nil {
			return fmt.Errorf("reading the journal: %w", err)
		}
		fresh.generation = max(fresh.generation, highest+2) // every ingest has a generation to stage and one to merge
	}
	in.entry = fresh
	return s.journal(ctx, &in.entry, "staging")
}

func newID() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand
	return binary.LittleEndian.Uint64(b[:])
}

// resumeEncoder gives the encoder the names and cases that a log has.
func (s *Store) resumeEncoder(ctx context.Context, e *encoder, st *state) error {
	e.sequence = st.nextSequence
	names, err := s.loadNames(ctx, st)
	if err != nil {
		return err
	}
	for kind, list := range names {
		for i, text := range list {
			e.names[kind][text] = name{uint32(i + 1), hashName(text)}
		}
	}
	attributes, err := s.loadAttributes(ctx, st)
	if err != nil {
		return err
	}
	for _, a := range attributes {
		e.attributes[a.attributeKey] = a
	}
	ids, err := s.loadCases(ctx, st)
	if err != nil {
		return err
	}
	for i, id := range ids {
		e.cases[id] = uint32(i)
	}
	return nil
}

// stage reads the source to its end and writes it batch by batch, reading on
// while a batch is written.
func (in *ingest) stage(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ready, spare := make(chan *batch), make(chan *batch, 2)
	spare <- &batch{}
	done := make(chan error, 1)
	go func() { done <- in.write(ctx, cancel, ready, spare) }()
	err := in.read(ctx, ready, spare)
	if err != nil {
		cancel(err) // of both, the one that came first counts
	}
	close(ready)
	if werr := <-done; werr != nil {
		return werr
	}
	return err
}

func (in *ingest) read(ctx context.Context, ready chan<- *batch, spare <-chan *batch) error {
	size := int(in.entry.batchSize)
	number := uint32(0)
	flush := func() error {
		b := in.enc.batch
		b.number = number
		number++
		if b.number < in.skip {
			b.reset()
			return nil
		}
		select {
		case ready <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		select {
		case in.enc.batch = <-spare:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		return nil
	}
	n := 0
	for r, err := range connectors.Rows(ctx, in.src) {
		if err == nil {
			if err = in.enc.add(r); err != nil {
				err = connectors.Unfit(in.src, r, err)
			}
		}
		if err != nil {
			bad, ok := errors.AsType[*connectors.RowError](err)
			if !ok {
				return err
			}
			if in.first == nil {
				in.first = bad
			}
			in.enc.reject(connectors.Reject(bad))
		}
		if in.enc.batch.full(size) {
			if err := flush(); err != nil {
				return err
			}
		}
		if n++; n&0xfff == 0 {
			in.tell(connectors.Reading, false)
		}
	}
	if in.enc.batch.empty() {
		return nil
	}
	return flush()
}

// write sends batches as they come and records a checkpoint after each.
func (in *ingest) write(ctx context.Context, cancel context.CancelCauseFunc, ready <-chan *batch, spare chan<- *batch) error {
	for b := range ready {
		err := b.send(ctx, in.store, in.entry.log, in.entry.generation)
		if err == nil {
			in.entry.batches = b.number + 1
			err = in.store.journal(ctx, &in.entry, "staging")
		}
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			err = fmt.Errorf("ingesting log %q: %w", in.entry.name, err)
			cancel(err)
			return err
		}
		b.reset()
		spare <- b
	}
	return nil
}

func (in *ingest) tell(stage connectors.Stage, always bool) {
	if in.cfg.Progress == nil || !always && time.Since(in.told) < 100*time.Millisecond {
		return
	}
	in.told = time.Now()
	p := connectors.Progress{Stage: stage, Events: in.enc.events, Started: in.started}
	if m, ok := in.src.(connectors.Measured); ok {
		p.Done, p.Total = m.Progress()
	}
	in.cfg.Progress(p)
}

// abandon ends an ingest that failed. What is staged stays for the next try
// where that can go on with it: the source is whole and known by its fingerprint.
func (in *ingest) abandon(ctx context.Context, err error) error {
	_, format := errors.AsType[*connectors.FormatError](err)
	_, nothing := errors.AsType[*connectors.NothingReadError](err)
	if in.entry.fingerprint != "" && in.entry.batches > 0 && !format && !nothing {
		return err
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if derr := in.store.discard(clean, &in.entry); derr != nil {
		return errors.Join(err, fmt.Errorf("discarding what was staged: %w", derr))
	}
	return err
}

// meta returns what the source says of the log as a whole, "" where it says
// nothing.
func (in *ingest) meta() string {
	d, ok := in.src.(connectors.Described)
	if !ok {
		return ""
	}
	return encodeMeta(d.Meta())
}

func (in *ingest) warnings() []error {
	var w []error
	if d, ok := in.src.(connectors.Doubtful); ok {
		w = slices.Clone(d.Warnings())
	}
	if in.first != nil {
		w = append(w, fmt.Errorf("%d rows were rejected and are in the quarantine; the first: %w", in.enc.position, in.first))
	}
	return w
}

func emptyLog(m *eventlog.Meta) bool {
	return m == nil || len(m.Attributes)+len(m.Classifiers)+len(m.Extensions)+len(m.Globals.Event)+len(m.Globals.Trace) == 0
}
