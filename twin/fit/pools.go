package fit

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// group is a pool in the making: activities that the same people do.
type group struct {
	activities []int
	people     int // distinct, in the log
	size       int
	id         string
	name       twin.Text
	calendar   string
	hours      *calendar.Calendar // nil round the clock
	timed      bool
	atOnce     int     // things that one person has at hand; 0 or 1 for one
	shifts     []shift // where people keep different hours
	urgent     bool    // more urgent work goes first
}

// largest returns the shift of most people.
func (g *group) largest() *shift {
	return &g.shifts[slices.IndexFunc(g.shifts, func(s shift) bool {
		return !slices.ContainsFunc(g.shifts, func(o shift) bool { return o.size > s.size })
	})]
}

// alike is the cosine of who did what above which activities share a pool.
const alike = 0.5

// unitsOf notes the names of the resources and where each worked most.
func (f *fitter) unitsOf(l *eventlog.Log) {
	f.resources = l.Resources().Names()
	f.unitOf = make([]string, len(f.resources))
	counts := make([]map[eventlog.Code]int, len(f.resources))
	for _, c := range l.All() {
		units, resources := c.Units(), c.Resources()
		for i := range c.Len() {
			if units == nil || resources == nil || units[i] == eventlog.NoCode || resources[i] == eventlog.NoCode {
				continue
			}
			if counts[resources[i]] == nil {
				counts[resources[i]] = map[eventlog.Code]int{}
			}
			counts[resources[i]][units[i]]++
		}
	}
	for r, m := range counts {
		most := 0
		for u, n := range m {
			if name := l.Units().Name(u); n > most || n == most && name < f.unitOf[r] {
				most, f.unitOf[r] = n, name
			}
		}
	}
}

// pools groups the activities by who did them and finds the hours of each group.
func (f *fitter) pools() {
	who := make([][]float64, len(f.activities)) // by activity, resource
	unknown := 0
	for k := range f.activities {
		who[k] = make([]float64, len(f.resources))
		f.activities[k].group = -1
	}
	f.each(func(_ *activity, k int, in *instance, _ bool) {
		if in.resource < 0 {
			unknown++
			return
		}
		who[k][in.resource]++
	})
	if unknown > 0 {
		f.report.assume("%d of %d activity instances name nobody who did them.", unknown, f.report.Instances)
	}
	if unknown == f.report.Instances {
		f.report.assume("So there are no pools of people: every step is a delay, and a person more changes nothing.")
		return
	}
	for _, members := range cluster(who, alike) {
		g := group{activities: members, id: fmt.Sprintf("pool-%d", len(f.groups)+1)}
		did := make([]float64, len(f.resources))
		timed, n := 0, 0
		for _, k := range members {
			f.activities[k].group = len(f.groups)
			for r, x := range who[k] {
				did[r] += x
			}
			timed += f.activities[k].started
			n += f.activities[k].n
		}
		units := map[string]float64{}
		for r, x := range did {
			if x > 0 {
				g.people++
				units[f.unitOf[r]] += x
			}
		}
		g.timed = 2*timed >= n
		g.name = f.groupName(members, units)
		f.groups = append(f.groups, g)
	}
	for i := range f.groups {
		if f.groups[i].timed {
			f.hoursOf(i)
		}
	}
	f.report.assume("%d pools group the activities whose performers are alike (cosine of who did what at least %.1f). Somebody who works in several is counted in each.", len(f.groups), alike)
}

