package twins

import (
	"cmp"
	"slices"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// processPart is what the page of a process says beside its edges: the passport, and the
// numbers with which it runs, each with where it comes from.
type processPart struct {
	Passport []property
	Tasks    []taskRow
	Branches []figure
	Logs     []shell.Link
}

// taskRow is a step of a process with its numbers.
type taskRow struct {
	Name, Time, Delay, Batch, From string
	Pools                          []shell.Link
}

func (b *thingPage) process(logs []string) {
	l, lang := b.Lang, string(b.Lang)
	passport := b.Passport(b.Ref.ID)
	p := passport.Process
	part := &processPart{}
	b.Process = part
	say := func(key, text string) {
		if text != "" {
			part.Passport = append(part.Passport, property{Name: l.T(key), Value: text})
		}
	}
	list := func(key string, refs []twin.Ref) {
		if len(refs) > 0 {
			part.Passport = append(part.Passport, property{Name: l.T(key), Links: b.links(refs)})
		}
	}
	if c := p.About.Category; c != "" {
		say("passport.category", l.T("passport.category."+string(c)))
	}
	say("passport.purpose", p.About.Purpose.In(lang))
	say("passport.client", p.About.Client.In(lang))
	say("passport.starts", p.About.Starts.In(lang))
	say("passport.ends", p.About.Ends.In(lang))
	list("passport.owner", passport.Owners)
	list("passport.inputs", passport.Inputs)
	list("passport.outputs", passport.Outputs)
	list("passport.systems", passport.Systems)
	list("passport.basis", passport.Basis)
	list("passport.powers", passport.Powers)
	list("passport.jobs", passport.JobDescriptions)
	list("passport.kpis", passport.Indicators)
	list("passport.goals", passport.Goals)
	list("passport.risks", passport.Risks)
	list("passport.measures", passport.Measures)
	if i := b.Lead(p.ID); i != nil {
		for _, x := range []struct {
			key string
			f   *twin.Figure
		}{{"twins.lead.as-is", i.AsIs}, {"twins.lead.target", i.Target}, {"twins.lead.ideal", i.Ideal}} {
			if x.f != nil {
				b.Figures = append(b.Figures, figureOf(l, l.T(x.key), *x.f))
			}
		}
	}
	if limit := p.Limit; limit != nil {
		from := origin(l, limit.Provenance)
		if citation := limit.Citation.In(lang); citation != "" {
			from = citation + "; " + from
		}
		b.Figures = append(b.Figures, figure{Name: l.T("twins.process.limit"), Value: l.T("passport.limit."+cmp.Or(limit.Unit, "calendar-day"), l.Int(int64(limit.Days))), From: from})
	}
	if between := p.Arrivals.Between; between.Law != "" {
		b.Figures = append(b.Figures, figure{Name: l.T("twins.process.between"), Value: lawText(l, between), From: origin(l, p.Arrivals.Provenance)})
	}
	b.tasks(p)
	for _, log := range logs {
		part.Logs = append(part.Logs, shell.Link{Text: log, Href: shell.Href(b.r, nil, "logs", log)})
	}
	b.Actions = append(b.Actions, shell.Link{Text: l.T("twins.stream.title"), Href: b.href("streams", p.ID)}, shell.Link{Text: l.T("twins.plan.title"), Href: shell.Href(b.r, values("process", p.ID), "twins", b.ID, "plan")})
}

// tasks lists the steps in the order of the diagram, and the shares of its branches.
func (b *thingPage) tasks(p *twin.Process) {
	l, lang := b.Lang, string(b.Lang)
	nodes, flows := map[string]string{}, map[string]string{}
	var order []string
	if p.Diagram != nil {
		p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
			for _, n := range scope.Nodes {
				order = append(order, n.ID)
				nodes[n.ID] = cmp.Or(p.Labels[n.ID].In(lang), n.Name, n.ID)
			}
			for _, f := range scope.Flows {
				flows[f.ID] = nodes[f.Source] + " → " + nodes[f.Target]
			}
		})
	}
	for _, id := range slices.Compact(order) {
		t, ok := p.Tasks[id]
		if !ok {
			continue
		}
		row := taskRow{Name: nodes[id], Time: cmp.Or(lawText(l, t.Time), "—"), Delay: cmp.Or(lawText(l, t.Delay), "—"), From: origin(l, t.Provenance)}
		for _, pool := range t.Pools {
			row.Pools = append(row.Pools, b.link(twin.Ref{Kind: twin.PoolKind, ID: pool}))
		}
		if t.Batch != nil {
			row.Batch = l.T("twins.process.batch")
		}
		b.Process.Tasks = append(b.Process.Tasks, row)
	}
	var ids []string
	for id := range p.Branches {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		b.Process.Branches = append(b.Process.Branches, figure{Name: cmp.Or(p.Labels[id].In(lang), flows[id], id), Value: l.Percent(p.Branches[id], 1), From: origin(l, p.Provenance[id])})
	}
}
