// Package datasets holds the systems that come with the program. A pack is a
// folder: a manifest (pack.yaml), the files of a twin, and scenarios. No number
// of a pack stands in code; README.md tells how to add one.
//
//	pack ─▶ Model, Scenarios ─▶ simulator
//	  ├───▶ Generate ─▶ event log + truth that was planted in it
//	  └───▶ Rules ─▶ mining/rules
package datasets

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
	"github.com/uprava/uprava/twin/yamlfile"
)

//go:embed */*
var folders embed.FS

// ids returns the packs that come with the program: the folders with a manifest.
func ids() []string {
	found, err := fs.Glob(folders, "*/"+manifest)
	if err != nil { // the pattern is sound
		panic(err)
	}
	out := make([]string, len(found))
	for i, name := range found {
		out[i] = path.Dir(name)
	}
	return out
}

// manifest is the file that makes a folder a pack.
const manifest = "pack.yaml"

// ErrUnknown says that there is no pack of that name.
var ErrUnknown = errors.New("no such pack")

// Pack is one system.
type Pack struct {
	ID        string
	Name      twin.Text
	Notice    twin.Text // to be shown on every page and report
	Customer  twin.Text // whose system it is like; empty where not said
	Main      string    // process that is meant where none is named
	Processes []Published
	Figures   []Figure
	// ToBe is the scenario that stands for all levers together, Coupling what single
	// ones do to other processes; empty where the pack has none.
	ToBe      string
	Coupling  []Coupling
	Readings  []Reading
	scenarios []string
	files     fs.FS
}

// Coupling says which processes feel the levers of a scenario through the people that
// they share.
type Coupling struct {
	Scenario  string
	Processes []string
}

// Reading says that a published value of a process may be read in another way, which
// another pack simulates with its main process.
type Reading struct{ Process, Pack string }

// Published are the values that a process of a pack is made to reproduce.
type Published struct {
	Process    string
	AsIs, ToBe float64      // mean lead time
	Levers     string       // scenario of its own levers; "" where it has none
	Unit       measure.Unit // of both: measure.Second, WorkingHour or WorkingDay
	Source     twin.Text
}

// Figure is a published value other than a lead time, in words.
type Figure struct{ Name, Value, Source twin.Text }

