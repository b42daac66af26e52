package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
	"github.com/uprava/uprava/twin/scenario"
)

// TwinSource says where a twin comes from.
type TwinSource string

// The sources.
const (
	PackTwin   TwinSource = "pack"   // comes with the program, with its whole town
	FittedTwin TwinSource = "fitted" // fitted to a log of the store
	FolderTwin TwinSource = "folder" // a folder of files in "twins" of the data folder
)

// TwinName names a twin as addresses and lists do.
type TwinName struct {
	ID     string // a pack's own, "log:" and the log's name, "folder:" and the folder's name
	Source TwinSource
	Log    string // of a fitted twin
}

const logPrefix, folderPrefix = "log:", "folder:"

// Twin is a twin as pages look at it. It is shared: nobody may change it.
type Twin struct {
	TwinName
	Model     *twin.Model
	Graph     *twin.Graph
	Scenarios []*scenario.Scenario // those that a page compares come first
	// ToBe is the scenario that stands for the to-be of all processes, Own those of
	// single processes; "" and nothing where the pack names none.
	ToBe string
	Own  map[string]string

	Passports []*twin.Passport // in the order of the processes
	Goals     *kpi.Tree
	Plan      []twin.Work // the action plan by due date

	elements map[twin.Ref]*twin.Element
}

// NewTwin returns a model as pages look at it.
func NewTwin(name TwinName, m *twin.Model, scenarios []*scenario.Scenario) *Twin {
	t := &Twin{TwinName: name, Model: m, Graph: m.Graph(), Scenarios: scenarios, Own: map[string]string{}, elements: map[twin.Ref]*twin.Element{},
		Passports: m.Passports(), Goals: kpi.Read(m), Plan: m.Plan()}
	for _, e := range m.Elements {
		t.elements[e.Ref()] = e
	}
	return t
}

// PackAsTwin returns the twin of a pack, with its town where it has one.
func PackAsTwin(id string) (*Twin, error) {
	pack, err := datasets.Open(id)
	if err != nil {
		return nil, err
	}
	m, _, err := pack.Town(townSeed)
	if errors.Is(err, datasets.ErrUnknown) {
		m, err = pack.Model()
	}
	if err != nil {
		return nil, err
	}
	scenarios, err := pack.Scenarios()
	if err != nil {
		return nil, err
	}
	m.Notice = pack.Notice
	t := NewTwin(TwinName{ID: id, Source: PackTwin}, m, scenarios)
	t.ToBe = pack.ToBe
	for _, p := range pack.Processes {
		if p.Levers != "" {
			t.Own[p.Process] = p.Levers
		}
	}
	return t, nil
}

// townSeed is the number of the random series of the town that pages show, that of the
// commands.
const townSeed = 1

// Element returns an element, nil for what is none.
func (t *Twin) Element(r twin.Ref) *twin.Element { return t.elements[r] }

// Name returns the name of a thing, its identifier where it has none.
func (t *Twin) Name(r twin.Ref) twin.Text {
	if n := t.Graph.Name(r); n != (twin.Text{}) {
		return n
	}
	return twin.Text{RU: r.ID, EN: r.ID}
}

// Process returns a process, nil where there is none of that identifier.
func (t *Twin) Process(id string) *twin.Process {
	i := slices.IndexFunc(t.Model.Processes, func(p *twin.Process) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return t.Model.Processes[i]
}

// Passport returns the passport of a process, nil where there is none of that identifier.
func (t *Twin) Passport(process string) *twin.Passport {
	i := slices.IndexFunc(t.Passports, func(p *twin.Passport) bool { return p.Process.ID == process })
	if i < 0 {
		return nil
	}
	return t.Passports[i]
}

// Indicators returns the indicators that measure a process.
func (t *Twin) Indicators(process string) []*kpi.Indicator {
	var out []*kpi.Indicator
	for _, i := range t.Goals.Indicators {
		if i.Of == process {
			out = append(out, i)
		}
	}
	return out
}

// Lead returns the indicator of the mean lead time of a process, nil where the twin has
// none.
func (t *Twin) Lead(process string) *kpi.Indicator {
	for _, i := range t.Indicators(process) {
		if i.Figure == "lead_time" && i.Statistic == "mean" {
			return i
		}
	}
	return nil
}

// Unit returns the unit that a thing belongs to, also by way of its post, pool or
// process, or that owns it; the zero Ref where there is none.
func (t *Twin) Unit(r twin.Ref) twin.Ref {
	for range 4 { // person → post → pool → unit
		next := twin.Ref{}
		for _, e := range t.Graph.Out(r) {
			if e.Relation != twin.BelongsTo {
				continue
			}
			if e.To.Kind == twin.UnitKind {
				return e.To
			}
			if next == (twin.Ref{}) {
				next = e.To
			}
		}
		for _, e := range t.Graph.In(r) {
			if e.Relation == twin.Owns && e.To.Kind == twin.UnitKind {
				return e.To
			}
		}
		if next == (twin.Ref{}) {
			break
		}
		r = next
	}
	return twin.Ref{}
}

// Twins lists the twins that there are: packs, models fitted to logs of the store,
// folders in "twins" of the data folder.
func (d *Desk) Twins(ctx context.Context) ([]TwinName, error) {
	packs, err := datasets.Packs()
	if err != nil {
		return nil, err
	}
	var out []TwinName
	for _, p := range packs {
		out = append(out, TwinName{ID: p.ID, Source: PackTwin})
	}
	logs, err := d.store.Changes(ctx)
	if err != nil {
		return nil, err
	}
	for _, log := range slices.Sorted(maps.Keys(logs)) {
		if exists(filepath.Join(d.ModelDir(log), "twin.yaml")) {
			out = append(out, TwinName{ID: logPrefix + log, Source: FittedTwin, Log: log})
		}
	}
	list, err := os.ReadDir(d.twinsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range list {
		if info, err := os.Stat(filepath.Join(d.twinsDir(), e.Name())); err == nil && info.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, TwinName{ID: folderPrefix + e.Name(), Source: FolderTwin})
		}
	}
	return out, nil
}

