package prosimos

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Write writes one process of a twin, with the pools and calendars that it needs, as a
// diagram and a file of parameters. The warnings list what of the twin could not be
// written, or means something else there; an unknown process is an error.
func Write(diagram, parameters io.Writer, m *twin.Model, process string) ([]error, error) {
	i := slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == process })
	if i < 0 {
		return nil, fmt.Errorf("writing Prosimos files: the model has no process %q", process)
	}
	w := &writer{m: m, p: m.Processes[i]}
	d := &bpmn.Definitions{ID: "definitions", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{w.p.Diagram}, Causes: w.p.Causes, Diagram: w.p.Layout}
	if err := bpmn.Write(diagram, d); err != nil {
		return nil, fmt.Errorf("writing the diagram: %w", err)
	}
	tasks := w.tasks() // first: it finds which resources and calendars are needed
	profiles := w.profiles()
	gateways := w.gateways()
	out := map[string]any{
		"arrival_time_distribution": w.law(w.p.Arrivals.Between, twin.Text{RU: "поступление дел", EN: "arrivals"}), "arrival_time_calendar": w.periods(w.p.Arrivals.Calendar),
		"task_resource_distribution": tasks, "event_distribution": w.events(), "gateway_branching_probabilities": gateways,
		"resource_profiles": profiles, "resource_calendars": w.calendars(), "batch_processing": w.batches(),
		"case_attributes": w.attributes(), "prioritisation_rules": w.priorities(), "branch_rules": w.rules,
	}
	w.losses()
	e := json.NewEncoder(parameters)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("writing the parameters: %w", err)
	}
	return w.warnings, nil
}

// place names what a warning is about.
func place(ru, en, id string) twin.Text {
	return twin.Text{RU: fmt.Sprintf("%s %q", ru, id), EN: fmt.Sprintf("%s %q", en, id)}
}

type writer struct {
	m        *twin.Model
	p        *twin.Process
	used     []string // calendars of resources
	idle     []string // tasks that nobody does
	rules    []any
	warnings []error
}

func (w *writer) warn(en, ru string, args ...any) {
	d := measure.Doubtf(en, ru, args...)
	if !slices.ContainsFunc(w.warnings, func(said error) bool { return said.Error() == d.EN }) {
		w.warnings = append(w.warnings, d)
	}
}

// unlimited is the resource of tasks that nobody does, which Prosimos does not have:
// many people.
const (
	unlimited = "nobody"
	many      = 10_000
)

type object = map[string]any

func values(x ...float64) []any {
	out := []any{}
	for _, v := range x {
		out = append(out, object{"value": v})
	}
	return out
}

// never is written for no upper bound.
const never = 1e12

// law returns the distribution in the words of Prosimos.
func (w *writer) law(d twin.Distribution, of twin.Text) object {
	scale := d.Scale
	if scale == 0 {
		scale = 1
	}
	high := d.Max * scale
	if d.Max == 0 {
		high = never
	}
	name, params := "", []any(nil)
	switch d.Law {
	case "fixed":
		name, params = "fix", values(d.Value*scale)
	case "exponential":
		name, params = "expon", values(d.Mean*scale, d.Min*scale, high)
	case "uniform":
		name, params = "uniform", values(d.Min*scale, d.Max*scale)
	case "normal":
		name, params = "norm", values(d.Mean*scale, d.SD*scale, d.Min*scale, high)
	case "lognormal", "gamma":
		name = map[string]string{"lognormal": "lognorm", "gamma": "gamma"}[d.Law]
		params = values(d.Mean*scale, d.SD*d.SD*scale*scale, d.Min*scale, high)
	case "triangular":
		w.warn("%s: a triangular law is written as the uniform one of its bounds",
			"%s: треугольный закон записан равномерным в его границах", of)
		name, params = "uniform", values(d.Min*scale, d.Max*scale)
	case "empirical":
		var cdf, middle []float64
		for i, x := range d.Sample {
			if i+1 < len(d.Sample) && d.Sample[i+1] == x {
				continue
			}
			cdf, middle = append(cdf, float64(i+1)/float64(len(d.Sample))), append(middle, x*scale)
		}
		return object{"distribution_name": "histogram_sampling", "distribution_params": []any{}, "histogram_data": object{"cdf": cdf, "bin_midpoints": middle}}
	default:
		name, params = "fix", values(0)
	}
	return object{"distribution_name": name, "distribution_params": params}
}

