package eventlog

// Case is a view of one case. Its slices are the log's own columns: they cost
// nothing to take and must not be changed. All have length Len; those that the
// log does not hold are nil.
type Case struct {
	log *Log
	span
}

// ID returns the case identifier.
func (c Case) ID() string { return c.log.caseIDs[c.row] }

// Len returns the number of rows of the case; a case may have none.
func (c Case) Len() int { return int(c.hi - c.lo) }

// Activities returns the activity of each row.
func (c Case) Activities() []Code { return c.log.activity[c.lo:c.hi:c.hi] }

// Resources returns the resource of each row, NoCode where none was recorded.
func (c Case) Resources() []Code { return slice(c.log.resource, c.span) }

// Units returns the organisational unit of each row, NoCode where none was recorded.
func (c Case) Units() []Code { return slice(c.log.unit, c.span) }

// Transitions returns the lifecycle transition of each row, NoCode where none
// was recorded.
func (c Case) Transitions() []Code { return slice(c.log.transition, c.span) }

// Times returns the time of each row, ascending: of an event when it happened,
// of an activity instance when it completed.
func (c Case) Times() []Time { return c.log.time[c.lo:c.hi:c.hi] }

// Zones returns the zone in which each time was written.
func (c Case) Zones() []Zone { return c.log.zone[c.lo:c.hi:c.hi] }

// Starts returns the start of each activity instance, NoTime where none was recorded.
func (c Case) Starts() []Time { return slice(c.log.start, c.span) }

// Enabled returns when each activity instance became possible (XES schedule),
// NoTime where it was not recorded.
func (c Case) Enabled() []Time { return slice(c.log.enabled, c.span) }

func slice[T any](column []T, s span) []T {
	if column == nil {
		return nil
	}
	return column[s.lo:s.hi:s.hi]
}

// First returns the earliest time recorded in the case, be it an enablement, a
// start or a completion; NoTime for a case without rows.
func (c Case) First() Time {
	if c.Len() == 0 {
		return NoTime
	}
	first := c.log.time[c.lo]
	for _, column := range [2][]Time{c.Starts(), c.Enabled()} {
		for _, t := range column {
			if t != NoTime && t < first {
				first = t
			}
		}
	}
	return first
}

// Last returns the latest time recorded in the case; NoTime for a case without
// rows. It is the time of the last row, unless the log says of an activity that
// it started, or became possible, after its completion.
func (c Case) Last() Time {
	if c.Len() == 0 {
		return NoTime
	}
	last := c.log.time[c.hi-1]
	for _, column := range [2][]Time{c.Starts(), c.Enabled()} {
		for _, t := range column {
			last = max(last, t) // NoTime is below all
		}
	}
	return last
}

// Attribute returns a case attribute by path.
func (c Case) Attribute(path string) (Value, bool) { return c.log.caseAttrs.get(c.row, path) }

// Attributes returns all case attributes. It allocates.
func (c Case) Attributes() []Attribute { return c.log.caseAttrs.all(c.row) }

// EventAttribute returns an attribute of the i-th row by path.
func (c Case) EventAttribute(i int, path string) (Value, bool) {
	return c.log.eventAttrs.get(c.attributeRow(i), path)
}

func (c Case) attributeRow(i int) uint32 {
	if c.log.attrRow == nil {
		return c.lo + uint32(i)
	}
	return c.log.attrRow[c.lo+uint32(i)]
}

// Event returns the i-th row with all its attributes. It allocates: it is for
// export and display, not for mining.
func (c Case) Event(i int) Event {
	e := c.Row(i)
	e.Attributes = c.log.eventAttrs.all(c.attributeRow(i))
	return e
}

// Row returns the i-th row without its attributes.
func (c Case) Row(i int) Event {
	l, k := c.log, c.lo+uint32(i)
	e := Event{
		Case:     c.ID(),
		Activity: l.activities.Name(l.activity[k]),
		Time:     Stamp{l.time[k], l.zone[k]},
		Start:    None,
		Enabled:  None,
	}
	if l.resource != nil {
		e.Resource = l.resources.Name(l.resource[k])
	}
	if l.unit != nil {
		e.Unit = l.units.Name(l.unit[k])
	}
	if l.transition != nil {
		e.Transition = l.transitions.Name(l.transition[k])
	}
	if l.start != nil && l.start[k] != NoTime {
		e.Start = Stamp{l.start[k], l.startZone[k]}
	}
	if l.enabled != nil && l.enabled[k] != NoTime {
		e.Enabled = Stamp{l.enabled[k], l.zone[k]}
	}
	return e
}

// AttributeOf returns a case attribute by path and kind.
func (c Case) AttributeOf(path string, kind Kind) (Value, bool) {
	return c.log.caseAttrs.getKind(c.row, path, kind)
}

// EventAttributeOf returns an attribute of the i-th row by path and kind.
func (c Case) EventAttributeOf(i int, path string, kind Kind) (Value, bool) {
	return c.log.eventAttrs.getKind(c.attributeRow(i), path, kind)
}
