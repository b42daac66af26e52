package explore

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/legal"
)

// casesOfPage is how many cases one page lists.
const casesOfPage = 50

type casesPage struct {
	Rows     []caseRow
	Columns  []column
	N        int
	Of       int64
	Pager    pager
	Clock    clockBox
	States   []stateLink
	Lead     string
	CSV, XLS string
	Warnings []string
}

type column struct {
	Word, Href, Sorted string // Sorted: "ascending", "descending" or ""
	Number             bool
}

type caseRow struct {
	ID, Href   string
	First, End string
	Time       string
	Events     int
	State      string
	Due        string
	Overdue    string
	Late       bool
	Ball       string
}

// pager leads to the pages of a long list.
type pager struct {
	Page, Pages int
	Previous    string
	Next        string
}

type stateLink struct {
	Word, Href string
	Count      int
	Current    bool
}

// sorts are the columns of the list of cases by the word of the address.
var sorts = []struct {
	key    string
	number bool
	less   func(a, b *desk.CaseRow) int
}{
	{"id", false, func(a, b *desk.CaseRow) int { return natural(a.ID, b.ID) }},
	{"start", false, func(a, b *desk.CaseRow) int { return cmp.Compare(a.First.Time, b.First.Time) }},
	{"end", false, func(a, b *desk.CaseRow) int { return cmp.Compare(a.Last.Time, b.Last.Time) }},
	{"lead", true, func(a, b *desk.CaseRow) int { return nanLast(a.Elapsed, b.Elapsed) }},
	{"events", true, func(a, b *desk.CaseRow) int { return cmp.Compare(a.Events, b.Events) }},
	{"state", false, func(a, b *desk.CaseRow) int { return cmp.Compare(a.State, b.State) }},
	{"due", false, func(a, b *desk.CaseRow) int { return cmp.Compare(unix(a.Due), unix(b.Due)) }},
	{"overdue", true, func(a, b *desk.CaseRow) int { return nanLast(a.OverdueBy, b.OverdueBy) }},
	{"ball", false, func(a, b *desk.CaseRow) int { return cmp.Compare(a.Ball.RU+a.Acted, b.Ball.RU+b.Acted) }},
}

func nanLast(a, b float64) int {
	if math.IsNaN(a) {
		a = math.Inf(-1)
	}
	if math.IsNaN(b) {
		b = math.Inf(-1)
	}
	return cmp.Compare(a, b)
}

func unix(t *time.Time) int64 {
	if t == nil {
		return math.MinInt64
	}
	return t.UnixMicro()
}

