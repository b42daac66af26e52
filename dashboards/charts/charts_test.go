package charts

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/terms"
)

const day = 86400.0

func TestBinsEndAtTheLimit(t *testing.T) {
	x := []float64{0.2 * day, 12 * day, 29.9 * day, 30 * day, 31 * day, 44 * day}
	b := BinsOf(x, 30*day)
	require.Contains(t, b.Edges, 30*day)
	require.Equal(t, len(x), b.N())
	in := 0
	for i, c := range b.Counts {
		if b.InTime(i) {
			in += c
		}
	}
	require.Equal(t, 3, in, "30 days to the second is the first bin that is late")
}

func TestBinsOfHeavyTailsFollowTheLadder(t *testing.T) {
	var x []float64
	for i := range 900 {
		x = append(x, float64(i))
	}
	for range 100 {
		x = append(x, 20*day)
	}
	b := BinsOf(x, 0)
	require.Equal(t, []float64{0, 60, 300}, b.Edges[:3])
	require.Equal(t, 1000, b.N())
	require.Equal(t, 60, b.Counts[0])
}

func TestBinsOfLittle(t *testing.T) {
	require.Empty(t, BinsOf(nil, 0).Counts)
	require.Equal(t, 1, BinsOf([]float64{0}, 0).N())
	require.Equal(t, 2, BinsOf([]float64{0, 0}, 3600).N())
	require.Equal(t, 1, BinsOf([]float64{1e9}, 0).N())
}

// Every duration is in the bin that holds it.
func FuzzBins(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 0.0)
	f.Add(1e-6, 1e9, 30*day, 30*day)
	f.Fuzz(func(t *testing.T, a, b, c, limit float64) {
		var x []float64
		for _, v := range []float64{a, b, c} {
			if v = math.Abs(v); !(v <= 1e10) {
				return
			}
			x = append(x, v)
		}
		if limit = math.Abs(limit); !(limit <= 1e9) {
			return
		}
		bins := BinsOf(x, limit)
		require.Equal(t, 3, bins.N())
		require.Len(t, bins.Edges, len(bins.Counts)+1)
		for i := 1; i < len(bins.Edges); i++ {
			require.Less(t, bins.Edges[i-1], bins.Edges[i])
		}
		require.Len(t, bins.Labels(terms.RU), len(bins.Counts))
	})
}

func TestLeadTimeIsDataNotCode(t *testing.T) {
	o, err := LeadTime(BinsOf([]float64{day, 2 * day, 31 * day}, 30*day), terms.RU)
	require.NoError(t, err)
	require.NotContains(t, string(o), "function")
	require.NotContains(t, string(o), "<")
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(o), &m))
	require.NotContains(t, m, "toolbox")
	require.Len(t, m["series"], 2)
	require.Len(t, m["bins"], len(m["edges"].([]any))-1)
}

func TestWhiskersEscapeAndSurviveNaN(t *testing.T) {
	nan := math.NaN()
	svg := string(Whiskers([]Whisker{
		{Label: `</title><script>alert(1)</script>`, Mean: 5, Low: 4, High: 6, Strong: true},
		{Label: "b", Mean: nan, Low: nan, High: nan},
		{Label: "c", Mean: 2, Low: nan, High: nan},
	}, 30, "предел", "дн.", `"quoted"`, terms.RU))
	require.NotContains(t, svg, "<script")
	require.NotContains(t, svg, "NaN")
	require.Equal(t, 2, strings.Count(svg, "<circle"))
	require.Contains(t, svg, `class="limit"`)
	require.NotContains(t, string(Whiskers(nil, 0, "", "", "", terms.EN)), "NaN")
}

func TestTrendDrawsGapsIntervalsAndLevels(t *testing.T) {
	nan := math.NaN()
	svg := string(Trend([]TrendPoint{{"<b>", 1, 0.5, 1.5, true}, {"2", nan, nan, nan, true}, {"3", 2, nan, nan, false}}, []TrendLine{{"limit", 3, "limit"}}, "days", `a "b"`, terms.EN))
	require.Equal(t, 2, strings.Count(svg, "<circle"))
	require.Equal(t, 1, strings.Count(svg, `class="whisker"`))
	_, way, _ := strings.Cut(svg, `class="way" d="`)
	way, _, _ = strings.Cut(way, `"`)
	require.Equal(t, 2, strings.Count(way, "M"), "a period without a value parts the line")
	require.Contains(t, svg, `class="limit-label"`)
	require.NotContains(t, svg, "NaN")
	require.NotContains(t, svg, "<b>")
	require.NotContains(t, string(Trend(nil, nil, "", "", terms.EN)), "NaN")
}
