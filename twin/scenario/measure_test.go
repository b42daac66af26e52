package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/twin"
)

func TestOfPlan(t *testing.T) {
	all := []*Scenario{{ID: "to-be", Levers: []Lever{{Kind: Delay, Target: "a", Scale: 0.5}, {Kind: Step, Target: "a", Scale: 0.9}, {Kind: Branch, Target: "b", Share: 0.1}}}}
	work := func(id, of string, levers ...string) twin.Work {
		return twin.Work{Measure: &twin.Element{ID: id, Name: twin.Text{EN: "M"}}, Scenario: of, Levers: levers}
	}
	list, err := OfPlan([]twin.Work{work("one", "to-be", "delay:a", "branch:b"), work("two", "to-be"), work("paper", "")}, all)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []Lever{all[0].Levers[0], all[0].Levers[2]}, list[0].Levers)
	require.Equal(t, all[0].Levers, list[1].Levers)
	require.Equal(t, "one", list[0].ID)
	_, err = OfPlan([]twin.Work{work("one", "gone"), work("two", "to-be", "delay:c")}, all)
	require.ErrorContains(t, err, `measure "one": found the scenario "gone"`)
	require.ErrorContains(t, err, `measure "two": scenario "to-be" has no lever "delay:c"`)
}
