package backtest

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// shared reads a log of the shared folder.
func shared(t testing.TB, file string) *eventlog.Log {
	path := logtest.Shared(t, file)
	if !strings.HasSuffix(file, ".csv") {
		l, _, err := connectors.Load(context.Background(), strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(file, ".gz"), ".xes")), xes.Open(path))
		require.NoError(t, err)
		return l
	}
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	at := map[string]int{}
	for i, h := range rows[0] {
		at[strings.TrimPrefix(h, "\ufeff")] = i
	}
	stamp := func(s string) eventlog.Stamp {
		m, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", s)
		require.NoError(t, err)
		return eventlog.At(m)
	}
	b := eventlog.NewBuilder(strings.ToLower(strings.TrimSuffix(file, ".csv")))
	for _, r := range rows[1:] {
		e := eventlog.NewEvent(r[at["case:concept:name"]], r[at["concept:name"]], stamp(r[at["time:timestamp"]]))
		e.Resource, e.Start = r[at["org:resource"]], stamp(r[at["start_timestamp"]])
		require.NoError(t, b.Add(&e))
	}
	return b.Log()
}

func (r *Result) print() {
	fmt.Printf("%s: training %d, test %d, crossing %d\n", r.Log, r.Training, r.Test, r.Crossing)
	for _, f := range r.Distances {
		fmt.Printf("  %-16s %8.3f ± %.3f   training-test %8.3f  %s\n", f.Name, float64(f.Mean), float64(f.SD), float64(f.Training), f.Trust)
	}
	fmt.Printf("  cycle time: actual %.1f h, predicted %.1f (%.1f … %.1f), covers %v, quantiles %.2f\n", float64(r.CycleTime.Actual)/3600, float64(r.CycleTime.Predicted)/3600,
		float64(r.CycleTime.Low)/3600, float64(r.CycleTime.High)/3600, r.CycleTime.Covers, float64(r.CycleTime.Quantiles))
}

func TestShared(t *testing.T) {
	for _, file := range []string{"Production.csv", "PurchasingExample.csv", "BPIC12.xes.gz"} {
		t.Run(file, func(t *testing.T) {
			l := shared(t, file)
			if strings.HasPrefix(file, "BPIC12") { // the work items, as the literature takes them
				whole, _ := l.Instances()
				l = whole.WhereEvents(func(c eventlog.Case, i int) bool { return strings.HasPrefix(c.Event(i).Activity, "W_") }).Named("bpic12-w")
			}
			r, err := Run(context.Background(), l, Config{Seed: 1})
			require.NoError(t, err)
			r.print()
		})
	}
}
