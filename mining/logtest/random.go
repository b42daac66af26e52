package logtest

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/uprava/uprava/mining/eventlog"
)

// Feature is something that a random log may hold.
type Feature uint16

// The features. A zero Config has all of them.
const (
	Ties        Feature = 1 << iota // equal times within a case
	Transitions                     // lifecycle transitions, the odd and the unknown too
	Rows                            // activity instances: start, sometimes enablement, in one row
	Empty                           // cases without events
	Resources                       // resources and units, some missing
	Zones                           // several zones
	Attributes                      // attributes of events and cases, all kinds, nested
	Shuffled                        // events come in no order of cases and times
	OddNames                        // names with quotes, markup, Cyrillic, control characters of text
	Extremes                        // the first and last times a log accepts
	Declared                        // some cases declared before, some after, their events; some not at all
	All         Feature = 1<<iota - 1
)

// Config says what a random log holds. Zero sizes take the values in brackets.
type Config struct {
	Cases      int     // [60]
	Length     int     // events of a case at most [12]
	Activities int     // [6]
	Features   Feature // [All]; Plain has none
	Plain      bool
}

// Item is one step of a source: an event, or the declaration of a case where
// Event is nil.
type Item struct {
	Case       string
	Attributes []eventlog.Attribute
	Event      *eventlog.Event
}

// Random returns the log of Items.
func Random(seed uint64, cfg Config) *eventlog.Log {
	l, err := Build(fmt.Sprintf("random-%d", seed), Items(seed, cfg))
	if err != nil {
		panic("logtest: " + err.Error())
	}
	return l
}

// Build returns the log of the given items.
func Build(name string, items []Item) (*eventlog.Log, error) {
	b := eventlog.NewBuilder(name)
	for i := range items {
		var err error
		if e := items[i].Event; e != nil {
			err = b.Add(e)
		} else {
			_, err = b.Case(items[i].Case, items[i].Attributes)
		}
		if err != nil {
			return nil, fmt.Errorf("building log %q: item %d: %w", name, i, err)
		}
	}
	return b.Log(), nil
}

// Items returns the rows of a random log in the order of their source. The same
// seed and Config give the same rows.
func Items(seed uint64, cfg Config) []Item {
	if cfg.Cases == 0 {
		cfg.Cases = 60
	}
	if cfg.Length == 0 {
		cfg.Length = 12
	}
	if cfg.Activities == 0 {
		cfg.Activities = 6
	}
	if cfg.Features == 0 {
		cfg.Features = All
	}
	if cfg.Plain {
		cfg.Features = 0
	}
	r := &random{rand.New(rand.NewPCG(seed, 0x6c6f67)), cfg}
	var items, late []Item
	for i := range cfg.Cases {
		id := r.name("case ", i)
		declared := Item{Case: id}
		if r.has(Attributes) {
			declared.Attributes = r.attributes(3)
		}
		events := r.events(id)
		switch when := r.IntN(3); {
		case len(events) == 0 || !r.has(Declared) || when == 0:
			items = append(items, declared)
		case when == 1:
			late = append(late, declared)
		}
		items = append(items, events...)
	}
	items = append(items, late...)
	if r.has(Shuffled) {
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	}
	return items
}

type random struct {
	*rand.Rand
	cfg Config
}

func (r *random) has(f Feature) bool { return r.cfg.Features&f != 0 }

// chance is true once in n times, where the log has the feature.
func (r *random) chance(f Feature, n int) bool { return r.has(f) && r.IntN(n) == 0 }

var odd = [...]string{
	"«%s»", `%s "quoted", with 'comma'; semicolon`, "</script><b>%s</b>", "%s & тётя Ёлка", " %s ", "%s\ttab\nline", "日本語 %s 🙂", `back\slash %s`, "%s%%",
}

// name returns the i-th name of a kind: always the same within a log.
func (r *random) name(kind string, i int) string {
	n := kind + strconv.Itoa(i)
	if r.has(OddNames) && i%4 == 3 {
		return fmt.Sprintf(odd[i/4%len(odd)], n)
	}
	return n
}

var transitions = [...]string{
	"complete", "complete", "complete", "COMPLETE", "start", "start", "Start", "schedule", "SCHEDULE",
	"suspend", "resume", "assign", "ate_abort", "withdraw", "In Progress", "",
}

