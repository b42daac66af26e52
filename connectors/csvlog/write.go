package csvlog

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uprava/uprava/mining/eventlog"
)

// Write writes a log as comma-separated UTF-8, one row per event, with the names
// of columns that PM4Py uses; attributes of the case stand on each of its rows
// under "case:…", and a case without events is a row of its own. Reading the
// file gives the same log; only what the log says of itself as a whole has no
// place in a CSV.
//
// Where the kind of an attribute could not be told by its values (a text "12"),
// or the attribute is nested, the column's name ends in "@kind" and "/" parts
// the keys of the path ("//" stands for a slash in a key). An empty text is a
// quoted empty field; an empty field without quotes was not recorded.
func Write(w io.Writer, l *eventlog.Log) error {
	b := &writer{w: bufio.NewWriterSize(w, 1<<16)}
	cols := layOut(l)
	for i, c := range cols {
		b.field(i, c.name, false)
	}
	b.end()
	for _, c := range l.All() {
		for i := range max(1, c.Len()) {
			var e eventlog.Event
			if i < c.Len() {
				e = c.Row(i)
			}
			for k, col := range cols {
				b.cell(k, col, c, i, &e)
			}
			if b.end(); b.err != nil {
				return fmt.Errorf("writing case %q: %w", c.ID(), b.err)
			}
		}
	}
	if err := b.w.Flush(); err != nil {
		return fmt.Errorf("writing log %q: %w", l.Name(), err)
	}
	return nil
}

// column is one column of the file to be written.
type column struct {
	name string
	role Role
	path string
	kind eventlog.Kind
}

// layOut names the columns of a log. An optional role has a column where the log
// has values for it, or an attribute whose name would be taken for it.
func layOut(l *eventlog.Log) []column {
	events, cases := l.EventAttributes(), l.CaseAttributes()
	has := [roles]bool{Case: true, Activity: true, Time: true, Start: l.HasStarts(), Enabled: l.HasEnabled(),
		Resource: l.Resources().Len() > 0, Unit: l.Units().Len() > 0, Transition: l.Transitions().Len() > 0}
	for _, a := range events {
		for r, at := range roleOf([]string{a.Path}) {
			has[r] = has[r] || at == 0
		}
	}
	var out []column
	for r, yes := range has {
		if yes {
			out = append(out, column{name: columnNames[r], role: Role(r)})
		}
	}
	early := firstValues(l)
	taken := map[string]bool{}
	for _, c := range out {
		taken[c.name] = true
	}
	add := func(list []eventlog.AttributeInfo, role Role, prefix string) {
		for _, a := range list {
			c := column{name: prefix + a.Path, role: role, path: a.Path, kind: a.Kind}
			first, ok := early[attribute{role, a.Path, a.Kind}]
			if taken[c.name] || needsKind(c, first, ok) {
				c.name = prefix + typeName(a.Path, a.Kind)
			}
			taken[c.name] = true
			out = append(out, c)
		}
	}
	add(cases, CaseAttribute, "case:")
	add(events, EventAttribute, "")
	return out
}

type attribute struct {
	role Role
	path string
	kind eventlog.Kind
}

// firstRows is within how many rows a reader surely sees a value.
const firstRows = 500

// firstValues returns the first value of each attribute within the first rows.
func firstValues(l *eventlog.Log) map[attribute]eventlog.Value {
	out := map[attribute]eventlog.Value{}
	note := func(role Role, list []eventlog.AttributeInfo, of func(string, eventlog.Kind) (eventlog.Value, bool)) {
		for _, a := range list {
			key := attribute{role, a.Path, a.Kind}
			if _, known := out[key]; known {
				continue
			}
			if v, ok := of(a.Path, a.Kind); ok && v.String() != "" {
				out[key] = v
			}
		}
	}
	rows := 0
	for _, c := range l.All() {
		note(CaseAttribute, l.CaseAttributes(), c.AttributeOf)
		for i := range c.Len() {
			note(EventAttribute, l.EventAttributes(), func(path string, k eventlog.Kind) (eventlog.Value, bool) { return c.EventAttributeOf(i, path, k) })
			if rows++; rows >= firstRows {
				return out
			}
		}
	}
	return out
}

