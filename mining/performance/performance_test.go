package performance_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

func TestBetween(t *testing.T) {
	l := logtest.Parse(`<request@0s, send@10m, request@20m, send@40m, archive@60m>
		<request@0s, archive@5m> <send@0s, request@1m> <> <archive> <note@0s, request@1m..3m, send@8m>`)
	at := func(activity string, o performance.Occurrence, m performance.Moment) performance.Milestone {
		return performance.Milestone{Activity: activity, Occurrence: o, Moment: m}
	}
	for name, c := range map[string]struct {
		cfg      performance.LeadConfig
		minutes  []float64
		cases    []int
		warnings []string
	}{
		"cycle": {
			performance.LeadConfig{}, []float64{60, 5, 1, 0, 8}, []int{0, 1, 2, 4, 5},
			[]string{"1 case has no events and is left out"},
		},
		"first request to last send": {
			performance.LeadConfig{From: at("request", 0, 0), To: at("send", 0, 0)}, []float64{40, 5}, []int{0, 5},
			[]string{
				"1 case has no events and is left out", `1 case lacks the first milestone "request" and is left out`,
				`1 case lacks the second milestone "send" and is left out`, "1 case passed the second milestone before the first and is left out",
			},
		},
		"last request to first send": {
			performance.LeadConfig{From: at("request", performance.Last, 0), To: at("send", performance.First, 0)}, []float64{5}, []int{5},
			[]string{
				"1 case has no events and is left out", `1 case lacks the first milestone "request" and is left out`,
				`1 case lacks the second milestone "send" and is left out`, "2 cases passed the second milestone before the first and are left out",
			},
		},
		"from the start of the request": {
			performance.LeadConfig{From: at("request", 0, performance.Started)}, []float64{7}, []int{5},
			[]string{"1 case has no events and is left out", `4 cases lack the first milestone "request" and are left out`},
		},
		"no enablement was recorded": {
			performance.LeadConfig{From: at("request", 0, performance.Enabled)}, nil, nil,
			[]string{"1 case has no events and is left out", `5 cases lack the first milestone "request" and are left out`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := performance.Between(l, c.cfg)
			require.NoError(t, err)
			var minutes []float64
			for _, x := range s.Seconds {
				minutes = append(minutes, x/60)
			}
			require.Equal(t, c.minutes, minutes)
			require.Equal(t, c.cases, s.Cases)
			require.Equal(t, c.warnings, measure.Texts(s.Warnings))
			require.Equal(t, len(c.minutes), s.Summary().N)
			require.Equal(t, c.warnings, measure.Texts(s.Summary().Warnings)[:len(c.warnings)])
		})
	}
}

func TestLeadTimesAreCycleTimesWithoutMilestones(t *testing.T) {
	l := logtest.Parse("<a@0s..1m..3m, b@2m..5m> <> <c>")
	require.Equal(t, []float64{300, 0}, performance.LeadTimes(l))
	require.Empty(t, performance.LeadTimes(logtest.Parse("")))
}

func TestBetweenFaults(t *testing.T) {
	l := logtest.Parse("<a,b>")
	_, err := performance.Between(l, performance.LeadConfig{From: performance.Milestone{Activity: "z"}})
	require.EqualError(t, err, `lead times of "notation": milestone "from": the log has no activity "z"`)
	_, err = performance.Between(l, performance.LeadConfig{To: performance.Milestone{Activity: "z"}})
	require.ErrorContains(t, err, `milestone "to": the log has no activity "z"`)
	err = performance.LeadConfig{
		From: performance.Milestone{Activity: "a", Occurrence: 9, Moment: 9},
		To:   performance.Milestone{Occurrence: performance.First},
	}.Validate()
	require.ErrorContains(t, err, `milestone "from": 9 is no occurrence`)
	require.ErrorContains(t, err, `milestone "from": 9 is no moment`)
	require.ErrorContains(t, err, `milestone "to": an occurrence or a moment is given, but no activity`)
	_, err = performance.Between(l, performance.LeadConfig{From: performance.Milestone{Moment: 5}})
	require.Error(t, err)
}

// everyOther is open in every other hour, the first being open.
type everyOther struct{}

func (everyOther) BetweenMicros(from, to int64) int64 {
	open := func(t int64) int64 { return t/7200e6*3600e6 + min(t%7200e6, 3600e6) }
	origin := int64(logtest.Epoch.Time) - 100*7200e6
	return open(to-origin) - open(from-origin)
}

