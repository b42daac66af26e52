package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/uprava/uprava/connectors/clickhouse/embedded"
)

// Database is the database of the store unless the DSN names another.
const Database = "uprava"

// Config says where the store is.
type Config struct {
	// DSN of a ClickHouse server, clickhouse://user:password@host:9000/database.
	// Empty: the embedded engine.
	DSN string
	// Dir is the data directory of the embedded engine. While another process
	// serves it, the store goes through that process. Not used with a DSN.
	Dir string
}

// Validate reports all faults of the configuration.
func (c Config) Validate() error {
	if c.DSN == "" && c.Dir == "" {
		return errors.New("opening the store: neither a data directory nor the address of a ClickHouse server is given")
	}
	return nil
}

// Store keeps event logs. Its methods may be called by several goroutines and,
// on one server or one data directory, by several processes at once.
type Store struct {
	conn   driver.Conn
	where  string           // for messages
	dir    string           // data directory, "" for a server
	engine *embedded.Engine // nil where the engine runs elsewhere

	remote *socketPath // of the process that runs the engine; nil where this one does

	told told // when logs last changed

	socket net.Listener // nil unless Listen was called
	served chan error
}

// Open connects to a server, or starts the embedded engine over Dir/clickhouse;
// where another live process serves Dir, it goes through that process. It makes
// the schema, migrates an older one, and clears away what killed ingests left
// (an ingest that can go on is kept). Errors: *NewerError for a store of a newer
// program, *embedded.LockedError for a directory that another process holds
// without serving it. The caller closes the store.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.DSN != "" {
		return openServer(ctx, cfg.DSN)
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	return openDir(ctx, dir)
}

func openServer(ctx context.Context, dsn string) (*Store, error) {
	opts, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("opening the store: reading the address of the server: %w", hidden(err, dsn))
	}
	database := opts.Auth.Database
	if database == "" || database == "default" {
		database = Database
	}
	opts.ConnOpenStrategy = clickhouse.ConnOpenRoundRobin // a random choice may try one dead node only
	s := &Store{where: strings.Join(opts.Addr, ", ")}
	return s.connect(ctx, opts, database)
}

// hidden takes a DSN, which may hold a password, out of an error's text.
func hidden(err error, dsn string) error {
	if strings.Contains(err.Error(), dsn) {
		return errors.New(strings.ReplaceAll(err.Error(), dsn, "…"))
	}
	return err
}

func openDir(ctx context.Context, dir string) (*Store, error) {
	s := &Store{where: dir, dir: dir}
	if s.throughSocket(ctx) {
		return s.connect(ctx, embedded.Remote(s.remote.path), Database)
	}
	engine, err := embedded.Open(ctx, filepath.Join(dir, "clickhouse"))
	if err != nil {
		// It may have begun to serve since the first look.
		if _, locked := errors.AsType[*embedded.LockedError](err); locked {
			if s.throughSocket(ctx) {
				return s.connect(ctx, embedded.Remote(s.remote.path), Database)
			}
		}
		return nil, err
	}
	s.engine = engine
	return s.connect(ctx, engine.Options(), Database)
}

// connect opens the database, brings its schema up to date and recovers it. It
// closes the store where that fails.
func (s *Store) connect(ctx context.Context, opts *clickhouse.Options, database string) (*Store, error) {
	err := s.open(ctx, opts, database)
	if err != nil {
		return nil, errors.Join(s.Gone(err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, opts *clickhouse.Options, database string) error {
	first := *opts
	first.Auth.Database = "default"
	conn, err := clickhouse.Open(&first)
	if err != nil {
		return fmt.Errorf("opening the store at %s: %w", s.where, err)
	}
	err = conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(database))
	conn.Close()
	if err != nil {
		return fmt.Errorf("opening the store at %s: %w", s.where, err)
	}
	opts.Auth.Database = database
	opts.MaxOpenConns, opts.MaxIdleConns = 16, 8
	if s.conn, err = clickhouse.Open(opts); err != nil {
		return fmt.Errorf("opening the store at %s: %w", s.where, err)
	}
	if err := migrate(ctx, s.conn, schemaSteps, deployment{}); err != nil {
		return err
	}
	return s.recover(ctx)
}

// Close ends the connection, and with it the embedded engine where this process
// runs it. Only the first call does something.
func (s *Store) Close() error {
	var faults []error
	if s.conn != nil {
		faults = append(faults, s.conn.Close())
		s.conn = nil
	}
	if s.engine != nil {
		faults = append(faults, s.engine.Close())
		s.engine = nil
	}
	if s.socket != nil {
		faults = append(faults, s.stopListening())
	}
	if s.remote != nil {
		s.remote.close()
		s.remote = nil
	}
	return errors.Join(faults...)
}

// Serves reports whether the engine runs in this process, so that Listen may be
// called.
func (s *Store) Serves() bool { return s.engine != nil }
