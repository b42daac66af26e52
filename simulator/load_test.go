package simulator

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
)

// A rework that grows rarer is no endless one: A is done 1 + 0.9 + 0.9·0.45 + … = 2.4
// times a case, not 10 times as without the decay.
func TestLoadReckonsWithFallingShares(t *testing.T) {
	s := newSketch(exactly(10*hour)).pool("R", 1, "").node("j", bpmn.ExclusiveGateway).task("A", exactly(2*hour), "R").node("x", bpmn.ExclusiveGateway)
	line(s, "j", "A", "x").flow("x", "j")
	s.p.Branches["x-j"], s.p.Branches["x-e"] = 0.9, 0.1
	p, err := Compile(s.m, "en")
	require.NoError(t, err)
	require.Len(t, p.Warnings(), 1)
	s.p.Decay = map[string]float64{"x-j": 0.5}
	p, err = Compile(s.m, "en")
	require.NoError(t, err)
	require.Empty(t, p.Warnings())
}
