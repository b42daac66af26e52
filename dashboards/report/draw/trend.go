package draw

import (
	"math"
	"slices"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

const (
	small  = 8.0 // size of letters
	middle = 8.5
)

// Chart lays a chart out at a width; a chart without values says so.
func Chart(c report.Chart, lang terms.Lang, width float64) Picture {
	return Lower(c, lang, width, 1)
}

// Lower is Chart with a picture that is lower than usual: low is its height against
// that, between 0.5 and 1. Letters keep their size.
func Lower(c report.Chart, lang terms.Lang, width, low float64) Picture {
	switch c := c.(type) {
	case report.Trend:
		c.Points, c.Lines, c.Words = slices.Clone(c.Points), slices.Clone(c.Lines), report.Short(c.Words, 40)
		for i := range c.Points {
			c.Points[i].Label = report.Short(c.Points[i].Label, 20)
		}
		for i := range c.Lines {
			c.Lines[i].Name = report.Short(c.Lines[i].Name, 60)
		}
		return trend(c, lang, width, low)
	case report.Bars:
		c.Items, c.Words = slices.Clone(c.Items), report.Short(c.Words, 20)
		for i := range c.Items {
			c.Items[i].Label = report.Label(c.Items[i].Label)
		}
		return bars(c, lang, width, low)
	}
	return empty(lang, width)
}

func empty(lang terms.Lang, width float64) Picture {
	p := Picture{W: width, H: 14}
	p.add(Area{rect(0, 0, width, 14), 0xf2f4f7}, Text{Point{width / 2, 8.3}, middle, false, Middle, Muted, lang.T("report.chart.empty")})
	return p
}

func known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// trend draws points over periods with the band of their intervals.
func trend(c report.Trend, lang terms.Lang, width, low float64) Picture {
	top, any := 0.0, false
	for _, p := range c.Points {
		for _, v := range []float64{p.Value, p.High} {
			if known(v) {
				top, any = max(top, v), true
			}
		}
	}
	if !any {
		return empty(lang, width)
	}
	for _, l := range c.Lines {
		if known(l.Value) {
			top = max(top, l.Value)
		}
	}
	step := nice(top / 4)
	if c.Unit == measure.Share {
		top, step = 1, 0.25
	}
	top = max(step, math.Ceil(top/step-1e-9)*step)
	digits := 0
	for s := step; c.Unit != measure.Share && digits < 3 && math.Abs(s-math.Round(s)) > 1e-9; digits++ {
		s *= 10
	}
	p := Picture{W: width, H: 17 + 37*low}
	left := Width(report.Figures(lang, top, c.Unit, digits), small, false) + 3
	x0, x1, y0, y1 := left, width-2, 7.0, 7+37*low
	y := func(v float64) float64 { return y1 - (y1-y0)*v/top }
	x := func(i int) float64 { return x0 + (x1-x0)*(float64(i)+0.5)/float64(len(c.Points)) }
	p.add(Text{Point{0, 3.5}, small, false, Start, Muted, c.Words})
	for v := 0.0; v <= top+step/2; v += step {
		p.add(Line{[]Point{{x0, y(v)}, {x1, y(v)}}, 0.15, Grid, false},
			Text{Point{x0 - 1.5, y(v) + 1}, small, false, End, Muted, report.Figures(lang, v, c.Unit, digits)})
	}
	p.band(c, x, y)
	p.lines(c, lang, x0, x1, y)
	p.curve(c, x, y)
	every := 1
	for _, point := range c.Points {
		need := max(Width(point.Label, small, false), Width("n="+lang.Int(int64(point.N)), 7, false)) + 2
		every = max(every, int(math.Ceil(need*float64(len(c.Points))/(x1-x0))))
	}
	for i, point := range c.Points {
		if (len(c.Points)-1-i)%every != 0 {
			continue
		}
		p.add(Text{Point{x(i), y1 + 4.5}, small, false, Middle, Ink, point.Label})
		if point.Forecast {
			p.add(Text{Point{x(i), y1 + 8.3}, 7, false, Middle, Muted, lang.T("report.chart.forecast")})
		} else if point.N > 0 {
			p.add(Text{Point{x(i), y1 + 8.3}, 7, false, Middle, Muted, "n=" + lang.Int(int64(point.N))})
		}
	}
	return p
}

// band draws the intervals: an area over neighbours, a stroke for one alone.
func (p *Picture) band(c report.Trend, x func(int) float64, y func(float64) float64) {
	has := func(i int) bool {
		return i >= 0 && i < len(c.Points) && known(c.Points[i].Value) && known(c.Points[i].Low) && known(c.Points[i].High) && !c.Points[i].Forecast
	}
	for i := 0; i < len(c.Points); i++ {
		if c.Points[i].Forecast && known(c.Points[i].Low) && known(c.Points[i].High) || has(i) && !has(i-1) && !has(i+1) {
			at, low, high := x(i), y(max(0, c.Points[i].Low)), y(c.Points[i].High)
			p.add(Line{[]Point{{at, low}, {at, high}}, 0.4, Main, c.Points[i].Forecast}, Line{[]Point{{at - 1, low}, {at + 1, low}}, 0.4, Main, false}, Line{[]Point{{at - 1, high}, {at + 1, high}}, 0.4, Main, false})
			continue
		}
		if !has(i) || has(i-1) {
			continue
		}
		var up, down []Point
		for k := i; has(k); k++ {
			up = append(up, Point{x(k), y(c.Points[k].High)})
			down = append([]Point{{x(k), y(max(0, c.Points[k].Low))}}, down...)
		}
		p.add(Area{append(up, down...), Band})
	}
}

// lines draws the levels to compare with, their names above them.
func (p *Picture) lines(c report.Trend, lang terms.Lang, x0, x1 float64, y func(float64) float64) {
	last := math.Inf(1)
	for _, l := range c.Lines {
		if !known(l.Value) {
			continue
		}
		colour := colourOf(l.Mark)
		at := y(l.Value)
		p.add(Line{[]Point{{x0, at}, {x1, at}}, 0.35, colour, true})
		name := l.Name + " " + report.Figures(lang, l.Value, c.Unit, c.Digits)
		anchor, place := End, x1
		if math.Abs(at-last) < 4 { // two names would lie over each other
			anchor, place = Start, x0+1
		}
		last = at
		p.add(Text{Point{place, at - 1}, small, false, anchor, colour, Fit(name, small, false, (x1-x0)/2)})
	}
}

// curve draws the values.
func (p *Picture) curve(c report.Trend, x func(int) float64, y func(float64) float64) {
	for i := 1; i < len(c.Points); i++ {
		a, b := c.Points[i-1], c.Points[i]
		if known(a.Value) && known(b.Value) {
			p.add(Line{[]Point{{x(i - 1), y(a.Value)}, {x(i), y(b.Value)}}, 0.6, Main, b.Forecast})
		}
	}
	for i, a := range c.Points {
		if known(a.Value) {
			p.add(Dot{Point{x(i), y(a.Value)}, 0.9, Main, a.Forecast})
		}
	}
}

func colourOf(m report.Mark) Colour {
	switch m {
	case report.Bad:
		return Red
	case report.Doubtful:
		return Amber
	case report.Good:
		return Green
	}
	return Main
}

// nice rounds a step up to 1, 2, 2.5 or 5 times a power of ten.
func nice(x float64) float64 {
	if !(x > 0) {
		return 1
	}
	scale := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if x <= m*scale*(1+1e-9) {
			return m * scale
		}
	}
	return 10 * scale
}

