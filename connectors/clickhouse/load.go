package clickhouse

import (
	"context"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/mining/eventlog"
)

// Load returns a log of the store, equal to the one that was ingested: cases in
// order of first appearance, events by time, ties in the order of the source,
// attributes, zones, and what is known of the log as a whole. It holds the log
// in memory, about as much as the log itself takes.
func (s *Store) Load(ctx context.Context, name string) (*eventlog.Log, error) {
	var log *eventlog.Log
	err := s.read(ctx, name, func(st *state) (err error) {
		log, err = s.loadState(ctx, st)
		return err
	})
	if err != nil {
		return nil, err
	}
	return log, nil
}

func (s *Store) loadState(ctx context.Context, st *state) (*eventlog.Log, error) {
	meta, err := decodeMeta(st.meta)
	if err != nil {
		return nil, err
	}
	l := &loader{store: s, st: st}
	names, err := s.loadNames(ctx, st)
	if err != nil {
		return nil, err
	}
	l.columns.Activities, l.columns.Resources, l.columns.Units, l.columns.Transitions = names[activity], names[resource], names[unit], names[transition]
	if l.attributes, err = s.loadAttributes(ctx, st); err != nil {
		return nil, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		l.columns.Cases, err = s.loadCases(gctx, st)
		return err
	})
	g.Go(func() error { return l.events(gctx) })
	g.Go(func() error { return l.values(gctx) })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := l.place(ctx); err != nil {
		return nil, err
	}
	return eventlog.FromColumns(st.name, meta, &l.columns)
}

func (s *Store) loadNames(ctx context.Context, st *state) ([nameKinds][]string, error) {
	var out [nameKinds][]string
	rows, err := s.conn.Query(ctx, queries["names"], st.args()...)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind uint8
		var code uint32
		var text string
		if err := rows.Scan(&kind, &code, &text); err != nil {
			return out, err
		}
		if kind < 1 || kind > nameKinds || int(code) != len(out[kind-1])+1 {
			return out, fmt.Errorf("table names: kind %d, code %d (%q) does not follow code %d", kind, code, text, len(out[min(kind, nameKinds)-1]))
		}
		out[kind-1] = append(out[kind-1], text)
	}
	return out, rows.Err()
}

