package desk

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin/scenario"
)

// What is suggested names a lever that the model takes, with its reason in both
// languages, the same whenever asked.
func TestSuggest(t *testing.T) {
	pack, err := datasets.Open("expertise")
	require.NoError(t, err)
	m, err := pack.Model()
	require.NoError(t, err)
	list, err := Suggest(context.Background(), m)
	require.NoError(t, err)
	require.Len(t, list, 3)
	for _, s := range list {
		t.Log(s.ID, s.Name, s.Reason)
		require.NotEmpty(t, s.Name.RU)
		require.Regexp(t, `\d.*95 %.*\d.*5 прогонов`, s.Reason.RU)
		require.Regexp(t, `\d.*95%.*\d.*5 replications`, s.Reason.EN)
		l, err := scenario.ParseLine(s.ID)
		require.NoError(t, err)
		require.Equal(t, []scenario.Lever{l}, s.Levers)
		changed, err := s.Apply(m)
		require.NoError(t, err)
		_, err = simulator.Compile(changed, "ru")
		require.NoError(t, err)
	}
	again, err := Suggest(context.Background(), m)
	require.NoError(t, err)
	require.Equal(t, list, again)
}

// That something is the greatest is said where its interval is clear of the others.
func TestGreatest(t *testing.T) {
	for _, c := range []struct {
		name  string
		of    map[string][]float64
		best  string
		alone bool
	}{
		{"nothing", nil, "", false},
		{"nobody works", map[string][]float64{"a": {0, 0, 0, 0, 0}}, "", false},
		{"clear", map[string][]float64{"a": {.5, .51, .5, .49, .5}, "b": {.2, .21, .2, .19, .2}}, "a", true},
		{"overlapping", map[string][]float64{"a": {.5, .7, .3, .6, .4}, "b": {.45, .65, .25, .55, .4}}, "a", false},
		{"equal, the first by name", map[string][]float64{"b": {.5, .5, .5, .5, .5}, "a": {.5, .5, .5, .5, .5}}, "a", false},
		{"a step that one replication lacks", map[string][]float64{"a": {.5, .5, .5, .5}}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			best, _, alone := greatest(c.of)
			require.Equal(t, c.best, best)
			require.Equal(t, c.alone, alone)
		})
	}
}
