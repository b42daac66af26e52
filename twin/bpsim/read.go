package bpsim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// Start is the first day of a model whose scenario says none: a Monday.
var Start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// maxSize bounds the file.
const maxSize = 64 << 20

// Read reads a diagram with its parameters. The warnings, which the model holds too,
// list what is not simulated; the error joins all faults.
func Read(r io.Reader) (*twin.Model, []error, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading BPSim: %w", err)
	}
	if len(text) > maxSize {
		return nil, nil, fmt.Errorf("reading BPSim: more than %d MiB", maxSize>>20)
	}
	d, unsupported, err := bpmn.Read(bytes.NewReader(text))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the diagram: %w", err)
	}
	if len(d.Processes) != 1 {
		return nil, nil, fmt.Errorf("reading the diagram: %d processes, wanted one", len(d.Processes))
	}
	f, err := parse(text)
	if err != nil {
		return nil, nil, err
	}
	p := d.Processes[0]
	rd := &reader{file: f, m: &twin.Model{ID: p.ID, Name: twin.Text{EN: p.Name}, TimeZone: "UTC", Start: Start},
		p: &twin.Process{ID: p.ID, Name: twin.Text{EN: p.Name}, Diagram: p, Layout: d.Diagram, Collaboration: d.Collaboration, Causes: d.Causes,
			Tasks: map[string]twin.Task{}, Branches: map[string]float64{}}}
	for _, u := range unsupported {
		if !slices.ContainsFunc([]string{"relationship", "resource", "erformer"}, func(part string) bool { return strings.Contains(u.Element, part) }) {
			rd.warn("diagram: %v is not simulated", u)
		}
	}
	rd.m.Processes = []*twin.Process{rd.p}
	rd.read()
	if len(rd.faults) > 0 {
		return nil, rd.m.Warnings, fmt.Errorf("reading BPSim: %w", errors.Join(rd.faults...))
	}
	return rd.m, rd.m.Warnings, nil
}

// element is any XML element.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e *element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e *element) child(name string) *element {
	for i := range e.Children {
		if e.Children[i].XMLName.Local == name {
			return &e.Children[i]
		}
	}
	return nil
}

func (e *element) each(name string, do func(*element)) {
	for i := range e.Children {
		if c := &e.Children[i]; c.XMLName.Local == name {
			do(c)
		}
	}
}

// find calls do with every element of a name, wherever it stands.
func (e *element) find(name string, do func(*element)) {
	if e.XMLName.Local == name {
		do(e)
	}
	for i := range e.Children {
		e.Children[i].find(name, do)
	}
}

// file is what of a document BPSim needs.
type file struct {
	scenario  *element
	others    int
	resources map[string]string // names by identifier
}

func parse(text []byte) (*file, error) {
	var root element
	if err := xml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("reading BPSim: %w", err)
	}
	f := &file{resources: map[string]string{}}
	root.find("BPSimData", func(data *element) {
		data.each("Scenario", func(s *element) {
			if f.scenario == nil {
				f.scenario = s
			} else {
				f.others++
			}
		})
	})
	root.each("resource", func(r *element) { f.resources[r.attr("id")] = r.attr("name") })
	if f.scenario == nil {
		return nil, errors.New("reading BPSim: no BPSimData with a Scenario in the file")
	}
	return f, nil
}

type reader struct {
	file   *file
	m      *twin.Model
	p      *twin.Process
	base   float64 // seconds of the base time unit
	faults []error
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) warn(format string, args ...any) {
	r.m.Warnings = append(r.m.Warnings, fmt.Errorf(format, args...))
}

// timeUnits are the seconds of the units of BPSim.
var timeUnits = map[string]float64{"ms": 1e-3, "s": 1, "min": 60, "hour": 3600, "day": 86400, "year": 365 * 86400}

func (r *reader) read() {
	s := r.file.scenario
	r.base = 60 // the specification's default
	if r.file.others > 0 {
		r.warn("%d further scenarios are not read", r.file.others)
	}
	if p := s.child("ScenarioParameters"); p != nil {
		if unit := p.attr("baseTimeUnit"); unit != "" {
			if r.base = timeUnits[unit]; r.base == 0 {
				r.fault("base time unit %q: wanted ms, s, min, hour, day or year", unit)
				r.base = 60
			}
		}
		if start := p.child("Start"); start != nil {
			for _, v := range start.Children {
				if at, err := time.Parse(time.RFC3339, v.attr("value")); err == nil {
					r.m.Start = at.UTC()
				}
			}
		}
		if d := p.child("Duration"); d != nil {
			if law, err := r.law(d, "duration of the scenario"); err == nil {
				r.m.Days = int(math.Ceil(law.Average() / 86400))
			}
		}
	}
	if s.child("Calendar") != nil {
		r.warn("calendars are not read: everything is open round the clock")
	}
	s.each("ElementParameters", r.element)
	for id, t := range r.p.Tasks {
		if t.Time.Law == "" {
			t.Time = twin.Distribution{Law: "fixed"}
			r.p.Tasks[id] = t
		}
	}
	r.p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			if _, ok := r.p.Tasks[n.ID]; n.IsTask() && !ok {
				r.warn("task %q has no parameters: it takes no time and nobody", n.ID)
				r.p.Tasks[n.ID] = twin.Task{Time: twin.Distribution{Law: "fixed"}}
			}
		}
	})
	if r.p.Arrivals.Between.Law == "" {
		r.fault("no InterTriggerTimer on a start event: it is not known when cases arrive")
	}
}

