package parquet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// Source reads a Parquet file. See connectors.Source for its life.
type Source struct {
	path    string
	file    *os.File
	size    int64
	total   int64 // rows
	records pqarrow.RecordReader
	layout  *layout
	meta    *eventlog.Meta

	record arrow.Record
	at     int   // row of record to be read next
	done   int64 // rows read
	event  eventlog.Event
	row    connectors.Row
	known  map[string]bool // cases that were declared
}

// Open returns the source of a file, which is opened by its method Open.
func Open(path string) *Source { return &Source{path: path, known: map[string]bool{}} }

// Name returns the file's name.
func (s *Source) Name() string { return s.path }

// Meta returns what the log says of itself; empty for files of other tools.
func (s *Source) Meta() *eventlog.Meta { return s.meta }

// Progress returns bytes by the share of rows read.
func (s *Source) Progress() (done, total int64) {
	if s.total == 0 {
		return s.size, s.size
	}
	return int64(float64(s.size) * float64(s.done) / float64(s.total)), s.size
}

// fault names the file. The library below panics on some broken files; that is
// the file's fault, not the program's.
func (s *Source) fault(err error) error {
	return &connectors.FormatError{Source: s.path, Err: err}
}

func (s *Source) guard(err *error) {
	if r := recover(); r != nil {
		*err = s.fault(fmt.Errorf("the Parquet file is damaged: %v", r))
	}
}

// Open reads the schema.
func (s *Source) Open(ctx context.Context) (err error) {
	defer s.guard(&err)
	if s.file, err = os.Open(s.path); err != nil {
		return fmt.Errorf("reading %q: %w", s.path, err)
	}
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("reading %q: %w", s.path, err)
	}
	if s.size = info.Size(); s.size == 0 {
		return s.fault(errors.New("the file is empty"))
	}
	pf, err := file.NewParquetReader(s.file)
	if err != nil {
		return s.fault(fmt.Errorf("this is no Parquet file, or a damaged one: %w", err))
	}
	s.total = pf.NumRows()
	reader, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{BatchSize: 1 << 14}, memory.DefaultAllocator)
	if err != nil {
		return s.fault(err)
	}
	schema, err := reader.Schema()
	if err != nil {
		return s.fault(err)
	}
	if s.layout, err = layoutOf(schema); err != nil {
		return s.fault(err)
	}
	s.meta = &eventlog.Meta{}
	if kv := pf.MetaData().KeyValueMetadata(); kv != nil {
		if v := kv.FindValue(metaKey); v != nil {
			if err := json.Unmarshal([]byte(*v), s.meta); err != nil {
				return s.fault(fmt.Errorf("reading what the log says of itself: %w", err))
			}
		}
	}
	if i := schema.Metadata().FindKey(metaKey); i >= 0 {
		if err := json.Unmarshal([]byte(schema.Metadata().Values()[i]), s.meta); err != nil {
			return s.fault(fmt.Errorf("reading what the log says of itself: %w", err))
		}
	}
	if s.records, err = reader.GetRecordReader(ctx, nil, nil); err != nil {
		return s.fault(err)
	}
	return nil
}

// Next yields the declaration of a case when it is met first, then its events.
func (s *Source) Next(ctx context.Context) (row *connectors.Row, err error) {
	defer s.guard(&err)
	for s.record == nil || s.at >= int(s.record.NumRows()) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !s.records.Next() {
			if err := s.records.Err(); err != nil && !errors.Is(err, io.EOF) {
				return nil, s.fault(err)
			}
			if s.done < s.total {
				return nil, s.fault(fmt.Errorf("the file ends after %d of %d rows", s.done, s.total))
			}
			return nil, io.EOF
		}
		s.record, s.at = s.records.Record(), 0
	}
	s.row = connectors.Row{Line: s.done + 1}
	id := text(s.record.Column(s.layout.caseID), s.at)
	if id != "" && !s.known[id] {
		id = strings.Clone(id)
		s.known[id] = true
		s.row.Case = id
		s.row.Attributes = s.layout.attributes(s.record, s.at, true)
		if s.record.Column(s.layout.activity).IsNull(s.at) && s.record.Column(s.layout.time).IsNull(s.at) {
			s.advance()
		}
		return &s.row, nil
	}
	defer s.advance()
	l := s.layout
	s.event = eventlog.Event{
		Case:       id,
		Activity:   text(s.record.Column(l.activity), s.at),
		Resource:   l.text(s.record, l.resource, s.at),
		Unit:       l.text(s.record, l.unit, s.at),
		Transition: l.text(s.record, l.transition, s.at),
		Time:       l.stamp(s.record, l.time, s.at),
		Start:      l.stamp(s.record, l.start, s.at),
		Enabled:    l.stamp(s.record, l.enabled, s.at),
		Attributes: l.attributes(s.record, s.at, false),
	}
	s.row.Case, s.row.Event = id, &s.event
	if err := s.event.Check(); err != nil {
		return nil, &connectors.RowError{Source: s.path, Line: s.done + 1, Raw: fmt.Sprintf("case %q, activity %q", id, s.event.Activity), Err: err}
	}
	return &s.row, nil
}

func (s *Source) advance() { s.at++; s.done++ }

