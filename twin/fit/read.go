package fit

import (
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// read takes the activity instances out of the log.
func (f *fitter) read(l *eventlog.Log) error {
	r := f.report
	var lead []float64
	from, to := eventlog.Time(0), eventlog.Time(0)
	for _, c := range l.All() {
		if c.Len() == 0 {
			continue
		}
		if len(lead) == 0 || c.First() < from {
			from = c.First()
		}
		if len(lead) == 0 || c.Last() > to {
			to = c.Last()
		}
		lead = append(lead, float64(c.Last()-c.First())/second)
	}
	if len(lead) == 0 {
		return eventlog.ErrEmpty
	}
	r.From, r.To = from.Go(), to.Go()
	r.LeadTime = measure.Summarize(lead, measure.Second)
	instances, pairing := l.Instances()
	r.Warnings = append(r.Warnings, pairing.Warnings()...)
	if pairing.Unfinished+pairing.Aborted > 0 {
		r.assume("%d started and %d aborted activity instances were never completed and are left out.", pairing.Unfinished, pairing.Aborted)
	}
	zones := map[eventlog.Zone]int{}
	used := make([]bool, instances.Activities().Len())
	empty, negative := 0, 0
	var kept []eventlog.Case
	for _, c := range instances.All() {
		if c.Len() == 0 {
			empty++
			continue
		}
		resources, starts, enabled := c.Resources(), c.Starts(), c.Enabled()
		row := make([]instance, c.Len())
		for i := range row {
			in := instance{activity: int(c.Activities()[i]), resource: -1, complete: int64(c.Times()[i]), gap: -1}
			used[in.activity] = true
			zones[c.Zones()[i]]++
			if resources != nil && resources[i] != eventlog.NoCode {
				in.resource = int(resources[i])
			}
			in.start = in.complete
			if starts != nil && starts[i] != eventlog.NoTime {
				in.started, in.start = true, int64(starts[i])
				if in.start > in.complete {
					negative++
					in.start = in.complete
				}
			}
			in.enabled = in.start
			if enabled != nil && enabled[i] != eventlog.NoTime {
				in.enabled = min(in.start, int64(enabled[i]))
			}
			row[i] = in
		}
		f.cases, kept = append(f.cases, row), append(kept, c)
		r.Instances += len(row)
	}
	if len(f.cases) == 0 {
		return fmt.Errorf("no activity instance is completed: %w", eventlog.ErrEmpty)
	}
	r.Cases = len(f.cases)
	if empty > 0 {
		r.assume("%d of %d cases have no completed activity instance and are left out.", empty, empty+r.Cases)
	}
	if negative > 0 {
		r.assume("%d activity instances start after their completion; they are taken to take no time.", negative)
	}
	f.properties(instances, kept)
	f.rename(instances, used)
	return f.place(zones)
}

// rename numbers the activities that occur by name.
func (f *fitter) rename(l *eventlog.Log, used []bool) {
	for code, name := range l.Activities().Names() {
		if used[code] {
			f.names = append(f.names, name)
		}
	}
	slices.Sort(f.names)
	to := make([]int, len(used))
	for code, name := range l.Activities().Names() {
		to[code], _ = slices.BinarySearch(f.names, name)
	}
	for _, row := range f.cases {
		for i := range row {
			row[i].activity = to[row[i].activity]
		}
	}
	f.activities = make([]activity, len(f.names))
	for _, row := range f.cases {
		for _, in := range row {
			a := &f.activities[in.activity]
			a.n++
			if in.started {
				a.started++
			}
		}
	}
	f.unitsOf(l)
}

// place chooses the time zone.
func (f *fitter) place(zones map[eventlog.Zone]int) error {
	f.zone = f.cfg.TimeZone
	if f.zone == "" {
		best, n := eventlog.Zone(0), -1
		total := 0
		for z, k := range zones {
			total += k
			if k > n || k == n && z < best {
				best, n = z, k
			}
		}
		f.zone = "UTC"
		if best != 0 && best%60 == 0 && best >= -12*60 && best <= 14*60 {
			f.zone = fmt.Sprintf("Etc/GMT%+d", -int(best)/60)
		}
		f.report.assume("Hours of the day are read at %s: %d of %d events carry that offset. A log names no time zone, so summer time is not known.", offsetName(best), n, total)
	}
	loc, err := time.LoadLocation(f.zone)
	if err != nil {
		return fmt.Errorf("time zone %q: %w", f.zone, err)
	}
	f.loc = loc
	return nil
}

func offsetName(z eventlog.Zone) string {
	sign := '+'
	if z < 0 {
		sign, z = '-', -z
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, z/60, z%60)
}
