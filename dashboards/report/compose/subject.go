package compose

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/twin"
)

// Kinds of subjects, as dispatch.Request.Of begins.
const (
	Executive     = "executive"
	ownerPrefix   = "owner:"
	processPrefix = "process:"
)

// Composer composes reports from a desk.
type Composer struct {
	desk *desk.Desk
	// Progress is told how many of the processes of a report are done; nil for nobody.
	Progress func(done, total int)
}

// New returns the composer of a desk.
func New(d *desk.Desk) *Composer { return &Composer{desk: d} }

var _ dispatch.Composer = (*Composer)(nil)

// subject is what a report is about.
type subject struct {
	kind    string    // Executive, ownerPrefix or processPrefix
	name    twin.Text // of the owner or the process
	targets []target
}

// target is one process of a report.
type target struct {
	log     string
	twin    *desk.Twin    // nil for a log without one
	process *twin.Process // nil for a log without one
	owner   twin.Text     // who answers for it; empty where nobody is named
}

// Find returns how a name on a command line is meant: "executive", an owner, or a log
// or process, as Request.Of has it.
func (c *Composer) Find(ctx context.Context, name string) (string, error) {
	if name == Executive || strings.HasPrefix(name, ownerPrefix) || strings.HasPrefix(name, processPrefix) {
		return name, nil
	}
	if _, err := c.subject(ctx, processPrefix+name); err == nil || !errors.Is(err, desk.ErrNotFound) {
		return processPrefix + name, err
	}
	if _, err := c.subject(ctx, ownerPrefix+name); err == nil || !errors.Is(err, desk.ErrNotFound) {
		return ownerPrefix + name, err
	}
	known, err := c.Subjects(ctx)
	if err != nil {
		return "", err
	}
	return "", fmt.Errorf("there is no process and no owner %q; there are %s: %w", name, strings.Join(known, ", "), desk.ErrNotFound)
}