func (r *random) events(id string) []Item {
	n := 1 + r.IntN(r.cfg.Length)
	if r.chance(Empty, 8) {
		n = 0
	}
	at := Epoch.Time + eventlog.Time(r.Int64N(3*365*86400_000000))
	var items []Item
	for range n {
		if !r.chance(Ties, 3) {
			at += eventlog.Time(1 + r.Int64N([...]int64{1000, 60_000000, 30 * 86400_000000}[r.IntN(3)]))
		}
		e := eventlog.NewEvent(id, r.name("", r.IntN(r.cfg.Activities)), eventlog.Stamp{Time: at, Zone: r.zone()})
		if r.chance(Extremes, 60) {
			e.Time.Time = [...]eventlog.Time{eventlog.MinTime, eventlog.MaxTime}[r.IntN(2)]
		}
		if r.has(Transitions) {
			e.Transition = transitions[r.IntN(len(transitions))]
		}
		if r.chance(Rows, 3) {
			e.Transition = [...]string{"", "complete"}[r.IntN(2)]
			e.Start = eventlog.Stamp{Time: max(eventlog.MinTime, e.Time.Time-eventlog.Time(r.Int64N(4*3600_000000))), Zone: r.zone()}
			if r.IntN(2) == 0 {
				e.Enabled = eventlog.Stamp{Time: max(eventlog.MinTime, e.Start.Time-eventlog.Time(r.Int64N(24*3600_000000))), Zone: e.Time.Zone}
			}
		}
		if r.has(Resources) && r.IntN(4) > 0 {
			e.Resource = r.name("resource ", r.IntN(5))
			if r.IntN(2) == 0 {
				e.Unit = r.name("unit ", r.IntN(2))
			}
		}
		if r.chance(Attributes, 2) {
			e.Attributes = r.attributes(3)
		}
		if r.chance(Attributes, 5) {
			e.Attributes = append(e.Attributes, eventlog.Attribute{Key: eventlog.InstanceKey, Value: eventlog.Text(strconv.Itoa(r.IntN(2)))})
		}
		items = append(items, Item{Case: id, Event: &e})
	}
	return items
}

func (r *random) zone() eventlog.Zone {
	if !r.has(Zones) {
		return 0
	}
	return [...]eventlog.Zone{0, 180, 180, 60, 120, -210, 345, 840}[r.IntN(8)]
}

// attributes returns up to six attributes with distinct keys, nested to the
// given depth.
func (r *random) attributes(depth int) []eventlog.Attribute {
	var out []eventlog.Attribute
	for k := range 6 {
		if r.IntN(3) > 0 {
			continue
		}
		a := eventlog.Attribute{Key: r.name("key:", k), Value: r.value(depth)}
		kind := a.Value.Kind()
		if group := kind == eventlog.KindList || kind == eventlog.KindContainer; group || depth > 1 && r.IntN(6) == 0 {
			a.Children = r.attributes(depth - 1)
		}
		if kind == eventlog.KindList && len(a.Children) > 1 && r.IntN(2) == 0 {
			for i := range a.Children {
				a.Children[i].Key = a.Children[0].Key // the items of a list may share a key
			}
		}
		out = append(out, a)
	}
	return out
}

func (r *random) value(depth int) eventlog.Value {
	kinds := 8
	if depth <= 1 {
		kinds = 6
	}
	switch k := eventlog.Kind(r.IntN(kinds)); k {
	case eventlog.KindString:
		return eventlog.Text(r.name("value ", r.IntN(40)))
	case eventlog.KindID:
		return eventlog.ID(fmt.Sprintf("%08x-0000-4000-8000-%012x", r.Uint32(), r.Uint32()))
	case eventlog.KindInt:
		return eventlog.Int([...]int64{0, -1, 7, 1<<63 - 1, -1 << 63}[r.IntN(5)])
	case eventlog.KindFloat:
		return eventlog.Float([...]float64{0, -0.5, 1e-9, 1e300, 12345.678}[r.IntN(5)])
	case eventlog.KindBool:
		return eventlog.Bool(r.IntN(2) == 0)
	case eventlog.KindTime:
		return eventlog.TimeValue(eventlog.Stamp{Time: Epoch.Time + eventlog.Time(r.Int64N(1e15)), Zone: r.zone()})
	default:
		return eventlog.Group(k)
	}
}
