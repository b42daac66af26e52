package studio

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWithoutTail(t *testing.T) {
	got, err := withoutTail([]byte(`{"as_is":[{"name":"lead_time","mean":1.50},{"name":"lead_time_p85","mean":777}],
		"rows":[{"name":{"ru":"x"},"figures":[{"name":"overdue_share","mean":777},{"name":"cost_per_case","mean":2}]}]}`), "rough")
	require.NoError(t, err)
	require.NotContains(t, string(got), "777")
	require.JSONEq(t, `{"as_is":[{"name":"lead_time","mean":1.50}],"rows":[{"name":{"ru":"x"},"figures":[{"name":"cost_per_case","mean":2}]}],
		"withheld":{"reason":"rough","figures":["lead_time_p85","cycle_time_p85","overdue_share","in_time_share","abandoned_share"]}}`, string(got))
	_, err = withoutTail([]byte(`[`), "rough")
	require.Error(t, err)
}
