package board

import (
	"context"
	"slices"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// waitsForOwner says which alerts are raised, and how many remarks wait for an answer.
func (p *pages) waitsForOwner(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	var out []shell.Line
	rules, err := p.alerts.Of("")
	if err != nil {
		return nil, err
	}
	raised := map[string]int{}
	for _, e := range rules {
		if e.State.Raised {
			raised[e.Log]++
		}
	}
	names, err := p.desk.LogNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, log := range names {
		if raised[log] == 0 {
			continue
		}
		known, err := p.desk.Known(ctx, log)
		if err != nil {
			return nil, err
		}
		out = append(out, shell.Line{Text: lang.T("board.door.alerts", known.Title.In(string(lang)), lang.Int(int64(raised[log]))), Href: shell.Path("logs", log) + "#alerts", Urgent: true})
	}
	list, err := p.remarks.Of("")
	if err != nil {
		return nil, err
	}
	open := 0
	for _, x := range list {
		if x.Open() {
			open++
		}
	}
	if open > 0 {
		out = append(out, shell.Line{Text: lang.T("board.door.remarks", lang.Int(int64(open))), Href: shell.Path("owner") + "#remarks"})
	}
	return out, nil
}

// waitsForHead says how many open cases wait for each of those who sign.
func (p *pages) waitsForHead(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	signers, err := p.desk.Signers(ctx)
	if err != nil {
		return nil, err
	}
	var out []shell.Line
	for _, x := range signers {
		if !x.Signs {
			continue
		}
		n, late := 0, 0
		for log, steps := range x.Steps {
			risks, err := p.desk.Risks(ctx, log, desk.Look{})
			if err != nil {
				if ctx.Err() != nil {
					return nil, err
				}
				continue // the page says of which processes nothing can be told
			}
			for _, c := range risks.Cases {
				if len(c.Next) > 0 && slices.Contains(steps, c.Next[0].Activity) {
					n++
					if c.Overdue {
						late++
					}
				}
			}
		}
		if n > 0 {
			out = append(out, shell.Line{Text: lang.T("board.door.signatures", x.Name.In(string(lang)), lang.Int(int64(n)), lang.Int(int64(late))), Href: "signatures?post=" + shell.Path(x.Twin+"/"+x.ID), Urgent: late > 0})
		}
	}
	return out, nil
}
