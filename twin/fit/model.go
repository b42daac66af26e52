package fit

import (
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// model puts the twin together.
func (f *fitter) model() *twin.Model {
	r := f.report
	from := twin.Provenance{Kind: "mined", Source: fmt.Sprintf("%s, %s to %s", r.Log, r.From.In(f.loc).Format(time.DateOnly), r.To.In(f.loc).Format(time.DateOnly))}
	name := twin.Text{EN: r.Log, RU: r.Log}
	first := r.From.In(f.loc)
	m := &twin.Model{
		ID: identifier(r.Log), Name: name, TimeZone: f.zone,
		Start: time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, f.loc),
		Days:  max(1, int(r.To.Sub(r.From)/(24*time.Hour))+1),
	}
	p := &twin.Process{
		ID: identifier(r.Log), Name: name, Diagram: f.diagram.Processes[0], Layout: f.diagram.Diagram,
		Labels: map[string]twin.Text{}, Tasks: map[string]twin.Task{}, Branches: map[string]float64{}, Provenance: map[string]twin.Provenance{},
	}
	p.Diagram.Name = r.Log
	p.Arrivals = f.arrivals(from)
	if p.StageCorrelation = f.common; f.common > 0 {
		c := from
		c.N = r.Cases
		p.Provenance["stage-correlation"] = c
	}
	for k := range f.activities {
		if f.taskOf[k] != "" {
			p.Tasks[f.taskOf[k]] = f.task(k, from)
		}
	}
	f.branches(p, from)
	f.prioritise(p)
	m.Calendars = f.calendars
	for i := range f.groups {
		g := &f.groups[i]
		if g.size == 0 {
			continue
		}
		pool := twin.Pool{ID: g.id, Name: g.name, Calendar: g.calendar, Size: g.size, Queue: twin.FIFO, AtOnce: g.atOnce, Provenance: from}
		if g.urgent {
			pool.Queue = twin.MostUrgent
		}
		for _, s := range g.shifts {
			for range s.size {
				pool.Members = append(pool.Members, twin.Member{ID: fmt.Sprintf("%s-%d", g.id, len(pool.Members)+1), Calendar: s.calendar})
			}
		}
		for _, k := range g.activities {
			pool.Provenance.N += f.activities[k].n
		}
		m.Pools = append(m.Pools, pool)
	}
	m.Processes = []*twin.Process{p}
	return m
}

// task returns the parameters of an activity and reports its stage.
func (f *fitter) task(k int, from twin.Provenance) twin.Task {
	a := &f.activities[k]
	from.N = a.n
	t := twin.Task{Provenance: from}
	s := Stage{Activity: f.names[k], Task: f.taskOf[k], N: a.n, Mean: mean(a.stage), Median: measure.Quantile(a.stage, 0.5), Processing: mean(a.work), Delay: mean(a.delay) * a.stretch}
	if a.group < 0 {
		t.Time, s.Law = parametric(a.stage, f.cfg.Seed)
		s.Processing, s.Delay = 0, s.Mean
	} else {
		g := &f.groups[a.group]
		t.Pools = []string{g.id}
		t.Time, s.Law = parametric(a.work, f.cfg.Seed)
		if s.Delay > 0 {
			t.Delay, t.DelayCalendar = empirical(a.delay), f.delayCalendar(g)
		}
		t.Batch, t.Priority = f.batchOf[k], f.level[k]
		s.Pool, s.Estimated = g.id, 2*a.started < a.n
		if s.Estimated {
			s.Low, s.High = between(a.bounds, f.cfg.Seed)
		}
		if s.Estimated {
			t.Provenance.Reason = twin.Text{
				EN: "The log records completions only: the split into delay and processing is an estimate.",
				RU: "В журнале есть только завершения: деление на ожидание и работу — оценка.",
			}
		}
	}
	f.report.Stages = append(f.report.Stages, s)
	return t
}

// delayCalendar returns the calendar in which delays before work of a group pass.
func (f *fitter) delayCalendar(g *group) string {
	if !f.openTime {
		return ""
	}
	return g.calendar
}

// branches sets the probability of each flow out of an exclusive split to the
// share of the cases that took it.
func (f *fitter) branches(p *twin.Process, from twin.Provenance) {
	bySource := map[string][]string{}
	var sources []string
	for _, flow := range p.Diagram.Flows {
		if _, counted := f.taken[flow.ID]; !counted {
			continue
		}
		if bySource[flow.Source] == nil {
			sources = append(sources, flow.Source)
		}
		bySource[flow.Source] = append(bySource[flow.Source], flow.ID)
	}
	unseen := 0
	for _, gateway := range sources {
		flows := bySource[gateway]
		total, leaves := int64(0), ""
		fading, steady := 0.0, 0.0 // shares of the first visit that fall, and of the rest over all visits
		for _, id := range flows {
			total += f.taken[id]
			if f.leaves[id] {
				leaves = id
			}
		}
		for _, id := range flows {
			share := 1 / float64(len(flows))
			switch {
			case total > 0:
				share = float64(f.taken[id]) / float64(total)
			case leaves != "": // a loop that is left is no endless loop
				share = 0
				if id == leaves {
					share = 1
				}
			}
			p.Branches[id] = share
			if x, ok := f.fading[id]; ok {
				fading += x.first
			} else {
				steady += share
			}
			q := from
			q.N = int(total)
			if total == 0 {
				q = twin.Provenance{Kind: "assumption", Source: "uprava fit"}
			}
			p.Provenance[id] = q
		}
		for _, id := range flows {
			if x, ok := f.fading[id]; ok {
				p.Branches[id] = round(x.first)
				if p.Decay == nil {
					p.Decay = map[string]float64{}
				}
				p.Decay[id] = round(x.factor)
			} else if fading > 0 && steady > 0 {
				p.Branches[id] *= (1 - fading) / steady
			}
		}
		if total == 0 {
			unseen++
		}
	}
	if unseen > 0 {
		f.report.assume("%d splits of the model are reached by no case that follows it; their branches are taken alike.", unseen)
	}
}

// identifier makes a lower-case identifier of letters, digits and hyphens.
func identifier(s string) string {
	var out []rune
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			out = append(out, r-'A'+'a')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			out = append(out, r)
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	for len(out) > 0 && out[len(out)-1] == '-' {
		out = slices.Delete(out, len(out)-1, len(out))
	}
	if len(out) == 0 {
		return "log"
	}
	return string(out)
}
