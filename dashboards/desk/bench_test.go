package desk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
)

// benchEvents is how many events the log of BenchmarkBoard has: UPRAVA_BENCH_EVENTS, or a
// hundred thousand.
func benchEvents(b *testing.B) int {
	text := os.Getenv("UPRAVA_BENCH_EVENTS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	require.NoError(b, err)
	return n
}

// bigLog is a log of so many events over three years, of a process of the pack, eight
// events a case, one case in forty still open.
func bigLog(b *testing.B, events int) *eventlog.Log {
	p, err := datasets.Open("municipality")
	require.NoError(b, err)
	small, _, err := datasets.Generate(context.Background(), p, datasets.Config{Process: "redistribution", Years: 1, Seed: 1})
	require.NoError(b, err)
	steps := []string{"Комплектность проверена", "Межведомственные запросы направлены", "Ответы на запросы получены", "Участок проверен (осмотр и ГИС)", "Проект решения подготовлен", "Правовая экспертиза проведена", "Решение подписано", "Решение направлено"}
	rng := rand.New(rand.NewPCG(1, 10))
	begin := time.Date(2018, 1, 1, 6, 0, 0, 0, time.UTC).UnixMicro()
	c := &eventlog.Columns{Activities: steps}
	for k := 0; len(c.Activity) < events; k++ {
		c.Cases = append(c.Cases, fmt.Sprint("case-", k))
		at := begin + int64(float64(k)*8/float64(events)*1095*86400e6)
		last := len(steps)
		if rng.IntN(40) == 0 {
			last = 1 + rng.IntN(len(steps)-1)
		}
		for i := range last {
			c.Activity, c.Start = append(c.Activity, eventlog.Code(i)), append(c.Start, eventlog.Time(at))
			at += int64(600e6 + rng.ExpFloat64()*3*86400e6)
			c.Time, c.Zone, c.StartZone = append(c.Time, eventlog.Time(at)), append(c.Zone, 180), append(c.StartZone, 180)
		}
		c.Ends = append(c.Ends, uint32(len(c.Activity)))
	}
	l, err := eventlog.FromColumns("big", small.Meta(), c)
	require.NoError(b, err)
	return l
}

// BenchmarkBoard tells how long a board takes: the first time after the log changed, when
// it is asked again, when another period is asked, and after a restart.
//
//	UPRAVA_BENCH_EVENTS=10000000 go test ./dashboards/desk -run '^$' -bench Board -benchtime 1x -timeout 60m
func BenchmarkBoard(b *testing.B) {
	dir := enginetest.Dir(b)
	ctx := context.Background()
	events := benchEvents(b)
	d, err := Open(ctx, Config{Dir: dir})
	require.NoError(b, err)
	require.NoError(b, d.Store().Save(ctx, "big", bigLog(b, events)))
	since := func(begin time.Time) float64 { return float64(time.Since(begin).Microseconds()) / 1000 }
	spent := func() float64 { // of the processor, by the whole process
		var u syscall.Rusage
		require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	}
	ask := func(q BoardQuestion) *Board {
		board, err := d.Board(ctx, "big", q)
		require.NoError(b, err)
		return board
	}
	begin := time.Now()
	first := ask(BoardQuestion{})
	made := since(begin)
	require.Greater(b, first.Now.N, events/10)
	require.Positive(b, first.Open)
	begin = time.Now()
	_, err = d.Narrow(ctx, "big", Look{})
	require.NoError(b, err)
	narrow := since(begin)
	begin = time.Now()
	_, err = d.Risks(ctx, "big", Look{})
	require.NoError(b, err)
	risks := since(begin)
	require.NoError(b, d.Close())

	d, err = Open(ctx, Config{Dir: dir})
	require.NoError(b, err)
	defer func() { require.NoError(b, d.Close()) }()
	begin = time.Now()
	used := spent()
	ask(BoardQuestion{})
	restarted, restartedUsed := since(begin), spent()-used
	begin = time.Now()
	_, err = d.Narrow(ctx, "big", Look{})
	require.NoError(b, err)
	_, err = d.Risks(ctx, "big", Look{})
	require.NoError(b, err)
	parts := since(begin)
	begin, used = time.Now(), spent()
	year := Window{Begin: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	ask(BoardQuestion{Window: year, Against: Window{Begin: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), End: year.Begin}})
	another, anotherUsed := since(begin), spent()-used
	b.ResetTimer()
	for b.Loop() {
		ask(BoardQuestion{})
	}
	warm := float64(b.Elapsed().Microseconds()) / 1000 / float64(b.N)
	b.ReportMetric(made, "ms/first")
	b.ReportMetric(narrow, "ms/bottlenecks")
	b.ReportMetric(risks, "ms/risks")
	b.ReportMetric(restarted, "ms/restarted")
	b.ReportMetric(restartedUsed, "cpu-ms/restarted")
	b.ReportMetric(anotherUsed, "cpu-ms/other-period")
	b.ReportMetric(parts, "ms/parts-restarted")
	b.ReportMetric(another, "ms/other-period")
	b.ReportMetric(warm, "ms/warm")
}
