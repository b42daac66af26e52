package kept

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestJournalKeepsEveryLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "looks.jsonl")
	read := func() (out []note) {
		require.NoError(t, OpenJournal(file).Read(func(line json.RawMessage) error {
			var n note
			require.NoError(t, json.Unmarshal(line, &n))
			out = append(out, n)
			return nil
		}))
		return out
	}
	require.Empty(t, read())
	var wait sync.WaitGroup
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 10 {
				if err := OpenJournal(file).Add(note{"a\nb"}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	require.Len(t, read(), 40)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"Text":"ha`) // the disk was full
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, OpenJournal(file).Add(note{"last"}))
	all := read()
	require.Len(t, all, 41)
	require.Equal(t, "last", all[40].Text)
}
