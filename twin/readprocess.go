package twin

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin/yamlfile"
)

func (r *reader) process(root yamlfile.Value) {
	f := root.Mapping(append(relationKeys(), "id", "name", "unit", "category", "purpose", "client", "starts-with", "ends-with", "requested-by", "delivered-by", "lead-time", "arrivals", "limit", "tasks", "labels", "branches", "attributes", "priorities", "most-at-once", "stage-correlation")...)
	p := &Process{
		ID: needText(f, "id"), Name: words(f, "name"), Unit: optText(f, "unit"),
		Edges: edges(f), RequestedBy: optText(f, "requested-by"), DeliveredBy: optText(f, "delivered-by"),
		About:  About{Purpose: words(f, "purpose"), Client: words(f, "client"), Starts: words(f, "starts-with"), Ends: words(f, "ends-with")},
		Labels: map[string]Text{}, Tasks: map[string]Task{}, Branches: map[string]float64{}, Provenance: map[string]Provenance{},
	}
	if v, ok := f.Get("category"); ok {
		p.About.Category = Category(v.OneOf(texts(Categories)...))
	}
	r.at(root, "process", p.ID)
	for _, key := range []string{"unit", "category", "requested-by", "delivered-by", "lead-time", "arrivals", "limit", "tasks", "labels", "branches", "attributes", "priorities", "most-at-once"} {
		if v, ok := f.Get(key); ok {
			r.at(v, "process", p.ID, key)
		}
	}
	if v, ok := f.Get("stage-correlation"); ok {
		g := v.Mapping("value", "from")
		p.StageCorrelation = optNumber(g, "value")
		if from := provenance(g); from != (Provenance{}) {
			p.Provenance["stage-correlation"] = from
		}
		r.at(v, "process", p.ID, "stage-correlation")
	}
	if v, ok := f.Get("lead-time"); ok {
		g := v.Mapping("unit", "calendar")
		if u, ok := g.Need("unit"); ok {
			p.LeadTime = Span{u.OneOf(WorkingHour, WorkingDay), optText(g, "calendar")}
		}
	}
	if v, ok := f.Get("arrivals"); ok {
		p.Arrivals = r.arrivals(v)
	}
	if v, ok := f.Get("limit"); ok {
		p.Limit = r.limit(v)
	}
	if v, ok := f.Get("tasks"); ok {
		for _, e := range v.Entries() {
			t, name := r.task(e.Value)
			p.Tasks[e.Key] = t
			if name != (Text{}) {
				p.Labels[e.Key] = name
			}
			r.at(e.Value, "process", p.ID, "tasks", e.Key)
		}
	}
	if v, ok := f.Get("labels"); ok {
		for _, e := range v.Entries() {
			if _, twice := p.Labels[e.Key]; twice {
				e.Fault("the task %q is named already, under \"tasks\"", e.Key)
			}
			if name := wordsOf(e.Value); name != (Text{}) {
				p.Labels[e.Key] = name
			}
			r.at(e.Value, "process", p.ID, "labels", e.Key)
		}
	}
	if v, ok := f.Get("branches"); ok {
		for _, e := range v.Entries() {
			g := e.Value.Mapping("share", "decay", "when", "from")
			r.branch(p, e.Key, g)
			if from := provenance(g); from != (Provenance{}) {
				p.Provenance[e.Key] = from
			}
			r.at(e.Value, "process", p.ID, "branches", e.Key)
		}
	}
	p.MostAtOnce = optInt(f, "most-at-once")
	if v, ok := f.Get("attributes"); ok {
		for _, item := range v.List() {
			p.Attributes = append(p.Attributes, r.attribute(item))
		}
	}
	if v, ok := f.Get("priorities"); ok {
		for _, item := range v.List() {
			g := item.Mapping("when", "level")
			p.Priorities = append(p.Priorities, Priority{rule(g, "when"), optInt(g, "level")})
		}
	}
	r.diagram(p)
	r.m.Processes = append(r.m.Processes, p)
}

