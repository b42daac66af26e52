package studio

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
	"github.com/uprava/uprava/twin/yamlfile"
)

// leverKinds in the order in which the form offers them.
var leverKinds = []scenario.Kind{scenario.Step, scenario.Delay, scenario.Automate, scenario.Remove, scenario.Parallel, scenario.Batch, scenario.Release, scenario.Control,
	scenario.Pool, scenario.Calendar, scenario.Order, scenario.Skill, scenario.Branch, scenario.Rule, scenario.Priority, scenario.Arrivals, scenario.Surge, scenario.Gate}

// field is one thing that a form of a lever asks for.
type field struct {
	Name, Label, Type, Unit, Value, Min, Max, Step, Hint string
	Required                                             bool
	Groups                                               []group // of a choice
}

// group is a named part of a choice.
type group struct {
	Name    string
	Options []option
}

type option struct {
	Value, Text string
	Chosen      bool
}

// leverForm is what a kind of lever asks for on a model, with the values as they are.
func (x *place) leverForm(kind scenario.Kind, lang terms.Lang) []field {
	t := func(key string, args ...any) string { return lang.T("lever.field."+key, args...) }
	target := field{Name: "target", Type: "choice", Required: true}
	number := func(name, label, unit, value, low, high, step string) field {
		return field{Name: name, Label: t(label), Type: "number", Unit: unit, Value: value, Min: low, Max: high, Step: step}
	}
	length := []field{number("length", "length", "", "", "0", "", "any"),
		{Name: "unit", Label: t("unit"), Type: "choice", Groups: []group{{Options: []option{{"min", lang.T("unit.minutes"), true}, {"h", lang.T("unit.hours"), false}, {"d", lang.T("unit.days"), false}}}}}}
	laws := field{Name: "law", Label: t("law"), Type: "choice", Groups: []group{{Options: []option{{"fixed", lang.T("law.fixed"), true}, {"exponential", lang.T("law.exponential"), false}, {"lognormal", lang.T("law.lognormal"), false}}}}}
	switch kind {
	case scenario.Step, scenario.Delay:
		target.Label, target.Groups = t("step"), x.steps(lang, kind == scenario.Delay)
		return slices.Concat([]field{target, number("percent", "percent", "%", "50", "1", "1000", "any")}, length, []field{laws})
	case scenario.Automate:
		target.Label, target.Groups = t("step"), x.steps(lang, false)
		length[0].Value = "1"
		return slices.Concat([]field{target}, length)
	case scenario.Remove:
		target.Label, target.Groups = t("step"), x.steps(lang, false)
		return []field{target}
	case scenario.Parallel:
		target.Label, target.Groups = t("from"), x.steps(lang, false)
		until := target
		until.Name, until.Label = "until", t("until")
		return []field{target, until}
	case scenario.Batch:
		target.Label, target.Groups = t("step"), x.steps(lang, false)
		days := field{Name: "days", Label: t("days"), Type: "days", Hint: t("days.hint")}
		for d := 1; d <= 7; d++ {
			day := twin.Day(time.Weekday(d % 7))
			days.Groups = append(days.Groups, group{Options: []option{{day, lang.T("weekday." + strings.ToLower(day)), d <= 5}}})
		}
		return []field{target, days, {Name: "at", Label: t("at"), Type: "time", Value: "15:00"}}
	case scenario.Release:
		target.Label, target.Groups = t("step"), x.steps(lang, false)
		f := number("working-days", "working-days", lang.T("unit.working-days"), "", "0", "250", "any")
		f.Hint = t("working-days.hint")
		return []field{target, f}
	case scenario.Priority:
		target.Label, target.Groups = t("step"), x.steps(lang, false)
		return []field{target, number("change", "priority", "", "1", "-9", "9", "1")}
	case scenario.Control:
		target.Label, target.Groups = t("process"), x.ofProcesses(lang, func(p *twin.Process) string {
			if p.Limit == nil {
				return ""
			}
			return t("control.now", lang.Int(int64(p.Limit.ControlDays)), lang.Int(int64(p.Limit.Days)))
		})
		return []field{target, number("number", "control", lang.T("unit.calendar-days"), "", "0", "365", "1")}
	case scenario.Pool:
		target.Label, target.Groups = t("pool"), x.pools(lang)
		return []field{target, number("change", "people", lang.T("unit.people"), "1", "-99", "99", "1")}
	case scenario.Calendar:
		target.Label, target.Groups = t("pool"), x.pools(lang)
		to := field{Name: "to", Label: t("calendar"), Type: "choice", Required: true}
		var list []option
		for _, c := range x.bench.Model.Calendars {
			list = append(list, option{c.ID, c.Name.In(string(lang)) + " — " + hours(c), false})
		}
		to.Groups = []group{{Options: list}}
		return []field{target, to}
	case scenario.Order:
		target.Label, target.Groups = t("pool"), x.pools(lang)
		to := field{Name: "to", Label: t("queue"), Type: "choice", Required: true}
		var list []option
		for _, q := range []twin.Queue{twin.FIFO, twin.EarliestDue, twin.Shortest, twin.MostUrgent} {
			list = append(list, option{string(q), lang.T("queue." + string(q)), false})
		}
		to.Groups = []group{{Options: list}}
		return []field{target, to}
	case scenario.Skill:
		target.Label, target.Groups = t("person"), x.people(lang)
		to := field{Name: "to", Label: t("skill"), Type: "choice", Required: true, Groups: []group{{Options: x.skills()}}}
		return []field{target, to, number("number", "level", "", "1", "1", "9", "1")}
	case scenario.Branch:
		target.Label, target.Groups = t("flow"), x.branches(lang)
		return []field{target, number("percent", "share", "%", "", "0", "100", "any")}
	case scenario.Rule:
		target.Label, target.Groups = t("flow"), x.branches(lang)
		return []field{target, {Name: "when", Label: t("when"), Type: "text", Required: true, Hint: x.ruleHint(lang)}}
	case scenario.Arrivals:
		target.Label, target.Groups = t("process"), x.arrivals(lang)
		return []field{target, number("percent", "percent", "%", "120", "1", "10000", "any")}
	case scenario.Surge:
		target.Label, target.Groups = t("process"), x.arrivals(lang)
		start := x.bench.Model.Start
		return []field{target, {Name: "first", Label: t("first"), Type: "date", Required: true, Value: start.AddDate(0, 2, 0).Format(time.DateOnly)},
			{Name: "last", Label: t("last"), Type: "date", Required: true, Value: start.AddDate(0, 3, -1).Format(time.DateOnly)}, number("percent", "percent", "%", "150", "1", "10000", "any")}
	case scenario.Gate:
		target.Label, target.Groups = t("process"), x.ofProcesses(lang, func(p *twin.Process) string {
			if p.MostAtOnce == 0 {
				return t("gate.none")
			}
			return lang.Int(int64(p.MostAtOnce))
		})
		return []field{target, number("number", "gate", "", "20", "1", "100000", "1")}
	}
	return nil
}

