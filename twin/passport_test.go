package twin

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// office is a town hall whose first process has all that a passport shows.
func office() *Model {
	m := small()
	p := m.Processes[0]
	p.About = About{Category: Main, Purpose: Text{RU: "Чтобы", EN: "So that"}, Client: Text{RU: "Граждане", EN: "Citizens"}, Starts: Text{RU: "Заявление", EN: "Application"}, Ends: Text{RU: "Ответ", EN: "Reply"}}
	self := Ref{ProcessKind, p.ID}
	p.Edges = []Edge{{Uses, Ref{System, "gis"}}, {Uses, Ref{Document, "act"}}, {Produces, Ref{Document, "reply"}}, {MeasuredBy, Ref{Indicator, "days"}}, {Supports, Ref{Goal, "quick"}}, {DependsOn, Ref{Power, "to-decide"}}}
	effect := named(Measure, "form", Edge{MeasuredBy, Ref{Indicator, "days"}}, Edge{Supports, self}, Edge{DependsOn, Ref{Measure, "portal"}})
	effect.Properties = map[string]string{"state": "planned", "start": "2019-02-01", "due": "2019-03-01", "scenario": "to-be", "levers": "delay:a, automate:b"}
	effect.Figures = map[string]Figure{PlannedEffect: {Value: -3, Unit: "wd", Provenance: Provenance{Kind: "assumption"}}}
	portal := named(Measure, "portal", Edge{Supports, Ref{Goal, "quick"}})
	portal.Properties = map[string]string{"due": "2019-01-15"}
	m.Elements = append(m.Elements, named(Document, "reply"), named(Power, "to-decide"), effect, portal,
		named(Role, "owner", Edge{Owns, self}), named(Role, "deputy", Edge{Owns, self}),
		named(Post, "chief", Edge{Performs, Ref{Role, "owner"}}, Edge{Owns, Ref{Measure, "form"}}), named(Post, "mayor", Edge{Owns, self}),
		named(Regulation, "code", Edge{Regulates, self}), named(Document, "job", Edge{Regulates, Ref{Post, "chief"}}, Edge{Regulates, self}),
		named(Risk, "late", Edge{DependsOn, self}))
	return m
}

func TestPassport(t *testing.T) {
	m := office()
	require.NoError(t, m.Validate())
	id := m.Processes[0].ID
	p := m.Passport(id)
	require.Equal(t, m.Processes[0], p.Process)
	require.Equal(t, Ref{UnitKind, "u0"}, p.Unit)
	require.Equal(t, []Ref{{Post, "chief"}, {Post, "mayor"}, {Role, "deputy"}}, p.Owners, "a role without a post stands for itself")
	require.Equal(t, []Ref{{Document, "act"}}, p.Inputs)
	require.Equal(t, []Ref{{Document, "reply"}}, p.Outputs)
	require.Equal(t, []Ref{{System, "gis"}}, p.Systems)
	require.Equal(t, []Ref{{Regulation, "code"}}, p.Basis)
	require.Equal(t, []Ref{{Power, "to-decide"}}, p.Powers)
	require.Equal(t, []Ref{{Document, "job"}}, p.JobDescriptions)
	require.Equal(t, []Ref{{Indicator, "days"}}, p.Indicators)
	require.Equal(t, []Ref{{Goal, "quick"}}, p.Goals)
	require.Equal(t, []Ref{{Risk, "late"}}, p.Risks)
	require.Equal(t, []Ref{{Measure, "form"}}, p.Measures)
	require.Contains(t, p.Performers, Ref{PoolKind, m.Pools[0].ID})
	require.Nil(t, m.Passport("gone"))
	require.Equal(t, p, m.Passports()[0])
}

func TestPlan(t *testing.T) {
	m := office()
	all := m.Plan()
	require.Len(t, all, 2)
	require.Equal(t, []string{"portal", "form"}, []string{all[0].Measure.ID, all[1].Measure.ID}, "by due date")
	require.Equal(t, all[1:], m.Plan(m.Processes[0].ID))
	form := all[1]
	require.Equal(t, time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC), form.Due)
	require.Equal(t, -3.0, form.Effect.Value)
	require.Equal(t, []Ref{{Post, "chief"}}, form.Owners)
	require.Equal(t, []Ref{{Measure, "portal"}}, form.After)
	require.Equal(t, []string{"delay:a", "automate:b"}, form.Levers)
	require.Nil(t, all[0].Effect)
}

func TestFaultsOfAPlan(t *testing.T) {
	m := office()
	form := m.Elements[10]
	require.Equal(t, "form", form.ID)
	form.Properties["due"], form.Properties["scenario"] = "2019-01-01", ""
	f := form.Figures[PlannedEffect]
	f.Unit = ""
	form.Figures[PlannedEffect] = f
	form.Edges = form.Edges[1:]
	m.Elements[11].Properties["due"] = "15.01.2019"
	m.Processes[0].About.Category = "mian"
	err := m.Validate()
	for _, want := range []string{"it is due on 2019-01-01, before it starts on 2019-02-01", "it names levers and not the scenario", "has no unit", "names no indicator", `found "15.01.2019", wanted a date`, `found the category "mian", wanted perhaps "main"`} {
		require.ErrorContains(t, err, want)
	}
}

func TestUnsourced(t *testing.T) {
	m := office()
	p := m.Processes[0]
	sourced := Provenance{Kind: "assumption"}
	p.Arrivals.Provenance, p.Limit.Provenance = sourced, sourced
	for i := range m.Pools {
		m.Pools[i].Provenance = sourced
	}
	m.Processes = m.Processes[:1]
	p.Provenance = map[string]Provenance{"back": sourced, "on": sourced, "stage-correlation": sourced}
	task := p.Tasks["task"]
	task.Provenance = sourced
	p.Tasks["task"] = task
	require.Empty(t, m.Unsourced())
	delete(p.Provenance, "on")
	task.Provenance = Provenance{}
	p.Tasks["task"], m.Pools[0].Provenance = task, Provenance{}
	require.Equal(t, []string{fmt.Sprintf("pool %q", m.Pools[0].ID), `process "process 0": task "task"`, `process "process 0": branch "on"`}, m.Unsourced())
}

func TestFaultsOfATermOfLaw(t *testing.T) {
	m := office()
	m.Processes[0].Limit.Rule, m.Processes[0].Limit.Words = "", map[string]string{"decided": "nowhere"}
	err := m.Validate()
	require.ErrorContains(t, err, "names no rule")
	require.ErrorContains(t, err, `word "decided": found the node "nowhere"`)
}
