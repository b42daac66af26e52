package twins

import (
	"errors"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// twinRow is a line of the list of twins.
type twinRow struct {
	shell.Link
	ID                            string // where the name is another, for two twins may have one name
	Source, Notice, Fault         string
	Things, Processes, Procedures int
}

// list shows which twins there are.
func (p *pages) list(w http.ResponseWriter, r *http.Request) error {
	names, err := p.desk.Twins(r.Context())
	if err != nil {
		return err
	}
	lang := p.site.Language(r)
	var rows []twinRow
	for _, n := range names {
		row := twinRow{Link: shell.Link{Text: n.ID, Href: shell.Href(r, nil, "twins", n.ID)}, Source: lang.T("twins.source." + string(n.Source))}
		t, err := p.desk.Twin(r.Context(), n.ID)
		var input desk.InputError
		switch {
		case errors.As(err, &input):
			row.Fault = err.Error()
		case err != nil:
			return err
		default:
			if name := t.Model.Name.In(string(lang)); name != "" {
				row.Text, row.ID = name, n.ID
			}
			row.Notice = t.Model.Notice.In(string(lang))
			row.Things, row.Processes = len(t.Graph.Nodes()), len(t.Model.Processes)
			row.Procedures = countKinds(t)[twin.Procedure]
		}
		rows = append(rows, row)
	}
	return p.area.Show(w, r, "list", shell.Page{Title: lang.T("twins.title"), Body: rows})
}

func countKinds(t *desk.Twin) map[twin.Kind]int {
	n := map[twin.Kind]int{}
	for _, r := range t.Graph.Nodes() {
		n[r.Kind]++
	}
	return n
}

// kindRow says how many things of a kind there are.
type kindRow struct {
	shell.Link
	N int
}

type overviewPage struct {
	*looked
	Kinds    []kindRow
	Parts    []partRow
	Facts    []string
	Exports  []shell.Link
	Warnings []string
}

// partRow leads to a page of the twin and says what it shows.
type partRow struct {
	shell.Link
	What string
}

// overview shows a twin.
func (p *pages) overview(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "")
	if err != nil {
		return err
	}
	body := overviewPage{looked: k, Warnings: measure.TextsIn(string(k.Lang), k.Model.Warnings)}
	n := countKinds(k.Twin)
	for _, kind := range twin.Kinds() {
		if n[kind] > 0 {
			body.Kinds = append(body.Kinds, kindRow{shell.Link{Text: kindsName(k.Lang, kind), Href: k.href(string(kind))}, n[kind]})
		}
	}
	for _, x := range k.Nav {
		body.Parts = append(body.Parts, partRow{Link: x.Link})
	}
	for i, x := range parts {
		body.Parts[i].What = k.Lang.T("twins.what." + x)
	}
	body.Facts = k.facts(n)
	return p.show(w, k, "overview", k.title(), body)
}

// facts says in words what the twin is of.
func (k *looked) facts(n map[twin.Kind]int) []string {
	l := k.Lang
	out := []string{l.T("twins.source." + string(k.Source))}
	edges := 0
	for _, r := range k.Graph.Nodes() {
		edges += len(k.Graph.Out(r))
	}
	out = append(out, l.T("twins.size", l.Int(int64(len(k.Graph.Nodes()))), l.Int(int64(edges))))
	if !k.Model.Start.IsZero() {
		out = append(out, l.T("twins.period", l.Date(k.Model.Start), l.Date(k.Model.Start.AddDate(0, 0, k.Model.Days-1))))
	}
	if n[twin.Post] > 0 {
		out = append(out, l.T("twins.posts", l.Int(int64(n[twin.Post])), l.Int(int64(n[twin.Person]))))
	}
	if people := k.Model.Headcount(); people > 0 {
		out = append(out, l.T("twins.pools", l.Int(int64(n[twin.PoolKind])), l.Int(int64(people))))
	}
	if k.Model.Trust != "" {
		out = append(out, l.T("backtest.verdict")+": "+k.Model.Trust)
	}
	return out
}

// kindsName is a kind in words, many of them.
func kindsName(l terms.Lang, kind twin.Kind) string { return l.T("twins.kinds." + string(kind)) }

// kindsWithin is kindsName within a sentence; an abbreviation keeps its letters.
func kindsWithin(l terms.Lang, kind twin.Kind) string {
	name := kindsName(l, kind)
	if kind == twin.Indicator && l == terms.EN {
		return name
	}
	return strings.ToLower(name)
}
