package twin

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
)

// random returns a valid model drawn from the seed: every field of the files is
// used by some seed.
func random(seed uint64) *Model {
	rng := rand.New(rand.NewPCG(seed, 1))
	maybe := func() bool { return rng.IntN(2) == 0 }
	word := func() string {
		words := []string{"a", "Юрист 1", "null", "5", "x: y", "#", " lead", "«да»", "line\nbreak", "-", "{", "é", "12:30", "true", "\"q\"", "'"}
		return words[rng.IntN(len(words))] + fmt.Sprint(rng.IntN(1000))
	}
	text := func() Text {
		if maybe() {
			return Text{RU: word(), EN: word()}
		}
		return Text{RU: word()}
	}
	from := func() Provenance {
		if maybe() {
			return Provenance{}
		}
		return Provenance{Kind: provenanceKinds[rng.IntN(4)], Source: word(), N: rng.IntN(3), Reason: text()}
	}
	length := func() float64 {
		switch rng.IntN(3) {
		case 0:
			return float64(1+rng.IntN(100)) * 60
		case 1:
			return float64(1+rng.IntN(50)) * 3600
		}
		return math.Ldexp(rng.Float64(), rng.IntN(20))
	}
	law := func() Distribution {
		d := Distribution{}
		switch d.Law = laws[rng.IntN(len(laws))]; d.Law {
		case "fixed":
			d.Value = length()
		case "uniform", "triangular":
			d.Min = length()
			d.Mode = d.Min + length()
			d.Max = d.Mode + length()
			if d.Law == "uniform" {
				d.Mode = 0
			}
		case "empirical":
			for range 1 + rng.IntN(2*longSample) {
				d.Sample = append(d.Sample, length())
			}
			slices.Sort(d.Sample)
		default:
			d.Mean, d.SD = length(), length()
		}
		if maybe() {
			d.Scale = rng.Float64() + 0.1
		}
		return d
	}
	release := func() *Release {
		if maybe() {
			return nil
		}
		return &Release{WorkingDays: float64(rng.IntN(20)) / 2, Calendar: "c0", Provenance: from()}
	}
	m := &Model{ID: word(), Name: text(), Notice: text(), TimeZone: "Europe/Samara", Days: rng.IntN(400), WarmUpDays: rng.IntN(50)}
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		panic(err)
	}
	if maybe() {
		m.Start = time.Date(2019, 1, 1+rng.IntN(300), 0, 0, 0, 0, loc)
	}
	for i := range 1 + rng.IntN(3) {
		c := Calendar{ID: fmt.Sprint("c", i), Name: text(), Production: maybe()}
		for range rng.IntN(3) {
			begin := time.Duration(rng.Int64N(int64(23 * time.Hour)))
			c.Week = append(c.Week, Interval{time.Weekday(rng.IntN(7)), time.Weekday(rng.IntN(7)), begin, begin + time.Duration(1+rng.Int64N(int64(24*time.Hour-begin)))})
		}
		if maybe() {
			c.Off = []calendar.Period{{First: 18000, Last: 18000}, {First: 18100, Last: 18113}}
		}
		m.Calendars = append(m.Calendars, c)
	}
	for i := range 1 + rng.IntN(3) {
		u := Unit{ID: fmt.Sprint("u", i), Name: text()}
		if i > 0 {
			u.Parent = "u0"
		}
		m.Units = append(m.Units, u)
	}
	for i := range 1 + rng.IntN(3) {
		p := Pool{ID: fmt.Sprintf("p%d/%% %d", i, rng.IntN(9)), Name: text(), Unit: "u0", Calendar: "c0", Size: 1 + rng.IntN(5), Queue: []Queue{"", FIFO, EarliestDue, Shortest, MostUrgent}[rng.IntN(5)], CostPerHour: rng.Float64(), Provenance: from()}
		if maybe() {
			p.Members = []Member{{ID: word(), Efficiency: 1 + rng.Float64()}, {ID: "m" + p.ID, Calendar: "c0", Absent: []calendar.Period{{First: 18000, Last: 18010}}, Skills: map[string]int{word(): 1 + rng.IntN(3)}}}
		}
		switch rng.IntN(3) {
		case 0:
			p.AtOnce = []int{2, Unlimited}[rng.IntN(2)]
		case 1:
			p.Preempt, p.OffShift = maybe(), []OffShift{Pause, Finish, HandOn, FitOnly}[rng.IntN(4)]
		}
		m.Pools = append(m.Pools, p)
	}
	about := func() About {
		if maybe() {
			return About{Category: Categories[rng.IntN(len(Categories))]}
		}
		return About{Purpose: text(), Client: text(), Starts: text(), Ends: text()}
	}
	for i := range 1 + rng.IntN(2) {
		m.Processes = append(m.Processes, &Process{
			ID: fmt.Sprint("process ", i), Name: text(), Unit: "u0", About: about(), DeliveredBy: "task", RequestedBy: "start", LeadTime: Span{WorkingDay, "c0"},
			Labels:     map[string]Text{"task": text(), "start": text()},
			Arrivals:   Arrivals{Between: law(), Calendar: "c0", OnWallClock: maybe(), Provenance: from()},
			Tasks:      map[string]Task{"task": {Pools: []string{m.Pools[0].ID}, Time: law(), Delay: law(), ByPool: map[string]Distribution{m.Pools[0].ID: law()}, Calendar: "c0", NotBefore: release(), Provenance: from(), Batch: &Batch{Days: []time.Weekday{2, 4}, At: 10*time.Hour + 30*time.Second, Calendar: "c0", OutOfTurn: release(), Provenance: from()}}},
			Branches:   map[string]float64{"back": 0.25, "on": 0.75},
			Provenance: map[string]Provenance{"back": {Kind: "brief", Source: word()}, "stage-correlation": {Kind: "mined", N: 5}}, StageCorrelation: rng.Float64(),
			Limit: &Limit{Days: 30, Unit: CalendarDay, Rule: word(), Words: map[string]string{"registered": "start", word(): "task"}, Calendar: "c0", RollForward: maybe(), ControlDays: rng.IntN(3), Others: []OtherLimit{{Share: 0.5, Days: 45}, {Node: "task", Days: 45, Citation: text()}}, Citation: text(), Provenance: from()},
			Diagram: &bpmn.Process{ID: "P", Name: word(), Nodes: []*bpmn.Node{{ID: "start"}, {ID: "join", Kind: bpmn.ExclusiveGateway}, {ID: "task", Kind: bpmn.UserTask}, {ID: "split", Kind: bpmn.ExclusiveGateway}, {ID: "end", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "start", Target: "join"}, {ID: "f2", Source: "join", Target: "task"}, {ID: "f3", Source: "task", Target: "split"}, {ID: "back", Source: "split", Target: "join"}, {ID: "on", Source: "split", Target: "end"}}},
		})
	}
	low, high := 1.5, 9.0
	for i, f := range forms {
		if i > 0 && maybe() {
			continue
		}
		for k := range 1 + rng.IntN(2) {
			e := &Element{Kind: f.kind, ID: fmt.Sprintf("%s/%d", f.kind, k), Name: Text{RU: "и" + word(), EN: "n" + word()}, Text: text()}
			if maybe() {
				e.Figures = map[string]Figure{"as-is": {Value: 3, Unit: word(), Low: &low, High: &high, Provenance: Provenance{Kind: "law", Source: word()}}, word(): {Provenance: Provenance{Kind: "assumption"}}}
			}
			for _, key := range slices.Sorted(maps.Keys(f.properties)) {
				if values := f.properties[key]; maybe() {
					if e.Properties == nil {
						e.Properties = map[string]string{}
					}
					e.Properties[key] = word()
					if values != nil {
						e.Properties[key] = values[rng.IntN(len(values))]
					}
				}
			}
			if f.kind == Measure && e.Properties != nil {
				maps.Copy(e.Properties, map[string]string{"start": "2019-01-09", "due": "2019-01-10", "scenario": word()})
			}
			for _, r := range Relations {
				if slices.Contains(f.edges[r], UnitKind) && maybe() {
					e.Edges = append(e.Edges, Edge{r, Ref{UnitKind, "u0"}})
				}
				if slices.Contains(f.edges[r], ProcessKind) && maybe() {
					e.Edges = append(e.Edges, Edge{r, Ref{ProcessKind, "process 0"}})
				}
			}
			sortEdges(e.Edges)
			m.Elements = append(m.Elements, e)
		}
	}
	slices.SortFunc(m.Elements, func(a, b *Element) int { return compareRefs(a.Ref(), b.Ref()) })
	m.Units[0].Edges = []Edge{{Performs, Ref{ProcessKind, "process 0"}}, {Uses, Ref{System, "system/0"}}}
	m.Processes[0].Edges = []Edge{{Produces, Ref{Document, "document/0"}}}
	if !slices.ContainsFunc(m.Elements, func(e *Element) bool { return e.Kind == System }) {
		m.Units[0].Edges = m.Units[0].Edges[:1]
	}
	for _, p := range m.Processes {
		if maybe() {
			three := 3.5
			p.Attributes = []Attribute{{ID: "channel", Name: text(), Shares: map[string]float64{"portal": 0.4, "5": 0.6}}, {ID: "copies", Number: Distribution{Law: "empirical", Sample: []float64{1, 2.5, 7}}}}
			rule := Rule{{{Attribute: "channel", Is: []string{"portal"}}, {Attribute: "copies", From: &three, Not: true}}, {{Node: "task", Times: 2}}}
			p.Rules, p.Priorities, p.MostAtOnce = map[string]Rule{"back": rule}, []Priority{{When: rule, Level: 3}, {When: Rule{}, Level: 1}}, 7
			p.Decay = map[string]float64{"on": 0.5}
			p.Arrivals.Surges = []Surge{{calendar.Period{First: 18000, Last: 18010}, 1.5}}
			p.Arrivals.Hours[30], p.Arrivals.Month[4] = 2.5, 1
		}
		if maybe() {
			room := rng.IntN(3)
			task := p.Tasks["task"]
			task.Skill, task.Level, task.Priority, task.SetUp, task.Patience, task.Room = word(), 2, 4, law(), law(), &room
			task.DelayCalendar = "c0"
			if maybe() {
				task.Calendar, task.DelayCalendar = "", ""
				task.Delay, task.AtLeast = Distribution{Law: "fixed", Value: 7200}, &Minimum{Seconds: 3600, Citation: text()}
			}
			task.Suspends, task.Cost, task.Batch = maybe(), 12.5, &Batch{Size: 4, Wait: length(), Together: maybe(), Factor: 0.25}
			p.Tasks["task"] = task
			p.Diagram.Node("task").Loop = &bpmn.Loop{Form: bpmn.ParallelInstances}
			task.Repeat = &Repeat{Instances: map[int]float64{1: 0.5, 12: 0.5}, Enough: 2}
			if maybe() {
				p.Diagram.Node("task").Loop.Form = bpmn.StandardLoop
				task.Repeat = &Repeat{Again: 0.5, Decay: 0.25, Most: 9}
			}
			p.Tasks["task"] = task
		}
	}
	return m
}

