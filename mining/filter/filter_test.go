package filter_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/logtest"
)

// office is four cases, worked by hand. Times are Moscow's.
//
//	1  2019-01-30 Request(web)  02-01 Check X  02-04 Check Y  02-05 Decide X   cost 100
//	2  2019-02-01 Request       02-02 Decide Y                                 cost 250.5
//	3  2019-02-11 Request       02-11 Check X  (2 h of processing)             urgent
//	4  2019-03-31 23:30 Request 04-01 Check Y  04-01 Decide Y, no attributes
func office(t testing.TB) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder("office")
	add := func(id, activity, resource, at, start string) {
		stamp, _, err := eventlog.ParseStamp(at + "+03:00")
		require.NoError(t, err)
		e := eventlog.NewEvent(id, activity, stamp)
		e.Resource = resource
		if resource != "" {
			e.Unit = "unit " + resource
		}
		if start != "" {
			e.Start, _, err = eventlog.ParseStamp(start + "+03:00")
			require.NoError(t, err)
		}
		e.Attributes = []eventlog.Attribute{{Key: "page", Value: eventlog.Int(int64(len(activity)))}}
		require.NoError(t, b.Add(&e))
	}
	attrs := func(id string, list ...eventlog.Attribute) {
		_, err := b.Case(id, list)
		require.NoError(t, err)
	}
	day, _, err := eventlog.ParseStamp("2019-02-28T12:00+03:00")
	require.NoError(t, err)
	attrs("1", eventlog.Attribute{Key: "channel", Value: eventlog.Text("Web")}, eventlog.Attribute{Key: "cost", Value: eventlog.Int(100)}, eventlog.Attribute{Key: "due", Value: eventlog.TimeValue(day)})
	attrs("2", eventlog.Attribute{Key: "channel", Value: eventlog.Text("office window")}, eventlog.Attribute{Key: "cost", Value: eventlog.Float(250.5)})
	attrs("3", eventlog.Attribute{Key: "urgent", Value: eventlog.Bool(true)})
	add("1", "Request", "", "2019-01-30T10:00:00", "")
	add("1", "Check", "X", "2019-02-01T10:00:00", "")
	add("1", "Check", "Y", "2019-02-04T10:00:00", "")
	add("1", "Decide", "X", "2019-02-05T10:00:00", "")
	add("2", "Request", "", "2019-02-01T00:00:00", "")
	add("2", "Decide", "Y", "2019-02-02T00:00:00", "")
	add("3", "Request", "", "2019-02-11T09:00:00", "")
	add("3", "Check", "X", "2019-02-11T15:00:00", "2019-02-11T13:00:00")
	add("4", "Request", "", "2019-03-31T23:30:00", "")
	add("4", "Check", "Y", "2019-04-01T09:00:00", "")
	add("4", "Decide", "Y", "2019-04-01T10:00:00", "")
	return b.Log()
}

func moscow(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Production: calendar.Russia(), Decrees: true, Location: time.FixedZone("", 3*3600)})
	require.NoError(t, err)
	return c
}

func ids(l *eventlog.Log) string {
	var s []string
	for _, c := range l.All() {
		s = append(s, c.ID())
	}
	return strings.Join(s, " ")
}

