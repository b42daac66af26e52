package csvlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// Source reads a CSV. See connectors.Source for its life.
type Source struct {
	name  string
	cfg   Config
	file  *os.File
	input io.Reader // of New
	bytes *connectors.Counted
	size  int64

	proposal *Proposal
	scanner  *scanner
	zones    *zones
	role     [roles]int // column, -1 for none
	caseCols []int
	cols     []int // of event attributes
	known    map[string]bool
	pending  bool // the current record's case was declared, its event comes next

	row        connectors.Row
	event      eventlog.Event
	attributes []eventlog.Attribute
	unzoned    int64         // times read without a zone
	misfits    map[int]int64 // by column: values that are kept as text
	casesOnly  int64
}

// Open returns the source of a file.
func Open(path string, cfg Config) *Source {
	return &Source{name: path, cfg: cfg, known: map[string]bool{}, misfits: map[int]int64{}}
}

// New returns the source of a stream; the name is for messages. A column of
// dates that the beginning leaves ambiguous cannot be settled by later rows.
func New(name string, r io.Reader, cfg Config) *Source {
	s := Open(name, cfg)
	s.input = r
	return s
}

// Name returns the name of the file or stream.
func (s *Source) Name() string { return s.name }

// Proposal returns what was detected, nil before Open.
func (s *Source) Proposal() *Proposal { return s.proposal }

// Progress returns the bytes read, as stored, and their total.
func (s *Source) Progress() (done, total int64) {
	if s.bytes == nil {
		return 0, s.size
	}
	return s.bytes.Bytes(), s.size
}

// Open detects how the file is to be read.
func (s *Source) Open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := s.input
	if r == nil {
		f, err := os.Open(s.name)
		if err != nil {
			return fmt.Errorf("reading %q: %w", s.name, err)
		}
		s.file = f
		if info, err := f.Stat(); err == nil {
			s.size = info.Size()
		}
		r = f
	}
	s.bytes = &connectors.Counted{Reader: r}
	in, err := open(s.bytes, s.cfg.Encoding)
	if err != nil {
		return s.fault(1, 1, err)
	}
	var again func() (*input, io.Closer, error)
	if s.input == nil {
		again = func() (*input, io.Closer, error) {
			f, err := os.Open(s.name)
			if err != nil {
				return nil, nil, err
			}
			in, err := open(f, s.cfg.Encoding)
			return in, f, err
		}
	}
	if s.proposal, err = detect(in, &s.cfg, again); err != nil {
		if bad, ok := errors.AsType[*recordError](err); ok {
			return s.fault(bad.line, bad.column, bad)
		}
		return s.fault(1, 1, err)
	}
	loc, err := s.cfg.location()
	if err != nil {
		return s.fault(1, 1, err)
	}
	s.zones = &zones{loc: loc}
	for r := range s.role {
		s.role[r] = -1
	}
	for i, c := range s.proposal.Columns {
		switch {
		case c.Role < roles:
			s.role[c.Role] = i
		case c.Role == CaseAttribute:
			s.caseCols = append(s.caseCols, i)
		case c.Role == EventAttribute:
			s.cols = append(s.cols, i)
		}
	}
	s.scanner = newScanner(in.text, s.proposal.Delimiter)
	if s.proposal.Header {
		if err := s.scanner.next(); err != nil {
			return s.fault(1, 1, err)
		}
	}
	return nil
}

func (s *Source) fault(line, column int64, err error) error {
	return &connectors.FormatError{Source: s.name, Line: line, Column: column, Err: err}
}

