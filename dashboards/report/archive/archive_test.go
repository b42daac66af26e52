package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/kept"
)

func record(id string, day int) *Record {
	return &Record{ID: id, Of: "executive", Title: "Доклад <b>", Period: "2019-Q4", Made: time.Date(2019, 12, day, 8, 0, 0, 0, time.UTC), Inputs: map[string]string{"log a": "1"}, Hash: "h",
		Files: []File{{Name: "доклад.pdf", Format: "pdf", Data: []byte("x")}}}
}

func TestRecordsComeBack(t *testing.T) {
	f := Folder{Dir: filepath.Join(t.TempDir(), "archive")}
	list, err := f.List()
	require.NoError(t, err)
	require.Empty(t, list)
	_, err = f.Put(record("a", 1))
	require.NoError(t, err)
	_, err = f.Put(record("b", 2))
	require.NoError(t, err)
	require.NoError(t, f.Deliver("a", Delivery{To: "mail:x@y"}))
	require.NoError(t, f.Deliver("a", Delivery{To: "mail:x@y"}))
	changed := record("a", 3)
	changed.Files[0].Data = []byte("other")
	kept, err := f.Put(changed)
	require.NoError(t, err)
	require.Len(t, kept.Deliveries, 1, "a report that is kept is not made again")
	data, err := f.File("a", "доклад.pdf")
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
	require.NoError(t, os.Mkdir(filepath.Join(f.Dir, ".writing-1"), 0o700), "what a crash leaves")
	list, err = f.List()
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "b", list[0].ID)
	require.NoError(t, os.WriteFile(filepath.Join(f.Dir, "a", "доклад.pdf"), []byte("y"), 0o600))
	_, err = f.File("a", "доклад.pdf")
	require.ErrorContains(t, err, "changed after")
	for _, id := range []string{"..", "../a", "", "none", "a/b", ".writing-1"} {
		_, err = f.Read(id)
		require.ErrorIs(t, err, ErrNotFound, id)
		_, err = f.File(id, "x")
		require.ErrorIs(t, err, ErrNotFound, id)
	}
	_, err = f.File("b", "../a/manifest.json")
	require.ErrorIs(t, err, ErrNotFound)
}

// A full disk leaves nothing half-written, whichever of the writes it is that fails.
func TestDiskFull(t *testing.T) {
	for fails := range 2 {
		n := 0
		f := Folder{Dir: t.TempDir(), Replace: func(name string, content []byte) error {
			if n++; n > fails {
				return fmt.Errorf("writing %q: %w", name, syscall.ENOSPC)
			}
			return kept.Replace(name, content)
		}}
		_, err := f.Put(record("a", 1))
		require.ErrorContains(t, err, "the disk is full")
		left, err := os.ReadDir(f.Dir)
		require.NoError(t, err)
		require.Empty(t, left)
		f.Replace = nil
		_, err = f.Put(record("a", 1))
		require.NoError(t, err)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for _, name := range []string{"../x.pdf", "manifest.json", "", ".hidden", "a/b", strings.Repeat("a", 200)} {
		r := record("a", 1)
		r.Files[0].Name = name
		_, err := Folder{Dir: t.TempDir()}.Put(r)
		require.Error(t, err, name)
	}
}
