package architecture

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDuplicatesOfATown(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		list, same, near := town(seed, 1)
		require.Len(t, list, 1200)
		found, err := Duplicates(context.Background(), list, DuplicateConfig{})
		require.NoError(t, err)
		q := Judge(found, same)
		plain := TokenOverlap(list)
		t.Logf("seed %d: found %d, precision %.3f, recall %.3f (ranking %.3f), near-misses reported %d/%d; token overlap reaches recall %.3f",
			seed, q.Found, q.Precision, q.Recall, RecallAt(found, same, 0.85), Judge(found, near).Hits, len(near), RecallAt(plain, same, 0.85))
		require.GreaterOrEqual(t, float64(q.Precision), 0.85)
		require.GreaterOrEqual(t, float64(q.Recall), 0.8) // though a fifth of its procedures leaves no footprint
		require.Zero(t, Judge(found, near).Hits)
		require.LessOrEqual(t, RecallAt(plain, same, 0.85), 0.5)
	}
}

// Two usual actions upon one thing share all words, files and acts of the thing and are
// two works; the same files, acts and steps under other words of the thing are one.
func TestContrast(t *testing.T) {
	var list []Function
	add := func(unit, name, file, act string, steps ...string) {
		list = append(list, Function{ID: fmt.Sprint(len(list)), Unit: unit, Name: name, Documents: []string{file}, Regulations: []string{act}, Steps: steps})
	}
	verbs := []string{"Ведение реестра", "Проверка состояния"}
	for u, thing := range []string{"мостов", "парков", "рынков", "школ", "котельных", "архивов"} {
		for v, verb := range verbs {
			add(fmt.Sprint("u", u), verb+" "+thing, fmt.Sprint("file-", u, v), fmt.Sprint("act-", u, v), "Принято", fmt.Sprint("Сделано ", u, v), "Закрыто")
		}
	}
	add("a", "Ведение реестра фонтанов", "fountain-file", "fountain-act", "Сведения получены", "Запись внесена")
	add("b", "Проверка состояния фонтанов", "fountain-file", "fountain-act")
	add("c", "Надзор за питьевыми чашами", "fountain-file", "fountain-act", "Сведения получены", "Запись внесена")
	found, err := Duplicates(context.Background(), list, DuplicateConfig{})
	require.NoError(t, err)
	var pairs []string
	for _, p := range found {
		pairs = append(pairs, p.A+" "+p.B)
	}
	require.Equal(t, []string{"12 14"}, pairs)

	in := newInventory(list, nil)
	require.True(t, in.contrast(12, 13))
	require.False(t, in.contrast(12, 14), "its own words are not usual")
	require.False(t, in.contrast(12, 12), "no difference is no contrast")
}