// branch reads a flow out of a gateway: its share, or the rule that decides.
func (r *reader) branch(p *Process, flow string, f yamlfile.Mapping) {
	_, ruled := f.Get("when")
	if ruled {
		if p.Rules == nil {
			p.Rules = map[string]Rule{}
		}
		p.Rules[flow] = rule(f, "when")
	}
	if share, ok := f.Get("share"); ok {
		p.Branches[flow] = share.Number()
	} else if !ruled {
		f.Need("share")
	}
	if decay, ok := f.Get("decay"); ok {
		if p.Decay == nil {
			p.Decay = map[string]float64{}
		}
		p.Decay[flow] = decay.Number()
	}
}

func rule(f yamlfile.Mapping, key string) Rule {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	return ReadRule(v)
}

// ReadRule reads a list of lines, any of which must hold, each a list of conditions,
// all of which must: [[{attribute: channel, is: [portal]}], [{node: T06, times: 2}]].
func ReadRule(v yamlfile.Value) Rule {
	lines := Rule{}
	for _, line := range v.List() {
		conditions := []Condition{}
		for _, item := range line.List() {
			g := item.Mapping("attribute", "is", "from", "below", "node", "times", "not")
			c := Condition{Attribute: optText(g, "attribute"), Is: optTexts(g, "is"), Node: optText(g, "node"), Times: optInt(g, "times"), Not: optBool(g, "not")}
			for _, bound := range []struct {
				key string
				to  **float64
			}{{"from", &c.From}, {"below", &c.Below}} {
				if v, ok := g.Get(bound.key); ok {
					x := v.Number()
					*bound.to = &x
				}
			}
			conditions = append(conditions, c)
		}
		lines = append(lines, conditions)
	}
	return lines
}

func (r *reader) attribute(v yamlfile.Value) Attribute {
	f := v.Mapping("id", "name", "shares", "number")
	a := Attribute{ID: needText(f, "id"), Name: words(f, "name")}
	if v, ok := f.Get("shares"); ok {
		a.Shares = map[string]float64{}
		for _, e := range v.Entries() {
			a.Shares[e.Key] = e.Number()
		}
	}
	if v, ok := f.Get("number"); ok {
		var file string
		if a.Number, file = readLaw(v, yamlfile.Value.Number); file != "" {
			v.Fault("found a sample in a file of its own, wanted it inline")
		}
	}
	return a
}

func (r *reader) arrivals(v yamlfile.Value) Arrivals {
	f := v.Mapping("between", "calendar", "on-wall-clock", "months", "hours", "surges", "moments", "from")
	a := Arrivals{Between: r.distribution(f, "between"), Calendar: optText(f, "calendar"), OnWallClock: optBool(f, "on-wall-clock"), Provenance: provenance(f)}
	if v, ok := f.Get("months"); ok {
		items := v.List()
		if len(items) != len(a.Month) {
			v.Fault("found %d weights, wanted one for each of the 12 months", len(items))
			return a
		}
		for i, item := range items {
			a.Month[i] = item.Number()
		}
	}
	if v, ok := f.Get("hours"); ok {
		r.hoursOfWeek(v, &a.Hours)
	}
	if v, ok := f.Get("surges"); ok {
		for _, item := range v.List() {
			g := item.Mapping("period", "factor")
			s := Surge{Factor: optNumber(g, "factor")}
			if v, ok := g.Need("period"); ok {
				var err error
				if s.Period, err = calendar.ParsePeriod(v.Text()); err != nil {
					v.Fault("%w", err)
				}
			}
			a.Surges = append(a.Surges, s)
		}
	}
	a.Moments = r.batch(f, "moments")
	return a
}

// hoursOfWeek reads weights of the 24 hours by day of the week; a day left out has
// none.
func (r *reader) hoursOfWeek(v yamlfile.Value, to *[168]float64) {
	for _, e := range v.Entries() {
		day, err := ParseWeekday(e.Key)
		if err != nil {
			e.Fault("%w", err)
			continue
		}
		items := e.List()
		if len(items) != 24 {
			e.Fault("found %d weights, wanted one for each of the 24 hours", len(items))
			continue
		}
		for i, item := range items {
			to[24*int(day)+i] = item.Number()
		}
	}
}

