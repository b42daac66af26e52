package dispatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/mail"
	"github.com/uprava/uprava/dashboards/report/schedule"
)

// State is how an occurrence stands in the journal.
type State string

// The states.
const (
	Begun   State = "begun"   // or interrupted, or waiting for another attempt
	Done    State = "done"    // made and arrived everywhere
	Failed  State = "failed"  // given up
	Skipped State = "skipped" // was due while nothing ran, and the entry does not catch up
)

// Run is one occurrence in the journal.
type Run struct {
	Entry    string    `json:"entry"`
	Key      string    `json:"key"`
	Period   string    `json:"period"`
	Due      time.Time `json:"due"`
	State    State     `json:"state"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next,omitzero"` // attempt, while Begun
	Error    string    `json:"error,omitempty"`
	Record   string    `json:"record,omitempty"` // of the archive
}

// Journal lists all occurrences that were begun, skipped or ended.
func (o *Office) Journal() ([]Run, error) {
	list, err := o.journal.List()
	if err != nil {
		return nil, err
	}
	var out []Run
	for _, e := range list {
		r, _, err := o.run(e.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Run) int { return b.Due.Compare(a.Due) })
	return out, nil
}

// grace is how late an occurrence may be and not count as missed.
const grace = time.Hour

// RunDue makes and sends what is due now, each occurrence once, and returns what was
// done. Faults of single reports are in their runs; the error is of the schedule or
// the folder as a whole. Where another process does the same at the moment it returns
// nothing.
func (o *Office) RunDue(ctx context.Context) ([]Run, error) {
	b, err := o.Schedule()
	if err != nil || len(b.Reports) == 0 {
		return nil, err
	}
	release, taken, err := o.lock(".running", false)
	if err != nil || !taken {
		return nil, err
	}
	defer release()
	now := o.cfg.Clock.Now()
	var out []Run
	var faults []error
	for i := range b.Reports {
		e := &b.Reports[i]
		pending, err := o.pending(ctx, b, e, now)
		if err != nil {
			faults = append(faults, fmt.Errorf("report %q: %w", e.ID, err))
			continue
		}
		for _, p := range pending {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			r, err := o.attempt(ctx, b.Mail, e, p)
			if err != nil {
				faults = append(faults, fmt.Errorf("report %q: %w", e.ID, err))
				break
			}
			out = append(out, r)
		}
	}
	return out, errors.Join(faults...)
}

// open is an occurrence that has still to be made.
type open struct {
	schedule.Occurrence
	run      Run
	revision kept.Revision
	skip     bool
}

// pending are the occurrences of an entry that are neither done nor given up, the
// earliest first; which of them are skipped says the entry's way to catch up.
func (o *Office) pending(ctx context.Context, b *schedule.Book, e *schedule.Entry, now time.Time) ([]open, error) {
	c, err := b.Calendar()
	if err != nil {
		return nil, err
	}
	due := e.Due(time.Time{}, now, c)
	if e.Every == schedule.Threshold {
		if due, err = o.alerts(ctx, e, now); err != nil {
			return nil, err
		}
	}
	var out []open
	for _, occurrence := range due {
		r, rev, err := o.run(journalID(e, occurrence))
		if err != nil {
			return nil, err
		}
		if r.State == Done || r.State == Failed || r.State == Skipped || r.State == Begun && r.Next.After(now) {
			continue
		}
		out = append(out, open{occurrence, r, rev, false})
	}
	for i := range out {
		missed := out[i].run.State == "" && now.Sub(out[i].Moment) > grace
		switch e.CatchUp {
		case schedule.All:
		case schedule.Never:
			out[i].skip = missed
		default:
			out[i].skip = out[i].run.State == "" && i < len(out)-1
		}
	}
	return out, nil
}

// betweenAlerts is how often indicators are measured for thresholds.
const betweenAlerts = 10 * time.Minute

// alerts are the occurrences of a threshold: one for each alert that was told.
func (o *Office) alerts(ctx context.Context, e *schedule.Entry, now time.Time) ([]schedule.Occurrence, error) {
	if now.Sub(o.asked[e.ID]) < betweenAlerts {
		return nil, nil
	}
	list, err := o.compose.Alerts(ctx, e.Of, now)
	if err != nil {
		return nil, err
	}
	o.asked[e.ID] = now
	kind := e.Period
	if kind == "" {
		kind = report.Month
	}
	var out []schedule.Occurrence
	for _, a := range list {
		if a.Told.Before(e.From) || a.Told.After(now) {
			continue
		}
		out = append(out, schedule.Occurrence{Key: a.Key, Period: report.Last(kind, a.Told), Moment: a.Told})
	}
	slices.SortStableFunc(out, func(a, b schedule.Occurrence) int { return a.Moment.Compare(b.Moment) })
	return out, nil
}

