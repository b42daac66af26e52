// Package parquet reads and writes event logs as Apache Parquet, one row per
// event, in the column names that pandas-based tools use: case:concept:name,
// concept:name, time:timestamp, start_timestamp, org:resource and so on, with
// case attributes repeated under the prefix "case:".
//
// Files of our own carry the exact paths and kinds of attributes, time zones
// (minutes east, in columns that end in "@zone"), cases without events (rows
// without an activity) and what the log says of itself, so that reading one
// gives the log that was written. Files of others are read by their column
// names and types.
//
// Apache Arrow is used by this package alone.
package parquet

import (
	"strings"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/uprava/uprava/mining/eventlog"
)

// The columns that have a meaning of their own.
const (
	caseColumn       = "case:concept:name"
	activityColumn   = "concept:name"
	timeColumn       = "time:timestamp"
	startColumn      = "start_timestamp"
	enabledColumn    = "enabled_timestamp"
	resourceColumn   = "org:resource"
	unitColumn       = "org:group"
	transitionColumn = "lifecycle:transition"
	casePrefix       = "case:"
	zoneSuffix       = "@zone"
)

// The metadata keys of our own files.
const (
	pathKey = "uprava:path" // of a column: the path of its attribute
	kindKey = "uprava:kind" // of a column: the kind of its attribute
	metaKey = "uprava:meta" // of the file: eventlog.Meta as JSON
	nameKey = "uprava:log"  // of the file: the name of the log
)

var instant = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}

// attributeColumn is one attribute of cases or events on its way into columns.
type attributeColumn struct {
	name   string // of the column
	path   string
	kind   eventlog.Kind
	ofCase bool
	zone   bool // a date whose values have a zone
}

// attributeColumns names the columns of the attributes of a log: the path with
// "/" between its keys, and the kind behind it where that name is taken.
func attributeColumns(l *eventlog.Log) []attributeColumn {
	taken := map[string]bool{caseColumn: true, activityColumn: true, timeColumn: true, startColumn: true, enabledColumn: true, resourceColumn: true, unitColumn: true, transitionColumn: true}
	var out []attributeColumn
	add := func(list []eventlog.AttributeInfo, prefix string) {
		for _, i := range list {
			name := prefix + strings.ReplaceAll(i.Path, eventlog.PathSeparator, "/")
			for taken[name] {
				name += "#" + i.Kind.String()
			}
			taken[name], taken[name+zoneSuffix] = true, true
			out = append(out, attributeColumn{name, i.Path, i.Kind, prefix != "", i.Kind == eventlog.KindTime})
		}
	}
	add(l.CaseAttributes(), casePrefix)
	add(l.EventAttributes(), "")
	return out
}

func (c attributeColumn) arrowType() arrow.DataType {
	switch c.kind {
	case eventlog.KindInt:
		return arrow.PrimitiveTypes.Int64
	case eventlog.KindFloat:
		return arrow.PrimitiveTypes.Float64
	case eventlog.KindBool, eventlog.KindList, eventlog.KindContainer:
		return arrow.FixedWidthTypes.Boolean
	case eventlog.KindTime:
		return instant
	}
	return arrow.BinaryTypes.String
}
