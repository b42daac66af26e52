package rootcause

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/internal/casetable"
	"github.com/uprava/uprava/mining/measure"
)

// attribute is one attribute of the known cases in few values.
type attribute struct {
	name, source string
	during       bool
	ordered      bool     // levels ascend
	yes          bool     // level 0 is no, level 1 yes
	codes        []int16  // by known case
	levels       []string // as they are shown
	tested       []bool   // by level: not that of rare values
	missing      int16    // the level of "not recorded", −1 where there is none
	values       []float64
	leak, leakRU string
}

const (
	notRecorded = "(not recorded)"
	otherValues = "(other values)"
)

// gather makes the attributes.
func (x *explanation) gather() error {
	columns, err := casetable.Attributes(x.ctx, x.log)
	if err != nil {
		return err
	}
	for _, c := range columns {
		source := "case"
		if c.FirstRow {
			source = "first_event"
		}
		x.take(c, source, false)
	}
	n := x.log.Cases()
	month, weekday := make([]string, n), make([]string, n)
	activity, resource, unit := make([]string, n), make([]string, n), make([]string, n)
	for i, c := range x.log.All() {
		if c.Len() == 0 {
			continue
		}
		at := c.First().Go().Add(time.Duration(c.Zones()[0]) * time.Minute)
		month[i], weekday[i] = at.Format("01"), strconv.Itoa((int(at.Weekday())+6)%7+1)
		activity[i] = x.log.Activities().Name(c.Activities()[0])
		if r := c.Resources(); r != nil {
			resource[i] = x.log.Resources().Name(r[0])
		}
		if u := c.Units(); u != nil {
			unit[i] = x.log.Units().Name(u[0])
		}
	}
	for _, d := range []struct {
		name  string
		texts []string
	}{{"month of the start", month}, {"weekday of the start, Monday 1", weekday}, {"first activity", activity}, {"first resource", resource}, {"first unit", unit}} {
		x.take(casetable.Named(d.name, d.texts), "derived", false)
	}
	x.take(casetable.Numbered("open cases at the start", x.openAtStart()), "derived", false)
	if !x.cfg.AtStart {
		x.course()
	}
	return nil
}

// openAtStart returns how many other cases of the log were open when each began.
func (x *explanation) openAtStart() []float64 {
	var from, to []eventlog.Time
	for _, c := range x.log.All() {
		if c.Len() > 0 {
			from, to = append(from, c.First()), append(to, c.Last())
		}
	}
	slices.Sort(from)
	slices.Sort(to)
	out := make([]float64, x.log.Cases())
	for i, c := range x.log.All() {
		out[i] = math.NaN()
		if c.Len() > 0 {
			begun, _ := slices.BinarySearch(from, c.First())
			ended, _ := slices.BinarySearch(to, c.First())
			out[i] = float64(begun - ended)
		}
	}
	return out
}

// ordinary is the share of cases from which an activity belongs to all of them: having
// it before a limit says how far a case got, not what it is.
const ordinary = 0.95

// course takes what becomes known while a case runs: which activities it has and how
// many it repeats, up to the limit of the outcome.
func (x *explanation) course() {
	names := x.log.Activities()
	has := make([][]bool, names.Len())
	repeats := make([]float64, x.log.Cases())
	limit := eventlog.Time(math.MaxInt64)
	if x.outcome.Limit > 0 {
		limit = eventlog.Time(x.outcome.Limit.Microseconds())
	}
	seen, ever := make([]int, names.Len()), make([]int, names.Len())
	ends := make([]int, names.Len())
	for k, i := range x.known {
		c := x.log.Case(i)
		for j, a := range c.Activities() {
			if ends[a] != k+1 {
				ends[a] = k + 1
				ever[a]++
			}
			if c.Times()[j]-c.First() > limit {
				continue
			}
			if has[a] == nil {
				has[a] = make([]bool, x.Known)
			}
			if seen[a] == k+1 {
				repeats[i]++
			}
			seen[a] = k + 1
			has[a][k] = true
		}
	}
	order := make([]int, 0, len(has))
	for a := range has {
		if has[a] != nil {
			order = append(order, a)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if names.Name(eventlog.Code(a)) < names.Name(eventlog.Code(b)) {
			return -1
		}
		return 1
	})
	for _, a := range order {
		at := &attribute{name: "has " + names.Name(eventlog.Code(a)), source: "derived", during: true, yes: true,
			levels: []string{"no", "yes"}, tested: []bool{true, true}, missing: -1, codes: make([]int16, x.Known)}
		n := 0
		for k, h := range has[a] {
			if h {
				at.codes[k] = 1
				n++
			}
		}
		if min(n, x.Known-n) >= x.cfg.MinCases && float64(ever[a]) <= ordinary*float64(x.Known) {
			x.attributes = append(x.attributes, at)
		}
	}
	x.take(casetable.Numbered("repeated activities", repeats), "derived", true)
}

