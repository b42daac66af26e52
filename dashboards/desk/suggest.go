package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// suggestRuns are the replications by which suggestions are chosen, and on which the
// intervals of their reasons rest.
const suggestRuns = 5

// busyEnough is the load of a pool from which one person more may be worth trying.
const busyEnough = 0.3

// suggested is a suggestion as it is kept.
type suggested struct {
	ID     string    `json:"id"` // its lever in a line
	Name   twin.Text `json:"name"`
	Reason twin.Text `json:"reason"`
}

// Suggested returns what Suggest says of the model that was fitted to a log, remembered
// over restarts; nothing where no model was fitted.
func (d *Desk) Suggested(ctx context.Context, log string) ([]*scenario.Scenario, error) {
	fitted := d.fittedAt(log)
	if fitted == "" {
		return nil, nil
	}
	list, err := Lasting(ctx, d, log, "suggested\x00"+fitted, func(ctx context.Context) ([]suggested, error) {
		m, err := d.Fitted(log)
		if err != nil || m == nil {
			return nil, err
		}
		list, err := Suggest(ctx, m)
		var out []suggested
		for _, s := range list {
			out = append(out, suggested{s.ID, s.Name, s.Reason})
		}
		return out, err
	})
	if err != nil {
		return nil, err
	}
	var out []*scenario.Scenario
	for _, one := range list {
		l, err := scenario.ParseLine(one.ID)
		if err != nil {
			return nil, fmt.Errorf("reading the suggestions for %q: %w", log, err)
		}
		out = append(out, &scenario.Scenario{ID: one.ID, Name: one.Name, Reason: one.Reason, Levers: []scenario.Lever{l}})
	}
	return out, nil
}

// Suggest returns the first changes that a person would try on a fitted model, each with
// its reason: the step that takes most of the cases' time halved, and removed, and one
// person more in the busiest pool. The reasons are of five replications, with Student's
// 95 % intervals. A change that the model cannot take is left out. The identifier of a
// suggestion is its lever in a line (scenario.Lever.Line), which means the same whatever
// is suggested later.
func Suggest(ctx context.Context, m *twin.Model) ([]*scenario.Scenario, error) {
	p, err := simulator.Compile(m, "ru")
	if err != nil {
		return nil, InputError{err}
	}
	steps, pools := map[string][]float64{}, map[string][]float64{}
	for replication := range suggestRuns {
		s, err := p.Run(ctx, simulator.Config{Seed: fitSeed, Replication: replication})
		if err != nil {
			return nil, err
		}
		all := 0.0
		for _, a := range s.Activities {
			all += spent(a)
		}
		for _, a := range s.Activities {
			if all > 0 {
				steps[a.Name] = append(steps[a.Name], spent(a)/all)
			}
		}
		for _, one := range s.Pools {
			pools[one.ID] = append(pools[one.ID], one.Utilisation())
		}
	}
	var out []*scenario.Scenario
	add := func(l scenario.Lever, name func(terms.Lang) string, reason string, of measure.Summary) {
		s := &scenario.Scenario{ID: l.Line(), Levers: []scenario.Lever{l}}
		changed, err := s.Apply(m)
		if err != nil {
			return
		}
		if _, err := simulator.Compile(changed, "ru"); err != nil {
			return
		}
		because := func(lang terms.Lang) string {
			return lang.T(reason, lang.Percent(of.Mean, 0), lang.Percent(max(0, of.MeanInterval.Low), 0), lang.Percent(min(1, of.MeanInterval.High), 0), lang.Int(suggestRuns))
		}
		s.Name, s.Reason = twin.Text{RU: name(terms.RU), EN: name(terms.EN)}, twin.Text{RU: because(terms.RU), EN: because(terms.EN)}
		out = append(out, s)
	}
	if step, share, alone := greatest(steps); step != "" {
		target, label := nodeNamed(m, step)
		name := func(key string) func(terms.Lang) string {
			return func(lang terms.Lang) string { return lang.T(key, label.In(string(lang))) }
		}
		add(scenario.Lever{Kind: scenario.Step, Target: target, Scale: 0.5}, name("suggest.half"), said("suggest.time", alone), share)
		add(scenario.Lever{Kind: scenario.Remove, Target: target}, name("suggest.without"), said("suggest.time", alone), share)
	}
	if pool, load, alone := greatest(pools); pool != "" && load.Mean >= busyEnough {
		if i := slices.IndexFunc(m.Pools, func(p twin.Pool) bool { return p.ID == pool }); i >= 0 {
			add(scenario.Lever{Kind: scenario.Pool, Target: pool, Change: 1}, func(lang terms.Lang) string {
				return lang.T("suggest.person", cmp.Or(m.Pools[i].Name.In(string(lang)), pool))
			}, said("suggest.load", alone), load)
		}
	}
	return out, nil
}

// spent is the time of all cases at a step: until its start and from there to its end.
func spent(a simulator.ActivityStatistics) float64 {
	return a.Waiting.Sum.Seconds() + a.Service.Sum.Seconds()
}

// said is the key of a reason: that something is the greatest is claimed where its
// interval is clear of all others.
func said(key string, alone bool) string {
	if alone {
		return key
	}
	return key + ".among"
}

// greatest returns the name whose mean is the greatest, the first by name of equals, and
// whether its interval lies above those of all others; "" where nothing is above 0.
func greatest(of map[string][]float64) (best string, at measure.Summary, alone bool) {
	others := 0.0
	for _, name := range slices.Sorted(maps.Keys(of)) {
		s := measure.Summarize(of[name], measure.Share)
		if s.MeanInterval == nil || s.N < suggestRuns || !(s.Mean > 0) {
			continue
		}
		if s.Mean > at.Mean {
			if best != "" {
				others = max(others, at.MeanInterval.High)
			}
			best, at = name, s
		} else {
			others = max(others, s.MeanInterval.High)
		}
	}
	return best, at, best != "" && at.MeanInterval.Low > others
}

// nodeNamed returns the identifier of the only node of that Russian name with its names
// in both languages, or the name itself.
func nodeNamed(m *twin.Model, name string) (string, twin.Text) {
	var found []string
	label := twin.Text{RU: name, EN: name}
	for _, p := range m.Processes {
		p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
			for _, n := range scope.Nodes {
				switch {
				case p.Labels[n.ID].In("ru") == name:
					found, label = append(found, n.ID), p.Labels[n.ID]
				case p.Labels[n.ID] == (twin.Text{}) && n.Name == name:
					found = append(found, n.ID)
				}
			}
		})
	}
	if len(found) == 1 {
		return found[0], label
	}
	return name, label
}