func hours(c twin.Calendar) string {
	var week []string
	for _, iv := range c.Week {
		week = append(week, twin.FormatInterval(iv))
	}
	return strings.Join(week, ", ")
}

// steps are the steps with a time, by process, each as it is: work, delay, least by law.
func (x *place) steps(lang terms.Lang, delayed bool) []group {
	var out []group
	for _, p := range x.processes() {
		g := group{Name: p.Name.In(string(lang))}
		for _, id := range nodeOrder(p) {
			task, ok := p.Tasks[id]
			if !ok || delayed && task.Delay.Law == "" {
				continue
			}
			now := []string{lang.T("lever.now.work", law(task.Time, lang))}
			if task.Delay.Law != "" {
				now = append(now, lang.T("lever.now.delay", law(task.Delay, lang)))
			}
			if task.AtLeast != nil {
				now = append(now, lang.T("lever.now.law", lang.Seconds(task.AtLeast.Seconds)))
			}
			name := p.Labels[id].In(string(lang))
			if name == "" {
				name = id
			}
			g.Options = append(g.Options, option{Value: p.ID + "/" + id, Text: name + " — " + strings.Join(now, "; ")})
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// nodeOrder are the nodes of a process from left to right as drawn, else as written.
func nodeOrder(p *twin.Process) []string {
	at := map[string]float64{}
	if p.Layout != nil {
		for _, s := range p.Layout.Shapes {
			at[s.Element] = s.X
		}
	}
	var ids []string
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			ids = append(ids, n.ID)
		}
	})
	slices.SortStableFunc(ids, func(a, b string) int {
		switch {
		case at[a] < at[b]:
			return -1
		case at[a] > at[b]:
			return 1
		}
		return 0
	})
	return ids
}

