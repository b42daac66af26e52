package explore

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
)

// How much the pictures of time show at most.
const (
	mostDotRows  = 1200
	mostDots     = 20_000
	dotColours   = 8 // activities with a colour of their own
	mostSegments = 12
	mostPassages = 500
)

type timePage struct {
	Dotted   template.HTML
	Rows     dotRows
	Said     string
	Axis     []choice
	AxisIs   string
	Orders   []choice
	OrderIs  string
	Legend   []legend
	Bottle   string // address of the fragment
	Spectrum string
	CSV, XLS string
}

// dotRows is what the script says of a row of the dotted chart.
type dotRows struct {
	IDs    []string          `json:"ids"`
	Hrefs  string            `json:"hrefs"` // address of a case, with CASE for its identifier
	Height float64           `json:"height"`
	Words  map[string]string `json:"words"`
}

type legend struct {
	Class, Name string
	Count       int
	Href        string
	Marked      bool
}

func (p *pages) time(c *looked) (string, any, error) {
	cfg := desk.DotsConfig{Relative: c.get("x") == "relative", Order: "start", Cases: mostDotRows, Dots: mostDots}
	if c.get("order") == "duration" {
		cfg.Order = "duration"
	}
	d, err := p.desk.Dots(c.r.Context(), c.log, c.look, cfg)
	if err != nil {
		return "", nil, err
	}
	page := &timePage{AxisIs: "absolute", OrderIs: cfg.Order, Bottle: c.href("time/bottlenecks", "lang", string(c.lang)), Spectrum: c.href("time/spectrum", "lang", string(c.lang))}
	if cfg.Relative {
		page.AxisIs = "relative"
	}
	for _, x := range []string{"absolute", "relative"} {
		page.Axis = append(page.Axis, choice{x, c.lang.T("time.x." + x)})
	}
	for _, x := range []string{"start", "duration"} {
		page.Orders = append(page.Orders, choice{x, c.lang.T("time.order." + x)})
	}
	page.legend(c, d)
	page.Dotted = dotted(c, d, cfg, c.get("mark"))
	page.Said = c.lang.T("time.dots.all", c.lang.Count("case", int64(d.Of)), c.lang.Int(int64(d.Shown)))
	if len(d.Rows) < d.Of || d.Shown < d.Events {
		page.Said = c.lang.T("time.dots.some", c.lang.Int(int64(len(d.Rows))), c.lang.Count("of-case", int64(d.Of)), c.lang.Int(int64(d.Shown)), c.lang.Int(int64(d.Events)))
	}
	page.Rows = dotRows{Hrefs: c.caseHref("CASE"), Height: dotHeight(len(d.Rows)), Words: map[string]string{"case": c.lang.T("time.dots.case"), "open": c.lang.T("time.dots.open")}, IDs: []string{}}
	for _, r := range d.Rows {
		page.Rows.IDs = append(page.Rows.IDs, r.ID)
	}
	page.CSV, page.XLS = c.exported("time", "events.csv")
	return "time", page, nil
}

func (page *timePage) legend(c *looked, d *desk.Dots) {
	for i, a := range d.Activities {
		if i == dotColours {
			rest := 0
			for _, n := range d.Counts[i:] {
				rest += n
			}
			page.Legend = append(page.Legend, legend{Class: "dot-other", Name: c.lang.T("time.dots.other", c.lang.Int(int64(len(d.Activities)-i))), Count: rest})
			break
		}
		l := legend{Class: fmt.Sprintf("dot%d", i), Name: c.label(a), Count: d.Counts[i], Marked: c.get("mark") == a, Href: c.with("mark", a)}
		if l.Marked {
			l.Href = c.with("mark", "")
		}
		page.Legend = append(page.Legend, l)
	}
}

const dotWidth, dotLeft, dotRight, dotTop, dotBottom = 1000.0, 12.0, 988.0, 8.0, 30.0

func dotHeight(rows int) float64 { return math.Min(620, math.Max(60, float64(rows)*8)) }

