package mining_test

import (
	"testing"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// BenchmarkShared measures what all miners stand on, on the shared logs, every
// event as recorded. The metric ratio is to what PM4Py needs on an idle machine of
// the same kind (shared/data/oracle/TIMINGS.md).
func BenchmarkShared(b *testing.B) {
	peer := map[string][2]float64{ // seconds: directly-follows, variants
		"bpic15_1": {0.041, 0.009}, "bpic12": {0.244, 0.052}, "bpic13_incidents": {0.062, 0.017}, "rtfm": {0.529, 0.277},
	}
	for _, s := range logtest.SharedLogs {
		seconds, ok := peer[s.Name]
		if !ok {
			continue
		}
		var l *eventlog.Log
		for i, run := range []func(){func() { dfg.Discover(l) }, func() { l.Variants() }} {
			b.Run(s.Name+"/"+[]string{"dfg", "variants"}[i], func(b *testing.B) {
				if l == nil {
					l = load(b, s)
				}
				b.ReportAllocs()
				for b.Loop() {
					run()
				}
				each := b.Elapsed().Seconds() / float64(b.N)
				b.ReportMetric(float64(l.Events())/each, "events/s")
				b.ReportMetric(seconds[i]/each, "ratio")
			})
		}
	}
}
