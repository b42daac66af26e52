package twin

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Read reads a twin from its folder:
//
//	twin.yaml                      identity, notice, time zone, period
//	calendars/*.yaml               one calendar a file
//	posts/*.yaml  goals/*.yaml …   one element a file, by kind (Kinds)
//	units/*.yaml  pools/*.yaml     one unit, one pool a file
//	processes/*/process.yaml       parameters, with model.bpmn beside it
//	processes/*/samples/*.csv      long empirical samples, seconds a line
//
// Lists come out in the order of their identifiers. The error joins every fault
// of every file, each with file, line and column (yamlfile.FaultError); what a
// diagram holds beyond what Uprava simulates is in Warnings. Read checks the
// form of the files, Validate what they say.
func Read(fsys fs.FS) (*Model, error) {
	r := &reader{fsys: fsys, m: &Model{places: map[string]Place{}}}
	r.twinFile()
	for _, name := range r.files("calendars") {
		r.file(name, r.calendar)
	}
	for _, name := range r.files("units") {
		r.file(name, r.unit)
	}
	for _, name := range r.files("pools") {
		r.file(name, r.pool)
	}
	for i := range forms {
		for _, name := range r.files(forms[i].folder) {
			r.file(name, func(v yamlfile.Value) { r.element(v, &forms[i]) })
		}
	}
	folders, err := fs.ReadDir(fsys, "processes")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.fault(fmt.Errorf("reading %q: %w", "processes", err))
	}
	for _, d := range folders {
		if d.IsDir() {
			r.folder = path.Join("processes", d.Name())
			r.file(path.Join(r.folder, "process.yaml"), r.process)
		}
	}
	m := r.m
	slices.SortStableFunc(m.Calendars, func(a, b Calendar) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Units, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Pools, func(a, b Pool) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Processes, func(a, b *Process) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(m.Elements, func(a, b *Element) int { return compareRefs(a.Ref(), b.Ref()) })
	if err := errors.Join(r.faults...); err != nil {
		return nil, err
	}
	return m, nil
}

type reader struct {
	fsys   fs.FS
	m      *Model
	folder string // of the process being read
	name   string // of the file being read
	faults []error
}

func (r *reader) fault(err error) { r.faults = append(r.faults, err) }

func (r *reader) files(folder string) []string {
	entries, err := fs.ReadDir(r.fsys, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.fault(fmt.Errorf("reading %q: %w", folder, err))
	}
	var names []string
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			names = append(names, path.Join(folder, e.Name()))
		}
	}
	return names
}

// file parses one file and hands its root to read.
func (r *reader) file(name string, read func(yamlfile.Value)) {
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		r.fault(fmt.Errorf("reading %q: %w", name, unwrapPath(err)))
		return
	}
	doc, err := yamlfile.Parse(name, data)
	if err != nil {
		r.fault(err)
		return
	}
	r.name = name
	read(doc.Root())
	if err := doc.Err(); err != nil {
		r.fault(err)
	}
}

// unwrapPath drops the operation and path that a fault of the file system repeats.
func unwrapPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// at remembers where a part stands.
func (r *reader) at(v yamlfile.Value, names ...string) {
	line, column := v.Place()
	r.m.places[pathOf(names...)] = Place{r.name, line, column}
}

func (r *reader) twinFile() {
	r.file("twin.yaml", func(root yamlfile.Value) {
		r.at(root, "twin")
		f := root.Mapping("id", "name", "notice", "time-zone", "start", "days", "warm-up-days")
		m := r.m
		m.ID = needText(f, "id")
		m.Name, m.Notice = words(f, "name"), words(f, "notice")
		m.TimeZone = optText(f, "time-zone")
		if v, ok := f.Get("start"); ok {
			day, err := time.Parse(time.DateOnly, v.Text())
			if err != nil {
				v.Fault("found %q, wanted a day such as \"2019-01-01\"", v.Text())
			}
			m.Start = day
			if loc, err := time.LoadLocation(m.TimeZone); err == nil {
				m.Start = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, loc)
			}
		}
		m.Days, m.WarmUpDays = optInt(f, "days"), optInt(f, "warm-up-days")
		for _, key := range []string{"time-zone", "start", "days", "warm-up-days"} {
			if v, ok := f.Get(key); ok {
				r.at(v, "twin", key)
			}
		}
	})
}