// dotted draws the chart: for each activity one path of round caps, which browsers draw
// fast however many dots there are.
func dotted(c *looked, d *desk.Dots, cfg desk.DotsConfig, mark string) template.HTML {
	if len(d.Rows) == 0 {
		return ""
	}
	height := dotHeight(len(d.Rows))
	length := math.Max(d.Length, 1)
	paths := make([]strings.Builder, dotColours+1)
	for k, r := range d.Rows {
		y := dotTop + (float64(k)+0.5)*height/float64(len(d.Rows))
		drawn := map[[2]int]bool{}
		for i, at := range r.At {
			x := dotLeft + (dotRight-dotLeft)*float64(at)/length
			class := min(r.What[i], dotColours)
			if spot := [2]int{int(x * 2), class}; !drawn[spot] {
				drawn[spot] = true
				fmt.Fprintf(&paths[class], "M%.1f %.1fh0", x, y)
			}
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="dotted" viewBox="0 0 %g %g" role="img" aria-label="%s">`, dotWidth, dotTop+height+dotBottom, template.HTMLEscapeString(c.lang.T("time.dots.alt", c.lang.Count("case", int64(len(d.Rows))))))
	zone := moscow
	ticks(&b, func(share float64) string {
		if cfg.Relative {
			return c.lang.Seconds(share * length)
		}
		return c.lang.Date((d.First + eventlog.Time(share*length*1e6)).Go().In(zone))
	}, dotTop, dotTop+height)
	for class := dotColours; class >= 0; class-- {
		if paths[class].Len() == 0 {
			continue
		}
		name, faint := "dot-other", mark != ""
		if class < dotColours {
			name = fmt.Sprintf("dot%d", class)
			faint = mark != "" && (class >= len(d.Activities) || d.Activities[class] != mark)
		}
		if faint {
			name += " faint"
		}
		fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, name, paths[class].String())
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// ticks draws five lines of an axis of time with their labels below.
func ticks(b *strings.Builder, label func(share float64) string, top, bottom float64) {
	for i := range 5 {
		share := float64(i) / 4
		x := dotLeft + (dotRight-dotLeft)*share
		anchor := [...]string{"start", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" y1="%.1f" x2="%.1[1]f" y2="%.1f"/><text x="%.1[1]f" y="%.1[4]f" text-anchor="%s">%s</text>`, x, top, bottom, bottom+18, anchor, template.HTMLEscapeString(label(share)))
	}
}

type spectrumPage struct {
	Picture  template.HTML
	Rows     []segmentRow
	Passages int
	CSV, XLS string
}

type segmentRow struct {
	performance.Segment
	A, B, Href, Slow, Over string
}

// spectrumOf is the performance spectrum, remembered.
func (p *pages) spectrumOf(c *looked) ([]performance.Segment, eventlog.Time, error) {
	type answer struct {
		segments []performance.Segment
		first    eventlog.Time
	}
	a, err := desk.Remember(c.r.Context(), p.desk, c.log, "spectrum\x00"+c.look.String(), func(ctx context.Context) (*answer, error) {
		v, err := p.desk.Seen(ctx, c.log, c.look)
		if err != nil {
			return nil, err
		}
		s, err := performance.Spectrum(ctx, v.Log, performance.SpectrumConfig{Most: mostSegments, Passages: mostPassages})
		first := eventlog.MaxTime
		for _, cs := range v.Log.All() {
			if cs.Len() > 0 {
				first = min(first, cs.First())
			}
		}
		return &answer{s, first}, err
	})
	if err != nil {
		return nil, 0, err
	}
	return a.segments, a.first, nil
}

func (p *pages) spectrum(c *looked) (any, error) {
	segments, first, err := p.spectrumOf(c)
	if err != nil {
		return nil, err
	}
	page := &spectrumPage{Picture: spectrum(c, segments, first), Passages: mostPassages}
	for _, s := range segments {
		page.Rows = append(page.Rows, segmentRow{s, c.label(s.From), c.label(s.To), c.where(call("path", s.From, s.To)), c.where(call("gap", s.From, s.To) + " > p75"), c.lang.Percent(float64(s.Overtaken), 1)})
	}
	page.CSV, page.XLS = c.exported("time", "spectrum.csv")
	return page, nil
}

