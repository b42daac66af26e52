package measure

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFaultIn(t *testing.T) {
	share := Faultf("share %v: wanted one of %q", "доля %v: нужна одна из %s", 0.25, []string{"a", "b"})
	plain := errors.New("disk full")
	place := &Doubt{EN: `task "A"`, RU: "шаг «A»"}
	for _, c := range []struct {
		name   string
		err    error
		en, ru string
	}{
		{"none", nil, "", ""},
		{"plain", plain, "disk full", "disk full"},
		{"fault", share, `share 0.25: wanted one of ["a" "b"]`, "доля 0,25: нужна одна из «a», «b»"},
		{"place", Faultf("%s: no time", "%s: нет времени", place), `task "A": no time`, "шаг «A»: нет времени"},
		{"number", Faultf("sum %.6g of %d", "сумма %.6g из %d", 1.3, 2), "sum 1.3 of 2", "сумма 1,3 из 2"},
		{"wrapped", fmt.Errorf("reading %q: %w", "x", share), `reading "x": share 0.25: wanted one of ["a" "b"]`, `reading "x": доля 0,25: нужна одна из «a», «b»`},
		{"fault around", Faultf("to-be: %w", "как должно быть: %s", fmt.Errorf("run 1: %w", share)), `to-be: run 1: share 0.25: wanted one of ["a" "b"]`, "как должно быть: run 1: доля 0,25: нужна одна из «a», «b»"},
		{"joined", errors.Join(plain, share, nil, share), "disk full\nshare 0.25: wanted one of [\"a\" \"b\"]\nshare 0.25: wanted one of [\"a\" \"b\"]", "disk full\nдоля 0,25: нужна одна из «a», «b»\nдоля 0,25: нужна одна из «a», «b»"},
		{"several", fmt.Errorf("%w (%w)", plain, place), `disk full (task "A")`, "disk full (шаг «A»)"},
		{"joined within a fault", Faultf("checking: %w", "проверка: %s", errors.Join(place, plain)), "checking: task \"A\"\ndisk full", "проверка: шаг «A»\ndisk full"},
		{"hidden", hiding{share}, "something", "something"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.en, FaultIn("en", c.err))
			require.Equal(t, c.ru, FaultIn("ru", c.err))
			if c.err != nil {
				require.Equal(t, c.err.Error(), FaultIn("en", c.err))
			}
		})
	}
}

// What a fault wraps is found, as by fmt.Errorf.
func TestFaultWraps(t *testing.T) {
	err := Faultf("reading %q: %w", "чтение «%s»: %s", "x", fs.ErrNotExist)
	require.ErrorIs(t, err, fs.ErrNotExist)
	var f *Fault
	require.ErrorAs(t, fmt.Errorf("outer: %w", err), &f)
	require.NotErrorIs(t, Faultf("alone", "отдельно"), fs.ErrNotExist)
}

// hiding wraps an error and does not tell it.
type hiding struct{ error }

func (hiding) Error() string   { return "something" }
func (h hiding) Unwrap() error { return h.error }
