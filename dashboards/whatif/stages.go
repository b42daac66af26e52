package whatif

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// confidence of the intervals.
const confidence = 0.95

// stages tells where the cases of the process spend their time, as-is and to-be, with
// the paired difference of the whole of a stage; the intervals hold together.
func stages(w [2]*watch, labels map[string]twin.Text) []Stage {
	var names []string
	for _, one := range w {
		for i, a := range one.program.Activities() {
			if one.ofProcess(i) && !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	var out []Stage
	for _, name := range names {
		label, ok := labels[name]
		if !ok {
			label = twin.Text{RU: name, EN: name}
		}
		s := Stage{Name: label, Difference: nan, Low: nan, High: nan}
		a, totalsA := w[0].spent(name)
		b, totalsB := w[1].spent(name)
		s.A, s.B = a, b
		if a.Visits == 0 && b.Visits == 0 {
			continue
		}
		if x, err := measure.Paired(totalsA, totalsB, 1-(1-confidence)/float64(len(names))); err == nil {
			s.Difference, s.Low, s.High = measure.Number(x.Difference), measure.Number(x.Interval.Low), measure.Number(x.Interval.High)
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Stage) int {
		x, y := math.Abs(a.B.Total()-a.A.Total()), math.Abs(b.B.Total()-b.A.Total())
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

func (w *watch) ofProcess(activity int) bool { return w.activity(activity).Process == w.process }

func (w *watch) activity(i int) simulator.Activity { return w.program.Activities()[i] }

// spent returns the mean over the replications of the time a case spends at an activity,
// and the total of each replication.
func (w *watch) spent(name string) (Spent, []float64) {
	at := slices.IndexFunc(w.program.Activities(), func(a simulator.Activity) bool { return a.Name == name && a.Process == w.process })
	var mean Spent
	totals := make([]float64, len(w.diaries))
	if at < 0 {
		return mean, totals
	}
	n := float64(len(w.diaries))
	for i, d := range w.diaries {
		cases := float64(max(1, d.cases))
		s := d.stages[at]
		one := Spent{float64(s.n) / cases, s.outside / cases, s.queue / cases, s.service / cases}
		mean.Visits += one.Visits / n
		mean.Outside += one.Outside / n
		mean.Queue += one.Queue / n
		mean.Service += one.Service / n
		totals[i] = one.Total()
	}
	return mean, totals
}

// loads tells how busy the pools are over the week, and how long their queues.
func loads(w [2]*watch, m *twin.Model) []Pool {
	var out []Pool
	for i, id := range w[0].program.Pools() {
		p := Pool{ID: id, Name: twin.Text{RU: id, EN: id}, A: w[0].load(i)}
		if k := slices.IndexFunc(m.Pools, func(x twin.Pool) bool { return x.ID == id }); k >= 0 && m.Pools[k].Name != (twin.Text{}) {
			p.Name = m.Pools[k].Name
		}
		if k := slices.Index(w[1].program.Pools(), id); k >= 0 {
			p.B = w[1].load(k)
		}
		out = append(out, p)
	}
	return out
}

func (w *watch) load(pool int) Load {
	l := Load{Hours: make([]measure.Number, weekHours), Days: make([]measure.Number, 7), Queue: make([]float64, w.plan.weeks)}
	n := float64(len(w.diaries))
	var busy, open [7]float64
	for h, capacity := range w.plan.capacity[pool] {
		x := 0.0
		for _, d := range w.diaries {
			x += d.busy[pool][h] / n
		}
		busy[h/24] += x
		open[h/24] += capacity
		l.Hours[h] = measure.Number(x / capacity) // NaN, or more of what was done after hours, where it is closed
		if capacity == 0 {
			l.Hours[h] = nan
		}
	}
	for day := range 7 {
		if l.Days[day] = nan; open[day] > 0 {
			l.Days[day] = measure.Number(busy[day] / open[day])
		}
	}
	for k := range l.Queue {
		for _, d := range w.diaries {
			l.Queue[k] += d.queue[pool][k] / n / (7 * 24)
		}
	}
	return l
}

// Waiting is the mean number that waits, over all weeks.
func (l Load) Waiting() float64 {
	sum := 0.0
	for _, x := range l.Queue {
		sum += x / float64(len(l.Queue))
	}
	return sum
}