// periods returns the weekly hours of a calendar.
func (w *writer) periods(id string) []any {
	always := []any{object{"from": "MONDAY", "to": "SUNDAY", "beginTime": "00:00:00", "endTime": "23:59:59.999999"}}
	i := slices.IndexFunc(w.m.Calendars, func(c twin.Calendar) bool { return c.ID == id })
	if i < 0 {
		return always
	}
	c := &w.m.Calendars[i]
	if c.Production || len(c.Off) > 0 {
		w.warn("calendar %q: holidays and days off cannot be written: its weeks are all alike",
			"календарь %q: праздники и выходные дни записать нельзя: все его недели одинаковы", id)
	}
	if len(c.Week) == 0 {
		return always
	}
	var out []any
	clock := func(d time.Duration) string {
		if d == 24*time.Hour {
			return "23:59:59.999999"
		}
		return time.Time{}.Add(d).Format("15:04:05.999999")
	}
	for _, iv := range c.Week {
		for d := iv.From; ; d = (d + 1) % 7 { // day by day: stretches over Sunday are read otherwise by some
			out = append(out, object{"from": days[d], "to": days[d], "beginTime": clock(iv.Begin), "endTime": clock(iv.End)})
			if d == iv.To {
				break
			}
		}
	}
	return out
}

// resourceOf is a resource of a pool: a member, or all people alike.
type resourceOf struct {
	id, pool, calendar string
	amount             int
	member             bool
}

func (w *writer) resources(pool string) []resourceOf {
	i := slices.IndexFunc(w.m.Pools, func(p twin.Pool) bool { return p.ID == pool })
	if i < 0 {
		return nil
	}
	p := &w.m.Pools[i]
	if len(p.Members) == 0 {
		return []resourceOf{{id: p.ID, pool: p.ID, calendar: p.Calendar, amount: p.Size}}
	}
	var out []resourceOf
	for _, m := range p.Members {
		calendar := m.Calendar
		if calendar == "" {
			calendar = p.Calendar
		}
		out = append(out, resourceOf{m.ID, p.ID, calendar, 1, true})
	}
	return out
}

// needed returns the pools of the process, in the order of the model.
func (w *writer) needed() []string {
	var out []string
	for _, p := range w.m.Pools {
		if slices.ContainsFunc(slices.Collect(maps.Values(w.p.Tasks)), func(t twin.Task) bool { return slices.Contains(t.Pools, p.ID) }) {
			out = append(out, p.ID)
		}
	}
	return out
}

func (w *writer) profiles() []any {
	out := []any{}
	for _, id := range w.needed() {
		p := &w.m.Pools[slices.IndexFunc(w.m.Pools, func(p twin.Pool) bool { return p.ID == id })]
		list := []any{}
		for _, r := range w.resources(id) {
			calendar := r.calendar
			if calendar == "" {
				calendar = "always"
			}
			if !slices.Contains(w.used, calendar) {
				w.used = append(w.used, calendar)
			}
			var does []string
			for _, task := range slices.Sorted(maps.Keys(w.p.Tasks)) {
				if slices.Contains(w.p.Tasks[task].Pools, id) {
					does = append(does, task)
				}
			}
			list = append(list, object{"id": r.id, "name": r.id, "cost_per_hour": p.CostPerHour, "amount": r.amount, "calendar": calendar, "assignedTasks": does})
		}
		name := p.Name.In("en")
		if name == "" {
			name = id
		}
		out = append(out, object{"id": id, "name": name, "resource_list": list})
		if p.Preempt || p.AtOnce != 0 && p.AtOnce != 1 || p.OffShift != "" && p.OffShift != twin.Pause || p.Queue == twin.EarliestDue || p.Queue == twin.Shortest {
			w.warn("pool %q: interruption, several things at once, ways to end a shift and orders of work other than by priority cannot be written",
				"группа исполнителей %q: прерывание работы, несколько дел сразу, завершение смены и порядок работы не по приоритету записать нельзя", id)
		}
		if slices.ContainsFunc(p.Members, func(m twin.Member) bool { return m.Efficiency != 0 || len(m.Skills) > 0 || len(m.Absent) > 0 }) {
			w.warn("pool %q: pace, skills and absence of members cannot be written",
				"группа исполнителей %q: темп, навыки и отсутствие людей записать нельзя", id)
		}
	}
	if len(w.idle) > 0 {
		if !slices.Contains(w.used, "always") {
			w.used = append(w.used, "always")
		}
		out = append(out, object{"id": unlimited, "name": unlimited, "resource_list": []any{object{"id": unlimited, "name": unlimited, "cost_per_hour": 0, "amount": many, "calendar": "always", "assignedTasks": w.idle}}})
	}
	return out
}

