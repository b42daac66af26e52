package eventlog

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseStamp(t *testing.T) {
	for text, want := range map[string]string{
		"2002-09-07T00:00:00+02:00":           "2002-09-06T22:00:00Z",
		"2002-09-07T00:00:00.1+02:00":         "2002-09-06T22:00:00.1Z",
		"2002-09-07T00:00:00.123456789Z":      "2002-09-07T00:00:00.123456Z",
		"2002-09-07 00:00:00,5-0330":          "2002-09-07T03:30:00.5Z",
		"2002-09-07 10:11":                    "2002-09-07T10:11:00Z",
		"2002-09-07 10:11 +03":                "2002-09-07T07:11:00Z",
		"2002-09-07":                          "2002-09-07T00:00:00Z",
		"2002-09-07+02:00":                    "2002-09-06T22:00:00Z",
		"2002-12-31T24:00:00Z":                "2003-01-01T00:00:00Z",
		"2000-02-29T23:59:59.999999Z":         "2000-02-29T23:59:59.999999Z",
		"1899-12-31T23:59:59.9999999Z":        "1899-12-31T23:59:59.999999Z",
		"0000-01-01T00:00:00Z":                "0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999999-23:59": "+",
	} {
		at, _, err := ParseStamp(text)
		require.NoError(t, err, text)
		if want != "+" {
			require.Equal(t, want, at.Time.Go().Format(time.RFC3339Nano), text)
		}
	}
	at, zoned, err := ParseStamp("2002-09-07T00:00:00-0330")
	require.NoError(t, err)
	require.True(t, zoned)
	require.Equal(t, Zone(-210), at.Zone)
	_, zoned, err = ParseStamp("2002-09-07T00:00:00")
	require.NoError(t, err)
	require.False(t, zoned)

	for text, want := range map[string]string{
		"":                          "wanted YYYY-MM-DD",
		"2002-9-7":                  "wanted YYYY-MM-DD",
		"2002-13-07":                "month out of range",
		"2001-02-29T00:00:00Z":      "day out of range",
		"1900-02-29T00:00:00Z":      "day out of range",
		"2001-02-00":                "day out of range",
		"2001-02-01T25:00:00":       "hour out of range",
		"2001-02-01T24:00:01":       "hour out of range",
		"2001-02-01T00:60:00":       "minute out of range",
		"2001-02-01T00:00:60":       "second out of range",
		"2001-02-01T00:00:00+24:00": "zone out of range",
		"2001-02-01T00:00:00+1:00":  "wanted YYYY-MM-DD",
		"2001-02-01T00:00:00.":      "wanted YYYY-MM-DD",
		"2001-02-01T00:00:00x":      "wanted YYYY-MM-DD",
		"2001-02-01T":               "wanted YYYY-MM-DD",
		"20o1-02-01":                "wanted YYYY-MM-DD",
		"-001-02-01":                "wanted YYYY-MM-DD",
	} {
		_, _, err := ParseStamp(text)
		require.ErrorContains(t, err, want, "%q", text)
	}
}

func FuzzParseStamp(f *testing.F) {
	f.Add("2002-09-07T00:00:00.123+02:00")
	f.Add("2299-12-31 23:59")
	f.Fuzz(func(t *testing.T, s string) {
		at, zoned, err := ParseStamp(s)
		want, wantErr := time.Parse(time.RFC3339Nano, s)
		if wantErr != nil || err != nil {
			// RFC 3339 is the narrower grammar, save for commas and the hour "2:" that Go lets pass.
			if wantErr == nil && len(s) >= 20 && s[13] == ':' {
				t.Fatalf("%q: %v, but it is RFC 3339", s, err)
			}
			return
		}
		if !zoned || int64(at.Time) != want.UnixMicro() {
			t.Fatalf("%q: %v, wanted %v", s, at.Go(), want)
		}
	})
}
