package scenario

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// ReadFile reads the scenario in a file; see Read.
func ReadFile(name string) (*Scenario, error) {
	return Read(os.DirFS(filepath.Dir(name)), filepath.Base(name))
}

// Read reads the scenario in a file of fsys. The levers of the files that it
// lists under "with" come before its own. The error joins every fault with file,
// line and column.
func Read(fsys fs.FS, name string) (*Scenario, error) { return read(fsys, name, nil) }

func read(fsys fs.FS, name string, within []string) (*Scenario, error) {
	if slices.Contains(within, name) {
		return nil, measure.Faultf("reading %q: the scenario includes itself, by way of %q", "чтение «%s»: сценарий включает сам себя через %s", name, within)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, measure.Faultf("reading %q: %w", "чтение «%s»: %s", name, err)
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	f := doc.Root().Mapping("id", "name", "reason", "with", "levers")
	s := &Scenario{}
	if v, ok := f.Need("id"); ok {
		s.ID = v.Text()
	}
	s.Name, s.Reason = words(f, "name"), words(f, "reason")
	var faults []error
	if v, ok := f.Get("with"); ok {
		for _, item := range v.List() {
			other, err := read(fsys, path.Join(path.Dir(name), item.Text()), append(within, name))
			if err != nil {
				faults = append(faults, err)
				continue
			}
			s.Levers = append(s.Levers, other.Levers...)
		}
	}
	if v, ok := f.Get("levers"); ok {
		for _, item := range v.List() {
			s.Levers = append(s.Levers, ReadLever(item))
		}
	}
	if err := errors.Join(append([]error{doc.Err()}, faults...)...); err != nil {
		return nil, err
	}
	return s, nil
}

func words(f yamlfile.Mapping, key string) twin.Text {
	v, ok := f.Get(key)
	if !ok {
		return twin.Text{}
	}
	g := v.Mapping("ru", "en")
	return twin.Text{RU: optional(g, "ru"), EN: optional(g, "en")}
}

func optional(f yamlfile.Mapping, key string) string {
	if v, ok := f.Get(key); ok {
		return v.Text()
	}
	return ""
}

// fields of each kind beside its own key, "process" and "from".
var fields = map[Kind][]string{
	Step: {"scale", "time"}, Delay: {"scale", "time"}, Remove: nil, Automate: {"time"}, Branch: {"share"}, Batch: {"days", "at"},
	Pool: {"change", "size"}, Release: {"working-days"}, Control: {"days"}, Arrivals: {"scale"},
	Surge: {"period", "scale"}, Gate: {"size"}, Parallel: {"until"}, Priority: {"change"}, Rule: {"when"}, Calendar: {"to"}, Order: {"to"}, Skill: {"to", "level"},
}

// ReadLever reads one item of a scenario: a line of text as ParseLever reads it, or
// a mapping such as {step: T06, scale: 0.5}.
func ReadLever(v yamlfile.Value) Lever {
	entries := v.EntriesOrText()
	if entries == nil {
		l, err := ParseLever(v.Text())
		if err != nil {
			v.Fault("%w", err)
		}
		return l
	}
	var l Lever
	for _, e := range entries {
		if slices.Contains(kinds, e.Key) {
			if l.Kind != "" {
				e.Fault("found a second lever in one item: %q beside %q", e.Key, l.Kind)
			}
			l.Kind, l.Target = Kind(e.Key), e.Text()
		}
	}
	if l.Kind == "" {
		v.Fault("found no lever, wanted one of the keys %q", kinds)
		return l
	}
	f := v.Mapping(append([]string{string(l.Kind), "process", "from"}, fields[l.Kind]...)...)
	l.Process = optional(f, "process")
	if from, ok := f.Get("from"); ok {
		g := from.Mapping("kind", "source", "reason")
		l.Provenance = twin.Provenance{Kind: optional(g, "kind"), Source: optional(g, "source"), Reason: words(g, "reason")}
	}
	l.amounts(f)
	return l
}

func (l *Lever) amounts(f yamlfile.Mapping) {
	if v, ok := f.Get("scale"); ok {
		if l.Scale = v.Number(); l.Scale <= 0 {
			v.Fault("found the factor %v, wanted a number above 0", l.Scale)
		}
	}
	if v, ok := f.Get("time"); ok {
		d, sample := twin.ReadDistribution(v)
		if sample != "" {
			v.Fault("found a sample in a file of its own, wanted it inline")
		}
		if err := d.Validate(); err != nil {
			v.Fault("%w", err)
		}
		l.Time = &d
	}
	switch l.Kind {
	case Step, Delay:
		if (l.Scale == 0) == (l.Time == nil) {
			f.Fault("wanted one of the keys \"scale\" and \"time\"")
		}
	case Automate:
		if l.Time == nil {
			l.Time = &twin.Distribution{Law: "fixed"}
		}
	case Arrivals, Surge:
		if l.Scale == 0 {
			f.Need("scale")
		}
		if v, ok := f.Get("period"); ok {
			var err error
			if l.Period, err = calendar.ParsePeriod(v.Text()); err != nil {
				v.Fault("%w", err)
			}
		} else if l.Kind == Surge {
			f.Need("period")
		}
	case Gate:
		if v, ok := f.Need("size"); ok {
			if l.Size = v.Integer(); l.Size < 1 {
				v.Fault("found %d cases, wanted 1 or more", l.Size)
			}
		}
	case Parallel:
		if v, ok := f.Need("until"); ok {
			l.Until = v.Text()
		}
	case Priority:
		if v, ok := f.Need("change"); ok {
			l.Change = v.Integer()
		}
	case Calendar, Order:
		if v, ok := f.Need("to"); ok {
			l.To = v.Text()
		}
	case Skill:
		l.Level = 1
		if v, ok := f.Need("to"); ok {
			l.To = v.Text()
		}
		if v, ok := f.Get("level"); ok {
			if l.Level = v.Integer(); l.Level < 1 {
				v.Fault("found the level %d, wanted 1 or more", l.Level)
			}
		}
	case Rule:
		if v, ok := f.Need("when"); ok {
			l.When = twin.ReadRule(v)
		}
	case Branch:
		if v, ok := f.Need("share"); ok {
			if l.Share = v.Number(); !(l.Share >= 0 && l.Share <= 1) {
				v.Fault("found the share %v, wanted 0 to 1", l.Share)
			}
		}
	case Batch:
		if v, ok := f.Need("days"); ok {
			for _, item := range v.List() {
				day, err := twin.ParseWeekday(item.Text())
				if err != nil {
					item.Fault("%w", err)
				}
				l.Days = append(l.Days, day)
			}
		}
		if v, ok := f.Get("at"); ok {
			at, err := twin.ParseClock(v.Text())
			if err != nil {
				v.Fault("%w", err)
			}
			l.At = at
		}
	case Pool:
		if v, ok := f.Get("change"); ok {
			l.Change = v.Integer()
		}
		if v, ok := f.Get("size"); ok {
			l.Size = v.Integer()
		}
		if (l.Change == 0) == (l.Size == 0) {
			f.Fault("wanted one of the keys \"change\" and \"size\", other than 0")
		}
	case Release:
		if v, ok := f.Get("working-days"); ok && v.Text() != "at-once" {
			x := v.Number()
			l.WorkingDays = &x
		}
	case Control:
		if v, ok := f.Need("days"); ok {
			l.ControlDays = v.Integer()
		}
	}
}
