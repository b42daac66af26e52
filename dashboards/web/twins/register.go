package twins

import (
	"cmp"
	"encoding/csv"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// processRow is a line of the register of processes.
type processRow struct {
	shell.Link
	ID, Category                string
	Owners, Units, Powers, Jobs []shell.Link
	KPIs                        []kpiCell
	AsIs, Target, Cut           string // lead time
	LeadFrom                    string
	Logs                        []shell.Link
	Stream                      shell.Link
	asIs, cut                   float64 // NaN where not known; for sorting
	category                    int
}

// kpiCell is a KPI with its triple.
type kpiCell struct {
	shell.Link
	AsIs, Target, Ideal string
}

type choice struct {
	Value, Text string
	Chosen      bool
}

type registerPage struct {
	*looked
	Rows              []processRow
	Of                int
	Question, Sort    string
	Categories, Units []choice
	CSV               string
	WithoutKPI        int
}

// register shows the register of processes.
func (p *pages) register(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "register")
	if err != nil {
		return err
	}
	body, err := p.registered(k)
	if err != nil {
		return err
	}
	return p.show(w, k, "register", k.Lang.T("twins.register.title"), body)
}

func (p *pages) registered(k *looked) (*registerPage, error) {
	logs, err := p.desk.ProcessLogs(k.r.Context(), k.Twin)
	if err != nil {
		return nil, err
	}
	body := &registerPage{looked: k, Of: len(k.Passports), Question: k.asked("q"), Sort: k.asked("sort")}
	body.CSV = shell.Href(k.r, k.view.Rest, "twins", k.ID, "register.csv")
	category, unit := k.asked("category"), k.asked("unit")
	units := map[twin.Ref]bool{}
	for _, passport := range k.Passports {
		units[passport.Unit] = true
		row := k.processRow(passport, logs[passport.Process.ID])
		if category != "" && string(passport.Process.About.Category) != category || unit != "" && passport.Unit.ID != unit || !found(body.Question, row.words()...) {
			continue
		}
		if len(row.KPIs) == 0 {
			body.WithoutKPI++
		}
		body.Rows = append(body.Rows, row)
	}
	body.order()
	body.Categories = []choice{{"", k.Lang.T("twins.any"), category == ""}}
	for _, c := range twin.Categories {
		body.Categories = append(body.Categories, choice{string(c), k.Lang.T("passport.category." + string(c)), category == string(c)})
	}
	body.Units = k.unitChoices(units, unit)
	return body, nil
}

// unitChoices are units to choose from, by name.
func (k *looked) unitChoices(units map[twin.Ref]bool, chosen string) []choice {
	var out []choice
	for u := range units {
		if u != (twin.Ref{}) {
			out = append(out, choice{u.ID, k.Name(u).In(string(k.Lang)), u.ID == chosen})
		}
	}
	slices.SortFunc(out, func(a, b choice) int {
		return cmp.Or(cmp.Compare(fold(a.Text), fold(b.Text)), cmp.Compare(a.Value, b.Value))
	})
	return append([]choice{{"", k.Lang.T("twins.any"), chosen == ""}}, out...)
}

func (k *looked) processRow(passport *twin.Passport, logs []string) processRow {
	process := passport.Process
	ref := twin.Ref{Kind: twin.ProcessKind, ID: process.ID}
	row := processRow{Link: k.link(ref), ID: process.ID, Owners: k.links(passport.Owners), Powers: k.links(passport.Powers), Jobs: k.links(passport.JobDescriptions), asIs: math.NaN(), cut: math.NaN()}
	if row.category = slices.Index(twin.Categories, process.About.Category); row.category >= 0 {
		row.Category = k.Lang.T("passport.category." + string(process.About.Category))
	} else {
		row.category = len(twin.Categories)
	}
	if passport.Unit != (twin.Ref{}) {
		row.Units = []shell.Link{k.link(passport.Unit)}
	}
	show := func(f *twin.Figure, unit string) string {
		if f == nil {
			return "—"
		}
		return amount(k.Lang, f.Value, cmp.Or(f.Unit, unit))
	}
	for _, i := range k.Indicators(process.ID) {
		row.KPIs = append(row.KPIs, kpiCell{k.link(i.Ref), show(i.AsIs, string(i.Unit)), show(i.Target, string(i.Unit)), show(i.Ideal, string(i.Unit))})
	}
	row.AsIs, row.Target, row.Cut = "—", "—", "—"
	if i := k.Lead(process.ID); i != nil {
		row.AsIs, row.Target = show(i.AsIs, string(i.Unit)), show(i.Target, string(i.Unit))
		if i.AsIs != nil {
			row.asIs, row.LeadFrom = i.AsIs.Value, origin(k.Lang, i.AsIs.Provenance)
		}
		if i.AsIs != nil && i.Target != nil && i.AsIs.Value > 0 && i.AsIs.Unit == i.Target.Unit {
			row.cut = 1 - i.Target.Value/i.AsIs.Value
			row.Cut = k.Lang.Percent(row.cut, 1)
		}
	}
	for _, log := range logs {
		row.Logs = append(row.Logs, shell.Link{Text: log, Href: shell.Href(k.r, nil, "logs", log)})
	}
	row.Stream = shell.Link{Text: k.Lang.T("twins.stream.short"), Href: k.href("streams", process.ID)}
	return row
}