// groupName calls a group by its unit, where one has most of it, and by its most
// frequent activity.
func (f *fitter) groupName(members []int, units map[string]float64) twin.Text {
	main := members[0]
	for _, k := range members {
		if f.activities[k].n > f.activities[main].n {
			main = k
		}
	}
	total, most, unit := 0.0, 0.0, ""
	for u, x := range units {
		total += x
		if x > most || x == most && u < unit {
			most, unit = x, u
		}
	}
	name := f.names[main]
	if unit != "" && most > total/2 {
		name = unit + ": " + name
	}
	return twin.Text{EN: "Who does " + name, RU: "Исполнители: " + name}
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// cluster joins the rows whose sums point in like directions, the likest first,
// while the cosine is at least the limit. Rows of nothing are left out. Clusters
// ascend by their first row. O(n³) comparisons of numbers for n rows.
func cluster(rows [][]float64, limit float64) [][]int {
	var sets [][]int
	var sums [][]float64
	for i, r := range rows {
		if slices.Max(append([]float64{0}, r...)) > 0 {
			sets = append(sets, []int{i})
			sums = append(sums, slices.Clone(r))
		}
	}
	cosines := make([][]float64, len(sets))
	for i := range sets {
		cosines[i] = make([]float64, len(sets))
		for j := range i {
			cosines[i][j] = cosine(sums[i], sums[j])
		}
	}
	for {
		a, b, best := -1, -1, limit
		for i := range sets {
			for j := range i {
				if sets[i] != nil && sets[j] != nil && cosines[i][j] >= best && (a < 0 || cosines[i][j] > best) {
					a, b, best = i, j, cosines[i][j]
				}
			}
		}
		if a < 0 {
			break
		}
		sets[b] = append(sets[b], sets[a]...)
		for r := range sums[b] {
			sums[b][r] += sums[a][r]
		}
		sets[a] = nil
		for j := range sets {
			if sets[j] != nil && j != b {
				cosines[max(b, j)][min(b, j)] = cosine(sums[b], sums[j])
			}
		}
	}
	var out [][]int
	for _, s := range sets {
		if s != nil {
			slices.Sort(s)
			out = append(out, s)
		}
	}
	return out
}

func cosine(a, b []float64) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / math.Sqrt(aa*bb)
}

// Thresholds of a weekly calendar: the fewest hours of the week that hold the
// given share of what happened; with too little to go by, or too many hours to
// be somebody's shift, the calendar is open always.
const (
	covered  = 0.98
	tooFew   = 200
	tooManyH = 112
)

// hoursOf finds the weekly hours of a group from the starts and completions of
// its recorded instances.
func (f *fitter) hoursOf(at int) {
	g := &f.groups[at]
	var week [7 * 24]int
	n := 0
	f.each(func(a *activity, k int, in *instance, _ bool) {
		if a.group == at && in.started {
			week[f.hourOfWeek(in.start)]++
			week[f.hourOfWeek(in.complete-1)]++
			n += 2
		}
	})
	intervals, share := weekly(week, n)
	if intervals == nil {
		f.report.assume("Pool %s (%s) works round the clock: %d times of the log show no shorter hours.", g.id, g.name.EN, n)
		return
	}
	c := twin.Calendar{ID: g.id + "-hours", Name: twin.Text{EN: "Hours of " + g.id, RU: "Часы работы " + g.id}, Week: intervals}
	g.calendar, g.hours = c.ID, f.compile(c)
	f.calendars = append(f.calendars, c)
	f.shiftsOf(at)
	f.report.assume("Pool %s (%s) works in the hours of the week that hold %.1f %% of its %d starts and completions; no holidays are assumed.", g.id, g.name.EN, 100*share, n)
}

func (f *fitter) hourOfWeek(us int64) int {
	t := time.UnixMicro(us).In(f.loc)
	return int(t.Weekday())*24 + t.Hour()
}

// weekly returns the fewest whole hours of the week that hold the covered share
// and every hour at least half as busy as those, and their share; nil where that
// is no calendar.
func weekly(week [7 * 24]int, n int) ([]twin.Interval, float64) {
	if n < tooFew {
		return nil, 0
	}
	order := make([]int, len(week))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return week[b] - week[a] })
	var open [7 * 24]bool
	held, hours := 0, 0
	for _, h := range order {
		if float64(held) >= covered*float64(n) && float64(2*week[h]*hours) < float64(held) {
			break // the rest are stragglers: below half of the mean hour
		}
		open[h] = true
		held += week[h]
		hours++
	}
	if hours > tooManyH {
		return nil, 0
	}
	var out []twin.Interval
	for d := range 7 {
		for h := 0; h < 24; h++ {
			if !open[d*24+h] {
				continue
			}
			end := h
			for end < 24 && open[d*24+end] {
				end++
			}
			out = append(out, twin.Interval{From: time.Weekday(d), To: time.Weekday(d), Begin: time.Duration(h) * time.Hour, End: time.Duration(end) * time.Hour})
			h = end
		}
	}
	return out, float64(held) / float64(n)
}