func TestCases(t *testing.T) {
	l := office(t)
	for _, test := range [...]struct{ text, want string }{
		{``, "1 2 3 4"},
		{`has("Check")`, "1 3 4"},
		{`has("Check", "Decide")`, "1 2 3 4"},
		{`not has("Check")`, "2"},
		{`starts("Request") and ends("Decide")`, "1 2 4"},
		{`ends("Check")`, "3"},
		{`path("Check", "Decide")`, "1 4"},
		{`path("Check", "Check")`, "1"},
		{`path("Request", "Decide")`, "2"},
		{`eventually("Request", "Decide")`, "1 2 4"},
		{`eventually("Check", "Check", "Decide")`, "1"},
		{`eventually("Check", "Check", "Check")`, ""},
		{`rework`, "1"},
		{`rework("Decide")`, ""},
		{`open("Decide")`, "3"},
		{`id("4", "2")`, "2 4"},
		{`resource("Y")`, "1 2 4"},
		{`unit("unit X") and not resource("Y")`, "3"},
		{`events >= 3`, "1 4"},
		{`events in 2..3`, "2 3 4"},
		{`events in (2, 4)`, "1 2 3"},
		{`count("Check") = 0`, "2"},
		{`count("Check", "Decide") = 3`, "1"},
		{`variant = 1`, "3"}, // all once: by the names of activities, ⟨Request, Check⟩ first
		{`variant in 3..9`, "2 4"},
		{`variants <= 50%`, "1 3"},
		{`variants <= 100%`, "1 2 3 4"},
		{`variants <= 0%`, ""},
		{`lead_time > 1d`, "1"},
		{`lead_time >= 24h`, "1 2"},
		{`lead_time in 6h..1d`, "2 3 4"},
		{`lead_time <= p50`, "3 4"}, // 6 h, 10.5 h, 24 h, 144 h: 17.25 h
		{`lead_time >= 4wd`, "1"},   // 31.01, 1, 4, 5.02
		{`lead_time = 1wd`, "4"},    // 1 April; 2 February was a Saturday
		{`lead_time("Request", "Check") < 1d`, "3 4"},
		{`lead_time("Check", "Decide") <= 2h`, "4"},
		{`gap("Check", "Decide") <= 1h`, "4"},
		{`gap("Check", "Check") = 3d`, "1"},
		{`processing("Check") >= 2h`, "3"},
		{`processing("Check") > 2h`, ""},
		{`started in 2019-02`, "2 3"},
		{`started < 2019-02-01`, "1"},
		{`started <= 2019-02-01`, "1 2"},
		{`started > 2019-02-01`, "3 4"},
		{`started >= 2019-02-01T00:00`, "2 3 4"},
		{`started = 2019-03-31`, "4"}, // on the clock of the wall
		{`started != 2019`, ""},
		{`ended in 2019-01..2019-02`, "1 2 3"},
		{`ended("Decide") in 2019-02`, "1 2"}, // 3 has none
		{`ended("Check") <= 2019-02-04`, "1"}, // by the last of several
		{`ended("Check") = 2019-02-01`, ""},
		{`ended("Check", "Request") > 2019-02-11`, "4"},
		{`not ended("Decide") < 2020`, "3"},
		{`active in 2019-01-31`, "1"},
		{`within 2019-02`, "2 3"},
		{`case("channel") = "Web"`, "1"},
		{`case("channel") != "Web"`, "2"}, // 3 and 4 have none
		{`not case("channel") = "Web"`, "2 3 4"},
		{`case("channel") ~ "WINDOW"`, "2"},
		{`case("channel") in ("Web", "phone")`, "1"},
		{`case("channel") exists`, "1 2"},
		{`case("cost") > 100`, "2"},
		{`case("cost") in 100..250`, "1"},
		{`case("urgent") = true`, "3"},
		{`case("due") = 2019-02`, "1"},
		{`case("due") < 2019`, ""},
		{`event("page") = 6 and not event("page") = 5`, "2"},
		{`event("org:resource") = "X"`, "1 3"},
		{`(has("Check") or id("2")) and events < 3`, "2 3"},
		{`events in 2..3; variant = 1`, "3"}, // ranks of what is left
		{`lead_time < 1d; lead_time > p50`, "4"},
		{`events not activity("Check"); path("Request", "Decide")`, "1 2 4"},
		{`events resource("X") or activity("Request"); events >= 2`, "1 3"},
		{`between("Check", "Decide")`, "1 4"},
		{`between("Request", "Request")`, ""},
	} {
		t.Run(test.text, func(t *testing.T) {
			f, err := filter.Parse(test.text)
			require.NoError(t, err)
			got, effect, err := f.Apply(t.Context(), l, filter.Config{Calendar: moscow(t)})
			require.NoError(t, err)
			require.Equal(t, test.want, ids(got))
			require.Equal(t, filter.Effect{Filter: f.String(), Cases: got.Cases(), OfCases: 4, Events: got.Events(), OfEvents: 11}, effect)
			again, err := filter.Parse(f.String())
			require.NoError(t, err, f.String())
			require.Equal(t, f.String(), again.String())
			require.NoError(t, f.Check(t.Context(), l, filter.Config{Calendar: moscow(t)}))
		})
	}
}

