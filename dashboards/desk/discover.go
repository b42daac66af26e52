package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/declarative"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// Declared are the miners that find what always holds instead of one model of the
// whole; their noise is the share of cases that need not agree.
var Declared = []discovery.Algorithm{
	{Name: "declare", EN: "Declare constraints", RU: "Ограничения Declare", Source: "doi:10.1145/2629447"},
	{Name: "skeleton", EN: "Log skeleton", RU: "Скелет журнала", Source: "arXiv:1806.08247"},
	{Name: "temporal", EN: "Temporal profile", RU: "Временной профиль", Source: "arXiv:2008.07262"},
	{Name: "footprints", EN: "Footprints", RU: "Матрица отношений следования", Source: "doi:10.1109/TKDE.2004.47"},
}

// Found is what a miner found in a log: a model, or what is declared. Check holds
// its net against the same log; nil where it has none.
type Found struct {
	Algorithm string              `json:"algorithm"`
	Model     *discovery.Model    `json:"model,omitempty"`
	Declared  any                 `json:"declared,omitempty"`
	Check     *conformance.Result `json:"check,omitempty"`
	Filter    *filter.Effect      `json:"filter,omitempty"`
	Texts     []string            `json:"warnings"`
	Doubts    []error             `json:"-"`
}

// checkStates bounds the searches of the check beside a discovered model, so that
// it takes seconds.
const checkStates = 20_000

// FindModel discovers a model by the name of its miner and the values of its
// parameters. An unknown name or value is an InputError.
func (d *Desk) FindModel(ctx context.Context, log string, look Look, algorithm string, parameters map[string]string) (*Found, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	f := &Found{Algorithm: algorithm}
	if !look.Filter.Empty() {
		f.Filter = &v.Effect
	}
	f.Doubts = append(f.Doubts, v.Pairing.Warnings()...)
	if slices.ContainsFunc(Declared, func(a discovery.Algorithm) bool { return a.Name == algorithm }) {
		err = f.declare(ctx, v.Log, parameters)
	} else {
		err = f.discover(ctx, v.Log, parameters)
	}
	if err != nil {
		if ctx.Err() == nil {
			err = InputError{err}
		}
		return nil, err
	}
	f.Texts = measure.Texts(f.Doubts)
	return f, nil
}

func (f *Found) declare(ctx context.Context, l *eventlog.Log, parameters map[string]string) (err error) {
	noise := 0.0
	for name, value := range parameters {
		if name != "noise" {
			return fmt.Errorf("%s has no parameter %q, it has noise", f.Algorithm, name)
		}
		if _, err := fmt.Sscan(value, &noise); err != nil || !(noise >= 0 && noise < 1) {
			return fmt.Errorf("noise %q: wanted at least 0 and less than 1", value)
		}
	}
	switch f.Algorithm {
	case "declare":
		cfg := declarative.DeclareConfig{}
		if noise > 0 {
			cfg.MinConfidence = 1 - noise
		}
		var m *declarative.Model
		if m, err = declarative.DiscoverDeclare(ctx, l.Variants(), l.Activities(), cfg); err == nil {
			f.Doubts = append(f.Doubts, m.Warnings...)
		}
		f.Declared = m
	case "skeleton":
		f.Declared, err = declarative.DiscoverSkeleton(ctx, l.Variants(), l.Activities(), noise)
	case "temporal":
		var p *declarative.Profile
		if p, err = declarative.DiscoverProfile(ctx, l); err == nil {
			f.Doubts = append(f.Doubts, p.Warnings...)
		}
		f.Declared = p
	case "footprints":
		f.Declared = declarative.FootprintsOf(dfg.Discover(l))
	}
	return err
}

func (f *Found) discover(ctx context.Context, l *eventlog.Log, parameters map[string]string) error {
	a, err := discovery.Find(f.Algorithm)
	if err != nil {
		return err
	}
	var cfg discovery.Config
	for name, value := range parameters {
		if err := a.Set(&cfg, name, value); err != nil {
			return err
		}
	}
	if f.Model, err = discovery.Discover(ctx, a.Name, l, cfg); err != nil {
		return err
	}
	f.Doubts = append(f.Doubts, f.Model.Warnings...)
	n := f.net()
	if n == nil {
		return nil
	}
	f.Check, err = conformance.Check(ctx, n, l, conformance.Config{MaxStates: checkStates})
	if err != nil && ctx.Err() == nil { // a net that cannot be replayed is still a model
		f.Doubts = append(f.Doubts, &measure.Doubt{EN: "the model could not be held against the log: " + err.Error(), RU: "сверить модель с журналом не удалось: " + err.Error()})
		return nil
	}
	if err == nil {
		f.Doubts = append(f.Doubts, f.Check.Warnings...)
	}
	return err
}

// net is the model as a Petri net, nil where it has no such form.
func (f *Found) net() *petri.Net {
	if f.Model == nil {
		return nil
	}
	if f.Model.Net == nil && f.Model.BPMN != nil {
		n, _, err := convert.FromBPMN(f.Model.BPMN)
		if err == nil {
			return n
		}
	}
	return f.Model.Net
}

// diagram is the model as a diagram, nil where it has no such form.
func (f *Found) diagram() *bpmn.Definitions {
	if f.Model == nil || f.Model.BPMN != nil || f.Model.Net == nil {
		return f.held().BPMN
	}
	d, err := convert.ToBPMN(f.Model.Net)
	if err != nil {
		return nil
	}
	return d
}

// tree is the model as a process tree, nil where it has no such form.
func (f *Found) tree() *processtree.Tree {
	if f.Model == nil || f.Model.Tree != nil || f.Model.Net == nil {
		return f.held().Tree
	}
	t, err := convert.ToTree(f.Model.Net)
	if err != nil {
		return nil
	}
	return t
}

// held is the model, an empty one where something else was found.
func (f *Found) held() *discovery.Model {
	if f.Model == nil {
		return &discovery.Model{}
	}
	return f.Model
}

// Endings lists the endings of the files that the model can be written to.
func (f *Found) Endings() []string {
	out := []string{".json"}
	if f.diagram() != nil {
		out = append(out, ".bpmn")
	}
	if f.net() != nil {
		out = append(out, ".pnml")
	}
	if f.tree() != nil {
		out = append(out, ".ptml")
	}
	return out
}

// Writer returns the writer of the model to a file of that name, by its ending.
func (f *Found) Writer(path, name string) (func(io.Writer) error, error) {
	ending := strings.ToLower(filepath.Ext(path))
	if !slices.Contains(f.Endings(), ending) {
		return nil, fmt.Errorf("the model that %s finds cannot be written to %q, wanted one of %q", f.Algorithm, path, f.Endings())
	}
	return func(w io.Writer) error {
		switch ending {
		case ".bpmn":
			return bpmn.Write(w, f.diagram())
		case ".pnml":
			return petri.Write(w, f.net())
		case ".ptml":
			return processtree.Write(w, f.tree(), name)
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if f.Model != nil {
			return e.Encode(f.Model)
		}
		return e.Encode(f.Declared)
	}, nil
}
