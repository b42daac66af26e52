package twin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Write writes the twin into a folder in the one way that Read describes: the
// same model gives the same bytes. Files of parts that the model no longer has
// are removed; other files of the folder are left alone. A folder that holds
// something but no twin.yaml is refused.
func Write(dir string, m *Model) error {
	files, err := Files(m)
	if err != nil {
		return fmt.Errorf("writing the twin %q: %w", m.ID, err)
	}
	if err := WriteFiles(dir, files); err != nil {
		return fmt.Errorf("writing the twin %q: %w", m.ID, err)
	}
	return nil
}

// WriteFiles writes what Files returned, as Write does.
func WriteFiles(dir string, files map[string][]byte) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, "twin.yaml")); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the folder %q holds something else, and no twin.yaml", dir)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if old, err := os.ReadFile(target); err == nil && bytes.Equal(old, files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, files[name], 0o644); err != nil {
			return err
		}
	}
	return removeStale(dir, files)
}

// removeStale removes the files of a twin that are not among files.
func removeStale(dir string, files map[string][]byte) error {
	patterns := []string{"calendars/*.yaml", "units/*.yaml", "pools/*.yaml", "processes/*/process.yaml", "processes/*/model.bpmn", "processes/*/samples/*.csv"}
	for _, f := range forms {
		patterns = append(patterns, f.folder+"/*.yaml")
	}
	for _, pattern := range patterns {
		names, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return fmt.Errorf("listing the twin in %q: %w", dir, err)
		}
		for _, name := range names {
			if _, kept := files[name]; !kept {
				if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					return fmt.Errorf("removing what the twin no longer has: %w", err)
				}
			}
		}
	}
	return nil
}

// Files returns the files of a twin by name, as Write writes them.
func Files(m *Model) (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name string, content yamlfile.Map) error {
		if _, twice := files[name]; twice {
			return fmt.Errorf("two parts would be written to %q", name)
		}
		files[name] = yamlfile.Marshal(content)
		return nil
	}
	var faults []error
	fault := func(err error) {
		if err != nil {
			faults = append(faults, err)
		}
	}
	fault(add("twin.yaml", twinMap(m)))
	for _, c := range m.Calendars {
		fault(add("calendars/"+fileName(c.ID)+".yaml", calendarMap(c)))
	}
	for _, u := range m.Units {
		fault(add("units/"+fileName(u.ID)+".yaml", append(yamlfile.Map{{Key: "id", Value: u.ID}, {Key: "name", Value: textMap(u.Name)}, {Key: "parent", Value: text(u.Parent)}}, edgeItems(u.Edges)...)))
	}
	for _, p := range m.Pools {
		fault(add("pools/"+fileName(p.ID)+".yaml", poolMap(p)))
	}
	for _, e := range m.Elements {
		f := formOf(e.Kind)
		if f == nil {
			fault(fmt.Errorf("%q of the kind %q has no file", e.ID, e.Kind))
			continue
		}
		fault(add(f.folder+"/"+fileName(e.ID)+".yaml", elementMap(e)))
	}
	for _, p := range m.Processes {
		folder := "processes/" + fileName(p.ID) + "/"
		w := &processWriter{files: files, folder: folder}
		fault(add(folder+"process.yaml", w.process(p)))
		if p.Diagram == nil {
			fault(fmt.Errorf("process %q has no diagram", p.ID))
			continue
		}
		var b bytes.Buffer
		d := &bpmn.Definitions{ID: "definitions", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{p.Diagram},
			Collaboration: p.Collaboration, Causes: p.Causes, Diagram: p.Layout}
		fault(bpmn.Write(&b, d))
		files[folder+"model.bpmn"] = b.Bytes()
	}
	return files, errors.Join(faults...)
}

