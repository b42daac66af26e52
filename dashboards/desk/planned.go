package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// Measured is what a log shows of a measure of the action plan on one of its indicators.
type Measured struct {
	Indicator *kpi.Indicator // nil where the measure names none
	Log       string         // "" where there is none of the process
	Effect    *kpi.Effect    // nil where Doubt says why nothing is to be seen
	Doubt     *measure.Doubt
}

// MeasuredEffects returns what the logs of a twin, by process, show of the measures of
// its action plan, by identifier. Of several indicators the first with an effect counts.
func (d *Desk) MeasuredEffects(ctx context.Context, t *Twin, logs map[string][]string) (map[string]Measured, error) {
	ends := map[string]time.Time{}
	end := func(log string) (time.Time, error) {
		if at, known := ends[log]; known {
			return at, nil
		}
		at, err := Remember(ctx, d, log, "end", func(ctx context.Context) (time.Time, error) {
			info, err := d.store.Log(ctx, log)
			return info.Last, err
		})
		ends[log] = at
		return at, err
	}
	out := map[string]Measured{}
	for i := range t.Plan {
		work := &t.Plan[i]
		best := Measured{Doubt: &measure.Doubt{EN: "no KPI is named", RU: "показатель не назван"}}
		for _, indicator := range t.Goals.Indicators {
			if !slices.Contains(work.Indicators, indicator.Ref) || best.Effect != nil {
				continue
			}
			m := Measured{Indicator: indicator}
			if list := logs[indicator.Of]; len(list) > 0 {
				m.Log = list[0]
			}
			var err error
			if m.Effect, err = d.measured(ctx, t, work, indicator, m.Log, end); !errors.As(err, &m.Doubt) && err != nil {
				return nil, err
			}
			best = m
		}
		out[work.Measure.ID] = best
	}
	return out, nil
}

// measured returns one effect, or a *measure.Doubt that says why there is none. endOf
// tells when a log ends.
func (d *Desk) measured(ctx context.Context, t *Twin, work *twin.Work, i *kpi.Indicator, log string, endOf func(string) (time.Time, error)) (*kpi.Effect, error) {
	p := t.Process(i.Of)
	switch {
	case p == nil:
		return nil, &measure.Doubt{EN: "the KPI is of no process of the twin", RU: "показатель не относится ни к одному процессу двойника"}
	case log == "":
		return nil, &measure.Doubt{EN: "there is no log of the process", RU: "журнала процесса нет"}
	case work.Start.IsZero() || work.Due.IsZero():
		return nil, &measure.Doubt{EN: "the measure has no dates", RU: "у мероприятия нет дат"}
	}
	end, err := endOf(log)
	if err != nil {
		return nil, err
	}
	complete := work.Due.AddDate(0, 0, 1)
	if end.Before(complete) {
		return nil, &measure.Doubt{
			EN: fmt.Sprintf("not to be seen yet: the log ends on %s, before the measure is due", end.Format("2 January 2006")),
			RU: fmt.Sprintf("пока не видно: журнал кончается %s, раньше срока мероприятия", end.Format("02.01.2006")),
		}
	}
	o, err := d.outline(ctx, log, Look{}, &subject{model: t.Model, process: p})
	if err != nil {
		return nil, err
	}
	e, err := kpi.Change(o, i, work.Start, complete)
	if err != nil {
		return nil, err
	}
	return e, nil
}
