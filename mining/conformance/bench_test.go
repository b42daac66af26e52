package conformance

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
)

// The peer is PM4Py 2.7.14 on another machine of two cores at rest, the log in
// memory: seconds of its replay and of its precision, 0 where it gave up.
var peerSeconds = map[string]struct{ replay, precision float64 }{
	"receipt": {0.095, 0.516}, "sepsis": {1.009, 14.4}, "bpic13_incidents": {1.123, 10.3}, "bpic12": {11.3, 0}, "rtfm": {3.039, 19.6},
}

// BenchmarkReplay replays a log, its variants counted from the events each time.
func BenchmarkReplay(b *testing.B) { onLogs(b, true, replayOnce) }

// BenchmarkReplayVariants replays variants that were counted before.
func BenchmarkReplayVariants(b *testing.B) { onLogs(b, false, replayOnce) }

// BenchmarkPrecision measures precision by escaping edges of counted variants.
func BenchmarkPrecision(b *testing.B) {
	onLogs(b, false, func(b *testing.B, s *subject) float64 {
		if _, err := EscapingEdges(b.Context(), s.net, s.log.Activities(), s.variants, Config{}); err != nil {
			b.Fatal(err)
		}
		return s.peer.precision
	})
}

func replayOnce(b *testing.B, s *subject) float64 {
	if _, err := Replay(b.Context(), s.net, s.log.Activities(), s.variants, Config{}); err != nil {
		b.Fatal(err)
	}
	return s.peer.replay
}

// BenchmarkCancel reports the largest and the typical time from cancelling a search
// that would not end to its return.
func BenchmarkCancel(b *testing.B) {
	l, n := logtest.Parse("<a,b>"), tangled()
	variants := l.Variants()
	var times []time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		var at time.Time
		time.AfterFunc(30*time.Millisecond, func() { at = time.Now(); cancel() })
		if _, err := Replay(ctx, n, l.Activities(), variants, Config{MaxStates: 1 << 27}); err == nil {
			b.Fatal("it ended")
		}
		times = append(times, time.Since(at))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "ms-max")
}

// subject is a log and its net.
type subject struct {
	net      *petri.Net
	log      *eventlog.Log
	variants []eventlog.Variant
	peer     struct{ replay, precision float64 }
}

// onLogs benchmarks one call on each shared log. counted says whether counting the
// variants is a part of it.
func onLogs(b *testing.B, counted bool, call func(b *testing.B, s *subject) float64) {
	for _, ref := range references[1:] {
		b.Run(ref.log, func(b *testing.B) {
			s := &subject{net: sharedNet(b, ref.log, "imf02.pnml"), log: logtest.Bare(b, ref.file), peer: peerSeconds[ref.log]}
			s.variants = s.log.Variants()
			runtime.GC()
			b.ReportAllocs()
			peer := 0.0
			for b.Loop() {
				if counted {
					s.variants = s.log.Variants()
				}
				peer = call(b, s)
			}
			each := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(float64(s.log.Events())/each, "events/s")
			if peer > 0 {
				b.ReportMetric(peer/each, "peer/ours")
			}
		})
	}
}
