package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/bpsim"
	"github.com/uprava/uprava/twin/fit"
	"github.com/uprava/uprava/twin/prosimos"
	"github.com/uprava/uprava/twin/scenario"
)

// fitSeed is the number of the random series with which delays are calibrated.
const fitSeed = 1

// fitCases is how many cases a calibration simulates at least: fewer scatter.
const fitCases = 3000

// FitConfig says how to fit. The zero value reads the hours of the day by the offset that
// most events have.
type FitConfig struct {
	Look     Look
	TimeZone string // of the body; "" for that offset
	// Progress is told how many of the steps are done; nil for nothing.
	Progress func(done, total int)
}

// Fit fits a model to a log and writes it to a folder.
func (d *Desk) Fit(ctx context.Context, log, dir string, cfg FitConfig) (*twin.Model, *fit.Report, error) {
	v, err := d.View(ctx, log, cfg.Look)
	if err != nil {
		return nil, nil, err
	}
	n := max(fitCases, v.Log.Cases())
	m, report, err := fit.Fit(ctx, v.Log, fit.Config{Seed: fitSeed, TimeZone: cfg.TimeZone, Simulate: Simulated(n, n/10), Progress: cfg.Progress})
	if err != nil {
		return nil, nil, input(ctx, err)
	}
	files, err := ModelFiles(m)
	if err != nil {
		return nil, nil, err
	}
	if err := KeepModel(dir, files); err != nil {
		return nil, nil, err
	}
	return m, report, d.noteFit(log, cfg.Look, m)
}

// assumedFile holds, in the folder of a fitted model, what the fit assumed.
const assumedFile = "assumptions.json"

// ModelFiles returns the files of a fitted model: those of the twin, and what was assumed.
func ModelFiles(m *twin.Model) (map[string][]byte, error) {
	files, err := twin.Files(m)
	if err != nil {
		return nil, fmt.Errorf("writing the model: %w", err)
	}
	if files[assumedFile], err = json.MarshalIndent(m.Assumed, "", "  "); err != nil {
		return nil, fmt.Errorf("writing what was assumed: %w", err)
	}
	return files, nil
}

// KeepModel writes the files of a fitted model to a folder, in place of another.
func KeepModel(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	if err := twin.WriteFiles(dir, files); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, trustFile)); err != nil && !errors.Is(err, os.ErrNotExist) { // of another model
		return fmt.Errorf("writing the model: %w", err)
	}
	return nil
}

// Fitted returns the model that was fitted to a log of the store; nil where none was.
func (d *Desk) Fitted(log string) (*twin.Model, error) {
	s, err := d.fitted(log)
	if s == nil || err != nil {
		return nil, err
	}
	return s.model, nil
}

// Simulated returns a function that simulates a model for so many cases, after
// so many that are discarded.
func Simulated(cases, warmup int) func(context.Context, *twin.Model) (*eventlog.Log, error) {
	return func(ctx context.Context, m *twin.Model) (*eventlog.Log, error) {
		return simulator.Log(ctx, m, simulator.Config{Seed: fitSeed, Cases: max(1, cases), Warmup: warmup})
	}
}

// ReadModel reads the model that the arguments of a command name: a twin folder,
// a pack (PACK or PACK/PROCESS), a pair of Prosimos files, or a BPMN file with
// parameters of BPSim. The second result are the scenarios that belong to it.
func ReadModel(args []string) (*twin.Model, []*scenario.Scenario, error) {
	if len(args) == 2 {
		return readProsimos(args[0], args[1])
	}
	name := args[0]
	if strings.HasSuffix(name, ".bpmn") {
		return readBPSim(name)
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		s, err := readSubject(name)
		if err != nil {
			return nil, nil, err
		}
		return s.model, s.scenarios, nil
	case err == nil:
		return nil, nil, InputError{fmt.Errorf("reading %q: this is a file, wanted a twin folder, a pack, FILE.bpmn FILE.json (Prosimos) or FILE.bpmn (BPSim)", name)}
	case !errors.Is(err, os.ErrNotExist):
		return nil, nil, err
	}
	s, err := packNamed(name)
	if err != nil {
		return nil, nil, fmt.Errorf("model %q is no folder, and as a %w", name, err)
	}
	return s.model, s.scenarios, nil
}