func (r *reader) calendar(root yamlfile.Value) {
	f := root.Mapping("id", "name", "week", "production", "off")
	c := Calendar{ID: needText(f, "id"), Name: words(f, "name"), Production: optBool(f, "production")}
	r.at(root, "calendar", c.ID)
	if v, ok := f.Get("week"); ok {
		for _, item := range v.List() {
			iv, err := ParseInterval(item.Text())
			if err != nil {
				item.Fault("%w", err)
			}
			c.Week = append(c.Week, iv)
		}
		r.at(v, "calendar", c.ID, "week")
	}
	c.Off = periods(f, "off")
	if v, ok := f.Get("off"); ok {
		r.at(v, "calendar", c.ID, "off")
	}
	r.m.Calendars = append(r.m.Calendars, c)
}

func (r *reader) unit(root yamlfile.Value) {
	f := root.Mapping(append([]string{"id", "name", "parent"}, relationKeys()...)...)
	u := Unit{ID: needText(f, "id"), Name: words(f, "name"), Parent: optText(f, "parent"), Edges: edges(f)}
	r.at(root, "unit", u.ID)
	if v, ok := f.Get("parent"); ok {
		r.at(v, "unit", u.ID, "parent")
	}
	r.m.Units = append(r.m.Units, u)
}

func (r *reader) pool(root yamlfile.Value) {
	f := root.Mapping("id", "name", "unit", "calendar", "size", "members", "queue", "preempt", "at-once", "off-shift", "cost-per-hour", "from")
	p := Pool{
		ID: needText(f, "id"), Name: words(f, "name"), Unit: optText(f, "unit"), Calendar: optText(f, "calendar"),
		Size: optInt(f, "size"), Preempt: optBool(f, "preempt"), CostPerHour: optNumber(f, "cost-per-hour"), Provenance: provenance(f),
	}
	r.at(root, "pool", p.ID)
	for _, key := range []string{"unit", "calendar", "size", "members", "queue", "at-once", "off-shift", "cost-per-hour"} {
		if v, ok := f.Get(key); ok {
			r.at(v, "pool", p.ID, key)
		}
	}
	if v, ok := f.Get("queue"); ok {
		p.Queue = Queue(v.OneOf(queues...))
	}
	if v, ok := f.Get("off-shift"); ok {
		p.OffShift = OffShift(v.OneOf(offShifts...))
	}
	if v, ok := f.Get("at-once"); ok {
		if p.AtOnce = Unlimited; v.Text() != unlimited {
			p.AtOnce = v.Integer()
		}
	}
	if v, ok := f.Get("members"); ok {
		for _, item := range v.List() {
			p.Members = append(p.Members, member(item))
		}
	}
	r.m.Pools = append(r.m.Pools, p)
}

func member(v yamlfile.Value) Member {
	f := v.Mapping("id", "calendar", "absent", "efficiency", "skills")
	m := Member{ID: needText(f, "id"), Calendar: optText(f, "calendar"), Absent: periods(f, "absent"), Efficiency: optNumber(f, "efficiency")}
	if v, ok := f.Get("skills"); ok {
		m.Skills = map[string]int{}
		for _, e := range v.Entries() {
			m.Skills[e.Key] = e.Integer()
		}
	}
	return m
}

// unlimited is how a file writes Unlimited.
const unlimited = "any"

var (
	queues    = []string{string(FIFO), string(EarliestDue), string(Shortest), string(MostUrgent)}
	offShifts = []string{string(Pause), string(Finish), string(HandOn), string(FitOnly)}
)

