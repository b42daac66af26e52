// Package desk joins the store, the miners, the twins and the simulator into
// the answers that people and programs ask for. The command line, the pages
// and the API stand on it, so that the same question has the same answer
// everywhere.
//
//	clickhouse.Store ─▶ Mine, Discover ─▶ as-is
//	pack or fitted twin ─▶ Compare, Bench ─▶ to-be
package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/mining"
)

// Config says where the store is: a folder for the embedded engine, or the DSN
// of a server. Dir also holds the models that were fitted to logs.
type Config struct{ Dir, DSN string }

// Desk answers questions about the logs of one store. Its methods may be called
// from many goroutines at once.
type Desk struct {
	store *clickhouse.Store
	dir   string

	life    context.Context // ends with Close; background work stops then
	end     context.CancelFunc
	ending  sync.Mutex // held while something begins to run, and while the desk closes
	closed  bool
	running sync.WaitGroup

	memory *memory
}

// ErrNotFound says that there is no log, model or scenario of that name.
var ErrNotFound = mining.ErrUnknownLog

var errClosed = errors.New("the desk is closed: the program is ending")

// InputError is something a person wrote, a model or a scenario, that cannot be
// used as it is.
type InputError struct{ Err error }

func (e InputError) Error() string { return e.Err.Error() }
func (e InputError) Unwrap() error { return e.Err }

// Open opens the store. The caller closes the desk.
func Open(ctx context.Context, cfg Config) (*Desk, error) {
	s, err := clickhouse.Open(ctx, clickhouse.Config{DSN: cfg.DSN, Dir: cfg.Dir})
	if err != nil {
		return nil, err
	}
	d := &Desk{store: s, dir: cfg.Dir, memory: newMemory(memoryWeight)}
	d.life, d.end = context.WithCancel(context.WithoutCancel(ctx))
	return d, nil
}

// Close stops what still runs and closes the store. Who asks afterwards hears that the
// desk is closed.
func (d *Desk) Close() error {
	d.stop()
	return d.store.Close()
}

// stop ends what runs, lets nothing begin any more, and waits.
func (d *Desk) stop() {
	d.ending.Lock()
	d.closed = true
	d.ending.Unlock()
	d.end()
	d.running.Wait()
}

// begin counts something that runs, until running.Done; errClosed where nothing may
// begin any more.
func (d *Desk) begin() error {
	d.ending.Lock()
	defer d.ending.Unlock()
	if d.closed {
		return errClosed
	}
	d.running.Add(1)
	return nil
}

// Store returns the store behind the desk.
func (d *Desk) Store() *clickhouse.Store { return d.store }

// notFound says that a thing of some kind does not exist, and which do.
func notFound(kind, name string, known []string) error {
	return fmt.Errorf("there is no %s %q; there are %q: %w", kind, name, known, ErrNotFound)
}
