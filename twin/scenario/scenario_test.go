package scenario

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// office is: start → register → ask → {again 0.4 → ask, on 0.6} → sign → end.
func office() *twin.Model {
	fixed := func(s float64) twin.Distribution { return twin.Distribution{Law: "fixed", Value: s} }
	return &twin.Model{
		ID: "office", TimeZone: "Europe/Moscow",
		Calendars: []twin.Calendar{{ID: "days", Week: []twin.Interval{{From: 1, To: 5, Begin: 9 * time.Hour, End: 18 * time.Hour}}}},
		Pools:     []twin.Pool{{ID: "clerks", Size: 2, Calendar: "days"}, {ID: "heads", Members: []twin.Member{{ID: "h1", Skills: map[string]int{"law": 2}}, {ID: "h2"}}, Name: twin.Text{RU: "Руководители"}}},
		Processes: []*twin.Process{{
			ID: "land", DeliveredBy: "sign", Arrivals: twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: 3600}},
			Labels: map[string]twin.Text{"register": {RU: "Заявление зарегистрировано", EN: "Registered"}},
			Tasks: map[string]twin.Task{
				"register": {Pools: []string{"clerks"}, Time: fixed(600), Delay: fixed(900)},
				"ask":      {Time: fixed(86400)},
				"sign": {Pools: []string{"heads"}, Skill: "law", Time: fixed(60), ByPool: map[string]twin.Distribution{"h1": fixed(30)},
					Batch: &twin.Batch{Days: []time.Weekday{4}, At: 15 * time.Hour, Calendar: "days"}, NotBefore: &twin.Release{WorkingDays: 5, Calendar: "days"}},
			},
			Branches: map[string]float64{"again": 0.4, "on": 0.6},
			Limit:    &twin.Limit{Days: 30, Unit: twin.CalendarDay, ControlDays: 2},
			Diagram: &bpmn.Process{ID: "P",
				Nodes: []*bpmn.Node{{ID: "start"}, {ID: "register", Kind: bpmn.UserTask}, {ID: "join", Kind: bpmn.ExclusiveGateway}, {ID: "ask", Kind: bpmn.SendTask}, {ID: "split", Kind: bpmn.ExclusiveGateway}, {ID: "sign", Kind: bpmn.UserTask}, {ID: "end", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "start", Target: "register"}, {ID: "f2", Source: "register", Target: "join"}, {ID: "f3", Source: "join", Target: "ask"}, {ID: "f4", Source: "ask", Target: "split"}, {ID: "again", Source: "split", Target: "join"}, {ID: "on", Source: "split", Target: "sign"}, {ID: "f5", Source: "sign", Target: "end"}}},
		}},
	}
}