// take turns a column into an attribute of few values or says why it is left out.
func (x *explanation) take(c *casetable.Column, source string, during bool) {
	name := c.Name
	if source == "first_event" {
		name = "first event: " + c.Name
	}
	leave := func(kind, en, ru string, args ...any) {
		x.Left = append(x.Left, LeftOut{name, kind, fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)})
	}
	if slices.Contains(x.cfg.Without, c.Name) || slices.Contains(x.cfg.Without, name) {
		leave("asked", "left out as asked", "исключён по запросу")
		return
	}
	at := &attribute{name: name, source: source, during: during, missing: -1, codes: make([]int16, x.Known)}
	recorded := 0
	for _, i := range x.known {
		if c.Has(i) {
			recorded++
		}
	}
	if recorded < x.cfg.MinCases {
		if recorded > 0 {
			leave("rare", "recorded of %d of %d cases", "записан у %d из %d случаев", recorded, x.Known)
		}
		return
	}
	switch c.Kind {
	case casetable.Moment:
		x.moment(c, name, leave)
		return
	case casetable.Nominal:
		if !x.nominal(at, c, leave) {
			return
		}
	default:
		x.numeric(at, c)
	}
	if recorded < x.Known {
		at.missing = int16(len(at.levels))
		at.levels = append(at.levels, notRecorded)
		at.tested = append(at.tested, true)
		for k, i := range x.known {
			if !c.Has(i) {
				at.codes[k] = at.missing
			}
		}
	}
	if len(at.levels) > 1 {
		x.attributes = append(x.attributes, at)
	}
}

// moment leaves out a time, as a leak where it lies after the start of the case.
func (x *explanation) moment(c *casetable.Column, name string, leave func(kind, en, ru string, args ...any)) {
	after, n := 0, 0
	for _, i := range x.known {
		if c.Has(i) && x.log.Case(i).Len() > 0 {
			n++
			if c.Values[i] > float64(x.log.Case(i).First())/1e6+3600 {
				after++
			}
		}
	}
	if after*20 >= n && !c.FirstRow {
		leave("leak", "a time after the start of the case in %d of %d cases: not known at its start", "время позже начала случая у %d из %d: в начале оно неизвестно", after, n)
		return
	}
	leave("time", "a time; of times only the month and weekday of the start take part", "время; из времён участвуют лишь месяц и день недели начала")
}

// nominal keeps the values that are frequent enough, and puts the others together.
func (x *explanation) nominal(at *attribute, c *casetable.Column, leave func(kind, en, ru string, args ...any)) bool {
	counts := make([]int, len(c.Levels))
	for _, i := range x.known {
		if c.Has(i) {
			counts[c.Codes[i]]++
		}
	}
	to := make([]int16, len(c.Levels))
	others, different := 0, 0
	for v := range c.Levels {
		to[v] = -1
		if counts[v] > 0 {
			different++
		}
		if counts[v] >= x.cfg.MinCases && len(at.levels) < x.cfg.MaxLevels {
			to[v] = int16(len(at.levels))
			at.levels = append(at.levels, c.Levels[v])
			at.tested = append(at.tested, true)
		} else {
			others += counts[v]
		}
	}
	if len(at.levels) == 0 {
		leave("names", "%d different values, none of %d cases or more", "%d разных значений, ни одного с %d случаями и более", different, x.cfg.MinCases)
		return false
	}
	if others > 0 {
		if different > x.cfg.MaxLevels {
			leave("rare", "of %d different values %d take part, the others stand together (%d cases)", "из %d значений участвуют %d, прочие вместе (%d случаев)", different, len(at.levels), others)
		}
		for v := range to {
			if to[v] < 0 {
				to[v] = int16(len(at.levels))
			}
		}
		at.levels = append(at.levels, otherValues)
		at.tested = append(at.tested, false)
	}
	for k, i := range x.known {
		if c.Has(i) {
			at.codes[k] = to[c.Codes[i]]
		}
	}
	return true
}

// numeric parts a number at its quartiles.
func (x *explanation) numeric(at *attribute, c *casetable.Column) {
	at.ordered = true
	at.values = make([]float64, x.Known)
	var sorted []float64
	for k, i := range x.known {
		at.values[k] = math.NaN()
		if c.Has(i) {
			at.values[k] = c.Values[i]
			sorted = append(sorted, c.Values[i])
		}
	}
	slices.Sort(sorted)
	var cuts []float64
	for _, p := range []float64{0.25, 0.5, 0.75} {
		if q := measure.Quantile(sorted, p); q < sorted[len(sorted)-1] && (len(cuts) == 0 || q > cuts[len(cuts)-1]) {
			cuts = append(cuts, q)
		}
	}
	text := func(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }
	for i := 0; i <= len(cuts); i++ {
		switch {
		case len(cuts) == 0:
			at.levels = append(at.levels, text(sorted[0]))
		case i == 0:
			at.levels = append(at.levels, "≤ "+text(cuts[0]))
		case i == len(cuts):
			at.levels = append(at.levels, "> "+text(cuts[i-1]))
		default:
			at.levels = append(at.levels, "> "+text(cuts[i-1])+", ≤ "+text(cuts[i]))
		}
		at.tested = append(at.tested, true)
	}
	for k, v := range at.values {
		if !math.IsNaN(v) {
			b, _ := slices.BinarySearch(cuts, v)
			at.codes[k] = int16(b)
		}
	}
}

// known says when the attribute's value is known.
func (a *attribute) known() string {
	if a.during {
		return During
	}
	return AtStart
}
