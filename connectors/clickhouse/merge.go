package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// maxGenerations is the number of generations from which on a log is rewritten
// into one.
const maxGenerations = 32

// merge compares what is staged with what the log has, and returns the state of
// the log with what is new: the log's own state when nothing is. New rows come
// in a generation of their own beside the others; only where ties must be put in
// another order, or generations have become many, is the log rewritten.
func (in *ingest) merge(ctx context.Context) (*state, error) {
	s, old, e := in.store, in.before, &in.entry
	p := &picker{in: in, next: old.nextSequence}
	if err := p.run(ctx); err != nil {
		return nil, fmt.Errorf("comparing with the log: %w", err)
	}
	e.added = p.added
	e.duplicates = p.staged - p.added
	attributes, err := s.loadAttributes(ctx, &state{log: old.log, generations: in.all()})
	if err != nil {
		return nil, fmt.Errorf("comparing with the log: %w", err)
	}
	codes, tops := topOf(attributes)
	news, all, err := in.keepCaseValues(ctx, codes, tops)
	if err != nil {
		return nil, fmt.Errorf("comparing attributes of cases: %w", err)
	}
	var rejected uint64
	if enc := in.enc; enc.position > 0 {
		if err := s.conn.QueryRow(ctx, queries["new rejected"], in.args()...).Scan(&rejected); err != nil {
			return nil, fmt.Errorf("comparing with the quarantine: %w", err)
		}
	}
	st := *old
	st.version++
	st.nextGeneration = e.generation + 2
	st.cases += uint64(in.enc.newCases)
	st.events += p.added
	st.quarantined += rejected
	if m := in.meta(); m != "" {
		st.meta = m
	}
	if p.added+uint64(in.enc.newCases)+news+rejected == 0 && st.meta == old.meta {
		st.version-- // nothing to say, but that these generations are used
		*old = st
		return old, nil
	}
	asIs := p.added == p.staged && news == all && rejected == in.enc.position
	rewrite := p.displaced || len(old.generations) >= maxGenerations
	if asIs && !rewrite {
		st.generations = in.all()
		st.nextSequence = in.enc.sequence
		return &st, nil
	}
	into := e.generation + 1
	from := []uint32{e.generation}
	st.generations = append(append([]uint32{}, old.generations...), into)
	if rewrite {
		from = in.all()
		st.generations = []uint32{into}
	}
	st.nextSequence = p.next
	if err := in.copy(ctx, into, from, codes, tops); err != nil {
		return nil, fmt.Errorf("merging into the log: %w", err)
	}
	return &st, nil
}

// all lists the generations of the log and the staged one.
func (in *ingest) all() []uint32 {
	return append(append([]uint32{}, in.before.generations...), in.entry.generation)
}

// args are the parameters that the queries of a merge have in common.
func (in *ingest) args(more ...any) []any {
	return in.before.args(append([]any{clickhouse.Named("generation", in.entry.generation), clickhouse.Named("all", array(in.all()))}, more...)...)
}

func (in *ingest) keepCaseValues(ctx context.Context, codes, tops []uint32) (news, all uint64, err error) {
	if len(codes) == 0 {
		return 0, 0, nil
	}
	args := in.args(clickhouse.Named("codes", array(codes)), clickhouse.Named("tops", array(tops)))
	if err := in.store.conn.Exec(ctx, queries["keep case values"], args...); err != nil {
		return 0, 0, err
	}
	err = in.store.conn.QueryRow(ctx, queries["staged case values"], args...).Scan(&news, &all)
	return news, all, err
}

// copy writes what a merge keeps of some generations into one.
func (in *ingest) copy(ctx context.Context, into uint32, from, codes, tops []uint32) error {
	// The list of picks may be long: let the join spill where it exceeds this.
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"join_algorithm": "grace_hash,hash", "max_bytes_in_join": 1 << 30}))
	rewrite := len(from) > 1
	first := uint64(0)
	if rewrite {
		first = in.before.quarantined
	}
	args := in.args(clickhouse.Named("into", into), clickhouse.Named("from", array(from)), clickhouse.Named("first", first),
		clickhouse.Named("codes", array(codes)), clickhouse.Named("tops", array(tops)))
	run := func(query string, replace ...string) error {
		if err := in.store.conn.Exec(ctx, strings.NewReplacer(replace...).Replace(queries[query]), args...); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		return nil
	}
	for _, query := range [...]string{"merge names", "merge attributes", "merge cases", "merge events", "merge quarantine"} {
		if err := run(query); err != nil {
			return err
		}
	}
	if rewrite && in.before.quarantined > 0 {
		if err := run("merge known quarantine"); err != nil {
			return err
		}
	}
	for _, t := range [...][2]string{{"texts", "value"}, {"integers", "value"}, {"numbers", "value"}, {"times", "value, zone"}} {
		if err := run("merge event values", "$table", t[0], "$values", t[1]); err != nil {
			return err
		}
		if len(codes) == 0 {
			continue
		}
		if err := run("merge case values", "$table", t[0], "$values", t[1]); err != nil {
			return err
		}
	}
	return nil
}

