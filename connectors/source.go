// Package connectors brings event logs in: the contract that every source
// keeps, and the loop that carries its rows into a store with checkpoints,
// without adding anything twice, and with rejected rows kept for inspection.
//
//	Source ─▶ Ingest ─▶ Store (connectors/clickhouse)
//	   └────▶ Load ───▶ eventlog.Log, without a store
package connectors

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
)

// Source yields the rows of one event log, once, in the order of the source.
//
// Open is called first and once; it reads as much as it needs to know the
// format and fails where the source is none of its kind. Next is then called
// until it returns io.EOF. A *RowError stands for one bad row: Next may be
// called again. Any other error ends the stream. The Row and all it points to
// are the source's own and hold only until the next call. Close may be called
// at any time, also after a failed Open, and more than once.
type Source interface {
	Open(ctx context.Context) error
	Next(ctx context.Context) (*Row, error)
	Close() error
}

// Row is one event, or the declaration of a case when Event is nil. A source
// declares a case when it knows attributes of it or when the case may have no
// events; it need not declare others.
type Row struct {
	Event      *eventlog.Event
	Case       string
	Attributes []eventlog.Attribute // of the declared case
	// Line is where the row begins in the source, 1 for the first; 0 where the
	// source has no lines.
	Line int64
}

// Described is a source that knows things about the log as a whole. Meta holds
// from the end of Open for what precedes the first row, wholly after io.EOF.
type Described interface{ Meta() *eventlog.Meta }

// Measured is a source that can tell how far it has come.
type Measured interface {
	// Progress returns bytes read of the source as it is stored (compressed
	// bytes of a compressed file) and their total, 0 when not known.
	Progress() (done, total int64)
}

// Doubtful is a source that had to decide something its reader should know:
// an ambiguous date layout, a guessed encoding. Complete after io.EOF.
type Doubtful interface{ Warnings() []error }

// RowError is a row that could not be read. It is data, not an accident: the
// caller decides whether to quarantine the row or to stop.
type RowError struct {
	Source string // file or other name
	Line   int64  // from 1; 0 where unknown
	Column int64  // from 1, in characters for text; 0 where unknown
	Field  string // name of the column or attribute, "" where it does not apply
	Raw    string // the row or value as it was found, cut to 4 KiB
	Err    error
}

func (e *RowError) Error() string {
	s := fmt.Sprintf("reading %q: row at line %d", e.Source, e.Line)
	if e.Column > 0 {
		s += fmt.Sprintf(", column %d", e.Column)
	}
	if e.Field != "" {
		s += fmt.Sprintf(", field %q", e.Field)
	}
	return s + ": " + e.Err.Error()
}

func (e *RowError) Unwrap() error { return e.Err }

// FormatError is a source that cannot be read on: broken XML, a truncated
// archive, a file that is no log. It names the place.
type FormatError struct {
	Source string
	Line   int64 // 0 where unknown
	Column int64
	Err    error
}

func (e *FormatError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("reading %q: %v", e.Source, e.Err)
	}
	return fmt.Sprintf("reading %q: line %d, column %d: %v", e.Source, e.Line, e.Column, e.Err)
}

func (e *FormatError) Unwrap() error { return e.Err }
