package organisation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/organisation"
)

// by is one row: case, activity, who, start and end in hours after 9:00 of
// Monday, 7 January 2019; no start where it is negative.
type row struct {
	id, activity, who string
	start, end        float64
}

func build(t testing.TB, rows ...row) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder("office")
	at := func(h float64) eventlog.Stamp {
		return eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(math.Round(h*3600e6))}
	}
	for _, r := range rows {
		e := eventlog.NewEvent(r.id, r.activity, at(r.end))
		e.Resource = r.who
		if r.start >= 0 {
			e.Start = at(r.start)
		}
		require.NoError(t, b.Add(&e))
	}
	return b.Log()
}

func edges(n *organisation.Network) (out []string) {
	for _, e := range n.Edges {
		out = append(out, fmt.Sprintf("%s>%s %d/%d", n.Nodes[e.From], n.Nodes[e.To], e.Count, e.Cases))
	}
	return out
}

func TestNetworks(t *testing.T) {
	l := build(t,
		row{"1", "a", "Ann", -1, 1}, row{"1", "b", "Bob", -1, 2}, row{"1", "c", "Ann", -1, 3}, row{"1", "c", "Ann", -1, 4},
		row{"2", "a", "Ann", -1, 1}, row{"2", "b", "", -1, 2}, row{"2", "c", "Cid", -1, 3},
		row{"3", "a", "", -1, 1})
	h, err := organisation.Handovers(t.Context(), l, organisation.People)
	require.NoError(t, err)
	require.Equal(t, []string{"Ann", "Bob", "Cid"}, h.Nodes)
	require.Equal(t, []string{"Ann>Ann 1/1", "Ann>Bob 1/1", "Ann>Cid 1/1", "Bob>Ann 1/1"}, edges(h))
	require.EqualValues(t, 4, h.Total)
	require.EqualValues(t, 0.25, h.Edges[0].Share)
	require.EqualValues(t, 2, h.Cases)
	require.ErrorContains(t, h.Warnings[0], "2 of 8 rows")
	s, err := organisation.Subcontracting(t.Context(), l, organisation.People)
	require.NoError(t, err)
	require.Equal(t, []string{"Ann>Bob 1/1"}, edges(s))
	w, err := organisation.WorkingTogether(t.Context(), l, organisation.People)
	require.NoError(t, err)
	require.False(t, w.Directed)
	require.Equal(t, []string{"Ann>Bob 1/1", "Ann>Cid 1/1"}, edges(w))
	units, err := organisation.Handovers(t.Context(), l, organisation.Units)
	require.NoError(t, err)
	require.Empty(t, units.Nodes)
}

func load(t testing.TB, name string) *eventlog.Log {
	t.Helper()
	l, _, err := connectors.Load(context.Background(), name, xes.Open(logtest.Shared(t, name)))
	require.NoError(t, err)
	return l
}

// Handovers equal the reference's, which takes every event as recorded; of logs
// with rows that name nobody, the one made without those rows.
func TestHandoversEqualTheReference(t *testing.T) {
	for _, c := range []struct{ log, file string }{
		{"receipt.xes.gz", "receipt/handover.json"}, {"BPIC15_1.xes.gz", "bpic15_1/handover.json"},
		{"BPIC12.xes.gz", "bpic12/handover_dropna.json"}, {"Road_Traffic_Fine_Management_Process.xes.gz", "rtfm/handover_dropna.json"},
	} {
		if testing.Short() && c.log != "receipt.xes.gz" {
			continue
		}
		n, err := organisation.Handovers(t.Context(), load(t, c.log), organisation.People)
		require.NoError(t, err)
		var want [][3]any
		text, err := os.ReadFile(logtest.Shared(t, "oracle/"+c.file))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &want))
		require.Len(t, n.Edges, len(want), c.log)
		shares := map[[2]string]float64{}
		for _, e := range n.Edges {
			shares[[2]string{n.Nodes[e.From], n.Nodes[e.To]}] = float64(e.Share)
		}
		for _, w := range want {
			require.InDelta(t, w[2], shares[[2]string{w[0].(string), w[1].(string)}], 1e-12, "%s %v", c.log, w)
		}
	}
}

// The reference divides by events: 418 = 2 × 209 pairs, 0.360033 = 2 × 1,544 / 8,577.
func TestWorkingTogetherEqualsTheReference(t *testing.T) {
	n, err := organisation.WorkingTogether(t.Context(), load(t, "receipt.xes.gz"), organisation.People)
	require.NoError(t, err)
	require.Len(t, n.Edges, 209)
	require.InDelta(t, 0.360033, 2*float64(n.Total)/8577, 5e-7)
}

