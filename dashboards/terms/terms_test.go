package terms

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEveryKeyHasBothLanguages(t *testing.T) {
	verb := regexp.MustCompile(`%[sdvqf]`)
	for key, e := range entries {
		require.NotEmpty(t, e.RU, "%s has no Russian text", key)
		require.NotEmpty(t, e.EN, "%s has no English text", key)
		require.Equal(t, len(verb.FindAllString(strings.ReplaceAll(e.RU, "%%", ""), -1)),
			len(verb.FindAllString(strings.ReplaceAll(e.EN, "%%", ""), -1)), "%s: the languages take different numbers of values", key)
	}
}

// Words that the glossary bans in Russian.
func TestNoBannedWord(t *testing.T) {
	for key, e := range entries {
		for _, w := range []string{"рычаг", "бэктест", "хендовер", "студия", "брейч", "KPI-борд"} {
			require.NotContains(t, strings.ToLower(e.RU), strings.ToLower(w), key)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int64]string{0: "дел", 1: "дело", 2: "дела", 4: "дела", 5: "дел", 11: "дел", 12: "дел", 14: "дел", 21: "дело", 22: "дела", 111: "дел", 1434: "дела"} {
		require.Equal(t, want, RU.Plural("case", n), n)
	}
	require.Equal(t, "case", EN.Plural("case", 1))
	require.Equal(t, "cases", EN.Plural("case", 21))
}

func TestNumbers(t *testing.T) {
	require.Equal(t, "1\u00a0434\u00a0дела", RU.Count("case", 1434))
	require.Equal(t, "1,434\u00a0cases", EN.Count("case", 1434))
	require.Equal(t, "5,41\u00a0дн.", RU.Seconds(467263.9))
	require.Equal(t, "47.8\u00a0min", EN.Seconds(2868.5))
	require.Equal(t, "—", RU.Seconds(math.NaN()))
	require.Equal(t, "4,2\u00a0%", RU.Percent(0.0421, 1))
}

func TestParse(t *testing.T) {
	for s, want := range map[string]Lang{"ru": RU, "en-GB,en;q=0.9": EN, "de, en;q=0.5, ru;q=0.4": EN, "de": RU, "": RU, ";;;": RU} {
		got, _ := Parse(s)
		require.Equal(t, want, got, s)
	}
}

func TestADueMomentIsTheLastDayInTime(t *testing.T) {
	moscow := time.FixedZone("", 3*3600)
	require.Equal(t, "09.01.2020", RU.Due(time.Date(2020, 1, 10, 0, 0, 0, 0, moscow)))
	require.Equal(t, "31 December 2019", EN.Due(time.Date(2020, 1, 1, 0, 0, 0, 0, moscow)))
	require.Equal(t, RU.Moment(time.Date(2020, 1, 9, 21, 0, 0, 0, time.UTC)), RU.Due(time.Date(2020, 1, 9, 21, 0, 0, 0, time.UTC)), "an hour is an hour")
	require.Equal(t, "—", RU.Due(time.Time{}))
}

func TestASentenceEndsWithOneStop(t *testing.T) {
	for from, want := range map[string]string{"было 17 дн.. Стало": "было 17 дн. Стало", "17 дн..": "17 дн.", "../up": "../up", "a... b": "a... b", "..": ".", "1..3 steps": "1..3 steps", "": ""} {
		require.Equal(t, want, oneStop(from))
	}
}