// compile returns the calendar of sound intervals.
func (f *fitter) compile(c twin.Calendar) *calendar.Calendar {
	cfg := calendar.Config{Location: f.loc}
	for _, i := range c.Week {
		cfg.Week = append(cfg.Week, calendar.Interval(i))
	}
	h, err := calendar.New(cfg)
	if err != nil { // weekly makes sound intervals
		f.report.Warnings = append(f.report.Warnings, fmt.Errorf("calendar %q: %w", c.ID, err))
		return nil
	}
	return h
}

// busiest is the load above which a pool is enlarged: people who do several
// things at once are more than their number.
const busiest = 0.85

// sizes gives each group as many people as were active at the same time.
func (f *fitter) sizes() {
	for at := range f.groups {
		g := &f.groups[at]
		work := 0.0
		seen := presence{days: map[calendar.Date]map[int]bool{}}
		f.each(func(a *activity, k int, in *instance, _ bool) {
			if a.group != at {
				return
			}
			work += float64(in.processing) / second
			if in.resource < 0 {
				return
			}
			d := calendar.DateOf(time.UnixMicro(in.complete).In(f.loc))
			if seen.days[d] == nil {
				seen.days[d] = map[int]bool{}
			}
			seen.days[d][in.resource] = true
			if in.started && in.start < in.complete {
				seen.spans = append(seen.spans, span{in.start, in.resource, false}, span{in.complete, in.resource, true})
			}
		})
		if len(seen.days) == 0 { // its activities take no time
			continue
		}
		how := "active on three days of four at most"
		if g.timed {
			how = "busy at one moment at most"
		}
		if len(g.shifts) == 0 {
			g.size = seen.daily()
			if g.timed {
				g.size = seen.atOneMoment()
			}
		} else {
			g.size, g.shifts = 0, slices.Clone(g.shifts)
			for i := range g.shifts {
				g.shifts[i].size = seen.of(g.shifts[i].people).atOneMoment()
				g.size += g.shifts[i].size
			}
		}
		open := f.report.To.Sub(f.report.From).Seconds()
		if g.hours != nil {
			open = float64(g.hours.BetweenMicros(f.report.From.UnixMicro(), f.report.To.UnixMicro())) / second
		}
		need := g.size
		if open > 0 {
			need = int(math.Ceil(work / open / busiest))
		}
		var does []string
		for _, k := range g.activities {
			does = append(does, fmt.Sprintf("%q", f.names[k]))
		}
		if len(does) > 4 {
			does = append(does[:4], fmt.Sprintf("+%d", len(does)-4))
		}
		said := fmt.Sprintf("Pool %s does %s: %s of %d in the log (%s)", g.id, strings.Join(does, ", "), people(g.size), g.people, how)
		russian := fmt.Sprintf("Группа %s выполняет %s: %d чел. из %d в журнале (%s)", g.id, strings.Join(does, ", "), g.size, g.people, hows[how])
		if need > g.size {
			said += fmt.Sprintf(", raised to %d because the work of the log would keep them busier than %.0f %%: they do several things at once", need, 100*busiest)
			russian += fmt.Sprintf(", увеличено до %d: иначе работа журнала занимала бы их больше чем на %.0f %%, значит, они делают несколько дел сразу", need, 100*busiest)
			for ; len(g.shifts) > 0 && g.size < need; g.size++ {
				g.largest().size++
			}
			g.size = need
		}
		if open > 0 {
			said += fmt.Sprintf("; busy %.1f %% of their hours", 100*work/open/float64(g.size))
			russian += fmt.Sprintf("; заняты %.1f %% рабочего времени", 100*work/open/float64(g.size))
		}
		f.report.said(said+".", russian+".")
	}
}
