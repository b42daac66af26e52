package eventlog_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// TestAttributesAsJSON writes every attribute of random logs and reads it back.
func TestAttributesAsJSON(t *testing.T) {
	n := 0
	for seed := range uint64(5) {
		l := logtest.Random(seed, logtest.Config{Features: logtest.Attributes | logtest.OddNames | logtest.Zones})
		for _, c := range l.All() {
			lists := [][]eventlog.Attribute{c.Attributes()}
			for i := range c.Len() {
				lists = append(lists, c.Event(i).Attributes)
			}
			for _, list := range lists {
				b, err := json.Marshal(list)
				require.NoError(t, err)
				var back []eventlog.Attribute
				require.NoError(t, json.Unmarshal(b, &back))
				require.Equal(t, list, back)
				n += len(list)
			}
		}
	}
	require.Greater(t, n, 500)
}

func TestParseValue(t *testing.T) {
	for _, v := range []eventlog.Value{
		eventlog.Text(""), eventlog.ID("u"), eventlog.Int(math.MaxInt64), eventlog.Float(math.Inf(-1)), eventlog.Float(math.NaN()),
		eventlog.Float(0.1), eventlog.Bool(true), eventlog.TimeValue(eventlog.At(time.Date(1931, 2, 3, 4, 5, 6, 789000, msk))),
		eventlog.Group(eventlog.KindList), eventlog.Group(eventlog.KindContainer),
	} {
		got, err := eventlog.ParseValue(v.Kind(), v.String())
		require.NoError(t, err)
		require.Equal(t, v.String(), got.String())
		require.Equal(t, v.Kind(), got.Kind())
	}
	for kind, text := range map[eventlog.Kind]string{
		eventlog.KindInt: "1.5", eventlog.KindFloat: "one", eventlog.KindBool: "perhaps", eventlog.KindTime: "yesterday", 99: "x",
	} {
		_, err := eventlog.ParseValue(kind, text)
		require.ErrorContains(t, err, text)
	}
	for _, bad := range []string{`{"key":"k","kind":"text"}`, `{"key":"k","kind":"int","value":"x"}`, `7`} {
		require.Error(t, json.Unmarshal([]byte(bad), new(eventlog.Attribute)))
	}
}

func TestMeta(t *testing.T) {
	b := eventlog.NewBuilder("test")
	b.SetMeta(nil)
	require.NotNil(t, b.Log().Meta())
	b = eventlog.NewBuilder("test")
	m := &eventlog.Meta{Extensions: []eventlog.Extension{{Name: "Concept", Prefix: "concept"}}}
	b.SetMeta(m)
	l := b.Log()
	require.Same(t, m, l.Meta())
	require.Same(t, m, l.Where(func(eventlog.Case) bool { return true }).Meta())
}

func TestAttributesByKind(t *testing.T) {
	b := eventlog.NewBuilder("test")
	e := event("x", "a", 0, text("k", "one"), eventlog.Attribute{Key: "n", Value: eventlog.Int(1)})
	require.NoError(t, b.Add(&e))
	_, err := b.Case("x", []eventlog.Attribute{{Key: "n", Value: eventlog.Float(0.5)}})
	require.NoError(t, err)
	c := b.Log().Case(0)
	v, ok := c.EventAttributeOf(0, "n", eventlog.KindInt)
	require.True(t, ok)
	require.Equal(t, eventlog.Int(1), v)
	_, ok = c.EventAttributeOf(0, "n", eventlog.KindString)
	require.False(t, ok)
	v, ok = c.AttributeOf("n", eventlog.KindFloat)
	require.True(t, ok)
	require.Equal(t, 0.5, v.Float())
	_, ok = c.AttributeOf("m", eventlog.KindFloat)
	require.False(t, ok)
	require.Equal(t, []string{"a"}, []string{c.Row(0).Activity})
	require.Nil(t, c.Row(0).Attributes)
}
