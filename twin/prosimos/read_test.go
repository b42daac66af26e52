package prosimos

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/twin"
)

const diagram = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
<process id="permit" name="Permit" isExecutable="true">
<startEvent id="s"/><task id="A" name="Check"/><exclusiveGateway id="g"/><intermediateCatchEvent id="w"><timerEventDefinition/></intermediateCatchEvent><task id="B" name="Sign"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="A"/><sequenceFlow id="f2" sourceRef="A" targetRef="g"/>
<sequenceFlow id="yes" sourceRef="g" targetRef="w"/><sequenceFlow id="no" sourceRef="g" targetRef="e"/>
<sequenceFlow id="f3" sourceRef="w" targetRef="B"/><sequenceFlow id="f4" sourceRef="B" targetRef="e"/>
</process></definitions>`

// file holds every section that is read; tests replace parts of it.
const file = `{
"resource_profiles":[
 {"id":"clerks","name":"Clerks","resource_list":[
  {"id":"ann","name":"Ann","cost_per_hour":"20","amount":1,"calendar":"office","assigned_tasks":["A","B"]},
  {"id":"bob","name":"Bob","cost_per_hour":10,"amount":2,"calendar":"office","assigned_tasks":["A"]}]}],
"arrival_time_distribution":{"distribution_name":"expon","distribution_params":[{"value":600},{"value":0},{"value":1e9}]},
"arrival_time_calendar":[{"from":"MONDAY","to":"SUNDAY","beginTime":"00:00:00","endTime":"23:59:59.999999"}],
"gateway_branching_probabilities":[{"gateway_id":"g","probabilities":[{"path_id":"yes","value":0.25},{"path_id":"no"}]}],
"task_resource_distribution":[
 {"task_id":"A","resources":[
  {"resource_id":"ann","distribution_name":"fix","distribution_params":[{"value":60}]},
  {"resource_id":"bob","distribution_name":"fix","distribution_params":[{"value":90}]}]},
 {"task_id":"B","resources":[{"resource_id":"ann","distribution_name":"norm","distribution_params":[{"value":60},{"value":5},{"value":0},{"value":100}]}]}],
"resource_calendars":[{"id":"office","name":"Office","time_periods":[
 {"from":"MONDAY","to":"FRIDAY","beginTime":"09:00:00","endTime":"13:00:00"},
 {"from":"MONDAY","to":"THURSDAY","beginTime":"13:00:00","endTime":"17:00:00"}]}],
"event_distribution":[{"event_id":"w","distribution_name":"fix","distribution_params":[{"value":86400}]}],
"batch_processing":[{"task_id":"A","type":"Parallel","batch_frequency":1.0,"size_distrib":[{"key":"1","value":0},{"key":"3","value":1}],
 "duration_distrib":[{"key":"3","value":0.8}],"firing_rules":[[{"attribute":"size","comparison":">=","value":3}],[{"attribute":"large_wt","comparison":">=","value":7200}],
  [{"attribute":"ready_wt","comparison":"<","value":60}]]},
 {"task_id":"B","type":"Sequential","batch_frequency":0.5,"size_distrib":[],"duration_distrib":[{"key":"2","value":0.5}],
 "firing_rules":[[{"attribute":"week_day","comparison":"=","value":"Friday"},{"attribute":"daily_hour","comparison":"=","value":"15"}]]},{"task_id":"Z","type":"Sequential"}],
"case_attributes":[{"name":"client","type":"discrete","values":[{"key":"firm","value":0.8},{"key":"person","value":0.2}]},
 {"name":"amount","type":"continuous","values":{"distribution_name":"uniform","distribution_params":[{"value":0},{"value":1000}]}}],
"branch_rules":[{"id":"big","rules":[[{"attribute":"amount","comparison":">","value":"500"},{"attribute":"client","comparison":"!=","value":"person"}]]}],
"prioritisation_rules":[{"priority_level":2,"rules":[[{"attribute":"client","comparison":"=","value":"firm"}]]},{"priority_level":1,"rules":[[{"attribute":"amount","comparison":"in","value":["900","inf"]}]]},
 {"priority_level":3,"rules":[[{"attribute":"weather","comparison":"=","value":"rain"}]]}],"multitask":true
}`

func TestRead(t *testing.T) {
	m, warnings, err := Read(strings.NewReader(diagram), strings.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, "permit", m.ID)
	require.Equal(t, Start, m.Start)
	require.Equal(t, time.Monday, m.Start.Weekday())
	require.Equal(t, []twin.Calendar{
		{ID: "arrivals", Name: twin.Text{EN: "Arrivals"}}, // open round the clock
		{ID: "office", Name: twin.Text{EN: "Office"}, Week: []twin.Interval{
			{From: time.Monday, To: time.Thursday, Begin: 9 * time.Hour, End: 17 * time.Hour},
			{From: time.Friday, To: time.Friday, Begin: 9 * time.Hour, End: 13 * time.Hour}}},
	}, m.Calendars)
	// Ann does A and B, Bob A alone: two pools of one profile.
	require.Equal(t, []twin.Pool{
		{ID: "clerks/ann", Name: twin.Text{EN: "Clerks: Ann"}, Calendar: "office", Members: []twin.Member{{ID: "ann"}}, Queue: twin.MostUrgent, CostPerHour: 20},
		{ID: "clerks/bob", Name: twin.Text{EN: "Clerks: Bob"}, Calendar: "office", Members: []twin.Member{{ID: "bob_0"}, {ID: "bob_1"}}, Queue: twin.MostUrgent, CostPerHour: 10},
	}, m.Pools)
	p := m.Processes[0]
	require.Equal(t, twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: 600, Max: 1e9}, Calendar: "arrivals", OnWallClock: true}, p.Arrivals)
	require.Equal(t, map[string]float64{"yes": 0.25, "no": 0.75}, p.Branches)
	fix := func(v float64) twin.Distribution { return twin.Distribution{Law: "fixed", Value: v} }
	require.Equal(t, map[string]twin.Task{
		"A": {Batch: &twin.Batch{Size: 3, Wait: 7200, Together: true, Factor: 0.8}, Pools: []string{"clerks/ann", "clerks/bob"}, ByPool: map[string]twin.Distribution{"ann": fix(60), "bob_0": fix(90), "bob_1": fix(90)}},
		"B": {Batch: &twin.Batch{Days: []time.Weekday{time.Friday}, At: 15 * time.Hour}, Pools: []string{"clerks/ann"}, Time: twin.Distribution{Law: "normal", Mean: 60, SD: 5, Max: 100}},
		"w": {Time: fix(86400)},
	}, p.Tasks)
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.Error())
	}
	require.Equal(t, []string{
		"multitask: not read",
		`gateway "g", flow "no": no probability: it has 0.75, its share of what is left`,
		`batch_processing: task "A": the condition on "ready_wt" is not simulated`,
		`batch_processing: task "B": the time of work in a sequential batch is not changed by its size`,
		`batch_processing: task "B": every case is batched, not 0.5 of them`,
		`batch_processing: task "Z": no task of the diagram, left out`,
		`prioritisation_rules: rule 3: condition on "weather", which is no case attribute; the rule is not simulated`,
	}, texts)
	require.Equal(t, warnings, m.Warnings)
	most := 900.0
	require.Equal(t, []twin.Priority{{When: twin.Rule{{{Attribute: "amount", From: &most}}}, Level: -1}, {When: twin.Rule{{{Attribute: "client", Is: []string{"firm"}}}}, Level: -2}, {When: twin.Rule{}, Level: -3}}, p.Priorities)
	require.Equal(t, twin.Distribution{Law: "uniform", Max: 1000}, p.Attributes[1].Number)
}

// What was read is written so that it is read again as the same.
func TestWrite(t *testing.T) {
	with := strings.Replace(file, `"path_id":"yes","value":0.25`, `"path_id":"yes","value":0.25,"condition_id":"big"`, 1)
	require.NotEqual(t, file, with)
	m, _, err := Read(strings.NewReader(diagram), strings.NewReader(with))
	require.NoError(t, err)
	require.Len(t, m.Processes[0].Rules["yes"][0], 2)
	var b, j strings.Builder
	lost, err := Write(&b, &j, m, "permit")
	require.NoError(t, err)
	require.Empty(t, lost)
	again, _, err := Read(strings.NewReader(b.String()), strings.NewReader(j.String()))
	require.NoError(t, err)
	p, q := m.Processes[0], again.Processes[0]
	require.Equal(t, p.Arrivals, q.Arrivals)
	require.Equal(t, p.Branches["no"], q.Branches["no"])
	require.Equal(t, p.Rules, q.Rules)
	require.Equal(t, p.Attributes, q.Attributes)
	require.Equal(t, p.Priorities, q.Priorities)
	require.Equal(t, p.Tasks["A"].ByPool, q.Tasks["A"].ByPool)
	require.Equal(t, p.Tasks["A"].Batch, q.Tasks["A"].Batch)
	require.Equal(t, p.Tasks["B"].Batch, q.Tasks["B"].Batch)
	require.Equal(t, p.Tasks["w"], q.Tasks["w"])

	// What it has no word for is listed.
	p.Limit, p.MostAtOnce, p.Decay = &twin.Limit{Days: 3}, 4, map[string]float64{"no": 0.5}
	p.Arrivals.OnWallClock = false
	m.Pools[0].AtOnce, m.Pools[0].Members[0].Efficiency = 3, 2
	task := p.Tasks["B"]
	task.Delay = twin.Distribution{Law: "triangular", Min: 1, Mode: 2, Max: 3}
	task.Time = task.Delay
	p.Tasks["B"] = task
	lost, err = Write(&b, &j, m, "permit")
	require.NoError(t, err)
	require.Len(t, lost, 8)
	_, err = Write(&b, &j, m, "nothing")
	require.ErrorContains(t, err, `no process "nothing"`)
}

func TestLaws(t *testing.T) {
	for _, c := range []struct {
		name   string
		params []float64
		want   twin.Distribution
		err    string
	}{
		{"fix", []float64{5}, twin.Distribution{Law: "fixed", Value: 5}, ""},
		{"fix", []float64{5, 0, 1}, twin.Distribution{Law: "fixed", Value: 5}, ""},
		{"expon", []float64{800, 100, 2000}, twin.Distribution{Law: "exponential", Mean: 800, Min: 100, Max: 2000}, ""},
		{"expon", []float64{50, 100, 2000}, twin.Distribution{Law: "exponential", Mean: 150, Min: 100, Max: 2000}, ""}, // scale 50 above 100
		{"uniform", []float64{1, 3}, twin.Distribution{Law: "uniform", Min: 1, Max: 3}, ""},
		{"norm", []float64{10, 2, 0, 1e12}, twin.Distribution{Law: "normal", Mean: 10, SD: 2}, ""},
		{"lognorm", []float64{10, 9, 1, 50}, twin.Distribution{Law: "lognormal", Mean: 10, SD: 3, Min: 1, Max: 50}, ""}, // variance
		{"gamma", []float64{10, 4, -1, 50}, twin.Distribution{Law: "gamma", Mean: 10, SD: 2, Max: 50}, ""},
		{"gamma", []float64{10, 0, 0, 50}, twin.Distribution{Law: "fixed", Value: 10}, ""},
		{"expon", []float64{800, 0}, twin.Distribution{}, "2 parameters, wanted 3"},
		{"expon", []float64{800, 9, 9}, twin.Distribution{}, "bounds 9 to 9"},
		{"lognorm", []float64{1, -1, 0, 1}, twin.Distribution{}, "variance -1"},
		{"triang", []float64{1, 2, 3}, twin.Distribution{}, "reads no parameters for it"},
		{"weibull", nil, twin.Distribution{}, `law "weibull"`},
	} {
		t.Run(fmt.Sprint(c.name, c.params), func(t *testing.T) {
			r := &reader{m: &twin.Model{}}
			d := distribution{Name: c.name}
			for _, p := range c.params {
				d.Params = append(d.Params, parameter{number(p)})
			}
			got, err := r.law(d, "x")
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	r := &reader{m: &twin.Model{}}
	d, err := r.law(distribution{Name: "histogram_sampling", Histogram: &histogram{CDF: []float64{0.25, 1}, Midpoints: []float64{3, 5}}}, "x")
	require.NoError(t, err)
	mean := 0.0
	for _, x := range d.Sample {
		mean += x / float64(len(d.Sample))
	}
	require.InDelta(t, 0.25*3+0.75*5, mean, 1e-9)
}

func TestWeeks(t *testing.T) {
	one := func(from, to, begin, end string) period { return period{from, to, begin, end} }
	for _, c := range []struct {
		name string
		in   []period
		want string
	}{
		{"over the weekend", []period{one("SATURDAY", "MONDAY", "10:00:00", "12:00:00")}, "[Monday-Monday 10h0m0s-12h0m0s] [Saturday-Sunday 10h0m0s-12h0m0s]"},
		{"to midnight", []period{one("MONDAY", "MONDAY", "22:00:00", "00:00:00")}, "[Monday-Monday 22h0m0s-24h0m0s]"},
		{"overlap", []period{one("MONDAY", "MONDAY", "09:00:00", "12:00:00"), one("MONDAY", "MONDAY", "11:00:00", "13:00:00")}, "[Monday-Monday 9h0m0s-13h0m0s]"},
		{"a day each, all open", []period{one("MONDAY", "FRIDAY", "00:00:00", "12:00:00"), one("MONDAY", "FRIDAY", "12:00:00", "24:00:00"), one("SATURDAY", "SUNDAY", "00:00:00", "23:59:59.999999")}, ""},
		{"all but a microsecond", []period{one("MONDAY", "SUNDAY", "00:00:00", "23:59:59")}, "[Monday-Sunday 0s-23h59m59s]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			week, err := weekOf(c.in)
			require.NoError(t, err)
			var texts []string
			for _, iv := range week {
				texts = append(texts, fmt.Sprintf("[%v-%v %v-%v]", iv.From, iv.To, iv.Begin, iv.End))
			}
			require.Equal(t, c.want, strings.Join(texts, " "))
		})
	}
}

func TestFaultsAreAllTold(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"syntax", `"distribution_name":"expon"`, `"distribution_name":`, "line 6, column "},
		{"type", `"amount":1`, `"amount":"many"`, `found "many", wanted a number`},
		{"amount", `"amount":1`, `"amount":0`, `resource "ann": amount 0`},
		{"calendar", `"calendar":"office","assigned_tasks":["A"]`, `"calendar":"none"`, `resource "bob": calendar "none"`},
		{"day", `"from":"MONDAY","to":"THURSDAY"`, `"from":"MOON","to":"THURSDAY"`, `days "MOON" to "THURSDAY"`},
		{"hour", `"17:00:00"`, `"25:00:00"`, `time "25:00:00"`},
		{"backwards", `"17:00:00"`, `"12:00:00"`, "from 13:00:00 to 12:00:00"},
		{"resource", `"resource_id":"bob"`, `"resource_id":"eve"`, `task "A": resource "eve" is in no profile`},
		{"task", `"task_id":"B"`, `"task_id":"C"`, `task "B": no resource does it`},
		{"flow", `"path_id":"yes"`, `"path_id":"maybe"`, `gateway "g": "maybe" is no flow out of it`},
		{"arrivals", `"arrival_time_distribution"`, `"arrivals"`, "arrival_time_distribution: none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(file, c.old, c.new, 1)
			require.NotEqual(t, file, text)
			_, _, err := Read(strings.NewReader(diagram), strings.NewReader(text))
			require.ErrorContains(t, err, c.want)
		})
	}
	_, _, err := Read(strings.NewReader("<x/>"), strings.NewReader(file))
	require.ErrorContains(t, err, "reading the diagram")
	_, _, err = Read(strings.NewReader(diagram), strings.NewReader("{}"))
	for _, want := range []string{"arrival_time_distribution: none", `task "A": no resource does it`, `task "B": no resource does it`} {
		require.ErrorContains(t, err, want)
	}
}

// FuzzRead: any file is a model or an error, and times of a model are in order.
func FuzzRead(f *testing.F) {
	f.Add(file)
	f.Add("{}")
	f.Add(strings.ReplaceAll(file, "1", "-1e400"))
	f.Add(strings.ReplaceAll(file, "MONDAY", "SUNDAY"))
	f.Fuzz(func(t *testing.T, text string) {
		m, _, err := Read(strings.NewReader(diagram), strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range m.Calendars {
			for _, iv := range c.Week {
				if iv.Begin < 0 || iv.End <= iv.Begin || iv.End > 24*time.Hour {
					t.Fatalf("calendar %q: interval %v", c.ID, iv)
				}
			}
		}
		for _, p := range m.Processes[0].Branches {
			if math.IsNaN(p) {
				t.Fatal("a probability is no number")
			}
		}
	})
}