// element reads the parameters of an element of the diagram, or of a resource.
func (r *reader) element(e *element) {
	ref := e.attr("elementRef")
	if name, ok := r.file.resources[ref]; ok {
		r.resource(ref, name, e)
		return
	}
	var node *bpmn.Node
	flow := false
	r.p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		if n := scope.Node(ref); n != nil {
			node = n
		}
		flow = flow || slices.ContainsFunc(scope.Flows, func(f *bpmn.Flow) bool { return f.ID == ref })
	})
	switch {
	case flow:
		if c := e.child("ControlParameters"); c != nil && c.child("Probability") != nil {
			if law, err := r.number(c.child("Probability"), fmt.Sprintf("flow %q", ref)); err != nil {
				r.fault("flow %q: probability: %w", ref, err)
			} else {
				r.p.Branches[ref] = law
			}
		}
		if c := e.child("ControlParameters"); c != nil && c.child("Condition") != nil {
			r.warn("flow %q: its condition is not read", ref)
		}
	case node == nil:
		if ref != r.p.ID {
			r.warn("%q is no element of the diagram and is left out", ref)
		}
	default:
		r.node(node, e)
	}
}

func (r *reader) node(n *bpmn.Node, e *element) {
	of := fmt.Sprintf("%s %q", n.Kind, n.ID)
	for _, c := range e.Children {
		switch c.XMLName.Local {
		case "TimeParameters", "ControlParameters", "ResourceParameters", "CostParameters", "PriorityParameters":
		default:
			r.warn("%s: %s are not read", of, c.XMLName.Local)
		}
	}
	control := e.child("ControlParameters")
	if n.Kind == bpmn.StartEvent {
		if control == nil || control.child("InterTriggerTimer") == nil {
			return
		}
		law, err := r.law(control.child("InterTriggerTimer"), of)
		if err != nil {
			r.fault("%s: time between arrivals: %w", of, err)
			return
		}
		r.p.Arrivals.Between = law
		if control.child("TriggerCount") != nil {
			r.warn("%s: the number of arrivals is not read: say --cases", of)
		}
		return
	}
	t := r.p.Tasks[n.ID]
	if control != nil {
		if timer := control.child("InterTriggerTimer"); timer != nil && n.IsEvent() {
			law, err := r.law(timer, of)
			if err != nil {
				r.fault("%s: %w", of, err)
			}
			t.Time = law
		}
		if p := control.child("Probability"); p != nil && !n.IsEvent() {
			r.warn("%s: the probability of an activity is not read", of)
		}
	}
	if times := e.child("TimeParameters"); times != nil {
		for _, c := range times.Children {
			law, err := r.law(&c, of)
			switch name := c.XMLName.Local; {
			case err != nil:
				r.fault("%s: %s: %w", of, name, err)
			case name == "ProcessingTime" || name == "Duration":
				t.Time = law
			case name == "SetUpTime" || name == "WaitTime" || name == "QueueTime" || name == "TransferTime":
				if t.Delay.Law != "" {
					r.warn("%s: of several times before the work only one is read, not %s", of, name)
					continue
				}
				t.Delay = law
			default:
				r.warn("%s: %s is not read", of, name)
			}
		}
	}
	if res := e.child("ResourceParameters"); res != nil {
		if s := res.child("Selection"); s != nil {
			r.selection(&t, s, of)
		}
	}
	if cost := e.child("CostParameters"); cost != nil {
		if fixed := cost.child("FixedCost"); fixed != nil {
			if x, err := r.number(fixed, of); err == nil {
				t.Cost = x
			}
		}
		if cost.child("UnitCost") != nil {
			r.warn("%s: the cost of a unit of time of a task is not read: give it to the resource", of)
		}
	}
	if priority := e.child("PriorityParameters"); priority != nil {
		if p := priority.child("Priority"); p != nil {
			if x, err := r.number(p, of); err == nil {
				t.Priority = int(x)
			}
		}
		if i := priority.child("Interruptible"); i != nil {
			r.warn("%s: whether it may be interrupted is not read", of)
		}
	}
	r.p.Tasks[n.ID] = t
}

var selected = regexp.MustCompile(`getResource(?:ByRoles)?\(\s*'([^']+)'`)

// selection reads which resource does a task.
func (r *reader) selection(t *twin.Task, e *element, of string) {
	for _, c := range e.Children {
		value := c.attr("value")
		m := selected.FindStringSubmatch(value)
		id := value
		if m != nil {
			id = m[1]
		}
		if _, ok := r.file.resources[id]; !ok {
			for k, name := range r.file.resources {
				if name == id {
					id = k
				}
			}
		}
		if _, ok := r.file.resources[id]; !ok {
			r.warn("%s: the selection %q of who does it is not read", of, value)
			continue
		}
		if !slices.Contains(t.Pools, id) {
			t.Pools = append(t.Pools, id)
		}
	}
	for _, id := range t.Pools {
		r.pool(id)
	}
}

