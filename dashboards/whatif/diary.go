package whatif

import (
	"time"

	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// diary watches one replication: where the counted cases of a process spend their time,
// and by pool how busy it is in each hour of the week and how much waits for it.
type diary struct {
	plan    *plan
	process int
	cases   int
	stages  []spent     // by activity
	busy    [][]float64 // by pool, hour of the week: hours
	queue   [][]float64 // by pool, week of the window: hours that work waited
}

// spent is the time of the instances of an activity, in hours.
type spent struct {
	n                       int
	outside, queue, service float64
}

// plan is what the diaries of one model share: which hours its pools are open.
type plan struct {
	from, to time.Duration // the window of the figures, since the beginning
	weeks    int
	slot     []int       // by hour of the window: of the week, Monday 0:00 first
	open     [][]float64 // by pool, hour of the window: person-hours
	capacity [][]float64 // by pool, hour of the week: person-hours of the window
}

const weekHours = 168

func newPlan(p *simulator.Program, m *twin.Model, run Run, loc *time.Location) *plan {
	before := time.Duration(run.Before) * 24 * time.Hour
	hours := run.Days * 24
	x := &plan{from: before, to: before + time.Duration(hours)*time.Hour, weeks: max(1, run.Days/7), slot: make([]int, hours)}
	for h := range hours {
		at := m.Start.Add(time.Duration(h) * time.Hour).In(loc)
		x.slot[h] = (int(at.Weekday())+6)%7*24 + at.Hour()
	}
	for i := range p.Pools() {
		open, week := make([]float64, hours), make([]float64, weekHours)
		for h := range hours {
			at := m.Start.Add(time.Duration(h) * time.Hour)
			open[h] = p.Capacity(i, at, at.Add(time.Hour)).Hours()
			week[x.slot[h]] += open[h]
		}
		x.open, x.capacity = append(x.open, open), append(x.capacity, week)
	}
	return x
}

func newDiary(x *plan, process, activities int) *diary {
	d := &diary{plan: x, process: process, stages: make([]spent, activities)}
	for range x.open {
		d.busy = append(d.busy, make([]float64, weekHours))
		d.queue = append(d.queue, make([]float64, x.weeks))
	}
	return d
}

// Arrived is of no interest.
func (d *diary) Arrived(*simulator.Case) {}

// Ended counts the cases over which the time is shared.
func (d *diary) Ended(c *simulator.Case) {
	if c.Counted && !c.Abandoned && c.Process == d.process {
		d.cases++
	}
}

// Completed notes an activity instance.
func (d *diary) Completed(c *simulator.Case, i *simulator.Instance) {
	if c.Counted && c.Process == d.process {
		s := &d.stages[i.Activity]
		s.n++
		if i.Pool < 0 { // it needs nobody: all of it is waiting for others
			s.outside += (i.Complete - i.Enabled).Hours()
		} else {
			s.outside += (i.Offered - i.Enabled).Hours()
			s.queue += (i.Start - i.Offered).Hours()
			s.service += (i.Complete - i.Start).Hours()
		}
	}
	if i.Pool >= 0 {
		d.work(i)
		d.wait(i)
	}
}

// work shares the working time of an instance among the open hours that it spans.
func (d *diary) work(i *simulator.Instance) {
	total := 0.0
	each := func(do func(hour int, weight float64)) {
		for h := int((max(i.Start, d.plan.from) - d.plan.from) / time.Hour); h < len(d.plan.slot); h++ {
			begin := d.plan.from + time.Duration(h)*time.Hour
			if begin >= i.Complete {
				return
			}
			overlap := (min(i.Complete, begin+time.Hour) - max(i.Start, begin)).Hours()
			if d.plan.open[i.Pool][h] > 0 && overlap > 0 {
				do(h, overlap)
			}
		}
	}
	each(func(_ int, weight float64) { total += weight })
	if total == 0 {
		return
	}
	within := min(1, total/i.Work.Hours()) // the rest was done outside of the window, or after hours
	if i.Work == 0 {
		return
	}
	each(func(h int, weight float64) {
		d.busy[i.Pool][d.plan.slot[h]] += i.Work.Hours() * within * weight / total
	})
}

// wait adds the time that an instance stood in the queue to the weeks of the window.
func (d *diary) wait(i *simulator.Instance) {
	const week = 7 * 24 * time.Hour
	for w := int((max(i.Offered, d.plan.from) - d.plan.from) / week); w < d.plan.weeks; w++ {
		begin := d.plan.from + time.Duration(w)*week
		if begin >= i.Start {
			return
		}
		if x := min(i.Start, begin+week, d.plan.to) - max(i.Offered, begin); x > 0 {
			d.queue[i.Pool][w] += x.Hours()
		}
	}
}
