package explore

import (
	"math"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
)

// mostCompared bounds the activities of the two maps.
const mostCompared = 40

type comparePage struct {
	Against string
	Says    string // what is compared with what
	Tests   string // address of the fragment; "" where nothing is chosen yet
	Offers  []shell.Link
	Middle  string
}

// versus reads what the view is compared with; ok is false where nothing is.
func (p *pages) versus(c *looked) (vs desk.Versus, ok bool, err error) {
	text := strings.TrimSpace(c.view.Against)
	vs.Names[1] = c.lang.T("against.this")
	switch {
	case c.view.Period != "" && !c.view.Filter.Empty():
		vs.Names[1] = c.view.Period + ", " + c.view.Filter.String()
	case c.view.Period != "":
		vs.Names[1] = c.view.Period
	case !c.view.Filter.Empty():
		vs.Names[1] = c.view.Filter.String()
	}
	look := c.look
	switch {
	case text == "", c.view.Period == "" && (text == "previous" || text == "year"): // all of the log has no period before it
		return vs, false, nil
	case text == "rest":
		if c.look.Filter.Empty() {
			return vs, false, inputf("everything is selected, so there is no rest to compare with; choose a filter or a period first")
		}
		vs.Rest, vs.Names[0] = true, c.lang.T("against.rest")
		return vs, true, nil
	case strings.HasPrefix(text, "before:"):
		day := strings.TrimPrefix(text, "before:")
		if vs.Before, err = time.ParseInLocation("2006-01-02", day, moscow); err != nil {
			return vs, false, inputf("vs=%s: wanted a day such as before:2019-07-01", text)
		}
		vs.Names = [2]string{c.lang.T("against.before", c.lang.Date(vs.Before)), c.lang.T("against.from", c.lang.Date(vs.Before))}
		return vs, true, nil
	case text == "previous" || text == "year":
		period, err := report.ParsePeriod(c.view.Period)
		if err != nil {
			return vs, false, inputf("vs=%s needs a period to compare with: %v", text, err)
		}
		other := period.Before(1)
		if text == "year" {
			other = period.YearAgo()
		}
		text = other.String()
	}
	if _, err := report.ParsePeriod(text); err == nil {
		within, err := p.inPeriod(c, text)
		if err != nil {
			return vs, false, err
		}
		look.Filter = within.Then(c.view.Filter)
		vs.Look, vs.Names[0] = &look, text
		return vs, true, nil
	}
	f, err := filter.Parse(text)
	if err != nil {
		return vs, false, desk.InputError{Err: err}
	}
	look.Filter = f
	if c.view.Period != "" {
		within, err := p.inPeriod(c, c.view.Period)
		if err != nil {
			return vs, false, err
		}
		look.Filter = within.Then(f)
	}
	vs.Look, vs.Names[0] = &look, f.String()
	return vs, true, nil
}

func (p *pages) compare(c *looked) (string, any, error) {
	vs, ok, err := p.versus(c)
	if err != nil {
		return "", nil, err
	}
	page := &comparePage{Against: c.view.Against}
	if ok {
		page.Says = c.lang.T("against.says", vs.Names[1], vs.Names[0])
		page.Tests = c.href("compare/tests", "lang", string(c.lang))
	}
	offer := func(word, vs string) {
		page.Offers = append(page.Offers, shell.Link{Text: word, Href: c.with("vs", vs)})
	}
	if !c.look.Filter.Empty() {
		offer(c.lang.T("against.offer.rest"), "rest")
	}
	if c.view.Period != "" {
		offer(c.lang.T("against.offer.previous"), "previous")
		offer(c.lang.T("against.offer.year"), "year")
	}
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return "", nil, err
	}
	if middle := middleStart(v); !middle.IsZero() {
		page.Middle = middle.In(moscow).Format("2006-01-02")
		offer(c.lang.T("against.offer.halves", c.lang.Date(middle.In(moscow))), "before:"+page.Middle)
	}
	return "compare", page, nil
}

// middleStart is the day on which the middle case began; zero where there are not two.
func middleStart(v *desk.View) time.Time {
	var starts []float64
	for _, c := range v.Log.All() {
		if c.Len() > 0 {
			starts = append(starts, float64(c.First()))
		}
	}
	if len(starts) < 2 {
		return time.Time{}
	}
	return time.UnixMicro(int64(measure.Summarize(starts, measure.Second).Median))
}

