package discovery

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/powl"
)

// letters returns a log written as letters, such as "abc*3 ac".
func letters(s string) ([]eventlog.Variant, *eventlog.Dictionary) {
	named := traces(s)
	codes := map[string]eventlog.Code{}
	var names []string
	var out []eventlog.Variant
	for i, v := range named {
		o := eventlog.Variant{Count: int(v.Count), First: i}
		for _, a := range v.Activities {
			c, ok := codes[a]
			if !ok {
				c = eventlog.Code(len(names))
				codes[a] = c
				names = append(names, a)
			}
			o.Activities = append(o.Activities, c)
		}
		out = append(out, o)
	}
	return out, eventlog.NewDictionary(names...)
}

func TestPartialOrdersByHand(t *testing.T) {
	for log, want := range map[string]string{
		"abcd abdc bacd badc bdac": "PO( 'a', 'b', 'c', 'd' | 1<3, 2<3, 2<4 )",
		"abc acb":                  "PO( 'a', 'b', 'c' | 1<2, 1<3 )",
		"abcd*3 acbd*2 aed":        "PO( 'a', X( PO( 'b', 'c' ), 'e' ), 'd' | 1<2, 2<3 )",
		"a aba ababa":              "*( 'a', 'b' )",
		"sabcde sabdce sbacde sbadce sbdace sabce": "PO( 's', 'a', 'b', 'c', X( tau, 'd' ), 'e' | 1<2, 1<3, 2<4, 3<4, 3<5, 4<6, 5<6 )",
		"": "tau",
	} {
		variants, activities := letters(log)
		m, err := PartialOrders(context.Background(), variants, activities, InductiveConfig{})
		require.NoError(t, err)
		require.NoError(t, m.Validate())
		require.Equal(t, want, m.String(), log)
	}
}

// TestPartialOrdersOnRandomLogs: the net is sound and allows every variant.
func TestPartialOrdersOnRandomLogs(t *testing.T) {
	for seed := range uint64(300) {
		l := logtest.Random(seed, logtest.Config{Plain: true, Cases: 4, Length: 6, Activities: 5})
		m, err := PartialOrders(context.Background(), l.Variants(), l.Activities(), InductiveConfig{})
		require.NoError(t, err)
		checkOrders(t, m, l)
		_, err = PartialOrders(context.Background(), l.Variants(), l.Activities(), InductiveConfig{Noise: 0.3})
		require.NoError(t, err)
	}
}

// TestPartialOrdersAreFoundAgain: the log of all sequences that a random order of
// six activities allows gives this order back.
func TestPartialOrdersAreFoundAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	beyond := 0
	for range 60 {
		want := powl.New(powl.PartialOrder)
		for i := range 6 {
			want.Children = append(want.Children, powl.Leaf(string(rune('a'+i))))
			for j := range i {
				if r.IntN(3) == 0 {
					want.Order = append(want.Order, [2]int{j, i})
				}
			}
		}
		words, err := powl.Petri(want, "order").Language(6)
		require.NoError(t, err)
		var log []string
		for _, w := range words {
			log = append(log, strings.Join(w, ""))
		}
		variants, activities := letters(strings.Join(log, " "))
		m, err := PartialOrders(context.Background(), variants, activities, InductiveConfig{})
		require.NoError(t, err)
		if _, ok := want.Tree(); !ok {
			beyond++
			_, ok := m.Tree()
			require.False(t, ok, m)
		}
		net := powl.Petri(m, "mined")
		require.NoError(t, net.Sound())
		found, err := net.Language(7)
		require.NoError(t, err)
		require.Equal(t, words, found, want)
	}
	require.Greater(t, beyond, 10, "orders that a tree cannot say")
}

func checkOrders(t *testing.T, m *powl.Model, l *eventlog.Log) {
	t.Helper()
	require.NoError(t, m.Validate())
	net := powl.Petri(m, "mined")
	require.NoError(t, net.Validate())
	require.NoError(t, net.Sound(), m)
	for _, v := range named(l) {
		ok, err := net.Accepts(v.Activities)
		require.NoError(t, err)
		require.True(t, ok, "%s does not allow %v", m, v.Activities)
	}
}

func TestPartialOrdersOnSharedLogs(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			l := logtest.Bare(t, s.File)
			m, err := PartialOrders(context.Background(), l.Variants(), l.Activities(), InductiveConfig{})
			require.NoError(t, err)
			require.NoError(t, m.Validate())
			require.NoError(t, powl.Petri(m, "mined").Validate())
			_, blocks := m.Tree()
			t.Logf("blocks suffice: %v; %.300s", blocks, m)
		})
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
