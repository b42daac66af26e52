package xes

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// load reads a whole source and returns the log, the bad rows and the warnings.
func load(src *Source) (*eventlog.Log, []*connectors.RowError, error) {
	defer src.Close()
	if err := src.Open(context.Background()); err != nil {
		return nil, nil, err
	}
	return loadOpened(src)
}

func loadOpened(src *Source) (*eventlog.Log, []*connectors.RowError, error) {
	ctx := context.Background()
	b := eventlog.NewBuilder(src.name)
	var bad []*connectors.RowError
	for {
		row, err := src.Next(ctx)
		if err == io.EOF {
			break
		}
		if rowErr, ok := errors.AsType[*connectors.RowError](err); ok {
			bad = append(bad, rowErr)
			continue
		}
		if err != nil {
			return nil, bad, err
		}
		if row.Event == nil {
			if _, err := b.Case(row.Case, row.Attributes); err != nil {
				return nil, bad, err
			}
		} else if err := b.Add(row.Event); err != nil {
			return nil, bad, err
		}
	}
	b.SetMeta(src.Meta())
	return b.Log(), bad, nil
}

type independent struct {
	Traces     int                                      `json:"traces"`
	Events     int                                      `json:"events"`
	Activities int                                      `json:"activities"`
	Empty      int                                      `json:"empty_traces"`
	Resources  int                                      `json:"resources"`
	Lifecycles map[string]int                           `json:"lifecycles"`
	First      string                                   `json:"first"`
	Last       string                                   `json:"last"`
	Tied       int                                      `json:"tied_pairs"`
	Midnight   int                                      `json:"midnight_events"`
	Duration   struct{ Mean, Median, Min, Max float64 } `json:"case_duration_s"`
	Order      struct {
		Variants int `json:"variants"`
		Edges    int `json:"dfg_edges"`
		Total    int `json:"dfg_total"`
		Start    int `json:"start"`
		End      int `json:"end"`
	} `json:"stable_time_order"`
	Top [][2]any `json:"top_activities"`
}

func oracle(t testing.TB) map[string]independent {
	data, err := os.ReadFile(logtest.Shared(t, "oracle/pm4py.json"))
	require.NoError(t, err)
	var file struct {
		Logs map[string]struct {
			File        string
			Independent independent
		}
	}
	require.NoError(t, json.Unmarshal(data, &file))
	out := map[string]independent{}
	for _, l := range file.Logs {
		out[l.File] = l.Independent
	}
	return out
}

// TestSharedLogs compares what is read of every shared log with an independent
// parse of it.
func TestSharedLogs(t *testing.T) {
	want := oracle(t)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(logtest.Shared(t, "running-example.xes")), "*.xes*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			w, ok := want[name]
			require.True(t, ok, "no oracle for %s", name)
			src := Open(file)
			l, bad, err := load(src)
			require.NoError(t, err)
			require.Empty(t, bad)
			require.Empty(t, src.Warnings())
			done, total := src.Progress()
			require.Equal(t, total, done)
			compare(t, w, l)
		})
	}
}

func compare(t *testing.T, w independent, l *eventlog.Log) {
	require.Equal(t, w.Traces, l.Cases())
	require.Equal(t, w.Events, l.Events())
	require.Equal(t, w.Activities, l.Activities().Len())
	require.Equal(t, w.Resources, l.Resources().Len())
	require.Len(t, l.Variants(), w.Order.Variants)
	first, last := eventlog.Stamp{Time: math.MaxInt64}, eventlog.None
	var empty, tied, midnight int
	lifecycles, starts, ends := map[string]int{}, map[eventlog.Code]bool{}, map[eventlog.Code]bool{}
	edges, counts := map[[2]eventlog.Code]int{}, map[string]int{}
	var durations []float64
	for _, c := range l.All() {
		if c.Len() == 0 {
			empty++
			continue
		}
		durations = append(durations, c.Last().Sub(c.First()).Seconds())
		acts := c.Activities()
		starts[acts[0]], ends[acts[len(acts)-1]] = true, true
		for i, at := range c.Times() {
			s := eventlog.Stamp{Time: at, Zone: c.Zones()[i]}
			if at < first.Time {
				first = s
			}
			if at > last.Time {
				last = s
			}
			if i > 0 {
				edges[[2]eventlog.Code{acts[i-1], acts[i]}]++
				if at == c.Times()[i-1] {
					tied++
				}
			}
			if g := s.Go(); g.Hour() == 0 && g.Minute() == 0 && g.Second() == 0 && g.Nanosecond() == 0 {
				midnight++
			}
			counts[l.Activities().Name(acts[i])]++
			if tr := c.Transitions(); tr != nil && tr[i] != eventlog.NoCode {
				lifecycles[l.Transitions().Name(tr[i])]++
			} else {
				lifecycles["null"]++
			}
		}
	}
	require.Equal(t, w.Empty, empty)
	require.Equal(t, w.Tied, tied)
	require.Equal(t, w.Midnight, midnight)
	for name, n := range w.Lifecycles { // the twelve most frequent
		require.Equal(t, n, lifecycles[name], name)
	}
	for text, at := range map[string]eventlog.Stamp{w.First: first, w.Last: last} {
		stamp, _, err := eventlog.ParseStamp(text)
		require.NoError(t, err)
		require.Equal(t, stamp, at)
	}
	require.Len(t, edges, w.Order.Edges)
	total := 0
	for _, n := range edges {
		total += n
	}
	require.Equal(t, w.Order.Total, total)
	require.Len(t, starts, w.Order.Start)
	require.Len(t, ends, w.Order.End)
	for _, top := range w.Top {
		require.EqualValues(t, top[1], counts[top[0].(string)])
	}
	slices.Sort(durations)
	sum := 0.0
	for _, d := range durations {
		sum += d
	}
	n := len(durations)
	require.InDelta(t, w.Duration.Mean, sum/float64(n), 1e-5)
	require.InDelta(t, w.Duration.Median, (durations[(n-1)/2]+durations[n/2])/2, 1e-5)
	require.InDelta(t, w.Duration.Min, durations[0], 1e-5)
	require.InDelta(t, w.Duration.Max, durations[n-1], 1e-5)
}

// BenchmarkFines reads the fines, 185 MB of XML in 3.5 MB of gzip, into a log.
// It reports the time as a multiple of what gzip -dc of the same file takes,
// the median of runs back to back, and the memory that the finished log holds.
func BenchmarkFines(b *testing.B) {
	file := logtest.Shared(b, "Road_Traffic_Fine_Management_Process.xes.gz")
	gzip, err := exec.LookPath("gzip")
	if err != nil {
		b.Skip("gzip, which this is measured against, is not installed")
	}
	var ratios []float64
	var held uint64
	events := 0
	for b.Loop() {
		begin := time.Now()
		require.NoError(b, exec.Command(gzip, "-dc", file).Run())
		reference := time.Since(begin)
		before := liveHeap()
		begin = time.Now()
		l, _, err := load(Open(file))
		ratios = append(ratios, time.Since(begin).Seconds()/reference.Seconds())
		require.NoError(b, err)
		held, events = liveHeap()-before, l.Events()
		runtime.KeepAlive(l)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "×gzip")
	b.ReportMetric(float64(held)/float64(events), "B/event")
}

func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
