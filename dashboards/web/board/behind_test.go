package board

import (
	"html"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
)

// As many cases stand in the list behind a number as the board says that it is of.
func TestAsManyCasesBehindANumberAsItSays(t *testing.T) {
	o := open(t)
	pack, err := datasets.Open("municipality")
	require.NoError(t, err)
	system, err := datasets.GenerateSystem(t.Context(), pack, datasets.SystemConfig{Seed: 1, Lang: "ru"})
	require.NoError(t, err)
	for _, l := range system.Logs {
		if l.Name() == land {
			o.save(l, land)
		}
	}
	s := o.site(Config{})
	zone := time.FixedZone("MSK", 3*3600)
	for view, window := range map[string]desk.Window{"": {}, "p=2018-Q2": {Begin: time.Date(2018, 4, 1, 0, 0, 0, 0, zone), End: time.Date(2018, 7, 1, 0, 0, 0, 0, zone)}} {
		b, err := o.desk.Board(t.Context(), land, desk.BoardQuestion{Window: window})
		require.NoError(t, err)
		linked := 0
		of := func(key string, want int) {
			found := href.FindStringSubmatch(get(s, "/logs/"+land+"/number/"+key+"?"+view).Body.String())
			if found == nil {
				return // the page says why there is no list
			}
			linked++
			u, err := url.Parse(html.UnescapeString(found[1]))
			require.NoError(t, err)
			v, err := shell.ParseView(u.Query())
			require.NoError(t, err, u)
			list, err := o.desk.Cases(t.Context(), land, v.Look(), desk.ClockChoice{})
			if want == 0 {
				require.ErrorContains(t, err, "leaves none")
				return
			}
			require.NoError(t, err, u)
			n := 0
			for i := range list.Rows {
				if list.Rows[i].Events > 0 {
					n++
				}
			}
			if want != n {
				t.Errorf("%s %s: %d on the board, %d behind it, %s", key, view, want, n, u.Query().Get("f"))
			}
		}
		for _, key := range boardFigures {
			f, count := figureOf(b, key)
			switch {
			case count:
				of(key, int(f.Value))
			default:
				of(key, f.N)
			}
		}
		for _, x := range b.Standings {
			if last, _, ok := lastPoint(x.Series, b); ok {
				of(keyKPI+x.Ref.ID, last.N)
			}
		}
		require.GreaterOrEqual(t, linked, len(boardFigures), "all but what is of all cases, with the indicators")
	}
}
