package rules

import (
	"context"
	"fmt"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
	"github.com/uprava/uprava/mining/measure"
)

// deadline judges the cases by the clock of a term of law. The citation of the
// rule, where it has none itself, is that of the editions used.
func (c *checker) deadline(ctx context.Context, r *Rule, o *Outcome, unknown *match.Text) error {
	reasons := map[match.Text]int{}
	w := c.newWork(r)
	cases := c.log.Where(func(k eventlog.Case) bool {
		switch w.concerned(k) {
		case satisfied:
			return true
		case undecided:
			o.Undecided++
			reasons[w.because]++
		default:
			o.NotApplicable++
		}
		return false
	})
	if unknown != nil {
		o.Undecided += cases.Cases()
		reasons[*unknown] += cases.Cases()
		o.Warnings = append(o.Warnings, c.clockDoubts(r)...)
		o.finish(reasons)
		return nil
	}
	cfg := legal.Config{Calendar: c.cfg.Calendar, AsOf: eventlog.Time(c.now).Go(), Today: c.cfg.Today, Region: c.cfg.Region, Brief: true}
	result, err := legal.Clock(ctx, cases, r.Clock, cfg)
	if err != nil {
		return err
	}
	for i, k := range cases.All() {
		w.next()
		switch t := &result.Cases[i]; {
		case t.State == legal.Unknown:
			o.Undecided++
			reasons[*t.Reason]++
		case t.Overdue:
			if w.breaks() {
				w.overdue(k, t)
			}
			o.broken(w)
		case t.State == legal.Finished:
			o.kept(k, c.cfg)
		default:
			o.Undecided++
			reasons[match.Text{EN: "open, and its term is not over yet", RU: "дело не завершено, срок ещё не истёк"}]++
		}
	}
	o.Clock = &result.Summary
	if o.Citation.Empty() && len(result.Editions) > 0 {
		last := len(result.Editions) - 1
		o.Citation = result.Editions[last].Citation
	}
	o.Warnings = append(o.Warnings, result.Warnings...)
	o.finish(reasons)
	return nil
}

func (c *checker) clockDoubts(r *Rule) []error {
	var out []error
	for _, e := range r.Clock.Editions[max(0, len(r.Clock.Editions)-1):] {
		out = append(out, c.vocabulary.Doubt(e.Start)...)
		out = append(out, c.vocabulary.Doubt(e.Stop)...)
		out = append(out, c.vocabulary.Doubt(e.Posted)...)
	}
	return out
}

// overdue records a breach of a term.
func (w *work) overdue(c eventlog.Case, t *legal.Case) {
	day := *t.DueDay
	due := day[8:] + "." + day[5:7] + "." + day[:4]
	late := legal.Term{N: int(t.OverdueBy), Unit: t.Unit}.Text()
	if t.OverdueBy < 1 {
		s := float64(t.OverdueSeconds)
		late = match.Text{EN: measure.FormatSeconds(language.English, s), RU: measure.FormatSeconds(language.Russian, s)}
	}
	var rows []int
	if t.StartEvent >= 0 {
		rows = append(rows, t.StartEvent)
	}
	if t.FinishEvent >= 0 {
		rows = append(rows, t.FinishEvent)
		w.show(c, fmt.Sprintf("finished on %s, due by %s (limit %s): %s late", t.Finish.Format("02.01.2006 15:04"), due, t.Limit, late.EN), fmt.Sprintf("завершено %s при сроке до %s (%s): просрочка — %s", t.Finish.Format("02.01.2006 15:04"), due, limitRU(t), late.RU), rows...)
		return
	}
	w.show(c, fmt.Sprintf("still open; it was due by %s (limit %s): %s late", due, t.Limit, late.EN), fmt.Sprintf("не завершено при сроке до %s (%s): просрочка — %s", due, limitRU(t), late.RU), rows...)
}

func limitRU(t *legal.Case) string {
	if term, err := legal.ParseTerm(t.Limit); err == nil {
		return term.Text().RU
	}
	return "срок установлен документом"
}