type testsPage struct {
	Headline []string
	A, B     sideBox
	Figures  []comparedRow
	Groups   []comparedGroup
	Families []string
	CSV, XLS string
	Warnings []string
}

type sideBox struct {
	Name, Facts string
	ID          string
	Map         mapData
}

type comparedGroup struct {
	Title string
	Rows  []comparedRow
	Of    int
}

type comparedRow struct {
	Name, A, B, Difference, Range, Size, P string
	Found                                  bool
}

func (p *pages) sides(c *looked) (*desk.Sides, error) {
	vs, ok, err := p.versus(c)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, inputf("nothing is chosen to compare with: add vs= to the address")
	}
	return p.desk.CompareSides(c.r.Context(), c.log, c.look, vs, mostCompared)
}

func (p *pages) tested(c *looked) (any, error) {
	s, err := p.sides(c)
	if err != nil {
		return nil, err
	}
	r := s.Result
	page := &testsPage{Headline: r.Headline(string(c.lang)), Figures: c.headline(r), Warnings: c.doubts(r.Warnings)}
	for i, side := range []cohort.Side{r.A, r.B} {
		box := sideBox{Name: side.Name, ID: string(rune('a' + i)), Facts: c.lang.T("against.side", c.lang.Count("case", int64(side.Cases)), c.lang.Int(int64(side.Events))), Map: diffMap(c, s, i)}
		if i == 0 {
			page.A = box
		} else {
			page.B = box
		}
	}
	page.Groups = c.groups(r)
	for _, f := range r.Families {
		if f.Tests > 0 {
			page.Families = append(page.Families, c.lang.T("against.family", c.lang.T("against.family."+familyKey(f.Name)), c.lang.Int(int64(f.Tests)), c.lang.Int(int64(f.Found)), f.Method, c.lang.Int(int64(f.Rare))))
		}
	}
	page.CSV, page.XLS = c.exported("compare", "differences.csv")
	return page, nil
}

func familyKey(name string) string { return strings.ReplaceAll(name, " ", "-") }

// shareRow is one compared share of cases.
func (c *looked) shareRow(name string, s *cohort.Share, level float64) comparedRow {
	d, interval := c.difference(measure.Share, s.Difference)
	return comparedRow{Name: name, A: c.rate(s.A), B: c.rate(s.B), Difference: d, Range: interval, Size: s.Size.In(string(c.lang)), P: c.p(s.Adjusted), Found: float64(s.Adjusted) <= level}
}

func (c *looked) rate(r measure.Rate) string {
	return c.lang.Percent(r.Share(), 1)
}

// difference writes a difference and its interval, "" where there is none.
func (c *looked) difference(u measure.Unit, e measure.Estimate) (text, interval string) {
	if e.Interval == nil {
		return c.lang.Changes(u, float64(e.Value))(float64(e.Value)), ""
	}
	write := c.lang.Changes(u, float64(e.Value), e.Interval.Low, e.Interval.High)
	return write(float64(e.Value)), c.lang.T("whatif.interval", write(e.Interval.Low), write(e.Interval.High))
}

func (c *looked) p(p measure.Number) string {
	x := float64(p)
	switch {
	case math.IsNaN(x):
		return "—"
	case x < 0.001:
		return "< " + c.lang.Float(0.001, 3)
	}
	return c.lang.Float(x, 3)
}

// timesRows are the rows of one compared duration.
func (c *looked) timesRows(name string, t *cohort.Times, level float64) []comparedRow {
	found := float64(t.Adjusted) <= level
	row := func(what string, a, b float64, e measure.Estimate) comparedRow {
		d, interval := c.difference(measure.Second, e)
		return comparedRow{Name: name + ", " + what, A: c.lang.Seconds(a), B: c.lang.Seconds(b), Difference: d, Range: interval, Size: t.Size.In(string(c.lang)), P: c.p(t.Adjusted), Found: found}
	}
	return []comparedRow{row(c.lang.T("map.median"), t.A.Median, t.B.Median, t.Median), row(c.lang.T("against.mean"), t.A.Mean, t.B.Mean, t.Mean)}
}

