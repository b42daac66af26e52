package eventlog

import "strings"

// Where returns a view of the cases for which keep is true. It shares every
// column with l and costs one offset per case kept.
func (l *Log) Where(keep func(Case) bool) *Log {
	v := *l
	v.spans, v.events = nil, 0
	for _, s := range l.spans {
		if keep(Case{l, s}) {
			v.spans = append(v.spans, s)
			v.events += int(s.hi - s.lo)
		}
	}
	return &v
}

// WhereEvents returns a view of the rows for which keep is true, i being the
// row's position in its case. Cases that keep no row are left out. Attributes
// are shared with l; the other columns are copied, at up to 46 bytes a row.
func (l *Log) WhereEvents(keep func(c Case, i int) bool) *Log {
	return l.selectRows(keep, false)
}

func (l *Log) selectRows(keep func(c Case, i int) bool, keepEmpty bool) *Log {
	var rows []uint32
	var spans []span
	for _, s := range l.spans {
		c, lo := Case{l, s}, uint32(len(rows))
		for i := range c.Len() {
			if keep(c, i) {
				rows = append(rows, s.lo+uint32(i))
			}
		}
		if hi := uint32(len(rows)); hi > lo || keepEmpty {
			spans = append(spans, span{s.row, lo, hi})
		}
	}
	v := *l
	v.spans, v.columns, v.events = spans, l.columns.gathered(rows), len(rows)
	return &v
}

// Classified returns the log with another notion of activity: the values of the
// given attributes, joined by "+", as a XES classifier asks. The keys
// concept:name, org:resource, org:group and lifecycle:transition name the
// columns; a value that an event lacks is left out of its name. Rows for which
// nothing is left keep the activity they have. Instances pairs by activity: of
// a log with lifecycle transitions take the instances first, then classify.
func (l *Log) Classified(keys []string) *Log {
	v := *l
	c := *l.columns
	v.columns = &c
	c.activities = NewDictionary()
	c.activity = make([]Code, len(l.activity))
	parts := make([]string, 0, len(keys))
	for _, s := range l.spans {
		cs := Case{l, s}
		for i := range cs.Len() {
			k := s.lo + uint32(i)
			parts = parts[:0]
			for _, key := range keys {
				if p := cs.text(i, key); p != "" {
					parts = append(parts, p)
				}
			}
			if len(parts) == 0 {
				parts = append(parts, l.activities.Name(l.activity[k]))
			}
			c.activity[k] = c.activities.intern(strings.Join(parts, "+"))
		}
	}
	return &v
}

// text returns the value of a key, standard or not, for the i-th row.
func (c Case) text(i int, key string) string {
	l, k := c.log, c.lo+uint32(i)
	name := func(d *Dictionary, column []Code) string {
		if column == nil {
			return ""
		}
		return d.Name(column[k])
	}
	switch key {
	case "concept:name":
		return name(l.activities, l.activity)
	case "org:resource":
		return name(l.resources, l.resource)
	case "org:group":
		return name(l.units, l.unit)
	case "lifecycle:transition":
		return name(l.transitions, l.transition)
	}
	v, _ := c.EventAttribute(i, key)
	return v.String()
}

// Shifted returns the log with all event times, starts and enablements moved by the
// given time, microseconds. Times of attributes stay. It copies the columns of times.
func (l *Log) Shifted(by Time) *Log {
	v, c := *l, *l.columns
	move := func(column []Time) []Time {
		if column == nil {
			return nil
		}
		moved := make([]Time, len(column))
		for i, t := range column {
			moved[i] = t
			if t != NoTime {
				moved[i] += by
			}
		}
		return moved
	}
	c.time, c.start, c.enabled = move(c.time), move(c.start), move(c.enabled)
	v.columns = &c
	return &v
}