// bars draws lying bars with their labels before and their values behind them.
func bars(c report.Bars, lang terms.Lang, width, low float64) Picture {
	top, any := 0.0, false
	for _, b := range c.Items {
		for _, v := range []float64{b.Value, b.High} {
			if known(v) {
				top, any = max(top, v), true
			}
		}
	}
	if !any {
		return empty(lang, width)
	}
	if top == 0 {
		top = 1
	}
	label := 0.0
	for _, b := range c.Items {
		label = max(label, Width(b.Label, middle, false))
	}
	label = min(label, 0.42*width)
	value := 0.0
	texts := make([]string, len(c.Items))
	for i, b := range c.Items {
		texts[i] = report.Figures(lang, b.Value, c.Unit, c.Digits)
		if c.Words != "" {
			texts[i] += "\u00a0" + c.Words
		}
		value = max(value, Width(texts[i], middle, false))
	}
	x0 := label + 3
	x1 := width - value - 4
	p := Picture{W: width}
	y := 1.0
	for i, b := range c.Items {
		lines := Wrap(b.Label, middle, false, label)
		if len(lines) > 2 {
			lines = append(lines[:1], Fit(lines[1]+"…", middle, false, label))
		}
		h := 3.9 * float64(len(lines))
		row := max(h, 5.6*low) + 1.4*low
		for k, l := range lines {
			p.add(Text{Point{x0 - 2, y + (row-h)/2 + 3.9*float64(k) + 2.9}, middle, false, End, Ink, l})
		}
		at := y + row/2
		end := x0
		if known(b.Value) {
			end = x0 + (x1-x0)*max(0, b.Value)/top
			p.add(Area{rect(x0, at-2.2*low, max(0.3, end-x0), 4.4*low), colourOf(b.Mark)})
		}
		if known(b.Low) && known(b.High) {
			low, high := x0+(x1-x0)*max(0, b.Low)/top, x0+(x1-x0)*max(0, b.High)/top
			p.add(Line{[]Point{{low, at}, {high, at}}, 0.3, Ink, false}, Line{[]Point{{low, at - 1}, {low, at + 1}}, 0.3, Ink, false}, Line{[]Point{{high, at - 1}, {high, at + 1}}, 0.3, Ink, false})
			end = max(end, high)
		}
		p.add(Text{Point{end + 1.5, at + 1.1}, middle, false, Start, Ink, texts[i]})
		y += row
	}
	p.add(Line{[]Point{{x0, 0}, {x0, y}}, 0.25, Muted, false})
	p.H = y + 1
	return p
}