func (c *looked) headline(r *cohort.Result) []comparedRow {
	var rows []comparedRow
	if r.LeadTime != nil {
		rows = append(rows, c.timesRows(c.lang.T("against.lead"), r.LeadTime, r.Level)...)
	}
	for _, d := range []struct {
		key  string
		dist cohort.Distance
	}{{"against.variants", r.Variants}, {"against.profile", r.Profile}} {
		rows = append(rows, comparedRow{Name: c.lang.T(d.key), Difference: c.lang.Float(float64(d.dist.Value), 3), Range: c.lang.T("against.expected", c.lang.Float(float64(d.dist.Expected), 3)), P: c.p(d.dist.Adjusted), Found: float64(d.dist.Adjusted) <= r.Level, A: "—", B: "—"})
	}
	if r.Rework != nil {
		rows = append(rows, c.shareRow(c.lang.T("against.rework"), r.Rework, r.Level))
	}
	if r.Breach != nil {
		rows = append(rows, c.shareRow(c.lang.T("against.breach"), r.Breach, r.Level))
	}
	return rows
}

// groups are the lists of differences, each shortened.
func (c *looked) groups(r *cohort.Result) []comparedGroup {
	const most = 15
	activities := comparedGroup{Title: c.lang.T("against.family.activities"), Of: len(r.Activities)}
	for i := range r.Activities[:min(most, len(r.Activities))] {
		a := &r.Activities[i]
		activities.Rows = append(activities.Rows, c.shareRow(c.label(a.Activity), &a.Share, r.Level))
	}
	edges := comparedGroup{Title: c.lang.T("against.family.edges"), Of: len(r.Edges)}
	for i := range r.Edges[:min(most, len(r.Edges))] {
		e := &r.Edges[i]
		edges.Rows = append(edges.Rows, c.shareRow(c.label(e.From)+" → "+c.label(e.To), &e.Share, r.Level))
	}
	waiting := comparedGroup{Title: c.lang.T("against.family.waiting"), Of: len(r.Waiting)}
	for i := range r.Waiting[:min(most, len(r.Waiting))] {
		w := &r.Waiting[i]
		waiting.Rows = append(waiting.Rows, c.timesRows(c.label(w.Activity), &w.Times, r.Level)...)
	}
	mix := comparedGroup{Title: c.lang.T("against.family.mix"), Of: len(r.Mix)}
	for _, m := range r.Mix[:min(most, len(r.Mix))] {
		row := comparedRow{Name: m.Attribute, A: c.lang.Percent(float64(m.ShareA), 1), B: c.lang.Percent(float64(m.ShareB), 1), Difference: c.lang.Float(float64(m.Value.Value), 3), Size: m.Size.In(string(c.lang)), P: c.p(m.Adjusted), Found: float64(m.Adjusted) <= r.Level}
		if m.Most != "" {
			row.Name += ": " + m.Most
		}
		if i := m.Value.Interval; i != nil {
			row.Range = c.lang.T("whatif.interval", c.lang.Float(i.Low, 3), c.lang.Float(i.High, 3))
		}
		mix.Rows = append(mix.Rows, row)
	}
	return []comparedGroup{activities, edges, waiting, mix}
}

// diffMap is the map of one side over the activities of both, coloured by the difference.
func diffMap(c *looked, s *desk.Sides, side int) mapData {
	g := s.Union()
	r := s.Result
	m := mapData{Kind: "delta", Nodes: []mapNode{}, Edges: []mapEdge{}, Ways: [][3][]int64{}, View: "cases", Words: words(c, "map."), Total: mapTotal{Cases: 1, Events: 1, Activities: len(g.Activities), Edges: len(g.Edges), Steps: g.Pairs()}}
	activities, edges := map[string]*cohort.Share{}, map[[2]string]*cohort.Share{}
	for i := range r.Activities {
		activities[r.Activities[i].Activity] = &r.Activities[i].Share
	}
	for i := range r.Edges {
		edges[[2]string{r.Edges[i].From, r.Edges[i].To}] = &r.Edges[i].Share
	}
	a, b := factsOf(s.A), factsOf(s.B)
	for i, name := range g.Activities {
		x, y := a.nodes[name], b.nodes[name]
		m.Nodes = append(m.Nodes, mapNode{Name: c.label(name), Count: g.Counts[i], Pos: (x.pos*float64(x.n) + y.pos*float64(y.n)) / math.Max(1, float64(x.n+y.n)), Diff: c.diff(x.share, y.share, activities[name], r.Level, side)})
	}
	for _, e := range g.Edges {
		k := [2]string{g.Activities[e.From], g.Activities[e.To]}
		m.Edges = append(m.Edges, mapEdge{S: e.From, T: e.To, Count: e.Count, Diff: c.diff(a.edges[k], b.edges[k], edges[k], r.Level, side)})
	}
	return m
}

