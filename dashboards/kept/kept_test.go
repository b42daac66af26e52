package kept

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

type note struct{ Text string }

func TestDocumentsComeBack(t *testing.T) {
	f := Open(filepath.Join(t.TempDir(), "notes"))
	list, err := f.List()
	require.NoError(t, err)
	require.Empty(t, list)
	var n note
	_, err = f.Read("a", &n)
	require.ErrorIs(t, err, ErrNotFound)
	for _, id := range []string{"a", "имя / с .знаками?", "..", "%2e"} {
		r, err := f.Write(id, note{id}, "")
		require.NoError(t, err, id)
		again, err := f.Read(id, &n)
		require.NoError(t, err)
		require.Equal(t, r, again)
		require.Equal(t, id, n.Text)
	}
	list, err = f.List()
	require.NoError(t, err)
	require.Len(t, list, 4)
	_, err = f.Write("", n, "")
	require.Error(t, err)
}

func TestOfTwoWritersOneIsTold(t *testing.T) {
	f := Open(t.TempDir())
	first, err := f.Write("a", note{"1"}, "")
	require.NoError(t, err)
	var conflict *ConflictError
	_, err = f.Write("a", note{"2"}, "")
	require.True(t, errors.As(err, &conflict))
	require.Equal(t, first, conflict.Found)
	second, err := f.Write("a", note{"2"}, first)
	require.NoError(t, err)
	require.ErrorAs(t, f.Delete("a", first), &conflict)
	require.NoError(t, f.Delete("a", second))
	_, err = f.Write("a", note{"3"}, second)
	require.ErrorAs(t, err, &conflict, "deleted meanwhile")
}

func TestManyWritersLoseNothing(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			f := Open(dir) // as other processes would
			for range 10 {
				for {
					var n note
					r, err := f.Read("sum", &n)
					if err != nil && !errors.Is(err, ErrNotFound) {
						t.Error(err)
						return
					}
					var conflict *ConflictError
					_, err = f.Write("sum", note{n.Text + fmt.Sprint(i)}, r)
					if err == nil {
						break
					}
					if !errors.As(err, &conflict) {
						t.Error(err)
						return
					}
				}
			}
		}()
	}
	wait.Wait()
	var n note
	_, err := Open(dir).Read("sum", &n)
	require.NoError(t, err)
	require.Len(t, n.Text, 80)
}

func TestNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "report.pdf")
	require.NoError(t, Replace(name, []byte("one")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "taken"), 0o700))
	require.Error(t, Replace(filepath.Join(dir, "taken"), []byte("two")), "a folder is in the way")
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, 2, "no temporary file is left")
}
