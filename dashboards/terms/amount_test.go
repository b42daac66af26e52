package terms

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
)

func TestAmountInTheSingular(t *testing.T) {
	for _, x := range []struct {
		lang Lang
		unit measure.Unit
		v    float64
		want string
	}{
		{EN, measure.WorkingDay, 1, "1\u00a0working day"}, {EN, measure.WorkingDay, 1.01, "1.01\u00a0working days"}, {EN, measure.WorkingHour, 2, "2\u00a0working hours"},
		{EN, measure.PersonHour, 0.999, "1\u00a0person-hour"}, {RU, measure.WorkingDay, 1, "1\u00a0раб. дн."}, {RU, measure.PersonHour, 2.5, "2,5\u00a0чел.-ч"},
	} {
		require.Equal(t, x.want, x.lang.Amount(x.unit, x.v))
	}
}

func TestAnIntervalHasOneUnitAndTellsItsEndsApart(t *testing.T) {
	for _, x := range []struct {
		unit measure.Unit
		all  []float64
		want string
	}{
		{measure.Second, []float64{2.92 * 86400, 27 * 3600, 5.29 * 86400}, "2.92 days, 1.12 days, 5.29 days"},
		{measure.WorkingDay, []float64{3, 2.996, 3.004}, "3 working days, 2.996 working days, 3.004 working days"},
		{measure.WorkingHour, []float64{8.1, 8.08, 8.12}, "8.1 working hours, 8.08 working hours, 8.12 working hours"},
		{measure.Share, []float64{1, 0.9997, 1}, "100%, 99.97%, 100%"},
		{measure.Share, []float64{0.95, 0.942, 0.973}, "95%, 94.2%, 97.3%"},
		{measure.PersonHour, []float64{72.04, 69, 75.2}, "72 person-hours, 69 person-hours, 75.2 person-hours"},
		{measure.PersonHour, []float64{1234.56}, "1,235 person-hours"},
		{measure.Second, []float64{100, math.NaN(), math.Inf(1)}, "100 s, —, —"},
		{measure.Second, []float64{100, 100, 100}, "100 s, 100 s, 100 s"},
		{measure.Second, []float64{1e5, 1e5 + 1e-9, 1e5}, "27.8 h, 27.8 h, 27.8 h"},
	} {
		write := EN.Together(x.unit, x.all...)
		var texts []string
		for _, v := range x.all {
			texts = append(texts, strings.ReplaceAll(write(v), "\u00a0", " "))
		}
		require.Equal(t, x.want, strings.Join(texts, ", "))
	}
}

func TestChangesHaveASign(t *testing.T) {
	write := EN.Changes(measure.Share, -0.032, -0.05, 0.01)
	require.Equal(t, []string{"−3.2\u00a0points", "+1\u00a0points", "0\u00a0points", "—"}, []string{write(-0.032), write(0.01), write(0), write(math.NaN())})
	write = RU.Changes(measure.Second, -5*86400, -6*86400, -3600)
	require.Equal(t, []string{"−5\u00a0дн.", "−0,04\u00a0дн."}, []string{write(-5 * 86400), write(-3600)})
}

func TestASmallChangeIsNotNothing(t *testing.T) {
	write := RU.Changes(measure.Share, 0.00005, 0.00005, 0.00005)
	require.Equal(t, "+0,005\u00a0п. п.", write(0.00005))
	require.Equal(t, "0\u00a0п. п.", RU.Changes(measure.Share, 1e-12)(1e-12), "and what is nothing, is")
}