// Packs returns all packs.
func Packs() ([]*Pack, error) {
	var out []*Pack
	for _, id := range ids() {
		p, err := Open(id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Open returns a pack that comes with the program; an error that is ErrUnknown names
// those that there are.
func Open(id string) (*Pack, error) {
	if !slices.Contains(ids(), id) {
		return nil, fmt.Errorf("pack %q: %w; there are %q", id, ErrUnknown, ids())
	}
	sub, err := fs.Sub(folders, id)
	if err != nil {
		return nil, err
	}
	return read(sub)
}

// Find returns the pack of a folder of that name with a manifest in it, else one that
// comes with the program.
func Find(name string) (*Pack, error) {
	if _, err := os.Stat(filepath.Join(name, manifest)); err == nil {
		return read(os.DirFS(name))
	}
	return Open(name)
}

// read reads the manifest of a pack.
func read(files fs.FS) (*Pack, error) {
	data, err := fs.ReadFile(files, manifest)
	if err != nil {
		return nil, err
	}
	doc, err := yamlfile.Parse(manifest, data)
	if err != nil {
		return nil, err
	}
	p := &Pack{files: files}
	f := doc.Root().Mapping("id", "name", "notice", "customer", "main", "processes", "figures", "scenarios", "to-be", "coupling", "readings")
	p.ID, p.Main = text(f, "id"), text(f, "main")
	p.Name, p.Notice = words(f, "name"), words(f, "notice")
	if _, ok := f.Get("customer"); ok {
		p.Customer = words(f, "customer")
	}
	if v, ok := f.Get("processes"); ok {
		for _, item := range v.List() {
			g := item.Mapping("id", "as-is", "to-be", "levers", "source")
			v := Published{Process: text(g, "id"), Source: words(g, "source")}
			if x, ok := g.Get("levers"); ok {
				v.Levers = x.Text()
			}
			v.AsIs, v.Unit = length(g, "as-is")
			toBe, unit := length(g, "to-be")
			if v.ToBe = toBe; unit != v.Unit {
				item.Fault("found as-is in %q and to-be in %q, wanted the same unit", v.Unit, unit)
			}
			p.Processes = append(p.Processes, v)
		}
	}
	if v, ok := f.Get("figures"); ok {
		for _, item := range v.List() {
			g := item.Mapping("name", "value", "source")
			p.Figures = append(p.Figures, Figure{words(g, "name"), words(g, "value"), words(g, "source")})
		}
	}
	if v, ok := f.Get("to-be"); ok {
		p.ToBe = v.Text()
	}
	if v, ok := f.Get("coupling"); ok {
		for _, item := range v.List() {
			g := item.Mapping("scenario", "processes")
			c := Coupling{Scenario: text(g, "scenario")}
			for _, x := range items(g, "processes") {
				c.Processes = append(c.Processes, x.Text())
			}
			p.Coupling = append(p.Coupling, c)
		}
	}
	if v, ok := f.Get("readings"); ok {
		for _, item := range v.List() {
			g := item.Mapping("process", "pack")
			p.Readings = append(p.Readings, Reading{text(g, "process"), text(g, "pack")})
		}
	}
	if v, ok := f.Need("scenarios"); ok {
		for _, item := range v.List() {
			p.scenarios = append(p.scenarios, item.Text())
		}
	}
	return p, doc.Err()
}

func text(f yamlfile.Mapping, key string) string {
	v, ok := f.Need(key)
	if !ok {
		return ""
	}
	return v.Text()
}

func words(f yamlfile.Mapping, key string) twin.Text {
	v, ok := f.Need(key)
	if !ok {
		return twin.Text{}
	}
	g := v.Mapping("ru", "en")
	return twin.Text{RU: text(g, "ru"), EN: text(g, "en")}
}

func seconds(f yamlfile.Mapping, key string) float64 {
	v, ok := f.Need(key)
	if !ok {
		return 0
	}
	return v.Seconds()
}

// Model returns the twin of the pack as it is.
func (p *Pack) Model() (*twin.Model, error) {
	sub, err := fs.Sub(p.files, "twin")
	if err != nil {
		return nil, err
	}
	m, err := twin.Read(sub)
	if err != nil {
		return nil, fmt.Errorf("reading the twin of pack %q: %w", p.ID, err)
	}
	return m, nil
}

// Scenarios returns the changes that the pack compares, in the order of its
// manifest, then its others by name.
func (p *Pack) Scenarios() ([]*scenario.Scenario, error) {
	names, err := fs.Glob(p.files, "scenarios/*.yaml")
	if err != nil {
		return nil, err
	}
	order := slices.Clone(p.scenarios)
	for _, n := range names {
		if id := n[len("scenarios/") : len(n)-len(".yaml")]; !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	var out []*scenario.Scenario
	for _, id := range order {
		s, err := scenario.Read(p.files, path.Join("scenarios", id+".yaml"))
		if err != nil {
			return nil, fmt.Errorf("reading the scenarios of pack %q: %w", p.ID, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Compared returns the scenarios that a page or the demo shows.
func (p *Pack) Compared() ([]*scenario.Scenario, error) {
	all, err := p.Scenarios()
	if err != nil {
		return nil, err
	}
	return all[:len(p.scenarios)], nil
}

// Describe writes what the pack holds, in the language "ru" or "en".
func (p *Pack) Describe(w io.Writer, lang string) error {
	m, err := p.Model()
	if err != nil {
		return err
	}
	all, err := p.Scenarios()
	if err != nil {
		return err
	}
	if p.Customer != (twin.Text{}) {
		fmt.Fprintf(w, "%s\n\n", p.Customer.In(lang))
	}
	for _, q := range m.Processes {
		fmt.Fprintf(w, "%s  %s\n", q.ID, q.Name.In(lang))
		for _, v := range p.Processes {
			if v.Process == q.ID {
				fmt.Fprintf(w, "    %s → %s  (%s)\n", published(v.AsIs, v.Unit).In(lang), published(v.ToBe, v.Unit).In(lang), v.Source.In(lang))
			}
		}
	}
	if len(p.Figures) > 0 {
		fmt.Fprintln(w)
	}
	for _, v := range p.Figures {
		fmt.Fprintf(w, "%s: %s  (%s)\n", v.Name.In(lang), v.Value.In(lang), v.Source.In(lang))
	}
	fmt.Fprintln(w)
	for _, s := range all {
		fmt.Fprintf(w, "%-28s %s\n", s.ID, s.Name.In(lang))
	}
	_, err = fmt.Fprintln(w)
	return err
}

// The attributes by which a log says that it comes from a pack.
const (
	packKey    = "uprava:pack"
	processKey = "uprava:process"
	seedKey    = "uprava:seed"
)

// Origin returns the pack and the process that a log was generated from; false
// for other logs.
func Origin(m *eventlog.Meta) (pack, process string, ok bool) {
	for _, a := range m.Attributes {
		switch a.Key {
		case packKey:
			pack = a.Value.Text()
		case processKey:
			process = a.Value.Text()
		}
	}
	return pack, process, slices.Contains(ids(), pack) && process != ""
}

// process returns the process of the model that a configuration means.
func (p *Pack) process(m *twin.Model, id string) (*twin.Process, error) {
	if id == "" {
		id = p.Main
	}
	known := make([]string, len(m.Processes))
	for i, q := range m.Processes {
		if q.ID == id {
			return q, nil
		}
		known[i] = q.ID
	}
	return nil, fmt.Errorf("process %q of pack %q: %w; there are %q", id, p.ID, ErrUnknown, known)
}

// length reads a length of time: of the wall clock, or in working days ("6 wd") or hours
// ("8 wh"), whose length a calendar gives.
func length(f yamlfile.Mapping, key string) (float64, measure.Unit) {
	v, ok := f.Need(key)
	if !ok {
		return 0, measure.Second
	}
	for suffix, unit := range map[string]measure.Unit{" wd": measure.WorkingDay, " wh": measure.WorkingHour} {
		if number, ok := strings.CutSuffix(v.Text(), suffix); ok {
			x, err := strconv.ParseFloat(number, 64)
			if err != nil || !(x > 0) || math.IsInf(x, 0) {
				v.Fault("found %q, wanted such as \"6 wd\"", v.Text())
			}
			return x, unit
		}
	}
	return v.Seconds(), measure.Second
}

// published writes a length of time as it was published.
func published(x float64, u measure.Unit) twin.Text {
	n := func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }
	switch {
	case u == measure.WorkingDay:
		return twin.Text{RU: n(x) + " раб. дн.", EN: n(x) + " wd"}
	case u == measure.WorkingHour:
		return twin.Text{RU: n(x) + " раб. ч", EN: n(x) + " wh"}
	case x < 86400:
		return twin.Text{RU: n(x/3600) + " ч", EN: n(x/3600) + " h"}
	}
	return twin.Text{RU: n(x/86400) + " дн.", EN: n(x/86400) + " d"}
}
