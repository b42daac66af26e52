package prosimos

import (
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// Start is the first day of a model that was read: Prosimos starts at the moment
// of the run, which would make no run the same. It is a Monday.
var Start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Read reads a diagram and its parameters. The warnings, which the model holds
// too, list what of them is not simulated; the error joins all faults.
func Read(diagram, parameters io.Reader) (*twin.Model, []error, error) {
	d, unsupported, err := bpmn.Read(diagram)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the diagram: %w", err)
	}
	p, err := decode(parameters)
	if err != nil {
		return nil, nil, err
	}
	if len(d.Processes) != 1 {
		return nil, nil, fmt.Errorf("reading the diagram: %d processes, wanted one", len(d.Processes))
	}
	r := &reader{file: p, m: &twin.Model{TimeZone: "UTC", Start: Start},
		p: &twin.Process{Diagram: d.Processes[0], Layout: d.Diagram, Collaboration: d.Collaboration, Causes: d.Causes, Tasks: map[string]twin.Task{}, Branches: map[string]float64{}}}
	for _, u := range unsupported {
		r.warn("diagram: %v is not simulated", u)
	}
	r.m.Warnings = append(r.m.Warnings, p.unread()...)
	r.read()
	if len(r.faults) > 0 {
		return nil, r.m.Warnings, fmt.Errorf("reading the parameters: %w", errors.Join(r.faults...))
	}
	return r.m, r.m.Warnings, nil
}

type reader struct {
	file    *parameters
	m       *twin.Model
	p       *twin.Process
	members map[string][]string // of a resource: its people
	poolOf  map[string]string   // of a resource
	faults  []error
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) warn(format string, args ...any) {
	r.m.Warnings = append(r.m.Warnings, fmt.Errorf(format, args...))
}

func (r *reader) read() {
	d := r.p.Diagram
	r.p.ID = d.ID
	r.p.Name.EN = d.Name
	r.m.ID, r.m.Name.EN = d.ID, d.Name
	if r.m.Name.EN == "" {
		r.m.Name.EN = d.ID
	}
	r.m.Processes = []*twin.Process{r.p}
	r.calendars()
	r.pools()
	r.arrivals()
	r.tasks()
	r.events()
	r.attributes()
	r.gateways()
	r.batches()
	r.priorities()
}

// arrivalCalendar is the identifier of the calendar of arrivals.
const arrivalCalendar = "arrivals"

func (r *reader) calendars() {
	seen := map[string]bool{}
	add := func(id, name string, periods []period) {
		if seen[id] {
			r.fault("calendar %q stands twice", id)
		}
		seen[id] = true
		week, err := weekOf(periods)
		if err != nil {
			r.fault("calendar %q: %w", id, err)
			return
		}
		r.m.Calendars = append(r.m.Calendars, twin.Calendar{ID: id, Name: twin.Text{EN: name}, Week: week})
	}
	if r.file.ArrivalHours != nil {
		add(arrivalCalendar, "Arrivals", r.file.ArrivalHours)
		r.p.Arrivals.Calendar = arrivalCalendar
	} else {
		r.warn("arrival_time_calendar: none: cases arrive round the clock (Prosimos takes the hours of who does the first tasks)")
	}
	for _, h := range r.file.Calendars {
		add(h.ID, h.Name, h.Periods)
	}
}

var days = []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}