func TestLevers(t *testing.T) {
	tests := []struct {
		line  string
		check func(*testing.T, *twin.Model, *twin.Process)
	}{
		{"step:register*0.5", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 300.0, p.Tasks["register"].Time.Average())
		}},
		{"task=register scale=0.5", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 300.0, p.Tasks["register"].Time.Average())
		}},
		{"step:заявление зарегистрировано*0.5", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 300.0, p.Tasks["register"].Time.Average())
		}},
		{"step:land/register=5 min", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 300.0, p.Tasks["register"].Time.Average())
		}},
		{"step:sign*2", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 60.0, p.Tasks["sign"].ByPool["h1"].Average())
			require.Equal(t, 120.0, p.Tasks["sign"].Time.Average())
		}},
		{"surge:land=2024-03-01..2024-03-31*1.5", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, "2024-03-01..2024-03-31", p.Arrivals.Surges[0].Period.String())
			require.Equal(t, 1.5, p.Arrivals.Surges[0].Factor)
		}},
		{"gate:land=20", func(t *testing.T, _ *twin.Model, p *twin.Process) { require.Equal(t, 20, p.MostAtOnce) }},
		{"priority:sign-2", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, -2, p.Tasks["sign"].Priority)
		}},
		{"queue:clerks=priority", func(t *testing.T, m *twin.Model, _ *twin.Process) {
			require.Equal(t, twin.MostUrgent, m.Pools[0].Queue)
		}},
		{"calendar:heads=days", func(t *testing.T, m *twin.Model, _ *twin.Process) { require.Equal(t, "days", m.Pools[1].Calendar) }},
		{"delay:register*0.5", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 450.0, p.Tasks["register"].Delay.Average())
		}},
		{"delay:ask=1 h", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 3600.0, p.Tasks["ask"].Delay.Average())
		}},
		{"remove:register", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Nil(t, p.Diagram.Node("register"))
			require.Equal(t, "join", p.Diagram.Flows[0].Target)
			require.Len(t, p.Diagram.Flows, 6)
		}},
		{"remove:ask", func(t *testing.T, _ *twin.Model, p *twin.Process) { require.Nil(t, p.Diagram.Node("ask")) }},
		{"automate:register=1 min", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Empty(t, p.Tasks["register"].Pools)
			require.Equal(t, 60.0, p.Tasks["register"].Time.Value)
		}},
		{"branch:again=0.1", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 0.1, p.Branches["again"])
			require.InDelta(t, 0.9, p.Branches["on"], 1e-12)
		}},
		{"batch:sign=daily", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, &twin.Batch{Days: []time.Weekday{1, 2, 3, 4, 5}, At: 15 * time.Hour, Calendar: "days"}, p.Tasks["sign"].Batch)
		}},
		{"batch:sign=Tue,Thu 10:00", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, &twin.Batch{Days: []time.Weekday{2, 4}, At: 10 * time.Hour, Calendar: "days"}, p.Tasks["sign"].Batch)
		}},
		{"batch:sign=none", func(t *testing.T, _ *twin.Model, p *twin.Process) { require.Nil(t, p.Tasks["sign"].Batch) }},
		{"pool:clerks+1", func(t *testing.T, m *twin.Model, _ *twin.Process) { require.Equal(t, 3, m.Pools[0].Size) }},
		{"pool:clerks=5", func(t *testing.T, m *twin.Model, _ *twin.Process) { require.Equal(t, 5, m.Pools[0].Size) }},
		{"pool:руководители-1", func(t *testing.T, m *twin.Model, _ *twin.Process) {
			require.Equal(t, []twin.Member{{ID: "h1", Skills: map[string]int{"law": 2}}}, m.Pools[1].Members)
		}},
		{"pool:heads+1", func(t *testing.T, m *twin.Model, _ *twin.Process) {
			require.Equal(t, []twin.Member{{ID: "h1", Skills: map[string]int{"law": 2}}, {ID: "h2"}, {ID: "heads-new-1"}}, m.Pools[1].Members)
		}},
		{"release:sign=at-once", func(t *testing.T, _ *twin.Model, p *twin.Process) { require.Nil(t, p.Tasks["sign"].NotBefore) }},
		{"release:sign=8", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, &twin.Release{WorkingDays: 8, Calendar: "days"}, p.Tasks["sign"].NotBefore)
		}},
		{"control:land=10", func(t *testing.T, _ *twin.Model, p *twin.Process) { require.Equal(t, 10, p.Limit.ControlDays) }},
		{"skill:h2=law", func(t *testing.T, m *twin.Model, _ *twin.Process) {
			require.Equal(t, []twin.Member{{ID: "h1", Skills: map[string]int{"law": 2}}, {ID: "h2", Skills: map[string]int{"law": 1}}}, m.Pools[1].Members)
		}},
		{"skill:h2=law 3", func(t *testing.T, m *twin.Model, _ *twin.Process) {
			require.Equal(t, 3, m.Pools[1].Members[1].Skills["law"])
		}},
		{"arrivals:land*2", func(t *testing.T, _ *twin.Model, p *twin.Process) {
			require.Equal(t, 1800.0, p.Arrivals.Between.Average())
		}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			m := office()
			before := office()
			l, err := ParseLever(tt.line)
			require.NoError(t, err)
			again, err := ParseLever(l.String())
			require.NoError(t, err, l.String())
			require.Equal(t, l, again)
			changed, err := (&Scenario{ID: "x", Levers: []Lever{l}}).Apply(m)
			require.NoError(t, err)
			tt.check(t, changed, changed.Processes[0])
			require.Equal(t, before, m, "the model itself must stay as it is")
			require.NotEqual(t, m, changed)
		})
	}
}

