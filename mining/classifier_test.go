package mining_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func TestClassified(t *testing.T) {
	l := logtest.Parse("<a+start/ann, a+complete/ann, b+start/bob, b+complete/bob>")
	activities := func(s mining.Source, e mining.Events) []string {
		g, err := s.DirectlyFollows(context.Background(), e)
		require.NoError(t, err)
		v, err := s.Variants(context.Background(), e)
		require.NoError(t, err)
		require.Len(t, v, 1)
		require.ElementsMatch(t, g.Activities, v[0].Activities)
		return v[0].Activities
	}
	byTransition := mining.Classified(l, []string{"concept:name", "lifecycle:transition"})
	require.Equal(t, []string{"a+start", "a+complete", "b+start", "b+complete"}, activities(byTransition, mining.Recorded))
	require.Equal(t, []string{"a", "b"}, activities(byTransition, mining.Instances))
	p, err := byTransition.Pairing(context.Background())
	require.NoError(t, err)
	require.Equal(t, eventlog.Pairing{Events: 4, Instances: 2, Started: 2}, p)
	require.Equal(t, []string{"ann", "bob"}, activities(mining.Classified(l, []string{"org:resource"}), mining.Instances))
	require.Equal(t, []string{"a", "b"}, activities(mining.Classified(l, nil), mining.Instances))
}

func TestClassifier(t *testing.T) {
	b := eventlog.NewBuilder("permits")
	l := b.Log()
	_, err := mining.Classifier(l, "x")
	require.EqualError(t, err, `log "permits" has no classifier "x", nor any other`)
	b = eventlog.NewBuilder("permits")
	b.SetMeta(&eventlog.Meta{Classifiers: []eventlog.Classifier{
		{Name: "Activity", Scope: "event", Keys: []string{"concept:name"}}, {Name: "Who", Keys: []string{"org:resource"}},
		{Name: "Variant", Scope: "trace", Keys: []string{"variant"}},
	}})
	l = b.Log()
	keys, err := mining.Classifier(l, "Activity")
	require.NoError(t, err)
	require.Equal(t, []string{"concept:name"}, keys)
	_, err = mining.Classifier(l, "Variant")
	require.EqualError(t, err, `log "permits" has no classifier "Variant", but "Activity", "Who"`)
}