// natural compares identifiers as people order them: case-2 before case-10.
func natural(a, b string) int {
	for a != "" && b != "" {
		i, j := digits(a), digits(b)
		if i > 0 && j > 0 {
			x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:j], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[i:], b[j:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// caseStates are the groups that the list can be narrowed to.
var caseStates = []struct {
	key string
	in  func(*desk.CaseRow) bool
}{
	{"", func(*desk.CaseRow) bool { return true }},
	{"open", func(r *desk.CaseRow) bool { return r.State == desk.CaseOpen }},
	{"overdue", func(r *desk.CaseRow) bool { return r.Overdue }},
	{"open-overdue", func(r *desk.CaseRow) bool { return r.Overdue && r.State == desk.CaseOpen }},
	{"suspended", func(r *desk.CaseRow) bool { return r.Suspended }},
	{"silent", func(r *desk.CaseRow) bool { return r.State == desk.CaseSilent }},
	{"ended", func(r *desk.CaseRow) bool { return r.State == desk.CaseEnded }},
}

// listed returns the rows of the list in the order and the state of the address.
func (p *pages) listed(c *looked) (*desk.CaseList, []*desk.CaseRow, error) {
	list, err := p.desk.Cases(c.r.Context(), c.log, c.look, c.clock())
	if err != nil {
		return nil, nil, err
	}
	in := caseStates[0].in
	for _, s := range caseStates {
		if s.key == c.get("state") {
			in = s.in
		}
	}
	var rows []*desk.CaseRow
	for i := range list.Rows {
		if in(&list.Rows[i]) {
			rows = append(rows, &list.Rows[i])
		}
	}
	key, down := strings.CutPrefix(c.get("sort"), "-")
	for _, s := range sorts {
		if s.key == key {
			slices.SortStableFunc(rows, func(a, b *desk.CaseRow) int {
				if down {
					return -s.less(a, b)
				}
				return s.less(a, b)
			})
		}
	}
	return list, rows, nil
}

// clock is the clock that the address chooses.
func (c *looked) clock() desk.ClockChoice {
	k := desk.ClockChoice{Due: c.get("due"), Rule: c.get("rule"), Today: c.view.Edition == "today"}
	for _, b := range c.view.Rest["bind"] {
		if word, activity, ok := strings.Cut(b, "="); ok && activity != "" {
			if k.Bind == nil {
				k.Bind = map[string][]string{}
			}
			k.Bind[word] = append(k.Bind[word], activity)
		}
	}
	return k
}

func (p *pages) cases(c *looked) (string, any, error) {
	list, rows, err := p.listed(c)
	if err != nil {
		return "", nil, err
	}
	page := &casesPage{N: len(rows), Of: int64(len(list.Rows)), Warnings: c.doubts(list.Doubts)}
	if page.Clock, err = p.clockBox(c, list); err != nil {
		return "", nil, err
	}
	page.Lead = c.lang.T("lead.from-to", c.milestone(list.From, "lead.first"), c.milestone(list.To, "lead.last"))
	for _, s := range sorts {
		col := column{Word: c.lang.T("cases." + s.key), Number: s.number}
		switch c.get("sort") {
		case s.key:
			col.Sorted, col.Href = "ascending", c.with("sort", "-"+s.key, "page", "")
		case "-" + s.key:
			col.Sorted, col.Href = "descending", c.with("sort", s.key, "page", "")
		default:
			col.Href = c.with("sort", s.key, "page", "")
			if s.number {
				col.Href = c.with("sort", "-"+s.key, "page", "")
			}
		}
		page.Columns = append(page.Columns, col)
	}
	for _, s := range caseStates {
		n := 0
		for i := range list.Rows {
			if s.in(&list.Rows[i]) {
				n++
			}
		}
		if n > 0 || s.key == "" {
			page.States = append(page.States, stateLink{c.lang.T("cases.state." + cmp.Or(s.key, "all")), c.with("state", s.key, "page", ""), n, s.key == c.get("state")})
		}
	}
	from, to := page.Pager.of(c, len(rows), casesOfPage)
	for _, r := range rows[from:to] {
		page.Rows = append(page.Rows, c.caseRow(r))
	}
	page.CSV, page.XLS = c.exported("cases.csv")
	return "cases", page, nil
}

// exported are the addresses of a CSV file, for programs and for spreadsheets.
func (c *looked) exported(path ...any) (plain, excel string) {
	q := c.view.Query()
	for k, v := range c.view.Rest {
		q[k] = v
	}
	q.Del("page")
	parts := append([]any{"logs", c.log}, path...)
	plain = shell.Href(c.r, q, parts...)
	q.Set("excel", "1")
	return plain, shell.Href(c.r, q, parts...)
}

// with leads to this page with some things chosen otherwise.
func (c *looked) with(pairs ...string) string {
	q := c.view.Query()
	for k, v := range c.view.Rest {
		q[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "?" + q.Encode()
}

// of cuts the page of the address out of n things.
func (p *pager) of(c *looked, n, each int) (from, to int) {
	p.Pages = max(1, (n+each-1)/each)
	p.Page, _ = strconv.Atoi(c.get("page"))
	p.Page = min(p.Pages, max(1, p.Page))
	if p.Page > 1 {
		p.Previous = c.with("page", strconv.Itoa(p.Page-1))
	}
	if p.Page < p.Pages {
		p.Next = c.with("page", strconv.Itoa(p.Page+1))
	}
	return (p.Page - 1) * each, min(n, p.Page*each)
}

func (c *looked) milestone(name, none string) string {
	if name == "" {
		return c.lang.T(none)
	}
	return c.label(name)
}

func (c *looked) caseRow(r *desk.CaseRow) caseRow {
	row := caseRow{ID: r.ID, Href: c.caseHref(r.ID), First: "—", End: "—", Time: c.lang.Seconds(r.Elapsed), Events: r.Events, Due: "—", Overdue: "—", Late: r.Overdue}
	if r.Events > 0 {
		row.First, row.End = c.moment(r.First), c.moment(r.Last)
	}
	if r.State == desk.CaseEnded && !math.IsNaN(r.Lead) {
		row.Time = c.lang.Seconds(r.Lead)
	}
	row.State = c.lang.T("cases.is." + string(r.State))
	if r.Suspended {
		row.State += ", " + c.lang.T("cases.is.suspended")
	}
	if r.Due != nil {
		row.Due = c.lang.Due(r.Due.In(zoned(r.First).Location()))
		row.Overdue = c.lang.T("cases.in-time")
		switch {
		case r.Overdue && r.OverdueBy > 0:
			row.Overdue = c.lang.T("cases.late-by", c.lang.Seconds(r.OverdueBy))
		case r.Overdue:
			row.Overdue = c.lang.T("cases.late")
		case r.State == desk.CaseOpen:
			row.Overdue = c.lang.T("cases.not-yet")
		}
	}
	row.Ball = c.ball(r)
	return row
}

// ball tells in whose court a case is.
func (c *looked) ball(r *desk.CaseRow) string {
	switch {
	case r.State != desk.CaseOpen:
		return "—"
	case r.Ball.In(string(c.lang)) != "":
		return r.Ball.In(string(c.lang))
	case r.Acted != "":
		return c.lang.T("cases.acted", c.who(r.Acted))
	}
	return "—"
}

// caseHref leads to one case; an identifier that no path can hold, to the list of it.
func (c *looked) caseHref(id string) string {
	q := c.view.Query()
	for _, key := range []string{"due", "rule", "bind"} {
		if v := c.view.Rest[key]; len(v) > 0 {
			q[key] = v
		}
	}
	if id == "." || id == ".." || id == "" {
		return c.href("cases", "f", call("id", id))
	}
	return shell.Href(c.r, q, "logs", c.log, "cases", id)
}

// moment writes a stamp on the clock by which it was recorded.
func (c *looked) moment(s eventlog.Stamp) string {
	return c.lang.Moment(zoned(s))
}

func zoned(s eventlog.Stamp) time.Time {
	return s.Time.Go().In(time.FixedZone("", int(s.Zone)*60))
}

// clockBox says by which clock cases are judged and offers the others.
type clockBox struct {
	Says       string
	Attributes []string
	Attribute  string
	Rules      []choice
	Rule       string
	Words      []boundWord
	Activities []string
	Keep       url.Values
	Today      bool
	Law        string // this page by the other editions
	Summary    string
	Board      string // how the board counts, where it counts otherwise
	Editions   []string
}

type boundWord struct {
	Word  string
	Bound string
}

func clockBoxOf(c *looked, list *desk.CaseList) clockBox {
	b := clockBox{Keep: c.view.Query(), Today: c.view.Edition == "today", Says: c.lang.T("limit.none")}
	b.Keep.Del("law")
	for _, key := range []string{"sort", "state"} {
		if v := c.get(key); v != "" {
			b.Keep.Set(key, v)
		}
	}
	b.Law = c.with("law", "today")
	if b.Today {
		b.Law = c.with("law", "")
	}
	for _, r := range legal.Russia().Rules {
		b.Rules = append(b.Rules, choice{r.ID, r.Title.In(string(c.lang))})
	}
	j := list.Clock
	if j == nil {
		return b
	}
	switch {
	case j.Term != "":
		b.Says = c.lang.T("limit.by-term", j.Rule.Title.In(string(c.lang)))
		b.Rule = j.Term
		for _, w := range j.Words {
			b.Words = append(b.Words, boundWord{w, strings.Join(j.Bind[w], "")})
		}
	case j.Attribute != "":
		b.Says, b.Attribute = c.lang.T("limit.by-attribute", j.Attribute), j.Attribute
	default:
		unit := c.lang.T("unit.calendar-days")
		if j.Limit.Unit == "working-day" {
			unit = c.lang.T("unit.working-days")
		}
		b.Says = c.lang.T("limit.by-limit", c.lang.Int(int64(j.Limit.Days)), unit)
		if cite := j.Limit.Citation.In(string(c.lang)); cite != "" {
			b.Says += " " + c.lang.T("limit.citation", cite)
		}
	}
	if r := list.Clocked; r != nil {
		late, n := 0, 0
		for i := range list.Rows {
			if row := &list.Rows[i]; row.Due != nil && (row.State != desk.CaseOpen || row.Overdue) {
				n++
				if row.Overdue {
					late++
				}
			}
		}
		if n > 0 {
			b.Summary = c.lang.T("limit.summary", c.lang.Percent(float64(n-late)/float64(n), 1), c.lang.Count("of-case", int64(n)))
			if list.To != "" {
				b.Board = c.lang.T("limit.board", c.lang.T("board.figure.share"), c.label(list.To))
			}
		}
		for _, e := range r.Editions {
			if e.Cases > 0 && j.Term != "" {
				text := c.lang.T("limit.edition", e.Edition, e.Citation.In(string(c.lang)), c.lang.Count("case", int64(e.Cases)))
				for _, check := range e.Checks {
					text += " " + c.lang.T("clock.check") + ": " + check.In(string(c.lang)) + "."
				}
				b.Editions = append(b.Editions, text)
			}
		}
	}
	return b
}

// clockBox is the box with what the reader may choose from.
func (p *pages) clockBox(c *looked, list *desk.CaseList) (clockBox, error) {
	b := clockBoxOf(c, list)
	names, err := p.desk.Names(c.r.Context(), c.log, c.look.Events)
	if err != nil {
		return b, err
	}
	_, b.Attributes = desk.DueAttributes(names.Attributes)
	b.Activities = names.Activities[:min(300, len(names.Activities))]
	return b, nil
}

func (p *pages) casesCSV(c *looked) (*file, error) {
	_, rows, err := p.listed(c)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("cases.id"), c.lang.T("cases.start"), c.lang.T("cases.end"), c.lang.T("csv.lead-s"), c.lang.T("csv.elapsed-s"), c.lang.T("cases.events"), c.lang.T("cases.state"), c.lang.T("cases.due"), c.lang.T("csv.overdue"), c.lang.T("csv.overdue-s"), c.lang.T("cases.ball")}}
	for _, r := range rows {
		var first, last time.Time
		if r.Events > 0 {
			first, last = zoned(r.First), zoned(r.Last)
		}
		late := any("")
		if r.Due != nil {
			late = r.Overdue
		}
		s.rows = append(s.rows, []any{r.ID, first, last, r.Lead, r.Elapsed, r.Events, c.lang.T("cases.is." + string(r.State)), r.Due, late, r.OverdueBy, c.ball(r)})
	}
	return c.csv("cases", s)
}