func TestRoles(t *testing.T) {
	var rows []row
	for i := range 40 {
		id := fmt.Sprint(i)
		clerk, boss := []string{"Ann", "Bob", "Cid"}[i%3], []string{"Dora", "Eve"}[i%2]
		rows = append(rows, row{id, "receive", clerk, -1, 1}, row{id, "check", clerk, -1, 2}, row{id, "sign", boss, -1, 3})
		if i == 0 {
			rows = append(rows, row{id, "sign", "Ann", -1, 4}) // once, as a stand-in
		}
	}
	r, err := organisation.Roles(t.Context(), build(t, rows...), organisation.RoleConfig{})
	require.NoError(t, err)
	require.Len(t, r.Roles, 2)
	require.Equal(t, []string{"Ann", "Bob", "Cid"}, r.Roles[0].Members)
	require.Equal(t, []string{"Dora", "Eve"}, r.Roles[1].Members)
	require.Equal(t, "sign", r.Roles[1].Activities[0].Activity)
	require.InDelta(t, 40.0/41, float64(r.Roles[1].Activities[0].OfAll), 1e-12)
	require.Greater(t, float64(r.Silhouette), 0.9)
	one, err := organisation.Roles(t.Context(), build(t, rows...), organisation.RoleConfig{Similarity: 1e-9})
	require.NoError(t, err)
	require.Len(t, one.Roles, 1)
	require.True(t, math.IsNaN(float64(one.Silhouette)))
	_, err = organisation.Roles(t.Context(), build(t, rows...), organisation.RoleConfig{Similarity: 2})
	require.ErrorContains(t, err, "wanted 0 to 1")
}

// Ann works Monday to Friday, 9 to 13, but three weeks in summer; Bob is seen ten
// times. Ann came once on a Sunday.
func TestAvailable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var rows []row
	for day := range 250 {
		if day%7 > 4 || day >= 140 && day < 161 {
			continue
		}
		for h := range 4 {
			if r.Float64() < 0.7 {
				at := float64(24*day+h) + r.Float64()
				rows = append(rows, row{fmt.Sprint(len(rows)), "a", "Ann", -1, at})
			}
		}
	}
	n := len(rows)
	rows = append(rows, row{"sunday", "a", "Ann", -1, 24*6 + 2})
	for i := range 10 {
		rows = append(rows, row{fmt.Sprint("b", i), "a", "Bob", -1, float64(24 * i)})
	}
	got, err := organisation.Available(t.Context(), build(t, rows...), organisation.AvailabilityConfig{})
	require.NoError(t, err)
	require.Equal(t, 1, got.Withheld)
	require.Len(t, got.People, 1)
	ann := got.People[0]
	require.Equal(t, n+1, ann.Moments)
	want := []organisation.Hours{}
	for d := time.Monday; d <= time.Friday; d++ {
		want = append(want, organisation.Hours{Weekday: d, Begin: 9, End: 13})
	}
	require.Equal(t, want, ann.Hours)
	require.InDelta(t, float64(n)/float64(n+1), float64(ann.Coverage), 1e-12)
	require.Len(t, ann.Absences, 1)
	require.Equal(t, "2019-05-25", ann.Absences[0].From) // the Saturday before
	require.Equal(t, "2019-06-16", ann.Absences[0].To)
	require.Equal(t, 15, ann.Absences[0].Days)
}

func TestMultitasking(t *testing.T) {
	l := build(t,
		row{"1", "a", "Ann", 0, 4}, row{"2", "a", "Ann", 1, 2}, row{"3", "a", "Ann", 2, 3}, // 2 overlaps 1; 3 too, not 2
		row{"4", "a", "Ann", 10, 11}, row{"5", "a", "Ann", 11, 12}, // one after the other
		row{"6", "a", "Bob", 0, 1}, row{"7", "a", "Bob", -1, 1}, row{"8", "a", "Bob", 1, 1})
	r, err := organisation.Multitasking(t.Context(), l, organisation.People)
	require.NoError(t, err)
	ann := r.People[0]
	require.Equal(t, 5, ann.N)
	require.EqualValues(t, 6*3600, ann.Busy)
	require.EqualValues(t, 2*3600, ann.Overlap)
	require.InDelta(t, 8.0/6, float64(ann.Mean), 1e-12)
	require.Equal(t, 2, ann.Most)
	require.InDelta(t, 0.6, float64(ann.Instance), 1e-12)
	require.Equal(t, 1, r.People[1].N)
	require.Zero(t, float64(r.People[1].Share))
	require.Equal(t, 6, r.All.N)
	require.InDelta(t, 2.0/7, float64(r.All.Share), 1e-12)
	require.ErrorContains(t, r.Warnings[0], "1 of 8")
	none, err := organisation.Multitasking(t.Context(), logtest.Parse("<a,b>"), organisation.People)
	require.NoError(t, err)
	require.True(t, math.IsNaN(float64(none.All.Share)))
	_, err = json.Marshal(none)
	require.NoError(t, err)
}

