package desk

import (
	"bytes"
	"context"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/rules"
)

// PackRules returns the rules of the pack that a log belongs to, in the words of the
// log; nil where it has none.
func (d *Desk) PackRules(ctx context.Context, log string) (*rules.Set, error) {
	known, err := d.Known(ctx, log)
	if err != nil || known.Pack == "" {
		return nil, err
	}
	names, err := d.Names(ctx, log, 0)
	if err != nil {
		return nil, err
	}
	ru, en := 0, 0
	for _, a := range names.Activities {
		switch t := known.Labels[a]; a {
		case t.RU:
			ru++
		case t.EN:
			en++
		}
	}
	lang := "ru"
	if en > ru {
		lang = "en"
	}
	pack, err := datasets.Open(known.Pack)
	if err != nil {
		return nil, err
	}
	text, err := pack.Rules(lang)
	if err != nil || text == nil {
		return nil, err
	}
	return rules.Read("rules.yaml", bytes.NewReader(text))
}