// Close ends reading. It may be called more than once.
func (s *Source) Close() error {
	if s.records != nil {
		s.records.Release()
		s.records = nil
	}
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// layout says which column of a file means what; -1 for those it lacks.
type layout struct {
	caseID, activity, time, start, enabled int
	resource, unit, transition             int
	zones                                  map[int]int // column of a time → of its zone
	ofCases, ofEvents                      []field
}

type field struct {
	column int
	path   string
	kind   eventlog.Kind
}

func layoutOf(schema *arrow.Schema) (*layout, error) {
	l := &layout{zones: map[int]int{}}
	at := map[string]int{}
	var names []string
	for i, f := range schema.Fields() {
		at[f.Name] = i
		names = append(names, fmt.Sprintf("%q", f.Name))
	}
	find := func(name string) int {
		if i, ok := at[name]; ok {
			return i
		}
		return -1
	}
	l.caseID, l.activity, l.time = find(caseColumn), find(activityColumn), find(timeColumn)
	for _, need := range []struct {
		name   string
		column int
	}{{caseColumn, l.caseID}, {activityColumn, l.activity}, {timeColumn, l.time}} {
		if need.column < 0 {
			return nil, fmt.Errorf("there is no column %q; the file has %s", need.name, strings.Join(names, ", "))
		}
	}
	l.start, l.enabled = find(startColumn), find(enabledColumn)
	l.resource, l.unit, l.transition = find(resourceColumn), find(unitColumn), find(transitionColumn)
	for i, f := range schema.Fields() {
		switch i {
		case l.caseID, l.activity, l.time, l.start, l.enabled, l.resource, l.unit, l.transition:
			if z, ok := at[f.Name+zoneSuffix]; ok {
				l.zones[i] = z
			}
			continue
		}
		if base, isZone := strings.CutSuffix(f.Name, zoneSuffix); isZone {
			if _, ok := at[base]; ok {
				continue
			}
		}
		if z, ok := at[f.Name+zoneSuffix]; ok {
			l.zones[i] = z
		}
		path, ofCase := strings.CutPrefix(f.Name, casePrefix)
		kind, ok := kindOf(f.Type)
		if !ok {
			return nil, fmt.Errorf("column %q holds %s, which no attribute of a log can hold", f.Name, f.Type)
		}
		if p, ok := f.Metadata.GetValue(pathKey); ok {
			path = p
		}
		if k, ok := f.Metadata.GetValue(kindKey); ok {
			if kind, ok = eventlog.ParseKind(k); !ok {
				return nil, fmt.Errorf("column %q holds attributes of an unknown kind %q", f.Name, k)
			}
		}
		if ofCase {
			l.ofCases = append(l.ofCases, field{i, path, kind})
		} else {
			l.ofEvents = append(l.ofEvents, field{i, path, kind})
		}
	}
	return l, nil
}

// kindOf returns the kind of attribute that holds values of an Arrow type.
func kindOf(t arrow.DataType) (eventlog.Kind, bool) {
	if d, ok := t.(*arrow.DictionaryType); ok {
		t = d.ValueType
	}
	switch t.ID() {
	case arrow.STRING, arrow.LARGE_STRING, arrow.NULL:
		return eventlog.KindString, true
	case arrow.INT8, arrow.INT16, arrow.INT32, arrow.INT64, arrow.UINT8, arrow.UINT16, arrow.UINT32:
		return eventlog.KindInt, true
	case arrow.FLOAT32, arrow.FLOAT64:
		return eventlog.KindFloat, true
	case arrow.BOOL:
		return eventlog.KindBool, true
	case arrow.TIMESTAMP, arrow.DATE32, arrow.DATE64:
		return eventlog.KindTime, true
	}
	return 0, false
}

func (l *layout) text(r arrow.Record, column, row int) string {
	if column < 0 {
		return ""
	}
	return text(r.Column(column), row)
}

// text returns a cell as text, "" for a missing one.
func text(a arrow.Array, row int) string {
	if a.IsNull(row) {
		return ""
	}
	switch a := a.(type) {
	case *array.String:
		return a.Value(row)
	case *array.LargeString:
		return a.Value(row)
	case *array.Dictionary:
		return text(a.Dictionary(), a.GetValueIndex(row))
	}
	return a.ValueStr(row)
}

func (l *layout) stamp(r arrow.Record, column, row int) eventlog.Stamp {
	if column < 0 || r.Column(column).IsNull(row) {
		return eventlog.None
	}
	s := eventlog.None
	switch a := r.Column(column).(type) {
	case *array.Timestamp:
		s = eventlog.At(a.Value(row).ToTime(a.DataType().(*arrow.TimestampType).Unit))
	case *array.Date32:
		s = eventlog.At(a.Value(row).ToTime())
	case *array.Date64:
		s = eventlog.At(a.Value(row).ToTime())
	case *array.String:
		if at, _, err := eventlog.ParseStamp(a.Value(row)); err == nil {
			s = at
		}
	}
	if z, ok := l.zones[column]; ok && s.Recorded() {
		if a, ok := r.Column(z).(*array.Int16); ok && !a.IsNull(row) {
			s.Zone = eventlog.Zone(a.Value(row))
		}
	}
	return s
}

// attributes returns the attributes of a row, nested ones in their places.
func (l *layout) attributes(r arrow.Record, row int, ofCase bool) []eventlog.Attribute {
	fields := l.ofEvents
	if ofCase {
		fields = l.ofCases
	}
	var paths []string
	var values []eventlog.Value
	for _, f := range fields {
		a := r.Column(f.column)
		if a.IsNull(row) {
			continue
		}
		var v eventlog.Value
		switch f.kind {
		case eventlog.KindString:
			v = eventlog.Text(text(a, row))
		case eventlog.KindID:
			v = eventlog.ID(text(a, row))
		case eventlog.KindTime:
			v = eventlog.TimeValue(l.stamp(r, f.column, row))
		case eventlog.KindList, eventlog.KindContainer:
			v = eventlog.Group(f.kind)
		default:
			parsed, err := eventlog.ParseValue(f.kind, text(a, row))
			if err != nil {
				v = eventlog.Text(text(a, row))
			} else {
				v = parsed
			}
		}
		paths, values = append(paths, f.path), append(values, v)
	}
	return eventlog.Nested(paths, values)
}
