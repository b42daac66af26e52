// Package logtest makes event logs for tests: in the field's notation, at
// random, and from the shared folder of real logs with their reference results.
//
//	Parse("<a,b,c>^3 <a,c>^2")      five cases, answers worked by hand
//	Random(seed, Config{})          ties, transitions, zones, attributes, …
//	Shared(t, "receipt.xes.gz")     path of a real log; skips where it is missing
//	Oracle(t, "receipt")            its reference results
//
// It is for tests alone and fails them, or panics, where a program would return
// an error.
package logtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

// Epoch is the time of the first event that Parse makes: Monday 7 January 2019,
// 09:00 UTC. Each case begins an hour after the one before.
var Epoch = eventlog.At(time.Date(2019, 1, 7, 9, 0, 0, 0, time.UTC))

// Parse returns the log of a notation and panics where Read fails.
func Parse(notation string) *eventlog.Log {
	l, err := Read(notation)
	if err != nil {
		panic("logtest: " + err.Error())
	}
	return l
}

// Read returns the log of a notation:
//
//	<a,b,c>^3 <>          three cases "1" to "3" with the variant a, b, c, and an empty one
//	<a+start,a+complete>  lifecycle transitions
//	<a@0s,b@5m,c>         time since the beginning of the case; without it one
//	                      minute after the item before (the first at 0)
//	<a@1m..5m>            an activity instance: start..completion
//	<a@0s..1m..5m>        enablement..start..completion
//	<a/ann>               resource
//	<a#1+start>           concept:instance
//	<'a, with comma'>     a quoted name
//
// The parts come in the order name, #instance, +transition, /resource, @time.
func Read(notation string) (*eventlog.Log, error) {
	b := eventlog.NewBuilder("notation")
	p := &parser{in: notation}
	for n := 0; ; {
		p.space()
		if p.in == "" {
			return b.Log(), nil
		}
		items, times, err := p.trace()
		if err != nil {
			return nil, fmt.Errorf("reading notation %q: %w", notation, err)
		}
		for range times {
			n++
			if err := addCase(b, strconv.Itoa(n), Epoch.Time+eventlog.Time(n-1)*3600_000000, items); err != nil {
				return nil, fmt.Errorf("reading notation %q: %w", notation, err)
			}
		}
	}
}

// item is one event of a trace; its times count from the beginning of the case,
// -1 where there is none.
type item struct {
	name, instance, transition, resource string
	enabled, start, at                   time.Duration
}

func addCase(b *eventlog.Builder, id string, begin eventlog.Time, items []item) error {
	if _, err := b.Case(id, nil); err != nil {
		return err
	}
	stamp := func(d time.Duration) eventlog.Stamp {
		if d < 0 {
			return eventlog.None
		}
		return eventlog.Stamp{Time: begin + eventlog.Time(d.Microseconds())}
	}
	for _, it := range items {
		e := eventlog.Event{
			Case: id, Activity: it.name, Resource: it.resource, Transition: it.transition,
			Time: stamp(it.at), Start: stamp(it.start), Enabled: stamp(it.enabled),
		}
		if it.instance != "" {
			e.Attributes = []eventlog.Attribute{{Key: eventlog.InstanceKey, Value: eventlog.Text(it.instance)}}
		}
		if err := b.Add(&e); err != nil {
			return err
		}
	}
	return nil
}

type parser struct{ in string }

func (p *parser) space() { p.in = strings.TrimLeft(p.in, " \t\r\n") }

// take removes a leading c and reports whether there was one.
func (p *parser) take(c string) bool {
	p.space()
	if !strings.HasPrefix(p.in, c) {
		return false
	}
	p.in = p.in[len(c):]
	return true
}

// word removes and returns the characters up to one of the given ones.
func (p *parser) word(stop string) string {
	i := strings.IndexAny(p.in, stop)
	if i < 0 {
		i = len(p.in)
	}
	w := strings.TrimSpace(p.in[:i])
	p.in = p.in[i:]
	return w
}

// trace reads <items>^times.
func (p *parser) trace() (items []item, times int, err error) {
	if !p.take("<") {
		return nil, 0, fmt.Errorf("found %q, wanted <", p.in)
	}
	at := -time.Minute
	for !p.take(">") {
		if len(items) > 0 && !p.take(",") {
			return nil, 0, fmt.Errorf("found %q, wanted , or >", p.in)
		}
		it, err := p.item(at + time.Minute)
		if err != nil {
			return nil, 0, err
		}
		items, at = append(items, it), it.at
	}
	times = 1
	if p.take("^") {
		if times, err = strconv.Atoi(p.word(" \t\r\n<")); err != nil || times < 0 {
			return nil, 0, fmt.Errorf("number of cases after ^ before %q", p.in)
		}
	}
	return items, times, nil
}

func (p *parser) item(at time.Duration) (item, error) {
	it := item{enabled: -1, start: -1, at: at}
	if p.take("'") {
		it.name = p.word("'")
		if !p.take("'") {
			return it, fmt.Errorf("name %q lacks its closing '", it.name)
		}
	} else {
		it.name = p.word("#+/@,>")
	}
	if it.name == "" {
		return it, fmt.Errorf("activity without a name before %q", p.in)
	}
	if p.take("#") {
		it.instance = p.word("+/@,>")
	}
	if p.take("+") {
		it.transition = p.word("/@,>")
	}
	if p.take("/") {
		it.resource = p.word("@,>")
	}
	if p.take("@") {
		times := strings.Split(p.word(",>"), "..")
		if len(times) > 3 {
			return it, fmt.Errorf("item %q has %d times, wanted at most 3", it.name, len(times))
		}
		into := []*time.Duration{&it.enabled, &it.start, &it.at}[3-len(times):]
		for i, s := range times {
			d, err := time.ParseDuration(s)
			if err != nil {
				return it, fmt.Errorf("item %q: %w", it.name, err)
			}
			*into[i] = d
		}
	}
	return it, nil
}
