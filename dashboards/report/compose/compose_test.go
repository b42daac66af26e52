package compose

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/alerts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func opened(t *testing.T) *desk.Desk {
	t.Helper()
	d, err := desk.Open(t.Context(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// steady is a log of two years from 7 January 2019, a case every 17 hours (16 and the
// hour by which the notation parts cases), of a mean lead time of days, and of after
// days for those that begin from the autumn of 2020 on.
func steady(days, after float64) *eventlog.Log {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	turn := time.Date(2020, 10, 1, 0, 0, 0, 0, time.UTC)
	for k := range 1080 {
		at := 16 * k
		mean := days
		if logtest.Epoch.Time.Go().Add(time.Duration(at) * time.Hour).After(turn) {
			mean = after
		}
		half := max(1, int(12*mean*(0.7+0.6*r.Float64())))
		fmt.Fprintf(&b, "<приём@%dh,проверка@%dh,выдача@%dh> ", at, at+half, at+2*half)
	}
	return logtest.Parse(b.String())
}

// text is all that a document says.
func text(t *testing.T, d *report.Document) string {
	t.Helper()
	data, err := dispatch.Render("html", d)
	require.NoError(t, err)
	_, after, _ := strings.Cut(string(data), "<main>")
	out := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(after, " ")
	out = strings.NewReplacer("\u00a0", " ", "&#34;", `"`, "&#43;", "+").Replace(out)
	return strings.Join(strings.Fields(out), " ")
}

// sound fails where a document shows what a reader must never see.
func sound(t *testing.T, d *report.Document) string {
	t.Helper()
	said := text(t, d)
	for _, bad := range []string{"⟨", "%!", "NaN", "Inf", "<nil>", "0001"} {
		require.NotContains(t, said, bad)
	}
	for _, f := range dispatch.Formats() {
		data, err := dispatch.Render(f, d)
		require.NoError(t, err)
		require.NotEmpty(t, data)
	}
	return said
}

func TestChangesAreCalledByTheirIntervals(t *testing.T) {
	d := opened(t)
	require.NoError(t, d.Store().Save(t.Context(), "faster", steady(10, 5)))
	require.NoError(t, d.Store().Save(t.Context(), "same", steady(10, 10)))
	c := New(d)
	q := dispatch.Request{Of: "process:faster", Period: report.Period{Kind: report.Month, Year: 2021, N: 1}, AsOf: time.Date(2021, 3, 1, 0, 0, 0, 0, time.UTC), Lang: terms.RU}
	made, err := c.Compose(t.Context(), q)
	require.NoError(t, err)
	said := sound(t, made.Document)
	m := regexp.MustCompile(`к АППГ — быстрее: −([\d,]+) кал. дн. \(от −([\d,]+) до −([\d,]+)\)`).FindStringSubmatch(said)
	require.NotNil(t, m, said)
	number := func(s string) (x float64) { fmt.Sscan(strings.Replace(s, ",", ".", 1), &x); return x }
	require.LessOrEqual(t, number(m[3]), 5.0, "the planted five days lie in the interval")
	require.GreaterOrEqual(t, number(m[2]), 5.0)
	require.Contains(t, said, "Открытых дел нет")

	q.Of = "process:same"
	made, err = c.Compose(t.Context(), q)
	require.NoError(t, err)
	said = sound(t, made.Document)
	require.Contains(t, said, "к АППГ — в пределах погрешности")
	require.NotContains(t, said, "быстрее")

	q.Period, q.Lang = report.Period{Kind: report.Month, Year: 2019, N: 2}, terms.EN
	made, err = c.Compose(t.Context(), q)
	require.NoError(t, err)
	require.Contains(t, sound(t, made.Document), "not enough data")

	q.Of = Executive
	made, err = c.Compose(t.Context(), q)
	require.NoError(t, err)
	require.Contains(t, sound(t, made.Document), "2 processes", "logs without a twin make the report of all")
}

// A report as of a moment says what it would have said at that moment, whatever came
// later.
func TestNothingLaterIsKnown(t *testing.T) {
	whole := steady(10, 5)
	at := time.Date(2020, 6, 30, 18, 0, 0, 0, time.FixedZone("MSK", 3*3600))
	past := whole.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= eventlog.Time(at.UnixMicro()) })
	var said []string
	d := opened(t)
	for _, l := range []*eventlog.Log{whole, past} {
		_ = d.Delete(t.Context(), "log")
		require.NoError(t, d.Store().Save(t.Context(), "log", l.Named("log")))
		made, err := New(d).Compose(t.Context(), dispatch.Request{Of: "process:log", Period: report.Period{Kind: report.Quarter, Year: 2020, N: 2}, AsOf: at, Lang: terms.RU})
		require.NoError(t, err)
		said = append(said, text(t, made.Document))
	}
	require.Equal(t, said[0], said[1])
}

func TestReportOfAPack(t *testing.T) {
	pack, err := datasets.Open("municipality")
	require.NoError(t, err)
	l, _, err := datasets.Generate(t.Context(), pack, datasets.Config{Process: "redistribution", Seed: 5})
	require.NoError(t, err)
	d := opened(t)
	require.NoError(t, d.Store().Save(t.Context(), "municipality-redistribution", l))
	c := New(d)
	of, err := c.Find(t.Context(), "owner-redistribution")
	require.NoError(t, err)
	require.Equal(t, "owner:owner-redistribution", of)
	of, err = c.Find(t.Context(), "redistribution")
	require.NoError(t, err)
	require.Equal(t, "process:redistribution", of)
	_, err = c.Find(t.Context(), "nobody")
	require.ErrorIs(t, err, desk.ErrNotFound)
	require.ErrorContains(t, err, "owner:owner-redistribution")
	list, err := c.Subjects(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"executive", "owner:land", "owner:owner-redistribution", "process:municipality-redistribution"}, list)

	for _, lang := range []terms.Lang{terms.RU, terms.EN} {
		for _, of := range []string{Executive, "owner:owner-redistribution", "process:redistribution"} {
			q := dispatch.Request{Of: of, Period: report.Period{Kind: report.Quarter, Year: 2019, N: 3}, AsOf: time.Date(2019, 10, 1, 8, 0, 0, 0, time.FixedZone("MSK", 3*3600)), Lang: lang}
			made, err := c.Compose(t.Context(), q)
			require.NoError(t, err)
			said := sound(t, made.Document)
			require.Contains(t, said, lang.T("report.orders"))
			require.Contains(t, said, made.Document.Notice)
			require.Contains(t, said, report.Figures(lang, 17, "count", 2), "the target of 17 days")
			require.Contains(t, said, lang.T("say.col.plan"))
			require.NotContains(t, said, map[terms.Lang]string{terms.RU: "MSK", terms.EN: "МСК"}[lang])
			require.NotContains(t, said, map[terms.Lang]string{terms.RU: "не выполнен", terms.EN: "is not met"}[lang], "a target is not a plan of the period")
			require.NotNil(t, made.Document.Orders)
			for _, o := range made.Document.Orders.Rows {
				require.NotEmpty(t, o.Why, o.What)
				require.Contains(t, o.Who, map[terms.Lang]string{terms.RU: "Начальник отдела земельных отношений", terms.EN: "Head"}[lang], "the post that performs the role")
				require.True(t, o.By.After(q.AsOf))
				require.NotEqual(t, time.Saturday, o.By.Weekday())
				require.NotEqual(t, time.Sunday, o.By.Weekday())
			}
			require.Contains(t, made.Inputs, "twin municipality")
		}
	}
	// A log that brings nothing any more is no reason to order that its cases be closed.
	made, err := c.Compose(t.Context(), dispatch.Request{Of: "process:redistribution", Period: report.Period{Kind: report.Week, Year: 2026, N: 48}, AsOf: time.Date(2026, 12, 1, 6, 37, 0, 0, time.UTC), Lang: terms.RU})
	require.NoError(t, err)
	require.Contains(t, made.Document.Notice, "В журналах нет событий после")
	require.Len(t, made.Document.Orders.Rows, 1)
	require.Contains(t, made.Document.Orders.Rows[0].What, "Восстановить поступление событий")
	told, err := c.Alerts(t.Context(), Executive, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	for _, a := range told {
		require.NotEmpty(t, a.Key)
		require.Contains(t, []int{9, 10, 11, 12, 13, 14, 15, 16, 17}, a.Told.In(time.FixedZone("MSK", 3*3600)).Hour(), "outside quiet hours")
	}
	_, err = alerts.OpenBook(d.Folder("alerts")).Put(alerts.Rule{ID: "slow", Log: "municipality-redistribution", Figure: alerts.Mean, Period: "year", Raise: 86400, Clear: 3600}, "")
	require.NoError(t, err)
	risen, err := c.Alerts(t.Context(), Executive, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.Len(t, risen, len(told)+1, "a rule of the board makes reports too")
	_, err = c.Compose(t.Context(), dispatch.Request{Of: Executive, Period: report.Period{Kind: report.Year, Year: 2030, N: 1}, AsOf: time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC), Lang: terms.RU})
	var input desk.InputError
	require.True(t, errors.As(err, &input), "%v", err)
}

func TestHostileNamesOfALog(t *testing.T) {
	var items []logtest.Item
	for k, label := range hostile.Labels {
		if strings.ContainsRune(label, 0) || strings.ToValidUTF8(label, "") != label {
			continue // no log holds such
		}
		for i, activity := range []string{label, "end"} {
			items = append(items, logtest.Item{Case: fmt.Sprint(k, " ", label), Event: &eventlog.Event{Case: fmt.Sprint(k, " ", label), Activity: activity, Time: eventlog.At(logtest.Epoch.Time.Go().Add(time.Duration(30*k+i) * time.Hour))}})
		}
	}
	l, err := logtest.Build("x", items)
	require.NoError(t, err)
	d := opened(t)
	require.NoError(t, d.Store().Save(t.Context(), "<script>window.hostile=1</script>", l))
	made, err := New(d).Compose(t.Context(), dispatch.Request{Of: Executive, Period: report.Period{Kind: report.Month, Year: 2019, N: 1}, Lang: terms.RU})
	require.NoError(t, err)
	sound(t, made.Document)
}

func TestEmptyStore(t *testing.T) {
	d := opened(t)
	_, err := New(d).Compose(t.Context(), dispatch.Request{Of: Executive, Lang: terms.RU})
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, err = dispatch.New(New(d), dispatch.Config{Dir: filepath.Join(t.TempDir(), "reports")}).RunDue(context.Background())
	require.NoError(t, err)
}