// pool returns the pool of a resource, of one person where it is new.
func (r *reader) pool(id string) *twin.Pool {
	i := slices.IndexFunc(r.m.Pools, func(p twin.Pool) bool { return p.ID == id })
	if i < 0 {
		r.m.Pools = append(r.m.Pools, twin.Pool{ID: id, Name: twin.Text{EN: r.file.resources[id]}, Size: 1})
		i = len(r.m.Pools) - 1
	}
	return &r.m.Pools[i]
}

func (r *reader) resource(id, name string, e *element) {
	p := r.pool(id)
	of := fmt.Sprintf("resource %q", id)
	if res := e.child("ResourceParameters"); res != nil {
		if q := res.child("Quantity"); q != nil {
			x, err := r.number(q, of)
			if err != nil || x < 1 || x != math.Trunc(x) {
				r.fault("%s: quantity %v: wanted a whole number from 1", of, x)
			} else {
				p.Size = int(x)
			}
		}
		if res.child("Availability") != nil {
			r.warn("%s: its availability is not read", of)
		}
	}
	if cost := e.child("CostParameters"); cost != nil {
		if unit := cost.child("UnitCost"); unit != nil {
			if x, err := r.number(unit, of); err == nil {
				p.CostPerHour = x * 3600 / r.base
			}
		}
	}
}

// number reads a parameter that is a number.
func (r *reader) number(e *element, of string) (float64, error) {
	if len(e.Children) == 0 {
		return 0, errors.New("found no value")
	}
	c := &e.Children[0]
	x, err := strconv.ParseFloat(c.attr("value"), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("found %s %q, wanted a number", c.XMLName.Local, c.attr("value"))
	}
	return x, nil
}

// law reads a parameter that is a time: a value, or a distribution.
func (r *reader) law(e *element, of string) (twin.Distribution, error) {
	if len(e.Children) == 0 {
		return twin.Distribution{}, errors.New("found no value")
	}
	c := &e.Children[0]
	unit := r.base
	if u := c.attr("timeUnit"); u != "" {
		if unit = timeUnits[u]; unit == 0 {
			return twin.Distribution{}, fmt.Errorf("time unit %q: wanted ms, s, min, hour, day or year", u)
		}
	}
	var fault error
	get := func(name string) float64 {
		x, err := strconv.ParseFloat(c.attr(name), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			fault = fmt.Errorf("%s: %s %q: wanted a number", c.XMLName.Local, name, c.attr(name))
		}
		return x * unit
	}
	var d twin.Distribution
	switch c.XMLName.Local {
	case "DurationParameter":
		x, err := duration(c.attr("value"))
		if err != nil {
			return d, err
		}
		d = twin.Distribution{Law: "fixed", Value: x}
	case "FloatingParameter", "NumericParameter":
		d = twin.Distribution{Law: "fixed", Value: get("value")}
	case "NegativeExponentialDistribution":
		d = twin.Distribution{Law: "exponential", Mean: get("mean")}
	case "NormalDistribution":
		d = twin.Distribution{Law: "normal", Mean: get("mean"), SD: get("standardDeviation")}
	case "TruncatedNormalDistribution":
		d = twin.Distribution{Law: "normal", Mean: get("mean"), SD: get("standardDeviation"), Min: get("min"), Max: get("max")}
	case "LogNormalDistribution":
		d = twin.Distribution{Law: "lognormal", Mean: get("mean"), SD: get("standardDeviation")}
	case "UniformDistribution":
		d = twin.Distribution{Law: "uniform", Min: get("min"), Max: get("max")}
	case "TriangularDistribution":
		d = twin.Distribution{Law: "triangular", Min: get("min"), Mode: get("mode"), Max: get("max")}
	case "GammaDistribution":
		shape := get("shape") / unit
		d = twin.Distribution{Law: "gamma", Mean: shape * get("scale"), SD: math.Sqrt(shape) * get("scale")}
	case "ErlangDistribution":
		k := get("k") / unit
		d = twin.Distribution{Law: "gamma", Mean: get("mean"), SD: get("mean") / math.Sqrt(k)}
	default:
		return d, fmt.Errorf("%s is not read", c.XMLName.Local)
	}
	if fault != nil {
		return d, fault
	}
	return d, d.Validate()
}

var iso = regexp.MustCompile(`^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// duration reads the seconds of an ISO 8601 duration of days, hours, minutes and
// seconds.
func duration(s string) (float64, error) {
	m := iso.FindStringSubmatch(s)
	if m == nil || s == "P" || strings.HasSuffix(s, "T") {
		return 0, fmt.Errorf("found %q, wanted a duration such as PT45M or P2D", s)
	}
	sum := 0.0
	for i, unit := range []float64{86400, 3600, 60, 1} {
		if m[i+1] != "" {
			x, _ := strconv.ParseFloat(m[i+1], 64)
			sum += x * unit
		}
	}
	return sum, nil
}