func (x *place) pools(lang terms.Lang) []group {
	var list []option
	for _, p := range x.bench.Model.Pools {
		n := max(p.Size, len(p.Members))
		calendar := p.Calendar
		for _, c := range x.bench.Model.Calendars {
			if c.ID == calendar {
				calendar = c.Name.In(string(lang))
			}
		}
		queue := p.Queue
		if queue == "" {
			queue = twin.FIFO
		}
		list = append(list, option{Value: p.ID, Text: fmt.Sprintf("%s — %s; %s; %s", poolName(x.bench.Model, p.ID, lang), lang.Int(int64(n))+" "+lang.T("unit.people"), calendar, lang.T("queue."+string(queue)))})
	}
	return []group{{Options: list}}
}

func (x *place) ofProcesses(lang terms.Lang, now func(*twin.Process) string) []group {
	var list []option
	for _, p := range x.processes() {
		if text := now(p); text != "" {
			list = append(list, option{Value: p.ID, Text: p.Name.In(string(lang)) + " — " + text})
		}
	}
	return []group{{Options: list}}
}

func (x *place) arrivals(lang terms.Lang) []group {
	return x.ofProcesses(lang, func(p *twin.Process) string {
		if p.Arrivals.Between.Law == "" {
			return ""
		}
		return lang.T("lever.now.arrivals", law(p.Arrivals.Between, lang))
	})
}