func TestRows(t *testing.T) {
	l := office(t)
	for _, test := range [...]struct {
		text   string
		events int
	}{
		{`events activity("Check")`, 4},
		{`events not activity("Check") and time in 2019-02`, 4},
		{`events time < 2019-02`, 1},
		{`events (event("page") = 7)`, 4},
		{`events case("channel") exists`, 6},
		{`between("Request", "Check")`, 6},
		{`between("Check", "Decide")`, 5},
	} {
		f, err := filter.Parse(test.text)
		require.NoError(t, err)
		got, effect, err := f.Apply(t.Context(), l, filter.Config{})
		require.NoError(t, err)
		require.Equal(t, test.events, got.Events(), test.text)
		require.Equal(t, test.events, effect.Events)
	}
}

func TestNothingRefersToWhatWasRemoved(t *testing.T) {
	f, err := filter.Parse(`id("3"); events activity("Request")`)
	require.NoError(t, err)
	got, _, err := f.Apply(t.Context(), office(t), filter.Config{})
	require.NoError(t, err)
	require.Equal(t, []string{"Request"}, got.Activities().Names())
	require.Zero(t, got.Resources().Len())
	require.Zero(t, got.Units().Len())
	require.False(t, got.HasStarts())
	require.Equal(t, []eventlog.AttributeInfo{{Path: "urgent", Kind: eventlog.KindBool, N: 1}}, got.CaseAttributes())
	require.Len(t, got.Variants(), 1)
}

func TestUnderstands(t *testing.T) {
	for text, want := range map[string]string{
		`has("A")and(not(not has("B"))or has("C"))`:         `has("A") and (has("B") or has("C"))`,
		`((has("A") and has("B")) and has("C"))`:            `has("A") and has("B") and has("C")`,
		`not (has("A") or has("B"))`:                        `not (has("A") or has("B"))`,
		` ; has(«Приём “A”») ;; rework ; `:                  `has("Приём “A”"); rework`,
		`has("a \"b\" \\ c")`:                               `has("a \"b\" \\ c")`,
		`started in 2019-01..2019-03-05`:                    `started in 2019-01..2019-03-05`,
		`started >= 2019`:                                   `started >= 2019`,
		`ended("A",«B»)in 2019-03`:                          `ended("A", "B") in 2019-03`,
		`ended<2020`:                                        `ended < 2020`,
		`events>=05`:                                        `events >= 5`,
		`case("x")in("b",2.50,true,1..3,2019-03)`:           `case("x") in ("b", 2.5, true, 1..3, 2019-03)`,
		`within 2019-03`:                                    `within 2019-03`,
		`case("x") = -1e3`:                                  `case("x") = -1000`,
		`between("A","B");events activity("A")or time=2019`: `between("A", "B"); events activity("A") or time = 2019`,
	} {
		f, err := filter.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, f.String())
	}
}

func TestComposes(t *testing.T) {
	a, err := filter.Parse(`has("A"); rework`)
	require.NoError(t, err)
	b := filter.New(filter.Step{Kind: filter.Between, From: "A", To: "B"})
	require.Equal(t, `has("A"); rework; between("A", "B")`, a.Then(b).String())
	require.Equal(t, `has("A"); between("A", "B")`, a.Then(b).Without(1).String())
	require.Equal(t, `has("A"); rework`, a.String())
	require.True(t, filter.Filter{}.Empty())
}

func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		`has(A)`:                         `character 5: found "A", wanted a name in quotes`,
		`has("A`:                         `character 5: found a quotation that does not end`,
		`hass("A")`:                      `character 1: found "hass", wanted one of active, case, count, ended`,
		`has("A") has("B")`:              `character 10: found "has", wanted "and", "or", ";" or the end`,
		`(has("A")`:                      `character 10: found the end, wanted ")"`,
		`lead_time > 30`:                 `character 13: found "30", wanted a duration such as`,
		`lead_time 30d`:                  `character 11: found "30d", wanted lead_time > 30d`,
		`lead_time("A") > 1d`:            `found one activity, wanted none or two`,
		`ended("A")`:                     `wanted ended in 2019-03, ended < 2020, ended("A") in 2019-03`,
		`ended("A") > 3d`:                `character 14: found "3d", wanted a date`,
		`ended(2019)`:                    `wanted a name in quotes`,
		`started("A") in 2019`:           `started`,
		`events ended("A") in 2019`:      `ended`,
		`events time exists`:             `wanted time in 2019-03`,
		`started in 2019-13`:             `found "2019-13", wanted a date`,
		`started in 2019..2018`:          `wanted a period that ends after it begins`,
		`variants >= 80%`:                `wanted variants <= 80%`,
		`variants <= 180%`:               `wanted a share`,
		`events in 5`:                    `wanted a range`,
		`events activity("A") ;has`:      `found has, wanted has("A", …)`,
		`case("a") ~ 5`:                  `wanted a text in quotes`,
		`between("A")`:                   `two activities`,
		`path("A")`:                      `wanted path("A", "B", …)`,
		`has("Приём") & 1`:               `character 14: found "&"`,
		"has(\"\xff\")":                  `no UTF-8`,
		strings.Repeat("(", 5000):        `wanted fewer conditions inside each other`,
		strings.Repeat("rework;", 20000): `wanted at most`,
	} {
		f, err := filter.Parse(text)
		if err == nil { // some faults show only when applied
			_, _, err = f.Apply(t.Context(), office(t), filter.Config{})
		}
		var syntax *filter.SyntaxError
		require.ErrorAs(t, err, &syntax, text)
		require.ErrorContains(t, err, want)
	}
}

