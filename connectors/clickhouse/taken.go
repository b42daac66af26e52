package clickhouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Taken is an ingest that became part of a log.
type Taken struct {
	Fingerprint string // of the source, "" for a log that was saved by the program
	Added       uint64 // events
	Duplicates  uint64 // that the log had already
	Quarantined uint64 // rows that were set aside
	At          time.Time
}

// Taken returns the ingests of a log, the oldest first.
func (s *Store) Taken(ctx context.Context, name string) ([]Taken, error) {
	var out []Taken
	err := s.read(ctx, name, func(st *state) error {
		out = nil
		rows, err := s.conn.Query(ctx, queries["published ingests"], clickhouse.Named("log", st.log))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t Taken
			if err := rows.Scan(&t.Fingerprint, &t.Added, &t.Duplicates, &t.Quarantined, &t.At); err != nil {
				return err
			}
			out = append(out, t)
		}
		return rows.Err()
	})
	return out, err
}
