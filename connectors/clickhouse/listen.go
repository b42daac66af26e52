package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// socketName is the socket in the data directory through which other processes
// of the same user reach the engine.
const socketName = "engine.sock"

// Listen serves the data directory to other processes of the same user, through
// a socket that only its owner can open, until the store is closed. A socket that
// a killed process left is replaced: this process holds the directory.
func (s *Store) Listen() error {
	if s.engine == nil {
		return fmt.Errorf("serving the store at %s: its engine runs in another process", s.where)
	}
	if s.socket != nil {
		return fmt.Errorf("serving the store at %s: it is served already", s.where)
	}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		return fmt.Errorf("serving the store: %w", err)
	}
	path := filepath.Join(s.dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("serving the store: removing the socket of a process that is gone: %w", err)
	}
	short, err := openSocketPath(path)
	if err != nil {
		return fmt.Errorf("serving the store: %w", err)
	}
	defer short.close()
	l, err := net.Listen("unix", short.path)
	if err != nil {
		return fmt.Errorf("serving the store: %w", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // its name may be a short one that is gone by then
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("serving the store: %w", err), l.Close())
	}
	s.socket, s.served = l, make(chan error, 1)
	go func() { s.served <- s.engine.Serve(l) }()
	return nil
}

// stopListening waits for the end of serving, which the engine's Close brings.
func (s *Store) stopListening() error {
	s.socket.Close()
	err := <-s.served
	s.socket = nil
	if rerr := os.Remove(filepath.Join(s.dir, socketName)); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// throughSocket reports whether a process answers the socket of the data
// directory, and keeps its path. What a killed process left behind refuses.
func (s *Store) throughSocket(ctx context.Context) bool {
	path := filepath.Join(s.dir, socketName)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	short, err := openSocketPath(path)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", short.path)
	if err != nil {
		short.close()
		return false
	}
	c.Close()
	s.remote = short
	return true
}

// maxSocketPath is the longest path that the address of a Unix socket holds on
// every system.
const maxSocketPath = 100

// socketPath is a path that fits into a socket's address: the file's own, or one
// by way of its open directory, good until close.
type socketPath struct {
	path string
	dir  *os.File
}

func openSocketPath(path string) (*socketPath, error) {
	if len(path) <= maxSocketPath {
		return &socketPath{path: path}, nil
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	short := fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), filepath.Base(path))
	if _, err := os.Stat(filepath.Dir(short)); err != nil {
		d.Close()
		return nil, fmt.Errorf("the path %q is too long for a socket: wanted at most %d bytes", path, maxSocketPath)
	}
	return &socketPath{short, d}, nil
}

func (p *socketPath) close() {
	if p.dir != nil {
		p.dir.Close()
	}
}
