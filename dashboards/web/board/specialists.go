package board

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/organisation"
)

// look is one look at the evaluation of single people, as the journal keeps it.
type look struct {
	At     time.Time `json:"at"`
	Reader string    `json:"reader"`
	Log    string    `json:"log"`
	View   string    `json:"view"`
}

type specialistRow struct {
	Name, Ratio, Range, N, Cases, Verdict string
}

type lookRow struct{ At, Reader, View string }

type specialistsPage struct {
	Off        bool
	Asked      bool // the reader has read the warning and asked to see
	Rows       []specialistRow
	Attribute  string
	Attributes []option
	Least      string
	Warnings   []string
	Looks      []lookRow
	LooksOf    int
	None       string
}

// leastInstances is how many activity instances somebody must have to be shown.
// Durations of work scatter by a factor of about two around what is usual; at 30 the
// interval of a ratio is then some ±30 %, and below it says nothing.
const leastInstances = 30

// shownLooks bounds the looks that the page lists.
const shownLooks = 30

// specialists evaluates single people: behind a switch of the program, with a warning
// first, adjusted for the mix of work, and every look is written down before anything is
// shown.
func (p *pages) specialists(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	page := specialistsPage{Off: !p.cfg.Specialists, Asked: r.URL.Query().Get("show") != "", Attribute: r.URL.Query().Get("attribute")}
	show := func() error {
		return p.area.Show(w, r, "specialists", a.page(r, "board", lang.T("board.specialists.title"), page))
	}
	if page.Off {
		return show()
	}
	page.Least = lang.T("board.specialists.least", lang.Int(leastInstances))
	names, err := p.desk.Names(r.Context(), a.log, a.view.Events)
	if err != nil {
		return err
	}
	page.Attributes = []option{{Value: "", Text: lang.T("board.specialists.no-attribute"), Chosen: page.Attribute == ""}}
	for _, x := range names.Attributes {
		page.Attributes = append(page.Attributes, option{Value: x.Path, Text: x.Path, Chosen: x.Path == page.Attribute})
	}
	if page.Asked {
		if err := p.looks.Add(look{time.Now().UTC(), shell.Reader(r.Context()), a.log, r.URL.RawQuery}); err != nil {
			return err // what is not recorded is not shown
		}
		report, err := p.desk.Specialists(r.Context(), a.log, a.view.Look(), organisation.AdjustedConfig{Attribute: page.Attribute, Enough: leastInstances})
		if err != nil {
			return err
		}
		for _, x := range report.People {
			ratio := func(v float64) string { return lang.Float(v, 2) }
			row := specialistRow{Name: x.Name, Ratio: ratio(float64(x.Ratio)), Range: shell.Interval(lang, float64(x.Low), float64(x.High), ratio), N: lang.Int(int64(x.N)), Cases: lang.Int(int64(x.Cases)), Verdict: lang.T("whatif.noise")}
			if x.Different {
				if row.Verdict = lang.T("board.specialists.longer"); x.Ratio < 1 {
					row.Verdict = lang.T("board.specialists.shorter")
				}
			}
			page.Rows = append(page.Rows, row)
		}
		if len(page.Rows) == 0 {
			page.None = lang.T("board.specialists.none")
		}
		page.Warnings = measure.TextsIn(string(lang), report.Warnings)
	}
	err = p.looks.Read(func(b json.RawMessage) error {
		var x look
		if json.Unmarshal(b, &x) == nil && x.Log == a.log {
			page.LooksOf++
			page.Looks = append(page.Looks, lookRow{lang.Moment(x.At.In(moscow)), x.Reader, x.View})
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(page.Looks)
	page.Looks = page.Looks[:min(shownLooks, len(page.Looks))]
	return show()
}