// twinsDir is where people put folders of twins.
func (d *Desk) twinsDir() string { return filepath.Join(d.dir, "twins") }

// Twin returns a twin, remembered until its files change; ErrNotFound where there is
// none of that name.
func (d *Desk) Twin(ctx context.Context, id string) (*Twin, error) {
	dir, err := d.folderOf(ctx, id)
	if err != nil {
		return nil, err
	}
	state, err := stateOf(dir)
	if err != nil {
		return nil, err
	}
	return rememberState(ctx, d, "twin "+id, state, "", func(context.Context) (*Twin, error) {
		if dir == "" {
			return PackAsTwin(id)
		}
		s, err := readSubject(dir)
		if err != nil {
			return nil, err
		}
		name := TwinName{ID: id, Source: FolderTwin}
		if log, ok := strings.CutPrefix(id, logPrefix); ok {
			name.Source, name.Log = FittedTwin, log
		}
		return NewTwin(name, s.model, s.scenarios), nil
	}, func(t *Twin) int64 { return int64(len(t.Graph.Nodes())) + answerWeight })
}

// RememberTwin returns the answer to a question about a twin as it is now, computing it
// where it is not remembered; as Remember does about a log.
func RememberTwin[T any](ctx context.Context, d *Desk, id, question string, compute func(context.Context) (T, error)) (T, error) {
	var zero T
	dir, err := d.folderOf(ctx, id)
	if err != nil {
		return zero, err
	}
	state, err := stateOf(dir)
	if err != nil {
		return zero, err
	}
	return rememberState(ctx, d, "twin "+id, state, question, compute, func(T) int64 { return answerWeight })
}

// folderOf returns the folder of a twin, "" for a pack that comes with the program.
func (d *Desk) folderOf(ctx context.Context, id string) (string, error) {
	if log, ok := strings.CutPrefix(id, logPrefix); ok {
		if dir := d.ModelDir(log); exists(filepath.Join(dir, "twin.yaml")) {
			return dir, nil
		}
	} else if name, ok := strings.CutPrefix(id, folderPrefix); ok {
		if dir := filepath.Join(d.twinsDir(), name); !strings.HasPrefix(name, ".") && filepath.Base(name) == name && exists(dir) {
			return dir, nil
		}
	} else if _, err := datasets.Open(id); err == nil || !errors.Is(err, datasets.ErrUnknown) {
		return "", err
	}
	list, err := d.Twins(ctx)
	if err != nil {
		return "", err
	}
	known := make([]string, len(list))
	for i, t := range list {
		known[i] = t.ID
	}
	return "", notFound("twin", id, known)
}

// stateOf tells the state of the files of a folder: how many there are and when the last
// changed. "" for no folder.
func stateOf(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	n, last := 0, int64(0)
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		n++
		last = max(last, info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("looking at the twin in %q: %w", dir, err)
	}
	return fmt.Sprintf("%d files, %d", n, last), nil
}

// ProcessLogs returns the logs of the store that follow the processes of a twin, by
// process, each list by name.
func (d *Desk) ProcessLogs(ctx context.Context, t *Twin) (map[string][]string, error) {
	out := map[string][]string{}
	if t.Source == FittedTwin {
		for _, p := range t.Model.Processes[:min(1, len(t.Model.Processes))] {
			out[p.ID] = []string{t.Log}
		}
		return out, nil
	}
	logs, err := d.store.Changes(ctx)
	if err != nil {
		return nil, err
	}
	for _, log := range slices.Sorted(maps.Keys(logs)) {
		process, err := rememberState(ctx, d, log, logs[log].String(), "process of "+t.ID, func(ctx context.Context) (string, error) {
			meta, err := d.store.Meta(ctx, log)
			if err != nil {
				return "", err
			}
			if pack, process, ok := datasets.Origin(meta); ok {
				if pack == t.ID {
					return process, nil
				}
				return "", nil
			}
			process, _ := strings.CutPrefix(log, t.Model.ID+"-")
			return process, nil
		}, func(string) int64 { return 1 })
		if err != nil {
			return nil, err
		}
		if t.Process(process) != nil {
			out[process] = append(out[process], log)
		}
	}
	return out, nil
}
