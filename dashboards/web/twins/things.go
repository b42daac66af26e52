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
	edges  int
}

// column of a list beside name and unit.
type column struct {
	Key, Text string
	Number    bool
}

type thingsPage struct {
	*looked
	Kind                 twin.Kind
	Title, Question      string
	Sort                 string
	Units                []choice
	Columns              []column
	Rows                 []thingRow
	Found, Of            int
	Page, Pages          int
	FirstShown, LastOnes int
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
	row := thingRow{Link: k.link(ref), ID: ref.ID}
	if unit != (twin.Ref{}) {
		row.Units = []shell.Link{k.link(unit)}
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
		digits := 0
		if c.Key == "effort" {
			digits = 2
		}
		row.number, row.Cells = append(row.number, x), append(row.Cells, k.Lang.Float(x, digits))
	}
	return row
}

func (b *thingsPage) order() {
	at := slices.IndexFunc(b.Columns, func(c column) bool { return c.Key == b.Sort })
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
			by = cmp.Compare(fold(first(x.Units)), fold(first(y.Units)))
		}
		return cmp.Or(by, cmp.Compare(fold(x.Text), fold(y.Text)), cmp.Compare(x.ID, y.ID))
	})
}

// cut leaves the page that was asked for.
func (b *thingsPage) cut() {
	b.Found = len(b.Rows)
	b.Pages = max(1, (b.Found+perPage-1)/perPage)
	b.Page, _ = strconv.Atoi(b.asked("page"))
	b.Page = min(max(1, b.Page), b.Pages)
	from := (b.Page - 1) * perPage
	b.Rows = b.Rows[from:min(from+perPage, b.Found)]
	b.FirstShown, b.LastOnes = min(from+1, b.Found), from+len(b.Rows)
}
