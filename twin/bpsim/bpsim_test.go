package bpsim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

const sample = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">
  <bpmn:resource id="R1" name="Clerk"/>
  <bpmn:process id="permit" name="Permit">
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="A" name="Check"><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:exclusiveGateway id="g"><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>yes</bpmn:outgoing><bpmn:outgoing>no</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:task id="B"><bpmn:incoming>yes</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing></bpmn:task>
    <bpmn:endEvent id="e"><bpmn:incoming>f3</bpmn:incoming><bpmn:incoming>no</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="A"/>
    <bpmn:sequenceFlow id="f2" sourceRef="A" targetRef="g"/>
    <bpmn:sequenceFlow id="yes" sourceRef="g" targetRef="B"/>
    <bpmn:sequenceFlow id="no" sourceRef="g" targetRef="e"/>
    <bpmn:sequenceFlow id="f3" sourceRef="B" targetRef="e"/>
  </bpmn:process>
  <bpmn:relationship type="BPSimData"><bpmn:extensionElements>
    <bpsim:BPSimData xmlns:bpsim="http://www.bpsim.org/schemas/1.0">
      <bpsim:Scenario id="one" name="One">
        <bpsim:ScenarioParameters baseTimeUnit="min"><bpsim:Duration><bpsim:DurationParameter value="P30D"/></bpsim:Duration></bpsim:ScenarioParameters>
        <bpsim:ElementParameters elementRef="s"><bpsim:ControlParameters><bpsim:InterTriggerTimer><bpsim:NegativeExponentialDistribution mean="20"/></bpsim:InterTriggerTimer><bpsim:TriggerCount><bpsim:NumericParameter value="10"/></bpsim:TriggerCount></bpsim:ControlParameters></bpsim:ElementParameters>
        <bpsim:ElementParameters elementRef="A"><bpsim:TimeParameters><bpsim:ProcessingTime><bpsim:TriangularDistribution min="5" mode="10" max="0.5" timeUnit="min"/></bpsim:ProcessingTime></bpsim:TimeParameters>
          <bpsim:ResourceParameters><bpsim:Selection><bpsim:ExpressionParameter value="bpsim:getResource('R1',1)"/></bpsim:Selection></bpsim:ResourceParameters></bpsim:ElementParameters>
        <bpsim:ElementParameters elementRef="R1"><bpsim:ResourceParameters><bpsim:Quantity><bpsim:NumericParameter value="2"/></bpsim:Quantity></bpsim:ResourceParameters><bpsim:CostParameters><bpsim:UnitCost><bpsim:FloatingParameter value="10"/></bpsim:UnitCost></bpsim:CostParameters></bpsim:ElementParameters>
        <bpsim:ElementParameters elementRef="yes"><bpsim:ControlParameters><bpsim:Probability><bpsim:FloatingParameter value="0.25"/></bpsim:Probability></bpsim:ControlParameters></bpsim:ElementParameters>
        <bpsim:ElementParameters elementRef="no"><bpsim:ControlParameters><bpsim:Probability><bpsim:FloatingParameter value="0.75"/></bpsim:Probability></bpsim:ControlParameters></bpsim:ElementParameters>
        <bpsim:ElementParameters elementRef="ghost"/>
      </bpsim:Scenario>
      <bpsim:Scenario id="two"/>
    </bpsim:BPSimData></bpmn:extensionElements></bpmn:relationship>
