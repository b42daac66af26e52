package discovery

import (
	"context"
	"testing"
)

func BenchmarkShared(b *testing.B) {
	for _, file := range []string{"BPIC13_incidents.xes.gz", "BPIC12.xes.gz", "Road_Traffic_Fine_Management_Process.xes.gz"} {
		l := sharedLog(b, file)
		b.Run(file+"/variants", func(b *testing.B) {
			for b.Loop() {
				l.Variants()
			}
		})
		for _, noise := range []float64{0, 0.2} {
			vs := named(l)
			b.Run(file+"/im", func(b *testing.B) {
				b.ReportMetric(float64(len(vs)), "variants")
				for b.Loop() {
					Inductive(context.Background(), vs, InductiveConfig{Noise: noise})
				}
			})
		}
	}
}
