package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
)

// Look says how a log is looked at: what counts as an event, which attributes
// name the activity, and which part of the log is meant.
type Look struct {
	Events     mining.Events
	Classifier string // "" for concept:name
	Filter     filter.Filter
	AsOf       time.Time // what was known at this moment; zero for all that the log holds
}

// String tells the look, so that equal looks have equal texts.
func (k Look) String() string {
	asOf := ""
	if !k.AsOf.IsZero() {
		asOf = k.AsOf.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s", k.Events, k.Classifier, k.Filter, asOf)
}

// plain reports whether the store can answer by itself.
func (k Look) plain() bool { return k.Classifier == "" && k.whole() }

// whole reports whether all of the log is meant.
func (k Look) whole() bool { return k.Filter.Empty() && k.AsOf.IsZero() }

// View is a log as it is looked at, and what was done to get it.
type View struct {
	Log     *eventlog.Log
	Effect  filter.Effect
	Pairing eventlog.Pairing // zero for recorded events
}

// View loads a log and looks at it: leaves out what was not known at the moment, pairs starts with completions (unless events
// are taken as recorded), names the activities by the classifier, then filters.
// An attribute, activity or person that the filter names and the log lacks is an
// InputError, and so is a filter that leaves no case.
func (d *Desk) View(ctx context.Context, log string, look Look) (*View, error) {
	l, err := d.store.Load(ctx, log)
	if err != nil {
		return nil, err
	}
	return look.at(ctx, l)
}

func (k Look) at(ctx context.Context, l *eventlog.Log) (*View, error) {
	var v View
	if !k.AsOf.IsZero() {
		l = known(l, eventlog.At(k.AsOf).Time)
	}
	if k.Events == mining.Recorded {
		v.Log = l.Recorded()
	} else {
		v.Log, v.Pairing = l.Instances()
	}
	if k.Classifier != "" {
		keys, err := mining.Classifier(l, k.Classifier)
		if err != nil {
			return nil, InputError{err}
		}
		v.Log = v.Log.Classified(keys)
	}
	var err error
	v.Log, v.Effect, err = k.Filter.Apply(ctx, v.Log, filter.Config{Calendar: office()})
	if err != nil && ctx.Err() == nil {
		err = InputError{err}
	}
	if err == nil && v.Effect.OfCases > 0 && v.Log.Cases() == 0 {
		err = InputError{&EmptyError{l.Name(), v.Effect.Filter, v.Effect.OfCases}}
	}
	return &v, err
}

// EmptyError says that a filter leaves no case of a log.
type EmptyError struct {
	Log, Filter string
	OfCases     int
}

func (e *EmptyError) Error() string {
	return fmt.Sprintf("filtering %q: %q leaves none of %d cases", e.Log, e.Filter, e.OfCases)
}

// known returns what a log told at a moment: the events up to it. Cases that had none
// are left out.
func known(l *eventlog.Log, at eventlog.Time) *eventlog.Log {
	return l.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= at })
}

// fiveDays is the calendar of working days where nothing else is known: five days
// a week by the Russian production calendar.
func fiveDays(zone *time.Location) calendar.Config {
	return calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Production: calendar.Russia(), Decrees: true, Location: zone}
}

// Office is the five-day week of the Russian production calendar on Moscow's clock, from
// nine to six: outside it nobody is told of anything that can wait.
func Office() *calendar.Calendar { return office() }

// office is that calendar on Moscow's clock.
var office = sync.OnceValue(func() *calendar.Calendar {
	c, err := calendar.New(fiveDays(Moscow))
	if err != nil {
		panic(err) // a constant
	}
	return c
})

// How a moment is written: to the second, or a day, which means its end.
const asOfMoment, asOfDay = "2006-01-02T15:04:05", "2006-01-02"

// Moscow is the clock of moments that name no zone.
var Moscow = time.FixedZone("MSK", 3*3600)

// ParseAsOf reads a moment, by the clock of Moscow where it names no zone; a day
// means its end. "" is the zero moment. What cannot be read is an InputError.
func ParseAsOf(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(asOfDay, s, Moscow); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Microsecond), nil
	}
	at, zoned, err := eventlog.ParseStamp(s)
	if err != nil {
		return time.Time{}, InputError{fmt.Errorf("as-of %q: wanted a date such as 2019-12-31, or a moment such as 2019-12-31T18:00 or 2019-12-31T18:00+03:00", s)}
	}
	t := at.Time.Go()
	if !zoned {
		t = t.Add(-3 * time.Hour)
	}
	return t.In(Moscow), nil
}

// FormatAsOf writes a moment as ParseAsOf reads it, "" for the zero moment.
func FormatAsOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(Moscow)
	if end := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, Moscow).Add(-time.Microsecond); t.Equal(end) {
		return t.Format(asOfDay)
	}
	return t.Format(asOfMoment)
}