</bpmn:definitions>`

func TestRead(t *testing.T) {
	_, _, err := Read(strings.NewReader(sample))
	require.ErrorContains(t, err, `userTask "A": ProcessingTime: max: found 30 s, below min`)
	m, warnings, err := Read(strings.NewReader(strings.Replace(sample, `max="0.5"`, `max="30"`, 1)))
	require.NoError(t, err)
	p := m.Processes[0]
	require.Equal(t, twin.Distribution{Law: "exponential", Mean: 1200}, p.Arrivals.Between)
	require.Equal(t, twin.Task{Pools: []string{"R1"}, Time: twin.Distribution{Law: "triangular", Min: 300, Mode: 600, Max: 1800}}, p.Tasks["A"])
	require.Equal(t, []twin.Pool{{ID: "R1", Name: twin.Text{EN: "Clerk"}, Size: 2, CostPerHour: 600}}, m.Pools)
	require.Equal(t, map[string]float64{"yes": 0.25, "no": 0.75}, p.Branches)
	require.Equal(t, 30, m.Days)
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.Error())
	}
	require.Equal(t, []string{"1 further scenarios are not read", `startEvent "s": the number of arrivals is not read: say --cases`,
		`"ghost" is no element of the diagram and is left out`, `task "B" has no parameters: it takes no time and nobody`}, texts)
	require.NoError(t, m.Validate())

	for name, c := range map[string]struct{ old, new, want string }{
		"no scenario": {"bpsim:BPSimData", "bpsim:Data", "no BPSimData with a Scenario"},
		"unit":        {`baseTimeUnit="min"`, `baseTimeUnit="moon"`, `base time unit "moon"`},
		"law":         {"NegativeExponentialDistribution", "BinomialDistribution", "BinomialDistribution is not read"},
		"number":      {`mean="20"`, `mean="many"`, `mean "many": wanted a number`},
		"quantity":    {`value="2"`, `value="2.5"`, "quantity 2.5: wanted a whole number"},
		"no arrivals": {"InterTriggerTimer", "Condition", "it is not known when cases arrive"},
	} {
		text := strings.Replace(sample, `max="0.5"`, `max="30"`, 1)
		_, _, err := Read(strings.NewReader(strings.ReplaceAll(text, c.old, c.new)))
		require.ErrorContains(t, err, c.want, name)
	}
	_, _, err = Read(strings.NewReader("<a/>"))
	require.Error(t, err)
}

func TestDuration(t *testing.T) {
	for s, want := range map[string]float64{"PT45M": 2700, "P2D": 172800, "P1DT2H3M4.5S": 93784.5} {
		x, err := duration(s)
		require.NoError(t, err)
		require.Equal(t, want, x, s)
	}
	for _, s := range []string{"", "P", "PT", "45", "P1Y"} {
		_, err := duration(s)
		require.Error(t, err, s)
	}
}

// What BPSim has words for is written and read again as the same; the rest is listed.
func TestRoundTrip(t *testing.T) {
	m, _, err := Read(strings.NewReader(strings.Replace(sample, `max="0.5"`, `max="30"`, 1)))
	require.NoError(t, err)
	p := m.Processes[0]
	laws := []twin.Distribution{{Law: "fixed", Value: 60}, {Law: "exponential", Mean: 50}, {Law: "uniform", Min: 1, Max: 2}, {Law: "normal", Mean: 9, SD: 2}, {Law: "normal", Mean: 9, SD: 2, Min: 1, Max: 20},
		{Law: "lognormal", Mean: 9, SD: 2}, {Law: "gamma", Mean: 8, SD: 4}, {Law: "triangular", Min: 1, Mode: 2, Max: 6}}
	for _, d := range laws {
		p.Tasks["B"] = twin.Task{Time: d, Delay: twin.Distribution{Law: "fixed", Value: 30}, Cost: 12, Priority: 2}
		var b strings.Builder
		lost, err := Write(&b, m, "permit")
		require.NoError(t, err)
		require.Empty(t, lost)
		again, _, err := Read(strings.NewReader(b.String()))
		require.NoError(t, err)
		q := again.Processes[0]
		require.InDelta(t, d.Average(), q.Tasks["B"].Time.Average(), 1e-9)
		require.InDelta(t, d.SD, q.Tasks["B"].Time.SD, 1e-9)
		require.Equal(t, p.Tasks["B"].Delay, q.Tasks["B"].Delay)
		require.Equal(t, 12.0, q.Tasks["B"].Cost)
		require.Equal(t, 2, q.Tasks["B"].Priority)
		require.Equal(t, p.Branches, q.Branches)
		require.Equal(t, p.Arrivals, q.Arrivals)
		require.Equal(t, m.Pools[0].Size, again.Pools[0].Size)
		require.InDelta(t, 600, again.Pools[0].CostPerHour, 1e-9)
		require.Equal(t, m.Days, again.Days)
	}
	p.Limit, p.Decay = &twin.Limit{Days: 3}, map[string]float64{"yes": 0.5}
	p.Arrivals.Month[3] = 1
	m.Pools[0].Calendar = "office"
	p.Tasks["B"] = twin.Task{Time: twin.Distribution{Law: "empirical", Sample: []float64{1, 2, 3}}, Batch: &twin.Batch{Size: 3}}
	var b strings.Builder
	lost, err := Write(&b, m, "permit")
	require.NoError(t, err)
	require.Len(t, lost, 6)
	_, err = Write(&b, m, "nothing")
	require.Error(t, err)
	_, _, err = bpmn.Read(strings.NewReader(b.String()))
	require.NoError(t, err)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, _, err := Read(strings.NewReader(string(data))); err == nil {
			_ = m.Validate()
		}
	})
}
