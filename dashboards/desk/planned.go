package desk

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// MeasuredEffect returns what a log shows of a measure of the action plan on one of its
// indicators, remembered until the log changes. An error that is a *measure.Doubt says
// why nothing is to be seen.
func (d *Desk) MeasuredEffect(ctx context.Context, t *Twin, work *twin.Work, i *kpi.Indicator, log string) (*kpi.Effect, error) {
	p := t.Process(i.Of)
	if p == nil {
		return nil, &measure.Doubt{EN: "the indicator is of no process of the twin", RU: "показатель не относится ни к одному процессу двойника"}
	}
	if work.Start.IsZero() || work.Due.IsZero() {
		return nil, &measure.Doubt{EN: "the measure has no dates", RU: "у мероприятия нет дат"}
	}
	info, err := d.store.Log(ctx, log)
	if err != nil {
		return nil, err
	}
	if complete := work.Due.AddDate(0, 0, 1); info.Last.Before(complete) {
		return nil, &measure.Doubt{
			EN: fmt.Sprintf("not to be seen yet: the log ends on %s, before the measure is due", info.Last.Format("2 January 2006")),
			RU: fmt.Sprintf("пока не видно: журнал кончается %s, раньше срока мероприятия", info.Last.Format("02.01.2006")),
		}
	}
	o, err := d.outline(ctx, log, Look{}, &subject{model: t.Model, process: p})
	if err != nil {
		return nil, err
	}
	return kpi.Change(o, i, work.Start, work.Due.AddDate(0, 0, 1))
}
