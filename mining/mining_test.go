package mining_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func mine(t *testing.T, l *eventlog.Log, e mining.Events) (*mining.Overview, []byte) {
	t.Helper()
	o, err := mining.Mine(context.Background(), l.Name(), mining.InMemory(l), e)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, o.WriteJSON(&b))
	return o, b.Bytes()
}

// valid checks an overview's JSON against the schema.
func valid(t *testing.T, overview []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(mining.Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("overview.schema.json", doc))
	schema, err := c.Compile("overview.schema.json")
	require.NoError(t, err)
	got, err := jsonschema.UnmarshalJSON(bytes.NewReader(overview))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(got))
}

func TestMineGoldens(t *testing.T) {
	log := logtest.Parse(`<register, check+start, check+complete, 'send <&>'>^3 <register, check+start> <>
		<register, check+start, check+complete, check@10m..20m, 'send <&>'@1h>`).Named("permits")
	for name, c := range map[string]struct {
		log *eventlog.Log
		e   mining.Events
	}{
		"instances": {log, mining.Instances},
		"recorded":  {log, mining.Recorded},
		"empty":     {logtest.Parse("").Named("empty"), mining.Instances},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := mine(t, c.log, c.e)
			valid(t, got)
			golden := filepath.Join("testdata", "overview_"+name+".json")
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
}

func TestMineByHand(t *testing.T) {
	l := logtest.Parse("<a@0s,b@1m,c@3m>^2 <a@0s,c@10m> <b> <>")
	o, _ := mine(t, l, mining.Instances)
	require.Len(t, o.Doubts, 3)
	o.Doubts = nil
	require.Equal(t, &mining.Overview{
		Log: "notation", EventsAs: "activity instances", Cases: 5, Events: 9, Activities: 3, Variants: 3,
		DirectlyFollows: mining.DirectlyFollows{Pairs: 3, Total: 5, Edges: []mining.Edge{
			{From: "a", To: "b", Count: 2, Mean: 60}, {From: "a", To: "c", Count: 1, Mean: 600}, {From: "b", To: "c", Count: 2, Mean: 120},
		}},
		Starts: []mining.ActivityCount{{Activity: "a", Count: 3}, {Activity: "b", Count: 1}},
		Ends:   []mining.ActivityCount{{Activity: "b", Count: 1}, {Activity: "c", Count: 3}},
		LeadTime: mining.LeadTime{
			From: "first recorded event", To: "last recorded event", N: 4, Unit: measure.Second,
			Mean: 240, Median: 180, P85: 411, P95: 537, Max: 600, // 0, 180, 180, 600
		},
		Warnings: []string{
			"lead time: 4 cases; the p85 needs 7",
			"lead time: 4 cases; the p95 needs 20",
			"1 of 5 cases has no events and is left out",
		},
	}, o)
}

func TestEventsAsRecorded(t *testing.T) {
	l := logtest.Parse("<a+start@0s,a+complete@4m,b@5m..9m>")
	paired, _ := mine(t, l, mining.Instances)
	recorded, _ := mine(t, l, mining.Recorded)
	require.EqualValues(t, 2, paired.Events)
	require.EqualValues(t, 4, recorded.Events)
	require.Equal(t, []mining.Edge{{From: "a", To: "b", Count: 1, Mean: 300}}, paired.DirectlyFollows.Edges)
	require.Equal(t, []mining.Edge{
		{From: "a", To: "a", Count: 1, Mean: 240}, {From: "a", To: "b", Count: 1, Mean: 60}, {From: "b", To: "b", Count: 1, Mean: 240},
	}, recorded.DirectlyFollows.Edges)
	require.Equal(t, paired.LeadTime, recorded.LeadTime)
	require.EqualValues(t, 540, paired.LeadTime.Max)
}

func FuzzMine(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, uint16(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, features uint16) {
		l := logtest.Random(seed, logtest.Config{Cases: 15, Features: logtest.Feature(features) & logtest.All})
		for _, e := range []mining.Events{mining.Instances, mining.Recorded} {
			o, b := mine(t, l, e)
			valid(t, b)
			var back mining.Overview
			require.NoError(t, json.Unmarshal(b, &back))
			require.Equal(t, o.WarningsIn("en"), o.Warnings)
			require.Len(t, o.WarningsIn("ru"), len(o.Warnings))
			o.Doubts = nil
			require.Equal(t, fmt.Sprint(*o), fmt.Sprint(back))
			_, again := mine(t, l, e)
			require.Equal(t, b, again)

			variants, err := mining.InMemory(l).Variants(context.Background(), e)
			require.NoError(t, err)
			var cases, events int64
			for _, v := range variants {
				cases += v.Count
				events += v.Count * int64(len(v.Activities))
			}
			require.Equal(t, o.Events, events)
			require.LessOrEqual(t, cases, o.Cases)
			require.Equal(t, o.Events-cases, o.DirectlyFollows.Total)
		}
	})
}

