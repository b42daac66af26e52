package desk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/twin"
)

// storeless is a desk for what needs no log.
func storeless(t *testing.T) *Desk {
	d := &Desk{dir: t.TempDir(), memory: newMemory(memoryWeight)}
	d.life, d.end = context.WithCancel(t.Context())
	t.Cleanup(func() { d.stop() })
	return d
}

func TestTwinOfAPack(t *testing.T) {
	d := storeless(t)
	town, err := d.Twin(t.Context(), "municipality")
	require.NoError(t, err)
	again, err := d.Twin(t.Context(), "municipality")
	require.NoError(t, err)
	require.Same(t, town, again, "made once")
	require.NotEmpty(t, town.Model.Notice.RU)
	require.NotNil(t, town.Process("redistribution"))
	procedures := 0
	units := map[twin.Text]int{}
	for _, x := range town.Things() {
		require.NotEqual(t, twin.Person, x.Ref.Kind, "nobody is looked for by name")
		require.NotEmpty(t, x.Name.In("ru"))
		require.Equal(t, []string{"twins", "municipality", string(x.Ref.Kind), x.Ref.ID}, x.Path)
		if x.Ref.Kind == twin.Procedure {
			procedures++
			units[x.Unit]++
		}
	}
	require.Equal(t, 1200, procedures)
	require.Len(t, units, 40, "each in one of the departments")
}

func TestTwinOfAFolder(t *testing.T) {
	d := storeless(t)
	pack, err := PackAsTwin("expertise")
	require.NoError(t, err)
	dir := filepath.Join(d.twinsDir(), "наш город")
	require.NoError(t, twin.Write(dir, pack.Model))
	a, err := d.Twin(t.Context(), "folder:наш город")
	require.NoError(t, err)
	require.Equal(t, FolderTwin, a.Source)
	place, read := a.Model.File(twin.Ref{Kind: twin.UnitKind, ID: a.Model.Units[0].ID})
	require.True(t, read)
	require.FileExists(t, filepath.Join(dir, place.File))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "units", "new.yaml"), []byte("id: new\nname: {ru: Новый, en: New}\n"), 0o600))
	b, err := d.Twin(t.Context(), "folder:наш город")
	require.NoError(t, err)
	require.Len(t, b.Model.Units, len(a.Model.Units)+1, "read again when a file comes")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "units", "new.yaml"), []byte("id: [\n"), 0o600))
	_, err = d.Twin(t.Context(), "folder:наш город")
	var input InputError
	require.ErrorAs(t, err, &input)
}

func TestDecisions(t *testing.T) {
	d := storeless(t)
	first := Decision{A: "p-2", B: "p-1", Verdict: MergeBoth, Reason: " одно и то же ", By: "a", At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	require.NoError(t, d.Decide("log:a/b", first))
	list, err := d.Decisions("log:a/b")
	require.NoError(t, err)
	got := list[PairID("p-1", "p-2")]
	require.Equal(t, "одно и то же", got.Reason)
	require.Equal(t, []string{"p-1", "p-2"}, []string{got.A, got.B})
	var conflict *kept.ConflictError
	require.ErrorAs(t, d.Decide("log:a/b", first), &conflict, "another was faster")
	got.Verdict, got.Reason = Undecided, ""
	require.NoError(t, d.Decide("log:a/b", got))
	for _, bad := range []Decision{{A: "x", B: "y", Verdict: "perhaps", Reason: "r"}, {A: "x", B: "y", Verdict: MergeBoth}, {A: "x", B: "y", Verdict: MergeBoth, Reason: strings.Repeat("a", longestReason+1)}} {
		var input InputError
		require.ErrorAs(t, d.Decide("t", bad), &input)
	}
	none, err := d.Decisions("t")
	require.NoError(t, err)
	require.Empty(t, none)
}
