package objectcentric_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/ocel"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/objectcentric"
)

// order is two orders with three items and one delivery, worked by hand:
//
//	hour 0  place    o1 i1 i2
//	hour 1  place    o2 i3
//	hour 3  pick     i1 (o1)
//	hour 4  pick     i2 (o1)
//	hour 8  pick     i3 (o2)
//	hour 10 deliver  d1 i1 i2 i3
//	hour 11 audit    (nothing)
func order(t testing.TB) *objectcentric.Log {
	t.Helper()
	var objects []objectcentric.Object
	for _, id := range []string{"o1", "o2", "i1", "i2", "i3", "d1", "d2"} {
		objects = append(objects, objectcentric.Object{ID: id, Type: map[byte]string{'o': "order", 'i': "item", 'd': "delivery"}[id[0]],
			Attributes: []objectcentric.Change{
				{Time: logtest.Epoch, Attribute: eventlog.Attribute{Key: "price", Value: eventlog.Int(2)}},
				{Time: eventlog.None, Attribute: eventlog.Attribute{Key: "price", Value: eventlog.Int(1)}},
			}})
	}
	var events []objectcentric.Event
	for i, e := range []struct {
		activity string
		hour     int
		objects  string
	}{{"place", 0, "o1 i1 i2"}, {"place", 1, "o2 i3"}, {"pick", 4, "i2 o1"}, {"pick", 3, "i1 o1"}, {"pick", 8, "i3 o2"}, {"deliver", 10, "d1 i1 i2 i3 i3"}, {"audit", 11, ""}} {
		event := objectcentric.Event{ID: fmt.Sprint("e", i), Activity: e.activity, Time: eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(e.hour)*3600_000000}}
		for _, o := range strings.Fields(e.objects) {
			event.Objects = append(event.Objects, objectcentric.Relation{Object: o})
		}
		events = append(events, event)
	}
	l, err := objectcentric.New("shop", objects, events)
	require.NoError(t, err)
	return l
}

func TestDiscover(t *testing.T) {
	g, err := objectcentric.Discover(t.Context(), order(t))
	require.NoError(t, err)
	var edges []string
	for _, layer := range g.Layers {
		for _, e := range layer.Edges {
			edges = append(edges, fmt.Sprintf("%s: %s>%s %d %d %d %.0f", layer.Type, e.From, e.To, e.Count, e.Objects, e.EventPairs, float64(e.Mean)/3600))
		}
	}
	require.Equal(t, []string{
		"item: pick>deliver 3 3 3 5", // 7, 6 and 2 hours
		"item: place>pick 3 3 3 5",   // 3, 4 and 7 hours; two objects share no pair of events
		"order: pick>pick 1 1 1 1",
		"order: place>pick 2 2 2 5", // 3 and 7
	}, edges)
	require.Equal(t, map[string]int{"deliver": 3}, g.Layers[1].Ends)
	require.Equal(t, objectcentric.Activity{Activity: "deliver", Events: 1, Objects: []objectcentric.Kind{
		{Type: "delivery", Total: 1, Distinct: 1, Least: 1, Most: 1, One: 1}, {Type: "item", Total: 3, Distinct: 3, Least: 3, Most: 3},
	}}, g.Activities[1])
	require.Empty(t, g.Activities[0].Objects)
}