// Next yields the declaration of a case when it is met first, then its events.
func (s *Source) Next(ctx context.Context) (*connectors.Row, error) {
	if s.pending {
		s.pending = false
		return s.read()
	}
	if err := s.scanner.next(); err != nil {
		if err == io.EOF {
			return nil, io.EOF
		}
		if bad, ok := errors.AsType[*recordError](err); ok {
			return nil, &connectors.RowError{Source: s.name, Line: bad.line, Column: bad.column, Field: s.columnName(bad.field), Raw: bad.raw, Err: bad.err}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, s.fault(s.scanner.line, 1, err)
	}
	if found, wanted := len(s.scanner.fields), len(s.proposal.Columns); found != wanted {
		return nil, s.reject(-1, fmt.Errorf("found %d fields, wanted %d", found, wanted))
	}
	id := s.value(s.role[Case])
	if strings.TrimSpace(id) == "" {
		return nil, s.reject(s.role[Case], errors.New("the case is empty"))
	}
	if s.known[id] {
		return s.read()
	}
	id = strings.Clone(id)
	s.known[id] = true
	s.row = connectors.Row{Case: id, Line: s.scanner.first, Attributes: s.attributesOf(s.caseCols, nil)}
	if s.caseOnly() {
		s.casesOnly++
	} else {
		s.pending = true
	}
	return &s.row, nil
}

// caseOnly reports whether the record holds nothing but a case.
func (s *Source) caseOnly() bool {
	for i, f := range s.scanner.fields {
		if c := s.proposal.Columns[i].Role; c != Case && c != CaseAttribute && (f.quoted || f.to > f.from) {
			return false
		}
	}
	return true
}

// value returns a field of the current record; it holds until the next.
func (s *Source) value(column int) string {
	if column < 0 {
		return ""
	}
	return string(s.scanner.text(s.scanner.fields[column]))
}

func (s *Source) columnName(i int) string {
	if i < 0 || i >= len(s.proposal.Columns) {
		return ""
	}
	return s.proposal.Columns[i].Name
}

// reject tells what is wrong with the current record.
func (s *Source) reject(column int, err error) error {
	raw := s.scanner.raw()
	e := &connectors.RowError{Source: s.name, Line: s.scanner.first, Field: s.columnName(column), Raw: string(raw[:min(len(raw), rawLimit)]), Err: err}
	if column >= 0 && column < len(s.scanner.fields) {
		e.Line, e.Column = s.scanner.columnOf(s.scanner.fields[column].at)
	}
	return e
}

// read makes the event of the current record.
func (s *Source) read() (*connectors.Row, error) {
	s.event = eventlog.Event{
		Case: s.value(s.role[Case]), Activity: s.value(s.role[Activity]), Resource: s.value(s.role[Resource]),
		Unit: s.value(s.role[Unit]), Transition: s.value(s.role[Transition]),
		Time: eventlog.None, Start: eventlog.None, Enabled: eventlog.None,
	}
	if strings.TrimSpace(s.event.Activity) == "" {
		return nil, s.reject(s.role[Activity], errors.New("the activity is empty"))
	}
	for _, t := range [...]struct {
		role Role
		at   *eventlog.Stamp
	}{{Time, &s.event.Time}, {Start, &s.event.Start}, {Enabled, &s.event.Enabled}} {
		text := s.value(s.role[t.role])
		if strings.TrimSpace(text) == "" {
			continue
		}
		at, zoned, err := s.proposal.Columns[s.role[t.role]].Layout.Parse(text, s.zones)
		if err != nil {
			return nil, s.reject(s.role[t.role], err)
		}
		if !zoned {
			s.unzoned++
		}
		*t.at = at
	}
	if !s.event.Time.Recorded() {
		if !s.event.Start.Recorded() {
			return nil, s.reject(s.role[Time], errors.New("the time is empty"))
		}
		// Started and not completed: the start is what was recorded.
		s.event.Time, s.event.Start = s.event.Start, eventlog.None
		if s.event.Transition == "" {
			s.event.Transition = "start"
		}
	}
	if err := s.event.Check(); err != nil {
		return nil, s.reject(s.role[Time], err)
	}
	s.attributes = s.attributesOf(s.cols, s.attributes[:0])
	s.event.Attributes = s.attributes
	s.row = connectors.Row{Event: &s.event, Case: s.event.Case, Line: s.scanner.first}
	return &s.row, nil
}

// attributesOf reads the attributes of the given columns. A field that is empty
// and not quoted was not recorded; a value that is not of its column's kind is
// kept as text.
func (s *Source) attributesOf(columns []int, out []eventlog.Attribute) []eventlog.Attribute {
	nested := false
	for _, i := range columns {
		f := s.scanner.fields[i]
		if f.from == f.to && !f.quoted {
			continue
		}
		c := &s.proposal.Columns[i]
		text := string(s.scanner.text(f))
		v, zoned, err := value(c.Kind, text, c.Layout, s.zones)
		if err != nil {
			s.misfits[i]++
			v = eventlog.Text(text)
		} else if c.Kind == eventlog.KindTime && !zoned {
			s.unzoned++
		}
		nested = nested || strings.Contains(c.Path, eventlog.PathSeparator)
		out = append(out, eventlog.Attribute{Key: c.Path, Value: v})
	}
	if !nested {
		return out
	}
	paths, values := make([]string, len(out)), make([]eventlog.Value, len(out))
	for i, a := range out {
		paths[i], values[i] = a.Key, a.Value
	}
	return eventlog.Nested(paths, values)
}

// Warnings tells what had to be decided; complete after io.EOF.
func (s *Source) Warnings() []error {
	if s.proposal == nil {
		return nil
	}
	out := append([]error{}, s.proposal.Doubts...)
	if s.unzoned > 0 && s.cfg.TimeZone == "" {
		out = append(out, fmt.Errorf("%d times name no zone and are read as UTC; --time-zone or the mapping file's time_zone settles it", s.unzoned))
	}
	for i, c := range s.proposal.Columns {
		if n := s.misfits[i]; n > 0 {
			out = append(out, fmt.Errorf("column %q: %d values are no %s and are kept as text", c.Name, n, c.Kind))
		}
	}
	if s.casesOnly > 0 {
		out = append(out, fmt.Errorf("%d rows name a case and nothing else: cases without events", s.casesOnly))
	}
	return out
}

// Close ends reading. It may be called more than once.
func (s *Source) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