func journalID(e *schedule.Entry, occurrence schedule.Occurrence) string {
	return report.Short(e.ID+" "+occurrence.Key, 110)
}

// attempt makes one occurrence, or what is left of it, and keeps the journal.
func (o *Office) attempt(ctx context.Context, server *mail.Server, e *schedule.Entry, p open) (Run, error) {
	id := journalID(e, p.Occurrence)
	r := p.run
	r.Entry, r.Key, r.Period, r.Due = e.ID, p.Key, p.Period.String(), p.Moment
	if p.skip {
		r.State = Skipped
		_, err := o.journal.Write(id, r, p.revision)
		return r, err
	}
	r.State, r.Error, r.Next = Begun, "", time.Time{}
	r.Attempts++
	rev, err := o.journal.Write(id, r, p.revision)
	if err != nil {
		return r, archive.Words("keeping the journal of reports", o.cfg.Dir, err)
	}
	record, err := o.made(ctx, e, p)
	if err == nil {
		r.Record = record.ID
		var faults []error
		for _, t := range targets(e.To, e.Folder) {
			if !record.Delivered(t) {
				faults = append(faults, o.deliver(ctx, server, record, t))
			}
		}
		err = errors.Join(faults...)
	}
	if ctx.Err() != nil {
		return r, ctx.Err() // begun in the journal: the next run goes on
	}
	switch {
	case err == nil:
		r.State = Done
	case r.Attempts > len(o.cfg.Retries):
		r.State, r.Error = Failed, err.Error()
	default:
		r.Error, r.Next = err.Error(), o.cfg.Clock.Now().Add(o.cfg.Retries[r.Attempts-1])
	}
	if _, err := o.journal.Write(id, r, rev); err != nil {
		return r, archive.Words("keeping the journal of reports", o.cfg.Dir, err)
	}
	return r, nil
}

// made returns the record of an occurrence: that of the archive where it was made
// before, else a new one as of the moment at which it was due.
func (o *Office) made(ctx context.Context, e *schedule.Entry, p open) (*archive.Record, error) {
	id := recordID(e, p.Occurrence)
	record, err := o.archive.Read(id)
	if err == nil || !errors.Is(err, archive.ErrNotFound) {
		return record, err
	}
	m, err := o.Compose(ctx, Request{Of: e.Of, Period: p.Period, AsOf: p.Moment, Lang: e.Lang})
	if err != nil {
		return nil, err
	}
	return o.keep(m, id, e.ID, e.Of, e.Formats)
}

// recordID is the name of an occurrence in the archive.
func recordID(e *schedule.Entry, occurrence schedule.Occurrence) string {
	out := []rune(e.ID + "_" + occurrence.Key)
	for i, r := range out {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
			out[i] = '_'
		}
	}
	return string(out[:min(len(out), 110)])
}

// longestWait is how long Serve sleeps at most: the schedule may be changed by hand.
const longestWait = time.Minute

// Serve runs the schedule until ctx ends. What goes wrong is given to told, which may
// be nil; a fault of the whole that stays is told once.
func (o *Office) Serve(ctx context.Context, told func(error)) {
	last := ""
	for ctx.Err() == nil {
		runs, err := o.RunDue(ctx)
		if told != nil && ctx.Err() == nil {
			now := ""
			if err != nil {
				now = err.Error()
			}
			if now != last && now != "" {
				told(err)
			}
			last = now
			for _, r := range runs {
				if r.Error != "" {
					told(fmt.Errorf("report %q of %s, attempt %d: %s", r.Entry, r.Period, r.Attempts, r.Error))
				}
			}
		}
		if o.cfg.Clock.Wait(ctx, longestWait) != nil {
			return
		}
	}
}

// Upcoming is when an entry is due next.
type Upcoming struct {
	schedule.Entry
	Next schedule.Occurrence // zero for a threshold
}

// Entries lists the schedule with the next occurrence of each entry.
func (o *Office) Entries() ([]Upcoming, error) {
	b, err := o.Schedule()
	if err != nil {
		return nil, err
	}
	c, err := b.Calendar()
	if err != nil {
		return nil, err
	}
	var out []Upcoming
	for _, e := range b.Reports {
		next, _ := e.Next(o.cfg.Clock.Now(), c)
		out = append(out, Upcoming{e, next})
	}
	return out, nil
}