func TestFlatten(t *testing.T) {
	l, f, err := objectcentric.Flatten(t.Context(), order(t), "item")
	require.NoError(t, err)
	require.Equal(t, 3, l.Cases())
	require.Equal(t, 9, l.Events())
	require.Equal(t, "i1", l.Case(0).ID())
	v, _ := l.Case(0).Attribute("price")
	require.Equal(t, eventlog.Int(2), v) // the last
	require.Equal(t, []int{3, 9, 7, 1, 2, 3, 0}, []int{f.Cases, f.Rows, f.Events, f.Lost, f.Multiplied, f.Copies, f.Diverging})
	_, f, err = objectcentric.Flatten(t.Context(), order(t), "order")
	require.NoError(t, err)
	require.Equal(t, 1, f.Diverging) // o1 is picked twice: two items, no rework
	require.Equal(t, []objectcentric.Effects{{Activity: "audit", Events: 1, Lost: 1}, {Activity: "deliver", Events: 1, Lost: 1}, {Activity: "pick", Events: 3, Diverging: 1}}, f.ByActivity)
	_, f, err = objectcentric.Flatten(t.Context(), order(t), "delivery")
	require.NoError(t, err)
	require.Equal(t, 1, f.Empty)
	require.Len(t, f.Warnings, 2)
	_, _, err = objectcentric.Flatten(t.Context(), order(t), "parcel")
	require.ErrorContains(t, err, `no objects of type "parcel"; it has ["delivery" "item" "order"]`)
}

func TestSynchronise(t *testing.T) {
	s, err := objectcentric.Synchronise(t.Context(), order(t))
	require.NoError(t, err)
	require.Len(t, s, 2)
	deliver := s[0]
	require.Equal(t, "deliver", deliver.Activity)
	hours := func(x float64) float64 { return x / 3600 }
	require.Equal(t, 1, deliver.Joint)
	require.InDelta(t, 7, hours(deliver.Flow.Mean), 1e-9)    // i1 ready at 3
	require.InDelta(t, 2, hours(deliver.Sojourn.Mean), 1e-9) // i3 ready at 8
	require.InDelta(t, 5, hours(deliver.Apart.Mean), 1e-9)
	require.Equal(t, "item", deliver.Types[0].Type)
	require.InDelta(t, 5, hours(deliver.Types[0].Pooling.Mean), 1e-9)
	require.Zero(t, deliver.Types[0].Lagging.N) // nothing else was ready before
	pick := s[1]
	require.Equal(t, 3, pick.Events)
	// i1 and o1 at 0 for 3 h; i2 at 0 and o1 at 3, at hour 4: o1 lags 3 h; i3 and o2 at 1 for 7 h
	require.InDelta(t, (3+4+7)/3.0, hours(pick.Flow.Mean), 1e-9)
	require.InDelta(t, (3+1+7)/3.0, hours(pick.Sojourn.Mean), 1e-9)
	require.Equal(t, "order", pick.Types[1].Type)
	require.InDelta(t, 1, hours(pick.Types[1].Lagging.Mean), 1e-9)
	require.InDelta(t, 0, hours(pick.Types[0].Lagging.Mean), 1e-9)
}

func TestLifecycles(t *testing.T) {
	c, err := objectcentric.Lifecycles(t.Context(), order(t))
	require.NoError(t, err)
	require.Equal(t, 1, c[0].Idle)
	require.Equal(t, []objectcentric.Way{{Activities: []string{"place", "pick", "deliver"}, Objects: 3}}, c[1].Top)
	require.InDelta(t, (10+10+9)/3.0, c[1].Duration.Mean/3600, 1e-9)
	require.Equal(t, 2, c[2].Ways)
}

// The net of the shop: orders and items are placed together, any number of items
// at once; one order is picked, one item; a delivery takes any number of items.
func TestDiscoverNet(t *testing.T) {
	n, err := objectcentric.DiscoverNet(t.Context(), order(t), objectcentric.NetConfig{})
	require.NoError(t, err)
	require.NoError(t, n.Validate())
	variable := map[string]bool{}
	for i, tr := range n.Transitions {
		if tr.Silent {
			continue
		}
		for _, a := range append(tr.In, tr.Out...) {
			variable[tr.Label+" "+n.Types[n.TypeOf[a.Place]]] = n.IsVariable(i, n.TypeOf[a.Place])
		}
	}
	require.Equal(t, map[string]bool{"deliver delivery": false, "deliver item": true, "pick item": false, "pick order": false, "place item": true, "place order": false}, variable)
	_, err = objectcentric.DiscoverNet(t.Context(), order(t), objectcentric.NetConfig{Noise: 2, Single: -1})
	require.ErrorContains(t, err, "noise 2")
	require.ErrorContains(t, err, "share of single objects -1")
}