// periods reads a list of dates and stretches such as "2024-07-01..2024-07-14".
func periods(f yamlfile.Mapping, key string) []calendar.Period {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	var list []calendar.Period
	for _, item := range v.List() {
		p, err := calendar.ParsePeriod(item.Text())
		if err != nil {
			item.Fault("%w", err)
		}
		list = append(list, p)
	}
	return list
}

// diagram reads the BPMN model beside a process file.
func (r *reader) diagram(p *Process) {
	name := path.Join(r.folder, "model.bpmn")
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		r.fault(fmt.Errorf("reading %q: %w", name, unwrapPath(err)))
		return
	}
	d, unsupported, err := bpmn.Read(bytes.NewReader(data))
	if err != nil {
		r.fault(fmt.Errorf("reading %q: %w", name, err))
		return
	}
	for _, u := range unsupported {
		r.m.Warnings = append(r.m.Warnings, fmt.Errorf("reading %q: %v is not simulated", name, u))
	}
	if len(d.Processes) != 1 {
		r.fault(fmt.Errorf("reading %q: found %d processes, wanted one", name, len(d.Processes)))
		return
	}
	p.Diagram, p.Layout, p.Collaboration, p.Causes = d.Processes[0], d.Diagram, d.Collaboration, d.Causes
	r.m.places[pathOf("process", p.ID, "diagram")] = Place{File: name}
}

// words reads a name in both languages; plain text means both.
func words(f yamlfile.Mapping, key string) Text {
	v, ok := f.Get(key)
	if !ok {
		return Text{}
	}
	return wordsOf(v)
}

func wordsOf(v yamlfile.Value) Text {
	g := v.Mapping("ru", "en")
	return Text{RU: optText(g, "ru"), EN: optText(g, "en")}
}

func provenance(f yamlfile.Mapping) Provenance {
	v, ok := f.Get("from")
	if !ok {
		return Provenance{}
	}
	g := v.Mapping("kind", "source", "n", "reason")
	p := Provenance{Source: optText(g, "source"), N: optInt(g, "n"), Reason: words(g, "reason")}
	if k, ok := g.Need("kind"); ok {
		p.Kind = k.OneOf(provenanceKinds...)
	}
	return p
}

func needText(f yamlfile.Mapping, key string) string {
	v, ok := f.Need(key)
	if !ok {
		return ""
	}
	return v.Text()
}

func optText(f yamlfile.Mapping, key string) string {
	if v, ok := f.Get(key); ok {
		return v.Text()
	}
	return ""
}

func optInt(f yamlfile.Mapping, key string) int {
	if v, ok := f.Get(key); ok {
		return v.Integer()
	}
	return 0
}

func optNumber(f yamlfile.Mapping, key string) float64 {
	if v, ok := f.Get(key); ok {
		return v.Number()
	}
	return 0
}

func optBool(f yamlfile.Mapping, key string) bool {
	if v, ok := f.Get(key); ok {
		return v.Bool()
	}
	return false
}

func optSeconds(f yamlfile.Mapping, key string) float64 {
	if v, ok := f.Get(key); ok {
		return v.Seconds()
	}
	return 0
}

func optTexts(f yamlfile.Mapping, key string) []string {
	v, ok := f.Get(key)
	if !ok {
		return nil
	}
	var list []string
	for _, item := range v.List() {
		list = append(list, item.Text())
	}
	return list
}

// ParseWeekday returns the day of the week with the given three-letter English
// name, in any case.
func ParseWeekday(s string) (time.Weekday, error) {
	for i, d := range weekdays {
		if strings.EqualFold(d, s) {
			return time.Weekday(i), nil
		}
	}
	return 0, measure.Faultf("found %q, wanted %s", "указано «%s»; %s", s, yamlfile.Wanted(s, weekdays))
}
