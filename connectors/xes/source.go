// Package xes reads and writes event logs in XES (IEEE 1849-2016), plain or
// compressed by gzip.
//
//	file ─▶ decompress, decode ─▶ scanner (tokens) ─▶ Source (rows) ─▶ connectors
//	eventlog.Log ─▶ Write ─▶ file
//
// Reading is streaming: memory does not grow with the file, save by what one
// trace without a name holds and by one number per trace. The scanner is our
// own because encoding/xml takes some twenty times as long; tests hold the two
// equal.
//
// concept:name, org:resource, org:group, lifecycle:transition and
// time:timestamp go to the Event's own fields and are not repeated among its
// attributes, unless they carry attributes of their own. Values that do not fit
// their type are kept as text, with a warning.
package xes

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// Source reads one XES log. It implements connectors.Source, Described,
// Measured and Doubtful.
type Source struct {
	name   string
	path   string
	in     io.Reader
	total  int64
	closer io.Closer
	read   *connectors.Counted
	stop   func()
	fatal  error

	scan  *scanner
	meta  *eventlog.Meta
	doubt doubts
	rows  int

	inLog bool // the root element is open
	trace trace
	event eventlog.Event
	row   connectors.Row
	texts arena // characters of the current event
	held  []heldRow
	names maphash.Seed
	seen  hashSet // of the names of traces
	// ahead is an event or trace whose start tag was read and nothing after it.
	ahead aheadKind
}

type aheadKind uint8

const (
	aheadNothing aheadKind = iota
	aheadTrace
	aheadEvent
	aheadDone // the root element is closed
)

// trace is the trace that is being read.
type trace struct {
	open       bool
	number     int // from 1
	name       string
	line       int64
	attributes []eventlog.Attribute
	told       int // attributes that were declared
	texts      arena
	declared   bool
	events     int
}

// heldRow is a row of a trace whose name is not known yet.
type heldRow struct {
	event eventlog.Event
	line  int64
	err   *connectors.RowError
}

// Open returns a source of the file at path. The file is opened by its Open.
func Open(path string) *Source {
	s := New(filepath.Base(path), nil)
	s.path = path
	return s
}

// New returns a source of the document in r, which Close does not close. The
// name stands in errors.
func New(name string, r io.Reader) *Source {
	return &Source{name: name, in: r, meta: &eventlog.Meta{}, stop: func() {}, names: maphash.MakeSeed()}
}

// Open reads up to the first trace: extensions, globals, classifiers and the
// attributes of the log. A file that is no XES log gives a *FormatError.
func (s *Source) Open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.in == nil {
		f, err := os.Open(s.path)
		if err != nil {
			return fmt.Errorf("reading %q: %w", s.name, err)
		}
		s.in, s.closer = f, f
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			s.total = info.Size()
		}
	}
	s.read = &connectors.Counted{Reader: s.in}
	text, stop, err := utf8Text(s.read)
	s.stop = stop
	if err != nil {
		return s.fail(&connectors.FormatError{Source: s.name, Line: 1, Column: 1, Err: err})
	}
	s.scan = newScanner(text)
	if err := s.header(); err != nil {
		return s.fail(err)
	}
	return nil
}

// header reads the root element's start and what precedes the first trace.
func (s *Source) header() error {
	kind, err := s.scan.next()
	if err != nil {
		return err
	}
	switch {
	case kind == tokenEOF:
		return s.scan.fail(len(s.scan.buf), "no element in the document, wanted <log>")
	case kind != tokenStart:
		return s.scan.fail(s.scan.token, "wanted <log>")
	case string(local(s.scan.name)) != "log":
		return s.scan.fail(s.scan.token, "not an event log: the root element is <%s>, wanted <log>", s.scan.name)
	}
	if s.scan.empty {
		s.ahead = aheadDone
		return s.afterRoot()
	}
	s.inLog = true
	return s.logLevel()
}

// fail remembers the error that ends the stream and gives it its form.
func (s *Source) fail(err error) error {
	if at, ok := errors.AsType[*syntaxError](err); ok {
		err = &connectors.FormatError{Source: s.name, Line: at.line, Column: at.column, Err: at.err}
	}
	s.fatal = err
	return err
}

// Next returns the next row: an event, or the declaration of a trace.
func (s *Source) Next(ctx context.Context) (*connectors.Row, error) {
	if s.fatal != nil {
		return nil, s.fatal
	}
	if s.rows++; s.rows&0x3ff == 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	row, err := s.next()
	if err == nil {
		return row, nil
	}
	if bad, ok := err.(*connectors.RowError); ok {
		return nil, bad
	}
	return nil, s.fail(err)
}

// Name returns the name of the file, or the one given to New.
func (s *Source) Name() string { return s.name }

// Close ends reading. It waits for the decompressing goroutine, and closes the
// file where Open opened it.
func (s *Source) Close() error {
	s.stop()
	if s.fatal == nil {
		s.fatal = fmt.Errorf("reading %q: %w", s.name, os.ErrClosed)
	}
	if s.closer == nil {
		return nil
	}
	err := s.closer.Close()
	s.closer = nil
	return err
}

// Meta implements connectors.Described.
func (s *Source) Meta() *eventlog.Meta { return s.meta }

