package ocel

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/objectcentric"
)

// sqlite reads the relational format, OCEL 2.0 section 5: tables event, object,
// event_object, object_object, the maps of types, and a table for each type.
func (r *reader) sqlite(ctx context.Context) (err error) {
	if _, err := os.Stat(r.path); err != nil { // or the driver would make the file
		return errors.Unwrap(err)
	}
	abs, err := filepath.Abs(r.path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs, RawQuery: "mode=ro&immutable=1"}).String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := texts(ctx, db, `SELECT name, '' FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		return fmt.Errorf("as an SQLite database: %w", err)
	}
	var missing []string
	for _, t := range []string{"event", "object", "event_object", "event_map_type", "object_map_type"} {
		if !slices.ContainsFunc(tables, func(row [2]string) bool { return row[0] == t }) {
			missing = append(missing, t)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("tables %q are missing: wanted OCEL 2.0 in SQLite", missing)
	}
	known := func(table string) bool {
		return slices.ContainsFunc(tables, func(row [2]string) bool { return row[0] == table })
	}
	if err := r.sqliteObjects(ctx, db, known); err != nil {
		return err
	}
	return r.sqliteEvents(ctx, db, known)
}

func (r *reader) sqliteObjects(ctx context.Context, db *sql.DB, known func(string) bool) error {
	rows, err := texts(ctx, db, `SELECT ocel_id, ocel_type FROM object`)
	if err != nil {
		return fmt.Errorf("table object: %w", err)
	}
	index := make(map[string]int, len(rows))
	for _, row := range rows {
		index[row[0]] = len(r.objects)
		r.objects = append(r.objects, objectcentric.Object{ID: row[0], Type: row[1]})
	}
	err = r.eachTyped(ctx, db, "object", known, func(table, id string, at eventlog.Stamp, values []eventlog.Attribute) error {
		i, ok := index[id]
		if !ok {
			return fmt.Errorf("table %s: object %q is not in table object", table, id)
		}
		for _, a := range values {
			r.objects[i].Attributes = append(r.objects[i].Attributes, objectcentric.Change{Time: at, Attribute: a})
		}
		return nil
	})
	if err != nil || !known("object_object") {
		return err
	}
	return related(ctx, db, `SELECT ocel_source_id, ocel_target_id, ocel_qualifier FROM object_object`, func(from string, to objectcentric.Relation) error {
		i, ok := index[from]
		if !ok {
			return fmt.Errorf("table object_object: object %q is not in table object", from)
		}
		r.objects[i].Related = append(r.objects[i].Related, to)
		return nil
	})
}

func (r *reader) sqliteEvents(ctx context.Context, db *sql.DB, known func(string) bool) error {
	rows, err := texts(ctx, db, `SELECT ocel_id, ocel_type FROM event`)
	if err != nil {
		return fmt.Errorf("table event: %w", err)
	}
	index := make(map[string]int, len(rows))
	for _, row := range rows {
		index[row[0]] = len(r.events)
		r.events = append(r.events, objectcentric.Event{ID: row[0], Activity: row[1], Time: eventlog.None})
	}
	err = r.eachTyped(ctx, db, "event", known, func(table, id string, at eventlog.Stamp, values []eventlog.Attribute) error {
		i, ok := index[id]
		if !ok {
			return fmt.Errorf("table %s: event %q is not in table event", table, id)
		}
		r.events[i].Time, r.events[i].Attributes = at, values
		return nil
	})
	if err != nil {
		return err
	}
	return related(ctx, db, `SELECT ocel_event_id, ocel_object_id, ocel_qualifier FROM event_object`, func(from string, to objectcentric.Relation) error {
		i, ok := index[from]
		if !ok {
			return fmt.Errorf("table event_object: event %q is not in table event", from)
		}
		r.events[i].Objects = append(r.events[i].Objects, to)
		return nil
	})
}

// eachTyped visits the rows of the tables of all types: identifier, time, and the
// values that are not null.
func (r *reader) eachTyped(ctx context.Context, db *sql.DB, what string, known func(string) bool, visit func(table, id string, at eventlog.Stamp, values []eventlog.Attribute) error) error {
	types, err := texts(ctx, db, `SELECT ocel_type, ocel_type_map FROM `+what+`_map_type ORDER BY ocel_type`)
	if err != nil {
		return fmt.Errorf("table %s_map_type: %w", what, err)
	}
	for _, t := range types {
		table := what + "_" + t[1]
		if !known(table) {
			return fmt.Errorf("table %s, of type %q, is missing", table, t[0])
		}
		if err := r.typedTable(ctx, db, table, visit); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) typedTable(ctx context.Context, db *sql.DB, table string, visit func(table, id string, at eventlog.Stamp, values []eventlog.Attribute) error) error {
	columns, err := texts(ctx, db, `SELECT name, type FROM pragma_table_info(?)`, table)
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	// Names cannot be bound parameters; these are what the database itself gave.
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = "CAST(" + identifier(c[0]) + " AS TEXT)" // or the driver makes times of a zone that is not there
	}
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+identifier(table))
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	defer rows.Close()
	cells := make([]sql.NullString, len(columns))
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("table %s, row %d: %w", table, n, err)
		}
		id, at, values := "", eventlog.None, []eventlog.Attribute(nil)
		for i, c := range columns {
			switch name := c[0]; {
			case name == "ocel_id":
				id = cells[i].String
			case name == "ocel_time":
				if at, err = r.stamp(cells[i].String); err != nil {
					return fmt.Errorf("table %s, row %d: %w", table, n, err)
				}
			case name != "ocel_changed_field" && cells[i].Valid:
				values = append(values, eventlog.Attribute{Key: name, Value: r.value(affinity(c[1]), cells[i].String)})
			}
		}
		if err := visit(table, id, at, values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// affinity is the OCEL type of a column by its declared type.
func affinity(declared string) string {
	switch d := strings.ToUpper(declared); {
	case strings.Contains(d, "INT"):
		return "integer"
	case strings.Contains(d, "REAL"), strings.Contains(d, "FLOA"), strings.Contains(d, "DOUB"), strings.Contains(d, "NUMERIC"):
		return "float"
	case strings.Contains(d, "BOOL"):
		return "boolean"
	case strings.Contains(d, "TIME"), strings.Contains(d, "DATE"):
		return "time"
	}
	return "string"
}

// texts returns the rows of a query of two columns; null is "".
func texts(ctx context.Context, db *sql.DB, query string, args ...any) (out [][2]string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b sql.NullString
		if err := rows.Scan(&a, &b); err != nil {
			return nil, err
		}
		out = append(out, [2]string{a.String, b.String})
	}
	return out, rows.Err()
}

// related visits the rows of a table of relations.
func related(ctx context.Context, db *sql.DB, query string, visit func(from string, to objectcentric.Relation) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var from, to, qualifier sql.NullString
		if err := rows.Scan(&from, &to, &qualifier); err != nil {
			return err
		}
		if err := visit(from.String, objectcentric.Relation{Object: to.String, Qualifier: qualifier.String}); err != nil {
			return err
		}
	}
	return rows.Err()
}
