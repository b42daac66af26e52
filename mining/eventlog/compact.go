package eventlog

import (
	"cmp"
	"slices"
)

// Compact returns the same cases and rows in columns of their own: its
// dictionaries and lists of attributes name only what is left, its rows stand
// one behind the other, and nothing of the log that it was a view of is held any
// more. Codes keep their order, not their values. A log that is no view comes
// back equal. O(n) in rows and values.
func (l *Log) Compact() *Log {
	rows := make([]uint32, 0, l.events)
	attrRows := make([]uint32, 0, l.events)
	caseRows := make([]uint32, len(l.spans))
	v := *l
	v.spans = make([]span, len(l.spans))
	for i, s := range l.spans {
		lo := uint32(len(rows))
		for k := s.lo; k < s.hi; k++ {
			rows = append(rows, k)
			if l.attrRow == nil {
				attrRows = append(attrRows, k)
			} else {
				attrRows = append(attrRows, l.attrRow[k])
			}
		}
		v.spans[i] = span{uint32(i), lo, uint32(len(rows))}
		caseRows[i] = s.row
	}
	c := &columns{
		time: gather(l.time, rows), zone: gather(l.zone, rows),
		caseIDs:   gather(l.caseIDs, caseRows),
		caseAttrs: l.caseAttrs.only(caseRows), eventAttrs: l.eventAttrs.only(attrRows),
	}
	c.activity, c.activities = recoded(l.activities, gather(l.activity, rows))
	c.resource, c.resources = recoded(l.resources, gather(l.resource, rows))
	c.unit, c.units = recoded(l.units, gather(l.unit, rows))
	c.transition, c.transitions = recoded(l.transitions, gather(l.transition, rows))
	if start := gather(l.start, rows); anyRecorded(start) {
		c.start, c.startZone = start, gather(l.startZone, rows)
	}
	if enabled := gather(l.enabled, rows); anyRecorded(enabled) {
		c.enabled = enabled
	}
	v.columns = c
	return &v
}

func anyRecorded(times []Time) bool {
	return slices.ContainsFunc(times, func(t Time) bool { return t != NoTime })
}

// recoded returns codes, which it changes, into a dictionary of the names that
// they use; no codes where none names anything.
func recoded(d *Dictionary, codes []Code) ([]Code, *Dictionary) {
	used := make([]bool, d.Len())
	for _, c := range codes {
		if c != NoCode {
			used[c] = true
		}
	}
	to := make([]Code, d.Len())
	kept := NewDictionary()
	for c, u := range used {
		if u {
			to[c] = kept.internAny(d.names[c])
		}
	}
	if kept.Len() == 0 {
		return nil, kept
	}
	for i, c := range codes {
		if c != NoCode {
			codes[i] = to[c]
		}
	}
	return codes, kept
}

// only returns the attributes of the given rows, of which the i-th becomes row
// i. A row may be asked for more than once.
func (a *attributes) only(rows []uint32) *attributes {
	out := newAttributes()
	if a == nil || len(rows) == 0 {
		return out
	}
	order := make([]uint32, len(rows)) // positions in rows, by row
	for i := range order {
		order[i] = uint32(i)
	}
	if !slices.IsSorted(rows) {
		slices.SortStableFunc(order, func(x, y uint32) int { return cmp.Compare(rows[x], rows[y]) })
	}
	first := make([]uint32, rows[order[len(order)-1]]+2) // by row: where it begins in order
	k := uint32(0)
	for row := range first {
		for int(k) < len(order) && rows[order[k]] < uint32(row) {
			k++
		}
		first[row] = k
	}
	for ci := range a.columns {
		if to, ok := a.columns[ci].only(order, first); ok {
			out.index[to.columnKey] = len(out.columns)
			out.columns = append(out.columns, to)
			out.kinds |= 1 << to.kind
		}
	}
	return out
}

// only returns the column of the rows order[first[r]:first[r+1]] that were row r;
// ok is false where it has none of them.
func (c *attributeColumn) only(order, first []uint32) (to attributeColumn, ok bool) {
	var from []int // position in c of each value
	for k, row := range c.rows {
		if int(row)+1 >= len(first) {
			break
		}
		for _, i := range order[first[row]:first[row+1]] {
			to.rows = append(to.rows, i)
			from = append(from, k)
		}
	}
	if len(from) == 0 {
		return to, false
	}
	if !slices.IsSorted(to.rows) {
		by := make([]int, len(from))
		for i := range by {
			by[i] = i
		}
		slices.SortFunc(by, func(x, y int) int { return cmp.Compare(to.rows[x], to.rows[y]) })
		to.rows, from = gather(to.rows, by), gather(from, by)
	}
	to.columnKey = c.columnKey
	to.codes, to.bits, to.zones = gather(c.codes, from), gather(c.bits, from), gather(c.zones, from)
	if c.dict != nil {
		to.codes, to.dict = recoded(c.dict, to.codes)
	}
	return to, true
}
