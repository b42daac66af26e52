package clickhouse

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
)

// GoneError says that the process that served the data directory ended while this one
// went through it.
type GoneError struct {
	Where string
	Err   error
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("going through the process that serves the store at %s: it has stopped meanwhile, and nothing half-done is kept; run the command again, it opens the store itself where nobody serves it (%v)", e.Where, e.Err)
}

func (e *GoneError) Unwrap() error { return e.Err }

// Gone returns the fault as a GoneError where the store is reached through another
// process and the fault is that it does not answer any more; else as it is.
func (s *Store) Gone(err error) error {
	if err == nil || s.remote == nil {
		return err
	}
	op, unix := errors.AsType[*net.OpError](err)
	lost := unix && op.Net == "unix"
	for _, x := range []error{io.EOF, io.ErrUnexpectedEOF, driver.ErrBadConn, net.ErrClosed} {
		lost = lost || errors.Is(err, x)
	}
	if _, said := errors.AsType[*GoneError](err); said || !lost {
		return err
	}
	return &GoneError{s.where, err}
}