// roundTrip checks that writing and reading is the identity on models and bytes.
func roundTrip(t *testing.T, m *Model) {
	t.Helper()
	require.NoError(t, m.Validate())
	files, err := Files(m)
	require.NoError(t, err)
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	back, err := Read(fsys)
	require.NoError(t, err)
	require.NoError(t, back.Validate())
	again, err := Files(back)
	require.NoError(t, err)
	require.Equal(t, files, again)
	back.places = nil
	require.Equal(t, m, back)
}

func TestRoundTrip(t *testing.T) {
	n := uint64(10_000)
	if testing.Short() {
		n = 200
	}
	for seed := range n {
		roundTrip(t, random(seed))
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { roundTrip(t, random(seed)) })
}

func FuzzRead(f *testing.F) {
	files, err := Files(random(3))
	require.NoError(f, err)
	for _, name := range []string{"twin.yaml", "processes/process%200/process.yaml", "calendars/c0.yaml"} {
		f.Add(name, files[name])
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		fsys := fstest.MapFS{}
		for n, d := range files {
			fsys[n] = &fstest.MapFile{Data: d}
		}
		if _, known := fsys[name]; !known {
			name = "processes/process%200/process.yaml"
		}
		fsys[name] = &fstest.MapFile{Data: data}
		if m, err := Read(fsys); err == nil {
			_ = m.Validate()
		}
	})
}