// Progress implements connectors.Measured.
func (s *Source) Progress() (done, total int64) {
	if s.read != nil {
		done = s.read.Bytes()
	}
	return done, s.total
}

// Warnings implements connectors.Doubtful.
func (s *Source) Warnings() []error { return s.doubt.warnings() }

// next walks the document up to the next row.
func (s *Source) next() (*connectors.Row, error) {
	for {
		if len(s.held) > 0 && !s.trace.open {
			return s.release()
		}
		switch s.ahead {
		case aheadDone:
			return nil, io.EOF
		case aheadTrace:
			s.ahead = aheadNothing
			if row := s.startTrace(); row != nil {
				return row, nil
			}
			continue
		case aheadEvent:
			s.ahead = aheadNothing
			row, err := s.readEvent()
			if row != nil || err != nil {
				return row, err
			}
			continue
		}
		if !s.trace.open {
			if err := s.logLevel(); err != nil {
				return nil, err
			}
			continue
		}
		row, err := s.traceLevel()
		if row != nil || err != nil {
			return row, err
		}
	}
}

// logLevel reads the children of the log up to the start of a trace or event or
// the end of the log, and leaves that in ahead.
func (s *Source) logLevel() error {
	for {
		kind, err := s.scan.next()
		switch {
		case err != nil:
			return err
		case kind == tokenText:
			continue
		case kind == tokenEnd:
			s.inLog = false
			s.ahead = aheadDone
			return s.afterRoot()
		}
		switch name := string(local(s.scan.name)); name {
		case "trace":
			s.ahead = aheadTrace
			return nil
		case "event":
			s.ahead = aheadEvent
			return nil
		case "extension", "classifier":
			s.describe(name)
			if err := s.skip(); err != nil {
				return err
			}
		case "global":
			if err := s.global(); err != nil {
				return err
			}
		default:
			if s.meta.Attributes, err = s.attribute(s.meta.Attributes, copied{}); err != nil {
				return err
			}
		}
	}
}

// afterRoot reads what may follow the log: comments and blanks.
func (s *Source) afterRoot() error {
	_, err := s.scan.next()
	return err
}

// startTrace begins a trace whose start tag is the current token. It returns the
// declaration of one that ends with it.
func (s *Source) startTrace() *connectors.Row {
	t := &s.trace
	t.number++
	*t = trace{open: true, number: t.number, attributes: t.attributes[:0], texts: t.texts[:0], line: s.scan.placeOf(s.scan.token).line}
	if s.scan.empty {
		return s.endTrace()
	}
	return nil
}

// traceLevel reads the children of a trace up to an event or its end.
func (s *Source) traceLevel() (*connectors.Row, error) {
	t := &s.trace
	for {
		kind, err := s.scan.next()
		switch {
		case err != nil:
			return nil, err
		case kind == tokenText:
			continue
		case kind == tokenEnd:
			return s.endTrace(), nil
		}
		if string(local(s.scan.name)) == "event" {
			s.ahead = aheadEvent
			if t.name != "" && len(s.held) == 0 && len(t.attributes) > t.told {
				return s.declare(), nil
			}
			return nil, nil
		}
		n := len(t.attributes)
		if t.attributes, err = s.attribute(t.attributes, &t.texts); err != nil {
			return nil, err
		}
		if len(t.texts) > maxHeld {
			return nil, s.scan.fail(s.scan.token, "more than %d MiB of attributes in one trace", maxHeld>>20)
		}
		if len(t.attributes) > n && t.attributes[n].Key == keyName && t.attributes[n].Value.String() != "" {
			t.name = t.attributes[n].Value.String()
			if len(t.attributes[n].Children) == 0 {
				t.attributes = t.attributes[:n]
			}
			s.noteName()
		}
	}
}

// noteName looks whether an earlier trace had the name.
func (s *Source) noteName() {
	h := maphash.String(s.names, s.trace.name)
	if !s.seen.add(h) {
		s.doubt.add(doubtRepeatedTrace, s.trace.line, "%q", s.trace.name)
	}
}

// declare returns the declaration of the current trace with the attributes read
// since the last one.
func (s *Source) declare() *connectors.Row {
	t := &s.trace
	s.row = connectors.Row{Case: t.name, Attributes: t.attributes[t.told:], Line: t.line}
	t.told = len(t.attributes)
	t.declared = true
	return &s.row
}

// endTrace closes the trace. It returns its declaration where one is due.
func (s *Source) endTrace() *connectors.Row {
	t := &s.trace
	t.open = false
	if t.name == "" {
		t.name = fmt.Sprintf("trace %d", t.number)
		s.doubt.add(doubtNamelessTrace, t.line, "named %q", t.name)
		s.noteName()
	}
	if len(t.attributes) > t.told || t.events == 0 && !t.declared {
		return s.declare()
	}
	return nil
}

// release returns the next of the rows that waited for the name of their trace.
func (s *Source) release() (*connectors.Row, error) {
	h := s.held[0]
	s.held = s.held[1:]
	if len(s.held) == 0 {
		s.held = nil
	}
	if h.err != nil {
		return nil, h.err
	}
	s.event = h.event
	s.event.Case = s.trace.name
	s.row = connectors.Row{Event: &s.event, Case: s.trace.name, Line: h.line}
	return &s.row, nil
}
