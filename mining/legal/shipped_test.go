package legal

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every term of the table is there, with its length by edition.
func TestRussia(t *testing.T) {
	got := map[string][]string{}
	for _, r := range Russia().Rules {
		require.NotEqual(t, r.Title.RU, r.Title.EN, r.ID)
		for _, e := range r.Editions {
			require.NotNil(t, e.From, r.ID)
			require.NotEmpty(t, e.Citation.RU)
			require.NotEmpty(t, e.Citation.EN)
			text := e.Name() + ":"
			for _, l := range e.terms() {
				text += " " + l.String()
			}
			if len(e.checks("")) > 0 {
				text += " (?)"
			}
			got[r.ID] = append(got[r.ID], text)
		}
	}
	require.Equal(t, map[string][]string{
		"59fz-register":      {"2006-11-02…2025-03-29: 3 calendar-days (?)", "2025-03-30…: 3 calendar-days (?)"},
		"59fz-forward":       {"2006-11-02…2025-03-29: 7 calendar-days (?)", "2025-03-30…: 7 calendar-days (?)"},
		"59fz-answer":        {"2006-11-02…2025-03-29: 30 calendar-days 30 calendar-days (?)", "2025-03-30…: 30 calendar-days 30 calendar-days (?)"},
		"land-39.29":         {"2015-03-01…2022-04-08: 30 calendar-days 45 calendar-days (?)", "2022-04-09…2023-02-28: 30 calendar-days 45 calendar-days (?)", "2023-03-01…: 20 calendar-days 35 calendar-days (?)"},
		"land-39.29-return":  {"2015-03-01…: 10 calendar-days"},
		"land-39.17":         {"2015-03-01…2022-04-08: 30 calendar-days (?)", "2022-04-09…2023-02-28: 30 calendar-days (?)", "2023-03-01…: 20 calendar-days (?)"},
		"123fz-accept":       {"2018-09-03…: 3 working-days (?)"},
		"123fz-decision":     {"2018-09-03…: 15 working-days 30 working-days (?)"},
		"123fz-reply":        {"2018-09-03…: 5 working-days (?)"},
		"123fz-in-force":     {"2018-09-03…: 10 working-days (?)"},
		"123fz-claim":        {"2018-09-03…: 30 calendar-days 15 working-days (?)"},
		"gradk-49-expertise": {"2019-12-31…: 42 working-days 30 working-days 20 working-days 20 working-days 30 working-days (?)"},
		"601-queue":          {"2012-05-07…: 15 minutes"},
		"210fz-interagency":  {"2011-07-01…: 5 working-days (?)"},
		"25fz-attestation":   {"2007-06-01…: 3 years"},
		"25fz-notice":        {"2007-06-01…: 1 month (?)"},
		"25fz-reference":     {"2007-06-01…: 14 calendar-days (?)"},
		"248fz-visits":       {"2025-10-14…: 3 years 5 years 6 years (?)"},
	}, got)
	// Waiting for another body, and remarks, never stop a clock.
	for _, r := range Russia().Rules {
		for _, e := range r.Editions {
			if r.ID != "123fz-decision" {
				require.Empty(t, e.Suspensions, r.ID)
			}
		}
	}
}