func (x *place) people(lang terms.Lang) []group {
	var out []group
	for _, p := range x.bench.Model.Pools {
		g := group{Name: poolName(x.bench.Model, p.ID, lang)}
		for _, m := range p.Members {
			text := m.ID
			for _, skill := range slices.Sorted(maps.Keys(m.Skills)) {
				text += fmt.Sprintf("; %s %d", skill, m.Skills[skill])
			}
			g.Options = append(g.Options, option{Value: m.ID, Text: text})
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// skills are those that a step asks for.
func (x *place) skills() []option {
	var ids []string
	for _, p := range x.bench.Model.Processes {
		for _, t := range p.Tasks {
			if t.Skill != "" && !slices.Contains(ids, t.Skill) {
				ids = append(ids, t.Skill)
			}
		}
	}
	slices.Sort(ids)
	var out []option
	for _, id := range ids {
		out = append(out, option{Value: id, Text: id})
	}
	return out
}

func (x *place) branches(lang terms.Lang) []group {
	var out []group
	for _, p := range x.processes() {
		g := group{Name: p.Name.In(string(lang))}
		for _, f := range flows(x.bench.Model) {
			if f.Process != p {
				continue
			}
			share, shared := p.Branches[f.Flow.ID]
			_, ruled := p.Rules[f.Flow.ID]
			switch {
			case ruled:
				g.Options = append(g.Options, option{Value: p.ID + "/" + f.Flow.ID, Text: f.name(x.bench.Model, lang) + " — " + lang.T("lever.now.rule")})
			case shared:
				g.Options = append(g.Options, option{Value: p.ID + "/" + f.Flow.ID, Text: f.name(x.bench.Model, lang) + " — " + lang.Percent(share, 1)})
			}
		}
		if len(g.Options) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// ruleHint says how a rule is written, with an attribute of the process.
func (x *place) ruleHint(lang terms.Lang) string {
	for _, p := range x.processes() {
		for _, a := range p.Attributes {
			if values := slices.Sorted(maps.Keys(a.Shares)); len(values) > 0 {
				return lang.T("lever.field.when.hint", fmt.Sprintf("[[{attribute: %s, is: [%s]}]]", a.ID, values[0]))
			}
		}
	}
	return lang.T("lever.field.when.hint", "[[{node: STEP, times: 2}]]")
}

// flow is a flow with the process and the scope that it stands in.
type flow struct {
	Process *twin.Process
	Scope   *bpmn.Process
	Flow    *bpmn.Flow
}

func flows(m *twin.Model) []flow {
	var out []flow
	for _, p := range m.Processes {
		p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
			for _, f := range scope.Flows {
				out = append(out, flow{p, scope, f})
			}
		})
	}
	return out
}

// name says from where to where a flow leads.
func (f flow) name(_ *twin.Model, lang terms.Lang) string {
	of := func(id string) string {
		if t, ok := f.Process.Labels[id]; ok {
			return t.In(string(lang))
		}
		if n := f.Scope.Node(id); n != nil && n.Name != "" {
			return n.Name
		}
		return id
	}
	name := of(f.Flow.Source) + " → " + of(f.Flow.Target)
	if label, ok := f.Process.Labels[f.Flow.ID]; ok {
		name += " (" + label.In(string(lang)) + ")"
	} else if f.Flow.Name != "" {
		name += " (" + f.Flow.Name + ")"
	}
	return name
}

// leverOf reads the form of a lever.
func leverOf(kind scenario.Kind, q url.Values) (scenario.Lever, error) {
	l := scenario.Lever{Kind: kind, Target: q.Get("target")}
	if l.Target == "" {
		return l, measure.Faultf("nothing is chosen to act on", "не выбрано, к чему относится мера")
	}
	switch kind {
	case scenario.Step, scenario.Delay, scenario.Automate, scenario.Remove, scenario.Parallel, scenario.Batch, scenario.Release, scenario.Priority, scenario.Branch, scenario.Rule:
		if p, rest, ok := strings.Cut(l.Target, "/"); ok {
			l.Process, l.Target = p, rest
		}
	}
	number := func(name string) (float64, error) {
		text := strings.ReplaceAll(strings.TrimSpace(q.Get(name)), ",", ".")
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, measure.Faultf("%s: found %q, wanted a number", "%s: указано «%s», нужно число", inputName(name), q.Get(name))
		}
		return x, nil
	}
	whole := func(name string) (int, error) {
		x, err := strconv.Atoi(strings.TrimSpace(q.Get(name)))
		if err != nil {
			return 0, measure.Faultf("%s: found %q, wanted a whole number", "%s: указано «%s», нужно целое число", inputName(name), q.Get(name))
		}
		return x, nil
	}
	var err error
	switch kind {
	case scenario.Step, scenario.Delay, scenario.Automate:
		if q.Get("length") == "" && kind != scenario.Automate {
			if l.Scale, err = number("percent"); err == nil {
				l.Scale /= 100
			}
			if err == nil && l.Scale <= 0 {
				err = measure.Faultf("percent: found %v, wanted more than 0", "проценты: указано %v, нужно больше 0", 100*l.Scale)
			}
			break
		}
		var d twin.Distribution
		if d, err = lawOf(q, number); err == nil {
			l.Time, err = &d, d.Validate()
		}
	case scenario.Parallel:
		_, l.Until, _ = strings.Cut(q.Get("until"), "/")
	case scenario.Batch:
		for _, day := range q["days"] {
			var d time.Weekday
			if d, err = twin.ParseWeekday(day); err != nil {
				return l, err
			}
			l.Days = append(l.Days, d)
		}
		if at := q.Get("at"); at != "" && len(l.Days) > 0 {
			l.At, err = twin.ParseClock(at)
		}
	case scenario.Release:
		if q.Get("working-days") != "" {
			var x float64
			if x, err = number("working-days"); err == nil {
				l.WorkingDays = &x
			}
		}
	case scenario.Priority, scenario.Pool:
		if l.Change, err = whole("change"); err == nil && l.Change == 0 {
			err = measure.Faultf("change: found 0, wanted more or less", "изменение: указан 0, нужно больше или меньше")
		}
	case scenario.Control:
		l.ControlDays, err = whole("number")
	case scenario.Gate:
		l.Size, err = whole("number")
	case scenario.Calendar, scenario.Order:
		l.To = q.Get("to")
	case scenario.Skill:
		l.To = q.Get("to")
		l.Level, err = whole("number")
	case scenario.Branch:
		if l.Share, err = number("percent"); err == nil {
			l.Share /= 100
		}
	case scenario.Arrivals, scenario.Surge:
		if l.Scale, err = number("percent"); err == nil {
			l.Scale /= 100
		}
		if err == nil && kind == scenario.Surge {
			l.Period, err = calendar.ParsePeriod(q.Get("first") + ".." + q.Get("last"))
		}
	case scenario.Rule:
		return scenario.ParseLine(fmt.Sprintf("{rule: %s, process: %s, when: %s}", l.Target, l.Process, strings.Join(strings.Fields(q.Get("when")), " ")))
	}
	if err != nil {
		return l, err
	}
	return scenario.ParseLine(l.Line()) // what its line cannot say is not a lever
}

// lawOf reads a length of time with its law.
func lawOf(q url.Values, number func(string) (float64, error)) (twin.Distribution, error) {
	x, err := number("length")
	if err != nil {
		return twin.Distribution{}, err
	}
	seconds, err := yamlfile.ParseSeconds(yamlfile.FormatNumber(x) + " " + q.Get("unit"))
	if err != nil {
		return twin.Distribution{}, err
	}
	switch q.Get("law") {
	case "exponential":
		return twin.Distribution{Law: "exponential", Mean: seconds}, nil
	case "lognormal": // with a spread of half the mean, a usual one of office work
		return twin.Distribution{Law: "lognormal", Mean: seconds, SD: seconds / 2}, nil
	}
	return twin.Distribution{Law: "fixed", Value: seconds}, nil
}
