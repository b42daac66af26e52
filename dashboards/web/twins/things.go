package twins

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// perPage is how many things a page of a list shows.
const perPage = 50

// thingRow is a line of a list of things.
type thingRow struct {
	shell.Link
	ID     string
	Units  []shell.Link
	Cells  []string // of the columns of its kind
	number []float64
	ref    twin.Ref
	unit   string // folded name, for sorting
}

// column of a list beside name and unit.
type column struct {
	Key, Text string
	Number    bool
}

type thingsPage struct {
	*looked
	Kind                  twin.Kind
	Title, Question       string
	Sort                  string
	Units                 []choice
	Columns               []column
	Rows                  []thingRow
	Found, Of             int
	Page, Pages           int
	FirstShown, LastShown int
}

// Earlier and Later are the pages beside this one, "" for none.
func (b *thingsPage) Earlier() string { return page(b.Page-1, b.Pages) }

// Later is the page after this one.
func (b *thingsPage) Later() string { return page(b.Page+1, b.Pages) }

func page(n, of int) string {
	if n < 1 || n > of {
		return ""
	}
	return strconv.Itoa(n)
}

// pageOf returns the page of a list that is asked for, how many there are, and which items
// it shows, from 1; 0 and 0 of an empty list.
func pageOf(asked string, of, each int) (page, pages, begin, end int) {
	pages = max(1, (of+each-1)/each)
	page, _ = strconv.Atoi(asked)
	page = min(max(1, page), pages)
	end = min(page*each, of)
	return page, pages, min((page-1)*each+1, end), end
}

// figures of a kind that its list shows.
var listed = map[twin.Kind][]string{twin.Procedure: {"executions-a-year", "effort"}}

// things lists the things of a kind, with search and pages.
func (p *pages) things(w http.ResponseWriter, r *http.Request) error {
	kind := twin.Kind(r.PathValue("kind"))
	if !slices.Contains(twin.Kinds(), kind) {
		return shell.ErrNoPage
	}
	k, err := p.open(r, string(kind))
	if err != nil {
		return err
	}
	body := &thingsPage{looked: k, Kind: kind, Title: kindsName(k.Lang, kind), Question: k.asked("q"), Sort: k.asked("sort")}
	body.columns()
	unit := k.asked("unit")
	units := map[twin.Ref]bool{}
	for _, ref := range k.Graph.Nodes() {
		if ref.Kind != kind {
			continue
		}
		body.Of++
		in := k.Unit(ref)
		units[in] = true
		if unit != "" && in.ID != unit || !found(body.Question, k.Name(ref).RU, k.Name(ref).EN, ref.ID) {
			continue
		}
		body.Rows = append(body.Rows, k.thingRow(ref, in, body.Columns))
	}
	body.Units = k.unitChoices(units, unit)
	body.order()
	body.cut()
	return p.show(w, k, "things", body.Title, body)
}

func (b *thingsPage) columns() {
	for _, f := range listed[b.Kind] {
		b.Columns = append(b.Columns, column{f, b.Lang.T("twins.figure." + f), true})
	}
	if b.Kind == twin.Procedure {
		b.Columns = append(b.Columns, column{"hours", b.Lang.T("twins.figure.hours-a-year"), true})
	}
	b.Columns = append(b.Columns, column{"edges", b.Lang.T("twins.edges"), true})
}

func (k *looked) thingRow(ref, unit twin.Ref, columns []column) thingRow {
	row := thingRow{Link: shell.Link{Text: k.Name(ref).In(string(k.Lang))}, ID: ref.ID, ref: ref}
	if unit != (twin.Ref{}) {
		row.unit = fold(k.Name(unit).In(string(k.Lang)))
	}
	e := k.Element(ref)
	for _, c := range columns {
		x := math.NaN()
		switch {
		case c.Key == "edges":
			x = float64(len(k.Graph.Out(ref)) + len(k.Graph.In(ref)))
		case c.Key == "hours":
			if v, ok := e.Figures["executions-a-year"]; ok {
				if f, ok := e.Figures["effort"]; ok {
					x = v.Value * f.Value
				}
			}
		case e != nil:
			if f, ok := e.Figures[c.Key]; ok {
				x = f.Value
			}
		}
		row.number = append(row.number, x)
	}
	return row
}

func (b *thingsPage) order() {
	at := slices.IndexFunc(b.Columns, func(c column) bool { return c.Key == b.Sort })
	names := make(map[twin.Ref]string, len(b.Rows))
	for _, x := range b.Rows {
		names[x.ref] = fold(x.Text)
	}
	slices.SortStableFunc(b.Rows, func(x, y thingRow) int {
		by := 0
		switch {
		case at >= 0 && math.IsNaN(x.number[at]) != math.IsNaN(y.number[at]):
			by = 1
			if math.IsNaN(y.number[at]) {
				by = -1
			}
		case at >= 0:
			by = cmp.Compare(y.number[at], x.number[at])
		case b.Sort == "unit":
			by = cmp.Compare(x.unit, y.unit)
		}
		return cmp.Or(by, cmp.Compare(names[x.ref], names[y.ref]), cmp.Compare(x.ID, y.ID))
	})
}

// cut leaves the page that was asked for.
func (b *thingsPage) cut() {
	b.Found = len(b.Rows)
	b.Page, b.Pages, b.FirstShown, b.LastShown = pageOf(b.asked("page"), b.Found, perPage)
	b.Rows = b.Rows[max(0, b.FirstShown-1):b.LastShown]
	for i := range b.Rows {
		b.Rows[i].Link = b.link(b.Rows[i].ref)
		if u := b.Unit(b.Rows[i].ref); u != (twin.Ref{}) {
			b.Rows[i].Units = []shell.Link{b.link(u)}
		}
		for at, x := range b.Rows[i].number {
			digits := 0
			if b.Columns[at].Key == "effort" {
				digits = 2
			}
			b.Rows[i].Cells = append(b.Rows[i].Cells, b.Lang.Float(x, digits))
		}
	}
}
