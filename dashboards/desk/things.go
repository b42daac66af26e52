package desk

import (
	"context"
	"errors"

	"github.com/uprava/uprava/twin"
)

// Thing is something of a twin that a reader may look for: it has a page of its own.
type Thing struct {
	Twin string // identifier of the twin
	Of   twin.Text
	Ref  twin.Ref
	Name twin.Text
	Unit twin.Text // that it belongs to; empty where there is none
	// Path are the parts of the address of its page, from the start page.
	Path []string
}

// Things returns what readers may look for in all twins, by twin, kind and identifier:
// processes, procedures, units, posts, KPIs and all else but people. A twin that cannot
// be read is left out: its own page says why. The list is shared: nobody may change it.
// O(things) once a state of a twin.
func (d *Desk) Things(ctx context.Context) ([]Thing, error) {
	names, err := d.Twins(ctx)
	if err != nil {
		return nil, err
	}
	var out []Thing
	for _, n := range names {
		t, err := d.Twin(ctx, n.ID)
		var input InputError
		if errors.As(err, &input) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list, err := RememberTwin(ctx, d, n.ID, "things", func(context.Context) ([]Thing, error) { return t.Things(), nil })
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// Things returns what readers may look for in the twin.
func (t *Twin) Things() []Thing {
	var out []Thing
	for _, r := range t.Graph.Nodes() {
		if r.Kind == twin.Person { // nobody is looked for by name
			continue
		}
		x := Thing{Twin: t.ID, Of: t.Model.Name, Ref: r, Name: t.Name(r), Path: ThingPath(t.ID, r)}
		if u := t.Unit(r); u != (twin.Ref{}) {
			x.Unit = t.Name(u)
		}
		out = append(out, x)
	}
	return out
}

// ThingPath returns the parts of the address of the page of a thing, from the start page.
func ThingPath(id string, r twin.Ref) []string {
	return []string{"twins", id, string(r.Kind), r.ID}
}