// spectrum draws each segment as a band: a line from when a passage begins, above, to
// when it ends, below.
func spectrum(c *looked, segments []performance.Segment, first eventlog.Time) template.HTML {
	if len(segments) == 0 {
		return ""
	}
	const band, title = 58.0, 18.0
	last := 1.0
	for _, s := range segments {
		for _, x := range s.Passages {
			last = math.Max(last, x.End)
		}
	}
	x := func(seconds float64) float64 { return dotLeft + (dotRight-dotLeft)*seconds/last }
	var b strings.Builder
	height := dotTop + float64(len(segments))*(band+title)
	fmt.Fprintf(&b, `<svg class="spectrum" viewBox="0 0 %g %.1f" role="img" aria-label="%s">`, dotWidth, height+dotBottom, template.HTMLEscapeString(c.lang.T("time.spectrum.alt", c.lang.Int(int64(len(segments))))))
	ticks(&b, func(share float64) string {
		return c.lang.Date((first + eventlog.Time(share*last*1e6)).Go().In(moscow))
	}, dotTop, height)
	for i, s := range segments {
		top := dotTop + float64(i)*(band+title) + title
		fmt.Fprintf(&b, `<text class="name" x="%g" y="%.1f">%s</text><line class="edge" x1="%[1]g" y1="%.1[4]f" x2="%g" y2="%.1[4]f"/><line class="edge" x1="%[1]g" y1="%.1[6]f" x2="%[5]g" y2="%.1[6]f"/>`,
			dotLeft, top-5, template.HTMLEscapeString(short(c.label(s.From)+" → "+c.label(s.To), 120)), top, dotRight, top+band-4)
		var lines [4]strings.Builder
		for _, passage := range s.Passages {
			fmt.Fprintf(&lines[passage.Class], "M%.1f %.1fL%.1f %.1f", x(passage.Begin), top, x(passage.End), top+band-4)
		}
		for class := range lines {
			if lines[class].Len() > 0 {
				fmt.Fprintf(&b, `<path class="pace%d" d="%s"/>`, class, lines[class].String())
			}
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

type bottlePage struct {
	Cases     int
	Lead      float64
	Rows      []bottleRow
	Of        int
	Rework    []reworkRow
	Right     string
	Worked    bool // waiting and work can be told apart
	Parties   []partyRow
	Handovers []handoverRow
	CSV, XLS  string
	Warnings  []string
}

type bottleRow struct {
	Name, Share, Range, Href              string
	Cases                                 int
	Total, Waiting, Work, Idle, MostSaved float64
	Undivided                             float64
}

type reworkRow struct {
	Name, Href string
	Cases, Of  int
}

type partyRow struct {
	Name  string
	Time  float64
	Share float64
	Cases int
}

type handoverRow struct {
	From, To string
	N        int
	Median   float64
	Total    float64
}

func (p *pages) timesOf(c *looked) (*desk.Times, error) {
	return desk.Remember(c.r.Context(), p.desk, c.log, "times\x00"+c.look.String(), func(ctx context.Context) (*desk.Times, error) {
		return p.desk.Times(ctx, c.log, c.look, nil)
	})
}

func (p *pages) bottlenecks(c *looked) (any, error) {
	t, err := p.timesOf(c)
	if err != nil {
		return nil, err
	}
	page := &bottlePage{Cases: t.Bottlenecks.Cases, Lead: float64(t.Bottlenecks.Lead) / math.Max(1, float64(t.Bottlenecks.Cases)), Of: len(t.Bottlenecks.Activities), Warnings: c.doubts(t.Doubts)}
	for _, b := range t.Bottlenecks.Activities[:min(12, len(t.Bottlenecks.Activities))] {
		row := bottleRow{Name: c.label(b.Activity), Share: c.lang.Percent(float64(b.Share), 1), Href: c.where(call("has", b.Activity)), Cases: b.Cases, Total: float64(b.Total), Waiting: float64(b.Waiting), Work: float64(b.Processing), Idle: float64(b.Idle), Undivided: float64(b.Undivided), MostSaved: float64(b.MostSaved)}
		page.Worked = page.Worked || !math.IsNaN(row.Work)
		if b.Interval != nil {
			row.Range = c.lang.T("whatif.interval", c.lang.Percent(b.Interval.Low, 1), c.lang.Percent(b.Interval.High, 1))
		}
		page.Rows = append(page.Rows, row)
	}
	if r := t.Rework; r != nil {
		page.Right = c.lang.T("time.right", c.lang.Percent(float64(r.Right), 1), c.lang.Count("of-case", int64(r.Cases)))
		for _, a := range r.Activities[:min(10, len(r.Activities))] {
			page.Rework = append(page.Rework, reworkRow{c.label(a.Activity), c.where(call("rework", a.Activity)), a.Cases, a.Of})
		}
	}
	if t.Parties != nil {
		for _, k := range t.Parties.Courts[:min(15, len(t.Parties.Courts))] {
			name := c.who(k.Party)
			if name == "" {
				name = c.lang.T("time.nobody")
			}
			page.Parties = append(page.Parties, partyRow{name, float64(k.Time), float64(k.Share), k.Cases})
		}
		for _, h := range t.Handovers[:min(15, len(t.Handovers))] { // between units: people are not set beside each other here
			page.Handovers = append(page.Handovers, handoverRow{c.who(h.From), c.who(h.To), h.N, h.Gap.Median, float64(h.Total)})
		}
	}
	page.CSV, page.XLS = c.exported("time", "bottlenecks.csv")
	return page, nil
}

func (p *pages) bottlenecksCSV(c *looked) (*file, error) {
	t, err := p.timesOf(c)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("explore.activity"), c.lang.T("logs.cases"), c.lang.T("csv.total-s"), c.lang.T("csv.waiting-s"), c.lang.T("csv.processing-s"), c.lang.T("csv.idle-s"), c.lang.T("csv.undivided-s"), c.lang.T("time.share")}}
	for _, b := range t.Bottlenecks.Activities {
		s.rows = append(s.rows, []any{c.label(b.Activity), b.Cases, float64(b.Total), float64(b.Waiting), float64(b.Processing), float64(b.Idle), float64(b.Undivided), float64(b.Share)})
	}
	return c.csv("bottlenecks", s)
}

func (p *pages) spectrumCSV(c *looked) (*file, error) {
	segments, first, err := p.spectrumOf(c)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("map.from"), c.lang.T("map.to"), c.lang.T("csv.begin"), c.lang.T("csv.end"), c.lang.T("csv.duration-s"), c.lang.T("csv.quartile")}}
	for _, g := range segments {
		for _, x := range g.Passages {
			at := func(seconds float64) time.Time {
				return (first + eventlog.Time(seconds*1e6)).Go().In(moscow)
			}
			s.rows = append(s.rows, []any{c.label(g.From), c.label(g.To), at(x.Begin), at(x.End), x.End - x.Begin, x.Class + 1})
		}
	}
	return c.csv("spectrum", s)
}

// mostEvents bounds the events of one CSV file.
const mostEvents = 1_000_000

func (p *pages) allEventsCSV(c *looked) (*file, error) {
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, err
	}
	if n := v.Log.Events(); n > mostEvents {
		return nil, inputf("the view holds %d events, more than the %d that a CSV file may have; narrow the filter, or take the XES file", n, mostEvents)
	}
	s := sheet{head: []string{c.lang.T("cases.id"), c.lang.T("explore.activity"), c.lang.T("case.started"), c.lang.T("case.completed"), c.lang.T("case.unit"), c.lang.T("case.by")}}
	for _, cs := range v.Log.All() {
		for i := range cs.Len() {
			e := cs.Row(i)
			var start time.Time
			if e.Start.Time != eventlog.NoTime {
				start = zoned(e.Start)
			}
			s.rows = append(s.rows, []any{cs.ID(), c.label(e.Activity), start, zoned(e.Time), e.Unit, e.Resource})
		}
	}
	return c.csv("events", s)
}
