package kpi

import (
	"fmt"
	"math"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
)

// Effect is how an indicator differs between the cases that ended after a measure was due
// and those that ended before it began. Nothing else that changed meanwhile is told
// apart.
type Effect struct {
	Before, After       measure.Number
	Difference          measure.Number // After − Before
	Low, High           measure.Number // of its 95 % interval
	NBefore, NAfter     int
	FirstEnded, LastEnd time.Time // of all cases
}

// fewestCases is what each side of an effect needs.
const fewestCases = 10

// Change measures the effect of what began at one moment and was complete at another, on
// an indicator of mean or share, by the lead times of an outline. Cases that ended between
// the two are left out, and from a share those without a due date. An error that is a
// *measure.Doubt says why there is no effect to be seen.
func Change(o *outline.Outline, i *Indicator, begun, complete time.Time) (*Effect, error) {
	if i.Statistic != "mean" && i.Statistic != "share" {
		return nil, &measure.Doubt{EN: fmt.Sprintf("the effect on the statistic %q is not measured, only that on a mean or a share", i.Statistic),
			RU: fmt.Sprintf("эффект по статистике «%s» не измеряется, только по среднему и по доле", i.Statistic)}
	}
	var before, after []float64
	var in [2]int
	none := measure.Number(math.NaN())
	e := &Effect{Before: none, After: none, Difference: none, Low: none, High: none}
	for k, length := range o.Length {
		if math.IsNaN(length) || i.Statistic == "share" && o.Due[k] == eventlog.NoTime {
			continue
		}
		end, inTime := o.To[k].Go(), o.To[k] < o.Due[k]
		if e.FirstEnded.IsZero() || end.Before(e.FirstEnded) {
			e.FirstEnded = end
		}
		if end.After(e.LastEnd) {
			e.LastEnd = end
		}
		switch {
		case end.Before(begun):
			before = append(before, length)
			if inTime {
				in[0]++
			}
		case !end.Before(complete):
			after = append(after, length)
			if inTime {
				in[1]++
			}
		}
	}
	e.NBefore, e.NAfter = len(before), len(after)
	day := func(t time.Time) (ru, en string) { return t.Format("02.01.2006"), t.Format("2 January 2006") }
	if len(before) < fewestCases || len(after) < fewestCases {
		lastRU, lastEN := day(e.LastEnd)
		dueRU, dueEN := day(complete)
		return e, &measure.Doubt{
			EN: fmt.Sprintf("not to be seen: %d cases ended before it began and %d after %s, wanted %d of each; the last case ended on %s", len(before), len(after), dueEN, fewestCases, lastEN),
			RU: fmt.Sprintf("увидеть нельзя: до начала завершено дел: %d, после %s — %d, нужно не меньше %d; последнее дело завершено %s", len(before), dueRU, len(after), fewestCases, lastRU),
		}
	}
	if i.Statistic == "share" {
		a, b := float64(in[0])/float64(len(before)), float64(in[1])/float64(len(after))
		r, err := measure.CompareShares(measure.Rate{K: in[0], N: len(before)}, measure.Rate{K: in[1], N: len(after)}, 0.95)
		if err != nil {
			return e, err
		}
		e.Before, e.After, e.Difference = measure.Number(a), measure.Number(b), measure.Number(b-a)
		e.set(r.Difference.Interval)
		return e, nil
	}
	r, err := measure.Welch(before, after, 0.95)
	if err != nil {
		return e, err
	}
	a, b := measure.Summarize(before, i.Unit), measure.Summarize(after, i.Unit)
	e.Before, e.After, e.Difference = measure.Number(a.Mean), measure.Number(b.Mean), r.Difference.Value
	e.set(r.Difference.Interval)
	return e, nil
}

func (e *Effect) set(i *measure.Interval) {
	if i != nil {
		e.Low, e.High = measure.Number(i.Low), measure.Number(i.High)
	}
}
