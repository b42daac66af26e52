package studio

import (
	"math"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// number is an estimate as a table shows it: the value and its interval.
type number struct{ Value, Range string }

func level(k experiment.KPI, lang terms.Lang) number {
	write := lang.Together(k.Unit, float64(k.Mean), float64(k.Low), float64(k.High))
	n := number{Value: write(float64(k.Mean))}
	if !math.IsNaN(float64(k.Low)) {
		n.Range = lang.T("whatif.interval", write(float64(k.Low)), write(float64(k.High)))
	}
	return n
}

// change is a paired difference in words: with its sign, or that it is within noise.
func change(d experiment.Difference, lang terms.Lang) number {
	if math.IsNaN(float64(d.Difference)) {
		return number{Value: measure.Unknown}
	}
	write := lang.Changes(d.Unit, float64(d.Difference), float64(d.Low), float64(d.High))
	n := number{Value: write(float64(d.Difference))}
	if math.IsNaN(float64(d.Low)) {
		return n
	}
	n.Range = lang.T("whatif.interval", write(float64(d.Low)), write(float64(d.High)))
	if d.Low <= 0 && d.High >= 0 {
		n.Value = lang.T("whatif.noise")
	}
	return n
}

// nodeName is the name of a node that a lever means, with its process where the model has
// several.
func nodeName(m *twin.Model, process, id string, lang terms.Lang) string {
	if process == "" {
		if p, rest, ok := strings.Cut(id, "/"); ok {
			process, id = p, rest
		}
	}
	for _, p := range m.Processes {
		if process != "" && p.ID != process {
			continue
		}
		name := p.Labels[id].In(string(lang))
		if name == "" && p.Diagram != nil { // a model that was fitted to a log names its steps in the diagram
			p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
				if n := scope.Node(id); n != nil {
					name = n.Name
				}
			})
		}
		if name == "" {
			continue
		}
		if len(m.Processes) > 1 {
			name += " (" + p.Name.In(string(lang)) + ")"
		}
		return name
	}
	return id
}

func poolName(m *twin.Model, id string, lang terms.Lang) string {
	for _, p := range m.Pools {
		if p.ID == id && p.Name != (twin.Text{}) {
			return p.Name.In(string(lang))
		}
	}
	return id
}

func processName(m *twin.Model, id string, lang terms.Lang) string {
	for _, p := range m.Processes {
		if p.ID == id && p.Name != (twin.Text{}) {
			return p.Name.In(string(lang))
		}
	}
	return id
}

// readyName is the name of a ready scenario; of one without a name, what its levers do.
func readyName(m *twin.Model, s *scenario.Scenario, lang terms.Lang) string {
	if name := s.Name.In(string(lang)); name != "" {
		return name
	}
	var out []string
	for _, l := range s.Levers {
		out = append(out, sentence(m, l, lang))
	}
	return strings.Join(out, "; ")
}

// sentence says what a lever does.
func sentence(m *twin.Model, l scenario.Lever, lang terms.Lang) string {
	node := func(id string) string { return nodeName(m, l.Process, id, lang) }
	say := func(args ...any) string { return lang.T("lever."+string(l.Kind)+".words", args...) }
	switch l.Kind {
	case scenario.Step, scenario.Delay:
		if l.Time != nil {
			return lang.T("lever."+string(l.Kind)+".time", node(l.Target), law(*l.Time, lang))
		}
		return say(node(l.Target), lang.Percent(l.Scale, 1))
	case scenario.Automate:
		return say(node(l.Target), law(*l.Time, lang))
	case scenario.Remove:
		return say(node(l.Target))
	case scenario.Parallel:
		return say(node(l.Target), node(l.Until))
	case scenario.Branch:
		return say(flowName(m, l.Process, l.Target, lang), lang.Percent(l.Share, 1))
	case scenario.Rule:
		return say(flowName(m, l.Process, l.Target, lang), strings.TrimPrefix(l.Line(), "{rule: "))
	case scenario.Batch:
		if len(l.Days) == 0 {
			return lang.T("lever.batch.none", node(l.Target))
		}
		var days []string
		for _, d := range l.Days {
			days = append(days, lang.T("weekday."+strings.ToLower(twin.Day(d))))
		}
		text := strings.Join(days, ", ")
		if l.At != 0 {
			text += " " + twin.FormatClock(l.At)
		}
		return say(node(l.Target), text)
	case scenario.Pool:
		if l.Size != 0 {
			return lang.T("lever.pool.size", poolName(m, l.Target, lang), lang.Int(int64(l.Size)))
		}
		return say(poolName(m, l.Target, lang), signedInt(l.Change, lang))
	case scenario.Calendar:
		name := l.To
		for _, c := range m.Calendars {
			if c.ID == l.To && c.Name != (twin.Text{}) {
				name = c.Name.In(string(lang))
			}
		}
		return say(poolName(m, l.Target, lang), name)
	case scenario.Order:
		return say(poolName(m, l.Target, lang), lang.T("queue."+l.To))
	case scenario.Skill:
		return say(l.Target, l.To, lang.Int(int64(max(1, l.Level))))
	case scenario.Priority:
		return say(node(l.Target), signedInt(l.Change, lang))
	case scenario.Release:
		if l.WorkingDays == nil {
			return lang.T("lever.release.at-once", node(l.Target))
		}
		return say(node(l.Target), lang.Float(*l.WorkingDays, 1))
	case scenario.Control:
		return say(processName(m, l.Target, lang), lang.Int(int64(l.ControlDays)))
	case scenario.Arrivals:
		return say(processName(m, l.Target, lang), lang.Percent(l.Scale, 1))
	case scenario.Surge:
		return say(processName(m, l.Target, lang), l.Period.String(), lang.Percent(l.Scale, 1))
	case scenario.Gate:
		return say(processName(m, l.Target, lang), lang.Int(int64(l.Size)))
	}
	return l.Line()
}

func signedInt(n int, lang terms.Lang) string {
	if n < 0 {
		return "−" + lang.Int(int64(-n))
	}
	return "+" + lang.Int(int64(n))
}

// flowName is where a flow leads: its own name, or the names of its ends.
func flowName(m *twin.Model, process, id string, lang terms.Lang) string {
	if process == "" {
		if p, rest, ok := strings.Cut(id, "/"); ok {
			process, id = p, rest
		}
	}
	for _, f := range flows(m) {
		if f.Flow.ID == id && (process == "" || f.Process.ID == process) {
			return f.name(m, lang)
		}
	}
	return id
}

// law says a law of durations: its name, its mean and spread.
func law(d twin.Distribution, lang terms.Lang) string {
	if d.Law == "" {
		return measure.Unknown
	}
	mean := lang.Seconds(d.Average())
	scale := d.Scale
	if scale == 0 {
		scale = 1
	}
	switch d.Law {
	case "fixed":
		return mean
	case "uniform", "triangular":
		return lang.T("law.between", lang.T("law."+d.Law), lang.Seconds(d.Min*scale), lang.Seconds(d.Max*scale))
	case "normal", "lognormal", "gamma":
		return lang.T("law.spread", lang.T("law."+d.Law), mean, lang.Seconds(d.SD*scale))
	}
	return lang.T("law.mean", lang.T("law."+d.Law), mean)
}
