package twins

import (
	"context"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// patience is how long a page waits for an answer that may be remembered before it shows
// the progress of the work instead.
const patience = 400 * time.Millisecond

// simulated returns the twin simulated under each scenario ("" for as it is), or the work
// on it where that takes long.
func (p *pages) simulated(k *looked, scenarios ...string) ([]*desk.Simulation, *shell.JobPart, error) {
	ctx := k.r.Context()
	state, err := p.desk.TwinState(ctx, k.ID)
	if err != nil {
		return nil, nil, err
	}
	key := k.ID + "\x00" + state
	for _, s := range scenarios {
		key += "\x00" + s
	}
	stage := k.Lang.T("twins.simulating")
	job := p.site.Jobs.Start("twin", key, shell.Reader(ctx), func(ctx context.Context, tell jobs.Tell) (any, error) {
		out := make([]*desk.Simulation, len(scenarios))
		for i, s := range scenarios {
			var err error
			if out[i], err = p.desk.Simulated(ctx, k.Twin, s, func(done, total int) { tell(stage, int64(i*total+done), int64(len(scenarios)*total)) }); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result, err := job.Wait(waiting)
	switch {
	case waiting.Err() != nil && ctx.Err() == nil && !job.Status().Ended():
		return nil, shell.JobPartOf(k.r, job, "?"+k.r.URL.RawQuery), nil
	case err != nil:
		return nil, nil, err
	}
	return result.([]*desk.Simulation), nil, nil
}