func (r *reader) limit(v yamlfile.Value) *Limit {
	f := v.Mapping("days", "unit", "calendar", "roll-forward", "control-days", "rule", "words", "others", "citation", "from")
	l := &Limit{
		Calendar: optText(f, "calendar"), RollForward: optBool(f, "roll-forward"), ControlDays: optInt(f, "control-days"),
		Citation: words(f, "citation"), Provenance: provenance(f),
	}
	l.Rule = optText(f, "rule")
	if v, ok := f.Get("words"); ok {
		l.Words = map[string]string{}
		for _, e := range v.Entries() {
			l.Words[e.Key] = e.Text()
		}
	}
	if v, ok := f.Need("days"); ok {
		l.Days = v.Integer()
	}
	if v, ok := f.Need("unit"); ok {
		l.Unit = v.OneOf(CalendarDay, WorkingDay)
	}
	if v, ok := f.Get("others"); ok {
		for _, item := range v.List() {
			g := item.Mapping("share", "node", "days", "citation")
			l.Others = append(l.Others, OtherLimit{optNumber(g, "share"), optText(g, "node"), optInt(g, "days"), words(g, "citation")})
		}
	}
	return l
}

func (r *reader) task(v yamlfile.Value) (Task, Text) {
	f := v.Mapping("name", "pools", "time", "delay", "delay-calendar", "calendar", "by-pool", "batch", "not-before", "skill", "level", "priority", "set-up", "patience", "room", "suspends", "at-least", "cost", "repeat", "from")
	t := Task{Pools: optTexts(f, "pools"), Time: r.distribution(f, "time"), Delay: r.distribution(f, "delay"), DelayCalendar: optText(f, "delay-calendar"), Calendar: optText(f, "calendar"), Provenance: provenance(f)}
	if v, ok := f.Get("by-pool"); ok {
		for _, e := range v.Entries() {
			if t.ByPool == nil {
				t.ByPool = map[string]Distribution{}
			}
			t.ByPool[e.Key] = r.law(e.Value)
		}
	}
	t.Batch = r.batch(f, "batch")
	t.NotBefore = release(f, "not-before")
	t.Skill, t.Level, t.Priority = optText(f, "skill"), optInt(f, "level"), optInt(f, "priority")
	t.SetUp, t.Patience = r.distribution(f, "set-up"), r.distribution(f, "patience")
	t.Suspends, t.Cost = optBool(f, "suspends"), optNumber(f, "cost")
	if v, ok := f.Get("room"); ok {
		room := v.Integer()
		t.Room = &room
	}
	if v, ok := f.Get("at-least"); ok {
		g := v.Mapping("time", "citation")
		t.AtLeast = &Minimum{Citation: words(g, "citation")}
		if x, ok := g.Need("time"); ok {
			t.AtLeast.Seconds = x.Seconds()
		}
	}
	if v, ok := f.Get("repeat"); ok {
		t.Repeat = repeat(v)
	}
	return t, words(f, "name")
}

func repeat(v yamlfile.Value) *Repeat {
	f := v.Mapping("instances", "attribute", "enough", "again", "decay", "most")
	r := &Repeat{Attribute: optText(f, "attribute"), Enough: optInt(f, "enough"), Again: optNumber(f, "again"), Decay: optNumber(f, "decay"), Most: optInt(f, "most")}
	if v, ok := f.Get("instances"); ok {
		r.Instances = map[int]float64{}
		for _, e := range v.Entries() {
			n, err := strconv.Atoi(e.Key)
			if err != nil {
				e.Fault("found %q, wanted a number of instances", e.Key)
			}
			r.Instances[n] = e.Number()
		}
	}
	return r
}