func TestLeversThatDoNotFit(t *testing.T) {
	for line, want := range map[string]string{
		"step:registr*0.5": `found the step "registr", wanted perhaps "register"`,
		"step:nowhere*0.5": `wanted one of "register", "Заявление зарегистрировано", "ask", "sign"`,
		"remove:sign":      `ends the lead time`,
		"remove:start":     `"start" is a startEvent, wanted a task`,
		"branch:agian=0.1": `found the branch "agian", wanted perhaps "again"`,
		"delay:ask*0.5":    `the step "ask" has no delay`, "pool:clerk+1": `found the pool "clerk", wanted perhaps "clerks"`,
		"pool:clerks-2":       `has 2 people and would have 0`,
		"control:land=40":     `wanted 0 to 29`,
		"skill:h3=law":        `found the person "h3", wanted perhaps "h1"`,
		"skill:h2=lore":       `found the skill "lore", which no step asks for`,
		"arrivals:water*2":    `found the process "water", wanted "land"`,
		"batch:split=daily":   `"split" of the process "land" is no step with a time`,
		"step:sea/register*2": `found the step "sea/register"`,
	} {
		t.Run(line, func(t *testing.T) {
			l, err := ParseLever(line)
			require.NoError(t, err)
			_, err = (&Scenario{ID: "x", Levers: []Lever{l}}).Apply(office())
			require.ErrorContains(t, err, want)
		})
	}
	for line, want := range map[string]string{
		"":                 `found no ":"`,
		"stpe:a*2":         `found the kind "stpe", wanted perhaps "step"`,
		"step:a":           `wanted such as "step:NODE*0.5"`,
		"step:a*-1":        `found the factor "-1"`,
		"step:a=5":         `wanted a length of time`,
		"step:*0.5":        `found no target`,
		"pool:a":           `wanted such as "pool:POOL+1"`,
		"branch:a=2":       `found the share "2"`,
		"batch:a=Foo":      `found "Foo", wanted one of`,
		"release:a=never":  `wanted working days or "at-once"`,
		"task=a scale":     `found no " scale="`,
		"arrivals:a":       `wanted such as "arrivals:PROCESS*1.2"`,
		"skill:a=b 0":      `found the level "0"`,
		"control:a=1.5":    `found "1.5", wanted days`,
		"batch:a=Mon 99:0": `wanted a time of day`,
	} {
		t.Run(line, func(t *testing.T) {
			_, err := ParseLever(line)
			require.ErrorContains(t, err, want)
		})
	}
}

func TestRemoveLeavesAGatewayWhereWaysMeet(t *testing.T) {
	m := office()
	p := m.Processes[0]
	p.Diagram.Flows[4].Target = "ask" // again → ask, without the join
	changed, err := (&Scenario{Levers: []Lever{{Kind: Remove, Target: "ask"}}}).Apply(m)
	require.NoError(t, err)
	require.Equal(t, bpmn.ExclusiveGateway, changed.Processes[0].Diagram.Node("ask").Kind)
	require.Equal(t, bpmn.SendTask, p.Diagram.Node("ask").Kind)
}

