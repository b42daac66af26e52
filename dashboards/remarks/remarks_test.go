package remarks

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/kept"
)

func TestARemarkStaysUntilItIsAnswered(t *testing.T) {
	l := Open(t.TempDir())
	at := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	_, err := l.Make(Remark{Log: "x", Text: "  \n", At: at})
	require.ErrorIs(t, err, ErrEmpty)
	_, err = l.Make(Remark{Log: "x", Text: strings.Repeat("я", Longest+1), At: at})
	require.ErrorIs(t, err, ErrTooLong)
	first, err := l.Make(Remark{Log: "x", Number: "mean", View: "p=2019-Q1", Text: "Не сходится с отчётом", Author: "ivanova", At: at})
	require.NoError(t, err)
	second, err := l.Make(Remark{Log: "y", Text: "and this", Author: "petrov", At: at.Add(time.Hour)})
	require.NoError(t, err)
	all, err := l.Of("")
	require.NoError(t, err)
	require.Equal(t, []string{second.ID, first.ID}, []string{all[0].ID, all[1].ID})
	_, err = l.Answer(second.ID, " ", "head", at)
	require.ErrorIs(t, err, ErrEmpty)
	_, err = l.Answer("none", "text", "head", at)
	require.ErrorIs(t, err, kept.ErrNotFound)
	_, err = l.Answer(second.ID, "Проверено: верно", "head", at.Add(2*time.Hour))
	require.NoError(t, err)
	_, err = l.Answer(second.ID, "again", "other", at)
	require.ErrorIs(t, err, ErrAnswered)
	all, err = l.Of("")
	require.NoError(t, err)
	require.Equal(t, first.ID, all[0].ID, "open ones first")
	require.Equal(t, "Проверено: верно", all[1].Answer)
	of, err := l.Of("x")
	require.NoError(t, err)
	require.Equal(t, []Remark{first}, of)
}

func TestOfManyAnswersOneCounts(t *testing.T) {
	l := Open(t.TempDir())
	r, err := l.Make(Remark{Log: "x", Text: "?", At: time.Now()})
	require.NoError(t, err)
	var wait sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if _, err := l.Answer(r.ID, "!", "x", time.Now()); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		}()
	}
	wait.Wait()
	require.Equal(t, 1, won)
}
