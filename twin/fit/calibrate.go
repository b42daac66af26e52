package fit

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/twin"
)

// rounds of simulation at most.
const rounds = 4

// calibrate shortens or lengthens the delays until delay and queue together are,
// on the mean of each activity, the waiting of the log, within a twentieth of its
// stage. Where that takes much more than the unexplained delay, delays are drawn
// from every waiting of the log. Where the queue alone is longer than the waiting
// by a quarter of the stage, and that matters to the lead time, the pool gets a
// person more.
func (f *fitter) calibrate(ctx context.Context, m *twin.Model) error {
	if len(m.Pools) == 0 {
		return nil
	}
	p := m.Processes[0]
	grown := map[string]int{}
	done := 0
	for ; done < rounds; done++ {
		waits, spread, err := f.waits(ctx, m)
		if err != nil {
			return err
		}
		off := 0.0
		excess := map[string]float64{} // of the queue, by pool, seconds of all instances
		for k := range f.activities {
			a := &f.activities[k]
			id := f.taskOf[k]
			if a.group < 0 || id == "" || waits[k] < 0 {
				continue
			}
			t := p.Tasks[id]
			delay := mean(a.delay) * a.scale * a.stretch
			if waits[k] > 0 && waits[k] < delay { // delays are shorter by the wall clock than they were in the log
				a.stretch *= waits[k] / delay
				delay = waits[k]
			}
			queue := max(waits[k]-delay, 0)
			if queue < 2*spread[k] { // no more than the draws of the delay scatter
				queue = 0
			}
			if over := queue - a.meanWait; over > 0.25*mean(a.stage) {
				excess[f.groups[a.group].id] += over * float64(a.n)
			}
			wanted := max(a.meanWait-queue, 0)
			if abs(wanted-delay) < 0.05*mean(a.stage) {
				continue
			}
			off += abs(wanted-delay) * float64(a.n)
			if wanted > 1.5*mean(a.delay)*a.stretch { // more than the unexplained: of every waiting a part
				a.delay = a.openWaits
				a.stretch = a.meanWait / max(mean(a.openWaits), 1e-6)
			}
			t.Delay, t.DelayCalendar = empirical(a.delay), f.delayCalendar(&f.groups[a.group])
			a.scale = max(wanted/(mean(a.delay)*a.stretch), 1e-6) // 0 would mean 1
			t.Delay.Scale = a.scale
			if wanted == 0 {
				t.Delay, t.DelayCalendar = twin.Distribution{}, ""
			}
			p.Tasks[id] = t
		}
		pool, most := -1, 0.0
		for i := range m.Pools {
			if e := excess[m.Pools[i].ID]; e > most {
				pool, most = i, e
			}
		}
		lead := f.report.LeadTime.Mean * float64(f.report.Cases)
		if pool >= 0 && most > 0.05*lead && grown[m.Pools[pool].ID] < 3 {
			p := &m.Pools[pool]
			p.Size++
			if len(p.Members) > 0 {
				another := p.Members[len(p.Members)-1]
				another.ID = fmt.Sprintf("%s-%d", p.ID, p.Size)
				p.Members = append(p.Members, another)
			}
			grown[m.Pools[pool].ID]++
			continue
		}
		if off < 0.01*lead {
			done++
			break
		}
	}
	for i := range m.Pools {
		if n := grown[m.Pools[i].ID]; n > 0 {
			f.report.assume("Pool %s has %s more than were seen at once: with fewer its queue alone was longer than the waiting of the log.", m.Pools[i].ID, headcount(n))
		}
	}
	for i := range f.report.Stages {
		s := &f.report.Stages[i]
		if k, ok := slices.BinarySearch(f.names, s.Activity); ok && s.Pool != "" {
			s.Delay = mean(f.activities[k].delay) * f.activities[k].scale * f.activities[k].stretch
		}
	}
	f.report.assume("The delays are calibrated by simulation (rounds: %d) until the mean waiting of each step, delay and queue together, is that of the log within 5 %% of its stage.", done)
	return nil
}

// waits returns the mean time from enablement to start of each activity in a
// simulation, -1 where it did not occur, and the standard error of that.
func (f *fitter) waits(ctx context.Context, m *twin.Model) (means, errors []float64, err error) {
	l, err := f.cfg.Simulate(ctx, m)
	f.step()
	if err != nil {
		return nil, nil, fmt.Errorf("simulating the fitted model: %w", err)
	}
	samples := make([][]float64, len(f.names))
	for _, c := range l.All() {
		starts, enabled := c.Starts(), c.Enabled()
		if starts == nil || enabled == nil {
			continue
		}
		for i, code := range c.Activities() {
			if k, ok := slices.BinarySearch(f.names, l.Activities().Name(code)); ok {
				samples[k] = append(samples[k], float64(starts[i]-enabled[i])/second)
			}
		}
	}
	means, errors = make([]float64, len(f.names)), make([]float64, len(f.names))
	for k, x := range samples {
		if len(x) == 0 {
			means[k] = -1
			continue
		}
		means[k] = mean(x)
		squares := 0.0
		for _, v := range x {
			squares += (v - means[k]) * (v - means[k])
		}
		errors[k] = math.Sqrt(squares) / float64(len(x))
	}
	return means, errors, nil
}

func abs(x float64) float64 { return max(x, -x) }