func (r *reader) batch(f yamlfile.Mapping, key string) *Batch {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	g := v.Mapping("days", "at", "calendar", "size", "wait", "together", "factor", "out-of-turn", "from")
	b := &Batch{Calendar: optText(g, "calendar"), Size: optInt(g, "size"), Wait: optSeconds(g, "wait"), Together: optBool(g, "together"),
		Factor: optNumber(g, "factor"), OutOfTurn: release(g, "out-of-turn"), Provenance: provenance(g)}
	for _, s := range optTexts(g, "days") {
		day, err := ParseWeekday(s)
		if err != nil {
			v.Fault("days: %w", err)
		}
		b.Days = append(b.Days, day)
	}
	if at, ok := g.Get("at"); ok {
		d, err := ParseClock(at.Text())
		if err != nil {
			at.Fault("%w", err)
		}
		b.At = d
	} else if len(b.Days) > 0 {
		g.Need("at")
	}
	return b
}

func release(f yamlfile.Mapping, key string) *Release {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	g := v.Mapping("working-days", "calendar", "from")
	r := &Release{Calendar: optText(g, "calendar"), Provenance: provenance(g)}
	if d, ok := g.Need("working-days"); ok {
		r.WorkingDays = d.Number()
	}
	return r
}

func (r *reader) distribution(f yamlfile.Mapping, key string) Distribution {
	v, ok := f.Get(key)
	if !ok {
		return Distribution{}
	}
	return r.law(v)
}

func (r *reader) law(v yamlfile.Value) Distribution {
	d, sampleFile := ReadDistribution(v)
	if sampleFile == "" {
		return d
	}
	name := path.Join(r.folder, sampleFile)
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		v.Fault("reading %q: %w", name, unwrapPath(err))
		return d
	}
	sample, err := parseSample(name, string(data))
	if err != nil {
		r.fault(err)
	}
	d.Sample = sample
	return d
}

// ReadDistribution reads a law of durations such as {law: lognormal, mean: 45 min,
// sd: 20 min}. A sample that lies in a file of its own is not read: the name of
// the file is returned.
func ReadDistribution(v yamlfile.Value) (d Distribution, sampleFile string) {
	return readLaw(v, yamlfile.Value.Seconds)
}

// readLaw reads a law whose parameters are read by amount.
func readLaw(v yamlfile.Value, amount func(yamlfile.Value) float64) (d Distribution, sampleFile string) {
	f := v.Mapping("law", "value", "mean", "sd", "mode", "min", "max", "sample", "sample-file", "scale")
	if law, ok := f.Need("law"); ok {
		d.Law = law.OneOf(laws...)
	}
	for _, p := range []struct {
		key string
		to  *float64
	}{{"value", &d.Value}, {"mean", &d.Mean}, {"sd", &d.SD}, {"mode", &d.Mode}, {"min", &d.Min}, {"max", &d.Max}} {
		if v, ok := f.Get(p.key); ok {
			*p.to = amount(v)
		}
	}
	if v, ok := f.Get("sample"); ok {
		for _, item := range v.List() {
			d.Sample = append(d.Sample, amount(item))
		}
	}
	d.Scale = optNumber(f, "scale")
	return d, optText(f, "sample-file")
}

// parseSample reads a sample: a heading "seconds", then one number a line.
func parseSample(name, data string) ([]float64, error) {
	lines := strings.Split(strings.TrimSuffix(data, "\n"), "\n")
	if strings.TrimSpace(lines[0]) != "seconds" {
		return nil, &yamlfile.FaultError{File: name, Line: 1, Column: 1, Err: fmt.Errorf("found %q, wanted the heading \"seconds\"", lines[0])}
	}
	sample := make([]float64, 0, len(lines)-1)
	for i, line := range lines[1:] {
		x, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return sample, &yamlfile.FaultError{File: name, Line: i + 2, Column: 1, Err: fmt.Errorf("found %q, wanted a number of seconds", line)}
		}
		sample = append(sample, x)
	}
	return sample, nil
}

// Units of a limit.
const (
	CalendarDay = "calendar-day"
	WorkingDay  = "working-day"
	WorkingHour = "working-hour"
)

var (
	laws            = []string{"fixed", "exponential", "uniform", "normal", "lognormal", "gamma", "triangular", "empirical"}
	provenanceKinds = []string{"mined", "law", "assumption", "brief"}
)

// Day returns the weekday's name in a twin's files, such as "Thu".
func Day(d time.Weekday) string { return weekdays[((int(d)%7)+7)%7] }