func TestActivities(t *testing.T) {
	// Each case begins an hour after the one before, so the second is shut first.
	l := logtest.Parse("<a@0s..10m..40m, b@30m..50m..80m> <a@0s..20m..90m, b@95m..99m, c@99m>")
	got := performance.Activities(l, performance.Config{Calendar: everyOther{}})
	require.Len(t, got, 3)
	sum := func(s measure.Summary) string {
		if s.N == 0 {
			return "-"
		}
		return fmt.Sprint(s.N, " ", s.Mean/60)
	}
	a, b, c := got[0], got[1], got[2]
	require.Equal(t, []any{"a", 2}, []any{a.Activity, a.N})
	require.Equal(t, "2 15", sum(a.Waiting))    // 10, 20
	require.Equal(t, "2 50", sum(a.Service))    // 30, 70
	require.Equal(t, "2 30", sum(a.Processing)) // 30; 60 to 90 of case 2 is open: 30
	require.Equal(t, "2 20", sum(a.Idle))       // 0, 40
	require.Equal(t, "1 20", sum(b.Waiting))
	require.Equal(t, "2 17", sum(b.Service))   // 30, 4
	require.Equal(t, "2 7", sum(b.Processing)) // 50 to 60, 95 to 99
	require.Equal(t, "2 10", sum(b.Idle))
	require.Equal(t, []string{"1 of 2 activity instances with a start, but without a recorded enablement"}, measure.Texts(b.Warnings))
	require.Equal(t, []any{"c", 1, "-", "-"}, []any{c.Activity, c.N, sum(c.Waiting), sum(c.Service)})
	require.Equal(t, []string{"1 of 1 activity instances without a recorded start"}, measure.Texts(c.Warnings))

	plain := performance.Activities(l, performance.Config{})
	require.Equal(t, "2 50", sum(plain[0].Processing))
	require.Equal(t, "2 0", sum(plain[0].Idle))
	require.Empty(t, performance.Activities(logtest.Parse(""), performance.Config{}))
}

// TestActivitiesOfRecordedEvents: events are paired first, and give what the
// rows that they make give.
func TestActivitiesOfRecordedEvents(t *testing.T) {
	rows := logtest.Parse("<a@0s..10m..40m, b@40m..50m..80m>^2")
	require.Equal(t, performance.Activities(rows, performance.Config{}), performance.Activities(rows.Recorded(), performance.Config{}))
	require.Equal(t, performance.Cases(rows, performance.Config{}), performance.Cases(rows.Recorded(), performance.Config{}))
}

func TestAssumedEnablement(t *testing.T) {
	l := logtest.Parse("<a@0s..10m, b@30m..40m, c@35m..60m, d@60m..60m>")
	got := performance.Activities(l, performance.Config{AssumeEnabled: true})
	var waiting []float64
	for _, a := range got {
		waiting = append(waiting, a.Waiting.Mean/60)
	}
	require.True(t, math.IsNaN(waiting[0]), "nothing completed before the first")
	require.Equal(t, []float64{20, 25, 0}, waiting[1:], "b and c wait since a, d for c")
	require.Zero(t, performance.Activities(l, performance.Config{})[1].Waiting.N)
}

func TestTimesThatGoBackwards(t *testing.T) {
	l := logtest.Parse("<a@0s..10m..5m, a@30m..20m..40m>")
	got := performance.Activities(l, performance.Config{})[0]
	require.Equal(t, []int{1, 1, 1, 1}, []int{got.Waiting.N, got.Service.N, got.Processing.N, got.Idle.N})
	require.Equal(t, []string{
		"1 of 2 activity instances completed before the start", "1 of 2 activity instances started before the enablement",
	}, measure.Texts(got.Warnings))
}

func TestCases(t *testing.T) {
	l := logtest.Parse("<a@0s..10m..40m, b@40m..50m..80m> <a@0s..5m, b@10m> <c> <>")
	got := performance.Cases(l, performance.Config{})
	require.Equal(t, []float64{4800, 600, 0}, got.Cycle.Seconds)
	require.Equal(t, []float64{1200}, got.Waiting.Seconds)
	require.Equal(t, []int{0}, got.Waiting.Cases)
	require.Equal(t, []float64{3600, 300}, got.Service.Seconds)
	require.Equal(t, []string{"1 case has no known service and is left out", "1 of 2 sums of service lack some activity instances"}, measure.Texts(got.Service.Warnings))
	require.Equal(t, []string{"2 cases have no known waiting and are left out"}, measure.Texts(got.Waiting.Warnings))
	require.Equal(t, got.Service.Seconds, got.Processing.Seconds)
}