func (w *writer) calendars() []any {
	out := []any{}
	for _, id := range w.used {
		out = append(out, object{"id": id, "name": id, "time_periods": w.periods(id)})
	}
	return out
}

func (w *writer) tasks() []any {
	out := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.p.Tasks)) {
		t := w.p.Tasks[id]
		if n := w.p.Diagram.Node(id); len(t.Pools) == 0 && n != nil && n.IsTask() {
			row := w.law(t.Time, place("задача", "task", id))
			row["resource_id"] = unlimited
			out = append(out, object{"task_id": id, "resources": []any{row}})
			w.idle = append(w.idle, id)
			w.warn("task %q: nobody does it; a resource of %d who are always there stands in",
				"задача %q: исполнителя у неё нет; вместо него записан ресурс из %d всегда свободных", id, many)
		}
		if len(t.Pools) == 0 {
			continue
		}
		list := []any{}
		for _, pool := range t.Pools {
			for _, r := range w.resources(pool) {
				d := t.Time
				if own, ok := t.ByPool[pool]; ok {
					d = own
				}
				if own, ok := t.ByPool[r.id]; ok && r.member {
					d = own
				}
				row := w.law(d, place("задача", "task", id))
				row["resource_id"] = r.id
				list = append(list, row)
			}
		}
		out = append(out, object{"task_id": id, "resources": list})
		if t.Delay.Law != "" || t.NotBefore != nil || t.SetUp.Law != "" || t.Patience.Law != "" || t.Room != nil || t.Skill != "" || t.Priority != 0 {
			w.warn("task %q: delay, release, set-up, patience, room, skill and priority cannot be written",
				"задача %q: задержку, дату выпуска, подготовку, терпение, место, навык и приоритет записать нельзя", id)
		}
	}
	return out
}

func (w *writer) events() []any {
	out := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.p.Tasks)) {
		t := w.p.Tasks[id]
		if len(t.Pools) > 0 {
			continue
		}
		if n := w.p.Diagram.Node(id); n == nil || !n.IsEvent() {
			continue
		}
		if t.Calendar != "" {
			w.warn("event %q: its calendar cannot be written: it passes by the wall clock",
				"событие %q: его календарь записать нельзя: оно проходит по календарному времени", id)
		}
		row := w.law(t.Time, place("событие", "event", id))
		row["event_id"] = id
		out = append(out, row)
	}
	return out
}

func (w *writer) gateways() []any {
	out := []any{}
	for _, n := range w.p.Diagram.Nodes {
		paths := []any{}
		for _, f := range w.p.Diagram.Flows {
			share, shared := w.p.Branches[f.ID]
			rule, ruled := w.p.Rules[f.ID]
			if f.Source != n.ID || !shared && !ruled {
				continue
			}
			path := object{"path_id": f.ID, "value": share}
			if ruled {
				if lines, ok := w.lines(rule, place("переход", "flow", f.ID)); ok {
					path["condition_id"] = "rule-" + f.ID
					w.rules = append(w.rules, object{"id": "rule-" + f.ID, "rules": lines})
				}
			}
			paths = append(paths, path)
		}
		if len(paths) > 0 {
			out = append(out, object{"gateway_id": n.ID, "probabilities": paths})
		}
	}
	if len(w.p.Decay) > 0 {
		w.warn("shares that fall with each visit cannot be written: they stay as they are",
			"доли, которые убывают с каждым возвратом, записать нельзя: они остаются прежними")
	}
	return out
}

// lines returns a rule in the words of Prosimos; false where it cannot be said.
func (w *writer) lines(r twin.Rule, of twin.Text) ([][]any, bool) {
	var out [][]any
	for _, line := range r {
		var conditions []any
		for _, c := range line {
			add := func(comparison string, value any) {
				conditions = append(conditions, object{"attribute": c.Attribute, "comparison": comparison, "value": value})
			}
			switch {
			case c.Node != "":
				w.warn("%s: a condition on what happened before cannot be written",
					"%s: условие о том, что было раньше, записать нельзя", of)
				return nil, false
			case len(c.Is) == 1 && c.Not:
				add("!=", c.Is[0])
			case len(c.Is) == 1:
				add("=", c.Is[0])
			case c.Not:
				w.warn("%s: a condition turned round on several values cannot be written",
					"%s: отрицание условия о нескольких значениях записать нельзя", of)
				return nil, false
			case len(c.Is) > 1:
				add("in", c.Is)
			default:
				if c.From != nil {
					add(">=", strconv.FormatFloat(*c.From, 'g', -1, 64))
				}
				if c.Below != nil {
					add("<", strconv.FormatFloat(*c.Below, 'g', -1, 64))
				}
			}
		}
		out = append(out, conditions)
	}
	return out, len(out) > 0
}

