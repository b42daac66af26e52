package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// items is a source of the rows of a test. At row stop, counted from 1, it calls
// then, whose error, if any, is what Next returns.
type items struct {
	rows []any // logtest.Item or *connectors.RowError
	next int
	stop int
	then func() error
	meta *eventlog.Meta
	row  connectors.Row
}

func source1(rows ...any) *items { return &items{rows: rows} }

func itemsOf(list []logtest.Item) *items {
	s := &items{}
	for _, it := range list {
		s.rows = append(s.rows, it)
	}
	return s
}

func (s *items) Open(context.Context) error { return nil }
func (s *items) Close() error               { return nil }
func (s *items) Name() string               { return "items" }
func (s *items) Meta() *eventlog.Meta       { return s.meta }

func (s *items) Next(context.Context) (*connectors.Row, error) {
	if s.next++; s.next == s.stop {
		if err := s.then(); err != nil {
			return nil, err
		}
	}
	if s.next > len(s.rows) {
		return nil, io.EOF
	}
	switch r := s.rows[s.next-1].(type) {
	case logtest.Item:
		s.row = connectors.Row{Case: r.Case, Attributes: r.Attributes, Event: r.Event, Line: int64(s.next)}
		return &s.row, nil
	case *connectors.RowError:
		return nil, r
	}
	panic("unknown row")
}

// ev is an event of case c at a second, its activity told by one letter.
func ev(c, activity string, second int) logtest.Item {
	e := eventlog.NewEvent(c, activity, eventlog.Stamp{Time: eventlog.Time(second) * 1e6})
	return logtest.Item{Case: c, Event: &e}
}

func declared(c string, attributes ...eventlog.Attribute) logtest.Item {
	return logtest.Item{Case: c, Attributes: attributes}
}

func text(key, value string) eventlog.Attribute {
	return eventlog.Attribute{Key: key, Value: eventlog.Text(value)}
}

// notation writes a log as "c1: a b | c2: a".
func notation(l *eventlog.Log) string {
	var cases []string
	for _, c := range l.All() {
		parts := []string{c.ID() + ":"}
		for i := range c.Len() {
			parts = append(parts, c.Event(i).Activity)
		}
		cases = append(cases, strings.Join(parts, " "))
	}
	return strings.Join(cases, " | ")
}

func TestSameSourceAddsNothing(t *testing.T) {
	s := open(t)
	for seed := range uint64(3) {
		name := fmt.Sprintf("log %d", seed)
		list := logtest.Items(seed, logtest.Config{})
		want, err := logtest.Build(name, list)
		require.NoError(t, err)
		ingest1(t, s, name, itemsOf(list))
		r := ingest1(t, s, name, itemsOf(list))
		n := int64(want.Events())
		require.Equal(t, connectors.IngestReport{Log: name, Cases: int64(want.Cases()), Events: n, Duplicates: n}, r)
		equal(t, want, load(t, s, name))
	}
	requireNoLeftovers(t, s)
}

// requireNoLeftovers requires that tables hold no generation that no log names.
func requireNoLeftovers(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	all, err := s.states(ctx, "logs")
	require.NoError(t, err)
	var named []string
	for _, st := range all {
		for _, g := range st.generations {
			named = append(named, partitionID(st.log, g))
		}
	}
	rows, err := s.conn.Query(ctx, queries["partitions"])
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var table, id string
		require.NoError(t, rows.Scan(&table, &id))
		if slices.Contains(generationTables, table) {
			require.Contains(t, named, id, "partition of table %s", table)
		}
	}
	held, err := s.locks(ctx, lockPrefix)
	require.NoError(t, err)
	require.Empty(t, held)
}

