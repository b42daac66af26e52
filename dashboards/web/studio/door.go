package studio

import (
	"context"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// suggestions are what is suggested for the models that were fitted to logs, for the
// start page: the first of each model, with its reason.
func (p *pages) suggestions(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	names, err := p.desk.LogNames(ctx)
	if err != nil {
		return nil, err
	}
	var out []shell.Line
	for _, log := range names {
		list, err := p.desk.Suggested(ctx, log)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue // the studio of the log says why
		}
		for i, s := range list {
			if i == 0 || s.Levers[0].Kind != list[0].Levers[0].Kind && s.Levers[0].Target != list[0].Levers[0].Target {
				out = append(out, shell.Line{Text: lang.T("studio.door.suggested", log, s.Name.In(string(lang))), Href: shell.Path("logs", log, "studio") + "#ready", Note: s.Reason.In(string(lang))})
			}
		}
	}
	return out, nil
}
