package board

import (
	"math"
	"net/http"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/measure"
)

// Keys of the numbers of a board, by which their definitions have an address.
const (
	keyDelivered, keyBegan, keyOpen, keyOverdue = "delivered", "began", "open", "overdue"
	keyMean, keyMedian, keyP85, keyShare        = desk.OfMean, desk.OfMedian, desk.OfP85, desk.OfShare
	keyWork, keyFlow                            = desk.OfWork, desk.OfFlow
	keyKPI                                      = "kpi:" // and the indicator's identifier
)

// boardFigures are the numbers of a board in order: mean, p85 and the share in time
// always stand together.
var boardFigures = []string{keyMean, keyMedian, keyP85, keyShare, keyDelivered, keyBegan, keyOpen, keyOverdue, keyWork, keyFlow}

// unitOf is the unit of a number of a board whose lengths are in the given one.
func unitOf(key string, lengths measure.Unit) measure.Unit {
	switch key {
	case keyShare, keyFlow:
		return measure.Share
	case keyWork:
		return measure.PersonHour
	case keyDelivered, keyBegan, keyOpen, keyOverdue:
		return measure.Count
	}
	return lengths
}

// figureOf is the value of a number of a board, and whether it is a count.
func figureOf(b *desk.Board, key string) (f desk.Figure, count bool) {
	one := func(n int) desk.Figure { return desk.Figure{Value: float64(n), Low: math.NaN(), High: math.NaN()} }
	switch key {
	case keyMean:
		return b.Now.Mean, false
	case keyMedian:
		return b.Now.Median, false
	case keyP85:
		return b.Now.P85, false
	case keyShare:
		return b.Now.Share, false
	case keyWork:
		return b.Now.Work, false
	case keyFlow:
		return b.Now.Flow, false
	case keyDelivered:
		return one(b.Now.N), true
	case keyBegan:
		return one(b.Began), true
	case keyOpen, keyOverdue:
		n := b.Open
		if key == keyOverdue {
			n = b.Overdue
		}
		if !b.Declared || key == keyOverdue && b.DueFrom == "" {
			return desk.Figure{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}, true
		}
		return one(n), true
	}
	return desk.Figure{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}, false
}

// numberOf is a number of a board as the page shows it.
func (p *pages) numberOf(r *http.Request, a *asked, b *desk.Board, key string) shell.Number {
	lang := a.lang
	f, count := figureOf(b, key)
	text := lang.Together(unitOf(key, b.Unit), f.Value, f.Low, f.High)
	n := shell.Number{Label: lang.T("board.figure." + key), Value: text(f.Value), Href: shell.NumberHref(r, a.view, a.log, key)}
	if count {
		if math.IsNaN(f.Value) {
			n.Value, n.Why = measure.Unknown, why(lang, b, key)
		}
		return n
	}
	if math.IsNaN(f.Value) {
		n.Value, n.Why = measure.Unknown, why(lang, b, key)
		return n
	}
	n.Range = shell.Interval(lang, f.Low, f.High, text)
	n.N = lang.T("figure.n", lang.Count("case", int64(f.N)))
	if n.Range == "" {
		n.Why = lang.T("board.no-interval")
	}
	if c, ok := b.Changes[key]; ok && b.Against != nil {
		n.Change = changeText(lang, c, lang.Changes(unitOf(key, b.Unit), c.Value, c.Low, c.High))
	}
	return n
}

// changeText says how a figure differs from that of the period before, and where that
// is within noise.
func changeText(lang terms.Lang, c desk.Difference, text func(float64) string) string {
	switch {
	case math.IsNaN(c.Value):
		return lang.T("board.change.unknown")
	case math.IsNaN(c.Low) || math.IsNaN(c.High):
		return lang.T("board.change.few", text(c.Value))
	}
	between := shell.Interval(lang, c.Low, c.High, text)
	if c.Noise {
		return lang.T("board.change.noise", text(c.Value), between)
	}
	return lang.T("board.change", text(c.Value), between)
}

// why says for what reason a number cannot be told.
func why(lang terms.Lang, b *desk.Board, key string) string {
	switch {
	case (key == keyOpen || key == keyOverdue) && !b.Declared:
		return lang.T("board.why.no-end")
	case key == keyOverdue || key == keyShare && b.DueFrom == "":
		return lang.T("board.why.no-limit")
	case b.Now.N == 0:
		return lang.T("board.why.no-cases")
	case key == keyWork || key == keyFlow:
		return lang.T("board.why.no-starts")
	}
	return lang.T("board.why.no-due")
}

// milestone is the name of a milestone in words.
func milestone(name string, lang terms.Lang) string {
	switch name {
	case mining.FirstRecorded:
		return lang.T("lead.first")
	case mining.LastRecorded:
		return lang.T("lead.last")
	}
	return name
}