func TestWriteKeepsTheFolder(t *testing.T) {
	dir := t.TempDir()
	m := random(7)
	require.NoError(t, Write(dir, m))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("mine"), 0o644))
	m.Pools = append(m.Pools, Pool{ID: "extra", Size: 1})
	require.NoError(t, Write(dir, m))
	require.FileExists(t, filepath.Join(dir, "pools", "extra.yaml"))
	m.Pools = m.Pools[:len(m.Pools)-1]
	require.NoError(t, Write(dir, m))
	require.NoFileExists(t, filepath.Join(dir, "pools", "extra.yaml"))
	require.FileExists(t, filepath.Join(dir, "README.md"))
	back, err := Read(os.DirFS(dir))
	require.NoError(t, err)
	back.places = nil
	require.Equal(t, m, back)

	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o644))
	require.ErrorContains(t, Write(other, m), "holds something else")
}

func TestEveryFaultIsNamedWithItsPlace(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Write(dir, random(5)))
	pool, err := filepath.Glob(filepath.Join(dir, "pools", "*.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(pool[0], []byte("id: p\nsise: 2\ncalendar: c9\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calendars", "c0.yaml"), []byte("id: c0\nweek: [Mon-Fri 9-18]\n"), 0o644))
	_, err = Read(os.DirFS(dir))
	require.ErrorContains(t, err, `column 1: found the key "sise", wanted perhaps "size"`)
	require.ErrorContains(t, err, `reading "calendars/c0.yaml": line 2, column 8: "week" 1: found "Mon-Fri 9-18", wanted days and hours such as "Mon-Thu 09:00-18:00"`)

	require.NoError(t, os.WriteFile(pool[0], []byte("id: p\nsize: 0\ncalendar: c9\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "calendars", "c0.yaml"), []byte("id: c0\nweek: [Mon-Fri 18:00-09:00]\n"), 0o644))
	m, err := Read(os.DirFS(dir))
	require.NoError(t, err)
	m.Processes[0].Branches["back"], m.Processes[0].Rules = 0.5, nil
	err = m.Validate()
	name := filepath.Base(pool[0])
	for _, want := range []string{
		"pools/" + name + `:2:7: pool "p": found 0 people, wanted at least one`,
		"pools/" + name + `:3:11: pool "p": found the calendar "c9", wanted perhaps "c0"`,
		`calendars/c0.yaml:2:7: calendar "c0": interval "Mon-Fri 18:00-09:00" ends before it begins`,
		`gateway "split": its shares sum to 1.25, wanted 1`,
		`found the pool "p0/`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.GreaterOrEqual(t, strings.Count(err.Error(), "\n"), 4)
}

func TestEmptyFolder(t *testing.T) {
	_, err := Read(fstest.MapFS{})
	require.ErrorContains(t, err, `reading "twin.yaml": file does not exist`)
	require.Error(t, (&Model{}).Validate())
}

func TestCloneSharesNothing(t *testing.T) {
	for seed := range uint64(40) {
		m := random(seed)
		before, err := Files(m)
		require.NoError(t, err)
		spoil(reflect.ValueOf(m.Clone()))
		after, err := Files(m)
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
}

// spoil changes whatever is reached through pointers, slices and maps.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*time.Location]() {
			spoil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
				spoil(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			item := reflect.New(v.Type().Elem()).Elem()
			item.Set(v.MapIndex(key))
			spoil(item)
			v.SetMapIndex(key, item)
		}
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	}
}

func TestClock(t *testing.T) {
	for _, s := range []string{"09:00", "00:00", "24:00", "23:59:59.999999", "08:30:15"} {
		d, err := ParseClock(s)
		require.NoError(t, err)
		require.Equal(t, s, FormatClock(d))
	}
	for _, s := range []string{"", "9", "24:01", "12:60", "12:00:60", "-1:00", "12:00:00.", "aa:bb"} {
		if _, err := ParseClock(s); s != "12:00:00." {
			require.Error(t, err, s)
		}
	}
}