func TestLongerExport(t *testing.T) {
	tests := []struct {
		name       string
		first      []any
		second     []any
		want       string
		added      int64
		duplicates int64
	}{
		{"new events and cases follow",
			[]any{ev("c1", "a", 1), ev("c1", "b", 2), ev("c2", "a", 5)},
			[]any{ev("c3", "x", 1), ev("c1", "a", 1), ev("c1", "b", 2), ev("c1", "c", 3), ev("c2", "a", 5)},
			"c1: a b c | c2: a | c3: x", 2, 3},
		{"an export of the new rows alone",
			[]any{ev("c1", "a", 1), ev("c1", "b", 2)},
			[]any{ev("c1", "c", 2), ev("c1", "d", 0)},
			"c1: d a b c", 2, 0},
		{"a tie between known ones",
			[]any{ev("c1", "a", 1), ev("c1", "b", 1)},
			[]any{ev("c1", "a", 1), ev("c1", "x", 1), ev("c1", "b", 1), ev("c1", "y", 1)},
			"c1: a x b y", 2, 2},
		{"a tie before known ones",
			[]any{ev("c1", "a", 1), ev("c1", "b", 1)},
			[]any{ev("c1", "x", 1), ev("c1", "a", 1), ev("c1", "b", 1)},
			"c1: x a b", 1, 2},
		{"equal rows count",
			[]any{ev("c1", "a", 1), ev("c1", "a", 1), ev("c2", "a", 1)},
			[]any{ev("c1", "a", 1), ev("c1", "a", 1), ev("c1", "a", 1), ev("c2", "a", 1)},
			"c1: a a a | c2: a", 1, 3},
		{"a shorter export takes nothing away",
			[]any{ev("c1", "a", 1), ev("c1", "b", 2), ev("c2", "a", 1)},
			[]any{ev("c2", "a", 1)},
			"c1: a b | c2: a", 0, 1},
		{"a case without events gets some",
			[]any{declared("c1"), ev("c2", "a", 1)},
			[]any{declared("c0"), ev("c1", "a", 1)},
			"c1: a | c2: a | c0:", 1, 0},
	}
	s := open(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first, err := s.Ingest(context.Background(), tt.name, source1(tt.first...), connectors.IngestConfig{BatchSize: 2})
			require.NoError(t, err)
			second, err := s.Ingest(context.Background(), tt.name, source1(tt.second...), connectors.IngestConfig{BatchSize: 2})
			require.NoError(t, err)
			l := load(t, s, tt.name)
			require.Equal(t, tt.want, notation(l))
			require.Equal(t, tt.added, second.Added)
			require.Equal(t, tt.duplicates, second.Duplicates)
			require.Equal(t, int64(l.Events()), second.Events)
			require.Equal(t, first.Events+second.Added, second.Events)
			require.Equal(t, int64(l.Cases()), second.Cases)
			agree(t, s, tt.name, l)
		})
	}
	requireNoLeftovers(t, s)
}

// A log taken in by growing exports is the log of the last export, but for the
// order of its cases.
func TestGrowingExports(t *testing.T) {
	s := open(t)
	for seed := range uint64(4) {
		name := fmt.Sprintf("growing %d", seed)
		list := logtest.Items(seed, logtest.Config{Features: logtest.Ties | logtest.Attributes | logtest.Transitions | logtest.Resources | logtest.Rows | logtest.Empty})
		var seen []logtest.Item // events that the exports so far hold, in the order of the whole list
		for part := range 4 {
			seen = seen[:0]
			for i, it := range list {
				if i%4 <= part {
					seen = append(seen, it)
				}
			}
			_, err := s.Ingest(context.Background(), name, itemsOf(seen), connectors.IngestConfig{BatchSize: 50})
			require.NoError(t, err)
		}
		want, err := logtest.Build(name, list)
		require.NoError(t, err)
		equal(t, byName(t, want), byName(t, load(t, s, name)))
	}
	requireNoLeftovers(t, s)
}

// byName returns the log with its cases in order of their identifiers.
func byName(t *testing.T, l *eventlog.Log) *eventlog.Log {
	t.Helper()
	ids := map[string]int{}
	var order []string
	for i, c := range l.All() {
		ids[c.ID()] = i
		order = append(order, c.ID())
	}
	slices.Sort(order)
	b := eventlog.NewBuilder(l.Name())
	for _, id := range order {
		c := l.Case(ids[id])
		_, err := b.Case(id, c.Attributes())
		require.NoError(t, err)
		for i := range c.Len() {
			e := c.Event(i)
			require.NoError(t, b.Add(&e))
		}
	}
	b.SetMeta(l.Meta())
	return b.Log()
}

func TestManyGenerationsBecomeOne(t *testing.T) {
	s := open(t)
	var list []logtest.Item
	for i := range maxGenerations + 4 {
		c := fmt.Sprintf("c%d", i%5)
		list = append(list, declared(c, text("last", fmt.Sprint(i))), ev(c, "a", i))
		r := ingest1(t, s, "log", itemsOf(list[len(list)-2:]))
		require.Equal(t, int64(1), r.Added)
	}
	st, err := s.find(context.Background(), "log")
	require.NoError(t, err)
	require.Less(t, len(st.generations), maxGenerations)
	l := load(t, s, "log")
	require.Equal(t, maxGenerations+4, l.Events())
	v, ok := l.Case(0).Attribute("last")
	require.True(t, ok)
	require.Equal(t, "35", v.Text(), "the last word on an attribute counts")
	requireNoLeftovers(t, s)
}

