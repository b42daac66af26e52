package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Source returns what miners ask of a log, answered by queries where the data
// is; mining.InMemory of the loaded log gives the same answers. That the log is
// there shows with the first question.
func (s *Store) Source(name string) mining.Source { return &source{s, name} }

type source struct {
	store *Store
	name  string
}

// rolesOf returns the roles of a log's transitions by code from 1, and the codes
// of those that do not complete.
func rolesOf(transitions []string) (codes []uint32, roles []eventlog.Transition, skip []uint32) {
	for i, t := range transitions {
		role := eventlog.TransitionOf(t)
		codes, roles = append(codes, uint32(i+1)), append(roles, role)
		if role != eventlog.Completes {
			skip = append(skip, uint32(i+1))
		}
	}
	return codes, roles, skip
}

// sequence returns the query, of two that read the events of a notion in
// sequence, and the codes of the transitions that it skips.
func (q *source) sequence(ctx context.Context, st *state, e mining.Events, names [nameKinds][]string, query string) (string, []uint32, error) {
	switch e {
	case mining.Instances:
		_, _, skip := rolesOf(names[transition])
		return queries[query], skip, nil
	case mining.Recorded:
		var expand bool
		if err := q.store.conn.QueryRow(ctx, queries["has instances"], st.args()...).Scan(&expand); err != nil {
			return "", nil, err
		}
		if expand {
			return queries[query+", expanded"], nil, nil
		}
		return queries[query], nil, nil
	}
	return "", nil, fmt.Errorf("%v is no notion of events", e)
}

// DirectlyFollows returns the directly-follows graph.
func (q *source) DirectlyFollows(ctx context.Context, e mining.Events) (*dfg.Graph, error) {
	var g *dfg.Graph
	err := q.store.read(ctx, q.name, func(st *state) error {
		names, err := q.store.loadNames(ctx, st)
		if err != nil {
			return err
		}
		query, skip, err := q.sequence(ctx, st, e, names, "directly follows")
		if err != nil {
			return err
		}
		rows, err := q.store.conn.Query(ctx, query, st.args(clickhouse.Named("skip", array(skip)))...)
		if err != nil {
			return err
		}
		defer rows.Close()
		b := newGraphBuilder(names[activity], st.cases)
		for rows.Next() {
			var p pair
			if err := rows.Scan(&p.a, &p.b, &p.count, &p.total, &p.min, &p.max); err != nil {
				return err
			}
			b.add(p)
		}
		g = b.graph()
		return rows.Err()
	})
	return g, err
}

// pair is a row of the query: activities by code from 1, or 0 for the border of
// a case.
type pair struct {
	a, b     uint32
	count    uint64
	total    big.Int
	min, max int64
}

type graphBuilder struct {
	names                []string
	g                    *dfg.Graph
	counts, starts, ends []int64
	pairs                []pair
}

func newGraphBuilder(names []string, cases uint64) *graphBuilder {
	n := len(names)
	return &graphBuilder{names, &dfg.Graph{Cases: int64(cases)}, make([]int64, n), make([]int64, n), make([]int64, n), nil}
}

func (b *graphBuilder) add(p pair) {
	switch {
	case p.a == 0:
		b.starts[p.b-1] = int64(p.count)
	case p.b == 0:
		b.ends[p.a-1] = int64(p.count)
	default:
		b.pairs = append(b.pairs, p)
	}
	if p.a != 0 {
		b.counts[p.a-1] += int64(p.count)
	}
}