// picker goes through the staged events and those of the log side by side, in
// order of (case, time, sequence), and writes into the table picks which are
// new, and which of equal time change places.
type picker struct {
	in        *ingest
	next      uint64 // sequence to be given
	staged    uint64
	added     uint64
	displaced bool

	from, to []uint64 // picks not yet written
	number   uint32
}

// tie is an event among those of one case with the same time.
type tie struct{ sequence, hash uint64 }

func (p *picker) run(ctx context.Context) error {
	in := p.in
	if in.enc.events == 0 {
		return nil
	}
	staged, err := openTies(ctx, in, "staged order")
	if err != nil {
		return err
	}
	defer staged.rows.Close()
	known, err := openTies(ctx, in, "known order")
	if err != nil {
		return err
	}
	defer known.rows.Close()
	for staged.more {
		for known.more && known.before(staged) {
			if _, err := known.group(); err != nil {
				return err
			}
		}
		var old []tie
		same := known.more && !staged.before(known)
		fresh, err := staged.group()
		if err != nil {
			return err
		}
		if same {
			if old, err = known.group(); err != nil {
				return err
			}
		}
		if err := p.pick(ctx, old, fresh); err != nil {
			return err
		}
	}
	return p.flush(ctx)
}

func (p *picker) pick(ctx context.Context, old, staged []tie) error {
	p.staged += uint64(len(staged))
	merged, added, displaced := mergeTies(old, staged)
	p.added += uint64(added)
	p.displaced = p.displaced || displaced
	if !displaced {
		merged = merged[len(old):]
	}
	for _, t := range merged {
		p.from, p.to = append(p.from, t.sequence), append(p.to, p.next)
		p.next++
	}
	if len(p.from) >= 1<<18 {
		return p.flush(ctx)
	}
	return nil
}

func (p *picker) flush(ctx context.Context) error {
	n := len(p.from)
	if n == 0 {
		return nil
	}
	b := &batch{number: p.number}
	p.number++
	err := p.in.store.insert(ctx, "picks", "log, generation, batch, sequence, becomes",
		append(b.fill(p.in.entry.log, p.in.entry.generation, n), p.from, p.to)...)
	p.from, p.to = p.from[:0], p.to[:0]
	return err
}

// mergeTies puts the staged events that are new among those the log has, all of
// one case and one time. Of events of equal hash the first staged ones are those
// of the log. A new event comes after the known one that precedes it in the
// source, or before the known one that follows it where none precedes, or last
// where the source names none. displaced says that the known ones do not stand
// first in merged; otherwise the new ones follow them.
func mergeTies(old, staged []tie) (merged []tie, added int, displaced bool) {
	if len(old) == 0 {
		return staged, len(staged), false
	}
	left := make(map[uint64][]int, len(old)) // positions in old by hash, not yet matched
	for i, t := range old {
		left[t.hash] = append(left[t.hash], i)
	}
	match := make([]int, len(staged)) // position in old, or -1
	first := -1
	for i, t := range staged {
		match[i] = -1
		if at := left[t.hash]; len(at) > 0 {
			match[i], left[t.hash] = at[0], at[1:]
			if first < 0 {
				first = at[0]
			}
		}
	}
	before := make([][]tie, len(old)+1) // new events before each known one, and last
	anchor := first
	if first < 0 {
		anchor = len(old)
	}
	for i, t := range staged {
		if match[i] >= 0 {
			anchor = match[i] + 1
			continue
		}
		before[anchor] = append(before[anchor], t)
		added++
	}
	for i := range before {
		displaced = displaced || i < len(old) && len(before[i]) > 0
		merged = append(merged, before[i]...)
		if i < len(old) {
			merged = append(merged, old[i])
		}
	}
	return merged, added, displaced
}

// ties reads events in order of (case, time, sequence) and groups those of equal
// case and time.
type ties struct {
	rows  driver.Rows
	more  bool
	cs    uint32
	time  int64
	event tie
	list  []tie
}

func openTies(ctx context.Context, in *ingest, query string) (*ties, error) {
	rows, err := in.store.conn.Query(ctx, queries[query], in.args()...)
	if err != nil {
		return nil, err
	}
	t := &ties{rows: rows}
	if err := t.advance(); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return t, nil
}

func (t *ties) advance() error {
	if t.more = t.rows.Next(); !t.more {
		return t.rows.Err()
	}
	return t.rows.Scan(&t.cs, &t.time, &t.event.sequence, &t.event.hash)
}

func (t *ties) before(u *ties) bool { return t.cs < u.cs || t.cs == u.cs && t.time < u.time }

// group returns the events of the present case and time; they hold until the
// next call.
func (t *ties) group() ([]tie, error) {
	cs, time := t.cs, t.time
	t.list = t.list[:0]
	for t.more && t.cs == cs && t.time == time {
		t.list = append(t.list, t.event)
		if err := t.advance(); err != nil {
			return nil, err
		}
	}
	return t.list, nil
}