// weekOf returns the intervals of the periods, joined where they overlap or
// touch; none for a week that is open throughout, as a twin writes it.
func weekOf(periods []period) ([]twin.Interval, error) {
	var open [7][]twin.Interval
	var faults []error
	for i, p := range periods {
		from, to := slices.Index(days, strings.ToUpper(p.From)), slices.Index(days, strings.ToUpper(p.To))
		begin, err1 := clock(p.BeginTime)
		end, err2 := clock(p.EndTime)
		if end == 0 && err2 == nil {
			end = 24 * time.Hour
		}
		switch {
		case from < 0 || to < 0:
			faults = append(faults, fmt.Errorf("period %d: days %q to %q: wanted MONDAY to SUNDAY", i+1, p.From, p.To))
			continue
		case err1 != nil || err2 != nil:
			faults = append(faults, fmt.Errorf("period %d: %w", i+1, errors.Join(err1, err2)))
			continue
		case end <= begin:
			faults = append(faults, fmt.Errorf("period %d: from %s to %s: wanted a beginning before its end", i+1, p.BeginTime, p.EndTime))
			continue
		}
		for d := from; ; d = (d + 1) % 7 {
			open[d] = append(open[d], twin.Interval{Begin: begin, End: end})
			if d == to {
				break
			}
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	for d := range open {
		slices.SortFunc(open[d], func(a, b twin.Interval) int { return int(a.Begin - b.Begin) })
		n := 0
		for _, iv := range open[d] {
			if n > 0 && iv.Begin <= open[d][n-1].End {
				open[d][n-1].End = max(open[d][n-1].End, iv.End)
				continue
			}
			open[d][n] = iv
			n++
		}
		open[d] = open[d][:n]
	}
	var week []twin.Interval
	always := true
	for k := 1; k <= 7; k++ { // Monday first; equal days in a row share an interval
		d := k % 7
		last := k
		for last < 7 && slices.Equal(open[(last+1)%7], open[d]) {
			last++
		}
		for _, iv := range open[d] {
			week = append(week, twin.Interval{From: time.Weekday(d), To: time.Weekday(last % 7), Begin: iv.Begin, End: iv.End})
			always = always && iv.Begin == 0 && iv.End == 24*time.Hour
		}
		always = always && len(open[d]) > 0
		k = last
	}
	if len(week) == 0 {
		return nil, errors.New("never opens")
	}
	if always {
		return nil, nil
	}
	return week, nil
}

// clock reads "09:00:00"; an end within the last millisecond of the day
// (23:59:59.999999) is midnight.
func clock(s string) (time.Duration, error) {
	for _, layout := range []string{"15:04:05.999999999", "15:04"} {
		if t, err := time.Parse(layout, strings.TrimSuffix(s, "+00:00")); err == nil {
			d := t.Sub(t.Truncate(24 * time.Hour)).Truncate(time.Microsecond)
			if d >= 24*time.Hour-time.Millisecond {
				d = 24 * time.Hour
			}
			return d, nil
		}
	}
	if s == "24:00:00" || s == "24:00" {
		return 24 * time.Hour, nil
	}
	return 0, fmt.Errorf("time %q: wanted one such as \"09:00:00\"", s)
}

// pools makes a pool of the resources of a profile that do the same tasks:
// the whole profile, where all do.
func (r *reader) pools() {
	r.members, r.poolOf = map[string][]string{}, map[string]string{}
	does := map[string]string{} // tasks of a resource, in the order of the file
	for _, t := range r.file.Tasks {
		for _, p := range t.Resources {
			does[p.Resource] += t.Task + "\x00"
		}
	}
	calendars := map[string]bool{}
	for _, c := range r.m.Calendars {
		calendars[c.ID] = true
	}
	for _, profile := range r.file.Profiles {
		var groups []string
		for _, x := range profile.Resources {
			if !slices.Contains(groups, does[x.ID]) {
				groups = append(groups, does[x.ID])
			}
		}
		for _, g := range groups {
			pool := twin.Pool{ID: profile.ID, Name: twin.Text{EN: profile.Name}}
			for _, x := range profile.Resources {
				if does[x.ID] != g {
					continue
				}
				if len(groups) > 1 && len(pool.Members) == 0 {
					pool.ID, pool.Name.EN = profile.ID+"/"+x.ID, profile.Name+": "+x.Name
				}
				r.people(&pool, profile.ID, x, calendars)
			}
			for i := range pool.Members { // hours that all keep are the pool's
				if i == 0 {
					pool.Calendar = pool.Members[0].Calendar
				} else if pool.Members[i].Calendar != pool.Calendar {
					pool.Calendar = ""
					break
				}
			}
			for i := range pool.Members {
				if pool.Calendar != "" {
					pool.Members[i].Calendar = ""
				}
			}
			if len(pool.Members) > 0 && (g != "" || len(groups) == 1) {
				r.m.Pools = append(r.m.Pools, pool)
			} else if g == "" {
				r.warn("profile %q: resources without a task are left out", profile.ID)
			}
		}
	}
}

func (r *reader) people(pool *twin.Pool, profile string, x resource, calendars map[string]bool) {
	amount := int(x.Amount)
	switch {
	case float64(x.Amount) != math.Trunc(float64(x.Amount)) || amount < 1 || amount > 100000:
		r.fault("resource %q: amount %v: wanted a whole number from 1", x.ID, x.Amount)
		return
	case r.poolOf[x.ID] != "":
		r.fault("resource %q stands twice", x.ID)
		return
	case !calendars[x.Calendar]:
		r.fault("resource %q: calendar %q is not in the file", x.ID, x.Calendar)
		return
	}
	r.poolOf[x.ID] = pool.ID
	pool.CostPerHour = max(pool.CostPerHour, float64(x.Cost))
	for i := range amount {
		id := x.ID
		if amount > 1 {
			id = fmt.Sprintf("%s_%d", x.ID, i)
		}
		r.members[x.ID] = append(r.members[x.ID], id)
		pool.Members = append(pool.Members, twin.Member{ID: id, Calendar: x.Calendar})
	}
}

func (r *reader) arrivals() {
	r.p.Arrivals.OnWallClock = true
	if r.file.Between == nil {
		r.fault("arrival_time_distribution: none")
		return
	}
	var err error
	if r.p.Arrivals.Between, err = r.law(*r.file.Between, "arrival_time_distribution"); err != nil {
		r.fault("arrival_time_distribution: %w", err)
	}
}

// known returns whether the diagram has a node of the identifier; one that it
// lacks is passed over with a warning, as Prosimos does without.
func (r *reader) known(id, section string) *bpmn.Node {
	n := r.p.Diagram.Node(id)
	if n == nil {
		r.warn("%s: %q is no node of the diagram and is left out", section, id)
	}
	return n
}

func (r *reader) tasks() {
	for _, t := range r.file.Tasks {
		if r.known(t.Task, "task_resource_distribution") == nil {
			continue
		}
		if _, twice := r.p.Tasks[t.Task]; twice {
			r.fault("task %q stands twice", t.Task)
			continue
		}
		out := twin.Task{}
		times := map[string]twin.Distribution{}
		same := true
		for i, x := range t.Resources {
			pool, ok := r.poolOf[x.Resource]
			if !ok {
				r.fault("task %q: resource %q is in no profile", t.Task, x.Resource)
				continue
			}
			d, err := r.law(x.distribution, fmt.Sprintf("task %q", t.Task))
			if err != nil {
				r.fault("task %q, resource %q: %w", t.Task, x.Resource, err)
				continue
			}
			if i == 0 {
				out.Time = d
			}
			same = same && reflect.DeepEqual(d, out.Time)
			if !slices.Contains(out.Pools, pool) {
				out.Pools = append(out.Pools, pool)
			}
			for _, m := range r.members[x.Resource] {
				times[m] = d
			}
		}
		if len(t.Resources) == 0 {
			r.fault("task %q: no resource", t.Task)
		}
		if !same {
			out.Time, out.ByPool = twin.Distribution{}, times
		}
		r.p.Tasks[t.Task] = out
	}
	for _, n := range r.p.Diagram.Nodes {
		if _, ok := r.p.Tasks[n.ID]; n.IsTask() && !ok {
			r.fault("task %q: no resource does it", n.ID)
		}
	}
}

func (r *reader) events() {
	for _, e := range r.file.Events {
		if r.known(e.Event, "event_distribution") == nil {
			continue
		}
		d, err := r.law(e.distribution, fmt.Sprintf("event %q", e.Event))
		if err != nil {
			r.fault("event %q: %w", e.Event, err)
			continue
		}
		r.p.Tasks[e.Event] = twin.Task{Time: d}
	}
}

// gateways reads the probabilities. Flows without one share what is left, as in
// Prosimos.
func (r *reader) gateways() {
	flows := map[string]string{}
	for _, f := range r.p.Diagram.Flows {
		flows[f.ID] = f.Source
	}
	for _, g := range r.file.Gateways {
		if r.known(g.Gateway, "gateway_branching_probabilities") == nil {
			continue
		}
		rest, without := 1.0, 0
		for _, p := range g.Paths {
			if p.Value == nil {
				without++
			} else {
				rest -= float64(*p.Value)
			}
		}
		for _, p := range g.Paths {
			if flows[p.Path] != g.Gateway {
				r.fault("gateway %q: %q is no flow out of it", g.Gateway, p.Path)
				continue
			}
			if p.Condition != "" && r.condition(p.Path, p.Condition) {
				continue
			}
			if p.Value != nil {
				r.p.Branches[p.Path] = float64(*p.Value)
				continue
			}
			r.p.Branches[p.Path] = max(rest, 0) / float64(without)
			r.warn("gateway %q, flow %q: no probability: it has %v, its share of what is left", g.Gateway, p.Path, r.p.Branches[p.Path])
		}
	}
}
