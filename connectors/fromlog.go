package connectors

import (
	"context"
	"io"

	"github.com/uprava/uprava/mining/eventlog"
)

// FromLog returns a source that yields a log: each case declared with its
// attributes, then its rows.
func FromLog(l *eventlog.Log) Source { return &logSource{log: l, at: -1} }

type logSource struct {
	log   *eventlog.Log
	next  int // the case to be declared next
	c     eventlog.Case
	at    int // row of c to be yielded next, -1 before the first case
	row   Row
	event eventlog.Event
}

func (s *logSource) Open(ctx context.Context) error { return ctx.Err() }
func (s *logSource) Close() error                   { return nil }
func (s *logSource) Name() string                   { return s.log.Name() }
func (s *logSource) Meta() *eventlog.Meta           { return s.log.Meta() }

func (s *logSource) Next(context.Context) (*Row, error) {
	if s.at >= 0 && s.at < s.c.Len() {
		s.event = s.c.Event(s.at)
		s.at++
		s.row = Row{Event: &s.event, Case: s.event.Case}
		return &s.row, nil
	}
	if s.next == s.log.Cases() {
		return nil, io.EOF
	}
	s.c, s.at = s.log.Case(s.next), 0
	s.next++
	s.row = Row{Case: s.c.ID(), Attributes: s.c.Attributes()}
	return &s.row, nil
}