func TestNewReportsAllFaults(t *testing.T) {
	_, err := objectcentric.New("bad", []objectcentric.Object{{ID: "a"}, {ID: "a", Type: "t", Related: []objectcentric.Relation{{Object: "z"}}}},
		[]objectcentric.Event{{ID: "e", Activity: "x", Time: eventlog.None}, {ID: "e", Activity: "x", Time: logtest.Epoch, Objects: []objectcentric.Relation{{Object: "q"}}}})
	for _, want := range []string{`object 0 ("a" of type "")`, `object "a" stands twice`, `related to "z"`, `event "e": wanted a time`, `event "e" stands twice`, `concerns object "q"`} {
		require.ErrorContains(t, err, want)
	}
}

func real(t testing.TB) *objectcentric.Log {
	t.Helper()
	l, _, err := ocel.Read(context.Background(), logtest.Shared(t, "ocel2_running-example.sqlite"), ocel.Config{})
	require.NoError(t, err)
	return l
}

// On a real log each layer equals the directly-follows graph of the flattened
// log, which other code makes; counts of orders and packages were taken from the
// file by SQL.
func TestRealLog(t *testing.T) {
	l := real(t)
	g, err := objectcentric.Discover(t.Context(), l)
	require.NoError(t, err)
	for _, layer := range g.Layers {
		flat, _, err := objectcentric.Flatten(t.Context(), l, layer.Type)
		require.NoError(t, err)
		d := dfg.Discover(flat)
		require.Len(t, layer.Edges, len(d.Edges), layer.Type)
		counts := map[string]int64{}
		for _, e := range d.Edges {
			counts[d.Activities[e.From]+">"+d.Activities[e.To]] = e.Count
		}
		for _, e := range layer.Edges {
			require.EqualValues(t, counts[e.From+">"+e.To], e.Count, "%s %s>%s", layer.Type, e.From, e.To)
			require.LessOrEqual(t, e.Objects, e.Count)
			require.LessOrEqual(t, e.EventPairs, e.Count)
		}
	}
	kinds := map[string]objectcentric.Kind{}
	for _, a := range g.Activities {
		for _, k := range a.Objects {
			kinds[a.Activity+" "+k.Type] = k
		}
	}
	require.Equal(t, 2000, kinds["place order orders"].Distinct)
	require.Equal(t, 401, kinds["failed delivery packages"].Total)
	require.Equal(t, 320, kinds["create package packages"].One)
	s, err := objectcentric.Synchronise(t.Context(), l)
	require.NoError(t, err)
	for _, a := range s {
		require.InDelta(t, a.Flow.Mean*float64(a.Flow.N), a.Sojourn.Mean*float64(a.Sojourn.N)+zero(a.Apart.Mean)*float64(a.Apart.N), 1, a.Activity)
	}
	n, err := objectcentric.DiscoverNet(t.Context(), l, objectcentric.NetConfig{})
	require.NoError(t, err)
	require.NoError(t, n.Validate())
	c, err := objectcentric.Lifecycles(t.Context(), l)
	require.NoError(t, err)
	_, err = json.Marshal([]any{g, s, c})
	require.NoError(t, err)
}

func zero(x float64) float64 {
	if x != x {
		return 0
	}
	return x
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := order(t)
	_, err := objectcentric.Discover(ctx, l)
	require.ErrorIs(t, err, context.Canceled)
	_, err = objectcentric.Synchronise(ctx, l)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = objectcentric.Flatten(ctx, l, "item")
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkReal(b *testing.B) {
	l := real(b)
	for name, run := range map[string]func() error{
		"discover":    func() error { _, err := objectcentric.Discover(b.Context(), l); return err },
		"synchronise": func() error { _, err := objectcentric.Synchronise(b.Context(), l); return err },
		"net": func() error {
			_, err := objectcentric.DiscoverNet(b.Context(), l, objectcentric.NetConfig{})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(l.Events())*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
