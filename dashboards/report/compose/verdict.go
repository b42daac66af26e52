package compose

import (
	"math"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/mining/measure"
)

// verdict is what may be said of a difference.
type verdict uint8

// The verdicts.
const (
	few    verdict = iota // too few cases on a side
	noise                 // the interval of the difference holds zero
	better                // it leaves zero out, to the good side
	worse
)

// judge says what may be said of the difference of two mean lead times: less is better.
func judge(now, before desk.Delivered, d desk.Difference) verdict {
	switch {
	case now.N < Enough || before.N < Enough || math.IsNaN(d.Low) || math.IsNaN(d.High):
		return few
	case d.Noise:
		return noise
	case d.Value < 0:
		return better
	}
	return worse
}

// againstPlan judges a fact with its interval against a plan.
func (p *plan) verdict() verdict {
	low, high := p.fact.Low, p.fact.High
	if !p.standing.Lower {
		low, high = -high, -low
	}
	target := p.value
	if !p.standing.Lower {
		target = -target
	}
	switch {
	case p.fact.N < Enough || math.IsNaN(low) || math.IsNaN(high):
		return few
	case high < target:
		return better
	case low > target:
		return worse
	}
	return noise
}

// comparison is one of the comparisons of a process.
type comparison struct {
	against string // key of the words
	now     desk.Delivered
	before  desk.Delivered
	d       desk.Difference
}

func (f *facts) comparisons() []comparison {
	return []comparison{
		{"say.to-previous", f.now, f.before, f.sinceBefore},
		{"say.to-year", f.now, f.yearAgo, f.sinceYear},
	}
}

// clause writes what may be said of a comparison.
func (f *facts) clause(c comparison) string {
	l := f.lang
	against := l.T(c.against)
	switch v := judge(c.now, c.before, c.d); v {
	case few:
		return l.T("say.clause.few", against, l.Int(int64(c.now.N)), l.Int(int64(c.before.N)))
	case noise:
		return l.T("say.clause.noise", against, f.signed(c.d.Value), f.words, f.signed(c.d.Low), f.signed(c.d.High))
	case better:
		return l.T("say.clause.better", against, f.signed(c.d.Value), f.words, f.signed(c.d.Low), f.signed(c.d.High))
	default:
		return l.T("say.clause.worse", against, f.signed(c.d.Value), f.words, f.signed(c.d.Low), f.signed(c.d.High))
	}
}

// word is a verdict in one or two words, for a table.
func (f *facts) word(v verdict) string {
	return f.lang.T([...]string{"say.word.few", "say.word.noise", "say.word.better", "say.word.worse"}[v])
}

func mark(v verdict) report.Mark {
	switch v {
	case better:
		return report.Good
	case worse:
		return report.Bad
	}
	return report.NoMark
}

// rests are what the mean of the period rests on; with all doubts about it or, on page
// one, that the period is not over alone.
func (f *facts) rests(doubts bool) report.Footnote {
	n := report.Footnote{Text: f.name, N: f.now.N, Of: "case", Unit: f.unit, Low: f.now.Mean.Low / f.per, High: f.now.Mean.High / f.per}
	if doubts {
		n.Warnings = f.doubts()
	} else if f.partial() {
		n.Warnings = f.doubts()[:1]
	}
	if f.now.N == 0 {
		n.Low, n.High = math.NaN(), math.NaN()
	}
	return n
}

// mostDoubts bounds the warnings told in one note.
const mostDoubts = 3

// doubts are the warnings about the figures of the process.
func (f *facts) doubts() []string {
	out := measure.TextsIn(string(f.lang), f.board.Doubts)
	if f.partial() {
		out = append([]string{f.lang.T("say.partial", report.Day(f.lang, f.period.End(f.zone).AddDate(0, 0, -1)))}, out...)
	}
	if len(out) > mostDoubts {
		out = append(out[:mostDoubts], f.lang.T("say.more-doubts", f.lang.Int(int64(len(out)-mostDoubts))))
	}
	return out
}

// partial reports whether the period was not over at the moment.
func (f *facts) partial() bool { return f.period.End(f.zone).AddDate(0, 0, -1).After(f.asOf) }

// shareVerdict says what may be said of the change of the share in time: more is better.
func (f *facts) shareVerdict() verdict {
	switch {
	case f.now.Share.N < Enough || f.yearAgo.Share.N < Enough || math.IsNaN(f.share.Low) || math.IsNaN(f.share.High):
		return few
	case f.share.Noise:
		return noise
	case f.share.Value > 0:
		return better
	}
	return worse
}

// points writes a difference of shares in percentage points.
func (f *facts) points(x float64) string {
	return report.Column{Unit: measure.Share, Digits: 1, Signed: true}.Write(f.lang, x)
}

// inTime writes a share of delivered cases in time.
func (f *facts) inTime(d desk.Delivered) string {
	if d.Share.N == 0 {
		return measure.Unknown
	}
	return f.lang.T("say.share", f.lang.Percent(d.Share.Value, 1), f.lang.Int(int64(d.InTime)), f.lang.Int(int64(d.Share.N)))
}
