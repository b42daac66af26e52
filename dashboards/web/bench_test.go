package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
)

// How many readers ask at once, how many requests they make together, and what is
// promised: the 95th percentile of their waiting, and the growth of the heap.
const (
	readers, requests = 50, 10_000
	promised          = 500 * time.Millisecond
	growth            = 16 << 20
)

// BenchmarkReaders lets 50 readers at once, each asking again as soon as answered,
// make 10,000 requests for boards of the municipality over loopback: whole pages,
// other periods and languages, and the parts that pages fetch. It reports
// percentiles of the time to the last byte and how far the heap grew, and fails
// where the promise is broken. UPRAVA_BENCH_REQUESTS makes fewer.
//
//	go test ./dashboards/web -run '^$' -bench Readers -benchtime 1x
func BenchmarkReaders(b *testing.B) {
	if !Built() {
		b.Skip("the browser assets are not built: run `make assets`")
	}
	total := requests
	if text := os.Getenv("UPRAVA_BENCH_REQUESTS"); text != "" {
		var err error
		total, err = strconv.Atoi(text)
		require.NoError(b, err)
	}
	ctx := context.Background()
	d, err := desk.Open(ctx, desk.Config{Dir: enginetest.Dir(b)})
	require.NoError(b, err)
	defer func() { require.NoError(b, d.Close()) }()
	pack, err := datasets.Open("municipality")
	require.NoError(b, err)
	_, err = d.LoadPack(ctx, pack, "ru", nil)
	require.NoError(b, err)
	logs, err := d.Logs(ctx)
	require.NoError(b, err)
	pages, err := New(Config{Config: shell.Config{Desk: d, Jobs: jobs.New(ctx, 1, 10), Version: "bench"}})
	require.NoError(b, err)
	server := httptest.NewServer(Guard(pages))
	defer server.Close()
	var addresses []string
	for _, l := range logs {
		for _, view := range []string{"?lang=ru", "?lang=en", "?lang=ru&p=2019-Q2&vs=previous", "/board/risks?lang=ru", "/board/bottlenecks?lang=ru"} {
			addresses = append(addresses, server.URL+"/logs/"+l.Name+view)
		}
	}
	addresses = append(addresses, server.URL+"/?lang=ru", server.URL+"/owner?lang=ru", server.URL+"/signatures?lang=ru")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers, MaxConnsPerHost: readers}}
	ask := func(address string) (time.Duration, error) {
		begin := time.Now()
		reply, err := client.Get(address)
		if err != nil {
			return 0, err
		}
		defer reply.Body.Close()
		if _, err := io.Copy(io.Discard, reply.Body); err != nil {
			return 0, err
		}
		if reply.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%s: %s", address, reply.Status)
		}
		return time.Since(begin), nil
	}
	run := func(n int) []time.Duration {
		took := make([]time.Duration, n)
		var next atomic.Int64
		var wait sync.WaitGroup
		for range readers {
			wait.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= n {
						return
					}
					var err error
					if took[i], err = ask(addresses[i%len(addresses)]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wait.Wait()
		slices.Sort(took)
		return took
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	run(2 * len(addresses)) // every summary is made once, by whoever comes first
	before := heap()
	var took []time.Duration
	begin, rounds := time.Now(), 0
	for b.Loop() {
		took = run(total)
		rounds++
	}
	elapsed := time.Since(begin)
	grown := heap() - before
	ms := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(.5), "p50-ms")
	b.ReportMetric(ms(.95), "p95-ms")
	b.ReportMetric(ms(.99), "p99-ms")
	b.ReportMetric(float64(rounds*total)/elapsed.Seconds(), "requests/s")
	b.ReportMetric(float64(grown)/(1<<20), "MiB-grown")
	if p95 := ms(.95); p95 > float64(promised.Milliseconds()) {
		b.Errorf("the 95th percentile is %.0f ms: %v were promised", p95, promised)
	}
	if grown > growth {
		b.Errorf("the heap grew by %d bytes over %d requests", grown, total)
	}
}
