package shell

import (
	"fmt"
	"net/url"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
)

// View is what a reader looks at. It stands whole in the address, so that a link
// shown to a colleague shows the same numbers.
type View struct {
	Filter  filter.Filter // f: which part of the log
	Period  string        // p: a reporting period such as 2019-Q4; "" for all of the log
	Against string        // vs: what is compared with: previous, year, or an address of its own
	AsOf    time.Time     // as-of: what was known at this moment; zero for the last event of the log
	Events  mining.Events // events: instances (default) or recorded
	Edition string        // law: "today" to judge by the edition in force today, "" by that of the case
	Rest    url.Values    // what is the page's own
}

// keys of the address that a View reads.
const (
	keyFilter, keyPeriod, keyAgainst, keyAsOf, keyEvents, keyEdition = "f", "p", "vs", "as-of", "events", "law"
)

// recorded is how an address says that every event counts as it was recorded.
const recorded = "recorded"

// ParseView reads a View. What cannot be read is a desk.InputError.
func ParseView(q url.Values) (View, error) {
	v := View{Period: q.Get(keyPeriod), Against: q.Get(keyAgainst), Edition: q.Get(keyEdition), Rest: url.Values{}}
	var err error
	if text := q.Get(keyFilter); text != "" {
		if v.Filter, err = filter.Parse(text); err != nil {
			return v, desk.InputError{Err: err}
		}
	}
	if v.AsOf, err = desk.ParseAsOf(q.Get(keyAsOf)); err != nil {
		return v, err
	}
	switch e := q.Get(keyEvents); e {
	case "", "instances":
	case recorded:
		v.Events = mining.Recorded
	default:
		return v, desk.InputError{Err: fmt.Errorf("events %q in the address: wanted instances or %s", e, recorded)}
	}
	for k, values := range q {
		switch k {
		case keyFilter, keyPeriod, keyAgainst, keyAsOf, keyEvents, keyEdition, "lang":
		default:
			v.Rest[k] = values
		}
	}
	return v, nil
}

// moscow is the clock of moments in addresses.
var moscow = desk.Moscow

// FormatAsOf writes a moment as an address holds it, "" for the zero moment.
func FormatAsOf(t time.Time) string { return desk.FormatAsOf(t) }

// Look is the View as the desk understands it; the period is the page's to apply.
func (v View) Look() desk.Look { return desk.Look{Events: v.Events, Filter: v.Filter, AsOf: v.AsOf} }

// Query writes the View for an address, without what is a page's own.
func (v View) Query() url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	if !v.Filter.Empty() {
		set(keyFilter, v.Filter.String())
	}
	set(keyPeriod, v.Period)
	set(keyAgainst, v.Against)
	set(keyAsOf, FormatAsOf(v.AsOf))
	if v.Events != mining.Instances {
		set(keyEvents, recorded)
	}
	set(keyEdition, v.Edition)
	return q
}
