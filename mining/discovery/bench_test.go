package discovery

import (
	"context"
	"github.com/uprava/uprava/mining/logtest"
	"testing"
	"time"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
)

// large are the shared logs over 50,000 events.
var large = []struct{ name, file string }{
	{"incidents", "BPIC13_incidents.xes.gz"},
	{"BPIC15_1", "BPIC15_1.xes.gz"},
	{"BPIC12", "BPIC12.xes.gz"},
	{"rtfm", "Road_Traffic_Fine_Management_Process.xes.gz"},
}

// measured runs f over a log and reports events of the log per second.
func measured(b *testing.B, name string, l *eventlog.Log, f func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

// BenchmarkInductive runs IM and IMf from the log, from its variants, and IMd from
// its graph.
func BenchmarkInductive(b *testing.B) {
	ctx := context.Background()
	for _, c := range large {
		l := logtest.Bare(b, c.file)
		variants, g := l.Variants(), dfg.Discover(l)
		for _, m := range []struct {
			name  string
			noise float64
		}{{"IM", 0}, {"IMf", 0.2}} {
			measured(b, c.name+"/"+m.name+"/log", l, func() error {
				_, err := InductiveLog(ctx, l, InductiveConfig{Noise: m.noise})
				return err
			})
			measured(b, c.name+"/"+m.name+"/variants", l, func() error {
				_, err := InductiveVariants(ctx, variants, l.Activities(), InductiveConfig{Noise: m.noise})
				return err
			})
		}
		measured(b, c.name+"/IMd/graph", l, func() error {
			_, err := InductiveDirectly(ctx, g, InductiveConfig{})
			return err
		})
	}
}

// BenchmarkMiners runs the other miners from the log.
func BenchmarkMiners(b *testing.B) {
	ctx := context.Background()
	for _, c := range large {
		l := logtest.Bare(b, c.file)
		for _, name := range []string{"powl", "heuristics", "alpha", "alpha+++", "prefixes", "transitions"} {
			measured(b, c.name+"/"+name, l, func() error {
				_, err := Discover(ctx, name, l, Config{})
				return err
			})
		}
	}
}

// BenchmarkCancel reports how long after the context was cancelled, in the middle of
// its work on BPIC15_1, each miner took to return.
func BenchmarkCancel(b *testing.B) {
	l := logtest.Bare(b, "BPIC15_1.xes.gz")
	for _, name := range []string{"im", "imf", "imd", "powl", "heuristics", "alpha", "alpha+++"} {
		b.Run(name, func(b *testing.B) {
			whole := time.Now()
			if _, err := Discover(context.Background(), name, l, Config{}); err != nil {
				b.Fatal(err)
			}
			half := time.Since(whole) / 2
			var late time.Duration
			for b.Loop() {
				ctx, cancel := context.WithCancel(context.Background())
				at := make(chan time.Time, 1)
				timer := time.AfterFunc(half, func() {
					at <- time.Now()
					cancel()
				})
				_, err := Discover(ctx, name, l, Config{})
				end := time.Now()
				if err != nil {
					late = max(late, end.Sub(<-at))
				}
				timer.Stop()
				cancel()
			}
			b.ReportMetric(float64(late.Microseconds())/1000, "ms-late-max")
		})
	}
}
