package draw

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// inside fails where something of a picture lies outside of it.
func inside(t *testing.T, p Picture) {
	t.Helper()
	at := func(q Point) {
		require.False(t, math.IsNaN(q.X) || math.IsNaN(q.Y))
		require.True(t, q.X >= -0.01 && q.X <= p.W+0.01 && q.Y >= -0.01 && q.Y <= p.H+0.01, "%v outside of %v × %v", q, p.W, p.H)
	}
	for _, it := range p.Items {
		switch it := it.(type) {
		case Line:
			for _, q := range it.Points {
				at(q)
			}
		case Area:
			for _, q := range it.Points {
				at(q)
			}
		case Dot:
			at(it.At)
		case Text:
			at(it.At)
		}
	}
}

func TestPictures(t *testing.T) {
	nan := math.NaN()
	trend := report.Trend{Unit: measure.CalendarDay, Words: "дн.", Digits: 1, Lines: []report.TrendLine{{Name: "план", Value: 5}, {Name: "срок", Value: 5.1}, {Name: "нет", Value: nan}}}
	for k := range 40 {
		v := float64(k % 7)
		if k%5 == 0 {
			v = nan
		}
		trend.Points = append(trend.Points, report.TrendPoint{Label: "01.19", Value: v, Low: v - 3, High: v + 3, N: k})
	}
	for name, c := range map[string]report.Chart{
		"trend": trend, "one point": report.Trend{Points: []report.TrendPoint{{Label: "a", Value: 1e9, Low: nan, High: nan}}}, "no point": report.Trend{},
		"zeros":    report.Trend{Points: []report.TrendPoint{{Value: 0, Low: 0, High: 0}}},
		"bars":     report.Bars{Unit: measure.Share, Words: "%", Items: []report.Bar{{Label: strings.Repeat("слово ", 30), Value: 0.5, Low: 0.1, High: 0.9}, {Label: "", Value: 0, Low: nan, High: nan}, {Label: "x", Value: nan, Low: nan, High: nan}}},
		"no bars":  report.Bars{},
		"zero bar": report.Bars{Items: []report.Bar{{Label: "x", Value: 0, Low: nan, High: nan}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Chart(c, terms.RU, 170)
			inside(t, p)
			data, err := p.PNG(60)
			require.NoError(t, err)
			m, err := png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			require.Equal(t, int(math.Ceil(170*60/25.4)), m.Bounds().Dx())
			again, err := p.PNG(60)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, again))
		})
	}
}

func TestHostileLabelsAreTextInSVG(t *testing.T) {
	for _, label := range hostile.Labels {
		p := Chart(report.Bars{Words: label, Items: []report.Bar{{Label: label, Value: 1, Low: math.NaN(), High: math.NaN()}}}, terms.EN, 170)
		svg := p.SVG(report.Clean(label), report.Clean(label))
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, "%q", label)
			if e, ok := token.(xml.StartElement); ok {
				require.Contains(t, []string{"svg", "title", "desc", "polyline", "polygon", "circle", "text"}, e.Name.Local)
			}
		}
	}
}

func TestRaisedFigures(t *testing.T) {
	require.InDelta(t, RaisedSize*Width("10", 10, false), Width("¹⁰", 10, false), 1e-9)
	require.Equal(t, "д…", Fit("длинное слово", 10, false, 6))
}
