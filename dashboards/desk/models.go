package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// subject is a model, what it is a model of, and the changes it is compared under.
type subject struct {
	model     *twin.Model
	process   *twin.Process // that the log follows
	scenarios []*scenario.Scenario
	compared  int // of the scenarios: those that a page compares, which come first
}

// about returns what subjectOf does for a log of the store, remembered until the log
// changes or a model is fitted to it anew. It is shared.
func (d *Desk) about(ctx context.Context, log string) (*subject, error) {
	return Remember(ctx, d, log, "subject\x00"+d.fittedAt(log), func(ctx context.Context) (*subject, error) {
		meta, err := d.store.Meta(ctx, log)
		if err != nil {
			return nil, err
		}
		return d.subjectOf(log, meta)
	})
}

// fittedAt tells when a model was fitted to a log, "" where none was.
func (d *Desk) fittedAt(log string) string {
	info, err := os.Stat(filepath.Join(d.ModelDir(log), "twin.yaml"))
	if err != nil {
		return ""
	}
	return info.ModTime().String()
}

// labels are the names of activities in both languages, by either.
func (s *subject) labels() map[string]twin.Text {
	m := map[string]twin.Text{}
	if s == nil || s.process == nil {
		return m
	}
	for _, t := range s.process.Labels {
		for _, name := range []string{t.RU, t.EN} {
			if name != "" {
				m[name] = t
			}
		}
	}
	return m
}

// subjectOf returns the model of a log: that of the pack which made the log, or
// the one that was fitted to it; nil where there is neither.
func (d *Desk) subjectOf(log string, meta *eventlog.Meta) (*subject, error) {
	if pack, process, ok := datasets.Origin(meta); ok {
		s, err := packSubject(pack, process)
		if !errors.Is(err, ErrNotFound) {
			return s, err
		} // the pack tells the log, but no process of its twin follows it
	}
	return d.fitted(log)
}

func packSubject(id, process string) (*subject, error) {
	pack, err := datasets.Open(id)
	if err != nil {
		return nil, err
	}
	m, err := pack.Model()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == process })
	if i < 0 {
		return nil, notFound("process of pack "+id, process, processIDs(m))
	}
	all, err := pack.Scenarios()
	if err != nil {
		return nil, err
	}
	compared, err := pack.Compared()
	if err != nil {
		return nil, err
	}
	return &subject{m, m.Processes[i], all, len(compared)}, nil
}

func processIDs(m *twin.Model) []string {
	ids := make([]string, len(m.Processes))
	for i, p := range m.Processes {
		ids[i] = p.ID
	}
	return ids
}

// ModelDir is the folder of the model that is fitted to a log of the store.
func (d *Desk) ModelDir(log string) string {
	return filepath.Join(d.dir, "models", strings.ReplaceAll(url.PathEscape(log), ".", "%2E"))
}

// Rename gives a log, and the model fitted to it, another name.
func (d *Desk) Rename(ctx context.Context, from, to string) error {
	if err := d.store.Rename(ctx, from, to); err != nil {
		return err
	}
	if err := d.forget(from); err != nil {
		return err
	}
	err := os.Rename(d.ModelDir(from), d.ModelDir(to))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Delete deletes a log and the model fitted to it.
func (d *Desk) Delete(ctx context.Context, log string) error {
	if err := d.store.Delete(ctx, log); err != nil {
		return err
	}
	if err := d.forget(log); err != nil {
		return err
	}
	return os.RemoveAll(d.ModelDir(log))
}

// fitted reads the model that was fitted to a log, nil where none was.
func (d *Desk) fitted(log string) (*subject, error) {
	dir := d.ModelDir(log)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return readSubject(dir)
}

// readSubject reads a twin folder with the scenarios beside it.
func readSubject(dir string) (*subject, error) {
	files := dir
	if exists(filepath.Join(dir, "pack.yaml")) { // the folder of a pack
		files = filepath.Join(dir, "twin")
	}
	m, err := twin.Read(os.DirFS(files))
	if err != nil {
		return nil, InputError{fmt.Errorf("reading the twin in %q: %w", dir, err)}
	}
	if said, err := os.ReadFile(filepath.Join(dir, trustFile)); err == nil {
		m.Trust = strings.TrimSpace(string(said))
	}
	if assumed, err := os.ReadFile(filepath.Join(dir, assumedFile)); err == nil {
		if err := json.Unmarshal(assumed, &m.Assumed); err != nil {
			return nil, InputError{fmt.Errorf("reading %q: %w", filepath.Join(dir, assumedFile), err)}
		}
	}
	s := &subject{model: m}
	if len(m.Processes) > 0 {
		s.process = m.Processes[0]
	}
	levers, err := filepath.Glob(filepath.Join(dir, "scenarios", "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, f := range levers {
		one, err := scenario.ReadFile(f)
		if err != nil {
			return nil, InputError{err}
		}
		s.scenarios = append(s.scenarios, one)
	}
	s.compared = len(s.scenarios)
	return s, nil
}

// subjectNamed returns the model of a name: a log's, or a pack's as PACK or
// PACK/PROCESS.
func (d *Desk) subjectNamed(ctx context.Context, name string) (*subject, error) {
	if s, err := packNamed(name); err == nil || !errors.Is(err, datasets.ErrUnknown) {
		return s, err
	}
	meta, err := d.store.Meta(ctx, name)
	if err != nil {
		return nil, err
	}
	s, err := d.subjectOf(name, meta)
	if err == nil && s == nil {
		return nil, fmt.Errorf("log %q has no model yet: fit one with `uprava fit`: %w", name, ErrNotFound)
	}
	return s, err
}

// packNamed returns the subject of PACK or PACK/PROCESS.
func packNamed(name string) (*subject, error) {
	id, process, _ := strings.Cut(name, "/")
	pack, err := datasets.Open(id)
	if err != nil {
		return nil, err
	}
	if process == "" {
		process = pack.Main
	}
	return packSubject(id, process)
}
