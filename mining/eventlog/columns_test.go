package eventlog_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// columnsOf takes a log apart, as a store would.
func columnsOf(l *eventlog.Log) *eventlog.Columns {
	c := &eventlog.Columns{
		Activities: l.Activities().Names(), Resources: l.Resources().Names(),
		Units: l.Units().Names(), Transitions: l.Transitions().Names(),
	}
	var ofEvents, ofCases columnsByPath
	for i, x := range l.All() {
		c.Cases = append(c.Cases, x.ID())
		c.Activity = append(c.Activity, x.Activities()...)
		c.Resource, c.Unit, c.Transition = append(c.Resource, x.Resources()...), append(c.Unit, x.Units()...), append(c.Transition, x.Transitions()...)
		c.Time, c.Zone = append(c.Time, x.Times()...), append(c.Zone, x.Zones()...)
		c.Start, c.Enabled = append(c.Start, x.Starts()...), append(c.Enabled, x.Enabled()...)
		ofCases.add(uint32(i), x.Attributes())
		for j := range x.Len() {
			e := x.Event(j)
			if x.Starts() != nil {
				c.StartZone = append(c.StartZone, e.Start.Zone)
			}
			ofEvents.add(uint32(len(c.Time)-x.Len()+j), e.Attributes)
		}
		c.Ends = append(c.Ends, uint32(len(c.Time)))
	}
	c.EventAttributes, c.CaseAttributes = ofEvents.list, ofCases.list
	return c
}

type columnsByPath struct{ list []eventlog.AttributeColumn }

func (b *columnsByPath) add(row uint32, list []eventlog.Attribute) {
	eventlog.Flatten(list, func(path string, v eventlog.Value) {
		i := slices.IndexFunc(b.list, func(c eventlog.AttributeColumn) bool { return c.Path == path && c.Kind == v.Kind() })
		if i < 0 {
			i = len(b.list)
			b.list = append(b.list, eventlog.AttributeColumn{Path: path, Kind: v.Kind()})
		}
		c := &b.list[i]
		c.Rows = append(c.Rows, row)
		switch v.Kind() {
		case eventlog.KindString, eventlog.KindID:
			code := slices.Index(c.Names, v.Text())
			if code < 0 {
				code = len(c.Names)
				c.Names = append(c.Names, v.Text())
			}
			c.Codes = append(c.Codes, eventlog.Code(code))
		case eventlog.KindBool:
			c.Codes = append(c.Codes, map[bool]eventlog.Code{true: 1}[v.Bool()])
		case eventlog.KindInt:
			c.Bits = append(c.Bits, uint64(v.Int()))
		case eventlog.KindFloat:
			c.Bits = append(c.Bits, math.Float64bits(v.Float()))
		case eventlog.KindTime:
			c.Bits, c.Zones = append(c.Bits, uint64(v.Stamp().Time)), append(c.Zones, v.Stamp().Zone)
		}
	})
}

func TestFromColumns(t *testing.T) {
	for seed := range uint64(10) {
		l := logtest.Random(seed, logtest.Config{Features: logtest.All >> (seed % 3)})
		got, err := eventlog.FromColumns("again", nil, columnsOf(l))
		require.NoError(t, err)
		require.Empty(t, eventlog.Diff(l, got))
		require.NotNil(t, got.Meta())
		a, p := l.Instances()
		b, q := got.Instances()
		require.Equal(t, p, q)
		require.Empty(t, eventlog.Diff(a, b))
		for _, info := range l.EventAttributes() {
			require.Contains(t, got.EventAttributes(), info)
		}
	}
	empty, err := eventlog.FromColumns("empty", nil, &eventlog.Columns{})
	require.NoError(t, err)
	require.Zero(t, empty.Cases())
	require.Empty(t, empty.EventAttributes())
}

func TestFromColumnsFaults(t *testing.T) {
	for want, spoil := range map[string]func(*eventlog.Columns){
		"2 cases and 1 ends of cases":               func(c *eventlog.Columns) { c.Ends = c.Ends[:1] },
		"4 activities, 3 times and 4 zones":         func(c *eventlog.Columns) { c.Time = c.Time[:3] },
		"4 activities and 1 resources":              func(c *eventlog.Columns) { c.Resource = []eventlog.Code{0} },
		"3 of 4 rows belong to a case":              func(c *eventlog.Columns) { c.Ends[1] = 3 },
		"case 1 ends at row 1, the one before at 2": func(c *eventlog.Columns) { c.Ends[1] = 1 },
		"row 1 is earlier":                          func(c *eventlog.Columns) { c.Time[1] = c.Time[0] - 1 },
		"row 0 has activity 9 of 2":                 func(c *eventlog.Columns) { c.Activity[0] = 9 },
		`name "a" stands twice`:                     func(c *eventlog.Columns) { c.Activities[1] = "a" },
		"attributes of events":                      func(c *eventlog.Columns) { c.EventAttributes[0].Rows[0] = 77 },
		"attributes of cases": func(c *eventlog.Columns) {
			c.CaseAttributes = []eventlog.AttributeColumn{{Path: "k", Kind: 99}}
		},
	} {
		l := logtest.Parse("<a#1,b#2> <a#1,b>")
		c := columnsOf(l)
		c.Activities, c.Activity, c.Time = slices.Clone(c.Activities), slices.Clone(c.Activity), slices.Clone(c.Time)
		spoil(c)
		_, err := eventlog.FromColumns("bad", nil, c)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, `building log "bad" from columns`)
	}
}
