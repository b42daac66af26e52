package discovery

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
)

func placesOf(n *petri.Net) []string {
	var out []string
	for _, p := range n.Places {
		out = append(out, p.Name)
	}
	return out
}

func arcsOf(n *petri.Net) int {
	k := 0
	for _, t := range n.Transitions {
		k += len(t.In) + len(t.Out)
	}
	return k
}

// TestAlphaByHand: the logs L1 … L7 of van der Aalst, Process Mining (2016,
// doi:10.1007/978-3-662-49851-4), chapter 6, with the places that it draws.
func TestAlphaByHand(t *testing.T) {
	for name, c := range map[string]struct {
		log    string
		places []string
		sound  bool
	}{
		"L1": {"abcd*3 acbd*2 aed", []string{"{a} → {b, e}", "{a} → {c, e}", "{b, e} → {d}", "{c, e} → {d}"}, true},
		"L2": {"abcd*3 acbd*4 abcefbcd*2 abcefcbd acbefbcd*2 acbefbcefcbd",
			[]string{"{a, f} → {b}", "{a, f} → {c}", "{b} → {d, e}", "{c} → {d, e}", "{e} → {f}"}, true},
		"L3": {"abcdefbdceg abdceg*2 abcdefbcdefbdceg",
			[]string{"{a, f} → {b}", "{b} → {c}", "{b} → {d}", "{c} → {e}", "{d} → {e}", "{e} → {f, g}"}, true},
		"L4": {"acd*45 bcd*42 ace*38 bce*22", []string{"{a, b} → {c}", "{c} → {d, e}"}, true},
		"L5": {"abef*2 abecdbf*3 abcedbf*2 abcdebf*4 aebcdbf*3",
			[]string{"{a} → {e}", "{a, d} → {b}", "{b} → {c, f}", "{c} → {d}", "{e} → {f}"}, true},
		"L6": {"aceg*2 aecg*3 bdfg*2 bfdg*4",
			[]string{"{a} → {c}", "{a} → {e}", "{b} → {d}", "{b} → {f}", "{c, d} → {g}", "{c, f} → {g}", "{d, e} → {g}", "{e, f} → {g}"}, true},
		// A loop of one: b stands in no place, the net is not sound.
		"L7": {"ac*2 abc*3 abbc*2 abbbbc", []string{"{a} → {c}"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			net, err := Alpha(context.Background(), graphOf(c.log), AlphaConfig{})
			require.NoError(t, err)
			require.NoError(t, net.Validate())
			require.Equal(t, append([]string{"source", "sink"}, c.places...), placesOf(net))
			if c.sound {
				require.NoError(t, net.Sound())
				for _, v := range traces(c.log) {
					ok, err := net.Accepts(v.Activities)
					require.NoError(t, err)
					require.True(t, ok, v.Activities)
				}
			}
		})
	}
}

func TestAlphaEqualsTheReference(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			want, ok := reference(t, s.Name, "alpha")
			if !ok {
				t.Skip("no reference net for this log")
			}
			net, err := Alpha(context.Background(), dfg.Discover(logtest.Bare(t, s.File)), AlphaConfig{})
			require.NoError(t, err)
			require.NoError(t, net.Validate())
			require.Equal(t, [3]int{want["places"], want["transitions"], want["arcs"]},
				[3]int{len(net.Places), len(net.Transitions), arcsOf(net)})
		})
	}
}

// TestAlphaPairs compares the places with all pairs of sets, tried one by one.
func TestAlphaPairs(t *testing.T) {
	for seed := range uint64(200) {
		g := dfg.Discover(logtest.Random(seed, logtest.Config{Plain: true, Cases: 6, Length: 6, Activities: 6}))
		net, err := Alpha(context.Background(), g, AlphaConfig{})
		require.NoError(t, err)
		require.NoError(t, net.Validate())
		d, err := directlyOf(g)
		require.NoError(t, err)
		df := d.graph()
		var all []pair
		for x := 1; x < 1<<d.n; x++ {
			for y := 1; y < 1<<d.n; y++ {
				from, to := set{uint64(x)}, set{uint64(y)}
				fits := true
				for a := range from.all() {
					for b := range from.all() {
						fits = fits && !df.out[a].has(b)
					}
					for b := range to.all() {
						fits = fits && df.out[a].has(b) && !df.out[b].has(a)
					}
				}
				for a := range to.all() {
					for b := range to.all() {
						fits = fits && !df.out[a].has(b)
					}
				}
				if fits {
					all = append(all, pair{from, to})
				}
			}
		}
		var want []string
		slices.SortFunc(all, comparePairs)
		for _, p := range all {
			if !slices.ContainsFunc(all, func(q pair) bool {
				return comparePairs(p, q) != 0 && p.from.within(q.from) && p.to.within(q.to)
			}) {
				want = append(want, p.name(d.names))
			}
		}
		require.Equal(t, strings.Join(want, "\n"), strings.Join(placesOf(net)[2:], "\n"))
	}
}

func TestAlphaRefuses(t *testing.T) {
	_, err := Alpha(context.Background(), graphOf("a"), AlphaConfig{MaxPlaces: -1})
	require.ErrorContains(t, err, "mining by alpha: the largest number of places is -1")
	_, err = Alpha(context.Background(), graphOf("abcd acbd aed"), AlphaConfig{MaxPlaces: 2})
	require.EqualError(t, err, "mining by alpha: more than 2 places")
	net, err := Alpha(context.Background(), graphOf(""), AlphaConfig{})
	require.NoError(t, err)
	require.NoError(t, net.Validate())
}