func (w *writer) attributes() []any {
	out := []any{}
	for _, a := range w.p.Attributes {
		if a.Number.Law != "" {
			out = append(out, object{"name": a.ID, "type": "continuous", "values": w.law(a.Number, place("признак", "attribute", a.ID))})
			continue
		}
		list := []any{}
		for _, v := range slices.Sorted(maps.Keys(a.Shares)) {
			list = append(list, object{"key": v, "value": a.Shares[v]})
		}
		out = append(out, object{"name": a.ID, "type": "discrete", "values": list})
	}
	return out
}

func (w *writer) priorities() []any {
	out := []any{}
	levels := slices.Clone(w.p.Priorities)
	slices.SortStableFunc(levels, func(a, b twin.Priority) int { return b.Level - a.Level })
	for i, p := range levels {
		if len(p.When) == 0 { // the rest, which goes last there too
			continue
		}
		if lines, ok := w.lines(p.When, twin.Text{RU: "приоритет", EN: "priority"}); ok {
			out = append(out, object{"priority_level": i + 1, "rules": lines})
		}
	}
	return out
}

func (w *writer) batches() []any {
	out := []any{}
	for _, id := range slices.Sorted(maps.Keys(w.p.Tasks)) {
		b := w.p.Tasks[id].Batch
		if b == nil {
			continue
		}
		row := object{"task_id": id, "type": "Sequential", "batch_frequency": 1.0, "size_distrib": []any{}, "duration_distrib": []any{}}
		if b.Together {
			factor := b.Factor
			if factor == 0 {
				factor = 1
			}
			size := strconv.Itoa(max(b.Size, 2))
			row["type"], row["size_distrib"], row["duration_distrib"] = "Parallel", []any{object{"key": size, "value": 1.0}}, []any{object{"key": size, "value": factor}}
		}
		var rules [][]any
		if b.Size > 0 {
			rules = append(rules, []any{object{"attribute": "size", "comparison": ">=", "value": b.Size}})
		}
		if b.Wait > 0 {
			rules = append(rules, []any{object{"attribute": "large_wt", "comparison": ">=", "value": b.Wait}})
		}
		for _, d := range b.Days {
			rules = append(rules, []any{object{"attribute": "week_day", "comparison": "=", "value": days[d][:1] + strings.ToLower(days[d][1:])},
				object{"attribute": "daily_hour", "comparison": "=", "value": strconv.FormatFloat(b.At.Hours(), 'g', -1, 64)}})
		}
		if b.OutOfTurn != nil || b.Calendar != "" {
			w.warn("task %q: letting cases through out of turn, and days off of a batch, cannot be written",
				"задача %q: пропуск дел вне очереди и нерабочие дни пакета записать нельзя", id)
		}
		row["firing_rules"] = rules
		out = append(out, row)
	}
	return out
}

// losses lists what else of the process stays behind.
func (w *writer) losses() {
	p := w.p
	if p.Limit != nil || p.DeliveredBy != "" || p.RequestedBy != "" || p.LeadTime != (twin.Span{}) {
		w.warn("the legal limit and the milestones of the process cannot be written",
			"нормативный срок и события начала и конца процесса записать нельзя")
	}
	if p.StageCorrelation != 0 {
		w.warn("the correlation of the times of a case cannot be written",
			"связь времён одного дела записать нельзя")
	}
	if a := p.Arrivals; a.Month != [12]float64{} || a.Hours != [168]float64{} || len(a.Surges) > 0 || a.Moments != nil {
		w.warn("arrivals: weights of months and hours, surges and set moments cannot be written",
			"поступление дел: веса месяцев и часов, всплески и заданные моменты записать нельзя")
	}
	if p.Arrivals.Calendar != "" && !p.Arrivals.OnWallClock {
		w.warn("arrivals: the time between two passes in the hours of their calendar; in Prosimos it runs on at night",
			"поступление дел: промежуток между делами идёт в часы его календаря; в Prosimos он идёт и ночью")
	}
	if p.MostAtOnce > 0 {
		w.warn("an entry gate cannot be written",
			"ограничение числа дел на входе записать нельзя")
	}
	for _, n := range p.Diagram.Nodes {
		if n.Kind == bpmn.SubProcess || n.Kind == bpmn.CallActivity || n.Kind == bpmn.BoundaryEvent || n.Loop != nil {
			w.warn("the diagram holds sub-processes, calls, boundary events or repetition, which Prosimos does not run",
				"на схеме есть подпроцессы, вызовы, граничные события или повторения, которых Prosimos не исполняет")
		}
	}
}