// words are those by which the line is found.
func (x *processRow) words() []string {
	out := []string{x.Text, x.ID, x.Category}
	for _, list := range [][]shell.Link{x.Owners, x.Units, x.Powers, x.Jobs} {
		for _, l := range list {
			out = append(out, l.Text)
		}
	}
	return out
}

// first is the text of the first link, "" for none.
func first(list []shell.Link) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Text
}

func (b *registerPage) order() {
	number := func(x, y float64) int { // what is not known comes last
		switch {
		case math.IsNaN(x) && math.IsNaN(y):
			return 0
		case math.IsNaN(x):
			return 1
		case math.IsNaN(y):
			return -1
		}
		return cmp.Compare(y, x)
	}
	slices.SortStableFunc(b.Rows, func(x, y processRow) int {
		by := cmp.Compare(x.category, y.category)
		switch b.Sort {
		case "name":
			by = 0
		case "unit":
			by = cmp.Compare(fold(first(x.Units)), fold(first(y.Units)))
		case "owner":
			by = cmp.Compare(fold(first(x.Owners)), fold(first(y.Owners)))
		case "cut":
			by = number(x.cut, y.cut)
		}
		return cmp.Or(by, cmp.Compare(fold(x.Text), fold(y.Text)))
	})
}

// registerCSV is the register as a file for a spreadsheet.
func (p *pages) registerCSV(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "register")
	if err != nil {
		return err
	}
	body, err := p.registered(k)
	if err != nil {
		return err
	}
	l := k.Lang
	rows := [][]string{{l.T("twins.id"), l.T("passport.category"), l.T("twins.process"), l.T("passport.owner"), l.T("passport.unit"), l.T("passport.powers"), l.T("passport.jobs"), l.T("passport.kpis"), l.T("twins.lead.as-is"), l.T("twins.lead.target"), l.T("twins.lead.cut"), l.T("twins.lead.from"), l.T("twins.log")}}
	join := func(list []shell.Link) string {
		out := make([]string, len(list))
		for i, x := range list {
			out[i] = x.Text
		}
		return strings.Join(out, "; ")
	}
	for _, x := range body.Rows {
		var kpis []string
		for _, c := range x.KPIs {
			kpis = append(kpis, c.Text+" ("+c.AsIs+" → "+c.Target+" → "+c.Ideal+")")
		}
		rows = append(rows, []string{x.ID, x.Category, x.Text, join(x.Owners), join(x.Units), join(x.Powers), join(x.Jobs), strings.Join(kpis, "; "), x.AsIs, x.Target, x.Cut, x.LeadFrom, join(x.Logs)})
	}
	return writeCSV(w, k.ID+"-register.csv", k.Model.Notice.In(string(l)), rows)
}

// writeCSV sends a table for a spreadsheet: semicolons and a mark of UTF-8, which Excel
// wants, and nothing that it would take for a formula. The notice stands below.
func writeCSV(w http.ResponseWriter, name, notice string, rows [][]string) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", attachment(name))
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader left
	}
	c := csv.NewWriter(w)
	c.Comma = ';'
	if notice != "" {
		rows = append(rows, []string{notice})
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = plainCell(cell)
		}
		if err := c.Write(row); err != nil {
			return nil
		}
	}
	c.Flush()
	return nil
}

// plainCell keeps a spreadsheet from computing a text.
func plainCell(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	if t := strings.TrimLeft(s, " \u00a0"); t != "" && strings.ContainsRune("=+-@", rune(t[0])) {
		return "'" + s
	}
	return s
}
