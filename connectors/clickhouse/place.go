package clickhouse

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// place turns the owners of values into rows of the log.
func (l *loader) place(ctx context.Context) error {
	rowOf := l.rows()
	last, top, err := l.superseded(ctx)
	if err != nil {
		return err
	}
	for i := range l.lists {
		a, v := l.attributes[i], &l.lists[i]
		if len(v.owner) == 0 {
			continue
		}
		col := eventlog.AttributeColumn{Path: a.path, Kind: a.kind, Codes: v.codes, Names: v.names, Bits: v.bits, Zones: v.zones}
		if a.scope == ofCase {
			v.keepLast(&col, func(owner uint64, generation uint32) bool {
				g, several := last[caseKey{owner, top[a.code]}]
				return !several || g == generation
			})
			if err := v.ascend(&col, func(owner uint64) (uint32, bool) { return uint32(owner), owner < l.st.cases }); err != nil {
				return fmt.Errorf("attribute %q of cases: %w", a.path, err)
			}
			l.columns.CaseAttributes = append(l.columns.CaseAttributes, col)
			continue
		}
		if err := v.ascend(&col, rowOf); err != nil {
			return fmt.Errorf("attribute %q of events: %w", a.path, err)
		}
		l.columns.EventAttributes = append(l.columns.EventAttributes, col)
	}
	return nil
}

// rows returns how to find the row of a sequence: by a table where sequences are
// dense, which they are but for what re-ingests left out.
func (l *loader) rows() func(sequence uint64) (uint32, bool) {
	n := uint64(len(l.sequence))
	if l.st.nextSequence > 4*n+1<<20 {
		at := make(map[uint64]uint32, n)
		for i, s := range l.sequence {
			at[s] = uint32(i)
		}
		return func(s uint64) (uint32, bool) { row, ok := at[s]; return row, ok }
	}
	at := make([]uint32, l.st.nextSequence) // row plus one
	for i, s := range l.sequence {
		at[s] = uint32(i) + 1
	}
	return func(s uint64) (uint32, bool) {
		if s >= uint64(len(at)) || at[s] == 0 {
			return 0, false
		}
		return at[s] - 1, true
	}
}

// keepLast removes the values of which a later ingest knew better.
func (v *valueList) keepLast(col *eventlog.AttributeColumn, keep func(owner uint64, generation uint32) bool) {
	n := 0
	for i := range v.owner {
		if !keep(v.owner[i], v.generation[i]) || i+1 < len(v.owner) && v.owner[i+1] == v.owner[i] && keep(v.owner[i+1], v.generation[i+1]) {
			continue
		}
		v.owner[n] = v.owner[i]
		move(col.Codes, n, i)
		move(col.Bits, n, i)
		move(col.Zones, n, i)
		n++
	}
	v.owner = v.owner[:n]
	col.Codes, col.Bits, col.Zones = col.Codes[:min(n, len(col.Codes))], col.Bits[:min(n, len(col.Bits))], col.Zones[:min(n, len(col.Zones))]
}

func move[T any](s []T, to, from int) {
	if len(s) > 0 {
		s[to] = s[from]
	}
}

// ascend fills the rows of a column and sorts it by them where the order of the
// source was not that of the log.
func (v *valueList) ascend(col *eventlog.AttributeColumn, rowOf func(owner uint64) (uint32, bool)) error {
	col.Rows = make([]uint32, len(v.owner))
	sorted := true
	for i, owner := range v.owner {
		row, ok := rowOf(owner)
		if !ok {
			return fmt.Errorf("its owner %d is not there", owner)
		}
		col.Rows[i] = row
		sorted = sorted && (i == 0 || col.Rows[i-1] < row)
	}
	if sorted {
		return nil
	}
	order := make([]int, len(col.Rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(col.Rows[x], col.Rows[y]) })
	col.Rows, col.Codes, col.Bits, col.Zones = ordered(col.Rows, order), ordered(col.Codes, order), ordered(col.Bits, order), ordered(col.Zones, order)
	return nil
}

func ordered[T any](s []T, order []int) []T {
	if len(s) == 0 {
		return s
	}
	out := make([]T, len(order))
	for i, j := range order {
		out[i] = s[j]
	}
	return out
}
