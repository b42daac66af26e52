package twins

import (
	"math"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
)

// priorityRow is a procedure with what its digitalisation promises.
type priorityRow struct {
	shell.Link
	Rank, Ranks                                     string
	Units                                           []shell.Link
	Score, Interval, Saved, Volume, Effort, Missing string
	Feasibility                                     string
	Low, Span                                       float64 // of the ranks, as shares of all, for the bar
}

type priorityPage struct {
	*looked
	Rows                  []priorityRow
	Question              string
	Units                 []choice
	Found, Of             int
	Page, Pages           int
	FirstShown, LastShown int
	Without               int
	Total                 string
}

// Earlier is the page before this one.
func (b *priorityPage) Earlier() string { return page(b.Page-1, b.Pages) }

// Later is the page after this one.
func (b *priorityPage) Later() string { return page(b.Page+1, b.Pages) }

// priority ranks the procedures by what their digitalisation promises.
func (p *pages) priority(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "priority")
	if err != nil {
		return err
	}
	ranked, err := p.desk.Priorities(r.Context(), k.Twin)
	if err != nil {
		return err
	}
	l := k.Lang
	body := &priorityPage{looked: k, Question: k.asked("q"), Of: len(ranked.List), Without: ranked.Without}
	unit := k.asked("unit")
	units := map[twin.Ref]bool{}
	total := 0.0
	var rows []int
	for i, x := range ranked.List {
		in := twin.Ref{Kind: twin.UnitKind, ID: x.Unit}
		if x.Unit != "" {
			units[in] = true
		}
		if unit != "" && x.Unit != unit || !found(body.Question, x.Name.RU, x.Name.EN, x.Procedure.ID) {
			continue
		}
		total += float64(x.Score)
		rows = append(rows, i)
	}
	body.Units = k.unitChoices(units, unit)
	body.Found = len(rows)
	body.Page, body.Pages, body.FirstShown, body.LastShown = pageOf(k.asked("page"), len(rows), perPage)
	for _, i := range rows[max(0, body.FirstShown-1):body.LastShown] {
		x := ranked.List[i]
		row := priorityRow{Link: k.link(x.Procedure), Rank: l.Int(int64(x.Rank)), Ranks: l.T("twins.interval", l.Int(int64(x.RankLow)), l.Int(int64(x.RankHigh))),
			Score: l.Float(float64(x.Score), 0), Interval: l.T("twins.interval", l.Float(float64(x.Low), 0), l.Float(float64(x.High), 0)), Saved: l.Float(float64(x.Saved), 0),
			Volume: l.Float(float64(x.Volume), 0), Effort: l.Float(float64(x.Effort), 2), Feasibility: l.Percent(float64(x.Feasibility), 0)}
		if x.Unit != "" {
			row.Units = []shell.Link{k.link(twin.Ref{Kind: twin.UnitKind, ID: x.Unit})}
		}
		n := math.Max(1, float64(body.Of))
		row.Low, row.Span = float64(x.RankLow-1)/n, math.Max(1/n, float64(x.RankHigh-x.RankLow)/n)
		var missing []string
		for _, m := range x.Missing {
			missing = append(missing, l.T("priority.need."+strings.ReplaceAll(m, " ", "-")))
		}
		row.Missing = strings.Join(missing, ", ")
		body.Rows = append(body.Rows, row)
	}
	body.Total = l.T("twins.priority.total", l.Int(int64(body.Found)), l.Float(total, 0))
	return p.show(w, k, "priority", l.T("twins.priority.title"), body)
}
