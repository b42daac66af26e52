package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/twin"
)

// Log is one line of the list of logs.
type Log struct {
	Name          string
	Title         twin.Text // name of the process, the log's own name where there is none
	Cases, Events int64
	First, Last   time.Time
	Changed       time.Time // when the store last took something in
	Simulated     bool
}

// Limit is the legal limit of a process.
type Limit struct {
	Text    twin.Text // "30 calendar days" and its citation
	Seconds float64   // as wall-clock time, for the line in the chart; 0 for working days
}

// Logs lists the logs of the store by name.
func (d *Desk) Logs(ctx context.Context) ([]Log, error) {
	list, err := d.store.Logs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Log, len(list))
	for i, l := range list {
		title, err := d.title(ctx, l.Name)
		if errors.Is(err, ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		out[i] = Log{Name: l.Name, Title: title, Cases: l.Cases, Events: l.Events, First: l.First, Last: l.Last, Changed: l.Changed}
	}
	return slices.DeleteFunc(out, func(l Log) bool { return l.Name == "" }), nil
}

// title is the name of the process whose pack made a log, remembered; the log's own
// name where there is none.
func (d *Desk) title(ctx context.Context, log string) (twin.Text, error) {
	return Remember(ctx, d, log, "title", func(ctx context.Context) (twin.Text, error) {
		own := twin.Text{RU: log, EN: log}
		meta, err := d.store.Meta(ctx, log)
		if err != nil {
			return own, err
		}
		pack, process, ok := datasets.Origin(meta)
		if !ok {
			return own, nil
		}
		t, err := d.Twin(ctx, pack)
		if err != nil { // of a pack that this program does not have
			return own, nil
		}
		if p := t.Process(process); p != nil && p.Name != (twin.Text{}) {
			return p.Name, nil
		}
		return own, nil
	})
}

// limitOf tells the legal limit of a process in words and as wall-clock time.
func limitOf(limit *twin.Limit) *Limit {
	days := strconv.Itoa(limit.Days)
	out := &Limit{Text: twin.Text{RU: days + " кал. дн.", EN: days + " calendar days"}, Seconds: float64(limit.Days) * 86400}
	if limit.Unit == twin.WorkingDay {
		out.Text, out.Seconds = twin.Text{RU: days + " раб. дн.", EN: days + " working days"}, 0
	}
	for _, o := range limit.Others {
		out.Text.RU += fmt.Sprintf("; для части дел — %d", o.Days)
		out.Text.EN += fmt.Sprintf("; %d for some of the cases", o.Days)
	}
	if c := limit.Citation; c != (twin.Text{}) {
		out.Text.RU += " (" + c.In("ru") + ")"
		out.Text.EN += " (" + c.In("en") + ")"
	}
	return out
}