func (b *graphBuilder) graph() *dfg.Graph {
	g := b.g
	var codes []int
	for c, n := range b.counts {
		if n > 0 {
			codes = append(codes, c)
		}
	}
	slices.SortFunc(codes, func(x, y int) int { return cmp.Compare(b.names[x], b.names[y]) })
	at := make([]int, len(b.names))
	var cases int64
	for i, c := range codes {
		at[c] = i
		g.Activities = append(g.Activities, b.names[c])
		g.Counts = append(g.Counts, b.counts[c])
		g.Starts = append(g.Starts, b.starts[c])
		g.Ends = append(g.Ends, b.ends[c])
		g.Events += b.counts[c]
		cases += b.starts[c]
	}
	g.Empty = g.Cases - cases
	for i := range b.pairs {
		p := &b.pairs[i]
		e := dfg.Edge{From: at[p.a-1], To: at[p.b-1], Count: int64(p.count), Min: micros(p.min), Max: micros(p.max)}
		e.SetTotal(&p.total)
		g.Edges = append(g.Edges, e)
	}
	slices.SortFunc(g.Edges, func(x, y dfg.Edge) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	return g
}

// micros returns a duration of d microseconds, the longest duration there is
// where d exceeds 292 years.
func micros(d int64) time.Duration {
	if d > math.MaxInt64/int64(time.Microsecond) {
		return math.MaxInt64
	}
	return time.Duration(d) * time.Microsecond
}

// Variants returns the distinct sequences of activities and their cases.
func (q *source) Variants(ctx context.Context, e mining.Events) ([]mining.Variant, error) {
	var out []mining.Variant
	err := q.store.read(ctx, q.name, func(st *state) error {
		out = nil
		names, err := q.store.loadNames(ctx, st)
		if err != nil {
			return err
		}
		query, skip, err := q.sequence(ctx, st, e, names, "variants")
		if err != nil {
			return err
		}
		rows, err := q.store.conn.Query(ctx, query, st.args(clickhouse.Named("skip", array(skip)))...)
		if err != nil {
			return err
		}
		defer rows.Close()
		var codes []uint32
		var count uint64
		for rows.Next() {
			if err := rows.Scan(&codes, &count); err != nil {
				return err
			}
			v := mining.Variant{Activities: make([]string, len(codes)), Count: int64(count)}
			for i, c := range codes {
				v.Activities[i] = names[activity][c-1]
			}
			out = append(out, v)
		}
		return rows.Err()
	})
	slices.SortFunc(out, func(x, y mining.Variant) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), slices.Compare(x.Activities, y.Activities))
	})
	return out, err
}

// LeadTime returns the summary of the lead times; one number of each case leaves
// the store, so that every figure is exactly that of the reference.
func (q *source) LeadTime(ctx context.Context) (measure.Summary, error) {
	var out measure.Summary
	err := q.store.read(ctx, q.name, func(st *state) error {
		rows, err := q.store.conn.Query(ctx, queries["lead times"], st.args()...)
		if err != nil {
			return err
		}
		defer rows.Close()
		seconds := make([]float64, 0, st.cases)
		var d int64
		for rows.Next() {
			if err := rows.Scan(&d); err != nil {
				return err
			}
			seconds = append(seconds, float64(d)/1e6)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		out = mining.LeadTimeSummary(seconds, int64(st.cases))
		return nil
	})
	return out, err
}

// Pairing returns what pairing the events of the log would do.
func (q *source) Pairing(ctx context.Context) (eventlog.Pairing, error) {
	var p eventlog.Pairing
	err := q.store.read(ctx, q.name, func(st *state) error {
		names, err := q.store.loadNames(ctx, st)
		if err != nil {
			return err
		}
		codes, roles, skip := rolesOf(names[transition])
		conn := q.store.conn
		if len(skip) == 0 {
			var events, started uint64
			if err := conn.QueryRow(ctx, queries["pairing, plain"], st.args()...).Scan(&events, &started); err != nil {
				return err
			}
			p = eventlog.Pairing{Events: int(events), Instances: int(events), Started: int(started)}
			if p.Started > 0 {
				p.WithoutStart = p.Instances - p.Started
			}
			return nil
		}
		attributes, err := q.store.loadAttributes(ctx, st)
		if err != nil {
			return err
		}
		var instance, boolean []uint32
		for _, a := range attributes {
			if a.scope != ofEvent || a.path != eventlog.InstanceKey {
				continue
			}
			instance = append(instance, a.code)
			if a.kind == eventlog.KindBool {
				boolean = append(boolean, a.code)
			}
		}
		asBytes := make([]uint32, len(roles))
		for i, r := range roles {
			asBytes[i] = uint32(r)
		}
		var events, instances, aborted, lost uint64
		var started, unfinished int64
		err = conn.QueryRow(ctx, queries["pairing"], st.args(
			clickhouse.Named("codes", array(codes)), clickhouse.Named("roles", array(asBytes)),
			clickhouse.Named("instance", array(instance)), clickhouse.Named("boolean", array(boolean)),
		)...).Scan(&events, &instances, &started, &unfinished, &aborted)
		if err != nil {
			return err
		}
		if err := conn.QueryRow(ctx, queries["cases without completion"], st.args(clickhouse.Named("skip", array(skip)))...).Scan(&lost); err != nil {
			return err
		}
		p = eventlog.Pairing{
			Events: int(events), Instances: int(instances), Started: int(started),
			Unfinished: int(unfinished), Aborted: int(aborted), Lost: int(lost),
		}
		if p.Started > 0 {
			p.WithoutStart = p.Instances - p.Started
		}
		return nil
	})
	return p, err
}
