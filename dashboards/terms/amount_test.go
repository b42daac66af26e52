package terms

import (
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
