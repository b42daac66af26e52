package whatif

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// A flow that is chosen by a share is given a rule in the editor: what is wrong with a rule
// is told with its place, the difference is told in words, and a run sets the drawn model
// against the one that it was made from.
func TestDrawnRule(t *testing.T) {
	ctx := context.Background()
	r := room(t)
	b, err := r.Bench(ctx, "model/expertise")
	require.NoError(t, err)
	p := b.Model.Processes[0]
	var diagram strings.Builder
	require.NoError(t, bpmn.Write(&diagram, &bpmn.Definitions{ID: "d", TargetNamespace: "x", Processes: []*bpmn.Process{p.Diagram}, Collaboration: p.Collaboration, Causes: p.Causes, Diagram: p.Layout}))
	edit := func(rules map[string]string) *Edit {
		e := &Edit{Name: "По услуге", Process: p.ID, Diagram: diagram.String(), Shares: map[string]float64{}, Rules: map[string]string{}}
		for id, share := range p.Branches {
			e.Shares[id] = share
		}
		for id, rule := range p.Rules {
			e.Rules[id] = twin.RuleText(rule)
		}
		for id, rule := range rules {
			e.Rules[id] = rule
			delete(e.Shares, id)
		}
		return e
	}
	same, err := edit(nil).Apply(b)
	require.NoError(t, err)
	said, err := Changes(b.Model, same)
	require.NoError(t, err)
	require.Empty(t, said, "what is not touched stays")
	for rule, want := range map[string]string{
		"[[{attribute: service, is: [estimate]":    `the rule of the flow "incomplete": `,
		"[[{attribut: service}]]":                  "line 1, column 4",
		"[[{attribute: colour, is: [red]}]]":       `"colour"`,
		"[[{attribute: service, is: [nonsense]}]]": `"nonsense"`,
		"[]": "empty rule",
	} {
		_, err := edit(map[string]string{"incomplete": rule}).Apply(b)
		var input desk.InputError
		require.ErrorAs(t, err, &input, rule)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, `"incomplete"`, "where it stands")
	}
	id, err := r.SaveVariant(b, edit(map[string]string{"incomplete": "[[{attribute: service, is: [estimate, investments, surveys, project]}]]"}), "me")
	require.NoError(t, err)
	v, err := r.Bench(ctx, "model/"+id)
	require.NoError(t, err)
	differs, err := r.Differs(v)
	require.NoError(t, err)
	require.NotEmpty(t, differs)
	q := &Ask{Kind: WhatIf, Model: v.Variant.From, ToBe: v.Hash, Process: b.Process, Run: Run{Replications: 2, Days: 60, Before: 10, Seed: 3}, Scenarios: []Lines{{ID: "what-if"}}}
	run, err := r.Ask(q)
	require.NoError(t, err)
	require.NoError(t, r.Compute(ctx, run, quiet))
	var a Answer
	require.True(t, r.Found(run, &a))
	require.Equal(t, differs, a.Changes)
	require.NotEqual(t, a.Evidence.InputHash, a.ToBeHash)
	lead, ok := a.Find("", experiment.LeadTime, experiment.CycleTime)
	require.True(t, ok)
	require.NotEqual(t, lead.AsIs, lead.ToBe, "the run uses the rule: %+v", lead)
	q.Kind = Comparison
	_, err = r.Ask(q)
	require.ErrorContains(t, err, "wanted")
}
