package eventlog_test

import (
	"runtime"
	"strconv"
	"testing"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// synthetic adds n events with five per case, a resource and two attributes.
func synthetic(tb testing.TB, n int) *eventlog.Log {
	b := eventlog.NewBuilder("synthetic")
	activities := []string{"register", "check", "decide", "sign", "send"}
	amounts := make([]string, 100)
	for i := range amounts {
		amounts[i] = "dossier " + strconv.Itoa(i)
	}
	list := []eventlog.Attribute{{Key: "dossier"}, {Key: "amount"}}
	var id string
	for i := range n {
		if i%5 == 0 {
			id = strconv.Itoa(i / 5)
		}
		e := eventlog.NewEvent(id, activities[i%5], eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(i)*1_000000, Zone: 180})
		e.Resource = activities[i%3]
		list[0].Value, list[1].Value = eventlog.Text(amounts[i%100]), eventlog.Float(float64(i))
		e.Attributes = list
		if err := b.Add(&e); err != nil {
			tb.Fatal(err)
		}
	}
	return b.Log()
}

func BenchmarkBuilder(b *testing.B) {
	const n = 200_000
	b.ReportAllocs()
	for b.Loop() {
		synthetic(b, n)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.StopTimer()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := synthetic(b, n)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(l.Events()), "bytes/event")
}

func BenchmarkInstances(b *testing.B) {
	l := logtest.Random(1, logtest.Config{Cases: 5000})
	for b.Loop() {
		l.Instances()
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkVariants(b *testing.B) {
	l := synthetic(b, 200_000)
	for b.Loop() {
		l.Variants()
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