// fileName returns a name that any file system takes, different for different
// identifiers: what is not a letter, digit, "-", "_" or "." is written as %XX.
func fileName(id string) string {
	var b strings.Builder
	for i, r := range id {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '.' && i > 0 {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func twinMap(m *Model) yamlfile.Map {
	out := yamlfile.Map{
		{Key: "id", Value: m.ID}, {Key: "name", Value: textMap(m.Name)}, {Key: "notice", Value: textMap(m.Notice)},
		{Key: "time-zone", Value: text(m.TimeZone)},
	}
	if !m.Start.IsZero() {
		out = append(out, yamlfile.Item{Key: "start", Value: m.Start.Format(time.DateOnly)})
	}
	return append(out, yamlfile.Item{Key: "days", Value: whole(m.Days)}, yamlfile.Item{Key: "warm-up-days", Value: whole(m.WarmUpDays)})
}

func calendarMap(c Calendar) yamlfile.Map {
	out := yamlfile.Map{{Key: "id", Value: c.ID}, {Key: "name", Value: textMap(c.Name)}}
	if len(c.Week) > 0 {
		var week yamlfile.List
		for _, iv := range c.Week {
			week = append(week, FormatInterval(iv))
		}
		out = append(out, yamlfile.Item{Key: "week", Value: week})
	}
	return append(out, yamlfile.Item{Key: "production", Value: truth(c.Production)}, yamlfile.Item{Key: "off", Value: periodList(c.Off)})
}

func periodList(periods []calendar.Period) any {
	if len(periods) == 0 {
		return nil
	}
	var list yamlfile.List
	for _, p := range periods {
		list = append(list, p.String())
	}
	return list
}

func poolMap(p Pool) yamlfile.Map {
	out := yamlfile.Map{
		{Key: "id", Value: p.ID}, {Key: "name", Value: textMap(p.Name)}, {Key: "unit", Value: text(p.Unit)},
		{Key: "calendar", Value: text(p.Calendar)}, {Key: "size", Value: whole(p.Size)},
	}
	if len(p.Members) > 0 {
		var members yamlfile.List
		for _, m := range p.Members {
			row := yamlfile.Inline{{Key: "id", Value: m.ID}, {Key: "calendar", Value: text(m.Calendar)}, {Key: "efficiency", Value: number(m.Efficiency)}}
			if len(m.Absent) == 0 && len(m.Skills) == 0 {
				members = append(members, row)
				continue
			}
			var skills yamlfile.Map
			for _, skill := range slices.Sorted(maps.Keys(m.Skills)) {
				skills = append(skills, yamlfile.Item{Key: skill, Value: m.Skills[skill]})
			}
			members = append(members, append(yamlfile.Map(row), yamlfile.Item{Key: "absent", Value: periodList(m.Absent)}, yamlfile.Item{Key: "skills", Value: orNothing(skills)}))
		}
		out = append(out, yamlfile.Item{Key: "members", Value: members})
	}
	atOnce := whole(p.AtOnce)
	if p.AtOnce == Unlimited {
		atOnce = unlimited
	}
	return append(out, yamlfile.Item{Key: "queue", Value: text(string(p.Queue))}, yamlfile.Item{Key: "preempt", Value: truth(p.Preempt)},
		yamlfile.Item{Key: "at-once", Value: atOnce}, yamlfile.Item{Key: "off-shift", Value: text(string(p.OffShift))}, yamlfile.Item{Key: "cost-per-hour", Value: number(p.CostPerHour)}, from(p.Provenance))
}

// processWriter writes one process; long samples become files of their own.
type processWriter struct {
	files  map[string][]byte
	folder string
}

func spanMap(s Span) any {
	if s == (Span{}) {
		return nil
	}
	return yamlfile.Map{{Key: "unit", Value: s.Unit}, {Key: "calendar", Value: text(s.Calendar)}}
}

func (w *processWriter) process(p *Process) yamlfile.Map {
	out := yamlfile.Map{
		{Key: "id", Value: p.ID}, {Key: "name", Value: textMap(p.Name)}, {Key: "unit", Value: text(p.Unit)},
		{Key: "category", Value: text(string(p.About.Category))}, {Key: "purpose", Value: textMap(p.About.Purpose)}, {Key: "client", Value: textMap(p.About.Client)},
		{Key: "starts-with", Value: textMap(p.About.Starts)}, {Key: "ends-with", Value: textMap(p.About.Ends)},
		{Key: "requested-by", Value: text(p.RequestedBy)}, {Key: "delivered-by", Value: text(p.DeliveredBy)},
		{Key: "lead-time", Value: spanMap(p.LeadTime)}, {Key: "arrivals", Value: w.arrivals(p.Arrivals)}, {Key: "limit", Value: limitMap(p.Limit)},
	}
	out = append(out, edgeItems(p.Edges)...)
	if p.StageCorrelation != 0 {
		out = append(out, yamlfile.Item{Key: "stage-correlation", Value: yamlfile.Map{{Key: "value", Value: p.StageCorrelation}, from(p.Provenance["stage-correlation"])}})
	}
	var tasks, labels, branches yamlfile.Map
	for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
		tasks = append(tasks, yamlfile.Item{Key: id, Value: w.task(id, p.Tasks[id], p.Labels[id])})
	}
	for _, id := range slices.Sorted(maps.Keys(p.Labels)) {
		if _, task := p.Tasks[id]; !task {
			labels = append(labels, yamlfile.Item{Key: id, Value: textMap(p.Labels[id])})
		}
	}
	flows := map[string]bool{}
	for id := range p.Branches {
		flows[id] = true
	}
	for id := range p.Rules {
		flows[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(flows)) {
		branches = append(branches, yamlfile.Item{Key: id, Value: branchMap(p, id)})
	}
	for _, part := range []struct {
		key string
		m   yamlfile.Map
	}{{"tasks", tasks}, {"labels", labels}, {"branches", branches}} {
		if len(part.m) > 0 {
			out = append(out, yamlfile.Item{Key: part.key, Value: part.m})
		}
	}
	var attributes, priorities yamlfile.List
	for _, a := range p.Attributes {
		var shares yamlfile.Map
		for _, value := range slices.Sorted(maps.Keys(a.Shares)) {
			shares = append(shares, yamlfile.Item{Key: value, Value: a.Shares[value]})
		}
		attributes = append(attributes, yamlfile.Map{{Key: "id", Value: a.ID}, {Key: "name", Value: textMap(a.Name)}, {Key: "shares", Value: orNothing(shares)}, {Key: "number", Value: plainLaw(a.Number)}})
	}
	for _, x := range p.Priorities {
		priorities = append(priorities, yamlfile.Map{{Key: "when", Value: ruleList(x.When)}, {Key: "level", Value: x.Level}})
	}
	if len(attributes) > 0 {
		out = append(out, yamlfile.Item{Key: "attributes", Value: attributes})
	}
	if len(priorities) > 0 {
		out = append(out, yamlfile.Item{Key: "priorities", Value: priorities})
	}
	return append(out, yamlfile.Item{Key: "most-at-once", Value: whole(p.MostAtOnce)})
}

// WriteRule returns a rule as ReadRule reads it, nil for none.
func WriteRule(r Rule) any { return ruleList(r) }

func branchMap(p *Process, id string) any {
	var row yamlfile.Inline
	if share, ok := p.Branches[id]; ok {
		row = append(row, yamlfile.Item{Key: "share", Value: share})
	}
	row = append(row, yamlfile.Item{Key: "decay", Value: number(p.Decay[id])})
	rest := yamlfile.Map{{Key: "when", Value: ruleList(p.Rules[id])}, from(p.Provenance[id])}
	if orNothing(rest) == nil {
		return row
	}
	return append(yamlfile.Map(row), rest...)
}

func ruleList(r Rule) any {
	if r == nil {
		return nil
	}
	lines := yamlfile.List{}
	for _, line := range r {
		conditions := yamlfile.List{}
		for _, c := range line {
			row := yamlfile.Inline{{Key: "attribute", Value: text(c.Attribute)}}
			if len(c.Is) > 0 {
				var is yamlfile.List
				for _, value := range c.Is {
					is = append(is, value)
				}
				row = append(row, yamlfile.Item{Key: "is", Value: is})
			}
			if c.From != nil {
				row = append(row, yamlfile.Item{Key: "from", Value: *c.From})
			}
			if c.Below != nil {
				row = append(row, yamlfile.Item{Key: "below", Value: *c.Below})
			}
			conditions = append(conditions, append(row, yamlfile.Item{Key: "node", Value: text(c.Node)}, yamlfile.Item{Key: "times", Value: whole(c.Times)}, yamlfile.Item{Key: "not", Value: truth(c.Not)}))
		}
		lines = append(lines, conditions)
	}
	return lines
}

// plainLaw is a law of plain numbers, nil for none.
func plainLaw(d Distribution) any {
	if d.Law == "" {
		return nil
	}
	out := yamlfile.Inline{
		{Key: "law", Value: d.Law}, {Key: "value", Value: number(d.Value)}, {Key: "mean", Value: number(d.Mean)}, {Key: "sd", Value: number(d.SD)},
		{Key: "min", Value: number(d.Min)}, {Key: "mode", Value: number(d.Mode)}, {Key: "max", Value: number(d.Max)},
	}
	if len(d.Sample) > 0 {
		var sample yamlfile.List
		for _, x := range d.Sample {
			sample = append(sample, x)
		}
		out = append(out, yamlfile.Item{Key: "sample", Value: sample})
	}
	return append(out, yamlfile.Item{Key: "scale", Value: number(d.Scale)})
}

func (w *processWriter) arrivals(a Arrivals) any {
	out := yamlfile.Map{{Key: "between", Value: w.distribution("arrivals", a.Between)}, {Key: "calendar", Value: text(a.Calendar)}, {Key: "on-wall-clock", Value: truth(a.OnWallClock)}}
	if a.Month != [12]float64{} {
		var months yamlfile.List
		for _, x := range a.Month {
			months = append(months, x)
		}
		out = append(out, yamlfile.Item{Key: "months", Value: months})
	}
	var hours yamlfile.Map
	for day := range 7 {
		if [24]float64(a.Hours[24*day:]) == [24]float64{} {
			continue
		}
		var weights yamlfile.List
		for _, x := range a.Hours[24*day:][:24] {
			weights = append(weights, x)
		}
		hours = append(hours, yamlfile.Item{Key: weekdays[day], Value: weights})
	}
	var surges yamlfile.List
	for _, s := range a.Surges {
		surges = append(surges, yamlfile.Inline{{Key: "period", Value: s.Period.String()}, {Key: "factor", Value: s.Factor}})
	}
	if len(hours) > 0 {
		out = append(out, yamlfile.Item{Key: "hours", Value: hours})
	}
	if len(surges) > 0 {
		out = append(out, yamlfile.Item{Key: "surges", Value: surges})
	}
	out = append(out, yamlfile.Item{Key: "moments", Value: batchMap(a.Moments)})
	return orNothing(append(out, from(a.Provenance)))
}

func limitMap(l *Limit) any {
	if l == nil {
		return nil
	}
	out := yamlfile.Map{
		{Key: "days", Value: l.Days}, {Key: "unit", Value: text(l.Unit)}, {Key: "calendar", Value: text(l.Calendar)},
		{Key: "roll-forward", Value: truth(l.RollForward)}, {Key: "control-days", Value: whole(l.ControlDays)},
	}
	var words yamlfile.Map
	for _, word := range slices.Sorted(maps.Keys(l.Words)) {
		words = append(words, yamlfile.Item{Key: word, Value: l.Words[word]})
	}
	out = append(out, yamlfile.Item{Key: "rule", Value: text(l.Rule)}, yamlfile.Item{Key: "words", Value: orNothing(words)})
	if len(l.Others) > 0 {
		var others yamlfile.List
		for _, o := range l.Others {
			others = append(others, yamlfile.Map{{Key: "days", Value: o.Days}, {Key: "share", Value: number(o.Share)}, {Key: "node", Value: text(o.Node)}, {Key: "citation", Value: textMap(o.Citation)}})
		}
		out = append(out, yamlfile.Item{Key: "others", Value: others})
	}
	return append(out, yamlfile.Item{Key: "citation", Value: textMap(l.Citation)}, from(l.Provenance))
}

func (w *processWriter) task(id string, t Task, name Text) yamlfile.Map {
	out := yamlfile.Map{{Key: "name", Value: textMap(name)}}
	if len(t.Pools) > 0 {
		var pools yamlfile.List
		for _, p := range t.Pools {
			pools = append(pools, p)
		}
		out = append(out, yamlfile.Item{Key: "pools", Value: pools})
	}
	out = append(out, yamlfile.Item{Key: "time", Value: w.distribution(id, t.Time)}, yamlfile.Item{Key: "delay", Value: w.distribution(id+"@delay", t.Delay)}, yamlfile.Item{Key: "delay-calendar", Value: text(t.DelayCalendar)}, yamlfile.Item{Key: "calendar", Value: text(t.Calendar)})
	if len(t.ByPool) > 0 {
		var byPool yamlfile.Map
		for _, pool := range slices.Sorted(maps.Keys(t.ByPool)) {
			byPool = append(byPool, yamlfile.Item{Key: pool, Value: w.distribution(id+"@pool-"+pool, t.ByPool[pool])})
		}
		out = append(out, yamlfile.Item{Key: "by-pool", Value: byPool})
	}
	out = append(out, yamlfile.Item{Key: "batch", Value: batchMap(t.Batch)}, yamlfile.Item{Key: "not-before", Value: releaseMap(t.NotBefore)},
		yamlfile.Item{Key: "skill", Value: text(t.Skill)}, yamlfile.Item{Key: "level", Value: whole(t.Level)}, yamlfile.Item{Key: "priority", Value: whole(t.Priority)},
		yamlfile.Item{Key: "set-up", Value: w.distribution(id+"@set-up", t.SetUp)}, yamlfile.Item{Key: "patience", Value: w.distribution(id+"@patience", t.Patience)})
	if t.Room != nil {
		out = append(out, yamlfile.Item{Key: "room", Value: *t.Room})
	}
	if t.AtLeast != nil {
		out = append(out, yamlfile.Item{Key: "at-least", Value: yamlfile.Map{{Key: "time", Value: yamlfile.Seconds(t.AtLeast.Seconds)}, {Key: "citation", Value: textMap(t.AtLeast.Citation)}}})
	}
	return append(out, yamlfile.Item{Key: "suspends", Value: truth(t.Suspends)}, yamlfile.Item{Key: "cost", Value: number(t.Cost)},
		yamlfile.Item{Key: "repeat", Value: repeatMap(t.Repeat)}, from(t.Provenance))
}

func batchMap(b *Batch) any {
	if b == nil {
		return nil
	}
	var out yamlfile.Map
	if len(b.Days) > 0 {
		var days yamlfile.List
		for _, d := range b.Days {
			days = append(days, Day(d))
		}
		out = yamlfile.Map{{Key: "days", Value: days}, {Key: "at", Value: FormatClock(b.At)}}
	}
	return append(out, yamlfile.Item{Key: "calendar", Value: text(b.Calendar)}, yamlfile.Item{Key: "size", Value: whole(b.Size)}, yamlfile.Item{Key: "wait", Value: seconds(b.Wait)},
		yamlfile.Item{Key: "together", Value: truth(b.Together)}, yamlfile.Item{Key: "factor", Value: number(b.Factor)}, yamlfile.Item{Key: "out-of-turn", Value: releaseMap(b.OutOfTurn)}, from(b.Provenance))
}

func repeatMap(r *Repeat) any {
	if r == nil {
		return nil
	}
	var instances yamlfile.Map
	for _, n := range slices.Sorted(maps.Keys(r.Instances)) {
		instances = append(instances, yamlfile.Item{Key: strconv.Itoa(n), Value: r.Instances[n]})
	}
	return yamlfile.Map{{Key: "instances", Value: orNothing(instances)}, {Key: "attribute", Value: text(r.Attribute)}, {Key: "enough", Value: whole(r.Enough)},
		{Key: "again", Value: number(r.Again)}, {Key: "decay", Value: number(r.Decay)}, {Key: "most", Value: whole(r.Most)}}
}

func releaseMap(r *Release) any {
	if r == nil {
		return nil
	}
	return yamlfile.Map{{Key: "working-days", Value: r.WorkingDays}, {Key: "calendar", Value: text(r.Calendar)}, from(r.Provenance)}
}

// longSample is the number of values beyond which a sample has a file of its own.
const longSample = 24

// distribution returns the law of the part called name, nil for none.
// WriteDistribution returns a law of durations as ReadDistribution reads it, its
// sample inline; nil for none.
func WriteDistribution(d Distribution) any {
	if d.Law == "" {
		return nil
	}
	out := law(d)
	if len(d.Sample) > 0 {
		out = append(out, sample(d))
	}
	return append(out, yamlfile.Item{Key: "scale", Value: number(d.Scale)})
}

func law(d Distribution) yamlfile.Inline {
	return yamlfile.Inline{
		{Key: "law", Value: d.Law}, {Key: "value", Value: seconds(d.Value)}, {Key: "mean", Value: seconds(d.Mean)}, {Key: "sd", Value: seconds(d.SD)},
		{Key: "min", Value: seconds(d.Min)}, {Key: "mode", Value: seconds(d.Mode)}, {Key: "max", Value: seconds(d.Max)},
	}
}

func sample(d Distribution) yamlfile.Item {
	var list yamlfile.List
	for _, x := range d.Sample {
		list = append(list, yamlfile.Seconds(x))
	}
	return yamlfile.Item{Key: "sample", Value: list}
}

func (w *processWriter) distribution(name string, d Distribution) any {
	if d.Law == "" {
		return nil
	}
	out := law(d)
	if len(d.Sample) > longSample {
		var b strings.Builder
		b.WriteString("seconds\n")
		for _, x := range d.Sample {
			b.WriteString(strconv.FormatFloat(x, 'f', -1, 64))
			b.WriteByte('\n')
		}
		file := "samples/" + fileName(name) + ".csv"
		w.files[w.folder+file] = []byte(b.String())
		out = append(out, yamlfile.Item{Key: "sample-file", Value: file})
	} else if len(d.Sample) > 0 {
		out = append(out, sample(d))
	}
	return append(out, yamlfile.Item{Key: "scale", Value: number(d.Scale)})
}

// WriteProvenance returns where a number comes from as an item of a mapping.
func WriteProvenance(p Provenance) yamlfile.Item { return from(p) }

func from(p Provenance) yamlfile.Item {
	it := yamlfile.Item{Key: "from"}
	if p != (Provenance{}) {
		it.Value = yamlfile.Map{{Key: "kind", Value: text(p.Kind)}, {Key: "source", Value: text(p.Source)}, {Key: "n", Value: whole(p.N)}, {Key: "reason", Value: textMap(p.Reason)}}
	}
	return it
}

func textMap(t Text) any {
	return orNothing(yamlfile.Map{{Key: "ru", Value: text(t.RU)}, {Key: "en", Value: text(t.EN)}})
}

// orNothing leaves out a mapping that says nothing.
func orNothing(m yamlfile.Map) any {
	if slices.ContainsFunc(m, func(it yamlfile.Item) bool { return it.Value != nil }) {
		return m
	}
	return nil
}

// The zero value of an optional part is left out of the file.
func text(s string) any     { return unlessZero(s, s) }
func whole(i int) any       { return unlessZero(i, i) }
func number(x float64) any  { return unlessZero(x, x) }
func truth(b bool) any      { return unlessZero(b, b) }
func seconds(x float64) any { return unlessZero(x, yamlfile.Seconds(x)) }

func unlessZero[T comparable](x T, v any) any {
	var zero T
	if x == zero {
		return nil
	}
	return v
}
