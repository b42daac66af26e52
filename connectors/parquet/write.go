package parquet

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/uprava/uprava/mining/eventlog"
)

// groupRows is the number of rows that are held in memory and written at once.
const groupRows = 1 << 16

// Write writes a log. The same log gives the same bytes.
func Write(w io.Writer, l *eventlog.Log) error {
	meta, err := json.Marshal(l.Meta())
	if err != nil {
		return fmt.Errorf("writing what log %q says of itself: %w", l.Name(), err)
	}
	attributes := attributeColumns(l)
	fields := []arrow.Field{
		{Name: caseColumn, Type: arrow.BinaryTypes.String},
		{Name: activityColumn, Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: timeColumn, Type: instant, Nullable: true},
		{Name: timeColumn + zoneSuffix, Type: arrow.PrimitiveTypes.Int16, Nullable: true},
		{Name: startColumn, Type: instant, Nullable: true},
		{Name: startColumn + zoneSuffix, Type: arrow.PrimitiveTypes.Int16, Nullable: true},
		{Name: enabledColumn, Type: instant, Nullable: true},
		{Name: resourceColumn, Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: unitColumn, Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: transitionColumn, Type: arrow.BinaryTypes.String, Nullable: true},
	}
	fixed := len(fields)
	for _, c := range attributes {
		fields = append(fields, arrow.Field{Name: c.name, Type: c.arrowType(), Nullable: true,
			Metadata: arrow.MetadataFrom(map[string]string{pathKey: c.path, kindKey: c.kind.String()})})
		if c.zone {
			fields = append(fields, arrow.Field{Name: c.name + zoneSuffix, Type: arrow.PrimitiveTypes.Int16, Nullable: true})
		}
	}
	fileMeta := arrow.NewMetadata([]string{nameKey, metaKey}, []string{l.Name(), string(meta)})
	schema := arrow.NewSchema(fields, &fileMeta)
	out, err := pqarrow.NewFileWriter(schema, plainWriter{w},
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithDictionaryDefault(true)),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return fmt.Errorf("beginning the Parquet file: %w", err)
	}
	b := &rowBuilder{array.NewRecordBuilder(memory.DefaultAllocator, schema)}
	defer b.Release()
	rows := 0
	flush := func() error {
		record := b.NewRecord()
		defer record.Release()
		rows = 0
		return out.Write(record)
	}
	for _, c := range l.All() {
		for i := range max(1, c.Len()) {
			b.Field(0).(*array.StringBuilder).Append(c.ID())
			if i < c.Len() {
				b.event(c, i)
			} else {
				for f := 1; f < fixed; f++ {
					b.Field(f).AppendNull()
				}
			}
			b.attributes(c, i, fixed, attributes)
			if rows++; rows == groupRows {
				if err := flush(); err != nil {
					return fmt.Errorf("writing rows: %w", err)
				}
			}
		}
	}
	if rows > 0 {
		if err := flush(); err != nil {
			return fmt.Errorf("writing rows: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("ending the Parquet file: %w", err)
	}
	return nil
}

// plainWriter hides that a writer can be closed: its owner closes it.
type plainWriter struct{ io.Writer }

type rowBuilder struct{ *array.RecordBuilder }

func (b *rowBuilder) text(f int, s string) {
	if s == "" {
		b.Field(f).AppendNull()
		return
	}
	b.Field(f).(*array.StringBuilder).Append(s)
}

func (b *rowBuilder) stamp(f int, s eventlog.Stamp, zone bool) {
	if !s.Recorded() {
		b.Field(f).AppendNull()
	} else {
		b.Field(f).(*array.TimestampBuilder).Append(arrow.Timestamp(s.Time))
	}
	if !zone {
		return
	}
	if !s.Recorded() {
		b.Field(f + 1).AppendNull()
	} else {
		b.Field(f + 1).(*array.Int16Builder).Append(int16(s.Zone))
	}
}

func (b *rowBuilder) event(c eventlog.Case, i int) {
	e := c.Row(i)
	b.text(1, e.Activity)
	b.stamp(2, e.Time, true)
	b.stamp(4, e.Start, true)
	b.stamp(6, e.Enabled, false)
	b.text(7, e.Resource)
	b.text(8, e.Unit)
	b.text(9, e.Transition)
}

// attributes appends one value per column. Case attributes stand on every row
// of the case, so that the file reads well in other tools.
func (b *rowBuilder) attributes(c eventlog.Case, i, field int, columns []attributeColumn) {
	for _, a := range columns {
		var v eventlog.Value
		var ok bool
		if a.ofCase {
			v, ok = c.AttributeOf(a.path, a.kind)
		} else if i < c.Len() {
			v, ok = c.EventAttributeOf(i, a.path, a.kind)
		}
		b.value(field, v, ok, a)
		field++
		if a.zone {
			field++
		}
	}
}

func (b *rowBuilder) value(f int, v eventlog.Value, ok bool, c attributeColumn) {
	if c.kind == eventlog.KindTime {
		s := eventlog.None
		if ok {
			s = v.Stamp()
		}
		b.stamp(f, s, true)
		return
	}
	if !ok {
		b.Field(f).AppendNull()
		return
	}
	switch builder := b.Field(f).(type) {
	case *array.StringBuilder:
		builder.Append(v.Text())
	case *array.Int64Builder:
		builder.Append(v.Int())
	case *array.Float64Builder:
		builder.Append(v.Float())
	case *array.BooleanBuilder:
		builder.Append(c.kind != eventlog.KindBool || v.Bool())
	}
}
