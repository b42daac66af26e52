package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// generationTables hold rows by generation.
var generationTables = []string{
	"names", "cases", "events", "attributes", "texts", "integers", "numbers", "times", "quarantine", "picks", "kept",
}

// partitionID is the name of the partition (log, generation).
func partitionID(log uint64, generation uint32) string { return fmt.Sprintf("%d-%d", log, generation) }

// entry is one ingest in the journal.
type entry struct {
	log         uint64
	generation  uint32
	version     uint64
	name        string
	base        uint64
	fingerprint string
	batchSize   uint32
	batches     uint32
	added       uint64
	duplicates  uint64
	quarantined uint64
	warnings    []string
	started     time.Time
	silent      int64 // seconds since the journal's last word
}

// final is the version of an entry's last word.
const final = math.MaxUint64

// keepFor is how long an interrupted ingest that can go on is kept, in seconds.
const keepFor = 7 * 24 * 3600

func (s *Store) journal(ctx context.Context, e *entry, state string) error {
	version := e.version
	if state != "staging" {
		version = final
	}
	err := s.insertRow(ctx, "INSERT INTO ingests (log, generation, version, name, state, base, fingerprint, batch_size, batches, added, duplicates, quarantined, warnings, started, changed)",
		e.log, e.generation, version, e.name, state, e.base, e.fingerprint, e.batchSize, e.batches, e.added, e.duplicates, e.quarantined, e.warnings, e.started, now())
	if err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	e.version++
	return nil
}

func (s *Store) unfinished(ctx context.Context) ([]*entry, error) {
	rows, err := s.conn.Query(ctx, queries["unfinished ingests"])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*entry
	for rows.Next() {
		e := &entry{}
		if err := rows.Scan(&e.log, &e.generation, &e.version, &e.name, &e.base, &e.fingerprint, &e.batchSize, &e.batches, &e.started, &e.silent); err != nil {
			return nil, err
		}
		e.version++
		out = append(out, e)
	}
	return out, rows.Err()
}

// recover finishes what killed processes left half done: a published ingest is
// rolled forward (what it replaced is dropped), one that cannot go on is
// discarded. Logs that a live process works on are left alone.
func (s *Store) recover(ctx context.Context) error {
	open, err := s.unfinished(ctx)
	if err != nil {
		return fmt.Errorf("recovering the store: %w", err)
	}
	for _, e := range open {
		if err := s.settle(ctx, e); err != nil {
			return fmt.Errorf("recovering the store: %w", err)
		}
	}
	return nil
}

func (s *Store) settle(ctx context.Context, e *entry) (err error) {
	l, err := s.lockLog(ctx, e.name)
	if _, busy := errors.AsType[*BusyError](err); busy {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	// The owner may have ended between the look at the journal and the lock.
	open, err := s.unfinished(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(open, func(o *entry) bool { return o.log == e.log && o.generation == e.generation })
	if at < 0 {
		return nil
	}
	e = open[at]
	st, err := s.byID(ctx, e.log)
	if err != nil {
		return err
	}
	if st != nil && st.nextGeneration > e.generation {
		return s.rollForward(ctx, e, st)
	}
	if e.fingerprint == "" || e.silent > keepFor || st == nil && e.base != 0 {
		return s.discard(ctx, e)
	}
	return nil
}

// rollForward ends an ingest whose state is written: it drops the generations
// that the log does without.
func (s *Store) rollForward(ctx context.Context, e *entry, st *state) error {
	stale := map[string]bool{}
	for g := range st.nextGeneration {
		stale[partitionID(st.log, g)] = !slices.Contains(st.generations, g)
	}
	if err := s.dropPartitions(ctx, func(id string) bool { return stale[id] }); err != nil {
		return err
	}
	return s.journal(ctx, e, "published")
}

// discard removes what an ingest staged.
func (s *Store) discard(ctx context.Context, e *entry) error {
	for _, g := range []uint32{e.generation, e.generation + 1} { // staged rows; a merge that was not published
		if err := s.dropGeneration(ctx, e.log, g); err != nil {
			return err
		}
	}
	return s.journal(ctx, e, "discarded")
}

func (s *Store) dropGeneration(ctx context.Context, log uint64, generation uint32) error {
	return s.dropPartitions(ctx, func(id string) bool { return id == partitionID(log, generation) })
}

func (s *Store) dropLog(ctx context.Context, log uint64) error {
	return s.dropPartitions(ctx, func(id string) bool { return strings.HasPrefix(id, fmt.Sprintf("%d-", log)) })
}

func (s *Store) dropPartitions(ctx context.Context, which func(id string) bool) error {
	rows, err := s.conn.Query(ctx, queries["partitions"])
	if err != nil {
		return err
	}
	defer rows.Close()
	type partition struct{ table, id string }
	var drop []partition
	for rows.Next() {
		var p partition
		if err := rows.Scan(&p.table, &p.id); err != nil {
			return err
		}
		if slices.Contains(generationTables, p.table) && which(p.id) {
			drop = append(drop, p)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, p := range drop {
		// A partition's name is made of two of our numbers; it cannot be bound.
		if err := s.conn.Exec(ctx, "ALTER TABLE "+p.table+" DROP PARTITION ID "+quote(p.id)); err != nil {
			return fmt.Errorf("dropping partition %s of table %s: %w", p.id, p.table, err)
		}
	}
	return nil
}

// rewind removes what was staged after the last checkpoint of an interrupted
// ingest: the batch that may be there in part.
func (s *Store) rewind(ctx context.Context, e *entry) error {
	if err := s.dropGeneration(ctx, e.log, e.generation+1); err != nil {
		return err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"mutations_sync": 2}))
	for _, table := range generationTables {
		var n uint64
		err := s.conn.QueryRow(ctx, "SELECT count() FROM "+table+" WHERE log = {log:UInt64} AND generation = {generation:UInt32} AND batch >= {batch:UInt32}",
			clickhouse.Named("log", e.log), clickhouse.Named("generation", e.generation), clickhouse.Named("batch", e.batches)).Scan(&n)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		err = s.conn.Exec(ctx, fmt.Sprintf("ALTER TABLE %s DELETE IN PARTITION ID '%s' WHERE batch >= %d", table, partitionID(e.log, e.generation), e.batches))
		if err != nil {
			return fmt.Errorf("removing the unfinished batch %d from table %s: %w", e.batches, table, err)
		}
	}
	return nil
}