// loadAttributes returns the attributes of events and cases by code, from 1.
func (s *Store) loadAttributes(ctx context.Context, st *state) ([]*attribute, error) {
	rows, err := s.conn.Query(ctx, queries["attributes"], st.args()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*attribute
	for rows.Next() {
		a := &attribute{}
		var of, kind uint8
		if err := rows.Scan(&a.code, &of, &a.path, &kind); err != nil {
			return nil, err
		}
		if int(a.code) != len(out)+1 {
			return nil, fmt.Errorf("table attributes: code %d (%q) does not follow code %d", a.code, a.path, len(out))
		}
		a.scope, a.kind = scope(of-1), eventlog.Kind(kind)
		a.hash = a.sum()
		out = append(out, a)
	}
	return out, rows.Err()
}

func (s *Store) loadCases(ctx context.Context, st *state) ([]string, error) {
	rows, err := s.conn.Query(ctx, queries["cases"], st.args()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]string, 0, st.cases)
	var id string
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// loader gathers the columns of one log.
type loader struct {
	store      *Store
	st         *state
	columns    eventlog.Columns
	attributes []*attribute
	sequence   []uint64 // of each row
	lists      []valueList
}

// valueList is what is read of one attribute; owner becomes the row later.
type valueList struct {
	owner      []uint64
	generation []uint32
	codes      []eventlog.Code
	names      []string
	known      map[string]eventlog.Code
	bits       []uint64
	zones      []eventlog.Zone
}

func (l *loader) events(ctx context.Context) error {
	rows, err := l.store.conn.Query(ctx, queries["events"], l.st.args()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	c, n := &l.columns, int(l.st.events)
	c.Ends = make([]uint32, l.st.cases)
	l.sequence = make([]uint64, 0, n)
	c.Activity, c.Time, c.Zone = make([]eventlog.Code, 0, n), make([]eventlog.Time, 0, n), make([]eventlog.Zone, 0, n)
	// Codes from 1 become codes from 0, and 0 becomes NoCode, by wrapping around.
	var cs, a, res, u, tr uint32
	var sequence uint64
	var at, start, enabled int64
	var zone, startZone int16
	dest := []any{&cs, &sequence, &a, &res, &u, &tr, &at, &zone, &start, &startZone, &enabled}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row := len(c.Activity)
		if int(cs) >= len(c.Ends) {
			return fmt.Errorf("table events: case %d of %d", cs, len(c.Ends))
		}
		c.Ends[cs] = uint32(row + 1)
		l.sequence = append(l.sequence, sequence)
		c.Activity = append(c.Activity, eventlog.Code(a-1))
		c.Time = append(c.Time, eventlog.Time(at))
		c.Zone = append(c.Zone, eventlog.Zone(zone))
		c.Resource = sparse(c.Resource, row, n, eventlog.Code(res-1), eventlog.NoCode)
		c.Unit = sparse(c.Unit, row, n, eventlog.Code(u-1), eventlog.NoCode)
		c.Transition = sparse(c.Transition, row, n, eventlog.Code(tr-1), eventlog.NoCode)
		c.Start = sparse(c.Start, row, n, eventlog.Time(start), eventlog.NoTime)
		c.Enabled = sparse(c.Enabled, row, n, eventlog.Time(enabled), eventlog.NoTime)
		if c.Start != nil {
			if c.StartZone == nil {
				c.StartZone = make([]eventlog.Zone, row, n)
			}
			c.StartZone = append(c.StartZone, eventlog.Zone(startZone))
		}
	}
	last := uint32(0)
	for i, end := range c.Ends { // cases without rows end where the one before did
		last = max(last, end)
		c.Ends[i] = last
	}
	return rows.Err()
}

// sparse appends v to a column that stays nil until its first value.
func sparse[T comparable](column []T, row, n int, v, missing T) []T {
	if column == nil {
		if v == missing {
			return nil
		}
		column = make([]T, row, max(n, row+1))
		for i := range column {
			column[i] = missing
		}
	}
	return append(column, v)
}

func (l *loader) values(ctx context.Context) error {
	l.lists = make([]valueList, len(l.attributes))
	if len(l.attributes) == 0 {
		return nil
	}
	if err := l.texts(ctx); err != nil {
		return err
	}
	for _, table := range [...]string{"integers", "numbers", "times"} {
		if err := l.numbers(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) list(code uint32) (*valueList, error) {
	if code == 0 || int(code) > len(l.lists) {
		return nil, fmt.Errorf("attribute %d of %d", code, len(l.lists))
	}
	return &l.lists[code-1], nil
}

func (l *loader) texts(ctx context.Context) error {
	rows, err := l.store.conn.Query(ctx, queries["texts"], l.st.args()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var generation, code uint32
	var owner uint64
	var text string
	dest := []any{&generation, &code, &owner, &text}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		v, err := l.list(code)
		if err != nil {
			return fmt.Errorf("table texts: %w", err)
		}
		if v.known == nil {
			v.known = map[string]eventlog.Code{}
		}
		c, ok := v.known[text]
		if !ok {
			c = eventlog.Code(len(v.names))
			v.names = append(v.names, text)
			v.known[text] = c
		}
		v.owner, v.generation, v.codes = append(v.owner, owner), append(v.generation, generation), append(v.codes, c)
	}
	return rows.Err()
}

func (l *loader) numbers(ctx context.Context, table string) error {
	rows, err := l.store.conn.Query(ctx, queries[table], l.st.args()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var generation, code uint32
	var owner uint64
	var bits int64
	var zone int16
	dest := []any{&generation, &code, &owner, &bits, &zone}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		v, err := l.list(code)
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		v.owner, v.generation = append(v.owner, owner), append(v.generation, generation)
		switch l.attributes[code-1].kind {
		case eventlog.KindBool:
			v.codes = append(v.codes, eventlog.Code(bits))
		case eventlog.KindTime:
			v.bits, v.zones = append(v.bits, uint64(bits)), append(v.zones, eventlog.Zone(zone))
		case eventlog.KindInt, eventlog.KindFloat:
			v.bits = append(v.bits, uint64(bits))
		}
	}
	return rows.Err()
}

// topOf returns the code of the attribute that stands for the outermost key of
// each attribute of cases, with the codes beside it: parameters of "case keys".
func topOf(list []*attribute) (codes, tops []uint32) {
	first := map[string]uint32{}
	for _, a := range list {
		if a.scope != ofCase {
			continue
		}
		key, _, _ := strings.Cut(a.path, eventlog.PathSeparator)
		if _, ok := first[key]; !ok {
			first[key] = a.code
		}
		codes, tops = append(codes, a.code), append(tops, first[key])
	}
	return codes, tops
}

type caseKey struct {
	owner uint64
	top   uint32
}

// superseded returns, for what several ingests said of the same attribute of the
// same case, the ingest that spoke last.
func (l *loader) superseded(ctx context.Context) (last map[caseKey]uint32, top map[uint32]uint32, err error) {
	codes, tops := topOf(l.attributes)
	if len(l.st.generations) < 2 || len(codes) == 0 {
		return nil, nil, nil
	}
	rows, err := l.store.conn.Query(ctx, queries["case keys"], l.st.args(clickhouse.Named("codes", array(codes)), clickhouse.Named("tops", array(tops)))...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	last, top = map[caseKey]uint32{}, map[uint32]uint32{}
	for i, c := range codes {
		top[c] = tops[i]
	}
	for rows.Next() {
		var k caseKey
		var generation uint32
		if err := rows.Scan(&k.owner, &k.top, &generation); err != nil {
			return nil, nil, err
		}
		last[k] = generation
	}
	return last, top, rows.Err()
}

// Meta returns what a log says of itself as a whole, without reading its events.
func (s *Store) Meta(ctx context.Context, name string) (*eventlog.Meta, error) {
	var meta *eventlog.Meta
	err := s.read(ctx, name, func(st *state) (err error) {
		meta, err = decodeMeta(st.meta)
		return err
	})
	return meta, err
}
