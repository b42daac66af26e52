package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestPeople(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	var p struct {
		Handovers struct {
			Edges []any
			Total int
		}
		Roles struct{ Roles []any }
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("people", "receipt", "--json")), &p))
	require.Len(t, p.Handovers.Edges, 286)
	require.Equal(t, 7143, p.Handovers.Total)
	require.NotEmpty(t, p.Roles.Roles)
	require.Contains(t, s.ok("people", "receipt", "--lang", "ru"), "исполнителей 48")
	require.Contains(t, s.ok("people", "receipt", "--units"), "Group 1")
}

func TestObjects(t *testing.T) {
	s := newShell(t)
	file := logtest.Shared(t, "ocel2_running-example.sqlite")
	var o struct{ Objects, Events int }
	require.NoError(t, json.Unmarshal([]byte(s.ok("objects", file, "--json")), &o))
	require.Equal(t, [2]int{10031, 18211}, [2]int{o.Objects, o.Events})
	require.Contains(t, s.ok("objects", file, "--flatten", "orders", "--lang", "ru"), "сохранены как журнал orders")
	require.Contains(t, unspaced(s.ok("mine", "orders")), "2,000 cases, 6,484 events")
	code, _, err := s.run("objects", file, "--flatten", "parcels")
	require.Equal(t, exitBadInput, code)
	require.Contains(t, err, `no objects of type "parcels"`)
	code, _, err = s.run("objects", "nothing.sqlite")
	require.Equal(t, exitBadInput, code)
	require.Contains(t, err, "no such file")
}