func TestParseEvents(t *testing.T) {
	for in, want := range map[string]mining.Events{"": mining.Instances, "instances": mining.Instances, "recorded": mining.Recorded} {
		got, err := mining.ParseEvents(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := mining.ParseEvents("all")
	require.ErrorContains(t, err, `"all"`)
	require.Equal(t, "Events(9)", mining.Events(9).String())
}

// broken fails at one of its methods.
type broken struct {
	mining.Source
	at string
}

var errBroken = errors.New("the store is gone")

func (b broken) DirectlyFollows(ctx context.Context, e mining.Events) (*dfg.Graph, error) {
	if b.at == "graph" {
		return nil, errBroken
	}
	return b.Source.DirectlyFollows(ctx, e)
}

func (b broken) Variants(ctx context.Context, e mining.Events) ([]mining.Variant, error) {
	if b.at == "variants" {
		return nil, errBroken
	}
	return b.Source.Variants(ctx, e)
}

func (b broken) LeadTime(ctx context.Context) (measure.Summary, error) {
	if b.at == "lead" {
		return measure.Summary{}, errBroken
	}
	return b.Source.LeadTime(ctx)
}

func (b broken) Pairing(ctx context.Context) (eventlog.Pairing, error) {
	if b.at == "pairing" {
		return eventlog.Pairing{}, errBroken
	}
	return b.Source.Pairing(ctx)
}

func TestMineErrors(t *testing.T) {
	src := mining.InMemory(logtest.Parse("<a,b>"))
	for _, at := range []string{"graph", "variants", "lead", "pairing"} {
		_, err := mining.Mine(context.Background(), "x", broken{src, at}, mining.Instances)
		require.ErrorIs(t, err, errBroken)
		require.ErrorContains(t, err, `mining "x"`)
	}
	_, err := mining.Mine(context.Background(), "x", src, mining.Events(7))
	require.ErrorContains(t, err, "Events(7) is no notion of events")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = mining.Mine(ctx, "x", src, mining.Recorded)
	require.ErrorIs(t, err, context.Canceled)
	_, err = src.LeadTime(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = src.Pairing(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func TestWarningsInRussian(t *testing.T) {
	for notation, want := range map[string][]string{
		"<a+start,a+complete,b+start,c+withdraw,d> <a+start> <>": {
			"из 6 событий журнала составлено 2 действия, здесь считаются действия; события считает --events recorded",
			"начало не записано у 1 действия из 2",
			"2 начатых действия не завершены и не учтены",
			"1 действие прервано и не учтено",
			"ни одного завершённого действия нет в 1 случае, хотя события есть",
			"время протекания: 2 случая; для p85 нужно не меньше 7",
			"время протекания: 2 случая; для p95 нужно не меньше 20",
			"нет событий в 1 случае из 3, они не учтены",
		},
		"<>^5": {"время протекания: ни в одном случае нет событий, определить его нельзя", "нет событий в 5 случаях из 5, они не учтены"},
	} {
		o, _ := mine(t, logtest.Parse(notation), mining.Instances)
		require.Equal(t, want, o.WarningsIn("ru"))
		require.Equal(t, o.Warnings, o.WarningsIn("de"))
	}
	o := &mining.Overview{Warnings: []string{"from another process"}}
	require.Equal(t, o.Warnings, o.WarningsIn("ru"))
	o.Doubts = []error{errBroken}
	require.Equal(t, []string{"the store is gone"}, o.WarningsIn("ru"))
}

func ExampleMine() {
	log := logtest.Parse("<register,check,sign>^30")
	o, err := mining.Mine(context.Background(), "permits", mining.InMemory(log), mining.Instances)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(o.Cases, "cases,", o.Events, o.EventsAs)
	for _, e := range o.DirectlyFollows.Edges {
		fmt.Println(e.From, "→", e.To, e.Count)
	}
	fmt.Println("mean lead time", o.LeadTime.Mean, o.LeadTime.Unit)
	// Output:
	// 30 cases, 90 activity instances
	// check → sign 30
	// register → check 30
	// mean lead time 120 s
}