func FuzzPerformance(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, uint16(seed), true)
	}
	f.Fuzz(func(t *testing.T, seed uint64, features uint16, assume bool) {
		l := logtest.Random(seed, logtest.Config{Cases: 15, Features: logtest.Feature(features)&logtest.All&^logtest.Extremes | logtest.Rows})
		cfg := performance.Config{Calendar: everyOther{}, AssumeEnabled: assume}
		cases := performance.Cases(l, cfg)
		require.Equal(t, cases.Service.Cases, cases.Idle.Cases)
		for i := range cases.Service.Seconds {
			require.InDelta(t, cases.Service.Seconds[i], cases.Processing.Seconds[i]+cases.Idle.Seconds[i], 1e-3, "processing + idle = service")
		}
		for _, s := range []performance.Sample{cases.Cycle, cases.Waiting, cases.Service, cases.Processing, cases.Idle} {
			for _, x := range s.Seconds {
				require.GreaterOrEqual(t, x, 0.0)
			}
		}
		n := 0
		paired, _ := l.Instances()
		for _, a := range performance.Activities(l, cfg) {
			n += a.N
			require.LessOrEqual(t, a.Waiting.N, a.N)
			if a.Service.N > 0 {
				require.InDelta(t, a.Service.Mean, a.Processing.Mean+a.Idle.Mean, 1e-3)
			}
		}
		require.Equal(t, paired.Events(), n)
		require.Equal(t, performance.CycleTimes(l.Recorded()).Seconds, cases.Cycle.Seconds)
	})
}

func TestHistogram(t *testing.T) {
	h := performance.Histogram([]float64{4, 0, 1, 2, 3, math.NaN()}, 4)
	require.Equal(t, performance.Bins{Edges: []float64{0, 1, 2, 3, 4}, Counts: []int64{1, 1, 1, 2}, N: 5, Left: 1}, h)
	require.Equal(t, performance.Bins{}, performance.Histogram(nil, 0))
	require.Equal(t, performance.Bins{Edges: []float64{7, 7}, Counts: []int64{3}, N: 3}, performance.Histogram([]float64{7, 7, 7}, 0))

	// 0…999: IQR 499.5, width 2·499.5/10, so 999/99.9 = 10 bins.
	x := make([]float64, 1000)
	for i := range x {
		x[i] = float64(i)
	}
	h = performance.Histogram(x, 0)
	require.Len(t, h.Counts, 10)
	require.Equal(t, int64(100), h.Counts[0])

	// Equal quartiles: Sturges, ⌈log₂ 8⌉ + 1.
	require.Len(t, performance.Histogram([]float64{1, 1, 1, 1, 1, 1, 1, 9}, 0).Counts, 4)
	// One value far away does not make a million bins.
	require.Len(t, performance.Histogram(append(x, 1e12), 0).Counts, performance.MostBins)
}

func FuzzHistogram(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 0)
	f.Add(-1e308, 1e308, 0.0, 7)
	f.Add(1.0, math.Nextafter(1, 2), 1.0, 50)
	f.Fuzz(func(t *testing.T, a, b, c float64, bins int) {
		if bins > 1000 {
			return
		}
		x := []float64{a, b, c, b}
		h := performance.Histogram(x, bins)
		var n int64
		for i, k := range h.Counts {
			n += k
			var want int64
			for _, v := range x {
				if v >= h.Edges[i] && (v < h.Edges[i+1] || i == len(h.Counts)-1 && v == h.Edges[i+1]) {
					want++
				}
			}
			require.Equal(t, want, k)
		}
		require.Equal(t, h.N, n)
		require.Equal(t, int64(4), h.N+h.Left)
	})
}

func ExampleActivities() {
	log := logtest.Parse("<check@0s..10m..40m, sign@40m..60m..65m>^20")
	for _, a := range performance.Activities(log, performance.Config{}) {
		fmt.Println(a.Activity, a.N, "waits", a.Waiting.Mean, "s, is worked on for", a.Processing.Mean, a.Processing.Unit)
	}
	// Output:
	// check 20 waits 600 s, is worked on for 1800 s
	// sign 20 waits 1200 s, is worked on for 300 s
}
