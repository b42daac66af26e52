package measure_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/measure"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		x      float64
		u      measure.Unit
		ru, en string
	}{
		{5.4, measure.CalendarDay, "5,4 дня", "5.4 days"},
		{1, measure.CalendarDay, "1 день", "1 day"},
		{2, measure.CalendarDay, "2 дня", "2 days"},
		{5, measure.CalendarDay, "5 дней", "5 days"},
		{11, measure.CalendarDay, "11 дней", "11 days"},
		{21, measure.CalendarDay, "21 день", "21 days"},
		{111, measure.CalendarDay, "111 дней", "111 days"},
		{0, measure.CalendarDay, "0 дней", "0 days"},
		{-0.01, measure.CalendarDay, "0 дней", "0 days"},
		{0.96, measure.CalendarDay, "1 день", "1 day"},
		{1.04, measure.CalendarDay, "1 день", "1 day"},
		{1.5, measure.WorkingDay, "1,5 рабочего дня", "1.5 working days"},
		{1, measure.WorkingDay, "1 рабочий день", "1 working day"},
		{22, measure.WorkingDay, "22 рабочих дня", "22 working days"},
		{30, measure.WorkingDay, "30 рабочих дней", "30 working days"},
		{21, measure.WorkingHour, "21 рабочий час", "21 working hours"},
		{3, measure.Hour, "3 часа", "3 hours"},
		{8, measure.Hour, "8 часов", "8 hours"},
		{1, measure.Minute, "1 минута", "1 minute"},
		{42, measure.Minute, "42 минуты", "42 minutes"},
		{15, measure.Second, "15 секунд", "15 seconds"},
		{-3, measure.CalendarDay, "-3 дня", "-3 days"},
		{123.4, measure.CalendarDay, "123 дня", "123 days"},
		{99.96, measure.CalendarDay, "100 дней", "100 days"},
		{12345, measure.Hour, "12 345 часов", "12,345 hours"},
		{1_000_001, measure.Hour, "1 000 001 час", "1,000,001 hours"},
		{0.042, measure.Share, "4,2 %", "4.2%"},
		{150370, measure.Count, "150 370", "150,370"},
		{math.NaN(), measure.Hour, "—", "—"},
		{math.Inf(1), measure.Hour, "—", "—"},
	} {
		plain := func(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }
		require.Equal(t, c.ru, plain(measure.Format(language.MustParse("ru-RU"), c.x, c.u)))
		require.Equal(t, c.en, plain(measure.Format(language.English, c.x, c.u)))
	}
	require.Equal(t, "5.4\u00a0days", measure.Format(language.German, 5.4, measure.CalendarDay), "other languages read English")
	require.Equal(t, "5\u00a0parsec", measure.Format(language.English, 5, "parsec"))
}

func TestFormatSeconds(t *testing.T) {
	for s, want := range map[float64]string{
		467263.9: "5.4 days", 90000: "25 hours", 7200: "2 hours", 5400: "90 minutes", 60: "60 seconds", 0: "0 seconds",
		-467263.9: "-5.4 days",
	} {
		require.Equal(t, want, strings.ReplaceAll(measure.FormatSeconds(language.English, s), "\u00a0", " "))
	}
	require.Equal(t, measure.Second, measure.Readable(math.NaN()))
}

func FuzzFormat(f *testing.F) {
	f.Add(5.4, "cd")
	f.Add(-1e300, "share")
	f.Fuzz(func(t *testing.T, x float64, u string) {
		for _, lang := range []language.Tag{language.Russian, language.English} {
			require.NotEmpty(t, measure.Format(lang, x, measure.Unit(u)))
			require.NotEmpty(t, measure.FormatSeconds(lang, x))
		}
	})
}