func TestRead(t *testing.T) {
	fsys := fstest.MapFS{
		"portal.yaml": {Data: []byte("id: portal\nname: {ru: Портал, en: Portal}\nlevers:\n- {step: register, scale: 0.5, from: {kind: assumption, source: author, reason: {ru: Форма проверяет сама}}}\n- branch:again=0.1\n")},
		"all.yaml":    {Data: []byte("id: all\nwith: [portal.yaml]\nlevers:\n- batch: sign\n  days: [Mon, Tue]\n  at: 10:00\n- release: sign\n  working-days: at-once\n- step: ask\n  time: {law: lognormal, mean: 2 h, sd: 1 h}\n")},
		"loop.yaml":   {Data: []byte("id: loop\nwith: [loop.yaml]\n")},
		"bad.yaml":    {Data: []byte("id: bad\nlevers:\n- stp: a\n- step: a\n- {pool: a, change: 1, size: 2}\n- {step: a, scale: 0.5, share: 1}\n- step:a\n- {batch: a, days: [Foo]}\n")},
	}
	s, err := Read(fsys, "all.yaml")
	require.NoError(t, err)
	require.Len(t, s.Levers, 5)
	changed, err := s.Apply(office())
	require.NoError(t, err)
	p := changed.Processes[0]
	require.Equal(t, 300.0, p.Tasks["register"].Time.Average())
	require.InDelta(t, 0.1, p.Branches["again"], 1e-12)
	require.Equal(t, 10*time.Hour, p.Tasks["sign"].Batch.At)
	require.Nil(t, p.Tasks["sign"].NotBefore)
	require.Equal(t, "lognormal", p.Tasks["ask"].Time.Law)
	require.Equal(t, "Форма проверяет сама", s.Levers[0].Provenance.Reason.RU)

	_, err = Read(fsys, "loop.yaml")
	require.ErrorContains(t, err, "includes itself")
	_, err = Read(fsys, "none.yaml")
	require.ErrorContains(t, err, `reading "none.yaml": file does not exist`)
	_, err = Read(fsys, "bad.yaml")
	for _, want := range []string{"line 3, column 3", "line 4, column 3", "line 5", `line 6, column 25: "levers" 4: found the key "share"`, "line 7, column 3", `line 8, column 21`} {
		require.ErrorContains(t, err, want)
	}
}

func TestJoin(t *testing.T) {
	a := &Scenario{ID: "a", Name: twin.Text{RU: "А"}, Levers: []Lever{{Kind: Remove, Target: "ask"}}}
	b := &Scenario{ID: "b", Name: twin.Text{RU: "Б", EN: "B"}, Levers: []Lever{{Kind: Pool, Target: "clerks", Change: 1}}}
	require.Equal(t, &Scenario{ID: "a+b", Name: twin.Text{RU: "А + Б", EN: "А + B"}, Levers: append(a.Levers[:1:1], b.Levers...)}, Join(a, b))
}

func FuzzParseLever(f *testing.F) {
	for _, s := range []string{"step:a*0.5", "pool:a+1", "batch:x=Mon-Fri 10:00", "release:a=at-once", "branch:f=0.1", "automate:a", "task=a scale=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLever(s)
		if err != nil {
			return
		}
		_, _ = (&Scenario{Levers: []Lever{l}}).Apply(office())
	})
}

