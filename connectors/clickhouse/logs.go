package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// LogInfo describes a log of the store.
type LogInfo struct {
	Name        string    `json:"log"`
	Cases       int64     `json:"cases"`
	Events      int64     `json:"events"`
	Quarantined int64     `json:"quarantined"`
	Bytes       int64     `json:"bytes"`          // on disk
	First       time.Time `json:"first,omitzero"` // earliest and latest time recorded; zero for a log without events
	Last        time.Time `json:"last,omitzero"`
	Created     time.Time `json:"created"`
	Changed     time.Time `json:"changed"`
}

// Logs lists the logs of the store by name.
func (s *Store) Logs(ctx context.Context) ([]LogInfo, error) {
	all, err := s.states(ctx, "logs")
	if err != nil {
		return nil, fmt.Errorf("listing the logs: %w", err)
	}
	out := make([]LogInfo, 0, len(all))
	for _, st := range all {
		info, err := s.info(ctx, st)
		if err != nil {
			return nil, fmt.Errorf("listing the logs: %w", err)
		}
		out = append(out, info)
	}
	return out, nil
}

// Log describes one log.
func (s *Store) Log(ctx context.Context, name string) (LogInfo, error) {
	var info LogInfo
	err := s.read(ctx, name, func(st *state) (err error) {
		info, err = s.info(ctx, st)
		return err
	})
	return info, err
}

func (s *Store) info(ctx context.Context, st *state) (LogInfo, error) {
	info := LogInfo{
		Name: st.name, Cases: int64(st.cases), Events: int64(st.events), Quarantined: int64(st.quarantined),
		Created: st.created.UTC(), Changed: st.changed.UTC(),
	}
	ids := make([]string, len(st.generations))
	for i, g := range st.generations {
		ids[i] = "'" + partitionID(st.log, g) + "'"
	}
	var bytes uint64
	if err := s.conn.QueryRow(ctx, queries["bytes"], clickhouse.Named("partitions", "["+strings.Join(ids, ",")+"]")).Scan(&bytes); err != nil {
		return info, err
	}
	info.Bytes = int64(bytes)
	var n uint64
	var first, last int64
	if err := s.conn.QueryRow(ctx, queries["period"], st.args()...).Scan(&n, &first, &last); err != nil {
		return info, err
	}
	if n > 0 {
		info.First, info.Last = eventlog.Time(first).Go(), eventlog.Time(last).Go()
	}
	return info, nil
}

// Rename gives a log another name, which no log has.
func (s *Store) Rename(ctx context.Context, from, to string) (err error) {
	if err := CheckName(to); err != nil {
		return fmt.Errorf("renaming log %q: %w", from, err)
	}
	if from == to {
		_, err := s.Log(ctx, from)
		return err
	}
	return s.change(ctx, from, func(st *state) (err error) {
		target, err := s.lockLog(ctx, to)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, target.release()) }()
		taken, err := s.find(ctx, to)
		if err != nil {
			return fmt.Errorf("renaming log %q: %w", from, err)
		}
		if taken != nil {
			return fmt.Errorf("renaming log %q: the store holds a log %q already", from, to)
		}
		st.version++
		st.name = to
		if err := s.write(ctx, st, false); err != nil {
			return fmt.Errorf("renaming log %q: %w", from, err)
		}
		return nil
	})
}

// Delete removes a log with its quarantine.
func (s *Store) Delete(ctx context.Context, name string) error {
	return s.change(ctx, name, func(st *state) error {
		st.version++
		st.generations = nil
		if err := s.write(ctx, st, true); err != nil {
			return fmt.Errorf("deleting log %q: %w", name, err)
		}
		if err := s.dropLog(ctx, st.log); err != nil {
			return fmt.Errorf("deleting log %q: %w", name, err)
		}
		return nil
	})
}

// change calls f with the state of a log while no other work changes it.
func (s *Store) change(ctx context.Context, name string, f func(*state) error) (err error) {
	l, err := s.lockLog(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	st, err := s.find(ctx, name)
	if err != nil {
		return fmt.Errorf("changing log %q: %w", name, err)
	}
	if st == nil {
		return s.unknown(ctx, name)
	}
	return f(st)
}

// Quarantine returns the rejected rows of a log, in the order of its ingests and
// of their sources, limit of them at most (all when 0).
func (s *Store) Quarantine(ctx context.Context, name string, limit int) ([]connectors.Rejected, error) {
	if limit <= 0 {
		limit = 1 << 31
	}
	var out []connectors.Rejected
	err := s.read(ctx, name, func(st *state) error {
		out = out[:0]
		rows, err := s.conn.Query(ctx, queries["quarantine"], st.args(clickhouse.Named("limit", limit))...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r connectors.Rejected
			if err := rows.Scan(&r.Source, &r.Line, &r.Column, &r.Field, &r.Reason, &r.Raw); err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	return out, err
}
