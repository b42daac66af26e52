package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

// LeadQuestion asks for the mean lead time of a process, of which nothing is known but
// its log.
type LeadQuestion struct {
	From, To   string // activities; "" for the first and the last event
	Unit       measure.Unit
	Week       []string // hours of work, as twin.ParseInterval reads them
	Production bool     // the production calendar holds
	TimeZone   string
	Cluster    string
	AsOf       time.Time // what was known then, also of the time since the last event; zero for the last event
}

// LongRun answers it; see performance.LongRunMean.
func (d *Desk) LongRun(ctx context.Context, log string, q LeadQuestion) (*performance.LongRun, error) {
	l, err := d.store.Load(ctx, log)
	if err != nil {
		return nil, err
	}
	cfg := performance.LongRunConfig{Unit: q.Unit, Cluster: q.Cluster}
	cfg.Lead.From.Activity, cfg.Lead.To.Activity = q.From, q.To
	if !q.AsOf.IsZero() {
		cfg.AsOf = eventlog.Time(q.AsOf.UnixMicro())
		l = known(l, cfg.AsOf)
	}
	if q.Unit != measure.Second {
		loc, err := time.LoadLocation(q.TimeZone)
		if err != nil {
			return nil, InputError{fmt.Errorf("time zone %q: wanted a name of the IANA database such as \"Europe/Moscow\"", q.TimeZone)}
		}
		c := twin.Calendar{Production: q.Production}
		for _, s := range q.Week {
			iv, err := twin.ParseInterval(s)
			if err != nil {
				return nil, InputError{fmt.Errorf("hours of work: %w", err)}
			}
			c.Week = append(c.Week, iv)
		}
		if cfg.Calendar, err = c.Hours(loc); err != nil {
			return nil, InputError{err}
		}
	}
	r, err := performance.LongRunMean(l, cfg)
	if err != nil {
		return nil, InputError{err}
	}
	return r, nil
}