type nodeFacts struct {
	share, pos float64
	n          int64
}

type sideFacts struct {
	nodes map[string]nodeFacts
	edges map[[2]string]float64
}

func factsOf(f *desk.Flow) sideFacts {
	s := sideFacts{map[string]nodeFacts{}, map[[2]string]float64{}}
	g := f.Graph
	cases := math.Max(1, float64(g.Cases))
	for i, a := range g.Activities {
		s.nodes[a] = nodeFacts{float64(f.In[i]) / cases, f.Pos[i], g.Counts[i]}
	}
	for i, e := range g.Edges {
		s.edges[[2]string{g.Activities[e.From], g.Activities[e.To]}] = float64(f.Cases[i]) / cases
	}
	return s
}

// diff tells how a part of the map differs, as the test over cases found it.
func (c *looked) diff(a, b float64, tested *cohort.Share, level float64, side int) *diff {
	d := &diff{A: a, B: b, Sure: 2, W: [2]float64{a, b}[side]}
	d.Text = c.lang.Percent(d.W, 0)
	verdict := "against.few"
	if tested != nil {
		d.Sure, verdict = 0, "against.noise"
		if float64(tested.Adjusted) <= level {
			d.Sure, verdict = 1, "against.more"
			if b < a {
				d.Sure, verdict = -1, "against.less"
			}
		}
	}
	d.Say = c.lang.T("against.say", c.lang.Percent(a, 1), c.lang.Percent(b, 1), c.lang.T(verdict))
	return d
}

func (p *pages) differencesCSV(c *looked) (*file, error) {
	s, err := p.sides(c)
	if err != nil {
		return nil, err
	}
	r := s.Result
	out := sheet{head: []string{c.lang.T("against.kind"), c.lang.T("against.what"), r.A.Name, r.B.Name, c.lang.T("against.difference"), c.lang.T("against.low"), c.lang.T("against.high"), c.lang.T("against.p")}}
	add := func(kind, name string, a, b float64, e measure.Estimate, p measure.Number) {
		low, high := math.NaN(), math.NaN()
		if e.Interval != nil {
			low, high = e.Interval.Low, e.Interval.High
		}
		out.rows = append(out.rows, []any{kind, name, a, b, float64(e.Value), low, high, float64(p)})
	}
	share := func(kind, name string, s *cohort.Share) {
		add(kind, name, s.A.Share(), s.B.Share(), s.Difference, s.Adjusted)
	}
	if t := r.LeadTime; t != nil {
		add(c.lang.T("csv.lead-s"), c.lang.T("map.median"), t.A.Median, t.B.Median, t.Median, t.Adjusted)
		add(c.lang.T("csv.lead-s"), c.lang.T("against.mean"), t.A.Mean, t.B.Mean, t.Mean, t.Adjusted)
	}
	if r.Rework != nil {
		share(c.lang.T("variants.share"), c.lang.T("against.rework"), r.Rework)
	}
	if r.Breach != nil {
		share(c.lang.T("variants.share"), c.lang.T("against.breach"), r.Breach)
	}
	for i := range r.Activities {
		share(c.lang.T("against.family.activities"), c.label(r.Activities[i].Activity), &r.Activities[i].Share)
	}
	for i := range r.Edges {
		share(c.lang.T("against.family.edges"), c.label(r.Edges[i].From)+" → "+c.label(r.Edges[i].To), &r.Edges[i].Share)
	}
	for i := range r.Waiting {
		w := &r.Waiting[i]
		add(c.lang.T("csv.waiting-s"), c.label(w.Activity), w.A.Mean, w.B.Mean, w.Mean, w.Adjusted)
	}
	return c.csv("comparison", out)
}