func TestCaseAttributesOfLaterExports(t *testing.T) {
	s := open(t)
	nested := eventlog.Attribute{Key: "n", Value: eventlog.Int(1), Children: []eventlog.Attribute{text("below", "x")}}
	ingest1(t, s, "log", source1(declared("c1", text("state", "open"), text("kind", "k"), nested), declared("c2", text("state", "open"))))
	r := ingest1(t, s, "log", source1(declared("c1", text("state", "open"), text("kind", "k"), nested), declared("c2", text("state", "open"))))
	require.Zero(t, r.Added)
	st, err := s.find(context.Background(), "log")
	require.NoError(t, err)
	require.Len(t, st.generations, 1, "what is restated is not stored again")
	ingest1(t, s, "log", source1(declared("c1", text("state", "closed"), text("kind", "k"), eventlog.Attribute{Key: "n", Value: eventlog.Int(2)})))
	c := load(t, s, "log").Case(0)
	require.Equal(t, []eventlog.Attribute{text("state", "closed"), text("kind", "k"), {Key: "n", Value: eventlog.Int(2)}}, c.Attributes())
	require.Equal(t, []eventlog.Attribute{text("state", "open")}, load(t, s, "log").Case(1).Attributes())
}

func bad(line int64, raw string) *connectors.RowError {
	return &connectors.RowError{Source: "items", Line: line, Column: 3, Field: "end", Raw: raw, Err: errors.New("no time")}
}

func TestQuarantine(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	early := eventlog.NewEvent("c1", "a", eventlog.Stamp{Time: eventlog.MinTime - 1})
	rows := []any{ev("c1", "a", 1), bad(2, "x;y"), logtest.Item{Event: &early}, bad(4, "x;y")}
	r := ingest1(t, s, "log", source1(rows...))
	require.Equal(t, int64(3), r.Quarantined)
	require.Equal(t, int64(1), r.Added)
	require.Len(t, r.Warnings, 1)
	want := []connectors.Rejected{
		{Source: "items", Line: 2, Column: 3, Field: "end", Reason: "no time", Raw: "x;y"},
		{Source: "items", Line: 3, Reason: "time 1899-12-31T23:59:59Z lies outside the years 1900 to 2299", Raw: `case "c1", activity "a", time 1899-12-31T23:59:59.999999Z`},
		{Source: "items", Line: 4, Column: 3, Field: "end", Reason: "no time", Raw: "x;y"},
	}
	got, err := s.Quarantine(ctx, "log", 0)
	require.NoError(t, err)
	require.Equal(t, want, got)

	r = ingest1(t, s, "log", source1(rows...))
	require.Equal(t, int64(3), r.Quarantined)
	got, err = s.Quarantine(ctx, "log", 0)
	require.NoError(t, err)
	require.Equal(t, want, got, "taken in again: nothing is kept twice")

	r = ingest1(t, s, "log", source1(append(rows, bad(5, "x;y"), bad(6, "z"))...))
	require.Equal(t, int64(5), r.Quarantined)
	got, err = s.Quarantine(ctx, "log", 0)
	require.NoError(t, err)
	require.Len(t, got, 5)
	info, err := s.Log(ctx, "log")
	require.NoError(t, err)
	require.Equal(t, int64(5), info.Quarantined)
}

func TestNothingRead(t *testing.T) {
	s := open(t)
	_, err := s.Ingest(context.Background(), "log", source1(bad(1, "x"), bad(2, "y")), connectors.IngestConfig{})
	require.EqualError(t, err, `ingesting log "log": none of 2 rows could be read; the first: reading "items": row at line 1, column 3, field "end": no time`)
	logs, err := s.Logs(context.Background())
	require.NoError(t, err)
	require.Empty(t, logs)
	requireNoLeftovers(t, s)
}

func TestFaultLeavesStoreUnchanged(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	ingest1(t, s, "log", source1(ev("c1", "a", 1)))
	for _, name := range []string{"log", "new"} {
		for _, fingerprint := range []string{"", "print"} {
			src := source1(ev("c2", "a", 1), ev("c2", "b", 2), ev("c2", "c", 3), ev("c2", "d", 4))
			fault := &connectors.FormatError{Source: "items", Line: 4, Column: 1, Err: io.ErrUnexpectedEOF}
			src.stop, src.then = 4, func() error { return fault }
			_, err := s.Ingest(ctx, name, src, connectors.IngestConfig{BatchSize: 1, Fingerprint: fingerprint})
			require.ErrorIs(t, err, fault)
			requireNoLeftovers(t, s)
		}
	}
	logs, err := s.Logs(ctx)
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Equal(t, "c1: a", notation(load(t, s, "log")))
}