func readBPSim(name string) (*twin.Model, []*scenario.Scenario, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	m, _, err := bpsim.Read(f)
	if err != nil {
		return nil, nil, InputError{fmt.Errorf("reading the model in %q: %w; parameters of Prosimos are given as a second file: FILE.bpmn FILE.json", name, err)}
	}
	return m, nil, nil
}

// WriteModel writes one process of a model in the form of another tool, "prosimos"
// (BASE.bpmn and BASE.json) or "bpsim" (BASE.bpmn). It returns the names of the files
// and what of the model they do not hold.
func WriteModel(m *twin.Model, process, form, base string) (files []string, lost []error, err error) {
	if process == "" {
		if len(m.Processes) != 1 {
			var ids []string
			for _, p := range m.Processes {
				ids = append(ids, p.ID)
			}
			return nil, nil, InputError{fmt.Errorf("the model has %d processes: say which, one of %q", len(ids), ids)}
		}
		process = m.Processes[0].ID
	}
	var diagram, parameters bytes.Buffer
	switch form {
	case "prosimos":
		lost, err = prosimos.Write(&diagram, &parameters, m, process)
	case "bpsim":
		lost, err = bpsim.Write(&diagram, m, process)
	default:
		err = fmt.Errorf("form %q: wanted prosimos or bpsim", form)
	}
	if err != nil {
		return nil, nil, InputError{err}
	}
	for _, f := range []struct {
		name string
		b    *bytes.Buffer
	}{{base + ".bpmn", &diagram}, {base + ".json", &parameters}} {
		if f.b.Len() == 0 {
			continue
		}
		if err := os.WriteFile(f.name, f.b.Bytes(), 0o644); err != nil {
			return nil, nil, fmt.Errorf("writing the model: %w", err)
		}
		files = append(files, f.name)
	}
	return files, lost, nil
}

func readProsimos(diagram, parameters string) (*twin.Model, []*scenario.Scenario, error) {
	d, err := os.Open(diagram)
	if err != nil {
		return nil, nil, err
	}
	defer d.Close()
	p, err := os.Open(parameters)
	if err != nil {
		return nil, nil, err
	}
	defer p.Close()
	m, warnings, err := prosimos.Read(d, p)
	if err != nil {
		return nil, nil, InputError{fmt.Errorf("reading the model in %q and %q: %w", diagram, parameters, err)}
	}
	m.Warnings = append(m.Warnings, warnings...)
	return m, nil, nil
}

// Change joins scenarios, each a file or the name of one of the model's own, and
// levers into one change; nil where there is none.
func Change(names, levers []string, own []*scenario.Scenario) (*scenario.Scenario, error) {
	var all []*scenario.Scenario
	for _, name := range names {
		s := subject{scenarios: own}
		one, err := s.scenario(name)
		if err != nil {
			if _, missing := os.Stat(name); missing != nil {
				return nil, fmt.Errorf("%w, and no such file", err)
			}
			if one, err = scenario.ReadFile(name); err != nil {
				return nil, InputError{err}
			}
		}
		all = append(all, one)
	}
	if len(levers) > 0 {
		free := &scenario.Scenario{ID: "levers", Name: twin.Text{RU: strings.Join(levers, ", "), EN: strings.Join(levers, ", ")}}
		for _, text := range levers {
			lever, err := scenario.ParseLever(text)
			if err != nil {
				return nil, InputError{err}
			}
			free.Levers = append(free.Levers, lever)
		}
		all = append(all, free)
	}
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return scenario.Join(all...), nil
}
