package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// WorkingDays of a year, by which numbers a year become numbers a day.
const WorkingDays = 247

// Signer is a pool of people whose steps are waited for, over all processes of its twin
// that have a log.
type Signer struct {
	Twin, ID string
	Name     twin.Text
	Unit     twin.Text
	Size     int
	Signs    bool                // the name of one of its steps speaks of a signature
	Steps    map[string][]string // by log: names of its steps in the log
	model    *twin.Model
}

// signing tells a step of signing by its name.
var signing = regexp.MustCompile(`(?i)подпис|утвержд|согласован|\bsign|approv`)

// Signers returns the pools that have steps in the logs of the store, those that sign
// first, then by twin and identifier.
func (d *Desk) Signers(ctx context.Context) ([]*Signer, error) {
	logs, err := d.LogNames(ctx)
	if err != nil {
		return nil, err
	}
	found := map[[2]string]*Signer{}
	for _, log := range logs {
		s, err := d.about(ctx, log)
		if errors.Is(err, ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		if s == nil || s.process == nil {
			continue
		}
		for _, pool := range s.model.Pools {
			for _, step := range stepsOf(s.process, pool.ID) {
				key := [2]string{s.model.ID, pool.ID}
				x := found[key]
				if x == nil {
					x = &Signer{Twin: s.model.ID, ID: pool.ID, Name: pool.Name, Size: max(pool.Size, len(pool.Members)), Steps: map[string][]string{}, model: s.model}
					for _, u := range s.model.Units {
						if u.ID == pool.Unit {
							x.Unit = u.Name
						}
					}
					found[key] = x
				}
				names := []string{step.RU, step.EN}
				x.Signs = x.Signs || signing.MatchString(step.RU) || signing.MatchString(step.EN)
				for _, n := range names {
					if n != "" && !slices.Contains(x.Steps[log], n) {
						x.Steps[log] = append(x.Steps[log], n)
					}
				}
			}
		}
	}
	var out []*Signer
	for _, x := range found {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *Signer) int {
		if a.Signs != b.Signs {
			if a.Signs {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Twin, b.Twin), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// stepsOf returns the names of the steps of a process that a pool does.
func stepsOf(p *twin.Process, pool string) []twin.Text {
	var out []twin.Text
	for id, task := range p.Tasks {
		if !slices.Contains(task.Pools, pool) {
			continue
		}
		label := p.Labels[id]
		if n := p.Diagram.Node(id); n != nil && label == (twin.Text{}) {
			label = twin.Text{EN: n.Name}
		}
		out = append(out, label)
	}
	slices.SortFunc(out, func(a, b twin.Text) int { return cmp.Or(cmp.Compare(a.RU, b.RU), cmp.Compare(a.EN, b.EN)) })
	return out
}

// WeekLoad is the work of a pool in one week.
type WeekLoad struct {
	Begin    time.Time
	Steps    int     // done
	Hours    float64 // of work, within the hours of the pool
	Capacity float64 // hours that its people have
}

// Utilisation is the share of the hours that was worked; NaN where there are none.
func (w WeekLoad) Utilisation() float64 { return w.Hours / w.Capacity }

// stepWork is the work on some steps of a log in one week.
type stepWork struct {
	Begin     time.Time `json:"begin"`
	Steps     int       `json:"steps"`
	Hours     float64   `json:"hours"`
	Startless int       `json:"startless"`
}

// Load returns the work of a pool by week, over all its logs, whole weeks alone, with the
// steps whose start is not recorded, and whose work is therefore not in it.
func (d *Desk) Load(ctx context.Context, x *Signer) (weeks []WeekLoad, startless int, err error) {
	zone, err := time.LoadLocation(x.model.TimeZone)
	if err != nil {
		return nil, 0, InputError{err}
	}
	hours := quiet(nil)
	name := ""
	for _, pool := range x.model.Pools {
		if pool.ID == x.ID {
			name = pool.Calendar
		}
	}
	for _, c := range x.model.Calendars {
		if c.ID == name {
			if hours, err = c.Hours(zone); err != nil {
				return nil, 0, InputError{err}
			}
		}
	}
	sums := map[time.Time]*WeekLoad{}
	var last time.Time
	for _, log := range slices.Sorted(maps.Keys(x.Steps)) {
		steps := x.Steps[log]
		list, err := Lasting(ctx, d, log, "step work\x00"+x.Twin+"\x00"+x.ID, func(ctx context.Context) ([]stepWork, error) {
			v, err := d.Seen(ctx, log, Look{})
			if err != nil {
				return nil, err
			}
			return workOn(v.Log, steps, zone, func(a, b eventlog.Time) float64 { return float64(hours.BetweenMicros(int64(a), int64(b))) / 3600e6 }), nil
		})
		if err != nil {
			return nil, 0, err
		}
		info, err := d.store.Log(ctx, log)
		if err != nil {
			return nil, 0, err
		}
		if info.Last.After(last) {
			last = info.Last
		}
		for _, w := range list {
			at := w.Begin.In(zone)
			if sums[at] == nil {
				sums[at] = &WeekLoad{Begin: at}
			}
			sums[at].Steps += w.Steps
			sums[at].Hours += w.Hours
			startless += w.Startless
		}
	}
	for _, w := range sums {
		end := w.Begin.AddDate(0, 0, 7)
		if end.After(last) {
			continue // not over
		}
		w.Capacity = float64(x.Size) * float64(hours.BetweenMicros(w.Begin.UnixMicro(), end.UnixMicro())) / 3600e6
		weeks = append(weeks, *w)
	}
	slices.SortFunc(weeks, func(a, b WeekLoad) int { return a.Begin.Compare(b.Begin) })
	return weeks, startless, nil
}

// workOn sums the work on steps by the week in which they were done.
func workOn(l *eventlog.Log, steps []string, zone *time.Location, hours func(a, b eventlog.Time) float64) []stepWork {
	codes := map[eventlog.Code]bool{}
	for _, s := range steps {
		if c, ok := l.Activities().Code(s); ok {
			codes[c] = true
		}
	}
	byWeek := map[time.Time]*stepWork{}
	for _, c := range l.All() {
		starts := c.Starts()
		for i, a := range c.Activities() {
			if !codes[a] {
				continue
			}
			t := c.Times()[i]
			day := t.Go().In(zone)
			begin := time.Date(day.Year(), day.Month(), day.Day()-(int(day.Weekday())+6)%7, 0, 0, 0, 0, zone)
			w := byWeek[begin]
			if w == nil {
				w = &stepWork{Begin: begin}
				byWeek[begin] = w
			}
			w.Steps++
			if starts == nil || starts[i] == eventlog.NoTime || starts[i] > t {
				w.Startless++
				continue
			}
			w.Hours += hours(starts[i], t)
		}
	}
	out := make([]stepWork, 0, len(byWeek))
	for _, w := range byWeek {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b stepWork) int { return a.Begin.Compare(b.Begin) })
	return out
}

// MeanUtilisation is the mean of the weekly utilisations with Student's interval between
// weeks.
func MeanUtilisation(weeks []WeekLoad) Figure {
	var x []float64
	for _, w := range weeks {
		if w.Capacity > 0 {
			x = append(x, w.Utilisation())
		}
	}
	if len(x) == 0 {
		return unknown
	}
	return mean(x)
}