// mixed is a year in which everybody is equally fast, but Eve gets the hard cases
// and, where slow is above 1, takes so much longer over everything.
func mixed(seed uint64, slow float64) *eventlog.Log {
	r := rand.New(rand.NewPCG(seed, 3))
	b := eventlog.NewBuilder("office")
	for i := range 600 {
		id := fmt.Sprint(i)
		who := []string{"Ann", "Bob", "Eve"}[i%3]
		kind, mean := "easy", 1.0
		if r.Float64() < map[string]float64{"Ann": 0.2, "Bob": 0.2, "Eve": 0.8}[who] {
			kind, mean = "hard", 3
		}
		if who == "Eve" {
			mean *= slow
		}
		_, err := b.Case(id, []eventlog.Attribute{{Key: "kind", Value: eventlog.Text(kind)}})
		if err != nil {
			panic(err)
		}
		at := logtest.Epoch.Time + eventlog.Time(i)*7200_000000
		for _, a := range []string{"check", "decide"} {
			e := eventlog.NewEvent(id, a, eventlog.Stamp{Time: at + eventlog.Time(mean*3600e6*math.Exp(0.5*r.NormFloat64()))})
			e.Start, e.Resource = eventlog.Stamp{Time: at}, who
			if err := b.Add(&e); err != nil {
				panic(err)
			}
			at = e.Time.Time
		}
	}
	return b.Log()
}

// Adjusted for the kind of case nobody differs, without it Eve seems slow; who is
// planted as slower is found.
func TestAdjusted(t *testing.T) {
	alarms, covered := 0, 0
	for seed := range uint64(100) {
		fair, err := organisation.ProcessingAdjusted(t.Context(), mixed(seed, 1), organisation.AdjustedConfig{Attribute: "kind"})
		require.NoError(t, err)
		require.Len(t, fair.People, 3)
		for _, p := range fair.People {
			if p.Different {
				alarms++
				break
			}
		}
		slow, err := organisation.ProcessingAdjusted(t.Context(), mixed(seed, 1.3), organisation.AdjustedConfig{Attribute: "kind"})
		require.NoError(t, err)
		eve := slow.People[2]
		require.Equal(t, "Eve", eve.Name)
		require.True(t, eve.Different)
		if float64(eve.Low) <= 1.3 && 1.3 <= float64(eve.High) {
			covered++
		}
	}
	require.LessOrEqual(t, alarms, 12, "of 100 at 95 %") // 99.9 % of Binomial(100, 0.05)
	require.GreaterOrEqual(t, covered, 88)
	unfair, err := organisation.ProcessingAdjusted(t.Context(), mixed(1, 1), organisation.AdjustedConfig{})
	require.NoError(t, err)
	require.True(t, unfair.People[2].Different)
	require.Contains(t, fmt.Sprint(unfair.Warnings), "harder cases are not told")
	few, err := organisation.ProcessingAdjusted(t.Context(), mixed(1, 1), organisation.AdjustedConfig{Enough: 1000})
	require.NoError(t, err)
	require.Empty(t, few.People)
	require.Equal(t, 3, few.Withheld)
	_, err = organisation.ProcessingAdjusted(t.Context(), mixed(1, 1), organisation.AdjustedConfig{Enough: 2})
	require.ErrorContains(t, err, "wanted 10 or more")
}

func TestRandomLogs(t *testing.T) {
	for seed := range uint64(60) {
		l := logtest.Random(seed, logtest.Config{})
		for _, by := range []organisation.By{organisation.People, organisation.Units} {
			h, err := organisation.Handovers(t.Context(), l, by)
			require.NoError(t, err)
			require.Equal(t, h.Rows-h.Cases, h.Total, "every named row but the first of a case is handed over to")
			a, err := organisation.Available(t.Context(), l, organisation.AvailabilityConfig{By: by, Enough: 1})
			require.NoError(t, err)
			m, err := organisation.Multitasking(t.Context(), l, by)
			require.NoError(t, err)
			for _, p := range m.People {
				require.LessOrEqual(t, float64(p.Overlap), float64(p.Busy))
				require.LessOrEqual(t, float64(p.Instance), 1.0)
			}
			r, err := organisation.Roles(t.Context(), l, organisation.RoleConfig{By: by})
			require.NoError(t, err)
			members := 0
			for _, role := range r.Roles {
				members += len(role.Members)
			}
			require.Equal(t, len(h.Nodes), members)
			_, err = json.Marshal([]any{h, a, m, r})
			require.NoError(t, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := logtest.Random(1, logtest.Config{})
	_, err := organisation.Handovers(ctx, l, organisation.People)
	require.ErrorIs(t, err, context.Canceled)
	_, err = organisation.Roles(ctx, l, organisation.RoleConfig{})
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkHandovers(b *testing.B) {
	l := load(b, "BPIC12.xes.gz")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := organisation.Handovers(b.Context(), l, organisation.People); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(l.Events()*b.N)/b.Elapsed().Seconds(), "events/s")
}