func TestCancelledIngestGoesOn(t *testing.T) {
	s := open(t)
	rows := []any{ev("c1", "a", 1), ev("c1", "b", 2), bad(3, "x"), ev("c2", "a", 3), declared("c3", text("k", "v")), ev("c2", "b", 4), ev("c1", "c", 5)}
	for stop := 2; stop <= len(rows)+1; stop++ {
		ctx, cancel := context.WithCancel(context.Background())
		src := source1(rows...)
		src.stop, src.then = stop, func() error { cancel(); return context.Canceled }
		cfg := connectors.IngestConfig{BatchSize: 1, Fingerprint: fmt.Sprint("print", stop)}
		name := fmt.Sprint("log ", stop)
		_, err := s.Ingest(ctx, name, src, cfg)
		require.ErrorIs(t, err, context.Canceled)
		logs, err := s.Logs(context.Background())
		require.NoError(t, err)
		require.Len(t, logs, stop-2)

		open, err := s.unfinished(context.Background())
		require.NoError(t, err)
		staged := uint32(0)
		if len(open) > 0 {
			staged = open[0].batches
		}
		require.GreaterOrEqual(t, int(staged), stop-4, "batches staged before row %d", stop)

		r, err := s.Ingest(context.Background(), name, source1(rows...), cfg)
		require.NoError(t, err)
		require.Equal(t, int64(5), r.Added)
		require.Equal(t, int64(1), r.Quarantined)
		l := load(t, s, name)
		require.Equal(t, "c1: a b c | c2: a b | c3:", notation(l))
		require.Equal(t, []eventlog.Attribute{text("k", "v")}, l.Case(2).Attributes())
		q, err := s.Quarantine(context.Background(), name, 0)
		require.NoError(t, err)
		require.Len(t, q, 1)

		src = source1()
		src.stop, src.then = 1, func() error { return errors.New("read again") }
		r, err = s.Ingest(context.Background(), name, src, cfg)
		require.NoError(t, err, "a source known by its fingerprint is not read")
		require.Equal(t, int64(5), r.Duplicates)
		require.Equal(t, int64(0), r.Added)
	}
	requireNoLeftovers(t, s)
}

func TestTwoIngestsAtOnce(t *testing.T) {
	s := open(t)
	src := source1(ev("c1", "a", 1), ev("c1", "b", 2))
	src.stop, src.then = 2, func() error {
		_, err := s.Ingest(context.Background(), "log", source1(ev("c1", "c", 1)), connectors.IngestConfig{})
		var busy *BusyError
		require.ErrorAs(t, err, &busy)
		require.Contains(t, err.Error(), `changing log "log": process `)
		require.ErrorAs(t, s.Delete(context.Background(), "log"), &busy)
		_, err = s.Ingest(context.Background(), "other", source1(ev("c1", "c", 1)), connectors.IngestConfig{})
		require.NoError(t, err)
		return nil
	}
	ingest1(t, s, "log", src)
	require.Equal(t, "c1: a b", notation(load(t, s, "log")))
	requireNoLeftovers(t, s)
}

func TestMergeTies(t *testing.T) {
	list := func(s string) []tie {
		var out []tie
		for _, r := range s {
			out = append(out, tie{uint64(r), uint64(r | 0x20)}) // upper and lower case are equal rows
		}
		return out
	}
	for _, tt := range []struct {
		old, staged, merged string
		added               int
		displaced           bool
	}{
		{"", "ab", "ab", 2, false},
		{"ab", "", "ab", 0, false},
		{"ab", "AB", "ab", 0, false},
		{"ab", "BA", "ab", 0, false},
		{"ab", "ABC", "abC", 1, false},
		{"ab", "AXB", "aXb", 1, true},
		{"ab", "XY", "abXY", 2, false},
		{"ab", "XAY", "XaYb", 2, true},
		{"ab", "BX", "abX", 1, false},
		{"aa", "AAA", "aaA", 1, false},
		{"abc", "XBYC", "aXbYc", 2, true},
	} {
		merged, added, displaced := mergeTies(list(tt.old), list(tt.staged))
		got := ""
		for _, m := range merged {
			got += string(rune(m.sequence))
		}
		require.Equal(t, tt.merged, got, "%q and %q", tt.old, tt.staged)
		require.Equal(t, tt.added, added)
		require.Equal(t, tt.displaced, displaced)
	}
}