// Subjects lists what reports can be made of, as Request.Of has it.
func (c *Composer) Subjects(ctx context.Context) ([]string, error) {
	all, err := c.twins(ctx)
	if err != nil {
		return nil, err
	}
	owners, processes := map[string]bool{}, map[string]bool{}
	for _, t := range all {
		for _, p := range t.twin.Model.Processes {
			if len(t.logs[p.ID]) == 0 {
				continue
			}
			for _, e := range t.twin.Graph.In(twin.Ref{Kind: twin.ProcessKind, ID: p.ID}) {
				if e.Relation == twin.Owns {
					owners[ownerPrefix+e.To.ID] = true
				}
			}
		}
	}
	logs, err := c.desk.Store().Logs(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range logs {
		processes[processPrefix+l.Name] = true
	}
	return slices.Concat([]string{Executive}, slices.Sorted(maps.Keys(owners)), slices.Sorted(maps.Keys(processes))), nil
}

// logged is a twin with the logs of its processes.
type logged struct {
	twin *desk.Twin
	logs map[string][]string
}

// twins are those that have a log in the store: of a whole administration first, the
// one with most of them first.
func (c *Composer) twins(ctx context.Context) ([]logged, error) {
	names, err := c.desk.Twins(ctx)
	if err != nil {
		return nil, err
	}
	var out []logged
	for _, n := range names {
		t, err := c.desk.Twin(ctx, n.ID)
		var input desk.InputError
		if errors.As(err, &input) {
			continue // its own page says what is wrong with it
		}
		if err != nil {
			return nil, err
		}
		logs, err := c.desk.ProcessLogs(ctx, t)
		if err != nil {
			return nil, err
		}
		if len(logs) > 0 {
			out = append(out, logged{t, logs})
		}
	}
	slices.SortStableFunc(out, func(a, b logged) int { return len(b.logs) - len(a.logs) })
	return out, nil
}

// target returns a process of a twin with its log; false where it has none.
func (t logged) target(p *twin.Process) (target, bool) {
	list := t.logs[p.ID]
	if len(list) == 0 {
		return target{}, false
	}
	log := list[0]
	if own := t.twin.Model.ID + "-" + p.ID; slices.Contains(list, own) {
		log = own
	}
	return target{log, t.twin, p, t.owner(p)}, true
}

// owner is who answers for a process, as its pages say: the posts that own it or perform
// the role that does, the role where nobody performs it, else its unit.
func (t logged) owner(p *twin.Process) twin.Text {
	var ru, en []string
	for _, r := range t.twin.Graph.Owners(twin.Ref{Kind: twin.ProcessKind, ID: p.ID}) {
		name := t.twin.Name(r)
		ru, en = append(ru, name.In("ru")), append(en, name.In("en"))
	}
	if len(ru) > 0 {
		return twin.Text{RU: strings.Join(ru, ", "), EN: strings.Join(en, ", ")}
	}
	if p.Unit != "" {
		return t.twin.Name(twin.Ref{Kind: twin.UnitKind, ID: p.Unit})
	}
	return twin.Text{}
}

// subject finds what a report is about.
func (c *Composer) subject(ctx context.Context, of string) (*subject, error) {
	all, err := c.twins(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case of == Executive:
		return c.executive(ctx, all)
	case strings.HasPrefix(of, ownerPrefix):
		return owner(all, strings.TrimPrefix(of, ownerPrefix))
	case strings.HasPrefix(of, processPrefix):
		return c.process(ctx, all, strings.TrimPrefix(of, processPrefix))
	}
	return nil, desk.InputError{Err: fmt.Errorf("report of %q: wanted executive, owner:ROLE or process:NAME", of)}
}

func (c *Composer) executive(ctx context.Context, all []logged) (*subject, error) {
	s := &subject{kind: Executive}
	if len(all) > 0 && all[0].twin.Source != desk.FittedTwin {
		t := all[0]
		s.name = t.twin.Model.Name
		for _, p := range t.twin.Model.Processes {
			if x, ok := t.target(p); ok {
				s.targets = append(s.targets, x)
			}
		}
		return s, nil
	}
	logs, err := c.desk.Store().Logs(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range logs {
		one, err := c.process(ctx, all, l.Name)
		if err != nil {
			return nil, err
		}
		s.targets = append(s.targets, one.targets...)
	}
	if len(s.targets) == 0 {
		return nil, fmt.Errorf("the store holds no log to report of; bring one in with `uprava ingest`: %w", desk.ErrNotFound)
	}
	return s, nil
}

func owner(all []logged, id string) (*subject, error) {
	var known []string
	for _, t := range all {
		s := &subject{kind: ownerPrefix}
		for _, p := range t.twin.Model.Processes {
			x, ok := t.target(p)
			if !ok {
				continue
			}
			for _, e := range t.twin.Graph.In(twin.Ref{Kind: twin.ProcessKind, ID: p.ID}) {
				if e.Relation != twin.Owns {
					continue
				}
				known = append(known, e.To.ID)
				if e.To.ID == id {
					s.name = t.twin.Name(e.To)
					s.targets = append(s.targets, x)
				}
			}
		}
		if len(s.targets) > 0 {
			return s, nil
		}
	}
	slices.Sort(known)
	return nil, fmt.Errorf("there is no owner %q of a process with a log; there are %q: %w", id, slices.Compact(known), desk.ErrNotFound)
}

// process finds a log by its name, or a process of a twin by its identifier.
func (c *Composer) process(ctx context.Context, all []logged, name string) (*subject, error) {
	for _, t := range all {
		for _, p := range t.twin.Model.Processes {
			if x, ok := t.target(p); ok && (p.ID == name || slices.Contains(t.logs[p.ID], name)) {
				if slices.Contains(t.logs[p.ID], name) {
					x.log = name
				}
				return &subject{kind: processPrefix, name: p.Name, targets: []target{x}}, nil
			}
		}
	}
	if _, err := c.desk.Store().Log(ctx, name); err != nil {
		return nil, err
	}
	return &subject{kind: processPrefix, name: twin.Text{RU: name, EN: name}, targets: []target{{log: name}}}, nil
}

// inputs are what a report is made from: the state of each log and the hash of each
// twin; and the moments of the first and the last event.
func (c *Composer) inputs(ctx context.Context, s *subject) (out map[string]string, first, last time.Time, err error) {
	out = map[string]string{}
	for _, t := range s.targets {
		info, err := c.desk.Store().Log(ctx, t.log)
		if err != nil {
			return nil, first, last, err
		}
		out["log "+t.log] = fmt.Sprintf("%d cases, %d events, changed %s", info.Cases, info.Events, info.Changed.UTC().Format(time.RFC3339Nano))
		if info.Last.After(last) {
			last = info.Last
		}
		if first.IsZero() || info.First.Before(first) {
			first = info.First
		}
		if t.twin == nil || out["twin "+t.twin.ID] != "" {
			continue
		}
		hash, err := desk.RememberTwin(ctx, c.desk, t.twin.ID, "hash", func(context.Context) (string, error) {
			files, err := twin.Files(t.twin.Model)
			if err != nil {
				return "", err
			}
			h := sha256.New()
			for _, name := range slices.Sorted(maps.Keys(files)) {
				fmt.Fprintf(h, "%q %d\n", name, len(files[name]))
				h.Write(files[name])
			}
			return hex.EncodeToString(h.Sum(nil)[:16]), nil
		})
		if err != nil {
			return nil, first, last, err
		}
		out["twin "+t.twin.ID] = hash
	}
	return out, first, last, nil
}

// Name is what a report is about, as Request.Of has it, in words.
func (c *Composer) Name(ctx context.Context, of string) (twin.Text, error) {
	s, err := c.subject(ctx, of)
	if err != nil {
		return twin.Text{}, err
	}
	if s.kind == Executive {
		return twin.Text{RU: terms.RU.T("say.to.executive"), EN: terms.EN.T("say.to.executive")}, nil
	}
	return s.name, nil
}