// Steps in a row go on side by side, also inside a sub-process.
func TestParallel(t *testing.T) {
	m := office()
	p := m.Processes[0]
	inner := &bpmn.Process{Nodes: p.Diagram.Nodes, Flows: p.Diagram.Flows}
	p.Diagram = &bpmn.Process{ID: "P", Nodes: []*bpmn.Node{{ID: "begin"}, {ID: "sub", Kind: bpmn.SubProcess, Sub: inner}, {ID: "finish", Kind: bpmn.EndEvent}},
		Flows: []*bpmn.Flow{{ID: "g1", Source: "begin", Target: "sub"}, {ID: "g2", Source: "sub", Target: "finish"}}}
	inner.Nodes = append(inner.Nodes, &bpmn.Node{ID: "copy", Kind: bpmn.UserTask})
	inner.Flows[1].Target = "copy"
	inner.Flows = append(inner.Flows, &bpmn.Flow{ID: "f6", Source: "copy", Target: "join"})
	p.Tasks["copy"] = p.Tasks["ask"]
	require.NoError(t, m.Validate())
	apply := func(line string) (*twin.Model, error) {
		l, err := ParseLever(line)
		require.NoError(t, err)
		require.Equal(t, line, l.String())
		return (&Scenario{ID: "x", Levers: []Lever{l}}).Apply(m)
	}
	changed, err := apply("parallel:register..copy")
	require.NoError(t, err)
	sub := changed.Processes[0].Diagram.Node("sub").Sub
	require.Len(t, sub.Outgoing()["register-split"], 2)
	require.Len(t, sub.Incoming()["copy-join"], 2)
	require.Equal(t, "join", sub.Outgoing()["copy-join"][0].Target)
	require.Nil(t, inner.Node("register-split"), "the model itself stays as it is")
	for line, want := range map[string]string{
		"parallel:register..ask":  "do not follow each other in a row",
		"parallel:copy..register": "do not follow each other in a row",
		"parallel:copy..copy":     "cannot go on beside itself",
	} {
		_, err := apply(line)
		require.ErrorContains(t, err, want)
	}
	// Levers reach into sub-processes.
	changed, err = apply("remove:copy")
	require.NoError(t, err)
	require.Nil(t, changed.Processes[0].Diagram.Node("sub").Sub.Node("copy"))
	changed, err = apply("branch:again=0.1")
	require.NoError(t, err)
	require.InDelta(t, 0.9, changed.Processes[0].Branches["on"], 1e-12)
}

// A rule in place of a share, from a file.
func TestRuleLever(t *testing.T) {
	m := office()
	m.Processes[0].Attributes = []twin.Attribute{{ID: "channel", Shares: map[string]float64{"portal": 0.5, "desk": 0.5}}}
	file := "id: x\nlevers:\n  - {rule: again, when: [[{attribute: channel, is: [desk]}]]}\n  - {surge: land, period: 2024-03-01, scale: 2}\n  - {parallel: register, until: ask}\n"
	s, err := Read(fstest.MapFS{"x.yaml": &fstest.MapFile{Data: []byte(file)}}, "x.yaml")
	require.NoError(t, err)
	require.Equal(t, "ask", s.Levers[2].Until)
	s.Levers = s.Levers[:2]
	changed, err := s.Apply(m)
	require.NoError(t, err)
	require.Len(t, changed.Processes[0].Rules["again"], 1)
	require.NotContains(t, changed.Processes[0].Branches, "again")
	for line, want := range map[string]string{"rule:again=1": "a rule stands in a file", "priority:sign": "wanted such as", "gate:land=0": "wanted a number of cases", "surge:land=soon*2": "wanted a date"} {
		_, err := ParseLever(line)
		require.ErrorContains(t, err, want)
	}
}

// No lever breaks a time that law gives a step at the least.
func TestLegalMinimumStands(t *testing.T) {
	m := &twin.Model{ID: "m", TimeZone: "UTC", Processes: []*twin.Process{{ID: "p",
		Diagram: &bpmn.Process{ID: "p", Nodes: []*bpmn.Node{{ID: "s"}, {ID: "notice", Name: "notice", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
			Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "notice"}, {ID: "f2", Source: "notice", Target: "e"}}},
		Arrivals: twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: 3600}},
		Tasks:    map[string]twin.Task{"notice": {Time: twin.Distribution{Law: "uniform", Min: 14 * 86400, Max: 20 * 86400}, AtLeast: &twin.Minimum{Seconds: 14 * 86400, Citation: twin.Text{EN: "two weeks", RU: "две недели"}}}}}}}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	for lever, want := range map[string]string{"step:notice*1": "", "step:notice*2": "", "step:notice*0.5": "law gives it at least 14 d (two weeks)", "step:notice=10d": "at least 14 d", "remove:notice": "may not be taken out", "automate:notice=0s": "at least 14 d"} {
		l, err := ParseLever(lever)
		if err != nil {
			t.Fatal(lever, err)
		}
		_, err = (&Scenario{ID: "x", Levers: []Lever{l}}).Apply(m)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: found %v, wanted %q", lever, err, want)
		}
	}
}