func TestUnknownNames(t *testing.T) {
	for text, want := range map[string]string{
		`has("Chek")`:               `the log has no activity "Chek"; of its 3 it has "Check"`,
		`events resource("Z")`:      `the log has no resource "Z"; of its 2 it has "X", "Y"`,
		`unit("Z")`:                 `the log has no unit "Z"`,
		`case("chanel") = "Web"`:    `the log has no case attribute "chanel"; of its 4 it has "channel"`,
		`event("pages") exists`:     `the log has no event attribute "pages"; of its 1 it has "page"`,
		`id("7")`:                   `the log has no case "7"`,
		`lead_time("A", "B") > 1d`:  `no activity "A"`,
		`ended("Decid") in 2019`:    `the log has no activity "Decid"; of its 3 it has "Decide"`,
		`lead_time > 5wd`:           `no calendar`,
		`between("Request", "End")`: `no activity "End"`,
	} {
		f, err := filter.Parse(text)
		require.NoError(t, err, text)
		_, _, err = f.Apply(t.Context(), office(t), filter.Config{})
		require.ErrorContains(t, err, want)
		require.Error(t, f.Check(t.Context(), office(t), filter.Config{}))
	}
	// what an earlier step removed is no fault of the text
	f, err := filter.Parse(`id("2"); has("Check")`)
	require.NoError(t, err)
	got, _, err := f.Apply(t.Context(), office(t), filter.Config{})
	require.NoError(t, err)
	require.Zero(t, got.Cases())
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := filter.Parse(`rework; events activity("a")`)
	require.NoError(t, err)
	_, _, err = f.Apply(ctx, logtest.Parse("<a,b>^9000"), filter.Config{})
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{``, `has("A") and not (rework or events >= 2); between("A", "B")`, `lead_time in 1d..p85`,
		`case("x") in ("a", 2019, 1..3, true)`, `events activity("A") or time in 2019-01..2019-02-03`, `started = 2019-03-11T10:00:00`, `variants <= 80%`, `ended("A") in 2019-03`} {
		f.Add(s)
	}
	l := office(f)
	k := moscow(f)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := filter.Parse(s)
		if err != nil {
			return
		}
		again, err := filter.Parse(p.String())
		require.NoError(t, err, "%q gave %q", s, p.String())
		require.Equal(t, p.String(), again.String())
		got, effect, err := p.Apply(t.Context(), l, filter.Config{Calendar: k})
		if err != nil {
			return
		}
		require.LessOrEqual(t, effect.Cases, 4)
		twice, _, err := again.Apply(t.Context(), l, filter.Config{Calendar: k})
		require.NoError(t, err)
		require.Empty(t, eventlog.Diff(got, twice))
	})
}

func BenchmarkApply(b *testing.B) {
	l := logtest.Random(1, logtest.Config{Cases: 50000, Features: logtest.Transitions | logtest.Resources | logtest.Attributes})
	for _, text := range []string{`rework`, `variants <= 80%`, `lead_time > p85`, `events not activity("1")`} {
		f, err := filter.Parse(text)
		require.NoError(b, err)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := f.Apply(b.Context(), l, filter.Config{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(l.Events()*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// Every test is told in both languages.
func TestManual(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		for _, name := range filter.Tests() {
			require.Contains(t, filter.Manual(lang), name, lang)
		}
	}
}
