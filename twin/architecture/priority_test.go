package architecture

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

func thing(kind twin.Kind, id string, edges ...twin.Edge) *twin.Element {
	return &twin.Element{Kind: kind, ID: id, Name: twin.Text{RU: id, EN: id}, Edges: edges}
}

func link(r twin.Relation, k twin.Kind, id string) twin.Edge {
	return twin.Edge{Relation: r, To: twin.Ref{Kind: k, ID: id}}
}

func procedureOf(id string, volume, effort float64, edges ...twin.Edge) *twin.Element {
	p := thing(twin.Procedure, id, edges...)
	from := twin.Provenance{Kind: "assumption"}
	p.Figures = map[string]twin.Figure{"executions-a-year": {Value: volume, Provenance: from}, "effort": {Value: effort, Provenance: from}}
	return p
}

func hall() *twin.Model {
	ready := procedureOf("ready", 100, 2, link(twin.Uses, twin.System, "gis"), link(twin.DependsOn, twin.Regulation, "act"))
	ready.Properties = map[string]string{"steps": "a; b"}
	return &twin.Model{
		Units: []twin.Unit{{ID: "u"}, {ID: "v"}},
		Pools: []twin.Pool{{ID: "head", Size: 1}, {ID: "clerks", Size: 3}},
		Processes: []*twin.Process{
			{ID: "p", Diagram: &bpmn.Process{}, Tasks: map[string]twin.Task{"a": {Pools: []string{"head"}}, "b": {Pools: []string{"clerks"}}}},
			{ID: "q", Diagram: &bpmn.Process{}, Tasks: map[string]twin.Task{"a": {Pools: []string{"head"}}}},
		},
		Elements: []*twin.Element{
			thing(twin.System, "gis"), thing(twin.System, "edms"), thing(twin.Regulation, "act"),
			thing(twin.Interface, "gis-edms", link(twin.BelongsTo, twin.System, "gis"), link(twin.DependsOn, twin.System, "edms")),
			ready, procedureOf("bare", 400, 1), procedureOf("rare", 1, 1, link(twin.Uses, twin.System, "gis")), thing(twin.Procedure, "unknown"),
			thing(twin.Post, "one", link(twin.BelongsTo, twin.UnitKind, "u"), link(twin.Performs, twin.Procedure, "bare"), link(twin.Performs, twin.Procedure, "ready")),
			thing(twin.Post, "two", link(twin.BelongsTo, twin.UnitKind, "v"), link(twin.Performs, twin.Procedure, "bare")),
		},
	}
}

func TestPriorities(t *testing.T) {
	list, without, err := Priorities(context.Background(), hall(), PriorityConfig{Seed: 1})
	require.NoError(t, err)
	require.Equal(t, 1, without)
	require.Equal(t, "ready", list[0].Procedure.ID, "200 hours a year that can be saved, before 400 that hardly can")
	require.InDelta(t, 1, float64(list[0].Feasibility), 1e-9)
	require.Empty(t, list[0].Missing)
	require.Equal(t, "bare", list[1].Procedure.ID)
	require.Equal(t, []string{NeedsSystem, NeedsSteps, NeedsRules, NeedsInterface, NeedsOneAuthor}, list[1].Missing)
	require.Equal(t, "rare", list[2].Procedure.ID)
	require.InDelta(t, 200*(0.2+0.4+0.7)/3, float64(list[0].Saved), 1e-9)
	for _, p := range list {
		require.Less(t, float64(p.Low), float64(p.Score))
		require.Greater(t, float64(p.High), float64(p.Score))
		require.LessOrEqual(t, p.RankLow, p.Rank)
		require.GreaterOrEqual(t, p.RankHigh, p.Rank)
	}
	_, _, err = Priorities(context.Background(), hall(), PriorityConfig{Saved: Range{0.5, 0.2, 0.7}})
	require.ErrorContains(t, err, "wanted shares in order")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = Priorities(ctx, hall(), PriorityConfig{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestPrioritiesAreDeterministic(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	a, _, err := Priorities(context.Background(), hall(), PriorityConfig{Seed: 3})
	require.NoError(t, err)
	runtime.GOMAXPROCS(2)
	b, _, err := Priorities(context.Background(), hall(), PriorityConfig{Seed: 3})
	require.NoError(t, err)
	require.Equal(t, fmt.Sprint(a), fmt.Sprint(b))
}

func TestPerformersAndSingles(t *testing.T) {
	m := hall()
	list := Performers(m, nil)
	require.Equal(t, "head", list[0].Pool.ID)
	require.Equal(t, []string{"p", "q"}, list[0].Processes)
	require.True(t, list[0].Alone)
	require.False(t, list[1].Alone)
	singles := Singles(m)
	require.Len(t, singles, 1)
	require.Equal(t, "one", singles[0].Post.ID)
	require.InDelta(t, 100, float64(singles[0].Executions), 1e-9)
}
