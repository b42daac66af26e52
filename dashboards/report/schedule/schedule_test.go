package schedule

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/mail"
)

func moments(t *testing.T, e Entry, after, upTo string) []string {
	t.Helper()
	b := &Book{TimeZone: "Europe/Moscow"}
	c, err := b.Calendar()
	require.NoError(t, err)
	a, err := Day(after, c.Location())
	require.NoError(t, err)
	u, err := Day(upTo, c.Location())
	require.NoError(t, err)
	var out []string
	for _, o := range e.Due(a, u, c) {
		out = append(out, o.Period.String()+" "+o.Moment.Format("2006-01-02 15:04"))
	}
	return out
}

// Days of 2019 by hand from the production calendar: 1–8 January and 9 May off, 10 May
// (a Friday) off too.
func TestDue(t *testing.T) {
	from := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		entry       Entry
		after, upTo string
		want        []string
	}{
		"Mondays; that in the holidays on the next working day": {Entry{Every: "week", On: time.Monday, At: 8 * time.Hour, From: from}, "2018-12-24", "2019-01-15",
			[]string{"2018-W51 2018-12-24 08:00", "2018-W52 2019-01-09 08:00", "2019-W01 2019-01-09 08:00", "2019-W02 2019-01-14 08:00"}},
		"the working day before": {Entry{Every: "week", On: time.Thursday, At: 18 * time.Hour, Shift: Previous, From: from}, "2019-05-05", "2019-05-18",
			[]string{"2019-W18 2019-05-08 18:00", "2019-W19 2019-05-16 18:00"}},
		"not moved": {Entry{Every: "week", On: time.Thursday, Shift: Stay, From: from}, "2019-05-05", "2019-05-18",
			[]string{"2019-W18 2019-05-09 00:00", "2019-W19 2019-05-16 00:00"}},
		"the 5th of the month after": {Entry{Every: "month", Day: 5, At: 9 * time.Hour, From: from}, "2018-12-31", "2019-03-31",
			[]string{"2018-12 2019-01-09 09:00", "2019-01 2019-02-05 09:00", "2019-02 2019-03-05 09:00"}},
		"the last day of a shorter month": {Entry{Every: "month", Day: 31, Shift: Stay, From: from}, "2019-01-01", "2019-04-01",
			[]string{"2018-12 2019-01-31 00:00", "2019-01 2019-02-28 00:00", "2019-02 2019-03-31 00:00"}},
		"quarters":             {Entry{Every: "quarter", From: from}, "2018-12-31", "2019-07-31", []string{"2018-Q4 2019-01-09 00:00", "2019-Q1 2019-04-01 00:00", "2019-Q2 2019-07-01 00:00"}},
		"nine months and year": {Entry{Every: "nine-months", From: from}, "2018-12-31", "2020-12-31", []string{"2019-9M 2019-10-01 00:00", "2020-9M 2020-10-01 00:00"}},
		"a month's report every week": {Entry{Every: "week", On: time.Monday, Period: report.Month, From: from}, "2019-02-20", "2019-03-12",
			[]string{"2019-01 2019-02-25 00:00", "2019-02 2019-03-04 00:00", "2019-02 2019-03-11 00:00"}},
		"nothing before its first day": {Entry{Every: "month", From: time.Date(2019, 3, 1, 0, 0, 0, 0, time.FixedZone("MSK", 3*3600))}, "2018-12-31", "2019-04-30",
			[]string{"2019-02 2019-03-01 00:00", "2019-03 2019-04-01 00:00"}},
		"a threshold": {Entry{Every: Threshold, From: from}, "2019-01-01", "2019-12-31", nil},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, moments(t, c.entry, c.after, c.upTo)) })
	}
}

func TestNext(t *testing.T) {
	b := &Book{}
	c, err := b.Calendar()
	require.NoError(t, err)
	for _, kind := range report.Kinds {
		e := Entry{Every: string(kind), On: time.Monday, From: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)}
		at := time.Date(2019, 6, 5, 0, 0, 0, 0, time.UTC)
		o, ok := e.Next(at, c)
		require.True(t, ok, kind)
		require.True(t, o.Moment.After(at))
		before := e.Due(at.AddDate(-2, 0, 0), at, c)
		require.NotEmpty(t, before)
		require.False(t, before[len(before)-1].Moment.After(at))
	}
}

func TestFileComesBack(t *testing.T) {
	b := &Book{TimeZone: "Europe/Moscow", Signatory: report.Signatory{Post: "Глава: \"города\"", Name: "= А. А."}, Performer: report.Performer{Name: "Б", Phone: "+7 000"},
		Mail: &mail.Server{Host: "mail.example.org", Port: 2525, Security: mail.StartTLS, User: "u", PasswordFile: "/p", From: "r@example.org", Timeout: 30 * time.Second}}
	loc, err := b.Location()
	require.NoError(t, err)
	b.Reports = []Entry{
		{ID: "weekly", Of: "executive", Every: "week", On: time.Tuesday, At: 8*time.Hour + 30*time.Minute, From: time.Date(2019, 12, 1, 0, 0, 0, 0, loc), Formats: []string{"pdf", "xlsx"}, To: []string{"head@example.org"}},
		{ID: "alerts", Of: "owner:owner-appeals", Every: Threshold, On: time.Monday, At: 8 * time.Hour, Shift: Previous, CatchUp: All, Lang: "en", From: time.Date(2019, 12, 1, 10, 0, 0, 0, loc), Folder: "/tmp/reports"},
		{ID: "monthly", Of: "process:receipt", Every: "month", Day: 5, On: time.Monday, Period: report.Quarter, At: 0, From: time.Date(2019, 12, 1, 0, 0, 0, 0, loc), Folder: "x"},
	}
	name := filepath.Join(t.TempDir(), "schedule.yaml")
	require.NoError(t, Write(name, b))
	again, err := Read(name)
	require.NoError(t, err)
	for i := range again.Reports {
		require.True(t, again.Reports[i].From.Equal(b.Reports[i].From))
		again.Reports[i].From = b.Reports[i].From
	}
	require.Equal(t, b, again)
	none, err := Read(filepath.Join(t.TempDir(), "none.yaml"))
	require.NoError(t, err)
	require.Empty(t, none.Reports)
}

func TestEveryFaultIsTold(t *testing.T) {
	_, err := Parse("schedule.yaml", []byte("time-zone: Mars/Olympus\nreports:\n  - {id: Weekly Report, of: everybody, every: fortnight, at: noon, from: tomorrow, to: nobody, catch-up: some, formatz: pdf}\n  - {id: a, of: executive, every: week, from: 2019-01-01}\n"))
	for _, want := range []string{"Mars/Olympus", "Weekly Report", "everybody", "fortnight", "noon", "tomorrow", "nobody", "some", "formatz", "it goes to nobody", "no mail server", "3:"} {
		require.ErrorContains(t, err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("reports: [{id: a, of: executive, every: week, from: 2019-01-01, folder: x}]"))
	f.Add([]byte("mail: {host: h, port: -1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse("schedule.yaml", data)
		if err == nil {
			_, err = Parse("again.yaml", b.marshal())
			require.NoError(t, err)
		}
	})
}
