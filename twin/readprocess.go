package twin

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/twin/yamlfile"
)

func (r *reader) process(root yamlfile.Value) {
	f := root.Mapping("id", "name", "unit", "requested-by", "delivered-by", "arrivals", "limit", "tasks", "labels", "branches", "stage-correlation")
	p := &Process{
		ID: needText(f, "id"), Name: words(f, "name"), Unit: optText(f, "unit"),
		RequestedBy: optText(f, "requested-by"), DeliveredBy: optText(f, "delivered-by"),
		Labels: map[string]Text{}, Tasks: map[string]Task{}, Branches: map[string]float64{}, Provenance: map[string]Provenance{},
	}
	r.at(root, "process", p.ID)
	for _, key := range []string{"unit", "requested-by", "delivered-by", "arrivals", "limit", "tasks", "labels", "branches"} {
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
			g := e.Value.Mapping("share", "from")
			if share, ok := g.Need("share"); ok {
				p.Branches[e.Key] = share.Number()
			}
			if from := provenance(g); from != (Provenance{}) {
				p.Provenance[e.Key] = from
			}
			r.at(e.Value, "process", p.ID, "branches", e.Key)
		}
	}
	r.diagram(p)
	r.m.Processes = append(r.m.Processes, p)
}

func (r *reader) arrivals(v yamlfile.Value) Arrivals {
	f := v.Mapping("between", "calendar", "on-wall-clock", "months", "from")
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
	return a
}

func (r *reader) limit(v yamlfile.Value) *Limit {
	f := v.Mapping("days", "unit", "calendar", "roll-forward", "control-days", "others", "citation", "from")
	l := &Limit{
		Calendar: optText(f, "calendar"), RollForward: optBool(f, "roll-forward"), ControlDays: optInt(f, "control-days"),
		Citation: words(f, "citation"), Provenance: provenance(f),
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
	f := v.Mapping("name", "pools", "time", "delay", "calendar", "by-pool", "batch", "not-before", "from")
	t := Task{Pools: optTexts(f, "pools"), Time: r.distribution(f, "time"), Delay: r.distribution(f, "delay"), Calendar: optText(f, "calendar"), Provenance: provenance(f)}
	if v, ok := f.Get("by-pool"); ok {
		for _, e := range v.Entries() {
			if t.ByPool == nil {
				t.ByPool = map[string]Distribution{}
			}
			t.ByPool[e.Key] = r.law(e.Value)
		}
	}
	if v, ok := f.Get("batch"); ok {
		g := v.Mapping("days", "at", "calendar", "out-of-turn", "from")
		b := &Batch{Calendar: optText(g, "calendar"), OutOfTurn: release(g, "out-of-turn"), Provenance: provenance(g)}
		for _, s := range optTexts(g, "days") {
			day, err := ParseWeekday(s)
			if err != nil {
				v.Fault("days: %w", err)
			}
			b.Days = append(b.Days, day)
		}
		if at, ok := g.Need("at"); ok {
			d, err := ParseClock(at.Text())
			if err != nil {
				at.Fault("%w", err)
			}
			b.At = d
		}
		t.Batch = b
	}
	t.NotBefore = release(f, "not-before")
	return t, words(f, "name")
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
	f := v.Mapping("law", "value", "mean", "sd", "mode", "min", "max", "sample", "sample-file", "scale")
	if law, ok := f.Need("law"); ok {
		d.Law = law.OneOf(laws...)
	}
	d.Value, d.Mean, d.SD = optSeconds(f, "value"), optSeconds(f, "mean"), optSeconds(f, "sd")
	d.Mode, d.Min, d.Max = optSeconds(f, "mode"), optSeconds(f, "min"), optSeconds(f, "max")
	if v, ok := f.Get("sample"); ok {
		for _, item := range v.List() {
			d.Sample = append(d.Sample, item.Seconds())
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
)

var (
	laws            = []string{"fixed", "exponential", "uniform", "normal", "lognormal", "gamma", "triangular", "empirical"}
	provenanceKinds = []string{"mined", "law", "assumption", "brief"}
)

// Day returns the weekday's name in a twin's files, such as "Thu".
func Day(d time.Weekday) string { return weekdays[((int(d)%7)+7)%7] }
