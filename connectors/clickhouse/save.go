package clickhouse

import (
	"context"
	"errors"
	"time"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// Save stores a log, a simulated one for instance, as an ordinary log of the
// given name. A log of that name gives way to it, at once and wholly.
func (s *Store) Save(ctx context.Context, name string, l *eventlog.Log) (err error) {
	if err := CheckName(name); err != nil {
		return err
	}
	held, err := s.lockLog(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.release()) }()
	in := &ingest{store: s, src: connectors.FromLog(l), started: time.Now(), replace: true}
	in.entry.name = name
	_, err = in.run(ctx)
	return err
}
