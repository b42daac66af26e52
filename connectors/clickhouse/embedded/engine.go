package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
)

// memoryShare is the part of the machine's memory the engine may use in all;
// it begins to spill aggregation and sorting to disk at half of that.
const memoryShare = "0.5"

// Engine is ClickHouse running in this process over one data directory. Its
// methods may be called from several goroutines.
type Engine struct {
	dir     string
	args    []string
	lock    *dirLock
	version [3]int
	columns column.ServerContext

	control   *session // open as long as the engine is: it keeps the engine alive and carries KILL
	controlMu sync.Mutex

	serial   atomic.Uint64 // numbers the sessions
	sessions atomic.Int64  // open sessions of clients

	mu        sync.Mutex
	closed    bool
	conns     map[net.Conn]struct{}
	listeners map[net.Listener]struct{}
	wg        sync.WaitGroup
}

// running is the engine of this process: the library has one for all.
var running struct {
	sync.Mutex
	engine *Engine
}

// Open starts ClickHouse over dir, which is made if it is missing, readable by
// its owner alone. It returns *LockedError when a process, this one included,
// has the directory open already; what a process leaves behind when it is killed
// does not count. Starting takes 0.1 to 1 seconds and cannot be interrupted; ctx
// is looked at before and after. The caller closes the engine.
func Open(ctx context.Context, dir string) (*Engine, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("opening the engine: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("opening the engine in %q: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the engine: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	running.Lock()
	defer running.Unlock()
	if running.engine != nil {
		return nil, errors.Join(fmt.Errorf("opening the engine in %q: this process runs one in %q already", dir, running.engine.dir), lock.release())
	}
	e := &Engine{
		dir:  dir,
		lock: lock,
		// On a terminal the engine would print a log of its own.
		args:      []string{"clickhouse", "--log-level=none", "--path=" + dir, "--max_server_memory_usage_to_ram_ratio=" + memoryShare},
		conns:     map[net.Conn]struct{}{},
		listeners: map[net.Listener]struct{}{},
	}
	if err := e.start(path); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the engine in %q: %w", dir, err), lock.release())
	}
	running.engine = e
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the engine in %q: %w", dir, err), e.stop())
	}
	return e, nil
}

func (e *Engine) start(path string) error {
	if err := load(path); err != nil {
		return err
	}
	s, err := connect(e.args)
	if err != nil {
		return err
	}
	b, err := s.query("SELECT version()", "TSV", nil)
	if err == nil {
		_, err = fmt.Sscanf(string(b), "%d.%d.%d", &e.version[0], &e.version[1], &e.version[2])
	}
	if err != nil {
		s.close()
		return fmt.Errorf("asking for its version: %w", err)
	}
	e.control = s
	e.columns = column.ServerContext{
		Revision:     revision,
		VersionMajor: uint64(e.version[0]), VersionMinor: uint64(e.version[1]), VersionPatch: uint64(e.version[2]),
		Timezone: time.UTC,
	}
	return nil
}

// Dir is the data directory, absolute.
func (e *Engine) Dir() string { return e.dir }

// Options reach the engine from this process, uncompressed, in the database
// "default"; make a database of your own, the engine's default one is not a
// plain one. Every call returns new options, which the caller may change.
func (e *Engine) Options() *clickhouse.Options {
	return options("embedded", func(context.Context, string) (net.Conn, error) { return e.dial() })
}

// Remote are options that reach an engine which another process of the same user
// serves on a unix socket.
func Remote(socket string) *clickhouse.Options {
	return options(socket, func(ctx context.Context, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	})
}

func options(addr string, dial func(context.Context, string) (net.Conn, error)) *clickhouse.Options {
	return &clickhouse.Options{
		Protocol:    clickhouse.Native,
		Addr:        []string{addr},
		Auth:        clickhouse.Auth{Database: "default", Username: "default"},
		DialContext: dial,
		// No packet comes while a statement such as INSERT … SELECT runs; the
		// caller's context limits it, not silence on a line that cannot break.
		ReadTimeout: 24 * time.Hour,
	}
}

func (e *Engine) dial() (net.Conn, error) {
	client, server, err := pipe()
	if err != nil {
		return nil, err
	}
	if !e.attach(server) {
		client.Close()
		server.Close()
		return nil, fmt.Errorf("reaching the engine in %q: %w", e.dir, net.ErrClosed)
	}
	return client, nil
}

// attach answers c in a goroutine that Close waits for, unless the engine is
// closed.
func (e *Engine) attach(c net.Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.conns[c] = struct{}{}
	e.wg.Go(func() {
		// The engine keeps the state of a statement with the thread that began
		// it, so that one session stays on one thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		serveConn(e, c)
		c.Close()
		e.mu.Lock()
		delete(e.conns, c)
		e.mu.Unlock()
	})
	return true
}

// Serve answers other processes of the same user on l, a unix socket, until the
// engine is closed or accepting fails; it closes l. After Close it returns nil.
func (e *Engine) Serve(l net.Listener) error {
	defer l.Close()
	if n := l.Addr().Network(); n != "unix" {
		return fmt.Errorf("serving the engine on %s: it is reached through a unix socket only", n)
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return fmt.Errorf("serving the engine in %q: %w", e.dir, net.ErrClosed)
	}
	e.listeners[l] = struct{}{}
	e.wg.Add(1) // Close returns after Serve has
	e.mu.Unlock()
	defer e.wg.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			e.mu.Lock()
			closed := e.closed
			delete(e.listeners, l)
			e.mu.Unlock()
			if closed {
				return nil
			}
			return fmt.Errorf("serving the engine in %q: %w", e.dir, err)
		}
		if checkPeer(c) != nil || !e.attach(c) {
			c.Close()
		}
	}
}

// Close cancels what runs, waits for it, stops the engine and gives the
// directory back. Only the first call does something.
func (e *Engine) Close() error {
	running.Lock()
	defer running.Unlock()
	return e.stop()
}

func (e *Engine) stop() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	for l := range e.listeners {
		l.Close()
	}
	for c := range e.conns {
		c.Close() // the watcher of its statement sees it and cancels
	}
	e.mu.Unlock()
	e.wg.Wait()
	e.control.close()
	running.engine = nil
	if err := e.lock.release(); err != nil {
		return fmt.Errorf("closing the engine in %q: %w", e.dir, err)
	}
	return nil
}

// kill asks the engine to cancel the statement of the session with the tag; it
// is no error when there is none.
func (e *Engine) kill(tag string) error {
	e.controlMu.Lock()
	defer e.controlMu.Unlock()
	_, err := e.control.query("KILL QUERY WHERE startsWith(Settings['log_comment'], "+quote(tag)+") ASYNC", "Null", nil)
	return err
}