// needsKind reports whether a reader could take a column for another kind or
// another path than it has.
func needsKind(c column, first eventlog.Value, seen bool) bool {
	if strings.Contains(c.path, eventlog.PathSeparator) || c.path == "" || strings.TrimSpace(c.path) != c.path {
		return true
	}
	if _, _, typed := typedName(c.path); typed {
		return true
	}
	if c.role == EventAttribute && strings.HasPrefix(c.path, "case:") {
		return true
	}
	if isInt(c.path) || isFloat(c.path) { // a header holds no number
		return true
	}
	if _, _, err := eventlog.ParseStamp(c.path); err == nil {
		return true
	}
	var g guess
	if seen {
		g.add(first.String())
	}
	kind, _ := g.kind()
	switch c.kind {
	case eventlog.KindString:
		// Later values can only narrow what the first one allows.
		return seen && (g.kinds[asInt] || g.kinds[asFloat] || g.kinds[asBool] || len(g.layouts) > 0)
	case eventlog.KindInt, eventlog.KindBool, eventlog.KindTime:
		return !seen || kind != c.kind
	}
	return true // a float may look like an integer; an id, a list or a container like a text
}

// typeName is the name of a column that says its path and kind.
func typeName(path string, k eventlog.Kind) string {
	keys := strings.Split(path, eventlog.PathSeparator)
	for i := range keys {
		keys[i] = strings.ReplaceAll(keys[i], "/", "//")
	}
	return strings.Join(keys, "/") + "@" + k.String()
}

// typedName reads what typeName wrote.
func typedName(name string) (path string, kind eventlog.Kind, ok bool) {
	i := strings.LastIndexByte(name, '@')
	if i < 0 {
		return "", 0, false
	}
	if kind, ok = eventlog.ParseKind(name[i+1:]); !ok {
		return "", 0, false
	}
	var b strings.Builder
	for text := name[:i]; text != ""; {
		at := strings.IndexByte(text, '/')
		if at < 0 {
			b.WriteString(text)
			break
		}
		b.WriteString(text[:at])
		if text = text[at+1:]; strings.HasPrefix(text, "/") {
			b.WriteByte('/')
			text = text[1:]
		} else {
			b.WriteString(eventlog.PathSeparator)
		}
	}
	return b.String(), kind, true
}

type writer struct {
	w   *bufio.Writer
	err error
}

// field writes one field; quotes says that an empty one is a value.
func (b *writer) field(i int, s string, quotes bool) {
	if i > 0 {
		b.w.WriteByte(',')
	}
	switch {
	case s == "" && !quotes:
		return
	case b.err == nil && strings.IndexByte(s, 0) >= 0:
		b.err = fmt.Errorf("%q holds a NUL, which a CSV cannot", cut(s, 64))
	case b.err == nil && !utf8.ValidString(s):
		b.err = fmt.Errorf("%q is no UTF-8", cut(s, 64))
	}
	if !quotes && !strings.ContainsAny(s, ",\"\r\n") && strings.TrimSpace(s) == s && !strings.HasPrefix(s, "\ufeff") {
		b.w.WriteString(s)
		return
	}
	b.w.WriteByte('"')
	b.w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.w.WriteByte('"')
}

func (b *writer) end() { b.w.WriteByte('\n') }

func stamp(s eventlog.Stamp) string {
	if !s.Recorded() {
		return ""
	}
	return s.Go().Format(time.RFC3339Nano)
}

func (b *writer) cell(k int, col column, c eventlog.Case, i int, e *eventlog.Event) {
	if col.role == Case {
		b.field(k, c.ID(), false)
		return
	}
	var v eventlog.Value
	var ok bool
	switch {
	case col.role == CaseAttribute:
		v, ok = c.AttributeOf(col.path, col.kind)
	case i >= c.Len():
	case col.role == EventAttribute:
		v, ok = c.EventAttributeOf(i, col.path, col.kind)
	default:
		b.field(k, [roles]string{Activity: e.Activity, Time: stamp(e.Time), Start: stamp(e.Start), Enabled: stamp(e.Enabled),
			Resource: e.Resource, Unit: e.Unit, Transition: e.Transition}[col.role], false)
		return
	}
	text := v.String()
	if ok && (col.kind == eventlog.KindList || col.kind == eventlog.KindContainer) {
		text = "true"
	}
	b.field(k, text, ok && text == "")
}
