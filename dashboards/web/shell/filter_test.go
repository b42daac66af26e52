package shell

import (
	"context"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/twin"
)

func TestFormStep(t *testing.T) {
	for _, tc := range []struct{ form, want string }{
		{"add=has&a=A+%22x%22", `has("A \"x\"")`},
		{"add=has&a=A&not=1", `not has("A")`},
		{"add=has&a=", ""},
		{"add=path&a=A&b=B", `path("A", "B")`},
		{"add=eventually&a=A&b=B", `eventually("A", "B")`},
		{"add=path&a=A&b=", "error"},
		{"add=period&which=started&from=2019-01-01&to=2019-03-31", "started in 2019-01-01..2019-03-31"},
		{"add=period&which=ended&from=2019-01-01", "ended >= 2019-01-01"},
		{"add=period&which=ended&to=2019-01-01", "ended <= 2019-01-01"},
		{"add=period&which=within&from=2019-01-01&to=2019-03-31", "within 2019-01-01..2019-03-31"},
		{"add=period&which=active&from=2019-01-01", "error"},
		{"add=period&which=evil&from=2019-01-01", "error"},
		{"add=case&attribute=text:channel&op==&value=Web", `case("channel") = "Web"`},
		{"add=case&attribute=text:channel&op=~&value=5", `case("channel") ~ "5"`},
		{"add=case&attribute=number:cost&op=%3E&value=100", `case("cost") > 100`},
		{"add=case&attribute=number:cost&op=%3E&value=much", "error"},
		{"add=case&attribute=text:channel&op=exists", `case("channel") exists`},
		{"add=case&attribute=text:channel&op==&value=", "error"},
		{"add=lead_time&op=%3E&n=1,5&unit=d", "lead_time > 1.5d"},
		{"add=variant&from=1&to=10", "variant in 1..10"},
		{"add=variant&from=3", "variant = 3"},
		{"add=evil", "error"},
	} {
		t.Run(tc.form, func(t *testing.T) {
			q, err := url.ParseQuery(tc.form)
			require.NoError(t, err)
			step, err := formStep(q.Get("add"), q)
			if tc.want == "error" {
				require.ErrorAs(t, err, &desk.InputError{})
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, step)
			if step != "" {
				f, err := filter.Parse(step)
				require.NoError(t, err)
				require.NotContains(t, StepWords(f.Steps()[0], terms.RU), "⟨")
				require.NotContains(t, StepWords(f.Steps()[0], terms.EN), "%!")
			}
		})
	}
}

func TestRefilter(t *testing.T) {
	s, err := New(Config{})
	require.NoError(t, err)
	for _, tc := range []struct{ address, want string }{
		{"/filter?back=logs/x/map&q=as-of%3D2019&add=has&a=A", `./logs/x/map?as-of=2019&f=has%28%22A%22%29`},
		{"/filter?back=logs/x/map&q=f%3Drework&add=has&a=A", `./logs/x/map?f=rework%3B+has%28%22A%22%29`},
		{"/filter?back=logs/x&q=f%3Drework&text=", `./logs/x`},
		{"/filter?back=logs/x&q=&text=events+%3E+5", `./logs/x?f=events+%3E+5`},
		{"/filter?back=//evil.example/&text=rework", ""},
		{"/filter?back=https://evil.example/&text=rework", ""},
		{"/filter?back=logs/..//evil&text=rework", ""},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", tc.address, nil))
		require.Equal(t, tc.want, w.Header().Get("Location"), tc.address)
	}
}

type twoNames struct{}

func (twoNames) Names(context.Context, string, mining.Events) (*desk.Names, error) {
	return &desk.Names{Activities: []string{"a", "<b>"}, Units: []string{"u"}, Attributes: []eventlog.AttributeInfo{{Path: "cost", Kind: eventlog.KindFloat}}}, nil
}

func (twoNames) Known(context.Context, string) (*desk.Known, error) {
	return &desk.Known{Labels: map[string]twin.Text{"a": {RU: "а", EN: "a"}}}, nil
}

func TestFilterBar(t *testing.T) {
	s, err := New(Config{Lang: terms.EN})
	require.NoError(t, err)
	r := httptest.NewRequest("GET", "/logs/x/map?f=rework%3B+has(%22a%22)&as-of=2019-12-31&page=3&sort=n", nil)
	v, fault, err := ReadView(r)
	require.NoError(t, err)
	require.NoError(t, fault)
	_, effect, err := v.Filter.Apply(context.Background(), logtest.Parse("<a,a>^2 <b>"), filter.Config{})
	require.NoError(t, err)
	bar, err := s.FilterBar(r, twoNames{}, "x", v, &effect, nil)
	require.NoError(t, err)
	require.Len(t, bar.Chips, 3)
	require.Equal(t, "has rework", bar.Chips[0].Words)
	require.Equal(t, "../../logs/x/map?as-of=2019-12-31&f=has%28%22a%22%29&sort=n", bar.Chips[0].Remove, "another filter begins at the first page again")
	require.Equal(t, "2 of 3\u00a0cases remain, with 4 of 5 activity instances.", bar.Effect)

	r = httptest.NewRequest("GET", "/logs/x/map?f=rework+and&as-of=2019-12-31", nil)
	v, fault, err = ReadView(r)
	require.NoError(t, err)
	require.Error(t, fault)
	bar, err = s.FilterBar(r, twoNames{}, "x", v, nil, fault)
	require.NoError(t, err)
	require.Equal(t, "rework and", bar.Text, "the text stays to be mended")
	require.Contains(t, bar.Fault, "cannot be read at character 11")
	require.Len(t, bar.Chips, 1)

	_, _, err = ReadView(httptest.NewRequest("GET", "/logs/x/map?f=rework+and&as-of=nonsense", nil))
	require.Error(t, err)
}
