package discovery

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// TestSplitByHand has the running example of the first paper (figure 2) and small
// logs with one answer each. The words are those of the net of the diagram.
func TestSplitByHand(t *testing.T) {
	for name, c := range map[string]struct {
		log      string
		cfg      SplitConfig
		length   int
		want     string
		gateways string
	}{
		"the paper": {
			"<a,b,c,g,e,h>^10 <a,b,c,f,g,h>^10 <a,b,d,g,e,h>^10 <a,b,d,e,g,h>^10 <a,b,e,c,g,h>^10 <a,b,e,d,g,h>^10 <a,c,b,e,g,h>^10 <a,c,b,f,g,h>^10 <a,d,b,e,g,h>^10 <a,d,b,f,g,h>^10",
			SplitConfig{}, 6, "abcegh abcfgh abdegh abdfgh abecgh abedgh abfcgh abfdgh acbegh acbfgh adbegh adbfgh", "+ x x x x +",
		},
		"parallel inside a choice": {"<a,b,c,d>^5 <a,c,b,d>^5 <a,e,d>^3", SplitConfig{}, 4, "aed abcd acbd", "x + + x"},
		"repetition":               {"<a,b,b,c>^5", SplitConfig{}, 5, "abc abbc abbbc", "x x"},
		"inclusive":                {"<a,b,c,d>^5 <a,c,b,d>^5 <a,b,d>^5 <a,c,d>^5", SplitConfig{}, 4, "abd acd abcd acbd", "o o"},
		"not inclusive enough":     {"<a,b,c,d>^5 <a,c,b,d>^5 <a,b,d>^5 <a,c,d>^5", SplitConfig{Inclusive: 0.6}, 4, "abcd acbd", "+ +"},
		"the rarer order goes":     {"<a,b,c,d>^9 <a,c,b,d>", SplitConfig{}, 4, "abcd", ""},
		"a wider idea of parallel": {"<a,b,c,d>^9 <a,c,b,d>", SplitConfig{Parallelism: 1}, 4, "abcd acbd", "+ +"},
		"cases without events":     {"<>^20 <a>^9", SplitConfig{}, 2, " a", "x x"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := Discover(context.Background(), "split", logtest.Parse(c.log), Config{Split: c.cfg})
			require.NoError(t, err)
			require.NoError(t, m.BPMN.Validate())
			require.NoError(t, m.Net.Sound())
			words, err := m.Net.Language(c.length)
			require.NoError(t, err)
			var got []string
			for _, w := range words {
				got = append(got, strings.Join(w, ""))
			}
			require.ElementsMatch(t, strings.Split(c.want, " "), got)
			require.Equal(t, c.gateways, gatewaysOf(m.BPMN))
		})
	}
}

// gatewaysOf returns the gateways by kind, in the order of the diagram.
func gatewaysOf(d *bpmn.Definitions) string {
	var out []string
	for _, n := range d.Processes[0].Nodes {
		if i := slices.Index([]bpmn.Kind{bpmn.ExclusiveGateway, bpmn.ParallelGateway, bpmn.InclusiveGateway}, n.Kind); i >= 0 {
			out = append(out, []string{"x", "+", "o"}[i])
		}
	}
	return strings.Join(out, " ")
}

// TestSplitSeesOverlap: b always completes before c, but they overlap.
func TestSplitSeesOverlap(t *testing.T) {
	build := func(overlap bool) *eventlog.Log {
		b := eventlog.NewBuilder("overlap")
		day := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
		for _, id := range []string{"1", "2", "3"} {
			for _, x := range []struct {
				activity   string
				start, end int
			}{{"a", 0, 1}, {"b", 1, 3}, {"c", 3, 4}, {"d", 4, 5}} {
				if x.activity == "c" && overlap {
					x.start = 2
				}
				e := eventlog.NewEvent(id, x.activity, eventlog.At(day.Add(time.Duration(x.end)*time.Hour)))
				e.Start = eventlog.At(day.Add(time.Duration(x.start) * time.Hour))
				require.NoError(t, b.Add(&e))
			}
		}
		return b.Log()
	}
	for overlap, want := range map[bool]string{true: "+ +", false: ""} {
		d, doubts, err := Split(context.Background(), build(overlap), SplitConfig{})
		require.NoError(t, err)
		require.Empty(t, doubts)
		require.Equal(t, want, gatewaysOf(d))
	}
}

func TestDominators(t *testing.T) {
	// 0 → 1 → {2, 3} → 4 → 1, 4 → 5
	points := []point{{next: []int{1}}, {next: []int{2, 3}}, {next: []int{4}}, {next: []int{4}}, {next: []int{1, 5}}, {}}
	dom := dominators(points, 0)
	require.Equal(t, []int{0, 0, 1, 1, 1, 4}, dom.above)
	require.Equal(t, 1, dom.common(2, 3))
	require.True(t, dom.dominates(1, 5))
	require.False(t, dom.dominates(2, 4))
}
